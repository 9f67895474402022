//! A state buffer of a block of instances, which may need more room than the batch gave it.

use std::ops::{Deref, DerefMut};

use super::lists::Lists;

/// `[n, words]` u32.
#[derive(Debug)]
pub enum Stored<'a> {
    /// A part of the batch's buffer.
    Cut(&'a mut [u32]),
    /// A replacement with more room. The batch takes it over when the block is done.
    Grown(Vec<u32>),
}

impl Stored<'_> {
    /// Lays the rows of `n` instances out again, with `words` words each.
    pub fn widen(&mut self, lists: Lists, n: usize, words: usize) {
        *self = Stored::Grown(relaid(self, lists, n, words));
    }

    /// Returns the words if they are no longer part of the batch's buffer.
    pub fn grown(self) -> Option<Vec<u32>> {
        match self {
            Stored::Cut(_) => None,
            Stored::Grown(words) => Some(words),
        }
    }
}

/// Returns the rows of `n` instances laid out with `words` words each.
pub fn relaid(rows: &[u32], lists: Lists, n: usize, words: usize) -> Vec<u32> {
    let mut laid = vec![0; n * words];
    for (from, to) in rows.chunks_exact(rows.len() / n.max(1)).zip(laid.chunks_exact_mut(words)) {
        lists.lay(from, to);
    }
    laid
}

impl<'a> From<&'a mut [u32]> for Stored<'a> {
    fn from(words: &'a mut [u32]) -> Self {
        Stored::Cut(words)
    }
}

impl<'a> From<&'a mut Vec<u32>> for Stored<'a> {
    fn from(words: &'a mut Vec<u32>) -> Self {
        Stored::Cut(words)
    }
}

impl Deref for Stored<'_> {
    type Target = [u32];

    #[inline]
    fn deref(&self) -> &[u32] {
        match self {
            Stored::Cut(words) => words,
            Stored::Grown(words) => words,
        }
    }
}

impl DerefMut for Stored<'_> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [u32] {
        match self {
            Stored::Cut(words) => words,
            Stored::Grown(words) => words,
        }
    }
}

//! The twin of copy.wgsl.

/// Copies rows of `words` words by a list of pairs (row of `source`, row of `copied`). Skips pairs without a row to write.
pub fn copy(words: usize, list: impl Iterator<Item = (usize, Option<usize>)>, source: &[u32], copied: &mut [u32]) {
    for (read, written) in list.filter_map(|(read, written)| Some((read, written?))) {
        copied[written * words..(written + 1) * words].copy_from_slice(&source[read * words..(read + 1) * words]);
    }
}

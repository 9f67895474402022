//! A range of consecutive instances, with their rows of every buffer.

use super::core::Core;
use super::lists::Lists;
use super::spec::WorldSpec;
use super::stored::Stored;

/// A range of consecutive instances, with their rows of every buffer.
pub struct Block<'a> {
    /// Index in the batch of the block's first instance.
    pub first: usize,
    /// Number of instances in the block.
    pub n: usize,
    /// `[n, Core::WORDS]`.
    pub core: &'a mut [u32],
    /// `[n, words]` of each buffer of [`WorldSpec::buffers`], in that order.
    pub state: Vec<Stored<'a>>,
    /// `[n, obs_words]`; written by observe.
    pub obs: &'a mut [u32],
    /// `[n, pixel_words]`; empty if pixels are off.
    pub pixels: &'a mut [u32],
}

impl Block<'_> {
    /// The core words of instance `i`.
    #[inline]
    pub fn core_of(&self, i: usize) -> &[u32] {
        &self.core[i * Core::WORDS..(i + 1) * Core::WORDS]
    }

    /// The core words of instance `i` of the block, `[Core::WORDS]`, mutable.
    #[inline]
    pub fn core_mut(&mut self, i: usize) -> &mut [u32] {
        &mut self.core[i * Core::WORDS..(i + 1) * Core::WORDS]
    }

    /// The words of instance `i` in state buffer `b`.
    #[inline]
    pub fn row(&self, b: usize, i: usize) -> &[u32] {
        let words = self.state[b].len() / self.n;
        &self.state[b][i * words..(i + 1) * words]
    }

    /// Number of words of an instance in state buffer `b`. `at_first` is the likely number; if it is right, no division is needed, which
    /// would take as long as many steps of a rule.
    #[inline]
    pub fn words_each(&self, b: usize, at_first: usize) -> usize {
        let words = self.state[b].len();
        if words == self.n * at_first { at_first } else { words / self.n }
    }

    /// Writes `words` to instance `i` in state buffer `b`. The buffer grows if they need more room than it has.
    pub fn set_row(&mut self, b: usize, i: usize, words: &[u32], grows: Option<Lists>) {
        let n = self.n;
        let to = |state: &Stored| i * (state.len() / n)..(i + 1) * (state.len() / n);
        match grows {
            None => {
                let range = to(&self.state[b]);
                self.state[b][range].copy_from_slice(words);
            }
            Some(lists) => {
                let (used, there) = (words[0] as usize, self.state[b].len() / n);
                let most = lists.words_for(used, 1);
                if there < most {
                    self.state[b].widen(lists, n, most);
                }
                let range = to(&self.state[b]);
                lists.lay(words, &mut self.state[b][range]);
            }
        }
    }

    /// If an instance reports [`Core::NEEDS_ROOM`], widens the growing state buffers that have no room for another step, and clears the
    /// report.
    pub fn make_room(&mut self, spec: &WorldSpec) {
        let needed = |core: &[u32]| core[Core::FAULT] == Core::NEEDS_ROOM;
        if spec.growing().next().is_none() || !self.core.chunks_exact(Core::WORDS).any(needed) {
            return;
        }
        for (b, lists) in spec.growing() {
            let words = self.state[b].len() / self.n;
            let used = self.state[b].chunks_exact(words).map(|row| row[0] as usize).max().unwrap_or(0);
            if lists.words_for(used, 1) > words {
                let before = lists.capacity(words).saturating_sub(lists.step);
                self.state[b].widen(lists, self.n, lists.words_for(lists.roomier(used, before), 1));
            }
        }
        for core in self.core.chunks_exact_mut(Core::WORDS).filter(|core| needed(core)) {
            core[Core::FAULT] = 0;
        }
    }

    /// `core[FLAGS]` of instance `i` of the block: a bit set of [`Core::TERMINATED`], [`Core::TRUNCATED`], [`Core::SKIP`] and
    /// [`Core::BEGUN`].
    #[inline]
    pub fn flags(&self, i: usize) -> u32 {
        self.core[i * Core::WORDS + Core::FLAGS]
    }

    /// The instance's seed as Python would write it (negative seeds wrap around).
    pub fn seed(&self, i: usize) -> i64 {
        let core = self.core_of(i);
        (u64::from(core[Core::SEED_LO]) | u64::from(core[Core::SEED_HI]) << 32) as i64
    }
}

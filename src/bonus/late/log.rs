//! What a block writes down of the steps that it is simulated for, until they are paid.

use crate::envs::Core;
use crate::envs::shared::key;
use crate::sim::Work;

/// Keys in the order of steps.
#[derive(Debug, Default)]
pub struct Noted {
    pub keys: Vec<u64>,
    /// Where the keys of each step end.
    ends: Vec<usize>,
}

impl Noted {
    fn close(&mut self) {
        self.ends.push(self.keys.len());
    }

    /// The places of the keys of step `t`.
    pub fn of(&self, t: usize) -> std::ops::Range<usize> {
        let from = if t == 0 { 0 } else { self.ends[t - 1] };
        from..self.ends[t]
    }

    fn clear(&mut self) {
        self.keys.clear();
        self.ends.clear();
    }
}

/// Keys, and the counts that were read of them.
#[derive(Debug, Default)]
pub struct Asked {
    pub noted: Noted,
    pub counts: Vec<u32>,
    /// Counts that were handed out.
    taken: usize,
}

impl Asked {
    /// The next key's count, in the order in which keys were written down.
    pub fn next(&mut self) -> u32 {
        self.taken += 1;
        self.counts[self.taken - 1]
    }

    fn clear(&mut self) {
        self.noted.clear();
        self.counts.clear();
        self.taken = 0;
    }
}

/// The keys of one table that one thread counts.
#[derive(Debug, Default)]
pub struct Share {
    /// Keys that arrivals insert and whose counts are read.
    pub arrived: Asked,
    /// Keys whose counts are read beside.
    pub departed: Asked,
    /// Keys of first states, which are inserted alone.
    pub begun: Noted,
}

/// The log of a block of `n` instances.
#[derive(Debug, Default)]
pub struct Log {
    /// `[steps, n, Core::WORDS]`, when arrivals are written down.
    pub core: Vec<u32>,
    /// `[steps, n, keys, key::WORDS]`, likewise.
    pub keys: Vec<u32>,
    /// `[steps, n, columns]` values that need no shared table; empty if there are none.
    pub values: Vec<u32>,
    /// Of each episode that has begun its [`Begun`].
    begun: Vec<Begun>,
    begun_keys: Vec<u64>,
    begun_ends: Vec<usize>,
    /// `[tables, shares]`.
    pub shares: Vec<Share>,
    /// Which of the begun were handed out.
    taken: usize,
}

/// An episode that has begun.
#[derive(Clone, Copy, Debug)]
pub struct Begun {
    /// The instance, of the block.
    pub i: usize,
    pub episode: u32,
    pub step: u32,
    /// 0, or the fault that the making of its world met.
    pub fault: u32,
}

impl Log {
    pub fn new(shares: usize) -> Log {
        Log { shares: (0..shares).map(|_| Share::default()).collect(), ..Log::default() }
    }

    /// Core words, keys and values as they stand after the arrivals of a step.
    pub fn note(&mut self, work: &Work, keys: &[u32], values: &[u32]) {
        self.core.extend_from_slice(work.block.core);
        self.keys.extend_from_slice(keys);
        self.values.extend_from_slice(values);
    }

    /// Instance `i` has begun an episode with a state of these keys (as they lie in the extra of keys).
    pub fn note_begun(&mut self, work: &Work, i: usize, keys: &[u32]) {
        let core = work.block.core_of(i);
        let arrived = self.core[self.core.len() - work.block.n * Core::WORDS + i * Core::WORDS + Core::FAULT];
        let fault = if core[Core::FAULT] == arrived { 0 } else { core[Core::FAULT] };
        self.begun.push(Begun { i, episode: core[Core::EPISODE], step: core[Core::STEP], fault });
        self.begun_keys.extend(keys.chunks_exact(key::WORDS).map(|words| u64::from(words[0]) | u64::from(words[1]) << 32));
    }

    /// The step is over.
    pub fn close(&mut self) {
        self.begun_ends.push(self.begun.len());
        for share in &mut self.shares {
            share.arrived.noted.close();
            share.departed.noted.close();
            share.begun.close();
        }
    }

    /// The next episode that began in step `t`, and its keys, `n_keys` of them.
    pub fn next_begun(&mut self, t: usize, n_keys: usize) -> Option<(Begun, &[u64])> {
        if self.taken == self.begun_ends[t] {
            return None;
        }
        let k = self.taken;
        self.taken += 1;
        Some((self.begun[k], &self.begun_keys[k * n_keys..(k + 1) * n_keys]))
    }

    pub fn clear(&mut self) {
        [&mut self.core, &mut self.keys, &mut self.values].into_iter().for_each(Vec::clear);
        self.begun.clear();
        self.begun_keys.clear();
        self.begun_ends.clear();
        self.taken = 0;
        for share in &mut self.shares {
            share.arrived.clear();
            share.departed.clear();
            share.begun.clear();
        }
    }
}

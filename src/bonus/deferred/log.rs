//! The transition log of a block: the steps that are simulated but not scored yet.

use crate::envs::Core;
use crate::envs::shared::key;
use crate::sim::BlockContext;

/// Keys in the order of steps.
#[derive(Debug, Default)]
pub struct KeyLog {
    pub keys: Vec<u64>,
    /// Where the keys of each step end in `keys`.
    ends: Vec<usize>,
}

impl KeyLog {
    fn close(&mut self) {
        self.ends.push(self.keys.len());
    }

    /// The range of the keys of step `t`.
    pub fn of(&self, t: usize) -> std::ops::Range<usize> {
        let from = if t == 0 { 0 } else { self.ends[t - 1] };
        from..self.ends[t]
    }

    fn clear(&mut self) {
        self.keys.clear();
        self.ends.clear();
    }
}

/// Keys, and the counts that were read for them.
#[derive(Debug, Default)]
pub struct KeyCounts {
    pub keys: KeyLog,
    pub counts: Vec<u32>,
    /// Number of counts that `next` has returned.
    taken: usize,
}

impl KeyCounts {
    /// Returns the count of the next key, in the order in which keys were logged.
    pub fn next(&mut self) -> u32 {
        self.taken += 1;
        self.counts[self.taken - 1]
    }

    fn clear(&mut self) {
        self.keys.clear();
        self.counts.clear();
        self.taken = 0;
    }
}

/// The keys of one table that one thread counts.
#[derive(Debug, Default)]
pub struct Shard {
    /// Keys that transitions insert and whose counts are read.
    pub next_states: KeyCounts,
    /// Keys of previous states. Their counts are read, but they are not inserted.
    pub departed: KeyCounts,
    /// Keys of first states. They are inserted, but their counts are not read.
    pub first_states: KeyLog,
}

/// Words of [`Core`] that are logged: those up to the step of the episode.
pub const CORE_WORDS: usize = Core::STEP + 1;

/// The log of a block of `n` instances.
#[derive(Debug, Default)]
pub struct TransitionLog {
    /// Number of logged steps.
    pub steps: usize,
    /// `[steps, n, CORE_WORDS]`, as they are when transitions are logged.
    pub core: Vec<u32>,
    /// `[steps, n, keys]` keys of next states; they have no meaning for instances that took no step.
    pub keys: Vec<u64>,
    /// `[n, keys]` keys of the previous states of the step that is scored next.
    pub departed: Vec<u64>,
    /// `[steps, n, columns]` values; empty if every bonus has a shared table.
    pub values: Vec<u32>,
    /// Instance of the block and code of each fault that the last step had when its transitions were logged.
    pub faults: Vec<(usize, u32)>,
    resets: Vec<LoggedReset>,
    reset_keys: Vec<u64>,
    reset_ends: Vec<usize>,
    /// Number of resets that `next_reset` has returned.
    taken: usize,
    /// `[tables, shards]`.
    pub shards: Vec<Shard>,
}

/// A logged reset: the episode that it began.
#[derive(Clone, Copy, Debug)]
pub struct LoggedReset {
    /// Index of the instance in the block.
    pub i: usize,
    pub episode: u32,
    pub step: u32,
    /// 0, or the fault in the generation of its world.
    pub fault: u32,
}

/// Reads a key from the words of a key buffer.
pub fn pair(words: &[u32]) -> u64 {
    u64::from(words[0]) | u64::from(words[1]) << 32
}

impl TransitionLog {
    pub fn new(shards: usize) -> TransitionLog {
        TransitionLog { shards: (0..shards).map(|_| Shard::default()).collect(), ..TransitionLog::default() }
    }

    /// Logs core words, keys and values after the transitions of a step. `keys` has the layout of the instance buffer, with `n_keys` keys
    /// an instance.
    pub fn log_step(&mut self, work: &BlockContext, keys: &[u32], n_keys: usize, values: &[u32]) {
        for (i, core) in work.block.core.chunks_exact(Core::WORDS).enumerate() {
            self.core.extend_from_slice(&core[..CORE_WORDS]);
            if core[Core::FAULT] != 0 {
                self.faults.push((i, core[Core::FAULT]));
            }
        }
        if self.steps == 0 {
            let keys = keys.chunks_exact(key::WORDS).enumerate();
            // An instance that takes no step stays in its current state.
            let stands = |k: usize| work.block.flags(k / n_keys) & Core::SKIP != 0;
            self.departed.extend(keys.map(|(k, words)| pair(if stands(k) { words } else { &words[2..] })));
        }
        self.keys.extend(keys.chunks_exact(key::WORDS).map(pair));
        self.values.extend_from_slice(values);
    }

    /// Logs that instance `i` has begun an episode. `keys` are the keys of its first state, in the layout of the instance buffer.
    pub fn log_reset(&mut self, work: &BlockContext, i: usize, keys: &[u32]) {
        let core = work.block.core_of(i);
        let fault = if self.faults.contains(&(i, core[Core::FAULT])) { 0 } else { core[Core::FAULT] };
        self.resets.push(LoggedReset { i, episode: core[Core::EPISODE], step: core[Core::STEP], fault });
        self.reset_keys.extend(keys.chunks_exact(key::WORDS).map(pair));
    }

    /// Ends the step.
    pub fn close(&mut self) {
        self.steps += 1;
        self.reset_ends.push(self.resets.len());
        for shard in &mut self.shards {
            shard.next_states.keys.close();
            shard.departed.keys.close();
            shard.first_states.close();
        }
    }

    /// Returns the next reset of step `t` and its `n_keys` keys, which become the keys of the instance's previous state.
    pub fn next_reset(&mut self, t: usize, n_keys: usize) -> Option<(LoggedReset, &[u64])> {
        if self.taken == self.reset_ends[t] {
            return None;
        }
        let k = self.taken;
        self.taken += 1;
        let keys = &self.reset_keys[k * n_keys..(k + 1) * n_keys];
        let i = self.resets[k].i;
        self.departed[i * n_keys..(i + 1) * n_keys].copy_from_slice(keys);
        Some((self.resets[k], keys))
    }

    pub fn clear(&mut self) {
        (self.steps, self.taken) = (0, 0);
        self.core.clear();
        self.values.clear();
        [&mut self.keys, &mut self.departed, &mut self.reset_keys].into_iter().for_each(Vec::clear);
        self.faults.clear();
        self.resets.clear();
        self.reset_ends.clear();
        for shard in &mut self.shards {
            shard.next_states.clear();
            shard.departed.clear();
            shard.first_states.clear();
        }
    }
}

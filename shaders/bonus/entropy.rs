//! Plug-in entropy of the states visited, in nats: `H = ln N - T / N` with N visits and T the sum over states of `c ln c`.

use super::fixed::{c_ln_c_q24, ln_q24, ln_wide_q24, q24_to_q20};
use super::{Bonus, Counts, FAULT_TABLE, Inserts, Order, Scope, Transition, instance_table};

/// The value, after the transition was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// H.
    Level = 0,
    /// Growth of H: with shared counts, since the instance's last transition; with counts of the instance, by this transition.
    Delta = 1,
    /// `-ln(c / N)` of the next state.
    Surprisal = 2,
}

/// Which visits are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VisitScope {
    /// Those of all instances.
    Shared,
    /// Those of the instance, over all its episodes.
    Instance {
        /// Slots of its table ([`instance_table::are_slots`]).
        slots: u32,
    },
    /// Those of the instance in the current episode.
    Episode {
        /// Slots of its table ([`instance_table::are_slots`]).
        slots: u32,
    },
    /// The last visits of the instance.
    Window {
        /// Visits that the window holds, 1 to [`MAX_KEYS`].
        keys: u32,
    },
}

/// The number of [`VisitScope::Window`], after those of [`Scope`].
const WINDOW: u32 = 3;
/// Most keys of a window. Each transition reads all of them.
pub const MAX_KEYS: u32 = 4096;

/// A window: number of keys in it, index of the next, the sum of `c ln c` (low, high); then the keys.
const FILLED: usize = 0;
const NEXT: usize = 1;
const WINDOW_SUM: usize = 2;
const WINDOW_HEAD: usize = 4;

/// Memory: the level after the last visit, for the growth over shared counts; or the table of the instance or the episode; or the window.
/// Numbers: mode, scope, slots or keys.
#[derive(Clone, Copy, Debug)]
pub struct Entropy {
    mode: Mode,
    scope: u32,
    size: u32,
}

/// The number of visits, their sum of `c ln c`, and the count of the next state.
#[derive(Clone, Copy)]
struct Visits {
    n: u64,
    sum: u64,
    count: u32,
}

impl Visits {
    /// The visits with one more visit of the state.
    fn grown(self) -> Visits {
        let count = self.count.saturating_add(1);
        let more = c_ln_c_q24(count).wrapping_sub(c_ln_c_q24(self.count));
        Visits { n: self.n + 1, sum: self.sum.wrapping_add(more), count }
    }

    /// H, in units of 2^-24.
    fn level(self) -> i32 {
        if self.n == 0 {
            return 0;
        }
        ln_wide_q24(self.n) as i32 - (self.sum / self.n) as i32
    }
}

impl Entropy {
    /// Creates the bonus `mode` over the visits `over`.
    ///
    /// # Errors
    /// Which number is invalid.
    pub fn new(mode: Mode, over: VisitScope) -> Result<Entropy, String> {
        let (scope, size) = match over {
            VisitScope::Shared => (Scope::Shared as u32, 0),
            VisitScope::Instance { slots } => (Scope::Instance as u32, slots),
            VisitScope::Episode { slots } => (Scope::Episode as u32, slots),
            VisitScope::Window { keys } => (WINDOW, keys),
        };
        instance_table::check(&[(matches!(over, VisitScope::Instance { .. } | VisitScope::Episode { .. }), size)])?;
        if scope == WINDOW && !(1..=MAX_KEYS).contains(&size) {
            return Err(format!("{size} keys: a window has between 1 and {MAX_KEYS}"));
        }
        Ok(Entropy { mode, scope, size })
    }

    fn value(&self, level_before: i32, after: Visits) -> i32 {
        if self.mode == Mode::Surprisal {
            return q24_to_q20(ln_wide_q24(after.n.max(1)) as i32 - ln_q24(after.count.max(1)) as i32);
        }
        if self.mode == Mode::Delta {
            return q24_to_q20(after.level() - level_before);
        }
        q24_to_q20(after.level())
    }

    fn of_table(&self, memory: &[u32], key: u64) -> Visits {
        Visits {
            n: instance_table::total(memory),
            sum: instance_table::sum(memory),
            count: instance_table::count(memory, self.size, key),
        }
    }

    fn add(&self, memory: &mut [u32], key: u64) {
        let before = instance_table::count(memory, self.size, key);
        let after = instance_table::add(memory, self.size, key);
        if after > 0 {
            instance_table::grow_sum(memory, before, after);
        }
    }

    fn window_key(memory: &[u32], k: u32) -> u64 {
        let at = WINDOW_HEAD + 2 * k as usize;
        u64::from(memory[at]) | u64::from(memory[at + 1]) << 32
    }

    fn window_count(memory: &[u32], key: u64) -> u32 {
        let mut count = 0;
        for k in 0..memory[FILLED] {
            if Self::window_key(memory, k) == key {
                count += 1;
            }
        }
        count
    }

    fn of_window(memory: &[u32], key: u64) -> Visits {
        let sum = u64::from(memory[WINDOW_SUM]) | u64::from(memory[WINDOW_SUM + 1]) << 32;
        Visits { n: u64::from(memory[FILLED]), sum, count: Self::window_count(memory, key) }
    }

    /// The visits of the window with `key` added, and without the oldest one if the window is full.
    fn window_after(&self, memory: &[u32], key: u64) -> Visits {
        let mut now = Self::of_window(memory, key);
        if memory[FILLED] == self.size {
            let oldest = Self::window_key(memory, memory[NEXT]);
            let left = Self::window_count(memory, oldest);
            now.sum = now.sum.wrapping_add(c_ln_c_q24(left - 1).wrapping_sub(c_ln_c_q24(left)));
            now.n -= 1;
            if oldest == key {
                now.count -= 1;
            }
        }
        now.grown()
    }

    fn window_push(&self, memory: &mut [u32], key: u64, after: Visits) {
        let at = WINDOW_HEAD + 2 * memory[NEXT] as usize;
        memory[at] = key as u32;
        memory[at + 1] = (key >> 32) as u32;
        memory[FILLED] = after.n as u32;
        memory[NEXT] = (memory[NEXT] + 1) % self.size;
        memory[WINDOW_SUM] = after.sum as u32;
        memory[WINDOW_SUM + 1] = (after.sum >> 32) as u32;
    }
}

impl Bonus for Entropy {
    fn order(&self) -> Order {
        Order::ReadAfter
    }

    fn inserts(&self) -> Inserts {
        if self.scope == Scope::Shared as u32 { Inserts::NextState } else { Inserts::Nothing }
    }

    fn sums(&self) -> bool {
        self.scope == Scope::Shared as u32 && self.mode != Mode::Surprisal
    }

    fn memory_words(&self) -> usize {
        if self.scope == Scope::Shared as u32 {
            return usize::from(self.mode == Mode::Delta);
        }
        if self.scope == WINDOW { WINDOW_HEAD + 2 * self.size as usize } else { instance_table::words_of(self.size) }
    }

    fn begin(&self, transition: &Transition, memory: &mut [u32]) {
        if self.scope == Scope::Shared as u32 {
            return;
        }
        if self.scope == WINDOW {
            let after = self.window_after(memory, transition.key);
            self.window_push(memory, transition.key, after);
            return;
        }
        if self.scope == Scope::Episode as u32 {
            instance_table::clear(memory, self.size);
        }
        self.add(memory, transition.key);
    }

    fn visit(&self, transition: &Transition, table: &dyn Counts, memory: &mut [u32]) -> Result<i32, u32> {
        if self.scope == Scope::Shared as u32 {
            let after = Visits { n: table.total(), sum: table.sum_c_ln_c(), count: table.count(transition.key) };
            let mut before = 0;
            if self.mode == Mode::Delta {
                before = memory[0] as i32;
                memory[0] = after.level() as u32;
            }
            return Ok(self.value(before, after));
        }
        if self.scope == WINDOW {
            let before = Self::of_window(memory, transition.key);
            let after = self.window_after(memory, transition.key);
            self.window_push(memory, transition.key, after);
            return Ok(self.value(before.level(), after));
        }
        if !instance_table::has_room(memory, self.size, transition.key) {
            return Err(FAULT_TABLE);
        }
        let before = self.of_table(memory, transition.key);
        self.add(memory, transition.key);
        Ok(self.value(before.level(), before.grown()))
    }

    fn peek(&self, transition: &Transition, table: &dyn Counts, memory: &[u32]) -> i32 {
        if self.scope == Scope::Shared as u32 {
            let now = Visits { n: table.total(), sum: table.sum_c_ln_c(), count: table.count(transition.key) };
            let mut before = 0;
            if self.mode == Mode::Delta {
                before = memory[0] as i32;
            }
            return self.value(before, now.grown());
        }
        if self.scope == WINDOW {
            return self.value(Self::of_window(memory, transition.key).level(), self.window_after(memory, transition.key));
        }
        let before = self.of_table(memory, transition.key);
        self.value(before.level(), before.grown())
    }

    fn wgsl(&self) -> &'static str {
        "shaders/bonus/entropy.wgsl"
    }

    fn params(&self) -> Vec<u32> {
        vec![self.mode as u32, self.scope, self.size]
    }
}

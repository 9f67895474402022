//! The bonuses of a batch, ready to run.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use super::config::BonusConfig;
use super::empowerment_bonus::{Certainty, Channels, EmpowermentBonus};
use super::kind::{AIRS, Kind};
use super::slot::{BonusSlot, Evaluator, ForkTransition, Nothing, Searches};
use super::tables::{TableError, fill, rebuild};
use crate::envs::shared::key::{self, Key};
use crate::envs::{Core, World};
use crate::error::{Error, Result};
use crate::memory::{self, shown};
use crate::shaders::bonus::fuse::{Column, Fuse, Fusion, MAX_COLUMNS, Normalise, Turn};
use crate::shaders::bonus::table::{self, Table};
use crate::shaders::bonus::{Inserts, ONE, Transition};

/// Initial number of slots of a shared table.
const FIRST_SLOTS: u32 = 1 << 16;
/// Most bytes of a shared table. A GPU may allow less in one binding.
const MAX_BYTES: u64 = 4 << 30;
/// Steps for which a table should have room after it has grown.
const STEPS_AHEAD: u64 = 64;

/// Indices of the instance buffers of the plugin (see [`crate::sim::StepPlugin::plugin_buffers`]). The memory of each bonus follows.
pub const KEYS: usize = 0;
pub const VALUES: usize = 1;
pub const TOTALS: usize = 2;
/// Index of the buffer with the memory of the fusion, for [`Bonuses::means`] and [`Bonuses::choose`].
pub const FUSING: usize = 3;
pub const MEMORY: usize = 4;

/// All bonuses of a batch.
#[derive(Debug)]
pub struct Bonuses {
    pub(super) world: Arc<dyn World>,
    config: BonusConfig,
    pub(super) keys: Vec<Key>,
    pub(super) list: Vec<BonusSlot>,
    pub(super) tables: Vec<RwLock<Table>>,
    /// For each table: what is inserted, and whether the sum of c ln c is kept.
    pub(super) kinds: Vec<(Inserts, bool)>,
    pub(super) fuse: Fuse,
    /// Columns of values: the bonuses, and the reward of the environment if it is in the list.
    pub(super) columns: usize,
    pub(super) most_bytes: AtomicU64,
    /// Whether a transition of a fork needed more forks than the limit allows.
    pub(super) met_limit: AtomicBool,
}

/// Statistics of a shared table.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Counted {
    /// Name of the bonus.
    pub name: String,
    /// Number of distinct keys.
    pub keys: u64,
    /// Number of insertions of all keys.
    pub visits: u64,
    /// Plug-in entropy of the visits in nats, if the table keeps the sum of c ln c.
    pub entropy: Option<f64>,
}

impl Bonuses {
    /// Creates the bonuses of `config`, which may be resolved or not.
    ///
    /// # Errors
    /// [`Error::Usage`] on an unknown bonus, an unknown option or an invalid value.
    pub fn new(world: &Arc<dyn World>, config: &BonusConfig) -> Result<Bonuses> {
        let config = config.resolved(&**world)?;
        let (mut keys, mut list, mut kinds): (Vec<Key>, Vec<BonusSlot>, Vec<(Inserts, bool)>) = Default::default();
        let mut n_reaches = 0;
        for entry in &config.list {
            let Some(bonus) = Kind::of(&entry.name)?.make(entry, &**world)? else { continue };
            let slot = entry.key.filter(|_| matches!(bonus, Evaluator::Kernel(_))).map(|key| place(&mut keys, key));
            let forks = matches!(&bonus, Evaluator::Forks(forked) if forked.check_gpu().is_ok());
            let reach = forks.then_some(n_reaches);
            n_reaches += usize::from(forks);
            let table = (bonus.inserts() != Inserts::Nothing).then(|| {
                kinds.push((bonus.inserts(), bonus.sums()));
                kinds.len() - 1
            });
            list.push(BonusSlot { bonus, slot, table, reach });
        }
        let reward = config.list.iter().position(|entry| entry.name == "reward");
        let columns: Vec<Column> = (config.list.iter())
            .map(|entry| Column { weight: entry.weight.unwrap_or(1.0), kappa: entry.decay.unwrap_or(0.0) })
            .collect();
        let reward = reward.map(|column| (column, world.spec().reward_denominator));
        let fuse = Fuse::new(fusion(&config)?, normalise(&config)?, &columns, reward).map_err(|e| Error::Usage(e.to_string()))?;
        Ok(Bonuses {
            world: world.clone(),
            keys,
            tables: kinds.iter().map(|_| RwLock::new(Table::new(FIRST_SLOTS))).collect(),
            list,
            kinds,
            fuse,
            columns: columns.len(),
            config,
            most_bytes: AtomicU64::new(MAX_BYTES),
            met_limit: AtomicBool::new(false),
        })
    }

    /// The resolved configuration.
    pub fn config(&self) -> &BonusConfig {
        &self.config
    }

    /// The bonus that is computed by forking, if there is one.
    pub(super) fn forked(&self) -> Option<&EmpowermentBonus> {
        self.list.iter().find_map(BonusSlot::forked)
    }

    /// Means over the channels of the mode `sampled`; `memory` returns the plugin buffer of an index (see
    /// [`crate::sim::Batch::plugin_buffer`]).
    ///
    /// # Errors
    /// What `memory` returns.
    pub fn channels<'a>(&self, memory: impl Fn(usize) -> Result<&'a [u32]>) -> Result<Option<Channels>> {
        for (b, kept) in self.list.iter().enumerate() {
            if let Evaluator::Forks(forked) = &kept.bonus {
                return Ok(forked.channels(memory(MEMORY + b)?));
            }
        }
        Ok(None)
    }

    /// Numbers of measured and uncertain states, if the mode `exact` is used and steps can be stochastic; `memory` as for
    /// [`Bonuses::channels`].
    ///
    /// # Errors
    /// What `memory` returns.
    pub fn certainty<'a>(&self, memory: impl Fn(usize) -> Result<&'a [u32]>) -> Result<Option<Certainty>> {
        for (b, kept) in self.list.iter().enumerate() {
            if let Evaluator::Forks(forked) = &kept.bonus {
                return Ok(forked.certainty(memory(MEMORY + b)?));
            }
        }
        Ok(None)
    }

    /// Selects arm `arm` of fusion `airs` from here on, for all instances whose fusion memory is in `fusing`.
    pub fn choose(&self, fusing: &mut [u32], arm: usize) {
        self.fuse.choose(fusing, arm as u32);
    }

    /// Whether the bonuses of an instance depend on other instances.
    pub fn is_shared(&self) -> bool {
        !self.tables.is_empty()
    }

    /// Whether the value of the bonus at index `at` depends on other instances.
    pub fn shares(&self, at: usize) -> bool {
        self.list.get(at).is_some_and(|kept| kept.table.is_some())
    }

    /// The distinct keys that the bonuses read, in the order of the key buffer.
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// Whether all bonuses can be computed on a GPU.
    ///
    /// # Errors
    /// [`Error::Usage`] that says what would fit, if the host must fork for one of them.
    pub fn check_gpu(&self) -> Result<()> {
        self.list.iter().filter_map(BonusSlot::forked).try_for_each(EmpowermentBonus::check_gpu)
    }

    /// Whether scores of transitions of forks need observations.
    pub fn reads_obs(&self) -> bool {
        let by_obs = |kept: &BonusSlot| kept.slot.is_none() && matches!(kept.bonus, Evaluator::Kernel(_));
        self.keys.iter().any(|key| key.reads_obs()) || self.list.iter().any(by_obs)
    }

    /// Limits the bytes of each shared table. The smallest limit applies.
    pub fn limit_tables(&self, bytes: u64) {
        self.most_bytes.fetch_min(bytes, Ordering::Relaxed);
    }

    pub(super) fn table(&self, t: usize) -> RwLockReadGuard<'_, Table> {
        self.tables[t].read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Statistics of the shared tables that begin with `heads`, by bonus.
    pub fn counted(&self, heads: &[Vec<u32>]) -> Vec<Counted> {
        let names = self.config.names();
        let with_tables = self.list.iter().enumerate().filter_map(|(b, kept)| Some((b, kept.table?)));
        with_tables
            .map(|(b, t)| {
                let (fill, n) = (fill(&heads[t]), fill(&heads[t]).total as f64);
                let sum = u64::from(heads[t][table::SUM]) | u64::from(heads[t][table::SUM + 1]) << 32;
                let entropy = (self.kinds[t].1 && n > 0.0).then(|| (natural_log(n) - sum as f64 / 16_777_216.0 / n).max(0.0));
                Counted { name: names[b].clone(), keys: u64::from(fill.used), visits: fill.total, entropy }
            })
            .collect()
    }

    /// Mean of each column over all transitions, from the sums of all instances. The last element is the mean of the totals.
    pub fn means(&self, fusing: &[u32]) -> Vec<f64> {
        let mut sums = vec![0i128; self.columns + 1];
        let mut transitions = 0u64;
        for memory in fusing.chunks_exact(self.fuse.memory_words()) {
            transitions += self.fuse.sums(memory, &mut sums);
        }
        sums.iter().map(|sum| if transitions == 0 { 0.0 } else { *sum as f64 / transitions as f64 / f64::from(ONE) }).collect()
    }

    /// Number of transitions of all instances, from the same words as [`Bonuses::means`].
    pub fn transitions(&self, fusing: &[u32]) -> u64 {
        let mut sums = vec![0; self.columns + 1];
        fusing.chunks_exact(self.fuse.memory_words()).map(|memory| self.fuse.sums(memory, &mut sums)).sum()
    }

    /// Empties the shared tables: a new batch begins without counts.
    pub(super) fn forget(&self) {
        for table in &self.tables {
            *table.write().unwrap_or_else(PoisonError::into_inner) = Table::new(FIRST_SLOTS);
        }
        self.met_limit.store(false, Ordering::Relaxed);
    }

    /// Returns for how many of `steps` steps the tables that begin with `heads` have room; 0 if a table should grow first.
    pub(super) fn steps_left(&self, heads: &[Vec<u32>], n_envs: usize, steps: u64) -> Result<u64> {
        let mut least = steps;
        for (head, (inserts, sums)) in heads.iter().zip(&self.kinds) {
            let (each, wanted) = (per_step(*inserts, n_envs), steps.min(STEPS_AHEAD));
            let fill = fill(head);
            let room = super::tables::max_keys(fill.slots).saturating_sub(u64::from(fill.used)) / each;
            match fill.room_for(each * wanted, *sums, self.most_bytes.load(Ordering::Relaxed)) {
                Ok(None) => least = least.min(room),
                Ok(Some(_)) => return Ok(0),
                Err(TableError::Large { .. }) if room > 0 => least = least.min(room),
                Err(e) => return Err(Error::Limit(e.to_string())),
            }
        }
        Ok(least)
    }

    /// Enlarges the tables that have too little room.
    pub(super) fn grow(&self, n_envs: usize, steps: u64) -> Result<()> {
        for (t, (inserts, sums)) in self.kinds.iter().enumerate() {
            let more = per_step(*inserts, n_envs) * steps.min(STEPS_AHEAD);
            let words = self.table(t).words();
            match fill(&words[..table::HEAD]).room_for(more, *sums, self.most_bytes.load(Ordering::Relaxed)) {
                Ok(None) | Err(TableError::Large { .. }) => {}
                Ok(Some(slots)) => {
                    check_memory(slots)?;
                    let larger = Table::from_words(rebuild(&words, slots));
                    *self.tables[t].write().unwrap_or_else(PoisonError::into_inner) = larger;
                }
                Err(e) => return Err(Error::Limit(e.to_string())),
            }
        }
        Ok(())
    }

    /// The searches that [`Bonuses::peek`] needs.
    pub fn searches(&self) -> Searches<'_> {
        self.list.iter().map(BonusSlot::search).collect()
    }

    /// The total that instance `i` would get for a transition of a fork; `plugin_buffers` are those of its block. An exceeded limit is
    /// stored, and [`crate::sim::StepPlugin::make_room`] reports it.
    pub fn peek(&self, plugin_buffers: &[&mut [u32]], i: usize, forked_to: &ForkTransition, searches: &mut Searches) -> i32 {
        let mut values = [0; MAX_COLUMNS];
        for (b, kept) in self.list.iter().enumerate() {
            let each = kept.bonus.memory_words();
            let memory = &plugin_buffers[MEMORY + b][i * each..(i + 1) * each];
            let of = |keys: &[u64]| kept.slot.map_or(0, |slot| keys[slot]);
            let core = forked_to.block.core_of(forked_to.at);
            let words = self.world.spec().obs_words();
            let obs = &forked_to.block.obs[forked_to.at * words..(forked_to.at + 1) * words];
            let transition =
                Transition { key: of(forked_to.keys), before: of(forked_to.before), action: core[Core::ACTION], obs };
            values[b] = match (&kept.bonus, kept.table, &mut searches[b]) {
                (Evaluator::Kernel(bonus), Some(t), _) => bonus.peek(&transition, &*self.table(t), memory),
                (Evaluator::Kernel(bonus), None, _) => bonus.peek(&transition, &Nothing, memory),
                (Evaluator::Forks(forked), _, Some(search)) => {
                    forked.peek(search, forked_to.block, forked_to.at, memory).unwrap_or_else(|_| {
                        self.met_limit.store(true, Ordering::Relaxed);
                        0
                    })
                }
                (Evaluator::Forks(_), _, None) => 0,
            };
        }
        let each = self.fuse.memory_words();
        self.fuse.fuse_peek(
            forked_to.block.core_of(forked_to.at),
            &mut values[..self.columns],
            &plugin_buffers[FUSING][i * each..(i + 1) * each],
        )
    }

    /// Reads the keys of instance `i` from the instance buffer of keys: those of its current state.
    pub fn keys_of(&self, plugin_buffers: &[&mut [u32]], i: usize, out: &mut Vec<u64>) {
        let words = &plugin_buffers[KEYS][i * self.keys.len() * key::WORDS..(i + 1) * self.keys.len() * key::WORDS];
        out.clear();
        out.extend(words.chunks_exact(key::WORDS).map(|w| u64::from(w[0]) | u64::from(w[1]) << 32));
    }
}

/// Checks that there is memory to rebuild a table with `slots` slots. Its words exist twice for a while.
fn check_memory(slots: u32) -> Result<()> {
    let bytes = 4 * table::words_of(slots) as u128;
    memory::check(2 * bytes).map_err(|short| {
        let there = shown(u128::from(short.allowed));
        let text = format!(
            "a table of counts has to grow to {}, there twice for a while, and {there} can be taken ({})",
            shown(bytes),
            short.source
        );
        Error::Limit(format!("{text}: take a coarser key, fewer instances or fewer steps"))
    })
}

/// Most keys that a step of `n_envs` instances inserts: for transitions, and for the first states of new episodes.
fn per_step(inserts: Inserts, n_envs: usize) -> u64 {
    let (transitions, begun) = table::what(inserts);
    n_envs as u64 * u64::from(transitions.count_ones() + begun.count_ones()).max(1)
}

fn place(keys: &mut Vec<Key>, key: Key) -> usize {
    keys.iter().position(|known| *known == key).unwrap_or_else(|| {
        keys.push(key);
        keys.len() - 1
    })
}

/// Names of all fusions; the first is the default.
pub const FUSIONS: [&str; 6] = ["sum", "product", "cycle", "cycle-by-episode", "maximum", AIRS];
/// Names of all normalisations; the first is the default.
pub const NORMALISATIONS: [&str; 2] = ["none", "rms"];

fn fusion(config: &BonusConfig) -> Result<Fusion> {
    match config.fusion.as_deref().unwrap_or("sum") {
        "sum" => Ok(Fusion::Sum),
        "product" => Ok(Fusion::Product),
        "cycle" => Ok(Fusion::Cycle(Turn::Step)),
        "cycle-by-episode" => Ok(Fusion::Cycle(Turn::Episode)),
        "maximum" => Ok(Fusion::Maximum),
        AIRS => Ok(Fusion::Chosen),
        other => Err(Error::Usage(format!("fusion '{other}'; there are {}", FUSIONS.join(", ")))),
    }
}

fn normalise(config: &BonusConfig) -> Result<Normalise> {
    match config.normalise.as_deref().unwrap_or("none") {
        "none" => Ok(Normalise::Nothing),
        "rms" => Ok(Normalise::Rms),
        other => Err(Error::Usage(format!("normalise '{other}'; there are {}", NORMALISATIONS.join(", ")))),
    }
}

#[expect(clippy::disallowed_methods, reason = "a figure for people; nothing is decided by it")]
fn natural_log(x: f64) -> f64 {
    x.ln()
}

//! Checks that rows are a valid recording: complete, in order, each only once, and possible in their world.

use std::collections::BTreeMap;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, UInt32Type};
use arrow_array::{Array, BinaryViewArray, BooleanArray, Float64Array, UInt32Array};

use super::format::{CHECKSUM, HISTORY, Meta, NEEDED, WORLD, is_of_bonus};
use super::parts::RowChunk;
use super::room;
use crate::envs::World;
use crate::error::Result;

/// Largest value of `facing`.
const MAX_FACING: u32 = 3;
/// Number of new instances between checks of the available memory.
const LOOK_EVERY: usize = 1 << 20;

/// The columns that every trace has.
#[derive(Clone, Debug)]
pub struct Common {
    /// Index of the instance in the batch.
    pub instance: UInt32Array,
    /// Number of the episode, from 1.
    pub episode: UInt32Array,
    /// Steps taken in the episode; 0 in its first row, unless a scenario says otherwise.
    pub step: UInt32Array,
    /// Index of the action. Null where an episode begins, and in the rows of restored states.
    pub action: UInt32Array,
    /// Reward of the step.
    pub reward: Float64Array,
    /// Whether the step terminated the episode.
    pub terminated: BooleanArray,
    /// Whether the step truncated the episode.
    pub truncated: BooleanArray,
    /// The actions that lead to a restored state, in the rows of restored states.
    pub history: Option<BinaryViewArray>,
    /// The instance in whose world the restored state was reached, in the rows of restored states. None if the file has no such column.
    pub world: Option<UInt32Array>,
}

impl Common {
    /// The common columns of `piece`.
    ///
    /// # Errors
    /// [`crate::Error::Data`] with the names of all columns that are missing.
    pub fn of(piece: &RowChunk) -> Result<Common> {
        let missing: Vec<&str> = NEEDED.into_iter().filter(|name| piece.rows.column_by_name(name).is_none()).collect();
        if !missing.is_empty() {
            let (missing, needed) = (missing.join(", "), NEEDED.join(", "));
            return Err(piece.part.wrong(format!("no column {missing}; rows of a trace have {needed} (see docs/traces.md)")));
        }
        let numbers = |name: &str| piece.rows.column_by_name(name).map(|c| c.as_primitive::<UInt32Type>().clone());
        let flags = |name: &str| piece.rows.column_by_name(name).map(|c| c.as_boolean().clone());
        let reward = piece.rows.column_by_name("reward").map(|c| c.as_primitive::<Float64Type>().clone());
        // All columns exist: this was checked above.
        let none = || piece.part.wrong("a column of another type");
        Ok(Common {
            instance: numbers("instance").ok_or_else(none)?,
            episode: numbers("episode").ok_or_else(none)?,
            step: numbers("step").ok_or_else(none)?,
            action: numbers("action").ok_or_else(none)?,
            reward: reward.ok_or_else(none)?,
            terminated: flags("terminated").ok_or_else(none)?,
            truncated: flags("truncated").ok_or_else(none)?,
            history: piece.rows.column_by_name(HISTORY).map(|c| c.as_binary_view().clone()),
            world: numbers(WORLD),
        })
    }

    /// Whether row `k` is of a restored state.
    pub fn is_restored(&self, k: usize) -> bool {
        self.history.as_ref().is_some_and(|history| history.is_valid(k))
    }

    /// The action of row `k`. None where an episode begins, and in the row of a restored state.
    pub fn action(&self, k: usize) -> Option<u32> {
        self.action.is_valid(k).then(|| self.action.value(k))
    }

    fn ends(&self, k: usize) -> bool {
        self.terminated.value(k) || self.truncated.value(k)
    }
}

/// The position of an instance after its last row.
#[derive(Clone, Copy, Debug)]
struct Last {
    episode: u32,
    step: u32,
    ended: bool,
    /// Steps taken since its first row.
    taken: u64,
    /// Step of its first row. A scenario can set it to another value than 0.
    base: u32,
}

/// The state of the check after the rows so far.
#[derive(Clone, Debug, Default)]
pub struct Order {
    /// Whether this program wrote the rows. Then episodes count from 1, each begins with the row of its first state, and no value is
    /// missing.
    strict: bool,
    /// Whether first episodes begin from a state set by hand.
    scenario: bool,
    /// Whether instances took steps before their first row.
    prefixed: bool,
    size: Option<(u32, u32)>,
    num_actions: Option<u32>,
    num_envs: Option<u64>,
    instances: BTreeMap<u32, Last>,
}

impl Order {
    /// Creates the check for a run of this program in `world`. `world` is None for rows that another program wrote.
    pub fn new(world: Option<&dyn World>, meta: Option<&Meta>) -> Order {
        let spec = world.map(|world| world.spec());
        let num_envs = meta.and_then(|meta| meta.num_envs);
        Order {
            strict: world.is_some(),
            scenario: meta.is_some_and(|meta| meta.scenario.is_some()),
            prefixed: meta.is_some_and(|meta| meta.prefix_hash.is_some()),
            size: spec.map(|spec| spec.size),
            num_actions: spec.map(crate::envs::WorldSpec::num_actions),
            num_envs,
            instances: BTreeMap::new(),
        }
    }

    pub fn instances(&self) -> usize {
        self.instances.len()
    }

    /// Checks the next rows.
    ///
    /// # Errors
    /// [`crate::Error::Data`] with the first invalid row, and why it is invalid.
    pub fn check(&mut self, piece: &RowChunk, common: &Common) -> Result<()> {
        let n = piece.rows.num_rows();
        let wrong = |k: usize, why: String| piece.part.wrong(format!("row {}: {why}", piece.first + k as u64));
        if let Some((k, why)) = missing_value(piece, common, self.strict).or_else(|| self.out_of_range(piece, common)) {
            return Err(wrong(k, why));
        }
        for k in 0..n {
            let instance = common.instance.value(k);
            let last = self.instances.get(&instance).copied();
            let next = self.follow(last, common, k).map_err(|why| wrong(k, format!("instance {instance}: {why}")))?;
            self.instances.insert(instance, next);
            if last.is_none() && self.instances.len().is_multiple_of(LOOK_EVERY) {
                room::check("instances", 2 * self.instances.len() as u64, 64)?;
            }
        }
        Ok(())
    }

    /// Checks row `k` of an instance and returns the position of the instance after it.
    fn follow(&self, last: Option<Last>, common: &Common, k: usize) -> std::result::Result<Last, String> {
        let (episode, step, action) = (common.episode.value(k), common.step.value(k), common.action(k));
        let here = format!("episode {episode}, step {step}");
        let taken = last.map_or(0, |last| last.taken) + u64::from(action.is_some());
        let base = last.map_or(step, |last| last.base);
        let next = Ok(Last { episode, step, ended: common.ends(k), taken, base });
        let Some(last) = last else {
            let first = (step == 0 || self.scenario) && episode == 1;
            let begins = action.is_none() && (first || self.prefixed) && !common.is_restored(k);
            let why = format!("its first row is {here}, not the first state of episode 1; give its earlier parts too");
            return if begins || !self.strict { next } else { Err(why) };
        };
        let after = format!("after episode {}, step {}", last.episode, last.step);
        if let Some(history) = common.history.as_ref().filter(|_| common.is_restored(k)) {
            let length = history.value(k).len() as u64;
            return match () {
                () if action.is_some() => Err("a row that restored a state and has an action".to_string()),
                () if length + u64::from(base) != u64::from(step) => {
                    Err(format!("a history of {length} actions that leads to step {step}"))
                }
                () if length > last.taken => Err(format!("a history of {length} actions after {} steps of the run", last.taken)),
                () => next,
            };
        }
        let (same, goes_on) = (episode == last.episode, last.step.checked_add(1) == Some(step));
        match action {
            Some(_) if same && last.ended => Err(format!("{here}: an action after the end of the episode")),
            Some(_) if same && goes_on => next,
            None if last.episode.checked_add(1) == Some(episode) && step == 0 && (last.ended || !self.strict) => next,
            None if last.episode.checked_add(1) == Some(episode) && step == 0 => {
                Err(format!("{here} {after}, which did not end that episode: rows are missing"))
            }
            _ if !self.strict && episode > last.episode => next,
            _ if (episode, step) == (last.episode, last.step) => Err(format!("{here} for the second time")),
            _ if (episode, step) < (last.episode, last.step) => {
                Err(format!("{here} {after}: rows are out of order, or there twice"))
            }
            _ => Err(format!("{here} {after}: rows are missing")),
        }
    }

    fn out_of_range(&self, piece: &RowChunk, common: &Common) -> Option<(usize, String)> {
        let n = piece.rows.num_rows();
        let above = |column: &UInt32Array, name: &str, limit: u32| {
            let k = (0..n).find(|k| column.is_valid(*k) && column.value(*k) >= limit)?;
            Some((k, format!("{name} is {}; it must be below {limit}", column.value(k))))
        };
        let named = |name: &str| {
            let column = piece.rows.column_by_name(name)?;
            column.as_primitive_opt::<UInt32Type>().cloned()
        };
        let of = |name: &str, limit: Option<u32>| above(&named(name)?, name, limit?);
        let envs = self.num_envs.and_then(|n| u32::try_from(n).ok());
        of("x", self.size.map(|size| size.0))
            .or_else(|| of("y", self.size.map(|size| size.1)))
            .or_else(|| of("facing", self.size.map(|_| MAX_FACING + 1)))
            .or_else(|| above(&common.action, "action", self.num_actions?))
            .or_else(|| above(&common.instance, "instance", envs?))
            .or_else(|| above(common.world.as_ref()?, WORLD, envs?))
            .or_else(|| {
                let k = (0..n).find(|k| !common.reward.value(*k).is_finite())?;
                Some((k, format!("reward is {}", common.reward.value(k))))
            })
    }
}

/// Returns the first row that lacks a required value, or has a bonus value where an episode begins. Bonuses have no value there. Most rows
/// have no checksum.
fn missing_value(piece: &RowChunk, common: &Common, strict: bool) -> Option<(usize, String)> {
    let n = piece.rows.num_rows();
    let begins = |k: usize| common.action.is_null(k);
    for (field, column) in piece.rows.schema().fields().iter().zip(piece.rows.columns()) {
        let name = field.name();
        let must: &dyn Fn(usize) -> bool = match name.as_str() {
            "action" | CHECKSUM => continue,
            WORLD => &|k| common.is_restored(k),
            HISTORY => continue,
            _ if is_of_bonus(name) => &|k| !begins(k),
            _ if strict || NEEDED.contains(&name.as_str()) => &|_| true,
            _ => continue,
        };
        if column.null_count() > 0
            && let Some(k) = (0..n).find(|k| must(*k) && column.is_null(*k))
        {
            return Some((k, format!("no value in column '{name}'")));
        }
        if is_of_bonus(name)
            && strict
            && let Some(k) = (0..n).find(|k| begins(*k) && column.is_valid(*k))
        {
            return Some((k, format!("a value in column '{name}', where an episode begins and no bonus has a value")));
        }
    }
    None
}

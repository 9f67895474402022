//! The passes of bonuses: over the transitions of a step, over first states, and over the transitions of forks. The computation of each
//! bonus is in `shaders/bonus`.

use std::sync::Arc;

use super::runtime::{Bonuses, FUSING, KEYS, MEMORY, TOTALS, VALUES};
use super::slot::{BonusSlot, Evaluator, Nothing};
use crate::envs::shared::key::{self, Key};
use crate::envs::shared::key_words::{params as key_params, write_key};
use crate::envs::{Core, World};
use crate::shaders::bonus::params::Place;
use crate::shaders::bonus::table::{keys_of, what};
use crate::shaders::bonus::{Order, Transition};
use crate::shaders::core::fork_sources::ForkSources;
use crate::sim::BlockContext;
use crate::sim::buffer::Buffer::{Core as CoreWords, Fork, Obs, Pace, Plugin, Reached, Rules, State, Table};
use crate::sim::buffer::{Buffer, Named, Use};
use crate::sim::pass::{Deferred, Pass, PassScope, Program};
use crate::sim::rollout::RolloutPasses;

/// The import that is replaced by the file of a bonus.
const BONUS: &str = "shaders/bonus/bonus.wgsl";

/// Buffers of forks: keys, values, totals, and a working copy of the fusion memory of the instance.
const FORK_KEYS: usize = 0;
const FORK_VALUES: usize = 1;
const FORK_TOTALS: usize = 2;
const FORK_FUSING: usize = 3;

/// The instances that a pass runs over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BonusMask {
    /// Instances that have taken a step.
    Stepped,
    /// Instances whose episode has begun.
    Reset,
}

impl BonusMask {
    pub fn is(self, work: &BlockContext, i: usize) -> bool {
        match self {
            BonusMask::Stepped => work.block.flags(i) & Core::SKIP == 0,
            BonusMask::Reset => work.is_fresh(i),
        }
    }

    fn over(self) -> PassScope {
        match self {
            BonusMask::Stepped => PassScope::Active,
            BonusMask::Reset => PassScope::ResetList,
        }
    }

    fn forked(self) -> ForkSources {
        match self {
            BonusMask::Stepped => ForkSources::Stepped,
            BonusMask::Reset => ForkSources::Begun,
        }
    }
}

/// The passes over the transitions of a step.
pub fn transitions(bonuses: &Arc<Bonuses>) -> Vec<Pass<'static>> {
    let mut list = keys(bonuses, BonusMask::Stepped);
    list.extend(scores(bonuses, Order::ReadBefore));
    list.extend(counting(bonuses, BonusMask::Stepped));
    list.extend(scores(bonuses, Order::ReadAfter));
    list.push(fuse(bonuses));
    list
}

/// The passes over the first states of episodes.
pub fn resets(bonuses: &Arc<Bonuses>) -> Vec<Pass<'static>> {
    let mut list = keys(bonuses, BonusMask::Reset);
    list.extend((0..bonuses.list.len()).flat_map(|b| reset(bonuses, b)));
    list.extend(counting(bonuses, BonusMask::Reset));
    let taken_in = Pass::new("recorded", PassScope::ResetList).writes([Buffer::Fresh]).deferred(Deferred::Close);
    list.push(taken_in.twin(|work| work.fresh.fill(0)));
    list
}

impl Bonuses {
    /// The passes with which a GPU scores transitions of forks of the keyed model `model`. The values are those of [`Bonuses::peek`]. These
    /// passes count nothing. None if the host must fork for a bonus.
    pub fn rollout_passes(&self, model: &dyn World) -> Option<RolloutPasses> {
        self.check_gpu().ok()?;
        let mut passes = keys_in(model, &self.keys, PassScope::Active, Fork(FORK_KEYS));
        for (b, kept) in self.list.iter().enumerate() {
            passes.extend(measure(kept, BonusMask::Stepped));
            passes.push(score_kernel(self, b, true));
        }
        passes.push(fuse_kernel(self, true));
        let mut plugin = vec![0; 4];
        plugin[FORK_KEYS] = self.keys.len() * key::WORDS;
        plugin[FORK_VALUES] = self.columns;
        plugin[FORK_TOTALS] = 1;
        plugin[FORK_FUSING] = self.fuse.memory_words();
        let (n_keys, observes) = (self.keys.len(), self.reads_obs());
        let reaches = self.list.iter().filter_map(|kept| kept.forked()?.reach()).collect();
        Some(RolloutPasses {
            plugin,
            keys: (n_keys > 0).then_some(KEYS),
            n_keys,
            totals: Fork(FORK_TOTALS),
            observes,
            list: passes,
            reaches,
        })
    }
}

/// The passes that compute keys of next states, or of first states.
fn keys(bonuses: &Arc<Bonuses>, mask: BonusMask) -> Vec<Pass<'static>> {
    let passes = keys_in(&*bonuses.world, &bonuses.keys, mask.over(), Plugin(KEYS)).into_iter().enumerate();
    let twin = |(slot, pass): (usize, Pass<'static>)| {
        let bonuses = bonuses.clone();
        pass.twin(move |work| {
            let keys = std::mem::take(&mut work.plugin_buffers[KEYS]);
            let place = (slot, bonuses.keys.len());
            for i in 0..work.block.n {
                if mask.is(work, i) {
                    write_key(work.world, (bonuses.keys[slot], place), &work.block, i, keys, mask == BonusMask::Reset);
                }
            }
            work.plugin_buffers[KEYS] = keys;
        })
    };
    passes.map(twin).collect()
}

/// The passes that compute the keys of states of `world`, or of forks in it, into `out`.
pub fn keys_in(world: &dyn World, keys: &[Key], over: PassScope, out: Buffer) -> Vec<Pass<'static>> {
    let kernels = world.kernels();
    let state = || world.spec().buffers.iter().enumerate().map(|(b, buffer)| State(b).named(buffer.name));
    let absent = || kernels.absent.map(Named::absent);
    let one = |(slot, key): (usize, &Key)| {
        let params = Named::constants("params", key_params(world, *key, slot, keys.len()));
        let pass =
            Pass::new("keys", over).reads([Rules.into(), CoreWords.into(), Pace.into(), params]).writes([out.named("keys")]);
        pass.uses(Use::Declared, state().chain(absent()).chain([Obs.into()])).kernel(kernels.of_key(*key).name)
    };
    keys.iter().enumerate().map(one).collect()
}

/// The last transition of instance `i`, as a bonus reads it.
pub fn transition_of<'a>(work: &'a BlockContext, bonuses: &Bonuses, kept: &BonusSlot, i: usize) -> Transition<'a> {
    let words = work.world.spec().obs_words();
    let pair = |at: usize| {
        kept.slot.map_or(0, |slot| {
            let at = (i * bonuses.keys.len() + slot) * key::WORDS + at;
            u64::from(work.plugin_buffers[KEYS][at]) | u64::from(work.plugin_buffers[KEYS][at + 1]) << 32
        })
    };
    let action = work.block.core_of(i)[Core::ACTION];
    Transition { key: pair(0), before: pair(2), action, obs: &work.block.obs[i * words..(i + 1) * words] }
}

/// The parameters that locate the inputs of a bonus, and the buffer that holds the inputs.
fn place(bonuses: &Bonuses, kept: &BonusSlot, column: usize) -> (Place, Buffer) {
    let columns = bonuses.columns as u32;
    let (input, keys, buffer) = match (kept.reach, kept.slot) {
        (Some(reach), _) => (1, 0, Reached(reach)),
        (None, Some(slot)) => (slot as u32, bonuses.keys.len() as u32, Plugin(KEYS)),
        (None, None) => (bonuses.world.spec().obs_words() as u32, 0, Obs),
    };
    (Place { input, keys, column: column as u32, columns }, buffer)
}

/// The shared table of a bonus, if it has one.
fn table(kept: &BonusSlot) -> Named {
    kept.table.map_or(Named::absent("table"), |t| Table(t).into())
}

/// The pass that measures empowerment by forking on a GPU; None if the bonus does not need it.
fn measure(kept: &BonusSlot, mask: BonusMask) -> Option<Pass<'static>> {
    let reach = kept.reach?;
    let pass = Pass::new("reach", mask.over()).reads([CoreWords]).writes([Reached(reach)]);
    Some(pass.program(Program::Reach(reach, mask.forked())))
}

/// The passes that score the bonuses of one order.
fn scores(bonuses: &Arc<Bonuses>, order: Order) -> Vec<Pass<'static>> {
    let of_order = bonuses.list.iter().enumerate().filter(move |(_, kept)| kept.bonus.order() == order);
    of_order.flat_map(|(b, kept)| measure(kept, BonusMask::Stepped).into_iter().chain([score(bonuses, b)])).collect()
}

/// The pass that computes bonus `b` for each transition.
fn score(bonuses: &Arc<Bonuses>, b: usize) -> Pass<'static> {
    let deferred = if bonuses.list[b].table.is_some() { Deferred::Score } else { Deferred::No };
    let bonuses = bonuses.clone();
    score_kernel(&bonuses, b, false).deferred(deferred).twin(move |work| {
        let kept = &bonuses.list[b];
        let table = kept.table.map(|t| bonuses.table(t));
        let each = kept.bonus.memory_words();
        let mut search = kept.search();
        let (memory, values) =
            (std::mem::take(&mut work.plugin_buffers[MEMORY + b]), std::mem::take(&mut work.plugin_buffers[VALUES]));
        for i in 0..work.block.n {
            if !BonusMask::Stepped.is(work, i) {
                continue;
            }
            let (transition, memory) = (transition_of(work, &bonuses, kept, i), &mut memory[i * each..(i + 1) * each]);
            let value = match (&kept.bonus, &table, &mut search) {
                (Evaluator::Kernel(bonus), Some(table), _) => bonus.visit(&transition, &**table, memory),
                (Evaluator::Kernel(bonus), None, _) => bonus.visit(&transition, &Nothing, memory),
                (Evaluator::Forks(forked), _, Some(search)) => forked.visit(search, &work.block, i, memory),
                (Evaluator::Forks(_), _, None) => Ok(0),
            };
            values[i * bonuses.columns + b] = value.unwrap_or_default() as u32;
            if let Err(fault) = value {
                work.block.core_mut(i)[Core::FAULT] = fault;
            }
        }
        (work.plugin_buffers[MEMORY + b], work.plugin_buffers[VALUES]) = (memory, values);
    })
}

/// The same pass without its twin: for transitions, or for transitions of forks.
fn score_kernel(bonuses: &Bonuses, b: usize, forks: bool) -> Pass<'static> {
    let kept = &bonuses.list[b];
    let (place, inputs) = place(bonuses, kept, b);
    let params = Named::constants("params", kept.bonus.params(&place));
    let instead = vec![(BONUS, kept.bonus.wgsl())];
    let memory = Plugin(MEMORY + b).named("memory");
    let of = |name| Pass::new(name, PassScope::Active).reads([Rules, Pace]).reads([params, table(kept)]);
    if forks {
        let inputs = if inputs == Plugin(KEYS) { Fork(FORK_KEYS) } else { inputs };
        let pass = of("peek").reads([CoreWords.into(), inputs.named("inputs")]).uses(Use::Idle, [memory]);
        return pass.writes([Fork(FORK_VALUES).named("scores")]).kernel_with("shaders/bonus/peek.wgsl", instead);
    }
    let pass = of("bonus").reads([inputs.named("inputs")]).writes([CoreWords.into(), memory, Plugin(VALUES).named("values")]);
    pass.kernel_with("shaders/bonus/visit.wgsl", instead)
}

/// The passes that count transitions, or first states, in the shared tables, and then update the sums of the tables.
fn counting(bonuses: &Arc<Bonuses>, mask: BonusMask) -> Vec<Pass<'static>> {
    let with_tables = || bonuses.list.iter().enumerate().filter_map(|(b, kept)| Some((b, kept.table?)));
    let with_sums = with_tables().filter(|(_, t)| bonuses.kinds[*t].1);
    let insert = with_tables().filter_map(|(b, t)| insert(bonuses, (b, t), mask));
    insert.chain(with_sums.filter_map(|(b, t)| update_sum(bonuses, (b, t), mask))).collect()
}

/// What bonus `b` counts for a transition, or for a first state: bits of `table.rs`.
fn counted(bonuses: &Bonuses, b: usize, mask: BonusMask) -> u32 {
    let (transitions, begun) = what(bonuses.list[b].bonus.inserts());
    if mask == BonusMask::Reset { begun } else { transitions }
}

fn table_kernel(bonuses: &Bonuses, b: usize, mask: BonusMask, name: &'static str, path: &'static str) -> Pass<'static> {
    let (place, inputs) = place(bonuses, &bonuses.list[b], 0);
    let params = Named::constants("params", place.of_table(counted(bonuses, b, mask)));
    Pass::new(name, mask.over()).reads([Rules, CoreWords, Pace]).reads([params, inputs.named("inputs")]).kernel(path)
}

/// The pass that inserts keys; None if there are none to insert.
fn insert(bonuses: &Arc<Bonuses>, (b, t): (usize, usize), mask: BonusMask) -> Option<Pass<'static>> {
    let bits = counted(bonuses, b, mask);
    let pass = table_kernel(bonuses, b, mask, "insert", "shaders/bonus/insert.wgsl").uses(Use::Insert, [Table(t)]);
    let bonuses = bonuses.clone();
    let pass = pass.deferred(Deferred::Insert { bonus: b, reset: mask == BonusMask::Reset }).twin(move |work| {
        let mask = (0..work.block.n).filter(|i| mask.is(work, *i));
        let keys = mask.flat_map(|i| keys_of(bits, &transition_of(work, &bonuses, &bonuses.list[b], i)));
        bonuses.table(t).insert(keys);
    });
    (bits != 0).then_some(pass)
}

fn update_sum(bonuses: &Arc<Bonuses>, (b, t): (usize, usize), mask: BonusMask) -> Option<Pass<'static>> {
    let bits = counted(bonuses, b, mask);
    let pass = table_kernel(bonuses, b, mask, "update sum", "shaders/bonus/update_sum.wgsl").uses(Use::UpdateSum, [Table(t)]);
    let bonuses = bonuses.clone();
    let pass = pass.deferred(Deferred::UpdateSum).twin(move |work| {
        let table = bonuses.table(t);
        for i in (0..work.block.n).filter(|i| mask.is(work, *i)) {
            keys_of(bits, &transition_of(work, &bonuses, &bonuses.list[b], i)).for_each(|key| table.update_sum(key));
        }
    });
    (bits != 0).then_some(pass)
}

/// The pass that combines the values of all bonuses into one.
fn fuse(bonuses: &Arc<Bonuses>) -> Pass<'static> {
    let bonuses = bonuses.clone();
    fuse_kernel(&bonuses, false).deferred(Deferred::Fuse).twin(move |work| {
        let (each, columns) = (bonuses.fuse.memory_words(), bonuses.columns);
        for i in 0..work.block.n {
            if BonusMask::Stepped.is(work, i) {
                let [values, totals, fusing] = &mut work.plugin_buffers[VALUES..=FUSING] else { return };
                let (values, memory) = (&mut values[i * columns..(i + 1) * columns], &mut fusing[i * each..(i + 1) * each]);
                totals[i] = bonuses.fuse.fuse(work.block.core_of(i), bytemuck::cast_slice_mut(values), memory) as u32;
            }
        }
    })
}

fn fuse_kernel(bonuses: &Bonuses, forks: bool) -> Pass<'static> {
    let params = Named::constants("params", bonuses.fuse.params());
    let pass = Pass::new("fuse", PassScope::Active).reads([Rules, CoreWords, Pace]).reads([params]);
    let written =
        |[values, memory, totals]: [Buffer; 3]| [values.named("values"), memory.named("memory"), totals.named("totals")];
    if forks {
        let pass = pass.reads([Plugin(FUSING).named("kept")]);
        let written = written([Fork(FORK_VALUES), Fork(FORK_FUSING), Fork(FORK_TOTALS)]);
        return pass.writes(written).kernel("shaders/bonus/fuse_peek.wgsl");
    }
    pass.writes(written([Plugin(VALUES), Plugin(FUSING), Plugin(TOTALS)])).kernel("shaders/bonus/fuse.wgsl")
}

/// The passes that begin episodes for bonus `b`.
fn reset(bonuses: &Arc<Bonuses>, b: usize) -> Vec<Pass<'static>> {
    let kept = &bonuses.list[b];
    let (place, inputs) = place(bonuses, kept, b);
    let params = Named::constants("params", kept.bonus.params(&place));
    let pass =
        Pass::new("bonus begun", PassScope::ResetList).reads([Rules, CoreWords, Pace]).reads([params, inputs.named("inputs")]);
    let pass = pass.uses(Use::Idle, [table(kept)]).writes([Plugin(MEMORY + b).named("memory")]);
    let pass = pass.kernel_with("shaders/bonus/begin.wgsl", vec![(BONUS, kept.bonus.wgsl())]);
    let pass = pass.deferred(if kept.table.is_some() { Deferred::Reset } else { Deferred::No });
    let of = bonuses.clone();
    let pass = pass.twin(move |work| {
        let kept = &of.list[b];
        let each = kept.bonus.memory_words();
        let mut search = kept.search();
        let memory = std::mem::take(&mut work.plugin_buffers[MEMORY + b]);
        for i in 0..work.block.n {
            if !work.is_fresh(i) {
                continue;
            }
            let (transition, memory) = (transition_of(work, &of, kept, i), &mut memory[i * each..(i + 1) * each]);
            let begun = match (&kept.bonus, &mut search) {
                (Evaluator::Forks(forked), Some(search)) => forked.begin(search, &work.block, i, memory),
                (Evaluator::Forks(_), None) => Ok(()),
                (Evaluator::Kernel(bonus), _) => {
                    bonus.begin(&Transition { before: transition.key, ..transition }, memory);
                    Ok(())
                }
            };
            if let Err(fault) = begun {
                work.block.core_mut(i)[Core::FAULT] = fault;
            }
        }
        work.plugin_buffers[MEMORY + b] = memory;
    });
    measure(kept, BonusMask::Reset).into_iter().chain([pass]).collect()
}

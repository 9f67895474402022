//! A step is a list of passes, run in this order by whatever backend the batch has:
//!
//! ```text
//! choose action (agent) -> prepare -> step -> observe -> [keys, bonuses] -> statistics -> record
//!   -> reset the finished (and observe them again) -> [first states into keys and tables]
//! ```
//!
//! What stands in brackets is there if something runs beside the simulation (`beside.rs`).
//!
//! On the CPU each thread runs the whole list over one block of instances, many steps before it turns to the next block, so that a
//! block's state stays in the core's cache. Nothing of it depends on how instances are cut into blocks. On the card each pass is one
//! kernel or a few over all instances (`card/passes.rs`), many steps a submission.

use std::sync::atomic::AtomicU64;

use super::beside::{Beside, Late, Stretches};
use super::card::Chooser;
use super::reset::ResetMode;
use super::work::Work;
use crate::envs::Core;

/// One part of a step, over all instances of a block.
pub trait Pass: Sync + Send {
    fn name(&self) -> &'static str;
    /// The CPU side: the twin, called for each instance of the block.
    fn run(&self, work: &mut Work);
}

/// Fault codes of agents begin here.
pub const AGENT_FAULTS: u32 = 2 << 16;

/// Chooses actions where the batch is, step by step.
pub trait Agent: Sync + Send {
    fn name(&self) -> &'static str;
    /// Writes `core[ACTION]` of every instance of the block.
    fn choose(&self, work: &mut Work);
    /// Whether it reads what runs beside the simulation keeps: then all of a step must be over before it chooses.
    fn reads_beside(&self) -> bool {
        false
    }

    /// Counts the steps that forks take for it; None if it has none. Forks that have ended count no more on the CPU, and states that
    /// are equal are followed once there; a card steps them all.
    fn forked(&self) -> Option<&AtomicU64> {
        None
    }

    /// What a fault code from [`AGENT_FAULTS`] on means that [`Agent::choose`] wrote to `core[FAULT]` of an instance for which it cannot
    /// choose, and what to do. Such an instance takes no step, and the call ends with what is said here.
    fn fault(&self, _instance: usize, _code: u32) -> Option<String> {
        None
    }

    /// What it has to say beside the statistics: name, value.
    fn report(&self) -> Vec<(String, serde_json::Value)> {
        Vec::new()
    }

    /// What [`Agent::report`] needs in order to go on after `load`; null if nothing.
    fn save(&self) -> serde_json::Value {
        serde_json::Value::Null
    }

    /// Takes back what `save` gave.
    fn load(&self, _saved: &serde_json::Value) {}

    /// Who does the same on the card; None if actions must be chosen on the host, step by step.
    fn on_card(&self) -> Option<Chooser> {
        None
    }
}

/// The passes of one step, in stretches: without an agent the actions are already in `core`, `blind` steps write no observations.
pub fn passes<'a>(agent: Option<&'a dyn Agent>, mode: ResetMode, blind: bool, beside: Option<&'a dyn Beside>) -> Stretches<'a> {
    let (arrivals, begun) = beside.map_or_else(Default::default, |beside| (beside.arrivals(), beside.begun()));
    around(agent, mode, blind, arrivals, begun)
}

/// The passes of one step after which what runs beside is worked out `late`.
pub fn noting<'a>(agent: Option<&'a dyn Agent>, mode: ResetMode, late: &'a dyn Late) -> Vec<Box<dyn Pass + 'a>> {
    around(agent, mode, false, vec![late.arrivals()], vec![late.begun()]).into_iter().flatten().collect()
}

/// What stands around the passes of what runs beside, if there are any.
fn around<'a>(
    agent: Option<&'a dyn Agent>,
    mode: ResetMode,
    blind: bool,
    arrivals: Stretches<'a>,
    begun: Stretches<'a>,
) -> Stretches<'a> {
    let mut list: Vec<Box<dyn Pass + 'a>> = Vec::new();
    let mut stretches: Stretches<'a> = Vec::new();
    if let Some(agent) = agent {
        list.push(Box::new(Choose(agent)));
        if agent.reads_beside() && !arrivals.is_empty() {
            // All choose before anybody's arrival is counted.
            stretches.push(std::mem::take(&mut list));
        }
    }
    list.push(Box::new(Prepare(mode)));
    list.push(Box::new(Step));
    if !blind {
        list.push(Box::new(Observe));
    }
    let mut last: Vec<Box<dyn Pass + 'a>> = vec![Box::new(Statistics), Box::new(Record)];
    if mode == ResetMode::SameStep {
        last.push(Box::new(ResetFinished));
    }
    stretches.push(list);
    join(&mut stretches, arrivals);
    join(&mut stretches, vec![last]);
    join(&mut stretches, begun);
    stretches
}

/// The first of `more` goes on where the last of `stretches` ended.
fn join<'a>(stretches: &mut Stretches<'a>, more: Stretches<'a>) {
    let mut more = more.into_iter();
    if let (Some(last), Some(first)) = (stretches.last_mut(), more.next()) {
        last.extend(first);
    }
    stretches.extend(more);
}

struct Choose<'a>(&'a dyn Agent);

impl Pass for Choose<'_> {
    fn name(&self) -> &'static str {
        "choose"
    }

    fn run(&self, work: &mut Work) {
        self.0.choose(work);
    }
}

/// Clears last step's flags; in next-step mode resets what had finished, with reset off leaves it out.
struct Prepare(ResetMode);

impl Pass for Prepare {
    fn name(&self) -> &'static str {
        "prepare"
    }

    fn run(&self, work: &mut Work) {
        for i in 0..work.block.n {
            let done = work.block.flags(i) & Core::DONE;
            let flags = match self.0 {
                // The agent could not choose: the fault is that of the state it is in.
                _ if work.block.core_of(i)[Core::FAULT] >= AGENT_FAULTS => Core::SKIP,
                ResetMode::NextStep if done != 0 => {
                    work.reset(i);
                    Core::BEGUN | Core::SKIP
                }
                ResetMode::Off if done != 0 => done | Core::SKIP,
                _ => 0,
            };
            let core = work.block.core_mut(i);
            core[Core::FLAGS] = flags;
            if flags != 0 {
                core[Core::REWARD] = 0;
            }
        }
    }
}

struct Step;

impl Pass for Step {
    fn name(&self) -> &'static str {
        "step"
    }

    fn run(&self, work: &mut Work) {
        work.world.step(&mut work.block);
    }
}

struct Observe;

impl Pass for Observe {
    fn name(&self) -> &'static str {
        "observe"
    }

    fn run(&self, work: &mut Work) {
        work.world.observe(&mut work.block);
    }
}

struct Statistics;

impl Pass for Statistics {
    fn name(&self) -> &'static str {
        "statistics"
    }

    fn run(&self, work: &mut Work) {
        for i in 0..work.block.n {
            let core = work.block.core_of(i);
            let (flags, reward) = (core[Core::FLAGS], core[Core::REWARD] as i32);
            if flags & Core::SKIP != 0 {
                continue;
            }
            work.visit(i);
            work.unlock(i);
            if reward != 0 {
                work.add_return(i, reward);
            }
            if flags & Core::DONE != 0 {
                work.count_episode(i);
                work.keep_last(i);
            }
        }
    }
}

struct Record;

impl Pass for Record {
    fn name(&self) -> &'static str {
        "record"
    }

    fn run(&self, work: &mut Work) {
        for i in 0..work.block.n {
            if work.recorded[i] && work.block.flags(i) & Core::SKIP == 0 {
                let action = work.block.core_of(i)[Core::ACTION];
                work.record(i, Some(action));
            }
        }
    }
}

struct ResetFinished;

impl Pass for ResetFinished {
    fn name(&self) -> &'static str {
        "reset"
    }

    fn run(&self, work: &mut Work) {
        let words = work.final_obs.len() / work.block.n;
        for i in 0..work.block.n {
            if work.block.flags(i) & Core::DONE != 0 {
                let range = i * words..(i + 1) * words;
                work.final_obs[range.clone()].copy_from_slice(&work.block.obs[range]);
                work.reset(i);
            }
        }
    }
}

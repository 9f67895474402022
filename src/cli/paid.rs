//! What bonuses would pay on every cell, after some play has filled what they remember.

use clap::ValueEnum;

use super::mapped::Mapped;
use super::play::{Play, Playing};
use super::watch::Watch;
use crate::bonus::empowerment::{self, CellOptions, Noise, ReachSearch};
use crate::bonus::{Bonuses, ForkTransition};
use crate::envs::{Block, World};
use crate::error::{Error, Result};
use crate::shaders::bonus::ONE;
use crate::sim::keyed_model::{Forks, KeyedModel};
use crate::sim::{ResetMode, StepPlugin};

/// Whether the bonus value is of a state or of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum For {
    /// The value of being on the cell
    Place,
    /// The value of a step from the cell, tried on a fork: the mean over all actions; JSON has the largest value too
    Step,
}

/// Bonuses that look at the way to a state, not at the state alone.
const OF_STEPS: [&str; 3] = ["bebold", "information-gain", "reward"];

/// The value of all bonuses together on each free cell, to who remembers what instance 0 does. Nothing is taken in.
///
/// # Errors
/// [`Error::Usage`] if no bonus is paid, or one that is not paid for a place; as [`Play::begin`] and [`crate::agents::Driver::advance`].
pub fn of_play(play: &Play, paid: For, watch: &Watch) -> Result<Mapped> {
    let names = play.bonus.names();
    let of_step = play.bonus.list.iter().find(|entry| OF_STEPS.contains(&entry.name.as_str()));
    if let (Some(entry), For::Place) = (of_step, paid) {
        return Err(Error::Usage(format!("bonus {} is paid for a step, not for a place: --paid step", entry.name)));
    }
    let Playing { mut batch, mut driver, bonuses } = play.begin(ResetMode::SameStep)?;
    let bonuses = bonuses.ok_or_else(|| Error::Usage("--measure bonus: name some with --bonus".to_string()))?;
    play.advance(&mut batch, &mut *driver, watch)?;
    let model = KeyedModel::of(&*play.world)?;
    let mut fresh = play.fresh()?;
    let found = batch.with_all(|work| {
        let look = Look { world: &*play.world, bonuses: &bonuses, memory: &work.plugin_buffers, model: &model };
        fresh.with_block(|world, block| {
            let options = CellOptions { noise: Noise::Shared, stop: Some(&watch.stop) };
            empowerment::on_cells(world, &model, (block, 0), options, |_: &mut ReachSearch, placed| Ok(look.at(placed, paid)))
        })
    })???;
    // Says so if a transition of a fork met a limit.
    bonuses.make_room(play.num_envs, 1)?;
    let mut mapped = Mapped::new(&*play.world, "bonus", play.seed, found.iter().map(|cell| Some((*cell)?.0)).collect());
    mapped.digits = 3;
    mapped.say("bonus", names.join(","));
    mapped.say("paid", if paid == For::Place { "place" } else { "step" });
    mapped.say("agent", play.agent.clone());
    mapped.say("num_envs", play.num_envs);
    mapped.say("steps", play.all_steps());
    if paid == For::Step {
        mapped.figure("best", found.iter().map(|cell| Some((*cell)?.1)));
    }
    Ok(mapped)
}

/// Bonuses and what the instances remember of them.
struct Look<'a> {
    world: &'a dyn World,
    bonuses: &'a Bonuses,
    memory: &'a [&'a mut [u32]],
    model: &'a KeyedModel,
}

impl Look<'_> {
    /// Mean and largest value that the player placed in `block` is paid.
    fn at(&self, block: &Block, paid: For) -> (f64, f64) {
        let keys = |world: &dyn World, block: &Block, k: usize| -> Vec<u64> {
            self.bonuses.keys().iter().map(|key| world.key(*key, k, block)).collect()
        };
        // The player stands in a copy of the world itself; forks are of its keyed model.
        let (here, world) = (keys(self.world, block, 0), &**self.model.world());
        let mut searches = self.bonuses.searches();
        let mut pay = |block: &Block, at: usize, keys: &[u64]| {
            let transition = ForkTransition { block, at, keys, before: &here };
            f64::from(self.bonuses.peek(self.memory, 0, &transition, &mut searches)) / f64::from(ONE)
        };
        if paid == For::Place {
            let value = pay(block, 0, &here);
            return (value, value);
        }
        let n = world.spec().num_actions() as usize;
        let mut forks: Forks = self.model.forks(n);
        for a in 0..n {
            self.model.fork(block, 0, &mut forks, a, 0);
            forks.act(a, a as u32);
        }
        self.model.step(&mut forks, n);
        let forked = forks.block(n);
        let values: Vec<f64> = (0..n).map(|a| pay(&forked, a, &keys(world, &forked, a))).collect();
        (values.iter().sum::<f64>() / n as f64, values.iter().copied().fold(f64::NEG_INFINITY, f64::max))
    }
}

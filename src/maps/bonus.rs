//! Maps of bonus values on every cell, after play has filled the memory of the bonuses.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::map::{Estimator, Map, Measure, ValueOf};
use super::play::Play;
use super::progress::MapProgress;
use crate::bonus::empowerment::{self, CellOptions, Noise, ReachSearch};
use crate::bonus::{BonusConfig, Bonuses, ForkTransition};
use crate::envs::{Block, World};
use crate::error::{Error, Result};
use crate::shaders::bonus::ONE;
use crate::sim::keyed_model::{Forks, KeyedModel};
use crate::sim::{Batch, ResetMode, StepPlugin};

/// Bonuses whose value depends on the transition to a state, not on the state alone.
const OF_STEPS: [&str; 3] = ["bebold", "information-gain", "reward"];

/// Plays, then returns the fused value of all bonuses on each free cell, computed for instance 0. The evaluation does not change the memory
/// of the bonuses.
///
/// ```
/// use std::sync::atomic::AtomicBool;
/// use explorarium::bonus::BonusConfig;
/// use explorarium::envs::{Options, load};
/// use explorarium::maps::{ValueOf, Play, PlayOptions, bonus};
///
/// let world = load("gridlab/four-rooms", &Options::default())?;
/// let bonuses = Some(BonusConfig::parse("count:position")?);
/// let play = Play::new(world, PlayOptions { steps: 640, bonus: bonuses, ..PlayOptions::default() })?;
/// let map = bonus(&play, ValueOf::State, &(), &AtomicBool::new(false))?;
/// // The value of a cell is 1 / sqrt(visits + 1): 1 for a cell that nobody visited.
/// assert_eq!(map.range().map(|range| range.max), Some(1.0));
/// # Ok::<(), explorarium::Error>(())
/// ```
///
/// # Errors
/// [`Error::Usage`] if there is no bonus, or one that has no value for a state; as [`Play::begin`] and [`crate::agents::Driver::advance`];
/// [`Error::Interrupted`].
pub fn bonus(play: &Play, value_of: ValueOf, progress: &dyn MapProgress, stop: &AtomicBool) -> Result<Map> {
    check(play.bonus(), value_of)?;
    let (mut playing, bonuses) = play.watched(progress, || {
        let mut playing = play.begin(ResetMode::SameStep)?;
        let bonuses = playing.bonuses.clone();
        let bonuses = bonuses.ok_or_else(|| Error::Usage("--measure bonus: name some with --bonus".to_string()))?;
        play.advance(&mut playing, progress, stop)?;
        Ok((playing, bonuses))
    })?;
    bonus_in(&mut playing.batch, &bonuses, &mut play.fresh()?, value_of, stop)
}

/// Returns the fused value of `bonuses`, the plugin of `batch`, on each free cell, computed for instance 0 of `batch`. The player is placed
/// on the cells in instance 0 of `site`, a batch in the same world.
///
/// # Errors
/// [`Error::Usage`] for a bonus that has no value for a state, for bonuses that are not those of `batch`, for a batch on a GPU, and if
/// `site` is of another world; [`Error::Limit`] if a transition of a fork met a limit; [`Error::Interrupted`].
pub fn bonus_in(batch: &mut Batch, bonuses: &Bonuses, site: &mut Batch, value_of: ValueOf, stop: &AtomicBool) -> Result<Map> {
    check(bonuses.config(), value_of)?;
    let is_plugin = |plugin: &Arc<dyn StepPlugin>| std::ptr::addr_eq(Arc::as_ptr(plugin), bonuses);
    if !batch.config().plugin.as_ref().is_some_and(is_plugin) {
        return Err(Error::Usage("these bonuses are not the plugin of the batch".to_string()));
    }
    if batch.gpu().is_some() || site.gpu().is_some() {
        return Err(Error::Usage("a map of bonuses reads tables on the host; step the batch on the CPU".to_string()));
    }
    let world = batch.world().clone();
    if site.world().spec().toml != world.spec().toml {
        return Err(Error::Usage(format!("the player of {} cannot be put about in {}", world.spec().id, site.world().spec().id)));
    }
    let model = KeyedModel::of(&*world)?;
    let num_envs = batch.len();
    let found = batch.with_all(|work| {
        let look = Look { world: &*world, bonuses, memory: &work.plugin_buffers, model: &model };
        site.with_block(|world, block| {
            let options = CellOptions { noise: Noise::Shared, stop: Some(stop) };
            empowerment::on_cells(world, &model, (block, 0), options, |_: &mut ReachSearch, placed| Ok(look.at(placed, value_of)))
        })
    })???;
    // Returns the error if a transition of a fork met a limit.
    bonuses.make_room(num_envs, 1)?;
    let estimator = Estimator::Evaluated { bonuses: bonuses.config().names(), value_of };
    let mut map = Map::new(&*world, Measure::Bonus, estimator, found.iter().map(|cell| Some((*cell)?.0)).collect());
    if value_of == ValueOf::Step {
        map.push("best", found.iter().map(|cell| Some((*cell)?.1)));
    }
    Ok(map)
}

/// Checks that all bonuses have the requested kind of value.
fn check(config: &BonusConfig, value_of: ValueOf) -> Result<()> {
    let of_step = config.list.iter().find(|entry| OF_STEPS.contains(&entry.name.as_str()));
    match (of_step, value_of) {
        (Some(entry), ValueOf::State) => {
            Err(Error::Usage(format!("bonus {} has a value for a step, not for a state: --value-of step", entry.name)))
        }
        _ => Ok(()),
    }
}

/// Bonuses and their memory in the batch.
struct Look<'a> {
    world: &'a dyn World,
    bonuses: &'a Bonuses,
    memory: &'a [&'a mut [u32]],
    model: &'a KeyedModel,
}

impl Look<'_> {
    /// Returns the mean and the largest value for the player placed in `block`.
    fn at(&self, block: &Block, value_of: ValueOf) -> (f64, f64) {
        let keys = |world: &dyn World, block: &Block, k: usize| -> Vec<u64> {
            self.bonuses.keys().iter().map(|key| world.key(*key, k, block)).collect()
        };
        // `block` is of the world itself; forks are of its keyed model.
        let (here, world) = (keys(self.world, block, 0), &**self.model.world());
        let mut searches = self.bonuses.searches();
        let mut pay = |block: &Block, at: usize, keys: &[u64]| {
            let transition = ForkTransition { block, at, keys, before: &here };
            f64::from(self.bonuses.peek(self.memory, 0, &transition, &mut searches)) / f64::from(ONE)
        };
        if value_of == ValueOf::State {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envs::{Options, load};
    use crate::sim::Config;

    #[test]
    fn a_batch_of_ones_own_pays() {
        let world = load("MiniGrid-Empty-8x8-v0", &Options::default()).expect("a world");
        let config = BonusConfig::parse("count:position").expect("a bonus");
        let bonuses = Arc::new(Bonuses::new(&world, &config).expect("bonuses"));
        let config = Config { num_envs: 1, plugin: Some(bonuses.clone()), ..Config::default() };
        let mut batch = Batch::new(world.clone(), config).expect("a batch");
        let mut site = Batch::new(world, Config { num_envs: 1, ..Config::default() }).expect("a batch");
        // Three turns on the cell (1, 1): with the first state four visits.
        (0..3).for_each(|_| assert!(batch.step(&[0]).is_ok()));
        let stop = AtomicBool::new(false);
        let map = bonus_in(&mut batch, &bonuses, &mut site, ValueOf::State, &stop).expect("a map");
        let value = |x: u32, y: u32| map.value(x, y).expect("free");
        assert!((value(1, 1) - 1.0 / 5f64.sqrt()).abs() < 1e-5 && value(2, 1) == 1.0, "{} {}", value(1, 1), value(2, 1));
        assert_eq!((map.value(0, 0), map.value(6, 6)), (None, None), "a wall, and the goal, where the episode ends");
        let steps = bonus_in(&mut batch, &bonuses, &mut site, ValueOf::Step, &stop).expect("a map");
        assert_eq!((steps.columns[0].name, steps.columns[0].values.len()), ("best", 64));
        // Bonuses and worlds that are not those of the batch.
        let other = Bonuses::new(batch.world(), bonuses.config()).expect("bonuses");
        assert!(bonus_in(&mut batch, &other, &mut site, ValueOf::State, &stop).is_err());
        let elsewhere = load("MiniGrid-Empty-5x5-v0", &Options::default()).expect("a world");
        let mut elsewhere = Batch::new(elsewhere, Config { num_envs: 1, ..Config::default() }).expect("a batch");
        assert!(bonus_in(&mut batch, &bonuses, &mut elsewhere, ValueOf::State, &stop).is_err());
    }

    #[test]
    fn bonuses_for_steps_and_no_bonuses_are_refused() {
        let world = load("gridlab/four-rooms", &Options::default()).expect("a world");
        for (named, why) in
            [("bebold", "--value-of step"), ("information-gain", "--value-of step"), ("", "name some with --bonus")]
        {
            let config = if named.is_empty() { BonusConfig::default() } else { BonusConfig::parse(named).expect("a bonus") };
            let options = crate::maps::PlayOptions { bonus: Some(config), ..Default::default() };
            let play = Play::new(world.clone(), options).expect("play");
            let error = bonus(&play, ValueOf::State, &(), &AtomicBool::new(false)).expect_err(why).to_string();
            assert!(error.contains(why), "{error}");
        }
    }
}

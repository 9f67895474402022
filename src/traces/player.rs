//! Replays one recorded instance, row by row.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::format::Meta;
use super::order::Common;
use super::parts::FOREIGN;
use super::recorded::Recorded;
use crate::envs::World;
use crate::error::{Error, Result};
use crate::sim::{Levels, Origin, Prefixes, Replay, Row, Worlds};

/// How an instance got into the state of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// An episode began.
    Reset,
    /// The instance took this action.
    Action(u32),
    /// An earlier state was restored.
    Restored(Origin),
}

impl Cause {
    /// Returns the cause of row `k`.
    pub fn of(common: &Common, k: usize) -> Cause {
        match (common.action(k), restored_origin(common, k)) {
            (Some(action), _) => Cause::Action(action),
            (None, Some(origin)) => Cause::Restored(origin),
            (None, None) => Cause::Reset,
        }
    }
}

/// Returns the world and the actions that lead to the restored state of row `k`. None if the row is not of a restored state.
pub fn restored_origin(common: &Common, k: usize) -> Option<Origin> {
    let (history, world) = (common.history.as_ref()?, common.world.as_ref()?);
    common.is_restored(k).then(|| Origin { world: world.value(k), history: history.value(k).to_vec() })
}

/// Returns how the worlds of a run were generated.
pub fn worlds(meta: &Meta) -> std::result::Result<Worlds, String> {
    match meta.worlds.strip_prefix("pool:") {
        None if meta.worlds == Worlds::Fresh.to_string() => Ok(Worlds::Fresh),
        Some(n) if n.parse::<u32>().is_ok_and(|n| n > 0) => Ok(Worlds::Pool(n.parse().unwrap_or(1))),
        _ => Err(format!("worlds '{}' make no sense: they are fresh or pool:N", meta.worlds)),
    }
}

/// Returns the row of a replay that was put into the state to which `cause` led.
pub fn row_at(replay: &mut Replay, cause: &Cause) -> Row {
    match cause {
        Cause::Action(action) => replay.row(Some(*action)),
        Cause::Reset => replay.row(None),
        Cause::Restored(origin) => replay.row_of_restored(origin),
    }
}

/// What all instances of a run share and a replay needs.
#[derive(Clone, Debug)]
pub struct Player {
    pub world: Arc<dyn World>,
    levels: Arc<Levels>,
    seed: i64,
    scenario: Option<Arc<serde_json::Value>>,
    prefixes: Arc<Prefixes>,
}

impl Player {
    /// # Errors
    /// [`Error::Data`] if the run cannot be replayed at all.
    pub fn new(run: &Recorded) -> Result<Player> {
        let part = &run.parts[0];
        let (Some(meta), Some(world)) = (&part.meta, &run.world) else { return Err(part.wrong(FOREIGN)) };
        let prefixes = meta.checked_prefixes().map_err(|why| part.wrong(why))?;
        prefixes.check(u32::MAX as usize, world.spec().num_actions()).map_err(|why| part.wrong(why))?;
        let levels = Levels::new(&**world, worlds(meta).map_err(|why| part.wrong(why))?, meta.seed)?;
        Ok(Player {
            world: world.clone(),
            levels: Arc::new(levels),
            seed: meta.seed,
            scenario: meta.scenario.clone().map(Arc::new),
            prefixes: Arc::new(prefixes),
        })
    }

    /// Returns a replay of instance `instance` before its first row.
    pub fn begin(&self, instance: u32) -> Replay {
        Replay::new(self.world.clone(), self.levels.clone(), self.seed, instance as usize)
    }

    /// Replays the next row of instance `instance` and returns it. `first`: whether it is the instance's first row. `stop` interrupts a
    /// long history.
    ///
    /// # Errors
    /// The error that stops the replay; [`Error::Interrupted`] if `stop` is set.
    pub fn play(&self, replay: &mut Replay, instance: u32, first: bool, cause: &Cause, stop: &AtomicBool) -> Result<Row> {
        match cause {
            Cause::Action(action) => replay.step(*action),
            Cause::Reset if first => replay.begin_after(self.scenario.as_deref(), self.prefixes.of(instance), stop),
            Cause::Reset => replay.reset(None),
            Cause::Restored(origin) => {
                *replay = self.restored(instance, origin, stop)?;
                Ok(replay.row_of_restored(origin))
            }
        }
    }

    /// Returns a replay of the instance in the restored state that `origin` leads to.
    ///
    /// # Errors
    /// As [`Player::play`].
    pub fn restored(&self, instance: u32, origin: &Origin, stop: &AtomicBool) -> Result<Replay> {
        let mut replay = self.begin(origin.world);
        replay.show_as(instance);
        replay.reset(self.scenario.as_deref())?;
        for action in &origin.history {
            if stop.load(Ordering::Relaxed) {
                return Err(Error::Interrupted);
            }
            replay.step(u32::from(*action))?;
        }
        Ok(replay)
    }
}

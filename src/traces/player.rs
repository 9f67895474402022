//! One recorded instance played again, row by row.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::format::Meta;
use super::order::Common;
use super::parts::FOREIGN;
use super::recorded::Recorded;
use crate::envs::World;
use crate::error::{Error, Result};
use crate::sim::{Levels, Origin, Replay, Row, Worlds};

/// What brought an instance into the state of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// An episode began.
    Reset,
    /// It took this action.
    Action(u32),
    /// It was put into an earlier state.
    Restored(Origin),
}

impl Cause {
    /// Of row `k`.
    pub fn of(common: &Common, k: usize) -> Cause {
        match (common.action(k), restored_origin(common, k)) {
            (Some(action), _) => Cause::Action(action),
            (None, Some(origin)) => Cause::Restored(origin),
            (None, None) => Cause::Reset,
        }
    }
}

/// How the restored state of row `k` is reached; None if the row is not of a restored state.
pub fn restored_origin(common: &Common, k: usize) -> Option<Origin> {
    let (history, world) = (common.history.as_ref()?, common.world.as_ref()?);
    common.is_restored(k).then(|| Origin { world: world.value(k), history: history.value(k).to_vec() })
}

/// Where the worlds of a run came from.
pub fn worlds(meta: &Meta) -> std::result::Result<Worlds, String> {
    match meta.worlds.strip_prefix("pool:") {
        None if meta.worlds == Worlds::Fresh.to_string() => Ok(Worlds::Fresh),
        Some(n) if n.parse::<u32>().is_ok_and(|n| n > 0) => Ok(Worlds::Pool(n.parse().unwrap_or(1))),
        _ => Err(format!("worlds '{}' make no sense: they are fresh or pool:N", meta.worlds)),
    }
}

/// What all instances of a run have in common that is needed to play them again.
#[derive(Clone, Debug)]
pub struct Player {
    pub world: Arc<dyn World>,
    levels: Arc<Levels>,
    seed: i64,
    scenario: Option<Arc<serde_json::Value>>,
}

impl Player {
    /// # Errors
    /// [`Error::Data`] if the run cannot be replayed at all.
    pub fn new(run: &Recorded) -> Result<Player> {
        let part = &run.parts[0];
        let (Some(meta), Some(world)) = (&part.meta, &run.world) else { return Err(part.wrong(FOREIGN)) };
        let levels = Levels::new(&**world, worlds(meta).map_err(|why| part.wrong(why))?, meta.seed)?;
        Ok(Player {
            world: world.clone(),
            levels: Arc::new(levels),
            seed: meta.seed,
            scenario: meta.scenario.clone().map(Arc::new),
        })
    }

    /// Instance `instance` before its first row.
    pub fn begin(&self, instance: u32) -> Replay {
        Replay::new(self.world.clone(), self.levels.clone(), self.seed, instance as usize)
    }

    /// Does what led to the next row of instance `instance`, its `first` or another; gives the row. `stop` ends a long history.
    ///
    /// # Errors
    /// What stops the replay; [`Error::Interrupted`] if `stop` is set.
    pub fn play(&self, replay: &mut Replay, instance: u32, first: bool, cause: &Cause, stop: &AtomicBool) -> Result<Row> {
        match cause {
            Cause::Action(action) => replay.step(*action),
            Cause::Reset => replay.reset(self.scenario.as_deref().filter(|_| first)),
            Cause::Restored(origin) => {
                *replay = self.restored(instance, origin, stop)?;
                Ok(replay.row_of_restored(origin))
            }
        }
    }

    /// The instance in the restored state that `origin` leads to.
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

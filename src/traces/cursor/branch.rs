//! How recorded play can go on from a row in a run of its own.

use std::sync::Arc;

use super::causes::Causes;
use super::open::Cursor;
use super::show::Position;
use crate::error::{Error, Result};
use crate::sim::{MAX_PREFIX, Worlds};
use crate::traces::Meta;
use crate::traces::parts::FOREIGN;
use crate::traces::player::{Cause, worlds};

/// The state of a recorded row as the beginning of another run: a world by its seed, and the steps taken in it. A run of one instance with
/// this seed and this prefix begins with the state, its random stream included, so with the recorded actions it goes on as recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Branch {
    /// The description of the recorded run.
    pub meta: Meta,
    /// The row.
    pub position: Position,
    /// Seed of the instance in whose world the steps are taken.
    pub seed: i64,
    /// The steps from the first state of that world's first episode on (see [`crate::sim::Prefixes`]).
    pub actions: Vec<u8>,
}

impl Cursor {
    /// Returns how to begin a run with the state of a row of `instance`, counted from 0. The position stays.
    ///
    /// # Errors
    /// [`Error::Usage`] if there is no such row, if an episode ends with it, if its world comes from a pool, or if too many steps lead to
    /// it; [`Error::Data`] for rows that another program wrote; otherwise as [`Cursor::seek_row`].
    pub fn branch(&self, instance: u32, row: u64) -> Result<Branch> {
        let position = self.position_of(instance, row)?;
        let (Some(meta), true) = (self.meta(), self.player.is_some()) else { return Err(self.run.parts[0].wrong(FOREIGN)) };
        if worlds(meta).map_err(|why| self.run.parts[0].wrong(why))? != Worlds::Fresh {
            let why = "its worlds come from a pool, in which a run of one instance would have other levels";
            return Err(Error::Usage(format!("no run can go on from this recording: {why}")));
        }
        let episodes = &self.index.instance(instance)?.episodes;
        let ended = episodes.iter().find(|e| e.first_row + e.rows == row + 1 && (e.terminated || e.truncated));
        if let Some(episode) = ended {
            let (episode, step) = (episode.episode, position.step);
            return Err(Error::Usage(format!("episode {episode} ends with step {step}; go on from the step before")));
        }
        let causes = self.causes_of(instance)?;
        let odd = |row: u64| Error::Data(format!("row {row} of instance {instance} was not read"));
        let mut actions = Vec::new();
        let (mut world, mut at) = (instance, row);
        loop {
            match causes.of(at).ok_or_else(|| odd(at))? {
                Cause::Action(action) => actions.push(u8::try_from(action).map_err(|_| odd(at))?),
                Cause::Reset => {}
                Cause::Restored(origin) => {
                    world = origin.world;
                    actions.extend(origin.history.iter().rev());
                    break;
                }
            }
            let Some(before) = at.checked_sub(1) else { break };
            at = before;
        }
        let prefixes = meta.checked_prefixes().map_err(|why| self.run.parts[0].wrong(why))?;
        actions.extend(prefixes.of(world).unwrap_or(&[]).iter().rev());
        actions.reverse();
        if actions.len() > MAX_PREFIX {
            return Err(Error::Usage(format!("{} steps lead to this row; there may be at most {MAX_PREFIX}", actions.len())));
        }
        Ok(Branch { meta: meta.clone(), position, seed: meta.seed.wrapping_add(i64::from(world)), actions })
    }

    /// The causes of all rows of an instance: those of the shown one are known.
    fn causes_of(&self, instance: u32) -> Result<Arc<Causes>> {
        if let Some(shown) = self.shown.as_ref().filter(|shown| shown.instance == instance) {
            return Ok(shown.causes.clone());
        }
        let known = self.index.instance(instance)?;
        Causes::default().more(self.run.world.as_deref(), &self.run.parts, known, instance).map(Arc::new)
    }
}

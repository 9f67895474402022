//! Replays recorded rows: seed and actions must reproduce every recorded value.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::Meta;
use super::compare::first_difference;
use super::format::columns;
use super::order::Common;
use super::parts::{FOREIGN, RowChunk};
use super::player::{Cause, Player};
use super::recorded::{Recorded, runs};
use super::room;
use crate::envs::{Block, World};
use crate::error::{Error, Result};
use crate::sim::{Origin, Replay, Row};

/// Number of new instances between checks of the available memory.
const LOOK_EVERY: usize = 256;

/// The replays of a run's instances, each after the rows replayed so far.
#[derive(Debug)]
pub struct Replays {
    /// The description of the run in its first part.
    pub meta: Meta,
    /// The world that the run was recorded in.
    pub world: Arc<dyn World>,
    player: Player,
    instances: BTreeMap<u32, Replay>,
    /// Never set: a check of rows is not interrupted.
    stop: AtomicBool,
}

/// Receives the state of each row, as a block of one instance, and the return of its episode so far.
pub type See<'a> = &'a mut dyn FnMut(&dyn World, &Block, f64);

impl Replays {
    /// Creates the replays of `run`, before its first row.
    ///
    /// # Errors
    /// [`Error::Data`] if the run cannot be replayed at all.
    pub fn new(run: &Recorded) -> Result<Replays> {
        let part = &run.parts[0];
        let (Some(meta), Some(world)) = (&part.meta, &run.world) else { return Err(part.wrong(FOREIGN)) };
        let (player, stop) = (Player::new(run)?, AtomicBool::new(false));
        Ok(Replays { meta: meta.clone(), world: world.clone(), player, instances: BTreeMap::new(), stop })
    }

    /// Replays the next rows of the run and compares them with the recorded rows.
    ///
    /// # Errors
    /// [`Error::Data`] with the first row that differs and how, or with the row at which the replay stopped.
    pub fn check(&mut self, piece: &RowChunk, common: &Common, see: See) -> Result<()> {
        let mut rows: Vec<Row> = Vec::with_capacity(piece.rows.num_rows());
        for k in 0..piece.rows.num_rows() {
            let row = self.play(common, k).map_err(|e| match e {
                Error::Limit(_) => e,
                e => piece.part.wrong(format!("row {}: {e}", piece.first + k as u64)),
            })?;
            if let Some(replay) = self.instances.get_mut(&row.instance) {
                let episode_return = replay.episode_return();
                replay.look(&mut |world, block| see(world, block, episode_return));
            }
            rows.push(row);
        }
        compare(piece, common, &*self.world, &rows)
    }

    fn play(&mut self, common: &Common, k: usize) -> Result<Row> {
        let instance = common.instance.value(k);
        let first = !self.instances.contains_key(&instance);
        if first {
            let bytes = 4 * Replay::words(&*self.world) as u64;
            if self.instances.len().is_multiple_of(LOOK_EVERY) {
                room::check("instances", LOOK_EVERY as u64, bytes)?;
            }
            self.instances.insert(instance, self.player.begin(instance));
        }
        let Some(replay) = self.instances.get_mut(&instance) else { return Err(Error::Data("no such instance".to_string())) };
        self.player.play(replay, instance, first, &Cause::of(common, k), &self.stop)
    }

    /// Returns a replay of the instance in the restored state that `origin` leads to.
    ///
    /// # Errors
    /// The error that stops the replay of the history.
    pub fn restored(&self, instance: u32, origin: &Origin) -> Result<Replay> {
        self.player.restored(instance, origin, &self.stop)
    }
}

/// Returns the actions of each instance of one run, in order; None where an episode began.
///
/// # Errors
/// [`Error::Data`] for a file that is not a valid recording, or if an earlier state was restored, which actions alone cannot do;
/// [`Error::Limit`] if it does not fit into memory.
pub fn recording(path: &Path) -> Result<BTreeMap<u32, Vec<Option<u32>>>> {
    let runs = runs(&[path.to_path_buf()])?;
    if let Some(play) = runs.first().filter(|run| runs.len() > 1 && run.parts[0].stored_rows().is_some()) {
        let why = "plays, each with worlds of its own; name one of them, such as";
        return Err(Error::Usage(format!("{}: {} {why} {}", path.display(), runs.len(), play.path().display())));
    }
    let mut recording: BTreeMap<u32, Vec<Option<u32>>> = BTreeMap::new();
    for run in &runs {
        if run.world.is_none() {
            return Err(run.parts[0].wrong(FOREIGN));
        }
        if run.meta().is_some_and(|meta| meta.prefix_hash.is_some()) {
            let why = "the run went on from recorded steps, which these actions alone do not do again";
            return Err(run.parts[0].wrong(why));
        }
        room::check("rows", 2 * run.rows(), size_of::<Option<u32>>() as u64)?;
        run.read(&mut |piece, common| {
            for k in 0..piece.rows.num_rows() {
                if common.is_restored(k) {
                    let why = "instances go back to earlier states in it, which actions alone do not do again";
                    return Err(piece.part.wrong(format!("row {}: {why}", piece.first + k as u64)));
                }
                recording.entry(common.instance.value(k)).or_default().push(common.action(k));
            }
            Ok(())
        })?;
    }
    Ok(recording)
}

/// Returns the names of the columns that a replay computes.
pub fn replayed(world: &dyn World) -> Result<Vec<String>> {
    Ok(columns(world, &[], &[])?.schema().fields().iter().map(|field| field.name().clone()).collect())
}

/// Checks that the recorded rows equal the replayed rows.
fn compare(piece: &RowChunk, common: &Common, world: &dyn World, rows: &[Row]) -> Result<()> {
    let Some((row, fields)) = first_difference(piece, world, rows)? else { return Ok(()) };
    let place = format!(
        "first difference at instance {}, episode {}, step {} (row {})",
        common.instance.value(row),
        common.episode.value(row),
        common.step.value(row),
        piece.first + row as u64
    );
    let fields: Vec<String> = fields.iter().map(ToString::to_string).collect();
    Err(piece.part.wrong(format!("{place}: {}", fields.join("; "))))
}

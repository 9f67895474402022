//! Recorded rows played again: seed and actions must give every recorded value.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{Array, ArrayRef};

use super::Meta;
use super::format::columns;
use super::order::Common;
use super::parts::{FOREIGN, RowChunk};
use super::recorded::{Recorded, runs};
use super::room;
use super::values::{Value, at};
use crate::envs::{Block, World};
use crate::error::{Error, Result};
use crate::sim::{Levels, Origin, Replay, Row, Worlds};

/// Instances between looks at the memory that is left.
const LOOK_EVERY: usize = 256;

/// The instances of one run, each as far as its rows were played.
#[derive(Debug)]
pub struct Replays {
    pub meta: Meta,
    pub world: Arc<dyn World>,
    levels: Arc<Levels>,
    instances: BTreeMap<u32, Replay>,
}

/// Gets the state of each row, as a block of one instance, and the return of its episode so far.
pub type See<'a> = &'a mut dyn FnMut(&dyn World, &Block, f64);

impl Replays {
    /// # Errors
    /// [`Error::Data`] if the run cannot be replayed at all.
    pub fn new(run: &Recorded) -> Result<Replays> {
        let part = &run.parts[0];
        let (Some(meta), Some(world)) = (&part.meta, &run.world) else { return Err(part.wrong(FOREIGN)) };
        let levels = Levels::new(&**world, worlds(meta).map_err(|why| part.wrong(why))?, meta.seed)?;
        Ok(Replays { meta: meta.clone(), world: world.clone(), levels: Arc::new(levels), instances: BTreeMap::new() })
    }

    /// Plays the next rows of the run and compares what comes of them.
    ///
    /// # Errors
    /// [`Error::Data`] with the first row that differs and how, or at which the replay stopped.
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
            let new = Replay::new(self.world.clone(), self.levels.clone(), self.meta.seed, instance as usize);
            self.instances.insert(instance, new);
        }
        if let Some(origin) = restored_origin(common, k) {
            let mut there = self.restored(instance, &origin)?;
            let row = there.row_of_restored(&origin);
            self.instances.insert(instance, there);
            return Ok(row);
        }
        let scenario = self.meta.scenario.as_ref().filter(|_| first);
        let Some(replay) = self.instances.get_mut(&instance) else { return Err(Error::Data("no such instance".to_string())) };
        match common.action(k) {
            None => replay.reset(scenario),
            Some(action) => replay.step(action),
        }
    }

    /// The instance in the restored state that `origin` leads to.
    ///
    /// # Errors
    /// What stops the replay of its history.
    pub fn restored(&self, instance: u32, origin: &Origin) -> Result<Replay> {
        let mut replay = Replay::new(self.world.clone(), self.levels.clone(), self.meta.seed, origin.world as usize);
        replay.show_as(instance);
        replay.reset(self.meta.scenario.as_ref())?;
        for action in &origin.history {
            replay.step(u32::from(*action))?;
        }
        Ok(replay)
    }
}

/// Where the worlds of a run came from.
pub fn worlds(meta: &Meta) -> std::result::Result<Worlds, String> {
    match meta.worlds.strip_prefix("pool:") {
        None if meta.worlds == Worlds::Fresh.to_string() => Ok(Worlds::Fresh),
        Some(n) if n.parse::<u32>().is_ok_and(|n| n > 0) => Ok(Worlds::Pool(n.parse().unwrap_or(1))),
        _ => Err(format!("worlds '{}' make no sense: they are fresh or pool:N", meta.worlds)),
    }
}

/// How the restored state of row `k` is reached; None if the row is not of a restored state.
pub fn restored_origin(common: &Common, k: usize) -> Option<Origin> {
    let (history, world) = (common.history.as_ref()?, common.world.as_ref()?);
    common.is_restored(k).then(|| Origin { world: world.value(k), history: history.value(k).to_vec() })
}

/// What each instance of one run did, in order; None where an episode began.
///
/// # Errors
/// [`Error::Data`] for a file that is no recording, or if an instance was restored to an earlier state: no action does that;
/// [`Error::Limit`] if it does not fit into memory.
pub fn recording(path: &Path) -> Result<BTreeMap<u32, Vec<Option<u32>>>> {
    let runs = runs(&[path.to_path_buf()])?;
    let mut recording: BTreeMap<u32, Vec<Option<u32>>> = BTreeMap::new();
    for run in &runs {
        if run.world.is_none() {
            return Err(run.parts[0].wrong(FOREIGN));
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

/// Names of the columns that a replay gives.
pub fn replayed(world: &dyn World) -> Result<Vec<String>> {
    Ok(columns(world, &[], &[])?.schema().fields().iter().map(|field| field.name().clone()).collect())
}

/// Whether the recorded rows are those that came of the replay.
fn compare(piece: &RowChunk, common: &Common, world: &dyn World, rows: &[Row]) -> Result<()> {
    let replayed = columns(world, &[], rows)?;
    let mut first: Option<(usize, Vec<String>)> = None;
    for (field, expected) in replayed.schema().fields().iter().zip(replayed.columns()) {
        let name = field.name();
        let Some(stored) = piece.rows.column_by_name(name) else {
            return Err(piece.part.wrong(format!("column '{name}' is missing")));
        };
        let Some(row) = first_difference(stored, expected, is_rounded(piece, name)) else { continue };
        let text = format!("{name} recorded {}, replayed {}", at(&**stored, row), at(&**expected, row));
        match &mut first {
            Some((at, fields)) if *at == row => fields.push(text),
            Some((at, _)) if *at < row => {}
            _ => first = Some((row, vec![text])),
        }
    }
    let Some((row, fields)) = first else { return Ok(()) };
    let place = format!(
        "first difference at instance {}, episode {}, step {} (row {})",
        common.instance.value(row),
        common.episode.value(row),
        common.step.value(row),
        piece.first + row as u64
    );
    Err(piece.part.wrong(format!("{place}: {}", fields.join("; "))))
}

/// Whether another program has stored the column's whole numbers as floats.
fn is_rounded(piece: &RowChunk, name: &str) -> bool {
    name == super::format::CHECKSUM
        && piece.part.schema().field_with_name(name).is_ok_and(|field| field.data_type().is_floating())
}

/// Values that were rounded to float64 are compared as such.
fn first_difference(stored: &ArrayRef, expected: &ArrayRef, rounded: bool) -> Option<usize> {
    if stored == expected {
        return None;
    }
    let same = |k: usize| match (at(&**stored, k), at(&**expected, k)) {
        (Value::Whole(a), Value::Whole(b)) if rounded => a as f64 == b as f64,
        (a, b) => a == b,
    };
    (0..stored.len()).find(|k| !same(*k))
}

//! Maps of how often a player stood on each cell: in play, or in a recorded trace.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use arrow_array::UInt32Array;

use super::map::{Estimator, Map, Measure};
use super::play::{Play, Playing};
use super::progress::{MapProgress, go_on};
use crate::bonus::empowerment;
use crate::envs::World;
use crate::error::{Error, Result};
use crate::sim::keyed_model::KeyedModel;
use crate::sim::{Batch, ResetMode};
use crate::traces;

/// Counts the states of a batch by the cell on which the player stands.
#[derive(Clone, Debug)]
pub struct Visits {
    world: Arc<dyn World>,
    counts: Vec<u64>,
}

impl Visits {
    /// Creates the counts, without any state.
    pub fn new(world: Arc<dyn World>) -> Visits {
        let (width, height) = world.spec().size;
        Visits { counts: vec![0; width as usize * height as usize], world }
    }

    /// Counts the current state of every instance. In the reset mode `same-step` the last state of an episode is never counted this way,
    /// because after the step the instance is in the first state of the next episode.
    ///
    /// # Errors
    /// [`Error::Usage`] if the batch is of a world of another size; [`Error::Gpu`] if the GPU fails.
    pub fn add(&mut self, batch: &mut Batch) -> Result<()> {
        let (width, height) = self.world.spec().size;
        if batch.world().spec().size != (width, height) {
            let (id, own) = (&batch.world().spec().id, &self.world.spec().id);
            return Err(Error::Usage(format!(
                "visits are counted in {own}, of {width} x {height} cells; {id} is of another size"
            )));
        }
        let counts = &mut self.counts;
        batch.with_block(|world, block| {
            for i in 0..block.n {
                let pose = world.pose(i, block);
                counts[(pose.y * width + pose.x) as usize] += 1;
            }
        })
    }

    /// Returns the number of states on each cell, `[height, width]`.
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// Returns the counts as a map. A cell without a visit has the value 0 if `free` says that the player could stand there, otherwise
    /// none.
    ///
    /// # Errors
    /// [`Error::Usage`] if `free` does not have a value for each cell.
    pub fn map(&self, free: Option<&[bool]>) -> Result<Map> {
        if let Some(free) = free.filter(|free| free.len() != self.counts.len()) {
            let (n, cells) = (free.len(), self.counts.len());
            return Err(Error::Usage(format!("`free` has {n} values; the world has {cells} cells")));
        }
        let estimator = Estimator::Counted { states: self.counts.iter().sum() };
        let is_free = |cell: usize| free.is_some_and(|free| free[cell]);
        let shown = self.counts.iter().enumerate().map(|(cell, n)| (is_free(cell) || *n > 0).then_some(*n as f64)).collect();
        let mut map = Map::new(&*self.world, Measure::Visits, estimator, shown);
        if free.is_none() {
            map.no_value = "visited by nobody";
        }
        Ok(map)
    }
}

/// Plays, and counts every state of every instance, including first states.
///
/// ```
/// use std::sync::atomic::AtomicBool;
/// use explorarium::envs::{Options, load};
/// use explorarium::maps::{Play, PlayOptions, visits};
///
/// let world = load("gridlab/four-rooms", &Options::default())?;
/// let play = Play::new(world, PlayOptions { num_envs: 10, steps: 1000, ..PlayOptions::default() })?;
/// let map = visits(&play, &(), &AtomicBool::new(false))?;
/// let visited: f64 = map.known().flatten().sum();
/// assert_eq!(visited, 10.0 * 101.0);
/// # Ok::<(), explorarium::Error>(())
/// ```
///
/// # Errors
/// As [`Play::begin`] and [`crate::agents::Driver::advance`]; [`Error::Interrupted`].
pub fn visits(play: &Play, progress: &dyn MapProgress, stop: &AtomicBool) -> Result<Map> {
    play.watched(progress, || {
        // In the mode next-step every state is visible once, including the last of an episode and the first of the next.
        let Playing { mut batch, mut driver, .. } = play.begin(ResetMode::NextStep)?;
        let mut counted = Visits::new(play.world().clone());
        let free = free_cells(&mut play.fresh()?)?;
        for step in 0..=play.steps_each() {
            go_on(stop)?;
            if step > 0 {
                driver.advance(&mut batch, 1)?;
                progress.done(play.num_envs() as u64);
            }
            counted.add(&mut batch)?;
        }
        counted.map(Some(&free))
    })
}

/// Counts all recorded positions, over all instances and episodes, of a trace, a run folder, the folder of a sweep, or a study file. Of a study
/// file practice is left out, unless the path names it.
///
/// # Errors
/// [`Error::Data`] if it is not a valid recording, or of several worlds; [`Error::Io`]; [`Error::Interrupted`].
pub fn recorded_visits(path: &Path, stop: &AtomicBool) -> Result<Map> {
    let paths = match traces::studies::without_practice(path)? {
        Some((plays, _)) => plays,
        None => traces::runs_of_sweep(path)?,
    };
    let runs = traces::runs(&paths)?;
    let Some((world, meta)) = runs.first().and_then(|run| run.world.as_ref().zip(run.meta())) else {
        return Err(Error::Data(format!("{}: no trace of this program: a map needs the world", path.display())));
    };
    let (mut counted, width) = (Visits::new(world.clone()), world.spec().size.0);
    for run in &runs {
        if run.meta().is_none_or(|other| other.toml != meta.toml) {
            let why = "recorded in another world than the runs before it";
            return Err(Error::Data(format!("{}: {why}", run.path().display())));
        }
        run.read(&mut |piece, _| {
            go_on(stop)?;
            let column = |name: &str| piece.rows.column_by_name(name).and_then(|c| c.as_any().downcast_ref::<UInt32Array>());
            let (Some(xs), Some(ys)) = (column("x"), column("y")) else { return Err(piece.part.wrong("no columns x and y")) };
            // The reader refuses positions outside the map.
            let places = xs.iter().zip(ys).filter_map(|(x, y)| x.zip(y));
            places.for_each(|(x, y)| counted.counts[(y * width + x) as usize] += 1);
            Ok(())
        })?;
    }
    // Worlds may differ between episodes, so only visited cells are known to be free.
    let mut map = counted.map(None)?;
    map.no_value = "recorded by nobody";
    map.estimator = Estimator::Recorded { states: counted.counts.iter().sum(), agent: meta.agent.clone(), seed: meta.seed };
    Ok(map)
}

/// Returns for each cell whether the player of instance 0 could be placed on it.
fn free_cells(batch: &mut Batch) -> Result<Vec<bool>> {
    let world = batch.world().clone();
    let model = KeyedModel::of(&*world)?;
    let found = batch.with_block(|world, block| empowerment::on_every_cell(world, &model, block, 0, |_, _| Ok(())))??;
    Ok(found.into_iter().map(|cell| cell.is_some()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envs::{Options, load};
    use crate::maps::PlayOptions;
    use crate::sim::Config;

    #[test]
    fn a_batch_of_ones_own_is_counted() {
        let world = load("MiniGrid-Empty-8x8-v0", &Options::default()).expect("a world");
        let mut batch = Batch::new(world.clone(), Config { num_envs: 2, ..Config::default() }).expect("a batch");
        let mut counted = Visits::new(world);
        counted.add(&mut batch).expect("counted");
        batch.step(&[2, 0]).expect("stepped");
        counted.add(&mut batch).expect("counted");
        // Both begin at (1, 1), facing east; one moves forward.
        let map = counted.map(None).expect("a map");
        assert_eq!((map.value(1, 1), map.value(2, 1), map.value(3, 1)), (Some(3.0), Some(1.0), None));
        assert_eq!(map.estimator, Estimator::Counted { states: 4 });
        assert!(counted.map(Some(&[true])).is_err());
        let other = load("MiniGrid-Empty-5x5-v0", &Options::default()).expect("a world");
        let mut other = Batch::new(other, Config { num_envs: 1, ..Config::default() }).expect("a batch");
        assert!(counted.add(&mut other).is_err());
    }

    #[test]
    fn play_stops_when_it_is_told_to() {
        let world = load("gridlab/four-rooms", &Options::default()).expect("a world");
        let play = Play::new(world, PlayOptions::default()).expect("play");
        assert!(matches!(visits(&play, &(), &AtomicBool::new(true)), Err(Error::Interrupted)));
        let missing = recorded_visits(Path::new("no/such/run"), &AtomicBool::new(false));
        assert!(matches!(missing, Err(Error::Io { .. } | Error::Data(_) | Error::Usage(_))));
    }
}

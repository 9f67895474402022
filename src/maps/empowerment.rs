//! Empowerment on every cell.

use std::sync::atomic::AtomicBool;
use std::time::Instant;

use super::map::{Estimator, Map, Measure};
use super::progress::{Estimate, MapProgress, Work};
use crate::bonus::empowerment::{self as forking, CellOptions, Detail, Empowerment, Measured, Mode, Noise, ReachSearch};
use crate::envs::{Block, World};
use crate::error::{Error, Result};
use crate::sim::Batch;
use crate::sim::keyed_model::KeyedModel;

/// A probe that takes longer than this many seconds is not repeated.
const SHORT_SECONDS: f64 = 0.1;

/// Places the player of instance `i` on every free cell, with everything else as it is in the batch now, and measures the empowerment of
/// each state in bits. The batch does not change.
///
/// [`Map::left_to_chance`] is filled in the modes exact and frozen. Mode sampled has the columns `upper`, `even`, `corrected`, `bias` and
/// `error` (see [`forking::Sampled`]).
///
/// ```
/// use std::sync::atomic::AtomicBool;
/// use explorarium::bonus::empowerment::{Empowerment, Mode, Noise};
/// use explorarium::envs::{Options, load};
/// use explorarium::maps::empowerment;
/// use explorarium::sim::{Batch, Config};
///
/// let world = load("gridlab/klyubin-maze", &Options::default())?;
/// let measure = Empowerment::new(&*world, 5, Mode::Exact, world.default_keys().ends)?;
/// let mut batch = Batch::new(world, Config { num_envs: 1, ..Config::default() })?;
/// let map = empowerment(&mut batch, 0, &measure, Noise::PerCell, &(), &AtomicBool::new(false))?;
/// // In five steps the player can come to any of 11 cells from the lower left corner.
/// assert!((map.value(0, 9).unwrap_or(0.0) - 11f64.log2()).abs() < 1e-6);
/// # Ok::<(), explorarium::Error>(())
/// ```
///
/// # Errors
/// [`Error::Usage`] if there is no instance `i`, or for more forks or states than [`Empowerment`] allows; [`Error::Gpu`] if the GPU fails;
/// [`Error::Interrupted`].
pub fn empowerment(
    batch: &mut Batch,
    i: usize,
    measure: &Empowerment,
    noise: Noise,
    progress: &dyn MapProgress,
    stop: &AtomicBool,
) -> Result<Map> {
    if i >= batch.len() {
        return Err(Error::Usage(format!("no instance {i}: the batch has instances 0 to {}", batch.len().saturating_sub(1))));
    }
    batch.with_block(|world, block| empowerment_of(world, (block, i), measure, noise, progress, stop))?
}

/// As [`empowerment`], for the state of instance `i` of a block.
///
/// # Errors
/// As [`empowerment`].
pub fn empowerment_of(
    world: &dyn World,
    (block, i): (&Block, usize),
    measure: &Empowerment,
    noise: Noise,
    progress: &dyn MapProgress,
    stop: &AtomicBool,
) -> Result<Map> {
    let model = KeyedModel::of(world)?;
    let options = CellOptions { noise, stop: Some(stop) };
    let free = forking::on_cells(world, &model, (block, i), options, |_, _| Ok(()))?;
    let cells = free.iter().flatten().count() as u64;
    progress.begin(cells, Work::Cells);
    if progress.wants_estimate() {
        progress.estimate(estimate(measure, &model, (block, i), cells, stop)?);
    }
    let found = forking::on_cells(world, &model, (block, i), options, |search, block| {
        let measured = measure.measure(search, block, 0);
        progress.done(1);
        measured
    });
    progress.finish();
    let found = found?;
    let bits = found.iter().map(|cell| cell.as_ref().map(Measured::bits)).collect();
    let estimator = Estimator::Forked { empowerment: *measure, noise, sequences: None };
    let mut map = Map::new(world, Measure::Empowerment, estimator, bits);
    if matches!(measure.mode, Mode::Sampled(_)) {
        push_channels(&mut map, &found);
    } else {
        map.left_to_chance = found.iter().map(|cell| cell.as_ref().is_some_and(|measured| !measured.certain)).collect();
    }
    map.forked_steps = found.iter().flatten().map(|measured| measured.forked_steps).sum();
    Ok(map)
}

/// Adds the columns of counted channels.
fn push_channels(map: &mut Map, found: &[Option<Measured>]) {
    let channel = |cell: &Option<Measured>| match cell.as_ref().map(|measured| &measured.detail) {
        Some(Detail::Channel(sampled)) => Some(sampled.clone()),
        _ => None,
    };
    let channels: Vec<_> = found.iter().map(channel).collect();
    if let (Some(first), Estimator::Forked { sequences, .. }) = (channels.iter().flatten().next(), &mut map.estimator) {
        *sequences = Some((first.inputs, first.all));
    }
    map.push("upper", channels.iter().map(|c| c.as_ref().map(|s| s.upper)));
    map.push("even", channels.iter().map(|c| c.as_ref().map(|s| s.even)));
    map.push("corrected", channels.iter().map(|c| c.as_ref().map(|s| s.corrected)));
    map.push("bias", channels.iter().map(|c| c.as_ref().map(|s| s.bias)));
    map.push("error", channels.iter().map(|c| c.as_ref().and_then(|s| s.error)));
}

/// Estimates the cost of all cells on all threads, if each takes as much as the player's own cell.
fn estimate(measure: &Empowerment, model: &KeyedModel, root: (&Block, usize), cells: u64, stop: &AtomicBool) -> Result<Estimate> {
    let (steps, seconds) = probe(measure, model, root, stop)?;
    let each = match measure.mode {
        Mode::Exact => steps as f64,
        Mode::Frozen { noise_samples } => steps as f64 * f64::from(noise_samples),
        Mode::Sampled(_) => measure.max_steps(model.world().spec().num_actions()) as f64,
    };
    let all = each * cells as f64;
    let seconds = all * seconds / steps.max(1) as f64 / rayon::current_num_threads() as f64;
    Ok(Estimate { forked_steps: all, cells, seconds })
}

/// Measures the player's own cell for one noise index. Returns the forked steps and the seconds that they took. In the mode `sampled`,
/// whose number of steps is known, it measures a horizon of 1.
fn probe(measure: &Empowerment, model: &KeyedModel, (block, i): (&Block, usize), stop: &AtomicBool) -> Result<(u64, f64)> {
    let horizon = if matches!(measure.mode, Mode::Sampled(_)) { 1 } else { measure.horizon };
    let one = Empowerment { mode: Mode::Exact, horizon, ..*measure };
    let mut search = ReachSearch::new(model).stopped_by(Some(stop));
    let (mut steps, mut seconds) = (0, f64::MAX);
    // Takes the fastest of three short measurements, because the first one waits for memory.
    for _ in 0..3 {
        let begun = Instant::now();
        steps = one.measure(&mut search, block, i)?.forked_steps;
        seconds = seconds.min(begun.elapsed().as_secs_f64().max(1e-6));
        if seconds > SHORT_SECONDS {
            break;
        }
    }
    Ok((steps, seconds))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;
    use crate::bonus::empowerment::Rollouts;
    use crate::envs::{Options, load};
    use crate::sim::Config;

    fn map(id: &str, options: &Options, mode: Mode, progress: &dyn MapProgress) -> Map {
        let world = load(id, options).expect("a world");
        let measure = Empowerment::new(&*world, 1, mode, world.default_keys().ends).expect("a measure");
        let mut batch = Batch::new(world, Config { num_envs: 2, ..Config::default() }).expect("a batch");
        empowerment(&mut batch, 1, &measure, Noise::PerCell, progress, &AtomicBool::new(false)).expect("a map")
    }

    #[derive(Default)]
    struct Told {
        total: AtomicU64,
        done: AtomicU64,
        estimated: AtomicU64,
    }

    impl MapProgress for Told {
        fn begin(&self, total: u64, work: Work) {
            assert_eq!(work.name(), "cells");
            self.total.store(total, Ordering::Relaxed);
        }

        fn wants_estimate(&self) -> bool {
            true
        }

        fn estimate(&self, estimate: Estimate) {
            self.estimated.store(estimate.forked_steps as u64, Ordering::Relaxed);
        }

        fn done(&self, n: u64) {
            self.done.fetch_add(n, Ordering::Relaxed);
        }
    }

    #[test]
    fn all_families_have_maps_and_progress_is_told() {
        for id in ["crafter", "MiniGrid-DoorKey-6x6-v0", "gridlab/keys"] {
            let told = Told::default();
            let found = map(id, &Options::default(), Mode::Frozen { noise_samples: 1 }, &told);
            let cells = found.known().flatten().count() as u64;
            assert_eq!((told.total.into_inner(), told.done.into_inner()), (cells, cells), "{id}");
            let actions = load(id, &Options::default()).expect("a world").spec().num_actions();
            assert_eq!(found.forked_steps, cells * u64::from(actions), "{id}: one step with each action");
            assert_eq!(told.estimated.into_inner(), found.forked_steps, "{id}");
            assert_eq!(found.left_to_chance.len(), found.values.len(), "{id}");
        }
    }

    #[test]
    fn sampled_channels_have_columns() {
        let found = map("gridlab/keys", &Options::default(), Mode::Sampled(Rollouts { each: 4, sequences: None }), &());
        let names: Vec<&str> = found.columns.iter().map(|column| column.name).collect();
        assert_eq!(names, ["upper", "even", "corrected", "bias", "error"]);
        assert!(matches!(found.estimator, Estimator::Forked { sequences: Some((5, true)), .. }));
        assert!(found.left_to_chance.is_empty());
        for (value, upper) in found.values.iter().zip(&found.columns[0].values).filter(|(value, _)| !value.is_nan()) {
            assert!(*value <= upper + 1e-9);
        }
    }

    #[test]
    fn a_world_that_draws_pictures_has_the_same_map() {
        let pixels = Options { pixels: true, ..Options::default() };
        for id in ["crafter", "MiniGrid-DoorKey-6x6-v0", "gridlab/keys"] {
            let plain = map(id, &Options::default(), Mode::Frozen { noise_samples: 1 }, &());
            let drawn = map(id, &pixels, Mode::Frozen { noise_samples: 1 }, &());
            assert!(plain.known().eq(drawn.known()), "{id}");
        }
    }

    #[test]
    fn an_instance_that_is_not_there_is_refused() {
        let world = load("gridlab/keys", &Options::default()).expect("a world");
        let measure = Empowerment::new(&*world, 1, Mode::Exact, world.default_keys().ends).expect("a measure");
        let mut batch = Batch::new(world, Config { num_envs: 1, ..Config::default() }).expect("a batch");
        let stop = AtomicBool::new(false);
        assert!(matches!(empowerment(&mut batch, 1, &measure, Noise::PerCell, &(), &stop), Err(Error::Usage(_))));
        stop.store(true, Ordering::Relaxed);
        assert!(matches!(empowerment(&mut batch, 0, &measure, Noise::PerCell, &(), &stop), Err(Error::Interrupted)));
    }
}

//! How often somebody stood on each cell: in play, or as a trace recorded it.

use std::path::Path;

use arrow_array::UInt32Array;

use super::mapped::Mapped;
use super::play::{Play, Playing};
use super::watch::Watch;
use crate::bonus::empowerment;
use crate::error::{Error, Result};
use crate::sim::keyed_model::KeyedModel;
use crate::sim::{Batch, ResetMode};
use crate::traces;

/// Every state of every instance, first states too.
///
/// # Errors
/// As [`Play::begin`] and [`crate::agents::Driver::advance`].
pub fn of_play(play: &Play, watch: &Watch) -> Result<Mapped> {
    let world = &play.world;
    // In the mode next-step every state shows once, the last of an episode and the first of the next included.
    let Playing { mut batch, mut driver, .. } = play.begin(ResetMode::NextStep)?;
    let mut counts = vec![0; (world.spec().size.0 * world.spec().size.1) as usize];
    let free = free_cells(&mut play.fresh()?)?;
    for step in 0..=play.steps {
        watch.go_on()?;
        if step > 0 {
            driver.advance(&mut batch, 1)?;
            watch.done(play.num_envs as u64);
        }
        batch.with_block(|world, block| {
            for i in 0..block.n {
                let pose = world.pose(i, block);
                counts[(pose.y * world.spec().size.0 + pose.x) as usize] += 1;
            }
        })?;
    }
    watch.finish();
    let mut mapped = Mapped::new(&**world, "visits", play.seed, shown(&counts, &free));
    mapped.say("agent", play.agent.clone());
    mapped.say("steps", play.all_steps());
    Ok(mapped)
}

/// All recorded positions, over all instances and episodes.
///
/// # Errors
/// [`Error::Data`] if it is no recording, or of several worlds; [`Error::Io`].
pub fn recorded(path: &Path) -> Result<Mapped> {
    let runs = traces::runs(&traces::runs_of_sweep(path)?)?;
    let Some((world, meta)) = runs.first().and_then(|run| run.world.as_ref().zip(run.meta())) else {
        return Err(Error::Data(format!("{}: no trace of this program: a map needs the world", path.display())));
    };
    let (width, height) = world.spec().size;
    let mut counts = vec![0u64; (width * height) as usize];
    for run in &runs {
        if run.meta().is_none_or(|other| other.toml != meta.toml) {
            let why = "recorded in another world than the runs before it";
            return Err(Error::Data(format!("{}: {why}", run.path().display())));
        }
        run.read(&mut |piece, _| {
            let column = |name: &str| piece.rows.column_by_name(name).and_then(|c| c.as_any().downcast_ref::<UInt32Array>());
            let (Some(xs), Some(ys)) = (column("x"), column("y")) else { return Err(piece.part.wrong("no columns x and y")) };
            // Positions outside the map are refused by the reader.
            xs.iter().zip(ys).filter_map(|(x, y)| x.zip(y)).for_each(|(x, y)| counts[(y * width + x) as usize] += 1);
            Ok(())
        })?;
    }
    // Worlds may differ from episode to episode: only where somebody stood is it known that one can.
    let mut mapped = Mapped::new(&**world, "visits", meta.seed, shown(&counts, &vec![false; counts.len()]));
    mapped.grey = "recorded by nobody";
    mapped.say("agent", meta.agent.clone());
    mapped.say("recorded_states", counts.iter().sum::<u64>());
    Ok(mapped)
}

/// Counts on cells that are free or were visited.
fn shown(counts: &[u64], free: &[bool]) -> Vec<Option<f64>> {
    counts.iter().zip(free).map(|(n, free)| (*free || *n > 0).then_some(*n as f64)).collect()
}

fn free_cells(batch: &mut Batch) -> Result<Vec<bool>> {
    let world = batch.world().clone();
    let model = KeyedModel::of(&*world)?;
    let found = batch.with_block(|world, block| empowerment::on_every_cell(world, &model, block, 0, |_, _| Ok(())))??;
    Ok(found.into_iter().map(|cell| cell.is_some()).collect())
}

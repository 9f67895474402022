//! Rows of recorded instances, read from the slots that the rounds of a submission filled.

use super::part::Part;
use crate::envs::{Block, Core, Stored, World};
use crate::error::Result;
use crate::gpu::Gpu;
use crate::sim::block_context::{Row, row};
use crate::sim::reset::ResetMode;

/// Adds the rows of a part in the order in which they were recorded; `steps` is the number of steps of the batch when the call began.
///
/// # Errors
/// See [`crate::gpu::Words::read`].
pub fn collect(gpu: &Gpu, world: &dyn World, part: &Part, steps: u64, mode: ResetMode, rows: &mut Vec<Row>) -> Result<()> {
    let Some(record_slots) = &part.record_slots else { return Ok(()) };
    let mut marks = vec![0; record_slots.marks.len()];
    record_slots.marks.read(gpu, 0, &mut marks)?;
    let n_slots = marks.len() / 2;
    let mut buffers = Vec::new();
    for words in &record_slots.rows {
        let mut read = vec![0; words.len()];
        words.read(gpu, 0, &mut read)?;
        buffers.push(read);
    }
    let n = record_slots.recorded.len();
    // Within a round the reset comes after the step or, in next-step mode, instead of it.
    let moments = if mode == ResetMode::NextStep { [1, 0] } else { [0, 1] };
    for round in 0..n_slots / (2 * n) {
        for (r, i) in record_slots.recorded.iter().enumerate() {
            for moment in moments {
                let slot = (round * n + r) * 2 + moment;
                if marks[2 * slot] == 0 {
                    continue;
                }
                let taken = marks[2 * slot + 1].wrapping_sub(steps as u32);
                let mut cut = buffers.iter_mut().map(|words| {
                    let each = words.len() / n_slots;
                    &mut words[slot * each..(slot + 1) * each]
                });
                let core = cut.next().unwrap_or_default();
                let action = (moment == 0).then_some(core[Core::ACTION]);
                let mut state: Vec<Stored> = cut.map(Stored::from).collect();
                let values = state.split_off(world.spec().buffers.len());
                let block = Block { first: part.first + i, n: 1, core, state, obs: &mut [], pixels: &mut [] };
                let mut row = row(world, &block, 0, steps + u64::from(taken), action);
                if action.is_some() {
                    row.plugin_values = values.iter().flat_map(|words| words.iter()).map(|value| *value as i32).collect();
                }
                rows.push(row);
            }
        }
    }
    Ok(())
}

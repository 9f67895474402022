//! A batch cut into blocks: the context of a block, and its results.

use super::block_context::BlockContext;
use super::fault::Fault;
use super::reset::Resetter;
use super::stats::Stats;
use crate::envs::{Block, Core, Stored, World};
use crate::shaders::core::end_round::end_round;

/// What all blocks share.
pub struct Common<'a> {
    pub world: &'a dyn World,
    pub resetter: &'a Resetter,
    /// Indices of the plugin's buffers whose words are part of rows.
    pub plugin_columns: &'a [usize],
    pub batch_step: u64,
}

/// Makes the context of a block over `words`: the buffers of a batch in the order of a snapshot, cut to its instances.
pub fn work<'a>(
    common: &Common<'a>,
    first: usize,
    n: usize,
    words: &mut Vec<&'a mut [u32]>,
    recorded: &'a [bool],
) -> BlockContext<'a> {
    let Common { world, resetter, plugin_columns, batch_step } = *common;
    let mut rest = words.split_off(1 + world.spec().buffers.len()).into_iter();
    let mut next = || rest.next().unwrap_or_default();
    let (obs, final_obs, pixels, tally, visited, last) = (next(), next(), next(), next(), next(), next());
    let fresh = next();
    let plugin_buffers = rest.collect();
    let mut stored = std::mem::take(words).into_iter();
    let core = stored.next().unwrap_or_default();
    let block = Block { first, n, core, state: stored.map(Stored::from).collect(), obs, pixels };
    let (stats, rows, counts) = (Stats::default(), Vec::new(), Vec::new());
    BlockContext {
        world,
        resetter,
        block,
        final_obs,
        tally,
        visited,
        last,
        plugin_columns,
        plugin_buffers,
        fresh,
        reset_list: Vec::new(),
        recorded,
        batch_step,
        stats,
        rows,
        counts,
    }
}

/// A state buffer of a block that needed more room than the batch gave it: buffer, first instance, number of instances, words.
pub type GrownState = (usize, usize, usize, Vec<u32>);

/// Returns the state buffers of a block that have grown.
pub fn grown(state: Vec<Stored>, first: usize, n: usize) -> impl Iterator<Item = GrownState> {
    state.into_iter().enumerate().filter_map(move |(b, words)| Some((b, first, n, words.grown()?)))
}

pub fn first_fault(work: &BlockContext, batch_step: u64) -> Option<Fault> {
    let cores = work.block.core.chunks_exact(Core::WORDS).enumerate();
    let (i, core, code) = cores.filter_map(|(i, core)| Some((i, core, end_round(core)?))).next()?;
    Some(Fault { batch_step, instance: work.block.first + i, episode: core[Core::EPISODE], step: core[Core::STEP], code })
}

//! The last state of an episode. It is stored because the next episode may begin in the same step.

use crate::envs::{Block, Core, Pose, Stored, World};

/// The last state of an episode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Last {
    /// Number of the episode that ended, from 1.
    pub episode: u32,
    /// Steps that the episode took.
    pub step: u32,
    /// Position and facing in the last state.
    pub pose: Pose,
    /// Values of [`crate::envs::WorldSpec::columns`]: a mission, inventory, what is carried.
    pub columns: Vec<u32>,
    /// How often each of [`crate::envs::WorldSpec::achievements`] was done.
    pub achievements: Vec<u32>,
}

impl Last {
    /// Reads the words of an instance: core, then the shown state buffer.
    pub(super) fn of(world: &dyn World, words: &[u32]) -> Last {
        let spec = world.spec();
        let (core, shown) = words.split_at(Core::WORDS);
        let mut core = core.to_vec();
        let state = (0..spec.buffers.len()).map(|b| Stored::Grown(if b == spec.shown { shown.to_vec() } else { Vec::new() }));
        let block = Block { first: 0, n: 1, core: &mut core, state: state.collect(), obs: &mut [], pixels: &mut [] };
        let (mut columns, mut achievements) = (Vec::new(), vec![0; spec.achievements.len()]);
        world.columns(0, &block, &mut columns);
        world.achievements(0, &block, &mut achievements);
        let (episode, step) = (block.core[Core::EPISODE], block.core[Core::STEP]);
        Last { episode, step, pose: world.pose(0, &block), columns, achievements }
    }
}

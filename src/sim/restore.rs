//! Restoring puts an instance into a state that some instance was in, as in Go-Explore.
//!
//! A stored state holds the words of the world and the batch's own sums, but not those of the plugin. For the plugin, a restored instance
//! has begun an episode, so that what it counted in the previous one is neither lost nor counted twice.

use super::batch::Batch;
use super::block_context::{BlockContext, Origin, row, state_hash};
use super::buffer::Buffer;
use super::instance_state::InstanceState;
use super::replay::Replay;
use crate::envs::Core;
use crate::error::Result;

/// What an agent on the host reads of an instance after a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepView {
    /// `core[FLAGS]` of the last step.
    pub flags: u32,
    /// Raw reward of the last step.
    pub reward: i32,
    /// Number of the episode, from 1.
    pub episode: u32,
    /// Steps taken in the episode.
    pub step: u32,
    /// Sum of raw rewards of the episode so far.
    pub total: i64,
}

impl BlockContext<'_> {
    /// What an agent on the host reads of instance `i` of the block.
    pub fn step_view(&self, i: usize) -> StepView {
        let core = self.block.core_of(i);
        StepView {
            flags: core[Core::FLAGS],
            reward: core[Core::REWARD] as i32,
            episode: core[Core::EPISODE],
            step: core[Core::STEP],
            total: self.total(i),
        }
    }
}

impl Batch {
    /// The state of instance `i`.
    ///
    /// # Errors
    /// [`crate::error::Error::Gpu`] if the GPU fails.
    pub fn instance_state(&self, i: usize) -> Result<InstanceState> {
        Ok(self.instance_states(&[i])?.swap_remove(0))
    }

    /// The states of these instances. A GPU reads many of them at once.
    ///
    /// # Errors
    /// [`crate::error::Error::Gpu`] if the GPU fails.
    pub fn instance_states(&self, list: &[usize]) -> Result<Vec<InstanceState>> {
        let n_state = self.world().spec().buffers.len();
        let one = |rows: Vec<Vec<u32>>| {
            let row = |buffer: Buffer| self.layout.index(buffer).map_or(&[][..], |k| &rows[k]);
            let state: Vec<&[u32]> = (0..n_state).map(|b| row(Buffer::State(b))).collect();
            let rest = [row(Buffer::Obs), row(Buffer::Tally), row(Buffer::Visited)];
            InstanceState::at(self.world().spec(), row(Buffer::Core), &state, rest)
        };
        let mut states = Vec::with_capacity(list.len());
        for list in list.chunks(self.list_len()) {
            states.extend(self.rows_of(list)?.into_iter().map(one));
        }
        Ok(states)
    }
}

impl Replay {
    /// The row that [`Batch::restore_states`] records for the state to which this replay has come by the actions of `origin`.
    pub fn row_of_restored(&mut self, origin: &Origin) -> super::Row {
        let shown_as = self.shown_as;
        self.with_work(|work| {
            let mut row = row(work.world, &work.block, 0, 0, None);
            row.checksum = Some(origin.checksum(state_hash(work.world, &work.block, 0)));
            row.origin = Some(origin.clone());
            super::Row { instance: shown_as, ..row }
        })
    }
}

//! Restoring: puts an instance into a state that some instance was in, as Go-Explore does.
//!
//! What is kept is what the world and the batch's own sums know of an instance. The plugin is not: for it an instance that went
//! back has begun an episode, so that what it counted in the one before is neither lost nor counted twice.

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
    /// Instance `i` as it stands.
    ///
    /// # Errors
    /// [`crate::error::Error::Gpu`] if the GPU fails.
    pub fn instance_state(&self, i: usize) -> Result<InstanceState> {
        Ok(self.instance_states(&[i])?.swap_remove(0))
    }

    /// These instances as they stand; with a GPU, in one reading.
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
    /// The row that [`Batch::restore_states`] records once this replay has done all that leads there.
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

//! The plugin: passes over transitions (keys, bonuses). The batch runs them without knowing what they compute.

use std::fmt::Debug;
use std::sync::Arc;

use super::block_context::BlockContext;
use super::fault::Fault;
use super::pass::Pass;
use super::reach::Reach;
use crate::error::Result;

/// A buffer of the plugin: `[n_envs, words]` u32, all zero at first. Snapshots and forks of an instance contain its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstanceBuffer {
    /// Name of the buffer in descriptions of the layout; several buffers may have the same.
    pub name: &'static str,
    /// Words that an instance has in it.
    pub words: usize,
}

/// A plugin: passes with their own buffers.
pub trait StepPlugin: Debug + Send + Sync {
    /// The plugin's buffers. `BlockContext::plugin_buffers` holds them in this order.
    fn plugin_buffers(&self) -> Vec<InstanceBuffer>;

    /// The passes over the transitions of a step. They run after the observations.
    fn on_transition(self: Arc<Self>) -> Vec<Pass<'static>>;

    /// The passes over first states of episodes ([`super::BlockContext::is_fresh`]). They run at the end of a step.
    fn on_reset(self: Arc<Self>) -> Vec<Pass<'static>>;

    /// WGSL files (path, text) of the plugin's kernels that are not part of this program.
    fn texts(&self) -> Vec<(String, String)> {
        Vec::new()
    }

    /// The measures by forking that [`super::pass::Program::Reach`] in those passes names by index.
    fn reaches(&self) -> Vec<Reach>;

    /// Returns deferred counting for `n_envs` instances in blocks of `block` instances; None if the plugin must be computed step by step.
    fn deferred(&self, _n_envs: usize, _block: usize) -> Option<Box<dyn DeferredCounting + '_>> {
        None
    }

    /// Indices of the buffers whose words are added to rows of recorded instances, one after the other: i32 in units of 2^-20.
    fn recorded(&self) -> Vec<usize>;

    /// Names of those words, in the same order.
    fn recorded_names(&self) -> Vec<String>;

    /// Makes room in shared tables for what `n_envs` instances may insert in the next steps. Returns how many of `steps` steps may be
    /// taken before the next call.
    ///
    /// # Errors
    /// [`crate::Error::Limit`] with the size that would be needed, if there can be no more room.
    fn make_room(&self, n_envs: usize, steps: u64) -> Result<u64>;

    /// Returns for how many of `steps` steps tables with these headers ([`HEADER`] words each) have room; 0 if they must grow first.
    fn room(&self, headers: &[Vec<u32>], n_envs: usize, steps: u64) -> u64;

    /// Empties the shared tables, and all other data outside of the instances, because a batch begins with nothing.
    fn forget(&self);

    /// The headers of the shared tables: the first [`HEADER`] words of each.
    fn headers(&self) -> Vec<Vec<u32>>;

    /// The shared tables, one vector each, for a checkpoint or for the GPU.
    fn tables(&self) -> Vec<Vec<u32>>;

    /// Restores what `tables` returned.
    ///
    /// # Errors
    /// [`crate::Error::Data`] if the words are not such tables.
    fn set_tables(&self, tables: Vec<Vec<u32>>) -> Result<()>;

    /// Returns what a fault code from [`FAULTS`] on means, with which an instance stopped, and what to raise; None if it is not the
    /// plugin's.
    fn fault(&self, instance: usize, code: u32) -> Option<String>;

    /// Checks whether the plugin can run on a GPU.
    ///
    /// # Errors
    /// [`crate::Error::Usage`] with what to do if not.
    fn check_gpu(&self) -> Result<()>;
}

/// Computes the plugin after many steps of simulation instead of in each of them. First, each block is simulated while its state is in
/// the core's cache, and logs what its steps need. Then the logs of all blocks are counted in the shared tables, step after step. Then
/// the scores of each block are computed. No agent may read the plugin in the meantime. The results are the same as step by step.
///
/// It runs the passes of the schedule. A pass that is [`super::pass::Deferred::No`] runs as it is; for the others,
/// [`DeferredCounting::note`] is called.
pub trait DeferredCounting: Sync {
    /// Maximum number of steps that can be logged.
    fn max_steps(&self) -> u64;

    /// Replaces a pass that uses shared data: logs what the pass would have done.
    fn note(&self, pass: &Pass, work: &mut BlockContext);

    /// Counts the first `steps` logged steps of all blocks in the shared tables, on all threads.
    fn count(&mut self, steps: usize);

    /// Updates the plugin's buffers of the block, and the values in its rows, for the `steps` counted steps after batch step `after`.
    /// Clears the log. Returns the first fault of these steps; nothing after it is computed.
    fn score(&self, work: &mut BlockContext, after: u64, steps: usize) -> Option<Fault>;
}

/// Number of words of the header of a shared table: sums and counts, no entries.
pub const HEADER: usize = 16;

/// First fault code of the plugin. Lower codes are the family's; codes from [`super::AGENT_FAULTS`] on are the agent's.
pub const FAULTS: u32 = 1 << 16;

//! The plugin: passes over transitions (keys, bonuses) that the batch runs in their place without knowing what they are.

use std::fmt::Debug;
use std::sync::Arc;

use super::block_context::BlockContext;
use super::fault::Fault;
use super::pass::Pass;
use super::reach::Reach;
use crate::error::Result;

/// A buffer beside the state: `[n_envs, words]` u32, all zero at first. It goes where the instance goes: into snapshots and forks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstanceBuffer {
    /// Name of the buffer in descriptions of the layout; several buffers may have the same.
    pub name: &'static str,
    /// Words that an instance has in it.
    pub words: usize,
}

/// Passes with buffers of their own.
pub trait StepPlugin: Debug + Send + Sync {
    /// `BlockContext::plugin_buffers` holds these, in this order.
    fn plugin_buffers(&self) -> Vec<InstanceBuffer>;

    /// Over the transitions of a step, after the observations.
    fn on_transition(self: Arc<Self>) -> Vec<Pass<'static>>;

    /// Over the states with which episodes have begun ([`super::BlockContext::is_fresh`]), after all else of a step.
    fn on_reset(self: Arc<Self>) -> Vec<Pass<'static>>;

    /// WGSL files (path, text) of its kernels that are none of the program's own.
    fn texts(&self) -> Vec<(String, String)> {
        Vec::new()
    }

    /// What [`super::pass::Program::Reach`] of those passes names by number.
    fn reaches(&self) -> Vec<Reach>;

    /// How all of it can be worked out after many steps of simulation, of `n_envs` instances in blocks of `block`; None if it must go
    /// step by step.
    fn deferred(&self, _n_envs: usize, _block: usize) -> Option<Box<dyn DeferredCounting + '_>> {
        None
    }

    /// Indices of the buffers whose words rows of recorded instances hold beside, one after the other: i32 in units of 2^-20.
    fn recorded(&self) -> Vec<usize>;

    /// Names of those words, in the same order.
    fn recorded_names(&self) -> Vec<String>;

    /// Sees to it that shared tables have room for what `n_envs` instances may bring in steps to come; gives how many steps of
    /// `steps` may be taken before it is asked again.
    ///
    /// # Errors
    /// [`crate::Error::Limit`] with the size that would be needed, if there can be no more room.
    fn make_room(&self, n_envs: usize, steps: u64) -> Result<u64>;

    /// How many steps of `steps` there is room for in tables that begin with these words ([`HEADER`] each); 0 if they must grow first.
    fn room(&self, headers: &[Vec<u32>], n_envs: usize, steps: u64) -> u64;

    /// Empties the shared tables, and whatever else lies outside of the instances: a batch begins with nothing.
    fn forget(&self);

    /// The words with which the shared tables begin, [`HEADER`] each.
    fn headers(&self) -> Vec<Vec<u32>>;

    /// The shared tables, for a checkpoint or for the GPU: a vector each.
    fn tables(&self) -> Vec<Vec<u32>>;

    /// Takes back what `tables` gave.
    ///
    /// # Errors
    /// [`crate::Error::Data`] if the words are no such tables.
    fn set_tables(&self, tables: Vec<Vec<u32>>) -> Result<()>;

    /// What a fault code above [`FAULTS`] means that an instance stopped with, and what to raise; None if it is none of these.
    fn fault(&self, instance: usize, code: u32) -> Option<String>;

    /// Whether all of it can be done on a GPU.
    ///
    /// # Errors
    /// [`crate::Error::Usage`] with what to do if not.
    fn check_gpu(&self) -> Result<()>;
}

/// The plugin, worked out after many steps of simulation instead of in each of them. A block is simulated while its state is in the
/// core's cache and writes down what came of each step; then the shared tables take in what all blocks wrote down, step after step; then
/// each block is paid. Nobody who acts in the meantime may read the plugin. All comes out as step by step.
///
/// It runs the list of the schedule: a pass that is [`super::pass::Deferred::No`] as it is, of the others a note.
pub trait DeferredCounting: Sync {
    /// Most steps that can be written down.
    fn max_steps(&self) -> u64;

    /// In place of a pass that touches what is shared: a note of what it would have done.
    fn note(&self, pass: &Pass, work: &mut BlockContext);

    /// The shared tables take in the first `steps` steps that all blocks have written down, on all threads.
    fn count(&mut self, steps: usize);

    /// Brings the plugin's buffers of the block, and the values in its rows, up to date: of the `steps` steps counted, which followed batch step `after`.
    /// What was written down is forgotten. Gives the first fault of these steps; what comes after it is not worked out.
    fn score(&self, work: &mut BlockContext, after: u64, steps: usize) -> Option<Fault>;
}

/// Words with which a shared table begins: sums and counts, no entries.
pub const HEADER: usize = 16;

/// Fault codes of the plugin begin here; those below are the family's, and from [`super::AGENT_FAULTS`] on
/// they are the agent's.
pub const FAULTS: u32 = 1 << 16;

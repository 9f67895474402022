//! The configuration of a batch, in addition to its world.

use std::sync::Arc;

use super::plugin::StepPlugin;
use super::prefix::Prefixes;
use super::reset::{ResetMode, Worlds};
use crate::gpu::Gpu;

/// The configuration of a batch, in addition to its world.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Number of instances, at least 1. The default 0 is refused by [`super::Batch::new`].
    pub num_envs: usize,
    /// Instance i has seed `seed + i`.
    pub seed: i64,
    /// What happens to an instance whose episode has ended.
    pub reset: ResetMode,
    /// Where the worlds of new episodes come from.
    pub worlds: Worlds,
    /// Instances whose steps are recorded.
    pub record: Vec<usize>,
    /// Scenario that sets the state from which every instance's first episode starts.
    pub scenario: Option<Arc<serde_json::Value>>,
    /// Actions that instances take before the first step. Bonuses begin with the state after them; the open episode's return contains
    /// their rewards.
    pub prefixes: Arc<Prefixes>,
    /// Number of instances of a block on the CPU; 0 chooses by size. It does not affect results.
    pub block: usize,
    /// The GPU to step on; None for the CPU.
    pub gpu: Option<Arc<Gpu>>,
    /// The plugin, which computes keys and bonuses.
    pub plugin: Option<Arc<dyn StepPlugin>>,
    /// Steps write no observations; only resets do. For measuring the cost of observations.
    pub without_observations: bool,
}

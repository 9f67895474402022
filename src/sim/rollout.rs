//! Planning agents: the plan of the rollouts on forks that a GPU computes for them.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::buffer::Buffer;
use super::keyed_model::KeyedModel;
use super::pass::Pass;
use super::reach::Reach;

/// The passes that score the transitions of forks, and the buffers that they use.
#[derive(Clone, Debug)]
pub struct RolloutPasses {
    /// Number of words of a fork in each buffer that [`Buffer::Fork`] names. The first holds keys, in the layout of the instance buffer
    /// of keys.
    pub plugin: Vec<usize>,
    /// Index of the instance buffer with the keys of the current states of instances; None if there are no keys.
    pub keys: Option<usize>,
    /// Number of keys that a state has; 0 if no bonus needs one.
    pub n_keys: usize,
    /// The value of a transition, i32: a buffer of forks.
    pub totals: Buffer,
    /// Whether the passes read observations.
    pub observes: bool,
    /// The passes, in the order in which they run over the forks.
    pub list: Vec<Pass<'static>>,
    /// The measures that [`crate::sim::pass::Program::Reach`] names by index, applied to forks.
    pub reaches: Vec<Reach>,
}

/// The rollouts of a planning agent.
#[derive(Clone, Debug)]
pub struct RolloutPlan {
    /// Seed of the agent, from which it draws random actions and breaks ties.
    pub seed: u64,
    /// The model whose forks the rollouts step.
    pub model: KeyedModel,
    /// Number of rollouts for each action.
    pub rollouts: u32,
    /// Number of steps of a rollout, at least 1.
    pub depth: u32,
    /// The discount of a step, in units of 2^-16.
    pub gamma: u32,
    /// The passes that score the transitions of the forks.
    pub passes: RolloutPasses,
    /// Number of steps that forks have taken.
    pub forked: Arc<AtomicU64>,
    /// Number of states that the first of the reaches has measured, and number of those whose result random numbers could change; None if
    /// they are not counted.
    pub tally: Option<Arc<[AtomicU64; 2]>>,
    /// Maximum number of forks at once; 0 for as many as fit. It does not affect results.
    pub max_forks: usize,
}

/// Number of words of a track in addition to its keys (see shaders/agent/track.wgsl).
const TRACK_WORDS: usize = 3;

impl RolloutPlan {
    pub(super) fn actions(&self) -> usize {
        self.model.world().spec().num_actions() as usize
    }

    /// Number of steps of forks, and of forks of forks, in one choice of an instance.
    pub fn steps_each(&self) -> u64 {
        let steps = self.actions() as u64 * u64::from(self.rollouts) * u64::from(self.depth);
        steps * (1 + self.passes.reaches.iter().map(Reach::steps_each).sum::<u64>())
    }

    /// Number of steps of the longest sequence that is measured from the state of a fork.
    pub fn horizon(&self) -> usize {
        self.passes.reaches.iter().map(|reach| reach.horizon as usize).max().unwrap_or(0)
    }

    pub(super) fn track_words(&self) -> usize {
        TRACK_WORDS + 2 * self.passes.n_keys * (self.depth as usize + 1)
    }
}

/// The source of the actions of a round.
#[derive(Clone, Debug)]
pub enum ActionSource {
    /// Uniformly random actions; the field is the agent's seed.
    Random(u64),
    /// The host, before each step.
    Host,
    /// A planning agent, by rollouts on forks.
    Rollouts(Arc<RolloutPlan>),
}

impl ActionSource {
    /// Number of steps for which there must be room before the room is checked again: one, and those of forks that measure its next
    /// state.
    pub fn steps_ahead(&self) -> usize {
        match self {
            ActionSource::Random(_) | ActionSource::Host => 1,
            ActionSource::Rollouts(plan) => 1 + plan.horizon(),
        }
    }
}

//! Planning agents: the rollouts on forks that a GPU does for them, as a plan.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::buffer::Buffer;
use super::keyed_model::KeyedModel;
use super::pass::Pass;
use super::reach::Reach;

/// The passes that score the transitions of forks, and the buffers that they use.
#[derive(Clone, Debug)]
pub struct RolloutPasses {
    /// Words a fork of the buffers that [`Buffer::Fork`] names. The first holds keys as the instance buffer of keys does.
    pub plugin: Vec<usize>,
    /// Index of the instance buffer with the keys of the states that instances are in; None if there are no keys.
    pub keys: Option<usize>,
    /// Number of keys that a state has; 0 if no bonus needs one.
    pub n_keys: usize,
    /// The value of a transition, i32: a buffer of forks.
    pub totals: Buffer,
    /// Whether observations are looked at.
    pub observes: bool,
    /// The passes, in the order in which they run over the forks.
    pub list: Vec<Pass<'static>>,
    /// What [`crate::sim::pass::Program::Reach`] names by number, measured of forks.
    pub reaches: Vec<Reach>,
}

/// The rollouts of a planning agent.
#[derive(Clone, Debug)]
pub struct RolloutPlan {
    /// Seed of the agent, from which it draws random actions and breaks ties.
    pub seed: u64,
    /// The model whose forks the rollouts step.
    pub model: KeyedModel,
    /// Rollouts for each action.
    pub rollouts: u32,
    /// Steps of a rollout, at least 1.
    pub depth: u32,
    /// The discount of a step, in units of 2^-16.
    pub gamma: u32,
    /// The passes that score the transitions of the forks.
    pub passes: RolloutPasses,
    /// Steps that forks have taken.
    pub forked: Arc<AtomicU64>,
    /// States that the first of the reaches has measured, and those among them that chance had a say in, if that is asked for.
    pub tally: Option<Arc<[AtomicU64; 2]>>,
    /// Forks at once; 0 for as many as fit. Never seen in results.
    pub max_forks: usize,
}

/// Words of a track beside the keys (see shaders/agent/track.wgsl).
const TRACK_WORDS: usize = 3;

impl RolloutPlan {
    pub(super) fn actions(&self) -> usize {
        self.model.world().spec().num_actions() as usize
    }

    /// Steps of forks, and of forks of those, that a choice of one instance takes.
    pub fn steps_each(&self) -> u64 {
        let steps = self.actions() as u64 * u64::from(self.rollouts) * u64::from(self.depth);
        steps * (1 + self.passes.reaches.iter().map(Reach::steps_each).sum::<u64>())
    }

    /// Steps of the longest sequence that is followed from where a fork is.
    pub fn horizon(&self) -> usize {
        self.passes.reaches.iter().map(|reach| reach.horizon as usize).max().unwrap_or(0)
    }

    pub(super) fn track_words(&self) -> usize {
        TRACK_WORDS + 2 * self.passes.n_keys * (self.depth as usize + 1)
    }
}

/// Who chooses the actions of a round.
#[derive(Clone, Debug)]
pub enum ActionSource {
    /// Uniformly at random; the agent's seed.
    Random(u64),
    /// The host, before each step.
    Host,
    /// A planning agent, by rollouts on forks.
    Rollouts(Arc<RolloutPlan>),
}

impl ActionSource {
    /// Steps that must be possible before there is a look at how much room there is: one, and those of forks that measure where it led.
    pub fn steps_ahead(&self) -> usize {
        match self {
            ActionSource::Random(_) | ActionSource::Host => 1,
            ActionSource::Rollouts(plan) => 1 + plan.horizon(),
        }
    }
}

//! Agents that plan with forks: `novelty` tries each action once on a fork, `lookahead` follows each with rollouts.
//!
//! Forks are instances of a keyed model ([`crate::sim::keyed_model`]): they have the rules of the world, but not its random numbers.
//! Bonuses are read for transitions of forks, and never count them. A transition into a state in which the rollout was before, by all keys
//! of the bonuses, adds nothing. Otherwise a rollout would score highest by staying where it is.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::bonus::{Bonuses, ForkTransition, Searches};
use crate::envs::{Core, World};
use crate::error::{Error, Result};
use crate::shaders::agent::lookahead::{DISCOUNT_ONE, accumulate, best, next_discount};
use crate::shaders::agent::random;
use crate::shaders::agent::set_out::set_out;
use crate::shaders::core::fork_sources::{ForkSources, fork_sources};
use crate::sim::keyed_model::{Forks, KeyedModel};
use crate::sim::rollout::ActionSource;
use crate::sim::rollout::RolloutPlan;
use crate::sim::{Agent, BlockContext};

/// Most steps of a rollout.
pub const MAX_DEPTH: u32 = 128;

/// Most rollouts for each action.
pub const MAX_ROLLOUTS: u32 = 4096;

/// Name after `--agent` of the agent that follows each action with rollouts.
pub const NAME: &str = "lookahead";
/// Name after `--agent` of the agent that tries each action for one step.
pub const NOVELTY: &str = "novelty";

/// Options of the agent `lookahead`.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// Number of rollouts for each action.
    pub rollouts: u32,
    /// Number of transitions of a rollout.
    pub depth: u32,
    /// Discount factor per transition, above 0 and at most 1.
    pub discount: f64,
}

impl Default for Options {
    fn default() -> Self {
        Options { rollouts: 8, depth: 16, discount: 0.95 }
    }
}

/// Options of the agent `novelty`.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NoveltyOptions {
    /// Noise indices with which each action is tried; the best outcome counts.
    #[serde(alias = "dreams")]
    pub noise_samples: u32,
}

impl Default for NoveltyOptions {
    fn default() -> Self {
        NoveltyOptions { noise_samples: 1 }
    }
}

/// The error of an agent that uses bonuses if there are none.
pub fn no_bonus(name: &str) -> Error {
    Error::Usage(format!("agent {name} goes by bonuses: name some with --bonus"))
}

/// Makes some rollouts on forks for each action, and takes the action whose best rollout has the largest discounted sum of bonuses.
#[derive(Debug)]
pub struct Lookahead {
    name: &'static str,
    seed: u64,
    options: Options,
    gamma: u32,
    bonuses: Arc<Bonuses>,
    model: KeyedModel,
    /// Number of steps of forks.
    forked: Arc<AtomicU64>,
    max_forks: usize,
    /// The same computation on a GPU; None if a GPU cannot do it.
    plan: OnceLock<Option<Arc<RolloutPlan>>>,
    /// Workspaces, each of which one thread uses at a time.
    workspaces: Mutex<Vec<Workspace>>,
}

/// The forks of one thread, and what it stores about them.
#[derive(Debug)]
struct Workspace {
    forks: Forks,
    scores: Vec<i32>,
    /// For each fork, the keys of all its states, those of the root first: `[forks, depth + 1, keys]`.
    met: Vec<u64>,
    root: Vec<u64>,
    /// Number of steps of forks.
    steps: u64,
}

impl Lookahead {
    /// The agent that follows each action with rollouts.
    ///
    /// # Errors
    /// [`Error::Usage`] on invalid options.
    pub fn new(world: &dyn World, bonuses: Arc<Bonuses>, options: Options, seed: u64) -> Result<Lookahead> {
        let Options { rollouts, depth, discount } = options;
        if rollouts == 0 || rollouts > MAX_ROLLOUTS {
            return Err(Error::Usage(format!("lookahead: {rollouts} rollouts an action; there can be 1 to {MAX_ROLLOUTS}")));
        }
        if depth == 0 || depth > MAX_DEPTH {
            return Err(Error::Usage(format!("lookahead: depth {depth}; it can be 1 to {MAX_DEPTH}")));
        }
        if !(discount > 0.0 && discount <= 1.0) {
            return Err(Error::Usage(format!("lookahead: discount {discount}; it must be above 0 and at most 1")));
        }
        let gamma = (discount * f64::from(DISCOUNT_ONE) + 0.5) as u32;
        let model = KeyedModel::of(world)?;
        let (forked, max_forks, plan, workspaces) = (Arc::default(), 0, OnceLock::new(), Mutex::default());
        Ok(Lookahead { name: NAME, seed, options, gamma, bonuses, model, forked, max_forks, plan, workspaces })
    }

    /// The agent that looks one step ahead.
    ///
    /// # Errors
    /// [`Error::Usage`] on invalid options.
    pub fn novelty(world: &dyn World, bonuses: Arc<Bonuses>, options: NoveltyOptions, seed: u64) -> Result<Lookahead> {
        let NoveltyOptions { noise_samples } = options;
        if noise_samples == 0 || noise_samples > MAX_ROLLOUTS {
            return Err(Error::Usage(format!("novelty: noise_samples = {noise_samples}; there can be 1 to {MAX_ROLLOUTS}")));
        }
        let one = Lookahead::new(world, bonuses, Options { rollouts: noise_samples, depth: 1, discount: 1.0 }, seed)?;
        Ok(Lookahead { name: NOVELTY, ..one })
    }

    /// Limits the number of forks at a time on a GPU, to test that no result depends on it; 0 for as many as fit.
    #[must_use]
    pub fn with_forks(mut self, most: usize) -> Lookahead {
        self.max_forks = most;
        self.plan = OnceLock::new();
        self
    }

    fn rollout_plan(&self) -> Option<Arc<RolloutPlan>> {
        let passes = self.bonuses.rollout_passes(&**self.model.world())?;
        Some(Arc::new(RolloutPlan {
            seed: self.seed,
            model: self.model.clone(),
            rollouts: self.options.rollouts,
            depth: self.options.depth,
            gamma: self.gamma,
            passes,
            forked: self.forked.clone(),
            tally: None,
            max_forks: self.max_forks,
        }))
    }

    fn workspace(&self, num_actions: u32) -> Workspace {
        let workspace = self.workspaces.lock().unwrap_or_else(PoisonError::into_inner).pop();
        workspace.unwrap_or_else(|| Workspace {
            forks: self.model.forks(num_actions as usize),
            scores: vec![0; (num_actions * self.options.rollouts) as usize],
            met: vec![0; num_actions as usize * (self.options.depth as usize + 1) * self.bonuses.keys().len()],
            root: Vec::new(),
            steps: 0,
        })
    }

    /// Computes the scores of all rollouts of instance `i`.
    fn score_rollouts(
        &self,
        work: &BlockContext,
        i: usize,
        num_actions: u32,
        workspace: &mut Workspace,
        searches: &mut Searches,
    ) {
        let observes = self.bonuses.reads_obs();
        self.bonuses.keys_of(&work.plugin_buffers, i, &mut workspace.root);
        workspace.scores.fill(0);
        if !fork_sources(ForkSources::Open, work.block.core_of(i)) {
            return;
        }
        for r in 0..self.options.rollouts {
            for a in 0..num_actions {
                self.model.fork(&work.block, i, &mut workspace.forks, a as usize, r);
                workspace.forks.act(a as usize, a);
                let keys = workspace.root.len();
                let at = a as usize * (self.options.depth as usize + 1) * keys;
                set_out(&workspace.root, &mut workspace.met[at..at + keys]);
            }
            let mut discount = DISCOUNT_ONE;
            for d in 0..self.options.depth {
                if d > 0 {
                    discount = next_discount(discount, self.gamma);
                    random::random(self.seed, num_actions, workspace.forks.block(num_actions as usize).core);
                }
                self.model.advance(&mut workspace.forks, num_actions as usize, observes);
                for a in 0..num_actions {
                    self.add_step(work, (i, a, r, d), discount, workspace, searches);
                }
            }
        }
    }

    /// Adds the value of step `d` of fork `a` to the score of its rollout.
    fn add_step(
        &self,
        work: &BlockContext,
        (i, a, r, d): (usize, u32, u32, u32),
        discount: u32,
        workspace: &mut Workspace,
        searches: &mut Searches,
    ) {
        let n = self.bonuses.keys().len();
        let from = a as usize * (self.options.depth as usize + 1) * n;
        if workspace.forks.core(a as usize)[Core::FLAGS] & Core::SKIP != 0 {
            return;
        }
        workspace.steps += 1;
        let block = workspace.forks.block(a as usize + 1);
        let (past, now) = workspace.met[from..].split_at_mut((d as usize + 1) * n);
        for (key, now) in self.bonuses.keys().iter().zip(now.iter_mut()) {
            *now = self.model.world().key(*key, a as usize, &block);
        }
        let now = &now[..n];
        if n > 0 && past.chunks_exact(n).any(|met| met == now) {
            return;
        }
        let before = &past[d as usize * n..];
        let transition = ForkTransition { block: &block, at: a as usize, keys: now, before };
        let value = self.bonuses.peek(&work.plugin_buffers, i, &transition, searches);
        let score = &mut workspace.scores[(a * self.options.rollouts + r) as usize];
        *score = accumulate(*score, value, discount);
    }
}

impl Agent for Lookahead {
    fn name(&self) -> &'static str {
        self.name
    }

    fn reads_plugin(&self) -> bool {
        true
    }

    fn forked(&self) -> Option<&AtomicU64> {
        Some(&self.forked)
    }

    fn on_gpu(&self) -> Option<ActionSource> {
        self.plan.get_or_init(|| self.rollout_plan()).clone().map(ActionSource::Rollouts)
    }

    fn choose(&self, work: &mut BlockContext) {
        let num_actions = work.world.spec().num_actions();
        let (mut workspace, mut searches) = (self.workspace(num_actions), self.bonuses.searches());
        for i in 0..work.block.n {
            self.score_rollouts(work, i, num_actions, &mut workspace, &mut searches);
            let core = work.block.core_of(i);
            let action = best(self.seed, num_actions, &workspace.scores, core);
            work.block.core_mut(i)[Core::ACTION] = action;
        }
        let nested = searches.iter().flatten().map(|search| search.forked_steps).sum::<u64>();
        self.forked.fetch_add(std::mem::take(&mut workspace.steps) + nested, Ordering::Relaxed);
        self.workspaces.lock().unwrap_or_else(PoisonError::into_inner).push(workspace);
    }
}

//! An agent that takes the action whose outcome on a fork has the largest empowerment.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use crate::bonus::empowerment::{Empowerment, ForkLimits, Mode, NOISE_SAMPLES, ReachSearch};
use crate::envs::shared::key::Key;
use crate::envs::{Core, World};
use crate::error::{Error, Result};
use crate::shaders::agent::lookahead::{DISCOUNT_ONE, best};
use crate::shaders::core::fork_sources::{ForkSources, fork_sources};
use crate::sim::buffer::Buffer;
use crate::sim::keyed_model::{Forks, KeyedModel};
use crate::sim::pass::{Pass, PassScope, Program};
use crate::sim::rollout::ActionSource;
use crate::sim::rollout::{RolloutPasses, RolloutPlan};
use crate::sim::{AGENT_FAULTS, Agent, BlockContext};

/// Name of this agent after `--agent`.
pub const NAME: &str = "empowerment";

/// Fault code: the empowerment of an outcome needs more forks than the limit allows.
const FAULT_FORKS: u32 = AGENT_FAULTS;

/// Most noise indices that an agent averages over.
const MAX_NOISE_SAMPLES: u32 = 64 * NOISE_SAMPLES;

/// How outcomes are measured.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// Actions of a sequence, counted from the outcome.
    pub horizon: u32,
    /// `frozen`, or `sampled`: the capacity of a channel counted with independent noise.
    pub mode: String,
    /// Mode frozen: noise indices over which the value is averaged. The default is 1, which means index 0 alone.
    #[serde(alias = "dreams", skip_serializing_if = "Option::is_none")]
    pub noise_samples: Option<u32>,
    /// Mode sampled: forks for each sequence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rollouts: Option<u32>,
    /// Mode sampled: number of random action sequences; None for all sequences.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sequences: Option<u32>,
    /// The end feature; None for the default of the family (see docs/empowerment.md).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<Key>,
}

impl Default for Options {
    fn default() -> Self {
        Options { horizon: 2, mode: "frozen".to_string(), noise_samples: None, rollouts: None, sequences: None, key: None }
    }
}

impl Options {
    /// Returns the options with all defaults; the default key depends on `world`.
    ///
    /// # Errors
    /// [`Error::Usage`] on an invalid mode, horizon, number of noise samples or key.
    pub fn resolve(self, world: &dyn World) -> Result<Options> {
        let (key, mode) = (self.key.unwrap_or_else(|| world.default_keys().ends), self.mode()?);
        let mut options = Options { key: Some(key), ..self };
        match mode {
            Mode::Exact => options.noise_samples = Some(1),
            Mode::Frozen { noise_samples } => options.noise_samples = Some(noise_samples),
            Mode::Sampled(rollouts) => options.rollouts = Some(rollouts.each),
        }
        options.measure(world)?;
        Ok(options)
    }

    fn mode(&self) -> Result<Mode> {
        let wrong = |why: String| Error::Usage(format!("agent {NAME}: {why}"));
        match self.mode.as_str() {
            "frozen" | "sampled" => {}
            other => return Err(wrong(format!("mode '{other}'; there are frozen, sampled"))),
        }
        let noise_samples = if self.mode == "frozen" { Some(self.noise_samples.unwrap_or(1)) } else { self.noise_samples };
        match Mode::named(&self.mode, noise_samples, self.rollouts, self.sequences).map_err(|e| wrong(e.to_string()))? {
            Mode::Frozen { noise_samples } if noise_samples == 0 || noise_samples > MAX_NOISE_SAMPLES => {
                Err(wrong(format!("noise_samples = {noise_samples} is not from 1 to {MAX_NOISE_SAMPLES}")))
            }
            // One noise index is index 0 alone.
            Mode::Frozen { noise_samples: 1 } => Ok(Mode::Exact),
            mode => Ok(mode),
        }
    }

    fn measure(&self, world: &dyn World) -> Result<Empowerment> {
        Empowerment::new(world, self.horizon, self.mode()?, self.key.unwrap_or_else(|| world.default_keys().ends))
    }
}

/// Greedy in the empowerment of the next state. Ties are broken by the agent's own random stream.
#[derive(Debug)]
pub struct EmpowermentAgent {
    seed: u64,
    measure: Empowerment,
    model: KeyedModel,
    /// Number of steps of forks.
    forked: Arc<AtomicU64>,
    /// Number of outcomes measured, and of those that were uncertain.
    tally: Arc<[AtomicU64; 2]>,
    /// The same computation on a GPU; None if a GPU cannot do it.
    plan: Option<Arc<RolloutPlan>>,
    limits: ForkLimits,
}

impl EmpowermentAgent {
    /// An agent with these options, resolved or not.
    ///
    /// # Errors
    /// See [`Options::resolve`].
    pub fn new(world: &dyn World, options: &Options, seed: u64) -> Result<EmpowermentAgent> {
        let (measure, model) = (options.measure(world)?, KeyedModel::of(world)?);
        let (forked, tally) = (Arc::default(), Arc::default());
        let plan = rollout_plan(&measure, &model, seed, (&forked, &tally)).map(Arc::new);
        Ok(EmpowermentAgent { seed, measure, model, forked, tally, plan, limits: ForkLimits::default() })
    }

    /// Computes the value of each action for instance `i`, in units of 2^-20 bits, and returns how many of the values are uncertain. If the
    /// episode of the instance is over, all values are 0 and nothing is measured.
    ///
    /// # Errors
    /// See [`Empowerment::measure`].
    fn values(
        &self,
        work: &BlockContext,
        i: usize,
        forks: &mut Forks,
        search: &mut ReachSearch,
        values: &mut [i32],
    ) -> Result<u64> {
        values.fill(0);
        if !fork_sources(ForkSources::Open, work.block.core_of(i)) {
            return Ok(0);
        }
        let n = values.len();
        for a in 0..n {
            self.model.fork(&work.block, i, forks, a, 0);
            forks.act(a, a as u32);
        }
        self.model.step(forks, n);
        let (block, mut uncertain) = (forks.block(n), 0);
        for (a, value) in values.iter_mut().enumerate() {
            let measured = self.measure.measure(search, &block, a)?;
            *value = measured.q20();
            uncertain += u64::from(!measured.certain);
        }
        self.tally[0].fetch_add(n as u64, Ordering::Relaxed);
        Ok(uncertain)
    }
}

/// One step with each action, then the states that can be reached from its outcome.
fn rollout_plan(
    measure: &Empowerment,
    model: &KeyedModel,
    seed: u64,
    (forked, tally): (&Arc<AtomicU64>, &Arc<[AtomicU64; 2]>),
) -> Option<RolloutPlan> {
    let reach = measure.reach(model)?;
    let passes = RolloutPasses {
        // The buffer of keys is empty.
        plugin: vec![0],
        keys: None,
        n_keys: 0,
        totals: Buffer::Reached(0),
        observes: false,
        list: vec![Pass::new("reach", PassScope::Active).program(Program::Reach(0, ForkSources::Stepped))],
        reaches: vec![reach],
    };
    let (model, gamma, forked) = (model.clone(), DISCOUNT_ONE, forked.clone());
    let tally = Some(tally.clone());
    Some(RolloutPlan { seed, model, rollouts: 1, depth: 1, gamma, passes, forked, tally, max_forks: 0 })
}

impl Agent for EmpowermentAgent {
    fn name(&self) -> &'static str {
        NAME
    }

    fn forked(&self) -> Option<&AtomicU64> {
        Some(&self.forked)
    }

    fn on_gpu(&self) -> Option<ActionSource> {
        self.plan.clone().map(ActionSource::Rollouts)
    }

    fn fault(&self, instance: usize, code: u32) -> Option<String> {
        (code == FAULT_FORKS).then(|| self.limits.text(instance, "agent", self.measure.mode))
    }

    /// In the modes `exact` and `frozen`: the number of outcomes measured, and of those whose value is only an upper bound, because steps
    /// were stochastic.
    fn report(&self) -> Vec<(String, Value)> {
        if matches!(self.measure.mode, Mode::Sampled(_)) {
            return Vec::new();
        }
        let [states, uncertain] = [0, 1].map(|k| self.tally[k].load(Ordering::Relaxed));
        vec![("outcomes".to_string(), json!({ "measured": states, "uncertain": uncertain }))]
    }

    fn save(&self) -> Value {
        let outcomes = [0, 1].map(|k| self.tally[k].load(Ordering::Relaxed));
        json!({ "outcomes": outcomes })
    }

    fn load(&self, saved: &Value) {
        for k in 0..2 {
            // Files of older versions do not contain this.
            self.tally[k].store(saved["outcomes"][k].as_u64().unwrap_or(0), Ordering::Relaxed);
        }
    }

    fn choose(&self, work: &mut BlockContext) {
        let num_actions = work.world.spec().num_actions();
        let mut forks = self.model.forks(num_actions as usize);
        let mut search = ReachSearch::new(&self.model).without_errors();
        let mut uncertain = 0;
        let mut values = vec![0; num_actions as usize];
        for i in 0..work.block.n {
            match self.values(work, i, &mut forks, &mut search, &mut values) {
                Ok(more) => uncertain += more,
                Err(why) => {
                    self.limits.keep(work.block.first + i, &why);
                    work.block.core_mut(i)[Core::FAULT] = FAULT_FORKS;
                    continue;
                }
            }
            let action = best(self.seed, num_actions, &values, work.block.core_of(i));
            work.block.core_mut(i)[Core::ACTION] = action;
        }
        let own = work.block.n as u64 * u64::from(num_actions);
        self.forked.fetch_add(own + search.forked_steps, Ordering::Relaxed);
        self.tally[1].fetch_add(uncertain, Ordering::Relaxed);
    }
}

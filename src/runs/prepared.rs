//! What a run needs before its first step: the world, the bonuses and the driver. All are created once from its plan.

use std::path::Path;
use std::sync::Arc;

use super::plan::Plan;
use crate::agents::{self, ActionQueue, Driver, Setup, replay};
use crate::bonus::Bonuses;
use crate::envs::World;
use crate::error::{Error, Result};
use crate::gpu::Gpu;
use crate::sim::{Config, StepPlugin, room};
use crate::traces::{self, FORMAT_PLAIN, FORMAT_WITH_RESTORED, Meta};

/// Number of copies of the batch in memory while a checkpoint is assembled.
const CHECKPOINT_COPIES: u64 = 3;

/// World, bonuses and driver of a run, before the first step.
pub struct Prepared {
    /// The world of the plan's ruleset.
    pub world: Arc<dyn World>,
    /// None if no bonus is computed.
    pub bonuses: Option<Arc<Bonuses>>,
    /// Chooses the actions.
    pub driver: Box<dyn Driver>,
}

impl Prepared {
    /// Creates the world, bonuses and driver of `plan`.
    ///
    /// # Errors
    /// [`Error::World`] if the ruleset cannot be loaded; [`Error::Usage`] if a bonus, the agent or an option of them is invalid; the error
    /// of reading the trace that the agent repeats.
    pub fn new(plan: &Plan) -> Result<Prepared> {
        Prepared::in_world(plan, plan.world()?)
    }

    /// As [`Prepared::new`], with the world of the plan already loaded.
    ///
    /// # Errors
    /// As [`Prepared::new`].
    pub fn in_world(plan: &Plan, world: Arc<dyn World>) -> Result<Prepared> {
        Prepared::with_person(plan, world, None)
    }

    /// As [`Prepared::in_world`]; a person chooses the actions of agent `human`.
    ///
    /// # Errors
    /// As [`Prepared::new`].
    pub fn with_person(plan: &Plan, world: Arc<dyn World>, person: Option<Arc<ActionQueue>>) -> Result<Prepared> {
        let bonuses = (!plan.bonus.is_empty()).then(|| Bonuses::new(&world, &plan.bonus).map(Arc::new)).transpose()?;
        let driver = driver(plan, &world, bonuses.clone(), person)?;
        Ok(Prepared { world, bonuses, driver })
    }

    /// Whether the agent or a bonus is computed on the host, step by step.
    pub fn is_on_host(&self) -> bool {
        let forks = self.bonuses.as_ref().is_some_and(|bonuses| bonuses.check_gpu().is_err());
        forks || !self.driver.is_on_gpu()
    }

    /// Checks that there is memory for the batch and for a checkpoint while it is assembled.
    ///
    /// # Errors
    /// [`Error::Limit`] with the size that would fit.
    pub fn check_room(&self, plan: &Plan, gpu: Option<&Arc<Gpu>>) -> Result<()> {
        room::check(&*self.world, &self.config(plan, gpu.cloned())?, 1 + CHECKPOINT_COPIES)
    }

    /// Returns the configuration of the run's batch.
    ///
    /// # Errors
    /// As [`Plan::config`].
    pub(super) fn config(&self, plan: &Plan, gpu: Option<Arc<Gpu>>) -> Result<Config> {
        let plugin = self.bonuses.clone().map(|bonuses| bonuses as Arc<dyn StepPlugin>);
        Ok(Config { gpu, plugin, ..plan.config()? })
    }

    /// Returns the description that is written to every trace file.
    ///
    /// # Errors
    /// [`Error::Data`] if the scenario is not JSON.
    pub fn meta(&self, plan: &Plan) -> Result<Meta> {
        let bonuses = self.bonuses.as_deref();
        Ok(Meta {
            format: if agents::find(&plan.agent)?.restores_states { FORMAT_WITH_RESTORED } else { FORMAT_PLAIN },
            program: plan.program.clone(),
            id: plan.env.clone(),
            toml: plan.ruleset.clone(),
            seed: plan.seed,
            keyed: plan.stream == "keyed",
            picture_noise: plan.picture_noise,
            reset: plan.reset.clone(),
            worlds: plan.worlds.clone(),
            agent: plan.agent.clone(),
            scenario: plan.scenario()?,
            prefixes: (!plan.prefixes.is_empty()).then(|| plan.prefixes.clone()),
            prefix_hash: (!plan.prefixes.is_empty()).then(|| plan.prefixes.hash()),
            num_envs: Some(plan.num_envs as u64),
            recorded: Some(traces::ranges(&plan.record)),
            agent_seed: Some(plan.agent_seed),
            agent_options: Some(serde_json::to_value(&plan.agent_options).map_err(|e| Error::Data(e.to_string()))?),
            bonuses: bonuses.map_or(Vec::new(), |bonuses| bonuses.config().names()),
            bonus: bonuses.map(|bonuses| traces::BonusNote::of(&*self.world, bonuses)).transpose()?,
            ..Meta::default()
        })
    }
}

/// Creates the driver, before the first step.
fn driver(
    plan: &Plan,
    world: &Arc<dyn World>,
    bonuses: Option<Arc<Bonuses>>,
    person: Option<Arc<ActionQueue>>,
) -> Result<Box<dyn Driver>> {
    let kind = agents::find(&plan.agent)?;
    if kind.restores_states && !plan.prefixes.is_empty() {
        let why = "its histories begin with first episodes";
        return Err(Error::Usage(format!("agent {} cannot go on from recorded steps: {why}; choose another agent", kind.name)));
    }
    let from = plan.agent_options.get("from").and_then(toml::Value::as_str).filter(|_| plan.agent == replay::NAME);
    let recording = from.map(|from| traces::recording(Path::new(from))).transpose()?;
    let recording =
        recording.map(|rows| rows.into_iter().map(|(i, rows)| (i, rows.into_iter().map(recorded).collect())).collect());
    agents::make(kind, Setup { world, seed: plan.agent_seed, options: &plan.agent_options, recording, person, bonuses })
}

fn recorded(action: Option<u32>) -> agents::Recorded {
    action.map_or(agents::Recorded::Begin, agents::Recorded::Act)
}

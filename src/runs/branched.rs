//! The plan of a run that goes on from recorded play.

use std::sync::Arc;

use super::plan::{Plan, default_curve_every};
use super::prepared::Prepared;
use crate::agents::{self, ActionQueue};
use crate::bonus::BonusConfig;
use crate::error::{Error, Result};
use crate::sim::{Prefixes, ResetMode, Worlds};
use crate::traces::Meta;
use crate::traces::cursor::Branch;

/// Who plays on, and for how long.
#[derive(Clone, Debug, Default)]
pub struct Sequel {
    /// Name of the agent.
    pub agent: String,
    /// Options of the agent; those that are missing have their defaults.
    pub agent_options: toml::Table,
    /// The actions that the person of agent `human` chooses.
    pub person: Option<Arc<ActionQueue>>,
    /// Bonuses. Counts begin with the state of the row.
    pub bonus: BonusConfig,
    /// Steps of the run.
    pub steps: u64,
    /// Seconds between checkpoints.
    pub checkpoint: f64,
}

impl Sequel {
    /// As it was recorded: agent and bonuses with their options.
    ///
    /// # Errors
    /// [`Error::Data`] if the options in the recording cannot be read.
    pub fn recorded(meta: &Meta, steps: u64, checkpoint: f64) -> Result<Sequel> {
        let text = |e: serde_json::Error| Error::Data(format!("options in the recording: {e}"));
        let options = meta.agent_options.clone().map(serde_json::from_value::<toml::Table>).transpose().map_err(text)?;
        let bonus = meta.bonus.as_ref().map(|note| serde_json::from_value::<BonusConfig>(note.config.clone())).transpose();
        Ok(Sequel {
            agent: meta.agent.clone(),
            agent_options: options.unwrap_or_default(),
            person: None,
            bonus: bonus.map_err(text)?.unwrap_or_default(),
            steps,
            checkpoint,
        })
    }
}

/// The plan of a run of one instance that begins with the state of a recorded row, and what was prepared for it. The random stream goes on
/// where it was; counts of bonuses and what an agent has learnt begin anew.
///
/// # Errors
/// [`Error::World`] if the recorded ruleset cannot be loaded; [`Error::Usage`] if agent and bonus do not fit it or each other, or if the
/// agent restores states by histories of its own; [`Error::Limit`] without memory for it.
pub fn branched(branch: &Branch, sequel: &Sequel) -> Result<(Plan, Prepared)> {
    let meta = &branch.meta;
    let kind = agents::find(&sequel.agent)?;
    let mut plan = Plan {
        program: env!("CARGO_PKG_VERSION").to_string(),
        env: meta.id.clone(),
        agent: sequel.agent.clone(),
        agent_seed: meta.agent_seed.unwrap_or(0),
        seed: branch.seed,
        num_envs: 1,
        steps: sequel.steps,
        stream: if meta.keyed { "keyed" } else { "numpy" }.to_string(),
        picture_noise: meta.picture_noise,
        worlds: Worlds::Fresh.to_string(),
        reset: meta.reset.clone(),
        record: vec![0],
        scenario: meta.scenario.as_ref().map(serde_json::Value::to_string),
        ruleset: meta.toml.clone(),
        curve_every: default_curve_every(kind.default_steps, 1),
        checkpoint: sequel.checkpoint,
        prefixes: Prefixes::one(0, &branch.actions),
        agent_options: toml::Table::new(),
        bonus: BonusConfig::default(),
    };
    let world = plan.world()?;
    plan.agent_options = (kind.resolve)(&sequel.agent_options, &*world)?;
    plan.bonus = if sequel.bonus.is_empty() { BonusConfig::default() } else { sequel.bonus.resolved(&*world)? };
    let prepared = Prepared::with_person(&plan, world, sequel.person.clone())?;
    if let Some(needed) = prepared.driver.reset_mode().filter(|needed| plan.reset.parse() != Ok::<ResetMode, String>(*needed)) {
        plan.reset = needed.to_string();
    }
    prepared.check_room(&plan, None)?;
    Ok((plan, prepared))
}

//! The plan of a run that goes on from recorded play.

use super::default_curve_every;
use super::plan::Plan;
use super::prepared::Prepared;
use crate::agents;
use crate::bonus::BonusConfig;
use crate::error::{Error, Result};
use crate::sim::{Prefixes, ResetMode, Worlds};
use crate::traces::cursor::Branch;

/// Who plays on, and for how long.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sequel {
    /// Name of the agent; None for the one that was recorded, with its options.
    pub agent: Option<String>,
    /// Bonuses; None for those that were recorded. Counts begin with the state of the row.
    pub bonus: Option<BonusConfig>,
    /// Steps of the run.
    pub steps: u64,
    /// Seconds between checkpoints.
    pub checkpoint: f64,
}

/// The plan of a run of one instance that begins with the state of a recorded row, and what was prepared for it. The random stream goes on
/// where it was; counts of bonuses and what an agent has learnt begin anew.
///
/// # Errors
/// [`Error::World`] if the recorded ruleset cannot be loaded; [`Error::Usage`] if agent and bonus do not fit it or each other, or if the
/// agent restores states by histories of its own; [`Error::Limit`] without memory for it.
pub fn branched(branch: &Branch, sequel: &Sequel) -> Result<(Plan, Prepared)> {
    let meta = &branch.meta;
    let name = sequel.agent.clone().unwrap_or_else(|| meta.agent.clone());
    let kind = agents::find(&name)?;
    let text = |e: serde_json::Error| Error::Data(e.to_string());
    let recorded = meta.agent_options.clone().filter(|_| name == meta.agent);
    let options = recorded.map(serde_json::from_value::<toml::Table>).transpose().map_err(text)?.unwrap_or_default();
    let mut plan = Plan {
        program: env!("CARGO_PKG_VERSION").to_string(),
        env: meta.id.clone(),
        agent: name,
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
    plan.agent_options = (kind.resolve)(&options, &*world)?;
    let recorded = || meta.bonus.as_ref().map(|note| serde_json::from_value::<BonusConfig>(note.config.clone())).transpose();
    let bonus = match &sequel.bonus {
        Some(bonus) => bonus.clone(),
        None => recorded().map_err(text)?.unwrap_or_default(),
    };
    plan.bonus = if bonus.is_empty() { bonus } else { bonus.resolved(&*world)? };
    let prepared = Prepared::in_world(&plan, world)?;
    if let Some(needed) = prepared.driver.reset_mode().filter(|needed| plan.reset.parse() != Ok::<ResetMode, String>(*needed)) {
        plan.reset = needed.to_string();
    }
    prepared.check_room(&plan, None)?;
    Ok((plan, prepared))
}

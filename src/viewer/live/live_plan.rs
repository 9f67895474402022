//! What a live run plays: chosen in the window, resolved into the plan of an ordinary run.

use crate::agents::{self, AGENTS};
use crate::bonus::{BonusConfig, Kind};
use crate::envs::catalog::load_source;
use crate::envs::shared::source::Source;
use crate::envs::{Options, load};
use crate::error::Result;
use crate::runs::{Plan, Prepared, default_curve_every};

/// Steps of the whole batch after which a live run ends, so that it does not fill the disk: all of them are recorded, which takes about 20
/// bytes a step.
const STEPS: u64 = 50_000_000;
/// Seconds between checkpoints, which make what was stepped visible.
const CHECKPOINT: f64 = 0.5;
/// Instances of the demo.
const DEMO_WORLDS: usize = 16;
/// Steps a second of each instance at first.
const DEMO_PACE: f64 = 20.0;

/// World, agent and bonus of a live run.
#[derive(Clone, Debug, PartialEq)]
pub struct LivePlan {
    /// Id of the world.
    pub world: String,
    /// Name of the agent.
    pub agent: String,
    /// Bonuses as `--bonus` takes them; empty for none.
    pub bonus: String,
    /// Number of instances. All are recorded.
    pub num_envs: usize,
    /// Seed of the worlds: instance i has seed + i.
    pub seed: i64,
    /// Steps a second of each instance at first; None for as fast as it goes.
    pub pace: Option<f64>,
    /// Rules of the world as TOML; None for those of the world with this id.
    pub ruleset: Option<String>,
    /// The scenario with which the first episode begins, as JSON.
    pub scenario: Option<String>,
}

impl LivePlan {
    /// The demo: sixteen worlds of Crafter, whose agent looks for what is new.
    pub fn demo() -> LivePlan {
        LivePlan {
            world: "crafter".to_string(),
            agent: "novelty".to_string(),
            bonus: "count".to_string(),
            num_envs: DEMO_WORLDS,
            seed: 0,
            pace: Some(DEMO_PACE),
            ruleset: None,
            scenario: None,
        }
    }

    /// The plan of the run, and what was prepared for it.
    ///
    /// # Errors
    /// [`crate::Error::World`] if there is no such world; [`crate::Error::Usage`] if agent and bonus do not fit it or each other.
    pub fn prepare(&self) -> Result<(Plan, Prepared)> {
        let world = match &self.ruleset {
            Some(text) => load_source(&Source { id: self.world.clone(), text: text.clone(), folder: None }, &Options::default())?,
            None => load(&self.world, &Options::default())?,
        };
        let kind = agents::find(&self.agent)?;
        let bonus = if self.bonus.is_empty() { BonusConfig::default() } else { BonusConfig::parse(&self.bonus)? };
        let mut plan = Plan {
            program: env!("CARGO_PKG_VERSION").to_string(),
            env: world.spec().id.clone(),
            agent: self.agent.clone(),
            agent_seed: 0,
            seed: self.seed,
            num_envs: self.num_envs,
            steps: STEPS,
            stream: "numpy".to_string(),
            picture_noise: false,
            worlds: "fresh".to_string(),
            reset: "same-step".to_string(),
            record: (0..self.num_envs).collect(),
            scenario: self.scenario.clone(),
            ruleset: world.spec().toml.clone(),
            curve_every: default_curve_every(kind.default_steps, self.num_envs as u64),
            checkpoint: CHECKPOINT,
            agent_options: (kind.resolve)(&toml::Table::new(), &*world)?,
            bonus: if bonus.is_empty() { bonus } else { bonus.resolved(&*world)? },
        };
        let prepared = Prepared::in_world(&plan, world)?;
        if let Some(needed) = prepared.driver.reset_mode() {
            plan.reset = needed.to_string();
        }
        prepared.check_room(&plan, None)?;
        Ok((plan, prepared))
    }

    /// As this plan, with the agent's usual bonus if it needs one and there is none.
    pub fn with_agent(&self, agent: &str) -> LivePlan {
        let usual = agents::find(agent).map_or("", |kind| kind.bonus);
        let bonus = if self.bonus.is_empty() { usual.to_string() } else { self.bonus.clone() };
        LivePlan { agent: agent.to_string(), bonus, ..self.clone() }
    }
}

/// A choice: its name, a line about it, and whether it fits the rest of a plan.
pub type Choice = (&'static str, &'static str, bool);

/// All agents; one fits if it needs nothing but this plan.
pub fn agents_for(plan: &LivePlan) -> Vec<Choice> {
    let fits = |name: &str| plan.with_agent(name).prepare().is_ok();
    AGENTS.iter().map(|kind| (kind.name, kind.about, fits(kind.name))).collect()
}

/// All bonuses, after none; one fits if world and agent of this plan can be played with it.
pub fn bonuses_for(plan: &LivePlan) -> Vec<Choice> {
    let fits = |name: &str| LivePlan { bonus: name.to_string(), ..plan.clone() }.prepare().is_ok();
    let all = Kind::all().into_iter().map(|kind| (kind.name, kind.about));
    std::iter::once(("", "no bonus is computed")).chain(all).map(|(name, about)| (name, about, fits(name))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plans_come_from_the_catalogs() {
        let (plan, prepared) = LivePlan::demo().prepare().expect("a plan");
        assert_eq!((plan.record.len(), plan.reset.as_str()), (16, "same-step"));
        assert!(prepared.bonuses.is_some());
        let demo = LivePlan::demo();
        let fits = |list: &[Choice], name: &str| list.iter().any(|(n, _, fits)| *n == name && *fits);
        let agents = agents_for(&demo);
        assert_eq!(agents.len(), AGENTS.len());
        assert!(fits(&agents, "random") && fits(&agents, "go-explore") && !fits(&agents, "replay"));
        let bonuses = bonuses_for(&demo);
        assert!(bonuses.len() > Kind::all().len());
        assert!(fits(&bonuses, "count") && !fits(&bonuses, ""));
        let none = LivePlan { agent: "random".to_string(), bonus: String::new(), ..demo };
        assert_eq!(none.with_agent("novelty").bonus, "count");
    }
}

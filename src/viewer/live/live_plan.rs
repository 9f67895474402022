//! What a live run plays: chosen in the window, resolved into the plan of an ordinary run.

use std::sync::Arc;

use crate::agents::{self, AGENTS, ActionQueue, human, replay};
use crate::bonus::{BonusConfig, Entry, Kind};
use crate::envs::catalog::load_source;
use crate::envs::shared::source::Source;
use crate::envs::{Options, load};
use crate::error::Result;
use crate::runs::{Plan, Prepared, Sequel, branched, default_curve_every};
use crate::sim::Prefixes;
use crate::traces::cursor::Branch;

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
    /// Options of the agent; those that are missing have their defaults.
    pub agent_options: toml::Table,
    /// Bonuses; none if the list is empty. Options that are missing have their defaults.
    pub bonus: BonusConfig,
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
    /// The recorded row with whose state it begins; None to begin with first episodes. World, seed and number of instances are then those of
    /// the branch.
    pub branch: Option<Arc<Branch>>,
    /// Who plays on when a person hands back: an agent with its options.
    pub relief: Option<(String, toml::Table)>,
}

impl LivePlan {
    /// The demo: sixteen worlds of Crafter, whose agent looks for what is new.
    pub fn demo() -> LivePlan {
        LivePlan {
            world: "crafter".to_string(),
            agent: "novelty".to_string(),
            agent_options: toml::Table::new(),
            bonus: BonusConfig::parse("count").unwrap_or_default(),
            num_envs: DEMO_WORLDS,
            seed: 0,
            pace: Some(DEMO_PACE),
            ruleset: None,
            scenario: None,
            branch: None,
            relief: None,
        }
    }

    /// A run of one instance that goes on from a recorded row as it was recorded: agent and bonuses with their options. Random actions go on
    /// after agents that cannot: a person, one that repeats a recording, and one that restores states by histories of its own.
    ///
    /// # Errors
    /// [`crate::Error::Data`] if the options in the recording cannot be read.
    pub fn branched(branch: Arc<Branch>) -> Result<LivePlan> {
        let Sequel { agent, agent_options, bonus, .. } = Sequel::recorded(&branch.meta, STEPS, CHECKPOINT)?;
        let cannot = [human::NAME, replay::NAME].contains(&agent.as_str()) || agents::find(&agent)?.restores_states;
        Ok(LivePlan {
            world: branch.meta.id.clone(),
            agent: if cannot { "random".to_string() } else { agent },
            agent_options: if cannot { toml::Table::new() } else { agent_options },
            bonus,
            num_envs: 1,
            seed: branch.seed,
            pace: Some(DEMO_PACE),
            ruleset: None,
            scenario: None,
            branch: Some(branch),
            relief: None,
        })
    }

    /// As this plan, but a person plays it. The agent of this plan can play on later.
    pub fn played(self) -> LivePlan {
        let relief = (self.agent != human::NAME).then(|| (self.agent.clone(), self.agent_options.clone()));
        LivePlan {
            agent: human::NAME.to_string(),
            agent_options: toml::Table::new(),
            relief: relief.or(self.relief.clone()),
            ..self
        }
    }

    /// Whether a person plays it.
    pub fn is_played(&self) -> bool {
        self.agent == human::NAME
    }

    /// Its bonuses by name, with their keys; `none` if there is none.
    pub fn bonus_names(&self) -> String {
        let name = |entry: &Entry| entry.key.map_or(entry.name.clone(), |key| format!("{}:{key}", entry.name));
        let names: Vec<String> = self.bonus.list.iter().map(name).collect();
        if names.is_empty() { "none".to_string() } else { names.join(",") }
    }

    /// The plan of the run, and what was prepared for it. `person` has the actions that a person chooses.
    ///
    /// # Errors
    /// [`crate::Error::World`] if there is no such world; [`crate::Error::Usage`] if agent and bonus do not fit it or each other, or if a
    /// person is to play and there is none.
    pub fn prepare(&self, person: Option<Arc<ActionQueue>>) -> Result<(Plan, Prepared)> {
        if let Some(branch) = &self.branch {
            let sequel = Sequel {
                agent: self.agent.clone(),
                agent_options: self.agent_options.clone(),
                person,
                bonus: self.bonus.clone(),
                steps: STEPS,
                checkpoint: CHECKPOINT,
            };
            return branched(branch, &sequel);
        }
        let world = match &self.ruleset {
            Some(text) => load_source(&Source { id: self.world.clone(), text: text.clone(), folder: None }, &Options::default())?,
            None => load(&self.world, &Options::default())?,
        };
        let kind = agents::find(&self.agent)?;
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
            prefixes: Prefixes::default(),
            ruleset: world.spec().toml.clone(),
            curve_every: default_curve_every(kind.default_steps, self.num_envs as u64),
            checkpoint: CHECKPOINT,
            agent_options: (kind.resolve)(&self.agent_options, &*world)?,
            bonus: if self.bonus.is_empty() { BonusConfig::default() } else { self.bonus.resolved(&*world)? },
        };
        let prepared = Prepared::with_person(&plan, world, person)?;
        if let Some(needed) = prepared.driver.reset_mode() {
            plan.reset = needed.to_string();
        }
        prepared.check_room(&plan, None)?;
        Ok((plan, prepared))
    }

    /// As this plan with another agent, its options at their defaults, and its usual bonus if it needs one and there is none.
    pub fn with_agent(&self, agent: &str) -> LivePlan {
        let usual = agents::find(agent).ok().and_then(|kind| BonusConfig::parse(kind.bonus).ok()).unwrap_or_default();
        let bonus = if self.bonus.is_empty() { usual } else { self.bonus.clone() };
        LivePlan { agent: agent.to_string(), agent_options: toml::Table::new(), bonus, ..self.clone() }
    }

    /// As this plan with another bonus, its options at their defaults; an empty name for none.
    pub fn with_bonus(&self, bonus: &str) -> LivePlan {
        LivePlan { bonus: BonusConfig::parse(bonus).unwrap_or_default(), ..self.clone() }
    }

    /// Whether it can be played.
    fn fits(&self) -> bool {
        self.prepare(Some(Arc::default())).is_ok()
    }
}

/// A choice: its name, a line about it, and whether it fits the rest of a plan.
pub type Choice = (&'static str, &'static str, bool);

/// All agents but a person, who takes over in the window; one fits if it needs nothing but this plan.
pub fn agents_for(plan: &LivePlan) -> Vec<Choice> {
    let others = AGENTS.iter().filter(|kind| kind.name != human::NAME);
    others.map(|kind| (kind.name, kind.about, plan.with_agent(kind.name).fits())).collect()
}

/// All bonuses, after none; one fits if world and agent of this plan can be played with it.
pub fn bonuses_for(plan: &LivePlan) -> Vec<Choice> {
    let fits = |name: &str| plan.with_bonus(name).fits();
    let all = Kind::all().into_iter().map(|kind| (kind.name, kind.about));
    std::iter::once(("", "no bonus is computed")).chain(all).map(|(name, about)| (name, about, fits(name))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plans_come_from_the_catalogs() {
        let (plan, prepared) = LivePlan::demo().prepare(None).expect("a plan");
        assert_eq!((plan.record.len(), plan.reset.as_str()), (16, "same-step"));
        assert!(prepared.bonuses.is_some());
        let demo = LivePlan::demo();
        let fits = |list: &[Choice], name: &str| list.iter().any(|(n, _, fits)| *n == name && *fits);
        let agents = agents_for(&demo);
        assert_eq!(agents.len() + 1, AGENTS.len());
        assert!(fits(&agents, "random") && fits(&agents, "go-explore") && !fits(&agents, "replay"));
        let bonuses = bonuses_for(&demo);
        assert!(bonuses.len() > Kind::all().len());
        assert!(fits(&bonuses, "count") && !fits(&bonuses, ""));
        let none = LivePlan { agent: "random".to_string(), ..demo.with_bonus("") };
        assert_eq!((none.bonus_names(), none.with_agent("novelty").bonus_names()), ("none".to_string(), "count".to_string()));
        assert_eq!(demo.with_bonus("count:view").bonus_names(), "count:view");
    }
}

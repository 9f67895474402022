//! Agents by name: the name of each, its options, and how it is made.

use std::sync::Arc;

use toml::Table;

use super::bonus_selector::BonusSelector;
use super::driver::Driver;
use super::empowerment;
use super::go_explore::{self, GoExplore};
use super::human::{self, ActionQueue, Human};
use super::lookahead;
use super::options::{read, suggestion, write};
use super::replay::{self, Recording, ReplayAgent};
use super::tabular::{rf_express, ucb_q};
use super::{EmpowermentAgent, Lookahead, Random};
use crate::bonus::{AIRS, Bonuses};
use crate::envs::World;
use crate::error::{Error, Result};

/// What an agent is made from.
pub struct Setup<'a> {
    /// The world that the agent acts in.
    pub world: &'a Arc<dyn World>,
    /// Agents with different seeds act differently in the same worlds.
    pub seed: u64,
    /// Options of the agent, as [`Kind::resolve`] returns them.
    pub options: &'a Table,
    /// The recording that `replay` repeats.
    pub recording: Option<Recording>,
    /// The actions that the person of `human` chooses.
    pub person: Option<Arc<ActionQueue>>,
    /// The bonuses of the run, for agents that use bonuses.
    pub bonuses: Option<Arc<Bonuses>>,
}

/// A kind of agent.
pub struct Kind {
    /// Name for `--agent`.
    pub name: &'static str,
    /// One line for the help text.
    pub about: &'static str,
    /// Checks options and returns them with all defaults.
    pub resolve: fn(&Table, &dyn World) -> Result<Table>,
    /// Makes the agent from resolved options. The error says what is missing or does not fit the world.
    pub make: fn(Setup) -> Result<Box<dyn Driver>>,
    /// Whether it restores earlier states. Its traces record which.
    pub restores_states: bool,
    /// The bonuses that it uses by default; empty if it uses none.
    pub bonus: &'static str,
    /// Default number of steps of the batch in a run.
    pub default_steps: u64,
}

/// All agents, as `--agent` names them.
pub const AGENTS: &[Kind] = &[
    Kind {
        name: "random",
        about: "uniformly random actions",
        resolve: |options, _| read::<NoOptions>("random", options).and_then(|none| write(&none)),
        make: |setup| Ok(Box::new(Random { seed: setup.seed })),
        restores_states: false,
        bonus: "",
        default_steps: 20_000_000,
    },
    Kind {
        name: lookahead::NOVELTY,
        about: "tries each action on forks and takes the one with the largest bonus value",
        resolve: |options, _| read::<lookahead::NoveltyOptions>(lookahead::NOVELTY, options).and_then(|o| write(&o)),
        make: |setup| {
            let bonuses = setup.bonuses.ok_or_else(|| lookahead::no_bonus(lookahead::NOVELTY))?;
            let options = read(lookahead::NOVELTY, setup.options)?;
            Ok(Box::new(Lookahead::novelty(&**setup.world, bonuses, options, setup.seed)?))
        },
        restores_states: false,
        bonus: "count",
        default_steps: 100_000,
    },
    Kind {
        name: lookahead::NAME,
        about: "follows each action with rollouts on forks and takes the one whose best rollout has the largest sum of bonus values",
        resolve: |options, _| read::<lookahead::Options>(lookahead::NAME, options).and_then(|o| write(&o)),
        make: |setup| {
            let bonuses = setup.bonuses.ok_or_else(|| lookahead::no_bonus(lookahead::NAME))?;
            let options = read::<lookahead::Options>(lookahead::NAME, setup.options)?;
            Ok(Box::new(Lookahead::new(&**setup.world, bonuses, options, setup.seed)?))
        },
        restores_states: false,
        bonus: "count",
        default_steps: 100_000,
    },
    Kind {
        name: empowerment::NAME,
        about: "tries each action on a fork and takes the one whose outcome has the largest empowerment",
        resolve: |options, world| {
            read::<empowerment::Options>(empowerment::NAME, options)?.resolve(world).and_then(|o| write(&o))
        },
        make: |setup| {
            let options = read::<empowerment::Options>(empowerment::NAME, setup.options)?;
            Ok(Box::new(EmpowermentAgent::new(&**setup.world, &options, setup.seed)?))
        },
        restores_states: false,
        bonus: "",
        default_steps: 100_000,
    },
    Kind {
        name: go_explore::NAME,
        about: "returns to states of an archive and explores from there",
        resolve: |options, world| read::<go_explore::Options>(go_explore::NAME, options)?.resolve(world).and_then(|o| write(&o)),
        make: |setup| Ok(Box::new(GoExplore::new(setup.world, setup.seed, read(go_explore::NAME, setup.options)?)?)),
        restores_states: true,
        bonus: "",
        default_steps: 2_000_000,
    },
    Kind {
        name: rf_express::NAME,
        about: "tabular exploration without rewards, by planning on counts",
        resolve: |options, world| read::<rf_express::Options>(rf_express::NAME, options)?.resolve(world).and_then(|o| write(&o)),
        make: |setup| rf_express::make(setup.world, setup.seed, read(rf_express::NAME, setup.options)?),
        restores_states: false,
        bonus: "",
        default_steps: 2_000_000,
    },
    Kind {
        name: ucb_q::NAME,
        about: "tabular optimistic Q-learning",
        resolve: |options, world| read::<ucb_q::Options>(ucb_q::NAME, options)?.resolve(world).and_then(|o| write(&o)),
        make: |setup| ucb_q::make(setup.world, setup.seed, read(ucb_q::NAME, setup.options)?),
        restores_states: false,
        bonus: "",
        default_steps: 2_000_000,
    },
    Kind {
        name: replay::NAME,
        about: "the actions of a recorded trace",
        resolve: |options, _| read::<replay::Options>(replay::NAME, options)?.resolve().and_then(|o| write(&o)),
        make: |setup| {
            let none = || Error::Usage(format!("agent {}: no recording", replay::NAME));
            Ok(Box::new(ReplayAgent::new(setup.recording.ok_or_else(none)?)))
        },
        restores_states: false,
        bonus: "",
        default_steps: 2_000_000,
    },
    Kind {
        name: human::NAME,
        about: "a person who plays in the window",
        resolve: |options, _| read::<NoOptions>(human::NAME, options).and_then(|none| write(&none)),
        make: |setup| Ok(Box::new(Human::new(setup.person.ok_or_else(human::nobody)?))),
        restores_states: false,
        bonus: "",
        default_steps: 100_000,
    },
];

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct NoOptions {}

/// Makes an agent of a kind. With fusion `airs`, a bandit selects its bonus.
///
/// # Errors
/// As [`Kind::make`], and [`Error::Usage`] if a bandit cannot select bonuses for this agent.
pub fn make(kind: &Kind, setup: Setup) -> Result<Box<dyn Driver>> {
    let bonuses = setup.bonuses.clone().filter(|bonuses| bonuses.config().fusion.as_deref() == Some(AIRS));
    let driver = (kind.make)(setup)?;
    match bonuses {
        None => Ok(driver),
        Some(_) if kind.restores_states => {
            let why = "it restores earlier states, so the return of a round is not defined";
            Err(Error::Usage(format!("fusion airs: agent {}: {why}", kind.name)))
        }
        Some(bonuses) => Ok(Box::new(BonusSelector::new(driver, bonuses)?)),
    }
}

/// The agent of that name.
///
/// # Errors
/// [`Error::Usage`] with all names, if there is no such agent.
pub fn find(name: &str) -> Result<&'static Kind> {
    AGENTS.iter().find(|kind| kind.name == name).ok_or_else(|| {
        let names: Vec<&str> = AGENTS.iter().map(|kind| kind.name).collect();
        Error::Usage(format!("unknown agent '{name}'; there are {}{}", names.join(", "), suggestion(name, &names)))
    })
}

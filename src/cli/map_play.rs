//! Maps of play: of visits, played or recorded, and of bonus values.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::config;
use super::global::Global;
use super::map_args::{Args, MeasureName, ValueOfName};
use super::map_output::Mapped;
use super::watch::MapWatch;
use crate::agents;
use crate::envs::catalog::Options;
use crate::envs::load;
use crate::error::{Error, Result};
use crate::maps::{self, Estimator, NUM_ENVS, Play, PlayOptions, STEPS, ValueOf};

/// # Errors
/// As [`play`] and [`maps::visits`].
pub fn visits(args: &Args, global: &Global, stop: &AtomicBool) -> Result<Mapped> {
    let play = play(args, global)?;
    let map = maps::visits(&play, &MapWatch::new(global), stop)?;
    let mut mapped = Mapped::new(map, play.seed());
    mapped.say("agent", play.agent());
    mapped.say("steps", play.all_steps());
    Ok(mapped)
}

/// # Errors
/// As [`maps::recorded_visits`].
pub fn recorded_visits(path: &Path, stop: &AtomicBool) -> Result<Mapped> {
    let map = maps::recorded_visits(path, stop)?;
    let Estimator::Recorded { states, agent, seed } = map.estimator.clone() else {
        return Err(Error::Data(format!("{}: no recorded visits", path.display())));
    };
    let mut mapped = Mapped::new(map, seed);
    mapped.say("agent", agent);
    mapped.say("recorded_states", states);
    Ok(mapped)
}

/// # Errors
/// As [`play`] and [`maps::bonus`].
pub fn bonus(args: &Args, global: &Global, stop: &AtomicBool) -> Result<Mapped> {
    let play = play(args, global)?;
    let value_of = match args.value_of {
        None | Some(ValueOfName::State) => ValueOf::State,
        Some(ValueOfName::Step) => ValueOf::Step,
    };
    let map = maps::bonus(&play, value_of, &MapWatch::new(global), stop)?;
    let mut mapped = Mapped::new(map, play.seed());
    mapped.digits = 3;
    mapped.say("bonus", play.bonus().names().join(","));
    mapped.say("value_of", value_of.name());
    mapped.say("agent", play.agent());
    mapped.say("num_envs", play.num_envs());
    mapped.say("steps", play.all_steps());
    Ok(mapped)
}

/// Creates the play from which a map is made. Options are written as for `run --set`.
///
/// # Errors
/// [`Error::Usage`] for anything that does not exist or is invalid in this world.
fn play(args: &Args, global: &Global) -> Result<Play> {
    let sections = config::sections(None, &args.set)?;
    if sections.contains_key("run") {
        return Err(Error::Usage("--set run.KEY: map has only the sections agent and bonus".to_string()));
    }
    let world = load(args.env.as_deref().unwrap_or("crafter"), &Options::default())?;
    let (agent, agent_options) = config::agent(sections.clone(), args.agent.as_deref())?;
    let fallback = if args.measure == MeasureName::Bonus { "count" } else { "" };
    let usual = Some(agents::find(&agent)?.bonus).filter(|name| !name.is_empty()).unwrap_or(fallback);
    let bonus = Some(config::bonus(sections, args.bonus.as_deref(), usual)?);
    let num_envs = args.num_envs.map_or(Ok(NUM_ENVS), usize::try_from);
    let num_envs = num_envs.map_err(|_| Error::Usage("--num-envs: too large".to_string()))?;
    let steps = args.steps.unwrap_or(STEPS);
    Play::new(world, PlayOptions { seed: global.seed, num_envs, steps, agent, agent_options, bonus })
}

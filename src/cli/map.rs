//! `map`: a measure on every cell of a map.

use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use super::backend::Backend;
use super::global::Global;
use super::map_args::{Args, MeasureName, ModeName};
use super::map_output::{Mapped, Target};
use super::stop::Stop;
use super::{map_empowerment, map_play, output};
use crate::error::{Error, Result};
use crate::runs::RunPhase;

pub fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    check(args, global)?;
    let target = args.output.as_deref().map(|path| Target::new(path, args.force)).transpose()?;
    let stop = Stop::listen(global.quiet > 0)?;
    stop.set_doing(RunPhase::Steps);
    stop.set_advice("a map is not kept in parts: nothing was written".to_string());
    let mapped = match mapped(args, global, stop.asked()) {
        Err(Error::Interrupted) => {
            if global.quiet == 0 {
                output::note(&stop.farewell());
            }
            return Ok(ExitCode::from(Error::Interrupted.exit_code()));
        }
        mapped => mapped?,
    };
    if let Some(target) = &target {
        target.write(&mapped)?;
    }
    let text = match (global.json, &target) {
        (true, _) => serde_json::to_string_pretty(&mapped.json())? + "\n",
        (false, Some(target)) => format!("{}\n{}\n", mapped.summary(), target.path().display()),
        (false, None) => mapped.text(),
    };
    output::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn mapped(args: &Args, global: &Global, stop: &AtomicBool) -> Result<Mapped> {
    match (args.measure, &args.from) {
        (MeasureName::Empowerment, _) => map_empowerment::measured(args, global, stop),
        (MeasureName::Visits, Some(path)) => map_play::recorded_visits(path, stop),
        (MeasureName::Visits, None) => map_play::visits(args, global, stop),
        (MeasureName::Bonus, _) => map_play::bonus(args, global, stop),
    }
}

/// Refuses arguments that would have no effect.
fn check(args: &Args, global: &Global) -> Result<()> {
    let wrong = |given: &[(&str, bool)], place: &str| match given.iter().find(|(_, given)| *given) {
        Some((name, _)) => Err(Error::Usage(format!("{name} means nothing for {place}"))),
        None => Ok(()),
    };
    let (samples, rollouts) = (("--noise-samples", args.noise_samples.is_some()), ("--rollouts", args.rollouts.is_some()));
    let sequences = ("--sequences", args.sequences.is_some());
    let of_play = [
        ("--steps", args.steps.is_some()),
        ("--num-envs", args.num_envs.is_some()),
        ("--agent", args.agent.is_some()),
        ("--bonus", args.bonus.is_some()),
        ("--set", !args.set.is_empty()),
    ];
    let (from, value_of) = (("--from", args.from.is_some()), ("--value-of", args.value_of.is_some()));
    let of_empowerment = [
        ("--horizon", args.horizon.is_some()),
        ("--key", args.key.is_some()),
        ("--mode", args.mode.is_some()),
        samples,
        rollouts,
        sequences,
        ("--noise", args.noise.is_some()),
        ("--scenario", args.scenario.is_some()),
    ];
    if global.backend == Backend::Gpu || global.adapter.is_some() {
        return Err(Error::Usage("map forks worlds on the CPU; leave out --backend gpu and --adapter".to_string()));
    }
    match (args.measure, args.mode.unwrap_or(ModeName::Exact)) {
        (MeasureName::Visits, _) if args.from.is_some() => {
            wrong(&of_empowerment, "--measure visits")?;
            wrong(&of_play, "--from")?;
            wrong(&[value_of], "--measure visits")?;
            wrong(&[("ENV", args.env.is_some()), ("--seed", global.seed != 0)], "--from: the trace says which world it was")
        }
        (MeasureName::Visits, _) => {
            wrong(&of_empowerment, "--measure visits").and_then(|()| wrong(&[value_of], "--measure visits"))
        }
        (MeasureName::Bonus, _) => wrong(&of_empowerment, "--measure bonus").and_then(|()| wrong(&[from], "--measure bonus")),
        (MeasureName::Empowerment, mode) => {
            wrong(&of_play, "--measure empowerment")?;
            wrong(&[from, value_of], "--measure empowerment")?;
            match mode {
                ModeName::Exact => wrong(&[samples, rollouts, sequences], "--mode exact"),
                ModeName::Frozen => wrong(&[rollouts, sequences], "--mode frozen"),
                ModeName::Sampled => wrong(&[samples], "--mode sampled"),
            }
        }
    }
}

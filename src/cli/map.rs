//! `map`: a measure on every cell of a map.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::ValueEnum;
use indicatif::ProgressBar;

use super::backend::Backend;
use super::mapped::{Mapped, Target};
use super::trace::read_scenario;
use super::{Global, number, visits};
use crate::bonus::empowerment::{self, DREAMS, Detail, Empowerment, Measured, Mode, ROLLOUTS, Rollouts};
use crate::envs::catalog::Options;
use crate::envs::load;
use crate::envs::shared::key::Key;
use crate::error::{Error, Result};
use crate::sim::dream::Dream;
use crate::sim::{Batch, Config};

/// Actions of a sequence if nothing else is said.
const HORIZON: u32 = 3;
/// Steps and instances of the random play whose visits are counted, if nothing else is said.
const STEPS: u64 = 100_000;
const NUM_ENVS: u64 = 64;

const EXAMPLES: &str =
    "Empowerment is in bits: the capacity of the channel from sequences of actions to what is seen of where they end.
The player is put on every free cell, facing as the world starts, all else as after the first reset.

Examples:
  explorarium map gridlab/klyubin-maze --horizon 5 -o maze.png
  explorarium map crafter --horizon 3 --mode frozen --dreams 2 -o crafter.png
  explorarium map gridlab/keys --mode sampled --rollouts 64 --horizon 2 --json
  explorarium map --measure visits --from runs/<folder> -o visits.png";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Environment: an id (see `envs ls`) or the path of a TOML file [default: crafter; with --from, the recorded one]
    env: Option<String>,
    #[arg(long, value_enum, default_value_t = MeasureName::Empowerment)]
    measure: MeasureName,
    /// Empowerment: actions of a sequence [default: 3]
    #[arg(long, value_name = "N", value_parser = number::small)]
    horizon: Option<u32>,
    /// Empowerment: what is seen of an end, parts joined by `+` [default: position, and in Crafter and MiniGrid facing and inventory, in
    /// Crafter also what is faced]
    #[arg(long, value_name = "KEY")]
    key: Option<Key>,
    /// Empowerment: how chance is dealt with [default: exact]
    #[arg(long, value_enum)]
    mode: Option<ModeName>,
    /// Mode frozen: noises over which the mean is taken [default: 8]
    #[arg(long, value_name = "K", value_parser = number::small)]
    dreams: Option<u32>,
    /// Mode sampled: forks for each sequence [default: 16]
    #[arg(long, value_name = "R", value_parser = number::small)]
    rollouts: Option<u32>,
    /// Mode sampled: so many random sequences in place of all, for a lower bound
    #[arg(long, value_name = "K", value_parser = number::small)]
    sequences: Option<u32>,
    /// Empowerment: JSON file with a state set by hand after the first reset (Crafter)
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,
    /// Visits: a run folder or a trace whose recorded positions are counted [default: random play in the world of --seed]
    #[arg(long, value_name = "RUN|TRACE")]
    from: Option<PathBuf>,
    /// Visits: steps of random play, all instances together [default: 100k]
    #[arg(long, value_parser = number::positive)]
    steps: Option<u64>,
    /// Visits: instances that play [default: 64]
    #[arg(long, value_parser = number::positive)]
    num_envs: Option<u64>,
    /// A picture (.png, .svg) or a table with the columns y, x, value, row 0 on top (.csv) [default: the map as text]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace the file if it is there
    #[arg(long)]
    force: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum MeasureName {
    /// What the player could bring about in so many steps
    Empowerment,
    /// How often somebody stood there
    Visits,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ModeName {
    /// log2 of the distinct ends; for worlds without chance
    Exact,
    /// The mean of that over noises that all forks of a root share; never below the true value
    Frozen,
    /// Independent noise: the capacity of the counted channel, with both bounds and its bias
    Sampled,
}

pub fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    check(args, global)?;
    let target = args.output.as_deref().map(|path| Target::new(path, args.force)).transpose()?;
    let mapped = match args.measure {
        MeasureName::Empowerment => empowerment_map(args, global)?,
        MeasureName::Visits => visits_map(args, global)?,
    };
    if let Some(target) = &target {
        target.write(&mapped)?;
    }
    let text = match (global.json, &target) {
        (true, _) => serde_json::to_string_pretty(&mapped.json())? + "\n",
        (false, Some(target)) => format!("{}\n{}\n", mapped.summary(), target.path().display()),
        (false, None) => mapped.text(),
    };
    std::io::stdout().lock().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Arguments that would have no effect are mistakes.
fn check(args: &Args, global: &Global) -> Result<()> {
    let wrong = |given: &[(&str, bool)], place: &str| match given.iter().find(|(_, given)| *given) {
        Some((name, _)) => Err(Error::Usage(format!("{name} means nothing for {place}"))),
        None => Ok(()),
    };
    let (dreams, rollouts) = (("--dreams", args.dreams.is_some()), ("--rollouts", args.rollouts.is_some()));
    let sequences = ("--sequences", args.sequences.is_some());
    let of_visits = [("--from", args.from.is_some()), ("--steps", args.steps.is_some()), ("--num-envs", args.num_envs.is_some())];
    let of_empowerment = [
        ("--horizon", args.horizon.is_some()),
        ("--key", args.key.is_some()),
        ("--mode", args.mode.is_some()),
        dreams,
        rollouts,
        sequences,
        ("--scenario", args.scenario.is_some()),
    ];
    if global.backend == Backend::Gpu || global.adapter.is_some() {
        return Err(Error::Usage("map forks worlds on the CPU; leave out --backend gpu and --adapter".to_string()));
    }
    match (args.measure, args.mode.unwrap_or(ModeName::Exact)) {
        (MeasureName::Visits, _) if args.from.is_some() => {
            wrong(&of_empowerment, "--measure visits")?;
            wrong(&of_visits[1..], "--from")?;
            wrong(&[("ENV", args.env.is_some()), ("--seed", global.seed != 0)], "--from: the trace says which world it was")
        }
        (MeasureName::Visits, _) => wrong(&of_empowerment, "--measure visits"),
        (_, mode) => {
            wrong(&of_visits, "--measure empowerment")?;
            match mode {
                ModeName::Exact => wrong(&[dreams, rollouts, sequences], "--mode exact"),
                ModeName::Frozen => wrong(&[rollouts, sequences], "--mode frozen"),
                ModeName::Sampled => wrong(&[dreams], "--mode sampled"),
            }
        }
    }
}

fn empowerment_map(args: &Args, global: &Global) -> Result<Mapped> {
    let world = load(args.env.as_deref().unwrap_or("crafter"), &Options::default())?;
    let mode = match args.mode.unwrap_or(ModeName::Exact) {
        ModeName::Exact => Mode::Exact,
        ModeName::Frozen => Mode::Frozen { dreams: args.dreams.unwrap_or(DREAMS) },
        ModeName::Sampled => Mode::Sampled(Rollouts { each: args.rollouts.unwrap_or(ROLLOUTS), sequences: args.sequences }),
    };
    let key = args.key.unwrap_or_else(|| empowerment::default_key(&*world));
    let measure = Empowerment::new(&*world, args.horizon.unwrap_or(HORIZON), mode, key)?;
    let dream = Dream::of(&*world)?;
    let mut batch = Batch::new(world.clone(), Config { num_envs: 1, seed: global.seed, ..Config::default() })?;
    if let Some(path) = &args.scenario {
        let scenario = read_scenario(path).map_err(|e| e.downcast::<Error>().unwrap_or_else(|e| Error::Usage(e.to_string())))?;
        batch.set_scenario(0, &scenario)?;
    }
    let (width, height) = world.spec().size;
    // Seen on a terminal only.
    let bar = if global.quiet == 0 { ProgressBar::new(u64::from(width * height)) } else { ProgressBar::hidden() };
    let begun = Instant::now();
    let found = batch.with_block(|world, block| {
        empowerment::on_every_cell(world, &dream, block, 0, |search, block| {
            let measured = match mode {
                Mode::Exact => measure.measure_exactly(search, block, 0),
                _ => measure.measure(search, block, 0).map(|measured| (measured, false)),
            };
            bar.inc(1);
            measured
        })
    });
    bar.finish_and_clear();
    let found = found??;
    let random = found.iter().flatten().filter(|(_, random)| *random).count();
    if random > 0 && global.quiet == 0 {
        let text =
            "chance has a say within the horizon on so many cells, and `exact` shows one dream of it; --mode frozen or sampled";
        // A closed stderr is no reason to stop.
        let _ = writeln!(std::io::stderr(), "warning: {random}: {text}");
    }
    let found: Vec<Option<Measured>> = found.into_iter().map(|cell| cell.map(|(measured, _)| measured)).collect();
    let mut mapped =
        Mapped::new(&*world, "empowerment", global.seed, found.iter().map(|c| c.as_ref().map(Measured::bits)).collect());
    mapped.unit = " bits";
    mapped.say("horizon", measure.horizon);
    mapped.say("key", key.to_string());
    mapped.say(
        "mode",
        args.mode.unwrap_or(ModeName::Exact).to_possible_value().map_or(String::new(), |v| v.get_name().to_string()),
    );
    tell_mode(&mut mapped, mode, random, &found);
    mapped.took(found.iter().flatten().map(|m| m.forked_steps).sum(), begun.elapsed().as_secs_f64());
    Ok(mapped)
}

/// What the figures of a mode have to be read with.
fn tell_mode(mapped: &mut Mapped, mode: Mode, random: usize, found: &[Option<Measured>]) {
    match mode {
        Mode::Exact => mapped.say("random_cells", random),
        Mode::Frozen { dreams } => mapped.say("dreams", dreams),
        Mode::Sampled(rollouts) => {
            mapped.say("rollouts", rollouts.each);
            let channel = |cell: &Option<Measured>| match cell.as_ref().map(|m| &m.detail) {
                Some(Detail::Channel(sampled)) => Some(sampled.clone()),
                _ => None,
            };
            let channels: Vec<_> = found.iter().map(channel).collect();
            if let Some(first) = channels.iter().flatten().next() {
                mapped.say("sequences", first.inputs);
                mapped.say("all_sequences", first.all);
            }
            mapped.figure("upper", channels.iter().map(|c| c.as_ref().map(|s| s.upper)));
            mapped.figure("even", channels.iter().map(|c| c.as_ref().map(|s| s.even)));
            mapped.figure("corrected", channels.iter().map(|c| c.as_ref().map(|s| s.corrected)));
            mapped.figure("bias", channels.iter().map(|c| c.as_ref().map(|s| s.bias)));
        }
    }
}

fn visits_map(args: &Args, global: &Global) -> Result<Mapped> {
    let num_envs = args.num_envs.unwrap_or(NUM_ENVS);
    match &args.from {
        Some(path) => visits::recorded(path),
        None => {
            visits::of_random_play(args.env.as_deref().unwrap_or("crafter"), global.seed, num_envs, args.steps.unwrap_or(STEPS))
        }
    }
}

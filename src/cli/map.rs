//! `map`: a measure on every cell of a map.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use clap::ValueEnum;
use clap::builder::{PossibleValue, PossibleValuesParser};

use super::backend::Backend;
use super::mapped::{Mapped, Target};
use super::play::Play;
use super::watch::Watch;
use super::{Global, forked, number, paid, run as running, visits};
use crate::agents;
use crate::envs::shared::key::Key;
use crate::error::{Error, Result};

/// Steps and instances of play before anything is shown of it, if nothing else is said.
const STEPS: u64 = 100_000;
const NUM_ENVS: u64 = 64;

const EXAMPLES: &str =
    "Empowerment is in bits: the capacity of the channel from sequences of actions to what is seen of where they end.
Mode exact is that only where chance has no say: other cells are flagged (? in text, crosses in pictures, `certain` in JSON and tables), and
their value is the capacity or more. In Crafter these are all: take frozen or sampled there.
Bonuses are what an arrival on the cell would be paid after so many steps of play, by tables and by the memory of instance 0.
The player is put on every free cell that it may ever come to, facing as the world starts, all else as after the first reset.

Examples:
  explorarium map gridlab/klyubin-maze --horizon 5 -o maze.png
  explorarium map crafter --horizon 3 --mode frozen --dreams 2 -o crafter.png
  explorarium map gridlab/keys --mode sampled --rollouts 64 --horizon 2 --json
  explorarium map gridlab/four-rooms --measure bonus --bonus count:position --steps 20k -o bonus.png
  explorarium map gridlab/noisy-tv --measure bonus --bonus information-gain:position --paid step --agent novelty --steps 5k
  explorarium map --measure visits --from runs/<folder> -o visits.png";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Environment: an id (see `envs ls`) or the path of a TOML file [default: crafter; with --from, the recorded one]
    pub(super) env: Option<String>,
    #[arg(long, value_enum, default_value_t = MeasureName::Empowerment)]
    measure: MeasureName,
    /// Empowerment: actions of a sequence [default: 3]
    #[arg(long, value_name = "N", value_parser = number::small)]
    pub(super) horizon: Option<u32>,
    /// Empowerment: what is seen of an end, parts joined by `+` [default: position, and in Crafter and MiniGrid facing and inventory, in
    /// Crafter also what is faced]
    #[arg(long, value_name = "KEY")]
    pub(super) key: Option<Key>,
    /// Empowerment: how chance is dealt with [default: exact]
    #[arg(long, value_enum)]
    pub(super) mode: Option<ModeName>,
    /// Mode frozen: noises over which the mean is taken [default: 8]
    #[arg(long, value_name = "K", value_parser = number::small)]
    pub(super) dreams: Option<u32>,
    /// Mode sampled: forks for each sequence [default: 16]
    #[arg(long, value_name = "R", value_parser = number::small)]
    pub(super) rollouts: Option<u32>,
    /// Mode sampled: so many random sequences in place of all, for a lower bound
    #[arg(long, value_name = "K", value_parser = number::small)]
    pub(super) sequences: Option<u32>,
    /// Empowerment: whose noise the forks of a cell have [default: own]
    #[arg(long, value_enum)]
    pub(super) noise: Option<NoiseName>,
    /// Empowerment: JSON file with a state set by hand after the first reset (Crafter)
    #[arg(long, value_name = "FILE")]
    pub(super) scenario: Option<PathBuf>,
    /// Visits: a run folder or a trace whose recorded positions are counted [default: play in the world of --seed]
    #[arg(long, value_name = "RUN|TRACE")]
    from: Option<PathBuf>,
    /// Visits, bonus: steps of play, all instances together [default: 100k]
    #[arg(long, value_parser = number::positive)]
    steps: Option<u64>,
    /// Visits, bonus: instances that play [default: 64]
    #[arg(long, value_parser = number::positive)]
    num_envs: Option<u64>,
    /// Visits, bonus: who plays [default: random]
    #[arg(long, value_parser = PossibleValuesParser::new(agents::AGENTS.iter().map(|kind| PossibleValue::new(kind.name).help(kind.about))))]
    agent: Option<String>,
    /// Bonus: what is paid, as in `run` [default: what the agent goes by, else count]; visits: what the agent goes by
    #[arg(long, value_name = "A,B")]
    bonus: Option<String>,
    /// Visits, bonus: an option of the agent or of a bonus, like bonus.count.scope=instance; as often as you like
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Bonus: what is paid for [default: place]
    #[arg(long, value_enum)]
    paid: Option<paid::For>,
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
    /// What bonuses would pay
    Bonus,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ModeName {
    /// log2 of the distinct ends; where chance has a say, cells are flagged
    Exact,
    /// The mean of that over noises that all forks of a root share; never below the true value
    Frozen,
    /// Independent noise: the capacity of the counted channel, with both bounds, its bias and a standard error
    Sampled,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum NoiseName {
    /// Each cell its own: errors are independent
    Own,
    /// All cells the same: cells that are alike err alike
    Shared,
}

pub fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    check(args, global)?;
    let target = args.output.as_deref().map(|path| Target::new(path, args.force)).transpose()?;
    let stop = Arc::new(AtomicBool::new(false));
    running::listen(stop.clone())?;
    let mapped = match mapped(args, global, &stop) {
        Err(Error::Interrupted) => {
            if global.quiet == 0 {
                let _ = writeln!(std::io::stderr(), "stopped; a map is not kept in parts: nothing was written");
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
    std::io::stdout().lock().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn mapped(args: &Args, global: &Global, stop: &Arc<AtomicBool>) -> Result<Mapped> {
    let played = |play: &Play| Watch::new(global, stop, play.all_steps(), "steps");
    match (args.measure, &args.from) {
        (MeasureName::Empowerment, _) => forked::measured(args, global, stop),
        (MeasureName::Visits, Some(path)) => visits::recorded(path),
        (MeasureName::Visits, None) => {
            let play = play(args, global)?;
            visits::of_play(&play, &played(&play))
        }
        (MeasureName::Bonus, _) => {
            let play = play(args, global)?;
            paid::of_play(&play, args.paid.unwrap_or(paid::For::Place), &played(&play))
        }
    }
}

/// Arguments that would have no effect are mistakes.
fn check(args: &Args, global: &Global) -> Result<()> {
    let wrong = |given: &[(&str, bool)], place: &str| match given.iter().find(|(_, given)| *given) {
        Some((name, _)) => Err(Error::Usage(format!("{name} means nothing for {place}"))),
        None => Ok(()),
    };
    let (dreams, rollouts) = (("--dreams", args.dreams.is_some()), ("--rollouts", args.rollouts.is_some()));
    let sequences = ("--sequences", args.sequences.is_some());
    let of_play = [
        ("--steps", args.steps.is_some()),
        ("--num-envs", args.num_envs.is_some()),
        ("--agent", args.agent.is_some()),
        ("--bonus", args.bonus.is_some()),
        ("--set", !args.set.is_empty()),
    ];
    let (from, paid) = (("--from", args.from.is_some()), ("--paid", args.paid.is_some()));
    let of_empowerment = [
        ("--horizon", args.horizon.is_some()),
        ("--key", args.key.is_some()),
        ("--mode", args.mode.is_some()),
        dreams,
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
            wrong(&[paid], "--measure visits")?;
            wrong(&[("ENV", args.env.is_some()), ("--seed", global.seed != 0)], "--from: the trace says which world it was")
        }
        (MeasureName::Visits, _) => wrong(&of_empowerment, "--measure visits").and_then(|()| wrong(&[paid], "--measure visits")),
        (MeasureName::Bonus, _) => wrong(&of_empowerment, "--measure bonus").and_then(|()| wrong(&[from], "--measure bonus")),
        (MeasureName::Empowerment, mode) => {
            wrong(&of_play, "--measure empowerment")?;
            wrong(&[from, paid], "--measure empowerment")?;
            match mode {
                ModeName::Exact => wrong(&[dreams, rollouts, sequences], "--mode exact"),
                ModeName::Frozen => wrong(&[rollouts, sequences], "--mode frozen"),
                ModeName::Sampled => wrong(&[dreams], "--mode sampled"),
            }
        }
    }
}

/// Who plays before anything is shown.
fn play(args: &Args, global: &Global) -> Result<Play> {
    let bonus = (args.measure == MeasureName::Bonus).then_some("count");
    Play::new(
        args.env.as_deref().unwrap_or("crafter"),
        global.seed,
        (args.num_envs.unwrap_or(NUM_ENVS), args.steps.unwrap_or(STEPS)),
        &args.set,
        (args.agent.as_deref(), args.bonus.as_deref(), bonus),
    )
}

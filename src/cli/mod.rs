//! The command line: one file a subcommand, from arguments as typed to a validated plan to a library call.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use self::global::Global;
use crate::error::Error;

mod backend;
mod bench;
pub mod config;
mod doctor;
mod drivers;
mod ended;
mod envs;
mod figures;
mod global;
mod map;
mod map_args;
mod map_empowerment;
mod map_output;
mod map_play;
mod measure;
mod measured;
pub mod number;
mod options;
mod output;
mod progress;
mod run;
mod run_args;
mod stop;
mod sweep;
mod trace;
mod verify;
mod watch;

/// Steps thousands of small exploration worlds at once, bit for bit as the reference packages, and records what agents do in them.
#[derive(Parser)]
#[command(name = "explorarium", version, about, long_about = None, max_term_width = 110, after_help = EXAMPLES)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "Examples:
  explorarium run                                Crafter with random actions, for about a minute
  explorarium run MiniGrid-DoorKey-8x8-v0 --steps 10M --json
  explorarium run --agent go-explore --set agent.explore_steps=40
  explorarium envs ls                            all environments
  explorarium trace crafter --seed 7 --steps 100 one JSON line a step, as the reference package would print them
  explorarium bench MiniGrid-Empty-8x8-v0        steps per second on this machine
  explorarium measure one=runs/a two=runs/b -o figures   compares two runs: entropy, coverage, achievements and more
  explorarium run --backend gpu --worlds pool:4096 --num-envs 65536 --steps 1e9";

#[derive(Subcommand)]
enum Command {
    /// Run an agent in a batch of instances; writes results and a run folder
    Run(Box<run_args::Args>),
    /// Replay recorded traces and check that every step gives the recorded values
    Verify(verify::Args),
    /// Compute measures of recorded play: entropy, information gain, action information, coverage, achievements
    Measure(Box<measure::Args>),
    /// Show a measure on every cell of a map: empowerment, visits, or bonus values
    Map(Box<map_args::Args>),
    /// Play an environment and print its state, one JSON line a step; lines can be compared with those of the reference package
    Trace(trace::Args),
    /// List environments, or show the observation, actions and stored state of one
    Envs(envs::Args),
    /// Measure steps per second
    Bench(bench::Args),
    /// Describe this machine and check that the program works on it: adapters, limits, self-test of both backends
    Doctor,
}

impl Command {
    /// The name of a subcommand that steps nothing on a GPU.
    fn without_gpu(&self) -> Option<&'static str> {
        match self {
            Command::Verify(_) => Some("verify"),
            Command::Measure(_) => Some("measure"),
            Command::Envs(_) => Some("envs"),
            _ => None,
        }
    }
}

/// Runs the program. 0 ok, 1 failed, 2 usage, 3 data invalid or mismatch, 4 no usable adapter, 130 interrupted; a broken pipe is success.
pub fn main() -> ExitCode {
    let cli = match config::command_line(std::env::args_os().collect()) {
        Ok(Ok(cli)) => cli,
        Ok(Err(shown)) => return ExitCode::from(output::usage(&shown)),
        Err(error) => return fail(&error.into()),
    };
    if let Some(threads) = cli.global.threads
        && let Err(e) = rayon::ThreadPoolBuilder::new().num_threads(threads as usize).build_global()
    {
        return fail(&anyhow::Error::new(e).context(format!("cannot start {threads} threads")));
    }
    if let Some(name) = cli.command.without_gpu()
        && let Err(error) = cli.global.check_no_gpu(name)
    {
        return fail(&error.into());
    }
    let done = match cli.command {
        Command::Run(args) => run::run(&args, &cli.global),
        Command::Verify(args) => verify::run(&args, &cli.global),
        Command::Measure(args) => measure::run(&args, &cli.global),
        Command::Map(args) => map::run(&args, &cli.global),
        Command::Trace(args) => trace::run(args, &cli.global),
        Command::Envs(args) => envs::run(args, &cli.global),
        Command::Bench(args) => bench::run(&args, &cli.global),
        Command::Doctor => doctor::run(&cli.global),
    };
    match done {
        Ok(code) => code,
        Err(error) if output::is_gone(&error) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

/// Prints an error with its causes; the exit code follows from the library's error, if one is in the chain.
fn fail(error: &anyhow::Error) -> ExitCode {
    let mut text = format!("error: {error}");
    for cause in error.chain().skip(1) {
        let cause = cause.to_string();
        if !text.contains(&cause) {
            text += &format!("\n  caused by: {cause}");
        }
    }
    output::note(&text);
    let code = error.chain().find_map(|cause| cause.downcast_ref::<Error>().map(Error::exit_code));
    ExitCode::from(code.unwrap_or(1))
}

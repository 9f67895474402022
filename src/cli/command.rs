//! The subcommands and their arguments.

use clap::{Parser, Subcommand};

use super::global::Global;
#[cfg(all(feature = "study", feature = "viewer"))]
use super::play;
#[cfg(feature = "study")]
use super::study;
#[cfg(feature = "viewer")]
use super::view;
use super::{bench, envs, export_args, map_args, measure, run_args, trace, verify};

/// Steps thousands of small exploration worlds at once, bit for bit as the reference packages, and records what agents do in them.
#[derive(Parser)]
#[command(name = "explorarium", version, about, long_about = None, max_term_width = 110, after_help = EXAMPLES)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLES: &str = "Examples:
  explorarium run                                Crafter with random actions, for about a minute
  explorarium run MiniGrid-DoorKey-8x8-v0 --steps 10M --json
  explorarium run --agent go-explore --set agent.explore_steps=40
  explorarium envs ls                            all environments
  explorarium trace crafter --seed 7 --steps 100 one JSON line a step, as the reference package would print them
  explorarium bench MiniGrid-Empty-8x8-v0        steps per second on this machine
  explorarium play                               play Crafter yourself; it is recorded
  explorarium study new my-study                 the plan of a study in which people play
  explorarium measure one=runs/a two=runs/b -o figures   compares two runs: entropy, coverage, achievements and more
  explorarium run --backend gpu --worlds pool:4096 --num-envs 65536 --steps 1e9";

#[derive(Subcommand)]
pub enum Command {
    /// Run an agent in a batch of instances; writes results and a run folder
    Run(Box<run_args::Args>),
    /// Replay recorded traces and check that every step gives the recorded values
    Verify(verify::Args),
    /// Compute measures of recorded play: entropy, information gain, action information, coverage, achievements
    Measure(Box<measure::Args>),
    /// Show a measure on every cell of a map: empowerment, visits, or bonus values
    Map(Box<map_args::Args>),
    /// Open a window on recorded play: map, lanes, figures
    #[cfg(feature = "viewer")]
    View(view::Args),
    /// Make and check plans of studies in which people play; show, erase and export what was recorded
    #[cfg(feature = "study")]
    Study(study::Args),
    /// Play an environment in a window, or take part in a study; all of it is recorded
    #[cfg(all(feature = "study", feature = "viewer"))]
    Play(Box<play::Args>),
    /// Write recorded play as a picture, an animation, a video or a table
    Export(Box<export_args::Args>),
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
    /// Returns the name of a subcommand that does not use a GPU.
    pub fn without_gpu(&self) -> Option<&'static str> {
        match self {
            Command::Verify(_) => Some("verify"),
            Command::Measure(_) => Some("measure"),
            Command::Envs(_) => Some("envs"),
            #[cfg(feature = "study")]
            Command::Study(_) => Some("study"),
            _ => None,
        }
    }
}

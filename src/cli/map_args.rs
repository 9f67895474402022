//! The arguments of `map`.

use std::path::PathBuf;

use clap::ValueEnum;
use clap::builder::{PossibleValue, PossibleValuesParser};

use super::number;
use crate::agents;
use crate::envs::shared::key::Key;

const EXAMPLES: &str =
    "Empowerment is in bits: the capacity of the channel from sequences of actions to the end states.
Mode exact gives the capacity only where no random number changes the result. Other cells are flagged (? in text, crosses in pictures, `certain` in JSON and tables
unless all are certain), and their value is the capacity or more. In Crafter all cells are flagged: use frozen or sampled there.
Bonus values are those that instance 0 would get after --steps steps of play, with its tables and stored points.
The player is put on every free cell that it can ever reach. It faces as at the start of the world, and all else is as after the first reset.

Examples:
  explorarium map gridlab/klyubin-maze --horizon 5 -o maze.png
  explorarium map crafter --horizon 3 --mode frozen --noise-samples 2 -o crafter.png
  explorarium map gridlab/keys --mode sampled --rollouts 64 --horizon 2 --json
  explorarium map gridlab/four-rooms --measure bonus --bonus count:position --steps 20k -o bonus.png
  explorarium map gridlab/noisy-tv --measure bonus --bonus information-gain:position --value-of step --agent novelty --steps 5k
  explorarium map --measure visits --from runs/<folder> -o visits.png";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Environment: an id (see `envs ls`) or the path of a TOML file [default: crafter; with --from, the recorded one]
    pub(super) env: Option<String>,
    /// What to show on the cells
    #[arg(long, value_enum, default_value_t = MeasureName::Empowerment)]
    pub(super) measure: MeasureName,
    /// Empowerment: number of actions in a sequence [default: 3]
    #[arg(long, value_name = "N", value_parser = number::small)]
    pub(super) horizon: Option<u32>,
    /// Empowerment: which end states count as the same, parts joined by `+` [default: position; in Crafter and MiniGrid also facing and inventory,
    /// in Crafter also faced]
    #[arg(long, value_name = "KEY")]
    pub(super) key: Option<Key>,
    /// Empowerment: how random numbers are treated [default: exact]
    #[arg(long, value_enum)]
    pub(super) mode: Option<ModeName>,
    /// Mode frozen: number of noise indices over which the value is averaged [default: 8]
    #[arg(long, alias = "dreams", value_name = "K", value_parser = number::small)]
    pub(super) noise_samples: Option<u32>,
    /// Mode sampled: number of forks for each sequence [default: 16]
    #[arg(long, value_name = "R", value_parser = number::small)]
    pub(super) rollouts: Option<u32>,
    /// Mode sampled: number of random sequences to try instead of all, for a lower bound
    #[arg(long, value_name = "K", value_parser = number::small)]
    pub(super) sequences: Option<u32>,
    /// Empowerment: which noise the forks of a cell have [default: own]
    #[arg(long, value_enum)]
    pub(super) noise: Option<NoiseName>,
    /// Empowerment: JSON file with a state set by hand after the first reset (Crafter)
    #[arg(long, value_name = "FILE")]
    pub(super) scenario: Option<PathBuf>,
    /// Visits: run folder, trace or study file whose recorded positions are counted [default: play in the world of --seed]
    #[arg(long, value_name = "RUN|TRACE")]
    pub(super) from: Option<PathBuf>,
    /// Visits, bonus: steps of play of all instances together [default: 100k]
    #[arg(long, value_parser = number::positive)]
    pub(super) steps: Option<u64>,
    /// Visits, bonus: number of instances that play [default: 64]
    #[arg(long, value_parser = number::positive)]
    pub(super) num_envs: Option<u64>,
    /// Visits, bonus: agent that plays [default: random]
    #[arg(long, value_parser = PossibleValuesParser::new(agents::AGENTS.iter().map(|kind| PossibleValue::new(kind.name).help(kind.about))))]
    pub(super) agent: Option<String>,
    /// Bonus: the bonuses to show, as in `run` [default: those that the agent uses, else count]. Visits: the bonuses that the agent uses
    #[arg(long, value_name = "A,B")]
    pub(super) bonus: Option<String>,
    /// Visits, bonus: an option of the agent or of a bonus, like bonus.count.scope=instance; may be given several times
    #[arg(long, value_name = "KEY=VALUE")]
    pub(super) set: Vec<String>,
    /// Bonus: whether the value is of a state or of a step [default: state]
    #[arg(long, value_enum, alias = "paid")]
    pub(super) value_of: Option<ValueOfName>,
    /// Output file: a picture (.png, .svg), or a table with the columns y, x, value, row 0 on top (.csv) [default: the map as text]
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Replace the file if it exists
    #[arg(long)]
    pub(super) force: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum MeasureName {
    /// How many different end states the player can bring about in --horizon steps, in bits
    Empowerment,
    /// How often an instance was on the cell
    Visits,
    /// The value that bonuses would give there
    Bonus,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ModeName {
    /// log2 of the number of distinct end states; cells where random numbers matter are flagged
    Exact,
    /// The mean of that over noise indices, each shared by all forks of a cell; never below the true value
    Frozen,
    /// Independent noise for each fork: the capacity of the counted channel, with both bounds, its bias and a standard error
    Sampled,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum NoiseName {
    /// Each cell has separate noise: errors are independent
    #[value(name = "own")]
    PerCell,
    /// All cells have the same noise: similar cells have similar errors
    Shared,
}

/// Whether the bonus value is of a state or of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ValueOfName {
    /// The value of being on the cell
    #[value(alias = "place")]
    State,
    /// The value of a step from the cell, tried on a fork: the mean over all actions; JSON has the largest value too
    Step,
}

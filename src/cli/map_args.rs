//! The arguments of `map`.

use std::path::PathBuf;

use clap::ValueEnum;
use clap::builder::{PossibleValue, PossibleValuesParser};

use super::{number, paid};
use crate::agents;
use crate::envs::shared::key::Key;

const EXAMPLES: &str =
    "Empowerment is in bits: the capacity of the channel from sequences of actions to what is seen of where they end.
Mode exact is that only where chance has no say: other cells are flagged (? in text, crosses in pictures, `certain` in JSON and tables unless all are), and
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
    pub(super) measure: MeasureName,
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
    pub(super) from: Option<PathBuf>,
    /// Visits, bonus: steps of play, all instances together [default: 100k]
    #[arg(long, value_parser = number::positive)]
    pub(super) steps: Option<u64>,
    /// Visits, bonus: instances that play [default: 64]
    #[arg(long, value_parser = number::positive)]
    pub(super) num_envs: Option<u64>,
    /// Visits, bonus: who plays [default: random]
    #[arg(long, value_parser = PossibleValuesParser::new(agents::AGENTS.iter().map(|kind| PossibleValue::new(kind.name).help(kind.about))))]
    pub(super) agent: Option<String>,
    /// Bonus: what is paid, as in `run` [default: what the agent goes by, else count]; visits: what the agent goes by
    #[arg(long, value_name = "A,B")]
    pub(super) bonus: Option<String>,
    /// Visits, bonus: an option of the agent or of a bonus, like bonus.count.scope=instance; as often as you like
    #[arg(long, value_name = "KEY=VALUE")]
    pub(super) set: Vec<String>,
    /// Bonus: what is paid for [default: place]
    #[arg(long, value_enum)]
    pub(super) paid: Option<paid::For>,
    /// A picture (.png, .svg) or a table with the columns y, x, value, row 0 on top (.csv) [default: the map as text]
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Replace the file if it is there
    #[arg(long)]
    pub(super) force: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum MeasureName {
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

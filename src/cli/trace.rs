//! `trace`: prints the lines of the reference judges.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::ValueEnum;

use super::global::Global;
use super::number;
use super::options::WorldArgs;
use super::output::Results;
use crate::envs::Core;
use crate::error::Error;
use crate::files::{MAX_TEXT, read_text};
use crate::shaders::shared::chance::Chance;
use crate::shaders::shared::mt19937::{self, Mt19937};
use crate::sim::{Batch, Config, ResetMode};

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    world: WorldArgs,
    /// File with the actions, one id a line, instead of a policy; the trace ends where the file ends
    #[arg(long, value_name = "FILE", conflicts_with = "policy")]
    actions: Option<PathBuf>,
    /// Policy that chooses the actions; random: numpy RandomState(POLICY_SEED).randint(0, number of actions)
    #[arg(long, value_enum, default_value_t = Policy::Random)]
    policy: Policy,
    /// Seed of the policy, below 2^32
    #[arg(long, default_value = "0", value_parser = number::whole)]
    policy_seed: u64,
    /// Maximum number of steps of an episode
    #[arg(long, default_value = "500", value_parser = number::whole)]
    steps: u64,
    /// Number of episodes
    #[arg(long, default_value = "1", value_parser = number::positive)]
    episodes: u64,
    /// JSON file with a state set by hand after the first reset (Crafter)
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Policy {
    Random,
}

/// The source of actions.
enum Actions {
    Listed(std::vec::IntoIter<u32>),
    Random(Box<[u32; mt19937::WORDS]>, u32),
}

impl Actions {
    fn next(&mut self) -> Option<u32> {
        match self {
            Actions::Listed(actions) => actions.next(),
            Actions::Random(state, n) => Some(Mt19937::new(&mut state[..]).randint(*n)),
        }
    }
}

/// Largest size of a list of actions, in bytes.
const MAX_ACTIONS: u64 = 1 << 30;

pub fn run(mut args: Args, global: &Global) -> anyhow::Result<ExitCode> {
    // Drawing takes its noise from the random stream, as in the package.
    args.world.picture_noise |= args.world.pixels;
    let world = args.world.load()?;
    let mut actions = actions(&args, world.spec().num_actions())?;
    let scenario = args.scenario.as_deref().map(read_scenario).transpose()?;
    let config =
        Config { num_envs: 1, seed: global.seed, reset: ResetMode::NextStep, gpu: global.gpu_if_asked()?, ..Config::default() };
    let mut batch = Batch::new(world, config)?;
    let pixels = args.world.pixels;
    let resets_without_actions = batch.world().resets_without_actions();
    let mut out = Results::open();
    for episode in 0..args.episodes {
        if episode > 0 {
            batch.begin_episode(0)?;
        } else if let Some(scenario) = &scenario {
            batch.set_scenario(0, scenario)?;
        }
        writeln!(out, "{}", batch.with_block(|world, block| world.judge_record(0, block, None, pixels))?)?;
        for _ in 0..args.steps {
            let Some(action) = actions.next() else { if resets_without_actions { break } else { return finish(out) } };
            batch.step(&[action])?;
            writeln!(out, "{}", batch.with_block(|world, block| world.judge_record(0, block, Some(action), pixels))?)?;
            if batch.outcome(0)?.1 & Core::DONE != 0 {
                break;
            }
        }
    }
    finish(out)
}

fn finish(out: Results) -> anyhow::Result<ExitCode> {
    out.finish()?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn read_scenario(path: &Path) -> anyhow::Result<serde_json::Value> {
    Ok(scenario(path)?.1)
}

/// Reads a scenario. Returns its text and its JSON.
pub(super) fn scenario(path: &Path) -> anyhow::Result<(String, serde_json::Value)> {
    let text = read_text(path, MAX_TEXT).context("cannot read the scenario")?;
    let parsed = serde_json::from_str(&text).map_err(|e| Error::Usage(format!("{}: not JSON: {e}", path.display())))?;
    Ok((text, parsed))
}

fn actions(args: &Args, num_actions: u32) -> anyhow::Result<Actions> {
    let Some(path) = &args.actions else {
        let Policy::Random = args.policy;
        let seed = u32::try_from(args.policy_seed)
            .map_err(|_| Error::Usage("--policy-seed: numpy takes seeds below 2^32".to_string()))?;
        let mut state = [0; mt19937::WORDS];
        mt19937::seed(&mut state, seed);
        return Ok(Actions::Random(Box::new(state), num_actions));
    };
    let text = read_text(path, MAX_ACTIONS).context("cannot read the actions")?;
    let mut listed = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let action = line.trim().parse::<u32>().ok().filter(|a| *a < num_actions);
        let wrong = || {
            Error::Usage(format!("{}:{}: '{line}' is not an action id from 0 to {}", path.display(), number + 1, num_actions - 1))
        };
        listed.push(action.ok_or_else(wrong)?);
    }
    Ok(Actions::Listed(listed.into_iter()))
}

//! The arguments of `run`, and the plan that they make.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::builder::{PossibleValue, PossibleValuesParser};

use super::bench::worlds;
use super::config;
use super::global::Global;
use super::number;
use super::options::{Stream, WorldArgs};
use super::ranges::{Record, Seeds, record, seeds};
use super::trace::scenario;
use crate::agents::{self, replay};
use crate::bonus::BonusConfig;
use crate::error::Error;
use crate::gpu::Gpu;
use crate::runs::{self, CHECKPOINT_SECONDS, FolderClaim, Plan, Prepared};
use crate::sim::{ResetMode, Worlds};

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    pub(super) world: WorldArgs,
    /// Agent that chooses the actions [default: random]
    #[arg(long, value_parser = PossibleValuesParser::new(agents::AGENTS.iter().map(|kind| PossibleValue::new(kind.name).help(kind.about))))]
    pub(super) agent: Option<String>,
    /// Exploration bonuses, like count,entropy:view: NAME or NAME:KEY, where KEY says which states count as the same; `none` for no bonus
    /// [default: the bonuses that the agent uses]
    #[arg(long, value_name = "A,B")]
    pub(super) bonus: Option<String>,
    /// Trace file or run folder whose actions `--agent replay` repeats
    #[arg(long, value_name = "TRACE")]
    pub(super) from: Option<PathBuf>,
    /// TOML file with sections [run], [agent], [bonus.NAME]; the command line takes precedence over it
    #[arg(long, value_name = "FILE", conflicts_with = "resume")]
    pub(super) config: Option<PathBuf>,
    /// An option of the agent or of a bonus, like agent.explore_steps=40; may be given several times
    #[arg(long, value_name = "KEY=VALUE", conflicts_with = "resume")]
    pub(super) set: Vec<String>,
    /// Seed of the agent; agents with different seeds act differently in the same worlds
    #[arg(long, default_value = "0", value_parser = number::stored)]
    pub(super) agent_seed: u64,
    /// Makes a run for each of these seeds, one after the other, and statistics over them, like 0..9 (both ends included) or 1,2,5. Seed S adds S
    /// to --agent-seed, and S times the number of instances (or of the pool's levels, if they are more) to --seed
    #[arg(long, value_name = "A..B", conflicts_with = "resume", value_parser = seeds)]
    pub(super) seeds: Option<Seeds>,
    /// Number of instances in the batch
    #[arg(long, default_value = "256", value_parser = number::positive)]
    pub(super) num_envs: u64,
    /// Steps of all instances together, rounded up to whole batch steps [default: depends on the agent, for a run of about a minute]
    #[arg(long, value_parser = number::steps)]
    pub(super) steps: Option<u64>,
    /// `fresh`: a new world each episode, in the order of the reference package; `pool:N`: episodes choose from N worlds that are generated once
    #[arg(long, default_value = "fresh", value_parser = worlds)]
    pub(super) worlds: Worlds,
    /// When an ended episode is reset: same-step, next-step or off [default: same-step, or what the agent needs]
    #[arg(long)]
    pub(super) reset: Option<ResetMode>,
    /// Instances whose steps are recorded in the trace, like 0,7,9 or 0..63 (both ends included); `all` or `none` of them
    #[arg(long, default_value = "0", value_parser = record)]
    pub(super) record: Record,
    /// JSON file with a state set by hand, in which the first episode of every instance starts (Crafter)
    #[arg(long, value_name = "FILE")]
    pub(super) scenario: Option<PathBuf>,
    /// Run folder [default: runs/<utc>-<env>-<agent>]
    #[arg(short, long, value_name = "DIR")]
    pub(super) output: Option<PathBuf>,
    /// Replace the run in the run folder, once the new run has begun; only files that a run made are removed
    #[arg(long)]
    pub(super) force: bool,
    /// Seconds between checkpoints; a killed run repeats at most this much
    #[arg(long, value_name = "SECONDS", default_value_t = CHECKPOINT_SECONDS, value_parser = seconds, allow_negative_numbers = true)]
    pub(super) checkpoint: f64,
    /// Steps of all instances together between two rows of curves.parquet, rounded up to whole batch steps [default: depends on the agent and the
    /// number of instances, not on --steps; for random 100k, or 390 steps of every instance if that is more]
    #[arg(long, value_name = "STEPS", value_parser = number::positive)]
    pub(super) curve_every: Option<u64>,
    /// Continue the run or the sweep in DIR. All settings come from its run.toml or sweep.toml; only --steps (upward), --threads, --backend and
    /// --adapter can be changed
    #[arg(long, value_name = "DIR", conflicts_with_all = ["output", "force"])]
    pub(super) resume: Option<PathBuf>,
    /// Names of the typed arguments.
    #[arg(skip)]
    pub(super) typed: Vec<String>,
}

impl Args {
    /// Returns the sections of `--config`, changed by `--set`.
    ///
    /// # Errors
    /// See [`config::sections`].
    pub fn sections(&self) -> Result<toml::Table, Error> {
        config::sections(self.config.as_deref(), &self.set)
    }

    /// Returns the named bonuses, otherwise `usual`, with their options.
    fn bonus(&self, usual: &str) -> Result<BonusConfig, Error> {
        config::bonus(self.sections()?, self.bonus.as_deref(), usual)
    }

    /// Returns the agent's name and its options as given.
    fn agent(&self) -> Result<(String, toml::Table), Error> {
        let (name, mut options) = config::agent(self.sections()?, self.agent.as_deref())?;
        match &self.from {
            Some(from) if name == replay::NAME => options = replay::with_trace(options, from)?,
            Some(_) => return Err(Error::Usage(format!("--from is for --agent {}, not for {name}", replay::NAME))),
            None => {}
        }
        Ok((name, options))
    }
}

/// Parses the seconds between checkpoints: up to a year.
fn seconds(text: &str) -> Result<f64, String> {
    number::seconds(text, 0.0, 365.0 * 86_400.0)
}

/// Options that may be typed with `--resume`, because they do not make it another run.
const BESIDE_RESUME: [&str; 8] = ["--resume", "--steps", "--threads", "--backend", "--adapter", "--json", "--quiet", "--verbose"];

/// Refuses other options with `--resume`, which takes them from the folder.
pub(super) fn check_resume(args: &Args) -> Result<(), Error> {
    let other: Vec<&str> = args.typed.iter().map(String::as_str).filter(|name| !BESIDE_RESUME.contains(name)).collect();
    if args.resume.is_none() || other.is_empty() {
        return Ok(());
    }
    let hint = "what can be changed is --steps (upward), --threads, --backend and --adapter";
    Err(Error::Usage(format!("--resume goes on with the run as it is: leave out {}; {hint}", other.join(", "))))
}

/// Claims the folder of a new run.
pub(super) fn claim(args: &Args, plan: &Plan) -> Result<FolderClaim, Error> {
    let folder = args.output.clone().unwrap_or_else(|| runs::default_folder(&plan.env, &plan.agent));
    if args.force && plan.agent == replay::NAME && replays(plan, &folder) {
        let why = "is where the trace lies that is to be replayed; choose another folder with -o";
        return Err(Error::Usage(format!("--force: {} {why}", folder.display())));
    }
    FolderClaim::new(&folder, args.force)
}

/// Whether the trace that a plan replays lies in `folder`.
fn replays(plan: &Plan, folder: &Path) -> bool {
    let from = plan.agent_options.get("from").and_then(toml::Value::as_str).map(PathBuf::from);
    let real = |path: &Path| path.canonicalize().ok();
    from.and_then(|from| real(&from)).zip(real(folder)).is_some_and(|(from, folder)| from.starts_with(folder))
}

/// Returns the plan, and what was prepared for it.
pub(super) fn plan(args: &Args, global: &Global) -> anyhow::Result<(Plan, Prepared)> {
    if args.world.pixels {
        return Err(Error::Usage("--pixels: a run keeps no pictures; `trace` and `bench` draw them".to_string()).into());
    }
    let world = args.world.load()?;
    let num_envs = usize::try_from(args.num_envs).map_err(|_| Error::Usage("--num-envs: too large".to_string()))?;
    let record = args.record.among(num_envs)?;
    let (agent, options) = args.agent()?;
    let kind = agents::find(&agent)?;
    let agent_options = (kind.resolve)(&options, &*world)?;
    let bonus = args.bonus(kind.bonus)?.resolved(&*world)?;
    let mut plan = Plan {
        program: env!("CARGO_PKG_VERSION").to_string(),
        env: world.spec().id.clone(),
        agent,
        agent_seed: args.agent_seed,
        seed: global.seed,
        num_envs,
        steps: args.steps.unwrap_or(kind.default_steps),
        stream: if args.world.stream == Stream::Keyed { "keyed".to_string() } else { "numpy".to_string() },
        picture_noise: args.world.picture_noise,
        worlds: args.worlds.to_string(),
        reset: args.reset.unwrap_or_default().to_string(),
        record,
        scenario: args.scenario.as_deref().map(scenario).transpose()?.map(|(text, _)| text),
        prefixes: crate::sim::Prefixes::default(),
        ruleset: world.spec().toml.clone(),
        curve_every: args.curve_every.unwrap_or_else(|| runs::default_curve_every(kind.default_steps, args.num_envs)),
        checkpoint: args.checkpoint,
        agent_options,
        bonus,
    };
    let prepared = Prepared::in_world(&plan, world)?;
    if let Some(needed) = prepared.driver.reset_mode() {
        if let Some(typed) = args.reset.filter(|typed| *typed != needed) {
            return Err(Error::Usage(format!("--reset {typed}: agent {} needs {needed}", plan.agent)).into());
        }
        plan.reset = needed.to_string();
    }
    Ok((plan, prepared))
}

/// Returns the GPU for this run. With `auto` it is None if the agent or a bonus is computed on the host, which a GPU would only slow down.
pub(super) fn gpu_for(plan: &Plan, prepared: &Prepared, global: &Global) -> anyhow::Result<Option<Arc<Gpu>>> {
    let gpu = if prepared.is_on_host() { global.gpu_if_asked()? } else { global.gpu()? };
    if let (Some(_), Some(bonuses)) = (&gpu, &prepared.bonuses) {
        bonuses.check_gpu()?;
    }
    prepared.check_room(plan, gpu.as_ref())?;
    Ok(gpu)
}

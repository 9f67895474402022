//! `run`: explores a batch headlessly.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::builder::{PossibleValue, PossibleValuesParser};

use super::bench::worlds;
use super::config;
use super::options::{Stream, WorldArgs};
use super::progress::{Console, table};
use super::stop::{INTERRUPTED, Stop};
use super::trace::scenario;
use super::{Global, number, output, sweep};
use crate::agents::{self, replay};
use crate::bonus::BonusConfig;
use crate::error::Error;
use crate::gpu::{Gpu, GpuError};
use crate::runs::{self, CHECKPOINT_SECONDS, Claim, How, Outcome, Plan};
use crate::sim::{ResetMode, Worlds};

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    pub(super) world: WorldArgs,
    /// Who acts [default: random]
    #[arg(long, value_parser = PossibleValuesParser::new(agents::AGENTS.iter().map(|kind| PossibleValue::new(kind.name).help(kind.about))))]
    agent: Option<String>,
    /// What is paid for exploring, like count,entropy:view: names of bonuses, with a key where another than the usual one is meant;
    /// `none` for none [default: what the agent goes by]
    #[arg(long, value_name = "A,B")]
    bonus: Option<String>,
    /// Trace file or run folder whose actions `--agent replay` does again
    #[arg(long, value_name = "TRACE")]
    from: Option<PathBuf>,
    /// TOML file with sections [run], [agent], [bonus.NAME]; what is typed wins over it
    #[arg(long, value_name = "FILE", conflicts_with = "resume")]
    pub(super) config: Option<PathBuf>,
    /// An option like agent.explore_steps=40; as often as you like
    #[arg(long, value_name = "KEY=VALUE", conflicts_with = "resume")]
    set: Vec<String>,
    /// Agents with different seeds act differently in the same worlds
    #[arg(long, default_value = "0", value_parser = number::stored)]
    agent_seed: u64,
    /// A run for each of these seeds, one after the other, like 0..9 or 1,2,5, and what they come to together; seed S adds S to --agent-seed
    /// and S times the instances (or the pool's levels, if they are more) to --seed
    #[arg(long, value_name = "A..B", conflicts_with = "resume", value_parser = sweep::seeds)]
    pub(super) seeds: Option<sweep::Seeds>,
    /// Instances of the batch
    #[arg(long, default_value = "256", value_parser = number::positive)]
    pub(super) num_envs: u64,
    /// Steps of the whole batch, rounded up to whole batch steps [default: what takes the agent a minute or so]
    #[arg(long, value_parser = number::steps)]
    pub(super) steps: Option<u64>,
    /// `fresh`: a new world each episode, the reference's sequence; `pool:N`: N worlds made once
    #[arg(long, default_value = "fresh", value_parser = worlds)]
    worlds: Worlds,
    /// What follows the end of an episode: same-step, next-step or off [default: same-step, or what the agent needs]
    #[arg(long)]
    reset: Option<ResetMode>,
    /// Instances whose every step is recorded, like 0,7,9; `none` for no trace
    #[arg(long, default_value = "0", value_parser = record)]
    record: Record,
    /// JSON file with a state set by hand from which every instance's first episode starts (Crafter)
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,
    /// Run folder [default: runs/<utc>-<env>-<agent>]
    #[arg(short, long, value_name = "DIR")]
    pub(super) output: Option<PathBuf>,
    /// Replace the run that lies in the run folder, once the new one has begun; only files that a run made are removed
    #[arg(long)]
    pub(super) force: bool,
    /// Seconds between checkpoints: what a killed run has to make again at most
    #[arg(long, value_name = "SECONDS", default_value_t = CHECKPOINT_SECONDS, value_parser = seconds, allow_negative_numbers = true)]
    checkpoint: f64,
    /// Steps of the whole batch between two rows of curves.parquet, rounded up to whole batch steps [default: by the agent and the instances,
    /// not by --steps: random 100k, or what 390 steps of all instances are if that is more]
    #[arg(long, value_name = "STEPS", value_parser = number::positive)]
    curve_every: Option<u64>,
    /// Go on with the run or the sweep in DIR; all is taken from its run.toml or sweep.toml, but that --steps can be raised, and --threads,
    /// --backend and --adapter be others
    #[arg(long, value_name = "DIR", conflicts_with_all = ["output", "force"])]
    pub(super) resume: Option<PathBuf>,
    /// Names of what was typed.
    #[arg(skip)]
    pub(super) typed: Vec<String>,
}

impl Args {
    /// The sections of `--config`, and what `--set` changes.
    ///
    /// # Errors
    /// See [`config::sections`].
    pub fn sections(&self) -> Result<toml::Table, Error> {
        config::sections(self.config.as_deref(), &self.set)
    }

    /// The bonuses that are named, else `usual`, with their options.
    fn bonus(&self, usual: &str) -> Result<BonusConfig, Error> {
        config::bonus(self.sections()?, self.bonus.as_deref(), usual)
    }

    /// The agent's name and its options as given.
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

#[derive(Clone, Debug)]
struct Record(Vec<usize>);

/// Between checkpoints: up to a year.
fn seconds(text: &str) -> Result<f64, String> {
    number::seconds(text, 0.0, 365.0 * 86_400.0)
}

fn record(text: &str) -> Result<Record, String> {
    if text == "none" {
        return Ok(Record(Vec::new()));
    }
    let mut list: Vec<usize> =
        text.split(',').map(|part| number::whole(part.trim()).map(|n| n as usize)).collect::<Result<_, _>>()?;
    list.sort_unstable();
    list.dedup();
    Ok(Record(list))
}

/// What may be typed beside `--resume`: nothing that would make it another run.
const BESIDE_RESUME: [&str; 8] = ["--resume", "--steps", "--threads", "--backend", "--adapter", "--json", "--quiet", "--verbose"];

/// `--resume` takes everything else from the folder.
pub(super) fn check_resume(args: &Args) -> Result<(), Error> {
    let other: Vec<&str> = args.typed.iter().map(String::as_str).filter(|name| !BESIDE_RESUME.contains(name)).collect();
    if args.resume.is_none() || other.is_empty() {
        return Ok(());
    }
    let hint = "what can be changed is --steps (upward), --threads, --backend and --adapter";
    Err(Error::Usage(format!("--resume goes on with the run as it is: leave out {}; {hint}", other.join(", "))))
}

/// The folder of a new run.
pub(super) fn claim(args: &Args, plan: &Plan) -> Result<Claim, Error> {
    let folder = args.output.clone().unwrap_or_else(|| runs::default_folder(&plan.env, &plan.agent));
    if args.force && plan.agent == replay::NAME && replays(plan, &folder) {
        let why = "is where the trace lies that is to be replayed; choose another folder with -o";
        return Err(Error::Usage(format!("--force: {} {why}", folder.display())));
    }
    Claim::new(&folder, args.force)
}

/// Whether the trace that a plan replays lies in `folder`.
fn replays(plan: &Plan, folder: &Path) -> bool {
    let from = plan.agent_options.get("from").and_then(toml::Value::as_str).map(PathBuf::from);
    let real = |path: &Path| path.canonicalize().ok();
    from.and_then(|from| real(&from)).zip(real(folder)).is_some_and(|(from, folder)| from.starts_with(folder))
}

pub fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    check_resume(args)?;
    if sweep::is_meant(args) {
        return sweep::run(args, global);
    }
    let stop;
    let (plan, mut claim, gpu) = match &args.resume {
        None => {
            // Before a folder is made.
            let plan = plan(args, global)?;
            let gpu = card_for(&plan, global)?;
            stop = Stop::listen(global.quiet > 0)?;
            let claim = claim(args, &plan)?;
            (plan, claim, gpu)
        }
        Some(folder) => {
            stop = Stop::listen(global.quiet > 0)?;
            let claim = Claim::reopen(folder)?;
            let mut plan = Plan::load(&folder.join("run.toml"))?;
            let gpu = card_for(&plan, global)?;
            if let Some(steps) = args.steps.filter(|steps| *steps != plan.steps) {
                plan.raise(steps)?;
                runs::extend(folder, &plan)?;
            }
            (plan, claim, gpu)
        }
    };
    let folder = claim.folder().to_path_buf();
    let mut console = Console::new(global, plan.world()?.spec(), &stop, &folder);
    console.claimed(&claim);
    let how = How { gpu, resume: args.resume.is_some() };
    let outcome = runs::run(&plan, &mut claim, &how, &mut console, stop.asked());
    let Some(outcome) = ended(outcome, claim, &mut console, &stop)? else { return Ok(ExitCode::from(INTERRUPTED)) };
    let Outcome::Done(summary) = outcome else { return Ok(ExitCode::from(INTERRUPTED)) };
    let text = if global.json { format!("{}\n", serde_json::to_string_pretty(&summary)?) } else { table(&summary, &folder) };
    output::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// What is said and left when a run or a sweep has ended, however it did. None if it was stopped.
pub(super) fn ended<T: Ended>(
    outcome: crate::Result<T>,
    claim: Claim,
    console: &mut Console,
    stop: &Stop,
) -> crate::Result<Option<T>> {
    console.finish();
    if let Err(Error::Gpu(GpuError::Lost(_))) = &outcome {
        console.say(&format!("to go on: explorarium run --resume {}", claim.folder().display()));
    }
    if !claim.resumes() {
        claim.abandon();
    }
    let outcome = outcome?;
    if outcome.is_interrupted() {
        console.say(&stop.farewell());
        return Ok(None);
    }
    Ok(Some(outcome))
}

/// How something that can be stopped has ended.
pub(super) trait Ended {
    fn is_interrupted(&self) -> bool;
}

impl Ended for Outcome {
    fn is_interrupted(&self) -> bool {
        matches!(self, Outcome::Interrupted)
    }
}

pub(super) fn plan(args: &Args, global: &Global) -> anyhow::Result<Plan> {
    if args.world.pixels {
        return Err(Error::Usage("--pixels: a run keeps no pictures; `trace` and `bench` draw them".to_string()).into());
    }
    let world = args.world.load()?;
    let num_envs = usize::try_from(args.num_envs).map_err(|_| Error::Usage("--num-envs: too large".to_string()))?;
    if let Some(i) = args.record.0.iter().find(|i| **i >= num_envs) {
        return Err(Error::Usage(format!("--record {i}: the batch has instances 0 to {}", num_envs - 1)).into());
    }
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
        steps: args.steps.unwrap_or(kind.usual_steps),
        stream: if args.world.stream == Stream::Keyed { "keyed".to_string() } else { "numpy".to_string() },
        picture_noise: args.world.picture_noise,
        worlds: args.worlds.to_string(),
        reset: args.reset.unwrap_or_default().to_string(),
        record: args.record.0.clone(),
        scenario: args.scenario.as_deref().map(scenario).transpose()?.map(|(text, _)| text),
        ruleset: world.spec().toml.clone(),
        curve_every: args.curve_every.unwrap_or_else(|| runs::usual_curve_every(kind.usual_steps, args.num_envs)),
        checkpoint: args.checkpoint,
        agent_options,
        bonus,
    };
    if let Some(needed) = plan.driver(&world, plan.bonuses(&world)?)?.reset_mode() {
        if let Some(typed) = args.reset.filter(|typed| *typed != needed) {
            return Err(Error::Usage(format!("--reset {typed}: agent {} needs {needed}", plan.agent)).into());
        }
        plan.reset = needed.to_string();
    }
    Ok(plan)
}

/// The card for this run; with `auto` none for one whose agent or bonuses are worked out on the host, which a card would only slow down.
pub(super) fn card_for(plan: &Plan, global: &Global) -> anyhow::Result<Option<Arc<Gpu>>> {
    let world = plan.world()?;
    let gpu = if plan.is_on_host(&world)? { global.card_if_asked()? } else { global.card()? };
    let bonuses = plan.bonuses(&world)?;
    if let (Some(_), Some(bonuses)) = (&gpu, &bonuses) {
        bonuses.check_card()?;
    }
    plan.check_room(&*world, bonuses, gpu.as_ref())?;
    Ok(gpu)
}

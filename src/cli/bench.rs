//! `bench`: steps per second, with the conditions under which they were measured.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use serde_json::json;

use super::global::Global;
use super::number;
use super::options::{Stream, WorldArgs};
use super::output::Results;
use super::watch::Watch;
use crate::agents::Random;
use crate::bonus::{BonusConfig, Bonuses};
use crate::envs::World;
use crate::error::Error;
use crate::gpu::Gpu;
use crate::machine::machine;
use crate::sim::{Batch, Config, StepPlugin, Worlds};

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    world: WorldArgs,
    /// Number of instances in the batch
    #[arg(long, default_value = "1024", value_parser = number::positive)]
    num_envs: u64,
    /// `fresh`: a new world each episode; `pool:N`: episodes choose from N worlds that are generated once
    #[arg(long, default_value = "fresh", value_parser = worlds)]
    worlds: Worlds,
    /// Exploration bonuses to compute in every step, like count,entropy:view
    #[arg(long, value_name = "A,B")]
    bonus: Option<String>,
    /// Do not write observations, to measure what they cost
    #[arg(long)]
    no_observations: bool,
    /// Number of measured runs; the median and the range are reported
    #[arg(long, default_value = "5", value_parser = repeats)]
    repeats: u64,
    /// Seconds that each measured run should take
    #[arg(long, default_value = "2", value_parser = seconds, allow_negative_numbers = true)]
    seconds: f64,
}

/// Parses `fresh` or `pool:N`.
///
/// # Errors
/// If the text is neither.
pub fn worlds(text: &str) -> Result<Worlds, String> {
    match text.strip_prefix("pool:") {
        Some(n) => Ok(Worlds::Pool(number::small(n)?)),
        None if text == "fresh" => Ok(Worlds::Fresh),
        None => Err(format!("'{text}' is neither fresh nor pool:N")),
    }
}

/// Largest number of measured runs, and largest number of seconds of one, so that a typing error does not start a year of work.
const MAX_REPEATS: u64 = 1000;
const MAX_SECONDS: f64 = 3600.0;
/// Seconds of stepping between two checks of the clock.
const CHUNK_SECONDS: f64 = 1.0;
/// Work that takes longer than this many seconds reports its progress.
const QUIET_SECONDS: f64 = 2.0;

fn repeats(text: &str) -> Result<u64, String> {
    number::within(text, 1, MAX_REPEATS)
}

fn seconds(text: &str) -> Result<f64, String> {
    number::seconds(text, 0.001, MAX_SECONDS)
}

/// Creates the bonuses to compute in addition to the simulation, if there are any.
fn plugin(args: &Args, world: &Arc<dyn World>, gpu: Option<&Arc<Gpu>>) -> Result<Option<Arc<dyn StepPlugin>>, Error> {
    let Some(names) = &args.bonus else { return Ok(None) };
    let bonuses = Bonuses::new(world, &BonusConfig::parse(names)?)?;
    if let Some(gpu) = gpu {
        bonuses.limit_tables(gpu.largest() as u64);
        bonuses.check_gpu()?;
    }
    Ok(Some(Arc::new(bonuses)))
}

pub fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    let begun = Instant::now();
    let world = args.world.load()?;
    let gpu = global.gpu()?;
    let plugin = plugin(args, &world, gpu.as_ref())?;
    let config = Config {
        num_envs: args.num_envs as usize,
        seed: global.seed,
        worlds: args.worlds,
        gpu,
        without_observations: args.no_observations,
        plugin,
        ..Config::default()
    };
    let mut batch = Batch::new(world.clone(), config)?;
    let worlds_made = begun.elapsed().as_secs_f64();
    let agent = Random::default();
    batch.advance(1, &agent)?;
    let first_step = begun.elapsed().as_secs_f64();
    let steps = calibrate(&mut batch, &agent, args.seconds)?;
    let counted = |batch: &Batch| batch.gpu().map(|gpu| (gpu.dispatches, gpu.stalls));
    let before = counted(&batch);
    let rates = measured(&mut batch, &agent, args, steps, global)?;
    let spec = world.spec();
    let after = counted(&batch);
    let mut report = json!({
        "env": spec.id,
        "backend": if batch.gpu().is_some() { "gpu" } else { "cpu" },
        "machine": machine(),
        "threads": rayon::current_num_threads(),
        "agent": "random",
        "bonus": args.bonus.as_deref().unwrap_or("none"),
        "num_envs": args.num_envs,
        "stream": if args.world.stream == Stream::Numpy { "numpy" } else { "keyed" },
        "worlds": args.worlds.to_string(),
        "observation": observation(args),
        "reset": "same-step",
        "steps_per_run": steps * args.num_envs,
        "steps_per_s": { "median": rates[rates.len() / 2], "min": rates[0], "max": rates[rates.len() - 1], "runs": rates.len() },
        "bytes_per_instance": spec.state_words() * 4,
        "observation_bytes": spec.obs_bytes,
        "seconds_to_worlds": worlds_made,
        "seconds_to_first_step": first_step,
    });
    if let (Some(before), Some(after)) = (before, after) {
        of_gpu(&mut report, &batch, [before, after], steps * args.repeats);
    }
    if let Some(passes) = profile(&mut batch)? {
        report["microseconds_by_pass"] = passes;
    }
    print(&report, global.json)?;
    Ok(ExitCode::SUCCESS)
}

/// Adds the figures of a GPU to the report: dispatches and stalls before and after `steps` batch steps.
fn of_gpu(
    report: &mut serde_json::Value,
    batch: &Batch,
    [(dispatches, stalls), (dispatches_after, stalls_after)]: [(u64, u64); 2],
    steps: u64,
) {
    if let Some(gpu) = batch.gpu() {
        report["adapter"] = json!(format!("{} ({})", gpu.gpu.adapter.name, gpu.gpu.adapter.backend));
        report["bytes_per_instance_on_gpu"] = json!(gpu.bytes_per_instance());
        report["dispatches_per_step"] = json!((dispatches_after - dispatches) as f64 / steps as f64);
        report["stalls"] = json!(stalls_after - stalls);
        report["parts"] = json!(gpu.n_parts());
    }
}

fn observation(args: &Args) -> &'static str {
    match (args.no_observations, args.world.pixels) {
        (true, _) => "none",
        (false, true) => "symbolic and pixels",
        (false, false) => "symbolic",
    }
}

/// Returns the microseconds of each pass in a step, the median of several. None without a GPU that has timestamps.
fn profile(batch: &mut Batch) -> crate::Result<Option<serde_json::Value>> {
    const TIMES: usize = 9;
    let mut all: Vec<(&str, Vec<f64>)> = Vec::new();
    for _ in 0..TIMES {
        let Some(passes) = batch.profile()? else { return Ok(None) };
        all.resize(passes.len(), ("", Vec::new()));
        for ((name, taken), (pass, seconds)) in all.iter_mut().zip(passes) {
            *name = pass;
            taken.push(seconds * 1e6);
        }
    }
    let mut table = serde_json::Map::new();
    for (name, mut taken) in all {
        taken.sort_by(f64::total_cmp);
        // A pass that runs several times in a step is listed once, with the sum.
        let before = table.get(name).and_then(serde_json::Value::as_f64).unwrap_or(0.0);
        table.insert(name.to_string(), json!(before + taken[TIMES / 2]));
    }
    Ok(Some(table.into()))
}

/// Returns the number of batch steps that take about `seconds`, found by warming up.
fn calibrate(batch: &mut Batch, agent: &Random, seconds: f64) -> crate::Result<u64> {
    let mut steps = 8;
    loop {
        let start = Instant::now();
        batch.advance(steps, agent)?;
        let took = start.elapsed().as_secs_f64();
        if took >= seconds / 4.0 {
            return Ok(((steps as f64 * seconds / took).ceil() as u64).max(1));
        }
        steps = (steps * 4).min((steps as f64 * seconds / took.max(1e-6)).ceil() as u64).max(steps + 1);
    }
}

/// Returns the steps per second of each measured run, sorted. Long measurements report their progress.
fn measured(batch: &mut Batch, agent: &Random, args: &Args, steps: u64, global: &Global) -> crate::Result<Vec<f64>> {
    let n = args.num_envs;
    let whole = args.seconds * args.repeats as f64;
    // A signal may end this at once, because there is nothing to save.
    let watch = Watch::new(global, args.repeats * steps * n, "steps");
    if whole > QUIET_SECONDS {
        watch.say(&format!("{} runs of about {} s, {whole:.0} s in all", args.repeats, args.seconds));
    }
    let chunk = if args.seconds > CHUNK_SECONDS { (steps as f64 * CHUNK_SECONDS / args.seconds).ceil() as u64 } else { steps };
    let mut rates = Vec::new();
    for _ in 0..args.repeats {
        let (start, mut done) = (Instant::now(), 0);
        while done < steps {
            let next = chunk.clamp(1, steps - done);
            batch.advance(next, agent)?;
            done += next;
            watch.done(next * n);
        }
        rates.push(steps as f64 * n as f64 / start.elapsed().as_secs_f64());
    }
    watch.finish();
    rates.sort_by(f64::total_cmp);
    Ok(rates)
}

fn print(report: &serde_json::Value, json: bool) -> anyhow::Result<()> {
    let mut out = Results::open();
    if json {
        writeln!(out, "{report:#}")?;
        return out.finish();
    }
    let rate = &report["steps_per_s"];
    let million = |value: &serde_json::Value| value.as_f64().unwrap_or(0.0) / 1e6;
    writeln!(
        out,
        "{:.3} M steps/s  (median of {}; {:.3} to {:.3})",
        million(&rate["median"]),
        rate["runs"],
        million(&rate["min"]),
        million(&rate["max"])
    )?;
    for key in [
        "env",
        "backend",
        "machine",
        "threads",
        "agent",
        "num_envs",
        "stream",
        "worlds",
        "observation",
        "reset",
        "steps_per_run",
        "bytes_per_instance",
        "observation_bytes",
    ] {
        writeln!(out, "  {key:<20} {}", report[key].to_string().trim_matches('"'))?;
    }
    for key in ["adapter", "parts", "bytes_per_instance_on_gpu", "dispatches_per_step", "stalls"] {
        if !report[key].is_null() {
            writeln!(out, "  {key:<20} {}", report[key].to_string().trim_matches('"'))?;
        }
    }
    writeln!(out, "  {:<20} {:.3}", "seconds_to_worlds", report["seconds_to_worlds"].as_f64().unwrap_or(0.0))?;
    writeln!(out, "  {:<20} {:.3}", "seconds_to_first_step", report["seconds_to_first_step"].as_f64().unwrap_or(0.0))?;
    if let Some(passes) = report["microseconds_by_pass"].as_object() {
        writeln!(out, "  microseconds by pass")?;
        for (name, taken) in passes {
            writeln!(out, "    {name:<18} {:.1}", taken.as_f64().unwrap_or(0.0))?;
        }
    }
    out.finish()
}

//! `bench`: steps per second, with the conditions under which they were measured.

use std::io::Write;
use std::process::ExitCode;
use std::time::Instant;

use serde_json::json;

use super::Global;
use super::number;
use super::options::{Stream, WorldArgs};
use crate::agents::Random;
use crate::machine::machine;
use crate::sim::{Batch, Config, Worlds};

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    world: WorldArgs,
    #[arg(long, default_value = "1024", value_parser = number::positive)]
    num_envs: u64,
    /// `fresh`: a new world each episode; `pool:N`: N worlds made once
    #[arg(long, default_value = "fresh", value_parser = worlds)]
    worlds: Worlds,
    /// Measured runs; the median and the range are reported
    #[arg(long, default_value = "5", value_parser = number::positive)]
    repeats: u64,
    /// Seconds a measured run should take
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
}

/// `fresh` or `pool:N`.
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

pub fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    let begun = Instant::now();
    let world = args.world.load()?;
    let config = Config { num_envs: args.num_envs as usize, seed: global.seed, worlds: args.worlds, ..Config::default() };
    let mut batch = Batch::new(world.clone(), config)?;
    let worlds_made = begun.elapsed().as_secs_f64();
    let agent = Random::default();
    batch.advance(1, &agent)?;
    let first_step = begun.elapsed().as_secs_f64();
    let steps = calibrate(&mut batch, &agent, args.seconds)?;
    let mut rates = Vec::new();
    for _ in 0..args.repeats {
        let start = Instant::now();
        batch.advance(steps, &agent)?;
        rates.push(steps as f64 * args.num_envs as f64 / start.elapsed().as_secs_f64());
    }
    rates.sort_by(f64::total_cmp);
    let spec = world.spec();
    let report = json!({
        "env": spec.id,
        "backend": "cpu",
        "machine": machine(),
        "threads": rayon::current_num_threads(),
        "agent": "random",
        "num_envs": args.num_envs,
        "stream": if args.world.stream == Stream::Numpy { "numpy" } else { "keyed" },
        "worlds": args.worlds.to_string(),
        "observation": if args.world.pixels { "symbolic and pixels" } else { "symbolic" },
        "reset": "same-step",
        "steps_per_run": steps * args.num_envs,
        "steps_per_s": { "median": rates[rates.len() / 2], "min": rates[0], "max": rates[rates.len() - 1], "runs": rates.len() },
        "bytes_per_instance": spec.state_words() * 4,
        "observation_bytes": spec.obs_bytes,
        "seconds_to_worlds": worlds_made,
        "seconds_to_first_step": first_step,
    });
    print(&report, global.json)?;
    Ok(ExitCode::SUCCESS)
}

/// Batch steps that take about `seconds`, found by warming up.
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

fn print(report: &serde_json::Value, json: bool) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    if json {
        writeln!(out, "{report:#}")?;
        return Ok(());
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
    writeln!(out, "  {:<20} {:.3}", "seconds_to_worlds", report["seconds_to_worlds"].as_f64().unwrap_or(0.0))?;
    writeln!(out, "  {:<20} {:.3}", "seconds_to_first_step", report["seconds_to_first_step"].as_f64().unwrap_or(0.0))?;
    Ok(())
}

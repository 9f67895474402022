//! `run --seeds`: the same run for many seeds.

use std::fmt::Write;
use std::path::Path;
use std::process::ExitCode;

use super::ended::{Ended, ended};
use super::global::Global;
use super::output;
use super::progress::{Console, short};
use super::run_args::{Args, claim, gpu_for, plan};
use super::stop::{INTERRUPTED, Stop};
use crate::agents::replay;
use crate::error::Error;
use crate::runs::{self, Figure, FolderClaim, Prepared, RunSettings, SWEEP, Sweep, SweepPlan, SweepProgress, Swept};

/// Whether these arguments request a sweep, or resume one.
pub fn is_meant(args: &Args) -> bool {
    args.seeds.is_some() || args.resume.as_ref().is_some_and(|folder| folder.join(SWEEP).exists())
}

pub fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    let stop;
    let (sweep, world, mut claim, gpu) = match &args.resume {
        None => {
            // Done before a folder is created.
            let (plan, prepared) = plan(args, global)?;
            let sweep = SweepPlan::new(args.seeds.clone().map(|seeds| seeds.0).unwrap_or_default(), plan)?;
            if sweep.plan.agent == replay::NAME {
                let why = "plays what was recorded with one seed";
                return Err(Error::Usage(format!("--seeds: --agent {} {why}", replay::NAME)).into());
            }
            let gpu = gpu_for(&sweep.plan, &prepared, global)?;
            stop = Stop::listen(global.quiet > 0)?;
            let claim = claim(args, &sweep.plan)?;
            (sweep, prepared.world, claim, gpu)
        }
        Some(folder) => {
            stop = Stop::listen(global.quiet > 0)?;
            let claim = FolderClaim::reopen(folder)?;
            let mut sweep = SweepPlan::load(folder)?;
            args.steps.map_or(Ok(()), |steps| sweep.plan.raise(steps))?;
            let prepared = Prepared::new(&sweep.plan)?;
            let gpu = gpu_for(&sweep.plan, &prepared, global)?;
            (sweep, prepared.world, claim, gpu)
        }
    };
    let folder = claim.folder().to_path_buf();
    let mut console = Console::new(global, world.spec(), &stop, &folder);
    console.claimed(&claim);
    let how = RunSettings { gpu, resume: args.resume.is_some(), pace: None };
    let swept = runs::sweep(&sweep, &world, &mut claim, &how, &mut console, stop.asked());
    let Some(Swept::Done(sweep)) = ended(swept, claim, &mut console, &stop)? else { return Ok(ExitCode::from(INTERRUPTED)) };
    let text = if global.json { format!("{}\n", serde_json::to_string_pretty(&sweep)?) } else { table(&sweep, &folder) };
    output::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

impl Ended for Swept {
    fn is_interrupted(&self) -> bool {
        matches!(self, Swept::Interrupted)
    }
}

impl SweepProgress for Console {
    fn seed(&mut self, seed: u64, k: usize, of: usize) {
        self.label(format!("seed {seed} ({k} of {of}): "));
    }
}

/// Formats the results for users.
fn table(sweep: &Sweep, folder: &Path) -> String {
    let mut text = format!(
        "{}, agent {}: {} seeds, each {} instances and {} steps\n\n",
        sweep.env,
        sweep.agent,
        sweep.seeds.len(),
        sweep.num_envs,
        short(sweep.steps as f64)
    );
    let _ =
        writeln!(text, "  {:<20} {:>9}  {:<22} {:>9} {:>9}  95 % interval", "over seeds", "mean", "95 % interval", "sd", "IQM");
    let figures = [
        ("crafter score", &sweep.crafter_score),
        ("achievements", &sweep.mean_achievements),
        ("mean length", &sweep.mean_length),
        ("mean return", &sweep.mean_return),
        ("cells an episode", &sweep.cells_per_episode),
        ("bonus", &sweep.bonus_mean),
        ("steps/s", &sweep.steps_per_s),
    ];
    for (name, figure) in figures {
        text += &line(name, figure);
    }
    let mut rates: Vec<(&String, &Figure)> = sweep.success_rates.iter().collect();
    rates.sort_by(|a, b| b.1.mean.unwrap_or(0.0).total_cmp(&a.1.mean.unwrap_or(0.0)));
    if !rates.is_empty() {
        text += "\nSuccess rates, percent of episodes\n";
    }
    for (name, figure) in rates {
        text += &line(name, figure);
    }
    let _ = writeln!(
        text,
        "\nIntervals of Student's t; sd divides by n - 1. IQM: a quarter of the seeds, rounded down, is left out at either end, so that what only\n\
         these reach is 0."
    );
    sweep.warnings.iter().for_each(|warning| text += &format!("careful: {warning}\n"));
    let _ = writeln!(text, "\nAll of it is in {}: sweep.json, and a run of each seed in seed-*/.", folder.display());
    text
}

/// Formats a row of the table. Empty if no seed has a value.
fn line(name: &str, figure: &Figure) -> String {
    let (Some(iqm), Some(mean)) = (figure.iqm, figure.mean) else { return String::new() };
    let around =
        |interval: Option<[f64; 2]>| interval.map_or("-".to_string(), |[low, high]| format!("{} to {}", shown(low), shown(high)));
    let sd = figure.sd.map_or("-".to_string(), shown);
    let (of_mean, of_iqm) = (around(figure.mean_interval), around(figure.iqm_interval));
    format!("  {name:<20} {:>9}  {of_mean:<22} {sd:>9} {:>9}  {of_iqm}\n", shown(mean), shown(iqm))
}

fn shown(value: f64) -> String {
    // A value that rounds to 0 has no sign.
    let value = if value.abs() < 0.0005 { 0.0 } else { value };
    if value.abs() >= 1e4 { short(value) } else { format!("{value:.3}") }
}

//! `run`: steps a batch without a window.

use std::process::ExitCode;

use super::ended::ended;
use super::global::Global;
use super::progress::{Console, table};
use super::run_args::{Args, check_resume, claim, gpu_for, plan};
use super::stop::{INTERRUPTED, Stop};
use super::{output, sweep};
use crate::runs::{self, FolderClaim, Outcome, Plan, Prepared, RunSettings};

pub fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    check_resume(args)?;
    if sweep::is_meant(args) {
        return sweep::run(args, global);
    }
    let stop;
    let (plan, prepared, mut claim, gpu) = match &args.resume {
        None => {
            // Done before a folder is created.
            let (plan, prepared) = plan(args, global)?;
            let gpu = gpu_for(&plan, &prepared, global)?;
            stop = Stop::listen(global.quiet > 0)?;
            let claim = claim(args, &plan)?;
            (plan, prepared, claim, gpu)
        }
        Some(folder) => {
            stop = Stop::listen(global.quiet > 0)?;
            let claim = FolderClaim::reopen(folder)?;
            let mut plan = Plan::load(&folder.join("run.toml"))?;
            let prepared = Prepared::new(&plan)?;
            let gpu = gpu_for(&plan, &prepared, global)?;
            if let Some(steps) = args.steps.filter(|steps| *steps != plan.steps) {
                plan.raise(steps)?;
                runs::extend(folder, &plan)?;
            }
            (plan, prepared, claim, gpu)
        }
    };
    let folder = claim.folder().to_path_buf();
    let mut console = Console::new(global, prepared.world.spec(), &stop, &folder);
    console.claimed(&claim);
    let how = RunSettings { gpu, resume: args.resume.is_some(), pace: None };
    let outcome = runs::run(&plan, prepared, &mut claim, &how, &mut console, stop.asked());
    let Some(outcome) = ended(outcome, claim, &mut console, &stop)? else { return Ok(ExitCode::from(INTERRUPTED)) };
    let Outcome::Done(summary) = outcome else { return Ok(ExitCode::from(INTERRUPTED)) };
    let text = if global.json { format!("{}\n", serde_json::to_string_pretty(&summary)?) } else { table(&summary, &folder) };
    output::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

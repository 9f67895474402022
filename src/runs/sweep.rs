//! A sweep: the same run for several seeds, one after the other, and aggregates over them.
//!
//! ```text
//! runs/<utc>-<env>-<agent>/
//!   sweep.toml        the seeds, and the run that is made for each
//!   seed-S/           a run folder like any other
//!   sweep.json        at the end
//! ```

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::folder::FolderClaim;
use super::names::SWEEP;
use super::plan::Plan;
use super::prepared::Prepared;
use super::progress::Progress;
use super::run::{Outcome, RunSettings, run_in};
use super::running::Home;
use super::summary::Summary;
use super::sweep_plan::SweepPlan;
use super::swept::Sweep;
use crate::envs::World;
use crate::error::{Error, Result};
use crate::files::{read_bytes, write_bytes};

/// How a sweep ended.
#[derive(Debug)]
pub enum Swept {
    /// Every seed has run to its end.
    Done(Box<Sweep>),
    /// Stopped on request. `--resume` continues it.
    Interrupted,
}

/// Receives the progress of a sweep, in addition to that of each run.
pub trait SweepProgress: Progress {
    /// Called when the run of `seed` begins, number `k` (from 1) of `of`.
    fn seed(&mut self, seed: u64, k: usize, of: usize);
}

/// Returns the folder of a seed's run.
pub fn seed_folder(folder: &Path, seed: u64) -> PathBuf {
    folder.join(seed_name(seed))
}

fn seed_name(seed: u64) -> String {
    format!("seed-{seed}")
}

/// Runs every seed that is not finished, in `world`, which is that of the plan. Then aggregates the runs. All files go to the folder of
/// `claim`. An older run there is removed when the run of the first seed has begun.
///
/// # Errors
/// As [`super::run()`]; [`Error::Data`] if a sub-folder holds another run.
pub fn sweep(
    plan: &SweepPlan,
    world: &Arc<dyn World>,
    claim: &mut FolderClaim,
    how: &RunSettings,
    progress: &mut dyn SweepProgress,
    stop: &AtomicBool,
) -> Result<Swept> {
    // Written even if the sweep is resumed, since it may have more steps now.
    plan.save(&claim.place())?;
    if claim.resumes() {
        progress.begun();
    }
    for (k, &seed) in plan.seeds.iter().enumerate() {
        let of_seed = plan.of(seed)?;
        let begun = match begun(&seed_folder(&claim.place(), seed), &of_seed)? {
            Progressed::Done => continue,
            Progressed::Partly => true,
            Progressed::Not => false,
        };
        if stop.load(Ordering::SeqCst) {
            return Ok(Swept::Interrupted);
        }
        progress.seed(seed, k + 1, plan.seeds.len());
        let home = Home { first: !how.resume && k == 0, seed: Some(seed_name(seed)), claim: &mut *claim };
        let outcome = run_in(
            (&of_seed, Prepared::in_world(&of_seed, world.clone())?),
            home,
            &RunSettings { resume: begun, ..how.clone() },
            progress,
            stop,
        )?;
        if matches!(outcome, Outcome::Interrupted) {
            return Ok(Swept::Interrupted);
        }
    }
    // Reads the summaries from the files, so that a resumed sweep has the same numbers to the last digit as an uninterrupted one.
    let folder = claim.place();
    let summaries = plan.seeds.iter().map(|seed| summary(&seed_folder(&folder, *seed))).collect::<Result<Vec<_>>>()?;
    let sweep = Sweep::of(plan, &summaries)?;
    let json = serde_json::to_string_pretty(&sweep).map_err(|e| Error::Data(e.to_string()))?;
    write_bytes(&folder.join("sweep.json"), format!("{json}\n").as_bytes())?;
    Ok(Swept::Done(Box::new(sweep)))
}

/// Progress of a seed's run.
enum Progressed {
    Not,
    Partly,
    Done,
}

/// Returns the progress of the run in `folder`, which must be that of `plan`. If it has fewer steps to do, it is extended.
fn begun(folder: &Path, plan: &Plan) -> Result<Progressed> {
    let path = folder.join("run.toml");
    // The process was killed before it wrote run.toml, so nothing has been done.
    if !path.exists() {
        return Ok(Progressed::Not);
    }
    let found = Plan::load(&path)?;
    if found.identity()? != plan.identity()? || found.steps > plan.steps {
        return Err(Error::Data(format!("{}: run.toml is not what {SWEEP} says of this seed", folder.display())));
    }
    if found.steps < plan.steps {
        extend(folder, plan)?;
    }
    Ok(if folder.join("summary.json").exists() { Progressed::Done } else { Progressed::Partly })
}

/// Gives the run in `folder` the larger number of steps of `plan`, which otherwise equals the plan of the run.
///
/// # Errors
/// [`Error::Io`] with the path.
pub fn extend(folder: &Path, plan: &Plan) -> Result<()> {
    let summary = folder.join("summary.json");
    if summary.exists() {
        std::fs::remove_file(&summary).map_err(|e| Error::io(&summary, e))?;
    }
    plan.save(&folder.join("run.toml"))
}

fn summary(folder: &Path) -> Result<Summary> {
    let path = folder.join("summary.json");
    serde_json::from_slice(&read_bytes(&path)?).map_err(|e| Error::Data(format!("{}: {e}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(seeds: &[u64], worlds: &str) -> Result<SweepPlan> {
        let plan = Plan {
            program: "0".to_string(),
            env: "gridlab/four-rooms".to_string(),
            agent: "random".to_string(),
            agent_seed: 5,
            seed: -3,
            num_envs: 4,
            steps: 100,
            stream: "numpy".to_string(),
            picture_noise: false,
            worlds: worlds.to_string(),
            reset: "same-step".to_string(),
            record: vec![0],
            curve_every: 4,
            checkpoint: 10.0,
            scenario: None,
            prefixes: crate::sim::Prefixes::default(),
            ruleset: String::new(),
            agent_options: toml::Table::new(),
            bonus: crate::bonus::BonusConfig::default(),
        };
        SweepPlan::new(seeds.to_vec(), plan)
    }

    #[test]
    fn no_two_seeds_share_a_world() {
        let seeds = |worlds| {
            let sweep = plan(&[0, 1, 3], worlds).expect("possible");
            sweep.seeds.iter().map(|s| sweep.of(*s).map(|run| (run.seed, run.agent_seed)).expect("in range")).collect::<Vec<_>>()
        };
        assert_eq!(seeds("fresh"), [(-3, 5), (1, 6), (9, 8)]);
        assert_eq!(seeds("pool:2"), [(-3, 5), (1, 6), (9, 8)], "instances take seeds too");
        assert_eq!(seeds("pool:10"), [(-3, 5), (7, 6), (27, 8)]);
    }

    #[test]
    fn impossible_seeds_are_refused() {
        for (seeds, why) in [(&[][..], "no seed"), (&[2, 1, 2], "2 is there twice"), (&[u64::MAX / 2], "too large")] {
            let error = plan(seeds, "fresh").expect_err(why);
            assert!(error.to_string().contains(why) && error.exit_code() == 2, "{error}");
        }
    }
}

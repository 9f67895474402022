//! `study check`: what a plan leads to.

use std::path::PathBuf;
use std::process::ExitCode;

use super::global::Global;
use super::{number, output, study_text};
use crate::error::Error;
use crate::study::plan::{StageKind, StudyPlan, conditions_of};
use crate::study::rehearsal::{Rehearsed, rehearse};

/// Steps of the rehearsal, over all conditions.
const ALL_STEPS: u64 = 20_000;
/// Steps of the rehearsal in a play stage, at least and at most.
const STAGE_STEPS: (u64, u64) = (5, 500);

#[derive(clap::Args)]
pub struct Args {
    /// The plan, or the folder of its study.toml
    plan: PathBuf,
    /// Only read the plan, do not play it through
    #[arg(long)]
    no_play: bool,
    /// Steps that the scripted participant takes in each play stage, from 1 to 1M [default: up to 500, fewer if there are many stages]
    #[arg(long, value_name = "STEPS", value_parser = |text: &str| number::within(text, 1, 1_000_000), conflicts_with = "no_play")]
    steps: Option<u64>,
}

pub fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    let plan = StudyPlan::load(&args.plan)?;
    let played = if args.no_play { Vec::new() } else { play_through(&plan, args.steps)? };
    output::print(&if global.json {
        study_text::json(&plan, &played)?.to_string() + "\n"
    } else {
        study_text::text(&plan, &played)
    })?;
    let dead_end = played.iter().find_map(|one| Some((one, one.dead_end.as_ref()?)));
    if let Some((one, why)) = dead_end {
        let of = one.condition.as_ref().map_or(String::new(), |name| format!(" in the condition '{name}'"));
        return Err(Error::Data(format!("the plan has a dead end{of}: {why}")).into());
    }
    Ok(ExitCode::SUCCESS)
}

/// Plays the plan through in each condition.
fn play_through(plan: &StudyPlan, steps: Option<u64>) -> Result<Vec<Rehearsed>, Error> {
    let conditions = conditions_of(plan);
    let is_play = |k: &usize| matches!(plan.stages[*k].kind, StageKind::Play(_));
    let plays: usize = conditions.iter().map(|condition| plan.stages_of(*condition).iter().filter(|k| is_play(k)).count()).sum();
    let share = (ALL_STEPS / plays.max(1) as u64).clamp(STAGE_STEPS.0, STAGE_STEPS.1);
    conditions.into_iter().map(|condition| rehearse(plan, condition, steps.unwrap_or(share))).collect()
}

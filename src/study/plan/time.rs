//! How long a plan can take.

use std::time::Duration;

use super::types::{PlayPace, PlayStage, Stage, StageKind, StudyPlan};

/// Time of a stage or of several.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanTime {
    /// Time that it takes at least, if nobody stops.
    pub shortest: Duration,
    /// Time that it takes at most, but for what is named in [`PlanTime::open`]; pauses do not count.
    pub longest: Duration,
    /// Ids of stages without a limit: pages that people read, and play that nothing bounds.
    pub open: Vec<String>,
}

/// Time of a stage.
pub fn stage_time(stage: &Stage) -> PlanTime {
    let open = || PlanTime { open: vec![stage.id.clone()], ..PlanTime::default() };
    match &stage.kind {
        StageKind::Break(time) => PlanTime { shortest: *time, longest: *time, ..open() },
        StageKind::Play(play) => play_time(play).map_or_else(open, |(shortest, longest)| {
            // What is left of an episode when the time is up has no bound that the plan knows.
            let open = if play.ends.finish_episode { vec![stage.id.clone()] } else { Vec::new() };
            PlanTime { shortest, longest, open }
        }),
        StageKind::Consent(_) | StageKind::Instructions(_) | StageKind::Survey(_) => open(),
        StageKind::End => PlanTime::default(),
    }
}

/// Shortest and longest time of play; None if nothing bounds it.
fn play_time(play: &PlayStage) -> Option<(Duration, Duration)> {
    let by_steps = match (play.pace, play.ends.steps) {
        (PlayPace::RealTime { period }, Some(steps)) => {
            Some(Duration::from_secs_f64((period.as_secs_f64() * steps as f64).min(1e12)))
        }
        _ => None,
    };
    let longest = match (play.ends.time, by_steps) {
        (Some(time), Some(steps)) => time.min(steps),
        (time, steps) => time.or(steps)?,
    };
    // Episodes may end at any step, and whoever presses keys quickly reaches any number of steps.
    let early = play.ends.episodes.is_some() || play.ends.steps.is_some() && by_steps.is_none();
    Some((if early { Duration::ZERO } else { longest }, longest))
}

impl StudyPlan {
    /// Time of all stages of a condition.
    pub fn time_of(&self, condition: Option<&str>) -> PlanTime {
        let mut sum = PlanTime::default();
        for k in self.stages_of(condition) {
            let one = stage_time(&self.stages[k]);
            sum.shortest = sum.shortest.saturating_add(one.shortest);
            sum.longest = sum.longest.saturating_add(one.longest);
            sum.open.extend(one.open);
        }
        sum
    }
}

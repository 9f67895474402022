//! Plans that come with the program, to be copied.

/// The plan that `study new` writes: free play in a simplified Crafter, in English and German.
pub const SIMPLE_CRAFTER: &str = include_str!("../../../assets/studies/simple-crafter.toml");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::plan::{Seeds, StageKind, StudyPlan};

    #[test]
    fn the_plan_that_comes_with_the_program_is_right() {
        let plan = StudyPlan::parse(SIMPLE_CRAFTER, None).expect("a plan");
        assert_eq!(plan.notes, Vec::<String>::new());
        assert_eq!(plan.languages, ["en", "de"]);
        let ids: Vec<&str> = plan.stages.iter().map(|stage| stage.id.as_str()).collect();
        assert_eq!(ids, ["consent", "instructions", "practice", "ready", "play", "survey", "end"]);
        let StageKind::Play(play) = &plan.stages[4].kind else { panic!("{:?}", plan.stages[4]) };
        assert_eq!((play.ends.time.map(|time| time.as_secs()), &play.seeds), (Some(1200), &Seeds::ByParticipant));
        assert!(!play.shown.achievements, "no goals are shown");
        let StageKind::Consent(boxes) = &plan.stages[0].kind else { panic!("{:?}", plan.stages[0]) };
        assert_eq!(boxes.iter().map(|one| one.required).collect::<Vec<_>>(), [true, true, false]);
    }
}

//! What is unusual about a plan that is right.

use super::types::{PlayPace, PlayStage, Stage, StageKind, StudyPlan};
use crate::study::keys::noop_of;

/// Adds a note for each thing that people may not have meant.
pub fn add_notes(plan: &mut StudyPlan) {
    let mut notes = Vec::new();
    let consents = || plan.stages.iter().filter(|stage| matches!(stage.kind, StageKind::Consent(_)));
    if consents().next().is_none() {
        notes.push("No consent stage: what people do is recorded without asking them here.".to_string());
    }
    for stage in consents() {
        let StageKind::Consent(boxes) = &stage.kind else { continue };
        if boxes.iter().all(|one| !one.required) {
            notes.push(format!("Consent '{}': no box is required, so people take part without ticking any.", stage.id));
        }
        if boxes.iter().any(|one| one.id == "audio") {
            notes.push(format!("Consent '{}' asks for 'audio', but this version records no sound.", stage.id));
        }
    }
    if !plan.stages.iter().any(|stage| matches!(stage.kind, StageKind::Play(_))) {
        notes.push("No play stage: nothing is played in this study.".to_string());
    }
    for stage in &plan.stages {
        if let StageKind::Play(play) = &stage.kind {
            notes.extend(play_notes(plan, stage, play));
        }
    }
    plan.notes.append(&mut notes);
}

fn play_notes(plan: &StudyPlan, stage: &Stage, play: &PlayStage) -> Vec<String> {
    let mut notes = Vec::new();
    let id = &stage.id;
    let idle = noop_of(&play.actions).filter(|_| matches!(play.pace, PlayPace::RealTime { .. }));
    let without: Vec<&str> = (0u32..)
        .zip(&play.keys)
        .filter(|(k, keys)| keys.is_empty() && Some(*k) != idle)
        .filter_map(|(k, _)| play.actions.get(k as usize).map(String::as_str))
        .collect();
    if !without.is_empty() {
        notes.push(format!("Stage '{id}': no key for {}, so nobody can choose it.", without.join(", ")));
    }
    if play.shown.achievements {
        notes.push(format!("Stage '{id}' shows achievements, which are goals to many people."));
    }
    if play.shown.legend && plan.languages.len() > 1 {
        let named = (0..).zip(&play.labels).filter(|(k, text)| text.is_empty() && Some(*k) != idle).count();
        if named > 0 {
            notes.push(format!("Stage '{id}': {named} actions have no [labels], so all languages show their English names."));
        }
    }
    if play.ends.time.is_none() && matches!(play.pace, PlayPace::WaitForKey { .. }) {
        notes.push(format!("Stage '{id}' waits for keys and has no 'time': it lasts as long as people like."));
    }
    notes
}

//! Checks the order of stages as participants of each condition meet them: consent before what is recorded, one end, at the end.

use std::collections::{BTreeMap, BTreeSet};

use super::fields::Read;
use super::types::{Stage, StageKind, StudyPlan, Text};

/// Words of an end that was left out, by language.
const THANKS: [(&str, &str, &str); 2] = [
    ("en", "Thank you", "This is the end. Please tell the person with you."),
    ("de", "Danke", "Das ist das Ende. Bitte sag der Person Bescheid, die bei dir ist."),
];

/// The conditions of a plan; one without a name if it has none.
pub fn conditions_of(plan: &StudyPlan) -> Vec<Option<&str>> {
    match plan.conditions.names.as_slice() {
        [] => vec![None],
        names => names.iter().map(|name| Some(name.as_str())).collect(),
    }
}

/// Adds an end to the conditions that have none, and checks each.
pub fn complete(plan: &mut StudyPlan) -> Read<()> {
    let without: Vec<Option<&str>> = conditions_of(plan)
        .into_iter()
        .filter(|condition| !has(plan, *condition, |kind| matches!(kind, StageKind::End)))
        .collect();
    if !without.is_empty() {
        let all = without.len() == conditions_of(plan).len();
        let only = if all { Vec::new() } else { without.iter().flatten().map(ToString::to_string).collect() };
        let end = end_of(plan, only);
        plan.notes.push(format!("The plan ends without a page, so it gets one: \"{}\".", end.title.get(&plan.languages[0])));
        plan.stages.push(end);
    }
    conditions_of(plan).into_iter().try_for_each(|condition| check(plan, condition))
}

fn has(plan: &StudyPlan, condition: Option<&str>, wanted: impl Fn(&StageKind) -> bool) -> bool {
    plan.stages_of(condition).into_iter().any(|k| wanted(&plan.stages[k].kind))
}

fn end_of(plan: &StudyPlan, only: Vec<String>) -> Stage {
    let words = |language: &String| THANKS.iter().find(|known| known.0 == language).unwrap_or(&THANKS[0]);
    let taken: BTreeSet<&str> = plan.stages.iter().map(|stage| stage.id.as_str()).collect();
    let id = (0..).map(|k| if k == 0 { "end".to_string() } else { format!("end-{k}") }).find(|id| !taken.contains(id.as_str()));
    Stage {
        id: id.unwrap_or_default(),
        only,
        title: Text(plan.languages.iter().map(|language| (language.clone(), words(language).1.to_string())).collect()),
        text: Text(plan.languages.iter().map(|language| (language.clone(), words(language).2.to_string())).collect()),
        kind: StageKind::End,
    }
}

fn check(plan: &StudyPlan, condition: Option<&str>) -> Read<()> {
    let stages: Vec<&Stage> = plan.stages_of(condition).into_iter().map(|k| &plan.stages[k]).collect();
    let of = condition.map_or(String::new(), |name| format!(" in the condition '{name}'"));
    if stages.len() < 2 {
        return Err(format!("there is nothing to do{of}: only an end"));
    }
    if let Some(k) = stages.iter().position(|stage| matches!(stage.kind, StageKind::End)).filter(|k| k + 1 < stages.len()) {
        return Err(format!("stage '{}' is the end, and '{}' comes after it{of}", stages[k].id, stages[k + 1].id));
    }
    check_consent(plan, &stages, &of)?;
    let mut boxes = BTreeMap::new();
    for stage in stages {
        let StageKind::Consent(own) = &stage.kind else { continue };
        for one in own {
            if let Some(other) = boxes.insert(&one.id, &stage.id) {
                return Err(format!("the consents '{other}' and '{}' both have the box '{}'{of}", stage.id, one.id));
            }
        }
    }
    Ok(())
}

/// If anyone is asked for consent, everyone is, before anything is recorded.
fn check_consent(plan: &StudyPlan, stages: &[&Stage], of: &str) -> Read<()> {
    let is_consent = |stage: &Stage| matches!(stage.kind, StageKind::Consent(_));
    let is_recorded = |stage: &Stage| matches!(stage.kind, StageKind::Play(_) | StageKind::Survey(_));
    if !plan.stages.iter().any(is_consent) {
        return Ok(());
    }
    let Some(recorded) = stages.iter().position(|stage| is_recorded(stage)) else { return Ok(()) };
    match stages.iter().position(|stage| is_consent(stage)) {
        Some(consent) if consent < recorded => Ok(()),
        Some(consent) => Err(format!(
            "stage '{}' records before the consent '{}'{of}; put the consent first",
            stages[recorded].id, stages[consent].id
        )),
        None => Err(format!("stage '{}' records, and no consent comes before it{of}", stages[recorded].id)),
    }
}

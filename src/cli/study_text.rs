//! What `study check` prints: stages, conditions, keys, time, notes.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::error::{Error, Result};
use crate::study::assignment::{Assigned, Place, PlaceState, assign};
use crate::study::keys::key_label;
use crate::study::plan::{
    PagePicture, PlayPace, PlayStage, Seeds, Stage, StageKind, StudyPlan, Text, conditions_of, duration_text,
};
use crate::study::rehearsal::Rehearsed;

/// Participants whose conditions are shown at most.
const SHOWN: i64 = 12;
/// Seeds of a list that are shown at most.
const SHOWN_SEEDS: usize = 6;

/// The kind of a stage, as the plan names it.
fn kind_of(stage: &Stage) -> &'static str {
    match &stage.kind {
        StageKind::Consent(_) => "consent",
        StageKind::Instructions(_) => "instructions",
        StageKind::Play(play) if play.practice => "practice",
        StageKind::Play(_) => "play",
        StageKind::Survey(_) => "survey",
        StageKind::Break(_) => "break",
        StageKind::End => "end",
    }
}

/// What a participant sees of a stage.
fn about(stage: &Stage, language: &str) -> String {
    let shown = |text: &Text| text.get(language).split_whitespace().collect::<Vec<_>>().join(" ");
    let title = shown(&stage.title);
    let title = if title.is_empty() { title } else { format!("\"{title}\", ") };
    match &stage.kind {
        StageKind::Consent(boxes) => {
            let named: Vec<String> =
                boxes.iter().map(|one| format!("{}{}", one.id, if one.required { " (required)" } else { "" })).collect();
            format!("{title}boxes: {}", named.join(", "))
        }
        StageKind::Instructions(pages) => {
            let pictures = pages.iter().filter(|page| page.picture.is_some()).count();
            let keys = pages.iter().any(|page| matches!(page.picture, Some(PagePicture::Keys)));
            let with = match (pictures, keys) {
                (0, _) => String::new(),
                (n, true) => format!(", {n} with a picture, the keys among them"),
                (n, false) => format!(", {n} with a picture"),
            };
            format!("{title}{} page{}{with}", pages.len(), if pages.len() == 1 { "" } else { "s" })
        }
        StageKind::Play(play) => format!("{title}{}", about_play(play)),
        StageKind::Survey(questions) => {
            let ids: Vec<String> =
                questions.iter().map(|one| format!("{}{}", one.id, if one.required { " (required)" } else { "" })).collect();
            format!("{title}questions: {}", ids.join(", "))
        }
        StageKind::Break(time) => format!("{title}at least {}", duration_text(*time)),
        StageKind::End => title.trim_end_matches(", ").to_string(),
    }
}

fn about_play(play: &PlayStage) -> String {
    let pace = match play.pace {
        PlayPace::RealTime { period } => format!("{} steps a second", (1e9 / period.as_nanos() as f64 * 1000.0).round() / 1000.0),
        PlayPace::WaitForKey { held: false } => "a step at each press".to_string(),
        PlayPace::WaitForKey { held: true } => "a step at each press, held keys repeat".to_string(),
    };
    format!("{}, {}, {pace}, {}; shows {}", play.env, about_seeds(&play.seeds), about_ends(play), shown_parts(play).join(", "))
}

fn about_seeds(seeds: &Seeds) -> String {
    match seeds {
        Seeds::Fixed(seed) => format!("seed {seed} for all"),
        Seeds::ByParticipant => "a seed for each participant".to_string(),
        Seeds::List(list) => {
            let first: Vec<String> = list.iter().take(SHOWN_SEEDS).map(i64::to_string).collect();
            let more = if list.len() > SHOWN_SEEDS { ", ..." } else { "" };
            format!("{} seeds: {}{more}", list.len(), first.join(", "))
        }
    }
}

fn about_ends(play: &PlayStage) -> String {
    let ends = &play.ends;
    let time = ends.time.map(|time| {
        let after = if ends.finish_episode { " and the end of the episode" } else { "" };
        duration_text(time) + after
    });
    let list = [time, ends.episodes.map(|n| format!("{n} episodes")), ends.steps.map(|n| format!("{n} steps"))];
    format!("until {}", list.into_iter().flatten().collect::<Vec<_>>().join(" or "))
}

fn shown_parts(play: &PlayStage) -> Vec<&'static str> {
    let shown = &play.shown;
    let parts = [
        (shown.vitals, "vitals"),
        (shown.inventory, "inventory"),
        (shown.legend, "legend"),
        (shown.timer, "timer"),
        (shown.achievements, "achievements"),
        (shown.map, "the whole map"),
    ];
    let names: Vec<&str> = parts.into_iter().filter(|(on, _)| *on).map(|(_, name)| name).collect();
    if names.is_empty() { vec!["only the world"] } else { names }
}

/// The first participants, if nobody leaves.
fn first_places(plan: &StudyPlan) -> Vec<Assigned> {
    let mut places: Vec<Place> = Vec::new();
    let mut assigned = Vec::new();
    for number in 1..=SHOWN {
        let next = assign(plan, &places, number);
        places.push(Place { number, condition: next.condition.clone(), state: PlaceState::Taken });
        assigned.push(next);
    }
    assigned
}

/// The check as text.
pub fn text(plan: &StudyPlan, played: &[Rehearsed]) -> String {
    let mut out = String::new();
    let language = plan.languages.first().map_or("", String::as_str);
    let cohorts = if plan.cohorts.is_empty() { String::new() } else { format!("; cohorts {}", plan.cohorts.join(", ")) };
    // Writing to a text does not fail.
    let _ =
        writeln!(out, "{}: {}\nlanguages {}{cohorts}\n\nStages", plan.name, plan.title.get(language), plan.languages.join(", "));
    let width = plan.stages.iter().map(|stage| stage.id.len()).max().unwrap_or(0);
    for (k, stage) in plan.stages.iter().enumerate() {
        let only = if stage.only.is_empty() { String::new() } else { format!(" [only {}]", stage.only.join(", ")) };
        let _ = writeln!(out, "{:>3}  {:<width$}  {:<12}  {}{only}", k + 1, stage.id, kind_of(stage), about(stage, language));
    }
    write_conditions(&mut out, plan);
    write_keys(&mut out, plan, language);
    write_time(&mut out, plan);
    write_played(&mut out, played);
    if !plan.notes.is_empty() {
        let _ = writeln!(out, "\nNotes");
        plan.notes.iter().for_each(|note| _ = writeln!(out, "  {note}"));
    }
    out
}

fn write_conditions(out: &mut String, plan: &StudyPlan) {
    if plan.conditions.names.is_empty() {
        return;
    }
    let _ = writeln!(out, "\nConditions, in blocks of {} participants", plan.conditions.block);
    let width = plan.conditions.names.iter().map(String::len).max().unwrap_or(0);
    for condition in conditions_of(plan).into_iter().flatten() {
        let ids: Vec<&str> = plan.stages_of(Some(condition)).into_iter().map(|k| plan.stages[k].id.as_str()).collect();
        let _ = writeln!(out, "  {condition:<width$}  {}", ids.join(" > "));
    }
    let first: Vec<String> = first_places(plan).into_iter().filter_map(|one| one.condition).collect();
    let _ = writeln!(out, "  first participants, if nobody leaves: {}", first.join(", "));
}

fn write_keys(out: &mut String, plan: &StudyPlan, language: &str) {
    let mut known: Vec<(&PlayStage, Vec<&str>)> = Vec::new();
    for stage in &plan.stages {
        let StageKind::Play(play) = &stage.kind else { continue };
        let same = |other: &PlayStage| (&other.actions, &other.keys, &other.labels) == (&play.actions, &play.keys, &play.labels);
        match known.iter_mut().find(|(other, _)| same(other)) {
            Some((_, ids)) => ids.push(&stage.id),
            None => known.push((play, vec![&stage.id])),
        }
    }
    for (play, ids) in known {
        let _ = writeln!(out, "\nKeys in {}", ids.join(", "));
        let width = play.actions.iter().map(String::len).max().unwrap_or(0);
        for ((action, keys), label) in play.actions.iter().zip(&play.keys).zip(&play.labels) {
            let keys: Vec<String> = keys.iter().map(|code| key_label(code)).collect();
            let keys = if keys.is_empty() { "no key".to_string() } else { keys.join(" or ") };
            let label = if label.is_empty() { action.replace('_', " ") } else { label.get(language).to_string() };
            let _ = writeln!(out, "  {action:<width$}  {keys:<10}  {label}");
        }
    }
}

fn write_time(out: &mut String, plan: &StudyPlan) {
    let _ = writeln!(out, "\nTime");
    for condition in conditions_of(plan) {
        let time = plan.time_of(condition);
        let name = condition.map_or(String::new(), |name| format!("{name}: "));
        let open = if time.open.is_empty() { String::new() } else { format!("; without a limit: {}", time.open.join(", ")) };
        let (short, long) = (duration_text(time.shortest), duration_text(time.longest));
        let span = if short == long { long } else { format!("{short} to {long}") };
        let _ = writeln!(out, "  {name}{span} of play and breaks{open}");
    }
}

fn write_played(out: &mut String, played: &[Rehearsed]) {
    if played.is_empty() {
        return;
    }
    let _ = writeln!(out, "\nPlayed through by a scripted participant");
    for one in played {
        let name = one.condition.as_ref().map_or(String::new(), |name| format!("{name}: "));
        let end = match (&one.dead_end, &one.ended) {
            (Some(why), _) => format!("DEAD END: {why}"),
            (None, Some(ended)) => ended.clone(),
            (None, None) => "not ended".to_string(),
        };
        let cut = if one.cut.is_empty() { String::new() } else { format!(", cut short: {}", one.cut.join(", ")) };
        let _ = writeln!(out, "  {name}{} stages, {} steps{cut}: {end}", one.stages.len(), one.steps);
    }
}

/// The check as JSON.
pub fn json(plan: &StudyPlan, played: &[Rehearsed]) -> Result<Value> {
    let language = plan.languages.first().map_or("", String::as_str);
    let stages: Vec<Value> = plan
        .stages
        .iter()
        .map(|stage| {
            let mut value =
                json!({ "id": stage.id, "kind": kind_of(stage), "only": stage.only, "about": about(stage, language) });
            if let StageKind::Play(play) = &stage.kind {
                let keys = play.actions.iter().cloned().zip(play.keys.iter().map(|keys| json!(keys)));
                value["keys"] = Value::Object(keys.collect());
                value["env"] = json!(play.env);
            }
            value
        })
        .collect();
    let times: Vec<Value> = conditions_of(plan)
        .into_iter()
        .map(|condition| {
            let time = plan.time_of(condition);
            let (shortest, longest) = (time.shortest.as_secs_f64(), time.longest.as_secs_f64());
            json!({ "condition": condition, "shortest_s": shortest, "longest_s": longest, "without_limit": time.open })
        })
        .collect();
    let played: Vec<Value> = played
        .iter()
        .map(|one| {
            json!({ "condition": one.condition, "stages": one.stages, "steps": one.steps, "cut": one.cut, "ended": one.ended,
                    "dead_end": one.dead_end })
        })
        .collect();
    let first: Vec<Value> = first_places(plan)
        .iter()
        .map(|one| json!({ "number": one.number, "condition": one.condition, "seed": one.seed }))
        .collect();
    let title = serde_json::to_value(&plan.title.0).map_err(|e| Error::Data(e.to_string()))?;
    Ok(json!({
        "name": plan.name, "title": title, "languages": plan.languages, "cohorts": plan.cohorts,
        "conditions": plan.conditions.names, "block": plan.conditions.block, "stages": stages, "time": times,
        "first_participants": first, "played": played, "notes": plan.notes,
    }))
}

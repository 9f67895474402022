//! Reads the stages of a plan.

use std::collections::BTreeSet;

use toml::{Table, Value};

use super::bounds::{MAX_CONDITIONS, MAX_LABEL_CHARS, MAX_STAGES, MAX_TEXT_CHARS};
use super::fields::{Fields, Read, shortened};
use super::known::STAGES;
use super::pages::{read_boxes, read_pages, read_questions};
use super::picture::Pictures;
use super::play_stage::{Overrides, read_play};
use super::types::{Stage, StageKind};
use super::worlds::Worlds;
use crate::agents::options::suggestion;

/// What all stages of a plan share.
#[derive(Debug)]
pub struct Shared {
    /// Languages of the plan.
    pub languages: Vec<String>,
    /// Conditions of the plan.
    pub conditions: Vec<String>,
    /// What the plan says about actions.
    pub overrides: Overrides,
    /// The worlds that were loaded.
    pub worlds: Worlds,
    /// The pictures that were read.
    pub pictures: Pictures,
    /// Ids of the questions so far.
    pub asked: BTreeSet<String>,
}

/// Reads all stages.
pub fn read_stages(fields: &Fields, shared: &mut Shared) -> Read<Vec<Stage>> {
    let mut stages: Vec<Stage> = Vec::new();
    let mut ids = BTreeSet::new();
    for (k, table) in fields.sections("stages", MAX_STAGES)?.into_iter().enumerate() {
        let stage = read_stage(table, k + 1, shared)?;
        if !ids.insert(stage.id.clone()) {
            return Err(format!("stage {}: id: '{}' is there twice; give each stage an id", k + 1, stage.id));
        }
        stages.push(stage);
    }
    if stages.is_empty() {
        return Err("the plan has no stages; begin each with [[stages]]".to_string());
    }
    Ok(stages)
}

fn read_stage(table: &Table, number: usize, shared: &mut Shared) -> Read<Stage> {
    let kinds = STAGES.map(|(name, _)| name);
    let wanted = match table.get("kind") {
        Some(Value::String(kind)) => kind.as_str(),
        _ => return Err(format!("stage {number}: 'kind' is missing; there are {}", kinds.join(", "))),
    };
    let Some((_, section)) = STAGES.iter().find(|(name, _)| *name == wanted) else {
        let (shown, hint) = (shortened(wanted), suggestion(&shortened(wanted), &kinds));
        return Err(format!("stage {number}: kind: unknown stage '{shown}'{hint}; there are {}", kinds.join(", ")));
    };
    let named = table.get("id").and_then(Value::as_str).map_or(wanted, |id| id);
    let fields = Fields::new(table, format!("stage {number} ({})", shortened(named)), section)?;
    let languages = shared.languages.clone();
    let title = fields.text("title", &languages, MAX_LABEL_CHARS)?;
    let text = fields.text("text", &languages, MAX_TEXT_CHARS)?;
    let kind = match wanted {
        "consent" => {
            fields.needed_text("text", &languages, MAX_TEXT_CHARS)?;
            StageKind::Consent(read_boxes(&fields, &languages)?)
        }
        "instructions" => StageKind::Instructions(read_pages(&fields, &languages, &text, &mut shared.pictures)?),
        "play" => StageKind::Play(Box::new(read_play(&fields, &languages, &shared.overrides, &mut shared.worlds)?)),
        "survey" => StageKind::Survey(read_questions(&fields, &languages, &mut shared.asked)?),
        "break" => match fields.duration("time")? {
            Some(time) => StageKind::Break(time),
            None => return Err(fields.wrong("time", "it is missing; write time = \"1 min\"")),
        },
        _ => StageKind::End,
    };
    let id = fields.id("id")?.unwrap_or_else(|| wanted.to_string());
    Ok(Stage { id, only: only(&fields, &shared.conditions)?, title, text, kind })
}

fn only(fields: &Fields, conditions: &[String]) -> Read<Vec<String>> {
    let only = fields.ids("only", MAX_CONDITIONS)?;
    let known: Vec<&str> = conditions.iter().map(String::as_str).collect();
    match only.iter().find(|name| !conditions.contains(name)) {
        Some(name) if known.is_empty() => Err(fields.wrong("only", format!("'{name}': the plan has no [conditions]"))),
        Some(name) => {
            let hint = suggestion(name, &known);
            Err(fields.wrong("only", format!("there is no condition '{name}'{hint}; there are {}", known.join(", "))))
        }
        None if only.is_empty() && fields.has("only") => {
            Err(fields.wrong("only", "the list is empty; leave 'only' away for all conditions"))
        }
        None => Ok(only),
    }
}

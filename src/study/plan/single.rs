//! The plan of play without a study: one world, until the window is closed.

use toml::{Table, Value};

use super::play_stage::{Overrides, unread_stage, with_overrides};
use super::types::{PlayPace, PlayStage, Seeds, Stage, StageKind, StudyPlan, Text};
use super::worlds::Worlds;
use crate::error::{Error, Result};
use crate::study::keys::noop_of;

/// Name of the study to which play without a plan belongs.
pub const SINGLE: &str = "play";

impl StudyPlan {
    /// The plan of `play ENV`: one stage in the world `env` (an id, or a path), from `seed` on, which nothing ends but the window.
    ///
    /// Its text names what is played but cannot be read as a plan, since the stage has no end.
    ///
    /// # Errors
    /// [`Error::Usage`] if there is no such world, or if it has no action that does nothing and `pace` is real time.
    pub fn single(env: &str, seed: i64, pace: PlayPace) -> Result<StudyPlan> {
        let world = Worlds::new(None).load(env).map_err(Error::Usage)?;
        let actions = &world.spec().action_names;
        if matches!(pace, PlayPace::RealTime { .. }) && noop_of(actions).is_none() {
            return Err(Error::Usage(format!("{env} has no action that does nothing, which real time needs; give --pace key")));
        }
        let stage = PlayStage { seeds: Seeds::Fixed(seed), pace, ..unread_stage(env, &world) };
        let play = with_overrides(stage, actions, &Overrides::default()).map_err(Error::Usage)?;
        let source = source(env, seed, pace)?;
        let kind = StageKind::Play(Box::new(play));
        let stage = Stage { id: SINGLE.to_string(), only: Vec::new(), title: Text::default(), text: Text::default(), kind };
        Ok(StudyPlan {
            name: SINGLE.to_string(),
            title: Text::plain(env),
            languages: vec!["en".to_string()],
            stages: vec![stage],
            source,
            ..StudyPlan::default()
        })
    }
}

/// What is played, as TOML.
fn source(env: &str, seed: i64, pace: PlayPace) -> Result<String> {
    let pace = match pace {
        PlayPace::RealTime { period } => format!("{}/s", 1.0 / period.as_secs_f64()),
        PlayPace::WaitForKey { held: false } => "key".to_string(),
        PlayPace::WaitForKey { held: true } => "key, held".to_string(),
    };
    let text = |text: &str| Value::String(text.to_string());
    let stage: Table = [("kind", text("play")), ("env", text(env)), ("seed", Value::Integer(seed)), ("pace", text(&pace))]
        .into_iter()
        .map(|(key, value)| (key.to_string(), value))
        .collect();
    let plan =
        Table::from_iter([("name".to_string(), text(SINGLE)), ("stages".to_string(), Value::Array(vec![Value::Table(stage)]))]);
    toml::to_string(&plan).map_err(|e| Error::Data(format!("the plan cannot be written: {e}")))
}

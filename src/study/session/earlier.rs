//! What an earlier program recorded of a session: where to go on.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Row as SqlRow};
use serde_json::Value;

use super::game::Game;
use super::play_run::PlayedBefore;
use crate::error::{Error, Result};
use crate::study::database::{connect_to_read, failed};
use crate::study::plan::PlayStage;

/// Where a session stopped.
#[derive(Clone, Debug, Default)]
pub struct Earlier {
    /// Index in the plan of the stage that was entered last.
    pub stage: Option<usize>,
    /// Whether that stage was left.
    pub left: bool,
    /// The language that was chosen last.
    pub language: Option<String>,
    /// Last answer to each question, with the number of its revision.
    pub answers: Vec<(String, Value, u32)>,
    /// Number of plays.
    pub plays: u32,
    /// The play of the open stage.
    pub play: Option<u32>,
    /// How the session ended, if it is over but for its last page.
    pub ended: Option<String>,
}

/// Reads where session `session` stopped.
///
/// # Errors
/// As [`connect_to_read`].
pub fn read_earlier(path: &Path, session: i64) -> Result<Earlier> {
    let connection = connect_to_read(path)?;
    earlier_of(&connection, session).map_err(|e| failed(path, &e))
}

fn earlier_of(connection: &Connection, session: i64) -> rusqlite::Result<Earlier> {
    let last_stage = connection
        .query_row("SELECT stage, what FROM stages WHERE session = ?1 ORDER BY n DESC LIMIT 1", [session], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
        })
        .optional()?;
    let stage = last_stage.as_ref().and_then(|(stage, _)| usize::try_from(*stage).ok());
    let event = |kind: &str| {
        let query = "SELECT value FROM events WHERE session = ?1 AND kind = ?2 ORDER BY n DESC LIMIT 1";
        connection.query_row(query, (session, kind), |row| row.get::<_, Option<String>>(0)).optional()
    };
    let mut select = connection.prepare("SELECT question, value, revision FROM answers WHERE session = ?1 ORDER BY n")?;
    let answers = select
        .query_map([session], |row| {
            let value = serde_json::from_str(&row.get::<_, String>(1)?).unwrap_or(Value::Null);
            Ok((row.get(0)?, value, row.get(2)?))
        })?
        .collect::<rusqlite::Result<_>>()?;
    let plays = connection.query_row("SELECT count(*) FROM plays WHERE session = ?1", [session], |row| row.get(0))?;
    let play = connection
        .query_row("SELECT play, stage FROM plays WHERE session = ?1 ORDER BY n DESC LIMIT 1", [session], |row| {
            Ok((row.get::<_, u32>(0)?, row.get::<_, i64>(1)?))
        })
        .optional()?;
    Ok(Earlier {
        stage,
        left: last_stage.is_some_and(|(_, what)| what == "left"),
        language: event("language")?.flatten(),
        answers,
        plays,
        play: play.filter(|(_, of)| usize::try_from(*of).ok() == stage).map(|(play, _)| play),
        ended: event("ended")?.flatten(),
    })
}

/// A recorded step, as far as it is compared.
struct Recorded {
    action: Option<u32>,
    episode: u32,
    step: u32,
    pose: (u32, u32, u32),
    state: String,
    played_us: i64,
}

/// Plays the recorded steps of a play again. Each must come out as it was recorded. Returns the game after the last one, and what was
/// played.
///
/// # Errors
/// [`Error::Data`] with the first step that comes out differently; [`Error::Io`].
pub fn play_again(path: &Path, session: i64, play: u32, stage: &PlayStage, seed: i64) -> Result<(Game, PlayedBefore)> {
    let connection = connect_to_read(path)?;
    let fail = |e: rusqlite::Error| failed(path, &e);
    let query =
        "SELECT action, episode, step, x, y, facing, state, played_us FROM steps WHERE session = ?1 AND play = ?2 ORDER BY n";
    let mut select = connection.prepare(query).map_err(fail)?;
    let mut rows = select.query((session, play)).map_err(fail)?;
    let mut game = Game::begin(stage, seed)?;
    let mut before = PlayedBefore::default();
    while let Some(row) = rows.next().map_err(fail)? {
        let recorded = recorded(row).map_err(fail)?;
        match recorded.action {
            Some(action) => _ = game.step(action)?,
            None if before.rows == 0 => {}
            None => _ = game.next_episode()?,
        }
        before.rows += 1;
        let now = &game.row;
        let same = (now.action, now.episode, now.step) == (recorded.action, recorded.episode, recorded.step)
            && (now.pose.x, now.pose.y, now.pose.facing) == recorded.pose
            && game.state_json() == recorded.state;
        if !same {
            let (episode, step) = (recorded.episode, recorded.step);
            return Err(Error::Data(format!(
                "{}: play {play} comes out differently from episode {episode}, step {step} on; its records are as they were, but it cannot go on",
                path.display()
            )));
        }
        before.steps += u64::from(recorded.action.is_some());
        before.episodes += u32::from(recorded.action.is_some() && game.is_over());
        before.played_us = recorded.played_us.unsigned_abs();
    }
    Ok((game, before))
}

fn recorded(row: &SqlRow) -> rusqlite::Result<Recorded> {
    Ok(Recorded {
        action: row.get(0)?,
        episode: row.get(1)?,
        step: row.get(2)?,
        pose: (row.get(3)?, row.get(4)?, row.get(5)?),
        state: row.get(6)?,
        played_us: row.get(7)?,
    })
}

//! Play in a stage: when steps are taken, what they do, and when the stage ends.

use std::sync::Arc;

use super::game::Game;
use super::keys::{Choice, HeldKeys};
use super::log::Log;
use super::screen::PlayState;
use crate::envs::Picture;
use crate::error::Result;
use crate::study::database::{ItemBody, StepItem};
use crate::study::plan::{PlayPace, PlayStage};

/// How long the last picture of an episode stays, in microseconds.
pub const EPISODE_PAUSE_US: u64 = 800_000;
/// A step that is later than this is noted as an event, in microseconds.
pub const DELAY_US: u64 = 20_000;

/// Whether steps are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Going {
    /// Steps are taken. Time in play counts from this time.
    Since(u64),
    /// Steps are taken from this time on.
    From(u64),
    /// Paused.
    Paused,
    /// Paused, and the participant is asked whether to stop for good.
    Stopping,
}

/// Play in a stage.
#[derive(Debug)]
pub struct PlayRun {
    /// Number of the play in the session.
    pub play: u32,
    /// The world.
    pub game: Game,
    /// Number of the picture that is to be shown.
    pub number: u64,
    /// The picture.
    pub picture: Arc<Picture>,
    /// Each achievement, and whether it was unlocked.
    pub achievements: Vec<(String, bool)>,
    /// Whether steps are taken.
    pub going: Going,
    /// Keys.
    pub keys: HeldKeys,
    /// Why the stage ends with this episode, if it does.
    pub last_episode: Option<&'static str>,
    /// Finished episodes of the stage.
    pub episodes: u32,
    /// Steps of the stage.
    pub steps: u64,
    stage: PlayStage,
    /// Time in play before the present stretch of it.
    played_us: u64,
    /// When the next step is due; with the pace of keys, when the next episode begins.
    due: Option<u64>,
    /// When the picture had been presented.
    presented: Option<u64>,
    /// Number of the item that must be written before the next step.
    must_be_written: u64,
    /// Number of the row before that one.
    row_before: u64,
    /// Since when the next step has waited for that.
    waits_since: Option<u64>,
    /// A press that waits for it, in worlds that wait for keys.
    waiting: Option<Choice>,
}

/// What an advance of the play led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlayOutcome {
    /// It goes on; something is due at this time.
    Goes(Option<u64>),
    /// The stage is over, for this reason.
    Over(&'static str),
}

/// What an earlier program had recorded of the play.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlayedBefore {
    /// Recorded rows.
    pub rows: u64,
    /// Finished episodes.
    pub episodes: u32,
    /// Steps.
    pub steps: u64,
    /// Time in play.
    pub played_us: u64,
}

impl PlayRun {
    /// Play in `stage` with a game that has begun.
    ///
    /// # Errors
    /// If its picture cannot be drawn.
    pub fn new(stage: &PlayStage, play: u32, mut game: Game, before: &PlayedBefore) -> Result<PlayRun> {
        let picture = Arc::new(game.picture()?);
        let achievements = game.achievements()?;
        Ok(PlayRun {
            play,
            game,
            number: 1,
            picture,
            achievements,
            going: Going::Paused,
            keys: HeldKeys::default(),
            last_episode: None,
            episodes: before.episodes,
            steps: before.steps,
            stage: stage.clone(),
            played_us: before.played_us,
            due: None,
            presented: None,
            must_be_written: 0,
            row_before: 0,
            waits_since: None,
            waiting: None,
        })
    }

    /// Records the row in which an episode began.
    pub fn record_beginning(&mut self, log: &mut Log, now: u64) {
        let choice = Choice::default();
        self.record(log, &choice, "reset", None, now, 0);
    }

    /// Starts, with the countdown of the stage.
    pub fn start(&mut self, now: u64) {
        self.going = Going::From(now + u64::from(self.stage.countdown) * 1_000_000);
        self.keys.release_all();
    }

    /// Stops the time. Keys that are down count as released.
    pub fn pause(&mut self, now: u64, going: Going) {
        self.played_us = self.played(now);
        self.going = going;
        self.keys.release_all();
        (self.due, self.waits_since, self.waiting) = (self.due.filter(|_| self.game.is_over()), None, None);
    }

    /// Time in play.
    pub fn played(&self, now: u64) -> u64 {
        match self.going {
            Going::Since(since) => self.played_us + now.saturating_sub(since),
            _ => self.played_us,
        }
    }

    /// Time left and whole time, if the stage ends by time.
    pub fn time_left(&self, now: u64) -> Option<(u64, u64)> {
        let whole = u64::try_from(self.stage.ends.time?.as_micros()).unwrap_or(u64::MAX);
        Some((whole.saturating_sub(self.played(now)), whole))
    }

    /// What is shown of it.
    pub fn state(&self, now: u64) -> PlayState {
        match self.going {
            Going::Since(_) => PlayState::Running,
            Going::From(at) => {
                PlayState::Countdown(u32::try_from(at.saturating_sub(now).div_ceil(1_000_000)).unwrap_or(u32::MAX))
            }
            Going::Paused => PlayState::Paused,
            Going::Stopping => PlayState::Stopping,
        }
    }

    /// The picture with this number had been presented.
    pub fn presented(&mut self, number: u64, at_us: u64) {
        if number == self.number && self.presented.is_none() {
            self.presented = Some(at_us);
        }
    }

    /// Number of the item of the last row but one, which was written before the last one was made; 0 if there is none.
    pub fn row_before(&self) -> u64 {
        self.row_before
    }

    /// When the last picture had been presented.
    pub fn presented_at(&self) -> Option<u64> {
        self.presented
    }

    /// A key went down or up.
    pub fn key(&mut self, code: &str, down: bool, repeated: bool, at_us: u64) {
        let Some(action) = self.action_of(code).filter(|_| matches!(self.going, Going::Since(_))) else { return };
        match self.stage.pace {
            PlayPace::RealTime { .. } if repeated => {}
            PlayPace::RealTime { .. } => self.keys.change(code, action, down, at_us),
            PlayPace::WaitForKey { held } => {
                if !repeated {
                    self.keys.change(code, action, down, at_us);
                }
                let counts = down && (held || !repeated) && !self.game.is_over();
                if counts && self.waiting.is_none() {
                    let (action, key, pressed_us) = (Some(action), Some(code.to_string()), Some(at_us));
                    self.waiting = Some(Choice { action, key, pressed_us, pressed: !repeated });
                }
            }
        }
    }

    fn action_of(&self, code: &str) -> Option<u32> {
        let found = self.stage.keys.iter().position(|keys| keys.iter().any(|key| key == code));
        found.and_then(|action| u32::try_from(action).ok())
    }

    /// Does what is due at `now`. Items up to `committed` are on the disk.
    ///
    /// # Errors
    /// The error of a step, after which no other can be taken.
    pub fn advance(&mut self, log: &mut Log, now: u64, committed: u64) -> Result<PlayOutcome> {
        match self.going {
            Going::Paused | Going::Stopping => return Ok(PlayOutcome::Goes(None)),
            Going::From(at) if at > now => return Ok(PlayOutcome::Goes(Some(next_second(at, now)))),
            Going::From(at) => self.go(at),
            Going::Since(_) => {}
        }
        if self.time_left(now).is_some_and(|(left, _)| left == 0) {
            if !self.stage.ends.finish_episode || self.game.is_over() {
                return Ok(PlayOutcome::Over("time"));
            }
            self.last_episode = Some("time");
        }
        let done = match self.stage.pace {
            PlayPace::RealTime { period } => {
                let period = u64::try_from(period.as_micros()).unwrap_or(u64::MAX);
                self.tick(log, now, committed, period)?
            }
            PlayPace::WaitForKey { .. } => self.answer_key(log, now, committed)?,
        };
        Ok(self.over().map_or(PlayOutcome::Goes(done), PlayOutcome::Over))
    }

    /// Steps are taken from `at` on.
    fn go(&mut self, at: u64) {
        self.going = Going::Since(at);
        let first = match self.stage.pace {
            _ if self.game.is_over() => Some(at + EPISODE_PAUSE_US),
            PlayPace::RealTime { period } => Some(at + u64::try_from(period.as_micros()).unwrap_or(u64::MAX)),
            PlayPace::WaitForKey { .. } => None,
        };
        self.due = self.due.or(first);
    }

    /// Why the stage is over after this episode or step, if it is.
    fn over(&self) -> Option<&'static str> {
        let ends = &self.stage.ends;
        let over = self.game.is_over();
        match () {
            () if over && self.last_episode.is_some() => self.last_episode,
            () if over && ends.episodes.is_some_and(|most| self.episodes >= most) => Some("episodes"),
            () if ends.steps.is_some_and(|most| self.steps >= most) => Some("steps"),
            () => None,
        }
    }

    /// Takes the step that is due, in real time. Returns when the next thing is due.
    fn tick(&mut self, log: &mut Log, now: u64, committed: u64, period: u64) -> Result<Option<u64>> {
        let Some(due) = self.due.filter(|due| *due <= now) else { return Ok(self.next(now)) };
        let Some(stall) = self.stall(due, now, committed) else { return Ok(None) };
        let late = now - due;
        if stall == 0 && late > DELAY_US {
            log.add(now, ItemBody::Event { kind: "late", value: Some(late.to_string()) });
        }
        // Steps that could not be taken in time are not made up for in a burst: the beat goes on from here.
        let skipped = if self.game.is_over() { 0 } else { late / period };
        if skipped > 0 {
            log.add(now, ItemBody::Event { kind: "ticks-skipped", value: Some(skipped.to_string()) });
        }
        if self.game.is_over() {
            self.begin_next(log, now, stall)?;
            self.due = Some(now + period);
        } else {
            let choice = self.keys.choose(due);
            let action = choice.action.or(self.game.noop());
            self.due = Some(due + (skipped + 1) * period);
            if let Some(action) = action {
                self.step(log, (action, choice), (Some(due), now, stall))?;
            }
        }
        Ok(self.next(now))
    }

    /// Takes the step of a press, or begins the next episode. Returns when the next thing is due.
    fn answer_key(&mut self, log: &mut Log, now: u64, committed: u64) -> Result<Option<u64>> {
        if let Some(due) = self.due.filter(|due| *due <= now) {
            let Some(stall) = self.stall(due, now, committed) else { return Ok(None) };
            self.begin_next(log, now, stall)?;
            (self.due, self.waiting) = (None, None);
        } else if let Some(pressed) = self.waiting.as_ref().and_then(|choice| choice.pressed_us) {
            let Some(stall) = self.stall(pressed, now, committed) else { return Ok(None) };
            if let Some((action, choice)) = self.waiting.take().and_then(|choice| Some((choice.action?, choice))) {
                // What the key does later is of no interest here.
                self.keys.choose(now);
                self.step(log, (action, choice), (None, now, stall))?;
            }
        }
        Ok(self.next(now))
    }

    /// How long the step that was due at `due` had to wait until the one before was written; None if it waits still.
    fn stall(&mut self, due: u64, now: u64, committed: u64) -> Option<u64> {
        if committed < self.must_be_written {
            self.waits_since.get_or_insert(due.max(now));
            return None;
        }
        Some(self.waits_since.take().map_or(0, |since| now.saturating_sub(since)))
    }

    /// When something is due after `now`: a step, the next episode, or a second of the timer.
    fn next(&self, now: u64) -> Option<u64> {
        let end = self.time_left(now).map(|(left, _)| now + if left == 0 { 1_000_000 } else { left });
        let second = self.time_left(now).filter(|_| self.stage.shown.timer).map(|(left, _)| now + (left % 1_000_000).max(1));
        [self.due, end, second].into_iter().flatten().min()
    }

    fn begin_next(&mut self, log: &mut Log, now: u64, stall: u64) -> Result<()> {
        self.game.next_episode()?;
        self.changed()?;
        self.record(log, &Choice::default(), "reset", None, now, stall);
        self.keys.choose(now);
        self.presented = None;
        Ok(())
    }

    fn step(&mut self, log: &mut Log, (action, choice): (u32, Choice), (due, now, stall): (Option<u64>, u64, u64)) -> Result<()> {
        self.game.step(action)?;
        self.steps += 1;
        self.changed()?;
        let cause = choice.cause();
        self.record(log, &choice, cause, due, now, stall);
        self.presented = None;
        if self.game.is_over() {
            self.episodes += 1;
            self.due = Some(now + EPISODE_PAUSE_US);
        }
        Ok(())
    }

    /// The state changed: there is a new picture.
    fn changed(&mut self) -> Result<()> {
        self.picture = Arc::new(self.game.picture()?);
        self.achievements = self.game.achievements()?;
        self.number += 1;
        Ok(())
    }

    fn record(&mut self, log: &mut Log, choice: &Choice, cause: &'static str, due: Option<u64>, now: u64, stall: u64) {
        let item = StepItem {
            play: self.play,
            row: self.game.row.clone(),
            state: self.game.state_json(),
            key: choice.key.clone(),
            cause,
            shown_us: self.presented,
            due_us: due,
            pressed_us: choice.pressed_us,
            done_us: now,
            stall_us: stall,
            played_us: self.played(now),
        };
        self.row_before = self.must_be_written;
        self.must_be_written = log.add(now, ItemBody::Step(Box::new(item)));
    }
}

/// The next full second before `at`.
fn next_second(at: u64, now: u64) -> u64 {
    at - (at - now - 1) / 1_000_000 * 1_000_000
}

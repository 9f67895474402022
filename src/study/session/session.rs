//! A session: a participant's way through a plan. It takes [`Input`], records items, and says what is to be shown.

use std::sync::Arc;
use std::time::Duration;

use super::clock::Clock;
use super::earlier::{Earlier, play_again, read_earlier};
use super::game::Game;
use super::log::Log;
use super::page_state::{GivenAnswer, PageState, UNCHANGED_US};
use super::play_run::{Going, PlayOutcome, PlayRun, PlayedBefore};
use super::screen::Input;
use crate::error::{Error, Result};
use crate::study::database::{DECLINED, DONE, ENDED, Entered, ItemBody, STOPPED, Wake, Written};
use crate::study::plan::{PlayStage, StageKind, StudyPlan};

/// The key that pauses.
pub const PAUSE_KEY: &str = "Escape";
/// How long a window that closes waits for the last commit.
pub const LAST_COMMIT: Duration = Duration::from_secs(10);
/// Author of the notes of the experimenter.
pub const EXPERIMENTER: &str = "experimenter";

/// What a participant does at this time.
#[derive(Debug)]
pub(super) enum Doing {
    Page(PageState),
    Play(Box<PlayRun>),
}

/// A participant's way through a plan.
#[derive(Debug)]
pub struct Session {
    pub(super) plan: StudyPlan,
    pub(super) stages: Vec<Arc<crate::study::plan::Stage>>,
    /// Indices in the plan of the stages of the condition.
    pub(super) order: Vec<usize>,
    /// Index in `order` of the stage.
    pub(super) at: usize,
    pub(super) doing: Doing,
    pub(super) entered: Entered,
    pub(super) log: Log,
    pub(super) clock: Clock,
    pub(super) language: String,
    plays: u32,
    /// How the session ended; the last page may still be shown.
    ended: Option<&'static str>,
    pub(super) closed: bool,
    /// Why nothing goes on.
    pub(super) broken: Option<String>,
    in_trouble: bool,
    /// Whether the game goes on by itself when the trouble is over.
    waits_for_storage: bool,
}

impl Session {
    /// Begins the session of a participant who came in, or goes on with it.
    ///
    /// # Errors
    /// [`Error::Data`] if what was recorded does not come out again; the errors of loading its world and of the writer.
    pub fn begin(plan: &StudyPlan, mut entered: Entered, clock: Clock, wake: Wake) -> Result<Session> {
        let order = plan.stages_of(entered.assigned.condition.as_deref());
        if order.is_empty() {
            return Err(Error::Usage("the plan has no stage for this condition".to_string()));
        }
        let earlier = match &entered.path {
            Some(path) if entered.resumed => read_earlier(path, entered.position.session)?,
            _ => Earlier::default(),
        };
        let log = Log::begin(&mut entered, wake)?;
        let language = earlier.language.clone().or_else(|| plan.languages.first().cloned()).unwrap_or_default();
        let mut session = Session {
            stages: plan.stages.iter().cloned().map(Arc::new).collect(),
            plan: plan.clone(),
            order,
            at: 0,
            doing: Doing::Page(PageState::default()),
            entered,
            log,
            clock,
            language,
            plays: earlier.plays,
            ended: earlier.ended.as_deref().and_then(|state| [DONE, DECLINED, STOPPED].into_iter().find(|known| *known == state)),
            closed: false,
            broken: None,
            in_trouble: false,
            waits_for_storage: false,
        };
        session.go_to_first(&earlier)?;
        session.log.flush();
        Ok(session)
    }

    fn go_to_first(&mut self, earlier: &Earlier) -> Result<()> {
        let now = self.clock.now_us();
        let Some(stage) = earlier.stage else { return self.enter(0, now) };
        let place = self.order.iter().position(|index| *index == stage);
        let at = place.ok_or_else(|| Error::Data("the stage that was open is not in the plan".to_string()))?;
        self.log.add(now, ItemBody::Event { kind: "restored", value: Some(self.stages[stage].id.clone()) });
        if earlier.left {
            return if at + 1 < self.order.len() { self.enter(at + 1, now) } else { self.close(now) };
        }
        self.at = at;
        let mut page = PageState::of(&self.stages[stage], now);
        if let StageKind::Survey(questions) = &self.stages[stage].kind {
            for (question, given) in questions.iter().zip(&mut page.answers) {
                if let Some((_, value, revision)) = earlier.answers.iter().rev().find(|(id, ..)| *id == question.id) {
                    let value = (!value.is_null()).then(|| value.clone());
                    *given = GivenAnswer { value: value.clone(), recorded: value, revisions: revision + 1, changed_us: now };
                }
            }
        }
        self.doing = Doing::Page(page);
        let StageKind::Play(play_stage) = self.stages[stage].kind.clone() else { return Ok(()) };
        self.restore_play(&play_stage, earlier.play, now)
    }

    /// Goes on with the play of the open stage; begins it if it had not begun.
    fn restore_play(&mut self, stage: &PlayStage, play: Option<u32>, now: u64) -> Result<()> {
        let (Some(play), Some(path)) = (play, &self.entered.path) else { return self.begin_play(stage, now) };
        let (game, before) = play_again(path, self.entered.position.session, play, stage, self.entered.assigned.seed)?;
        let mut run = PlayRun::new(stage, play, game, &before)?;
        if before.rows == 0 {
            // The program ended before the first row was written.
            run.record_beginning(&mut self.log, now);
        }
        self.doing = Doing::Play(Box::new(run));
        Ok(())
    }

    pub(super) fn stage(&self) -> &Arc<crate::study::plan::Stage> {
        &self.stages[self.order[self.at]]
    }

    pub(super) fn event(&mut self, now: u64, kind: &'static str, value: Option<String>) {
        self.log.add(now, ItemBody::Event { kind, value });
    }

    pub(super) fn enter(&mut self, at: usize, now: u64) -> Result<()> {
        self.at = at;
        let (index, stage) = (self.order[at], self.stage().clone());
        self.log.add(now, ItemBody::Stage { stage: index, id: stage.id.clone(), what: "entered", why: None });
        self.doing = Doing::Page(PageState::of(&stage, now));
        match &stage.kind {
            StageKind::Play(play) => self.begin_play(play, now),
            StageKind::End => {
                if self.ended.is_none() {
                    self.end(DONE, now);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn begin_play(&mut self, stage: &PlayStage, now: u64) -> Result<()> {
        let game = Game::begin(stage, self.entered.assigned.seed)?;
        let meta = serde_json::to_string(&game.meta()).map_err(|e| Error::Data(e.to_string()))?;
        let (play, index) = (self.plays, self.order[self.at]);
        self.plays += 1;
        self.log.add(now, ItemBody::Play { play, stage: index, practice: stage.practice, meta });
        let mut run = PlayRun::new(stage, play, game, &PlayedBefore::default())?;
        run.record_beginning(&mut self.log, now);
        run.start(now);
        self.doing = Doing::Play(Box::new(run));
        Ok(())
    }

    /// Notes how the session ended.
    pub(super) fn end(&mut self, state: &'static str, now: u64) {
        self.ended = Some(state);
        self.event(now, ENDED, Some(state.to_string()));
    }

    /// Leaves the stage and enters the next one.
    pub(super) fn leave(&mut self, why: &'static str, now: u64) -> Result<()> {
        self.record_leaving(why, now);
        if self.at + 1 < self.order.len() { self.enter(self.at + 1, now) } else { self.close(now) }
    }

    /// The participant has stopped for good: the last page is shown, if there is one.
    pub(super) fn stop(&mut self, now: u64) -> Result<()> {
        self.end(STOPPED, now);
        self.record_leaving("stopped", now);
        let last = self.order.len() - 1;
        if matches!(self.stages[self.order[last]].kind, StageKind::End) { self.enter(last, now) } else { self.close(now) }
    }

    /// Records that the stage is left, and before that everything that was entered in it.
    pub(super) fn record_leaving(&mut self, why: &'static str, now: u64) {
        self.record_answers(now, true);
        if let Doing::Play(run) = &self.doing
            && let Some(at) = run.presented_at()
        {
            let value = Some(run.number.to_string());
            self.log.add(at, ItemBody::Event { kind: "presented", value });
        }
        let (index, id) = (self.order[self.at], self.stage().id.clone());
        self.log.add(now, ItemBody::Stage { stage: index, id, what: "left", why: Some(why) });
    }

    pub(super) fn close(&mut self, now: u64) -> Result<()> {
        if self.ended.is_none() {
            self.end(DONE, now);
        }
        self.closed = true;
        Ok(())
    }

    /// The participant, as entered.
    pub fn entered(&self) -> &Entered {
        &self.entered
    }

    /// The clock of the session.
    pub fn clock(&self) -> Clock {
        self.clock.clone()
    }

    /// What is written of the session.
    pub fn written(&self) -> Written {
        self.log.written()
    }

    /// How the session ended, if it did.
    pub fn ended(&self) -> Option<&'static str> {
        self.ended
    }

    /// The items that were recorded, for sessions in memory.
    pub fn memory(&self) -> Option<&rusqlite::Connection> {
        self.log.memory()
    }

    /// Takes what came in at `now`.
    pub fn input(&mut self, input: Input, now: u64) {
        if self.closed {
            return;
        }
        if let Err(why) = self.take(input, now) {
            self.break_off(&why, now);
        }
        self.log.flush();
    }

    fn break_off(&mut self, why: &Error, now: u64) {
        self.event(now, "failed", Some(why.to_string()));
        self.broken = Some(why.to_string());
    }

    /// Records answers that changed: all, or those that have not changed for a while. Returns when the next one is due.
    pub(super) fn record_answers(&mut self, now: u64, all: bool) -> Option<u64> {
        let (index, stage) = (self.order[self.at], self.stage().clone());
        let (Doing::Page(page), StageKind::Survey(questions)) = (&mut self.doing, &stage.kind) else { return None };
        let mut next = None;
        for (question, answer) in questions.iter().zip(&mut page.answers) {
            if answer.value == answer.recorded {
                continue;
            }
            let due = answer.changed_us + UNCHANGED_US;
            if !all && due > now {
                next = Some(next.map_or(due, |next: u64| next.min(due)));
                continue;
            }
            let value = answer.value.clone().unwrap_or(serde_json::Value::Null).to_string();
            let (question, revision) = (question.id.clone(), answer.revisions);
            self.log.add(answer.changed_us, ItemBody::Answer { stage: index, question, value, revision });
            (answer.recorded, answer.revisions) = (answer.value.clone(), revision + 1);
        }
        next
    }

    /// Does what is due at `now`. Returns when the next thing is due, in microseconds of the clock.
    pub fn advance(&mut self, now: u64) -> Option<u64> {
        if self.closed || self.broken.is_some() {
            return None;
        }
        let written = self.log.written();
        self.note_trouble(&written, now);
        if let Some(why) = written.ended {
            self.broken = Some(why);
            return None;
        }
        let next = match &mut self.doing {
            Doing::Page(page) => {
                let second =
                    page.until_us.filter(|until| *until > now).map(|until| until - (until - now - 1) / 1_000_000 * 1_000_000);
                [self.record_answers(now, false), second].into_iter().flatten().min()
            }
            Doing::Play(run) => match run.advance(&mut self.log, now, written.committed) {
                Ok(PlayOutcome::Goes(next)) => next,
                Ok(PlayOutcome::Over(why)) => {
                    if let Err(why) = self.leave(why, now) {
                        self.break_off(&why, now);
                    }
                    Some(now)
                }
                Err(why) => {
                    self.break_off(&why, now);
                    None
                }
            },
        };
        self.log.flush();
        next
    }

    /// Notes when nothing could be written for a while, and when that was over. The game waits meanwhile.
    fn note_trouble(&mut self, written: &Written, now: u64) {
        if written.trouble.is_some() == self.in_trouble {
            return;
        }
        self.in_trouble = written.trouble.is_some();
        self.event(now, if self.in_trouble { "storage-failed" } else { "storage-works" }, written.trouble.clone());
        match &mut self.doing {
            Doing::Play(run) if self.in_trouble => {
                self.waits_for_storage = matches!(run.going, Going::Since(_) | Going::From(_));
                if self.waits_for_storage {
                    run.pause(now, Going::Paused);
                }
            }
            Doing::Play(run) if std::mem::take(&mut self.waits_for_storage) => run.start(now),
            _ => {}
        }
    }

    /// The picture with this number had been presented at `at_us`.
    pub fn presented(&mut self, number: u64, at_us: u64) {
        if let Doing::Play(run) = &mut self.doing {
            run.presented(number, at_us);
        }
    }

    /// Waits until everything that was recorded is written, for at most `patience`.
    pub fn wait_until_written(&mut self, patience: Duration) -> Written {
        self.log.finish(patience)
    }

    /// Has everything written, for at most [`LAST_COMMIT`].
    pub fn finish(&mut self) -> Written {
        let now = self.clock.now_us();
        if !self.closed {
            self.event(now, "closed", None);
        }
        self.log.finish(LAST_COMMIT)
    }
}

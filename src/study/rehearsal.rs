//! Plays a plan through without a person: a scripted participant ticks boxes, answers and presses keys, with a clock that is set and a
//! database in memory. What a plan leads to is known before anyone takes part.

use std::sync::Arc;

use serde_json::Value;

use crate::error::{Error, Result};
use crate::shaders::shared::chance::Chance;
use crate::shaders::shared::keyed::Keyed;
use crate::study::database::{Boot, Who, create_in_memory, enter_in_memory, failed};
use crate::study::plan::{Question, QuestionKind, StageKind, StudyPlan};
use crate::study::session::{Clock, Input, PageView, PlayState, PlayView, Screen, Session};

/// What the words of chance are drawn for.
const FOR_REHEARSAL: u32 = 3;
/// Id of the scripted participant.
const PARTICIPANT: &str = "REHEARSAL";
/// Microseconds that the scripted participant reads a page.
const READS_US: u64 = 2_000_000;
/// Microseconds between the presses in worlds that wait for keys.
const PRESSES_US: u64 = 300_000;

/// A condition that was played through.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rehearsed {
    /// The condition; None if the plan has none.
    pub condition: Option<String>,
    /// Ids of the stages that were entered, in order.
    pub stages: Vec<String>,
    /// Steps that were taken in all play stages.
    pub steps: u64,
    /// Ids of the play stages that were ended before their own end, after as many steps as the rehearsal may take.
    pub cut: Vec<String>,
    /// How the session ended; None if it did not.
    pub ended: Option<String>,
    /// Why it could not go on, if it could not.
    pub dead_end: Option<String>,
    /// Rows of the steps, for comparisons: action and reward.
    pub actions: Vec<(Option<u32>, f64)>,
}

/// Plays `plan` through in a condition. Each play stage takes at most `steps` steps; then the clock is set to its end, or it is ended.
///
/// # Errors
/// The errors of [`Session::begin`], and of the database.
pub fn rehearse(plan: &StudyPlan, condition: Option<&str>, steps: u64) -> Result<Rehearsed> {
    let who = Who { participant: PARTICIPANT.to_string(), cohort: plan.cohorts.first().cloned() };
    let mut entered = enter_in_memory(create_in_memory(&plan.name)?, plan, &who, &Boot::default())?;
    entered.assigned.condition = condition.map(str::to_string);
    let clock = Clock::still();
    let session = Session::begin(plan, entered, clock.clone(), Arc::new(|| {}))?;
    let key = [plan.seed as u32, (plan.seed >> 32) as u32];
    let place = plan.conditions.names.iter().position(|name| Some(name.as_str()) == condition).unwrap_or(0);
    let mut participant = Scripted {
        session,
        clock,
        now: 0,
        chance: Keyed::new(key, place as u32, 0, FOR_REHEARSAL),
        max_steps: steps,
        play: PlayProgress::default(),
        done: Rehearsed { condition: condition.map(str::to_string), ..Rehearsed::default() },
    };
    if let Some(language) = plan.languages.get(place % plan.languages.len().max(1)) {
        participant.input(Input::Language(language.clone()));
    }
    participant.go(plan);
    participant.finish()
}

/// What was done in the play stage so far.
#[derive(Debug, Default)]
struct PlayProgress {
    stage: String,
    /// Number of the last picture, and how many there were.
    number: u64,
    pictures: u64,
    turns: u64,
    down: Option<String>,
    ended: bool,
    pauses: u32,
}

struct Scripted {
    session: Session,
    clock: Clock,
    now: u64,
    chance: Keyed,
    max_steps: u64,
    play: PlayProgress,
    done: Rehearsed,
}

impl Scripted {
    fn pass(&mut self, us: u64) {
        self.now = self.now.saturating_add(us.max(1));
        self.clock.set(self.now);
    }

    fn input(&mut self, input: Input) {
        self.session.input(input, self.now);
    }

    fn entered_stage(&mut self, id: &str) {
        // Going back is not scripted, so a stage comes once.
        if self.done.stages.last().is_none_or(|last| last != id) {
            self.done.stages.push(id.to_string());
        }
    }

    fn go(&mut self, plan: &StudyPlan) {
        // Each page takes one turn, each play stage a few for each step.
        let pages = |kind: &StageKind| if let StageKind::Instructions(pages) = kind { pages.len() as u64 } else { 1 };
        let play = 100 + 5 * self.max_steps;
        let turns: u64 = plan.stages.iter().map(|stage| 4 + pages(&stage.kind) + play).sum();
        for _ in 0..turns {
            match self.session.screen() {
                Screen::Closed => return,
                Screen::Trouble { details } => {
                    self.done.dead_end = Some(details);
                    return;
                }
                Screen::Page(page) => self.turn_page(&page),
                Screen::Play(play) => self.turn_play(&play),
            }
            if self.done.dead_end.is_some() {
                return;
            }
        }
        let last = self.done.stages.last().cloned().unwrap_or_default();
        self.done.dead_end = Some(format!("stage '{last}' does not end"));
    }

    fn turn_page(&mut self, page: &PageView) {
        self.entered_stage(&page.stage.id);
        self.pass(page.wait.map_or(READS_US, |seconds| seconds.saturating_mul(1_000_000)));
        self.session.advance(self.now);
        match &page.stage.kind {
            StageKind::Consent(boxes) => (0..boxes.len()).for_each(|index| self.input(Input::Box { index, given: true })),
            StageKind::Survey(questions) => {
                for (index, question) in questions.iter().enumerate() {
                    let value = Some(self.answer(question));
                    self.input(Input::Answer { index, value });
                    self.pass(READS_US);
                    self.session.advance(self.now);
                }
            }
            _ => {}
        }
        self.input(Input::Next);
        if let Screen::Page(after) = self.session.screen()
            && (after.stage.id == page.stage.id, after.page) == (true, page.page)
        {
            let why = match (after.missing, after.wait) {
                (0, None) => "the page cannot be left".to_string(),
                (0, Some(wait)) => format!("the page still waits for {wait} s"),
                (missing, _) => format!("{missing} required boxes or questions cannot be answered"),
            };
            self.done.dead_end = Some(format!("stage '{}': {why}", page.stage.id));
        }
    }

    fn answer(&mut self, question: &Question) -> Value {
        match &question.kind {
            QuestionKind::Text { .. } => Value::from("as a test"),
            QuestionKind::Choice { options, several } => {
                let k = self.chance.randint(options.len().max(1) as u32) as usize;
                match options.get(k) {
                    Some((id, _)) if *several => Value::from(vec![id.clone()]),
                    Some((id, _)) => Value::from(id.clone()),
                    None => Value::Null,
                }
            }
            QuestionKind::Scale { min, max, .. } => {
                let n = max.saturating_sub(*min).saturating_add(1).clamp(1, 1000);
                Value::from(min.saturating_add(i64::from(self.chance.randint(n as u32))))
            }
            QuestionKind::Number { min, max } => Value::from(min.or(*max).unwrap_or(0.0)),
        }
    }

    fn turn_play(&mut self, view: &PlayView) {
        if self.play.stage != view.stage.id {
            self.play = PlayProgress { stage: view.stage.id.clone(), ..PlayProgress::default() };
            self.entered_stage(&view.stage.id);
        }
        self.session.presented(view.number, self.now);
        let next = self.session.advance(self.now);
        // The stage may be over, and the next one may be another world.
        match self.session.screen() {
            Screen::Play(after) if after.stage.id == view.stage.id => {}
            _ => return,
        }
        match view.state {
            PlayState::Countdown(_) => self.pass(next.map_or(READS_US, |next| next.saturating_sub(self.now))),
            PlayState::Paused | PlayState::Stopping => {
                self.play.pauses += 1;
                self.input(Input::Resume);
            }
            PlayState::Running => self.turn_running(view, next),
        }
    }

    fn turn_running(&mut self, view: &PlayView, next: Option<u64>) {
        self.play.turns += 1;
        if view.number != self.play.number {
            (self.play.number, self.play.pictures) = (view.number, self.play.pictures + 1);
        }
        // Something is due at each second of a timer too, and some keys do nothing; but not for ever.
        if self.play.pictures > self.max_steps || self.play.turns > 10 + 4 * self.max_steps {
            self.end_play(view);
            return;
        }
        if let Some(code) = self.play.down.take() {
            self.input(Input::Key { code, down: false, repeated: false });
        }
        let until = next.map_or(PRESSES_US, |next| next.saturating_sub(self.now));
        self.pass(until / 2);
        // Some keys are tapped, some held for a step, and sometimes none is pressed.
        let codes = keys_of(view);
        let pressed =
            if self.chance.randint(5) == 0 { None } else { codes.get(self.chance.randint(codes.len().max(1) as u32) as usize) };
        if let Some(code) = pressed {
            self.input(Input::Key { code: code.clone(), down: true, repeated: false });
            self.play.down = Some(code.clone());
        }
        self.pass(until - until / 2);
    }

    /// Sets the clock to the end of the stage. If that is not its end, ends it.
    fn end_play(&mut self, view: &PlayView) {
        match view.time_left {
            Some((left, _)) if left > 0 && !self.play.ended => {
                self.play.ended = true;
                self.pass(left);
            }
            _ => {
                self.done.cut.push(view.stage.id.clone());
                self.input(Input::EndStage);
            }
        }
    }

    fn finish(mut self) -> Result<Rehearsed> {
        let written = self.session.finish();
        if let Some(why) = written.ended {
            self.done.dead_end.get_or_insert(why);
        }
        self.done.ended = self.session.ended().map(str::to_string);
        let connection = self.session.memory().ok_or_else(|| Error::Data("the rehearsal was not in memory".to_string()))?;
        let fail = |e: rusqlite::Error| failed(std::path::Path::new(":memory:"), &e);
        let mut select = connection.prepare("SELECT action, reward FROM steps ORDER BY n").map_err(fail)?;
        let rows = select.query_map([], |row| Ok((row.get(0)?, row.get::<_, Option<f64>>(1)?.unwrap_or(0.0)))).map_err(fail)?;
        let rows: Vec<(Option<u32>, f64)> = rows.collect::<rusqlite::Result<_>>().map_err(fail)?;
        self.done.steps = rows.iter().filter(|(action, _)| action.is_some()).count() as u64;
        self.done.actions = rows;
        Ok(self.done)
    }
}

/// The keys of the stage that is played.
fn keys_of(view: &PlayView) -> Vec<String> {
    match &view.stage.kind {
        StageKind::Play(play) => play.keys.iter().flatten().cloned().collect(),
        _ => Vec::new(),
    }
}

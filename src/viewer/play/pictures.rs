//! Pictures of what a participant sees, drawn without a display: one of every page, and one of every game after some steps.

use std::sync::Arc;

use egui::{Context, Pos2, RawInput, Rect, vec2};
use serde_json::Value;

use super::look::GROUND;
use super::play_window::PlayWindow;
use crate::error::{Error, Result};
use crate::gpu::Gpu;
use crate::study::database::{Boot, Who, create_in_memory, enter_in_memory};
use crate::study::plan::{PlayPace, PlayStage, Question, QuestionKind, StageKind, StudyPlan};
use crate::study::session::{Clock, Input, PlayState, PlayView, Screen, Session};
use crate::viewer::offscreen::{FORMAT, Offscreen, WindowPicture};
use crate::viewer::screen::Screen as Painter;

/// Frames until the layout, which may depend on the frame before, is at rest.
const FRAMES: u32 = 4;
/// Steps of each game that is drawn.
const STEPS: u64 = 25;
/// Most pages and stages that are drawn of a plan.
const MOST: usize = 500;

/// A window that is painted into a texture.
pub struct PlayPainter {
    /// The state of the window.
    pub window: PlayWindow,
    ctx: Context,
    gpu: Arc<Gpu>,
    painter: Painter,
    size: [u32; 2],
    scale: f32,
    time: f64,
}

impl std::fmt::Debug for PlayPainter {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "PlayPainter({:?})", self.size)
    }
}

impl PlayPainter {
    /// A window of `size` pixels, with `scale` pixels for each point.
    pub fn new(gpu: Arc<Gpu>, size: [u32; 2], scale: f32) -> PlayPainter {
        let ctx = Context::default();
        let painter = Painter::new(&gpu, FORMAT, true);
        PlayPainter { window: PlayWindow::new(&ctx), ctx, gpu, painter, size, scale, time: 0.0 }
    }

    /// Draws a screen.
    ///
    /// # Errors
    /// [`Error::Gpu`] if the device is lost; [`Error::Limit`] if it draws no windows of this size.
    pub fn draw(&mut self, screen: &Screen) -> Result<WindowPicture> {
        for _ in 1..FRAMES {
            let output = self.output(screen);
            self.painter.prepare(&self.ctx, output);
        }
        let output = self.output(screen);
        let frame = self.painter.prepare(&self.ctx, output);
        let target = Offscreen::new(&self.gpu, self.size, FORMAT)?;
        self.painter.paint(&self.gpu, &frame, (&target.view(), self.size), GROUND).map_err(Error::Gpu)?;
        target.read(&self.gpu)
    }

    fn output(&mut self, screen: &Screen) -> egui::FullOutput {
        self.time += 0.25;
        let points = vec2(self.size[0] as f32, self.size[1] as f32) / self.scale;
        let mut input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, points)),
            time: Some(self.time),
            focused: true,
            ..RawInput::default()
        };
        input.viewports.entry(egui::ViewportId::ROOT).or_default().native_pixels_per_point = Some(self.scale);
        let window = &mut self.window;
        self.ctx.run_ui(input, |ui| window.ui(ui, screen, &mut Vec::new()))
    }
}

/// Draws every page of a plan as a participant would see it. Returns a name, without ending, for each picture.
///
/// # Errors
/// As [`PlayPainter::draw`]; the errors of [`Session::begin`].
pub fn draw_stages(painter: &mut PlayPainter, plan: &StudyPlan, language: Option<&str>) -> Result<Vec<(String, WindowPicture)>> {
    let who = Who { participant: "P08".to_string(), cohort: plan.cohorts.first().cloned() };
    let entered = enter_in_memory(create_in_memory(&plan.name)?, plan, &who, &Boot::default())?;
    let clock = Clock::still();
    let mut session = Session::begin(plan, entered, clock.clone(), Arc::new(|| {}))?;
    if let Some(language) = language {
        session.input(Input::Language(language.to_string()), 0);
    }
    let mut pictures: Vec<(String, WindowPicture)> = Vec::new();
    while pictures.len() < MOST {
        match session.screen() {
            Screen::Page(view) => {
                pictures.push((
                    format!("{:02}-{}-{}", view.progress.0 + 1, view.stage.id, view.page + 1),
                    painter.draw(&session.screen())?,
                ));
                fill_in(&mut session, &clock, &view.stage.kind, view.wait);
            }
            Screen::Play(view) => {
                play_some(&mut session, &clock, &view);
                let n = pictures.len() + 1;
                pictures.push((format!("{n:02}-{}", view.stage.id), painter.draw(&session.screen())?));
                session.input(Input::EndStage, clock.now_us());
            }
            Screen::Trouble { details } => return Err(Error::Data(details)),
            Screen::Closed => break,
        }
    }
    for (n, (name, _)) in pictures.iter_mut().enumerate() {
        let rest = name.split_once('-').map_or(String::new(), |(_, rest)| rest.to_string());
        *name = format!("{:02}-{rest}", n + 1);
    }
    Ok(pictures)
}

/// Ticks, answers and waits until the page can be left, and leaves it.
fn fill_in(session: &mut Session, clock: &Clock, kind: &StageKind, wait: Option<u64>) {
    let now = clock.now_us() + wait.unwrap_or(0) * 1_000_000 + 1_000_000;
    clock.set(now);
    match kind {
        StageKind::Consent(boxes) => {
            (0..boxes.len()).for_each(|index| session.input(Input::Box { index, given: true }, now));
        }
        StageKind::Survey(questions) => {
            for (index, question) in questions.iter().enumerate() {
                session.input(Input::Answer { index, value: Some(answer(question)) }, now);
            }
        }
        _ => {}
    }
    session.advance(now);
    session.input(Input::Next, now);
}

fn answer(question: &Question) -> Value {
    match &question.kind {
        QuestionKind::Text { .. } => Value::from("yes"),
        QuestionKind::Choice { options, several } => {
            let first = Value::from(options.first().map(|(id, _)| id.clone()).unwrap_or_default());
            if *several { Value::Array(vec![first]) } else { first }
        }
        QuestionKind::Scale { max, .. } => Value::from(*max),
        QuestionKind::Number { min, max } => Value::from(min.or(*max).unwrap_or(1.0)),
    }
}

/// Plays some steps: each action that has a key for some of them, the first ones longer.
fn play_some(session: &mut Session, clock: &Clock, view: &PlayView) {
    let StageKind::Play(stage) = &view.stage.kind else { return };
    let period = match stage.pace {
        PlayPace::RealTime { period } => u64::try_from(period.as_micros()).unwrap_or(u64::MAX),
        PlayPace::WaitForKey { .. } => 200_000,
    };
    let codes = codes(stage);
    let mut taken = 0;
    for k in 0..STEPS * 4 {
        let now = clock.now_us() + period;
        clock.set(now);
        session.advance(now);
        let running = matches!(session.screen(), Screen::Play(view) if view.state == PlayState::Running);
        if matches!(session.screen(), Screen::Page(_) | Screen::Closed) || taken == STEPS {
            break;
        }
        if let Some(code) = codes.get((k / 6) as usize % codes.len().max(1)).filter(|_| running) {
            session.input(Input::Key { code: code.clone(), down: true, repeated: false }, now);
            session.advance(now);
            taken += 1;
            if taken < STEPS {
                session.input(Input::Key { code: code.clone(), down: false, repeated: false }, now + 1);
            }
        }
    }
}

/// The first key of each action that has one.
fn codes(stage: &PlayStage) -> Vec<String> {
    stage.keys.iter().filter_map(|keys| keys.first().cloned()).collect()
}

//! The state of the window in which people play and answer. It draws a [`Screen`] and says what the participant does; it decides nothing.

use std::sync::Arc;

use egui::{Context, Event, Id, Key, Ui, UiBuilder};

use super::belongings::GameParts;
use super::game;
use super::key_names::KeyLabels;
use super::legend::LegendParts;
use super::legend_rows::legend_rows;
use super::page::PageDrawing;
use super::reading::{self, GameTexture, PageImages};
use super::survey::{self, Drafts};
use super::words::{Words, words};
use super::{consent, pause};
use crate::envs::World;
use crate::envs::catalog::{Options, Source, load_source};
use crate::scene::Theme;
use crate::study::plan::{InstructionPage, PlayStage, Stage, StageKind};
use crate::study::session::{Input, PageView, PlayState, PlayView, Screen};
use crate::viewer::images::Images;
use crate::viewer::theme;

/// Seconds after a page appeared in which Enter and Space press nothing: they may have been meant for the page before.
const CALM: f64 = 0.15;
/// The same after a game, whose keys may still be held.
const CALM_AFTER_PLAY: f64 = 0.6;

/// A stage and the world that is played in it.
type KnownWorld = (Arc<Stage>, Option<Arc<dyn World>>);

/// The state of the window.
#[derive(Debug, Default)]
pub struct PlayWindow {
    /// What is written on keys.
    pub labels: KeyLabels,
    images: Images,
    page_images: PageImages,
    texture: GameTexture,
    world: Option<KnownWorld>,
    drafts: Drafts,
    /// The page that is shown, and since when.
    shown: Option<Id>,
    since: f64,
    calm: f64,
    played: bool,
    language: String,
}

/// What tells one page from another.
fn page_id(screen: &Screen) -> Id {
    match screen {
        Screen::Page(view) => Id::unique(("page", &view.stage.id, view.page)),
        Screen::Play(view) => Id::unique((
            "play",
            &view.stage.id,
            matches!(view.state, PlayState::Paused),
            matches!(view.state, PlayState::Stopping),
        )),
        Screen::Trouble { .. } => Id::unique("trouble"),
        Screen::Closed => Id::unique("closed"),
    }
}

impl PlayWindow {
    /// A window that has shown nothing yet. Gives egui the fonts and colours of the program.
    pub fn new(ctx: &Context) -> PlayWindow {
        theme::install(ctx, Theme::Dark);
        PlayWindow::default()
    }

    /// Draws what is to be shown on the ground, which the painter has filled the window with, and adds what the participant does to
    /// `inputs`.
    pub fn ui(&mut self, ui: &mut Ui, screen: &Screen, inputs: &mut Vec<Input>) {
        let id = page_id(screen);
        let fresh = self.turn_to(ui, id, screen);
        self.hold_back(ui);
        let builder = UiBuilder::new().scope_id(id).max_rect(ui.max_rect());
        ui.scope_builder(builder, |ui| match screen {
            Screen::Page(view) => {
                self.language.clone_from(&view.language);
                self.page(ui, view, PageDrawing { words: words(&view.language), inputs, fresh });
            }
            Screen::Play(view) => {
                self.language.clone_from(&view.language);
                self.play(ui, view, PageDrawing { words: words(&view.language), inputs, fresh });
            }
            Screen::Trouble { details } => reading::trouble(ui, details, words(&self.language)),
            Screen::Closed => {}
        });
    }

    /// Notes which page is shown. Returns whether it is another one than before.
    fn turn_to(&mut self, ui: &Ui, id: Id, screen: &Screen) -> bool {
        let running = |screen: &Screen| matches!(screen, Screen::Play(view) if !matches!(view.state, PlayState::Paused | PlayState::Stopping));
        let is_new = self.shown != Some(id);
        if is_new {
            self.since = ui.input(|input| input.time);
            self.calm = match self.shown {
                None => 0.0,
                Some(_) if self.played => CALM_AFTER_PLAY,
                Some(_) => CALM,
            };
            self.shown = Some(id);
            self.drafts.clear();
            ui.memory_mut(|memory| {
                if let Some(focused) = memory.focused() {
                    memory.surrender_focus(focused);
                }
            });
        }
        self.played = running(screen);
        is_new
    }

    /// Takes away presses that were not meant for this page, and repeated ones.
    fn hold_back(&self, ui: &Ui) {
        let early = ui.input(|input| input.time) - self.since < self.calm;
        ui.input_mut(|input| {
            input.events.retain(|event| match event {
                Event::Key { key: Key::Enter | Key::Space | Key::Escape, repeat, pressed: true, .. } => !early && !repeat,
                _ => true,
            });
        });
    }

    fn page(&mut self, ui: &mut Ui, view: &PageView, mut drawing: PageDrawing) {
        match &view.stage.kind {
            StageKind::Consent(boxes) => consent::show(ui, view, boxes, &mut drawing),
            StageKind::Instructions(pages) => {
                if let Some(page) = pages.get(view.page) {
                    self.instructions(ui, view, page, &mut drawing);
                }
            }
            StageKind::Survey(questions) => survey::show(ui, view, questions, &mut self.drafts, &mut drawing),
            StageKind::Break(_) => reading::rest(ui, view, &mut drawing),
            StageKind::End => reading::end(ui, view, &mut drawing),
            StageKind::Play(_) => {}
        }
    }

    fn instructions(&mut self, ui: &mut Ui, view: &PageView, page: &InstructionPage, drawing: &mut PageDrawing) {
        let rows = match &view.next_play {
            Some((stage, actions)) => match &stage.kind {
                StageKind::Play(play) => {
                    self.load(stage, play);
                    legend_rows(play, actions, &view.language, &[], drawing.words.walk)
                }
                _ => Vec::new(),
            },
            None => Vec::new(),
        };
        let world = self.world.as_ref().and_then(|(_, world)| world.as_ref());
        let mut parts = LegendParts { labels: &self.labels, images: &mut self.images, world };
        reading::instructions(ui, view, page, (&mut self.page_images, &rows, &mut parts), drawing);
    }

    fn play(&mut self, ui: &mut Ui, view: &PlayView, mut drawing: PageDrawing) {
        if let StageKind::Play(play) = &view.stage.kind {
            self.load(&view.stage, play);
        }
        let words: &'static Words = drawing.words;
        match view.state {
            PlayState::Paused => pause::paused(ui, &mut drawing),
            PlayState::Stopping => pause::stopping(ui, &mut drawing),
            PlayState::Running | PlayState::Countdown(_) => {
                let world = self.world.as_ref().and_then(|(_, world)| world.as_ref());
                let (texture, images, labels) = (&mut self.texture, &mut self.images, &self.labels);
                game::show(ui, view, &mut GameParts { texture, images, world, labels, words }, drawing.inputs);
            }
        }
    }

    /// Loads the world of a stage, for the pictures of things.
    fn load(&mut self, stage: &Arc<Stage>, play: &PlayStage) {
        if self.world.as_ref().is_some_and(|(known, _)| Arc::ptr_eq(known, stage)) {
            return;
        }
        let source = Source { id: play.env.clone(), text: play.ruleset.clone(), folder: None };
        self.world = Some((stage.clone(), load_source(&source, &Options::default()).ok()));
    }
}

//! The page Edit: bars, palette, canvas and form around one document.

use std::path::{Path, PathBuf};

use egui::{Align2, CentralPanel, Frame, Key, Margin, Modifiers, Panel, ScrollArea, Ui};

use super::bar::{self, Ask, Decision};
use super::canvas::Canvas;
use super::document::Document;
use super::drawing_form::{self, ChosenSize};
use super::editor::Editor;
use super::files::{self, Target};
use super::jobs::{Job, Outcome};
use super::palette_pane::PalettePane;
use super::scenario_form;
use super::start::Start;
use crate::viewer::command::{Command, Requests};
use crate::viewer::live::LivePlan;
use crate::viewer::shown::Shown;
use crate::viewer::sources::Notify;
use crate::viewer::theme::{Tokens, fonts};
use crate::viewer::widgets::text;

const PALETTE: f32 = 216.0;
const FORM: f32 = 272.0;
/// Width of a window in which the form has a panel of its own.
const WIDE: f32 = 1000.0;

/// What waits until it is decided about unsaved changes.
#[derive(Debug)]
enum Waiting {
    Begin(Start),
    Close,
}

/// The page with its document.
#[derive(Default)]
pub struct EditPage {
    /// The document; None before the page is first shown.
    pub editor: Option<Editor>,
    canvas: Canvas,
    palette: PalettePane,
    chosen: ChosenSize,
    job: Option<Job>,
    /// Saving would replace this file.
    taken: Option<(String, Target)>,
    waiting: Option<Waiting>,
    /// Whether the changes are being saved for what waits.
    saves_first: bool,
    /// Whether the window is to be closed.
    closes: bool,
    folder: PathBuf,
    messages: Vec<String>,
}

impl std::fmt::Debug for EditPage {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "EditPage({:?}, {:?})", self.editor, self.waiting)
    }
}

impl EditPage {
    /// Takes over what threads have found. Begins with the shown world once that `is_read`. Returns what happened, in words.
    pub fn poll(&mut self, (shown, is_read): (&Shown, bool), folder: &Path, notify: &Notify) -> Vec<String> {
        self.folder = folder.to_path_buf();
        if let Some(outcome) = self.job.as_ref().and_then(Job::poll) {
            self.job = None;
            self.take(outcome, notify);
        }
        if self.editor.is_none() && self.job.is_none() && is_read {
            self.start_job(notify, Start::first(shown));
        }
        if let Some(editor) = &mut self.editor
            && editor.poll(notify)
        {
            self.canvas.set_stale();
        }
        std::mem::take(&mut self.messages)
    }

    fn start_job(&mut self, notify: &Notify, start: Start) {
        match Job::start(notify.clone(), move || start.begin()) {
            Ok(job) => self.job = Some(job),
            Err(why) => self.messages.push(why),
        }
    }

    fn take(&mut self, outcome: Outcome, notify: &Notify) {
        match (outcome, &mut self.editor) {
            (Outcome::Document(Ok((document, on_disk))), _) => {
                self.editor = Some(match on_disk {
                    Some(on_disk) => Editor::opened(*document, on_disk, &self.folder),
                    None => Editor::new(*document, &self.folder),
                });
                (self.canvas, self.taken, self.chosen) = (Canvas::default(), None, None);
            }
            (Outcome::Document(Err(why)), None) => {
                self.messages.push(why);
                self.editor = Some(Editor::begin(&self.folder));
            }
            (Outcome::Document(Err(why)), Some(_)) => self.messages.push(format!("Not opened: {why}")),
            (Outcome::Saved(record, Ok(on_disk)), Some(editor)) => {
                self.messages.push(editor.was_saved(record, on_disk));
                self.taken = None;
                if std::mem::take(&mut self.saves_first) {
                    self.go_on(notify);
                }
            }
            (Outcome::Saved(_, Err(why)), _) => {
                self.messages.push(format!("Not saved: {why}"));
                self.saves_first = false;
            }
            (Outcome::Taken(target), Some(editor)) => {
                self.taken = Some((editor.path.clone(), target));
                let why = if target == Target::Changed { "was changed by another program" } else { "is there already" };
                self.messages.push(format!("Not saved: {} {why}. Replace it, or choose another name.", editor.path));
                self.saves_first = false;
            }
            (_, None) => {}
        }
    }

    /// Does what waited for a decision.
    fn go_on(&mut self, notify: &Notify) {
        match self.waiting.take() {
            Some(Waiting::Begin(start)) => self.start_job(notify, start),
            Some(Waiting::Close) => self.closes = true,
            None => {}
        }
    }

    /// Whether everything that was asked for is shown.
    pub fn is_idle(&self) -> bool {
        self.job.is_none() && self.editor.as_ref().is_some_and(Editor::is_idle)
    }

    /// Begins another document; asks first if there are unsaved changes.
    pub fn begin(&mut self, start: Start, notify: &Notify) {
        if self.editor.as_ref().is_some_and(Editor::is_changed) {
            self.waiting = Some(Waiting::Begin(start));
        } else {
            self.start_job(notify, start);
        }
    }

    /// Opens a file on the page.
    pub fn open(&mut self, path: &Path, notify: &Notify) {
        let base = self.editor.as_ref().map_or_else(|| ("crafter".to_string(), 0), Editor::base);
        self.begin(Start::File(path.to_path_buf(), base), notify);
    }

    /// Whether a window may be closed now. It asks once: a second call closes.
    pub fn may_close(&mut self) -> bool {
        let is_changed = self.editor.as_ref().is_some_and(Editor::is_changed);
        if !is_changed || self.closes || matches!(self.waiting, Some(Waiting::Close)) {
            return true;
        }
        self.waiting = Some(Waiting::Close);
        false
    }

    /// Whether the window is to be closed.
    pub fn closes(&self) -> bool {
        self.closes
    }

    /// Fits the map into the canvas.
    pub fn fit(&mut self) {
        self.canvas.fit();
    }

    /// Does a command of the page.
    pub fn command(&mut self, command: Command, notify: &Notify) -> Option<LivePlan> {
        let editor = self.editor.as_mut()?;
        match command {
            Command::Undo => editor.go(true),
            Command::Redo => editor.go(false),
            Command::Save => self.save(notify),
            Command::PlayFromHere => match editor.plan() {
                Ok(plan) => return Some(plan),
                Err(why) => self.messages.push(format!("Not played: {why}")),
            },
            _ => {}
        }
        None
    }

    fn save(&mut self, notify: &Notify) {
        let Some(editor) = &self.editor else { return };
        if self.job.is_some() {
            return;
        }
        let confirmed = self.taken.as_ref().is_some_and(|(path, _)| *path == editor.path);
        match editor.to_save() {
            Ok(saving) => match Job::start(notify.clone(), move || Outcome::of_saving(saving, confirmed)) {
                Ok(job) => self.job = Some(job),
                Err(why) => self.messages.push(why),
            },
            Err(why) => self.messages.push(why),
        }
        if self.job.is_none() {
            self.saves_first = false;
        }
    }

    /// Shows the page in the rest of `ui`.
    pub fn show(&mut self, ui: &mut Ui, t: &Tokens, shown: &Shown, notify: &Notify, requests: &mut Requests) {
        let wide = ui.ctx().content_rect().width() >= WIDE;
        let plain = Frame::new().inner_margin(Margin::ZERO);
        let bar = Frame::new().inner_margin(Margin::symmetric(8, 6)).fill(t.bg1);
        let Some(mut editor) = self.editor.take() else {
            let middle = ui.available_rect_before_wrap().center();
            text::line(ui.painter(), middle, Align2::CENTER_CENTER, "Reading the world", fonts::body(), t.t2);
            return;
        };
        let types = ui.ctx().text_edit_focused();
        if !types && ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::Y)) {
            editor.go(false);
        }
        // While a name is typed, other keys belong to the text.
        if types && ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::S)) {
            requests.push(Command::Save);
        }
        let taken = self.taken.as_ref().filter(|(path, _)| *path == editor.path).map(|(_, target)| *target);
        let busy = self.job.is_some();
        let asked = Panel::top("edit bar")
            .frame(bar)
            .resizable(false)
            .show(ui, |ui| bar::commands(ui, t, (&mut editor, busy), taken, shown, requests));
        let decision = self.waiting.is_some().then(|| {
            let can_save = editor.why_not().is_none() && !busy;
            Panel::top("edit unsaved").frame(bar).resizable(false).show(ui, |ui| bar::unsaved(ui, t, can_save)).inner
        });
        let panel = Panel::left("edit palette").exact_size(PALETTE).resizable(false).frame(plain);
        panel.show(ui, |ui| {
            ScrollArea::vertical().id_salt("edit palette").auto_shrink([false, false]).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                self.palette.show(ui, t, &mut editor);
                if !wide {
                    form(ui, t, &mut editor, &mut self.chosen);
                }
            });
        });
        if wide {
            Panel::right("edit form").exact_size(FORM).resizable(false).frame(plain).show(ui, |ui| {
                ScrollArea::vertical().id_salt("edit form").auto_shrink([false, false]).show(ui, |ui| {
                    ui.spacing_mut().item_spacing.y = 0.0;
                    form(ui, t, &mut editor, &mut self.chosen);
                });
            });
        }
        let hovered = self.canvas.hovered;
        Panel::bottom("edit status").frame(plain).resizable(false).show(ui, |ui| bar::status(ui, t, &editor, hovered));
        let fault = CentralPanel::default().frame(Frame::new()).show(ui, |ui| self.canvas.show(ui, t, &mut editor)).inner;
        self.messages.extend(fault);
        if !ui.input(|input| input.pointer.any_down()) && !ui.ctx().text_edit_focused() {
            editor.seal();
        }
        self.editor = Some(editor);
        self.answer(asked.inner, decision.flatten(), notify);
    }

    fn answer(&mut self, asked: Option<Ask>, decision: Option<Decision>, notify: &Notify) {
        match asked {
            Some(Ask::Begin(start)) => self.begin(start, notify),
            Some(Ask::Open) => {
                let path = self.editor.as_ref().map(|editor| PathBuf::from(editor.path.trim()));
                if let Some(path) = path {
                    self.open(&path, notify);
                }
            }
            Some(Ask::Renamed) => self.taken = None,
            Some(Ask::Zoom(up)) => self.canvas.zoom(up),
            None => {}
        }
        match decision {
            Some(Decision::Save) => {
                self.saves_first = true;
                self.save(notify);
            }
            Some(Decision::Discard) => self.go_on(notify),
            Some(Decision::Stay) => self.waiting = None,
            None => {}
        }
    }
}

fn form(ui: &mut Ui, t: &Tokens, editor: &mut Editor, chosen: &mut ChosenSize) {
    match &editor.document {
        Document::Scenario(_) => scenario_form::show(ui, t, editor),
        Document::Drawing(_) => drawing_form::show(ui, t, editor, chosen),
    }
}

/// Whether a file that is dropped on the window is opened on this page.
pub fn is_document(path: &Path) -> bool {
    files::is_document(path)
}

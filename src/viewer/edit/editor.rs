//! The editor: document, history, brush, file. It knows nothing of the window that shows it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::brush::{self, Birth, Brush, Swatch};
use super::checked::Checked;
use super::checker::Checker;
use super::document::Document;
use super::files::{self, OnDisk};
use super::history::History;
use super::scenario::Scenario;
use super::shapes::{Cell, Tool};
use crate::viewer::live::LivePlan;
use crate::viewer::sources::Notify;

/// Steps a second of a run that is started here.
const PACE: f64 = 5.0;

/// What the brush paints first on a scenario.
const GRASS: &str = "grass";
/// The world of a scenario that is begun.
const CRAFTER: &str = "crafter";

/// A document on its way to a file.
#[derive(Clone, Debug)]
pub struct Saving {
    /// Where it goes.
    pub path: PathBuf,
    /// The text of the file.
    pub text: String,
    /// The document with this text.
    pub record: String,
    /// The file as it was opened or saved last.
    pub known: Option<OnDisk>,
}

/// What is painted, and with what.
#[derive(Debug)]
pub struct Editor {
    /// The document.
    pub document: Document,
    /// The last valid state.
    pub checked: Option<Arc<Checked>>,
    /// What is wrong with the document now, in the words of the command line.
    pub fault: Option<String>,
    /// How the brush is used.
    pub tool: Tool,
    /// Side of the brush.
    pub side: u32,
    /// What it paints.
    pub brush: Brush,
    /// How creatures begin.
    pub birth: Birth,
    /// Where it is saved, as typed.
    pub path: String,
    on_disk: Option<OnDisk>,
    pub(super) history: History,
    /// The document as a text, and as it was saved or begun.
    pub(super) now: String,
    saved: String,
    /// The document before the open stroke, the cell that was painted last, and whether the state after it is asked for.
    pub(super) open_stroke: Option<(String, Cell)>,
    checker: Checker,
    /// Whether the newest state was asked for.
    asked: bool,
}

impl Editor {
    /// A document that is not saved yet. Names of its files are those of `folder`.
    pub fn new(document: Document, folder: &Path) -> Editor {
        let now = document.record();
        let path = files::free_name(folder, &document).display().to_string();
        let path = path.strip_prefix("./").map(str::to_string).unwrap_or(path);
        let brush = match &document {
            Document::Scenario(_) => Brush::Material(GRASS.to_string()),
            Document::Drawing(_) => palette(&document, None).first().map_or(Brush::Erase, |first| first.kinds[0].1.clone()),
        };
        let mut editor = Editor {
            document,
            checked: None,
            fault: None,
            tool: Tool::default(),
            side: 1,
            brush,
            birth: Birth::default(),
            path,
            on_disk: None,
            history: History::default(),
            saved: now.clone(),
            now,
            open_stroke: None,
            checker: Checker::default(),
            asked: false,
        };
        editor.rename();
        editor
    }

    /// An empty scenario over the first world of Crafter.
    pub fn begin(folder: &Path) -> Editor {
        Editor::new(Document::Scenario(Scenario::new(CRAFTER, 0)), folder)
    }

    /// A document that was read from a file.
    pub fn opened(document: Document, on_disk: OnDisk, folder: &Path) -> Editor {
        let mut opened = Editor::new(document, folder);
        opened.path = on_disk.path.display().to_string();
        opened.on_disk = Some(on_disk);
        opened.rename();
        opened
    }

    /// World and seed of scenarios that are opened: those of the open one.
    pub fn base(&self) -> (String, i64) {
        match &self.document {
            Document::Scenario(scenario) => (scenario.world.clone(), scenario.seed),
            Document::Drawing(_) => (CRAFTER.to_string(), 0),
        }
    }

    /// The typed path has changed: messages of the loader begin with it.
    pub fn rename(&mut self) {
        if let Document::Drawing(drawing) = &mut self.document
            && drawing.origin != self.path.trim()
        {
            drawing.origin = self.path.trim().to_string();
            self.asked = false;
        }
    }

    /// What can be painted.
    pub fn palette(&self) -> Vec<Swatch> {
        palette(&self.document, self.checked.as_deref())
    }

    /// Takes over what the thread has found, and asks for what is new. Returns whether the state is new.
    pub fn poll(&mut self, notify: &Notify) -> bool {
        let answer = self.checker.poll();
        let is_new = answer.is_some();
        match answer.map(|answer| answer.checked) {
            Some(Ok(checked)) => (self.checked, self.fault) = (Some(checked), None),
            Some(Err(why)) => self.fault = Some(why),
            None => {}
        }
        if !self.asked {
            self.asked = true;
            if let Err(why) = self.checker.ask(&self.document, notify) {
                self.fault = Some(why);
            }
        }
        is_new
    }

    /// Whether the shown state is that of the document.
    pub fn is_idle(&self) -> bool {
        self.asked && self.checker.is_idle()
    }

    /// Whether it was changed since it was saved or begun.
    pub fn is_changed(&self) -> bool {
        self.now != self.saved
    }

    /// Changes the document by a control of this name; None for changes that are never joined.
    pub fn change(&mut self, by: Option<&'static str>, how: impl FnOnce(&mut Document)) {
        how(&mut self.document);
        let after = self.document.record();
        self.history.record(&self.now, &after, by);
        self.take(after);
    }

    pub(super) fn take(&mut self, now: String) {
        if self.now != now {
            (self.now, self.asked) = (now, false);
        }
    }

    /// The change of a control is complete.
    pub fn seal(&mut self) {
        self.history.seal();
    }

    /// Whether there is something to undo, and to redo.
    pub fn can_go(&self) -> (bool, bool) {
        (self.history.can_undo(), self.history.can_redo())
    }

    /// Undoes the last change, or does it again.
    pub fn go(&mut self, back: bool) {
        self.end_stroke();
        let found = if back { self.history.undo(&self.now) } else { self.history.redo(&self.now) };
        let Some(record) = found else { return };
        if let Some(document) = Document::of_record(&record) {
            self.document = document;
            self.take(record);
            self.rename();
        }
    }

    /// Size of the map, once it is known.
    pub fn size(&self) -> Option<(u32, u32)> {
        self.document.size(self.checked.as_deref())
    }

    /// Why it cannot be saved or played now; None if it can.
    pub fn why_not(&self) -> Option<String> {
        if let Some(fault) = &self.fault {
            return Some(fault.clone());
        }
        (!self.is_idle()).then(|| "It is being checked".to_string())
    }

    /// What is to be written, and where.
    ///
    /// # Errors
    /// Why it cannot be saved now.
    pub fn to_save(&self) -> Result<Saving, String> {
        if let Some(why) = self.why_not() {
            return Err(format!("Not saved: {why}"));
        }
        let (path, ending) = (PathBuf::from(self.path.trim()), self.document.ending());
        if path.extension().is_none_or(|given| given != ending) {
            return Err(format!("Not saved: the name of this file ends in .{ending}"));
        }
        Ok(Saving { path, text: self.document.text(), record: self.now.clone(), known: self.on_disk.clone() })
    }

    /// Takes over that a file was written. Returns the message.
    pub fn was_saved(&mut self, record: String, on_disk: OnDisk) -> String {
        self.saved = record;
        let message = format!("Saved {}. {}", on_disk.path.display(), files::command(&self.document, &on_disk.path));
        self.on_disk = Some(on_disk);
        message
    }

    /// A run that begins here.
    ///
    /// # Errors
    /// Why the document cannot be played now.
    pub fn plan(&self) -> Result<LivePlan, String> {
        if let Some(why) = self.why_not() {
            return Err(why);
        }
        let (world, scenario, ruleset) = match &self.document {
            Document::Scenario(scenario) => (scenario.world.clone(), Some(scenario.text()), None),
            Document::Drawing(drawing) => (drawing.origin.clone(), None, Some(drawing.text())),
        };
        let (agent, seed) = ("random".to_string(), self.document.seed());
        Ok(LivePlan { world, agent, num_envs: 1, seed, pace: Some(PACE), ruleset, scenario, ..LivePlan::demo().with_bonus("") })
    }
}

fn palette(document: &Document, checked: Option<&Checked>) -> Vec<Swatch> {
    match document {
        Document::Scenario(_) => {
            let names = checked.map(|checked| checked.names.clone());
            brush::crafter(&names.unwrap_or_default())
        }
        Document::Drawing(drawing) => brush::drawing(drawing.form),
    }
}

//! The bars of the page: file and commands above the canvas, what is wrong and what is pointed at below it.

use std::path::Path;

use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Align2, Popup, Rect, ScrollArea, Sense, Ui, pos2, vec2};

use super::controls::field;
use super::document::Document;
use super::editor::Editor;
use super::files::Target;
use super::start::Start;
use crate::viewer::command::{Command, Requests};
use crate::viewer::shown::Shown;
use crate::viewer::theme::{Tokens, fonts, icons, numbers};
use crate::viewer::widgets::{Button, Look, text};

/// Width of the field of the file.
const FIELD: f32 = 208.0;
/// Height of an open list.
const LIST: f32 = 360.0;
/// Height of the bar below the canvas: two lines.
const STATUS: f32 = 48.0;
/// Lines of a message below the canvas; all of it is in its tooltip.
const LINES: usize = 2;

/// What the bar above the canvas asks for.
#[derive(Debug)]
pub enum Ask {
    /// Another document.
    Begin(Start),
    /// Opens the file of the field.
    Open,
    /// The path was changed.
    Renamed,
    /// Larger (true) or smaller cells.
    Zoom(bool),
}

/// The bar above the canvas. `taken`: saving would replace this file.
pub fn commands(
    ui: &mut Ui,
    t: &Tokens,
    (editor, busy): (&mut Editor, bool),
    taken: Option<Target>,
    shown: &Shown,
    requests: &mut Requests,
) -> Option<Ask> {
    let mut asked = None;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(6.0, 4.0);
        if let Some(start) = new_menu(ui, t, shown) {
            asked = Some(Ask::Begin(start));
        }
        if let Some(path) = field(ui, t, "File", &editor.path, FIELD) {
            editor.path = path;
            editor.rename();
            asked = Some(Ask::Renamed);
        }
        let open = Button::text("Open")
            .with_icon(icons::FOLDER_OPEN)
            .tooltip("Open the file\nA scenario (.json) or a world (.toml); files can be dropped too");
        if open.enabled(!busy).show(ui, t).clicked() {
            asked = Some(Ask::Open);
        }
        save_button(ui, t, editor, busy, taken, requests);
        let (back, forth) = editor.can_go();
        for (command, can) in [(Command::Undo, back), (Command::Redo, forth)] {
            let tooltip = if can { command.tooltip() } else { format!("{}\nThere is nothing to do", command.name()) };
            if Button::text(command.name()).look(Look::Quiet).enabled(can).tooltip(&tooltip).show(ui, t).clicked() {
                requests.push(command);
            }
        }
        for (icon, up, name) in [(icons::MINUS, false, "Zoom out"), (icons::PLUS, true, "Zoom in")] {
            if Button::icon(icon, &format!("{name}\nOr turn the wheel over the canvas")).show(ui, t).clicked() {
                asked = Some(Ask::Zoom(up));
            }
        }
        if Button::icon(icons::CORNERS_OUT, &Command::Fit.tooltip()).show(ui, t).clicked() {
            requests.push(Command::Fit);
        }
        let why = editor.why_not();
        let tooltip = match &why {
            None => Command::PlayFromHere.tooltip(),
            Some(why) => format!("{}\nNot now: {why}", Command::PlayFromHere.name()),
        };
        let play = Button::text("Play from here").with_icon(icons::fill::PLAY).filled().look(Look::Primary);
        if play.enabled(why.is_none()).tooltip(&tooltip).show(ui, t).clicked() {
            requests.push(Command::PlayFromHere);
        }
    });
    asked
}

fn save_button(ui: &mut Ui, t: &Tokens, editor: &Editor, busy: bool, taken: Option<Target>, requests: &mut Requests) {
    let name = Path::new(editor.path.trim()).file_name().map_or(String::new(), |name| name.to_string_lossy().into_owned());
    let why = editor.why_not();
    let (words, mut tooltip) = match taken {
        None | Some(Target::Free) => ("Save".to_string(), Command::Save.tooltip()),
        Some(Target::Taken) => {
            (format!("Replace {name}"), format!("Replace {name}\nThere is such a file, and it was not opened here"))
        }
        Some(Target::Changed) => {
            (format!("Replace {name}"), format!("Replace {name}\nAnother program changed the file since it was opened"))
        }
    };
    if let Some(why) = &why {
        tooltip = format!("{}\nNot now: {why}", tooltip.lines().next().unwrap_or_default());
    }
    let button = Button::text(&words).look(if taken.is_some() { Look::Outline } else { Look::Default });
    if button.enabled(why.is_none() && !busy).tooltip(&tooltip).show(ui, t).clicked() {
        requests.push(Command::Save);
    }
}

/// The list of documents to begin with.
fn new_menu(ui: &mut Ui, t: &Tokens, shown: &Shown) -> Option<Start> {
    let response = Button::text("New").with_icon(icons::PLUS).tooltip("New\nAnother document").arrow().show(ui, t);
    let mut chosen = None;
    Popup::menu(&response).show(|ui| {
        ScrollArea::vertical().max_height(LIST).show(ui, |ui| {
            let here = shown.state().is_some();
            let entry = ui.add_enabled_ui(here, |ui| ui.selectable_label(false, "The shown world, as it is shown")).inner;
            if entry.clicked() {
                chosen = Start::shown(shown);
                ui.close();
            }
            for (name, start) in Start::all() {
                if ui.selectable_label(false, name).clicked() {
                    chosen = Some(start);
                    ui.close();
                }
            }
        });
    });
    chosen
}

/// What people decide about changes that are not saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Saves them first.
    Save,
    /// Drops them.
    Discard,
    /// Goes on with the document.
    Stay,
}

/// The bar that asks what becomes of changes.
pub fn unsaved(ui: &mut Ui, t: &Tokens, can_save: bool) -> Option<Decision> {
    let mut decision = None;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(8.0, 4.0);
        ui.label(egui::RichText::new("Unsaved changes").font(fonts::strong()).color(t.warn));
        for (name, about, choice, can) in [
            ("Save changes", "Saves to the file above, then goes on", Decision::Save, can_save),
            ("Discard", "The changes are lost", Decision::Discard, true),
            ("Keep editing", "Nothing is opened or closed", Decision::Stay, true),
        ] {
            let tooltip =
                if can { format!("{name}\n{about}") } else { format!("{name}\nIt is not valid, so it cannot be saved") };
            if Button::text(name).enabled(can).tooltip(&tooltip).show(ui, t).clicked() {
                decision = Some(choice);
            }
        }
    });
    decision
}

/// The bar below the canvas: what is wrong or what can be reached, and the cell that is pointed at.
pub fn status(ui: &mut Ui, t: &Tokens, editor: &Editor, hovered: Option<(u32, u32)>) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), STATUS), Sense::hover());
    let (words, icon, ink) = verdict(editor, t);
    let painter = ui.painter_at(rect);
    text::icon(&painter, pos2(rect.left() + 20.0, rect.top() + 13.0), icon, fonts::icon_fill(14.0), ink);
    let room = Rect::from_min_max(pos2(rect.left() + 34.0, rect.top() + 5.0), pos2(rect.right() - 12.0, rect.bottom()));
    let short: String = words.lines().collect::<Vec<_>>().join(" ");
    let cell = hovered.map_or(String::new(), |(x, y)| format!("{x}, {y}  {}", editor.describe((x, y))));
    let below = editor.fault.is_none();
    let at = pos2(room.left(), rect.top() + 13.0);
    if below {
        text::elided(&painter, at, Align2::LEFT_CENTER, (&short, room.width()), (fonts::small(), ink));
        let at = pos2(room.left(), rect.bottom() - 13.0);
        text::elided(&painter, at, Align2::LEFT_CENTER, (&cell, room.width()), (fonts::small(), t.t2));
    } else {
        let format = TextFormat { font_id: fonts::small(), color: ink, ..TextFormat::default() };
        let mut job = LayoutJob::single_section(short.clone(), format);
        job.wrap = TextWrapping { max_width: room.width(), max_rows: LINES, ..TextWrapping::default() };
        let galley = painter.layout_job(job);
        painter.galley(room.min, galley, ink);
    }
    let name = if below && !cell.is_empty() { format!("{short} {cell}") } else { words.clone() };
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Status, true, &name));
    if editor.fault.is_some() {
        response.on_hover_text(words);
    }
}

/// Whether the document is valid, in words with an icon.
fn verdict(editor: &Editor, t: &Tokens) -> (String, char, egui::Color32) {
    if let Some(fault) = &editor.fault {
        return (fault.clone(), icons::fill::WARNING_CIRCLE, t.err);
    }
    let Some(checked) = &editor.checked else { return ("Reading the world".to_string(), icons::fill::INFO, t.t2) };
    let Some(reach) = checked.reach else {
        return (format!("Valid. {}", kind(editor)), icons::fill::CHECK_CIRCLE, t.ok);
    };
    let count = |n: usize| numbers::count(n as u64);
    let cells = format!("{} of {} free cells can be reached (doors open)", count(reach.cells), count(reach.free));
    if reach.all_goals > 0 && reach.goals == 0 {
        return (format!("No goal can be reached. {cells}"), icons::fill::WARNING, t.warn);
    }
    (format!("Valid. {cells}"), icons::fill::CHECK_CIRCLE, t.ok)
}

fn kind(editor: &Editor) -> String {
    match &editor.document {
        Document::Scenario(scenario) => {
            let changes = scenario.terrain.len() + scenario.add.len() + scenario.remove.len();
            format!("{} changed cells of {} with seed {}", numbers::count(changes as u64), scenario.world, scenario.seed)
        }
        Document::Drawing(drawing) => drawing.origin.clone(),
    }
}

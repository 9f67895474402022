//! The palette: every command by its name; sources after `>`, a step after `:`, paths to open.

use egui::{
    Align2, Color32, CornerRadius, Key, Modal, Rect, Role, ScrollArea, Sense, Stroke, TextEdit, Ui, WidgetInfo, pos2, vec2,
};

use super::paths::{PathKind, PathList, is_path, path_of};
use crate::viewer::command::{Command, Requests};
use crate::viewer::shown::Shown;
use crate::viewer::sources::Sources;
use crate::viewer::theme::{Tokens, fonts, icons, numbers};
use crate::viewer::widgets::text;

const WIDTH: f32 = 560.0;
const ROW: f32 = 36.0;
/// Rows that are visible at once.
const ROWS: f32 = 10.0;

/// The open palette.
#[derive(Clone, Debug, Default)]
pub struct Palette {
    text: String,
    chosen: usize,
    begun: bool,
    paths: PathList,
}

/// A row that can be chosen.
#[derive(Clone, Debug)]
enum Entry {
    Command(Command),
    Source(u64, String, u32),
    Step(u32, Option<u64>),
    Path(String, PathKind),
}

impl Palette {
    /// A palette in which a path is written.
    pub fn at(path: &str) -> Palette {
        Palette { text: path.to_string(), ..Palette::default() }
    }

    /// Shows it over the window. Returns false when it is to be closed.
    pub fn show(&mut self, ctx: &egui::Context, t: &Tokens, shown: &Shown, sources: &Sources, requests: &mut Requests) -> bool {
        let mut stays = true;
        let frame = egui::Frame::new()
            .fill(t.bg1)
            .stroke(Stroke::new(1.0, t.line2))
            .corner_radius(CornerRadius::same(8))
            .shadow(ctx.global_style().visuals.window_shadow);
        let area = Modal::default_area(egui::Id::unique("palette")).anchor(Align2::CENTER_TOP, vec2(0.0, 96.0));
        let modal =
            Modal::new(egui::Id::unique("palette")).area(area).frame(frame).backdrop_color(Color32::from_black_alpha(128));
        let response = modal.show(ctx, |ui| {
            ui.set_width(WIDTH.min(ui.ctx().content_rect().width() - 48.0));
            ui.spacing_mut().item_spacing.y = 0.0;
            self.field(ui, t);
            let entries = self.entries(shown, sources);
            self.chosen = self.chosen.min(entries.len().saturating_sub(1));
            let (up, down, enter) = ui.input_mut(|input| {
                let mut take = |key| input.consume_key(egui::Modifiers::NONE, key);
                (take(Key::ArrowUp), take(Key::ArrowDown), take(Key::Enter))
            });
            if down && self.chosen + 1 < entries.len() {
                self.chosen += 1;
            }
            if up {
                self.chosen = self.chosen.saturating_sub(1);
            }
            let clicked = self.rows(ui, t, &entries, up || down);
            let picked = clicked.or(enter.then_some(self.chosen)).and_then(|k| entries.get(k).cloned());
            match picked {
                // What lies in a folder is listed next.
                Some(Entry::Path(path, PathKind::Folder)) => *self = Palette::at(&format!("{}/", path.trim_end_matches('/'))),
                Some(entry) => {
                    stays = false;
                    choose(entry, requests);
                }
                None => {}
            }
        });
        stays && !response.should_close()
    }

    fn field(&mut self, ui: &mut Ui, t: &Tokens) {
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 44.0), Sense::hover());
        text::icon(ui.painter(), pos2(rect.left() + 20.0, rect.center().y), icons::MAGNIFYING_GLASS, fonts::icon(16.0), t.t3);
        let inner =
            Rect::from_min_max(pos2(rect.left() + 36.0, rect.top() + 6.0), pos2(rect.right() - 12.0, rect.bottom() - 6.0));
        let edit = TextEdit::singleline(&mut self.text)
            .hint_text(egui::RichText::new("Do anything; > for sources, : for a step, / or ./ to open").color(t.t3))
            .font(fonts::body())
            .frame(egui::Frame::NONE)
            .align(egui::Align2::LEFT_CENTER);
        let response = ui.put(inner, edit);
        response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Do anything"));
        if !self.begun || !response.has_focus() {
            response.request_focus();
            self.begun = true;
        }
        if response.changed() {
            self.chosen = 0;
        }
        ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, t.line));
    }

    fn entries(&mut self, shown: &Shown, sources: &Sources) -> Vec<Entry> {
        if is_path(self.text.trim()) {
            self.paths.update(self.text.trim());
            return self.paths.found.iter().map(|(path, kind)| Entry::Path(path.clone(), *kind)).collect();
        }
        let typed = self.text.trim().to_lowercase();
        if let Some(name) = typed.strip_prefix('>') {
            let name = name.trim();
            let matching = sources.list.iter().filter(|source| source.name.to_lowercase().contains(name));
            let first = |source: &crate::viewer::sources::Source| {
                source.found.listing.as_ref().and_then(|listing| listing.instances.first()).map_or(0, |known| known.instance)
            };
            return matching.map(|source| Entry::Source(source.id, source.name.clone(), first(source))).collect();
        }
        if let Some(step) = typed.strip_prefix(':') {
            let Ok(step) = step.trim().parse::<u32>() else { return Vec::new() };
            let row = shown.episode().and_then(|(_, episode)| episode.row_of(step));
            return vec![Entry::Step(step, row)];
        }
        let words: Vec<&str> = typed.split_whitespace().collect();
        let matches = |command: &Command| {
            let name = format!("{} {}", command.name(), command.about()).to_lowercase();
            *command != Command::Palette && words.iter().all(|word| name.contains(word))
        };
        Command::all().filter(matches).map(Entry::Command).collect()
    }

    /// Returns the row that was clicked.
    fn rows(&mut self, ui: &mut Ui, t: &Tokens, entries: &[Entry], moved: bool) -> Option<usize> {
        if entries.is_empty() {
            let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
            let at = pos2(rect.left() + 36.0, rect.center().y);
            let note = self.paths.note.as_deref().filter(|_| is_path(self.text.trim()));
            let (words, room) = (note.unwrap_or("Nothing has this name."), rect.width() - 52.0);
            text::elided(ui.painter(), at, Align2::LEFT_CENTER, (words, room), (fonts::small(), t.t2));
            return None;
        }
        let mut clicked = None;
        ScrollArea::vertical().max_height(ROWS * ROW).auto_shrink([false, true]).show(ui, |ui| {
            for (k, entry) in entries.iter().enumerate() {
                let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
                if k == self.chosen {
                    ui.painter().rect_filled(rect, CornerRadius::ZERO, t.accbg);
                    if moved {
                        ui.scroll_to_rect(rect, None);
                    }
                } else if response.hovered() {
                    ui.painter().rect_filled(rect, CornerRadius::ZERO, t.bg2);
                }
                let (name, about, key) = entry.words();
                let at = pos2(rect.left() + 36.0, rect.center().y);
                let shown = text::line(ui.painter(), at, Align2::LEFT_CENTER, &name, fonts::body(), t.t1);
                let end = pos2(rect.right() - 16.0, rect.center().y);
                let key = text::line(ui.painter(), end, Align2::RIGHT_CENTER, &key, fonts::small(), t.t2);
                let room = key.left() - shown.right() - 24.0;
                let beside = pos2(shown.right() + 12.0, rect.center().y);
                text::elided(ui.painter(), beside, Align2::LEFT_CENTER, (&about, room), (fonts::small(), t.t2));
                response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
                if response.clicked() {
                    clicked = Some(k);
                }
            }
        });
        clicked
    }
}

impl Entry {
    /// Name, more about it, key.
    fn words(&self) -> (String, String, String) {
        match self {
            Entry::Command(command) => (command.name().to_string(), command.about().to_string(), command.key()),
            Entry::Path(path, kind) => (path.clone(), kind.words().to_string(), String::new()),
            Entry::Source(_, name, _) => (name.clone(), "Show this source".to_string(), String::new()),
            Entry::Step(step, row) => {
                let about = if row.is_some() { "" } else { "This episode has no such step" };
                (format!("Go to step {}", numbers::count(u64::from(*step))), about.to_string(), String::new())
            }
        }
    }
}

fn choose(entry: Entry, requests: &mut Requests) {
    match entry {
        Entry::Command(command) => requests.push(command),
        Entry::Path(path, _) => requests.open = Some(path_of(&path)),
        Entry::Source(id, _, instance) => requests.select = Some((id, instance, 0)),
        Entry::Step(_, row) => requests.row = row.map(|row| (row, false)),
    }
}

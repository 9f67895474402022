//! The bar at the top of the window: pages, what is shown, palette, theme, keys.

use egui::{Align2, CornerRadius, Pos2, Rect, Role, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use super::app::App;
use super::command::{Command, Requests};
use super::live::LiveState;
use super::page::Page;
use super::sources::Source;
use super::theme::{Tokens, fonts, icons};
use super::widgets::{Button, text};
use crate::scene::Theme;

/// Width of a window that has room for the names of all pages.
const PAGES_FROM: f32 = 900.0;

impl App {
    /// Mark, pages, what is shown, adapter, palette, theme, keys.
    pub(super) fn top_bar(&mut self, ui: &mut Ui, t: &Tokens, requests: &mut Requests) {
        let rect = ui.available_rect_before_wrap();
        let painter = ui.painter();
        mark(painter, pos2(rect.left() + 12.0, rect.center().y - 8.0), t);
        let at = pos2(rect.left() + 38.0, rect.center().y);
        let name = text::line(painter, at, Align2::LEFT_CENTER, "Explorarium", fonts::lead(), t.t1);
        let mut x = self.page_buttons(ui, t, pos2(name.right() + 24.0, rect.center().y), requests) + 16.0;
        x = self.source_chip(ui, t, pos2(x, rect.center().y));
        let room = Rect::from_min_max(pos2(x, rect.top() + 4.0), pos2(rect.right() - 8.0, rect.bottom() - 4.0));
        let layout = egui::Layout::right_to_left(egui::Align::Center);
        let mut bar = ui.new_child(UiBuilder::new().max_rect(room).layout(layout));
        bar.spacing_mut().item_spacing.x = 4.0;
        let (sun, words) = if self.theme == Theme::Dark { (icons::SUN, "Light theme") } else { (icons::MOON, "Dark theme") };
        if Button::icon(icons::KEYBOARD, &Command::Keys.tooltip()).show(&mut bar, t).clicked() {
            requests.push(Command::Keys);
        }
        if Button::icon(sun, words).show(&mut bar, t).clicked() {
            requests.push(Command::Theme);
        }
        palette_field(&mut bar, t, requests);
        let adapter = text::layout(&bar, &self.adapter, fonts::small());
        if bar.available_width() > adapter.size().x + 40.0 {
            bar.add_space(12.0);
            let (place, _) = bar.allocate_exact_size(vec2(adapter.size().x, 28.0), Sense::hover());
            bar.painter().galley(pos2(place.left(), place.center().y - adapter.size().y / 2.0), adapter, t.t2);
            let (place, _) = bar.allocate_exact_size(vec2(16.0, 28.0), Sense::hover());
            text::icon(bar.painter(), place.center(), icons::CPU, fonts::icon(14.0), t.t2);
        }
    }

    /// The pages, the shown one marked. Returns where they end.
    fn page_buttons(&self, ui: &mut Ui, t: &Tokens, left: Pos2, requests: &mut Requests) -> f32 {
        let room = Rect::from_min_size(left - vec2(0.0, 16.0), vec2(480.0, 32.0));
        let layout = egui::Layout::left_to_right(egui::Align::Center);
        let mut bar = ui.new_child(UiBuilder::new().max_rect(room).layout(layout).id_salt("pages"));
        bar.spacing_mut().item_spacing.x = 0.0;
        if ui.max_rect().width() < PAGES_FROM {
            let response = Button::text(self.page.command().name()).arrow().tooltip("Page").show(&mut bar, t);
            egui::Popup::menu(&response).show(|ui| {
                for page in Page::ALL {
                    if ui.selectable_label(page == self.page, page.command().name()).clicked() {
                        requests.push(page.command());
                        ui.close();
                    }
                }
            });
            return bar.min_rect().right();
        }
        for page in Page::ALL {
            let (command, on) = (page.command(), page == self.page);
            let look = if on { super::widgets::Look::Default } else { super::widgets::Look::Quiet };
            if Button::text(command.name()).look(look).on(on).tooltip(&command.tooltip()).show(&mut bar, t).clicked() {
                requests.push(command);
            }
        }
        bar.min_rect().right()
    }

    /// What is shown: kind, source, world, episode. Returns where the next thing may begin.
    fn source_chip(&self, ui: &mut Ui, t: &Tokens, at: Pos2) -> f32 {
        let mut x = at.x;
        let shown = self.shown();
        if let (Some(source), Some(instance)) = (shown.source, shown.instance) {
            let plays = self.played().is_some();
            let (kind, ink) = if plays { ("YOU PLAY", t.ok) } else { kind_words(source, t) };
            let episode = shown.episode().map_or(String::new(), |(_, episode)| format!(" / episode {}", episode.episode));
            let words = format!("{} / world {}{episode}", source.name, instance.instance);
            let kind = text::layout(ui, kind, fonts::axis());
            let room = (ui.max_rect().width() * 0.3).max(80.0);
            let chip = Rect::from_min_size(pos2(at.x, at.y - 14.0), vec2(room, 28.0));
            let inner = chip.left() + 12.0 + kind.size().x + 8.0;
            let place = pos2(chip.left() + 12.0, chip.center().y - kind.size().y / 2.0);
            let hue = t.group(source.group);
            let background = ui.painter().add(egui::Shape::Noop);
            ui.painter().galley(place, kind, ink);
            text::swatch(ui.painter(), pos2(inner + 4.0, chip.center().y), 8.0, hue);
            let start = pos2(inner + 16.0, chip.center().y);
            let width = chip.right() - start.x - 12.0;
            let (words, _) = text::elided(ui.painter(), start, Align2::LEFT_CENTER, (&words, width), (fonts::button(), t.t1));
            let chip = Rect::from_min_max(chip.min, pos2(words.right() + 12.0, chip.bottom()));
            let shape =
                egui::epaint::RectShape::new(chip, CornerRadius::same(4), t.bg2, Stroke::new(1.0, t.line), StrokeKind::Inside);
            ui.painter().set(background, shape);
            x = chip.right() + 16.0;
        }
        x
    }
}

/// What kind of source it is, in a word, and the colour of the word.
fn kind_words(source: &Source, t: &Tokens) -> (&'static str, egui::Color32) {
    match source.live.as_ref().map(|live| live.state()) {
        Some(LiveState::Running) => ("\u{25cf} LIVE", t.ok),
        Some(LiveState::Paused) => ("PAUSED", t.t2),
        Some(LiveState::Stopped(_)) => ("STOPPED", t.warn),
        None if source.found.grows && source.found.gone.is_none() => ("FOLLOWED", t.ok),
        None => ("FILE", t.t3),
    }
}

/// The four squares of the program's mark.
fn mark(painter: &egui::Painter, corner: egui::Pos2, t: &Tokens) {
    for (k, opacity) in [1.0, 0.6, 0.6, 0.27].into_iter().enumerate() {
        let at = corner + vec2((k % 2) as f32 * 9.0, (k / 2) as f32 * 9.0);
        let colour = t.t1.gamma_multiply(opacity);
        painter.rect_filled(Rect::from_min_size(at, vec2(7.0, 7.0)), CornerRadius::same(1), colour);
    }
}

/// The field that opens the palette.
fn palette_field(bar: &mut Ui, t: &Tokens, requests: &mut Requests) {
    if bar.available_width() < 420.0 {
        if Button::icon(icons::MAGNIFYING_GLASS, &Command::Palette.tooltip()).show(bar, t).clicked() {
            requests.push(Command::Palette);
        }
        return;
    }
    let (rect, response) = bar.allocate_exact_size(vec2(216.0, 28.0), Sense::click());
    let line = if response.hovered() { t.ctl } else { t.line2 };
    let painter = bar.painter();
    painter.rect(rect, CornerRadius::same(4), t.bg2, Stroke::new(1.0, line), StrokeKind::Inside);
    text::icon(painter, pos2(rect.left() + 16.0, rect.center().y), icons::MAGNIFYING_GLASS, fonts::icon(14.0), t.t3);
    let at = pos2(rect.left() + 30.0, rect.center().y);
    text::line(painter, at, Align2::LEFT_CENTER, Command::Palette.name(), fonts::small(), t.t3);
    let end = pos2(rect.right() - 10.0, rect.center().y);
    text::line(painter, end, Align2::RIGHT_CENTER, &Command::Palette.key(), fonts::axis(), t.t2);
    super::widgets::focus_ring(bar, rect, &response, t);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, Command::Palette.name()));
    if response.clicked() {
        requests.push(Command::Palette);
    }
}

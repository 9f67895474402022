//! Where panes stand in the window.

use egui::{Align2, CornerRadius, Frame, Margin, Panel, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::app::App;
use super::command::Requests;
use super::page::Page;
use super::panes;
use super::sources::Source;
use super::theme::{Tokens, fonts};
use super::widgets::text;

const TOP: f32 = 40.0;
const TABS: f32 = 32.0;
const SOURCES: f32 = 264.0;
const TIME: f32 = 284.0;
const SHORT_TIME: f32 = 164.0;
/// Width below which side panels lie over the map when they are opened.
const DRAWERS: f32 = 900.0;

impl App {
    /// Shows the whole window.
    pub fn ui(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx().clone();
        self.begin(&ctx);
        let t = Tokens::of(self.theme);
        let mut requests = Requests::default();
        let size = ctx.content_rect().size();
        let plain = Frame::new().inner_margin(Margin::ZERO);
        Panel::top("top").exact_size(TOP).resizable(false).show_separator_line(true).frame(plain).show(ui, |ui| {
            self.top_bar(ui, t, &mut requests);
        });
        let edits = self.page == Page::Edit;
        let mut form = std::mem::take(&mut self.options);
        let shown = self.shown();
        let names = shown.world().map_or(&[][..], |world| &world.spec().action_names);
        let bar = shown.source.filter(|_| !edits).and_then(|source| {
            let plays = self.played().is_some();
            Some(panes::ControlBar { id: source.id, live: source.live.as_ref()?, plays, names })
        });
        if let Some(bar) = bar {
            Panel::top("control").exact_size(panes::CONTROL).resizable(false).show_separator_line(false).frame(plain).show(
                ui,
                |ui| {
                    panes::control(ui, t, bar, &mut form, &mut requests);
                },
            );
        }
        self.options = form;
        if self.panels.time && !edits {
            let most = (size.y * 0.6).max(120.0);
            // Thumbnails and curves need the room more than lanes do.
            let (name, height) = if self.page == Page::Inspect { ("time", TIME) } else { ("short time", SHORT_TIME) };
            let panel = Panel::bottom(name).default_size(height.min(size.y * 0.4)).size_range(96.0..=most).resizable(true);
            panel.frame(plain).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                let label = if size.x < DRAWERS { 176.0 } else { SOURCES };
                let mut time = std::mem::take(&mut self.time);
                let mut images = std::mem::take(&mut self.images);
                time.show(ui, t, &self.shown(), &self.playback, (label, &mut images), &mut requests);
                (self.time, self.images) = (time, images);
            });
        }
        self.narrow = size.x < DRAWERS;
        match self.page {
            Page::Edit => self.edit_page(ui, t, &mut requests),
            _ if self.sources.list.is_empty() => self.inspect_page(ui, t, &mut requests),
            Page::Inspect => self.inspect_page(ui, t, &mut requests),
            Page::Compare => self.compare_page(ui, t, &mut requests),
            Page::Grid => self.grid_page(ui, t, &mut requests),
            Page::Curves => self.curves_page(ui, t, &mut requests),
        }
        self.over(&ctx, t, &mut requests);
        self.answer(&ctx, &mut requests);
        self.keep_settings(&ctx);
    }

    /// The map of the shown world.
    pub(super) fn map(&mut self, ui: &mut Ui, t: &Tokens, requests: &mut Requests) {
        ui.spacing_mut().item_spacing.y = 0.0;
        if let Some((title, why, advice)) = self.trouble() {
            return panes::trouble(ui, t, &title, &why, &advice);
        }
        let (mut world, mut layers) = (std::mem::take(&mut self.world), self.layers.clone());
        world.show(ui, t, &self.shown(), &mut layers, requests);
        (self.world, self.layers) = (world, layers);
    }

    /// Why the shown step has no picture.
    fn trouble(&self) -> Option<(String, String, String)> {
        let shown = self.shown();
        let Some(source) = shown.source else {
            let is_live = |source: &&Source| source.found.listing.is_none() && source.stopped().is_some();
            if let Some(source) = self.sources.list.iter().find(is_live) {
                let advice = "It has no recorded rows. Close it, or start another one.".to_string();
                return Some((format!("{} cannot be shown", source.name), source.stopped()?, advice));
            }
            let failed = self.sources.list.iter().find(|source| source.found.failed.is_some())?;
            let why = failed.found.failed.clone()?;
            let advice = "Drop another run folder or trace on the window to open it.".to_string();
            return Some((format!("{} cannot be shown", failed.name), why, advice));
        };
        if let Some(why) = &source.found.failed {
            return Some((format!("{} cannot be shown", source.name), why.clone(), String::new()));
        }
        if shown.listing.is_some_and(|listing| listing.instances.is_empty()) {
            let advice = "Record a run with --record 0..7 to see worlds here.".to_string();
            return Some((format!("{} has no recorded rows", source.name), "Its trace has no rows.".to_string(), advice));
        }
        if let Some((wanted, why)) = &source.found.show_failed
            && wanted.row == shown.row
        {
            let advice = "Other steps are still open. Steps before the damaged part can be shown.".to_string();
            return Some(("This step cannot be shown".to_string(), why.clone(), advice));
        }
        if shown.step.is_some_and(|step| step.state.is_none()) {
            let why = "Another program wrote this recording, and its world is not known here.".to_string();
            let advice = "Lanes and figures show what was recorded; there is no map.".to_string();
            return Some(("No picture of this recording".to_string(), why, advice));
        }
        None
    }

    /// Palette, keys, drop zone, messages.
    fn over(&mut self, ctx: &egui::Context, t: &Tokens, requests: &mut Requests) {
        if let Some(mut palette) = self.palette.take()
            && palette.show(ctx, t, &self.shown(), &self.sources, requests)
        {
            self.palette = Some(palette);
        }
        self.visitors(ctx, t, requests);
        if self.keys {
            self.keys = panes::keys(ctx, t);
        }
        let dropping = ctx.input(|input| input.raw.hovered_files.len());
        let layer = egui::LayerId::new(egui::Order::Foreground, egui::Id::unique("over"));
        let painter = ctx.layer_painter(layer);
        let window = ctx.content_rect();
        if dropping > 0 {
            painter.rect_stroke(window, CornerRadius::ZERO, Stroke::new(2.0, t.acc), StrokeKind::Inside);
            let words = if dropping == 1 { "Open 1 file".to_string() } else { format!("Open {dropping} files") };
            self.pill(&painter, t, pos2(window.center().x, window.bottom() - 48.0), &words);
        }
        self.keep_toasts(ctx);
        let gone = self.shown().source.and_then(|source| {
            if let Some(why) = &source.found.unread {
                return Some(format!("{why}. What comes before is shown.").replace("..", "."));
            }
            let why = source.found.gone.as_ref()?;
            Some(format!("{}: {why} What was read is still shown.", source.name))
        });
        let stopped =
            self.shown().source.and_then(|source| Some(format!("{} What was recorded is still shown.", source.stopped()?)));
        let lift = self.lost_message(ctx, t);
        let words: Vec<String> =
            gone.into_iter().chain(stopped).chain(self.toasts.iter().map(|toast| toast.words.clone())).collect();
        for (k, words) in words.iter().enumerate() {
            self.pill(&painter, t, pos2(window.center().x, window.bottom() - 48.0 - lift - 44.0 * k as f32), words);
        }
    }

    /// The list of the episodes that went to a cell.
    fn visitors(&mut self, ctx: &egui::Context, t: &Tokens, requests: &mut Requests) {
        let Some((id, cell, at)) = self.cell else { return };
        let Some(source) = self.sources.get(id) else { return self.cell = None };
        let shown = self.shown();
        let episode = shown.episode().and_then(|(_, episode)| Some((shown.instance?.instance, episode.episode)));
        match panes::visitors(ctx, t, at, (cell, source.found.visitors.as_deref()), episode) {
            Some(panes::VisitorsRequest::Go(instance, row)) => requests.select = Some((id, instance, row)),
            Some(panes::VisitorsRequest::Close) => self.cell = None,
            None => {}
        }
    }

    /// A message on a card.
    fn pill(&self, painter: &egui::Painter, t: &Tokens, middle: egui::Pos2, words: &str) {
        let most = painter.clip_rect().width() - 96.0;
        let galley = painter.layout(words.to_string(), fonts::small(), t.t1, most);
        let rect = Rect::from_center_size(middle, galley.size() + vec2(32.0, 16.0));
        painter.rect(rect, CornerRadius::same(6), t.bg3, Stroke::new(1.0, t.line2), StrokeKind::Inside);
        painter.galley(rect.center() - galley.size() / 2.0, galley, t.t1);
    }
}

/// A bar with the titles of panes. Returns its rectangle.
pub(super) fn tab_bar(ui: &mut Ui, t: &Tokens, names: &[&str], chosen: usize) -> Rect {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), TABS), Sense::hover());
    let painter = ui.painter();
    painter.hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, t.line));
    for (k, (name, tab)) in names.iter().zip(tabs(ui, rect, names)).enumerate() {
        let ink = if k == chosen { t.t1 } else { t.t2 };
        text::line(ui.painter(), tab.center(), Align2::CENTER_CENTER, name, fonts::strong(), ink);
        if k == chosen && names.len() > 1 {
            let line = Rect::from_min_max(pos2(tab.left() + 8.0, tab.bottom() - 2.0), pos2(tab.right() - 8.0, tab.bottom()));
            ui.painter().rect_filled(line, CornerRadius::ZERO, t.t1);
        }
    }
    rect
}

/// Where titles stand in a bar.
fn tabs(ui: &Ui, bar: Rect, names: &[&str]) -> Vec<Rect> {
    let mut left = bar.left() + 4.0;
    let mut place = |name: &&str| {
        let width = text::layout(ui, name, fonts::strong()).size().x + 16.0;
        let rect = Rect::from_min_size(pos2(left, bar.top()), vec2(width, bar.height()));
        left += width;
        rect
    };
    names.iter().map(&mut place).collect()
}

/// The tab that was clicked.
pub(super) fn tab_clicked(ui: &mut Ui, t: &Tokens, bar: Rect, names: &[&str]) -> Option<usize> {
    if names.len() < 2 {
        return None;
    }
    let places = tabs(ui, bar, names);
    let mut clicked = None;
    for (k, (name, rect)) in names.iter().zip(places).enumerate() {
        let response = ui.interact(rect, ui.scope_id().with(("tab", k)), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, *name));
        if response.has_focus() {
            ui.painter().rect_stroke(rect.shrink(2.0), CornerRadius::same(4), Stroke::new(2.0, t.acc), StrokeKind::Inside);
        }
        if response.clicked() {
            clicked = Some(k);
        }
    }
    clicked
}

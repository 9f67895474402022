//! Lays out the Inspect page: tree, map, agent's view, inspector.

use egui::{Align2, CentralPanel, Frame, Margin, Panel, Rect, Ui, UiBuilder, pos2, vec2};

use super::app::App;
use super::arrangement::{PaneKind, PanePart, PaneTiles, keep_widths, set_visible};
use super::command::{Command, Requests};
use super::layout::{tab_bar, tab_clicked};
use super::panes;
use super::theme::{Tokens, fonts, icons};
use super::widgets::{Button, text};

const SOURCES: f32 = 264.0;
const INSPECTOR: f32 = 304.0;
/// Width of the titles in the bar of the map.
const TITLES: f32 = 160.0;
/// Width of a window that has room for the agent's view beside the map.
const WIDE: f32 = 1400.0;

impl App {
    /// One world. In windows with room for them, panes are tiles that people move.
    pub(super) fn inspect_page(&mut self, ui: &mut Ui, t: &'static Tokens, requests: &mut Requests) {
        if self.narrow || self.sources.list.is_empty() {
            return self.drawers(ui, t, requests);
        }
        let wide = ui.ctx().content_rect().width() >= WIDE;
        let mut arrangement = std::mem::take(&mut self.arrangement);
        let tree = if wide { &mut arrangement.wide } else { &mut arrangement.medium };
        let has_step = self.selected.is_some();
        set_visible(tree, PaneKind::Sources, self.panels.sources);
        set_visible(tree, PaneKind::Inspector, has_step && self.panels.inspector);
        set_visible(tree, PaneKind::Observation, has_step && (self.panels.inspector || !wide));
        let mut edited = false;
        CentralPanel::default().frame(Frame::new()).show(ui, |ui| {
            keep_widths(tree, ui.available_width());
            let mut draw = |ui: &mut Ui, pane: PaneKind, part: PanePart| match part {
                PanePart::Body => self.pane(ui, t, pane, requests),
                PanePart::Buttons => self.pane_buttons(ui, t, pane, requests),
            };
            let mut tiles = PaneTiles { t, draw: &mut draw, edited: false };
            tree.ui(&mut tiles, ui);
            edited = tiles.edited;
        });
        if edited {
            arrangement.version += 1;
            // What is left empty is taken away in the next frame.
            ui.ctx().request_repaint();
        }
        self.arrangement = arrangement;
    }

    /// A pane, below its bar.
    fn pane(&mut self, ui: &mut Ui, t: &Tokens, pane: PaneKind, requests: &mut Requests) {
        ui.spacing_mut().item_spacing.y = 0.0;
        match pane {
            PaneKind::Sources => {
                let shown = self.shown();
                let selected = self.selected.and_then(|(id, instance)| Some((id, instance, shown.episode()?.0)));
                let mut tree = std::mem::take(&mut self.tree);
                tree.show(ui, t, &self.sources, selected, requests);
                self.tree = tree;
            }
            PaneKind::World => self.map(ui, t, requests),
            PaneKind::Observation => {
                let mut images = std::mem::take(&mut self.images);
                panes::observation(ui, t, &self.shown(), &mut images);
                self.images = images;
            }
            PaneKind::Inspector => {
                let mut images = std::mem::take(&mut self.images);
                panes::inspector(ui, t, &self.shown(), &mut images);
                self.images = images;
            }
        }
    }

    /// The buttons in the bar of a pane, from the right to the left.
    fn pane_buttons(&mut self, ui: &mut Ui, t: &Tokens, pane: PaneKind, requests: &mut Requests) {
        let mut button = |ui: &mut Ui, icon: char, command: Command| {
            if Button::icon(icon, &command.tooltip()).show(ui, t).clicked() {
                requests.push(command);
            }
        };
        match pane {
            PaneKind::Sources => button(ui, icons::SIDEBAR_SIMPLE, Command::SourcesPanel),
            PaneKind::Inspector => button(ui, icons::SIDEBAR_SIMPLE, Command::InspectorPanel),
            PaneKind::Observation => {}
            PaneKind::World => {
                self.world_commands().into_iter().for_each(|(icon, command)| button(ui, icon, command));
                self.reading(ui, t);
            }
        }
    }

    /// How much of the shown source is read, or of the first one while none is shown, in the rest of the bar.
    fn reading(&self, ui: &Ui, t: &Tokens) {
        let source = self.shown().source.or(self.sources.list.first());
        let Some(words) = panes::reading_bar(ui.painter(), t, ui.max_rect(), source) else { return };
        let rest = ui.available_rect_before_wrap();
        let end = pos2(rest.right() - 8.0, rest.center().y);
        let room = rest.width() - TITLES - 8.0;
        text::elided(ui.painter(), end, Align2::RIGHT_CENTER, (&words, room), (fonts::small(), t.t2));
    }

    /// Commands beside the title of the map: what goes on from a recording, and panels that are closed.
    fn world_commands(&self) -> Vec<(char, Command)> {
        let recorded = self.selected.is_some() && self.shown().source.is_some_and(|source| source.live.is_none());
        let all = [
            (!self.panels.inspector || self.narrow, icons::INFO, Command::InspectorPanel),
            (!self.panels.time, icons::ROWS, Command::TimePanel),
            (!self.panels.sources || self.narrow, icons::LIST, Command::SourcesPanel),
            (recorded, icons::GAME_CONTROLLER, Command::TakeOver),
            (recorded, icons::GIT_FORK, Command::Fork),
        ];
        all.into_iter().filter(|(offered, ..)| *offered).map(|(_, icon, command)| (icon, command)).collect()
    }

    /// In small windows side panels are drawers beside the map.
    fn drawers(&mut self, ui: &mut Ui, t: &Tokens, requests: &mut Requests) {
        let plain = Frame::new().inner_margin(Margin::ZERO);
        let open = |panel: bool, command: Command| if self.narrow { self.drawer == Some(command) } else { panel };
        let sources = open(self.panels.sources, Command::SourcesPanel);
        let inspector = self.narrow && self.drawer == Some(Command::InspectorPanel) && self.selected.is_some();
        for (is_open, pane, panel) in [
            (sources, PaneKind::Sources, Panel::left("sources").default_size(SOURCES).size_range(200.0..=400.0)),
            (inspector, PaneKind::Inspector, Panel::right("inspector").default_size(INSPECTOR).size_range(264.0..=420.0)),
        ] {
            if is_open {
                panel.resizable(true).frame(plain).show(ui, |ui| {
                    ui.spacing_mut().item_spacing.y = 0.0;
                    let bar = tab_bar(ui, t, &[pane.name()], 0);
                    self.bar_buttons(ui, t, bar, pane, requests);
                    self.pane(ui, t, pane, requests);
                });
            }
        }
        CentralPanel::default().frame(Frame::new()).show(ui, |ui| self.middle(ui, t, requests));
    }

    /// The map, or what stands in its place.
    fn middle(&mut self, ui: &mut Ui, t: &Tokens, requests: &mut Requests) {
        ui.spacing_mut().item_spacing.y = 0.0;
        if self.sources.list.is_empty() {
            return requests.commands.extend(panes::nothing_open(ui, t));
        }
        let names = ["World", "Observation"];
        let bar = tab_bar(ui, t, &names, usize::from(self.observation_tab));
        if let Some(tab) = tab_clicked(ui, t, bar, &names) {
            self.observation_tab = tab == 1;
        }
        self.bar_buttons(ui, t, bar, PaneKind::World, requests);
        self.pane(ui, t, if self.observation_tab { PaneKind::Observation } else { PaneKind::World }, requests);
    }

    /// The buttons at the right end of a bar that is no tile's.
    fn bar_buttons(&mut self, ui: &mut Ui, t: &Tokens, bar: Rect, pane: PaneKind, requests: &mut Requests) {
        let room = Rect::from_min_max(pos2(bar.left(), bar.top()), bar.max - vec2(4.0, 0.0));
        let layout = egui::Layout::right_to_left(egui::Align::Center);
        let mut right = ui.new_child(UiBuilder::new().max_rect(room).layout(layout).id_salt(("bar", pane.name())));
        right.spacing_mut().item_spacing.x = 2.0;
        self.pane_buttons(&mut right, t, pane, requests);
    }
}

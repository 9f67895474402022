//! Lays out the pages beside Inspect.

use egui::{CentralPanel, Frame, Margin, Panel, Ui};

use super::app::App;
use super::command::Requests;
use super::compare::Slot;
use super::panes;
use super::theme::Tokens;

/// Share of the window's width that thumbnails take at first.
const GRID: f32 = 0.55;
/// Width and height of the place beside thumbnails that has room for figures below the map.
const FIGURES_FROM: (f32, f32) = (480.0, 560.0);
/// Height of these figures.
const FIGURES: f32 = 260.0;

impl App {
    /// The shown world as one to compare.
    pub(super) fn shown_slot(&self) -> Option<Slot> {
        let (source, instance) = self.selected?;
        let episode = self.shown().episode()?.0;
        Some(Slot { source, instance, episode })
    }

    /// Worlds side by side.
    pub(super) fn compare_page(&mut self, ui: &mut Ui, t: &Tokens, requests: &mut Requests) {
        let (mut compare, mut images) = (std::mem::take(&mut self.compare), std::mem::take(&mut self.images));
        compare.show(ui, t, (&self.sources, &self.shown()), (&self.layers, &mut images), requests);
        (self.compare, self.images) = (compare, images);
    }

    /// Thumbnails at the left, the chosen world with its figures at the right.
    pub(super) fn grid_page(&mut self, ui: &mut Ui, t: &Tokens, requests: &mut Requests) {
        let size = ui.ctx().content_rect().size();
        let plain = Frame::new().inner_margin(Margin::ZERO);
        let mut grid = std::mem::take(&mut self.grid);
        if self.narrow {
            CentralPanel::default().frame(plain).show(ui, |ui| grid.show(ui, t, &self.shown(), requests));
            self.grid = grid;
            return;
        }
        let panel = Panel::left("grid").default_size(size.x * GRID).size_range(200.0..=size.x * 0.8).resizable(true);
        panel.frame(plain).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            // A panel is as wide as its content, and there is none before the source is read.
            ui.expand_to_include_rect(ui.max_rect());
            grid.show(ui, t, &self.shown(), requests);
        });
        self.grid = grid;
        CentralPanel::default().frame(Frame::new()).show(ui, |ui| {
            let room = ui.available_size();
            if room.x >= FIGURES_FROM.0 && room.y >= FIGURES_FROM.1 {
                Panel::bottom("grid figures").exact_size(FIGURES).resizable(false).frame(plain).show(ui, |ui| {
                    let mut images = std::mem::take(&mut self.images);
                    panes::grid_figures(ui, t, &self.shown(), &mut images);
                    self.images = images;
                });
            }
            CentralPanel::default().frame(Frame::new()).show(ui, |ui| self.map(ui, t, requests));
        });
    }
}

//! Lays out the pages beside Inspect.

use egui::{CentralPanel, Frame, Margin, Panel, Ui};

use super::app::App;
use super::command::{Command, Requests};
use super::compare::Slot;
use super::page::Page;
use super::panes;
use super::sources::Source;
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

    /// A document that is painted.
    pub(super) fn edit_page(&mut self, ui: &mut Ui, t: &Tokens, requests: &mut Requests) {
        let mut edit = std::mem::take(&mut self.edit);
        edit.show(ui, t, &self.shown(), &self.notify.clone(), requests);
        self.edit = edit;
    }

    /// Takes over what the page Edit was told by its threads.
    pub(super) fn poll_edit(&mut self) {
        if self.page != Page::Edit {
            return;
        }
        let mut edit = std::mem::take(&mut self.edit);
        // A source that is still being read is waited for, so that the page begins with its world.
        let reads = |source: &Source| {
            let found = &source.found;
            found.failed.is_none() && found.show_failed.is_none() && source.stopped().is_none()
        };
        let is_read = self.shown().step.is_some() || !self.sources.list.iter().any(reads);
        let messages = edit.poll((&self.shown(), is_read), &self.export_folder, &self.notify.clone());
        self.edit = edit;
        messages.into_iter().for_each(|words| self.say(words));
    }

    /// Does a command of the page Edit.
    pub(super) fn edit_command(&mut self, command: Command) {
        if let Some(plan) = self.edit.command(command, &self.notify.clone()) {
            self.page = Page::Inspect;
            self.start(plan);
        }
    }

    /// Whether the window may be closed now. With unsaved changes it asks once, on the page Edit.
    pub fn may_close(&mut self) -> bool {
        let may = self.edit.may_close();
        if !may {
            self.page = Page::Edit;
        }
        may
    }

    /// Whether the window is to be closed: it was decided about unsaved changes.
    pub fn closes(&self) -> bool {
        self.edit.closes()
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

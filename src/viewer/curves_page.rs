//! The page of curves: measures of all sources over steps, and the table of their means.

use egui::{CentralPanel, Frame, Margin, Panel, Ui};

use super::app::App;
use super::command::{Command, Requests};
use super::figures::{Figures, LeftOut, Progress, Readiness};
use super::layout::{tab_bar, tab_clicked};
use super::page::Page;
use super::panes::{self, FiguresView};
use super::theme::Tokens;
use crate::measures::Unit;

/// Width of a window that has room for the table beside the curves.
const BESIDE_FROM: f32 = 1400.0;
/// Width of the table there.
const TABLE: f32 = 592.0;
/// Height of a page that has room for the table below the curves; lower ones have tabs.
const BELOW_FROM: f32 = 420.0;
/// Share of the page's height that the table takes below the curves.
const BELOW: f32 = 0.42;

impl App {
    /// Curves, and metrics beside or below them.
    pub(super) fn curves_page(&mut self, ui: &mut Ui, t: &Tokens, requests: &mut Requests) {
        let (size, plain) = (ui.ctx().content_rect().size(), Frame::new().inner_margin(Margin::ZERO));
        let room = ui.available_height();
        let mut metrics = self.metrics;
        let readiness = Figures::readiness(&self.sources, self.selected.map(|(id, _)| id), self.figure_unit);
        let (progress, share) = self.progress_words(&readiness);
        let left_out = self.left_out(&readiness);
        let view = self.figures_view(&readiness, (&progress, share), &left_out);
        // More groups have more columns.
        let groups = view.measured.map_or(2, |figures| figures.report.groups.len().clamp(2, panes::MAX_METRIC_GROUPS));
        let table = TABLE + (groups - 2) as f32 * panes::METRIC_WIDTH;
        let panel = if size.x >= BESIDE_FROM {
            let id = egui::Id::unique(("metrics", groups));
            Panel::right(id).default_size(table).size_range(320.0..=size.x * 0.6).resizable(true)
        } else if room >= BELOW_FROM {
            Panel::bottom("metrics below").default_size(room * BELOW).size_range(60.0..=room * 0.7).resizable(true)
        } else {
            CentralPanel::default().frame(plain).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                let names = ["Curves", "Metrics"];
                let bar = tab_bar(ui, t, &names, usize::from(metrics.is_chosen));
                if let Some(tab) = tab_clicked(ui, t, bar, &names) {
                    metrics.is_chosen = tab == 1;
                }
                if metrics.is_chosen { metrics.show(ui, t, &view) } else { panes::curves(ui, t, &view, requests) }
            });
            self.metrics = metrics;
            return;
        };
        panel.frame(plain).show(ui, |ui| {
            // A panel is as large as its content, and there is none before anything is measured.
            ui.expand_to_include_rect(ui.max_rect());
            metrics.show(ui, t, &view);
        });
        CentralPanel::default().frame(plain).show(ui, |ui| panes::curves(ui, t, &view, requests));
        self.metrics = metrics;
    }

    /// What the panes show.
    fn figures_view<'a>(
        &'a self,
        readiness: &Readiness,
        (progress, share): (&'a str, f32),
        left_out: &'a [LeftOut],
    ) -> FiguresView<'a> {
        let found = &self.figures.found;
        let (ready, rows) = match readiness {
            Readiness::Ready(request) => (!request.given.is_empty(), request.rows()),
            Readiness::Reading(..) => (true, 0),
        };
        let measured = found.measured.as_deref().filter(|_| ready);
        let before = self.figures.asked().map_or(0, |asked| asked.rows());
        let shown = self.shown();
        FiguresView {
            measured,
            failed: found.failed.as_deref().filter(|_| ready && progress.is_empty()),
            progress,
            share,
            left_out,
            unit: self.figure_unit,
            new_rows: rows.saturating_sub(before),
            instance: shown.instance.map(|instance| (instance, shown.row)),
        }
    }

    /// What is going on, in words, and the share of it that is done.
    fn progress_words(&self, readiness: &Readiness) -> (String, f32) {
        if let Readiness::Reading(read, of) = readiness {
            return (format!("Opening {} of {of} sources", read + 1), *read as f32 / (*of).max(1) as f32);
        }
        match self.figures.found.progress {
            Some(Progress::Reading(n, of)) => (format!("Measuring {n} of {of} traces"), (n - 1) as f32 / of.max(1) as f32),
            Some(Progress::Measuring(1)) => ("Measuring 1 instance".to_string(), 1.0),
            Some(Progress::Measuring(n)) => (format!("Measuring {n} instances"), 1.0),
            None if self.figures.is_behind() => ("Measuring".to_string(), 0.0),
            None => (String::new(), 0.0),
        }
    }

    /// Sources that are not measured: the thread knows those whose rows cannot be read.
    fn left_out(&self, readiness: &Readiness) -> Vec<LeftOut> {
        let Readiness::Ready(request) = readiness else { return Vec::new() };
        let mut all = request.left_out.clone();
        if let Some(measured) = &self.figures.found.measured {
            let known: Vec<LeftOut> = all.clone();
            let is_open = |left: &&LeftOut| request.given.iter().any(|given| given.name == left.name);
            let more = measured.request.left_out.iter().filter(is_open).filter(|left| !known.contains(left));
            all.extend(more.cloned());
        }
        all
    }

    /// Asks for figures while the page of curves is shown. `again`: even if nothing but the length of the recordings has changed.
    pub(super) fn ask_figures(&mut self, again: bool) {
        self.figures.poll();
        for written in self.figures.take_exported() {
            match written {
                Ok(folder) => self.say(format!("The tables are in {}.", folder.display())),
                Err(why) => self.say(format!("The tables cannot be written: {why}")),
            }
        }
        if self.page != Page::Curves && !again {
            return;
        }
        let selected = self.selected.map(|(id, _)| id);
        if let Readiness::Ready(request) = Figures::readiness(&self.sources, selected, self.figure_unit) {
            self.figures.ask(request, again, &self.notify);
        }
    }

    /// Whether the page of curves shows what was asked for; on other pages nothing is waited for.
    pub(super) fn figures_are_there(&self) -> bool {
        self.page != Page::Curves || self.sources.list.is_empty() || self.figures.is_idle()
    }

    /// Does what was asked of the figures.
    pub(super) fn figure_command(&mut self, command: Command) {
        match command {
            Command::MeasureAgain => {
                self.page = Page::Curves;
                self.ask_figures(true);
            }
            Command::FigureUnit => {
                self.page = Page::Curves;
                self.figure_unit = if self.figure_unit == Unit::Run { Unit::Instance } else { Unit::Run };
            }
            _ => {
                let folder = self.export_folder.clone();
                if !self.figures.export(&folder, &self.notify) {
                    self.say("There are no figures to export yet: the page of curves measures them.".to_string());
                }
            }
        }
    }
}

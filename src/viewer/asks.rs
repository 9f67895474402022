//! What the window asks of the threads of its sources in each frame.

use super::app::App;
use super::map::HeatOf;
use super::page::Page;
use super::panes::{first_horizon, grid_glances};
use super::sources::{Empower, Glance, Wanted};

impl App {
    /// Asks the source for what is shown.
    pub(super) fn ask(&mut self) {
        let Some((id, instance)) = self.selected else { return };
        let wanted = Wanted { instance, row: self.playback.row, dragged: self.dragged };
        let Some(source) = self.sources.get_mut(id) else { return };
        if source.found.listing.is_none() {
            return;
        }
        let known = source.found.columns.contains_key(&instance) || source.found.columns_failed.contains_key(&instance);
        if source.wanted.is_none_or(|before| before.instance != instance) && !known {
            source.track(instance);
        }
        // The end of what is still being read is waited for, so that the thread does not replay to each row that was the last one for a while.
        if source.found.reading.is_none() || !self.playback.follows_end {
            source.show(wanted);
        }
        self.ask_empowerment();
        self.ask_visitors();
        self.ask_beside();
    }

    /// Asks for the episodes that went to the chosen cell of the shown source.
    fn ask_visitors(&mut self) {
        let selected = self.selected.map(|(id, _)| id);
        if self.cell.is_some_and(|(id, ..)| Some(id) != selected) {
            self.cell = None;
        }
        for source in &mut self.sources.list {
            source.visitors(self.cell.filter(|(id, ..)| *id == source.id).map(|(_, cell, _)| cell));
        }
    }

    /// Asks for the empowerment of the shown state, once the playhead rests on it.
    fn ask_empowerment(&mut self) {
        let is_shown = self.layers.heat == Some(HeatOf::Empowerment) && self.page != Page::Compare;
        let shown = self.shown();
        let rests = !self.playback.playing && !self.dragged && !self.playback.follows_end;
        let at = shown.step.filter(|step| step.is_exact() && step.position.row == shown.row && step.state.is_some());
        let horizon = self.layers.horizon.unwrap_or_else(|| first_horizon(&shown));
        let of = at.map(|step| Empower { instance: step.position.instance, row: step.position.row, horizon });
        let selected = self.selected.map(|(id, _)| id);
        for source in &mut self.sources.list {
            match of {
                _ if !is_shown || Some(source.id) != selected => source.empower(None),
                Some(of) if rests => source.empower(Some(of)),
                _ => {}
            }
        }
    }

    /// Makes the shown world one of those compared, and asks for their columns.
    fn complete_compared(&mut self) {
        let slot = self.shown_slot();
        self.compare.complete(&self.sources, slot);
        self.compare.ask_columns(&mut self.sources);
    }

    /// Asks for what the page shows beside the shown world.
    fn ask_beside(&mut self) {
        let shown = self.selected.map(|(id, _)| id);
        let glances: Vec<(u64, Glance)> = match self.page {
            Page::Inspect if self.layers.heat == Some(HeatOf::Difference) => {
                self.complete_compared();
                Vec::new()
            }
            Page::Inspect | Page::Curves | Page::Edit => Vec::new(),
            Page::Grid => {
                let glances = grid_glances(&self.shown(), self.playback.follows_end);
                glances.into_iter().filter_map(|glance| Some((shown?, glance))).collect()
            }
            Page::Compare => {
                self.complete_compared();
                self.compare.glances(&self.sources, self.selected, self.playback.row)
            }
        };
        for source in &mut self.sources.list {
            let own = glances.iter().filter(|(id, _)| *id == source.id).map(|(_, glance)| *glance);
            source.glance(own.collect());
        }
    }
}

//! The bar of the Compare page: which worlds, and how their steps belong together.

use egui::{CornerRadius, Popup, ScrollArea, Sense, Stroke, Ui, UiBuilder, vec2};

use super::page::chip;
use super::slots::{Align, Compare, MAX_SLOTS, Slot, instance_of};
use crate::viewer::command::Requests;
use crate::viewer::shown::Shown;
use crate::viewer::sources::Sources;
use crate::viewer::theme::{Tokens, icons};
use crate::viewer::widgets::{Button, Look, Status, status_chip};

/// Width of a world in the bar with its whole name, and of all that stands behind the worlds.
const SLOT: f32 = 300.0;
const REST: f32 = 480.0;
/// Width of the words on whether the worlds are the same.
const STATUS: f32 = 180.0;
/// Height of a list of worlds.
const LIST: f32 = 320.0;
/// Worlds of a source that a list offers; the tree and the Grid page reach all.
const OFFERED: usize = 64;

impl Compare {
    pub(super) fn slot_bar(&mut self, ui: &mut Ui, t: &Tokens, sources: &Sources, lead: &Shown, requests: &mut Requests) {
        let rect = ui.available_rect_before_wrap();
        ui.painter().rect_filled(rect, CornerRadius::ZERO, t.bg1);
        ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, t.line));
        let layout = egui::Layout::left_to_right(egui::Align::Center);
        let mut bar = ui.new_child(UiBuilder::new().max_rect(rect.shrink2(vec2(8.0, 6.0))).layout(layout));
        bar.spacing_mut().item_spacing.x = 4.0;
        let is_tight = rect.width() < SLOT * self.slots.len() as f32 + REST;
        let (mut changed, mut removed) = (None, None);
        for (k, slot) in self.slots.clone().into_iter().enumerate() {
            let (place, _) = bar.allocate_exact_size(vec2(24.0, 28.0), Sense::hover());
            chip(bar.painter(), t, k, place.center());
            let name = if is_tight { format!("World {}", slot.instance) } else { words_of(sources, slot) };
            let tooltip = "Another world or episode in this place";
            let response = Button::text(&name).look(Look::Outline).tooltip(tooltip).arrow().show(&mut bar, t);
            choose(&response, sources, Some(slot), |chosen| changed = Some((k, chosen)));
            if Button::icon(icons::X, "Take it away").show(&mut bar, t).clicked() {
                removed = Some(k);
            }
            if k == 0 && self.slots.len() > 1 {
                let swap = Button::icon(icons::ARROWS_LEFT_RIGHT, "Swap A and B").show(&mut bar, t);
                if swap.clicked() {
                    self.slots.swap(0, 1);
                }
            }
        }
        if self.slots.len() < MAX_SLOTS {
            let button =
                if is_tight { Button::icon(icons::PLUS, "Add world") } else { Button::text("Add world").with_icon(icons::PLUS) };
            let add = button.look(Look::Quiet).show(&mut bar, t);
            choose(&add, sources, None, |chosen| changed = Some((usize::MAX, chosen)));
        }
        self.align_buttons(&mut bar, t, is_tight, sources);
        if self.slots.len() >= 2 && !self.has_room(rect.width()) {
            let button =
                Button::text("Difference").on(self.difference_tab).tooltip("Difference of A and B in place of the worlds");
            if button.show(&mut bar, t).clicked() {
                self.difference_tab = !self.difference_tab;
            }
        }
        if self.slots.len() >= 2 && bar.available_width() >= STATUS {
            bar.add_space(8.0);
            let (status, words, tooltip) = self.likeness(sources);
            status_chip(&mut bar, t, status, &words, tooltip);
        }
        self.apply(sources, lead, changed, removed, requests);
    }

    fn align_buttons(&mut self, bar: &mut Ui, t: &Tokens, is_tight: bool, sources: &Sources) {
        bar.add_space(8.0);
        let clocks = self.has_clocks(sources);
        if !clocks && self.align == Align::Time {
            self.align = Align::Step;
        }
        let time = (Align::Time, "Time", "Align by time\nEqual times since their episodes began, without pauses");
        let ways = [
            (Align::Step, "Step", "Align by step\nEqual numbers of steps since their episodes began"),
            (Align::Share, if is_tight { "Share" } else { "Share of episode" }, "Align by share\nEqual shares of their episodes"),
        ];
        for (align, name, tooltip) in ways.into_iter().chain(clocks.then_some(time)) {
            if Button::text(name).look(Look::Quiet).on(self.align == align).tooltip(tooltip).show(bar, t).clicked() {
                self.align = align;
            }
        }
    }

    /// Changes the slots. The playhead moves to a slot that is still there.
    fn apply(
        &mut self,
        sources: &Sources,
        lead: &Shown,
        changed: Option<(usize, Slot)>,
        removed: Option<usize>,
        requests: &mut Requests,
    ) {
        let is_lead = |slot: &Slot| Some((slot.source, slot.instance)) == lead.of();
        let mut select = None;
        if let Some(k) = removed {
            let gone = self.slots.remove(k);
            select = self.slots.first().copied().filter(|_| is_lead(&gone));
        }
        if let Some((k, slot)) = changed {
            match self.slots.get_mut(k) {
                Some(known) => {
                    select = Some(slot).filter(|_| is_lead(known));
                    *known = slot;
                }
                None => self.slots.push(slot),
            }
        }
        let Some(slot) = select else { return };
        let first = instance_of(sources, slot).and_then(|(_, instance)| Some(instance.episodes.get(slot.episode)?.first_row));
        requests.select = Some((slot.source, slot.instance, first.unwrap_or(0)));
    }

    /// Whether the episodes begin in one world: a status, words, and more words.
    fn likeness(&self, sources: &Sources) -> (Status, String, &'static str) {
        let of = |slot: &Slot| {
            let (source, instance) = instance_of(sources, *slot)?;
            let meta = source.found.listing.as_ref()?.meta.as_ref()?;
            let episode = instance.episodes.get(slot.episode)?.episode;
            let rules = (meta.id.clone(), meta.toml.clone(), meta.keyed, meta.worlds.clone());
            Some((rules, meta.seed + i64::from(slot.instance), episode))
        };
        let all: Vec<_> = self.slots.iter().map(of).collect();
        let Some(Some((rules, seed, episode))) = all.first() else {
            return (Status::Unknown, "Not known".to_string(), "Another program wrote a recording");
        };
        let same = |is: &dyn Fn(&(_, i64, u32)) -> bool| all.iter().all(|one| one.as_ref().is_some_and(is));
        if !same(&|one| one.0 == *rules) {
            return (Status::Unknown, "Different worlds".to_string(), "The difference compares positions, not places");
        }
        if !same(&|one| one.1 == *seed) {
            let more = "Where maps depend on the seed, the difference compares positions, not places";
            return (Status::Unknown, "Different seeds".to_string(), more);
        }
        // Later episodes of numpy's stream depend on what was done before.
        if *episode != 1 || !same(&|one| one.2 == *episode) {
            let more = "Later episodes can begin in other worlds: the difference compares positions";
            return (Status::Unknown, "Later episodes".to_string(), more);
        }
        let more = "All episodes begin in the same world, so cells and differences can be compared";
        (Status::Good, format!("Same world, seed {seed}"), more)
    }
}

/// A slot in words.
fn words_of(sources: &Sources, slot: Slot) -> String {
    let name = sources.get(slot.source).map_or("", |source| &source.name);
    let mut short: String = name.chars().take(18).collect();
    if short.len() < name.len() {
        short.push('\u{2026}');
    }
    let episode = instance_of(sources, slot).and_then(|(_, instance)| Some(instance.episodes.get(slot.episode)?.episode));
    episode.map_or_else(
        || format!("{short}, world {}", slot.instance),
        |episode| format!("{short}, world {}, episode {episode}", slot.instance),
    )
}

/// A list of worlds, and of the episodes of the chosen one.
fn choose(response: &egui::Response, sources: &Sources, now: Option<Slot>, mut chosen: impl FnMut(Slot)) {
    Popup::menu(response).show(|ui| {
        ScrollArea::vertical().max_height(LIST).show(ui, |ui| {
            if let Some(now) = now
                && let Some((_, instance)) = instance_of(sources, now)
                && instance.episodes.len() > 1
            {
                for (k, episode) in instance.episodes.iter().enumerate() {
                    if ui.selectable_label(k == now.episode, format!("Episode {}", episode.episode)).clicked() {
                        chosen(Slot { episode: k, ..now });
                        ui.close();
                    }
                }
                ui.separator();
            }
            for source in &sources.list {
                let Some(listing) = source.found.listing.as_deref() else { continue };
                for instance in listing.instances.iter().take(OFFERED) {
                    let slot = Slot { source: source.id, instance: instance.instance, episode: 0 };
                    let on = now.is_some_and(|now| (now.source, now.instance) == (slot.source, slot.instance));
                    if ui.selectable_label(on, format!("{}, world {}", source.name, instance.instance)).clicked() && !on {
                        chosen(slot);
                        ui.close();
                    }
                }
                if listing.instances.len() > OFFERED {
                    ui.label(format!("The first {OFFERED} of {}; C adds any world that is shown", listing.instances.len()));
                }
            }
        });
    });
}

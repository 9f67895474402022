//! The Sources pane: what is open, as a tree of recordings, worlds and episodes, with a filter.

use std::collections::BTreeSet;
use std::path::PathBuf;

use egui::{CornerRadius, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, TextEdit, Ui, WidgetInfo, pos2, vec2};

use super::filter::Filter;
use super::source_line::{Clicked, Line, ROW, column_heads};
use crate::viewer::command::Requests;
use crate::viewer::sources::{InstanceListing, Listing, Source, Sources};
use crate::viewer::theme::{Tokens, fonts, icons, numbers};
use crate::viewer::widgets::text;

/// Most levels that a run that goes on from others is indented.
const MAX_DEPTH: usize = 3;

/// Which rows are open, and the filter.
#[derive(Debug, Default)]
pub struct SourcesPane {
    open: BTreeSet<(u64, Option<u32>)>,
    /// Sources whose rows were opened once by themselves.
    seen: BTreeSet<u64>,
    /// Participants of studies whose plays are listed.
    participants: BTreeSet<Participant>,
    /// What was shown in the last frame.
    shown: Option<(u64, u32)>,
    filter: String,
}

/// A participant of a study file.
type Participant = (PathBuf, String);

/// The participant of a source that is a play of a study.
fn participant_of(source: &Source) -> Option<Participant> {
    source.play.as_ref().map(|play| (play.file.clone(), play.participant.clone()))
}

/// A row of the tree.
#[derive(Clone, Debug, PartialEq)]
enum Row {
    /// A participant, by the first of the plays.
    Participant {
        id: u64,
    },
    Source {
        id: u64,
    },
    World {
        id: u64,
        instance: u32,
    },
    Episode {
        id: u64,
        instance: u32,
        index: usize,
    },
}

impl SourcesPane {
    /// Shows the pane in the rest of `ui`. `selected`: source, instance and episode that are shown.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        t: &Tokens,
        sources: &Sources,
        selected: Option<(u64, u32, usize)>,
        requests: &mut Requests,
    ) {
        let filter = self.filter_field(ui, t);
        if sources.list.is_empty() {
            let at = ui.available_rect_before_wrap().shrink(16.0);
            let words = "Runs and traces that you open are listed here.";
            text::wrapped(ui.painter(), at.min, words, at.width(), (fonts::small(), t.t2));
            return;
        }
        let any_achievements =
            |source: &Source| source.found.listing.as_ref().is_some_and(|listing| !listing.achievements().is_empty());
        column_heads(ui, t, sources.list.iter().any(any_achievements));
        if self.shown != selected.map(|(id, instance, _)| (id, instance)) {
            self.shown = selected.map(|(id, instance, _)| (id, instance));
            // What is shown is visible in the tree.
            self.open.extend(self.shown.map(|(id, _)| (id, None)));
            self.open.extend(self.shown.map(|(id, instance)| (id, Some(instance))));
            self.participants.extend(self.shown.and_then(|(id, _)| participant_of(sources.get(id)?)));
        }
        for source in &sources.list {
            // A source is opened when its contents are known; its worlds too, if they are few.
            if let Some(listing) = &source.found.listing
                && self.seen.insert(source.id)
                && sources.list.len() <= 12
            {
                self.participants.extend(participant_of(source));
                self.open.insert((source.id, None));
                if listing.instances.len() == 1 {
                    self.open.insert((source.id, Some(listing.instances[0].instance)));
                }
            }
        }
        let rows = self.rows(sources, &filter);
        if rows.is_empty() {
            let at = ui.available_rect_before_wrap().shrink(16.0);
            text::wrapped(ui.painter(), at.min, "Nothing matches this filter.", at.width(), (fonts::small(), t.t2));
            return;
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        ScrollArea::vertical().auto_shrink([false, false]).show_rows(ui, ROW, rows.len(), |ui, range| {
            for row in &rows[range] {
                self.row(ui, t, sources, row, selected, requests);
            }
        });
    }

    fn filter_field(&mut self, ui: &mut Ui, t: &Tokens) -> Filter {
        let filter = Filter::parse(&self.filter);
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 40.0), Sense::hover());
        let field = rect.shrink2(vec2(8.0, 6.0));
        let wrong = filter.is_err();
        let line = if wrong { t.err } else { t.line2 };
        ui.painter().rect(field, CornerRadius::same(4), t.bg2, Stroke::new(1.0, line), StrokeKind::Inside);
        text::icon(ui.painter(), pos2(field.left() + 14.0, field.center().y), icons::FUNNEL, fonts::icon(14.0), t.t3);
        let inner =
            Rect::from_min_max(pos2(field.left() + 26.0, field.top() + 2.0), pos2(field.right() - 4.0, field.bottom() - 2.0));
        let edit = TextEdit::singleline(&mut self.filter)
            .hint_text(egui::RichText::new("name ach>5 return>1").font(fonts::small()).color(t.t3))
            .font(fonts::small())
            .frame(egui::Frame::NONE)
            .align(egui::Align2::LEFT_CENTER);
        let response = ui.put(inner, edit);
        response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Filter"));
        if response.has_focus() {
            ui.painter().rect_stroke(
                field,
                CornerRadius::same(4),
                Stroke::new(2.0, if wrong { t.err } else { t.acc }),
                StrokeKind::Inside,
            );
        }
        let help = "Filter\nWords are parts of names; ach, return, steps and episode compare: ach>5 steps<=200";
        match filter {
            Ok(filter) => {
                response.on_hover_text(help);
                filter
            }
            Err(why) => {
                response.on_hover_text(why);
                Filter::default()
            }
        }
    }

    /// The rows that are open and match.
    fn rows(&self, sources: &Sources, filter: &Filter) -> Vec<Row> {
        let mut rows = Vec::new();
        let mut above = None;
        for source in &sources.list {
            let id = source.id;
            let participant = participant_of(source);
            let is_first = participant.is_some() && participant != above;
            let before = rows.len();
            let is_listed = participant.as_ref().is_none_or(|known| self.participants.contains(known)) || !filter.is_empty();
            if is_listed {
                self.rows_of(source, filter, &mut rows);
            }
            if is_first && (filter.is_empty() || rows.len() > before) {
                rows.insert(before, Row::Participant { id });
            }
            // With a filter, a participant stands above the first play that matches.
            if rows.len() > before || filter.is_empty() {
                above = participant;
            }
        }
        rows
    }

    /// Adds the rows of a source that are open and match.
    fn rows_of(&self, source: &Source, filter: &Filter, rows: &mut Vec<Row>) {
        let (id, at) = (source.id, rows.len());
        let Some(listing) = &source.found.listing else {
            if filter.is_empty() {
                rows.push(Row::Source { id });
            }
            return;
        };
        // The one world of a play has no row of its own.
        let is_flat = source.play.is_some() && listing.instances.len() == 1;
        let named = filter.matches_name(&[&source.name, &agent_of(listing)]);
        for instance in &listing.instances {
            let number = instance.instance;
            let open = self.open.contains(&(id, Some(number))) || is_flat || filter.is_about_episodes();
            let matching = (0..instance.episodes.len()).filter(|k| named && filter.matches_episode(instance, *k));
            let matching: Vec<usize> = if filter.is_about_episodes() || open { matching.collect() } else { Vec::new() };
            if filter.is_about_episodes() && matching.is_empty() {
                continue;
            }
            if !filter.is_empty() && !named {
                continue;
            }
            if self.open.contains(&(id, None)) || !filter.is_empty() {
                if !is_flat {
                    rows.push(Row::World { id, instance: number });
                }
                if open {
                    rows.extend(matching.into_iter().map(|index| Row::Episode { id, instance: number, index }));
                }
            }
        }
        if filter.is_empty() || named && (rows.len() > at || !filter.is_about_episodes()) {
            rows.insert(at, Row::Source { id });
        }
    }

    fn row(
        &mut self,
        ui: &mut Ui,
        t: &Tokens,
        sources: &Sources,
        row: &Row,
        selected: Option<(u64, u32, usize)>,
        requests: &mut Requests,
    ) {
        match row {
            Row::Participant { id } => self.participant_row(ui, t, (sources, *id), selected, requests),
            Row::Source { id } => {
                let Some(source) = sources.get(*id) else { return };
                self.source_row(ui, t, (source, sources.depth(*id)), selected, requests);
            }
            Row::World { id, instance } => {
                let Some(listing) = sources.get(*id).and_then(|source| source.found.listing.clone()) else { return };
                let Some(known) = listing.instance(*instance) else { return };
                let open = self.open.contains(&(*id, Some(*instance)));
                let is_selected = selected.is_some_and(|(s, i, _)| (s, i) == (*id, *instance)) && !open;
                let what = Line {
                    level: 1 + sources.depth(*id).min(MAX_DEPTH) as u32,
                    open: Some(open),
                    name: format!("World {instance}"),
                    bold: false,
                    swatch: None,
                    achieved: known.most_achieved().and_then(|n| of_all(n, &listing)),
                    right: numbers::count(known.steps()),
                    selected: is_selected,
                    warning: false,
                };
                let hue = sources.get(*id).map_or(t.t2, |source| t.group(source.group));
                match what.show(ui, t, hue) {
                    Clicked::Caret => self.toggle((*id, Some(*instance))),
                    Clicked::Row => requests.select = Some((*id, *instance, 0)),
                    Clicked::No => {}
                }
            }
            Row::Episode { id, instance, index } => {
                let Some(listing) = sources.get(*id).and_then(|source| source.found.listing.clone()) else { return };
                let Some(known) = listing.instance(*instance) else { return };
                let Some(episode) = known.episodes.get(*index) else { return };
                let what = Line {
                    level: 3 + sources.depth(*id).min(MAX_DEPTH) as u32,
                    open: None,
                    name: format!("Episode {}", episode.episode),
                    bold: false,
                    swatch: None,
                    achieved: known.achieved.as_ref().and_then(|n| n.get(*index)).and_then(|n| of_all(*n, &listing)),
                    right: numbers::count(episode.steps),
                    selected: selected == Some((*id, *instance, *index)),
                    warning: false,
                };
                let hue = sources.get(*id).map_or(t.t2, |source| t.group(source.group));
                if what.show(ui, t, hue) != Clicked::No {
                    requests.select = Some((*id, *instance, episode.first_row));
                }
            }
        }
    }

    fn participant_row(
        &mut self,
        ui: &mut Ui,
        t: &Tokens,
        (sources, id): (&Sources, u64),
        selected: Option<(u64, u32, usize)>,
        requests: &mut Requests,
    ) {
        let Some(source) = sources.get(id) else { return };
        let Some(participant) = participant_of(source) else { return };
        let plays = || sources.list.iter().filter(|source| participant_of(source).as_ref() == Some(&participant));
        let open = self.participants.contains(&participant);
        let n = plays().count();
        let of_selected = |source: &Source| selected.is_some_and(|(id, ..)| id == source.id);
        let what = Line {
            level: 0,
            open: Some(open),
            name: participant.1.clone(),
            bold: true,
            swatch: Some(t.group(source.group)),
            achieved: None,
            right: if n == 1 { "1 play".to_string() } else { format!("{n} plays") },
            selected: !open && plays().any(of_selected),
            warning: !open && plays().any(Source::has_trouble),
        };
        match what.show(ui, t, t.group(source.group)) {
            Clicked::Caret if open => _ = self.participants.remove(&participant),
            Clicked::Caret => _ = self.participants.insert(participant),
            Clicked::Row => {
                self.participants.insert(participant);
                requests.select = first_row(source).or(requests.select);
            }
            Clicked::No => {}
        }
    }

    fn source_row(
        &mut self,
        ui: &mut Ui,
        t: &Tokens,
        (source, depth): (&Source, usize),
        selected: Option<(u64, u32, usize)>,
        requests: &mut Requests,
    ) {
        let open = self.open.contains(&(source.id, None));
        let right = match (&source.found.listing, &source.found.failed) {
            (_, Some(_)) => "cannot be read".to_string(),
            (None, None) => "reading\u{2026}".to_string(),
            (Some(listing), _) if source.play.is_some() => {
                numbers::count(listing.instances.iter().map(InstanceListing::steps).sum())
            }
            (Some(listing), _) => counts(listing, ui.available_width()),
        };
        let what = Line {
            // A run that goes on from another one stands below it, and a play below its participant.
            level: depth.min(MAX_DEPTH) as u32 + u32::from(source.play.is_some()),
            open: Some(open),
            name: play_name(source).unwrap_or_else(|| source.name.clone()),
            bold: source.play.is_none(),
            swatch: Some(t.group(source.group)).filter(|_| source.play.is_none()),
            achieved: None,
            right,
            selected: selected.is_some_and(|(id, ..)| id == source.id) && !open,
            warning: source.has_trouble(),
        };
        match what.show(ui, t, t.group(source.group)) {
            Clicked::Caret => self.toggle((source.id, None)),
            Clicked::Row => {
                let first = source.found.listing.as_ref().and_then(|listing| listing.instances.first());
                let (instance, row) = first.map_or((0, 0), |instance| (instance.instance, 0));
                requests.select = Some((source.id, instance, row));
                self.open.insert((source.id, None));
            }
            Clicked::No => {}
        }
    }

    fn toggle(&mut self, row: (u64, Option<u32>)) {
        if !self.open.remove(&row) {
            self.open.insert(row);
        }
    }
}

/// The first row of a source, to be shown.
fn first_row(source: &Source) -> Option<(u64, u32, u64)> {
    let first = source.found.listing.as_ref()?.instances.first()?;
    Some((source.id, first.instance, 0))
}

/// The name of a play below its participant.
fn play_name(source: &Source) -> Option<String> {
    let play = source.play.as_ref()?;
    let meta = source.found.listing.as_ref().and_then(|listing| listing.meta.as_ref());
    let what = if meta.is_some_and(|meta| meta.practice == Some(true)) { "Practice" } else { "Play" };
    Some(match play.number.split_once('/') {
        Some((session, number)) => format!("Session {} \u{b7} {what} {number}", session.trim_start_matches('s')),
        None => format!("{what} {}", play.number),
    })
}

/// The agent of a run.
fn agent_of(listing: &Listing) -> String {
    listing.meta.as_ref().map(|meta| meta.agent.clone()).unwrap_or_default()
}

/// A number of achievements with how many there are; None in worlds without any.
fn of_all(n: u32, listing: &Listing) -> Option<(u32, usize)> {
    let all = listing.achievements().len();
    (all > 0).then_some((n, all))
}

/// Worlds of a source, in words; its episodes too if there is room.
fn counts(listing: &Listing, width: f32) -> String {
    let word = |n: usize, one: &str| {
        if n == 1 { format!("1 {one}") } else { format!("{} {one}s", numbers::count(n as u64)) }
    };
    let worlds = word(listing.instances.len(), "world");
    if width < 340.0 { worlds } else { format!("{worlds} \u{b7} {}", word(listing.episodes(), "episode")) }
}

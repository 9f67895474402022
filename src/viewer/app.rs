//! The window's state, and what commands do to it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use egui::Context;

use super::arrangement::Arrangement;
use super::beginning::{Beginning, Forked};
use super::command::{Command, Requests, pressed};
use super::compare::Compare;
use super::edit::{EditPage, is_document};
use super::figures::Figures;
use super::images::Images;
use super::live::{LivePlan, LiveState};
use super::map::HeatOf;
use super::page::Page;
use super::panels::{Panels, Remembered};
use super::panes::{GridPane, LayerOptions, MetricsPane, OptionsForm, Palette, SourcesPane, WorldPane};
use super::recovery::GpuLost;
use super::shown::Shown;
use super::sources::{Notify, Sources, paths_of};
use super::time::{Playback, TimePanel};
use crate::measures::Unit;
use crate::scene::Theme;

/// Most messages that wait to be read.
const MAX_TOASTS: usize = 4;
/// How long a message stays.
const TOAST: Duration = Duration::from_secs(8);

/// A message at the bottom of the window.
#[derive(Clone, Debug)]
pub struct Toast {
    /// What happened.
    pub words: String,
    /// When it goes, in seconds of egui's clock; set when it is first shown.
    pub until: Option<f64>,
}

/// Everything in the window.
pub struct App {
    /// What is open.
    pub sources: Sources,
    /// Source and instance that are shown.
    pub selected: Option<(u64, u32)>,
    /// The playhead.
    pub playback: Playback,
    /// Layers of the map.
    pub layers: LayerOptions,
    /// Light or dark.
    pub theme: Theme,
    /// Which panels are open.
    pub panels: Panels,
    /// What draws, in words.
    pub adapter: String,
    /// What is said since the graphics card was lost.
    pub lost: Option<GpuLost>,
    /// Whether the card that was lost is to be tried again.
    pub tries_gpu: bool,
    /// Instance and step that are shown first, once they are read.
    pub first: (Option<u32>, Option<u64>),
    /// What the window shows.
    pub page: Page,
    /// Measures of the sources, computed by a thread while the page of curves is shown.
    pub figures: Figures,
    /// What intervals of figures treat as independent.
    pub figure_unit: Unit,
    /// Where tables are exported to.
    pub export_folder: PathBuf,
    pub(super) edit: EditPage,
    pub(super) metrics: MetricsPane,
    pub(super) options: OptionsForm,
    pub(super) arrangement: Arrangement,
    pub(super) remembered: Option<Remembered>,
    pub(super) grid: GridPane,
    pub(super) compare: Compare,
    pub(super) world: WorldPane,
    pub(super) time: TimePanel,
    pub(super) tree: SourcesPane,
    pub(super) images: Images,
    pub(super) palette: Option<Palette>,
    pub(super) keys: bool,
    pub(super) toasts: Vec<Toast>,
    /// Whether the agent's view stands in place of the map, in windows without room for both.
    pub(super) observation_tab: bool,
    /// The side panel that is open in a window without room for both.
    pub(super) drawer: Option<Command>,
    /// Whether the window has no room for side panels.
    pub(super) narrow: bool,
    /// Whether the playhead is being dragged.
    pub(super) dragged: bool,
    /// A live source that is shown as soon as it has rows.
    pub(super) awaited: Option<u64>,
    /// A run that begins as soon as it is known how.
    pub(super) beginning: Option<Beginning>,
    /// A fork that is shown beside its original as soon as it has rows.
    pub(super) forked: Option<Forked>,
    /// Whether keys are those of a person who plays.
    pub(super) plays: bool,
    /// The cell whose episodes are listed: source, cell, and where the list stands.
    pub(super) cell: Option<(u64, (u32, u32), egui::Pos2)>,
    /// Pictures of the window that were asked for.
    pub pictures: Vec<PathBuf>,
    /// Whether the window is to fill the screen.
    pub full_screen: bool,
    pub(super) notify: Notify,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "App({} sources, {:?})", self.sources.list.len(), self.selected)
    }
}

impl App {
    /// A window without sources. `ctx` is told when a thread has something new.
    pub fn new(ctx: &Context, theme: Theme, adapter: String) -> App {
        super::theme::install(ctx, theme);
        let woken = ctx.clone();
        App {
            sources: Sources::default(),
            selected: None,
            playback: Playback::default(),
            layers: LayerOptions { heat: Some(HeatOf::Visits), ..LayerOptions::default() },
            theme,
            panels: Panels { sources: true, inspector: true, time: true },
            adapter,
            lost: None,
            tries_gpu: false,
            first: (None, None),
            page: Page::default(),
            figures: Figures::default(),
            figure_unit: Unit::Run,
            export_folder: PathBuf::from("."),
            edit: EditPage::default(),
            metrics: MetricsPane::default(),
            options: OptionsForm::default(),
            arrangement: Arrangement::default(),
            remembered: None,
            grid: GridPane::default(),
            compare: Compare::default(),
            world: WorldPane::default(),
            time: TimePanel::default(),
            tree: SourcesPane::default(),
            images: Images::default(),
            palette: None,
            keys: false,
            toasts: Vec::new(),
            observation_tab: false,
            drawer: None,
            narrow: false,
            dragged: false,
            awaited: None,
            beginning: None,
            forked: None,
            plays: false,
            cell: None,
            pictures: Vec::new(),
            full_screen: false,
            notify: Arc::new(move || woken.request_repaint()),
        }
    }

    /// Opens a run folder, a sweep, a trace file, or a scenario or world to edit.
    pub fn open(&mut self, path: &Path) {
        if is_document(path) {
            self.page = Page::Edit;
            return self.edit.open(path, &self.notify.clone());
        }
        let paths = match paths_of(path) {
            Ok(paths) => paths,
            Err(why) => return self.say(why.to_string()),
        };
        // The runs of a sweep have one hue.
        let mut like = None;
        for path in paths {
            match self.sources.open(&path, like, self.notify.clone()) {
                Ok(id) => like = Some(id),
                Err(why) => return self.say(why),
            }
        }
    }

    /// Starts a run, which is shown as soon as it has rows.
    pub fn start(&mut self, plan: LivePlan) {
        match self.sources.start(plan, self.notify.clone()) {
            Ok(id) => self.awaited = Some(id),
            Err(why) => self.say(format!("No run was started. {why}")),
        }
    }

    /// Pauses all runs of this process once each of them has taken so many steps. Returns whether that is so.
    pub fn pause_if(&mut self, steps: u64) -> bool {
        let mut live = self.sources.list.iter_mut().filter_map(|source| source.live.as_mut());
        if live.any(|live| live.taken() < steps && live.state() == LiveState::Running) {
            return false;
        }
        self.sources.list.iter_mut().filter_map(|source| source.live.as_mut()).for_each(|live| live.set_paused(true));
        true
    }

    /// Shows a message for a while.
    pub fn say(&mut self, words: String) {
        if self.toasts.len() == MAX_TOASTS {
            self.toasts.remove(0);
        }
        self.toasts.push(Toast { words, until: None });
    }

    /// Whether everything that was asked for is there, and nothing moves by itself.
    pub fn is_idle(&self) -> bool {
        if self.page == Page::Edit {
            return self.edit.is_idle();
        }
        let selected = self.selected.is_some() || self.sources.list.iter().all(|source| source.found.failed.is_some());
        let at_end = !self.playback.follows_end || self.playback.row + 1 >= self.rows_of_shown();
        let sources = self.sources.list.iter().all(super::sources::Source::is_idle);
        let compared = self.page != Page::Compare || self.compare.is_idle(&self.sources);
        let begun = self.awaited.is_none() && self.beginning.is_none() && self.forked.is_none();
        selected && compared && at_end && begun && !self.playback.playing && sources && self.figures_are_there()
    }

    /// Takes over what threads have found and what was pressed; moves the playhead.
    pub(super) fn begin(&mut self, ctx: &Context) {
        self.sources.poll();
        self.show_awaited();
        self.show_forked();
        self.continue_branch();
        if self.selected.is_none() && self.awaited.is_none() {
            self.show_first();
        }
        let (seconds, dropped) = ctx.input(|input| {
            let files: Vec<PathBuf> = input.raw.dropped_files.iter().map(|file| file.path().to_path_buf()).collect();
            (f64::from(input.stable_dt), files)
        });
        for path in dropped {
            self.open(&path);
        }
        let rows = self.rows_of_shown();
        let was = self.playback.row;
        let live = self.selected.and_then(|(id, _)| self.sources.get(id)).filter(|source| source.is_running());
        self.playback.glide = live.and_then(|source| source.live.as_ref()?.rate());
        self.playback.advance(seconds.min(0.5), rows);
        if self.playback.playing {
            ctx.request_repaint_after(Duration::from_secs_f64((1.0 / self.playback.speed).clamp(0.008, 1.0)));
        }
        if let Some(pace) = self.playback.glide.filter(|_| self.playback.follows_end) {
            ctx.request_repaint_after(Duration::from_secs_f64((1.0 / pace).clamp(0.008, 0.1)));
        }
        if self.playback.follows_end && was != self.playback.row {
            let episode = self.shown().episode().map(|(_, episode)| episode.clone());
            if let Some(episode) = episode {
                self.time.grow(episode.first_row, episode.first_row + episode.rows.max(1) - 1);
            }
        }
        if was != self.playback.row {
            self.dragged = self.playback.playing;
        }
        if self.palette.is_none() && !self.keys {
            if self.played().is_some() && ctx.input_mut(|input| input.consume_key(egui::Modifiers::NONE, egui::Key::Escape)) {
                self.hand_back();
            }
            self.act(ctx);
            let edits = self.page == Page::Edit;
            let commands = pressed(ctx, |command| if edits { command.works_while_editing() } else { !command.is_of_edit() });
            let mut requests = Requests { commands, ..Requests::default() };
            self.answer(ctx, &mut requests);
        }
        self.ask();
        self.ask_figures(false);
        self.poll_edit();
    }

    /// The colour on which panes are painted. Panes do not fill their ground: what is painted twice takes software drivers twice as long.
    pub fn ground(&self) -> egui::Color32 {
        super::theme::Tokens::of(self.theme).bg1
    }

    /// The row whose state is shown; None if there is none yet.
    pub fn shown_row(&self) -> Option<u64> {
        self.shown().step.map(|step| step.position.row)
    }

    /// Rows of the shown instance.
    pub fn rows_of_shown(&self) -> u64 {
        let listing = self.selected.and_then(|(id, instance)| {
            let listing = self.sources.get(id)?.found.listing.clone()?;
            listing.instance(instance).map(|known| known.rows)
        });
        listing.unwrap_or(0)
    }

    /// Shows an instance.
    pub fn select(&mut self, id: u64, instance: u32, row: u64) {
        if self.selected != Some((id, instance)) {
            self.plays = self.plays && self.awaited == Some(id);
            self.playback.range = None;
            self.playback.playing = false;
        }
        // Another instance of a live source that is followed is followed too.
        let follows = self.playback.follows_end && self.selected.is_some_and(|(shown, before)| shown == id && before != instance);
        self.selected = Some((id, instance));
        let rows = self.rows_of_shown();
        self.playback.go(if follows { rows.saturating_sub(1) } else { row }, rows);
        self.playback.follows_end = follows;
        let listing = self.sources.get(id).and_then(|source| source.found.listing.clone());
        let episode = listing.as_ref().and_then(|listing| listing.instance(instance)?.episode_of(row));
        if let Some((_, episode)) = episode {
            self.time.fit(episode.first_row, episode.first_row + episode.rows.max(1) - 1);
        }
        self.ask();
    }

    /// What panes show.
    pub fn shown(&self) -> Shown<'_> {
        let Some((id, instance)) = self.selected else { return Shown::default() };
        let Some(source) = self.sources.get(id) else { return Shown::default() };
        let listing = source.found.listing.as_deref();
        let step = source.found.shown.as_deref().filter(|step| step.position.instance == instance);
        Shown {
            source: Some(source),
            listing,
            instance: listing.and_then(|listing| listing.instance(instance)),
            track: source.found.columns.get(&instance).map(|track| &**track),
            step,
            row: self.playback.row,
            range: self.playback.range,
            other: self.other_world(),
            figures_of: (self.page == Page::Curves).then_some("Curves and metrics are of all recorded steps"),
        }
    }

    /// Toasts whose time is not over.
    pub(super) fn keep_toasts(&mut self, ctx: &Context) {
        let now = ctx.input(|input| input.time);
        for toast in &mut self.toasts {
            toast.until.get_or_insert(now + TOAST.as_secs_f64());
        }
        self.toasts.retain(|toast| toast.until.is_some_and(|until| until > now));
        if let Some(first) = self.toasts.first().and_then(|toast| toast.until) {
            ctx.request_repaint_after(Duration::from_secs_f64((first - now).max(0.01)));
        }
    }
}

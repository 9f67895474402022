//! An open recording, and the list of them.

use std::path::{Path, PathBuf};

use super::empowerment::Empower;
use super::mailbox::{Glance, Notify, Outbox, Wanted};
use super::worker::Worker;
use crate::error::Result;
use crate::traces::runs_of_sweep;
use crate::traces::studies::{PlayPlace, place_of};
use crate::viewer::live::{LivePlan, LiveRun, LiveState};

/// Sources that can be open at once; each has a thread and its keyframes.
pub const MAX_SOURCES: usize = 256;

/// An open recording.
#[derive(Debug)]
pub struct Source {
    /// Its number; numbers are not used again.
    pub id: u64,
    /// The run folder or trace file.
    pub path: PathBuf,
    /// Name for people: the last parts of the path.
    pub name: String,
    /// Number of its hue.
    pub group: usize,
    /// The source from which it goes on.
    pub parent: Option<u64>,
    /// Where it stands in its study, if it is a play of one.
    pub play: Option<PlayPlace>,
    worker: Worker,
    /// The run of this process that writes it; None for a recording.
    pub live: Option<LiveRun>,
    /// What its thread had found when [`Source::poll`] was last called.
    pub found: Outbox,
    /// The row asked for last.
    pub wanted: Option<Wanted>,
    /// The state asked for last whose empowerment is wanted.
    empower: Option<Empower>,
    /// The cell asked for last whose visitors are wanted.
    cell: Option<(u32, u32)>,
    /// The rows asked for last that are shown beside it.
    pub glances: Vec<Glance>,
}

impl Source {
    /// Takes over what the thread has found. Returns whether something is new.
    pub fn poll(&mut self) -> bool {
        if let Some(live) = &mut self.live {
            live.count();
        }
        let is_new = self.worker.is_newer(self.found.version);
        if is_new {
            self.found = self.worker.outbox();
        }
        is_new
    }

    /// Asks for a row, unless it was asked for already.
    pub fn show(&mut self, wanted: Wanted) {
        if self.wanted != Some(wanted) {
            self.wanted = Some(wanted);
            self.worker.show(wanted);
        }
    }

    /// Asks for these rows beside the shown one, unless they were asked for already.
    pub fn glance(&mut self, glances: Vec<Glance>) {
        if self.glances != glances {
            self.glances = glances;
            self.worker.glance(self.glances.clone());
        }
    }

    /// Asks for the empowerment of a state, unless it was asked for already; None ends the work.
    pub fn empower(&mut self, of: Option<Empower>) {
        if self.empower != of {
            self.empower = of;
            self.worker.empower(of);
        }
    }

    /// Asks for the episodes that went to a cell, unless that was asked for already; None ends the search.
    pub fn visitors(&mut self, cell: Option<(u32, u32)>) {
        if self.cell != cell {
            self.cell = cell;
            self.worker.visitors(cell);
        }
    }

    /// Whether the episodes that were asked for are known.
    fn has_visitors(&self) -> bool {
        self.cell.is_none_or(|cell| self.found.visitors.as_ref().is_some_and(|known| known.cell == cell && known.is_done()))
    }

    /// Whether the empowerment that was asked for is known.
    fn has_empowerment(&self) -> bool {
        self.empower.is_none_or(|of| self.found.empowerment.as_ref().is_some_and(|known| known.of == of && known.map.is_some()))
    }

    /// Whether all glances that were asked for are answered.
    pub fn has_glances(&self) -> bool {
        let is_answered = |glance: &Glance| {
            let shown = self.found.glances.get(&glance.place);
            shown.is_some_and(|shown| (shown.position.instance, shown.wanted) == (glance.instance, glance.row))
                || self.found.glances_failed.get(&glance.place).is_some_and(|(failed, _)| failed == glance)
        };
        self.glances.iter().all(is_answered)
    }

    /// Asks how a run goes on from a row of an instance; the answer comes as [`Outbox::branch`].
    pub fn branch(&self, from: (u32, u64)) {
        self.worker.branch(from);
    }

    /// Asks for the columns of an instance.
    pub fn track(&self, instance: u32) {
        self.worker.track(instance);
    }

    /// Whether a run of this process writes it at this moment.
    pub fn is_running(&self) -> bool {
        self.live.as_ref().is_some_and(|live| live.state() == LiveState::Running)
    }

    /// Whether something of it cannot be read or replayed.
    pub fn has_trouble(&self) -> bool {
        let Outbox { failed, gone, replay_failed, unread, .. } = &self.found;
        failed.is_some() || gone.is_some() || replay_failed.is_some() || unread.is_some()
    }

    /// What the run of this process says about its end, if it ended.
    pub fn stopped(&self) -> Option<String> {
        let live = self.live.as_ref()?;
        let LiveState::Stopped(why) = live.state() else { return None };
        Some(format!("The run stopped at step {}: {}.", live.taken(), why.trim_end_matches('.')))
    }

    /// Whether everything that a live run has written is read.
    pub fn is_read(&self, live: &LiveRun) -> bool {
        let first = self.found.listing.as_ref().and_then(|listing| listing.instances.first());
        live.is_at_rest() && first.is_some_and(|first| first.rows >= live.taken())
    }

    /// Whether the recording is open and everything that was asked for is there.
    pub fn is_idle(&self) -> bool {
        let Outbox { listing, failed, shown, show_failed, progress, replay_failed, .. } = &self.found;
        if failed.is_some() {
            return true;
        }
        let Some(listing) = listing else { return self.stopped().is_some() };
        if self.found.reading.is_some() {
            return false;
        }
        if self.live.as_ref().is_some_and(|live| !self.is_read(live)) {
            return false;
        }
        let counted = listing.achievements().is_empty() || listing.instances.iter().all(|known| known.achieved.is_some());
        if !self.has_glances() || !self.has_empowerment() || !self.has_visitors() {
            return false;
        }
        let Some(wanted) = self.wanted else { return counted };
        let is_shown = shown.as_ref().is_some_and(|shown| {
            (shown.position.instance, shown.position.row) == (wanted.instance, wanted.row) && shown.is_exact()
        });
        let replayed = listing.world.is_none() || replay_failed.is_some() || progress.is_some_and(|done| done.is_done());
        let rows = listing.instance(wanted.instance).map_or(0, |known| known.rows);
        let track = self.found.columns.get(&wanted.instance);
        let has_track =
            track.is_some_and(|track| track.rows() >= rows) || self.found.columns_failed.contains_key(&wanted.instance);
        (is_shown && replayed || show_failed.is_some()) && has_track && counted
    }
}

/// All that is open, in the order in which it was opened.
#[derive(Debug, Default)]
pub struct Sources {
    /// The sources.
    pub list: Vec<Source>,
    opened: u64,
}

impl Sources {
    /// Opens a recording, in the hue of `like`, if there is one. Returns its number.
    ///
    /// # Errors
    /// If too many are open.
    pub fn open(&mut self, path: &Path, like: Option<u64>, notify: Notify) -> std::result::Result<u64, String> {
        if let Some(known) = self.list.iter().find(|source| source.path == path) {
            return Ok(known.id);
        }
        if self.list.len() >= MAX_SOURCES {
            return Err(format!("{MAX_SOURCES} sources are open; close some to open {}", path.display()));
        }
        Ok(self.add(path, (name_of(path), like, None), None, notify))
    }

    /// Starts a run and follows its folder.
    ///
    /// # Errors
    /// If too many are open, or the run cannot begin.
    pub fn start(&mut self, plan: LivePlan, notify: Notify) -> std::result::Result<u64, String> {
        let name = format!("{} / {}", plan.world, plan.agent);
        self.start_as((plan, None), (name, None), notify)
    }

    /// Starts a run, in a folder that stays if there is one, under a name, and follows it. Its row stands below those of `parent`, the source
    /// from which it goes on, whose hue it has.
    ///
    /// # Errors
    /// As [`Sources::start`].
    pub fn start_as(
        &mut self,
        (plan, folder): (LivePlan, Option<PathBuf>),
        (name, parent): (String, Option<u64>),
        notify: Notify,
    ) -> std::result::Result<u64, String> {
        if self.list.len() >= MAX_SOURCES {
            return Err(format!("{MAX_SOURCES} sources are open; close some to start a run"));
        }
        let live = LiveRun::start(plan, folder, notify.clone()).map_err(|why| why.to_string())?;
        let path = live.folder().to_path_buf();
        Ok(self.add(&path, (name, parent, parent), Some(live), notify))
    }

    /// Number of open sources that go on from this one.
    pub fn branches_of(&self, id: u64) -> usize {
        self.list.iter().filter(|source| source.parent == Some(id)).count()
    }

    /// How deep a source lies below the one from which all goes on; 0 for that one.
    pub fn depth(&self, id: u64) -> usize {
        let mut parent = self.get(id).and_then(|source| source.parent);
        let mut depth = 0;
        while let Some(source) = parent.and_then(|id| self.get(id)) {
            (depth, parent) = (depth + 1, source.parent);
        }
        depth
    }

    fn add(
        &mut self,
        path: &Path,
        (name, like, parent): (String, Option<u64>, Option<u64>),
        live: Option<LiveRun>,
        notify: Notify,
    ) -> u64 {
        self.opened += 1;
        // The first hue that no other source has.
        let free = || (0..).find(|group| self.list.iter().all(|source| source.group != *group)).unwrap_or(0);
        let group = like.and_then(|like| self.get(like)).map_or_else(free, |source| source.group);
        let worker = Worker::open(path, live.is_some(), notify);
        let (id, path, play) = (self.opened, path.to_path_buf(), place_of(path));
        // Below its parent and what goes on from that already.
        let family = |source: &Source| parent.is_some() && (Some(source.id) == parent || self.comes_from(source, parent));
        let at = self.list.iter().rposition(family).map_or(self.list.len(), |last| last + 1);
        self.list.insert(
            at,
            Source {
                id,
                path,
                name,
                group,
                parent,
                play,
                worker,
                live,
                found: Outbox::default(),
                wanted: None,
                empower: None,
                cell: None,
                glances: Vec::new(),
            },
        );
        id
    }

    /// Whether a source goes on from `parent`, directly or not.
    fn comes_from(&self, source: &Source, parent: Option<u64>) -> bool {
        let mut above = source.parent;
        while above.is_some() && above != parent {
            above = above.and_then(|id| self.get(id)).and_then(|source| source.parent);
        }
        above.is_some() && above == parent
    }

    /// Closes a source.
    pub fn close(&mut self, id: u64) {
        self.list.retain(|source| source.id != id);
    }

    /// A source by its number.
    pub fn get(&self, id: u64) -> Option<&Source> {
        self.list.iter().find(|source| source.id == id)
    }

    /// A source by its number.
    pub fn get_mut(&mut self, id: u64) -> Option<&mut Source> {
        self.list.iter_mut().find(|source| source.id == id)
    }

    /// Takes over what the threads have found.
    pub fn poll(&mut self) {
        for source in &mut self.list {
            source.poll();
        }
    }
}

/// The recordings that a path names: itself, the runs of a sweep, or the plays of a study.
///
/// # Errors
/// [`crate::Error::Io`] if a folder cannot be read; the error of a study file.
pub fn paths_of(path: &Path) -> Result<Vec<PathBuf>> {
    runs_of_sweep(path)
}

/// The last part of a path, with the one before it for the runs of a sweep.
fn name_of(path: &Path) -> String {
    if let Some(play) = place_of(path) {
        return play.name;
    }
    let part = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let Some(name) = part(path) else { return path.display().to_string() };
    let name = name.strip_suffix(".parquet").unwrap_or(&name).to_string();
    match path.parent().and_then(part) {
        Some(parent) if name.starts_with("seed-") || name.starts_with("part-") => format!("{parent}/{name}"),
        _ => name,
    }
}

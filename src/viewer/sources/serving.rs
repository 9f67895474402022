//! The work of a source's thread: open the recording, answer requests, read on, follow its files, count achievements.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::columns::Columns;
use super::empower_job::EmpowerJob;
use super::empowerment::{Empower, EmpowermentWork};
use super::glances::Glances;
use super::listing::{InstanceListing, Listing};
use super::mailbox::{Shared, Wanted, locked};
use super::reading::Reading;
use super::shown_step::ShownStep;
use super::visitors_job::VisitorsJob;
use crate::error::{Error, Result};
use crate::traces::cursor::{CursorOptions, Progress};
use crate::traces::{self, Cursor, Timeline};

/// How often a source asks for news of its files.
const FOLLOW: Duration = Duration::from_millis(500);
/// How often a source that a run of this process writes does.
const FOLLOW_LIVE: Duration = Duration::from_millis(100);
/// How often progress of the background replay is told.
const TELL: Duration = Duration::from_millis(100);
/// Longest wait for a request while a live source is followed.
const LOOK: Duration = Duration::from_millis(50);

/// The thread's work: open, then answer requests, read the rest in steps, follow the files and count achievements.
pub fn serve(shared: &Arc<Shared>, path: &Path, live: bool) {
    let (cursor, reading) = match opened(shared, path, live) {
        Ok(opened) => opened,
        Err(Error::Interrupted) => return,
        Err(why) => return shared.tell(|out| (out.failed, out.reading) = (Some(why.to_string()), None)),
    };
    let mut serving = Serving {
        shared,
        path: path.to_path_buf(),
        live,
        cursor,
        columns: Columns::default(),
        reading: Some(reading),
        followed: Instant::now(),
        told: None,
        glances: Glances::default(),
        empower: None,
        visitors: None,
        timeline: Arc::default(),
    };
    serving.list();
    serving.read_timeline();
    loop {
        let reads = serving.reading.is_some() || serving.columns.is_waiting();
        let wait = match serving.columns.uncounted(&serving.cursor) {
            _ if reads || !serving.glances.is_empty() || serving.is_searching() => Duration::ZERO,
            Some(_) => Duration::ZERO,
            None if live => LOOK,
            None if serving.told.is_some_and(|progress| progress.is_done()) => FOLLOW,
            None => TELL,
        };
        let (wanted, track, stop) = shared.next(wait);
        if stop {
            return;
        }
        serving.take_requests();
        serving.columns.ask(track);
        match wanted {
            Some(wanted) => serving.show(wanted),
            None if serving.columns.is_waiting() => serving.read_columns(),
            None if !serving.glances.is_empty() => serving.glances.serve(shared, &mut serving.cursor),
            None if serving.is_searching() => serving.search(),
            None if serving.reading.is_none() => serving.read_columns(),
            None => {}
        }
        serving.tell_progress();
        if serving.reading.is_some() {
            serving.read_on();
        } else {
            serving.follow();
        }
    }
}

/// Opens the recording. The first part of a live one is waited for until the source is closed.
fn opened(shared: &Shared, path: &Path, live: bool) -> Result<(Cursor, Reading)> {
    while live && traces::list(path).map_or(true, |parts| parts.is_empty()) {
        if shared.stop.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        std::thread::sleep(LOOK);
    }
    let mut cursor = Cursor::open_first(path, &CursorOptions::default())?;
    let mut reading = Reading::new();
    // There is nothing to ask for before the first rows are known.
    loop {
        if shared.stop.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        let more = reading.step(shared, &mut cursor);
        let is_listed = cursor.instances().next().is_some();
        match more {
            // What comes before the damage can be shown; the next step says again what is damaged.
            Err(why) if !is_listed => return Err(why),
            Ok(true) if !is_listed => {}
            _ => break,
        }
    }
    Ok((cursor, reading))
}

struct Serving<'a> {
    shared: &'a Arc<Shared>,
    path: PathBuf,
    live: bool,
    cursor: Cursor,
    columns: Columns,
    /// None once all is read.
    reading: Option<Reading>,
    followed: Instant,
    told: Option<Progress>,
    glances: Glances,
    empower: Option<EmpowerJob>,
    visitors: Option<VisitorsJob>,
    timeline: Arc<Timeline>,
}

impl Serving<'_> {
    /// Takes over what is asked for besides rows and columns.
    fn take_requests(&mut self) {
        if let Some(wanted) = self.shared.new_glances() {
            self.glances.take(self.shared, &mut self.cursor, wanted);
        }
        if let Some(cell) = self.shared.new_cell() {
            self.visitors = cell.map(VisitorsJob::new);
            self.shared.tell(|out| out.visitors = None);
        }
        if let Some(from) = self.shared.new_branch() {
            let branch = self.cursor.branch(from.0, from.1).map(Arc::new).map_err(|why| why.to_string());
            self.shared.tell(|out| out.branch = Some((from, branch)));
        }
        if let Some(of) = self.shared.new_empower() {
            self.empower(of);
        }
    }

    /// Tells what the recording holds.
    fn list(&mut self) {
        let mut instances = Vec::new();
        for instance in self.cursor.instances().collect::<Vec<_>>() {
            let (Ok(rows), Ok(episodes)) = (self.cursor.rows(instance), self.cursor.episodes(instance)) else { continue };
            let achieved = self.columns.achieved(instance, episodes.len());
            instances.push(InstanceListing { instance, rows, episodes: episodes.to_vec(), achieved });
        }
        let bytes = traces::list(&self.path).unwrap_or_default();
        let bytes = bytes.iter().filter_map(|file| file.metadata().ok()).map(|file| file.len()).sum();
        let listing = Listing {
            world: self.cursor.world().cloned(),
            meta: self.cursor.meta().cloned(),
            instances,
            unfinished: self.cursor.unfinished().len(),
            bytes,
        };
        self.shared.tell(|out| out.listing = Some(Arc::new(listing)));
    }

    /// Reads on the times of a play, and what happened besides its steps.
    fn read_timeline(&mut self) {
        // Where the window still holds what was read before, that is copied once.
        if matches!(self.cursor.timeline(Arc::make_mut(&mut self.timeline)), Ok(true)) {
            let timeline = self.timeline.clone();
            self.shared.tell(|out| out.timeline = Some(timeline));
        }
    }

    fn show(&mut self, wanted: Wanted) {
        let Wanted { instance, row, dragged } = wanted;
        if dragged && self.seek(wanted, true).is_ok() && self.shared.is_wanted() {
            return;
        }
        if let Err(why) = self.seek(wanted, false) {
            let failed = Some((Wanted { instance, row, dragged: false }, why.to_string()));
            self.shared.tell(|out| out.show_failed = failed);
        }
    }

    fn seek(&mut self, wanted: Wanted, nearest: bool) -> Result<()> {
        let Wanted { instance, row, .. } = wanted;
        if nearest {
            self.cursor.seek_nearest(instance, row)?
        } else {
            self.cursor.seek_row(instance, row)?
        };
        let shown = Arc::new(ShownStep::of(&mut self.cursor, row)?);
        self.shared.tell(|out| (out.shown, out.show_failed) = (Some(shown), None));
        Ok(())
    }

    /// Reads on the columns that were asked for, or counts achievements.
    fn read_columns(&mut self) {
        let is_new = if self.columns.is_waiting() {
            self.columns.serve(self.shared, &self.cursor)
        } else {
            self.columns.count(self.shared, &self.cursor)
        };
        if is_new {
            self.list();
        }
    }

    /// Whether rows are to be read for the episodes that went to a cell.
    fn is_searching(&self) -> bool {
        self.visitors.as_ref().is_some_and(|job| job.has_work(&self.cursor))
    }

    fn search(&mut self) {
        if let Some(job) = &mut self.visitors {
            job.work(self.shared, &self.cursor);
        }
    }

    /// Starts to compute the empowerment of a state, and ends what is no longer wanted.
    fn empower(&mut self, of: Option<Empower>) {
        self.empower = None;
        let Some(of) = of else { return self.shared.tell(|out| out.empowerment = None) };
        let replay = self.cursor.seek_row(of.instance, of.row).and_then(|_| self.cursor.replay());
        match replay {
            Ok(replay) => self.empower = Some(EmpowerJob::start(self.shared, of, replay)),
            Err(why) => {
                let map = Some(Err(why.to_string()));
                self.shared.tell(|out| out.empowerment = Some(EmpowermentWork { of, cells: (0, 0), map }));
            }
        }
    }

    fn tell_progress(&mut self) {
        match self.cursor.progress() {
            Ok(progress) if self.told != Some(progress) => {
                self.told = Some(progress);
                // What the thread found may change the verdict on the shown row.
                let shown = if progress.is_done() { self.again() } else { None };
                self.shared.tell(|out| {
                    (out.progress, out.replay_failed) = (Some(progress), None);
                    if let Some(shown) = shown {
                        out.shown = Some(shown);
                    }
                });
            }
            Ok(_) => {}
            Err(why) => {
                let why = why.to_string();
                if locked(&self.shared.outbox).replay_failed.as_ref() != Some(&why) {
                    self.shared.tell(|out| out.replay_failed = Some(why));
                }
            }
        }
    }

    /// The shown row once more.
    fn again(&mut self) -> Option<Arc<ShownStep>> {
        let position = self.cursor.position()?;
        ShownStep::of(&mut self.cursor, position.row).ok().map(Arc::new)
    }

    /// Reads on, and tells from time to time what was read.
    fn read_on(&mut self) {
        let Some(reading) = &mut self.reading else { return };
        let (more, why) = match reading.step(self.shared, &mut self.cursor) {
            Ok(more) => (more, None),
            Err(why) => (false, Some(why.to_string())),
        };
        if more && !reading.is_due() {
            return;
        }
        let began = Instant::now();
        // If the rows of the shown instance cannot be read, its replay says so.
        let extended = self.cursor.extend();
        self.columns.extend(&self.cursor, !more);
        self.list();
        match &mut self.reading {
            Some(reading) if more => reading.told(began.elapsed()),
            reading => *reading = None,
        }
        self.shared.tell(|out| {
            if let Err(why) = extended {
                out.replay_failed = Some(why.to_string());
            }
            if !more {
                (out.reading, out.unread) = (None, why);
            }
        });
    }

    /// Reads parts that were written since.
    fn follow(&mut self) {
        // Parts after a damaged one are not read.
        let is_damaged = locked(&self.shared.outbox).unread.is_some();
        if is_damaged || self.followed.elapsed() < if self.live { FOLLOW_LIVE } else { FOLLOW } {
            return;
        }
        self.followed = Instant::now();
        let gone = locked(&self.shared.outbox).gone.is_some();
        match self.cursor.refresh() {
            Ok(news) => {
                if gone {
                    self.shared.tell(|out| out.gone = None);
                }
                self.read_timeline();
                if news.rows > 0 {
                    self.list();
                    self.columns.extend(&self.cursor, true);
                    self.shared.tell(|out| out.grows = true);
                }
            }
            Err(why) if !gone => {
                let why = if traces::studies::exists(&self.path) { why.to_string() } else { "The folder is gone.".to_string() };
                self.shared.tell(|out| out.gone = Some(why));
            }
            Err(_) => {}
        }
    }
}

//! The work of a source's thread: open the recording, answer requests, follow its files, count achievements.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::empower_job::EmpowerJob;
use super::empowerment::{Empower, EmpowermentWork};
use super::glances::Glances;
use super::listing::{InstanceListing, Listing};
use super::mailbox::{Shared, Wanted, locked};
use super::shown_step::ShownStep;
use super::track::{Track, TrackReader};
use super::visitors_job::VisitorsJob;
use crate::error::{Error, Result};
use crate::traces::cursor::{CursorOptions, Progress};
use crate::traces::{self, Cursor};

/// How often a source asks for news of its files.
const FOLLOW: Duration = Duration::from_millis(500);
/// How often a source that a run of this process writes does.
const FOLLOW_LIVE: Duration = Duration::from_millis(100);
/// How often progress of the background replay is told.
const TELL: Duration = Duration::from_millis(100);
/// Longest wait for a request while a live source is followed.
const LOOK: Duration = Duration::from_millis(50);
/// Instances whose tracks are kept for panes.
const KEPT_TRACKS: usize = 8;

/// The thread's work: open, then answer requests, follow the files and count achievements.
pub fn serve(shared: &Arc<Shared>, path: &Path, live: bool) {
    let cursor = match opened(shared, path, live) {
        Ok(cursor) => cursor,
        Err(Error::Interrupted) => return,
        Err(why) => return shared.tell(|out| out.failed = Some(why.to_string())),
    };
    let mut serving = Serving {
        shared,
        path: path.to_path_buf(),
        live,
        cursor,
        readers: BTreeMap::new(),
        counters: BTreeMap::new(),
        counted: BTreeMap::new(),
        followed: Instant::now(),
        told: None,
        glances: Glances::default(),
        empower: None,
        visitors: None,
    };
    serving.list();
    loop {
        let wait = match serving.uncounted() {
            _ if !serving.glances.is_empty() || serving.is_searching() => Duration::ZERO,
            Some(_) => Duration::ZERO,
            None if live => LOOK,
            None if serving.told.is_some_and(|progress| progress.is_done()) => FOLLOW,
            None => TELL,
        };
        let (wanted, track, stop) = shared.next(wait);
        if stop {
            return;
        }
        if let Some(wanted) = shared.new_glances() {
            serving.glances.take(shared, &mut serving.cursor, wanted);
        }
        if let Some(cell) = shared.new_cell() {
            serving.visitors = cell.map(VisitorsJob::new);
            shared.tell(|out| out.visitors = None);
        }
        if let Some(from) = shared.new_branch() {
            let branch = serving.cursor.branch(from.0, from.1).map(Arc::new).map_err(|why| why.to_string());
            shared.tell(|out| out.branch = Some((from, branch)));
        }
        if let Some(of) = shared.new_empower() {
            serving.empower(of);
        }
        match (wanted, track) {
            (Some(wanted), _) => serving.show(wanted),
            (None, Some(instance)) => serving.track(instance),
            (None, None) if !serving.glances.is_empty() => serving.glances.serve(shared, &mut serving.cursor),
            (None, None) if serving.is_searching() => serving.search(),
            (None, None) => serving.count(),
        }
        serving.tell_progress();
        serving.follow();
    }
}

/// Opens the recording. The first part of a live one is waited for until the source is closed.
fn opened(shared: &Shared, path: &Path, live: bool) -> Result<Cursor> {
    while live && traces::list(path).map_or(true, |parts| parts.is_empty()) {
        if shared.stop.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        std::thread::sleep(LOOK);
    }
    Cursor::open(path, &CursorOptions::default())
}

struct Serving<'a> {
    shared: &'a Arc<Shared>,
    path: PathBuf,
    live: bool,
    cursor: Cursor,
    /// Readers of tracks, with the time of their last use.
    readers: BTreeMap<u32, (TrackReader, Instant)>,
    /// Readers of achievements of the other instances.
    counters: BTreeMap<u32, TrackReader>,
    /// Achievements of each episode, for instances whose rows were all read.
    counted: BTreeMap<u32, (u64, Vec<u32>)>,
    followed: Instant,
    told: Option<Progress>,
    glances: Glances,
    empower: Option<EmpowerJob>,
    visitors: Option<VisitorsJob>,
}

impl Serving<'_> {
    /// Tells what the recording holds.
    fn list(&mut self) {
        let mut instances = Vec::new();
        for instance in self.cursor.instances().collect::<Vec<_>>() {
            let (Ok(rows), Ok(episodes)) = (self.cursor.rows(instance), self.cursor.episodes(instance)) else { continue };
            let achieved = self.counted.get(&instance).map(|(_, counts)| counts.clone());
            let achieved = achieved.filter(|counts| counts.len() == episodes.len());
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

    /// Reads the columns of an instance and keeps them.
    fn track(&mut self, instance: u32) {
        match self.read(instance) {
            Ok(track) => {
                self.shared.tell(|out| {
                    out.columns.insert(instance, Arc::new(track));
                    out.columns_failed.remove(&instance);
                });
                self.forget_tracks(instance);
            }
            Err(Error::Interrupted) => {}
            Err(why) => {
                let why = why.to_string();
                self.shared.tell(|out| {
                    out.columns_failed.insert(instance, why);
                });
            }
        }
    }

    fn read(&mut self, instance: u32) -> Result<Track> {
        let (reader, used) = self.readers.entry(instance).or_insert_with(|| (TrackReader::default(), Instant::now()));
        *used = Instant::now();
        let track = reader.read(&mut self.cursor, instance, &self.shared.stop)?;
        self.note(instance, &track, track.rows());
        Ok(track)
    }

    /// Notes the achievements of each episode.
    fn note(&mut self, instance: u32, track: &Track, rows: u64) {
        let Ok(episodes) = self.cursor.episodes(instance) else { return };
        let counts = episodes.iter().map(|episode| {
            let last = episode.first_row + episode.rows.max(1) - 1;
            track.achieved(episode.first_row, last).count() as u32
        });
        let counts = counts.collect();
        if self.counted.insert(instance, (rows, counts)).is_none_or(|(before, _)| before != rows) {
            self.list();
        }
    }

    /// Keeps the columns of the instances that were asked for last.
    fn forget_tracks(&mut self, keep: u32) {
        while self.readers.len() > KEPT_TRACKS {
            let oldest = self.readers.iter().filter(|(instance, _)| **instance != keep).min_by_key(|(_, (_, used))| *used);
            let Some(instance) = oldest.map(|(instance, _)| *instance) else { return };
            self.readers.remove(&instance);
            self.shared.tell(|out| {
                out.columns.remove(&instance);
            });
        }
    }

    /// An instance whose achievements are not counted; None in worlds without achievements.
    fn uncounted(&self) -> Option<u32> {
        let world = self.cursor.world()?;
        if world.spec().achievements.is_empty() {
            return None;
        }
        let is_new = |instance: &u32| {
            let rows = self.cursor.rows(*instance).unwrap_or(0);
            self.counted.get(instance).is_none_or(|(counted, _)| *counted != rows)
        };
        self.cursor.instances().find(is_new)
    }

    /// Counts the achievements of one instance.
    fn count(&mut self) {
        let Some(instance) = self.uncounted() else { return };
        if self.readers.contains_key(&instance) {
            return self.track(instance);
        }
        // Only achievements are kept, so that rows that were read are not read again when the recording grows.
        let mut reader = self.counters.remove(&instance).unwrap_or_else(TrackReader::light);
        let read = reader.read(&mut self.cursor, instance, &self.shared.stop);
        match read {
            Ok(track) => self.note(instance, &track, reader.rows()),
            // Told where the instance is shown.
            Err(_) => {
                let rows = self.cursor.rows(instance).unwrap_or(0);
                self.counted.insert(instance, (rows, Vec::new()));
            }
        }
        self.counters.insert(instance, reader);
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

    /// Reads parts that were written since.
    fn follow(&mut self) {
        if self.followed.elapsed() < if self.live { FOLLOW_LIVE } else { FOLLOW } {
            return;
        }
        self.followed = Instant::now();
        let gone = locked(&self.shared.outbox).gone.is_some();
        match self.cursor.refresh() {
            Ok(news) => {
                if gone {
                    self.shared.tell(|out| out.gone = None);
                }
                if news.rows > 0 {
                    self.list();
                    for instance in self.readers.keys().copied().collect::<Vec<_>>() {
                        self.track(instance);
                    }
                    self.shared.tell(|out| out.grows = true);
                }
            }
            Err(why) if !gone => {
                let why = if self.path.exists() { why.to_string() } else { "The folder is gone.".to_string() };
                self.shared.tell(|out| out.gone = Some(why));
            }
            Err(_) => {}
        }
    }
}

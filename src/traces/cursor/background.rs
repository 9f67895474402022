//! The background thread. It replays the shown instance from its first row to its last, makes keyframes and compares rows.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use super::agreement::Difference;
use super::causes::{Causes, changed};
use super::index::Segment;
use super::keyframes::{Keyframes, work};
use super::progress::Progress;
use crate::error::{Error, Result};
use crate::sim::{Replay, ReplayState, Row};
use crate::traces::compare::first_difference;
use crate::traces::format::{HISTORY, WORLD};
use crate::traces::parts::{RowChunk, typed};
use crate::traces::player::Player;
use crate::traces::recorded::Recorded;
use crate::traces::replay::replayed;

/// Progress and results of the thread.
#[derive(Debug)]
struct State {
    keyframes: Keyframes,
    /// Number of rows that were replayed and compared, from the first row on.
    rows: u64,
    difference: Option<Difference>,
    /// The row that could not be played or read, and why.
    failed: Option<(u64, String)>,
}

/// The input of the thread.
#[derive(Clone, Debug)]
pub struct Job {
    pub player: Player,
    pub instance: u32,
    pub causes: Arc<Causes>,
    pub run: Arc<Recorded>,
    /// The segments of the rows that are not compared yet.
    pub segments: Vec<Segment>,
}

/// Handle of the thread, with its results so far. Dropping it stops the thread.
#[derive(Debug)]
pub struct Background {
    state: Arc<Mutex<State>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    total: u64,
}

impl Background {
    /// Creates a handle without results. No thread runs yet.
    pub fn new(budget: usize, interval: u64, total: u64) -> Background {
        let state = State { keyframes: Keyframes::new(budget, interval), rows: 0, difference: None, failed: None };
        Background { state: Arc::new(Mutex::new(state)), stop: Arc::default(), thread: None, total }
    }

    /// Continues in a new thread. If the system cannot start one, [`Background::check`] returns the error.
    pub fn start(&mut self, job: Job) {
        self.halt();
        self.stop = Arc::default();
        self.total = job.causes.rows();
        self.lock().failed = None;
        let (state, stop) = (self.state.clone(), self.stop.clone());
        let run = move || {
            let mut at = lock(&state).rows;
            match job.run(&state, &stop, &mut at) {
                Ok(()) | Err(Error::Interrupted) => {}
                Err(why) => lock(&state).failed = Some((at, why.to_string())),
            }
        };
        match std::thread::Builder::new().name("keyframes".to_string()).spawn(run) {
            Ok(thread) => self.thread = Some(thread),
            Err(why) => self.fail(format!("the system gives no thread: {why}")),
        }
    }

    /// Waits until all rows are replayed.
    ///
    /// # Errors
    /// As [`Background::check`].
    pub fn finish(&mut self) -> Result<()> {
        self.join();
        self.check()
    }

    /// Stops the thread and keeps its results.
    pub fn halt(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.join();
    }

    fn join(&mut self) {
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            self.fail("the thread has panicked".to_string());
        }
    }

    fn fail(&self, why: String) {
        let mut state = self.lock();
        state.failed = Some((state.rows, why));
    }

    /// # Errors
    /// [`Error::Data`] with the reason why the thread failed.
    pub fn check(&mut self) -> Result<()> {
        if self.thread.as_ref().is_some_and(JoinHandle::is_finished) {
            self.join();
        }
        match &self.lock().failed {
            Some((row, why)) => Err(Error::Data(format!("no keyframes from row {row} of the instance on: {why}"))),
            None => Ok(()),
        }
    }

    pub fn progress(&self) -> Progress {
        let state = self.lock();
        Progress {
            rows: state.rows,
            total: self.total,
            keyframes: state.keyframes.len(),
            bytes: state.keyframes.bytes(),
            interval: state.keyframes.interval(),
        }
    }

    /// Returns the number of rows that were compared, and the first row that differs.
    pub fn compared(&self) -> (u64, Option<Difference>) {
        let state = self.lock();
        (state.rows, state.difference.clone())
    }

    /// Returns the last keyframe at or before `row`.
    pub fn before(&self, row: u64) -> Option<(u64, ReplayState)> {
        self.lock().keyframes.before(row).map(|(row, state)| (row, state.clone()))
    }

    /// Returns the row of the keyframe nearest to `row`.
    pub fn nearest_row(&self, row: u64) -> Option<u64> {
        self.lock().keyframes.nearest(row).map(|(row, _)| row)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.halt();
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Job {
    /// Replays and compares the rows that are not compared yet. `at` is the current row.
    fn run(&self, state: &Mutex<State>, stop: &AtomicBool, at: &mut u64) -> Result<()> {
        let mut replay = self.player.begin(self.instance);
        let (from, compared) = {
            let state = lock(state);
            let from = state.keyframes.before(state.rows.saturating_sub(1)).filter(|_| state.rows > 0);
            if let Some((_, kept)) = from {
                replay.restore(kept)?;
            }
            (from.map_or(0, |(row, _)| row + 1), state.rows)
        };
        for row in from..compared {
            self.play(&mut replay, row, stop)?;
        }
        let names = replayed(&*self.player.world)?;
        let names: Vec<&str> = names.iter().map(String::as_str).chain([WORLD, HISTORY]).collect();
        for segment in &self.segments {
            let part = &self.run.parts[segment.part];
            let mut pieces = part.range(segment.at, segment.rows, Some(&names))?;
            let mut rest = segment.rows;
            while let Some((first, stored)) = pieces.next_rows()? {
                let piece = typed(part, Some(&*self.player.world), first, &stored)?;
                let mut rows: Vec<Row> = Vec::with_capacity(piece.rows.num_rows());
                for _ in 0..piece.rows.num_rows() {
                    rows.push(self.play(&mut replay, *at, stop)?);
                    let mut state = lock(state);
                    if self.causes.of(*at).is_some_and(|cause| state.keyframes.is_due(*at, work(&cause))) {
                        state.keyframes.push(*at, replay.state());
                    }
                    drop(state);
                    *at += 1;
                }
                rest = rest.checked_sub(rows.len() as u64).ok_or_else(|| changed(part))?;
                self.compare(&piece, &rows, *at, state)?;
            }
            if rest > 0 {
                return Err(changed(part));
            }
        }
        Ok(())
    }

    fn play(&self, replay: &mut Replay, row: u64, stop: &AtomicBool) -> Result<Row> {
        if stop.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        let cause = self.causes.of(row).ok_or_else(|| Error::Data(format!("row {row} is not known")))?;
        self.player.play(replay, self.instance, row == 0, &cause, stop)
    }

    /// Compares the rows of a piece, which end before row `next` of the instance.
    fn compare(&self, piece: &RowChunk, rows: &[Row], next: u64, state: &Mutex<State>) -> Result<()> {
        let found = first_difference(piece, &*self.player.world, rows)?;
        let mut state = lock(state);
        state.rows = next;
        if let Some((k, fields)) = found.filter(|_| state.difference.is_none()) {
            state.difference = Some(Difference::new(next - (rows.len() - k) as u64, &rows[k], fields));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envs::{Options, load};
    use crate::sim::{Batch, Config};
    use crate::traces::cursor::index::Index;
    use crate::traces::player::Cause;
    use crate::traces::recorded::runs;
    use crate::traces::{FORMAT_PLAIN, Meta, write};

    /// A job over 20 rows of one instance, and the rows' causes.
    fn job(path: &std::path::Path) -> (Job, Causes) {
        let world = load("gridlab/four-rooms", &Options { keyed: true, ..Options::default() }).expect("loads");
        let mut batch = Batch::new(world.clone(), Config { num_envs: 1, record: vec![0], ..Config::default() }).expect("a batch");
        (0..19).for_each(|_| batch.step(&[1]).map(|_| ()).expect("steps"));
        let meta = Meta {
            format: FORMAT_PLAIN,
            toml: world.spec().toml.clone(),
            keyed: true,
            worlds: "fresh".to_string(),
            ..Meta::default()
        };
        write(path, &*world, &meta, &batch.take_rows()).expect("written");
        let run = runs(&[path.to_path_buf()]).expect("reads").remove(0);
        let mut index = Index::default();
        run.read(&mut |piece, common| index.add(piece.first, common, 0, false)).expect("in order");
        let known = index.instance(0).expect("recorded");
        let causes = Causes::default().more(run.world.as_deref(), &run.parts, known, 0).expect("reads");
        let (player, segments) = (Player::new(&run).expect("plays"), known.segments.clone());
        (Job { player, instance: 0, causes: Arc::new(causes.clone()), run: Arc::new(run), segments }, causes)
    }

    #[test]
    fn what_cannot_be_played_is_said_and_what_was_stays() {
        let path = std::env::temp_dir().join(format!("explorarium-background-{}.parquet", std::process::id()));
        let (job, causes) = job(&path);
        let mut background = Background::new(1 << 20, 1, 0);
        background.start(job.clone());
        background.finish().expect("plays");
        let progress = background.progress();
        assert_eq!((progress.rows, progress.total, progress.keyframes), (20, 20, 20));
        assert_eq!(background.compared(), (20, None));
        // An invalid action. A file that was changed between two reads could contain it.
        let mut odd = Causes::default();
        (0..13).filter_map(|row| causes.of(row)).for_each(|cause| odd.push(cause));
        odd.push(Cause::Action(99));
        (14..20).filter_map(|row| causes.of(row)).for_each(|cause| odd.push(cause));
        let mut background = Background::new(1 << 20, 1, 0);
        background.start(Job { causes: Arc::new(odd), ..job.clone() });
        let why = background.finish().expect_err("no such action").to_string();
        assert!(why.contains("row 13") && why.contains("action 99"), "{why}");
        assert!(background.check().is_err() && !background.progress().is_done());
        assert_eq!((background.progress().keyframes, background.before(19).map(|(row, _)| row)), (13, Some(12)));
        // After the error is corrected, the thread continues from where it stopped.
        background.start(job);
        background.finish().expect("plays");
        assert_eq!((background.progress(), background.compared()), (progress, (20, None)));
        std::fs::remove_file(path).expect("there");
    }
}

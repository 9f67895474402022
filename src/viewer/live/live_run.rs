//! A run of this process: its thread, its pace and its folder.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::live_plan::{Choice, LivePlan, agents_for, bonuses_for};
use crate::error::{Error, Result};
use crate::runs::{self, FolderClaim, Outcome, Pace, Plan, Prepared, Progress, Report, RunSettings};

/// Time over which steps a second are counted.
const COUNTED: Duration = Duration::from_millis(1000);

/// What a live run does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LiveState {
    /// It takes steps.
    Running,
    /// It waits for single steps, or to go on.
    Paused,
    /// It is over; why.
    Stopped(String),
}

/// A run of this process. Dropping it ends its thread and removes its folder, unless it is kept.
pub struct LiveRun {
    /// What is played.
    pub plan: LivePlan,
    /// Whether the folder stays when the run is closed.
    pub keep: bool,
    folder: PathBuf,
    pace: Arc<Pace>,
    stop: Arc<AtomicBool>,
    ended: Arc<Mutex<Option<String>>>,
    thread: Option<JoinHandle<()>>,
    /// Time and steps when steps a second were counted last, and the figure.
    counted: (Instant, u64),
    steps_per_s: f64,
    agents: OnceLock<Vec<Choice>>,
    bonuses: OnceLock<Vec<Choice>>,
}

impl std::fmt::Debug for LiveRun {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "LiveRun({:?}, {:?})", self.folder, self.state())
    }
}

/// A folder name that no other run of any process has.
fn free_folder() -> PathBuf {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let name = || format!("explorarium-live-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    std::iter::repeat_with(|| std::env::temp_dir().join(name())).find(|path| !path.exists()).unwrap_or_default()
}

fn locked(ended: &Mutex<Option<String>>) -> MutexGuard<'_, Option<String>> {
    ended.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Nobody waits for the reports of a live run: the pace has its figures.
struct Silent;

impl Progress for Silent {
    fn report(&mut self, _: &Report) {}
}

impl LiveRun {
    /// Starts a run. `notify` is called when it ends by itself.
    ///
    /// # Errors
    /// As [`LivePlan::prepare`]; [`Error::Io`] if there is no room for its folder or no thread.
    pub fn start(plan: LivePlan, notify: Arc<dyn Fn() + Send + Sync>) -> Result<LiveRun> {
        let (run, prepared) = plan.prepare()?;
        let folder = free_folder();
        let claim = FolderClaim::new(&folder, false)?;
        let pace = Arc::new(Pace::new(false, plan.pace));
        let (stop, ended) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(None)));
        let how = RunSettings { gpu: None, resume: false, pace: Some(pace.clone()) };
        let (stopped, end) = (stop.clone(), ended.clone());
        let work = move || {
            let why = play((&run, prepared), claim, &how, &stopped);
            *locked(&end) = Some(why);
            notify();
        };
        let thread = std::thread::Builder::new().name("live".to_string()).spawn(work);
        let thread = Some(thread.map_err(|e| Error::io(&folder, e))?);
        let counted = (Instant::now(), 0);
        let (agents, bonuses) = (OnceLock::new(), OnceLock::new());
        Ok(LiveRun { plan, keep: false, folder, pace, stop, ended, thread, counted, steps_per_s: 0.0, agents, bonuses })
    }

    /// All agents. They are tried in the world of this run when this is first called.
    pub fn agents(&self) -> &[Choice] {
        self.agents.get_or_init(|| agents_for(&self.plan))
    }

    /// All bonuses, after none. They are tried in the world of this run when this is first called.
    pub fn bonuses(&self) -> &[Choice] {
        self.bonuses.get_or_init(|| bonuses_for(&self.plan))
    }

    /// The run folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What it does.
    pub fn state(&self) -> LiveState {
        if let Some(why) = locked(&self.ended).clone() {
            return LiveState::Stopped(why);
        }
        if self.thread.as_ref().is_none_or(JoinHandle::is_finished) {
            return LiveState::Stopped("its thread ended early".to_string());
        }
        if self.pace.is_paused() { LiveState::Paused } else { LiveState::Running }
    }

    /// Pauses it, or lets it go on.
    pub fn set_paused(&mut self, paused: bool) {
        self.pace.set_paused(paused);
    }

    /// Takes one step of each instance, if it is paused.
    pub fn step(&self) {
        self.pace.step();
    }

    /// Changes the steps a second of each instance; None for as fast as it goes.
    pub fn set_rate(&mut self, rate: Option<f64>) {
        self.plan.pace = rate;
        self.pace.set_rate(rate);
    }

    /// Steps a second of each instance that are wanted; None for as fast as it goes.
    pub fn rate(&self) -> Option<f64> {
        self.pace.rate()
    }

    /// Steps that each instance has taken.
    pub fn taken(&self) -> u64 {
        self.pace.taken()
    }

    /// Steps a second of each instance, over the last second.
    pub fn steps_per_s(&self) -> f64 {
        if self.state() == LiveState::Running { self.steps_per_s } else { 0.0 }
    }

    /// Whether no step is under way and all of them are on the disk.
    pub fn is_at_rest(&self) -> bool {
        matches!(self.state(), LiveState::Stopped(_)) || self.pace.is_saved()
    }

    /// Counts the steps of the last second.
    pub fn count(&mut self) {
        let (then, before) = self.counted;
        let (now, taken) = (Instant::now(), self.taken());
        let seconds = now.duration_since(then);
        if seconds >= COUNTED {
            self.steps_per_s = taken.saturating_sub(before) as f64 / seconds.as_secs_f64();
            self.counted = (now, taken);
        }
    }
}

/// Plays the run to its end. Returns why it ended.
fn play((plan, prepared): (&Plan, Prepared), mut claim: FolderClaim, how: &RunSettings, stop: &AtomicBool) -> String {
    match runs::run(plan, prepared, &mut claim, how, &mut Silent, stop) {
        Ok(Outcome::Done(_)) => "the run has ended".to_string(),
        Ok(Outcome::Interrupted) => "it was closed".to_string(),
        Err(why) => why.to_string(),
    }
}

impl Drop for LiveRun {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            // The thread is gone either way.
        }
        if !self.keep {
            // Best effort: the system clears its folder of temporary files.
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traces::cursor::{Cursor, CursorOptions};

    fn rooms() -> LivePlan {
        let (world, agent) = ("gridlab/four-rooms".to_string(), "random".to_string());
        LivePlan {
            world,
            agent,
            bonus: "count".to_string(),
            num_envs: 4,
            seed: 3,
            pace: Some(50.0),
            ruleset: None,
            scenario: None,
        }
    }

    fn rows(folder: &Path) -> u64 {
        Cursor::open(folder, &CursorOptions::default()).and_then(|cursor| cursor.rows(0)).unwrap_or(0)
    }

    fn wait(what: &str, is: impl Fn() -> bool) {
        let begun = Instant::now();
        while !is() {
            assert!(begun.elapsed() < Duration::from_secs(60), "{what}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    #[test]
    fn a_live_run_is_paused_stepped_and_closed() {
        let mut live = LiveRun::start(rooms(), Arc::new(|| {})).expect("a run");
        let folder = live.folder().to_path_buf();
        wait("rows appear", || rows(&folder) > 1);
        assert_eq!(live.state(), LiveState::Running);
        live.set_paused(true);
        wait("all rows are written", || live.is_at_rest());
        let (taken, written) = (live.taken(), rows(&folder));
        assert!(written >= taken);
        live.step();
        wait("the step is written", || live.is_at_rest());
        assert_eq!(live.taken(), taken + 1);
        assert!(rows(&folder) > written);
        assert_eq!(live.state(), LiveState::Paused);
        let begun = Instant::now();
        drop(live);
        assert!(begun.elapsed() < Duration::from_secs(5));
        assert!(!folder.exists());
    }

    /// The first rows of every instance, as the trace has them.
    fn told(folder: &Path, rows: u64) -> Vec<arrow_array::RecordBatch> {
        let mut cursor = Cursor::open(folder, &CursorOptions::default()).expect("a recording");
        let mut of = |instance: u32| {
            let (mut pieces, mut at) = (Vec::new(), 0);
            while at < rows {
                let piece = cursor.recorded_rows(instance, at, rows - at).expect("rows");
                assert!(piece.num_rows() > 0, "row {at} of instance {instance}");
                at += piece.num_rows() as u64;
                pieces.push(piece);
            }
            arrow_select::concat::concat_batches(&pieces[0].schema(), &pieces).expect("one table")
        };
        (0..4).map(&mut of).collect()
    }

    #[test]
    fn a_paced_run_records_what_a_plain_one_does() {
        let mut live = LiveRun::start(rooms(), Arc::new(|| {})).expect("a run");
        wait("steps are taken", || live.taken() >= 5);
        live.set_paused(true);
        wait("all rows are written", || live.is_at_rest());
        (0..7).for_each(|_| live.step());
        wait("steps are written", || live.is_at_rest());
        live.set_rate(None);
        live.set_paused(false);
        wait("many steps are taken", || live.taken() > 2000);
        live.set_paused(true);
        wait("all rows are written", || live.is_at_rest());
        let (mut plan, _) = rooms().prepare().expect("a plan");
        plan.steps = 4 * live.taken().min(2000);
        let prepared = Prepared::new(&plan).expect("parts");
        let folder = free_folder();
        let mut claim = FolderClaim::new(&folder, false).expect("a folder");
        let how = RunSettings { gpu: None, resume: false, pace: None };
        runs::run(&plan, prepared, &mut claim, &how, &mut Silent, &AtomicBool::new(false)).expect("a run");
        let (paced, plain) = (told(live.folder(), 2000), told(&folder, 2000));
        assert!(plain.iter().all(|rows| rows.num_rows() == 2000));
        for (paced, plain) in paced.iter().zip(&plain) {
            for (k, field) in plain.schema().fields().iter().enumerate() {
                assert_eq!(paced.column(k), plain.column(k), "{}", field.name());
            }
        }
        std::fs::remove_dir_all(&folder).expect("a folder");
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let plan = LivePlan { bonus: String::new(), ..rooms().with_agent("novelty") };
        let plan = LivePlan { bonus: String::new(), ..plan };
        assert!(matches!(LiveRun::start(plan, Arc::new(|| {})), Err(Error::Usage(_))));
    }
}

//! The thread that computes the empowerment of a state.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::empowerment::{Empower, EmpowermentWork};
use super::mailbox::Shared;
use crate::bonus::empowerment::{Empowerment, Mode, Noise};
use crate::error::Error;
use crate::maps::{self, Map, MapProgress, Work};
use crate::sim::Replay;

/// How often progress is told.
const TELL: Duration = Duration::from_millis(100);

/// Handle of the thread. Dropping it stops the thread; nobody waits for it.
#[derive(Debug)]
pub struct EmpowerJob {
    stop: Arc<AtomicBool>,
}

impl Drop for EmpowerJob {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// Tells the window how many cells are done.
struct Telling<'a> {
    shared: &'a Shared,
    of: Empower,
    done: AtomicU64,
    total: AtomicU64,
    began: Instant,
    /// Milliseconds after `began` at which progress was told last.
    told: AtomicU64,
}

impl MapProgress for Telling<'_> {
    fn begin(&self, total: u64, _work: Work) {
        self.total.store(total, Ordering::Relaxed);
        self.tell();
    }

    fn done(&self, n: u64) {
        self.done.fetch_add(n, Ordering::Relaxed);
        let (now, told) = (self.began.elapsed().as_millis() as u64, self.told.load(Ordering::Relaxed));
        // Whoever changes the time tells.
        let is_due = now >= told + TELL.as_millis() as u64;
        if is_due && self.told.compare_exchange(told, now, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
            self.tell();
        }
    }
}

impl Telling<'_> {
    fn tell(&self) {
        let cells = (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed));
        self.shared.tell(|out| {
            if let Some(known) = out.empowerment.as_mut().filter(|known| known.of == self.of && known.map.is_none()) {
                known.cells = cells;
            }
        });
    }
}

impl EmpowerJob {
    /// Starts to compute in a new thread. An older job must be dropped before.
    pub fn start(shared: &Arc<Shared>, of: Empower, replay: Replay) -> EmpowerJob {
        let stop = Arc::new(AtomicBool::new(false));
        shared.tell(|out| out.empowerment = Some(EmpowermentWork { of, cells: (0, 0), map: None }));
        let (inner, stopped) = (shared.clone(), stop.clone());
        let job = move || {
            let told = compute(&inner, of, replay, &stopped);
            if let Some(told) = told {
                finish(&inner, of, told);
            }
        };
        if let Err(why) = std::thread::Builder::new().name("empowerment".to_string()).spawn(job) {
            finish(shared, of, Err(format!("the system gives no thread: {why}")));
        }
        EmpowerJob { stop }
    }
}

fn finish(shared: &Shared, of: Empower, map: Result<Arc<Map>, String>) {
    shared.tell(|out| {
        if let Some(known) = out.empowerment.as_mut().filter(|known| known.of == of) {
            known.map = Some(map);
        }
    });
}

/// The map; None if it is no longer wanted.
fn compute(shared: &Shared, of: Empower, mut replay: Replay, stop: &AtomicBool) -> Option<Result<Arc<Map>, String>> {
    let telling =
        Telling { shared, of, done: AtomicU64::new(0), total: AtomicU64::new(0), began: Instant::now(), told: AtomicU64::new(0) };
    let mut found = None;
    replay.look(&mut |world, block| {
        let measure = Empowerment::new(world, of.horizon, Mode::Exact, world.default_keys().ends);
        let map = measure.and_then(|measure| maps::empowerment_of(world, (block, 0), &measure, Noise::PerCell, &telling, stop));
        found = Some(map);
    });
    match found? {
        Ok(map) => Some(Ok(Arc::new(map))),
        Err(Error::Interrupted) => None,
        Err(why) => Some(Err(why.to_string())),
    }
}

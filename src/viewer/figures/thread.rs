//! The work of the thread of figures: read the traces, measure them, write tables.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::export;
use super::mailbox::{Progress, Shared, Task};
use super::measured::Measured;
use super::request::{Given, LeftOut, Request};
use crate::envs::Family;
use crate::error::{Error, Result};
use crate::measures::{self, By, Plan, Record, Watch};

/// Answers requests until the window is closed.
pub fn serve(shared: &Shared) {
    loop {
        match shared.next() {
            Task::Stop => return,
            Task::Export(figures, folder) => {
                let written = export::write(&figures, &folder).map_err(|why| why.to_string());
                shared.tell(|out| out.exported.push(written));
            }
            Task::Measure(number, request) => {
                let measured = guarded(|| measured(shared, request));
                shared.tell(|out| {
                    out.progress = None;
                    match measured {
                        Ok(figures) => (out.measured, out.failed, out.answered) = (Some(figures.into()), None, number),
                        // A newer request waits, or the window is closed.
                        Err(Error::Interrupted) => {}
                        Err(why) => (out.measured, out.failed, out.answered) = (None, Some(why.to_string()), number),
                    }
                });
            }
        }
    }
}

/// What `work` returns; a panic is an error, so that the page says it instead of waiting for ever.
fn guarded<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let why = "The figures cannot be computed: a fault of this program, which is described where it was started.";
        Err(Error::Data(why.to_string()))
    })
}

/// Measures the sources of a request, without those that cannot be read.
fn measured(shared: &Shared, mut request: Request) -> Result<Measured> {
    let record = match read(shared, &request) {
        Ok(record) => record,
        Err(Error::Interrupted) => return Err(Error::Interrupted),
        Err(_) if request.given.len() > 1 => {
            leave_out(shared, &mut request)?;
            read(shared, &request)?
        }
        Err(why) => return Err(why),
    };
    shared.tell(|out| out.progress = Some(Progress::Measuring(record.trajectories.len())));
    let plan = Plan { unit: request.unit, ..Plan::default() };
    let report = measures::measure(&record, &plan)?;
    let achievements = record.achievements.len();
    drop(record);
    if shared.is_stale() {
        return Err(Error::Interrupted);
    }
    Measured::of(request, report, achievements, plan.seed)
}

/// Reads the traces of a request as `explorarium measure` does, each group with its name.
fn read(shared: &Shared, request: &Request) -> Result<Record> {
    let told = Cell::new(usize::MAX);
    let progress = |run: usize, runs: usize| {
        if shared.is_stale() {
            return Err(Error::Interrupted);
        }
        if told.replace(run) != run {
            shared.tell(|out| out.progress = Some(Progress::Reading(run + 1, runs)));
        }
        Ok(())
    };
    measures::read_watched(&request.inputs(), None, By::Group, &Watch { say: &|_| {}, progress: &progress })
}

/// Moves the sources that cannot be read on their own, or are of another family, to those that are left out.
fn leave_out(shared: &Shared, request: &mut Request) -> Result<()> {
    let mut family = request.family;
    let mut found: Vec<(Given, std::result::Result<Family, String>)> = Vec::new();
    for given in std::mem::take(&mut request.given) {
        let alone = Request { given: vec![given.clone()], ..request.clone() };
        match read(shared, &alone) {
            Ok(record) => {
                family.get_or_insert(record.family);
                found.push((given, Ok(record.family)));
            }
            Err(Error::Interrupted) => return Err(Error::Interrupted),
            Err(why) => found.push((given, Err(why.to_string()))),
        }
    }
    for (given, its) in found {
        let why = match its {
            Ok(its) if Some(its) == family => {
                request.given.push(given);
                continue;
            }
            Ok(its) => format!("Family of the world: {its:?}. Figures are of one family."),
            Err(why) => why,
        };
        request.left_out.push(LeftOut { name: given.name, why });
    }
    if request.given.is_empty() {
        let first = request.left_out.last().map_or(String::new(), |left| left.why.clone());
        return Err(Error::Data(first));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_an_error() {
        assert_eq!(guarded(|| Ok(7)).ok(), Some(7));
        assert!(guarded(|| Err::<(), _>(Error::Interrupted)).is_err_and(|why| matches!(why, Error::Interrupted)));
        let fault = guarded(|| -> Result<()> { panic!("on purpose") });
        assert!(fault.is_err_and(|why| why.to_string().contains("a fault of this program")));
    }
}

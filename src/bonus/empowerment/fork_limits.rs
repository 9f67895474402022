//! Why roots were not measured: a fault code has no room for the numbers that would fit.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::Mode;
use crate::error::Error;

/// What limits were met, by instance. A fault stops the run, so that there is one for an instance and the one asked for is that of the
/// fault reported, whichever thread came first.
#[derive(Debug, Default)]
pub struct ForkLimits(Mutex<BTreeMap<usize, String>>);

impl ForkLimits {
    /// Records the error of `instance`, in place of an earlier one.
    pub fn keep(&self, instance: usize, why: &Error) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(instance, why.to_string());
    }

    /// Why instance `instance` was refused, in words; `section` has the options of which one is to be lower.
    pub fn text(&self, instance: usize, section: &str, mode: Mode) -> String {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let why = known.get(&instance).map_or("more forks than there may be", |why| why);
        let options = if matches!(mode, Mode::Sampled(_)) { "horizon, sequences or rollouts" } else { "horizon" };
        format!("its empowerment cannot be measured: {why}: set {section}.{options} lower")
    }
}

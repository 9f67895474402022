//! Reasons why roots were not measured. A fault code has no room for the numbers in them.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::Mode;
use crate::error::Error;

/// Exceeded limits, by instance. A fault stops the run, so there is one error for each instance. The text that is asked for is that of the
/// reported fault, whichever thread was first.
#[derive(Debug, Default)]
pub struct ForkLimits(Mutex<BTreeMap<usize, String>>);

impl ForkLimits {
    /// Records the error of `instance`, in place of an earlier one.
    pub fn keep(&self, instance: usize, why: &Error) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(instance, why.to_string());
    }

    /// The message for instance `instance`. `section` is the configuration section whose options should be lower.
    pub fn text(&self, instance: usize, section: &str, mode: Mode) -> String {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let why = known.get(&instance).map_or("more forks than there may be", |why| why);
        let options = if matches!(mode, Mode::Sampled(_)) { "horizon, sequences or rollouts" } else { "horizon" };
        format!("its empowerment cannot be measured: {why}: set {section}.{options} lower")
    }
}

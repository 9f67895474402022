//! Maps: a measure on every cell of a world, as arrays.
//!
//! | Function | Value of a cell |
//! |---|---|
//! | [`visits`], [`recorded_visits`], [`Visits`] | states in which the player stood there |
//! | [`bonus`], [`bonus_in`] | what bonuses would pay there |
//! | [`empowerment`] | bits of the future that are in the player's hands there |
//!
//! Each function returns a [`Map`]. Nothing here prints or draws: [`MapProgress`] tells the caller how far the work is, and a flag stops it.

mod bonus;
mod empowerment;
mod map;
mod play;
mod progress;
mod visits;

pub use bonus::{bonus, bonus_in};
pub use empowerment::empowerment;
pub use map::{Estimator, Map, MapColumn, Measure, Range, ValueOf};
pub use play::{MAX_STEPS, NUM_ENVS, Play, PlayOptions, Playing, STEPS};
pub use progress::{Estimate, MapProgress, Work};
pub use visits::{Visits, recorded_visits, visits};

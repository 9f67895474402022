//! Maps: a measure on every cell of a world, as arrays.
//!
//! | Function | Value of a cell |
//! |---|---|
//! | [`visits`], [`recorded_visits`], [`Visits`] | states in which the player stood there |
//! | [`bonus`], [`bonus_in`] | value of bonuses there |
//! | [`empowerment`], [`empowerment_of`] | empowerment there, in bits |
//!
//! Each function returns a [`Map`]. Nothing here prints or draws. [`MapProgress`] reports progress to the caller, and a flag stops the
//! work.

mod bonus;
mod empowerment;
mod map;
mod play;
mod progress;
mod visits;

pub use bonus::{bonus, bonus_in};
pub use empowerment::{empowerment, empowerment_of};
pub use map::{Estimator, Map, MapColumn, Measure, Range, ValueOf};
pub use play::{MAX_STEPS, NUM_ENVS, Play, PlayOptions, Playing, STEPS};
pub use progress::{Estimate, MapProgress, Work};
pub use visits::{Visits, recorded_visits, visits};

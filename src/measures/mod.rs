//! Objectives of recorded lives, computed after the fact: how states are told apart, how tracks are read, what is measured of each, how
//! groups compare. The estimators are in `metrics`.

mod abstraction;
mod careful;
mod compare;
mod life;
mod measure;
mod table;
mod tracks;
mod units;

pub use abstraction::{Abstraction, COARSE, PARTS, unknown};
pub use compare::ALL;
pub use life::{Measure, OLDER_NAME, Progress, unit_of};
pub use measure::{Curve, Plan, Report, SHARES, measure};
pub use table::{Column, Table};
pub use tracks::{By, Given, Record, Step, Track, read};
pub use units::{Unit, pairs};

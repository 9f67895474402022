//! Objectives of recorded lives, computed after the fact: how states are told apart, how tracks are read, what is measured of each, how
//! groups compare. The estimators are in `metrics`.

mod abstraction;
mod careful;
mod compare;
mod life;
mod measure;
mod report;
mod setting;
mod table;
mod tracks;
mod units;

pub use abstraction::{Abstraction, named_keys, parts, unknown};
pub use life::{Measure, OLDER_NAME, Progress, unit_of};
pub use measure::measure;
pub use report::{Curve, Report};
pub use setting::{Plan, SHARES};
pub use table::{Column, Table};
pub use tracks::{By, Given, Record, Step, Track, read};
pub use units::{ALL, Unit, pairs};

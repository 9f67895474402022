//! Objectives of recorded lives, computed after the fact: how states are told apart, how tracks are read, what is measured of each, how
//! groups compare. The estimators are in `metrics`.

mod abstraction;
mod compare;
mod life;
mod measure;
mod table;
mod tracks;

pub use abstraction::{Abstraction, COARSE, PARTS, unknown};
pub use compare::{ALL, pairs};
pub use life::{Measure, Progress};
pub use measure::{Curve, Plan, Report, SHARES, measure};
pub use table::{Column, Table};
pub use tracks::{By, Given, Record, Step, Track, read};

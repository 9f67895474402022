//! Measures of recorded trajectories: which states count as the same, how trajectories are read, what is measured of each, and how groups
//! are compared. The estimators are in `metrics`.

mod abstraction;
mod careful;
mod compare;
mod measure;
mod report;
mod setting;
mod table;
mod trajectories;
mod trajectory_statistics;
mod units;

pub use abstraction::{Abstraction, named_keys, parts, unknown};
pub use measure::measure;
pub use report::{Curve, Report};
pub use setting::{Plan, SHARES};
pub use table::{Column, Table};
pub use trajectories::{By, Record, Step, TraceInput, Trajectory, read};
pub use trajectory_statistics::{Measure, OLDER_NAME, Progress, unit_of};
pub use units::{ALL, Unit, pairs};

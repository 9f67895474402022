//! Measures of recorded trajectories: which states count as the same, how trajectories are read, what is measured of each, and how groups
//! are compared. The estimators are in `metrics`.

mod abstraction;
mod careful;
mod compare;
mod difference;
mod measure;
mod progress_curve;
mod report;
mod setting;
mod table;
#[cfg(test)]
mod testing;
mod trajectories;
mod trajectory_statistics;
mod units;

pub use abstraction::{Abstraction, named_keys, parts, unknown};
pub use difference::differences;
pub use measure::measure;
pub use progress_curve::{progress_curve, return_curve};
pub use report::{Curve, CurvePoint, Report};
pub use setting::{Plan, SHARES};
pub use table::{Column, Table};
pub use trajectories::{By, Record, Step, TraceInput, Trajectory, Watch, read, read_watched};
pub use trajectory_statistics::{Measure, OLDER_NAME, Progress, unit_of};
pub use units::{ALL, Unit, pairs};

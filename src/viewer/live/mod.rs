//! Live sources: runs of this process, whose folders the window follows.
//!
//! A live run is an ordinary run with a pace. All that is seen of it is read from its folder, so it can be scrubbed, verified and resumed.

mod action_keys;
mod live_plan;
mod live_run;

pub use action_keys::{action_keys, action_of, key_name};
pub use live_plan::{Choice, LivePlan};
pub use live_run::{LiveRun, LiveState};

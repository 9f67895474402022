//! Human play: plans, the database, sessions.

mod harness;
mod plan;
mod random_plan;
mod reading;
pub mod recorded;
mod session;
mod storage;
mod withdrawal;

//! Human play: plans, the database, sessions.

mod harness;
mod reading;
pub mod recorded;
mod session;
mod storage;

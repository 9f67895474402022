//! Human play: plans, the database, sessions.

mod reading;
pub mod recorded;

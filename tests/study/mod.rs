//! Human play: plans, the database, sessions.

mod harness;
mod session;
mod storage;

//! Human play: plans, the database, sessions.

mod plan;
mod random_plan;

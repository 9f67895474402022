//! The host's side of exploration bonuses: what keeps their tables large enough, and which one to follow.

pub mod airs;
pub mod tables;

//! The host's side of exploration bonuses: what keeps their tables large enough.

pub mod tables;

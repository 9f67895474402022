//! Host side of the exploration bonuses.

pub mod airs;

//! Policies that choose where the batch is.

mod lookahead;
mod random;

pub use lookahead::{Horizon, Lookahead, MAX_DEPTH};
pub use random::Random;

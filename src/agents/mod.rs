//! Policies that choose where the batch is.

mod random;

pub use random::Random;

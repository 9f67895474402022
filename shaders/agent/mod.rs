//! Kernels of agents that choose where the batch is, as twins.

pub mod lookahead;
pub mod random;

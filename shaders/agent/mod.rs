//! Kernels of agents that choose where the batch is, as twins.

pub mod host_actions;
pub mod lookahead;
pub mod random;
pub mod set_out;

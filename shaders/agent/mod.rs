//! Twins of the kernels of agents that choose on the device of the batch.

pub mod host_actions;
pub mod lookahead;
pub mod random;
pub mod set_out;

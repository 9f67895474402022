//! The kernels of the batch, their twins, and the layout of their buffers. The numbers are defined in the WGSL files.

pub mod after_fork_step;
pub mod before_fork_step;
pub mod begin;
pub mod begin_tally;
pub mod checksum;
pub mod copy;
pub mod end_round;
pub mod fork;
pub mod fork_sources;
pub mod halt;
pub mod head;
pub mod pace;
pub mod prepare;
pub mod record;
pub mod reset_after;
pub mod reset_before;
pub mod statistics;
pub mod sums;
pub mod tally;

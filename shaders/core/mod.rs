//! What the kernels of the batch share with the host: how their buffers lie. The numbers stand in the WGSL files.

pub mod head;
pub mod pace;
pub mod sums;
pub mod tally;

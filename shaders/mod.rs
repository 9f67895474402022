//! Kernels shared by all worlds, as their Rust twins.

pub mod shared;

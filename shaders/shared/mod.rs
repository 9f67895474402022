//! What every kernel may use: random numbers, hashes, seeds, wide integers.

pub mod chance;
pub mod constants;
pub mod grid;
pub mod hash;
pub mod keyed;
pub mod mt19937;
pub mod pcg64;
pub mod pyhash;
pub mod simhash;
pub mod wide;

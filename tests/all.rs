//! One integration binary; each module says what it proves.

mod crafter;
mod determinism;
mod resets;
mod structure;

//! One integration binary; each module says what it proves.

mod agents;
mod cli;
mod crafter;
mod determinism;
mod files;
mod gpu;
mod minigrid;
mod resets;
mod structure;

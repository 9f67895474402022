//! One integration binary; each module says what it proves.

mod cli;
mod crafter;
mod determinism;
mod files;
mod gpu;
mod measure;
mod minigrid;
mod resets;
mod structure;

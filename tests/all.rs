//! One integration binary; each module says what it proves.

mod agents;
mod bonuses;
mod cli;
mod crafter;
mod determinism;
mod files;
mod gpu;
mod imagination;
mod keys;
mod late;
mod map;
mod measure;
mod minigrid;
mod noisy_tv;
mod resets;
mod structure;
mod sweep;

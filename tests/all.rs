//! One integration binary; each module says what it proves.

mod agent_runs;
mod agents;
mod airs;
mod bonuses;
mod cli;
mod crafter;
mod determinism;
mod empowerment;
mod files;
mod gpu;
mod imagination;
mod keys;
mod late;
mod map;
mod measure;
mod minigrid;
mod noisy_tv;
mod placing;
mod resets;
mod structure;
mod sweep;
mod traces;
mod unlocks;

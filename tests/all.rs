//! One integration binary; each module says what it proves.

mod agent_runs;
mod agents;
mod airs;
mod bonuses;
mod bounds;
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
mod map_chance;
mod measure;
mod minigrid;
mod mutated;
mod noisy_tv;
mod placing;
mod resets;
mod structure;
mod sweep;
mod unlocks;

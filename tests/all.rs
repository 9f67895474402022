//! The one integration test binary. The documentation of each module says what it tests.

mod agent_runs;
mod agents;
mod airs;
mod bonuses;
mod bounds;
mod branches;
mod by_hand;
mod circles;
mod cli;
mod crafter;
mod cursor;
mod cursor_files;
mod cursor_gradual;
mod deferred;
mod determinism;
mod empowerment;
mod export;
mod features;
mod files;
mod fuzz;
mod gpu;
mod keys;
mod map;
mod map_chance;
mod measure;
mod minigrid;
mod mutated;
mod noisy_tv;
mod numbers;
mod placing;
mod resets;
mod results;
mod rollouts;
mod room;
mod runs;
mod scene;
mod structure;
#[cfg(feature = "study")]
mod study;
mod sweep;
mod tile_maps;
mod traces;
mod unlocks;
#[cfg(feature = "viewer")]
mod viewer;
mod words;

//! The batch: many instances of one world, stepped together. Read `schedule.rs` first; `blocks.rs` is the CPU backend, `gpu/` the GPU
//! backend.

mod accessors;
mod agent;
mod batch;
mod block_context;
mod blocks;
pub mod buffer;
mod by_hand;
mod config;
mod cut;
mod fault;
#[doc(hidden)]
pub mod gpu;
mod grow;
mod instance_state;
pub mod keyed_model;
mod last;
mod layout;
pub mod pass;
mod pictures;
pub mod plugin;
mod prefix;
mod prefixed;
pub mod reach;
mod replay;
mod replay_state;
mod reset;
mod restore;
pub mod rollout;
pub mod room;
pub mod schedule;
mod snapshot;
mod stats;
mod step_output;

pub use agent::{AGENT_FAULTS, Agent};
pub use batch::Batch;
pub use block_context::{BlockContext, Origin, Row};
pub use buffer::Buffer;
pub use config::Config;
pub use fault::Fault;
pub use instance_state::InstanceState;
pub use last::Last;
pub use layout::Layout;
pub use pass::Pass;
pub use plugin::{InstanceBuffer, StepPlugin};
pub use prefix::{MAX_PREFIX, Prefixes};
pub use replay::{Levels, Replay};
pub use replay_state::ReplayState;
pub use reset::{ResetMode, Worlds};
pub use restore::StepView;
pub use snapshot::{Dump, SNAPSHOT_VERSION};
pub use stats::Stats;
pub use step_output::{StepOutput, VALUE_UNITS, ValueColumn};

//! The batch: many instances of one world, stepped together. `schedule.rs` is the page to read first; `blocks.rs` is the CPU backend,
//! `card` the GPU's.

mod agent;
mod batch;
pub mod beside;
mod blocks;
pub mod buffer;
pub mod card;
mod config;
mod cut;
pub mod dream;
mod fault;
mod grow;
mod hash;
mod last;
mod layout;
mod moment;
pub mod pass;
pub mod reach;
mod replay;
mod reset;
mod returns;
pub mod rollout;
pub mod room;
pub mod schedule;
mod shown;
mod snapshot;
mod stats;
mod stepped;
mod work;

pub use agent::{AGENT_FAULTS, Agent};
pub use batch::Batch;
pub use beside::{Beside, Extra};
pub use buffer::Buffer;
pub use config::Config;
pub use fault::Fault;
pub use last::Last;
pub use layout::Layout;
pub use moment::Moment;
pub use pass::Pass;
pub use replay::{Levels, Replay};
pub use reset::{ResetMode, Worlds};
pub use returns::Seen;
pub use snapshot::{Dump, SNAPSHOT_VERSION};
pub use stats::Stats;
pub use stepped::Stepped;
pub use work::{Origin, Row, Work};

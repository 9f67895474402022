//! The batch: many instances of one world, stepped together. `schedule.rs` is the page to read first; `blocks.rs` is the CPU backend,
//! `card` the GPU's.

mod agent;
mod batch;
pub mod beside;
mod blocks;
pub mod buffer;
pub mod card;
pub mod dream;
mod fault;
mod grow;
mod hash;
mod last;
mod layout;
pub mod pass;
mod replay;
mod reset;
mod returns;
pub mod room;
pub mod schedule;
mod shown;
mod snapshot;
mod stats;
mod work;

pub use agent::{AGENT_FAULTS, Agent};
pub use batch::{Batch, Config, Fault};
pub use beside::{Beside, Extra};
pub use buffer::Buffer;
pub use last::Last;
pub use layout::Layout;
pub use pass::Pass;
pub use replay::{Levels, Replay};
pub use reset::{ResetMode, Worlds};
pub use returns::{Moment, Seen};
pub use shown::Stepped;
pub use snapshot::{Dump, SNAPSHOT_VERSION};
pub use stats::Stats;
pub use work::{Origin, Row, Work};

//! What is open: recordings, each with a thread that reads and replays it.

mod columns;
mod empower_job;
mod empowerment;
#[cfg(test)]
mod first_rows;
mod glances;
mod listing;
mod mailbox;
mod reading;
mod serving;
mod shown_step;
mod source;
mod track;
mod visitors;
mod visitors_job;
mod worker;

pub use empowerment::Empower;
pub use listing::{InstanceListing, Listing};
pub use mailbox::{Glance, Notify, Wanted, locked};
pub use shown_step::{ShownState, ShownStep, VIEW_TILE};
pub use source::{Source, Sources, paths_of};
pub use track::{NO_ACTION, Track, bonus_name};
pub use visitors::{EpisodeVisits, Visitors};

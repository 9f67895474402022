//! The study database: its schema, who takes part, and the writer of items. Acknowledged means committed.

mod enter;
mod item;
mod lock;
mod open;
mod status;
mod summary;
mod withdraw;
mod writer;

pub use enter::{Boot, EnterAs, Entered, ITEM_TABLES, Who, check_id, enter, enter_in_memory, hash_of};
pub use item::{ACTIVE, DECLINED, DONE, ENDED, Item, ItemBody, ItemDigest, STOPPED, StepItem, digest_of, row_of};
pub use lock::{ParticipantLock, is_locked, lock_folder};
pub use open::{APPLICATION_ID, ENDING, SCHEMA_VERSION, connect, connect_to_read, create, create_in_memory, failed, utc};
pub use status::{ParticipantStatus, StudyStatus, status};
pub use summary::{SessionSummary, summary};
pub use withdraw::{Withdrawn, withdraw};
pub use writer::{Position, RETRY, Wake, Writer, Written, insert};

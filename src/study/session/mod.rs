//! A participant's way through a study plan, without a window.

mod clock;
mod earlier;
mod game;
mod keys;
mod log;
mod page_state;
mod play_run;
mod screen;
#[allow(clippy::module_inception)]
mod session;
mod show;
mod take;

pub use clock::{Clock, clock_step_ns};
pub use keys::{Choice, HeldKeys};
pub use page_state::is_answer;
pub use play_run::{DELAY_US, EPISODE_PAUSE_US};
pub use screen::{Input, PageView, PlayState, PlayView, Screen};
pub use session::{EXPERIMENTER, LAST_COMMIT, PAUSE_KEY, Session};
pub use show::SessionProgress;

//! `view`: what people do in the window, driven by keys, mouse and the names of controls.

mod branching;
mod controls;
mod curves;
mod edit;
mod gpu_lost;
mod layout;
mod pictures;
#[cfg(feature = "study")]
mod play_pages;
#[cfg(feature = "study")]
mod play_story;
mod recordings;
mod side_by_side;
mod story;
#[cfg(feature = "study")]
mod study;
mod troubles;
mod walks;

use super::cursor::record;
use super::files::Folder;

/// A Crafter run in which something happens: two instances, several achievements.
pub fn crafter(folder: &Folder) -> String {
    let args = ["crafter", "--agent", "lookahead", "--num-envs", "2", "--steps", "600", "--record", "all"];
    record(folder, "crafter", &[&args[..], &["--bonus", "count,entropy", "--seed", "3"]].concat())
}

/// A run of a tabular world: many short episodes.
pub fn four_rooms(folder: &Folder, steps: &str) -> String {
    let args = ["gridlab/four-rooms", "--agent", "random", "--num-envs", "2", "--steps", steps, "--record", "all"];
    record(folder, "four-rooms", &[&args[..], &["--bonus", "count"]].concat())
}

//! Recorded human play: the files of studies (`*.study.sqlite`). A play is a run like any other: its rows come from the table `steps` as
//! they were recorded, so a replay that gives the same rows proves something.
//!
//! `FILE.study.sqlite` names all plays of a file, and a selector after `#` some of them, or one: `FILE.study.sqlite#P01/0`.

mod chain;
mod file;
mod happenings;
mod name;
mod open;
mod plays;
mod rows;
mod state;

pub use name::{ENDING, PlayName, Selector, StudyPath};
pub use open::{CheckedItems, OpenStudies, PlayPlace, canonical, check, exists, is_study, place_of, without_practice};
pub use plays::{StudyPlay, paths};

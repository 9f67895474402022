//! The study plan: the stages of a study, as people write them in TOML.

mod bounds;
mod builtin;
mod duration;
mod fields;
mod known;
mod nesting;
mod notes;
mod order;
mod pages;
mod picture;
mod play_stage;
mod read;
mod single;
mod stages;
mod time;
mod types;
mod worlds;

pub use bounds::MAX_PLAN;
pub use builtin::SIMPLE_CRAFTER;
pub use duration::{duration_text, parse_duration, parse_pace};
pub use known::{SECTIONS, Section};
pub use order::conditions_of;
pub use play_stage::SHOWN;
pub use read::{PLAN_FILE, plan_file};
pub use single::SINGLE;
pub use time::{PlanTime, stage_time};
pub use types::{
    Conditions, ConsentBox, Ends, InstructionPage, PagePicture, PlayPace, PlayStage, Question, QuestionKind, Seeds, ShownParts,
    Stage, StageKind, StudyPlan, Text,
};

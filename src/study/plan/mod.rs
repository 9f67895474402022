//! The study plan: the stages of a study, as people write them in TOML.

mod types;

pub use types::{
    Conditions, ConsentBox, Ends, InstructionPage, PagePicture, PlayPace, PlayStage, Question, QuestionKind, Seeds, ShownParts,
    Stage, StageKind, StudyPlan, Text,
};

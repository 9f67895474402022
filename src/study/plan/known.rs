//! The keys that a study plan can have, by section. The reader refuses any other; docs/studies.md describes each.

/// A section of a plan and its keys.
#[derive(Debug, PartialEq, Eq)]
pub struct Section {
    /// What the section is, in an error.
    pub name: &'static str,
    /// Its keys.
    pub keys: &'static [&'static str],
}

const fn section(name: &'static str, keys: &'static [&'static str]) -> Section {
    Section { name, keys }
}

/// The plan itself.
pub static PLAN: Section =
    section("a plan", &["name", "title", "languages", "seed", "cohorts", "conditions", "keys", "colors", "labels", "stages"]);
/// `[conditions]`.
pub static CONDITIONS: Section = section("[conditions]", &["names", "block"]);
/// A consent stage.
pub static CONSENT: Section = section("a consent stage", &["id", "kind", "only", "title", "text", "boxes"]);
/// A box of a consent stage.
pub static BOX: Section = section("a box", &["id", "label", "about", "required"]);
/// An instructions stage.
pub static INSTRUCTIONS: Section = section("an instructions stage", &["id", "kind", "only", "title", "text", "pages"]);
/// A page of instructions.
pub static PAGE: Section = section("a page", &["title", "text", "picture"]);
/// A play stage.
pub static PLAY: Section = section(
    "a play stage",
    &[
        "id",
        "kind",
        "only",
        "title",
        "text",
        "practice",
        "env",
        "seed",
        "seeds",
        "time",
        "episodes",
        "steps",
        "finish_episode",
        "pace",
        "held",
        "countdown",
        "show",
        "keys",
        "colors",
        "labels",
    ],
);
/// A survey stage.
pub static SURVEY: Section = section("a survey stage", &["id", "kind", "only", "title", "text", "questions"]);
/// A question that is answered by text.
pub static TEXT_QUESTION: Section = section("a text question", &["id", "kind", "label", "required", "lines"]);
/// A question that is answered by choosing.
pub static CHOICE: Section = section("a choice question", &["id", "kind", "label", "required", "options", "several"]);
/// An option of such a question.
pub static OPTION: Section = section("an option", &["id", "label"]);
/// A question that is answered on a scale.
pub static SCALE: Section = section("a scale question", &["id", "kind", "label", "required", "min", "max", "low", "high"]);
/// A question that is answered by a number.
pub static NUMBER: Section = section("a number question", &["id", "kind", "label", "required", "min", "max"]);
/// A break.
pub static BREAK: Section = section("a break stage", &["id", "kind", "only", "title", "text", "time"]);
/// The end.
pub static END: Section = section("an end stage", &["id", "kind", "only", "title", "text"]);

/// All sections.
pub static SECTIONS: [&Section; 15] = [
    &PLAN,
    &CONDITIONS,
    &CONSENT,
    &BOX,
    &INSTRUCTIONS,
    &PAGE,
    &PLAY,
    &SURVEY,
    &TEXT_QUESTION,
    &CHOICE,
    &OPTION,
    &SCALE,
    &NUMBER,
    &BREAK,
    &END,
];
/// Kinds of stages, with their sections.
pub static STAGES: [(&str, &Section); 6] = [
    ("consent", &CONSENT),
    ("instructions", &INSTRUCTIONS),
    ("play", &PLAY),
    ("survey", &SURVEY),
    ("break", &BREAK),
    ("end", &END),
];
/// Kinds of questions, with their sections.
pub static QUESTIONS: [(&str, &Section); 4] =
    [("text", &TEXT_QUESTION), ("choice", &CHOICE), ("scale", &SCALE), ("number", &NUMBER)];

//! The parts of a study plan.

use std::collections::BTreeMap;
use std::time::Duration;

/// A text that people read, in each language of the plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text(pub BTreeMap<String, String>);

impl Text {
    /// The text in `language`; if there is none, the first one that there is.
    pub fn get(&self, language: &str) -> &str {
        self.0.get(language).or_else(|| self.0.values().next()).map_or("", String::as_str)
    }

    /// A text that is the same in all languages.
    pub fn plain(text: &str) -> Text {
        Text(BTreeMap::from([(String::new(), text.to_string())]))
    }

    /// Whether there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.0.values().all(|text| text.trim().is_empty())
    }
}

/// A study plan whose parts fit together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StudyPlan {
    /// Name of the study: lower-case letters, digits and `-`.
    pub name: String,
    /// Title, as participants see it.
    pub title: Text,
    /// Codes of the languages; the first one is shown at first.
    pub languages: Vec<String>,
    /// Seed of what the study draws by chance: the order of conditions and the seeds of participants.
    pub seed: u64,
    /// Cohorts of which each participant is in one, such as adults and children; empty if there are none.
    pub cohorts: Vec<String>,
    /// Conditions and how participants get them.
    pub conditions: Conditions,
    /// The stages, in order.
    pub stages: Vec<Stage>,
    /// The TOML text as it was read.
    pub source: String,
    /// What is unusual about the plan; one sentence each, for the experimenter.
    pub notes: Vec<String>,
}

impl StudyPlan {
    /// The text of a consent stage in a language, with its boxes, as it is stored.
    pub fn consent_text(&self, stage: &Stage, language: &str) -> String {
        let StageKind::Consent(boxes) = &stage.kind else { return String::new() };
        let part = |text: &Text| text.get(language).trim().to_string();
        let mut lines = vec![part(&stage.title), part(&stage.text)];
        for one in boxes {
            let needed = if one.required { "required" } else { "optional" };
            lines.push(format!("[{}, {needed}] {}: {}", one.id, part(&one.label), part(&one.about)));
        }
        lines.join("\n\n")
    }

    /// The texts of all consent stages in all languages.
    pub fn consent_texts(&self) -> Vec<String> {
        let consents = || self.stages.iter().filter(|stage| matches!(stage.kind, StageKind::Consent(_)));
        consents().flat_map(|stage| self.languages.iter().map(|language| self.consent_text(stage, language))).collect()
    }

    /// The stages of a condition, with their index in the plan.
    pub fn stages_of(&self, condition: Option<&str>) -> Vec<usize> {
        let of =
            |stage: &Stage| stage.only.is_empty() || condition.is_some_and(|name| stage.only.iter().any(|only| only == name));
        (0..self.stages.len()).filter(|k| of(&self.stages[*k])).collect()
    }
}

/// Conditions of a study.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    /// Names; empty if all participants do the same.
    pub names: Vec<String>,
    /// Participants of a block, in which each condition occurs equally often. A multiple of the number of conditions.
    pub block: u32,
}

/// A stage of a study.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// Name in the data, unique in the plan.
    pub id: String,
    /// Conditions in which the stage occurs; empty: in all.
    pub only: Vec<String>,
    /// Title of the page.
    pub title: Text,
    /// Text of the page, in paragraphs.
    pub text: Text,
    /// What happens in it.
    pub kind: StageKind,
}

/// What happens in a stage.
#[derive(Clone, Debug, PartialEq)]
pub enum StageKind {
    /// A text and a box for each modality. Nothing else is recorded before it was agreed to.
    Consent(Vec<ConsentBox>),
    /// Pages to read.
    Instructions(Vec<InstructionPage>),
    /// Play in a world; practice is marked in the data.
    Play(Box<PlayStage>),
    /// Questions.
    Survey(Vec<Question>),
    /// A pause of at least this length.
    Break(Duration),
    /// The last page.
    End,
}

/// A modality that a participant agrees to or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentBox {
    /// Name in the data; `audio` is for sound.
    pub id: String,
    /// What is to be kept, in a few words.
    pub label: Text,
    /// What that means.
    pub about: Text,
    /// Whether no one takes part without it.
    pub required: bool,
}

/// A page of instructions.
#[derive(Clone, Debug, PartialEq)]
pub struct InstructionPage {
    /// Title; may be empty.
    pub title: Text,
    /// Text, in paragraphs.
    pub text: Text,
    /// What is shown above the text.
    pub picture: Option<PagePicture>,
}

/// A picture on a page of instructions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PagePicture {
    /// The keys of the next play stage.
    Keys,
    /// A PNG file, read when the plan was loaded.
    Png(Vec<u8>),
}

/// Play in a world.
#[derive(Clone, Debug, PartialEq)]
pub struct PlayStage {
    /// Whether it is practice.
    pub practice: bool,
    /// Id of the environment, or the path of its TOML file.
    pub env: String,
    /// The ruleset as resolved TOML, so that the plan is complete.
    pub ruleset: String,
    /// Names of the world's actions.
    pub actions: Vec<String>,
    /// The worlds that are played.
    pub seeds: Seeds,
    /// When the stage ends: whichever comes first. At least one is given.
    pub ends: Ends,
    /// When a step is taken.
    pub pace: PlayPace,
    /// Codes of the keys of each action, in the order of the world's actions. An action without a key cannot be chosen.
    pub keys: Vec<Vec<String>>,
    /// Colour of each action in the legend, 0xRRGGBB.
    pub colors: Vec<Option<u32>>,
    /// Name of each action in the legend; empty: the world's name with spaces.
    pub labels: Vec<Text>,
    /// What is shown beside the world.
    pub shown: ShownParts,
    /// Seconds that are counted down before the first step and after a pause.
    pub countdown: u32,
}

/// The worlds of a play stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seeds {
    /// This seed for all participants; episode k is the k-th of the seed.
    Fixed(i64),
    /// A seed for each participant, drawn from the seed of the study and the number of the participant.
    ByParticipant,
    /// Episode k begins in the first world of the k-th seed, and after the last one with the next world of the first. No seed twice.
    List(Vec<i64>),
}

/// When a play stage ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ends {
    /// Time in play; pauses do not count.
    pub time: Option<Duration>,
    /// Finished episodes.
    pub episodes: Option<u32>,
    /// Steps of all episodes.
    pub steps: Option<u64>,
    /// Whether an episode that has begun is played to its end when the time is up.
    pub finish_episode: bool,
}

/// When a step is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlayPace {
    /// One step each period, with or without a key.
    RealTime {
        /// Time between steps.
        period: Duration,
    },
    /// A step for each press.
    WaitForKey {
        /// Whether a key that is held repeats its action.
        held: bool,
    },
}

/// What a participant sees beside the world. No goals by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShownParts {
    /// Health, food, drink, energy.
    pub vitals: bool,
    /// What the player carries.
    pub inventory: bool,
    /// Keys with colours, pictures and words.
    pub legend: bool,
    /// How much time is left.
    pub timer: bool,
    /// Achievements that were unlocked.
    pub achievements: bool,
    /// The whole map in place of the agent's view.
    pub map: bool,
}

impl Default for ShownParts {
    fn default() -> ShownParts {
        ShownParts { vitals: true, inventory: true, legend: true, timer: false, achievements: false, map: false }
    }
}

/// A question of a survey.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Name in the data, unique in the plan.
    pub id: String,
    /// What is asked.
    pub label: Text,
    /// Whether an answer is needed to go on.
    pub required: bool,
    /// How it is answered.
    pub kind: QuestionKind,
}

/// How a question is answered.
#[derive(Clone, Debug, PartialEq)]
pub enum QuestionKind {
    /// Free text; the answer is a JSON string.
    Text {
        /// Whether there is room for several lines.
        lines: bool,
    },
    /// One of these, or several; the answer is the id, or a list of ids.
    Choice {
        /// Id in the data, and label.
        options: Vec<(String, Text)>,
        /// Whether several can be chosen.
        several: bool,
    },
    /// A whole number from `min` to `max` by a row of buttons; the answer is the number.
    Scale {
        /// Lowest value.
        min: i64,
        /// Highest value.
        max: i64,
        /// What the lowest value means.
        low: Text,
        /// What the highest value means.
        high: Text,
    },
    /// A number; the answer is the number.
    Number {
        /// Lowest value.
        min: Option<f64>,
        /// Highest value.
        max: Option<f64>,
    },
}

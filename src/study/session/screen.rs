//! What a participant is shown, and what comes in. The window draws a [`Screen`] and sends [`Input`]; it decides nothing.

use std::sync::Arc;

use serde_json::Value;

use crate::envs::Picture;
use crate::study::plan::Stage;

/// What is shown now.
#[derive(Clone, Debug)]
pub enum Screen {
    /// A page of a stage: consent, instructions, survey, break or end.
    Page(PageView),
    /// A world that is played.
    Play(PlayView),
    /// Nothing can be recorded now. The participant is told so calmly; it goes on by itself. Details are for the experimenter.
    Trouble {
        /// What failed, for the experimenter.
        details: String,
    },
    /// The session is over: the window may close.
    Closed,
}

/// A page of a stage.
#[derive(Clone, Debug)]
pub struct PageView {
    /// The stage.
    pub stage: Arc<Stage>,
    /// Language of all texts.
    pub language: String,
    /// Languages that can be chosen.
    pub languages: Vec<String>,
    /// Index of the stage among those of the participant's condition, and how many there are.
    pub progress: (usize, usize),
    /// Id of the participant, which consent pages name.
    pub participant: String,
    /// Index of the page of instructions.
    pub page: usize,
    /// Boxes of the consent, in order, as they are.
    pub boxes: Vec<bool>,
    /// Answers so far, in the order of the questions.
    pub answers: Vec<Option<Value>>,
    /// Why the page cannot be left: number of required boxes or questions that are open.
    pub missing: usize,
    /// Seconds until a break may end.
    pub wait: Option<u64>,
    /// Whether [`Input::Back`] leads anywhere.
    pub back: bool,
    /// The next play stage, whose keys a page of instructions can show, with the names of its actions.
    pub next_play: Option<(Arc<Stage>, Vec<String>)>,
}

/// Whether the game runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlayState {
    /// Steps are taken.
    Running,
    /// Steps begin in so many seconds.
    Countdown(u32),
    /// Paused by the participant or because the window lost the focus.
    Paused,
    /// The participant asked to stop and is asked whether for good.
    Stopping,
}

/// A world that is played.
#[derive(Clone, Debug)]
pub struct PlayView {
    /// The stage; its kind is play.
    pub stage: Arc<Stage>,
    /// Language of all texts.
    pub language: String,
    /// Number of the picture, which changes with every step. [`super::Session::presented`] takes it.
    pub number: u64,
    /// The picture of the world.
    pub picture: Arc<Picture>,
    /// Names of the world's actions.
    pub actions: Arc<Vec<String>>,
    /// Name, value and highest value of what the player has, vitals first; empty in worlds without items.
    pub items: Vec<(String, u32, u32)>,
    /// Number of vitals among the items.
    pub vitals: usize,
    /// A text of the world: the mission of MiniGrid.
    pub mission: Option<String>,
    /// Name of each achievement, and whether it was unlocked in this episode.
    pub achievements: Vec<(String, bool)>,
    /// Actions whose keys are down.
    pub pressed: Vec<u32>,
    /// Time left and whole time in microseconds, if the stage ends by time.
    pub time_left: Option<(u64, u64)>,
    /// Whether the game runs.
    pub state: PlayState,
}

/// What comes in from a participant or an experimenter.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// A key went down or up, by its physical position (W3C code).
    Key {
        /// Code of the key.
        code: String,
        /// Down or up.
        down: bool,
        /// Whether the desktop repeats a key that is held.
        repeated: bool,
    },
    /// The window got or lost the focus.
    Focus(bool),
    /// The window has this size in pixels and this scale.
    Resized {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// Pixels for each point.
        scale: f64,
    },
    /// A language was chosen.
    Language(String),
    /// A box of the consent was set.
    Box {
        /// Index of the box.
        index: usize,
        /// Whether it is ticked.
        given: bool,
    },
    /// A question was answered; None takes the answer back.
    Answer {
        /// Index of the question.
        index: usize,
        /// The answer as JSON (see [`crate::study::plan::QuestionKind`]).
        value: Option<Value>,
    },
    /// On to the next page or stage; on a consent page this agrees.
    Next,
    /// To the page before.
    Back,
    /// No consent.
    Decline,
    /// Pauses the game.
    Pause,
    /// Goes on after a pause.
    Resume,
    /// The participant wants to stop: is asked whether for good.
    Stop,
    /// The answer to that.
    StopForGood(bool),
    /// The window was closed.
    Close,
    /// The experimenter marks what happens now.
    Marker,
    /// The experimenter writes a note.
    Note(String),
    /// The experimenter ends the play stage after this episode.
    StopAfterEpisode,
    /// The experimenter ends the stage now.
    EndStage,
}

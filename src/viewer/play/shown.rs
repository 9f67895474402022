//! Whether two screens look the same: the window is painted only when something changed.

use serde_json::Value;

use crate::study::plan::StageKind;
use crate::study::session::{PlayState, Screen};

/// What is seen of a screen.
#[derive(Clone, Debug, PartialEq)]
pub enum ShownScreen {
    /// A page: stage, page, language, boxes, answers, what is missing, seconds to wait.
    Page {
        /// Stage and page of it.
        place: (usize, usize),
        /// Language.
        language: String,
        /// Boxes that are ticked.
        boxes: Vec<bool>,
        /// Answers.
        answers: Vec<Option<Value>>,
        /// What is missing, and the seconds to wait.
        left: (usize, Option<u64>),
    },
    /// A game.
    Play {
        /// Stage and picture.
        picture: (String, u64),
        /// Language.
        language: String,
        /// Whether it runs.
        state: PlayState,
        /// Actions that are pressed.
        pressed: Vec<u32>,
        /// Seconds left, if they are shown.
        seconds: Option<u64>,
    },
    /// Nothing can be recorded.
    Trouble(String),
    /// The session is over.
    Closed,
}

impl ShownScreen {
    /// Whether both show the same picture of a game that runs.
    pub fn has_picture_of(&self, other: &ShownScreen) -> bool {
        match (self, other) {
            (ShownScreen::Play { picture, state, .. }, ShownScreen::Play { picture: others, state: also, .. }) => {
                picture == others && *state == PlayState::Running && state == also
            }
            _ => false,
        }
    }

    /// What is seen of `screen`.
    pub fn of(screen: &Screen) -> ShownScreen {
        match screen {
            Screen::Page(view) => ShownScreen::Page {
                place: (view.progress.0, view.page),
                language: view.language.clone(),
                boxes: view.boxes.clone(),
                answers: view.answers.clone(),
                left: (view.missing, view.wait),
            },
            Screen::Play(view) => {
                let shows_time = matches!(&view.stage.kind, StageKind::Play(stage) if stage.shown.timer);
                ShownScreen::Play {
                    picture: (view.stage.id.clone(), view.number),
                    language: view.language.clone(),
                    state: view.state,
                    pressed: view.pressed.clone(),
                    seconds: view.time_left.filter(|_| shows_time).map(|(left, _)| left.div_ceil(1_000_000)),
                }
            }
            Screen::Trouble { details } => ShownScreen::Trouble(details.clone()),
            Screen::Closed => ShownScreen::Closed,
        }
    }
}

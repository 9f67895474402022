//! The parts of a ruleset that step and observe need.

use serde::{Deserialize, Serialize};

use super::cells::TRIPLES;
use crate::envs::shared::packing::Packed;

/// What terminates an episode, besides a goal and lava, and what is rewarded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// Only the common rules.
    #[default]
    Goal,
    /// Picking up the target is rewarded.
    Pickup,
    /// Picking up any object ends the episode; the target is rewarded.
    Fetch,
    /// `done` and `toggle` end the episode; `done` beside the target is rewarded.
    GoTo,
    /// The target object must be put next to the other target.
    PutNear,
    /// The target door must be open.
    Open,
    /// The target door must be open before the other one.
    OpenInOrder,
    /// Standing on either target ends the episode; only the first one is rewarded.
    Match,
    /// Balls move before every action. Walking into a ball or a wall is punished and ends the episode.
    Avoid,
}

impl Task {
    /// Number of target cells that a map has to name for the task.
    pub fn n_targets(self) -> usize {
        match self {
            Task::Goal | Task::Avoid => 0,
            Task::Pickup | Task::Fetch | Task::GoTo | Task::Open => 1,
            Task::PutNear | Task::OpenInOrder | Task::Match => 2,
        }
    }

    /// Whether the n-th target is an object, stored as its code; the others are cells.
    pub fn target_is_object(self, n: usize) -> bool {
        n == 0 && matches!(self, Task::Pickup | Task::Fetch | Task::PutNear)
    }
}

/// The constants of a world, as parameters of the kernels.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    pub width: u32,
    pub height: u32,
    pub max_steps: u32,
    pub view: u32,
    pub see_through_walls: bool,
    pub task: Task,
}

impl Rules {
    /// Packs the structure `Rules` of rules.wgsl after its head. `tiles` are the painter's, or empty if there is no painter.
    pub fn packed(&self, n_balls: usize, grid_words: usize, tiles: &[u32]) -> Packed {
        let mut packed = Packed::default();
        for (name, value) in [
            ("width", self.width),
            ("height", self.height),
            ("max_steps", self.max_steps),
            ("view", self.view),
            ("see_through_walls", u32::from(self.see_through_walls)),
            ("task", self.task as u32),
            ("n_balls", n_balls as u32),
            ("grid_words", grid_words as u32),
        ] {
            packed.field(name, value);
        }
        packed.table("triples", TRIPLES);
        packed.table("tiles", tiles.iter().copied());
        packed
    }
}

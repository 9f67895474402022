//! A ruleset as written in its TOML file, and the checks of its numbers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::layout::MAX_SIDE;
use super::rules::Task;
use crate::envs::shared::source::{LoadError, Options, Source};
use crate::envs::shared::text::{pair, pair_if_any, pairs};

/// Maximum length of an episode: ten times this is a reward that still fits an i32.
pub const MAX_STEPS: u32 = 200_000_000;
/// Maximum number of objects that a generator places one by one.
pub const MAX_OBJECTS: u32 = 16;
/// Maximum number of moving balls.
pub const MAX_BALLS: u32 = 64;
/// Maximum number of rooms of a level.
pub const MAX_ROOMS: u32 = 64;
/// Sides of the view that can be chosen.
pub const VIEWS: [u32; 5] = [3, 5, 7, 9, 11];

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ruleset {
    pub family: String,
    /// Width and height in cells.
    #[serde(deserialize_with = "pair")]
    pub size: [u32; 2],
    pub max_steps: u32,
    /// Side of the square the agent sees.
    #[serde(default = "default_view")]
    pub view: u32,
    #[serde(default)]
    pub see_through_walls: bool,
    #[serde(default)]
    pub task: Task,
    /// The text of the agent's task; the generator fills in placeholders (see mission.rs).
    pub mission: String,
    /// Values of `{phrase}`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phrases: Vec<String>,
    pub level: Level,
}

fn default_view() -> u32 {
    7
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Obstacle {
    Lava,
    Wall,
}

/// The generator of the levels, with its parameters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "generator", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Level {
    Empty {
        #[serde(default)]
        random_start: bool,
    },
    DoorKey {},
    Crossing {
        crossings: u32,
        obstacle: Obstacle,
    },
    DistShift {
        second_row: u32,
    },
    MovingBalls {
        balls: u32,
        #[serde(default)]
        random_start: bool,
    },
    Fetch {
        objects: u32,
    },
    FourRooms {},
    GoToDoor {},
    GoToObject {
        objects: u32,
    },
    LavaGap {
        #[serde(default = "lava")]
        obstacle: Obstacle,
    },
    LockedRoom {},
    Memory {
        #[serde(default)]
        random_length: bool,
    },
    MultiRoom {
        /// Minimum and maximum number of rooms.
        #[serde(deserialize_with = "pair")]
        rooms: [u32; 2],
        max_room_size: u32,
    },
    Playground {
        objects: u32,
    },
    PutNear {
        objects: u32,
    },
    RedBlueDoors {},
    /// Two rooms: the key opens the door between them.
    Unlock {},
    /// Two rooms: the box is behind the locked door.
    UnlockPickup {
        /// A ball lies in front of the door.
        #[serde(default)]
        blocked: bool,
    },
    KeyCorridor {
        rows: u32,
    },
    /// Two rooms, the ball behind the locked door.
    ObstructedPair {
        key_in_box: bool,
        blocked: bool,
    },
    ObstructedMaze {
        /// Column and row of the room in which the agent starts.
        #[serde(deserialize_with = "pair")]
        agent_room: [u32; 2],
        quarters: u32,
        key_in_box: bool,
        blocked: bool,
        /// Keys are placed after all doors and balls of a side room (the reference package's v1), so that no ball overwrites a key.
        keys_last: bool,
    },
    /// One fixed level, drawn or from a file.
    Map(MapLevel),
}

fn lava() -> Obstacle {
    Obstacle::Lava
}

/// A fixed level: a drawing, or MiniGrid's own `grid.encode()` array.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MapLevel {
    /// One character a cell, rows from the top (see map.rs for the characters).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub map: Option<String>,
    /// A .npy file of shape (width, height, 3), relative to the ruleset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub npy: Option<String>,
    /// Where the agent starts, unless the drawing shows it.
    #[serde(default, deserialize_with = "pair_if_any", skip_serializing_if = "Option::is_none")]
    pub agent: Option<[u32; 2]>,
    /// 0 east, 1 south, 2 west, 3 north.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<u32>,
    /// Target cells of the task.
    #[serde(default, deserialize_with = "pairs", skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<[u32; 2]>,
    /// What boxes of a .npy file hide; the array does not contain this.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub boxes: Vec<BoxContents>,
    /// More characters: 'k' = "yellow key", 'B' = "green box with red key".
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub legend: BTreeMap<String, String>,
}

/// What the box in a cell hides: "red key", "blue ball" or "empty".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoxContents {
    #[serde(deserialize_with = "pair")]
    pub at: [u32; 2],
    pub holds: String,
}

impl Ruleset {
    /// Reads a ruleset, applies the run's options, and checks it.
    ///
    /// # Errors
    /// `Malformed` if the text is not a ruleset, `Impossible` if no world can have these rules.
    pub fn read(source: &Source, options: &Options) -> Result<Self, LoadError> {
        let mut rules: Ruleset = toml::from_str(&source.text).map_err(|e| source.malformed(e.to_string().trim_end()))?;
        if let Some(length) = options.length {
            rules.max_steps = length;
        }
        if let Some((width, height)) = options.area {
            rules.size = [width, height];
        }
        refuse_foreign(options).and_then(|()| rules.check()).map_err(|why| source.impossible(why))?;
        Ok(rules)
    }

    pub fn balls(&self) -> u32 {
        match &self.level {
            Level::MovingBalls { balls, .. } => *balls,
            _ => 0,
        }
    }

    fn check(&self) -> Result<(), String> {
        let [width, height] = self.size;
        need(self.family == "minigrid", "family is not minigrid")?;
        need((3..=MAX_SIDE).contains(&width) && (3..=MAX_SIDE).contains(&height), format!("size: 3 to {MAX_SIDE} each"))?;
        need((1..=MAX_STEPS).contains(&self.max_steps), format!("max_steps: 1 to {MAX_STEPS}"))?;
        need(VIEWS.contains(&self.view), format!("view: one of {VIEWS:?}"))?;
        need(self.phrases.len() <= 256, "phrases: at most 256")?;
        let task = self.level.task();
        need(task.is_none_or(|task| task == self.task), format!("task: this generator makes levels for '{}'", task_name(task)))?;
        self.level.check(width, height)
    }
}

fn task_name(task: Option<Task>) -> String {
    task.and_then(|task| serde_json::to_value(task).ok()).and_then(|name| name.as_str().map(String::from)).unwrap_or_default()
}

fn need(holds: bool, why: impl Into<String>) -> Result<(), String> {
    if holds { Ok(()) } else { Err(why.into()) }
}

/// Refuses options that have no meaning in MiniGrid.
fn refuse_foreign(options: &Options) -> Result<(), String> {
    need(!options.picture_noise, "picture noise is a habit of Crafter; MiniGrid worlds have none")?;
    need(options.textures.is_none(), "MiniGrid worlds draw their own tiles and take no textures")
}

impl Level {
    /// Returns the task for which the generator sets targets; None if the ruleset names the targets itself.
    pub fn task(&self) -> Option<Task> {
        Some(match self {
            Level::MovingBalls { .. } => Task::Avoid,
            Level::Fetch { .. } => Task::Fetch,
            Level::GoToDoor {} | Level::GoToObject { .. } => Task::GoTo,
            Level::Memory { .. } => Task::Match,
            Level::PutNear { .. } => Task::PutNear,
            Level::RedBlueDoors {} => Task::OpenInOrder,
            Level::Unlock {} => Task::Open,
            Level::UnlockPickup { .. }
            | Level::KeyCorridor { .. }
            | Level::ObstructedPair { .. }
            | Level::ObstructedMaze { .. } => Task::Pickup,
            Level::Map(_) => return None,
            _ => Task::Goal,
        })
    }

    /// Columns and rows of equal rooms, for the generators that have them.
    pub fn rooms(&self) -> Option<(u32, u32)> {
        match self {
            Level::Unlock {} | Level::UnlockPickup { .. } | Level::ObstructedPair { .. } => Some((2, 1)),
            Level::KeyCorridor { rows } => Some((3, *rows)),
            Level::ObstructedMaze { .. } => Some((3, 3)),
            _ => None,
        }
    }

    #[expect(clippy::too_many_lines, reason = "one arm a generator")]
    fn check(&self, width: u32, height: u32) -> Result<(), String> {
        let at_least = |w, h| need(width >= w && height >= h, format!("size: this generator needs at least {w} x {h}"));
        let floor = (width - 2) * (height - 2);
        let objects = |n: u32, least: u32| {
            need((least..=MAX_OBJECTS).contains(&n), format!("objects: {least} to {MAX_OBJECTS}"))?;
            need(n < floor, "objects: more than there are free cells")
        };
        if let Some((columns, rows)) = self.rooms() {
            need((1..=MAX_ROOMS / columns).contains(&rows), format!("rows: at least 1, and at most {MAX_ROOMS} rooms in all"))?;
            let room = (width - 1) / columns;
            need(
                room >= 2 && width == room * columns + 1 && height == room * rows + 1,
                format!("size: {columns} x {rows} equal square rooms that share walls do not fill it"),
            )?;
        }
        match self {
            Level::Empty { .. } => at_least(4, 4),
            Level::DoorKey {} => at_least(5, 4),
            Level::Crossing { crossings, .. } => {
                need(width == height && width % 2 == 1 && width >= 5, "size: crossings need an odd square from 5 x 5")?;
                need((1..=width - 3).contains(crossings), format!("crossings: 1 to {}", width - 3))
            }
            Level::DistShift { second_row } => {
                at_least(7, 4)?;
                need((1..height - 1).contains(second_row), "second_row: a row between the walls")
            }
            Level::MovingBalls { balls, .. } => {
                at_least(4, 4)?;
                need((1..=MAX_BALLS).contains(balls), format!("balls: 1 to {MAX_BALLS}"))?;
                need(balls + 2 <= floor, "balls: more than there are free cells")
            }
            Level::Fetch { objects: n } | Level::GoToObject { objects: n } => objects(*n, 1),
            Level::PutNear { objects: n } => objects(*n, 2),
            Level::FourRooms {} => {
                at_least(7, 7)?;
                need(width % 2 == 1 && height % 2 == 1, "size: four rooms need odd sides")
            }
            Level::GoToDoor {} | Level::LavaGap { .. } => at_least(5, 5),
            Level::LockedRoom {} => {
                at_least(9, 13)?;
                need(
                    width % 2 == 1 && height % 3 == 1,
                    "size: the width must be odd, the height one more than a multiple of three",
                )
            }
            Level::Memory { .. } => {
                at_least(7, 7)?;
                need(height % 2 == 1, "size: the height must be odd")
            }
            Level::MultiRoom { rooms: [least, most], max_room_size } => {
                need(1 <= *least && least <= most && *most <= MAX_ROOMS, format!("rooms: from 1 up to {MAX_ROOMS}"))?;
                need((4..=width.min(height)).contains(max_room_size), "max_room_size: 4 up to the size of the map")
            }
            Level::Playground { objects: n } => {
                at_least(10, 10)?;
                objects(*n, 0)
            }
            Level::RedBlueDoors {} => need(height >= 4 && width == 2 * height, "size: twice as wide as high, and at least 8 x 4"),
            Level::ObstructedMaze { agent_room: [column, row], quarters, .. } => {
                need(*column < 3 && *row < 3, "agent_room: 0 to 2 each")?;
                need((1..=4).contains(quarters), "quarters: 1 to 4")
            }
            _ => Ok(()),
        }
    }
}

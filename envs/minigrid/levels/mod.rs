//! The level generators: host code that draws from an instance's PCG64 stream exactly as the package's `_gen_grid` does.
//!
//! The cells that are the same in every level of a ruleset are generated once, at loading (the template), and copied. A
//! generator adds the cells that vary.

mod builder;
mod crossing;
mod doors;
mod fixed;
mod key_corridor;
mod memory;
mod multi_room;
mod objects;
mod obstructed;
mod rooms;
mod unlock;
mod walls;

pub use builder::{Builder, Fault};

use super::cells::{GOAL_GREEN, LAVA_RED, WALL_GREY};
use super::map::FixedLevel;
use super::mission::Fills;
use super::ruleset::{Level, Obstacle};

impl Obstacle {
    fn code(self) -> u8 {
        match self {
            Obstacle::Lava => LAVA_RED,
            Obstacle::Wall => WALL_GREY,
        }
    }
}

/// Returns the cells that every level of the ruleset starts with.
pub fn template(level: &Level, width: u32, height: u32, fixed: Option<&FixedLevel>) -> Vec<u8> {
    let (w, h) = (width as i32, height as i32);
    let mut walls = walls::Walls::new(w, h);
    if let Some((columns, rows)) = level.rooms() {
        walls.rooms(columns as i32, rows as i32);
        return walls.cells;
    }
    match level {
        Level::Map(_) => return fixed.map(|fixed| fixed.cells.clone()).unwrap_or(walls.cells),
        Level::MultiRoom { .. } | Level::GoToDoor {} => return walls.cells,
        Level::RedBlueDoors {} => {
            walls.rect(0, 0, w, h);
            walls.rect(h / 2, 0, h, h);
        }
        Level::FourRooms {} => walls.four_rooms(),
        Level::Playground { .. } => walls.playground(),
        Level::LockedRoom {} => walls.locked_room(),
        Level::Memory { random_length } => walls.memory((!random_length).then_some(w - 3)),
        _ => walls.rect(0, 0, w, h),
    }
    let goal_in_the_corner = matches!(
        level,
        Level::Empty { .. } | Level::DoorKey {} | Level::Crossing { .. } | Level::MovingBalls { .. } | Level::LavaGap { .. }
    );
    if goal_in_the_corner {
        walls.set(w - 2, h - 2, GOAL_GREEN);
    }
    if let Level::DistShift { second_row } = level {
        walls.dist_shift(*second_row as i32);
    }
    walls.cells
}

/// Generates a level on a copy of the template.
///
/// # Errors
/// If a limit is exceeded; the reference package raises a RecursionError or never returns.
pub fn generate(level: &Level, fixed: Option<&FixedLevel>, b: &mut Builder) -> Result<(), Fault> {
    match level {
        Level::Empty { random_start } => fixed::empty(b, *random_start),
        Level::DistShift { .. } => fixed::start_in_corner(b),
        Level::MovingBalls { balls, random_start } => fixed::moving_balls(b, *balls, *random_start),
        Level::LavaGap { obstacle } => fixed::lava_gap(b, obstacle.code()),
        Level::Map(_) => fixed::map(b, fixed),
        Level::DoorKey {} => doors::door_key(b),
        Level::FourRooms {} => doors::four_rooms(b),
        Level::GoToDoor {} => doors::go_to_door(b),
        Level::LockedRoom {} => doors::locked_room(b),
        Level::RedBlueDoors {} => doors::red_blue(b),
        Level::Crossing { crossings, obstacle } => crossing::crossing(b, *crossings as usize, obstacle.code()),
        Level::Fetch { objects } => objects::fetch(b, *objects as usize),
        Level::GoToObject { objects } => objects::go_to_object(b, *objects as usize),
        Level::Playground { objects } => objects::playground(b, *objects),
        Level::PutNear { objects } => objects::put_near(b, *objects as usize),
        Level::Memory { random_length } => memory::memory(b, *random_length),
        Level::MultiRoom { rooms, max_room_size } => multi_room::multi_room(b, *rooms, *max_room_size as i32),
        Level::Unlock {} => unlock::unlock(b),
        Level::UnlockPickup { blocked } => unlock::unlock_pickup(b, *blocked),
        Level::KeyCorridor { rows } => key_corridor::key_corridor(b, *rows as usize),
        Level::ObstructedPair { key_in_box, blocked } => obstructed::pair(b, *key_in_box, *blocked),
        Level::ObstructedMaze { agent_room, quarters, key_in_box, blocked, keys_last } => {
            let room = (agent_room[0] as usize, agent_room[1] as usize);
            obstructed::maze(
                b,
                room,
                *quarters as usize,
                obstructed::Locks { key_in_box: *key_in_box, blocked: *blocked },
                *keys_last,
            )
        }
    }
}

/// Returns which arguments of a mission the generator fills in.
pub fn fills(level: &Level) -> Fills {
    let fills = |first, second, phrases| Fills { first, second, phrases };
    match level {
        Level::Fetch { .. } => fills(true, false, objects::FETCH_PHRASES as usize),
        Level::GoToDoor {} | Level::GoToObject { .. } => fills(true, false, 0),
        Level::LockedRoom {} | Level::PutNear { .. } => fills(true, true, 0),
        Level::UnlockPickup { .. } | Level::KeyCorridor { .. } | Level::ObstructedPair { .. } | Level::ObstructedMaze { .. } => {
            fills(true, false, 0)
        }
        _ => fills(false, false, 0),
    }
}

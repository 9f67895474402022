//! Mazes of rooms whose doors are locked, their keys hidden in boxes and balls in the way.

use super::builder::{Builder, Fault};
use super::rooms::{RIGHT, Rooms};
use crate::envs::minigrid::cells::{box_of, class, code, colour};
use crate::envs::minigrid::mission::arguments;

/// The ball to find, the balls in front of doors, and the colour of boxes with keys: the first three colours in alphabetical order.
const WANTED: u8 = code(class::BALL, colour::SORTED[0]);
const BLOCKING: u8 = code(class::BALL, colour::SORTED[1]);
const BOX_COLOUR: u8 = colour::SORTED[2];

/// How locked doors are obstructed: their keys are in boxes, balls lie in front of them.
#[derive(Clone, Copy)]
pub struct Locks {
    pub key_in_box: bool,
    pub blocked: bool,
}

/// Returns all colours in random order.
fn door_colours(b: &mut Builder) -> [u8; 6] {
    let mut left_over = colour::SORTED;
    std::array::from_fn(|n| {
        let drawn = b.index(colour::SORTED.len() - n);
        let colour = left_over[drawn];
        left_over[drawn..].rotate_left(1);
        colour
    })
}

fn locked_door(b: &mut Builder, rooms: &mut Rooms, room: (usize, usize), wall: usize, colour: u8, blocked: bool) {
    const STEPS: [(i32, i32); 4] = [(1, 0), (0, 1), (-1, 0), (0, -1)];
    let (x, y) = rooms.add_door(b, room, wall, colour, true);
    if blocked {
        b.set(x - STEPS[wall].0, y - STEPS[wall].1, BLOCKING);
    }
}

fn key(b: &mut Builder, rooms: &Rooms, room: (usize, usize), colour: u8, in_box: bool) -> Result<(), Fault> {
    let key = code(class::KEY, colour);
    rooms.place(b, room, if in_box { box_of(BOX_COLOUR, key) } else { key })
}

fn finish(b: &mut Builder, rooms: &Rooms, ball_room: (usize, usize), agent_room: (usize, usize)) -> Result<(), Fault> {
    rooms.place(b, ball_room, WANTED)?;
    rooms.place_agent(b, agent_room)?;
    b.target = WANTED.into();
    b.mission = arguments(WANTED, 0, 0);
    Ok(())
}

/// Two rooms.
pub fn pair(b: &mut Builder, key_in_box: bool, blocked: bool) -> Result<(), Fault> {
    let mut rooms = Rooms::new(b, 2, 1);
    let colours = door_colours(b);
    locked_door(b, &mut rooms, (0, 0), RIGHT, colours[0], blocked);
    key(b, &rooms, (0, 0), colours[0], key_in_box)?;
    finish(b, &rooms, (1, 0), (0, 0))
}

/// Three by three rooms. Doors lead from the middle room to `quarters` side rooms, and locked doors
/// from each of these to the corner rooms.
pub fn maze(b: &mut Builder, agent_room: (usize, usize), quarters: usize, locks: Locks, keys_last: bool) -> Result<(), Fault> {
    const SIDES: [(usize, usize); 4] = [(2, 1), (1, 2), (0, 1), (1, 0)];
    const CORNERS: [(usize, usize); 4] = [(2, 0), (2, 2), (0, 2), (0, 0)];
    let mut rooms = Rooms::new(b, 3, 3);
    let colours = door_colours(b);
    for (i, &side) in SIDES.iter().enumerate().take(quarters) {
        rooms.add_door(b, (1, 1), i, colours[i], false);
        // the wall before and the wall after wall i; colours wrap around at six, walls at four
        let both = [((i + 3) % 4, colours[(i + 5) % 6]), ((i + 1) % 4, colours[(i + 1) % 6])];
        for (wall, colour) in both {
            locked_door(b, &mut rooms, side, wall, colour, locks.blocked);
            if !keys_last {
                key(b, &rooms, side, colour, locks.key_in_box)?;
            }
        }
        if keys_last {
            for (_, colour) in both {
                key(b, &rooms, side, colour, locks.key_in_box)?;
            }
        }
    }
    let ball_room = b.pick(&CORNERS[..quarters]);
    finish(b, &rooms, ball_room, agent_room)
}

//! A chain of rooms; each is entered through a door in a wall of the one before.

use super::builder::{Area, Builder, Fault};
use crate::envs::minigrid::cells::{GOAL_GREEN, WALL_GREY, class, code, colour};
use crate::envs::minigrid::ruleset::MAX_ROOMS;

const SMALLEST: i32 = 4;
/// Number of exits tried from a room.
const EXITS_TRIED: u32 = 8;
/// Number of chains of rooms tried before the level counts as impossible; the reference package would never stop.
const ROWS_TRIED: u32 = 100_000;
/// Walls: 0 right, 1 bottom, 2 left, 3 top.
const FIRST_ENTRY: u32 = 2;

#[derive(Clone, Copy)]
struct Room {
    area: Area,
    door: (i32, i32),
}

struct Row {
    rooms: [Room; MAX_ROOMS as usize],
    n: usize,
    largest: i32,
}

pub fn multi_room(b: &mut Builder, [least, most]: [u32; 2], largest: i32) -> Result<(), Fault> {
    let wanted = b.number(least as i32, most as i32 + 1) as usize;
    let nowhere = Room { area: b.everywhere(), door: (0, 0) };
    let mut row = Row { rooms: [nowhere; MAX_ROOMS as usize], n: 0, largest };
    let mut tries = 0;
    while row.n < wanted {
        if tries == ROWS_TRIED {
            return Err(Fault::NoRooms);
        }
        tries += 1;
        row.n = 0;
        let door = (b.number(0, b.width - 2), b.number(0, b.width - 2));
        extend(b, &mut row, wanted, FIRST_ENTRY, door);
    }
    let mut last_colour = u8::MAX;
    for (ix, room) in row.rooms[..row.n].iter().enumerate() {
        draw_walls(b, room.area);
        if ix > 0 {
            last_colour = other_colour(b, last_colour);
            b.set(room.door.0, room.door.1, code(class::DOOR_CLOSED, last_colour));
        }
    }
    b.place_agent(row.rooms[0].area)?;
    b.place(GOAL_GREEN, row.rooms[row.n - 1].area)?;
    Ok(())
}

/// Draws a colour other than `taken` from the remaining colours in alphabetical order.
fn other_colour(b: &mut Builder, taken: u8) -> u8 {
    let place = colour::SORTED.iter().position(|&colour| colour == taken).unwrap_or(colour::SORTED.len());
    let n = colour::SORTED.len() - usize::from(place < colour::SORTED.len());
    let drawn = b.index(n);
    colour::SORTED[drawn + usize::from(drawn >= place)]
}

fn draw_walls(b: &mut Builder, area: Area) {
    let Area { x, y, w, h } = area;
    for i in x..x + w {
        b.set(i, y, WALL_GREY);
        b.set(i, y + h - 1, WALL_GREY);
    }
    for j in y..y + h {
        b.set(x, j, WALL_GREY);
        b.set(x + w - 1, j, WALL_GREY);
    }
}

/// Adds a room whose entrance is `door` in its wall `entry`, then tries to extend the chain from it. Returns
/// false if the room itself does not fit.
fn extend(b: &mut Builder, row: &mut Row, left: usize, entry: u32, door: (i32, i32)) -> bool {
    let w = b.number(SMALLEST, row.largest + 1);
    let h = b.number(SMALLEST, row.largest + 1);
    let area = around(b, row.n == 0, entry, door, w, h);
    if !fits(b, row, area) {
        return false;
    }
    row.rooms[row.n] = Room { area, door };
    row.n += 1;
    if left == 1 {
        return true;
    }
    for _ in 0..EXITS_TRIED {
        let drawn = b.index(3) as u32;
        let exit = drawn + u32::from(drawn >= entry);
        let along = if exit.is_multiple_of(2) { b.number(1, h - 1) } else { b.number(1, w - 1) };
        let next_door = match exit {
            0 => (area.x + w - 1, area.y + along),
            1 => (area.x + along, area.y + h - 1),
            2 => (area.x, area.y + along),
            _ => (area.x + along, area.y),
        };
        if extend(b, row, left - 1, (exit + 2) % 4, next_door) {
            break;
        }
    }
    true
}

/// Returns the area of a room of this size with the door in its wall `entry`. The first room has its upper left corner at the door.
fn around(b: &mut Builder, first: bool, entry: u32, (x, y): (i32, i32), w: i32, h: i32) -> Area {
    let (left, top) = match entry {
        _ if first => (x, y),
        0 => (x - w + 1, b.number(y - h + 2, y)),
        1 => (b.number(x - w + 2, x), y - h + 1),
        2 => (x, b.number(y - h + 2, y)),
        _ => (b.number(x - w + 2, x), y),
    };
    Area { x: left, y: top, w, h }
}

/// Whether the room lies on the map and overlaps no room but the last. The bounds are those of the reference package: one row stays free
/// below. A room may directly adjoin a room on its left or above it; one on its right or below it must be a cell away.
fn fits(b: &Builder, row: &Row, a: Area) -> bool {
    if a.x < 0 || a.y < 0 || a.x + a.w > b.width || a.y + a.h >= b.height {
        return false;
    }
    row.rooms[..row.n.saturating_sub(1)].iter().all(|room| {
        let r = room.area;
        a.x + a.w < r.x || r.x + r.w <= a.x || a.y + a.h < r.y || r.y + r.h <= a.y
    })
}

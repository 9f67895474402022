//! Levels about doors and gaps in walls.

use super::builder::{Area, Builder, Fault};
use crate::envs::minigrid::cells::{EMPTY, GOAL_GREEN, WALL_GREY, class, code, colour};
use crate::envs::minigrid::mission::arguments;

/// A wall with a locked door splits the room; the key lies on the agent's side.
pub fn door_key(b: &mut Builder) -> Result<(), Fault> {
    let split = b.number(2, b.width - 2);
    (0..b.height).for_each(|y| b.set(split, y, WALL_GREY));
    let side = Area { x: 0, y: 0, w: split, h: b.height };
    b.place_agent(side)?;
    let door = b.number(1, b.height - 2);
    b.set(split, door, code(class::DOOR_LOCKED, colour::YELLOW));
    b.place(code(class::KEY, colour::YELLOW), side)?;
    Ok(())
}

pub fn four_rooms(b: &mut Builder) -> Result<(), Fault> {
    let (w, h) = (b.width / 2, b.height / 2);
    let gap = b.number(1, h);
    b.set(w, gap, EMPTY);
    let gap = b.number(1, w);
    b.set(gap, h, EMPTY);
    let gap = b.number(w + 1, 2 * w);
    b.set(gap, h, EMPTY);
    let gap = b.number(h + 1, 2 * h);
    b.set(w, gap, EMPTY);
    b.place_agent(b.everywhere())?;
    b.place(GOAL_GREEN, b.everywhere())?;
    Ok(())
}

/// A room of random size with a door in every wall; the doors have different colours.
pub fn go_to_door(b: &mut Builder) -> Result<(), Fault> {
    let w = b.number(5, b.width + 1);
    let h = b.number(5, b.height + 1);
    for x in 0..w {
        b.set(x, 0, WALL_GREY);
        b.set(x, h - 1, WALL_GREY);
    }
    for y in 0..h {
        b.set(0, y, WALL_GREY);
        b.set(w - 1, y, WALL_GREY);
    }
    let doors = [(b.number(2, w - 2), 0), (b.number(2, w - 2), h - 1), (0, b.number(2, h - 2)), (w - 1, b.number(2, h - 2))];
    let mut colours = [u8::MAX; 4];
    let mut n = 0;
    while n < colours.len() {
        let colour = b.colour();
        if !colours[..n].contains(&colour) {
            colours[n] = colour;
            n += 1;
        }
    }
    for ((x, y), colour) in doors.into_iter().zip(colours) {
        b.set(x, y, code(class::DOOR_CLOSED, colour));
    }
    b.place_agent(Area { x: 0, y: 0, w, h })?;
    let wanted = b.index(doors.len());
    b.aim(doors[wanted]);
    b.mission = arguments(code(class::DOOR_CLOSED, colours[wanted]), 0, 0);
    Ok(())
}

/// Six rooms along a corridor: the goal is in the locked one, its key in another.
pub fn locked_room(b: &mut Builder) -> Result<(), Fault> {
    let (left, right) = (b.width / 2 - 2, b.width / 2 + 2);
    let (room_w, room_h) = (left + 1, b.height / 3 + 1);
    let room = |n: usize| {
        let y = (n / 2) as i32 * (room_h - 1);
        if n.is_multiple_of(2) { (0, y, (left, y + 3)) } else { (right, y, (right, y + 3)) }
    };
    let inside = |b: &mut Builder, n: usize| {
        let (x, y, _) = room(n);
        (b.number(x + 1, x + room_w - 1), b.number(y + 1, y + room_h - 1))
    };
    let locked = b.index(6);
    let (x, y) = inside(b, locked);
    b.set(x, y, GOAL_GREEN);
    let mut left_over = colour::SORTED;
    let mut colours = [0; 6];
    for (n, colour) in colours.iter_mut().enumerate() {
        let drawn = b.index(6 - n);
        *colour = left_over[drawn];
        left_over[drawn..].rotate_left(1);
        let class = if n == locked { class::DOOR_LOCKED } else { class::DOOR_CLOSED };
        let (_, _, (x, y)) = room(n);
        b.set(x, y, code(class, *colour));
    }
    let key_room = loop {
        let n = b.index(6);
        if n != locked {
            break n;
        }
    };
    let (x, y) = inside(b, key_room);
    b.set(x, y, code(class::KEY, colours[locked]));
    b.place_agent(Area { x: left, y: 0, w: right - left, h: b.height })?;
    b.mission = arguments(code(class::KEY, colours[locked]), code(class::DOOR_CLOSED, colours[key_room]), 0);
    Ok(())
}

/// A room in the middle with a red door on its left and a blue one on its right.
pub fn red_blue(b: &mut Builder) -> Result<(), Fault> {
    let size = b.height;
    b.place_agent(Area { x: size / 2, y: 0, w: size, h: size })?;
    let red = (size / 2, b.number(1, size - 1));
    b.set(red.0, red.1, code(class::DOOR_CLOSED, colour::RED));
    let blue = (size / 2 + size - 1, b.number(1, size - 1));
    b.set(blue.0, blue.1, code(class::DOOR_CLOSED, colour::BLUE));
    b.aim(red);
    b.aim_other(blue);
    Ok(())
}

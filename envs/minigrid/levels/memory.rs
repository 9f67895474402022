//! An object lies in the start room, two lie at the end of a hallway. The task is to choose the one that equals the first.

use super::builder::{Builder, Fault};
use crate::envs::minigrid::cells::{WALL_GREY, class, code, colour};

pub fn memory(b: &mut Builder, random_length: bool) -> Result<(), Fault> {
    let middle = b.height / 2;
    let end = if random_length { b.number(4, b.width - 2) } else { b.width - 3 };
    if random_length {
        hallway(b, end);
    }
    let x = b.number(1, end + 1);
    b.start_at(x, middle, 0);
    let (key, ball) = (code(class::KEY, colour::GREEN), code(class::BALL, colour::GREEN));
    let shown = b.pick(&[key, ball]);
    b.set(1, middle - 1, shown);
    let (upper, lower) = b.pick(&[(ball, key), (key, ball)]);
    b.set(end + 1, middle - 2, upper);
    b.set(end + 1, middle + 2, lower);
    let (below_upper, above_lower) = ((end + 1, middle - 1), (end + 1, middle + 1));
    if shown == upper {
        b.aim(below_upper);
        b.aim_other(above_lower);
    } else {
        b.aim(above_lower);
        b.aim_other(below_upper);
    }
    Ok(())
}

fn hallway(b: &mut Builder, end: i32) {
    let middle = b.height / 2;
    for x in 5..end {
        b.set(x, middle - 1, WALL_GREY);
        b.set(x, middle + 1, WALL_GREY);
    }
    for y in 0..b.height {
        if y != middle {
            b.set(end, y, WALL_GREY);
        }
        b.set(end + 2, y, WALL_GREY);
    }
}

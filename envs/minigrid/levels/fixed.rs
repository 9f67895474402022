//! Levels in which nearly everything is fixed: empty rooms, rows of lava, moving balls, maps.

use super::builder::{BALL_TRIES, Builder, Fault};
use crate::envs::minigrid::cells::{EMPTY, class, code, colour};
use crate::envs::minigrid::layout::cell_word;
use crate::envs::minigrid::map::FixedLevel;

pub fn start_in_corner(b: &mut Builder) -> Result<(), Fault> {
    b.start_at(1, 1, 0);
    Ok(())
}

pub fn empty(b: &mut Builder, random_start: bool) -> Result<(), Fault> {
    if random_start { b.place_agent(b.everywhere()) } else { start_in_corner(b) }
}

pub fn moving_balls(b: &mut Builder, balls: u32, random_start: bool) -> Result<(), Fault> {
    empty(b, random_start)?;
    for ball in 0..balls as usize {
        let (x, y) = b.find(b.everywhere(), BALL_TRIES, |_, _, _| false)?;
        b.set(x, y, code(class::BALL, colour::BLUE));
        b.balls[ball] = cell_word(x as u32, y as u32);
    }
    Ok(())
}

/// A wall of `obstacle` with one gap.
pub fn lava_gap(b: &mut Builder, obstacle: u8) -> Result<(), Fault> {
    b.start_at(1, 1, 0);
    let x = b.number(2, b.width - 2);
    let gap = b.number(1, b.height - 1);
    for y in 1..b.height - 1 {
        b.set(x, y, if y == gap { EMPTY } else { obstacle });
    }
    Ok(())
}

/// The template already holds the cells of the map.
pub fn map(b: &mut Builder, fixed: Option<&FixedLevel>) -> Result<(), Fault> {
    if let Some(level) = fixed {
        b.start_at(level.agent.0 as i32, level.agent.1 as i32, level.direction);
        (b.target, b.other) = (level.targets[0], level.targets[1]);
        b.balls.copy_from_slice(&level.balls);
    }
    Ok(())
}

//! A corridor with rooms on both sides; the ball is behind a locked door on the right, its key somewhere on the left.

use super::builder::{Builder, Fault};
use super::rooms::{LEFT, Rooms};
use crate::envs::minigrid::cells::{class, code};
use crate::envs::minigrid::mission::arguments;

pub fn key_corridor(b: &mut Builder, rows: usize) -> Result<(), Fault> {
    let mut rooms = Rooms::new(b, 3, rows);
    (1..rows).for_each(|j| rooms.open_top(b, 1, j));
    let locked = b.index(rows);
    let colour = b.colour();
    rooms.add_door(b, (2, locked), LEFT, colour, true);
    let ball = code(class::BALL, b.colour());
    rooms.place(b, (2, locked), ball)?;
    let key_row = b.index(rows);
    rooms.place(b, (0, key_row), code(class::KEY, colour))?;
    rooms.place_agent(b, (1, rows / 2))?;
    rooms.connect_all(b)?;
    b.target = ball.into();
    b.mission = arguments(ball, 0, 0);
    Ok(())
}

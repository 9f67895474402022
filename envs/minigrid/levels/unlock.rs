//! Two rooms with a locked door between them.

use super::builder::{Builder, Fault};
use super::rooms::{RIGHT, Rooms};
use crate::envs::minigrid::cells::{class, code};
use crate::envs::minigrid::mission::arguments;

/// The task is to open the door.
pub fn unlock(b: &mut Builder) -> Result<(), Fault> {
    let mut rooms = Rooms::new(b, 2, 1);
    let colour = b.colour();
    let door = rooms.add_door(b, (0, 0), RIGHT, colour, true);
    rooms.place(b, (0, 0), code(class::KEY, colour))?;
    rooms.place_agent(b, (0, 0))?;
    b.aim(door);
    Ok(())
}

/// The task is to pick up the box behind the door; if `blocked`, a ball lies in front of the door.
pub fn unlock_pickup(b: &mut Builder, blocked: bool) -> Result<(), Fault> {
    let mut rooms = Rooms::new(b, 2, 1);
    let wanted = code(class::BOX, b.colour());
    rooms.place(b, (1, 0), wanted)?;
    let colour = b.colour();
    let (x, y) = rooms.add_door(b, (0, 0), RIGHT, colour, true);
    if blocked {
        let ball = code(class::BALL, b.colour());
        b.set(x - 1, y, ball);
    }
    rooms.place(b, (0, 0), code(class::KEY, colour))?;
    rooms.place_agent(b, (0, 0))?;
    b.target = wanted.into();
    b.mission = arguments(wanted, 0, 0);
    Ok(())
}

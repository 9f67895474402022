//! Levels made of equal rooms in columns and rows: doors between them, objects in them.

use super::builder::{Area, Builder, Fault, ROOM_TRIES};
use crate::envs::minigrid::cells::{EMPTY, class, class_of, code, colour};
use crate::envs::minigrid::ruleset::MAX_ROOMS;

/// Walls of a room: 0 right, 1 bottom, 2 left, 3 top.
pub const RIGHT: usize = 0;
pub const LEFT: usize = 2;
pub const TOP: usize = 3;
/// Number of rounds of connecting rooms after which the reference package gives up.
const CONNECT_ROUNDS: u32 = 5000;

#[derive(Clone, Copy, Default)]
struct Room {
    /// The cell of the door in each wall, if there is a room behind the wall.
    door_cells: [Option<(i32, i32)>; 4],
    /// Walls that can be passed: through a door, or because the wall was removed.
    passages: [bool; 4],
    locked: bool,
}

/// The rooms of a level that is being generated.
pub struct Rooms {
    rooms: [Room; MAX_ROOMS as usize],
    columns: usize,
    rows: usize,
    /// Distance in cells from one room's corner to the next room's.
    pitch_x: i32,
    pitch_y: i32,
}

impl Rooms {
    /// Draws the cells of possible doors. At first the agent is in the middle; [`Rooms::place`] keeps objects away from it.
    pub fn new(b: &mut Builder, columns: usize, rows: usize) -> Self {
        let (pitch_x, pitch_y) = ((b.width - 1) / columns as i32, (b.height - 1) / rows as i32);
        let mut it = Rooms { rooms: [Room::default(); MAX_ROOMS as usize], columns, rows, pitch_x, pitch_y };
        for j in 0..rows {
            for i in 0..columns {
                let (x, y) = (i as i32 * pitch_x, j as i32 * pitch_y);
                if i + 1 < columns {
                    let door = (x + pitch_x, b.number(y + 1, y + pitch_y));
                    it.room(i, j).door_cells[0] = Some(door);
                    it.room(i + 1, j).door_cells[2] = Some(door);
                }
                if j + 1 < rows {
                    let door = (b.number(x + 1, x + pitch_x), y + pitch_y);
                    it.room(i, j).door_cells[1] = Some(door);
                    it.room(i, j + 1).door_cells[3] = Some(door);
                }
            }
        }
        let middle = |n: usize, pitch: i32| (n / 2) as i32 * pitch + (pitch + 1) / 2;
        b.start_at(middle(columns, pitch_x), middle(rows, pitch_y), 0);
        it
    }

    fn room(&mut self, i: usize, j: usize) -> &mut Room {
        &mut self.rooms[j * self.columns + i]
    }

    /// Returns the room behind a wall.
    fn behind(i: usize, j: usize, wall: usize) -> (usize, usize) {
        match wall {
            0 => (i + 1, j),
            1 => (i, j + 1),
            2 => (i - 1, j),
            _ => (i, j - 1),
        }
    }

    fn area(&self, i: usize, j: usize) -> Area {
        Area { x: i as i32 * self.pitch_x, y: j as i32 * self.pitch_y, w: self.pitch_x + 1, h: self.pitch_y + 1 }
    }

    fn connect(&mut self, i: usize, j: usize, wall: usize) {
        let (next_i, next_j) = Self::behind(i, j, wall);
        self.room(i, j).passages[wall] = true;
        self.room(next_i, next_j).passages[(wall + 2) % 4] = true;
    }

    /// Adds a door to a wall that has a room behind it. Returns the door's cell.
    pub fn add_door(&mut self, b: &mut Builder, (i, j): (usize, usize), wall: usize, colour: u8, locked: bool) -> (i32, i32) {
        let cell = self.room(i, j).door_cells[wall].expect("doors are only added where a room lies behind the wall");
        self.room(i, j).locked = locked;
        b.set(cell.0, cell.1, code(if locked { class::DOOR_LOCKED } else { class::DOOR_CLOSED }, colour));
        self.connect(i, j, wall);
        cell
    }

    /// Removes the upper wall of a room.
    pub fn open_top(&mut self, b: &mut Builder, i: usize, j: usize) {
        let area = self.area(i, j);
        (1..area.w - 1).for_each(|k| b.set(area.x + k, area.y, EMPTY));
        self.connect(i, j, TOP);
    }

    /// Puts an object on a random cell of a room that is not next to the agent.
    pub fn place(&self, b: &mut Builder, (i, j): (usize, usize), code: u8) -> Result<(), Fault> {
        let beside = |b: &Builder, x: i32, y: i32| (b.x - x).abs() + (b.y - y).abs() < 2;
        let (x, y) = b.find(self.area(i, j), ROOM_TRIES, beside)?;
        b.set(x, y, code);
        Ok(())
    }

    /// Puts the agent into a room, not facing an object.
    pub fn place_agent(&self, b: &mut Builder, (i, j): (usize, usize)) -> Result<(), Fault> {
        const STEPS: [(i32, i32); 4] = [(1, 0), (0, 1), (-1, 0), (0, -1)];
        for _ in 0..ROOM_TRIES {
            b.place_agent_within(self.area(i, j), ROOM_TRIES)?;
            let (dx, dy) = STEPS[b.dir as usize];
            let front = b.get(b.x + dx, b.y + dy);
            if front == EMPTY || class_of(front) == class::WALL {
                return Ok(());
            }
        }
        Err(Fault::NoFreeCell)
    }

    /// Adds doors until every room can be reached; locked doors count as passages.
    pub fn connect_all(&mut self, b: &mut Builder) -> Result<(), Fault> {
        let start = (b.x / self.pitch_x) as usize + (b.y / self.pitch_y) as usize * self.columns;
        for _ in 0..=CONNECT_ROUNDS {
            if self.all_reached(start) {
                return Ok(());
            }
            let i = b.index(self.columns);
            let j = b.index(self.rows);
            let wall = b.index(4);
            let room = *self.room(i, j);
            if room.door_cells[wall].is_none() || room.passages[wall] {
                continue;
            }
            let (next_i, next_j) = Self::behind(i, j, wall);
            if room.locked || self.room(next_i, next_j).locked {
                continue;
            }
            let colour = b.pick(&colour::SORTED);
            self.add_door(b, (i, j), wall, colour, false);
        }
        Err(Fault::NotConnected)
    }

    fn all_reached(&self, start: usize) -> bool {
        let n = self.columns * self.rows;
        let mut reached = 1u64 << start;
        let mut fresh = reached;
        while fresh != 0 {
            let at = fresh.trailing_zeros() as usize;
            fresh &= fresh - 1;
            for wall in (0..4).filter(|&wall| self.rooms[at].passages[wall]) {
                let (i, j) = Self::behind(at % self.columns, at / self.columns, wall);
                let bit = 1u64 << (j * self.columns + i);
                fresh |= bit & !reached;
                reached |= bit;
            }
        }
        reached.count_ones() as usize == n
    }
}

//! Levels of scattered objects.

use super::builder::{Builder, Fault};
use crate::envs::minigrid::cells::{class, code};
use crate::envs::minigrid::mission::arguments;
use crate::envs::minigrid::ruleset::MAX_OBJECTS;

/// Number of phrases with which a fetch mission may begin.
pub const FETCH_PHRASES: u32 = 5;
const KINDS: [u8; 3] = [class::KEY, class::BALL, class::BOX];

/// The objects placed so far.
struct Placed {
    codes: [u8; MAX_OBJECTS as usize],
    cells: [(i32, i32); MAX_OBJECTS as usize],
    n: usize,
}

impl Placed {
    fn new() -> Self {
        Placed { codes: [0; MAX_OBJECTS as usize], cells: [(0, 0); MAX_OBJECTS as usize], n: 0 }
    }

    fn has(&self, code: u8) -> bool {
        self.codes[..self.n].contains(&code)
    }

    fn add(&mut self, code: u8, cell: (i32, i32)) {
        self.codes[self.n] = code;
        self.cells[self.n] = cell;
        self.n += 1;
    }

    /// Whether a cell holds one of the objects or is adjacent to one, diagonally included.
    fn touches(&self, x: i32, y: i32) -> bool {
        self.cells[..self.n].iter().any(|&(at_x, at_y)| (x - at_x).abs() <= 1 && (y - at_y).abs() <= 1)
    }
}

fn random_object(b: &mut Builder, kinds: &[u8]) -> u8 {
    let class = b.pick(kinds);
    let colour = b.colour();
    code(class, colour)
}

/// Keys and balls; the task is to fetch one of them.
pub fn fetch(b: &mut Builder, n: usize) -> Result<(), Fault> {
    let mut placed = Placed::new();
    while placed.n < n {
        let object = random_object(b, &KINDS[..2]);
        let cell = b.place(object, b.everywhere())?;
        placed.add(object, cell);
    }
    b.place_agent(b.everywhere())?;
    let wanted = placed.codes[b.index(n)];
    let phrase = b.index(FETCH_PHRASES as usize) as u32;
    b.target = wanted.into();
    b.mission = arguments(wanted, 0, phrase);
    Ok(())
}

/// Different objects; the task is to go to one of them.
pub fn go_to_object(b: &mut Builder, n: usize) -> Result<(), Fault> {
    let mut placed = Placed::new();
    while placed.n < n {
        let object = random_object(b, &KINDS);
        if !placed.has(object) {
            let cell = b.place(object, b.everywhere())?;
            placed.add(object, cell);
        }
    }
    b.place_agent(b.everywhere())?;
    let wanted = b.index(n);
    b.aim(placed.cells[wanted]);
    b.mission = arguments(placed.codes[wanted], 0, 0);
    Ok(())
}

/// Different objects that do not touch; the task is to put one of them near another.
pub fn put_near(b: &mut Builder, n: usize) -> Result<(), Fault> {
    let mut placed = Placed::new();
    while placed.n < n {
        let object = random_object(b, &KINDS);
        if !placed.has(object) {
            let cell = b.place_unless(object, |_, x, y| placed.touches(x, y))?;
            placed.add(object, cell);
        }
    }
    b.place_agent(b.everywhere())?;
    let moved = b.index(n);
    let near = loop {
        let near = b.index(n);
        if near != moved {
            break near;
        }
    };
    b.target = placed.codes[moved].into();
    b.aim_other(placed.cells[near]);
    b.mission = arguments(placed.codes[moved], placed.codes[near], 0);
    Ok(())
}

/// Nine rooms with doors between them, and random objects.
pub fn playground(b: &mut Builder, n: u32) -> Result<(), Fault> {
    let (w, h) = (b.width / 3, b.height / 3);
    for j in 0..3 {
        for i in 0..3 {
            let (left, top) = (i * w, j * h);
            if i < 2 {
                let y = b.number(top + 1, top + h - 1);
                let colour = b.colour();
                b.set(left + w, y, code(class::DOOR_CLOSED, colour));
            }
            if j < 2 {
                let x = b.number(left + 1, left + w - 1);
                let colour = b.colour();
                b.set(x, top + h, code(class::DOOR_CLOSED, colour));
            }
        }
    }
    b.place_agent(b.everywhere())?;
    for _ in 0..n {
        let object = random_object(b, &KINDS);
        b.place(object, b.everywhere())?;
    }
    Ok(())
}

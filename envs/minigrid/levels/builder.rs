//! The builder that all generators use: grid, random stream and agent, and the placing of objects by rejection.

use crate::envs::minigrid::cells::{EMPTY, colour};
use crate::envs::minigrid::layout::cell_word;
use crate::shaders::shared::pcg64::{Generator, Pcg64};

/// A limit that the generation of a level exceeded. The numbers are those of `core[FAULT]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    NoFreeCell = 1,
    NotConnected = 2,
    NoRooms = 3,
}

impl Fault {
    pub fn text(code: u32) -> String {
        let text = match code {
            1 => {
                "no free cell was found for something of the level (the package gives up or never returns): fewer objects or a larger size"
            }
            2 => "the rooms could not be connected (the package raises a RecursionError): another number of rows",
            3 => "the rooms found no place on the map (the package never returns): fewer or smaller rooms or a larger size",
            _ => return format!("fault {code}, which MiniGrid worlds do not report"),
        };
        text.to_string()
    }
}

/// Number of tries where the reference package has no limit. If all fail, the level counts as having no free cell.
const PATIENCE: u32 = 1_000_000;
/// Number of tries in rooms and for moving balls; the limits of the reference package allow one more than they say.
pub const ROOM_TRIES: u32 = 1001;
pub const BALL_TRIES: u32 = 101;

/// A coordinate outside the map: before the agent is placed, its position excludes no cell.
const NOWHERE: i32 = -1;

/// A level that is being generated.
pub struct Builder<'a> {
    pub grid: &'a mut [u8],
    /// Cells of the moving balls.
    pub balls: &'a mut [u32],
    pub width: i32,
    pub height: i32,
    pub rng: Pcg64,
    pub x: i32,
    pub y: i32,
    pub dir: u32,
    pub mission: u32,
    pub target: u32,
    pub other: u32,
}

/// A rectangle of cells: left, top, width, height.
#[derive(Clone, Copy, Debug)]
pub struct Area {
    pub x: i32,
    pub y: i32,
    pub w: i32,
    pub h: i32,
}

impl<'a> Builder<'a> {
    /// Starts a level as a copy of the template.
    pub fn new(grid: &'a mut [u8], balls: &'a mut [u32], template: &[u8], size: (u32, u32), rng: Pcg64) -> Self {
        grid.copy_from_slice(template);
        let (width, height) = (size.0 as i32, size.1 as i32);
        Builder { grid, balls, width, height, rng, x: NOWHERE, y: NOWHERE, dir: 0, mission: 0, target: 0, other: 0 }
    }

    #[inline]
    pub fn get(&self, x: i32, y: i32) -> u8 {
        self.grid[(y * self.width + x) as usize]
    }

    #[inline]
    pub fn set(&mut self, x: i32, y: i32, code: u8) {
        self.grid[(y * self.width + x) as usize] = code;
    }

    /// Draws a number from `low` to `high - 1`.
    #[inline]
    pub fn number(&mut self, low: i32, high: i32) -> i32 {
        self.rng.integers(low, high)
    }

    /// Draws an index into `n` things.
    #[inline]
    pub fn index(&mut self, n: usize) -> usize {
        self.rng.below(n as u32) as usize
    }

    /// Draws one of `items`.
    #[inline]
    pub fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.index(items.len())]
    }

    pub fn colour(&mut self) -> u8 {
        self.pick(&colour::SORTED)
    }

    pub fn everywhere(&self) -> Area {
        Area { x: 0, y: 0, w: self.width, h: self.height }
    }

    /// Draws an empty cell of `area` that does not hold the agent and is not rejected, in at most `tries` tries.
    pub fn find(&mut self, area: Area, tries: u32, reject: impl Fn(&Self, i32, i32) -> bool) -> Result<(i32, i32), Fault> {
        let (left, top) = (area.x.max(0), area.y.max(0));
        let (right, bottom) = ((left + area.w).min(self.width), (top + area.h).min(self.height));
        for _ in 0..tries {
            let x = self.rng.integers(left, right);
            let y = self.rng.integers(top, bottom);
            if self.get(x, y) == EMPTY && (x, y) != (self.x, self.y) && !reject(self, x, y) {
                return Ok((x, y));
            }
        }
        Err(Fault::NoFreeCell)
    }

    /// Puts `code` on a random empty cell of `area`.
    pub fn place(&mut self, code: u8, area: Area) -> Result<(i32, i32), Fault> {
        let (x, y) = self.find(area, PATIENCE, |_, _, _| false)?;
        self.set(x, y, code);
        Ok((x, y))
    }

    /// Like [`Builder::place`], but on any cell of the map that `reject` does not reject.
    pub fn place_unless(&mut self, code: u8, reject: impl Fn(&Self, i32, i32) -> bool) -> Result<(i32, i32), Fault> {
        let (x, y) = self.find(self.everywhere(), PATIENCE, reject)?;
        self.set(x, y, code);
        Ok((x, y))
    }

    /// Puts the agent on a random empty cell of `area`, in a random direction.
    pub fn place_agent(&mut self, area: Area) -> Result<(), Fault> {
        self.place_agent_within(area, PATIENCE)
    }

    pub fn place_agent_within(&mut self, area: Area, tries: u32) -> Result<(), Fault> {
        (self.x, self.y) = (NOWHERE, NOWHERE);
        (self.x, self.y) = self.find(area, tries, |_, _, _| false)?;
        self.dir = self.rng.below(4);
        Ok(())
    }

    pub fn start_at(&mut self, x: i32, y: i32, dir: u32) {
        (self.x, self.y, self.dir) = (x, y, dir);
    }

    pub fn aim(&mut self, (x, y): (i32, i32)) {
        self.target = cell_word(x as u32, y as u32);
    }

    pub fn aim_other(&mut self, (x, y): (i32, i32)) {
        self.other = cell_word(x as u32, y as u32);
    }

    /// Returns the agent's cell, or the first cell inside the walls if the generation failed before the agent was placed.
    pub fn start(&self) -> (u32, u32) {
        if self.x < 0 { (1, 1) } else { (self.x as u32, self.y as u32) }
    }
}

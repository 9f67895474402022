//! The tables that the step reads: a ruleset turned into integers, shared by all instances. `compile` makes them.

use crate::envs::shared::packing::{Packed, halves};

/// Maximum numbers of key cells and of door cells: each cell has one bit of a word.
pub const MAX_KEYS: usize = 32;
pub const MAX_DOORS: usize = 32;
/// Letters of keys and doors, 'a' to 'h'.
pub const LETTERS: usize = 8;
/// Maximum number of TV cells of a map; each takes one byte of the observation.
pub const MAX_TVS: usize = 64;
/// Maximum number of colours of a TV; a colour takes four bits of the state.
pub const MAX_COLOURS: u32 = 16;

/// Kinds of cells. The observation shows these numbers.
pub mod kind {
    pub const FLOOR: u32 = 0;
    pub const WALL: u32 = 1;
    pub const GOAL: u32 = 2;
    pub const LAVA: u32 = 3;
    pub const ICE: u32 = 4;
    pub const ONE_WAY: u32 = 5;
    pub const KEY: u32 = 6;
    pub const DOOR: u32 = 7;
    pub const TV: u32 = 8;
    pub const MARK: u32 = 9;
}

/// A cell in one word: exits (4 bits), kind (4), number among the cells of its kind (6), letter or direction (5), terminal (1).
pub mod cell {
    pub const EXITS: u32 = 15;
    pub const KIND_SHIFT: u32 = 4;
    pub const NUMBER_SHIFT: u32 = 8;
    pub const LETTER_SHIFT: u32 = 14;
    pub const TERMINAL: u32 = 1 << 19;

    pub fn kind(word: u32) -> u32 {
        word >> KIND_SHIFT & 15
    }

    pub fn number(word: u32) -> u32 {
        word >> NUMBER_SHIFT & 63
    }

    pub fn letter(word: u32) -> u32 {
        word >> LETTER_SHIFT & 31
    }
}

/// Kinds of actions. The bits from `WAY_SHIFT` on hold a direction.
pub mod act {
    pub const STAY: u32 = 0;
    pub const MOVE: u32 = 1;
    pub const TURN_LEFT: u32 = 2;
    pub const TURN_RIGHT: u32 = 3;
    pub const FORWARD: u32 = 4;
    /// One cell down, then one to the side.
    pub const DIVE: u32 = 5;
    pub const WAY_SHIFT: u32 = 8;
}

/// Conditions on which a TV changes its colour.
pub mod on {
    pub const ALWAYS: u32 = 0;
    pub const ACTION: u32 = 1;
    pub const CHANCE: u32 = 2;
}

/// The `sight` of a TV that is visible from every cell.
pub const ANYWHERE: u32 = u32::MAX;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TvRule {
    pub cell: u32,
    pub on: u32,
    pub colours: u32,
    /// Action id, for `on::ACTION`.
    pub action: u32,
    /// The TV switches if 53 random bits are below this, for `on::CHANCE`.
    pub below: u64,
    pub sight: u32,
}

/// The current against moves in one direction. If 53 random bits are below `stay`, the move does not happen. Otherwise, if they are below
/// `back`, it goes the opposite way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CurrentRule {
    pub stay: u64,
    pub back: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    pub width: u32,
    pub height: u32,
    pub max_steps: u32,
    pub facing: u32,
    /// A move slips if 53 random bits are below this.
    pub slip: u64,
    /// Directions of the moves in the action set, as bits. A slip replaces one of them by another.
    pub ways: u32,
    pub spend_keys: bool,
    /// `act` words, by action id.
    pub actions: Vec<u32>,
    /// Rewards of actions in units, by action id.
    pub action_rewards: Vec<i32>,
    /// Cells on which an episode can begin; all are equally likely.
    pub starts: Vec<u32>,
    /// `[height, width]`, `cell` words.
    pub cells: Vec<u32>,
    /// `[height, width]`: reward of a step that ends on the cell, in units.
    pub rewards: Vec<i32>,
    /// By direction; all zero without currents.
    pub currents: [CurrentRule; 4],
    pub has_currents: bool,
    pub tvs: Vec<TvRule>,
    /// Bits of the key cells and of the door cells of each letter.
    pub keys_of: [u32; LETTERS],
    pub doors_of: [u32; LETTERS],
    pub n_keys: usize,
    pub n_doors: usize,
}

impl Rules {
    /// Returns what the kernels read: the struct `Rules` of rules.wgsl without its head. `words` is the number of words of an instance in
    /// `grid`;
    /// the byte counts are those of observe.rs.
    pub fn packed(&self, words: usize, taken_bytes: usize, opened_bytes: usize) -> Packed {
        let mut packed = Packed::default();
        let [slip_lo, slip_hi] = halves(self.slip);
        for (name, value) in [
            ("width", self.width),
            ("height", self.height),
            ("max_steps", self.max_steps),
            ("slip_lo", slip_lo),
            ("slip_hi", slip_hi),
            ("ways", self.ways),
            ("spend_keys", u32::from(self.spend_keys)),
            ("has_currents", u32::from(self.has_currents)),
            ("n_actions", self.actions.len() as u32),
            ("n_tvs", self.tvs.len() as u32),
            ("words", words as u32),
            ("taken_bytes", taken_bytes as u32),
            ("opened_bytes", opened_bytes as u32),
        ] {
            packed.field(name, value);
        }
        packed.table("actions", self.actions.iter().copied());
        packed.table("action_rewards", self.action_rewards.iter().map(|units| *units as u32));
        packed.table("cells", self.cells.iter().copied());
        packed.table("rewards", self.rewards.iter().map(|units| *units as u32));
        packed.table("currents", self.currents.iter().flat_map(|c| [halves(c.stay), halves(c.back)].concat()));
        packed.table("tvs", self.tvs.iter().flat_map(TvRule::words));
        packed.table("keys_of", self.keys_of);
        packed.table("doors_of", self.doors_of);
        packed
    }
}

impl TvRule {
    fn words(&self) -> [u32; 7] {
        let [low, high] = halves(self.below);
        [self.cell, self.on, self.colours, self.action, low, high, self.sight]
    }
}

/// Whether the player can never stand on a cell with this word.
pub fn solid(word: u32) -> bool {
    cell::kind(word) == kind::WALL || cell::kind(word) == kind::TV && cell::letter(word) == 1
}

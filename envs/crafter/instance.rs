//! Access to one instance's buffers: cells, objects, chunks, the player. No rule of the game is here.

use super::layout::{Layout, body};
use super::rules::{DIRECTIONS, material};
use crate::envs::shared::core::Core;

/// Fault: an object was added for which there was no room. Steps have room; the generator of worlds retries with more room.
pub const FAULT_OBJECTS: u32 = 1;

/// Bit of a chunk's word of creatures: the chunk has held an object.
const CHUNK_EXISTS: u32 = 1 << 31;

/// The words of one instance.
pub struct Instance<'a> {
    pub core: &'a mut [u32],
    pub world: &'a mut [u32],
    pub mobs: &'a mut [u32],
    pub body: &'a mut [u32],
    /// True after an object was removed, until [`Instance::compact`] closes the holes of the list.
    pub holes: bool,
}

/// An object's word, unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mob {
    pub x: u32,
    pub y: u32,
    pub kind: u32,
    pub facing: u32,
    pub health: u32,
}

impl Mob {
    #[inline]
    pub fn unpack(word: u32) -> Mob {
        Mob { x: word & 0xff, y: word >> 8 & 0xff, kind: word >> 16 & 0xf, facing: word >> 20 & 0xf, health: word >> 24 }
    }

    #[inline]
    pub fn pack(self) -> u32 {
        self.x | self.y << 8 | self.kind << 16 | self.facing << 20 | self.health << 24
    }
}

/// The occupant of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occupant {
    Nobody,
    Player,
    /// Slot in the object list.
    Mob(usize),
}

impl Instance<'_> {
    /// Index of the cell at (x, y); None outside the map.
    #[inline]
    pub fn cell(&self, at: &Layout, x: i32, y: i32) -> Option<usize> {
        ((x as u32) < at.width && (y as u32) < at.height).then(|| (y as u32 * at.width + x as u32) as usize)
    }

    #[inline]
    pub fn material(&self, cell: usize) -> u32 {
        self.world[cell / 8] >> (cell % 8 * 4) & 15
    }

    /// Changes a cell and the count of grass and path of its chunk.
    pub fn set_material(&mut self, at: &Layout, cell: usize, to: u32) {
        let from = self.material(cell);
        let shift = cell % 8 * 4;
        self.world[cell / 8] = self.world[cell / 8] & !(15 << shift) | to << shift;
        let chunk = chunk_of(at, cell as u32 % at.width, cell as u32 / at.width);
        let space = &mut self.world[at.chunk_space + chunk];
        *space = space.wrapping_sub(space_unit(from)).wrapping_add(space_unit(to));
    }

    #[inline]
    pub fn is_occupied(&self, at: &Layout, cell: usize) -> bool {
        self.world[at.occupied + cell / 32] >> (cell % 32) & 1 == 1
    }

    #[inline]
    fn flip_occupied(&mut self, at: &Layout, cell: usize) {
        self.world[at.occupied + cell / 32] ^= 1 << (cell % 32);
    }

    #[inline]
    pub fn n_mobs(&self) -> usize {
        self.mobs[0] as usize
    }

    #[inline]
    pub fn mob(&self, slot: usize) -> Mob {
        Mob::unpack(self.mobs[1 + slot])
    }

    #[inline]
    pub fn set_mob(&mut self, slot: usize, mob: Mob) {
        self.mobs[1 + slot] = mob.pack();
    }

    /// Number of objects that there is room for. The words are a count and two lists of this length.
    #[inline]
    pub fn capacity(&self) -> usize {
        self.mobs.len() / 2
    }

    /// Returns the object's cooldown (zombie), reload counter (skeleton) or age (plant).
    #[inline]
    pub fn extra(&self, slot: usize) -> u32 {
        self.mobs[1 + self.capacity() + slot]
    }

    #[inline]
    pub fn set_extra(&mut self, slot: usize, value: u32) {
        let at = 1 + self.capacity() + slot;
        self.mobs[at] = value;
    }

    /// Returns the occupant of `cell`.
    #[inline]
    pub fn occupant(&self, at: &Layout, cell: usize) -> Occupant {
        if !self.is_occupied(at, cell) {
            return Occupant::Nobody;
        }
        let place = (cell as u32 % at.width) | ((cell as u32 / at.width) << 8);
        if place == self.body[body::X] | self.body[body::Y] << 8 {
            return Occupant::Player;
        }
        let words = &self.mobs[1..1 + self.n_mobs()];
        match words.iter().position(|w| w & 0xffff == place && w >> 16 & 15 != 0) {
            Some(slot) => Occupant::Mob(slot),
            None => Occupant::Nobody,
        }
    }

    /// Whether (x, y) lies on the map, is unoccupied, and is of a material in the bit set `walkable`.
    #[inline]
    pub fn is_free(&self, at: &Layout, x: i32, y: i32, walkable: u32) -> bool {
        self.cell(at, x, y).is_some_and(|cell| walkable >> self.material(cell) & 1 == 1 && !self.is_occupied(at, cell))
    }

    /// Adds a new object at the end of the list; sets the fault if there is no room.
    pub fn add(&mut self, at: &Layout, mob: Mob, extra: u32) {
        let slot = self.n_mobs();
        if slot >= self.capacity() {
            self.core[Core::FAULT] = FAULT_OBJECTS;
            return;
        }
        self.set_mob(slot, mob);
        self.set_extra(slot, extra);
        self.mobs[0] += 1;
        self.flip_occupied(at, (mob.y * at.width + mob.x) as usize);
        self.enter_chunk(at, chunk_of(at, mob.x, mob.y), mob.kind);
    }

    /// Removes the object of `slot` from the world; the slot is a hole until [`Instance::compact`].
    pub fn remove(&mut self, at: &Layout, slot: usize) {
        let mob = self.mob(slot);
        self.flip_occupied(at, (mob.y * at.width + mob.x) as usize);
        self.leave_chunk(at, chunk_of(at, mob.x, mob.y), mob.kind);
        self.mobs[1 + slot] = 0;
        self.holes = true;
    }

    /// Moves the object of `slot` to a free cell.
    pub fn relocate(&mut self, at: &Layout, slot: usize, x: u32, y: u32) {
        let mut mob = self.mob(slot);
        self.flip_occupied(at, (mob.y * at.width + mob.x) as usize);
        self.flip_occupied(at, (y * at.width + x) as usize);
        let (from, to) = (chunk_of(at, mob.x, mob.y), chunk_of(at, x, y));
        if from != to {
            self.leave_chunk(at, from, mob.kind);
            self.enter_chunk(at, to, mob.kind);
        }
        (mob.x, mob.y) = (x, y);
        self.set_mob(slot, mob);
    }

    /// Moves the player to a free cell.
    pub fn relocate_player(&mut self, at: &Layout, x: u32, y: u32) {
        let from = (self.body[body::Y] * at.width + self.body[body::X]) as usize;
        self.flip_occupied(at, from);
        self.enter_player(at, x, y);
    }

    /// Puts the player on an unoccupied cell.
    pub fn enter_player(&mut self, at: &Layout, x: u32, y: u32) {
        (self.body[body::X], self.body[body::Y]) = (x, y);
        self.flip_occupied(at, (y * at.width + x) as usize);
        self.enter_chunk(at, chunk_of(at, x, y), 0);
    }

    /// Counts an object that enters a chunk. If it is the chunk's first object, appends the chunk to the list of chunks.
    fn enter_chunk(&mut self, at: &Layout, chunk: usize, kind: u32) {
        let mobs = self.world[at.chunk_mobs + chunk];
        if mobs & CHUNK_EXISTS == 0 {
            self.world[at.chunk_mobs + chunk] |= CHUNK_EXISTS;
            let n = self.world[at.chunk_order];
            self.world[at.chunk_order + 1 + n as usize] = chunk as u32;
            self.world[at.chunk_order] = n + 1;
        }
        self.count_in_chunk(at, chunk, |counts| counts.wrapping_add(mob_unit(kind)));
    }

    fn leave_chunk(&mut self, at: &Layout, chunk: usize, kind: u32) {
        self.count_in_chunk(at, chunk, |counts| counts.wrapping_sub(mob_unit(kind)));
    }

    /// Changes the chunk's word of creatures modulo 2^31 and keeps the bit `CHUNK_EXISTS` set.
    fn count_in_chunk(&mut self, at: &Layout, chunk: usize, change: impl FnOnce(u32) -> u32) {
        let word = &mut self.world[at.chunk_mobs + chunk];
        *word = change(*word & !CHUNK_EXISTS) & !CHUNK_EXISTS | CHUNK_EXISTS;
    }

    /// Returns the number of creatures of a kind in a chunk. In small chunks a byte of the chunk's word holds the number;
    /// in others the creatures are counted.
    #[inline]
    pub fn creatures(&self, at: &Layout, chunk: usize, kind: u32) -> u32 {
        if at.small_chunks {
            return self.world[at.chunk_mobs + chunk] >> (8 * (kind - super::rules::kind::COW)) & 0xff;
        }
        self.counted_creatures(at, chunk, kind)
    }

    #[cold]
    fn counted_creatures(&self, at: &Layout, chunk: usize, kind: u32) -> u32 {
        let mobs = self.mobs[1..1 + self.n_mobs()].iter().map(|word| Mob::unpack(*word));
        mobs.filter(|mob| mob.kind == kind && chunk_of(at, mob.x, mob.y) == chunk).count() as u32
    }

    /// Closes the holes of the object list. The order is kept and the tail is zeroed.
    pub fn compact(&mut self) {
        if !self.holes {
            return;
        }
        self.holes = false;
        let n = self.n_mobs();
        let mut kept = 0;
        for slot in 0..n {
            let word = self.mobs[1 + slot];
            if word != 0 {
                let extra = self.extra(slot);
                self.mobs[1 + kept] = word;
                self.set_extra(kept, extra);
                kept += 1;
            }
        }
        for slot in kept..n {
            self.mobs[1 + slot] = 0;
            self.set_extra(slot, 0);
        }
        self.mobs[0] = kept as u32;
    }

    #[inline]
    pub fn item(&self, item: usize) -> i32 {
        self.body[body::ITEMS + item] as i32
    }

    #[inline]
    pub fn add_item(&mut self, item: usize, n: i32) {
        let word = &mut self.body[body::ITEMS + item];
        *word = (*word as i32 + n) as u32;
    }

    #[inline]
    pub fn achieve(&mut self, at: &Layout, achievement: Option<usize>) {
        if let Some(a) = achievement {
            self.body[at.achievements + a] += 1;
            self.body[body::UNLOCKED] |= 1 << a;
        }
    }

    /// L1 distance from (x, y) to the player.
    #[inline]
    pub fn distance(&self, x: u32, y: u32) -> u32 {
        x.abs_diff(self.body[body::X]) + y.abs_diff(self.body[body::Y])
    }

    /// The step from (x, y) towards the player along the longer or the shorter axis; may be (0, 0).
    #[inline]
    pub fn toward(&self, x: u32, y: u32, long_axis: bool) -> (i32, i32) {
        let dx = self.body[body::X] as i32 - x as i32;
        let dy = self.body[body::Y] as i32 - y as i32;
        let along_x = if long_axis { dx.abs() > dy.abs() } else { dx.abs() <= dy.abs() };
        if along_x { (dx.signum(), 0) } else { (0, dy.signum()) }
    }

    /// The cell that the player faces, perhaps outside the map.
    #[inline]
    pub fn faced(&self) -> (i32, i32) {
        let (dx, dy) = DIRECTIONS[self.body[body::FACING] as usize];
        (self.body[body::X] as i32 + dx, self.body[body::Y] as i32 + dy)
    }
}

#[inline]
pub fn chunk_of(at: &Layout, x: u32, y: u32) -> usize {
    (at.chunk_of_x[x as usize] + at.chunk_of_y[y as usize]) as usize
}

/// Returns what a cell of this material adds to its chunk's word of space.
#[inline]
pub fn space_unit(of: u32) -> u32 {
    match of {
        material::GRASS => 1,
        material::PATH => 1 << 16,
        _ => 0,
    }
}

/// Returns what an object of this kind adds to its chunk's word of creatures.
#[inline]
fn mob_unit(kind: u32) -> u32 {
    match kind {
        super::rules::kind::COW => 1,
        super::rules::kind::ZOMBIE => 1 << 8,
        super::rules::kind::SKELETON => 1 << 16,
        _ => 0,
    }
}

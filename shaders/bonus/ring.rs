//! The last points of an instance, and the search for the nearest of them. Memory: the number of stored points, the index of the next one,
//! then the points, two integers a word.

use super::points::{Features, Limit, MAX_DIMS, MAX_LOOPS, Points, add_square, number, within};

/// Most points of a ring.
pub const MAX_CAPACITY: usize = 4096;
/// Most neighbours that are searched.
pub const MAX_NEAREST: usize = 16;
const STORED: usize = 0;
const NEXT: usize = 1;
const POINTS: usize = 2;

/// A ring of points of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ring {
    capacity: usize,
    nearest: usize,
    dims: usize,
    episodic: bool,
}

impl Ring {
    /// Creates a ring of `capacity` points, in which the `nearest` nearest are searched. With `episodic`, it is emptied when an episode
    /// begins.
    ///
    /// # Errors
    /// [`Limit`] on more than [`MAX_CAPACITY`] points, more than [`MAX_NEAREST`] or `capacity` neighbours, or more work for a transition
    /// than [`MAX_LOOPS`].
    pub fn new(points: &Points, capacity: usize, nearest: usize, episodic: bool) -> Result<Ring, Limit> {
        within("the capacity of a ring of points", capacity, 1, MAX_CAPACITY)?;
        within("the number of neighbours", nearest, 1, MAX_NEAREST.min(capacity))?;
        let Features { n_bytes, dims, .. } = points.features;
        let work = n_bytes * (dims + 1) + capacity * (dims.div_ceil(2) + nearest + 1);
        within("the work of looking for neighbours", work, 1, MAX_LOOPS)?;
        Ok(Ring { capacity, nearest, dims: points.features.dims, episodic })
    }

    /// Number of words of the ring for each instance.
    pub fn words(&self) -> usize {
        POINTS + self.capacity * self.dims.div_ceil(2)
    }

    /// Number of neighbours that are searched.
    pub fn wanted(&self) -> usize {
        self.nearest
    }

    /// Writes the numbers of the ring for the kernel.
    pub fn write(&self, numbers: &mut [u32]) {
        numbers[number::EPISODIC] = u32::from(self.episodic);
        numbers[number::CAPACITY] = self.capacity as u32;
        numbers[number::NEAREST] = self.nearest as u32;
    }

    /// Begins an episode.
    pub fn begin(&self, memory: &mut [u32]) {
        if self.episodic {
            memory[STORED] = 0;
            memory[NEXT] = 0;
        }
    }

    /// Stores `point` in place of the oldest.
    pub fn store(&self, point: &[i32; MAX_DIMS], memory: &mut [u32]) {
        let words = self.dims.div_ceil(2);
        let at = POINTS + memory[NEXT] as usize * words;
        for w in 0..words {
            memory[at + w] = point[2 * w] as u32 & 0xffff | (point[2 * w + 1] as u32) << 16;
        }
        memory[STORED] = (memory[STORED] + 1).min(self.capacity as u32);
        memory[NEXT] = if memory[NEXT] + 1 == self.capacity as u32 { 0 } else { memory[NEXT] + 1 };
    }

    /// Returns the squared distances of the stored points that are nearest to `point`, ascending, and their number.
    pub fn nearest(&self, point: &[i32; MAX_DIMS], memory: &[u32]) -> ([u32; MAX_NEAREST], usize) {
        let words = self.dims.div_ceil(2);
        let stored = memory[STORED] as usize;
        let mut near = [0; MAX_NEAREST];
        for s in 0..stored {
            let at = POINTS + s * words;
            let mut square = 0;
            for w in 0..words {
                let both = memory[at + w];
                square = add_square(square, point[2 * w], (both << 16) as i32 >> 16);
                square = add_square(square, point[2 * w + 1], both as i32 >> 16);
            }
            if s >= self.nearest && square >= near[self.nearest - 1] {
                continue;
            }
            let mut place = s.min(self.nearest - 1);
            while place > 0 && near[place - 1] > square {
                near[place] = near[place - 1];
                place -= 1;
            }
            near[place] = square;
        }
        (near, stored.min(self.nearest))
    }
}

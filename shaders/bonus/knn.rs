//! Particle entropy as a stream (the form of RE3 and APT): ln(1 + d / unit), d the distance to the k-th nearest of the points that the
//! instance saw before, or the mean distance of the k nearest. Nothing while fewer than k are stored. Integers throughout.

use super::points::{Limit, Points, Scale, ln_one_plus, ln_table, number, within};
use super::ring::Ring;
use super::roots::isqrt;
use super::{Bonus, Counts, Inserts, Order, Seen};

/// Most units that a distance may be measured in.
pub const MAX_UNIT: usize = 1024;
const MEAN: usize = number::OWN;
const UNIT: usize = number::OWN + 1;
const PLACES: usize = number::OWN + 2;
const BITS: usize = number::OWN + 3;
const LN_UNIT: usize = number::OWN + 4;
const LN_TABLE: usize = number::OWN + 5;

/// How neighbours make a bonus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Points that an instance keeps, the oldest forgotten first.
    pub capacity: usize,
    /// k.
    pub nearest: usize,
    /// The mean of the k smallest distances instead of the k-th.
    pub mean: bool,
    /// Points are forgotten when an episode begins.
    pub episodic: bool,
    /// What a distance of 1 is; None: the distance expected of one byte that differs.
    pub unit: Option<usize>,
}

impl Default for Options {
    fn default() -> Self {
        Options { capacity: 256, nearest: 3, mean: false, episodic: false, unit: None }
    }
}

/// The bonus `knn`.
#[derive(Clone, Debug)]
pub struct Knn {
    points: Points,
    ring: Ring,
    mean: bool,
    scale: Scale,
    table: Vec<u32>,
}

impl Knn {
    /// # Errors
    /// See [`Ring::new`]; [`Limit`] on a unit of 0 or more than [`MAX_UNIT`].
    pub fn new(points: Points, options: Options) -> Result<Knn, Limit> {
        let Options { capacity, nearest, mean, episodic, unit } = options;
        let ring = Ring::new(&points, capacity, nearest, episodic)?;
        let usual = isqrt(points.unit_squared()) as usize;
        let unit = within("the unit of distance", unit.unwrap_or(usual), 1, MAX_UNIT)? as u32;
        let table = ln_table();
        let scale = Scale::new(if mean { nearest as u32 } else { 1 }, unit, &table);
        Ok(Knn { points, ring, mean, scale, table })
    }
}

impl Bonus for Knn {
    fn order(&self) -> Order {
        Order::ReadBefore
    }

    fn inserts(&self) -> Inserts {
        Inserts::Nothing
    }

    fn own_words(&self) -> usize {
        self.ring.words()
    }

    fn begin(&self, seen: &Seen, own: &mut [u32]) {
        self.ring.begin(own);
        self.ring.store(&self.points.point(seen.obs), own);
    }

    fn visit(&self, seen: &Seen, table: &dyn Counts, own: &mut [u32]) -> Result<i32, u32> {
        let value = self.peek(seen, table, own);
        self.ring.store(&self.points.point(seen.obs), own);
        Ok(value)
    }

    fn peek(&self, seen: &Seen, _: &dyn Counts, own: &[u32]) -> i32 {
        let (near, found) = self.ring.nearest(&self.points.point(seen.obs), own);
        let wanted = self.ring.wanted();
        if found < wanted {
            return 0;
        }
        let first = if self.mean { 0 } else { wanted - 1 };
        ln_one_plus(&near[first..wanted], &self.scale, &self.table)
    }

    fn wgsl(&self) -> &'static str {
        "shaders/bonus/knn.wgsl"
    }

    fn params(&self) -> Vec<u32> {
        let mut words = self.points.numbers(false);
        self.ring.write(&mut words);
        words[MEAN] = u32::from(self.mean);
        (words[UNIT], words[PLACES], words[BITS]) = (self.scale.unit, self.scale.places, self.scale.bits);
        words[LN_UNIT] = self.scale.ln_unit;
        words[LN_TABLE] = (number::WORDS + self.points.table.len()) as u32;
        [&words[..], &self.points.table, &self.table].concat()
    }
}

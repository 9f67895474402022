//! Noise over a whole map in f32, with a bound on the error. It is fast and decides most cells; the exact float64 noise decides the rest.
//!
//! OpenSimplex noise is the sum over all lattice points nearer than sqrt(2) of `(2 - d^2)^4 * (gradient . d) / 103`, except for a
//! few contributions that the reference omits. A sum lattice point by lattice point along rows of cells needs no table look-up and
//! no branch in the inner loop. The omitted contributions are at most [`OMITTED`] (a search in the tests shows this), and rounding
//! stays far below [`ROUNDING`]. So the difference from the reference is below [`ERROR`]. If a value is nearer to its threshold
//! than that, the exact noise decides.

use super::noise::{GRADIENTS, NORM, Noise};
use super::rules::MAX_SIDE;

/// Bound for what the vertices that the reference omits could add to |noise|.
pub const OMITTED: f64 = 3e-4;
/// Bound for f32 rounding: about 60 operations of relative error 2^-24 on sums below 16 * 12 * sqrt(2) / 103 < 3.
pub const ROUNDING: f64 = 5e-5;
/// Bound for |field - noise|.
pub const ERROR: f32 = 4e-4;
const _: () = assert!(OMITTED + ROUNDING < ERROR as f64);

/// Cells summed together.
const SIMD_WIDTH: usize = 16;
/// Groups of rows of the largest map.
const GROUPS: usize = (MAX_SIDE as usize).div_ceil(SIMD_WIDTH) + 1;

/// One noise layer over a map: cell (x, y) samples the noise at (x * step_x, y * step_y, z).
#[derive(Clone, Copy, Debug)]
pub struct Layer {
    pub step_x: f64,
    pub step_y: f64,
    pub z: i32,
    /// If true, rows of the field are columns of the map, and steps, sizes and masks are those of the transposed map. This is for layers
    /// whose kernels are long along y: the inner loop then runs along them.
    pub turned: bool,
}

/// Rows of cells, padded so that whole groups may be written at any cell.
#[derive(Clone, Debug, Default)]
pub struct Field {
    stride: usize,
    values: Vec<f32>,
}

/// The set of cells whose noise is needed, as bits; a row is a few words.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    words: usize,
    bits: Vec<u64>,
    /// Every cell is wanted; `bits` is not read.
    all: bool,
    /// For each row the first wanted cell and the end.
    spans: Vec<(u32, u32)>,
}

impl Wanted {
    /// Makes the set hold all cells of a map.
    pub fn fill(&mut self, width: usize, height: usize) {
        self.clear(width, height);
        self.all = true;
        self.spans.fill((0, width as u32));
    }

    pub fn clear(&mut self, width: usize, height: usize) {
        self.words = (width + SIMD_WIDTH).div_ceil(64) + 1;
        self.bits.clear();
        self.bits.resize(self.words * height, 0);
        self.all = false;
        self.spans.clear();
        self.spans.resize(height, (u32::MAX, 0));
    }

    #[inline]
    pub fn insert(&mut self, x: usize, y: usize) {
        self.bits[y * self.words + x / 64] |= 1 << (x % 64);
        let span = &mut self.spans[y];
        *span = (span.0.min(x as u32), span.1.max(x as u32 + 1));
    }

    /// Makes row `y` hold the cells for whose code `wanted` returns true.
    #[inline]
    pub fn set_row(&mut self, y: usize, codes: &[u8], wanted: impl Fn(u8) -> bool) {
        let mut span = (u32::MAX, 0);
        for (w, codes) in codes.chunks(64).enumerate() {
            let mut bits = 0u64;
            for (x, code) in codes.iter().enumerate() {
                bits |= u64::from(wanted(*code)) << x;
            }
            self.bits[y * self.words + w] = bits;
            if bits != 0 {
                let first = w as u32 * 64;
                span = (span.0.min(first + bits.trailing_zeros()), first + 64 - bits.leading_zeros());
            }
        }
        self.spans[y] = span;
    }

    /// Whether any of the [`SIMD_WIDTH`] cells from x on is wanted.
    #[inline]
    fn any(&self, x: usize, y: usize) -> bool {
        let word = y * self.words + x / 64;
        let low = self.bits[word] >> (x % 64);
        let high = self.bits[word + 1] << 1 << (63 - x % 64);
        (low | high) & ((1 << SIMD_WIDTH) - 1) != 0
    }
}

impl Field {
    #[inline]
    pub fn at(&self, x: usize, y: usize) -> f32 {
        self.values[y * self.stride + x]
    }

    /// Returns row `y`, followed by padding.
    pub fn row(&self, y: usize) -> &[f32] {
        &self.values[y * self.stride..(y + 1) * self.stride]
    }

    /// Computes `layer` at the wanted cells; values of other cells have no meaning.
    pub fn fill(&mut self, noise: &Noise, layer: Layer, width: usize, height: usize, wanted: &Wanted) {
        self.stride = width + SIMD_WIDTH;
        self.values.clear();
        self.values.resize(self.stride * height, 0.0);
        let (Some(top), Some(bottom)) = (rows(wanted).next(), rows(wanted).next_back()) else { return };
        let x_span = wanted.spans.iter().fold((u32::MAX, 0), |(lo, hi), s| (lo.min(s.0), hi.max(s.1)));
        let x_range = (f64::from(x_span.0) * layer.step_x, f64::from(x_span.1 - 1) * layer.step_x);
        let y_range = (top as f64 * layer.step_y, bottom as f64 * layer.step_y);
        let mut rows = Rows {
            reach: [[0.0; SIMD_WIDTH]; _],
            start: [[0; SIMD_WIDTH]; _],
            end: [[0; SIMD_WIDTH]; _],
            rest: [[0.0; SIMD_WIDTH]; _],
        };
        lattice(layer.z, x_range, y_range, |[a, b, c], place| {
            let [a, b] = if layer.turned { [b, a] } else { [a, b] };
            let [gx, gy, gz] = GRADIENTS[noise.gradient_ix(a, b, c)];
            let gradient = if layer.turned { [gy, gx, gz] } else { [gx, gy, gz] };
            self.splat(layer, wanted, &mut rows, gradient, place);
        });
    }

    /// Adds one lattice point's kernel to the rows it reaches.
    fn splat(&mut self, layer: Layer, wanted: &Wanted, rows: &mut Rows, gradient: [f64; 3], place: [f64; 3]) {
        let [px, py, dz] = place;
        let room = 2.0 - dz * dz;
        let radius = room.sqrt();
        let first = ((py - radius) / layer.step_y).max(0.0) as i32;
        let last = (py + radius) / layer.step_y;
        if last < 0.0 {
            return;
        }
        let n = (last as usize + 1).min(wanted.spans.len()).saturating_sub(first as usize);
        let gx = (gradient[0] / NORM) as f32;
        rows.reach(
            n,
            &Kernel {
                room: room as f32,
                centre: (px / layer.step_x) as f32,
                per_cell: (1.0 / layer.step_x) as f32,
                step_y: layer.step_y as f32,
                from_py: (f64::from(first) * layer.step_y - py) as f32,
                gy: (gradient[1] / NORM) as f32,
                rest: (gradient[2] * dz / NORM) as f32,
            },
        );
        let step = layer.step_x as f32;
        for k in 0..n {
            let y = first as usize + k;
            let span = wanted.spans[y];
            let (g, l) = (k / SIMD_WIDTH, k % SIMD_WIDTH);
            let mut x = rows.start[g][l].max(span.0) as usize;
            let end = rows.end[g][l].min(span.1) as usize;
            if x >= end {
                continue;
            }
            let row = &mut self.values[y * self.stride..(y + 1) * self.stride];
            let (reach, rest) = (rows.reach[g][l], rows.rest[g][l]);
            let mut dx = (f64::from(x as i32) * layer.step_x - px) as f32;
            while x < end {
                if (wanted.all || wanted.any(x, y))
                    && let Some(values) = row[x..].first_chunk_mut()
                {
                    group(values, dx, step, reach, gx, rest);
                }
                x += SIMD_WIDTH;
                dx += SIMD_WIDTH as i32 as f32 * step;
            }
        }
    }
}

/// The parameters of a kernel in each of the rows it reaches, in groups of [`SIMD_WIDTH`] rows.
#[derive(Clone, Debug)]
struct Rows {
    /// 2 - dy^2 - dz^2.
    reach: [[f32; SIMD_WIDTH]; GROUPS],
    /// The first cell that the kernel reaches in the row, and the end, both with a margin.
    start: [[u32; SIMD_WIDTH]; GROUPS],
    end: [[u32; SIMD_WIDTH]; GROUPS],
    /// The part of gradient . d that is the same along the row.
    rest: [[f32; SIMD_WIDTH]; GROUPS],
}

/// A kernel in the plane of a field.
struct Kernel {
    /// 2 - dz^2.
    room: f32,
    /// Its centre in cells along the row, cells per unit of length, and units of length per row.
    centre: f32,
    per_cell: f32,
    step_y: f32,
    /// The y of the first row minus the kernel's y.
    from_py: f32,
    gy: f32,
    rest: f32,
}

impl Rows {
    fn reach(&mut self, n: usize, kernel: &Kernel) {
        for g in 0..n.div_ceil(SIMD_WIDTH) {
            for l in 0..SIMD_WIDTH {
                let dy = kernel.from_py + (g * SIMD_WIDTH + l) as i32 as f32 * kernel.step_y;
                let left = positive(kernel.room - dy * dy);
                let half = left.sqrt() * kernel.per_cell + 0.01;
                self.reach[g][l] = left;
                self.start[g][l] = cell_below(kernel.centre - half);
                self.end[g][l] = cell_below(kernel.centre + half + 1.0);
                self.rest[g][l] = kernel.gy * dy + kernel.rest;
            }
        }
    }
}

/// `max(x, 0)` in a form that compiles to one instruction.
#[inline]
fn positive(x: f32) -> f32 {
    if x > 0.0 { x } else { 0.0 }
}

/// Returns `floor(x)` (for a whole `x`: `x` or `x - 1`), or 0 if that is negative. It reads the bits of a sum, because
/// a conversion would check its range.
#[inline]
fn cell_below(x: f32) -> u32 {
    const SHIFT: f32 = 8_388_608.0; // 2^23: the last bit of a float this large is worth 1
    let x = if x > 0.5 { x } else { 0.5 };
    (x - 0.5 + SHIFT).to_bits() & 0x7f_ffff
}

/// `values[l] += max(0, reach - dx^2)^4 * (gx * dx + rest)` at dx + l * step.
#[inline]
fn group(values: &mut [f32; SIMD_WIDTH], dx: f32, step: f32, reach: f32, gx: f32, rest: f32) {
    for (l, value) in values.iter_mut().enumerate() {
        let d = dx + l as i32 as f32 * step;
        let left = positive(reach - d * d);
        let squared = left * left;
        *value += squared * squared * (gx * d + rest);
    }
}

fn rows(wanted: &Wanted) -> impl DoubleEndedIterator<Item = usize> + '_ {
    wanted.spans.iter().enumerate().filter(|(_, s)| s.0 < s.1).map(|(y, _)| y)
}

/// `x.floor() as i32` without a call.
#[inline]
fn floor(x: f64) -> i32 {
    let whole = x as i32;
    whole - i32::from(f64::from(whole) > x)
}

/// Calls `each` for the lattice points whose kernels reach the rectangle in plane z: with the point's lattice coordinates, and its
/// position (x, y, and z of the plane minus its z).
fn lattice(z: i32, x_range: (f64, f64), y_range: (f64, f64), mut each: impl FnMut([i32; 3], [f64; 3])) {
    let far = 2.0f64.sqrt();
    let z = f64::from(z);
    // A point (a, b, c) lies at (a + t, b + t, c + t) with t = (a + b + c) / 3; s = a + b.
    let s_of = |sum: f64, slack: f64| (3.0 * sum - 1.5 * z + slack) / 4.5;
    let s_first = s_of(x_range.0 + y_range.0 - 2.0 * far, -1.5 * far).floor() as i32;
    let s_last = s_of(x_range.1 + y_range.1 + 2.0 * far, 1.5 * far).ceil() as i32;
    for s in s_first..=s_last {
        let c_first = ((3.0 * (z - far) - f64::from(s)) / 4.0).ceil() as i32;
        let c_last = ((3.0 * (z + far) - f64::from(s)) / 4.0).floor() as i32;
        for c in c_first..=c_last {
            let t = f64::from(s + c) / 3.0;
            let dz = z - f64::from(c) - t;
            let room = 2.0 - dz * dz;
            if room <= 0.0 {
                continue;
            }
            let r = room.sqrt();
            let st = f64::from(s) + t;
            let a_first = -floor(-(x_range.0 - r - t).max(st - y_range.1 - r));
            let a_last = floor((x_range.1 + r - t).min(st - y_range.0 + r));
            for a in a_first..=a_last {
                each([a, s - a, c], [f64::from(a) + t, f64::from(s - a) + t, dz]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(width: usize, height: usize) -> Wanted {
        let mut wanted = Wanted::default();
        wanted.fill(width, height);
        wanted
    }

    #[test]
    fn fields_stay_within_their_bound_of_the_exact_noise() {
        let wanted = whole(64, 64);
        let mut worst = 0.0f64;
        for seed in 0..12 {
            let noise = Noise::new(seed * 7_654_321);
            for (step_x, step_y, z) in [
                (1.0 / 15.0, 1.0 / 15.0, 3),
                (0.2, 0.2, 0),
                (2.0 / 3.0, 1.0 / 15.0, 7),
                (1.0 / 15.0, 2.0 / 3.0, 7),
                (1.0 / 3.0, 1.0 / 3.0, 8),
            ] {
                let mut field = Field::default();
                field.fill(&noise, Layer { step_x, step_y, z, turned: false }, 64, 64, &wanted);
                for (x, y) in (0..64).flat_map(|x| (0..64).map(move |y| (x, y))) {
                    let exact = noise.at(x as f64 * step_x, y as f64 * step_y, f64::from(z));
                    worst = worst.max((exact - f64::from(field.at(x, y))).abs());
                }
            }
        }
        assert!(worst < f64::from(ERROR), "{worst}");
        assert!(worst > 1e-7, "a field equal to the exact noise means that this compares nothing");
    }

    /// The omitted contribution depends only on the position within the lattice cell. Cubes that cover the cell are halved until the bound
    /// over each whole cube is small enough.
    #[test]
    fn the_reference_leaves_out_no_more_than_stated() {
        let mut cubes = vec![([0.5; 3], 0.5f64)];
        let mut halved = 0;
        while let Some((centre, half)) = cubes.pop() {
            let bound = super::super::noise::left_out(centre, half);
            if bound < OMITTED {
                continue;
            }
            assert!(half > 1e-4, "{bound} at {centre:?}");
            halved += 1;
            let quarter = half / 2.0;
            let child = |c: u32| std::array::from_fn(|axis| centre[axis] + if c >> axis & 1 == 1 { quarter } else { -quarter });
            cubes.extend((0..8).map(|c| (child(c), quarter)));
        }
        assert!(halved > 1000, "the bound is not trivial");
    }
}

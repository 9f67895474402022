//! 3-D OpenSimplex noise in float64, equal to the last bit to the noise of the package opensimplex 0.4.5.1 (the 2014 lattice version, K.
//! Spencer). Sums run in the same order and no multiply-add is fused.

/// 1/3 as the reference has it; twice and three times this are rounded products.
const SQUISH: f64 = 1.0 / 3.0;
const STRETCH: f64 = -1.0 / 6.0;
pub const NORM: f64 = 103.0;

/// The 24 gradients: the permutations of (11, 4, 4) with all signs, in the reference's order.
#[rustfmt::skip]
pub const GRADIENTS: [[f64; 3]; 24] = [
    [-11.0, 4.0, 4.0], [-4.0, 11.0, 4.0], [-4.0, 4.0, 11.0], [11.0, 4.0, 4.0], [4.0, 11.0, 4.0], [4.0, 4.0, 11.0],
    [-11.0, -4.0, 4.0], [-4.0, -11.0, 4.0], [-4.0, -4.0, 11.0], [11.0, -4.0, 4.0], [4.0, -11.0, 4.0], [4.0, -4.0, 11.0],
    [-11.0, 4.0, -4.0], [-4.0, 11.0, -4.0], [-4.0, 4.0, -11.0], [11.0, 4.0, -4.0], [4.0, 11.0, -4.0], [4.0, 4.0, -11.0],
    [-11.0, -4.0, -4.0], [-4.0, -11.0, -4.0], [-4.0, -4.0, -11.0], [11.0, -4.0, -4.0], [4.0, -11.0, -4.0], [4.0, -4.0, -11.0],
];

/// The permutation of one world.
#[derive(Clone, Debug)]
pub struct Noise {
    perm: [u8; 256],
    gradient: [u8; 256],
}

/// A lattice point that contributes: its offset from the cell's origin, and the part of the offset that is subtracted after the squish.
/// The reference writes some sums in that order, and rounding depends on the order.
#[derive(Clone, Copy)]
struct Vertex {
    at: [i32; 3],
    late: [i32; 3],
}

const fn vertex(x: i32, y: i32, z: i32) -> Vertex {
    Vertex { at: [x, y, z], late: [0; 3] }
}

/// Vertices of the three regions in the order in which the reference adds them.
const NEAR_ORIGIN: [Vertex; 4] = [vertex(0, 0, 0), vertex(1, 0, 0), vertex(0, 1, 0), vertex(0, 0, 1)];
const FAR_CORNER: [Vertex; 4] = [vertex(1, 1, 0), vertex(1, 0, 1), vertex(0, 1, 1), vertex(1, 1, 1)];
const BETWEEN: [Vertex; 6] =
    [vertex(1, 0, 0), vertex(0, 1, 0), vertex(0, 0, 1), vertex(1, 1, 0), vertex(1, 0, 1), vertex(0, 1, 1)];

/// The lattice cell of a point and the point's place in it.
struct Cell {
    base: [i32; 3],
    delta: [f64; 3],
}

impl Noise {
    /// `OpenSimplex(seed)`.
    pub fn new(seed: u32) -> Noise {
        let next = |s: i64| s.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut state = next(next(next(i64::from(seed))));
        let mut source: [u8; 256] = std::array::from_fn(|i| i as u8);
        let mut noise = Noise { perm: [0; 256], gradient: [0; 256] };
        for i in (0..256usize).rev() {
            state = next(state);
            let r = (i128::from(state) + 31).rem_euclid(i as i128 + 1) as usize;
            noise.perm[i] = source[r];
            noise.gradient[i] = source[r] % GRADIENTS.len() as u8;
            source[r] = source[i];
        }
        noise
    }

    /// Index of the gradient at a lattice point.
    #[inline]
    pub fn gradient_ix(&self, x: i32, y: i32, z: i32) -> usize {
        let a = self.perm[(x & 255) as usize];
        let b = self.perm[(i32::from(a).wrapping_add(y) & 255) as usize];
        self.gradient[(i32::from(b).wrapping_add(z) & 255) as usize] as usize
    }

    /// `noise3(x, y, z)`.
    pub fn at(&self, x: f64, y: f64, z: f64) -> f64 {
        let stretch = (x + y + z) * STRETCH;
        let skewed = [x + stretch, y + stretch, z + stretch];
        let floor = skewed.map(f64::floor);
        let base = floor.map(|v| v as i32);
        let squish = f64::from(base[0] + base[1] + base[2]) * SQUISH;
        let ins = [skewed[0] - floor[0], skewed[1] - floor[1], skewed[2] - floor[2]];
        let delta = [x - (floor[0] + squish), y - (floor[1] + squish), z - (floor[2] + squish)];
        let cell = Cell { base, delta };
        let (near, extra) = vertices(ins);
        let value = self.total(&cell, near);
        let value = self.add(value, &cell, extra[0]);
        self.add(value, &cell, extra[1]) / NORM
    }

    #[inline]
    fn total(&self, cell: &Cell, vertices: &[Vertex]) -> f64 {
        vertices.iter().fold(0.0, |value, v| self.add(value, cell, *v))
    }

    #[inline]
    fn add(&self, value: f64, cell: &Cell, vertex: Vertex) -> f64 {
        let [i, j, k] = vertex.at;
        let squish = f64::from(i + j + k) * SQUISH;
        let along = |axis: usize| {
            let early = vertex.at[axis] - vertex.late[axis];
            cell.delta[axis] - f64::from(early) - squish - f64::from(vertex.late[axis])
        };
        let (dx, dy, dz) = (along(0), along(1), along(2));
        let attenuation = 2.0 - dx * dx - dy * dy - dz * dz;
        if attenuation <= 0.0 {
            return value;
        }
        let [gx, gy, gz] = GRADIENTS[self.gradient_ix(cell.base[0] + i, cell.base[1] + j, cell.base[2] + k)];
        let squared = attenuation * attenuation;
        value + squared * squared * (gx * dx + gy * dy + gz * dz)
    }
}

/// Returns the vertices that the reference adds for a position within the cell, in the reference's order.
fn vertices(ins: [f64; 3]) -> (&'static [Vertex], [Vertex; 2]) {
    let sum = ins[0] + ins[1] + ins[2];
    if sum <= 1.0 {
        (&NEAR_ORIGIN, extra_near_origin(ins, sum))
    } else if sum >= 2.0 {
        (&FAR_CORNER, extra_far_corner(ins, sum))
    } else {
        (&BETWEEN, extra_between(ins))
    }
}

/// Returns a bound for what the lattice points that the reference omits would add within `half` of `ins` (in each coordinate of the cell).
#[cfg(test)]
pub fn left_out(ins: [f64; 3], half: f64) -> f64 {
    let squish = (ins[0] + ins[1] + ins[2]) * SQUISH;
    let place = ins.map(|v| v + squish);
    // Farthest corner of the little cube: the map from cell to space stretches by at most 2 (along the diagonal).
    let slack = 2.0 * half * 3f64.sqrt();
    // All sets of vertices that the reference may use within the little cube: those at its corners.
    let corners = (0..8).map(|c| std::array::from_fn(|axis| ins[axis] + if c >> axis & 1 == 1 { half } else { -half }));
    let used: Vec<Vec<[i32; 3]>> = corners
        .map(|corner| {
            let (near, extra) = vertices(corner);
            near.iter().chain(&extra).map(|v| v.at).collect()
        })
        .collect();
    let mut sum = 0.0;
    for n in 0..216 {
        let at = [n % 6 - 2, n / 6 % 6 - 2, n / 36 - 2];
        if used.iter().all(|set| set.contains(&at)) {
            continue;
        }
        let q = f64::from(at[0] + at[1] + at[2]) * SQUISH;
        let d2: f64 = (0..3).map(|axis| (place[axis] - f64::from(at[axis]) - q).powi(2)).sum();
        let nearest = (d2.sqrt() - slack).max(0.0);
        let attenuation = (2.0 - nearest * nearest).max(0.0);
        sum += attenuation.powi(4) * 153f64.sqrt() * 2f64.sqrt() / NORM;
    }
    sum
}

/// Returns the two closest points as bits of axes, each followed by its score.
fn closest(
    ins: [f64; 3],
    points: [u32; 3],
    nearer: impl Fn(f64, f64) -> bool,
    at_least: impl Fn(f64, f64) -> bool,
) -> (u32, f64, u32, f64) {
    let (mut a, mut a_score, mut b, mut b_score) = (points[0], ins[0], points[1], ins[1]);
    if at_least(a_score, b_score) && nearer(ins[2], b_score) {
        (b, b_score) = (points[2], ins[2]);
    } else if !at_least(a_score, b_score) && nearer(ins[2], a_score) {
        (a, a_score) = (points[2], ins[2]);
    }
    (a, a_score, b, b_score)
}

fn extra_near_origin(ins: [f64; 3], sum: f64) -> [Vertex; 2] {
    let (a, a_score, b, b_score) = closest(ins, [1, 2, 4], |p, q| p > q, |p, q| p >= q);
    let w = 1.0 - sum;
    if w > a_score || w > b_score {
        // The origin is one of the two closest points; the extra vertices lie around the other one.
        match if b_score > a_score { b } else { a } {
            1 => [vertex(1, -1, 0), vertex(1, 0, -1)],
            2 => [vertex(-1, 1, 0), vertex(0, 1, -1)],
            _ => [vertex(-1, 0, 1), vertex(0, -1, 1)],
        }
    } else {
        match a | b {
            3 => [vertex(1, 1, 0), vertex(1, 1, -1)],
            5 => [vertex(1, 0, 1), vertex(1, -1, 1)],
            _ => [vertex(0, 1, 1), vertex(-1, 1, 1)],
        }
    }
}

fn extra_far_corner(ins: [f64; 3], sum: f64) -> [Vertex; 2] {
    let (a, a_score, b, b_score) = closest(ins, [6, 5, 3], |p, q| p < q, |p, q| p <= q);
    let w = 3.0 - sum;
    if w < a_score || w < b_score {
        let c = if b_score < a_score { b } else { a };
        match c {
            3 => [vertex(2, 1, 0), Vertex { at: [1, 2, 0], late: [0, 1, 0] }],
            5 => [vertex(2, 0, 1), vertex(1, 0, 2)],
            _ => [Vertex { at: [0, 2, 1], late: [0, 1, 0] }, vertex(0, 1, 2)],
        }
    } else {
        match a & b {
            1 => [vertex(1, 0, 0), vertex(2, 0, 0)],
            2 => [vertex(0, 1, 0), vertex(0, 2, 0)],
            _ => [vertex(0, 0, 1), vertex(0, 0, 2)],
        }
    }
}

fn extra_between(ins: [f64; 3]) -> [Vertex; 2] {
    let side = |p: f64, far: u32, near: u32| if p > 1.0 { (p - 1.0, far, true) } else { (1.0 - p, near, false) };
    let mut a = side(ins[0] + ins[1], 3, 4);
    let mut b = side(ins[0] + ins[2], 5, 2);
    let c = side(ins[1] + ins[2], 6, 1);
    if a.0 <= b.0 && a.0 < c.0 {
        a = c;
    } else if a.0 > b.0 && b.0 < c.0 {
        b = c;
    }
    match (a.2, b.2) {
        (true, true) => [
            vertex(1, 1, 1),
            match a.1 & b.1 {
                1 => vertex(2, 0, 0),
                2 => vertex(0, 2, 0),
                _ => vertex(0, 0, 2),
            },
        ],
        (false, false) => [vertex(0, 0, 0), one_behind(a.1 | b.1)],
        (a_far, _) => {
            let (far, near) = if a_far { (a.1, b.1) } else { (b.1, a.1) };
            let axis = if near & 1 != 0 {
                0
            } else if near & 2 != 0 {
                1
            } else {
                2
            };
            let mut two = [0; 3];
            two[axis] = 2;
            [one_behind(far), Vertex { at: two, late: two }]
        }
    }
}

/// The permutation of (1, 1, -1) with the -1 on the first axis that `bits` lacks.
fn one_behind(bits: u32) -> Vertex {
    if bits & 1 == 0 {
        vertex(-1, 1, 1)
    } else if bits & 2 == 0 {
        vertex(1, -1, 1)
    } else {
        vertex(1, 1, -1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_those_opensimplex_prints() {
        // (seed, x, y, z, noise3): printed by opensimplex 0.4.5.1, at random points and at lattice points.
        let printed: &[(u32, f64, f64, f64, f64)] = &include!("noise_golden.in");
        assert!(printed.len() >= 400);
        for (seed, x, y, z, expected) in printed {
            let value = Noise::new(*seed).at(*x, *y, *z);
            assert_eq!(value.to_bits(), expected.to_bits(), "seed {seed} at ({x}, {y}, {z}): {value} is not {expected}");
        }
    }
}

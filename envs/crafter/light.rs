//! Daylight, night and sleep on colours, in the float types and with the truncations of the package (and of Pillow under it).

/// Tints of night and sleep, and how much of them.
const NIGHT: [f64; 3] = [0.0, 16.0, 64.0];
const SLEEP: [f64; 3] = [0.0, 0.0, 16.0];
const TINT: f64 = 0.5;
/// Saturation left at night.
const NIGHT_COLOUR: f32 = 0.4;
/// Width of the clear middle of the night picture.
const VIGNETTE: f64 = 0.5;
/// Noise is uniform between these greys.
pub const NOISE: (f64, f64) = (32.0, 127.0);

/// Luma as Pillow converts RGB to L.
fn grey(rgb: [u8; 3]) -> u8 {
    let [r, g, b] = rgb.map(u32::from);
    ((r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16) as u8
}

/// `colour` in the light of day: blended with its night version.
pub fn lit(colour: [u8; 3], daylight: f64) -> [f64; 3] {
    let luma = grey(colour);
    std::array::from_fn(|c| {
        let faded = (f32::from(luma) + NIGHT_COLOUR * (f32::from(colour[c]) - f32::from(luma))) as u8;
        let night = (1.0 - TINT) * f64::from(faded) + TINT * NIGHT[c];
        daylight * f64::from(colour[c]) + (1.0 - daylight) * night
    })
}

/// The night of one picture.
pub struct Night {
    pub daylight: f64,
    /// Weight of the noise at full vignette.
    pub amount: f64,
    pub asleep: bool,
}

/// Pixels that are darkened together.
const LANES: usize = 16;

/// A column of the dark picture: colours with their noise, darkened in groups so that the arithmetic runs on vectors.
#[derive(Default)]
pub struct Column {
    colours: [Vec<u8>; 3],
    weights: Vec<f64>,
    noise: Vec<f64>,
    seen: Vec<[u8; 3]>,
}

impl Column {
    /// One more pixel: its colour, its share of the vignette, and a number in 0..1 for its noise.
    #[inline]
    pub fn push(&mut self, colour: [u8; 3], weight: f64, grain: f64) {
        for (channel, value) in self.colours.iter_mut().zip(colour) {
            channel.push(value);
        }
        self.weights.push(weight);
        self.noise.push(NOISE.0 + (NOISE.1 - NOISE.0) * grain);
    }

    /// The darkened pixels; the column is empty after the iteration.
    pub fn take(&mut self, night: &Night) -> impl Iterator<Item = &[u8; 3]> {
        let n = self.weights.len();
        let padded = n.next_multiple_of(LANES);
        self.colours.iter_mut().for_each(|channel| channel.resize(padded, 0));
        self.weights.resize(padded, 0.0);
        self.noise.resize(padded, 0.0);
        self.seen.clear();
        for at in (0..padded).step_by(LANES) {
            self.darken(at, night);
        }
        self.colours.iter_mut().for_each(Vec::clear);
        self.weights.clear();
        self.noise.clear();
        self.seen[..n].iter()
    }

    fn darken(&mut self, at: usize, night: &Night) {
        let mask: [f64; LANES] = std::array::from_fn(|l| night.amount * self.weights[at + l]);
        let noise: [f64; LANES] = std::array::from_fn(|l| self.noise[at + l]);
        let colour: [[u8; LANES]; 3] = std::array::from_fn(|c| std::array::from_fn(|l| self.colours[c][at + l]));
        let dimmed: [[i32; LANES]; 3] = std::array::from_fn(|c| {
            std::array::from_fn(|l| ((1.0 - mask[l]) * f64::from(colour[c][l]) + mask[l] * noise[l]) as i32)
        });
        let luma: [i32; LANES] =
            std::array::from_fn(|l| (dimmed[0][l] * 19595 + dimmed[1][l] * 38470 + dimmed[2][l] * 7471 + 0x8000) >> 16);
        let lit: [[f64; LANES]; 3] = std::array::from_fn(|c| {
            std::array::from_fn(|l| {
                let faded = (luma[l] as f32 + NIGHT_COLOUR * (dimmed[c][l] as f32 - luma[l] as f32)) as i32;
                let dark = (1.0 - TINT) * f64::from(faded) + TINT * NIGHT[c];
                night.daylight * f64::from(colour[c][l]) + (1.0 - night.daylight) * dark
            })
        });
        let [red, green, blue] = lit;
        for ((r, g), b) in red.into_iter().zip(green).zip(blue) {
            let pixel = if night.asleep { asleep([r, g, b]) } else { [r, g, b] };
            self.seen.push(pixel.map(|v| v as i32 as u8));
        }
    }
}

/// What a sleeper sees of a lit colour.
pub fn asleep(lit: [f64; 3]) -> [f64; 3] {
    let luma = grey(lit.map(|v| v as u8));
    SLEEP.map(|tint| (1.0 - TINT) * f64::from(luma) + TINT * tint)
}

/// How much of the noise weight each pixel takes, `[width, height]` x-major: none in the middle.
#[expect(clippy::disallowed_methods, reason = "the package's own function; drawing on the host only")]
pub fn vignette(width: usize, height: usize) -> Vec<f64> {
    let (xs, ys) = (line(width), line(height));
    let weight = |x: f64, y: f64| 1.0 - (-0.5 * (x * x + y * y) / (VIGNETTE * VIGNETTE)).exp();
    xs.iter().flat_map(|x| ys.iter().map(move |y| weight(*x, *y))).collect()
}

/// `n` numbers from -1 to 1, spaced as numpy's linspace does it.
fn line(n: usize) -> Vec<f64> {
    let step = 2.0 / (n.max(2) - 1) as f64;
    let mut points: Vec<f64> = (0..n).map(|i| i as f64 * step - 1.0).collect();
    if n > 1 {
        points[n - 1] = 1.0;
    }
    points
}

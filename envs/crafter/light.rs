//! Effects of daylight, night and sleep on colours, in the float types and with the truncations of the reference
//! package (and of Pillow, which it uses).

/// Tints of night and sleep, and the weight of a tint.
pub const NIGHT: [f64; 3] = [0.0, 16.0, 64.0];
pub const SLEEP: [f64; 3] = [0.0, 0.0, 16.0];
pub const TINT: f64 = 0.5;
/// Saturation left at night.
pub const NIGHT_COLOUR: f32 = 0.4;
/// Weights of red, green and blue in luma, in units of 1/65536.
pub const LUMA: [i32; 3] = [19595, 38470, 7471];
/// Width of the clear middle of the night picture.
const VIGNETTE: f64 = 0.5;
/// Noise is uniform between these greys.
pub const NOISE: (f64, f64) = (32.0, 127.0);

/// Luma as Pillow converts RGB to L.
fn grey(rgb: [u8; 3]) -> u8 {
    let [r, g, b] = rgb.map(i32::from);
    ((r * LUMA[0] + g * LUMA[1] + b * LUMA[2] + 0x8000) >> 16) as u8
}

/// Returns `colour` blended with its night version, according to `daylight`.
pub fn lit(colour: [u8; 3], daylight: f64) -> [f64; 3] {
    let luma = grey(colour);
    std::array::from_fn(|c| {
        let faded = (f32::from(luma) + NIGHT_COLOUR * (f32::from(colour[c]) - f32::from(luma))) as u8;
        let night = (1.0 - TINT) * f64::from(faded) + TINT * NIGHT[c];
        daylight * f64::from(colour[c]) + (1.0 - daylight) * night
    })
}

/// Returns a lit colour as a picture shows it while the player sleeps.
pub fn asleep(lit: [f64; 3]) -> [f64; 3] {
    let luma = grey(lit.map(|v| v as u8));
    SLEEP.map(|tint| (1.0 - TINT) * f64::from(luma) + TINT * tint)
}

/// Returns each pixel's share of the noise weight, `[width, height]` x-major. It is 0 in the middle.
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

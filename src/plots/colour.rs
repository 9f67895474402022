//! Colours that can be distinguished with any colour vision.

use plotters::style::RGBColor;

use crate::scene::to_srgb as srgb;

/// Okabe and Ito (2008), "Color universal design", without black and yellow (too pale for lines on white).
const GROUPS: [RGBColor; 6] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(86, 180, 233),
    RGBColor(230, 159, 0),
];

pub const INK: RGBColor = RGBColor(38, 38, 38);
pub const FAINT: RGBColor = RGBColor(225, 225, 225);
/// Cells of a heat map without a value.
pub const NOTHING: RGBColor = RGBColor(214, 214, 214);

/// Returns the colour of group `k` of `n`. If there are more groups than [`GROUPS`], their colours are spread over [`heat`], without its
/// pale end.
pub fn group(k: usize, n: usize) -> RGBColor {
    if n <= GROUPS.len() { GROUPS[k % GROUPS.len()] } else { heat(0.85 * k as f64 / (n - 1) as f64) }
}

/// A sequential colour map, 0 dark violet, 1 light yellow: in OKLab (Ottosson 2020) lightness rises evenly from 0.25 to 0.92 while the hue
/// turns from 310 to 105 degrees; the chroma is a parabola that keeps every colour inside sRGB.
#[expect(clippy::disallowed_methods, reason = "a colour of a figure; nothing is decided by it")]
pub fn heat(share: f64) -> RGBColor {
    let t = share.clamp(0.0, 1.0);
    let u = 2.0 * t - 1.0;
    let (chroma, hue) = (0.094 + 0.02 * u + 0.046 * u * u, (310.0 - 205.0 * t).to_radians());
    let [r, g, b] = srgb(0.25 + 0.67 * t, chroma * hue.cos(), chroma * hue.sin()).map(|c| (255.0 * c).round() as u8);
    RGBColor(r, g, b)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CIE lightness L* of a colour, 0 to 100.
    #[expect(clippy::disallowed_methods, reason = "a test of colours")]
    fn lightness(RGBColor(r, g, b): RGBColor) -> f64 {
        let linear = |c: u8| {
            let c = f64::from(c) / 255.0;
            if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        116.0 * (0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)).cbrt() - 16.0
    }

    #[test]
    fn lightness_rises_evenly() {
        let ladder: Vec<f64> = (0..=20).map(|k| lightness(heat(f64::from(k) / 20.0))).collect();
        let steps: Vec<f64> = ladder.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(steps.iter().all(|step| (2.0..6.0).contains(step)), "{steps:?}");
        assert!(ladder[0] < 25.0 && ladder[20] > 85.0, "{ladder:?}");
    }

    #[test]
    fn no_channel_is_cut_off() {
        for k in 0..=100 {
            let t = f64::from(k) / 100.0;
            let u = 2.0 * t - 1.0;
            let (chroma, hue) = (0.094 + 0.02 * u + 0.046 * u * u, (310.0 - 205.0 * t).to_radians());
            #[expect(clippy::disallowed_methods, reason = "a test of colours")]
            let rgb = srgb(0.25 + 0.67 * t, chroma * hue.cos(), chroma * hue.sin());
            assert!(rgb.iter().all(|c| (0.0..=1.0).contains(c)), "{t}: {rgb:?}");
        }
    }

    #[test]
    fn groups_differ() {
        for n in [2, 6, 7, 30] {
            let mut colours: Vec<_> = (0..n).map(|k| group(k, n)).map(|RGBColor(r, g, b)| (r, g, b)).collect();
            colours.sort_unstable();
            colours.dedup();
            assert_eq!(colours.len(), n);
        }
    }
}

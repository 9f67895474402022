//! OKLab (Ottosson 2020), a space in which equal steps look equal.

use crate::envs::shared::picture::Rgb;

/// OKLab as sRGB in 0 to 1.
pub fn to_srgb(l: f64, a: f64, b: f64) -> [f64; 3] {
    let cube = |x: f64| x * x * x;
    let long = cube(l + 0.396_337_777_4 * a + 0.215_803_757_3 * b);
    let middle = cube(l - 0.105_561_345_8 * a - 0.063_854_172_8 * b);
    let short = cube(l - 0.089_484_177_5 * a - 1.291_485_548 * b);
    let linear = [
        4.076_741_662_1 * long - 3.307_711_591_3 * middle + 0.230_969_929_2 * short,
        -1.268_438_004_6 * long + 2.609_757_401_1 * middle - 0.341_319_396_5 * short,
        -0.004_196_086_3 * long - 0.703_418_614_7 * middle + 1.707_614_701 * short,
    ];
    linear.map(encode)
}

/// sRGB bytes as lightness, green to red, blue to yellow.
pub fn of(rgb: Rgb) -> [f64; 3] {
    let [r, g, b] = rgb.map(decode);
    let long = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
    let middle = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
    let short = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
    [
        0.210_454_255_3 * long + 0.793_617_785 * middle - 0.004_072_046_8 * short,
        1.977_998_495_1 * long - 2.428_592_205 * middle + 0.450_593_709_9 * short,
        0.025_904_037_1 * long + 0.782_771_766_2 * middle - 0.808_675_766 * short,
    ]
}

/// The colour at `share` of the way from one to another.
pub fn between(from: Rgb, to: Rgb, share: f64) -> Rgb {
    let (from, to) = (of(from), of(to));
    let [l, a, b] = std::array::from_fn(|k| from[k] + share * (to[k] - from[k]));
    to_srgb(l, a, b).map(|channel| (255.0 * channel).round() as u8)
}

/// The transfer curve of sRGB.
#[expect(clippy::disallowed_methods, reason = "a colour of a figure; nothing is decided by it")]
fn encode(c: f64) -> f64 {
    if c <= 0.003_130_8 { 12.92 * c.max(0.0) } else { 1.055 * c.powf(1.0 / 2.4) - 0.055 }
}

/// Its inverse, from bytes.
#[expect(clippy::disallowed_methods, reason = "a colour of a figure; nothing is decided by it")]
fn decode(c: u8) -> f64 {
    let c = f64::from(c) / 255.0;
    if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_come_back() {
        for rgb in [[0, 0, 0], [255, 255, 255], [255, 0, 0], [74, 140, 240], [240, 147, 43], [1, 2, 3]] {
            let [l, a, b] = of(rgb);
            assert_eq!(to_srgb(l, a, b).map(|channel| (255.0 * channel).round() as u8), rgb);
            assert_eq!((between(rgb, [9, 8, 7], 0.0), between([9, 8, 7], rgb, 1.0)), (rgb, rgb));
        }
        assert!((of([255; 3])[0] - 1.0).abs() < 1e-3 && of([255; 3])[1].abs() < 1e-3, "white has lightness 1 and no hue");
    }
}

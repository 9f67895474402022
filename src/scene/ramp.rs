//! Colour ramps: which colour a value has. Each kind of layer has its own, so that a look tells them apart.

use super::oklab::between;
use super::theme::Theme;
use crate::envs::shared::picture::Rgb;

/// Colours of a ramp.
const COLOURS: usize = 256;
/// Tables of matplotlib 3.11 (CC0), 256 colours of three bytes each.
const INFERNO: &[u8; COLOURS * 3] = include_bytes!("../../assets/ramps/inferno.bin");
const CIVIDIS: &[u8; COLOURS * 3] = include_bytes!("../../assets/ramps/cividis.bin");
const VIRIDIS: &[u8; COLOURS * 3] = include_bytes!("../../assets/ramps/viridis.bin");
/// Ends and middle of the ramp of differences: B, none, A.
const DIFFERENCE_DARK: [Rgb; 3] = [[0x4a, 0x8c, 0xf0], [0x47, 0x4b, 0x54], [0xf0, 0x93, 0x2b]];
const DIFFERENCE_LIGHT: [Rgb; 3] = [[0x2c, 0x73, 0xd8], [0xd0, 0xd4, 0xda], [0xb0, 0x65, 0x0a]];

/// A ramp whose lightness changes evenly, readable in grey print and with any colour vision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ramp {
    /// For visits.
    Inferno,
    /// For bonuses.
    Cividis,
    /// For empowerment.
    Viridis,
    /// For differences A - B: blue where B has more, orange where A has more, grey in the middle.
    Difference,
}

impl Ramp {
    /// The colour at `share` of the ramp, 0 to 1; what lies beyond has the colour of the end.
    pub fn colour(self, share: f64, theme: Theme) -> Rgb {
        let share = if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) };
        let (table, dark, light) = match self {
            Ramp::Inferno => (INFERNO, (0.18, 0.97), (0.92, 0.12)),
            Ramp::Cividis => (CIVIDIS, (0.05, 1.0), (1.0, 0.0)),
            Ramp::Viridis => (VIRIDIS, (0.0, 1.0), (0.97, 0.0)),
            Ramp::Difference => return difference(share, theme),
        };
        let (from, to) = if theme == Theme::Dark { dark } else { light };
        let k = ((from + share * (to - from)) * (COLOURS - 1) as f64).round() as usize;
        [table[3 * k], table[3 * k + 1], table[3 * k + 2]]
    }

    /// All colours from the lowest to the highest value, for a texture or a legend.
    pub fn colours(self, theme: Theme) -> [Rgb; COLOURS] {
        std::array::from_fn(|k| self.colour(k as f64 / (COLOURS - 1) as f64, theme))
    }
}

fn difference(share: f64, theme: Theme) -> Rgb {
    let [b, none, a] = if theme == Theme::Dark { DIFFERENCE_DARK } else { DIFFERENCE_LIGHT };
    if share < 0.5 { between(b, none, 2.0 * share) } else { between(none, a, 2.0 * share - 1.0) }
}

#[cfg(test)]
mod tests {
    use super::super::oklab::of;
    use super::*;

    /// Large values are far from the ground, and lightness tells the order.
    #[test]
    fn ramps_run_away_from_the_ground() {
        for ramp in [Ramp::Inferno, Ramp::Cividis, Ramp::Viridis] {
            let lightness = |theme| ramp.colours(theme).map(|rgb| of(rgb)[0]);
            let (dark, light) = (lightness(Theme::Dark), lightness(Theme::Light));
            assert!(dark.windows(2).all(|pair| pair[1] > pair[0] - 0.01) && dark[255] - dark[0] > 0.45, "{ramp:?}");
            assert!(light.windows(2).all(|pair| pair[1] < pair[0] + 0.01) && light[0] - light[255] > 0.45, "{ramp:?}");
        }
    }

    #[test]
    fn differences_have_an_end_for_each_side() {
        for theme in [Theme::Dark, Theme::Light] {
            let [b, none, a] = [0.0, 0.5, 1.0].map(|share| of(Ramp::Difference.colour(share, theme)));
            assert!(b[2] < -0.08 && a[2] > 0.08, "blue to yellow {b:?} {a:?}");
            assert!(none[1].hypot(none[2]) < 0.02, "grey {none:?}");
        }
        assert_eq!(Ramp::Viridis.colour(-1.0, Theme::Dark), [68, 1, 84]);
        assert_eq!(Ramp::Viridis.colour(2.0, Theme::Dark), [253, 231, 37]);
        assert_eq!(Ramp::Cividis.colour(f64::NAN, Theme::Dark), Ramp::Cividis.colour(0.0, Theme::Dark));
    }
}

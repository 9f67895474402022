//! The two themes of pictures for people.

use crate::envs::shared::picture::Rgb;

/// Whether a picture is looked at on a dark or on a light ground. Colour ramps run away from the ground: large values are bright in the
/// dark theme and dark in the light theme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// On a dark ground.
    #[default]
    Dark,
    /// On a light ground, for print.
    Light,
}

impl Theme {
    /// Terrain under a heat map, so that the heat is read first: less saturated, and darker (dark theme) or closer to white (light theme).
    pub fn faded(self, pixel: Rgb) -> Rgb {
        let [r, g, b] = pixel.map(f32::from);
        let grey = 0.299 * r + 0.587 * g + 0.114 * b;
        let (saturation, white, brightness) = match self {
            Theme::Dark => (0.45, 0.0, 0.62),
            Theme::Light => (0.55, 0.42, 1.0),
        };
        [r, g, b].map(|channel| {
            let muted = (grey + saturation * (channel - grey)) * brightness;
            (muted + white * (255.0 - muted)).round() as u8
        })
    }

    /// Colour of trails and frames.
    pub fn line(self) -> Rgb {
        match self {
            Theme::Dark => [255; 3],
            Theme::Light => [22, 25, 31],
        }
    }

    /// Colour beside a line, which keeps it visible on any ground.
    pub fn casing(self) -> Rgb {
        match self {
            Theme::Dark => [0; 3],
            Theme::Light => [255; 3],
        }
    }
}

/// `share` of `over` on `below`.
pub fn mixed(below: Rgb, over: Rgb, share: f32) -> Rgb {
    std::array::from_fn(|c| {
        let (below, over) = (f32::from(below[c]), f32::from(over[c]));
        (below + share * (over - below)).round() as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faded_terrain_keeps_its_order_and_leaves_room_for_heat() {
        let ladder: Vec<u8> = (0..=255).map(|grey| Theme::Dark.faded([grey; 3])[0]).collect();
        assert!(ladder.is_sorted() && ladder[255] == 158, "{}", ladder[255]);
        let light: Vec<u8> = (0..=255).map(|grey| Theme::Light.faded([grey; 3])[0]).collect();
        assert!(light.is_sorted() && light[0] == 107 && light[255] == 255, "{light:?}");
        let [r, g, b] = Theme::Dark.faded([200, 40, 40]);
        assert!(g == b && i32::from(r) - i32::from(g) < 50, "{r} {g}");
        assert_eq!((mixed([0; 3], [200; 3], 0.0), mixed([0; 3], [200; 3], 1.0)), ([0; 3], [200; 3]));
        assert_eq!(mixed([10; 3], [20; 3], 0.5), [15; 3]);
    }
}

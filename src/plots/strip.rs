//! A strip of text below a picture, with the colours of a scale.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::page::{Picture, pixels, wrap};
use super::panel::short;
use super::surface::{Area, Drawn};
use crate::error::Result;

/// Narrower than this no strip is.
pub const MIN_STRIP: u32 = 240;
const LINE: u32 = 18;
const TEXT: f64 = 12.0;
const MARGIN: u32 = 8;
const BAR: u32 = 10;
/// Longest bar.
const MAX_BAR: u32 = 320;
/// Lines, figures and ground.
const DARK: (RGBColor, RGBColor) = (RGBColor(0xec, 0xee, 0xf2), RGBColor(0x15, 0x17, 0x1b));
const LIGHT: (RGBColor, RGBColor) = (RGBColor(0x16, 0x19, 0x1f), RGBColor(0xff, 0xff, 0xff));

/// What a strip says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Strip {
    /// Lines of text. The first is cut off if it is too long; the others are wrapped.
    pub lines: Vec<String>,
    /// Colours from the lowest to the highest value, and these values; with the text between them.
    pub scale: Option<(Vec<[u8; 3]>, f64, f64)>,
    /// For a dark ground.
    pub dark: bool,
}

struct Laid<'a> {
    strip: &'a Strip,
    lines: Vec<String>,
    width: u32,
}

impl Strip {
    /// Its pixels, `[height, width, 3]`, and its height.
    ///
    /// # Errors
    /// [`crate::Error::Io`] if the text cannot be drawn.
    pub fn rgb(&self, width: u32) -> Result<(Vec<u8>, u32)> {
        let rest = self.lines.iter().skip(1).flat_map(|line| wrap(line, TEXT, width.saturating_sub(2 * MARGIN)));
        let lines: Vec<String> = self.lines.iter().take(1).cloned().chain(rest).collect();
        let scale = if self.scale.is_some() { LINE + BAR } else { 0 };
        let height = lines.len() as u32 * LINE + scale + MARGIN;
        let ground = if self.dark { DARK.1 } else { LIGHT.1 };
        Ok((pixels((width, height), 1, ground, &Laid { strip: self, lines, width })?, height))
    }
}

impl Picture for Laid<'_> {
    fn draw<DB: DrawingBackend>(&self, root: &Area<DB>, scale: f64) -> Drawn<DB> {
        let px = |units: u32| (f64::from(units) * scale).round() as i32;
        let (ink, _) = if self.strip.dark { DARK } else { LIGHT };
        let text = |h: HPos| ("sans-serif", TEXT * scale).into_font().color(&ink).pos(Pos::new(h, VPos::Center));
        let mut y = MARGIN / 2;
        for line in &self.lines {
            root.draw(&Text::new(line.clone(), (px(MARGIN), px(y + LINE / 2)), text(HPos::Left)))?;
            y += LINE;
        }
        let Some((colours, low, high)) = &self.strip.scale else { return Ok(()) };
        let (left, right) = (MARGIN, self.width.saturating_sub(MARGIN).min(MARGIN + MAX_BAR));
        let at = |k: usize| px(left) + (i64::from(px(right - left)) * k as i64 / colours.len().max(1) as i64) as i32;
        for (k, [r, g, b]) in colours.iter().enumerate() {
            root.draw(&Rectangle::new([(at(k), px(y)), (at(k + 1), px(y + BAR))], RGBColor(*r, *g, *b).filled()))?;
        }
        let below = px(y + BAR + LINE / 2);
        root.draw(&Text::new(short(*low), (px(left), below), text(HPos::Left)))?;
        root.draw(&Text::new(short(*high), (px(right), below), text(HPos::Right)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strip_has_the_colours_in_order_and_some_text() {
        let colours = vec![[255, 0, 0], [0, 255, 0], [0, 0, 255], [9, 9, 9]];
        let strip =
            Strip { lines: vec!["episode 1, step 12".into(), "visits".into()], scale: Some((colours, 1.0, 94.0)), dark: true };
        let (rgb, height) = strip.rgb(256).expect("drawn");
        assert_eq!((height, rgb.len()), (2 * 18 + 28 + 8, 256 * 72 * 3));
        let bar = &rgb[(4 + 36 + 5) * 256 * 3..][..256 * 3];
        let at = |x: usize| [bar[3 * x], bar[3 * x + 1], bar[3 * x + 2]];
        assert_eq!([20, 90, 150, 210].map(at), [[255, 0, 0], [0, 255, 0], [0, 0, 255], [9, 9, 9]]);
        assert!(rgb[..20 * 256 * 3].chunks_exact(3).any(|pixel| pixel[0] > 100), "bright letters");
        let plain = Strip { lines: vec!["x".into()], ..Strip::default() };
        assert_eq!(plain.rgb(MIN_STRIP).expect("drawn").1, 26);
    }
}

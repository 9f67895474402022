//! A map of values as colours, with a scale beside it.

use std::path::Path;

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::colour::{self, INK, NOTHING};
use super::page::{Area, Drawn, Picture, save, text_width};
use super::panel::short;
use crate::error::{Error, Result};

/// Units that the longer side of a map takes about.
const SIDE: u32 = 560;
/// Largest and smallest cell.
const CELL: (u32, u32) = (48, 2);
const MARGIN: u32 = 20;
const TITLE: u32 = 44;
const BAR_WIDTH: u32 = 18;
/// A bar lower than this has no room for its labels.
const BAR_HEIGHT: u32 = 120;
const TEXT: f64 = 14.0;
const TITLE_TEXT: f64 = 18.0;
/// A wall between two cells is this share of a cell wide, half of it on either side.
const WALL: f64 = 0.14;
/// Colours of the bar.
const BANDS: u32 = 256;

/// A map to draw.
struct Map<'a> {
    values: &'a [Option<f64>],
    width: u32,
    height: u32,
    /// For each cell bits of its sides that are walled; empty if none is.
    walls: &'a [u32],
    title: &'a str,
    /// Lowest and highest value; None if there is none.
    range: Option<(f64, f64)>,
    cell: u32,
}

/// Writes a map of `width` x `height` values, rows from the top, as PNG or SVG by the ending of `path`. None is drawn grey: a wall, a place
/// without a value. `walls` is empty or has a number for each cell: bits 0 to 3 are set if a line is to be drawn along its left, right, upper
/// and lower side. The scale on the right says which colours are the lowest and the highest value.
///
/// # Errors
/// [`Error::Usage`] if the values, or walls, are not `width` x `height`, or for another ending; [`Error::Io`] with the path.
pub fn heat_map(values: &[Option<f64>], walls: &[u32], (width, height): (u32, u32), title: &str, path: &Path) -> Result<()> {
    if !walls.is_empty() && walls.len() != values.len() {
        return Err(Error::Usage(format!("walls of {} cells for {} values", walls.len(), values.len())));
    }
    if width == 0 || height == 0 || values.len() as u64 != u64::from(width) * u64::from(height) {
        return Err(Error::Usage(format!("{} values are no map of {width} x {height}", values.len())));
    }
    let finite = values.iter().flatten().filter(|v| v.is_finite());
    let (low, high) = finite.fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(*v), high.max(*v)));
    let range = (low <= high).then_some((low, high));
    let cell = (SIDE / width.max(height)).clamp(CELL.1, CELL.0);
    let map = Map { values, walls, width, height, title, range, cell };
    let labels = range.map_or(0, |(low, high)| [low, high].into_iter().map(|v| text_width(&short(v), TEXT)).max().unwrap_or(0));
    let right = width * cell + 2 * MARGIN + if range.is_some() { BAR_WIDTH + 8 + labels + MARGIN } else { 0 };
    let size = (right.max(text_width(title, TITLE_TEXT) + 2 * MARGIN), TITLE + map.drawn_height() + MARGIN);
    save(path, size, &map)
}

impl Map<'_> {
    fn drawn_height(&self) -> u32 {
        (self.height * self.cell).max(BAR_HEIGHT)
    }

    /// Left and upper edge of cell `k`.
    fn corner(&self, k: usize) -> (u32, u32) {
        (k as u32 % self.width * self.cell + MARGIN, k as u32 / self.width * self.cell + TITLE)
    }

    /// Each cell draws its half of a wall: what is open one way is walled on one side.
    fn draw_walls<DB: DrawingBackend>(&self, root: &Area<DB>, scale: f64) -> Drawn<DB> {
        let thick = ((f64::from(self.cell) * scale * WALL / 2.0).round() as i32).max(1);
        for (k, sides) in self.walls.iter().enumerate() {
            let (x, y) = self.corner(k);
            let px = |units: u32| (f64::from(units) * scale).round() as i32;
            let (left, top, right, bottom) = (px(x), px(y), px(x + self.cell), px(y + self.cell));
            let lines = [
                [(left, top), (left + thick, bottom)],
                [(right - thick, top), (right, bottom)],
                [(left, top), (right, top + thick)],
                [(left, bottom - thick), (right, bottom)],
            ];
            for line in lines.into_iter().enumerate().filter(|(d, _)| sides >> d & 1 == 1).map(|(_, line)| line) {
                root.draw(&Rectangle::new(line, INK.filled()))?;
            }
        }
        Ok(())
    }
}

impl Picture for Map<'_> {
    fn draw<DB: DrawingBackend>(&self, root: &Area<DB>, scale: f64) -> Drawn<DB> {
        let px = |units: u32| (f64::from(units) * scale).round() as i32;
        let text = |size: f64, v| ("sans-serif", size * scale).into_font().color(&INK).pos(Pos::new(HPos::Left, v));
        root.draw(&Text::new(self.title.to_string(), (px(MARGIN), px(TITLE / 2)), text(TITLE_TEXT, VPos::Center)))?;
        let (low, high) = self.range.unwrap_or((0.0, 0.0));
        let colour = |value: Option<f64>| match value.filter(|v| v.is_finite()) {
            None => NOTHING,
            Some(_) if high == low => colour::heat(0.5),
            Some(value) => colour::heat((value - low) / (high - low)),
        };
        for (k, value) in self.values.iter().enumerate() {
            let (x, y) = self.corner(k);
            // Cells share their edge pixels, so that no gap shows.
            let corners = [(px(x), px(y)), (px(x + self.cell), px(y + self.cell))];
            root.draw(&Rectangle::new(corners, colour(*value).filled()))?;
        }
        self.draw_walls(root, scale)?;
        let right = MARGIN + self.width * self.cell;
        let frame = INK.stroke_width(scale.round() as u32);
        root.draw(&Rectangle::new([(px(MARGIN), px(TITLE)), (px(right), px(TITLE + self.height * self.cell))], frame))?;
        if self.range.is_none() {
            return Ok(());
        }
        let (left, top, bottom) = (right + MARGIN, TITLE, TITLE + self.drawn_height());
        let bands = if high == low { 1 } else { BANDS };
        for band in 0..bands {
            let y = |b: u32| px(bottom) - ((f64::from(b) / f64::from(bands)) * f64::from(px(bottom) - px(top))).round() as i32;
            let shade = if bands == 1 { 0.5 } else { f64::from(band) / f64::from(bands - 1) };
            let corners = [(px(left), y(band + 1)), (px(left + BAR_WIDTH), y(band))];
            root.draw(&Rectangle::new(corners, colour::heat(shade).filled()))?;
        }
        root.draw(&Rectangle::new([(px(left), px(top)), (px(left + BAR_WIDTH), px(bottom))], frame))?;
        let label = |value: f64, y: u32, v| Text::new(short(value), (px(left + BAR_WIDTH + 8), px(y)), text(TEXT, v));
        if high == low {
            return root.draw(&label(low, (top + bottom) / 2, VPos::Center));
        }
        root.draw(&label(high, top, VPos::Top))?;
        root.draw(&label(low, bottom, VPos::Bottom))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_is_drawn_in_the_colours_of_its_values() {
        let folder = std::env::temp_dir().join(format!("explorarium-heat-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("made");
        let path = folder.join("map.png");
        // A wall between the upper two, and one below the lower left that is open from the other side.
        heat_map(&[Some(0.0), None, Some(2.0), Some(1.0)], &[2, 1, 8, 0], (2, 2), "Test", &path).expect("drawn");
        let mut reader = png::Decoder::new(std::io::Cursor::new(std::fs::read(&path).expect("read"))).read_info().expect("PNG");
        let mut rgb = vec![0; reader.output_buffer_size().expect("a size")];
        let info = reader.next_frame(&mut rgb).expect("a frame");
        let at = |x: u32, y: u32| {
            let k = ((y * info.width + x) * 3) as usize;
            RGBColor(rgb[k], rgb[k + 1], rgb[k + 2])
        };
        // Centres of the four cells, two pixels a unit.
        let centre = |column: u32, row: u32| at(2 * MARGIN + column * 96 + 48, 2 * TITLE + row * 96 + 48);
        assert_eq!(centre(0, 0), colour::heat(0.0));
        assert_eq!(centre(1, 0), NOTHING);
        assert_eq!(centre(0, 1), colour::heat(1.0));
        assert_eq!(centre(1, 1), colour::heat(0.5));
        let edge = |column: u32, row: u32, dx: i32, dy: i32| {
            let at_edge = |units: u32, cell: u32, d: i32| (2 * units + cell * 96 + 48).saturating_add_signed(46 * d);
            at(at_edge(MARGIN, column, dx), at_edge(TITLE, row, dy))
        };
        assert_eq!((edge(0, 0, 1, 0), edge(1, 0, -1, 0), edge(0, 1, 0, 1)), (INK, INK, INK));
        assert_eq!((edge(0, 0, 0, 1), edge(1, 1, -1, 0)), (colour::heat(0.0), colour::heat(0.5)));
        assert!(heat_map(&[None; 4], &[0; 3], (2, 2), "", &path).is_err());
        assert!(heat_map(&[None; 3], &[], (2, 2), "", &path).is_err());
        assert!(heat_map(&[None; 4], &[], (2, 2), "", &folder.join("map.gif")).is_err());
        let svg = folder.join("map.svg");
        heat_map(&[Some(3.0); 4], &[], (2, 2), "All the same", &svg).expect("drawn");
        assert!(std::fs::read_to_string(&svg).expect("read").contains("All the same"));
        std::fs::remove_dir_all(&folder).expect("cleaned");
    }
}

//! Draws a map of values as colours, with a scale beside it.

use std::path::Path;

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::colour::{self, INK, NOTHING};
use super::page::{Picture, save, text_width};
use super::panel::short;
use super::scale::{ticks, wrapped};
use super::surface::{Area, Drawn};
use crate::error::{Error, Result};

/// Approximate length of the longer side of a map, in units.
const SIDE: u32 = 560;
/// Size of the largest and the smallest cell, in units.
const CELL: (u32, u32) = (48, 2);
const MARGIN: u32 = 20;
const TITLE: u32 = 34;
/// Height of a line of the text below the title, and of the legend below the map.
const LINE: u32 = 19;
const BAR_WIDTH: u32 = 18;
/// Smallest height of the bar. A lower bar has no room for its labels.
const BAR_HEIGHT: u32 = 120;
const TICK: u32 = 5;
const TEXT: f64 = 14.0;
const TITLE_TEXT: f64 = 18.0;
/// Smallest width of a picture, so that its texts have room.
const MIN_WIDTH: u32 = 420;
/// Width of a wall between two cells, as a share of a cell. Half of it lies on either side.
const WALL: f64 = 0.14;
/// Number of colours of the bar.
const BANDS: u32 = 256;

/// A map to draw.
#[derive(Clone, Copy, Debug, Default)]
pub struct Heat<'a> {
    /// `[height, width]`, rows from the top. None and values that are not finite are drawn grey.
    pub values: &'a [Option<f64>],
    /// Width and height in cells.
    pub size: (u32, u32),
    /// Empty, or a number for each cell: bits 0 to 3 are set if a line is to be drawn along its left, right, upper and lower side.
    pub walls: &'a [u32],
    /// Empty, or for each cell whether it is crossed out.
    pub crossed: &'a [bool],
    /// One line above the map.
    pub title: &'a str,
    /// Text below the title, in as many lines as it needs.
    pub about: &'a str,
    /// Unit of the values, above the scale.
    pub unit: &'a str,
    /// Legend text of a grey cell; shown if a cell is grey and the text is not empty.
    pub grey: &'a str,
    /// Legend text of a crossed cell; shown if a cell is crossed.
    pub cross: &'a str,
}

/// A map with its layout on the page.
struct Map<'a> {
    heat: &'a Heat<'a>,
    about: Vec<String>,
    legend: Vec<(Sign, &'a str)>,
    /// Lowest and highest value; None if there is none.
    range: Option<(f64, f64)>,
    /// Values at which the bar has marks.
    ticks: Vec<f64>,
    cell: u32,
    /// Upper edge of the cells.
    top: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Grey,
    Cross,
}

/// Writes a map as PNG or SVG, depending on the ending of `path`. The scale on the right shows which colour has which value.
///
/// # Errors
/// [`Error::Usage`] if the values, walls or crosses are not `width` x `height`, or for another ending; [`Error::Io`] with the path.
pub fn heat_map(heat: &Heat, path: &Path) -> Result<()> {
    let (width, height) = heat.size;
    let fits = |n: usize| n as u64 == u64::from(width) * u64::from(height);
    if width == 0 || height == 0 || !fits(heat.values.len()) {
        return Err(Error::Usage(format!("{} values are no map of {width} x {height}", heat.values.len())));
    }
    for (what, n) in [("walls", heat.walls.len()), ("crosses", heat.crossed.len())] {
        if n > 0 && !fits(n) {
            return Err(Error::Usage(format!("{what} of {n} cells for {} values", heat.values.len())));
        }
    }
    let finite = heat.values.iter().flatten().filter(|v| v.is_finite());
    let (low, high) = finite.fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(*v), high.max(*v)));
    let range = (low <= high).then_some((low, high));
    let ticks = range.map_or_else(Vec::new, |(low, high)| ticks(low, high));
    let cell = (SIDE / width.max(height)).clamp(CELL.1, CELL.0);
    let labels = ticks.iter().map(|v| text_width(&short(*v), TEXT)).max().unwrap_or(0);
    let bar = if range.is_some() { (BAR_WIDTH + TICK + 4 + labels).max(text_width(heat.unit, TEXT)) + MARGIN } else { 0 };
    let wide = (width * cell + 2 * MARGIN + bar).max(MIN_WIDTH).max(text_width(heat.title, TITLE_TEXT) + 2 * MARGIN);
    let about = wrapped(heat.about, TEXT, wide - 2 * MARGIN);
    let grey = heat.values.iter().any(|v| v.is_none_or(|v| !v.is_finite())) && !heat.grey.is_empty();
    let signs = [(Sign::Grey, grey, heat.grey), (Sign::Cross, heat.crossed.contains(&true), heat.cross)];
    let legend: Vec<_> = signs.into_iter().filter(|(_, shown, _)| *shown).map(|(sign, _, text)| (sign, text)).collect();
    let wide = legend.iter().map(|(_, text)| text_width(text, TEXT) + 2 * MARGIN + 2 * LINE).fold(wide, u32::max);
    // The line above the bar is for the unit.
    let top = TITLE + LINE * about.len() as u32 + LINE;
    let map = Map { heat, about, legend, range, ticks, cell, top };
    let size = (wide, top + map.drawn_height() + MARGIN + LINE * map.legend.len() as u32);
    save(path, size, &map)
}

impl Map<'_> {
    fn drawn_height(&self) -> u32 {
        (self.heat.size.1 * self.cell).max(BAR_HEIGHT)
    }

    /// Returns the left and upper edge of cell `k`.
    fn corner(&self, k: usize) -> (u32, u32) {
        let width = self.heat.size.0;
        (k as u32 % width * self.cell + MARGIN, k as u32 / width * self.cell + self.top)
    }

    fn colour(&self, value: Option<f64>) -> RGBColor {
        let (low, high) = self.range.unwrap_or((0.0, 0.0));
        match value.filter(|v| v.is_finite()) {
            None => NOTHING,
            Some(_) if high == low => colour::heat(0.5),
            Some(value) => colour::heat((value - low) / (high - low)),
        }
    }

    fn draw_cells<DB: DrawingBackend>(&self, root: &Area<DB>, scale: f64) -> Drawn<DB> {
        let px = |units: u32| (f64::from(units) * scale).round() as i32;
        for (k, value) in self.heat.values.iter().enumerate() {
            let (x, y) = self.corner(k);
            // Cells share their edge pixels, so that no gap shows.
            let corners = [(px(x), px(y)), (px(x + self.cell), px(y + self.cell))];
            root.draw(&Rectangle::new(corners, self.colour(*value).filled()))?;
            if self.heat.crossed.get(k) == Some(&true) {
                draw_cross(root, corners, scale)?;
            }
        }
        Ok(())
    }

    /// Draws the walls. Each cell draws its half of a wall, so a wall that is open in one direction is drawn on one side only.
    fn draw_walls<DB: DrawingBackend>(&self, root: &Area<DB>, scale: f64) -> Drawn<DB> {
        let thick = ((f64::from(self.cell) * scale * WALL / 2.0).round() as i32).max(1);
        for (k, sides) in self.heat.walls.iter().enumerate() {
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

    /// Draws the scale: its colours, marks at round numbers, and the unit above.
    fn draw_bar<DB: DrawingBackend>(&self, root: &Area<DB>, scale: f64) -> Drawn<DB> {
        let Some((low, high)) = self.range else { return Ok(()) };
        let px = |units: u32| (f64::from(units) * scale).round() as i32;
        let (left, top, bottom) = (2 * MARGIN + self.heat.size.0 * self.cell, self.top, self.top + self.drawn_height());
        let bands = if high == low { 1 } else { BANDS };
        let at = |share: f64| px(bottom) - (share * f64::from(px(bottom) - px(top))).round() as i32;
        for band in 0..bands {
            let y = |b: u32| at(f64::from(b) / f64::from(bands));
            let shade = if bands == 1 { 0.5 } else { f64::from(band) / f64::from(bands - 1) };
            let corners = [(px(left), y(band + 1)), (px(left + BAR_WIDTH), y(band))];
            root.draw(&Rectangle::new(corners, colour::heat(shade).filled()))?;
        }
        let frame = INK.stroke_width(scale.round() as u32);
        root.draw(&Rectangle::new([(px(left), px(top)), (px(left + BAR_WIDTH), px(bottom))], frame))?;
        for value in &self.ticks {
            let y = at(if high == low { 0.5 } else { (value - low) / (high - low) });
            let from = left + BAR_WIDTH;
            root.draw(&PathElement::new(vec![(px(from), y), (px(from + TICK), y)], frame))?;
            root.draw(&Text::new(short(*value), (px(from + TICK + 4), y), text(TEXT, scale, VPos::Center)))?;
        }
        root.draw(&Text::new(self.heat.unit.to_string(), (px(left), px(top - 5)), text(TEXT, scale, VPos::Bottom)))
    }

    /// Draws the legend of grey and crossed cells.
    fn draw_legend<DB: DrawingBackend>(&self, root: &Area<DB>, scale: f64) -> Drawn<DB> {
        let px = |units: u32| (f64::from(units) * scale).round() as i32;
        for (k, (sign, what)) in self.legend.iter().enumerate() {
            let y = self.top + self.drawn_height() + MARGIN / 2 + LINE * k as u32;
            let corners = [(px(MARGIN), px(y + 2)), (px(MARGIN + LINE - 4), px(y + LINE - 2))];
            match sign {
                Sign::Grey => root.draw(&Rectangle::new(corners, NOTHING.filled()))?,
                Sign::Cross => draw_cross(root, corners, scale)?,
            }
            let place = (px(MARGIN + LINE + 4), px(y + LINE / 2));
            root.draw(&Text::new((*what).to_string(), place, text(TEXT, scale, VPos::Center)))?;
        }
        Ok(())
    }
}

fn text(size: f64, scale: f64, v: VPos) -> TextStyle<'static> {
    ("sans-serif", size * scale).into_font().color(&INK).pos(Pos::new(HPos::Left, v))
}

/// Draws both diagonals of a cell.
fn draw_cross<DB: DrawingBackend>(root: &Area<DB>, [(left, top), (right, bottom)]: [(i32, i32); 2], scale: f64) -> Drawn<DB> {
    let style = INK.mix(0.6).stroke_width(scale.round() as u32);
    let (x, y) = ((right - left) / 5, (bottom - top) / 5);
    root.draw(&PathElement::new(vec![(left + x, top + y), (right - x, bottom - y)], style))?;
    root.draw(&PathElement::new(vec![(left + x, bottom - y), (right - x, top + y)], style))
}

impl Picture for Map<'_> {
    fn draw<DB: DrawingBackend>(&self, root: &Area<DB>, scale: f64) -> Drawn<DB> {
        let px = |units: u32| (f64::from(units) * scale).round() as i32;
        root.draw(&Text::new(self.heat.title.to_string(), (px(MARGIN), px(TITLE / 2)), text(TITLE_TEXT, scale, VPos::Center)))?;
        for (k, line) in self.about.iter().enumerate() {
            let y = TITLE + LINE * k as u32 + LINE / 2;
            root.draw(&Text::new(line.clone(), (px(MARGIN), px(y)), text(TEXT, scale, VPos::Center)))?;
        }
        self.draw_cells(root, scale)?;
        self.draw_walls(root, scale)?;
        let (right, bottom) = (MARGIN + self.heat.size.0 * self.cell, self.top + self.heat.size.1 * self.cell);
        let frame = INK.stroke_width(scale.round() as u32);
        root.draw(&Rectangle::new([(px(MARGIN), px(self.top)), (px(right), px(bottom))], frame))?;
        self.draw_bar(root, scale)?;
        self.draw_legend(root, scale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: (u32, u32) = (2, 2);

    #[test]
    fn a_map_is_drawn_in_the_colours_of_its_values() {
        let folder = std::env::temp_dir().join(format!("explorarium-heat-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("made");
        let path = folder.join("map.png");
        // A wall between the upper two cells, and one below the lower left cell that only this cell has.
        let values = [Some(0.0), None, Some(2.0), Some(1.0)];
        heat_map(&Heat { values: &values, walls: &[2, 1, 8, 0], size: TWO, title: "Test", ..Heat::default() }, &path)
            .expect("drawn");
        let mut reader = png::Decoder::new(std::io::Cursor::new(std::fs::read(&path).expect("read"))).read_info().expect("PNG");
        let mut rgb = vec![0; reader.output_buffer_size().expect("a size")];
        let info = reader.next_frame(&mut rgb).expect("a frame");
        let at = |x: u32, y: u32| {
            let k = ((y * info.width + x) * 3) as usize;
            RGBColor(rgb[k], rgb[k + 1], rgb[k + 2])
        };
        // Two pixels for each unit; there is no text below the title.
        let top = TITLE + LINE;
        let centre = |column: u32, row: u32| at(2 * MARGIN + column * 96 + 48, 2 * top + row * 96 + 48);
        assert_eq!(centre(0, 0), colour::heat(0.0));
        assert_eq!(centre(1, 0), NOTHING);
        assert_eq!(centre(0, 1), colour::heat(1.0));
        assert_eq!(centre(1, 1), colour::heat(0.5));
        let edge = |column: u32, row: u32, dx: i32, dy: i32| {
            let at_edge = |units: u32, cell: u32, d: i32| (2 * units + cell * 96 + 48).saturating_add_signed(46 * d);
            at(at_edge(MARGIN, column, dx), at_edge(top, row, dy))
        };
        assert_eq!((edge(0, 0, 1, 0), edge(1, 0, -1, 0), edge(0, 1, 0, 1)), (INK, INK, INK));
        assert_eq!((edge(0, 0, 0, 1), edge(1, 1, -1, 0)), (colour::heat(0.0), colour::heat(0.5)));
        // The lines of a crossed cell meet in its middle.
        let crossed = Heat { values: &[Some(1.0); 4], crossed: &[true, false, false, false], size: TWO, ..Heat::default() };
        heat_map(&crossed, &folder.join("crossed.svg")).expect("drawn");
        let all = Heat { values: &[None; 4], size: TWO, ..Heat::default() };
        assert!(heat_map(&Heat { walls: &[0; 3], ..all }, &path).is_err());
        assert!(heat_map(&Heat { crossed: &[true; 3], ..all }, &path).is_err());
        assert!(heat_map(&Heat { values: &[None; 3], ..all }, &path).is_err());
        assert!(heat_map(&all, &folder.join("map.gif")).is_err());
        std::fs::remove_dir_all(&folder).expect("cleaned");
    }

    #[test]
    fn what_a_map_shows_is_written_on_it() {
        let folder = std::env::temp_dir().join(format!("explorarium-heat-words-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("made");
        let drawn = |heat: &Heat| {
            let path = folder.join("map.svg");
            heat_map(heat, &path).expect("drawn");
            std::fs::read_to_string(&path).expect("read")
        };
        let about = "key position, mode frozen, noise samples 8, noise own, seed 0, and more that does not fit into a single line of this";
        let heat = Heat {
            values: &[Some(0.5), None, Some(3.2), Some(1.0)],
            crossed: &[false, false, true, false],
            size: TWO,
            title: "A title",
            about,
            unit: "bits",
            grey: "not free",
            cross: "not certain",
            ..Heat::default()
        };
        let text = drawn(&heat);
        for words in ["A title", "key position, mode frozen", "single line of this", "bits", "not free", "not certain"] {
            assert!(text.contains(words), "{words}");
        }
        for tick in ["1", "2", "3"] {
            assert!(text.contains(&format!("\n{tick}\n")), "{tick}: {text}");
        }
        let plain = drawn(&Heat { values: &[Some(3.0); 4], crossed: &[false; 4], ..heat });
        assert!(plain.contains("A title") && !plain.contains("not free") && !plain.contains("not certain"));
        std::fs::remove_dir_all(&folder).expect("cleaned");
    }
}

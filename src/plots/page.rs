//! A page of panels with a title and a legend, as a file.

use std::path::Path;
use std::sync::Once;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontStyle, register_font};

use super::colour::{self, INK};
use super::panel::{Panel, mark};
use crate::error::{Error, Result};
use crate::files::write_bytes;

/// Pixels of a PNG a unit of length.
const DENSITY: u32 = 2;
/// PNGs are drawn so many times larger and averaged down, for smooth edges.
const OVERSAMPLING: u32 = 2;
/// Size of a panel in units.
const PANEL: (u32, u32) = (560, 380);
const TITLE_HEIGHT: u32 = 34;
const LEGEND_LINE: u32 = 24;
const LEGEND_TEXT: f64 = 14.0;
const LEGEND_MARK: u32 = 22;

/// Panels in rows, under one title and one legend.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    pub title: String,
    /// Names of the groups; a panel's curves and points say by number which they belong to.
    pub groups: Vec<String>,
    pub panels: Vec<Panel>,
}

/// What can be drawn on: everything in units, times a scale.
pub(super) type Area<'a, DB> = DrawingArea<DB, Shift>;
pub(super) type Drawn<DB> = std::result::Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;

impl Page {
    /// Writes the page, as SVG or PNG by the ending of `path`.
    ///
    /// # Errors
    /// [`Error::Usage`] for another ending or a page without panels; [`Error::Io`] with the path.
    pub fn save(&self, path: &Path) -> Result<()> {
        if self.panels.is_empty() {
            return Err(Error::Usage(format!("{}: nothing to draw", path.display())));
        }
        let columns = self.columns();
        let rows = self.panels.len().div_ceil(columns) as u32;
        let width = PANEL.0 * columns as u32;
        let legend = self.legend(width);
        let size = (width, TITLE_HEIGHT + LEGEND_LINE * legend.len() as u32 + PANEL.1 * rows);
        struct Whole<'a>(&'a Page, &'a [Vec<(usize, u32)>]);
        impl Picture for Whole<'_> {
            fn draw<DB: DrawingBackend>(&self, root: &Area<DB>, scale: f64) -> Drawn<DB> {
                self.0.draw(root, scale, self.1)
            }
        }
        save(path, size, &Whole(self, &legend))
    }

    fn columns(&self) -> usize {
        match self.panels.len() {
            1 => 1,
            2 | 4 => 2,
            _ => 3,
        }
    }

    /// Lines of the legend: (group, where its mark begins).
    fn legend(&self, width: u32) -> Vec<Vec<(usize, u32)>> {
        let mut lines: Vec<Vec<(usize, u32)>> = Vec::new();
        let mut end = width;
        for (k, name) in self.groups.iter().enumerate() {
            let room = LEGEND_MARK + text_width(name, LEGEND_TEXT) + 18;
            if end + room > width - 12 {
                lines.push(Vec::new());
                end = 16;
            }
            if let Some(line) = lines.last_mut() {
                line.push((k, end));
            }
            end += room;
        }
        lines
    }

    fn draw<DB: DrawingBackend>(&self, root: &Area<DB>, scale: f64, legend: &[Vec<(usize, u32)>]) -> Drawn<DB> {
        let px = |units: u32| (f64::from(units) * scale).round() as i32;
        let text = |size: f64| ("sans-serif", size * scale).into_font().color(&INK).pos(Pos::new(HPos::Left, VPos::Center));
        root.draw(&Text::new(self.title.clone(), (px(16), px(TITLE_HEIGHT / 2 + 2)), text(18.0)))?;
        for (l, line) in legend.iter().enumerate() {
            let y = px(TITLE_HEIGHT + LEGEND_LINE * l as u32 + LEGEND_LINE / 2);
            for &(k, x) in line {
                mark(root, k, (px(x + 7), y), 5.0 * scale, colour::group(k, self.groups.len()).filled())?;
                // Letters without descenders stand above the middle of their line.
                root.draw(&Text::new(self.groups[k].clone(), (px(x + LEGEND_MARK), y + px(2)), text(LEGEND_TEXT)))?;
            }
        }
        let (_, below) = root.split_vertically(px(TITLE_HEIGHT + LEGEND_LINE * legend.len() as u32));
        let columns = self.columns();
        for (area, panel) in below.split_evenly((self.panels.len().div_ceil(columns), columns)).iter().zip(&self.panels) {
            panel.draw(area, scale, self.groups.len())?;
        }
        Ok(())
    }
}

/// Something that draws itself on any backend, `scale` pixels a unit.
pub(super) trait Picture {
    fn draw<DB: DrawingBackend>(&self, root: &Area<DB>, scale: f64) -> Drawn<DB>;
}

/// Width in units of `text` in a font of `size` units.
pub(super) fn text_width(text: &str, size: f64) -> u32 {
    register();
    let measured = ("sans-serif", size).into_font().box_size(text);
    measured.map_or(text.chars().count() as u32 * size as u32, |(width, _)| width)
}

/// Draws `picture`, `size` units large, into `path`: SVG or PNG by its ending.
///
/// # Errors
/// See [`Page::save`].
pub(super) fn save(path: &Path, size: (u32, u32), picture: &impl Picture) -> Result<()> {
    register();
    let failed = |e: String| Error::io(path, std::io::Error::other(e));
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("svg") => {
            let mut text = String::new();
            let root = SVGBackend::with_string(&mut text, size).into_drawing_area();
            let drawn = root.fill(&WHITE).and_then(|()| picture.draw(&root, 1.0)).and_then(|()| root.present());
            drawn.map_err(|e| failed(e.to_string()))?;
            drop(root);
            write_bytes(path, text.as_bytes())
        }
        Some("png") => {
            let fine = DENSITY * OVERSAMPLING;
            let large = (size.0 * fine, size.1 * fine);
            let mut rgb = vec![0; (large.0 * large.1 * 3) as usize];
            let root = BitMapBackend::with_buffer(&mut rgb, large).into_drawing_area();
            let drawn = root.fill(&WHITE).and_then(|()| picture.draw(&root, f64::from(fine))).and_then(|()| root.present());
            drawn.map_err(|e| failed(e.to_string()))?;
            drop(root);
            let bytes = png(&averaged(&rgb, large.0), (size.0 * DENSITY, size.1 * DENSITY)).map_err(|e| failed(e.to_string()))?;
            write_bytes(path, &bytes)
        }
        _ => Err(Error::Usage(format!("{}: figures end in .png or .svg", path.display()))),
    }
}

/// Means of the squares of [`OVERSAMPLING`] pixels; rows are `width` pixels wide.
fn averaged(rgb: &[u8], width: u32) -> Vec<u8> {
    let (n, row) = (OVERSAMPLING as usize, width as usize * 3);
    let mut small = Vec::with_capacity(rgb.len() / (n * n));
    for y in 0..rgb.len() / row / n {
        for x in 0..width as usize / n {
            for c in 0..3 {
                let sum: u32 = (0..n * n).map(|k| u32::from(rgb[(y * n + k / n) * row + (x * n + k % n) * 3 + c])).sum();
                small.push((sum / (n * n) as u32) as u8);
            }
        }
    }
    small
}

fn png(rgb: &[u8], (width, height): (u32, u32)) -> std::result::Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.write_header()?.write_image_data(rgb)?;
    Ok(bytes)
}

/// The typeface, once.
fn register() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // The bytes are compiled in; a failure would show as a failed figure.
        let _ = register_font("sans-serif", FontStyle::Normal, epaint_default_fonts::UBUNTU_LIGHT);
    });
}

//! A page of panels with a title and a legend, written to a file.

use std::path::Path;
use std::sync::Once;

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontStyle, register_font};

use super::colour::{self, INK};
use super::panel::{NOTE_LINE, Panel, mark};
use super::surface::{Area, Drawn};
use crate::error::{Error, Result};
use crate::files::write_bytes;

/// Pixels of a PNG for each unit of length.
const DENSITY: u32 = 2;
/// Factor by which PNGs are drawn larger before they are averaged, for smooth edges.
const OVERSAMPLING: u32 = 2;
/// Size of a panel in units.
const PANEL: (u32, u32) = (560, 380);
const TITLE_HEIGHT: u32 = 34;
const LEGEND_LINE: u32 = 24;
const LEGEND_TEXT: f64 = 14.0;
const LEGEND_MARK: u32 = 22;
const CAPTION_LINE: u32 = 18;
const CAPTION_TEXT: f64 = 13.0;
const TITLE_TEXT: f64 = 18.0;
/// Margin to the left and right of the title, the caption and the legend.
const SIDE: u32 = 16;

/// Panels in rows, under one title and one legend.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// Title above all panels, wrapped to the width of the page.
    pub title: String,
    /// Texts below the title, which say what is drawn and how it was computed. Each begins a line.
    pub caption: Vec<String>,
    /// Names of the groups. The curves and points of a panel refer to them by index.
    pub groups: Vec<String>,
    /// The panels, row by row; at least one.
    pub panels: Vec<Panel>,
}

impl Page {
    /// Writes the page as SVG or PNG, depending on the ending of `path`.
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
        let room = width - 2 * SIDE;
        let wrapped = |texts: &[String], size| texts.iter().flat_map(|text| wrap(text, size, room)).collect();
        let title = [self.title.clone()];
        let head = Head {
            page: self,
            title: wrapped(&title, TITLE_TEXT),
            caption: wrapped(&self.caption, CAPTION_TEXT),
            legend: self.legend(width),
        };
        save(path, (width, head.height() + (PANEL.1 + NOTE_LINE * self.notes() as u32) * rows), &head)
    }

    /// Returns the largest number of notes above a panel.
    fn notes(&self) -> usize {
        self.panels.iter().map(|panel| panel.notes.len()).max().unwrap_or(0)
    }

    fn columns(&self) -> usize {
        match self.panels.len() {
            1 => 1,
            2 | 4 => 2,
            _ => 3,
        }
    }

    /// Returns the lines of the legend, as (group, left edge of its mark).
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
}

/// A page with the lines above its panels.
struct Head<'a> {
    page: &'a Page,
    title: Vec<String>,
    caption: Vec<String>,
    legend: Vec<Vec<(usize, u32)>>,
}

impl Head<'_> {
    fn height(&self) -> u32 {
        let lines = |n: usize, height: u32| n as u32 * height;
        lines(self.title.len(), TITLE_HEIGHT) + lines(self.caption.len(), CAPTION_LINE) + lines(self.legend.len(), LEGEND_LINE)
    }
}

impl Picture for Head<'_> {
    fn draw<DB: DrawingBackend>(&self, root: &Area<DB>, scale: f64) -> Drawn<DB> {
        let groups = &self.page.groups;
        let px = |units: u32| (f64::from(units) * scale).round() as i32;
        let text = |size: f64| ("sans-serif", size * scale).into_font().color(&INK).pos(Pos::new(HPos::Left, VPos::Center));
        let mut y = 0;
        for line in &self.title {
            root.draw(&Text::new(line.clone(), (px(SIDE), px(y + TITLE_HEIGHT / 2 + 2)), text(TITLE_TEXT)))?;
            y += TITLE_HEIGHT;
        }
        for line in &self.caption {
            root.draw(&Text::new(line.clone(), (px(SIDE), px(y + CAPTION_LINE / 2)), text(CAPTION_TEXT)))?;
            y += CAPTION_LINE;
        }
        for line in &self.legend {
            let middle = px(y + LEGEND_LINE / 2);
            for &(k, x) in line {
                mark(root, k, (px(x + 7), middle), 5.0 * scale, colour::group(k, groups.len()).filled())?;
                // Letters without descenders lie above the middle of their line, so the text is moved down.
                root.draw(&Text::new(groups[k].clone(), (px(x + LEGEND_MARK), middle + px(2)), text(LEGEND_TEXT)))?;
            }
            y += LEGEND_LINE;
        }
        let (_, below) = root.split_vertically(px(self.height()));
        let (panels, columns, notes) = (&self.page.panels, self.page.columns(), self.page.notes());
        for (area, panel) in below.split_evenly((panels.len().div_ceil(columns), columns)).iter().zip(panels) {
            panel.draw(area, scale, groups.len(), notes)?;
        }
        Ok(())
    }
}

/// `text` in lines at most `room` units wide, broken between words.
pub(super) fn wrap(text: &str, size: f64, room: u32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let longer = lines.last().map(|line| format!("{line} {word}")).filter(|line| text_width(line, size) <= room);
        match (longer, lines.last_mut()) {
            (Some(longer), Some(last)) => *last = longer,
            _ => lines.push(word.to_string()),
        }
    }
    lines
}

/// A picture that can be drawn on any backend, with `scale` pixels for each unit.
pub(super) trait Picture {
    fn draw<DB: DrawingBackend>(&self, root: &Area<DB>, scale: f64) -> Drawn<DB>;
}

/// Returns the width in units of `text` in a font of `size` units.
pub(super) fn text_width(text: &str, size: f64) -> u32 {
    register();
    let measured = ("sans-serif", size).into_font().box_size(text);
    measured.map_or(text.chars().count() as u32 * size as u32, |(width, _)| width)
}

/// Draws `picture`, `size` units large, into `path`: SVG or PNG depending on its ending.
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
            let rgb = pixels(size, DENSITY, WHITE, picture).map_err(|e| failed(e.to_string()))?;
            let bytes = png(&rgb, (size.0 * DENSITY, size.1 * DENSITY)).map_err(|e| failed(e.to_string()))?;
            write_bytes(path, &bytes)
        }
        _ => Err(Error::Usage(format!("{}: figures end in .png or .svg", path.display()))),
    }
}

/// The pixels of `picture`, `size` units large, three bytes each, `density` pixels a unit.
///
/// # Errors
/// [`Error::Io`] if it cannot be drawn.
pub(super) fn pixels(size: (u32, u32), density: u32, ground: RGBColor, picture: &impl Picture) -> Result<Vec<u8>> {
    register();
    let fine = density * OVERSAMPLING;
    let large = (size.0 * fine, size.1 * fine);
    let mut rgb = vec![0; large.0 as usize * large.1 as usize * 3];
    let root = BitMapBackend::with_buffer(&mut rgb, large).into_drawing_area();
    let drawn = root.fill(&ground).and_then(|()| picture.draw(&root, f64::from(fine))).and_then(|()| root.present());
    drawn.map_err(|e| Error::io("the figure", std::io::Error::other(e.to_string())))?;
    drop(root);
    Ok(averaged(&rgb, large.0))
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

/// Registers the typeface, once.
fn register() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // The bytes are compiled in. A failure would appear as a failed figure.
        let _ = register_font("sans-serif", FontStyle::Normal, epaint_default_fonts::UBUNTU_LIGHT);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_as_wide_as_there_is_room() {
        let text = "Bands are 95 % intervals of Student's t over runs; a run counts by the mean of its instances.";
        let lines = wrap(text, CAPTION_TEXT, 250);
        assert!(lines.len() > 1 && lines.iter().all(|line| text_width(line, CAPTION_TEXT) <= 250), "{lines:?}");
        assert_eq!(lines.join(" "), text);
        assert_eq!(wrap("unbreakable", CAPTION_TEXT, 10), ["unbreakable"]);
        assert_eq!(wrap("", CAPTION_TEXT, 10), [""; 0]);
    }
}

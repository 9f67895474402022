//! Reads a drawing into cells and the moves that its lines allow. Rows and columns in messages count from 1, as in editors.

use serde::{Deserialize, Serialize};

/// Directions, numbered as in a pose.
pub const W: u32 = 0;
pub const E: u32 = 1;
pub const N: u32 = 2;
pub const S: u32 = 3;

/// Maximum number of cells on a side; x and y take two bytes each in the observation.
pub const MAX_SIDE: usize = 1024;

/// The format of a drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layout {
    /// One character for each cell.
    Cells,
    /// Cells are at odd rows and columns (from 0). The character between two cells says which moves between them are possible.
    ThinWalls,
}

/// A parsed drawing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Map {
    pub width: usize,
    pub height: usize,
    /// `[height, width]`, row-major.
    pub glyphs: Vec<char>,
    /// `[height, width]`: bit d is set if neither a line nor a border blocks the move from this cell in direction d.
    pub open: Vec<u32>,
}

impl Map {
    /// The cell next to `cell` in direction `way`, if the map has one there.
    pub fn next(&self, cell: usize, way: u32) -> Option<usize> {
        let (x, y) = (cell % self.width, cell / self.width);
        match way {
            W => (x > 0).then(|| cell - 1),
            E => (x + 1 < self.width).then(|| cell + 1),
            N => (y > 0).then(|| cell - self.width),
            _ => (y + 1 < self.height).then(|| cell + self.width),
        }
    }

    /// Row and column of the character that stands for `cell`, for messages.
    pub fn place(&self, layout: Layout, cell: usize) -> String {
        let (x, y) = (cell % self.width, cell / self.width);
        match layout {
            Layout::Cells => format!("row {}, column {}", y + 1, x + 1),
            Layout::ThinWalls => format!("row {}, column {}", 2 * y + 2, 2 * x + 2),
        }
    }
}

/// Reads a drawing.
pub fn parse(layout: Layout, text: &str) -> Result<Map, String> {
    let rows: Vec<Vec<char>> = text.trim_matches(['\r', '\n']).lines().map(|line| line.chars().collect()).collect();
    let columns = rows.first().map_or(0, Vec::len);
    if columns == 0 {
        return Err("the map is empty".into());
    }
    if let Some(row) = rows.iter().position(|row| row.len() != columns) {
        return Err(format!("map: row {} has {} characters, row 1 has {columns}", row + 1, rows[row].len()));
    }
    match layout {
        Layout::Cells => cells(&rows),
        Layout::ThinWalls => thin_walls(&rows),
    }
}

fn check_size(width: usize, height: usize) -> Result<(), String> {
    if width > MAX_SIDE || height > MAX_SIDE {
        return Err(format!("map: {width} x {height} cells are too many; a side may have at most {MAX_SIDE}"));
    }
    Ok(())
}

fn cells(rows: &[Vec<char>]) -> Result<Map, String> {
    let (width, height) = (rows[0].len(), rows.len());
    check_size(width, height)?;
    let mut map = Map { width, height, glyphs: rows.concat(), open: vec![0; width * height] };
    for cell in 0..width * height {
        map.open[cell] = (0..4).filter(|&way| map.next(cell, way).is_some()).map(|way| 1 << way).sum();
    }
    Ok(map)
}

fn thin_walls(rows: &[Vec<char>]) -> Result<Map, String> {
    let (width, height) = (rows[0].len() / 2, rows.len() / 2);
    if width == 0 || height == 0 || rows[0].len() != 2 * width + 1 || rows.len() != 2 * height + 1 {
        let (columns, lines) = (rows[0].len(), rows.len());
        return Err(format!(
            "map: a drawing with thin walls has 2 * height + 1 rows and 2 * width + 1 columns, this one has {lines} and {columns}"
        ));
    }
    check_size(width, height)?;
    check_lines(rows)?;
    let glyphs = (0..width * height).map(|cell| rows[2 * (cell / width) + 1][2 * (cell % width) + 1]).collect();
    let mut map = Map { width, height, glyphs, open: vec![0; width * height] };
    for cell in 0..width * height {
        let (row, column) = (2 * (cell / width) + 1, 2 * (cell % width) + 1);
        let passes = [
            matches!(rows[row][column - 1], ' ' | '<'),
            matches!(rows[row][column + 1], ' ' | '>'),
            matches!(rows[row - 1][column], ' ' | '^'),
            matches!(rows[row + 1][column], ' ' | 'v'),
        ];
        map.open[cell] = (0..4).filter(|&way| passes[way as usize]).map(|way| 1 << way).sum();
    }
    Ok(map)
}

/// Checks that every character between cells is allowed at its place, and that the border is closed.
fn check_lines(rows: &[Vec<char>]) -> Result<(), String> {
    let (last_row, last_column) = (rows.len() - 1, rows[0].len() - 1);
    for (row, line) in rows.iter().enumerate() {
        for (column, &glyph) in line.iter().enumerate() {
            let border = row == 0 || column == 0 || row == last_row || column == last_column;
            let (allowed, what) = match (row % 2, column % 2, border) {
                (1, 1, _) => continue,
                (0, 0, _) => ("+-| ", "at a corner stands '+', '-', '|' or a blank"),
                (1, _, true) => ("|", "the border is closed: '|'"),
                (0, _, true) => ("-", "the border is closed: '-'"),
                (1, _, false) => ("| <>", "between two columns stands '|' (wall), a blank (open), '<' or '>' (one way)"),
                _ => ("- ^v", "between two rows stands '-' (wall), a blank (open), '^' or 'v' (one way)"),
            };
            if !allowed.contains(glyph) {
                return Err(format!("map: '{glyph}' at row {}, column {}; {what}", row + 1, column + 1));
            }
        }
    }
    Ok(())
}

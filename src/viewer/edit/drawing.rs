//! An ASCII world that is being painted: its drawing as characters, and the rest of its TOML file as it was written.

use toml_edit::{DocumentMut, Item, Table, TableLike, Value, value};

use super::shapes::Cell;

/// How characters stand for cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// gridlab: a character for each cell.
    Cells,
    /// gridlab: walls between cells have characters of their own.
    ThinWalls,
    /// MiniGrid: a character for each cell, with a legend.
    MiniGrid,
}

/// Sides of a cell, numbered as directions of gridlab: west, east, north, south.
pub const SIDES: [&str; 4] = ["west", "east", "north", "south"];
/// Cells of the largest map that can be painted: all work of a stroke fits into a frame.
pub const MAX_CELLS: u32 = MAX_SIDE * MAX_SIDE;
/// Largest side of a map that can be chosen here, in cells.
pub const MAX_SIDE: u32 = 256;

/// A world file with a drawing.
#[derive(Clone, Debug)]
pub struct Drawing {
    /// Where it comes from, as messages of the loader begin.
    pub origin: String,
    /// Seed of the runs that are started from here.
    pub seed: i64,
    /// What its characters mean.
    pub form: Form,
    rows: Vec<Vec<char>>,
    toml: DocumentMut,
}

impl Drawing {
    /// Reads the text of a world file.
    ///
    /// # Errors
    /// If it is not TOML, has no drawing, or its rows have no common length.
    pub fn parse(origin: &str, seed: i64, text: &str) -> Result<Drawing, String> {
        let toml: DocumentMut =
            text.parse().map_err(|e: toml_edit::TomlError| format!("{origin}: {}", e.to_string().trim_end()))?;
        let word = |name: &str| toml.get(name).and_then(Item::as_str).unwrap_or_default().to_string();
        let form = match (word("family").as_str(), word("layout").as_str()) {
            ("gridlab", "thin-walls") => Form::ThinWalls,
            ("gridlab", _) => Form::Cells,
            ("minigrid", _) => Form::MiniGrid,
            ("crafter", _) => return Err(format!("{origin}: a Crafter world has no drawing; paint a scenario over it")),
            (other, _) => return Err(format!("{origin}: '{other}' is no family whose worlds are drawn")),
        };
        let mut drawing = Drawing { origin: origin.to_string(), seed, form, rows: Vec::new(), toml };
        let Some(map) = drawing.table().and_then(|table| table.get("map")?.as_str()) else {
            return Err(format!("{origin}: it has no map to paint"));
        };
        drawing.rows = rows_of(map);
        let columns = drawing.rows.first().map_or(0, Vec::len);
        if columns == 0 || drawing.rows.iter().any(|row| row.len() != columns) || drawing.size().0 == 0 || drawing.size().1 == 0 {
            return Err(format!("{origin}: the rows of its map have no common length"));
        }
        let (width, height) = drawing.size();
        if u64::from(width) * u64::from(height) > u64::from(MAX_CELLS) {
            return Err(format!("{origin}: {width} x {height} cells are too many to paint; at most {MAX_CELLS} are possible"));
        }
        drawing.draw_agent();
        Ok(drawing)
    }

    /// The text of the file. What was not changed is as it was written.
    pub fn text(&self) -> String {
        let before = self.table().and_then(|table| table.get("map")?.as_str()).map(rows_of);
        if before.as_ref() == Some(&self.rows) {
            return self.toml.to_string();
        }
        let mut changed = self.clone();
        let lines: Vec<String> = self.rows.iter().map(|row| row.iter().collect()).collect();
        let map = lines.join("\n");
        let literal = format!("'''\n{map}\n'''").parse::<Value>();
        let mut map = literal.unwrap_or_else(|_| Value::from(map));
        map.decor_mut().set_prefix(" ");
        if let Some(item) = changed.table_mut().and_then(|table| table.get_mut("map")) {
            *item = Item::Value(map);
        }
        changed.toml.to_string()
    }

    /// The table that has the drawing.
    fn table(&self) -> Option<&dyn TableLike> {
        match self.form {
            Form::MiniGrid => self.toml.get("level")?.as_table_like(),
            _ => Some(self.toml.as_table()),
        }
    }

    fn table_mut(&mut self) -> Option<&mut dyn TableLike> {
        match self.form {
            Form::MiniGrid => self.toml.get_mut("level")?.as_table_like_mut(),
            _ => Some(self.toml.as_table_mut()),
        }
    }

    /// Draws an agent that is given by numbers, so that all of the level is in the drawing.
    fn draw_agent(&mut self) {
        let given = |name: &str| self.table().and_then(|table| table.get(name)).filter(|_| self.form == Form::MiniGrid);
        let Some(agent) = given("agent").and_then(Item::as_array) else { return };
        let number = |k: usize| agent.get(k).and_then(Value::as_integer).and_then(|n| usize::try_from(n).ok());
        let way = given("direction").and_then(Item::as_integer).unwrap_or(0);
        let way = usize::try_from(way).ok().and_then(|way| crate::envs::minigrid::map::AGENTS.get(way).copied());
        let (Some(x), Some(y), Some(glyph)) = (number(0), number(1), way) else { return };
        if let Some(place) = self.rows.get_mut(y).and_then(|row| row.get_mut(x)) {
            *place = glyph;
            if let Some(table) = self.table_mut() {
                table.remove("agent");
                table.remove("direction");
            }
        }
    }

    /// Columns and rows of cells.
    pub fn size(&self) -> (u32, u32) {
        let (columns, rows) = (self.rows.first().map_or(0, Vec::len) as u32, self.rows.len() as u32);
        if self.form == Form::ThinWalls { (columns / 2, rows / 2) } else { (columns, rows) }
    }

    /// Row and column of the character of a cell.
    fn place(&self, (x, y): Cell) -> (usize, usize) {
        let (x, y) = (x as usize, y as usize);
        if self.form == Form::ThinWalls { (2 * y + 1, 2 * x + 1) } else { (y, x) }
    }

    /// The character of a cell; a blank outside the map.
    pub fn glyph(&self, cell: Cell) -> char {
        let (row, column) = self.place(cell);
        self.rows.get(row).and_then(|row| row.get(column)).copied().unwrap_or(' ')
    }

    /// Sets the character of a cell, if it is on the map.
    pub fn set_glyph(&mut self, cell: Cell, glyph: char) {
        let (row, column) = self.place(cell);
        if let Some(place) = self.rows.get_mut(row).and_then(|row| row.get_mut(column)) {
            *place = glyph;
        }
    }

    /// The character between a cell and the one at its `side`; None at the border, which is always closed, and where cells have no sides.
    pub fn side(&self, cell: Cell, side: usize) -> Option<char> {
        let (row, column) = self.side_place(cell, side)?;
        Some(self.rows[row][column])
    }

    /// Sets the character between two cells; the border stays closed.
    pub fn set_side(&mut self, cell: Cell, side: usize, glyph: char) {
        if let Some((row, column)) = self.side_place(cell, side) {
            self.rows[row][column] = glyph;
        }
    }

    fn side_place(&self, cell: Cell, side: usize) -> Option<(usize, usize)> {
        let (row, column) = self.place(cell);
        let (height, width) = (self.rows.len(), self.rows.first()?.len());
        let (row, column) = match side {
            0 => (row, column.checked_sub(1)?),
            1 => (row, column + 1),
            2 => (row.checked_sub(1)?, column),
            _ => (row + 1, column),
        };
        let inside = row > 0 && column > 0 && row + 1 < height && column + 1 < width;
        (self.form == Form::ThinWalls && inside).then_some((row, column))
    }

    /// Whether a character stands on a cell.
    pub fn has(&self, glyph: char) -> bool {
        self.glyphs().any(|there| there == glyph)
    }

    /// The characters of all cells, row by row.
    pub fn glyphs(&self) -> impl Iterator<Item = char> + '_ {
        let (width, height) = self.size();
        (0..height).flat_map(move |y| (0..width).map(move |x| self.glyph((x, y))))
    }

    /// Changes the size. Cells that are new are `floor`.
    pub fn resize(&mut self, (width, height): (u32, u32), floor: char) {
        let (old, before) = (self.size(), self.clone());
        self.rows = blank(self.form, (width, height), floor);
        for y in 0..height.min(old.1) {
            for x in 0..width.min(old.0) {
                self.set_glyph((x, y), before.glyph((x, y)));
                for side in 0..4 {
                    if let Some(glyph) = before.side((x, y), side) {
                        self.set_side((x, y), side, glyph);
                    }
                }
            }
        }
        if self.form == Form::MiniGrid {
            let side = |side: u32| Value::from(i64::from(side));
            self.toml["size"] = value(toml_edit::Array::from_iter([side(width), side(height)]));
        }
    }

    /// A field of the file.
    pub fn field(&self, name: &str) -> Option<&Item> {
        self.toml.get(name)
    }

    /// Sets a field of the file.
    pub fn set_field(&mut self, name: &str, to: impl Into<Value>) {
        self.toml[name] = value(to);
    }

    /// An entry of a section, as `rewards` has.
    pub fn entry(&self, section: &str, name: &str) -> Option<&Item> {
        self.section(section)?.get(name)
    }

    /// Names of the entries of a section.
    pub fn entries(&self, section: &str) -> Vec<String> {
        self.section(section).map_or(Vec::new(), |table| table.iter().map(|(name, _)| name.to_string()).collect())
    }

    fn section(&self, section: &str) -> Option<&dyn TableLike> {
        let level = || self.table()?.get(section);
        self.toml.get(section).or_else(level)?.as_table_like()
    }

    /// Sets an entry of a section, or removes it. Sections of MiniGrid belong to its level.
    pub fn set_entry(&mut self, section: &str, name: &str, to: Option<Item>) {
        let Some(table) = self.table_mut() else { return };
        if table.get(section).is_none() && to.is_some() {
            let mut new = Table::new();
            new.set_implicit(matches!(to, Some(Item::Table(_))));
            table.insert(section, Item::Table(new));
        }
        let Some(entries) = table.get_mut(section).and_then(Item::as_table_like_mut) else { return };
        match to {
            Some(to) => {
                entries.insert(name, to);
            }
            None => {
                entries.remove(name);
                if entries.is_empty() {
                    table.remove(section);
                }
            }
        }
    }
}

fn rows_of(map: &str) -> Vec<Vec<char>> {
    map.trim_matches(['\r', '\n']).lines().map(|line| line.chars().collect()).collect()
}

/// The characters of an empty map: floor, closed by a border where walls are thin.
pub fn blank(form: Form, (width, height): (u32, u32), floor: char) -> Vec<Vec<char>> {
    let (width, height) = (width as usize, height as usize);
    if form != Form::ThinWalls {
        return vec![vec![floor; width]; height];
    }
    let (columns, rows) = (2 * width + 1, 2 * height + 1);
    let glyph = |row: usize, column: usize| match (row % 2, column % 2) {
        (1, 1) => floor,
        (0, 0) => '+',
        (1, _) if column == 0 || column + 1 == columns => '|',
        (0, _) if row == 0 || row + 1 == rows => '-',
        _ => ' ',
    };
    (0..rows).map(|row| (0..columns).map(|column| glyph(row, column)).collect()).collect()
}

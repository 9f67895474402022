//! The document on the page: a scenario or a drawing, and how strokes change it.

use super::brush::{Birth, Brush};
use super::checked::Checked;
use super::drawing::{Drawing, Form};
use super::scenario::{Creature, Scenario};
use super::shapes::Cell;
use super::{legend, tv};
use crate::envs::minigrid::map::AGENTS;

/// What is painted.
#[derive(Clone, Debug)]
pub enum Document {
    /// Changes of the first state of a Crafter world.
    Scenario(Scenario),
    /// An ASCII world.
    Drawing(Drawing),
}

/// Separates the head of a kept text from the file's text.
const HEAD: char = '\u{1f}';

impl Document {
    /// The text of the file that every subcommand takes.
    pub fn text(&self) -> String {
        match self {
            Document::Scenario(scenario) => scenario.text(),
            Document::Drawing(drawing) => drawing.text(),
        }
    }

    /// Everything about it as one text, but the name of its file: what is undone and compared.
    pub fn record(&self) -> String {
        let (kind, name, seed) = match self {
            Document::Scenario(Scenario { world, seed, .. }) => ("scenario", world, seed),
            Document::Drawing(Drawing { seed, .. }) => ("drawing", &String::new(), seed),
        };
        format!("{kind}{HEAD}{name}{HEAD}{seed}{HEAD}{}", self.text())
    }

    /// The document of a [`Document::record`].
    pub fn of_record(record: &str) -> Option<Document> {
        let mut parts = record.splitn(4, HEAD);
        let (kind, name, seed, text) = (parts.next()?, parts.next()?, parts.next()?.parse().ok()?, parts.next()?);
        match kind {
            "scenario" => Scenario::parse(name, seed, text).map(Document::Scenario),
            _ => Drawing::parse(name, seed, text).ok().map(Document::Drawing),
        }
    }

    /// The ending of its files.
    pub fn ending(&self) -> &'static str {
        if matches!(self, Document::Scenario(_)) { "json" } else { "toml" }
    }

    /// Seed of the runs that are started from here.
    pub fn seed(&self) -> i64 {
        match self {
            Document::Scenario(scenario) => scenario.seed,
            Document::Drawing(drawing) => drawing.seed,
        }
    }

    /// Changes the seed.
    pub fn set_seed(&mut self, to: i64) {
        match self {
            Document::Scenario(scenario) => scenario.seed = to,
            Document::Drawing(drawing) => drawing.seed = to,
        }
    }

    /// The size of the map in cells; that of a scenario is known once it was checked.
    pub fn size(&self, checked: Option<&Checked>) -> Option<(u32, u32)> {
        match self {
            Document::Scenario(_) => checked.map(|checked| (checked.layers.width, checked.layers.height)),
            Document::Drawing(drawing) => Some(drawing.size()),
        }
    }

    /// Paints cells. `checked` is the last valid state.
    ///
    /// # Errors
    /// If the brush cannot paint here; the text says why.
    pub fn paint(&mut self, brush: &Brush, birth: &Birth, cells: &[Cell], checked: Option<&Checked>) -> Result<(), String> {
        match self {
            Document::Scenario(scenario) => {
                let Some(checked) = checked else { return Ok(()) };
                cells.iter().for_each(|cell| paint_scenario(scenario, brush, birth, *cell, checked));
                Ok(())
            }
            Document::Drawing(drawing) => {
                cells.iter().try_for_each(|cell| paint_drawing(drawing, brush, *cell))?;
                tv::keep_tables(drawing);
                Ok(())
            }
        }
    }

    /// Paints what separates a cell from the one at its `side`.
    pub fn paint_side(&mut self, brush: &Brush, cell: Cell, side: usize) {
        if let (Document::Drawing(drawing), Brush::Side(separation)) = (self, brush) {
            drawing.set_side(cell, side, separation.glyph(side));
        }
    }

    /// What a cell has, as it would be painted.
    pub fn brush_at(&self, cell: Cell, checked: Option<&Checked>) -> Option<Brush> {
        match self {
            Document::Scenario(scenario) => {
                let checked = checked?;
                if player_of(scenario, checked) == cell {
                    return Some(Brush::Player);
                }
                Some(
                    creature_at(cell, checked)
                        .map_or_else(|| Brush::Material(material(scenario, cell, checked)), Brush::Creature),
                )
            }
            Document::Drawing(drawing) => {
                let glyph = drawing.glyph(cell);
                if drawing.form != Form::MiniGrid {
                    return Some(Brush::Glyph(glyph));
                }
                let agent = AGENTS.iter().position(|agent| *agent == glyph);
                agent.map(Brush::Agent).or_else(|| legend::object_of(drawing, glyph).map(Brush::Object))
            }
        }
    }

    /// Whether two cells are alike for filling: the same material, or the same character.
    pub fn is_alike(&self, a: Cell, b: Cell, checked: Option<&Checked>) -> bool {
        match self {
            Document::Scenario(scenario) => {
                checked.is_some_and(|checked| material(scenario, a, checked) == material(scenario, b, checked))
            }
            Document::Drawing(drawing) => {
                let walls = |side: usize| drawing.side(a, side).is_some_and(|glyph| glyph != ' ');
                let side = if b.0 < a.0 {
                    0
                } else if b.0 > a.0 {
                    1
                } else if b.1 < a.1 {
                    2
                } else {
                    3
                };
                drawing.glyph(a) == drawing.glyph(b) && !walls(side)
            }
        }
    }
}

/// Where the player stands: where the scenario puts it, or where the world has it.
pub fn player_of(scenario: &Scenario, checked: &Checked) -> Cell {
    let given = scenario.player.get("pos").and_then(|pos| serde_json::from_value(pos.clone()).ok());
    let first = checked.first.as_ref().map_or(&checked.layers.agent, |first| &first.agent);
    given.unwrap_or((first.x, first.y))
}

/// The material of a cell: what is painted, or what the world has.
fn material(scenario: &Scenario, cell: Cell, checked: &Checked) -> String {
    if let Some(material) = scenario.terrain.get(&cell) {
        return material.clone();
    }
    let layers = checked.first.as_deref().unwrap_or(&checked.layers);
    let at = (cell.1 * layers.width + cell.0) as usize;
    let kind = layers.terrain.get(at).copied().unwrap_or(0);
    checked.names.terrain.get(usize::from(kind)).cloned().unwrap_or_default()
}

fn creature_at(cell: Cell, checked: &Checked) -> Option<String> {
    let entity = checked.layers.entities.iter().find(|entity| (entity.x, entity.y) == cell)?;
    checked.names.entities.get(usize::from(entity.kind)).cloned()
}

/// Whether the world's first state has a creature on a cell.
fn is_first(cell: Cell, checked: &Checked) -> bool {
    checked.first.as_ref().is_some_and(|first| first.entities.iter().any(|entity| (entity.x, entity.y) == cell))
}

fn paint_scenario(scenario: &mut Scenario, brush: &Brush, birth: &Birth, cell: Cell, checked: &Checked) {
    let first = is_first(cell, checked);
    match brush {
        Brush::Material(name) => {
            // What the world has needs no change.
            scenario.set_material(cell, None);
            if material(scenario, cell, checked) != *name {
                scenario.set_material(cell, Some(name));
            }
        }
        // Nobody stands where the player does.
        Brush::Creature(_) if player_of(scenario, checked) == cell => {}
        Brush::Creature(kind) => {
            scenario.place(Creature { kind: kind.clone(), at: cell, attributes: birth.attributes(kind) }, first);
        }
        Brush::Player => {
            scenario.clear(cell, first);
            scenario.player.insert("pos".to_string(), serde_json::json!([cell.0, cell.1]));
        }
        Brush::Erase => {
            scenario.set_material(cell, None);
            scenario.clear(cell, first);
        }
        _ => {}
    }
}

fn paint_drawing(drawing: &mut Drawing, brush: &Brush, cell: Cell) -> Result<(), String> {
    match brush {
        Brush::Glyph(glyph) => drawing.set_glyph(cell, *glyph),
        Brush::Object(words) => legend::paint(drawing, cell, words)?,
        Brush::Agent(way) => {
            let (width, height) = drawing.size();
            for other in (0..height).flat_map(|y| (0..width).map(move |x| (x, y))) {
                if AGENTS.contains(&drawing.glyph(other)) {
                    drawing.set_glyph(other, '.');
                }
            }
            drawing.set_glyph(cell, AGENTS[(*way).min(AGENTS.len() - 1)]);
        }
        Brush::Erase => drawing.set_glyph(cell, '.'),
        _ => {}
    }
    Ok(())
}

//! Strokes of the brush, each of which is one change of the document, and what a cell has.

use super::brush::{Brush, words_of};
use super::document::Document;
use super::editor::Editor;
use super::shapes::{self, Cell};

impl Editor {
    /// Begins a stroke, or goes on with it: paints from the last cell to this one.
    ///
    /// # Errors
    /// If the brush cannot paint here.
    pub fn stroke(&mut self, cell: Cell, side: usize) -> Result<(), String> {
        let Some(size) = self.size() else { return Ok(()) };
        let from = match &mut self.open_stroke {
            Some((_, last)) => std::mem::replace(last, cell),
            None => {
                self.open_stroke = Some((self.now.clone(), cell));
                cell
            }
        };
        if matches!(self.brush, Brush::Side(_)) {
            self.document.paint_side(&self.brush, cell, side);
            return self.painted();
        }
        let single = matches!(self.brush, Brush::Player | Brush::Agent(_));
        let middles = if single { vec![cell] } else { shapes::line(from, cell) };
        let brush_side = if single { 1 } else { self.side };
        let cells: Vec<Cell> = middles.into_iter().flat_map(|middle| shapes::square(middle, brush_side, size)).collect();
        self.fill(&cells)
    }

    /// Paints all cells that are connected with this one and alike.
    ///
    /// # Errors
    /// If the brush cannot paint here.
    pub fn flood(&mut self, cell: Cell) -> Result<(), String> {
        let Some(size) = self.size() else { return Ok(()) };
        let checked = self.checked.as_deref();
        let cells = shapes::region(cell, size, |a, b| self.document.is_alike(a, b, checked));
        self.open_stroke.get_or_insert((self.now.clone(), cell));
        let painted = self.fill(&cells);
        self.end_stroke();
        painted
    }

    /// Paints a rectangle; with a brush for what separates cells, its outline.
    ///
    /// # Errors
    /// If the brush cannot paint here.
    pub fn rectangle(&mut self, a: Cell, b: Cell) -> Result<(), String> {
        let cells = shapes::rectangle(a, b);
        self.open_stroke.get_or_insert((self.now.clone(), b));
        let painted = if matches!(self.brush, Brush::Side(_)) {
            for (x, y) in cells {
                let edges = [(x == a.0.min(b.0), 0), (x == a.0.max(b.0), 1), (y == a.1.min(b.1), 2), (y == a.1.max(b.1), 3)];
                for (_, side) in edges.into_iter().filter(|(is_edge, _)| *is_edge) {
                    self.document.paint_side(&self.brush, (x, y), side);
                }
            }
            self.painted()
        } else if matches!(self.brush, Brush::Player | Brush::Agent(_)) {
            self.fill(&[b])
        } else {
            self.fill(&cells)
        };
        self.end_stroke();
        painted
    }

    fn fill(&mut self, cells: &[Cell]) -> Result<(), String> {
        let (brush, birth, checked) = (self.brush.clone(), self.birth, self.checked.clone());
        self.document.paint(&brush, &birth, cells, checked.as_deref())?;
        self.painted()
    }

    fn painted(&mut self) -> Result<(), String> {
        let now = self.document.record();
        self.take(now);
        Ok(())
    }

    /// Ends a stroke: it is one change.
    pub fn end_stroke(&mut self) {
        if let Some((before, _)) = self.open_stroke.take() {
            self.history.record(&before, &self.now, None);
        }
    }

    /// Whether a stroke is open.
    pub fn is_painting(&self) -> bool {
        self.open_stroke.is_some()
    }

    /// Takes what a cell has as the brush.
    pub fn pick(&mut self, cell: Cell) {
        if let Some(brush) = self.document.brush_at(cell, self.checked.as_deref()) {
            self.brush = brush;
        }
    }

    /// What a cell has, in words.
    pub fn describe(&self, cell: Cell) -> String {
        match &self.document {
            Document::Drawing(drawing) => words_of(drawing, drawing.glyph(cell)),
            Document::Scenario(_) => {
                let Some(checked) = &self.checked else { return String::new() };
                let (layers, names) = (&checked.layers, &checked.names);
                let kind = layers.terrain.get((cell.1 * layers.width + cell.0) as usize).copied().unwrap_or(0);
                let mut words = names.terrain.get(usize::from(kind)).cloned().unwrap_or_default();
                for entity in layers.entities.iter().filter(|entity| (entity.x, entity.y) == cell) {
                    words += &format!(", {}", names.entities.get(usize::from(entity.kind)).map_or("", String::as_str));
                    if let Some(health) = entity.health {
                        words += &format!(" with health {health}");
                    }
                }
                if (layers.agent.x, layers.agent.y) == cell {
                    words += ", player";
                }
                words
            }
        }
    }
}

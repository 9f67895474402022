//! Which part of a map a pane shows.

use egui::{Pos2, Rect, Vec2, pos2, vec2};

/// Smallest and largest size of a cell, in pixels of the display.
const CELL: (f32, f32) = (1.0, 256.0);
/// Sizes of a cell, in pixels, at which tiles of 16 or 32 texels stay square.
const STEPS: [f32; 12] = [2.0, 4.0, 6.0, 8.0, 11.0, 16.0, 32.0, 48.0, 64.0, 96.0, 128.0, 192.0];

/// The part of a map that is shown: a cell in the middle, and pixels of the display for each cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    /// The middle of the pane, in cells of the map.
    pub middle: Vec2,
    /// Pixels of the display for each cell.
    pub cell: f32,
}

/// How a pane's points and cells of the map belong together. The left top corner of the map lies on whole pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Projection {
    /// The pane, in points.
    pub rect: Rect,
    /// The cell at its left top corner.
    pub origin: Vec2,
    /// Points for each cell.
    pub cell: f32,
    /// Pixels of the display for each point.
    pub pixels_per_point: f32,
}

impl Camera {
    /// The whole map, as large as it fits.
    pub fn fit(size: (u32, u32), pane: Vec2, pixels_per_point: f32) -> Camera {
        let (width, height) = (size.0 as f32, size.1 as f32);
        let cell = (pane.x / width).min(pane.y / height) * pixels_per_point;
        // A whole number of pixels for each cell, if there is one.
        let cell = if cell >= 2.0 { cell.floor() } else { cell };
        Camera { middle: vec2(width, height) / 2.0, cell: cell.clamp(CELL.0, CELL.1) }
    }

    /// The next larger (`up`) or smaller size of cells at which pixels stay square.
    pub fn step(self, up: bool) -> Camera {
        let next = if up {
            STEPS.into_iter().find(|step| *step > self.cell + 0.01)
        } else {
            STEPS.into_iter().rev().find(|step| *step < self.cell - 0.01)
        };
        Camera { cell: next.unwrap_or(if up { CELL.1 } else { CELL.0 }), ..self }
    }

    /// Larger by `factor`, around the place `at` of the pane, which stays where it is.
    pub fn zoomed(self, factor: f32, at: Pos2, projection: &Projection) -> Camera {
        let fixed = projection.cell_at(at);
        let cell = (self.cell * factor).clamp(CELL.0, CELL.1);
        let away = (at - projection.rect.center()) * projection.pixels_per_point / cell;
        Camera { middle: fixed - away, cell }
    }

    /// Moved so that `cell` lies in the middle half of the pane.
    pub fn followed(self, cell: Vec2, pane: Vec2, pixels_per_point: f32) -> Camera {
        let half = pane * pixels_per_point / self.cell / 4.0;
        let inside = |middle: f32, at: f32, half: f32| middle.clamp(at - half, at + half);
        let middle = vec2(inside(self.middle.x, cell.x, half.x), inside(self.middle.y, cell.y, half.y));
        Camera { middle, ..self }
    }

    /// Kept over the map: its middle never leaves it.
    pub fn bounded(self, size: (u32, u32)) -> Camera {
        let middle = vec2(self.middle.x.clamp(0.0, size.0 as f32), self.middle.y.clamp(0.0, size.1 as f32));
        Camera { middle, ..self }
    }

    /// How the points of `rect` and cells belong together.
    pub fn project(self, rect: Rect, pixels_per_point: f32) -> Projection {
        let snapped = |at: f32| (at * pixels_per_point).round() / pixels_per_point;
        let cell = self.cell / pixels_per_point;
        // Where the map begins, on whole pixels.
        let left = snapped(rect.center().x - self.middle.x * cell);
        let top = snapped(rect.center().y - self.middle.y * cell);
        Projection { rect, origin: vec2(rect.left() - left, rect.top() - top) / cell, cell, pixels_per_point }
    }
}

impl Projection {
    /// Cells of the map, with fractions, at a point of the pane.
    pub fn cell_at(&self, at: Pos2) -> Vec2 {
        self.origin + (at - self.rect.min) / self.cell
    }

    /// The cell under a point of the pane; None outside the map.
    pub fn pick(&self, at: Pos2, size: (u32, u32)) -> Option<(u32, u32)> {
        let cell = self.cell_at(at);
        let inside = self.rect.contains(at) && cell.x >= 0.0 && cell.y >= 0.0;
        let (x, y) = (cell.x as u32, cell.y as u32);
        (inside && x < size.0 && y < size.1).then_some((x, y))
    }

    /// The point at a place of the map.
    pub fn point(&self, cell: Vec2) -> Pos2 {
        self.rect.min + (cell - self.origin) * self.cell
    }

    /// The rectangle of some cells.
    pub fn rect_of(&self, (x, y): (u32, u32), (width, height): (u32, u32)) -> Rect {
        let at = |x: u32, y: u32| self.point(vec2(x as f32, y as f32));
        Rect::from_min_max(at(x, y), at(x + width, y + height))
    }
}

/// A pane of a size that is not empty.
pub fn is_visible(rect: Rect) -> bool {
    rect.width() >= 1.0 && rect.height() >= 1.0 && rect.min != pos2(f32::INFINITY, f32::INFINITY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_and_cells_belong_together() {
        let rect = Rect::from_min_size(pos2(100.0, 50.0), vec2(640.0, 480.0));
        for scale in [1.0, 1.25, 2.0] {
            let camera = Camera { middle: vec2(32.0, 32.0), cell: 16.0 };
            let projection = camera.project(rect, scale);
            let cell = projection.rect_of((5, 6), (1, 1));
            assert!((cell.width() * scale - 16.0).abs() < 1e-3);
            let whole = cell.left() * scale;
            assert!((whole - whole.round()).abs() < 1e-2, "on whole pixels: {whole}");
            assert_eq!(projection.pick(cell.center(), (64, 64)), Some((5, 6)).filter(|_| rect.contains(cell.center())));
            assert!((projection.cell_at(rect.center()) - camera.middle).length() < 0.1);
        }
    }

    #[test]
    fn zoom_keeps_the_cell_under_the_pointer() {
        let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(400.0, 300.0));
        let (camera, at) = (Camera { middle: vec2(10.0, 10.0), cell: 20.0 }, pos2(37.0, 211.0));
        let before = camera.project(rect, 1.0);
        let after = camera.zoomed(2.0, at, &before).project(rect, 1.0);
        assert!((before.cell_at(at) - after.cell_at(at)).length() < 0.1);
        assert_eq!(Camera { cell: 16.0, ..camera }.step(true).cell, 32.0);
        assert_eq!(Camera { cell: 16.0, ..camera }.step(false).cell, 11.0);
        let fit = Camera::fit((64, 64), vec2(700.0, 650.0), 1.0);
        assert_eq!((fit.cell, fit.middle), (10.0, vec2(32.0, 32.0)));
    }

    #[test]
    fn the_player_stays_in_the_middle_half() {
        let camera = Camera { middle: vec2(10.0, 10.0), cell: 10.0 };
        let pane = vec2(200.0, 200.0);
        assert_eq!(camera.followed(vec2(12.0, 10.0), pane, 1.0), camera);
        assert_eq!(camera.followed(vec2(20.0, 10.0), pane, 1.0).middle, vec2(15.0, 10.0));
    }
}

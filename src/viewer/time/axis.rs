//! Rows of an instance along the width of the time panel.

use egui::Rangef;

/// Fewest rows in the window.
const FEWEST: f64 = 8.0;

/// Which rows the window of the time panel shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    /// The row at the left end.
    pub from: f64,
    /// The row at the right end.
    pub to: f64,
}

impl Axis {
    /// Rows `first` to `last`, with a little room at both ends.
    pub fn around(first: u64, last: u64) -> Axis {
        let (from, to) = (first as f64, last as f64 + 1.0);
        let room = (to - from) * 0.01;
        Axis { from: from - room, to: (to + room).max(from - room + FEWEST) }
    }

    /// Where a row is; rows are as wide as their steps.
    pub fn x(&self, row: f64, span: Rangef) -> f32 {
        span.min + ((row - self.from) / (self.to - self.from)) as f32 * span.span()
    }

    /// The row at a place, with its fraction.
    pub fn row(&self, x: f32, span: Rangef) -> f64 {
        self.from + f64::from((x - span.min) / span.span().max(1.0)) * (self.to - self.from)
    }

    /// Rows for each point.
    pub fn rows_per_point(&self, span: Rangef) -> f64 {
        (self.to - self.from) / f64::from(span.span().max(1.0))
    }

    /// Larger or smaller around a place; it stays near the `rows` that there are.
    pub fn zoomed(self, factor: f64, x: f32, span: Rangef, rows: u64) -> Axis {
        let fixed = self.row(x, span);
        let width = ((self.to - self.from) / factor).clamp(FEWEST, (rows as f64 * 1.05).max(FEWEST));
        let share = (fixed - self.from) / (self.to - self.from);
        Axis { from: fixed - share * width, to: fixed + (1.0 - share) * width }.bounded(rows)
    }

    /// Moved by some rows.
    pub fn moved(self, by: f64, rows: u64) -> Axis {
        Axis { from: self.from + by, to: self.to + by }.bounded(rows)
    }

    /// Moved so that `row` is visible, if it is not.
    pub fn showing(self, row: f64, rows: u64) -> Axis {
        let width = self.to - self.from;
        if row < self.from || row + 1.0 > self.to { self.moved(row - self.from - width * 0.5, rows) } else { self }
    }

    fn bounded(self, rows: u64) -> Axis {
        let width = self.to - self.from;
        let room = width * 0.05;
        let most = (rows as f64 + room - width).max(-room);
        let from = self.from.clamp(-room, most);
        Axis { from, to: from + width }
    }

    /// Distance between ticks that lie at least `apart` points from each other: 1, 2 or 5 times a power of ten.
    pub fn tick(&self, span: Rangef, apart: f32) -> u64 {
        let least = self.rows_per_point(span) * f64::from(apart);
        let mut step = 1u64;
        loop {
            for factor in [1, 2, 5] {
                if (step * factor) as f64 >= least {
                    return step * factor;
                }
            }
            step = step.saturating_mul(10);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_places_belong_together() {
        let (axis, span) = (Axis::around(100, 199), Rangef::new(50.0, 1050.0));
        for row in [100.0, 150.5, 199.0] {
            assert!((axis.row(axis.x(row, span), span) - row).abs() < 1e-3);
        }
        let zoomed = axis.zoomed(2.0, 550.0, span, 1000);
        assert!((zoomed.row(550.0, span) - axis.row(550.0, span)).abs() < 1e-6);
        assert!((zoomed.to - zoomed.from - (axis.to - axis.from) / 2.0).abs() < 1e-6);
        assert!(axis.moved(1e9, 1000).to <= 1100.0 && axis.moved(-1e9, 1000).from >= -100.0);
        assert_eq!(axis.showing(150.0, 1000), axis);
        let far = axis.showing(800.0, 1000);
        assert!(far.from < 800.0 && far.to > 801.0);
        assert_eq!(axis.tick(span, 60.0), 10);
        assert_eq!(Axis::around(0, 9).tick(span, 60.0), 1);
    }
}

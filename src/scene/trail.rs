//! Where the agent was: lines from cell to cell that fade with age.

use std::collections::BTreeMap;

/// Steps after which a line of the trail has faded to 1 / e.
pub const TRAIL_STEPS: f32 = 150.0;
/// Opacity that no line falls below.
const FAINTEST: f32 = 0.16;

/// Where the agent was in an episode. Memory grows with the cells that it passed, not with its steps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trail {
    /// When each line was last passed: from the cell of lower number to its neighbour.
    lines: BTreeMap<(u32, u32), u64>,
    at: Option<u32>,
    step: u64,
}

/// A line of the trail.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrailLine {
    /// Cells that it joins, counted row by row; neighbours.
    pub cells: (u32, u32),
    /// Opacity, more for lines that were passed lately.
    pub opacity: f32,
}

impl Trail {
    /// No place yet.
    pub fn new() -> Trail {
        Trail::default()
    }

    /// The agent is at cell `cell`, counted row by row on a map that is `width` cells wide, after one more step. A jump to a cell that is no
    /// neighbour draws no line.
    pub fn push(&mut self, cell: u32, width: u32) {
        self.step += 1;
        if let Some(from) = self.at.replace(cell)
            && is_neighbour(from, cell, width)
        {
            self.lines.insert((from.min(cell), from.max(cell)), self.step);
        }
    }

    /// The lines, the oldest first.
    #[expect(clippy::disallowed_methods, reason = "a colour of a figure; nothing is decided by it")]
    pub fn lines(&self) -> Vec<TrailLine> {
        let mut by_age: Vec<_> = self.lines.iter().map(|(cells, step)| (*step, *cells)).collect();
        by_age.sort_unstable();
        let opacity = |step: u64| (-((self.step - step) as f32) / TRAIL_STEPS).exp().max(FAINTEST);
        by_age.into_iter().map(|(step, cells)| TrailLine { cells, opacity: opacity(step) }).collect()
    }
}

fn is_neighbour(a: u32, b: u32, width: u32) -> bool {
    let (a, b) = ([a % width, a / width], [b % width, b / width]);
    a[0].abs_diff(b[0]) + a[1].abs_diff(b[1]) == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_join_neighbours_and_fade() {
        let mut trail = Trail::new();
        // 4 cells a row: right, right, down, back up; a jump; staying.
        for cell in [0, 1, 2, 6, 2, 15, 15] {
            trail.push(cell, 4);
        }
        let lines = trail.lines();
        let cells: Vec<_> = lines.iter().map(|line| line.cells).collect();
        assert_eq!(cells, [(0, 1), (1, 2), (2, 6)], "one line for both ways, oldest first");
        assert!(lines.windows(2).all(|pair| pair[0].opacity < pair[1].opacity));
        for _ in 0..1000 {
            trail.push(15, 4);
        }
        assert!(trail.lines().iter().all(|line| line.opacity == FAINTEST));
        // The last cell of a row is no neighbour of the first of the next one.
        let mut edge = Trail::new();
        edge.push(3, 4);
        edge.push(4, 4);
        assert!(edge.lines().is_empty());
    }
}

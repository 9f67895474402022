//! Which cells a tool changes.

/// Column and row of a cell, from the left top.
pub type Cell = (u32, u32);

/// How a brush is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tool {
    /// Paints where it is moved.
    #[default]
    Brush,
    /// Fills the rectangle between two corners.
    Rectangle,
    /// Fills all connected cells that are alike.
    Fill,
}

/// Sides of the square that the brush paints.
pub const SIZES: [u32; 3] = [1, 3, 5];

/// The cells of a square brush around `middle`, on a map of `size`.
pub fn square(middle: Cell, side: u32, size: (u32, u32)) -> Vec<Cell> {
    let half = side / 2;
    let range = |at: u32, end: u32| at.saturating_sub(half)..(at + half + 1).min(end);
    range(middle.1, size.1).flat_map(|y| range(middle.0, size.0).map(move |x| (x, y))).collect()
}

/// The cells of the rectangle with these corners.
pub fn rectangle(a: Cell, b: Cell) -> Vec<Cell> {
    let range = |a: u32, b: u32| a.min(b)..=a.max(b);
    range(a.1, b.1).flat_map(|y| range(a.0, b.0).map(move |x| (x, y))).collect()
}

/// The cells of a line, so that fast moves leave no gaps.
pub fn line(from: Cell, to: Cell) -> Vec<Cell> {
    let (dx, dy) = (i64::from(to.0) - i64::from(from.0), i64::from(to.1) - i64::from(from.1));
    let n = dx.abs().max(dy.abs()).max(1);
    // Rounded to the nearest cell; both ends are exact.
    let at = |from: u32, d: i64, k: i64| (i64::from(from) + (2 * k * d + n).div_euclid(2 * n)) as u32;
    (0..=n).map(|k| (at(from.0, dx, k), at(from.1, dy, k))).collect()
}

/// The cells that are connected with `start` by sides and alike, on a map of `size`.
pub fn region(start: Cell, (width, height): (u32, u32), alike: impl Fn(Cell, Cell) -> bool) -> Vec<Cell> {
    let mut found = vec![false; width as usize * height as usize];
    let (mut todo, mut cells) = (vec![start], Vec::new());
    while let Some((x, y)) = todo.pop() {
        if x >= width || y >= height || std::mem::replace(&mut found[(y * width + x) as usize], true) {
            continue;
        }
        cells.push((x, y));
        let beside = [(x.wrapping_sub(1), y), (x + 1, y), (x, y.wrapping_sub(1)), (x, y + 1)];
        todo.extend(beside.into_iter().filter(|(i, j)| *i < width && *j < height && alike((x, y), (*i, *j))));
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_of_tools_by_hand() {
        assert_eq!(square((0, 0), 3, (5, 5)), [(0, 0), (1, 0), (0, 1), (1, 1)]);
        assert_eq!(square((2, 2), 5, (5, 5)).len(), 25);
        assert_eq!(rectangle((2, 1), (1, 2)), [(1, 1), (2, 1), (1, 2), (2, 2)]);
        assert_eq!(line((0, 0), (3, 0)), [(0, 0), (1, 0), (2, 0), (3, 0)]);
        assert_eq!(line((2, 2), (2, 2)), [(2, 2), (2, 2)]);
        let steep = line((4, 9), (1, 0));
        assert_eq!((steep[0], steep[9], steep.len()), ((4, 9), (1, 0), 10));
        assert!(steep.windows(2).all(|pair| pair[0].0.abs_diff(pair[1].0) <= 1 && pair[0].1 == pair[1].1 + 1));
    }

    #[test]
    fn a_region_ends_where_cells_differ() {
        let map = ["..#.", "..#.", "###."];
        let at = |(x, y): Cell| map[y as usize].as_bytes()[x as usize];
        let mut found = region((0, 0), (4, 3), |a, b| at(a) == at(b));
        found.sort_unstable();
        assert_eq!(found, [(0, 0), (0, 1), (1, 0), (1, 1)]);
        assert_eq!(region((3, 2), (4, 3), |a, b| at(a) == at(b)).len(), 3);
    }
}

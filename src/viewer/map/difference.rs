//! The difference of where two players were.

use crate::scene::{Heat, Ramp, Scale};
use crate::viewer::sources::Track;

/// Shares of visits of two players.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// For each cell A's share of its rows minus B's; NaN where neither was. None if no cell has a value.
    pub heat: Option<Heat>,
    /// Cells on which only A was, only B was, and both were.
    pub cells: [u32; 3],
}

/// Rows of an instance, the last included.
pub type Rows = (u64, u64);

impl Difference {
    /// The difference over some rows of each. None without positions.
    pub fn between(a: (&Track, Rows), b: (&Track, Rows), (width, height): (u32, u32)) -> Option<Difference> {
        let cells = width as usize * height as usize;
        let share = |(track, (from, to)): (&Track, Rows)| {
            let places = track.places.as_ref()?;
            let rows = places.get(from as usize..=(to as usize).min(places.len().checked_sub(1)?))?;
            let mut visits = vec![0u32; cells];
            for (x, y) in rows.iter().filter(|(x, _)| u32::from(*x) < width) {
                if let Some(count) = visits.get_mut(usize::from(*y) * width as usize + usize::from(*x)) {
                    *count += 1;
                }
            }
            let n = rows.len() as f64;
            Some(visits.into_iter().map(move |count| f64::from(count) / n).collect::<Vec<f64>>())
        };
        let (a, b) = (share(a)?, share(b)?);
        let count = |of: &dyn Fn(f64, f64) -> bool| a.iter().zip(&b).filter(|(a, b)| of(**a, **b)).count() as u32;
        let cells = [count(&|a, b| a > 0.0 && b == 0.0), count(&|a, b| a == 0.0 && b > 0.0), count(&|a, b| a > 0.0 && b > 0.0)];
        let values = a.iter().zip(&b).map(|(a, b)| if a + b > 0.0 { a - b } else { f64::NAN }).collect();
        Some(Difference { heat: Heat::new(values, Ramp::Difference, Scale::SignedRoot), cells })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track(places: Vec<(u16, u16)>) -> Track {
        Track { actions: vec![0; places.len()], places: Some(places), ..Track::default() }
    }

    #[test]
    fn a_difference_by_hand() {
        let a = track(vec![(0, 0), (0, 0), (1, 0), (1, 0)]);
        let b = track(vec![(9, 9), (1, 0), (1, 1)]);
        let found = Difference::between((&a, (0, 3)), (&b, (1, 2)), (2, 2)).expect("places");
        assert_eq!(found.cells, [1, 1, 1]);
        let values = found.heat.expect("values").values;
        assert_eq!((values[0], values[1], values[3]), (0.5, 0.0, -0.5));
        assert!(values[2].is_nan(), "nobody was there");
        let same = Difference::between((&a, (0, 3)), (&a, (0, 3)), (2, 2)).expect("places");
        assert_eq!(same.cells, [0, 0, 2]);
        assert!(Difference::between((&Track::default(), (0, 0)), (&a, (0, 3)), (2, 2)).is_none());
    }
}

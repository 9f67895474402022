//! The values of a map, and their description.

use crate::bonus::empowerment::{Empowerment, Noise};
use crate::envs::World;

/// The quantity that a map shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Number of states in which the player stood on the cell.
    Visits,
    /// Values of bonuses.
    Bonus,
    /// Empowerment in bits.
    Empowerment,
}

impl Measure {
    /// The name in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Measure::Visits => "visits",
            Measure::Bonus => "bonus",
            Measure::Empowerment => "empowerment",
        }
    }

    /// The unit of the values: "bits" for empowerment, otherwise the name of the measure.
    pub fn unit(self) -> &'static str {
        match self {
            Measure::Empowerment => "bits",
            other => other.name(),
        }
    }
}

/// What a bonus value is computed for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ValueOf {
    /// A visit to the cell itself.
    #[default]
    State,
    /// A step from the cell, taken on a fork: the mean over all actions. The column `best` has the largest value.
    Step,
}

impl ValueOf {
    /// The name in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            ValueOf::State => "state",
            ValueOf::Step => "step",
        }
    }
}

/// How the values of a map were computed.
#[derive(Clone, Debug, PartialEq)]
pub enum Estimator {
    /// Counts of `states` states that were played or stepped.
    Counted {
        /// States of all instances, first states of episodes included: the sum of the values.
        states: u64,
    },
    /// Counts of `states` states that a trace recorded.
    Recorded {
        /// Recorded states: the sum of the values.
        states: u64,
        /// Name of the agent.
        agent: String,
        /// Seed of the recorded batch.
        seed: i64,
    },
    /// Bonuses evaluated for a simulated visit or step.
    Evaluated {
        /// Names of the bonuses, whose values are fused.
        bonuses: Vec<String>,
        /// What the values are computed for.
        value_of: ValueOf,
    },
    /// Empowerment from forks of the world.
    Forked {
        /// Horizon, key and mode with its number of noise samples or rollouts.
        empowerment: Empowerment,
        /// Whether cells share their noise.
        noise: Noise,
        /// Mode sampled: the number of sequences that were tried, and whether these are all.
        sequences: Option<(u64, bool)>,
    },
}

/// A further value for each cell.
#[derive(Clone, Debug, PartialEq)]
pub struct MapColumn {
    /// Name in tables: `best`, or `upper`, `even`, `corrected`, `bias`, `error` of a sampled channel.
    pub name: &'static str,
    /// Laid out as [`Map::values`].
    pub values: Vec<f64>,
}

/// Lowest, mean and highest value of a map.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Range {
    /// Lowest value.
    pub min: f64,
    /// Mean over the cells that have a value.
    pub mean: f64,
    /// Highest value.
    pub max: f64,
}

/// A value for each cell of a world. The index of a cell is `y * width + x`, from the top left.
#[derive(Clone, Debug, PartialEq)]
pub struct Map {
    /// Id of the world.
    pub env: String,
    /// The quantity that the values are.
    pub measure: Measure,
    /// Columns of cells.
    pub width: u32,
    /// Rows of cells.
    pub height: u32,
    /// `[height, width]`, in units of [`Measure::unit`]. NaN if a cell has no value; [`Map::no_value`] says why. No value is NaN otherwise.
    pub values: Vec<f64>,
    /// Why a cell has no value, for users.
    pub no_value: &'static str,
    /// How the values were computed.
    pub estimator: Estimator,
    /// `[height, width]`, or empty if it is not determined: whether the value of a cell depends on random outcomes. Mode exact then gives
    /// the value for one noise index; that of mode frozen may be too large.
    pub left_to_chance: Vec<bool>,
    /// Further values, each `[height, width]`.
    pub columns: Vec<MapColumn>,
    /// `[height, width]`, or empty if there is none: thin walls around each cell, bit 0 west, 1 east, 2 north, 3 south.
    pub walls: Vec<u32>,
    /// Steps that forks took; 0 if nothing was forked.
    pub forked_steps: u64,
}

impl Map {
    /// Creates a map of `world`; `values` has one value for each cell.
    pub(super) fn new(world: &dyn World, measure: Measure, estimator: Estimator, values: Vec<Option<f64>>) -> Map {
        let (env, (width, height)) = (world.spec().id.clone(), world.spec().size);
        let walls: Vec<u32> = (0..width * height).map(|cell| world.thin_walls(cell % width, cell / width)).collect();
        let walls = if walls.iter().all(|sides| *sides == 0) { Vec::new() } else { walls };
        Map {
            env,
            measure,
            width,
            height,
            values: or_nan(values),
            no_value: "not free, or out of reach",
            estimator,
            left_to_chance: Vec::new(),
            columns: Vec::new(),
            walls,
            forked_steps: 0,
        }
    }

    /// Adds a column of further values.
    pub(super) fn push(&mut self, name: &'static str, values: impl Iterator<Item = Option<f64>>) {
        self.columns.push(MapColumn { name, values: or_nan(values) });
    }

    /// Returns the value of the cell (x, y). None outside the map, and if the cell has none.
    pub fn value(&self, x: u32, y: u32) -> Option<f64> {
        let cell = y as usize * self.width as usize + x as usize;
        self.values.get(cell).copied().filter(|value| x < self.width && !value.is_nan())
    }

    /// Returns the values, None if a cell has none.
    pub fn known(&self) -> impl Iterator<Item = Option<f64>> + '_ {
        self.values.iter().map(|value| Some(*value).filter(|value| !value.is_nan()))
    }

    /// Returns the lowest, mean and highest value; None if no cell has a value.
    pub fn range(&self) -> Option<Range> {
        let known: Vec<f64> = self.known().flatten().collect();
        let min = known.iter().copied().reduce(f64::min)?;
        let max = known.iter().copied().reduce(f64::max)?;
        Some(Range { min, mean: known.iter().sum::<f64>() / known.len() as f64, max })
    }

    /// Returns the number of cells whose value depends on random outcomes.
    pub fn num_left_to_chance(&self) -> usize {
        self.left_to_chance.iter().filter(|random| **random).count()
    }
}

impl MapColumn {
    /// Returns the mean over the cells that have a value; None if none has.
    pub fn mean(&self) -> Option<f64> {
        let known: Vec<f64> = self.values.iter().copied().filter(|value| !value.is_nan()).collect();
        (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
    }
}

fn or_nan(values: impl IntoIterator<Item = Option<f64>>) -> Vec<f64> {
    values.into_iter().map(|value| value.unwrap_or(f64::NAN)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envs::{Options, load};

    #[test]
    fn cells_without_a_value_count_for_nothing() {
        let world = load("gridlab/klyubin-maze", &Options::default()).expect("a world");
        let mut values = vec![None; 100];
        (values[0], values[99], values[12]) = (Some(1.0), Some(4.0), Some(-2.0));
        let mut map = Map::new(&*world, Measure::Visits, Estimator::Counted { states: 3 }, values);
        assert_eq!(map.range(), Some(Range { min: -2.0, mean: 1.0, max: 4.0 }));
        assert_eq!((map.value(9, 9), map.value(2, 1), map.value(1, 1)), (Some(4.0), Some(-2.0), None));
        assert_eq!((map.value(10, 0), map.value(0, 10)), (None, None), "outside");
        assert_eq!(map.known().flatten().count(), 3);
        assert_eq!(map.walls.len(), 100, "a maze of thin walls");
        map.push("best", [Some(3.0), None, Some(5.0)].into_iter());
        assert_eq!(map.columns[0].mean(), Some(4.0));
        map.values.fill(f64::NAN);
        assert_eq!(map.range(), None);
    }
}

//! How thumbnails are ordered.

use crate::viewer::sources::{ShownState, ShownStep};
use crate::viewer::theme::numbers;

/// By what thumbnails are ordered. All but the number are of the open episode, up to the shown step; the largest comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GridOrder {
    /// By the number of the world.
    Number,
    /// By different achievements.
    Achievements,
    /// By the sum of rewards.
    Return,
    /// By different cells on which the player was.
    Novelty,
}

impl GridOrder {
    /// All of them.
    pub const ALL: [GridOrder; 4] = [GridOrder::Achievements, GridOrder::Return, GridOrder::Novelty, GridOrder::Number];

    /// The order at first, in a world with these achievements.
    pub fn of(achievements: &[String]) -> GridOrder {
        if achievements.is_empty() { GridOrder::Return } else { GridOrder::Achievements }
    }

    /// Its name, for people.
    pub fn name(self) -> &'static str {
        match self {
            GridOrder::Number => "Number",
            GridOrder::Achievements => "Achievements",
            GridOrder::Return => "Return",
            GridOrder::Novelty => "Novelty",
        }
    }

    /// What it is, in a line.
    pub fn about(self) -> &'static str {
        match self {
            GridOrder::Number => "The number of the world in its batch",
            GridOrder::Achievements => "Different achievements of this episode so far",
            GridOrder::Return => "Sum of the rewards of this episode so far",
            GridOrder::Novelty => "Different cells of this episode so far",
        }
    }

    /// The value of a state; None for the order by number.
    pub fn value(self, state: &ShownState) -> Option<f64> {
        match self {
            GridOrder::Number => None,
            GridOrder::Achievements => Some(f64::from(state.unlocked.count_ones())),
            GridOrder::Return => Some(state.episode_return),
            GridOrder::Novelty => Some(f64::from(state.cells)),
        }
    }

    /// A value under a thumbnail.
    pub fn short(self, value: f64) -> String {
        if self == GridOrder::Return { numbers::sum(value) } else { numbers::count(value as u64) }
    }

    /// A value in words.
    pub fn words(self, value: f64, full: f64) -> String {
        let short = self.short(value);
        match self {
            GridOrder::Number => String::new(),
            GridOrder::Achievements => format!("{short} of {full:.0} achievements"),
            GridOrder::Return => format!("return {short}"),
            GridOrder::Novelty => format!("{short} cells"),
        }
    }
}

/// Worlds in an order; of equal ones the smaller number first, and those without a state last.
pub fn in_order(mut known: Vec<(u32, Option<&ShownStep>)>, order: GridOrder) -> Vec<(u32, Option<&ShownStep>)> {
    let value = |step: &Option<&ShownStep>| step.and_then(|step| order.value(step.state.as_ref()?)).unwrap_or(f64::NEG_INFINITY);
    known.sort_by(|(a, one), (b, other)| value(other).total_cmp(&value(one)).then(a.cmp(b)));
    known
}

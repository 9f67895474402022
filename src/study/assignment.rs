//! Which condition and which seed the next participant gets.
//!
//! Participants come one by one into blocks, in which each condition occurs equally often, in an order drawn by chance. A place that a
//! participant left (no consent, or erased) is given again.

use crate::shaders::shared::keyed::philox;
use crate::study::plan::StudyPlan;

/// Condition and seed of a participant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assigned {
    /// The order in which the participant came, from 1.
    pub number: i64,
    /// Condition; None if the plan has none.
    pub condition: Option<String>,
    /// Seed of the participant, for plans in which each has one: 0 to 2^31 - 1.
    pub seed: i64,
}

/// Whether a place counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceState {
    /// A participant has it.
    Taken,
    /// The participant did not take part.
    Freed,
}

/// The place of an earlier participant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Number of the participant.
    pub number: i64,
    /// The condition.
    pub condition: Option<String>,
    /// Whether it counts.
    pub state: PlaceState,
}

/// What the words of chance are drawn for.
const FOR_CONDITION: u32 = 1;
const FOR_SEED: u32 = 2;

/// The condition and the seed of participant `number`, after `places` were given to others.
pub fn assign(plan: &StudyPlan, places: &[Place], number: i64) -> Assigned {
    let conditions = &plan.conditions;
    let taken = |name: &String| {
        let counts = |place: &&Place| place.state == PlaceState::Taken && place.condition.as_ref() == Some(name);
        places.iter().filter(counts).count() as u64
    };
    let counts: Vec<u64> = conditions.names.iter().map(taken).collect();
    let seed = i64::from(draw(plan.seed, number, FOR_SEED) >> 1);
    let Some(least) = counts.iter().min().copied() else { return Assigned { number, condition: None, seed } };
    // Places of each condition in the blocks up to the first one that is not full.
    let per_block = u64::from(conditions.block) / counts.len() as u64;
    let quota = (least / per_block.max(1) + 1) * per_block.max(1);
    let open: Vec<usize> =
        (0..counts.len()).flat_map(|k| std::iter::repeat_n(k, quota.saturating_sub(counts[k]) as usize)).collect();
    let chosen = open[((u64::from(draw(plan.seed, number, FOR_CONDITION)) * open.len() as u64) >> 32) as usize];
    Assigned { number, condition: Some(conditions.names[chosen].clone()), seed }
}

/// A word of chance for a participant.
fn draw(seed: u64, number: i64, purpose: u32) -> u32 {
    let number = number.unsigned_abs();
    philox([number as u32, (number >> 32) as u32, purpose, 0], [seed as u32, (seed >> 32) as u32])[0]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::plan::Conditions;

    fn plan(names: &[&str], block: u32, seed: u64) -> StudyPlan {
        let names = names.iter().map(ToString::to_string).collect();
        StudyPlan { seed, conditions: Conditions { names, block }, ..StudyPlan::default() }
    }

    #[test]
    fn each_block_holds_each_condition_equally_often() {
        for (names, block) in [(&["a", "b"][..], 2), (&["a", "b"], 6), (&["a", "b", "c"], 3), (&["a", "b", "c"], 12)] {
            let mut orders = std::collections::BTreeSet::new();
            for seed in 0..20 {
                let plan = plan(names, block, seed);
                let mut places: Vec<Place> = Vec::new();
                for number in 1..=i64::from(block) * 5 {
                    let condition = assign(&plan, &places, number).condition;
                    places.push(Place { number, condition, state: PlaceState::Taken });
                }
                for block in places.chunks(block as usize) {
                    let count = |name: &str| block.iter().filter(|place| place.condition.as_deref() == Some(name)).count();
                    assert!(names.iter().all(|name| count(name) == block.len() / names.len()), "{block:?}");
                }
                orders.insert(places.iter().map(|place| place.condition.clone()).collect::<Vec<_>>());
            }
            assert!(orders.len() > 15, "the order is drawn by chance");
        }
    }

    #[test]
    fn places_of_those_who_left_are_given_again() {
        let names = ["a", "b", "c"];
        for seed in 0..50 {
            let plan = plan(&names, 3, seed);
            let mut places: Vec<Place> = Vec::new();
            for number in 1..=90 {
                let condition = assign(&plan, &places, number).condition;
                // Every third one leaves, by a rule that has nothing to do with the condition.
                let state = if draw(seed, number, 77).is_multiple_of(3) { PlaceState::Freed } else { PlaceState::Taken };
                places.push(Place { number, condition, state });
            }
            let count = |name: &str| {
                let counts = |place: &&Place| place.state == PlaceState::Taken && place.condition.as_deref() == Some(name);
                places.iter().filter(counts).count()
            };
            let counts = names.map(count);
            let (least, greatest) = (counts.iter().min().expect("some"), counts.iter().max().expect("some"));
            assert!(greatest - least <= 1, "{counts:?}");
        }
    }

    #[test]
    fn seeds_are_those_of_crafter_and_differ() {
        let plan = plan(&[], 0, 7);
        let seeds: std::collections::BTreeSet<i64> = (1..=1000).map(|number| assign(&plan, &[], number).seed).collect();
        assert_eq!(seeds.len(), 1000);
        assert!(seeds.iter().all(|seed| (0..1 << 31).contains(seed)));
        assert_eq!(assign(&plan, &[], 5), assign(&plan, &[], 5));
        assert_eq!(assign(&plan, &[], 5).condition, None);
    }
}

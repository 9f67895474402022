//! The archive: for each cell the best known trajectory to it, and the state at its end.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::weights::Weights;
use crate::error::{Error, Result};
use crate::sim::{InstanceState, Origin};

/// Weight of a cell without achievements that was never chosen. The sum of the weights of the largest number of cells, each with the
/// largest number of achievements, stays below 2^64.
const UNIT: f64 = 65_536.0;
/// Code point of the character that stands for action 0 in a saved history.
const FIRST: u32 = '0' as u32;

/// How good a trajectory to a cell is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellScore {
    /// Sum of the raw rewards of the trajectory.
    pub total: i64,
    /// Number of steps of the trajectory.
    pub steps: usize,
    /// Number of achievements unlocked in the trajectory.
    pub achievements: u32,
}

impl CellScore {
    /// Ecoffet et al.: more reward is better, or equal reward in fewer steps. In Crafter a lost unit of health costs a tenth of an
    /// achievement, so among trajectories with the same achievements the healthier is better.
    fn beats(&self, other: &CellScore) -> bool {
        (self.total, other.steps) > (other.total, self.steps)
    }
}

/// A cell of the archive.
#[derive(Clone, Debug)]
pub struct Cell {
    pub key: u64,
    pub score: CellScore,
    pub origin: Origin,
    pub state: InstanceState,
    /// Number of excursions that began here, and of visits.
    pub chosen: u64,
    pub visits: u64,
}

/// Cells by key, at most `most` of them.
#[derive(Debug)]
pub struct Archive {
    pub cells: Vec<Cell>,
    places: BTreeMap<u64, usize>,
    weights: Weights,
    most: usize,
    frontier: u32,
    /// Numbers of better trajectories found, of cells replaced by new ones, and of new cells that were not kept.
    pub improved: u64,
    pub replaced: u64,
    pub refused: u64,
}

/// What the archive does with a visited cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// The cell goes to this index.
    At(usize),
    No,
}

impl Archive {
    pub fn new(most: usize, frontier: u32) -> Archive {
        let (cells, places, weights) = (Vec::new(), BTreeMap::new(), Weights::new(most));
        Archive { cells, places, weights, most, frontier, improved: 0, replaced: 0, refused: 0 }
    }

    /// `(1 + achievements)^frontier / sqrt(chosen + 1)`, in units of 2^-16. Square roots and quotients are the same on every machine.
    fn weight(&self, achievements: u32, chosen: u64) -> u64 {
        let bonus = u64::from(achievements + 1).pow(self.frontier) as f64;
        ((UNIT * bonus / (chosen as f64 + 1.0).sqrt()) as u64).max(1)
    }

    /// Counts a visit of cell `key`. Returns the index for the cell if it is to be stored because it is new or its trajectory is better.
    pub fn visit(&mut self, key: u64, score: &CellScore) -> Placement {
        if let Some(&place) = self.places.get(&key) {
            self.cells[place].visits += 1;
            let better = score.beats(&self.cells[place].score);
            self.improved += u64::from(better);
            return if better { Placement::At(place) } else { Placement::No };
        }
        if self.cells.len() < self.most {
            return Placement::At(self.cells.len());
        }
        let (place, least) = self.weights.least();
        if least >= self.weight(score.achievements, 0) {
            self.refused += 1;
            return Placement::No;
        }
        self.replaced += 1;
        Placement::At(place)
    }

    /// Puts a cell at the index that [`Archive::visit`] returned. A better trajectory to a known cell keeps the counts of the cell.
    pub fn put(&mut self, place: usize, key: u64, score: CellScore, origin: Origin, state: InstanceState) {
        let (mut chosen, mut visits) = (0, 1);
        if let Some(old) = self.cells.get(place) {
            if old.key == key {
                (chosen, visits) = (old.chosen, old.visits);
            } else {
                self.places.remove(&old.key);
            }
        }
        let cell = Cell { key, score, origin, state, chosen, visits };
        if place == self.cells.len() {
            self.cells.push(cell);
        } else {
            self.cells[place] = cell;
        }
        self.places.insert(key, place);
        self.weights.set(place, self.weight(score.achievements, chosen));
    }

    /// Returns the index of the cell that a random number of 53 bits selects, and counts the selection.
    pub fn choose(&mut self, random: u64) -> usize {
        let at = ((u128::from(random) * u128::from(self.weights.total())) >> 53) as u64;
        let place = self.weights.find(at);
        self.cells[place].chosen += 1;
        let weight = self.weight(self.cells[place].score.achievements, self.cells[place].chosen);
        self.weights.set(place, weight);
        place
    }

    /// Saves everything but the states. A replay of the histories restores them.
    pub fn save(&self) -> Value {
        let cells: Vec<Value> = self
            .cells
            .iter()
            .map(|c| {
                json!([c.key, c.score.total, c.score.achievements, c.chosen, c.visits, c.origin.world, text(&c.origin.history)])
            })
            .collect();
        json!({ "cells": cells, "improved": self.improved, "replaced": self.replaced, "refused": self.refused })
    }

    /// Restores what `save` returned. `states_of` replays histories and returns the states at their ends.
    ///
    /// # Errors
    /// [`Error::Data`] if the archive cannot be read; what `states_of` returns.
    pub fn load(&mut self, saved: &Value, states_of: impl Fn(&[Origin]) -> Result<Vec<InstanceState>>) -> Result<()> {
        let odd = || Error::Data("checkpoint: the archive cannot be read".to_string());
        type Saved = (u64, i64, u32, u64, u64, u32, String);
        let cells: Vec<Saved> = serde_json::from_value(saved["cells"].clone()).map_err(|_| odd())?;
        // More achievements than a u64 has bits, or so many visits, are impossible.
        let possible = |cell: &Saved| cell.2 <= u64::BITS && cell.3.max(cell.4) <= 1 << 60 && cell.1.unsigned_abs() <= 1 << 60;
        if cells.len() > self.most || !cells.iter().all(possible) {
            return Err(odd());
        }
        let origins: Vec<Origin> = cells.iter().map(|cell| Origin { world: cell.5, history: history(&cell.6) }).collect();
        let states = states_of(&origins)?;
        for (place, ((cell, origin), state)) in cells.iter().zip(origins).zip(states).enumerate() {
            let (key, total, achievements, chosen, visits, _, _) = *cell;
            let score = CellScore { total, steps: origin.history.len(), achievements };
            self.put(place, key, score, origin, state);
            (self.cells[place].chosen, self.cells[place].visits) = (chosen, visits);
            self.weights.set(place, self.weight(achievements, chosen));
        }
        let count = |name: &str| saved[name].as_u64().ok_or_else(odd);
        (self.improved, self.replaced, self.refused) = (count("improved")?, count("replaced")?, count("refused")?);
        Ok(())
    }
}

/// Writes a history as text, one character an action.
pub fn text(history: &[u8]) -> String {
    history.iter().filter_map(|action| char::from_u32(FIRST + u32::from(*action))).collect()
}

/// Reads a history that [`text`] wrote.
pub fn history(text: &str) -> Vec<u8> {
    text.chars().map(|c| (c as u32).wrapping_sub(FIRST) as u8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(total: i64, steps: usize, achievements: u32) -> CellScore {
        CellScore { total, steps, achievements }
    }

    fn put(archive: &mut Archive, key: u64, score: CellScore) -> bool {
        let Placement::At(place) = archive.visit(key, &score) else { return false };
        let origin = Origin { world: key as u32, history: vec![1; score.steps] };
        archive.put(place, key, score, origin, InstanceState::of([&[key as u32][..]].into_iter()));
        true
    }

    #[test]
    fn no_sum_of_weights_is_too_large() {
        let most = Archive::new(1, super::super::MAX_FRONTIER).weight(u64::BITS, 0);
        assert!(u128::from(most) * (super::super::MAX_CELLS as u128) < 1 << 64);
    }

    #[test]
    fn histories_are_read_as_they_are_written() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(history(&text(&all)), all);
    }

    #[test]
    fn better_is_more_reward_then_a_shorter_way() {
        assert!(score(3, 9, 0).beats(&score(2, 1, 0)) && !score(2, 1, 0).beats(&score(3, 9, 0)));
        assert!(score(3, 8, 0).beats(&score(3, 9, 0)) && !score(3, 9, 0).beats(&score(3, 9, 0)));
    }

    #[test]
    fn a_full_archive_gives_up_its_least_promising_cell() {
        let mut archive = Archive::new(2, 1);
        assert!(put(&mut archive, 10, score(0, 5, 0)) && put(&mut archive, 11, score(0, 5, 3)));
        assert!(!put(&mut archive, 12, score(0, 5, 0)), "no cell is less promising");
        assert!(!put(&mut archive, 10, score(0, 6, 0)) && put(&mut archive, 10, score(0, 4, 0)));
        (0..8).for_each(|_| _ = archive.choose(0));
        assert_eq!((archive.cells[0].key, archive.cells[0].chosen, archive.cells[0].visits), (10, 8, 3));
        assert!(put(&mut archive, 12, score(0, 5, 0)), "a cell chosen often is");
        assert_eq!((archive.improved, archive.replaced, archive.refused, archive.cells.len()), (1, 1, 1, 2));
        assert!(!archive.places.contains_key(&10) && archive.places[&12] == 0);
    }

    #[test]
    fn cells_are_chosen_in_proportion_to_their_weights() {
        let mut archive = Archive::new(4, 2);
        put(&mut archive, 1, score(0, 5, 0));
        put(&mut archive, 2, score(0, 5, 1));
        // The weights are 1 and 4 at first.
        let at = |share: f64| (share * 9_007_199_254_740_992.0) as u64;
        let place = archive.choose(at(0.19));
        assert_eq!(archive.cells[place].key, 1);
        // Now they are 1 / sqrt 2 and 4.
        let place = archive.choose(at(0.16));
        assert_eq!(archive.cells[place].key, 2);
        assert_eq!(archive.weights.total(), (UNIT / 2f64.sqrt()) as u64 + (4.0 * UNIT / 2f64.sqrt()) as u64);
    }

    #[test]
    fn an_archive_is_loaded_as_it_was_saved() {
        let mut archive = Archive::new(8, 1);
        (0..5).for_each(|k| _ = put(&mut archive, 100 + k, score(k as i64 - 2, 3 + k as usize, k as u32)));
        (0..7).for_each(|k| _ = archive.choose(k << 50));
        let mut loaded = Archive::new(8, 1);
        let states_of =
            |origins: &[Origin]| Ok(origins.iter().map(|o| InstanceState::of([&[o.world][..]].into_iter())).collect());
        loaded.load(&archive.save(), states_of).expect("loaded");
        assert_eq!(loaded.save(), archive.save());
        assert_eq!((&loaded.weights, &loaded.places), (&archive.weights, &archive.places));
        assert!(Archive::new(4, 1).load(&archive.save(), states_of).is_err());
        assert!(Archive::new(8, 1).load(&json!({ "cells": [] }), states_of).is_err());
    }
}

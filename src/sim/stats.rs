//! Integer sums over episodes: the same whatever the order in which blocks are added.

use super::work::Tally;

/// Sums over counted episodes.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Stats {
    pub episodes: u64,
    pub length: u64,
    /// Sum of raw rewards (see `WorldSpec::reward_denominator`).
    pub reward: i64,
    /// Distinct cells visited, summed over episodes.
    pub cells: u64,
    /// Episodes in which each achievement was unlocked.
    pub unlocked: Vec<u64>,
    /// Different achievements unlocked, summed over episodes.
    pub achievements: u64,
}

impl Stats {
    /// Adds an episode of `length` steps.
    pub fn count(&mut self, length: u32, tally: &[u32], achievements: &[u32]) {
        self.episodes += 1;
        self.length += u64::from(length);
        self.reward += (u64::from(tally[Tally::RETURN_LO]) | u64::from(tally[Tally::RETURN_HI]) << 32) as i64;
        self.cells += u64::from(tally[Tally::CELLS]);
        self.unlocked.resize(achievements.len(), 0);
        for (sum, count) in self.unlocked.iter_mut().zip(achievements) {
            *sum += u64::from(*count > 0);
            self.achievements += u64::from(*count > 0);
        }
    }

    pub fn add(&mut self, other: &Stats) {
        self.episodes += other.episodes;
        self.length += other.length;
        self.reward += other.reward;
        self.cells += other.cells;
        self.achievements += other.achievements;
        self.unlocked.resize(self.unlocked.len().max(other.unlocked.len()), 0);
        for (sum, more) in self.unlocked.iter_mut().zip(&other.unlocked) {
            *sum += more;
        }
    }
}

//! Integer sums over episodes. They do not depend on the order in which blocks are added.

use crate::shaders::core::tally;

/// Sums over counted episodes.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Stats {
    /// Number of episodes.
    pub episodes: u64,
    /// Steps, summed over episodes.
    pub length: u64,
    /// Sum of raw rewards (see `WorldSpec::reward_denominator`).
    pub reward: i64,
    /// Distinct cells visited, summed over episodes.
    pub cells: u64,
    /// For each achievement, the number of episodes in which it was unlocked.
    pub unlocked: Vec<u64>,
    /// Different achievements unlocked, summed over episodes.
    pub achievements: u64,
    /// For each achievement, how often it was unlocked, also in open episodes. Empty before anything is unlocked.
    #[serde(default)]
    pub unlocks: Vec<u64>,
    /// For each achievement, the sum of the steps of the episode at which it was unlocked, over the unlocks in [`Stats::unlocks`].
    #[serde(default)]
    pub unlock_steps: Vec<u64>,
    /// For each achievement, the number of steps of the batch after which an instance first had it, that step included; 0 if none has it.
    #[serde(default)]
    pub first: Vec<u64>,
}

impl Stats {
    /// Adds an episode of `length` steps.
    pub fn count(&mut self, length: u32, tally: &[u32], achievements: &[u32]) {
        self.episodes += 1;
        self.length += u64::from(length);
        self.reward += tally::total(tally);
        self.cells += u64::from(tally[tally::CELLS]);
        self.unlocked.resize(achievements.len(), 0);
        for (sum, count) in self.unlocked.iter_mut().zip(achievements) {
            *sum += u64::from(*count > 0);
            self.achievements += u64::from(*count > 0);
        }
    }

    /// Adds that achievement `a` of `n` was unlocked at `step` of an episode, in step `batch_step` of the batch.
    pub fn unlock(&mut self, a: usize, n: usize, step: u32, batch_step: u64) {
        let mut one = Stats { unlocks: vec![0; n], unlock_steps: vec![0; n], first: vec![0; n], ..Stats::default() };
        (one.unlocks[a], one.unlock_steps[a], one.first[a]) = (1, u64::from(step), batch_step);
        self.add(&one);
    }

    /// Whether `n_envs` instances can reach these sums. Sums far larger than those of centuries of play are not results but damage.
    pub fn is_possible(&self, n_envs: usize) -> bool {
        const MAX: u64 = 1 << 60;
        let lists = [&self.unlocked, &self.unlocks, &self.unlock_steps];
        let sums = lists.into_iter().flatten().chain([&self.episodes, &self.length, &self.cells, &self.achievements]);
        sums.into_iter().all(|sum| *sum <= MAX)
            && self.reward.unsigned_abs() <= MAX
            && self.first.iter().all(|step| *step <= MAX / n_envs.max(1) as u64)
    }

    /// Adds the sums of `other`. Of [`Stats::first`], the smaller step that is not 0 is taken. The order of additions makes no
    /// difference.
    pub fn add(&mut self, other: &Stats) {
        self.episodes += other.episodes;
        self.length += other.length;
        self.reward += other.reward;
        self.cells += other.cells;
        self.achievements += other.achievements;
        add_each(&mut self.unlocked, &other.unlocked);
        add_each(&mut self.unlocks, &other.unlocks);
        add_each(&mut self.unlock_steps, &other.unlock_steps);
        self.first.resize(self.first.len().max(other.first.len()), 0);
        for (first, more) in self.first.iter_mut().zip(&other.first).filter(|(_, more)| **more > 0) {
            *first = if *first == 0 { *more } else { (*first).min(*more) };
        }
    }

    /// Sums over the episodes that were counted after `before`. `first` is not a sum and stays as it is.
    #[must_use]
    pub fn since(&self, before: &Stats) -> Stats {
        Stats {
            episodes: self.episodes - before.episodes,
            length: self.length - before.length,
            reward: self.reward - before.reward,
            cells: self.cells - before.cells,
            achievements: self.achievements - before.achievements,
            unlocked: less_each(&self.unlocked, &before.unlocked),
            unlocks: less_each(&self.unlocks, &before.unlocks),
            unlock_steps: less_each(&self.unlock_steps, &before.unlock_steps),
            first: self.first.clone(),
        }
    }
}

fn less_each(sums: &[u64], less: &[u64]) -> Vec<u64> {
    sums.iter().enumerate().map(|(k, sum)| sum - less.get(k).copied().unwrap_or(0)).collect()
}

fn add_each(sums: &mut Vec<u64>, more: &[u64]) {
    sums.resize(sums.len().max(more.len()), 0);
    sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_unlock_is_the_earliest_whatever_the_order() {
        let of = |order: &[(usize, u32, u64)]| {
            let mut stats = Stats::default();
            order.iter().for_each(|(a, step, batch_step)| stats.unlock(*a, 3, *step, *batch_step));
            stats
        };
        let stats = of(&[(0, 5, 9), (2, 1, 4), (0, 7, 3)]);
        assert_eq!(stats, of(&[(0, 7, 3), (0, 5, 9), (2, 1, 4)]));
        assert_eq!((stats.unlocks, stats.unlock_steps, stats.first), (vec![2, 0, 1], vec![12, 0, 1], vec![3, 0, 4]));
    }
}

//! A baseline for `I(A; S' | S)`: the estimate for shuffled actions, where the actions of each state are permuted among its departures. If
//! actions make no difference, the baseline is the bias of the estimate. If they make a difference, the baseline is larger than the bias.
//! The estimate minus the baseline is then too low, and the estimate itself is too high.

use super::numbers::c_ln_c;
use super::transitions::Transitions;
use crate::shaders::shared::keyed::Keyed;

/// Permutations whose mean is the baseline.
pub const PERMUTATIONS: u32 = 100;
/// The bootstrap uses entity 0 of the stream.
const FIRST_ENTITY: u32 = 1;

/// Source of a table's permutations: words of the `keyed` stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shuffles {
    /// Seed of all shuffles.
    pub seed: u64,
    /// Number of the table's trajectory. Different trajectories are shuffled differently.
    pub trajectory: u32,
    /// Number of the part of the trajectory.
    pub part: u32,
}

/// The departures from a state for which a shuffle can change the estimate.
struct State {
    /// The action of each departure, as a small number, sorted by outcome.
    actions: Vec<u32>,
    different: usize,
    /// Number of departures to each next state, in descending order.
    outcomes: Vec<usize>,
}

impl Shuffles {
    fn words(&self, k: u32) -> Keyed {
        let key = [self.seed as u32, (self.seed >> 32) as u32];
        Keyed::new(key, self.trajectory, k, FIRST_ENTITY.wrapping_add(self.part))
    }
}

/// Mean of [`Transitions::action_information`] over [`PERMUTATIONS`] shuffles of the actions within each state, in nats. None without a
/// transition.
pub fn action_information(table: &Transitions, shuffles: &Shuffles) -> Option<f64> {
    if table.is_empty() {
        return None;
    }
    let (mut states, fixed) = states(table);
    let most = states.iter().map(|state| state.actions.len()).max().unwrap_or(0);
    let terms: Vec<f64> = (0..=most as u64).map(c_ln_c).collect();
    let originals: Vec<Vec<u32>> = states.iter().map(|state| state.actions.clone()).collect();
    let mut words = vec![0; states.iter().map(State::draws).sum()];
    let mut sum = 0.0;
    for k in 0..PERMUTATIONS {
        shuffles.words(k).fill(&mut words);
        let mut rest = &words[..];
        let mut t = fixed;
        for (state, original) in states.iter_mut().zip(&originals) {
            let (own, others) = rest.split_at(state.draws());
            rest = others;
            // Starts from the same order each time, so that a permutation depends only on its number.
            state.actions.copy_from_slice(original);
            state.shuffle(own);
            t += state.sum(&terms);
        }
        sum += table.action_information_if(t);
    }
    Some(sum / f64::from(PERMUTATIONS))
}

/// Returns the states of `table` for which a shuffle can change the estimate, and the sum of `c ln c` over the transitions of all others.
fn states(table: &Transitions) -> (Vec<State>, f64) {
    let mut fixed = 0.0;
    let mut states = Vec::new();
    let rows: Vec<(u64, u32, u64, u64)> = table.counted().collect();
    for rows in rows.chunk_by(|a, b| a.0 == b.0) {
        let mut actions: Vec<u32> = rows.iter().map(|row| row.1).collect();
        actions.dedup();
        let mut outcomes = std::collections::BTreeMap::<u64, Vec<u32>>::new();
        for (_, action, next, count) in rows {
            let number = actions.partition_point(|known| known < action) as u32;
            let list = outcomes.entry(*next).or_default();
            list.extend(std::iter::repeat_n(number, *count as usize));
        }
        if actions.len() == 1 || outcomes.len() == 1 {
            fixed += rows.iter().map(|row| c_ln_c(row.3)).sum::<f64>();
            continue;
        }
        let mut outcomes: Vec<Vec<u32>> = outcomes.into_values().collect();
        outcomes.sort_by_key(|list| std::cmp::Reverse(list.len()));
        let sizes = outcomes.iter().map(Vec::len).collect();
        states.push(State { actions: outcomes.concat(), different: actions.len(), outcomes: sizes });
    }
    (states, fixed)
}

impl State {
    /// Number of departures whose action matters. An outcome that occurred once adds nothing, whatever its action was.
    fn draws(&self) -> usize {
        self.outcomes.iter().take_while(|size| **size > 1).sum()
    }

    /// Shuffles the first [`State::draws`] places by Fisher and Yates, with one word each.
    fn shuffle(&mut self, words: &[u32]) {
        for (at, word) in words.iter().enumerate() {
            // Index = word * n / 2^32. Its distribution is uneven by less than n / 2^32.
            let left = (self.actions.len() - at) as u64;
            self.actions.swap(at, at + ((u64::from(*word) * left) >> 32) as usize);
        }
    }

    /// Sum of `c ln c` over pairs of an action and an outcome.
    fn sum(&self, terms: &[f64]) -> f64 {
        let mut counts = vec![0usize; self.different];
        let (mut sum, mut begin) = (0.0, 0);
        for size in self.outcomes.iter().take_while(|size| **size > 1) {
            let here = &self.actions[begin..begin + size];
            begin += size;
            here.iter().for_each(|action| counts[*action as usize] += 1);
            here.iter().for_each(|action| sum += terms[std::mem::take(&mut counts[*action as usize])]);
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::super::numbers::{assert_near, exp, ln, ln_gamma};
    use super::super::simulated::words;
    use super::*;
    use crate::shaders::shared::chance::{Chance, UNIT};

    const SHUFFLES: Shuffles = Shuffles { seed: 3, trajectory: 0, part: 0 };

    fn baseline(table: &Transitions) -> f64 {
        action_information(table, &SHUFFLES).expect("transitions")
    }

    /// Returns the mean over all permutations (the expected mutual information of Vinh, Epps and Bailey 2010). With both margins of a state
    /// fixed, a count is hypergeometric.
    fn over_all_permutations(table: &Transitions) -> f64 {
        let rows: Vec<_> = table.counted().collect();
        let ln_choose = |n: u64, k: u64| ln_gamma(n as f64 + 1.0) - ln_gamma(k as f64 + 1.0) - ln_gamma((n - k) as f64 + 1.0);
        let mut t = 0.0;
        for rows in rows.chunk_by(|a, b| a.0 == b.0) {
            let (mut actions, mut nexts) = (std::collections::BTreeMap::new(), std::collections::BTreeMap::new());
            for (_, action, next, count) in rows {
                *actions.entry(action).or_insert(0) += count;
                *nexts.entry(next).or_insert(0) += count;
            }
            let n: u64 = actions.values().sum();
            for a in actions.values() {
                for b in nexts.values() {
                    for c in (a + b).saturating_sub(n).max(1)..=*a.min(b) {
                        t += c_ln_c(c) * exp(ln_choose(*b, c) + ln_choose(n - b, a - c) - ln_choose(n, *a));
                    }
                }
            }
        }
        table.action_information_if(t)
    }

    /// Simulates `n` steps in `states` states with 4 equally likely actions and 4 outcomes. Action a leads to outcome a with probability
    /// `kept`, otherwise to a random outcome.
    fn played(seed: u32, states: u32, n: u32, kept: f64) -> Transitions {
        let mut words = words(seed);
        let mut table = Transitions::new(100);
        for step in 0..n {
            let action = words.randint(4);
            let noise = (words.uniform53() as f64) >= kept * UNIT;
            let outcome = if noise { words.randint(4) } else { action };
            table.add(u64::from(step % states), action, u64::from(outcome));
        }
        table
    }

    /// Returns the true I(A; S') of that channel, in nats.
    fn truth(kept: f64) -> f64 {
        let (right, wrong) = (kept + (1.0 - kept) / 4.0, (1.0 - kept) / 4.0);
        let term = |p: f64| if p > 0.0 { p * ln(4.0 * p) } else { 0.0 };
        term(right) + 3.0 * term(wrong)
    }

    #[test]
    fn the_baseline_is_the_mean_over_all_permutations() {
        for (seed, states, n, kept) in [(1, 1, 40, 0.0), (2, 20, 400, 0.5), (3, 100, 1000, 0.9), (4, 300, 900, 0.0)] {
            let table = played(seed, states, n, kept);
            let exact = over_all_permutations(&table);
            assert_near(baseline(&table), exact, 0.06 * exact);
            assert_eq!(baseline(&table), baseline(&table));
            let other = action_information(&table, &Shuffles { part: 1, ..SHUFFLES }).expect("transitions");
            assert!(other != baseline(&table), "another part is shuffled otherwise");
        }
    }

    #[test]
    fn where_actions_make_no_difference_nothing_is_left() {
        let trajectories = 200;
        for (states, n) in [(10, 100), (10, 1000), (50, 1000)] {
            let (mut value, mut left) = (0.0, 0.0);
            for seed in 0..trajectories {
                let table = played(100 + seed, states, n, 0.0);
                value += table.action_information() / f64::from(trajectories);
                left += (table.action_information() - baseline(&table)) / f64::from(trajectories);
            }
            // The bias is about states (4 - 1) (4 - 1) / 2 N nats as long as that is small.
            assert!(
                left.abs() < 0.03 * value && value > 3.0 * f64::from(states) / f64::from(n),
                "{states}, {n}: {value}, {left}"
            );
        }
    }

    #[test]
    fn the_truth_of_a_known_channel_lies_between_the_difference_and_the_value() {
        for (kept, n) in [(0.5, 400), (0.9, 400), (0.9, 4000)] {
            let (trajectories, truth) = (100, truth(kept));
            let (mut value, mut left) = (0.0, 0.0);
            for seed in 0..trajectories {
                let table = played(500 + seed, 20, n, kept);
                value += table.action_information() / f64::from(trajectories);
                left += (table.action_information() - baseline(&table)) / f64::from(trajectories);
            }
            println!(
                "kept {kept}, {n} steps in 20 states: truth {truth:.4}, as counted {value:.4}, less the baseline {left:.4} nats"
            );
            assert!(left < truth + 0.01 && truth < value + 0.01 && left > 0.7 * truth, "{kept}, {n}: {truth} {value} {left}");
        }
    }

    #[test]
    fn what_cannot_change_does_not() {
        let table = |rows: &[(u64, u32, u64, u32)]| {
            let mut table = Transitions::new(9);
            rows.iter().for_each(|&(s, a, next, n)| (0..n).for_each(|_| table.add(s, a, next)));
            table
        };
        // States with one action, with one outcome, or with each outcome once: a shuffle does not change H(A|S, S').
        let fixed = table(&[(0, 0, 1, 5), (0, 0, 2, 3), (1, 0, 1, 2), (1, 5, 1, 4), (2, 0, 1, 1), (2, 1, 2, 1), (2, 1, 3, 1)]);
        assert_near(baseline(&fixed), fixed.action_information(), 1e-12);
        assert_eq!(action_information(&Transitions::new(9), &SHUFFLES), None);
    }
}

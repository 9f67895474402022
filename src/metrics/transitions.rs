//! Three measures of a recorded trajectory, from the table n(s, a, s') of its transitions: state entropy, information gain, and action
//! information. The estimators are those of Matusch, Ba and Hafner, "Evaluating Agents without Rewards" (2012.11538), who call the last one
//! empowerment.

use std::collections::BTreeMap;

use super::entropy::Entropy;
use super::numbers::{c_ln_c, ln, ln_gamma, psi};

/// Counts, with their `sum c ln c`.
#[derive(Clone, Debug, Default, PartialEq)]
struct Counts<K: Ord> {
    counts: BTreeMap<K, u64>,
    t: f64,
}

impl<K: Ord> Counts<K> {
    /// Adds one. Returns the count before.
    fn add(&mut self, key: K) -> u64 {
        let count = self.counts.entry(key).or_default();
        *count += 1;
        self.t += c_ln_c(*count) - c_ln_c(*count - 1);
        *count - 1
    }
}

/// The table, with every sum that the measures need. The sums are updated step by step, so reading them costs nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Transitions {
    /// Number of states, which is the number of outcomes in the Dirichlet prior of every row.
    k: f64,
    departures: Entropy,
    state_action: Counts<(u64, u32)>,
    state_next: Counts<(u64, u64)>,
    all: Counts<(u64, u32, u64)>,
    /// Number of distinct outcomes of each row (s, a).
    outcomes: BTreeMap<(u64, u32), u64>,
    gain: f64,
    gain_counted: f64,
}

impl Transitions {
    /// Creates an empty table over `states` states: the number of distinct states of all groups that are compared.
    pub fn new(states: u64) -> Transitions {
        Transitions {
            k: states as f64,
            departures: Entropy::default(),
            state_action: Counts::default(),
            state_next: Counts::default(),
            all: Counts::default(),
            outcomes: BTreeMap::new(),
            gain: 0.0,
            gain_counted: 0.0,
        }
    }

    /// Counts the transition from `s` by `a` to `next`.
    pub fn add(&mut self, s: u64, a: u32, next: u64) {
        self.departures.visit(s);
        let row = self.state_action.add((s, a));
        self.state_next.add((s, next));
        let before = self.all.add((s, a, next));
        self.gain_counted += entropy_drop(self.k, row, before);
        if before == 0 {
            let outcomes = self.outcomes.entry((s, a)).or_default();
            self.gain += entropy_drop(self.k, *outcomes, 0);
            *outcomes += 1;
        }
    }

    /// Returns the number of transitions counted.
    pub fn len(&self) -> u64 {
        self.departures.visits()
    }

    /// Whether no transition was counted.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the visits to the states departed from, with their plug-in entropy.
    pub fn departures(&self) -> &Entropy {
        &self.departures
    }

    /// Information gain in nats: the decrease of the differential entropy of a Dirichlet distribution over next states from the prior
    /// (1, .., 1) to the posterior, summed over visited rows (s, a). Each outcome counts once, however often it occurred. (The source
    /// divides by a constant of 1e8.)
    pub fn information_gain(&self) -> f64 {
        self.gain
    }

    /// [`Transitions::information_gain`] with the true counts instead.
    pub fn information_gain_counted(&self) -> f64 {
        self.gain_counted
    }

    /// Entropy of the action given the state, `H(A|S)`, in nats.
    pub fn action_entropy(&self) -> f64 {
        self.mean(self.departures_t() - self.state_action.t)
    }

    /// Entropy of the action given the state and the next state, `H(A|S, S')`, in nats.
    pub fn action_entropy_given_next(&self) -> f64 {
        self.mean(self.state_next.t - self.all.t)
    }

    /// Mutual information of action and next state over one step of the recorded behaviour: `H(A|S) - H(A|S, S') = I(A; S'|S)`, in nats,
    /// weighted by visits. It is not a capacity, because no maximum over policies is taken. It is a plug-in estimate and therefore biased
    /// upwards; see `shuffled`.
    pub fn action_information(&self) -> f64 {
        (self.action_entropy() - self.action_entropy_given_next()).max(0.0)
    }

    /// Returns [`Transitions::action_information`] if the sum of `c ln c` over (s, a, s') were `t`.
    pub(super) fn action_information_if(&self, t: f64) -> f64 {
        (self.action_entropy() - self.mean(self.state_next.t - t)).max(0.0)
    }

    /// Iterates over the table in order: s, a, s', count.
    pub(super) fn counted(&self) -> impl Iterator<Item = (u64, u32, u64, u64)> {
        self.all.counts.iter().map(|(&(s, a, next), &count)| (s, a, next, count))
    }

    /// Share of transitions whose (s, s') was seen only once. They contain no information about the action, and pull `H(A|S, S')`
    /// towards 0.
    pub fn seen_once(&self) -> Option<f64> {
        let once = self.state_next.counts.values().filter(|c| **c == 1).count();
        (!self.is_empty()).then(|| once as f64 / self.len() as f64)
    }

    /// `sum c ln c` over departures.
    fn departures_t(&self) -> f64 {
        let n = self.len();
        c_ln_c(n) - n as f64 * self.departures.nats()
    }

    fn mean(&self, sum: f64) -> f64 {
        if self.is_empty() { 0.0 } else { (sum / self.len() as f64).max(0.0) }
    }
}

/// Differential entropy of a Dirichlet distribution, nats: `ln B(alpha) + (A0 - K) psi(A0) - sum (alpha_i - 1) psi(alpha_i)`.
pub fn dirichlet_entropy(alpha: &[f64]) -> f64 {
    let total: f64 = alpha.iter().sum();
    let beta: f64 = alpha.iter().map(|a| ln_gamma(*a)).sum::<f64>() - ln_gamma(total);
    beta + (total - alpha.len() as f64) * psi(total) - alpha.iter().map(|a| (a - 1.0) * psi(*a)).sum::<f64>()
}

/// Returns by how much [`dirichlet_entropy`] of (1, .., 1) + counts falls with one more observation of an outcome that was seen `seen`
/// times, after `observed` observations in total, with `k` outcomes. It follows from `psi(x + 1) = psi(x) + 1/x`. It has no cancellation
/// for large k.
fn entropy_drop(k: f64, observed: u64, seen: u64) -> f64 {
    let (total, seen) = (k + observed as f64, seen as f64);
    ln(total) - psi(total) - (observed as f64 + 1.0) / total + psi(seen + 1.0) + 1.0 - ln(seen + 1.0)
}

/// Jaccard index of the states that two groups visited: common states over all states. None if neither visited any.
pub fn jaccard(a: &Entropy, b: &Entropy) -> Option<f64> {
    let common = a.counts().keys().filter(|state| b.counts().contains_key(state)).count() as f64;
    let all = a.unique() as f64 + b.unique() as f64 - common;
    (all > 0.0).then(|| common / all)
}

/// Jensen-Shannon divergence of two groups' visits, in nats (at most ln 2). None if either has no visits.
pub fn jensen_shannon(a: &Entropy, b: &Entropy) -> Option<f64> {
    let share = |of: &Entropy, state: u64| of.counts().get(&state).map_or(0.0, |c| *c as f64 / of.visits() as f64);
    let half = |of: &Entropy| -> f64 {
        let terms = of.counts().keys().map(|&state| {
            let (p, mean) = (share(of, state), 0.5 * (share(a, state) + share(b, state)));
            0.5 * p * ln(p / mean)
        });
        terms.sum()
    };
    (a.visits() > 0 && b.visits() > 0).then(|| (half(a) + half(b)).max(0.0))
}

#[cfg(test)]
mod tests {
    use std::f64::consts::LN_2;

    use super::super::numbers::assert_near;
    use super::*;

    fn table(k: u64, counts: &[(u64, u32, u64, u32)]) -> Transitions {
        let mut table = Transitions::new(k);
        for &(s, a, next, n) in counts {
            (0..n).for_each(|_| table.add(s, a, next));
        }
        table
    }

    fn visits(counts: &[(u64, u32)]) -> Entropy {
        let mut entropy = Entropy::default();
        counts.iter().for_each(|&(state, n)| (0..n).for_each(|_| _ = entropy.visit(state)));
        entropy
    }

    #[test]
    fn a_table_of_four_transitions_gives_the_published_figures() {
        let table = table(3, &[(0, 0, 0, 2), (0, 1, 1, 1), (0, 0, 1, 1)]);
        assert_near(table.action_entropy(), 0.562_335, 1e-6);
        assert_near(table.action_entropy_given_next(), 0.346_574, 1e-6);
        assert_near(table.action_information(), 0.215_762, 1e-6);
        assert_near(table.action_information() / ln(2.0), 0.311_278, 1e-6);
        assert_near(table.information_gain(), 0.583_519, 1e-6);
        assert_near(table.information_gain_counted(), 0.816_476, 1e-6);
        assert_eq!((table.len(), table.departures().nats(), table.seen_once()), (4, 0.0, Some(0.0)));
    }

    #[test]
    fn dirichlet_entropies_are_the_published_ones() {
        for (alpha, expected) in [([1.0, 1.0, 1.0], -LN_2), ([2.0, 1.0, 1.0], -0.958_426), ([2.0, 2.0, 1.0], -1.011_387)] {
            assert_near(dirichlet_entropy(&alpha), expected, 1e-6);
        }
    }

    #[test]
    fn the_gain_kept_step_by_step_is_the_difference_of_entropies() {
        let k = 400;
        let counts = [(0, 0, 1, 7), (0, 0, 2, 1), (0, 0, 3, 30), (5, 2, 5, 4), (5, 1, 399, 1)];
        let table = table(k, &counts);
        let gain = |binary: bool| -> f64 {
            let rows: BTreeMap<(u64, u32), Vec<(u64, u32)>> =
                counts.iter().fold(BTreeMap::new(), |mut rows, &(s, a, next, n)| {
                    rows.entry((s, a)).or_insert_with(Vec::new).push((next, if binary { 1 } else { n }));
                    rows
                });
            let entropy = |row: &[(u64, u32)]| {
                let mut alpha = vec![1.0; k as usize];
                row.iter().for_each(|&(next, n)| alpha[next as usize] += f64::from(n));
                dirichlet_entropy(&alpha)
            };
            rows.values().map(|row| entropy(&[]) - entropy(row)).sum()
        };
        assert_near(table.information_gain(), gain(true), 1e-8);
        assert_near(table.information_gain_counted(), gain(false), 1e-8);
    }

    #[test]
    fn information_of_known_channels() {
        // Two actions, used equally often, that each lead to their own outcome nine times of ten.
        let noisy = table(2, &[(0, 0, 0, 9), (0, 0, 1, 1), (0, 1, 0, 1), (0, 1, 1, 9)]);
        assert_near(noisy.action_information(), 0.368_064, 1e-6);
        assert_near(noisy.action_information() / ln(2.0), 0.531_004, 1e-6);
        // The Z-channel: one action always works, the other half the time.
        let z = table(2, &[(0, 0, 0, 2), (0, 1, 0, 1), (0, 1, 1, 1)]);
        assert_near(z.action_information() / ln(2.0), 0.311_278, 1e-6);
        // Both actions have the same outcome: no information. Four actions with different outcomes: ln 4.
        assert_near(table(2, &[(0, 0, 1, 5), (0, 1, 1, 5)]).action_information(), 0.0, 1e-12);
        assert_near(table(4, &[(0, 0, 0, 3), (0, 1, 1, 3), (0, 2, 2, 3), (0, 3, 3, 3)]).action_information(), ln(4.0), 1e-12);
    }

    #[test]
    fn likeness_of_two_groups_is_that_worked_by_hand() {
        let (a, b) = (visits(&[(1, 1), (2, 1), (3, 1)]), visits(&[(2, 1), (3, 1), (4, 1), (5, 1)]));
        assert_near(jaccard(&a, &b).expect("states"), 0.4, 1e-12);
        let (a, b) = (visits(&[(1, 2), (2, 2)]), visits(&[(2, 5), (3, 5)]));
        assert_near(jensen_shannon(&a, &b).expect("visits"), 0.346_574, 1e-6);
        assert_eq!((jaccard(&Entropy::default(), &Entropy::default()), jensen_shannon(&a, &Entropy::default())), (None, None));
    }
}

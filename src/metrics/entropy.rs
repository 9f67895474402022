//! Plug-in entropy of visits, updated step by step, and quantities derived from it: surprisal, change, bias correction, saturation.

use std::collections::BTreeMap;

use super::numbers::{c_ln_c, ln};

/// Counts of states with the entropy of their distribution. With N visits in total and c_x visits to x, `T = sum c_x ln c_x` is kept, and
/// `H = ln N - T / N` nats.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entropy {
    counts: BTreeMap<u64, u64>,
    n: u64,
    t: f64,
}

impl Entropy {
    /// Counts a visit. Returns how often `state` was visited, including this visit.
    pub fn visit(&mut self, state: u64) -> u64 {
        let count = self.counts.entry(state).or_default();
        *count += 1;
        self.t += c_ln_c(*count) - c_ln_c(*count - 1);
        self.n += 1;
        *count
    }

    /// Returns the number of visits.
    pub fn visits(&self) -> u64 {
        self.n
    }

    /// Returns the number of distinct states visited.
    pub fn unique(&self) -> u64 {
        self.counts.len() as u64
    }

    /// Returns the number of visits of each state.
    pub fn counts(&self) -> &BTreeMap<u64, u64> {
        &self.counts
    }

    /// Plug-in entropy in nats; 0 before the first visit.
    pub fn nats(&self) -> f64 {
        if self.n == 0 { 0.0 } else { (ln(self.n as f64) - self.t / self.n as f64).max(0.0) }
    }

    /// Entropy with the correction of Miller and Madow for the bias of a finite sample: `H + (m - 1) / 2N`, where m is the number of states
    /// seen.
    pub fn miller_madow(&self) -> f64 {
        if self.n == 0 { 0.0 } else { self.nats() + (self.unique() - 1) as f64 / (2.0 * self.n as f64) }
    }

    /// `H / ln N`, the share of the largest entropy that N visits can have. If it is near 1, nearly every visit was to a new state, and H
    /// says more about the length of the record than about the agent. None below two visits.
    pub fn of_visits(&self) -> Option<f64> {
        (self.n > 1).then(|| self.nats() / ln(self.n as f64))
    }

    /// `H / ln U`, the evenness over the U states seen. None below two states.
    pub fn of_states(&self) -> Option<f64> {
        (self.unique() > 1).then(|| self.nats() / ln(self.unique() as f64))
    }

    /// `-ln(c_x / N)` of a state visited before. None for one never visited.
    pub fn surprisal(&self, state: u64) -> Option<f64> {
        self.counts.get(&state).map(|c| ln(self.n as f64) - ln(*c as f64))
    }

    /// Returns by how much a visit of `state` would change the entropy. The formula avoids the cancellation of subtracting two entropies:
    /// `ln(1 + 1/N) + (ln N - H - d) / (N + 1)` with `d = (c + 1) ln (c + 1) - c ln c`.
    pub fn change(&self, state: u64) -> f64 {
        if self.n == 0 {
            return 0.0;
        }
        let (n, c) = (self.n as f64, self.counts.get(&state).copied().unwrap_or(0));
        let d = c_ln_c(c + 1) - c_ln_c(c);
        (1.0 / n).ln_1p() + (ln(n) - self.nats() - d) / (n + 1.0)
    }
}

/// Novelty that is finite for states never seen (Gruaz et al.): `-ln((c + eps) / (N + eps S))`, where S is the number of states.
pub fn smoothed_novelty(count: u64, visits: u64, states: u64, eps: f64) -> f64 {
    -ln((count as f64 + eps) / (visits as f64 + eps * states as f64))
}

#[cfg(test)]
mod tests {
    use std::f64::consts::LN_2;

    use super::super::numbers::assert_near;
    use super::*;

    #[test]
    fn six_visits_give_the_entropies_worked_by_hand() {
        let levels = [0.0, LN_2, 0.636_514, 1.039_721, 0.950_271, 0.867_563];
        let changes = [0.0, LN_2, -0.056_633, 0.403_207, -0.089_450, -0.082_707];
        let surprisals = [0.0, LN_2, 0.405_465, 1.386_294, 0.510_826, 0.405_465];
        let mut entropy = Entropy::default();
        for (k, state) in [0, 1, 0, 2, 0, 0].into_iter().enumerate() {
            let (before, change) = (entropy.nats(), entropy.change(state));
            entropy.visit(state);
            assert_near(entropy.nats(), levels[k], 1e-6);
            assert_near(change, changes[k], 1e-6);
            assert_near(entropy.nats() - before, change, 1e-12);
            assert_near(entropy.surprisal(state).expect("visited"), surprisals[k], 1e-6);
        }
        assert_eq!((entropy.visits(), entropy.unique(), entropy.surprisal(7)), (6, 3, None));
    }

    #[test]
    fn the_bias_correction_and_the_shares_are_those_worked_by_hand() {
        let mut entropy = Entropy::default();
        [0, 0, 1, 2].into_iter().for_each(|state| _ = entropy.visit(state));
        assert_near(entropy.nats(), 1.039_721, 1e-6);
        assert_near(entropy.miller_madow(), 1.289_721, 1e-6);
        assert_near(entropy.miller_madow() / ln(2.0), 1.860_674, 1e-6);
        // 1.5 bits, out of 2 bits for four visits and log2 3 bits for three states.
        assert_near(entropy.of_visits().expect("visits"), 0.75, 1e-12);
        assert_near(entropy.of_states().expect("states"), 1.5 * ln(2.0) / ln(3.0), 1e-12);
        assert_eq!((Entropy::default().of_visits(), Entropy::default().of_states()), (None, None));
    }

    #[test]
    fn smoothed_novelty_is_finite_for_the_unseen() {
        for (count, expected) in [(2, LN_2), (1, 1.098_612), (0, 1.791_759)] {
            assert_near(smoothed_novelty(count, 3, 3, 1.0), expected, 1e-6);
        }
    }
}

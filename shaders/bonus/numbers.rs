//! Tests against numbers computed by hand or with numpy and scipy, and against the definitions.

use std::f64::consts::{FRAC_1_SQRT_2, LN_2};

use super::bebold::{BeBold, Novelty};
use super::count::{Count, Form};
use super::entropy::{Entropy, Mode, VisitScope};
use super::information_gain::{Gain, InformationGain};
use super::table::{Table, keys_of, what};
use super::*;

const A: u64 = 11;
const B: u64 = 22;
const C: u64 = 33;

/// One instance with a bonus and its table.
struct Stage<'b> {
    bonus: &'b dyn Bonus,
    table: Table,
    memory: Vec<u32>,
}

impl Stage<'_> {
    fn of(bonus: &dyn Bonus) -> Stage<'_> {
        Stage { bonus, table: Table::new(1 << 10), memory: vec![0; bonus.memory_words()] }
    }

    fn insert(&self, what: u32, transition: &Transition) {
        self.table.insert(keys_of(what, transition));
        keys_of(what, transition).for_each(|key| self.table.update_sum(key));
    }

    fn begin(&mut self, key: u64) {
        let transition = Transition { key, before: key, action: 0, obs: &[] };
        self.bonus.begin(&transition, &mut self.memory);
        self.insert(what(self.bonus.inserts()).1, &transition);
    }

    /// Returns the value of a transition, after a check that `peek` returns the same.
    fn arrive(&mut self, before: u64, action: u32, key: u64) -> f64 {
        let transition = Transition { key, before, action, obs: &[] };
        let foreseen = self.bonus.peek(&transition, &self.table, &self.memory);
        if self.bonus.order() == Order::ReadAfter {
            self.insert(what(self.bonus.inserts()).0, &transition);
        }
        let value = self.bonus.visit(&transition, &self.table, &mut self.memory).expect("room");
        if self.bonus.order() == Order::ReadBefore {
            self.insert(what(self.bonus.inserts()).0, &transition);
        }
        assert_eq!(foreseen, value, "{:?}: {transition:?}", self.bonus);
        f64::from(value) / f64::from(ONE)
    }

    fn transitions(&mut self, keys: &[u64]) -> Vec<f64> {
        keys.iter().map(|key| self.arrive(A, 0, *key)).collect()
    }
}

fn near(got: &[f64], expected: &[f64]) {
    assert_eq!(got.len(), expected.len());
    assert!(got.iter().zip(expected).all(|(got, expected)| (got - expected).abs() < 1e-6), "{got:?}, not {expected:?}");
}

fn count(form: Form, scope: Scope) -> Count {
    Count::new(form, scope, 16, 16).expect("a bonus")
}

#[test]
fn counts_from_an_empty_table() {
    for scope in [Scope::Shared, Scope::Instance, Scope::Episode] {
        near(&Stage::of(&count(Form::Sqrt, scope)).transitions(&[A, A, B, A]), &[1.0, FRAC_1_SQRT_2, 1.0, 0.577_350]);
        near(&Stage::of(&count(Form::Inverse, scope)).transitions(&[A, A, B, A]), &[1.0, 0.5, 1.0, 0.333_333]);
        near(&Stage::of(&count(Form::First, scope)).transitions(&[A, A, B, A]), &[1.0, 0.0, 1.0, 0.0]);
    }
}

#[test]
fn episodes_clear_what_is_kept_for_an_episode_alone() {
    for (scope, again) in [(Scope::Shared, 0.5), (Scope::Instance, 0.5), (Scope::Episode, 1.0)] {
        let bonus = count(Form::Sqrt, scope);
        let mut stage = Stage::of(&bonus);
        stage.begin(A);
        near(&stage.transitions(&[B, B, B, A]), &[1.0, FRAC_1_SQRT_2, 0.577_350, FRAC_1_SQRT_2]);
        stage.begin(C);
        near(&stage.transitions(&[B]), &[again]);
    }
}

#[test]
fn a_product_pays_the_lifelong_root_at_the_first_visit_of_an_episode() {
    for scope in [Scope::Shared, Scope::Instance] {
        let bonus = count(Form::Product, scope);
        let mut stage = Stage::of(&bonus);
        for _ in 0..99 {
            stage.begin(B);
            stage.arrive(B, 0, B);
            stage.arrive(B, 0, C);
        }
        stage.begin(A);
        // The 100th visit of C, the first in this episode; then the second.
        near(&stage.transitions(&[C, C]), &[0.1, 0.0]);
    }
    // The product of the root of 100 lifelong visits and the root of 4 visits in the episode.
    let root = |n: u32| f64::from(fixed::inv_sqrt_q20(n)) / f64::from(ONE);
    near(&[root(100) * root(4)], &[0.05]);
    assert!(Count::new(Form::Product, Scope::Episode, 16, 16).is_err());
    assert!(Count::new(Form::Sqrt, Scope::Episode, 17, 0).is_err_and(|text| text.contains("17 slots")));
    assert!(Count::new(Form::Sqrt, Scope::Shared, 0, 0).is_ok(), "no table, no slots");
}

#[test]
fn a_full_table_is_a_fault_and_nothing_is_recorded() {
    let products = [Count::new(Form::Product, Scope::Instance, 16, 8), Count::new(Form::Product, Scope::Instance, 8, 16)];
    let counts = [Count::new(Form::Sqrt, Scope::Episode, 8, 0)].into_iter().chain(products);
    let mut bonuses: Vec<Box<dyn Bonus>> = counts.map(|b| Box::new(b.expect("a bonus")) as Box<dyn Bonus>).collect();
    bonuses.push(Box::new(BeBold::new(Novelty::Sqrt, 8).expect("a bonus")));
    bonuses.push(Box::new(Entropy::new(Mode::Delta, VisitScope::Episode { slots: 8 }).expect("a bonus")));
    for bonus in &bonuses {
        let mut stage = Stage::of(bonus.as_ref());
        stage.begin(0);
        stage.transitions(&[1, 2, 3, 4, 5, 6]);
        let before = stage.memory.clone();
        let transition = Transition { key: 7, before: 0, action: 0, obs: &[] };
        assert_eq!(bonus.visit(&transition, &stage.table, &mut stage.memory), Err(FAULT_TABLE), "{bonus:?}");
        assert_eq!(stage.memory, before);
        stage.arrive(0, 0, 3);
    }
    // Six keys are three choices and three transitions. A new transition of a new choice needs two more.
    let bonus = InformationGain::new(Gain::Belief, Scope::Instance, 4, 8).expect("a bonus");
    let mut stage = Stage::of(&bonus);
    for key in 0..3 {
        stage.arrive(key, 0, key);
    }
    let before = stage.memory.clone();
    let transition = Transition { key: 7, before: 7, action: 0, obs: &[] };
    assert_eq!(bonus.visit(&transition, &stage.table, &mut stage.memory), Err(FAULT_TABLE));
    assert_eq!(stage.memory, before);
    stage.arrive(2, 0, 9);
}

#[test]
fn a_state_that_an_episode_could_not_begin_with_is_told_at_the_next_visit() {
    let bonus = Count::new(Form::Sqrt, Scope::Instance, 8, 0).expect("a bonus");
    let mut stage = Stage::of(&bonus);
    (0..8).for_each(|key| stage.begin(key));
    let transition = Transition { key: 3, before: 0, action: 0, obs: &[] };
    assert_eq!(bonus.visit(&transition, &stage.table, &mut stage.memory), Err(FAULT_TABLE));
}

#[test]
fn bebold_pays_for_the_edge_of_what_is_known() {
    for (novelty, expected) in [(Novelty::Inverse, 1.0 - 0.2), (Novelty::Sqrt, 1.0 - 0.447_213_6)] {
        let bonus = BeBold::new(novelty, 16).expect("a bonus");
        let mut stage = Stage::of(&bonus);
        stage.begin(A);
        stage.table.insert([A, A, A, A]);
        // From a state with 5 visits to one with 1 visit. Then again, which is not the first visit in this episode. Below: back to a better
        // known state.
        near(&[stage.arrive(A, 0, B), stage.arrive(A, 0, B)], &[expected, 0.0]);
        stage.begin(C);
        stage.table.insert([C; 100]);
        let back = stage.arrive(B, 0, A);
        near(&[back], &[0.0]);
        let onto = match novelty {
            Novelty::Inverse => 1.0 / 3.0 - 1.0 / 101.0,
            Novelty::Sqrt => 1.0 / 3f64.sqrt() - 1.0 / 101f64.sqrt(),
        };
        near(&[stage.arrive(C, 0, B)], &[onto]);
    }
}

const SEQUENCE: [u64; 6] = [A, B, A, C, A, A];
const LEVELS: [f64; 6] = [0.0, LN_2, 0.636_514, 1.039_721, 0.950_271, 0.867_563];

#[test]
fn entropy_of_a_sequence() {
    let overs = [
        VisitScope::Shared,
        VisitScope::Instance { slots: 16 },
        VisitScope::Episode { slots: 16 },
        VisitScope::Window { keys: 6 },
        VisitScope::Window { keys: 100 },
    ];
    for over in overs {
        let of = |mode: Mode| Entropy::new(mode, over).expect("a bonus");
        near(&Stage::of(&of(Mode::Level)).transitions(&SEQUENCE), &LEVELS);
        let deltas = [0.0, LN_2, -0.056_633, 0.403_207, -0.089_450, -0.082_707];
        near(&Stage::of(&of(Mode::Delta)).transitions(&SEQUENCE), &deltas);
        let surprisals = [0.0, LN_2, 0.405_465, 1.386_294, 0.510_826, 0.405_465];
        near(&Stage::of(&of(Mode::Surprisal)).transitions(&SEQUENCE), &surprisals);
    }
}

/// H of the last `keys` of `sequence`.
#[expect(clippy::disallowed_methods, reason = "the definition, to compare with")]
fn entropy_of_last(sequence: &[u64], keys: usize) -> f64 {
    let last = &sequence[sequence.len().saturating_sub(keys)..];
    let p = |key: u64| last.iter().filter(|k| **k == key).count() as f64 / last.len() as f64;
    -last.iter().map(|key| p(*key).ln() / last.len() as f64).sum::<f64>()
}

#[test]
fn a_window_forgets() {
    let sequence: Vec<u64> = (0..500u64).map(|k| k * k % 7 + k % 3 * (k % 5)).collect();
    for keys in [1, 2, 7, 64] {
        let bonus = Entropy::new(Mode::Level, VisitScope::Window { keys }).expect("a bonus");
        let mut stage = Stage::of(&bonus);
        stage.begin(sequence[0]);
        let got = stage.transitions(&sequence[1..]);
        let expected: Vec<f64> = (2..=sequence.len()).map(|t| entropy_of_last(&sequence[..t], keys as usize)).collect();
        near(&got, &expected);
    }
    assert!(Entropy::new(Mode::Level, VisitScope::Window { keys: 0 }).is_err());
    assert!(Entropy::new(Mode::Level, VisitScope::Window { keys: entropy::MAX_KEYS + 1 }).is_err());
}

#[test]
fn entropy_stays_exact_after_many_visits() {
    let bonus = Entropy::new(Mode::Level, VisitScope::Shared).expect("a bonus");
    let mut stage = Stage::of(&bonus);
    stage.table = Table::new(1 << 12);
    let keys: Vec<u64> = (0..1_000_000u64).map(|k| k * k / 1000 % 2048).collect();
    stage.table.insert(keys.iter().copied());
    (0..2048).for_each(|key| stage.table.update_sum(key));
    let got = stage.arrive(A, 0, 5);
    let mut counts = vec![0u32; 2048];
    keys.iter().chain(&[5]).for_each(|key| counts[*key as usize] += 1);
    near(&[got], &[entropy_of_counts(&counts)]);
}

#[expect(clippy::disallowed_methods, reason = "the definition, to compare with")]
fn entropy_of_counts(counts: &[u32]) -> f64 {
    let n: f64 = counts.iter().map(|c| f64::from(*c)).sum();
    counts.iter().filter(|c| **c > 0).map(|c| f64::from(*c) / n * (n / f64::from(*c)).ln()).sum()
}

/// The gain of each outcome with pseudo-counts `alpha`, which are all above 0.
fn gains(gain: Gain, scope: Scope, alpha: &[u32]) -> Vec<f64> {
    let bonus = InformationGain::new(gain, scope, alpha.len() as u32, 64).expect("a bonus");
    let arrive = |outcome: usize| {
        let mut stage = Stage::of(&bonus);
        for (j, alpha) in alpha.iter().enumerate() {
            for _ in 1..*alpha {
                stage.arrive(A, 3, j as u64);
            }
        }
        // Another action gives no information about this one.
        stage.arrive(A, 4, 0);
        stage.arrive(A, 3, outcome as u64)
    };
    (0..alpha.len()).map(arrive).collect()
}

#[test]
fn information_gain_by_pseudo_counts() {
    for scope in [Scope::Shared, Scope::Instance] {
        near(&gains(Gain::Belief, scope, &[1, 1]), &[0.193_147; 2]);
        near(&gains(Gain::PosteriorPrior, scope, &[1, 1]), &[0.056_633; 2]);
        near(&gains(Gain::PriorPosterior, scope, &[1, 1]), &[0.058_892; 2]);
        near(&gains(Gain::Belief, scope, &[3, 1]), &[0.037_682, 0.302_961]);
        near(&gains(Gain::PosteriorPrior, scope, &[3, 1]), &[0.007_002, 0.054_115]);
        near(&gains(Gain::PriorPosterior, scope, &[3, 1]), &[0.007_382, 0.049_857]);
        near(&gains(Gain::Belief, scope, &[10, 1, 1]), &[0.008_079, 0.381_696, 0.381_696]);
    }
    let expected = |gain: Gain, alpha: &[u32]| {
        let mass: u32 = alpha.iter().sum();
        let gains = gains(gain, Scope::Shared, alpha);
        gains.iter().zip(alpha).map(|(gain, alpha)| gain * f64::from(*alpha)).sum::<f64>() / f64::from(mass)
    };
    near(&[expected(Gain::Belief, &[3, 1]), expected(Gain::Belief, &[10, 1, 1])], &[0.104_002, 0.070_349]);
    near(&[expected(Gain::PosteriorPrior, &[3, 1]), expected(Gain::PriorPosterior, &[3, 1])], &[0.018_780, 0.018_001]);
    // The gain of a noisy outcome falls as (K - 1) / 2A.
    near(&[expected(Gain::Belief, &[10, 10]), expected(Gain::Belief, &[100, 100])], &[0.024_376, 0.002_494]);
    assert!(InformationGain::new(Gain::Belief, Scope::Episode, 2, 64).is_err());
    assert!(InformationGain::new(Gain::Belief, Scope::Shared, 0, 64).is_err());
}

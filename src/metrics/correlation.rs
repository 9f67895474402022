//! Correlations of paired figures: Pearson's and Spearman's, with p-values and intervals.

use super::bootstrap::{Dice, Interval, LEVEL, interval};
use super::numbers::{exp, ln, student_p};
use super::student::student_t;

/// Fewest pairs for a p-value: Student's t needs a degree of freedom.
pub const FEWEST_PAIRS: usize = 3;

/// Pearson's r. None below two pairs, or if either side does not vary.
pub fn pearson(pairs: &[(f64, f64)]) -> Option<f64> {
    let n = pairs.len() as f64;
    let (mean_x, mean_y) = (pairs.iter().map(|p| p.0).sum::<f64>() / n, pairs.iter().map(|p| p.1).sum::<f64>() / n);
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for (x, y) in pairs {
        let (dx, dy) = (x - mean_x, y - mean_y);
        (xx, yy, xy) = (xx + dx * dx, yy + dy * dy, xy + dx * dy);
    }
    // Compares the values instead of the sums: rounding can make sums vary.
    let varies = |side: fn(&(f64, f64)) -> f64| pairs.iter().any(|pair| side(pair) != side(&pairs[0]));
    let both = varies(|p| p.0) && varies(|p| p.1);
    both.then(|| (xy / (xx.sqrt() * yy.sqrt())).clamp(-1.0, 1.0)).filter(|r| r.is_finite())
}

/// Slope and intercept of the line of least squares, y over x. None if x does not vary.
pub fn least_squares(pairs: &[(f64, f64)]) -> Option<(f64, f64)> {
    let n = pairs.len() as f64;
    let (mean_x, mean_y) = (pairs.iter().map(|p| p.0).sum::<f64>() / n, pairs.iter().map(|p| p.1).sum::<f64>() / n);
    let xx: f64 = pairs.iter().map(|(x, _)| (x - mean_x) * (x - mean_x)).sum();
    let xy: f64 = pairs.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    let slope = pairs.iter().any(|(x, _)| *x != pairs[0].0).then(|| xy / xx)?;
    Some((slope, mean_y - slope * mean_x))
}

/// Spearman's rho: Pearson's r of the ranks, equal values sharing the average of their ranks.
pub fn spearman(pairs: &[(f64, f64)]) -> Option<f64> {
    let ranks = |side: fn(&(f64, f64)) -> f64| ranks(&pairs.iter().map(side).collect::<Vec<_>>());
    let (x, y) = (ranks(|p| p.0), ranks(|p| p.1));
    pearson(&x.into_iter().zip(y).collect::<Vec<_>>())
}

/// Ranks from 1. Equal values share the average of their ranks.
pub fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    for tied in order.chunk_by(|a, b| values[*a] == values[*b]) {
        let before = order.partition_point(|k| values[*k].total_cmp(&values[tied[0]]).is_lt());
        let rank = before as f64 + 0.5 * (tied.len() + 1) as f64;
        tied.iter().for_each(|k| ranks[*k] = rank);
    }
    ranks
}

/// Two-sided p-value of a correlation of `n` pairs under the hypothesis of no correlation: `t = r sqrt((n - 2) / (1 - r^2))`, Student's t
/// with n - 2 degrees of freedom. For Spearman's rho it is an approximation, which is poor below about nine pairs.
pub fn p_value(r: f64, n: usize) -> Option<f64> {
    let df = n.checked_sub(2).filter(|df| *df > 0)? as f64;
    if r.abs() >= 1.0 {
        return Some(0.0);
    }
    Some(student_p(r * (df / (1.0 - r * r)).sqrt(), df))
}

/// Fewest pairs for an interval by Fisher's transformation.
const FEWEST_FOR_FISHER: usize = 4;
/// A coefficient that differs from 1 or -1 by less than this counts as 1 or -1.
const ROUNDING: f64 = 1e-12;
/// Up to this many pairs, the p-value of Spearman's rho tries every order of the ranks.
const MAX_FOR_ORDERS: usize = 8;

/// The kind of a coefficient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Pearson's r, of the values.
    Pearson,
    /// Spearman's rho, of the ranks.
    Spearman,
}

/// One coefficient, with its p-value and intervals.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coefficient {
    /// The coefficient, from -1 to 1.
    pub r: f64,
    /// Two-sided p-value of the hypothesis of no correlation.
    pub p: f64,
    /// Interval by Fisher's transformation ([`Kind::interval`]).
    pub interval: Option<Interval>,
    /// Interval from resampled pairs. It is too narrow with few pairs. None if most resamples have no coefficient.
    pub bootstrap: Option<Interval>,
}

impl Kind {
    fn of(self, pairs: &[(f64, f64)]) -> Option<f64> {
        match self {
            Kind::Pearson => pearson(pairs),
            Kind::Spearman => spearman(pairs),
        }
    }

    /// Returns [`p_value`]. For Spearman's rho of few pairs it tries every order.
    fn p(self, pairs: &[(f64, f64)], r: f64) -> Option<f64> {
        if self == Kind::Spearman && pairs.len() <= MAX_FOR_ORDERS { p_of_orders(pairs) } else { p_value(r, pairs.len()) }
    }

    /// Returns `tanh(atanh r +- z / sqrt(n - 3))` (Fisher 1921). For Spearman's rho it uses the variance `(1 + rho^2 / 2) / (n - 3)` of
    /// Bonett and Wright (2000). None below four pairs, and for ranks that agree completely: the transformation of 1 is infinite, and few
    /// ranks agree easily.
    pub fn interval(self, r: f64, n: usize) -> Option<Interval> {
        let free = n.checked_sub(FEWEST_FOR_FISHER - 1).filter(|free| *free > 0)? as f64;
        if r.abs() > 1.0 - ROUNDING {
            return (self == Kind::Pearson).then_some(Interval { low: r, high: r });
        }
        let variance = match self {
            Kind::Pearson => 1.0,
            Kind::Spearman => 1.0 + 0.5 * r * r,
        };
        // Student's t with very many degrees of freedom is the normal distribution.
        let reach = student_t(LEVEL, 1e9) * (variance / free).sqrt();
        let z = 0.5 * ln((1.0 + r) / (1.0 - r));
        let back = |z: f64| 1.0 - 2.0 / (exp(2.0 * z) + 1.0);
        Some(Interval { low: back(z - reach), high: back(z + reach) })
    }
}

/// Two-sided p-value of Spearman's rho: the share of all orders of one side's ranks that correlate at least as strongly.
fn p_of_orders(pairs: &[(f64, f64)]) -> Option<f64> {
    let x = ranks(&pairs.iter().map(|p| p.0).collect::<Vec<_>>());
    let mut y = ranks(&pairs.iter().map(|p| p.1).collect::<Vec<_>>());
    // The sums of squares and the means are the same for all orders, so comparing the products is enough.
    let centre = 0.5 * (pairs.len() as f64 + 1.0);
    let products = |y: &[f64]| x.iter().zip(y).map(|(x, y)| (x - centre) * (y - centre)).sum::<f64>().abs();
    let seen = products(&y) - 1e-9;
    let (mut orders, mut as_much) = (1u32, 1u32);
    // Heap's algorithm: each order differs from the previous one by one swap.
    let mut turn = vec![0; y.len()];
    let mut at = 1;
    while at < y.len() {
        if turn[at] < at {
            y.swap(if at % 2 == 0 { 0 } else { turn[at] }, at);
            orders += 1;
            as_much += u32::from(products(&y) >= seen);
            turn[at] += 1;
            at = 1;
        } else {
            turn[at] = 0;
            at += 1;
        }
    }
    (pairs.len() >= FEWEST_PAIRS).then(|| f64::from(as_much) / f64::from(orders))
}

/// Computes a coefficient of the pairs, with p-value and intervals. None below [`FEWEST_PAIRS`] or without variation.
pub fn coefficient(pairs: &[(f64, f64)], kind: Kind, dice: &Dice) -> Option<Coefficient> {
    let r = kind.of(pairs).filter(|_| pairs.len() >= FEWEST_PAIRS)?;
    let p = kind.p(pairs, r)?;
    let bootstrap = interval(&[pairs], |drawn| kind.of(drawn), dice);
    Some(Coefficient { r, p, interval: kind.interval(r, pairs.len()), bootstrap })
}

#[cfg(test)]
mod tests {
    use super::super::numbers::assert_near;
    use super::super::simulated::{normal, words};
    use super::*;

    const PAIRS: [(f64, f64); 5] = [(1.0, 2.0), (2.0, 1.0), (3.0, 4.0), (4.0, 3.0), (5.0, 7.0)];

    #[test]
    fn five_pairs_give_the_published_coefficients() {
        let r = pearson(&PAIRS).expect("defined");
        assert_near(r, 0.824_163, 1e-6);
        assert_near(p_value(r, 5).expect("p"), 0.0861, 5e-5);
        let rho = spearman(&PAIRS).expect("defined");
        assert_near(rho, 0.8, 1e-12);
        assert_near(p_value(rho, 5).expect("p"), 0.1041, 5e-5);
    }

    #[test]
    fn the_line_of_least_squares_is_the_one_worked_by_hand() {
        let (slope, intercept) = least_squares(&PAIRS).expect("x varies");
        // The sum of squares of x is 10, that of products 12; the means are 3 and 3.4.
        assert_near(slope, 1.2, 1e-12);
        assert_near(intercept, -0.2, 1e-12);
        assert_eq!(least_squares(&[(1.0, 2.0), (1.0, 3.0)]), None);
    }

    #[test]
    fn equal_values_share_their_rank() {
        assert_eq!(ranks(&[3.0, 1.0, 3.0, 2.0, 3.0]), [4.0, 1.0, 4.0, 2.0, 4.0]);
        assert_eq!(ranks(&[]), [0.0; 0]);
        // Only the order of the values matters.
        let bent = PAIRS.map(|(x, y)| (x * x * x, y * y));
        assert_eq!(spearman(&bent), spearman(&PAIRS));
    }

    #[test]
    fn what_does_not_vary_has_no_correlation() {
        assert_eq!(pearson(&[(1.0, 2.0), (1.0, 3.0), (1.0, 4.0)]), None);
        assert_eq!(pearson(&[(0.1, 2.0); 10]), None);
        assert_eq!(spearman(&[(1.0, 2.0)]), None);
        assert_eq!(p_value(0.5, 2), None);
        assert_eq!(p_value(-1.0, 9), Some(0.0));
    }

    #[test]
    fn the_intervals_lie_around_the_coefficient() {
        let pairs: Vec<(f64, f64)> = (0..40).map(|k| (f64::from(k), f64::from(k + 7 * (k % 5)))).collect();
        for kind in [Kind::Pearson, Kind::Spearman] {
            let found = coefficient(&pairs, kind, &Dice::new(1, 2)).expect("defined");
            for around in [found.interval, found.bootstrap] {
                let around = around.expect("an interval");
                assert!(around.low < found.r && found.r < around.high && around.high - around.low < 0.5, "{found:?}");
            }
            assert_eq!(coefficient(&pairs[..2], kind, &Dice::new(1, 2)), None);
            assert_eq!(kind.interval(0.5, 3), None);
        }
        // atanh .5 = .549306; 1.959964 / sqrt 16 = .489991.
        let around = Kind::Pearson.interval(0.5, 19).expect("an interval");
        assert_near(around.low, 0.059_253, 1e-5);
        assert_near(around.high, 0.777_610, 1e-5);
    }

    #[test]
    fn ranks_of_few_pairs_are_judged_by_all_their_orders() {
        let p = |y: &[f64]| {
            let pairs: Vec<(f64, f64)> = y.iter().enumerate().map(|(x, y)| (x as f64, *y)).collect();
            coefficient(&pairs, Kind::Spearman, &Dice { resamples: 10, ..Dice::new(0, 0) }).map(|found| found.p)
        };
        // Two of 24 orders agree completely, one rising and one falling.
        assert_near(p(&[1.0, 2.0, 3.0, 9.0]).expect("p"), 2.0 / 24.0, 1e-12);
        assert_near(p(&[3.0, 2.0, 1.0]).expect("p"), 2.0 / 6.0, 1e-12);
        // The published table for five pairs gives 16 of 120 orders for rho .8.
        assert_near(p(&[2.0, 1.0, 4.0, 3.0, 7.0]).expect("p"), 16.0 / 120.0, 1e-12);
        // Equal values: the different one has three possible places, and two of them are as far out.
        assert_near(p(&[1.0, 1.0, 2.0]).expect("p"), 2.0 / 3.0, 1e-12);
        assert_eq!((Kind::Spearman.interval(1.0, 4), Kind::Spearman.interval(1.0 - 1e-15, 9)), (None, None));
    }

    /// Checks the shares of samples of correlated normal pairs whose intervals contain the true value.
    #[test]
    fn fishers_intervals_cover_what_they_say() {
        let mut words = words(9);
        for (n, truth) in [(5, 0.0), (5, 0.8), (10, 0.5)] {
            let (mut fisher, mut bootstrap, samples) = (0, 0, 600);
            for sample in 0..samples {
                let pairs: Vec<(f64, f64)> = (0..n)
                    .map(|_| {
                        let x = normal(&mut words);
                        (x, truth * x + f64::sqrt(1.0 - truth * truth) * normal(&mut words))
                    })
                    .collect();
                let found =
                    coefficient(&pairs, Kind::Pearson, &Dice { seed: 1, figure: sample, resamples: 300 }).expect("defined");
                fisher += u32::from(found.interval.is_some_and(|i| i.holds(truth)));
                bootstrap += u32::from(found.bootstrap.is_some_and(|i| i.holds(truth)));
            }
            let [fisher, bootstrap] = [fisher, bootstrap].map(|held| f64::from(held) / f64::from(samples));
            println!("coverage of r = {truth} by {n} pairs: Fisher {fisher:.3}, percentiles {bootstrap:.3}");
            assert!(fisher > 0.925 && bootstrap < fisher, "{n}, {truth}: {fisher} {bootstrap}");
        }
    }
}

//! Correlations of paired figures: Pearson's and Spearman's, with p-values and bootstrap intervals.

use super::bootstrap::{Dice, Interval, interval};
use super::numbers::student_p;

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
    // Asked of the values, not of the sums: rounding makes sums vary.
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

/// Ranks from 1, equal values sharing the average of theirs.
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

/// Two-sided p-value of a correlation of `n` pairs under no correlation: `t = r sqrt((n - 2) / (1 - r^2))`, Student with n - 2. For
/// Spearman's rho an approximation, poor below ten pairs or so.
pub fn p_value(r: f64, n: usize) -> Option<f64> {
    let df = n.checked_sub(2).filter(|df| *df > 0)? as f64;
    if r.abs() >= 1.0 {
        return Some(0.0);
    }
    Some(student_p(r * (df / (1.0 - r * r)).sqrt(), df))
}

/// One coefficient with what is known about it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coefficient {
    pub r: f64,
    pub p: f64,
    /// 95 %, from resampled pairs. None if hardly any resample had a correlation.
    pub interval: Option<Interval>,
}

/// `of` ([`pearson`] or [`spearman`]) of the pairs, with p-value and interval. None below [`FEWEST_PAIRS`] or without variation.
pub fn coefficient(pairs: &[(f64, f64)], of: fn(&[(f64, f64)]) -> Option<f64>, dice: &Dice) -> Option<Coefficient> {
    let r = of(pairs).filter(|_| pairs.len() >= FEWEST_PAIRS)?;
    let p = p_value(r, pairs.len())?;
    Some(Coefficient { r, p, interval: interval(&[pairs], of, dice) })
}

#[cfg(test)]
mod tests {
    use super::super::numbers::assert_near;
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
        // Sums of squares 10, of products 12; means 3 and 3.4.
        assert_near(slope, 1.2, 1e-12);
        assert_near(intercept, -0.2, 1e-12);
        assert_eq!(least_squares(&[(1.0, 2.0), (1.0, 3.0)]), None);
    }

    #[test]
    fn equal_values_share_their_rank() {
        assert_eq!(ranks(&[3.0, 1.0, 3.0, 2.0, 3.0]), [4.0, 1.0, 4.0, 2.0, 4.0]);
        assert_eq!(ranks(&[]), [0.0; 0]);
        // Only the order counts.
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
    fn the_interval_lies_around_the_coefficient() {
        let pairs: Vec<(f64, f64)> = (0..40).map(|k| (f64::from(k), f64::from(k + 7 * (k % 5)))).collect();
        let found = coefficient(&pairs, pearson, &Dice::new(1, 2)).expect("defined");
        let around = found.interval.expect("an interval");
        assert!(around.low < found.r && found.r < around.high && around.high - around.low < 0.5, "{found:?}");
        assert_eq!(coefficient(&pairs[..2], pearson, &Dice::new(1, 2)), None);
    }
}

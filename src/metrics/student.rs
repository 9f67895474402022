//! Intervals from Student's t: of a mean, and of an interquartile mean. They keep their level with few units; percentile bootstraps do not.

use super::averages::{interquartile_mean, mean};
use super::bootstrap::{Interval, LEVEL};
use super::numbers::student_p;

/// Returns t such that a value of Student's distribution with `df` degrees of freedom lies between -t and t with probability `level`.
pub fn student_t(level: f64, df: f64) -> f64 {
    let outside = |t: f64| student_p(t, df) > 1.0 - level;
    let (mut low, mut high) = (0.0, 1.0);
    while outside(high) && high < 1e12 {
        (low, high) = (high, 2.0 * high);
    }
    for _ in 0..80 {
        let middle = 0.5 * (low + high);
        if outside(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

/// Variance, divided by n - 1. None below two values.
pub fn variance(values: &[f64]) -> Option<f64> {
    let centre = mean(values)?;
    let squares: f64 = values.iter().map(|value| (value - centre) * (value - centre)).sum();
    (values.len() > 1).then(|| squares / (values.len() - 1) as f64)
}

/// Interval of the mean of all values. The sizes of strata are fixed, so only the variation within them counts. Their variances are
/// combined by the method of Welch and Satterthwaite. None if a stratum has a single value, or if all are empty.
pub fn of_mean(strata: &[&[f64]]) -> Option<Interval> {
    let strata: Vec<&[f64]> = strata.iter().copied().filter(|stratum| !stratum.is_empty()).collect();
    let n: usize = strata.iter().map(|stratum| stratum.len()).sum();
    let (mut square, mut fourth) = (0.0, 0.0);
    for stratum in &strata {
        let share = stratum.len() as f64 / n as f64;
        let part = share * share * variance(stratum)? / stratum.len() as f64;
        square += part;
        fourth += part * part / (stratum.len() - 1) as f64;
    }
    let df = if fourth > 0.0 { square * square / fourth } else { (n - strata.len()).max(1) as f64 };
    around(mean(&strata.concat())?, square, df)
}

/// Interval of the [`interquartile_mean`] by Tukey and McLaughlin (1963), with the standard error of Yuen (1974): the variance of the
/// winsorized values (those beyond a cut are set to the value at the cut), and h - 1 degrees of freedom for the h values that are left.
/// Strata are pooled, which widens the interval if they differ. None below two values, or if only the values that are cut vary.
pub fn of_interquartile_mean(values: &[f64]) -> Option<Interval> {
    let centre = interquartile_mean(values)?;
    let mut drawn_in = values.to_vec();
    drawn_in.sort_by(f64::total_cmp);
    let (n, cut) = (values.len(), values.len() / 4);
    let (low, high) = (drawn_in[cut], drawn_in[n - 1 - cut]);
    if low == high && drawn_in[0] != drawn_in[n - 1] {
        return None;
    }
    drawn_in.iter_mut().for_each(|value| *value = value.clamp(low, high));
    let left = (n - 2 * cut) as f64;
    around(centre, (n as f64 - 1.0) * variance(&drawn_in)? / (left * (left - 1.0)), left - 1.0)
}

fn around(centre: f64, square: f64, df: f64) -> Option<Interval> {
    let reach = student_t(LEVEL, df) * square.sqrt();
    reach.is_finite().then_some(Interval { low: centre - reach, high: centre + reach })
}

#[cfg(test)]
mod tests {
    use super::super::numbers::assert_near;
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_tables() {
        for (df, t) in [(1.0, 12.706), (2.0, 4.303), (4.0, 2.776), (9.0, 2.262), (30.0, 2.042), (1e6, 1.960)] {
            assert_near(student_t(0.95, df), t, 5e-4);
        }
        assert_near(student_t(0.99, 5.0), 4.032, 5e-4);
    }

    #[test]
    fn intervals_are_those_worked_by_hand() {
        // Mean 4, variance 4, standard error 2 / sqrt 3 = 1.1547, times 4.3027.
        let three = of_mean(&[&[2.0, 4.0, 6.0]]).expect("three values");
        assert_near(three.low, 4.0 - 4.968_28, 1e-4);
        assert_near(three.high, 4.0 + 4.968_28, 1e-4);
        assert_eq!(of_interquartile_mean(&[2.0, 6.0, 4.0]), Some(three), "nothing is cut of three");
        // Two strata of equal size and variance 2: the mean's variance is (1/4) (2/2 + 2/2) = 1/2, with 2 degrees of freedom.
        let strata = of_mean(&[&[1.0, 3.0], &[10.0, 12.0]]).expect("two strata");
        assert_near(strata.high - 6.5, 4.302_65 * 0.5f64.sqrt(), 1e-4);
        // 1 2 4 8 20 winsorized: 2 2 4 8 8, variance 9.2; cut: 2 4 8. Standard error sqrt(4 * 9.2 / 6), 2 degrees of freedom.
        let five = of_interquartile_mean(&[20.0, 1.0, 4.0, 8.0, 2.0]).expect("five values");
        assert_near(five.high - 14.0 / 3.0, 4.302_65 * (4.0 * 9.2f64 / 6.0).sqrt(), 1e-4);
    }

    #[test]
    fn what_cannot_be_known_is_not_said() {
        assert_eq!((of_mean(&[]), of_mean(&[&[1.0]]), of_mean(&[&[1.0, 2.0], &[3.0]])), (None, None, None));
        assert_eq!((of_interquartile_mean(&[]), of_interquartile_mean(&[1.0])), (None, None));
        assert_eq!(of_interquartile_mean(&[0.0, 0.0, 0.0, 0.0, 9.0]), None, "only the end that is cut off varies");
        assert_eq!(of_mean(&[&[3.0; 4]]), Some(Interval { low: 3.0, high: 3.0 }));
    }
}

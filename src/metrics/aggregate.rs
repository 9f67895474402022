//! A group's figure from those of its units: mean, median, interquartile mean, with stratified bootstrap intervals (Agarwal et al. 2021,
//! "Deep Reinforcement Learning at the Edge of the Statistical Precipice"; their library is rliable).

use super::bootstrap::{Dice, Interval, interval, quantile};

/// Arithmetic mean. None of nothing.
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// Median, the mean of the middle two if their number is even.
pub fn median(values: &[f64]) -> Option<f64> {
    quantile(&sorted(values), 0.5)
}

/// Interquartile mean: a quarter of the values (rounded down) is cut off at each end, as scipy's `trim_mean(values, 0.25)` does.
pub fn interquartile_mean(values: &[f64]) -> Option<f64> {
    let sorted = sorted(values);
    let cut = sorted.len() / 4;
    mean(&sorted[cut..sorted.len() - cut])
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// What a group's units come to together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Aggregate {
    pub units: usize,
    pub mean: f64,
    pub mean_interval: Option<Interval>,
    pub median: f64,
    pub iqm: f64,
    pub iqm_interval: Option<Interval>,
}

impl Aggregate {
    /// Of units in strata (one an environment; within one, seeds and players are exchangeable). None of no unit. One unit has no interval.
    pub fn of(strata: &[&[f64]], dice: &Dice) -> Option<Aggregate> {
        let all = strata.concat();
        let around = |figure: fn(&[f64]) -> Option<f64>| interval(strata, figure, dice).filter(|_| all.len() > 1);
        Some(Aggregate {
            units: all.len(),
            mean: mean(&all)?,
            mean_interval: around(mean),
            median: median(&all)?,
            iqm: interquartile_mean(&all)?,
            iqm_interval: around(interquartile_mean),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_are_those_worked_by_hand() {
        let values = [100.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, -50.0];
        assert_eq!(mean(&values), Some(71.0 / 8.0));
        assert_eq!(median(&values), Some(3.5));
        // Sorted -50 1 2 3 4 5 6 100: two off each end.
        assert_eq!(interquartile_mean(&values), Some(3.5));
        assert_eq!(interquartile_mean(&[1.0, 2.0, 9.0]), Some(4.0), "fewer than four values: none is cut");
        assert_eq!((mean(&[]), median(&[]), interquartile_mean(&[])), (None, None, None));
    }

    #[test]
    fn a_group_has_intervals_from_two_units_on() {
        let dice = Dice::new(0, 0);
        let one = Aggregate::of(&[&[2.0]], &dice).expect("a unit");
        assert_eq!((one.units, one.mean, one.mean_interval), (1, 2.0, None));
        let two = Aggregate::of(&[&[2.0], &[4.0]], &dice).expect("units");
        assert_eq!(two.mean_interval, Some(Interval { low: 3.0, high: 3.0 }), "two strata of one cannot move");
        let more = Aggregate::of(&[&[2.0, 3.0, 4.0, 9.0]], &dice).expect("units");
        let around = more.iqm_interval.expect("an interval");
        assert!(around.low < more.iqm && more.iqm < around.high, "{more:?}");
        assert_eq!(Aggregate::of(&[&[]], &dice), None);
    }
}

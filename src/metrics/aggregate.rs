//! Aggregates the figures of a group's units: mean, median and interquartile mean, with intervals of Student's t and of the stratified
//! bootstrap. The latter are those of Agarwal et al. (2021, "Deep Reinforcement Learning at the Edge of the Statistical Precipice"; their
//! library is rliable).

pub use super::averages::{interquartile_mean, mean, median};
use super::bootstrap::{Dice, Interval, interval};
use super::clusters::Sample;
use super::student;

/// Aggregates over a group's units. The value of a unit is the mean of its values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Aggregate {
    /// Units with at least one value.
    pub units: usize,
    /// Values of all units.
    pub values: usize,
    /// Mean of the units' means.
    pub mean: f64,
    /// Standard deviation between units, with n - 1.
    pub sd: Option<f64>,
    /// Interval of the mean, of Student's t ([`student::of_mean`]).
    pub mean_interval: Option<Interval>,
    /// Percentiles of resampled means. With few units this interval is narrower than its level says.
    pub mean_bootstrap: Option<Interval>,
    /// Median of the units' means.
    pub median: f64,
    /// Interquartile mean of the units' means.
    pub iqm: f64,
    /// Interval of the interquartile mean, of Student's t ([`student::of_interquartile_mean`]).
    pub iqm_interval: Option<Interval>,
    /// Percentiles of resampled interquartile means; see `mean_bootstrap`.
    pub iqm_bootstrap: Option<Interval>,
}

impl Aggregate {
    /// Aggregates a sample. None if it has no unit. One unit has no interval.
    pub fn of(sample: &Sample, dice: &Dice) -> Option<Aggregate> {
        let strata = sample.means();
        let strata: Vec<&[f64]> = strata.iter().map(|stratum| &stratum[..]).collect();
        let all = strata.concat();
        let resampled = |figure: fn(&[f64]) -> Option<f64>| interval(&strata, figure, dice).filter(|_| all.len() > 1);
        Some(Aggregate {
            units: all.len(),
            values: sample.values(),
            mean: mean(&all)?,
            sd: student::variance(&all).map(f64::sqrt),
            mean_interval: student::of_mean(&strata),
            mean_bootstrap: resampled(mean),
            median: median(&all)?,
            iqm: interquartile_mean(&all)?,
            iqm_interval: student::of_interquartile_mean(&all),
            iqm_bootstrap: resampled(interquartile_mean),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::simulated::{normal, words};
    use super::*;

    #[test]
    fn means_are_those_worked_by_hand() {
        let values = [100.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, -50.0];
        assert_eq!(mean(&values), Some(71.0 / 8.0));
        assert_eq!(median(&values), Some(3.5));
        // Sorted: -50 1 2 3 4 5 6 100. Two are cut at each end.
        assert_eq!(interquartile_mean(&values), Some(3.5));
        assert_eq!(interquartile_mean(&[1.0, 2.0, 9.0]), Some(4.0), "fewer than four values: none is cut");
        assert_eq!((mean(&[]), median(&[]), interquartile_mean(&[])), (None, None, None));
    }

    #[test]
    fn a_group_has_intervals_from_two_units_on() {
        let dice = Dice::new(0, 0);
        let of = |strata: &[&[&[f64]]]| {
            let strata = strata.iter().map(|units| units.iter().map(|unit| unit.to_vec()).collect()).collect();
            Aggregate::of(&Sample::new(strata), &dice)
        };
        let one = of(&[&[&[1.0, 3.0, 2.0]]]).expect("a unit");
        assert_eq!(
            (one.units, one.values, one.mean, one.sd, one.mean_interval, one.iqm_bootstrap),
            (1, 3, 2.0, None, None, None)
        );
        let two = of(&[&[&[2.0]], &[&[4.0]]]).expect("units");
        assert_eq!(two.mean_bootstrap, Some(Interval { low: 3.0, high: 3.0 }), "two strata of one cannot move");
        assert_eq!(two.mean_interval, None, "how far they would is not known");
        // A unit counts once, whatever the number of its values.
        let more = of(&[&[&[2.0], &[3.0, 3.0, 3.0], &[4.0, 4.0], &[8.0, 10.0]]]).expect("units");
        assert_eq!((more.units, more.values, more.mean, more.iqm), (4, 8, 4.5, 3.5));
        let around = more.iqm_bootstrap.expect("an interval");
        assert!(around.low < more.iqm && more.iqm < around.high, "{more:?}");
        assert_eq!(of(&[&[]]), None);
    }

    /// Returns the shares of samples of `n` units whose intervals contain the true value 0: of the mean and the interquartile mean, by t
    /// and by percentiles. Each unit has `of` values, whose intraclass correlation is `icc`. `draw` has the mean 0.
    fn coverage(n: usize, of: usize, icc: f64, samples: u32, mut draw: impl FnMut() -> f64) -> [f64; 4] {
        let mut held = [0u32; 4];
        for sample in 0..samples {
            let mut unit = || -> Vec<f64> {
                let own = icc.sqrt() * draw();
                (0..of).map(|_| own + (1.0 - icc).sqrt() * draw()).collect()
            };
            let units = (0..n).map(|_| unit()).collect();
            let a = Aggregate::of(&Sample::new(vec![units]), &Dice { seed: 3, figure: sample, resamples: 400 }).expect("units");
            let all = [a.mean_interval, a.iqm_interval, a.mean_bootstrap, a.iqm_bootstrap];
            all.iter().zip(&mut held).for_each(|(interval, held)| *held += u32::from(interval.is_some_and(|i| i.holds(0.0))));
        }
        held.map(|held| f64::from(held) / f64::from(samples))
    }

    /// Checks what docs/measures.md says of intervals: those of t keep their level with 3, 5 and 10 units, percentiles do not, and with
    /// instances as units nothing does. `EXPLORARIUM_PROOF=full` prints the table with more samples.
    #[test]
    fn intervals_of_t_cover_what_they_say_and_percentiles_less() {
        let full = std::env::var("EXPLORARIUM_PROOF").is_ok_and(|size| size == "full");
        let samples = if full { 20_000 } else { 1200 };
        let slack = if full { 0.006 } else { 0.025 };
        let mut words = words(5);
        for (n, mean_below, iqm_below) in
            [(3, 0.80, 0.80), (4, 0.85, 0.93), (5, 0.88, 0.92), (10, 0.93, 0.945), (20, 0.945, 0.955)]
        {
            let [t_mean, t_iqm, mean, iqm] = coverage(n, 4, 0.5, samples, || normal(&mut words));
            println!("coverage of {n} units: t {t_mean:.3}, of the IQM {t_iqm:.3}; percentiles {mean:.3}, of the IQM {iqm:.3}");
            assert!(t_mean > 0.95 - slack && t_iqm > 0.94 - slack, "{n}: {t_mean} {t_iqm}");
            assert!(mean < mean_below && iqm < iqm_below, "{n}: {mean} {iqm}");
        }
        // Skewed values: exponential waiting times. Their interquartile mean is not 0.
        for n in [3, 5, 10, 20] {
            let [t_mean, _, mean, _] =
                coverage(n, 1, 1.0, samples, || -super::super::numbers::ln(super::super::simulated::uniform(&mut words)) - 1.0);
            println!("coverage of {n} exponential units: t {t_mean:.3}, percentiles {mean:.3}");
            assert!(t_mean > 0.84 && mean < t_mean, "{n}: {t_mean} {mean}");
        }
        // Instances as units: three runs of eight, with the intraclass correlation of a shared archive.
        let mut wrong = 0;
        for _ in 0..samples {
            let run = |words: &mut _| {
                let own = 0.92f64.sqrt() * normal(words);
                (0..8).map(|_| own + 0.08f64.sqrt() * normal(words)).collect::<Vec<_>>()
            };
            let all: Vec<f64> = (0..3).flat_map(|_| run(&mut words)).collect();
            wrong += u32::from(student::of_mean(&[&all]).is_some_and(|interval| !interval.holds(0.0)));
        }
        let held = 1.0 - f64::from(wrong) / f64::from(samples);
        println!("coverage of 24 instances of 3 runs taken for units, intraclass correlation .92: {held:.3}");
        assert!(held < 0.65, "{held}");
    }
}

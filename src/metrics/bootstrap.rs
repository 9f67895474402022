//! Bootstrap: estimates how much a figure depends on the units that were drawn. It gives percentile intervals. Each stratum is resampled
//! separately. With few units such intervals are too narrow: a 95 % interval of the mean of 3 normal values contains the true mean in 74 %
//! of samples, of 5 values in 83 %, of 10 in 90 %. The intervals of `student` contain it in 95 %.

use crate::shaders::shared::chance::Chance;
use crate::shaders::shared::keyed::Keyed;

/// Default number of resamples.
pub const RESAMPLES: u32 = 10_000;
/// Share of resamples inside an interval.
pub const LEVEL: f64 = 0.95;
/// An interval is returned only if the figure is defined for at least this share of resamples.
const FEWEST_DEFINED: f64 = 0.5;

/// Source of the random numbers of an interval: words of the `keyed` stream, which are the same on every machine and in any order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dice {
    /// Seed of all figures.
    pub seed: u64,
    /// Number of the figure: different figures are resampled differently.
    pub figure: u32,
    /// Number of resamples; [`RESAMPLES`] by default.
    pub resamples: u32,
}

/// An interval of a figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower bound, included.
    pub low: f64,
    /// Upper bound, included.
    pub high: f64,
}

impl Interval {
    /// Cuts the interval to the possible range. No possible value is lost.
    pub fn within(self, (least, most): (f64, f64)) -> Interval {
        Interval { low: self.low.clamp(least, most), high: self.high.clamp(least, most) }
    }

    /// Whether `value` lies in the interval, bounds included.
    pub fn holds(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }
}

impl Dice {
    /// Creates dice with [`RESAMPLES`].
    pub fn new(seed: u64, figure: u32) -> Dice {
        Dice { seed, figure, resamples: RESAMPLES }
    }

    /// Returns the words of resample `k`.
    fn words(&self, k: u32) -> Keyed {
        Keyed::new([self.seed as u32, (self.seed >> 32) as u32], self.figure, k, 0)
    }
}

/// Returns the percentile interval of `figure`. Each stratum is resampled with replacement at its own size, and the figure is computed over
/// all strata together. None if there is no unit, or if the figure is undefined for most resamples.
pub fn interval<T: Copy>(strata: &[&[T]], figure: impl Fn(&[T]) -> Option<f64>, dice: &Dice) -> Option<Interval> {
    if strata.iter().all(|stratum| stratum.is_empty()) {
        return None;
    }
    let mut drawn = Vec::new();
    let mut figures = Vec::with_capacity(dice.resamples as usize);
    for k in 0..dice.resamples {
        let mut words = dice.words(k);
        drawn.clear();
        for stratum in strata {
            // Index = word * n / 2^32. Its distribution is uneven by less than n / 2^32, far below what a bootstrap can resolve.
            let pick = |word: u32| stratum[((u64::from(word) * stratum.len() as u64) >> 32) as usize];
            drawn.extend((0..stratum.len()).map(|_| pick(words.word())));
        }
        figures.extend(figure(&drawn));
    }
    if (figures.len() as f64) < FEWEST_DEFINED * f64::from(dice.resamples.max(1)) {
        return None;
    }
    figures.sort_by(f64::total_cmp);
    let tail = 0.5 * (1.0 - LEVEL);
    Some(Interval { low: quantile(&figures, tail)?, high: quantile(&figures, 1.0 - tail)? })
}

/// Quantile of sorted values, linear between neighbours (numpy's default). None without values.
pub fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let at = share.clamp(0.0, 1.0) * last as f64;
    let (below, above) = (sorted[at.floor() as usize], sorted[at.ceil() as usize]);
    Some(below + (above - below) * at.fract())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(values: &[f64]) -> Option<f64> {
        Some(values.iter().sum::<f64>() / values.len() as f64)
    }

    #[test]
    fn quantiles_are_numpys() {
        let sorted = [1.0, 2.0, 4.0, 8.0];
        for (share, expected) in [(0.0, 1.0), (0.25, 1.75), (0.5, 3.0), (0.9, 6.8), (1.0, 8.0)] {
            assert!((quantile(&sorted, share).expect("values") - expected).abs() < 1e-12, "{share}");
        }
        assert_eq!(quantile(&[], 0.5), None);
    }

    #[test]
    fn the_interval_of_a_mean_is_about_two_standard_errors_to_each_side() {
        // 0 .. 99: the standard deviation is 28.87, that of the mean 2.887.
        let values: Vec<f64> = (0..100).map(f64::from).collect();
        let around = interval(&[&values], mean, &Dice::new(7, 0)).expect("values");
        assert!((around.low - (49.5 - 1.96 * 2.887)).abs() < 0.4, "{around:?}");
        assert!((around.high - (49.5 + 1.96 * 2.887)).abs() < 0.4, "{around:?}");
    }

    #[test]
    fn the_same_dice_give_the_same_interval_and_others_another() {
        let values = [1.0, 5.0, 2.0, 8.0, 3.0];
        let of = |seed, figure| interval(&[&values], mean, &Dice { resamples: 100, ..Dice::new(seed, figure) });
        assert_eq!(of(1, 2), of(1, 2));
        assert_ne!(of(1, 2), of(1, 3));
        assert_ne!(of(1, 2), of(2, 2));
    }

    #[test]
    fn strata_keep_their_size() {
        // Each stratum is resampled separately, so with constant strata the mean does not vary.
        let around = interval(&[&[0.0; 3], &[10.0; 1]], mean, &Dice::new(0, 0)).expect("values");
        assert_eq!((around.low, around.high), (2.5, 2.5));
        assert_eq!(interval(&[&[], &[] as &[f64]], mean, &Dice::new(0, 0)), None);
        assert_eq!(interval(&[&[1.0]], |_| None, &Dice::new(0, 0)), None);
    }
}

//! Bootstrap: how far a figure would move had other units been drawn. Percentile intervals; strata are resampled each for itself. With few
//! units such intervals are too narrow: of a mean of 3 normal values a 95 % one holds the truth in 74 %, of 5 in 83 %, of 10 in 90 %. The
//! intervals of `student` hold it in 95 %.

use crate::shaders::shared::chance::Chance;
use crate::shaders::shared::keyed::Keyed;

/// Resamples, unless told otherwise.
pub const RESAMPLES: u32 = 10_000;
/// Share of resamples inside an interval.
pub const LEVEL: f64 = 0.95;
/// An interval is given only if at least this share of resamples had a figure at all.
const FEWEST_DEFINED: f64 = 0.5;

/// Where an interval's chance comes from: words of the `keyed` stream, so that it is the same on every machine and in any order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dice {
    /// Seed of all figures.
    pub seed: u64,
    /// Number of the figure: different figures are resampled differently.
    pub figure: u32,
    /// Number of resamples; [`RESAMPLES`] by default.
    pub resamples: u32,
}

/// Bounds of a figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower bound, included.
    pub low: f64,
    /// Upper bound, included.
    pub high: f64,
}

impl Interval {
    /// Cut to what is possible at all: nothing true is lost.
    pub fn within(self, (least, most): (f64, f64)) -> Interval {
        Interval { low: self.low.clamp(least, most), high: self.high.clamp(least, most) }
    }

    /// Whether `value` lies in it, its bounds included.
    pub fn holds(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }
}

impl Dice {
    /// With [`RESAMPLES`].
    pub fn new(seed: u64, figure: u32) -> Dice {
        Dice { seed, figure, resamples: RESAMPLES }
    }

    /// The words of resample `k`.
    fn words(&self, k: u32) -> Keyed {
        Keyed::new([self.seed as u32, (self.seed >> 32) as u32], self.figure, k, 0)
    }
}

/// The percentile interval of `figure`: each stratum is drawn anew with replacement, at its own size, and the figure taken of all drawn
/// together. None if there is no unit, or if the figure is undefined for most draws.
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
            // A word times n over 2^32: uneven by less than n / 2^32, far below what a bootstrap can see.
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

/// Quantile of sorted values, linear between neighbours (numpy's default). None of nothing.
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
        // 0 .. 99: standard deviation 28.87, of the mean 2.887.
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
        // Between strata nothing is drawn: with constant strata the mean cannot move.
        let around = interval(&[&[0.0; 3], &[10.0; 1]], mean, &Dice::new(0, 0)).expect("values");
        assert_eq!((around.low, around.high), (2.5, 2.5));
        assert_eq!(interval(&[&[], &[] as &[f64]], mean, &Dice::new(0, 0)), None);
        assert_eq!(interval(&[&[1.0]], |_| None, &Dice::new(0, 0)), None);
    }
}

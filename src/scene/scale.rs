//! Scales: which share of a colour ramp a value gets.

/// How values become shares of a ramp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// In proportion.
    Linear,
    /// In proportion to the logarithm; all values must be positive.
    Log,
    /// By order: the share of values that are smaller, equal ones together.
    Rank,
    /// For differences: the square root of the size, with its sign; 0 is the middle. Values other than 0 begin 30 % of the way to the end.
    SignedRoot,
}

/// Where values other than 0 begin in [`Scale::SignedRoot`].
const SIGNED_BEGIN: f64 = 0.3;

impl Scale {
    /// The name, as on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Scale::Linear => "linear",
            Scale::Log => "log",
            Scale::Rank => "rank",
            Scale::SignedRoot => "root",
        }
    }

    /// The scale for these values; NaN is left out. None if there is no value, or a logarithm of one that is not positive.
    pub fn fit(self, values: impl IntoIterator<Item = f64>) -> Option<FittedScale> {
        let mut sorted: Vec<f64> = values.into_iter().filter(|value| !value.is_nan()).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let (min, max) = (*sorted.first()?, *sorted.last()?);
        if self == Scale::Log && min <= 0.0 {
            return None;
        }
        if self != Scale::Rank {
            sorted.clear();
        }
        Some(FittedScale { scale: self, min, max, sorted })
    }
}

/// A scale between the smallest and the largest of some values.
#[derive(Clone, Debug, PartialEq)]
pub struct FittedScale {
    scale: Scale,
    /// The smallest value.
    pub min: f64,
    /// The largest value.
    pub max: f64,
    /// All values in order, for ranks.
    sorted: Vec<f64>,
}

impl FittedScale {
    /// The scale.
    pub fn scale(&self) -> Scale {
        self.scale
    }

    /// The share of the ramp for a value, 0 to 1. If all values are equal it is 0.5; beyond the smallest and largest value it is 0 and 1.
    pub fn share(&self, value: f64) -> f64 {
        let part =
            |low: f64, high: f64, value: f64| if high > low { ((value - low) / (high - low)).clamp(0.0, 1.0) } else { 0.5 };
        match self.scale {
            Scale::Linear => part(self.min, self.max, value),
            Scale::Log => part(ln(self.min), ln(self.max), ln(value.max(self.min))),
            Scale::Rank => {
                let below = self.sorted.partition_point(|other| *other < value);
                let up_to = self.sorted.partition_point(|other| *other <= value);
                // The mean rank of equal values.
                part(0.0, (self.sorted.len().max(2) - 1) as f64, (below + up_to).saturating_sub(1) as f64 / 2.0)
            }
            Scale::SignedRoot => {
                let end = self.min.abs().max(self.max.abs());
                if value == 0.0 || end == 0.0 {
                    return 0.5;
                }
                let size = SIGNED_BEGIN + (1.0 - SIGNED_BEGIN) * (value.abs() / end).min(1.0).sqrt();
                0.5 + 0.5 * size.copysign(value)
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a colour of a figure; nothing is decided by it")]
fn ln(value: f64) -> f64 {
    value.ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_by_hand() {
        let fit = |scale: Scale, values: &[f64]| scale.fit(values.iter().copied()).expect("values");
        let linear = fit(Scale::Linear, &[4.0, f64::NAN, 2.0, 6.0]);
        assert_eq!([1.0, 2.0, 3.0, 6.0, 9.0].map(|value| linear.share(value)), [0.0, 0.0, 0.25, 1.0, 1.0]);
        let log = fit(Scale::Log, &[1.0, 10.0, 100.0]);
        assert!(
            [(1.0, 0.0), (10.0, 0.5), (100.0, 1.0), (0.0, 0.0)]
                .iter()
                .all(|(value, share)| (log.share(*value) - share).abs() < 1e-12)
        );
        let rank = fit(Scale::Rank, &[5.0, 1.0, 1.0, 1000.0, 7.0]);
        assert_eq!([1.0, 5.0, 7.0, 1000.0].map(|value| rank.share(value)), [0.125, 0.5, 0.75, 1.0]);
        let root = fit(Scale::SignedRoot, &[-1.0, 4.0]);
        assert_eq!([4.0, 0.0].map(|value| root.share(value)), [1.0, 0.5]);
        assert!((root.share(-1.0) - (0.5 - 0.5 * 0.65)).abs() < 1e-12 && root.share(1e-12) > 0.64);
    }

    #[test]
    fn values_that_make_no_scale() {
        assert_eq!(Scale::Linear.fit([]), None);
        assert_eq!(Scale::Linear.fit([f64::NAN]), None);
        assert_eq!(Scale::Log.fit([0.0, 1.0]), None);
        for scale in [Scale::Linear, Scale::Log, Scale::Rank] {
            assert_eq!(scale.fit([3.0]).expect("a value").share(3.0), if scale == Scale::Rank { 0.0 } else { 0.5 });
        }
        assert_eq!(Scale::SignedRoot.fit([0.0]).expect("a value").share(0.0), 0.5);
    }
}

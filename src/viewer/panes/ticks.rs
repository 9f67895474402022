//! Ticks of the axes of plots: 1, 2 or 5 times a power of ten apart.

use crate::viewer::theme::numbers;

/// Ticks of an axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ticks {
    /// The first one.
    pub first: f64,
    /// The last one; not below the largest value.
    pub last: f64,
    /// Distance between two of them.
    pub step: f64,
    /// Digits after the point that tell them apart.
    decimals: usize,
}

/// Returns ticks from `low` to `high`, at most about `most` of them.
pub fn ticks(low: f64, high: f64, most: f32) -> Ticks {
    let span = (high - low).max(f64::MIN_POSITIVE);
    let least = span / f64::from(most.max(1.0));
    let (mut power, mut decimals) = (1.0, 0usize);
    while power > least && decimals < 12 {
        power /= 10.0;
        decimals += 1;
    }
    while power * 10.0 <= least {
        power *= 10.0;
    }
    let step = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * power).into_iter().find(|step| *step >= least).unwrap_or(power);
    // Ten times a power needs one digit less.
    let decimals = if step >= 10.0 * power { decimals.saturating_sub(1) } else { decimals };
    let first = (low / step).ceil() * step;
    let last = (high / step).ceil() * step;
    Ticks { first, last, step, decimals }
}

impl Ticks {
    /// The values of the ticks.
    pub fn values(self) -> impl Iterator<Item = f64> {
        let n = ((self.last - self.first) / self.step).round().clamp(0.0, 1000.0) as usize;
        (0..=n).map(move |k| self.first + k as f64 * self.step)
    }

    /// A tick as text.
    pub fn words(self, value: f64) -> String {
        if self.decimals == 0 && value.abs() < 1e15 {
            let size = numbers::count(value.abs().round() as u64);
            return if value <= -0.5 { format!("\u{2212}{size}") } else { size };
        }
        // A zero has no sign.
        let text = format!("{:.*}", self.decimals, if value.abs() < self.step / 2.0 { 0.0 } else { value });
        text.replace('-', "\u{2212}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(low: f64, high: f64, most: f32) -> Vec<String> {
        let ticks = ticks(low, high, most);
        ticks.values().map(|value| ticks.words(value)).collect()
    }

    #[test]
    fn ticks_are_round_numbers() {
        assert_eq!(all(0.0, 1400.0, 4.0), ["0", "500", "1\u{202f}000", "1\u{202f}500"]);
        assert_eq!(all(0.0, 5.3, 4.0), ["0", "2", "4", "6"]);
        assert_eq!(all(0.0, 0.37, 4.0), ["0.0", "0.1", "0.2", "0.3", "0.4"]);
        assert_eq!(all(-0.02, 0.011, 3.0), ["\u{2212}0.02", "0.00", "0.02"]);
        assert_eq!(all(-30.0, 20.0, 5.0), ["\u{2212}30", "\u{2212}20", "\u{2212}10", "0", "10", "20"]);
        assert_eq!(all(0.0, 1.0, 1.0), ["0", "1"]);
    }
}

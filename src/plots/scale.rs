//! Marks of a scale, and texts that are wrapped to fit.

use super::page::text_width;

/// Approximate number of marks of a scale.
const TICKS: f64 = 5.0;

/// Returns round numbers from `low` to `high`, about [`TICKS`] of them. If there are fewer than two, returns `low` and `high`.
pub(super) fn ticks(low: f64, high: f64) -> Vec<f64> {
    if high <= low {
        return vec![low];
    }
    let rough = (high - low) / TICKS;
    let mut step = 1.0;
    while step > rough {
        step /= 10.0;
    }
    while step * 10.0 <= rough {
        step *= 10.0;
    }
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|by| by * step).find(|step| *step >= rough).unwrap_or(step);
    let first = (low / step).ceil();
    let found: Vec<f64> = (0..=TICKS as u32 + 1).map(|k| (first + f64::from(k)) * step).take_while(|v| *v <= high).collect();
    if found.len() < 2 { vec![low, high] } else { found }
}

/// Breaks `text` after commas into lines of at most `width` units in a font of `size`.
pub(super) fn wrapped(text: &str, size: f64, width: u32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in text.split(", ").filter(|part| !part.is_empty()) {
        match lines.last_mut() {
            Some(line) if text_width(&format!("{line}, {part}"), size) <= width => *line += &format!(", {part}"),
            _ => lines.push(part.to_string()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_within() {
        assert_eq!(ticks(0.0, 5.0), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(ticks(0.0, 1234.0), [0.0, 500.0, 1000.0]);
        assert_eq!(ticks(7.0, 7.0), [7.0]);
        for (low, high) in [(3.459, 5.524), (0.001, 0.002), (-3.0, 1.0), (1e6, 3e9), (0.999, 1.001)] {
            let found = ticks(low, high);
            assert!((2..=7).contains(&found.len()) && found.iter().all(|v| (low..=high).contains(v)), "{low} {high}: {found:?}");
        }
    }
}

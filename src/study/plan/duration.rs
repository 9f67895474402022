//! Durations and paces as people write them: "20 min", "1 h 30 min", "5/s".

use std::time::Duration;

use super::bounds::{MAX_PACE, MAX_SECONDS, MIN_PACE};

/// Units in falling order, with their seconds.
const UNITS: [(&str, u64); 3] = [("h", 3600), ("min", 60), ("s", 1)];

/// Parses a duration of 1 s to 24 h, in whole hours, minutes and seconds.
///
/// # Errors
/// How to write it.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let shown: String = text.chars().take(40).collect();
    let wrong = || format!("'{shown}' is no duration; write it like \"20 min\", \"90 s\" or \"1 h 30 min\"");
    let (mut rest, mut total, mut next) = (text.trim(), 0u64, 0);
    if rest.is_empty() {
        return Err(wrong());
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (number, after) = rest.split_at(digits);
        let number: u64 = number.parse().map_err(|_| wrong())?;
        let after = after.trim_start();
        let letters = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        let (unit, after) = after.split_at(letters);
        let place = UNITS.iter().position(|(name, _)| *name == unit).filter(|place| *place >= next).ok_or_else(wrong)?;
        total = total.saturating_add(number.saturating_mul(UNITS[place].1));
        (rest, next) = (after.trim_start(), place + 1);
    }
    if !(1..=MAX_SECONDS).contains(&total) {
        return Err(format!("'{shown}' is not from 1 s to {} h", MAX_SECONDS / 3600));
    }
    Ok(Duration::from_secs(total))
}

/// Parses "5/s" to the time between steps.
///
/// # Errors
/// How to write it.
pub fn parse_pace(text: &str) -> Result<Duration, String> {
    let shown: String = text.chars().take(40).collect();
    let number = text.trim().strip_suffix("/s").and_then(|number| number.trim().parse::<f64>().ok());
    match number {
        Some(steps) if (MIN_PACE..=MAX_PACE).contains(&steps) => Ok(Duration::from_nanos((1e9 / steps).round() as u64)),
        Some(_) => Err(format!("'{shown}' is not from {MIN_PACE}/s to {MAX_PACE}/s")),
        None => Err(format!("'{shown}' is no pace; write \"5/s\" for five steps a second, or \"key\" for a step at each press")),
    }
}

/// A duration as people write it.
pub fn duration_text(duration: Duration) -> String {
    let mut rest = duration.as_secs();
    let mut parts = Vec::new();
    for (unit, seconds) in UNITS {
        let number = rest / seconds;
        if number > 0 {
            parts.push(format!("{number} {unit}"));
        }
        rest %= seconds;
    }
    match duration.as_millis() {
        0 => "0 s".to_string(),
        less @ 1..1000 => format!("{less} ms"),
        _ => parts.join(" "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_written() {
        for (text, seconds, written) in [
            ("20 min", 1200, "20 min"),
            ("90 s", 90, "1 min 30 s"),
            ("1 h 30 min", 5400, "1 h 30 min"),
            ("1h30min", 5400, "1 h 30 min"),
            (" 2 h 5 s ", 7205, "2 h 5 s"),
            ("24 h", 86400, "24 h"),
        ] {
            assert_eq!(parse_duration(text), Ok(Duration::from_secs(seconds)), "{text}");
            assert_eq!(duration_text(Duration::from_secs(seconds)), written);
            assert_eq!(parse_duration(written), Ok(Duration::from_secs(seconds)));
        }
        for text in ["", "20", "min", "20 minutes", "1 min 2 h", "1 s 1 s", "-5 s", "1.5 h", "5 m", "1e9 s", "٣ s", "20 min x"] {
            assert!(parse_duration(text).expect_err(text).contains("write it like"), "{text}");
        }
        for text in ["0 s", "25 h", "18446744073709551615 h"] {
            assert!(parse_duration(text).expect_err(text).contains("not from 1 s to 24 h"), "{text}");
        }
        assert!(parse_duration("99999999999999999999999999 s").is_err());
    }

    #[test]
    fn paces_are_read() {
        assert_eq!(parse_pace("5/s"), Ok(Duration::from_millis(200)));
        assert_eq!(parse_pace("0.5/s"), Ok(Duration::from_secs(2)));
        assert_eq!(parse_pace("60 /s"), Ok(Duration::from_nanos(16_666_667)));
        for text in ["5", "nan/s", "inf/s", "-1/s", "0/s", "1e9/s", "fast", "/s"] {
            assert!(parse_pace(text).is_err(), "{text}");
        }
    }
}

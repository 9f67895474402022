//! Parses numbers as users type them: 1e6, 1_000_000, 10k, 2.5M.

/// Parses a whole number that is not negative.
///
/// # Errors
/// If the text is not a number, not whole, or too large.
pub fn whole(text: &str) -> Result<u64, String> {
    let plain: String = text.chars().filter(|c| *c != '_').collect();
    let (digits, places) = match plain.chars().last() {
        Some('k' | 'K') => (&plain[..plain.len() - 1], 3),
        Some('M') => (&plain[..plain.len() - 1], 6),
        Some('G') => (&plain[..plain.len() - 1], 9),
        _ => (&plain[..], 0),
    };
    if places == 0
        && let Ok(exact) = digits.parse::<u64>()
    {
        return Ok(exact);
    }
    let looks_right = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    // Parsed as one decimal number, because 1.001 times 1000 would be rounded twice.
    let (mantissa, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
    let exponent = exponent.parse::<i32>().ok().and_then(|e| e.checked_add(places));
    let value = exponent.and_then(|e| format!("{mantissa}e{e}").parse::<f64>().ok()).filter(|_| looks_right);
    match value {
        Some(v) if v >= 9e15 => Err(format!("'{text}' is too large")),
        Some(v) if v.fract() != 0.0 => Err(format!("'{text}' is not a whole number")),
        Some(v) => Ok(v as u64),
        None => Err(format!("'{text}' is not a number; write it like 1000, 1_000, 1e3, 10k or 2.5M")),
    }
}

/// Parses a whole number from 1 on.
///
/// # Errors
/// As [`whole`], or if it is 0.
pub fn positive(text: &str) -> Result<u64, String> {
    match whole(text)? {
        0 => Err("must be at least 1".to_string()),
        n => Ok(n),
    }
}

/// Parses a whole number from 1 on that fits 32 bits.
///
/// # Errors
/// As [`positive`], or if it is too large.
pub fn small(text: &str) -> Result<u32, String> {
    u32::try_from(positive(text)?).map_err(|_| format!("'{text}' is too large"))
}

/// A whole number that fits 32 bits: an index, a step of an episode.
///
/// # Errors
/// As [`whole`], or if it is too large.
pub fn index(text: &str) -> Result<u32, String> {
    u32::try_from(whole(text)?).map_err(|_| format!("'{text}' is too large"))
}

/// Steps at most: as many as numbers in JSON and Parquet readers hold exactly, centuries of play.
pub const MAX_STEPS: u64 = 1 << 53;

/// Parses steps: a whole number from 1 to [`MAX_STEPS`].
///
/// # Errors
/// As [`positive`], or if it is too large.
pub fn steps(text: &str) -> Result<u64, String> {
    within(text, 1, MAX_STEPS)
}

/// Parses a number of threads: from 1 to 1024, or to four times the number that the machine runs at once if that is more.
///
/// # Errors
/// As [`positive`], or if it is too large.
pub fn threads(text: &str) -> Result<u64, String> {
    let at_once = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    within(text, 1, at_once.saturating_mul(4).max(1024))
}

/// Parses a whole number from `least` to `most`.
///
/// # Errors
/// As [`whole`], or if it lies outside.
pub fn within(text: &str, least: u64, most: u64) -> Result<u64, String> {
    let value = whole(text).map_err(|why| if why.contains("too large") { outside(text, least, most) } else { why })?;
    if (least..=most).contains(&value) { Ok(value) } else { Err(outside(text, least, most)) }
}

/// Parses seconds from `least` to `most`.
///
/// # Errors
/// If the text is not a number, or if it lies outside.
pub fn seconds(text: &str, least: f64, most: f64) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|_| format!("'{text}' is not a number of seconds"))?;
    // NaN lies in no range.
    if (least..=most).contains(&value) { Ok(value) } else { Err(outside(text, least, most)) }
}

fn outside(text: &str, least: impl std::fmt::Display, most: impl std::fmt::Display) -> String {
    format!("'{text}' is not from {least} to {most}")
}

/// Parses a whole number, which may be negative.
///
/// # Errors
/// As [`whole`].
pub fn signed(text: &str) -> Result<i64, String> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let size = i128::from(whole(digits)?);
    let value = if negative { -size } else { size };
    i64::try_from(value).map_err(|_| format!("'{text}' does not lie from {} to {}", i64::MIN, i64::MAX))
}

/// Parses a whole number that a TOML file can hold, whose integers are signed.
///
/// # Errors
/// As [`whole`], or if it is too large.
pub fn stored(text: &str) -> Result<u64, String> {
    whole(text).and_then(|n| i64::try_from(n).map(|_| n).map_err(|_| format!("'{text}' is more than {}", i64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, value) in [
            ("1e6", 1_000_000),
            ("1_000_000", 1_000_000),
            ("10k", 10_000),
            ("2.5M", 2_500_000),
            ("0", 0),
            ("1.001k", 1001),
            ("1.5e3k", 1_500_000),
            ("18446744073709551615", u64::MAX),
        ] {
            assert_eq!(whole(text), Ok(value), "{text}");
        }
        for text in ["", "k", "1.5", "-3", "ten", "1e30", "nan", "inf", "0x10", "1e400", "1e99999999999", "1e", "1ek", "1e5e5"] {
            assert!(whole(text).is_err(), "{text}");
        }
        assert_eq!(signed("-1k"), Ok(-1000));
        assert!(positive("0").is_err());
        assert!(small("5e9").is_err());
        assert_eq!(stored("9223372036854775807"), Ok(i64::MAX as u64));
        assert!(stored("9223372036854775808").is_err_and(|why| why.contains("is more than")));
        assert!(signed("9223372036854775808").is_err() && signed("--1").is_err());
    }

    #[test]
    fn bounds_are_named() {
        assert_eq!((steps("9007199254740992"), threads("1024")), (Ok(MAX_STEPS), Ok(1024)));
        for (said, bounds) in [
            (steps("18446744073709551615"), "from 1 to 9007199254740992"),
            (steps("1e30"), "from 1 to 9007199254740992"),
            (steps("0"), "from 1 to"),
            (threads("1e9"), "from 1 to"),
            (within("11", 3, 10), "'11' is not from 3 to 10"),
        ] {
            assert!(said.as_ref().is_err_and(|why| why.contains(bounds)), "{said:?}");
        }
        assert_eq!(seconds("2.5", 0.0, 10.0), Ok(2.5));
        for text in ["nan", "NaN", "inf", "-inf", "1e308", "-1", "10.5"] {
            assert_eq!(seconds(text, 0.0, 10.0), Err(format!("'{text}' is not from 0 to 10")));
        }
        assert!(seconds("soon", 0.0, 10.0).is_err());
    }
}

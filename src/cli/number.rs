//! Numbers as people type them: 1e6, 1_000_000, 10k, 2.5M.

/// A whole number that is not negative.
///
/// # Errors
/// If the text is no number, not whole, or too large.
pub fn whole(text: &str) -> Result<u64, String> {
    let plain: String = text.chars().filter(|c| *c != '_').collect();
    let (digits, factor) = match plain.chars().last() {
        Some('k' | 'K') => (&plain[..plain.len() - 1], 1e3),
        Some('M') => (&plain[..plain.len() - 1], 1e6),
        Some('G') => (&plain[..plain.len() - 1], 1e9),
        _ => (&plain[..], 1.0),
    };
    if factor == 1.0
        && let Ok(exact) = digits.parse::<u64>()
    {
        return Ok(exact);
    }
    let looks_right = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    let value = digits.parse::<f64>().ok().filter(|_| looks_right).map(|v| v * factor);
    match value {
        Some(v) if v.fract() != 0.0 => Err(format!("'{text}' is not a whole number")),
        Some(v) if (0.0..9e15).contains(&v) => Ok(v as u64),
        Some(_) => Err(format!("'{text}' is too large")),
        None => Err(format!("'{text}' is not a number; write it like 1000, 1_000, 1e3, 10k or 2.5M")),
    }
}

/// A whole number from 1.
///
/// # Errors
/// As [`whole`], or if it is 0.
pub fn positive(text: &str) -> Result<u64, String> {
    match whole(text)? {
        0 => Err("must be at least 1".to_string()),
        n => Ok(n),
    }
}

/// A whole number from 1 that fits 32 bits.
///
/// # Errors
/// As [`positive`], or if it is too large.
pub fn small(text: &str) -> Result<u32, String> {
    u32::try_from(positive(text)?).map_err(|_| format!("'{text}' is too large"))
}

/// A whole number, perhaps negative.
///
/// # Errors
/// As [`whole`].
pub fn signed(text: &str) -> Result<i64, String> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let value = i64::try_from(whole(digits)?).map_err(|_| format!("'{text}' is too large"))?;
    Ok(if negative { -value } else { value })
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
            ("18446744073709551615", u64::MAX),
        ] {
            assert_eq!(whole(text), Ok(value), "{text}");
        }
        for text in ["", "k", "1.5", "-3", "ten", "1e30", "nan", "inf", "0x10"] {
            assert!(whole(text).is_err(), "{text}");
        }
        assert_eq!(signed("-1k"), Ok(-1000));
        assert!(positive("0").is_err());
        assert!(small("5e9").is_err());
    }
}

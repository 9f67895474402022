//! Numbers as people read them: thousands apart, a true minus, units.

/// Narrow no-break space between thousands.
const GAP: char = '\u{202F}';
const MINUS: char = '\u{2212}';

/// A count with its thousands apart: `12 345`.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    if digits.len() <= 3 {
        return digits;
    }
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 * GAP.len_utf8());
    for (k, digit) in digits.chars().enumerate() {
        if k > 0 && (digits.len() - k).is_multiple_of(3) {
            text.push(GAP);
        }
        text.push(digit);
    }
    text
}

/// A measured value with about four significant digits; `signed` shows + as well.
pub fn real(value: f64, signed: bool) -> String {
    if value.is_nan() {
        return "no value".to_string();
    }
    if value.is_infinite() {
        return format!("{}\u{221E}", if value < 0.0 { MINUS } else { '+' });
    }
    let size = value.abs();
    let text = if (1000.0..1e15).contains(&size) {
        count(size.round() as u64)
    } else if size >= 1e15 || size > 0.0 && size < 1e-4 {
        format!("{size:.1e}").replace('-', &MINUS.to_string())
    } else if size >= 100.0 {
        format!("{size:.1}")
    } else if size >= 10.0 {
        format!("{size:.2}")
    } else if size > 0.0 && size < 0.1 {
        format!("{size:.4}")
    } else {
        format!("{size:.3}")
    };
    let sign = if value < 0.0 {
        MINUS.to_string()
    } else if signed && value > 0.0 {
        "+".to_string()
    } else {
        String::new()
    };
    sign + &text
}

/// A reward, which has few digits: `+1.0`, `0.1`, `0`.
pub fn reward(value: f64) -> String {
    if value == 0.0 {
        return "0".to_string();
    }
    let text = format!("{:.3}", value.abs());
    let text = text.trim_end_matches('0');
    let text = if text.ends_with('.') { format!("{text}0") } else { text.to_string() };
    format!("{}{text}", if value < 0.0 { MINUS } else { '+' })
}

/// A sum of rewards.
pub fn sum(value: f64) -> String {
    reward(value).trim_start_matches('+').to_string()
}

/// Bytes with a unit: `3.2 MB`.
pub fn bytes(n: u64) -> String {
    let units = [("GB", 1e9), ("MB", 1e6), ("kB", 1e3)];
    match units.into_iter().find(|(_, size)| n as f64 >= *size) {
        Some((unit, size)) => format!("{:.1} {unit}", n as f64 / size),
        None => format!("{n} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_people_read_them() {
        assert_eq!((count(0), count(999), count(1000)), ("0".into(), "999".into(), "1\u{202F}000".into()));
        assert_eq!(count(1_234_567), "1\u{202F}234\u{202F}567");
        assert_eq!((reward(1.0), reward(-0.1), reward(0.0)), ("+1.0".into(), "\u{2212}0.1".into(), "0".into()));
        assert_eq!(sum(2.9), "2.9");
        assert_eq!((real(0.0003, false), real(1.0, false)), ("0.0003".into(), "1.000".into()));
        assert_eq!((real(12.345, true), real(-4321.4, false)), ("+12.35".into(), "\u{2212}4\u{202F}321".into()));
        assert_eq!((real(0.00001, false), real(f64::NAN, false)), ("1.0e\u{2212}5".into(), "no value".into()));
        assert_eq!((bytes(3_200_000), bytes(12)), ("3.2 MB".into(), "12 bytes".into()));
    }
}

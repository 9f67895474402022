//! Refuses TOML that is nested deeper than any plan, before it is read.

use super::fields::Read;

/// Depth of brackets, and parts of a dotted key.
const MAX_DEPTH: usize = 40;

/// Checks how deep brackets and dotted keys go. Texts in quotes and comments do not count.
///
/// # Errors
/// The line.
pub fn check_nesting(text: &str) -> Read<()> {
    let (mut depth, mut dots, mut line) = (0usize, 0usize, 1usize);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let mut taken = c.len_utf8();
        match c {
            '"' | '\'' => taken = quoted(rest, c),
            '#' => taken = rest.find('\n').unwrap_or(rest.len()),
            '[' | '{' => depth += 1,
            ']' | '}' => depth = depth.saturating_sub(1),
            '.' => dots += 1,
            _ => {}
        }
        line += rest[..taken].matches('\n').count();
        if c == '\n' || c == '=' || c == ',' {
            dots = 0;
        }
        if depth > MAX_DEPTH || dots > MAX_DEPTH {
            return Err(format!("line {line} is nested more than {MAX_DEPTH} deep, so this is no plan"));
        }
        rest = &rest[taken..];
    }
    Ok(())
}

/// Bytes of the text in quotes at the beginning of `rest`.
fn quoted(rest: &str, quote: char) -> usize {
    let three: String = std::iter::repeat_n(quote, 3).collect();
    let (end, whole) = if rest.starts_with(&three) { (three.as_str(), true) } else { (&three[..1], false) };
    let mut at = end.len();
    while at < rest.len() {
        let here = &rest[at..];
        if here.starts_with(end) {
            return at + end.len();
        }
        let Some(c) = here.chars().next() else { break };
        if c == '\n' && !whole {
            return at;
        }
        at += c.len_utf8();
        // What is escaped ends no text.
        if c == '\\' && quote == '"' {
            at += rest[at..].chars().next().map_or(0, char::len_utf8);
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deep_texts_are_refused_before_they_are_read() {
        for text in [
            format!("{}a = 1", "a.".repeat(1000)),
            format!("[{}a]", "a.".repeat(1000)),
            format!("a = {}", "[".repeat(100_000)),
            format!("\n\na = {}", "{a = ".repeat(100_000)),
            format!("{}a = 1", "\"b\" . ".repeat(1000)),
        ] {
            assert!(check_nesting(&text).expect_err("deep").contains("nested"));
        }
        for text in [
            format!("a = \"{}\" # {}", ".".repeat(100), "[".repeat(100)),
            format!("a = '''{}\n{}'''\nb = \"\\\"{}\"", "[".repeat(100), "'.".repeat(100), "{".repeat(100)),
            "a = \"\n".repeat(10),
            "a = [1.5, 2.5, 3.5]\n".repeat(100),
            "\"".to_string(),
            "a = \"\\".to_string(),
            "'''\u{e4}".to_string(),
        ] {
            assert_eq!(check_nesting(&text), Ok(()), "{text}");
        }
    }
}

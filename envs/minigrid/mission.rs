//! The text of the agent's task. A mission is stored as one word of arguments; the ruleset's template turns it into text.
//!
//! Placeholders: `{object}` and `{colour}` stand for the first argument, `{object2}` and `{colour2}` for the second (codes of cells.rs in
//! the two low bytes). `{phrase}` stands for the ruleset's phrase whose index is in the third byte.

use super::cells::{self, colour};

/// Returns the word of two objects and a phrase.
pub fn arguments(first: u8, second: u8, phrase: u32) -> u32 {
    u32::from(first) | u32::from(second) << 8 | phrase << 16
}

/// Returns the template with its placeholders filled in.
pub fn text(template: &str, phrases: &[String], arguments: u32) -> String {
    if !template.contains('{') {
        return template.to_string();
    }
    let (first, second, phrase) = (arguments as u8, (arguments >> 8) as u8, (arguments >> 16 & 255) as usize);
    let colour = |code| colour::NAMES.get(usize::from(cells::colour_of(code))).copied().unwrap_or("unknown");
    template
        .replace("{object}", &cells::words(first))
        .replace("{object2}", &cells::words(second))
        .replace("{colour}", colour(first))
        .replace("{colour2}", colour(second))
        .replace("{phrase}", phrases.get(phrase).map_or("", String::as_str))
}

/// Which arguments the generator of a level fills in: first object, second object, and the number of phrases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fills {
    pub first: bool,
    pub second: bool,
    pub phrases: usize,
}

/// Checks that a template has only placeholders that the generator fills in.
///
/// # Errors
/// If a placeholder is unknown or is not filled in.
pub fn check(template: &str, phrases: &[String], fills: Fills) -> Result<(), String> {
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let Some(length) = rest[open..].find('}') else {
            return Err("mission: '{' without '}'".into());
        };
        let name = &rest[open..=open + length];
        let known = match name {
            "{object}" | "{colour}" => fills.first,
            "{object2}" | "{colour2}" => fills.second,
            "{phrase}" => fills.phrases > 0 && phrases.len() == fills.phrases,
            _ => return Err(format!("mission: unknown placeholder {name}; there are object, colour, object2, colour2, phrase")),
        };
        if !known {
            let n = fills.phrases;
            return Err(format!("mission: this generator has nothing for {name} (it has {n} phrases to choose from)"));
        }
        rest = &rest[open + length..];
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use cells::{class, code};

    #[test]
    fn placeholders_are_filled_in() {
        let word = arguments(code(class::KEY, colour::BLUE), code(class::BALL, colour::GREY), 1);
        let phrases = ["get".to_string(), "go get".to_string()];
        let template = "{phrase} a {object} near the {object2}, {colour} or {colour2}";
        assert_eq!(text(template, &phrases, word), "go get a blue key near the grey ball, blue or grey");
    }

    #[test]
    fn what_is_not_there_is_refused() {
        let fills = Fills { first: true, second: false, phrases: 0 };
        assert_eq!(check("get the {object}", &[], fills), Ok(()));
        for bad in ["{object2}", "{phrase}", "{thing}", "{object"] {
            assert!(check(bad, &[], fills).is_err(), "{bad}");
        }
    }
}

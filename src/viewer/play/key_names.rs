//! Names of keys: their codes by physical position, and what is written on them.

use std::collections::BTreeMap;

/// The rows of a keyboard that the small picture of it shows: code and width of each key, in keys.
pub const BOARD: [&[(&str, f32)]; 5] = [
    &[
        ("Backquote", 1.0),
        ("Digit1", 1.0),
        ("Digit2", 1.0),
        ("Digit3", 1.0),
        ("Digit4", 1.0),
        ("Digit5", 1.0),
        ("Digit6", 1.0),
        ("Digit7", 1.0),
        ("Digit8", 1.0),
        ("Digit9", 1.0),
        ("Digit0", 1.0),
    ],
    &[
        ("Tab", 1.5),
        ("KeyQ", 1.0),
        ("KeyW", 1.0),
        ("KeyE", 1.0),
        ("KeyR", 1.0),
        ("KeyT", 1.0),
        ("KeyY", 1.0),
        ("KeyU", 1.0),
        ("KeyI", 1.0),
        ("KeyO", 1.0),
        ("KeyP", 1.0),
    ],
    &[
        ("CapsLock", 1.75),
        ("KeyA", 1.0),
        ("KeyS", 1.0),
        ("KeyD", 1.0),
        ("KeyF", 1.0),
        ("KeyG", 1.0),
        ("KeyH", 1.0),
        ("KeyJ", 1.0),
        ("KeyK", 1.0),
        ("KeyL", 1.0),
    ],
    &[
        ("ShiftLeft", 2.25),
        ("KeyZ", 1.0),
        ("KeyX", 1.0),
        ("KeyC", 1.0),
        ("KeyV", 1.0),
        ("KeyB", 1.0),
        ("KeyN", 1.0),
        ("KeyM", 1.0),
    ],
    &[("", 3.75), ("Space", 5.0)],
];

/// What is written on keys, as far as the window has been told by presses; else as on a US keyboard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyLabels(BTreeMap<String, String>);

impl KeyLabels {
    /// Takes over what a press of the key without Shift and the like has written. Returns whether that is new.
    pub fn learn(&mut self, code: &str, written: &str) -> bool {
        let mut letters = written.chars();
        let (Some(letter), None) = (letters.next(), letters.next()) else { return false };
        if letter.is_control() || letter.is_whitespace() {
            return false;
        }
        let label: String = letter.to_uppercase().collect();
        let label = if label.chars().count() == 1 { label } else { letter.to_string() };
        if self.label(code) == label {
            return false;
        }
        self.0.insert(code.to_string(), label);
        true
    }

    /// What is written on the key.
    pub fn label(&self, code: &str) -> String {
        self.0.get(code).cloned().unwrap_or_else(|| us_label(code))
    }
}

/// What is written on a key of a US keyboard.
fn us_label(code: &str) -> String {
    for prefix in ["Key", "Digit"] {
        if let Some(rest) = code.strip_prefix(prefix).filter(|rest| rest.len() == 1) {
            return rest.to_string();
        }
    }
    let known = match code {
        "ArrowLeft" => "\u{2190}",
        "ArrowUp" => "\u{2191}",
        "ArrowRight" => "\u{2192}",
        "ArrowDown" => "\u{2193}",
        "Escape" => "Esc",
        "Minus" => "-",
        "Equal" => "=",
        "BracketLeft" => "[",
        "BracketRight" => "]",
        "Backslash" => "\\",
        "Semicolon" => ";",
        "Quote" => "'",
        "Backquote" => "`",
        "Comma" => ",",
        "Period" => ".",
        "Slash" => "/",
        "ShiftLeft" | "ShiftRight" => "Shift",
        "ControlLeft" | "ControlRight" => "Ctrl",
        "AltLeft" | "AltRight" => "Alt",
        "MetaLeft" | "MetaRight" => "Meta",
        "CapsLock" => "Caps",
        "Delete" => "Del",
        "Insert" => "Ins",
        "PageUp" => "PgUp",
        "PageDown" => "PgDn",
        other => return other.replace("Numpad", "Num "),
    };
    known.to_string()
}

/// Width of a key of this height, by what is written on it.
pub fn cap_width(label: &str, height: f32) -> f32 {
    let share = match label.chars().count() {
        0 | 1 => 1.0,
        2 | 3 if label != "Tab" => 1.1,
        3 => 1.45,
        4 => 1.7,
        _ => 2.0,
    };
    (height * share).round()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_names() {
        let mut labels = KeyLabels::default();
        let name = |labels: &KeyLabels, code: &str| labels.label(code);
        assert_eq!(
            ["KeyW", "Digit1", "Space", "ArrowUp", "Numpad4"].map(|code| name(&labels, code)),
            ["W", "1", "Space", "\u{2191}", "Num 4"]
        );
        assert!(labels.learn("KeyW", "z") && !labels.learn("KeyW", "z"));
        assert!(
            !labels.learn("KeyA", "a")
                && !labels.learn("Space", " ")
                && !labels.learn("Tab", "\t")
                && !labels.learn("KeyB", "bb")
        );
        assert_eq!((name(&labels, "KeyW"), name(&labels, "KeyA")), ("Z".to_string(), "A".to_string()));
        assert!(labels.learn("Minus", "ß"));
        assert_eq!(name(&labels, "Minus"), "ß");
    }
}

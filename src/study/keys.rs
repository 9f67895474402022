//! Keys that choose actions in play: which ones there are, and which keys and colours actions have by default.
//!
//! A key is named by its position on the keyboard, as a W3C UI Events code: `KeyW` is the key that has W on a US keyboard.

use std::collections::BTreeMap;

use crate::agents::options::suggestion;

/// Codes of the keys that can choose an action.
pub const CODES: [&str; 75] = [
    "KeyA",
    "KeyB",
    "KeyC",
    "KeyD",
    "KeyE",
    "KeyF",
    "KeyG",
    "KeyH",
    "KeyI",
    "KeyJ",
    "KeyK",
    "KeyL",
    "KeyM",
    "KeyN",
    "KeyO",
    "KeyP",
    "KeyQ",
    "KeyR",
    "KeyS",
    "KeyT",
    "KeyU",
    "KeyV",
    "KeyW",
    "KeyX",
    "KeyY",
    "KeyZ",
    "Digit0",
    "Digit1",
    "Digit2",
    "Digit3",
    "Digit4",
    "Digit5",
    "Digit6",
    "Digit7",
    "Digit8",
    "Digit9",
    "ArrowLeft",
    "ArrowRight",
    "ArrowUp",
    "ArrowDown",
    "Space",
    "Tab",
    "Enter",
    "Backspace",
    "Backquote",
    "Minus",
    "Equal",
    "BracketLeft",
    "BracketRight",
    "Backslash",
    "IntlBackslash",
    "Semicolon",
    "Quote",
    "Comma",
    "Period",
    "Slash",
    "Delete",
    "Home",
    "End",
    "PageUp",
    "PageDown",
    "Numpad0",
    "Numpad1",
    "Numpad2",
    "Numpad3",
    "Numpad4",
    "Numpad5",
    "Numpad6",
    "Numpad7",
    "Numpad8",
    "Numpad9",
    "NumpadAdd",
    "NumpadSubtract",
    "NumpadEnter",
    "NumpadDecimal",
];

/// Beginnings of the codes of keys that belong to the program or the desktop.
const RESERVED: [&str; 12] = ["Escape", "F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "Alt", "Control"];
/// Other keys of the desktop.
const DESKTOP: [&str; 9] = ["Meta", "Shift", "CapsLock", "Fn", "ContextMenu", "PrintScreen", "ScrollLock", "Pause", "NumLock"];

/// Keys and the colour of an action in the legend.
struct DefaultKeys(&'static str, &'static [&'static str], Option<u32>);

/// Keys of actions by the names that the worlds give them. Actions that make things have the digits, in order.
const ACTIONS: [DefaultKeys; 29] = [
    // Crafter.
    DefaultKeys("noop", &["Period"], None),
    DefaultKeys("move_left", &["KeyA", "ArrowLeft"], None),
    DefaultKeys("move_right", &["KeyD", "ArrowRight"], None),
    DefaultKeys("move_up", &["KeyW", "ArrowUp"], None),
    DefaultKeys("move_down", &["KeyS", "ArrowDown"], None),
    DefaultKeys("do", &["Space"], None),
    DefaultKeys("sleep", &["Tab"], Some(0xB4B8BF)),
    DefaultKeys("place_stone", &["KeyR"], Some(0xA9CBE8)),
    DefaultKeys("place_table", &["KeyT"], Some(0x4A8CF0)),
    DefaultKeys("place_furnace", &["KeyF"], Some(0xEC5048)),
    DefaultKeys("place_plant", &["KeyP"], Some(0x79E6B3)),
    DefaultKeys("make_wood_pickaxe", &[], Some(0xF2D94E)),
    DefaultKeys("make_stone_pickaxe", &[], Some(0xF0932B)),
    DefaultKeys("make_iron_pickaxe", &[], Some(0xB9E04A)),
    DefaultKeys("make_wood_sword", &[], Some(0xF0A3F0)),
    DefaultKeys("make_stone_sword", &[], Some(0xB48CF2)),
    DefaultKeys("make_iron_sword", &[], Some(0x5FD3E6)),
    // MiniGrid, and grid-worlds in which the player turns.
    DefaultKeys("left", &["KeyA", "ArrowLeft"], None),
    DefaultKeys("right", &["KeyD", "ArrowRight"], None),
    DefaultKeys("forward", &["KeyW", "ArrowUp"], None),
    DefaultKeys("pickup", &["KeyQ"], Some(0xF2D94E)),
    DefaultKeys("drop", &["KeyE"], Some(0xF0932B)),
    DefaultKeys("toggle", &["Space"], None),
    DefaultKeys("done", &["Enter"], Some(0x79E6B3)),
    // Grid-worlds.
    DefaultKeys("N", &["KeyW", "ArrowUp"], None),
    DefaultKeys("S", &["KeyS", "ArrowDown"], None),
    DefaultKeys("W", &["KeyA", "ArrowLeft"], None),
    DefaultKeys("E", &["KeyD", "ArrowRight"], None),
    DefaultKeys("stay", &["Space"], None),
];
/// Keys of actions whose names have none, in order.
const OTHERS: [&str; 19] = [
    "Digit1", "Digit2", "Digit3", "Digit4", "Digit5", "Digit6", "Digit7", "Digit8", "Digit9", "Digit0", "KeyZ", "KeyX", "KeyC",
    "KeyV", "KeyB", "KeyN", "KeyG", "KeyH", "KeyJ",
];
/// Names of actions that do nothing.
const NOOPS: [&str; 2] = ["noop", "stay"];

/// Checks the code of a key that is to choose an action.
///
/// # Errors
/// Why it cannot, with a code that is similar.
pub fn check_code(code: &str) -> Result<(), String> {
    if CODES.contains(&code) {
        return Ok(());
    }
    let shown: String = code.chars().take(40).collect();
    if RESERVED.iter().chain(&DESKTOP).any(|begin| code.starts_with(begin)) {
        return Err(format!("the key {shown} belongs to the program and the desktop (Escape pauses); take another"));
    }
    let hint = match by_letter(&shown) {
        Some(code) => format!("; did you mean '{code}'?"),
        None => suggestion(&shown, &CODES),
    };
    Err(format!("'{shown}' is no code of a key{hint} (a key is named by its position: KeyW, Digit1, ArrowLeft, Space)"))
}

/// The code of a key that was written as its letter, digit or word.
fn by_letter(text: &str) -> Option<&'static str> {
    let wanted = text.to_lowercase();
    CODES.into_iter().find(|code| {
        let code = code.to_lowercase();
        ["key", "digit", "arrow"].iter().any(|begin| code.strip_prefix(begin) == Some(&wanted)) || code == wanted
    })
}

/// The action that does nothing, if the world has one.
pub fn noop_of(actions: &[String]) -> Option<u32> {
    let found = actions.iter().position(|name| NOOPS.contains(&name.as_str()))?;
    u32::try_from(found).ok()
}

/// The colour of an action in the legend, 0xRRGGBB, if it has one by default.
pub fn default_color(action: &str) -> Option<u32> {
    ACTIONS.iter().find(|known| known.0 == action).and_then(|known| known.2)
}

/// The keys of each action, in the order of the actions: those `given`, then the defaults that are free. No key has two actions. An action
/// that does nothing needs no key in real time, so it gets none there by default.
pub fn keys_of(actions: &[String], given: &BTreeMap<String, Vec<String>>, real_time: bool) -> Vec<Vec<String>> {
    let mut taken: Vec<&str> = given.values().flatten().map(String::as_str).collect();
    let noop = noop_of(actions).filter(|_| real_time);
    let mut keys: Vec<Vec<String>> = Vec::new();
    let mut open = Vec::new();
    for (k, action) in actions.iter().enumerate() {
        if let Some(own) = given.get(action) {
            keys.push(own.clone());
            continue;
        }
        let skipped = noop == u32::try_from(k).ok();
        let known = ACTIONS.iter().find(|known| known.0 == action).map_or(&[][..], |known| known.1);
        let own: Vec<&str> = known.iter().copied().filter(|key| !skipped && !taken.contains(key)).collect();
        taken.extend(&own);
        if own.is_empty() && !skipped {
            open.push(k);
        }
        keys.push(own.into_iter().map(String::from).collect());
    }
    for k in open {
        let free = OTHERS.into_iter().find(|key| !taken.contains(key));
        taken.extend(free);
        keys[k].extend(free.map(String::from));
    }
    keys
}

/// What is written on a key of a US keyboard.
pub fn key_label(code: &str) -> String {
    let word = match code {
        "ArrowLeft" => "\u{2190}",
        "ArrowRight" => "\u{2192}",
        "ArrowUp" => "\u{2191}",
        "ArrowDown" => "\u{2193}",
        "Backquote" => "`",
        "Minus" => "-",
        "Equal" => "=",
        "BracketLeft" => "[",
        "BracketRight" => "]",
        "Backslash" | "IntlBackslash" => "\\",
        "Semicolon" => ";",
        "Quote" => "'",
        "Comma" => ",",
        "Period" => ".",
        "Slash" => "/",
        other => ["Key", "Digit"].iter().find_map(|begin| other.strip_prefix(begin)).unwrap_or(other),
    };
    word.to_string()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::envs::catalog::builtin;
    use crate::envs::{Options, load};

    fn given(list: &[(&str, &[&str])]) -> BTreeMap<String, Vec<String>> {
        list.iter().map(|(name, keys)| (name.to_string(), keys.iter().map(ToString::to_string).collect())).collect()
    }

    #[test]
    fn every_action_of_every_world_has_keys_of_its_own() {
        for (id, _) in builtin() {
            let actions = load(id, &Options::default()).expect(id).spec().action_names.clone();
            for real_time in [true, false] {
                let keys = keys_of(&actions, &BTreeMap::new(), real_time);
                let all: Vec<&String> = keys.iter().flatten().collect();
                let distinct: BTreeSet<&&String> = all.iter().collect();
                assert_eq!(distinct.len(), all.len(), "{id}: a key has two actions");
                assert!(all.iter().all(|code| check_code(code).is_ok()), "{id}: {all:?}");
                for (k, own) in keys.iter().enumerate() {
                    let idle = real_time && noop_of(&actions) == Some(k as u32);
                    assert_eq!(own.is_empty(), idle, "{id}: {}", actions[k]);
                }
            }
        }
    }

    #[test]
    fn the_keys_of_the_simple_crafter_are_those_of_the_study() {
        let actions = load("crafter-simple", &Options::default()).expect("built in").spec().action_names.clone();
        let keys = keys_of(&actions, &BTreeMap::new(), true);
        let key = |action: &str| &keys[actions.iter().position(|name| name == action).expect(action)];
        assert_eq!(key("sleep"), &["Tab"]);
        assert_eq!(key("move_left"), &["KeyA", "ArrowLeft"]);
        assert_eq!(key("make_wood_sword"), &["Digit3"]);
        assert!(key("noop").is_empty());
        assert_eq!(default_color("place_table"), Some(0x4A8CF0));
    }

    #[test]
    fn given_keys_come_first() {
        let actions: Vec<String> = ["leap", "left", "sing", "noop"].map(String::from).to_vec();
        let keys = keys_of(&actions, &given(&[("leap", &["KeyA", "Digit1"]), ("sing", &[])]), false);
        assert_eq!(keys, [vec!["KeyA", "Digit1"], vec!["ArrowLeft"], vec![], vec!["Period"]]);
    }

    #[test]
    fn keys_of_the_desktop_are_refused() {
        for code in ["Escape", "F5", "F12", "AltLeft", "ControlRight", "MetaLeft", "ShiftLeft", "CapsLock"] {
            assert!(check_code(code).expect_err(code).contains("belongs to the program"), "{code}");
        }
        for (code, meant) in [("a", "KeyA"), ("3", "Digit3"), ("left", "ArrowLeft"), ("keyw", "KeyW"), ("space", "Space")] {
            assert!(check_code(code).expect_err(code).contains(&format!("did you mean '{meant}'")), "{:?}", check_code(code));
        }
        assert_eq!(CODES.iter().collect::<BTreeSet<_>>().len(), CODES.len());
        assert_eq!((key_label("KeyW"), key_label("Digit1"), key_label("Space")), ("W".into(), "1".into(), "Space".into()));
    }
}

//! Which key takes which action while a person plays a live world.

use egui::Key;

/// Keys of actions, by the names that the worlds give them. They are near those of the packages' own manual
/// controls. Tab is none of them: it goes to the next control of the window.
const KEYS: [(&str, &[Key]); 29] = [
    // Crafter.
    ("noop", &[Key::Period]),
    ("move_left", &[Key::ArrowLeft, Key::A]),
    ("move_right", &[Key::ArrowRight, Key::D]),
    ("move_up", &[Key::ArrowUp, Key::W]),
    ("move_down", &[Key::ArrowDown, Key::S]),
    ("do", &[Key::Space]),
    ("sleep", &[Key::Z]),
    ("place_stone", &[Key::R]),
    ("place_table", &[Key::T]),
    ("place_furnace", &[Key::F]),
    ("place_plant", &[Key::P]),
    ("make_wood_pickaxe", &[Key::Num1]),
    ("make_stone_pickaxe", &[Key::Num2]),
    ("make_iron_pickaxe", &[Key::Num3]),
    ("make_wood_sword", &[Key::Num4]),
    ("make_stone_sword", &[Key::Num5]),
    ("make_iron_sword", &[Key::Num6]),
    // MiniGrid, and grid-worlds in which the player turns.
    ("left", &[Key::ArrowLeft, Key::A]),
    ("right", &[Key::ArrowRight, Key::D]),
    ("forward", &[Key::ArrowUp, Key::W]),
    ("pickup", &[Key::Q]),
    ("drop", &[Key::E]),
    ("toggle", &[Key::Space]),
    ("done", &[Key::Enter]),
    // Grid-worlds.
    ("N", &[Key::ArrowUp, Key::W]),
    ("S", &[Key::ArrowDown, Key::S]),
    ("W", &[Key::ArrowLeft, Key::A]),
    ("E", &[Key::ArrowRight, Key::D]),
    ("stay", &[Key::Space]),
];
/// Keys of actions whose names have none, in order.
const OTHERS: [Key; 9] = [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8, Key::Num9];

/// The keys of each action, in the order of the actions. No key has two actions; an action has none if all keys are taken.
pub fn action_keys(actions: &[String]) -> Vec<Vec<Key>> {
    let mut taken: Vec<Key> = Vec::new();
    let mut keys: Vec<Vec<Key>> = Vec::new();
    for action in actions {
        let known = KEYS.iter().find(|(name, _)| name == action).map_or(&[][..], |(_, keys)| keys);
        let own: Vec<Key> = known.iter().copied().filter(|key| !taken.contains(key)).collect();
        taken.extend(&own);
        keys.push(own);
    }
    for own in keys.iter_mut().filter(|own| own.is_empty()) {
        let free = OTHERS.into_iter().find(|key| !taken.contains(key));
        taken.extend(free);
        own.extend(free);
    }
    keys
}

/// The action of a key.
pub fn action_of(actions: &[String], key: Key) -> Option<u32> {
    action_keys(actions).iter().position(|keys| keys.contains(&key)).and_then(|action| u32::try_from(action).ok())
}

/// A key in a word.
pub fn key_name(key: Key) -> &'static str {
    match key {
        Key::ArrowLeft => "\u{2190}",
        Key::ArrowRight => "\u{2192}",
        Key::ArrowUp => "\u{2191}",
        Key::ArrowDown => "\u{2193}",
        Key::Period => ".",
        key => key.name(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envs::catalog::builtin;
    use crate::envs::{Options, load};

    #[test]
    fn every_action_of_every_world_has_a_key_of_its_own() {
        for (id, _) in builtin() {
            let actions = load(id, &Options::default()).expect(id).spec().action_names.clone();
            let keys = action_keys(&actions);
            for (k, own) in keys.iter().enumerate() {
                assert!(!own.is_empty(), "{id}: {}", actions[k]);
                for key in own {
                    assert_eq!(action_of(&actions, *key), Some(k as u32), "{id}: {}", key.name());
                    assert_ne!(*key, Key::Escape);
                }
            }
        }
        let odd: Vec<String> = ["leap", "left", "sing"].map(String::from).to_vec();
        assert_eq!(action_keys(&odd), [vec![Key::Num1], vec![Key::ArrowLeft, Key::A], vec![Key::Num2]]);
        assert_eq!(action_of(&odd, Key::Q), None);
    }
}

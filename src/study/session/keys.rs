//! Which action a step takes: the last press since the step before; else the key that is held and was pressed last; else none.

use std::collections::VecDeque;

/// A key event with its action.
#[derive(Clone, Debug)]
struct KeyChange {
    at_us: u64,
    code: String,
    action: u32,
    down: bool,
}

/// The action of a step, and where it came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// The action; None if there was no press and no key is held.
    pub action: Option<u32>,
    /// Code of the key.
    pub key: Option<String>,
    /// When it was pressed.
    pub pressed_us: Option<u64>,
    /// Whether it was pressed since the step before.
    pub pressed: bool,
}

impl Choice {
    /// The word for it in the record.
    pub fn cause(&self) -> &'static str {
        match (self.action, self.pressed) {
            (None, _) => "none",
            (Some(_), true) => "press",
            (Some(_), false) => "held",
        }
    }
}

/// Keys of actions that were pressed and are held.
#[derive(Clone, Debug, Default)]
pub struct HeldKeys {
    changes: VecDeque<KeyChange>,
    /// In the order in which they were pressed.
    held: Vec<(String, u32, u64)>,
}

impl HeldKeys {
    /// A key of an action went down or up. Repeats are not changes.
    pub fn change(&mut self, code: &str, action: u32, down: bool, at_us: u64) {
        self.changes.push_back(KeyChange { at_us, code: code.to_string(), action, down });
    }

    /// All keys count as released: the window lost the focus, and will not be told.
    pub fn release_all(&mut self) {
        self.changes.clear();
        self.held.clear();
    }

    /// Chooses the action of a step that is due at `due_us`. Later changes wait for the next step.
    pub fn choose(&mut self, due_us: u64) -> Choice {
        let mut press = None;
        while let Some(change) = self.changes.pop_front_if(|change| change.at_us <= due_us) {
            self.held.retain(|(code, ..)| *code != change.code);
            if change.down {
                self.held.push((change.code.clone(), change.action, change.at_us));
                press = Some(change);
            }
        }
        if let Some(press) = press {
            let (action, key, pressed_us) = (Some(press.action), Some(press.code), Some(press.at_us));
            return Choice { action, key, pressed_us, pressed: true };
        }
        let held = self.held.last();
        held.map_or_else(Choice::default, |(code, action, at)| Choice {
            action: Some(*action),
            key: Some(code.clone()),
            pressed_us: Some(*at),
            pressed: false,
        })
    }

    /// Actions whose keys are down now.
    pub fn down(&self) -> Vec<u32> {
        let mut down: Vec<(&str, u32)> = self.held.iter().map(|(code, action, _)| (code.as_str(), *action)).collect();
        for change in &self.changes {
            down.retain(|(code, _)| *code != change.code);
            if change.down {
                down.push((&change.code, change.action));
            }
        }
        down.into_iter().map(|(_, action)| action).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(changes: &[(&str, bool, u64)]) -> HeldKeys {
        let mut keys = HeldKeys::default();
        for (code, down, at) in changes {
            keys.change(code, u32::from(code.as_bytes()[0]), *down, *at);
        }
        keys
    }

    fn chosen(choice: &Choice) -> (Option<char>, &'static str) {
        (choice.action.and_then(char::from_u32), choice.cause())
    }

    #[test]
    fn the_last_press_comes_first_then_the_key_that_is_held() {
        let mut keys = held(&[("a", true, 10), ("b", true, 20), ("b", false, 30), ("c", true, 150), ("a", false, 260)]);
        assert_eq!(chosen(&keys.choose(100)), (Some('b'), "press"), "a tap counts, also when it is over");
        assert_eq!(chosen(&keys.choose(140)), (Some('a'), "held"));
        assert_eq!(chosen(&keys.choose(150)), (Some('c'), "press"), "a press at the very time counts");
        assert_eq!(chosen(&keys.choose(200)), (Some('c'), "held"), "of two keys the one that was pressed last");
        assert_eq!(keys.down(), [u32::from(b'c')]);
        assert_eq!(chosen(&keys.choose(300)), (Some('c'), "held"));
        keys.release_all();
        assert_eq!(chosen(&keys.choose(400)), (None, "none"));
    }

    #[test]
    fn a_release_that_comes_later_does_not_count_before() {
        let mut keys = held(&[("a", true, 10)]);
        keys.choose(100);
        keys.change("a", 97, false, 205);
        assert_eq!(chosen(&keys.choose(200)), (Some('a'), "held"));
        assert_eq!(chosen(&keys.choose(300)), (None, "none"));
    }
}

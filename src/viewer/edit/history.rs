//! Undo and redo: what each change of the document's text replaced.

use std::collections::VecDeque;

/// Bytes that all changes of a document may take together. The oldest changes are dropped beyond that.
pub const MAX_BYTES: usize = 64 << 20;

/// A piece of text that was replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Change {
    at: usize,
    removed: String,
    inserted: String,
    /// The control that did it; further changes by the same control belong to it.
    by: Option<&'static str>,
}

/// Changes that can be undone, and those that were undone.
#[derive(Debug)]
pub struct History {
    past: VecDeque<Change>,
    future: Vec<Change>,
    bytes: usize,
    limit: usize,
    /// Whether the newest change is complete.
    sealed: bool,
}

impl Default for History {
    fn default() -> History {
        History::with_limit(MAX_BYTES)
    }
}

impl History {
    /// No change yet; changes take at most `limit` bytes.
    pub fn with_limit(limit: usize) -> History {
        History { past: VecDeque::new(), future: Vec::new(), bytes: 0, limit, sealed: true }
    }

    /// Takes over a change from one text to another. Changes by one control are one change until [`History::seal`].
    pub fn record(&mut self, before: &str, after: &str, by: Option<&'static str>) {
        if before == after {
            return;
        }
        let undone: usize = self.future.drain(..).map(|change| size(&change)).sum();
        self.bytes -= undone;
        let joins = !self.sealed && by.is_some() && self.past.back().is_some_and(|last| last.by == by);
        let first = if joins { self.past.pop_back() } else { None };
        let change = match first {
            Some(last) => {
                self.bytes -= size(&last);
                let oldest = applied(before, last.at, &last.inserted, &last.removed);
                difference(oldest.as_deref().unwrap_or(before), after, by)
            }
            None => difference(before, after, by),
        };
        self.bytes += size(&change);
        self.past.push_back(change);
        self.sealed = by.is_none();
        while self.bytes > self.limit {
            let Some(oldest) = self.past.pop_front() else { break };
            self.bytes -= size(&oldest);
        }
    }

    /// The newest change is complete: the next one is another.
    pub fn seal(&mut self) {
        self.sealed = true;
    }

    /// The text before the newest change; None if there is none.
    pub fn undo(&mut self, now: &str) -> Option<String> {
        let change = self.past.pop_back()?;
        let before = applied(now, change.at, &change.inserted, &change.removed);
        self.future.push(change);
        self.sealed = true;
        before
    }

    /// The text after the change that was undone last; None if there is none.
    pub fn redo(&mut self, now: &str) -> Option<String> {
        let change = self.future.pop()?;
        let after = applied(now, change.at, &change.removed, &change.inserted);
        self.past.push_back(change);
        self.sealed = true;
        after
    }

    /// Whether there is a change to undo.
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether there is a change to redo.
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }
}

fn size(change: &Change) -> usize {
    size_of::<Change>() + change.removed.len() + change.inserted.len()
}

/// `text` with `new` in place of `old`, which begins at byte `at`; None if it does not stand there.
fn applied(text: &str, at: usize, old: &str, new: &str) -> Option<String> {
    let rest = text.get(at..)?.strip_prefix(old)?;
    Some([text.get(..at)?, new, rest].concat())
}

/// The shortest piece that differs between two texts.
fn difference(before: &str, after: &str, by: Option<&'static str>) -> Change {
    let same = |pair: &(char, char)| pair.0 == pair.1;
    let begin: usize = before.chars().zip(after.chars()).take_while(same).map(|(c, _)| c.len_utf8()).sum();
    let (old, new) = (&before[begin..], &after[begin..]);
    let end: usize = old.chars().rev().zip(new.chars().rev()).take_while(same).map(|(c, _)| c.len_utf8()).sum();
    let (removed, inserted) = (old[..old.len() - end].to_string(), new[..new.len() - end].to_string());
    Change { at: begin, removed, inserted, by }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_undone_and_redone() {
        let texts = ["", "a", "aa", "aßa", "ba", "ba"];
        let mut history = History::default();
        texts.windows(2).for_each(|pair| history.record(pair[0], pair[1], None));
        let mut now = "ba".to_string();
        for expected in ["aßa", "aa", "a", ""] {
            now = history.undo(&now).expect("a change");
            assert_eq!(now, expected);
        }
        assert!(history.undo(&now).is_none(), "equal texts are no change");
        now = history.redo(&now).expect("a change");
        assert_eq!(now, "a");
        history.record("a", "x", None);
        assert!(!history.can_redo());
        assert_eq!(history.undo("x").as_deref(), Some("a"));
    }

    #[test]
    fn what_one_control_does_is_one_change() {
        let mut history = History::default();
        history.record("1", "12", Some("steps"));
        history.record("12", "345", Some("steps"));
        history.record("345", "3456", Some("slip"));
        assert_eq!(history.undo("3456").as_deref(), Some("345"));
        assert_eq!(history.undo("345").as_deref(), Some("1"));
        history.record("1", "2", Some("steps"));
        history.seal();
        history.record("2", "3", Some("steps"));
        assert_eq!(history.undo("3").as_deref(), Some("2"));
    }

    #[test]
    fn the_oldest_changes_are_dropped() {
        let room = 3 * (size_of::<Change>() + 1);
        let mut history = History::with_limit(room);
        let texts: Vec<String> = (0..10).map(|n| "x".repeat(n)).collect();
        texts.windows(2).for_each(|pair| history.record(&pair[0], &pair[1], None));
        let mut now = texts[9].clone();
        let mut steps = 0;
        while let Some(before) = history.undo(&now) {
            now = before;
            steps += 1;
        }
        assert_eq!((steps, now.len()), (3, 6));
    }
}

//! The times of a play's rows, and what happened besides its steps.

use std::collections::BTreeMap;

/// A time of a study: the program start, and microseconds of its clock.
type Clock = (i64, i64);

/// What happened at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happening {
    /// A key went down: its physical position.
    Key(String),
    /// Somebody noted something.
    Note {
        /// Who, or what kind of event it is.
        author: String,
        /// The note.
        text: String,
    },
}

/// What happened, and at which row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimedItem {
    /// The instance that was played.
    pub instance: u32,
    /// The row of the step during which it happened, among the rows of the instance: the first row that is not earlier; the last one for what
    /// came after it.
    pub row: u64,
    /// What it was.
    pub happening: Happening,
    at: Clock,
}

/// The times of a play's rows, and what happened besides its steps: key presses and notes, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    /// For each instance the time of each row: microseconds of play since the first row of the play, without pauses.
    pub times: BTreeMap<u32, Vec<u64>>,
    /// Key presses and notes.
    pub items: Vec<TimedItem>,
    /// Times of all rows in order, with instance and row.
    rows: Vec<(Clock, u32, u64)>,
    /// Time in play of the first row.
    first: u64,
    /// Items before this one are of rows that are known.
    resolved: usize,
    /// Numbers of the last items that were read: of steps, and of the others.
    pub(super) read: (i64, i64),
}

impl Timeline {
    /// The time of a row in microseconds.
    pub fn time(&self, instance: u32, row: u64) -> Option<u64> {
        self.times.get(&instance)?.get(usize::try_from(row).ok()?).copied()
    }

    /// Adds the next row.
    #[cfg_attr(not(feature = "study"), allow(dead_code, reason = "only study files need it"))]
    pub(super) fn push_row(&mut self, at: Clock, instance: u32, played: u64) {
        if self.rows.is_empty() {
            self.first = played;
        }
        let times = self.times.entry(instance).or_default();
        // Times of a clock do not go back; where a file says so, the row counts as simultaneous.
        let time = played.saturating_sub(self.first).max(times.last().copied().unwrap_or(0));
        self.rows.push((at, instance, times.len() as u64));
        times.push(time);
    }

    /// Adds what happened next.
    #[cfg_attr(not(feature = "study"), allow(dead_code, reason = "only study files need it"))]
    pub(super) fn push_item(&mut self, at: Clock, happening: Happening) {
        self.items.push(TimedItem { instance: 0, row: 0, happening, at });
    }

    /// Finds the rows of items that were added.
    #[cfg_attr(not(feature = "study"), allow(dead_code, reason = "only study files need it"))]
    pub(super) fn resolve(&mut self) {
        let Some((_, instance, row)) = self.rows.last().copied() else { return };
        for k in self.resolved..self.items.len() {
            let item = &mut self.items[k];
            let next = self.rows.partition_point(|(at, ..)| *at < item.at);
            match self.rows.get(next) {
                Some((_, instance, row)) => {
                    (item.instance, item.row) = (*instance, *row);
                    if self.resolved == k {
                        self.resolved += 1;
                    }
                }
                None => (item.instance, item.row) = (instance, row),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_belong_to_the_step_during_which_they_happened() {
        let mut timeline = Timeline::default();
        let key = |name: &str| Happening::Key(name.to_string());
        timeline.push_item((0, 5), key("a"));
        timeline.resolve();
        for k in 0..3 {
            timeline.push_row((0, 10 + 10 * k), 0, 100 + 10 * k.unsigned_abs());
        }
        for (at, name) in [((0, 10), "b"), ((0, 11), "c"), ((0, 31), "d")] {
            timeline.push_item(at, key(name));
        }
        timeline.resolve();
        let rows = |timeline: &Timeline| timeline.items.iter().map(|item| (item.instance, item.row)).collect::<Vec<_>>();
        assert_eq!(rows(&timeline), [(0, 0), (0, 0), (0, 1), (0, 2)]);
        // Another program start, and another instance: its clock begins again, time in play does not.
        timeline.push_row((1, 2), 7, 170);
        timeline.resolve();
        assert_eq!(rows(&timeline), [(0, 0), (0, 0), (0, 1), (7, 0)]);
        assert_eq!((timeline.time(0, 2), timeline.time(7, 0), timeline.time(0, 3)), (Some(20), Some(70), None));
    }
}

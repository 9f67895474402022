//! The columns of one instance that panes show as a whole: a value for each recorded row.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type, UInt8Type, UInt16Type, UInt32Type};
use arrow_array::{Array, RecordBatch};

use crate::error::Result;
use crate::traces::{Cursor, TOTAL};

/// Marks a row without an action.
pub const NO_ACTION: u8 = u8::MAX;
const BONUS: &str = "bonus_";
const ACHIEVEMENT: &str = "achievement_";

/// The rows of an instance.
#[derive(Clone, Debug, Default)]
pub struct Track {
    /// The action of the step to a row; [`NO_ACTION`] if it has none.
    pub actions: Vec<u8>,
    /// The reward of that step.
    pub rewards: Vec<f32>,
    /// Column and row of the player's cell; None if the recording has no positions.
    pub places: Option<Vec<(u16, u16)>>,
    /// Rows in which achievements were unlocked, with the achievement's index, in order.
    pub unlocked: Vec<(u64, u8)>,
    /// Bonus columns; NaN in rows without a value.
    pub bonuses: Vec<(String, Vec<f32>)>,
    /// The largest reward or punishment, without its sign.
    pub most_reward: f32,
    /// For each bonus the value below which 98 % of its values lie, once all rows are read that were known.
    pub scales: Vec<f32>,
}

/// What is read so far, and how often each achievement was counted in the last row.
#[derive(Debug, Default)]
pub struct TrackReader {
    track: Arc<Track>,
    counts: Vec<u32>,
    /// Rows read.
    rows: u64,
    /// Whether only achievements are kept.
    light: bool,
}

impl Track {
    /// Number of rows.
    pub fn rows(&self) -> u64 {
        self.actions.len() as u64
    }

    /// Number of different achievements unlocked in rows `from` to `to`, which are those of one episode.
    pub fn achieved(&self, from: u64, to: u64) -> impl Iterator<Item = (u64, u8)> {
        let begin = self.unlocked.partition_point(|(row, _)| *row < from);
        self.unlocked[begin..].iter().copied().take_while(move |(row, _)| *row <= to)
    }
}

impl TrackReader {
    /// A reader that keeps nothing but which achievements were unlocked in which rows.
    pub fn light() -> TrackReader {
        TrackReader { light: true, ..TrackReader::default() }
    }

    /// Rows read so far.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// What is read so far.
    pub fn track(&self) -> &Arc<Track> {
        &self.track
    }

    /// What is read so far, with the scales of its bonuses. They take a while in long recordings, so the window does not compute them.
    pub fn with_scales(&mut self) -> Arc<Track> {
        let track = Arc::make_mut(&mut self.track);
        track.scales = track.bonuses.iter().map(|(_, values)| quantile(values)).collect();
        self.track.clone()
    }

    /// Reads rows of `instance` that were not read yet, one piece at least, until `until` says that it is time to stop. Returns whether all
    /// rows are read that the cursor knows.
    ///
    /// # Errors
    /// As [`Cursor::scan_rows`]: what was read stays.
    pub fn read(&mut self, cursor: &Cursor, instance: u32, until: &dyn Fn() -> bool) -> Result<bool> {
        let rows = cursor.rows(instance)?;
        if self.rows < rows {
            let names = cursor.world().map(|world| world.spec().achievements.clone()).unwrap_or_default();
            let light = self.light;
            let wants = |name: &str| {
                let all = ["reward", "x", "y"].contains(&name) || name.starts_with(BONUS);
                name == "action" || name.starts_with(ACHIEVEMENT) || all && !light
            };
            cursor.scan_rows((instance, self.rows), &wants, &mut |piece| {
                self.take(piece, &names);
                Ok(!until())
            })?;
        }
        Ok(self.rows >= rows)
    }

    fn take(&mut self, piece: &RecordBatch, achievements: &[String]) {
        let first = self.rows;
        self.rows += piece.num_rows() as u64;
        // Where the window still holds what was read before, that is copied once.
        let track = Arc::make_mut(&mut self.track);
        if !self.light {
            track.take(piece, first);
        }
        track.unlock(piece, first, achievements, &mut self.counts);
    }
}

impl Track {
    fn take(&mut self, piece: &RecordBatch, first: u64) {
        let n = piece.num_rows();
        let column = |name: &str| piece.column_by_name(name).and_then(|column| numbers(column));
        let actions = column("action").unwrap_or_else(|| vec![f64::NAN; n]);
        let action = |a: &f64| if a.is_nan() || *a >= f64::from(NO_ACTION) { NO_ACTION } else { *a as u8 };
        self.actions.extend(actions.iter().map(action));
        self.rewards.extend(column("reward").unwrap_or_else(|| vec![0.0; n]).iter().map(|reward| *reward as f32));
        let news = self.rewards[first as usize..].iter();
        self.most_reward = news.fold(self.most_reward, |most, reward| most.max(reward.abs()));
        if let (Some(x), Some(y)) = (column("x"), column("y"))
            && (first == 0 || self.places.is_some())
        {
            let places = x.iter().zip(&y).map(|(x, y)| (*x as u16, *y as u16));
            self.places.get_or_insert_default().extend(places);
        } else {
            self.places = None;
        }
        for field in piece.schema().fields().iter().filter(|field| field.name().starts_with(BONUS)) {
            let name = field.name();
            let values = column(name).unwrap_or_else(|| vec![f64::NAN; n]);
            let known = self.bonuses.iter_mut().find(|(known, _)| known == name);
            let values = values.iter().map(|value| *value as f32);
            match known {
                Some((_, known)) => known.extend(values),
                None => {
                    let before = std::iter::repeat_n(f32::NAN, first as usize);
                    self.bonuses.push((name.clone(), before.chain(values).collect()));
                }
            }
        }
    }

    /// Finds the rows in which the count of an achievement leaves 0. `counts` has the counts of the row before.
    fn unlock(&mut self, piece: &RecordBatch, first: u64, achievements: &[String], counts: &mut Vec<u32>) {
        counts.resize(achievements.len(), 0);
        let from = self.unlocked.len();
        // A row without an action is that of a first or restored state. What was unlocked on the way to a restored state counts from there on.
        let begins = piece.column_by_name("action").map(|actions| (0..piece.num_rows()).map(|k| actions.is_null(k)).collect());
        let begins: Vec<bool> = begins.unwrap_or_default();
        for (a, name) in achievements.iter().enumerate() {
            let column = piece.column_by_name(&format!("{ACHIEVEMENT}{name}")).and_then(|column| numbers(column));
            for (k, count) in column.into_iter().flatten().enumerate() {
                let count = count as u32;
                let before = if begins.get(k) == Some(&true) { 0 } else { counts[a] };
                if count > 0 && before == 0 {
                    self.unlocked.push((first + k as u64, a as u8));
                }
                counts[a] = count;
            }
        }
        self.unlocked[from..].sort_unstable();
    }
}

/// The value below which 98 % of the values lie; at least a little above 0.
fn quantile(values: &[f32]) -> f32 {
    let mut known: Vec<f32> = values.iter().copied().filter(|value| !value.is_nan()).collect();
    if known.is_empty() {
        return 1.0;
    }
    let k = (known.len() - 1) * 98 / 100;
    let (_, value, _) = known.select_nth_unstable_by(k, f32::total_cmp);
    value.max(f32::MIN_POSITIVE)
}

/// The name of a bonus column without its prefix, for people.
pub fn bonus_name(column: &str) -> String {
    if column == TOTAL { "together".to_string() } else { column.strip_prefix(BONUS).unwrap_or(column).replace('_', " ") }
}

/// The values of a column of numbers, NaN for none; None if it does not hold numbers.
fn numbers(column: &dyn Array) -> Option<Vec<f64>> {
    macro_rules! of {
        ($($kind:ty),*) => {
            $(if let Some(values) = column.as_primitive_opt::<$kind>() {
                return Some(values.iter().map(|value| value.map_or(f64::NAN, |value| value as f64)).collect());
            })*
        };
    }
    of!(UInt32Type, UInt16Type, UInt8Type, Float64Type, Float32Type);
    None
}

#[cfg(test)]
mod tests {
    use arrow_array::{ArrayRef, UInt32Array};

    use super::*;

    /// Rows of one instance: actions, and how often the one achievement was counted.
    fn piece(actions: Vec<Option<u32>>, counts: Vec<u32>) -> RecordBatch {
        let columns: [(&str, ArrayRef); 2] =
            [("action", Arc::new(UInt32Array::from(actions))), ("achievement_eat_cow", Arc::new(UInt32Array::from(counts)))];
        RecordBatch::try_from_iter(columns).expect("columns of one length")
    }

    #[test]
    fn achievements_are_counted_in_each_episode_and_after_each_restored_state() {
        let achievements = ["eat_cow".to_string()];
        for light in [false, true] {
            let mut reader = TrackReader { light, ..TrackReader::default() };
            // Two steps; a restored state that has eaten a cow on its way; in the next piece another one, then a reset.
            reader.take(&piece(vec![None, Some(1), Some(5), None, Some(2)], vec![0, 0, 1, 2, 2]), &achievements);
            reader.take(&piece(vec![None, Some(5), None, Some(0)], vec![1, 2, 0, 0]), &achievements);
            assert_eq!(reader.track.unlocked, [(2, 0), (3, 0), (5, 0)], "light: {light}");
            assert_eq!(reader.rows(), 9);
            assert_eq!(reader.track.achieved(3, 4).count(), 1);
            assert_eq!(reader.track.achieved(7, 8).count(), 0);
        }
    }

    #[test]
    fn what_is_missing_is_no_number() {
        let mut reader = TrackReader::default();
        reader.take(&piece(vec![None, Some(300)], vec![0, 0]), &[]);
        assert_eq!(reader.track.actions, [NO_ACTION, NO_ACTION]);
        assert!(reader.track.places.is_none() && reader.track.bonuses.is_empty());
        assert_eq!(bonus_name("bonus_count_view"), "count view");
    }

    #[test]
    fn the_quantile_leaves_out_what_is_rare() {
        let mut values = vec![0.5; 99];
        values.push(100.0);
        values.push(f32::NAN);
        assert_eq!(quantile(&values), 0.5);
        assert_eq!(quantile(&[f32::NAN]), 1.0);
    }
}

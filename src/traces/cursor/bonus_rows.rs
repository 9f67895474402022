//! The bonuses of the row that the cursor shows.

use super::bonuses::{BonusColumn, BonusValue, Bonuses};
use super::open::Cursor;
use crate::error::Result;
use crate::traces::values::Value;

impl Cursor {
    /// The bonus columns, and which of them can be recomputed from this recording.
    ///
    /// # Errors
    /// As [`Cursor::state`]; [`crate::Error::Limit`] if the batch does not fit into memory.
    pub fn bonus_columns(&mut self) -> Result<Vec<BonusColumn>> {
        self.live()?;
        let bonuses = self.take_bonuses()?;
        Ok(self.bonuses.insert(bonuses).columns())
    }

    /// Returns the bonuses of the step to this row, recorded and recomputed. The first call steps all recorded instances from their first
    /// rows to the end of the part that contains this row. Later calls continue from there. The values of the shown instance are kept.
    ///
    /// # Errors
    /// As [`Cursor::recorded`] and [`Cursor::bonus_columns`]; [`crate::Error::Data`] if the recorded actions do not lead to the
    /// recorded rows.
    pub fn bonus_values(&mut self) -> Result<Vec<BonusValue>> {
        let (instance, row) = self.place()?;
        let recorded = self.recorded()?;
        let part = self.index.instance(instance)?.segments_from(row).next().map_or(0, |segment| segment.part);
        self.live()?;
        let mut bonuses = self.take_bonuses()?;
        // After an error, `self.bonuses` stays None. The next call creates it again.
        let values = bonuses.values(&self.run, &self.index, row, part)?;
        let named = bonuses.columns().into_iter().zip(values);
        let value = |(column, recomputed): (BonusColumn, Option<f64>)| {
            let recorded = match recorded.value(&column.name) {
                Some(Value::Whole(whole)) => Some(whole as f64),
                Some(Value::Real(real)) => Some(real),
                _ => None,
            };
            BonusValue { name: column.name, recorded, recomputed }
        };
        let values = named.map(value).collect();
        self.bonuses = Some(bonuses);
        Ok(values)
    }

    /// Takes the bonuses of the shown instance out of `self.bonuses`, as far as they were recomputed. The caller puts them back.
    fn take_bonuses(&mut self) -> Result<Bonuses> {
        let (instance, _) = self.place()?;
        match self.bonuses.take() {
            Some(bonuses) if bonuses.instance() == instance => Ok(bonuses),
            _ => Bonuses::new(&self.run, instance),
        }
    }
}

//! Reads rows of one instance in order, for what is computed of all of them.

use arrow_array::RecordBatch;

use super::causes::changed;
use super::open::Cursor;
use crate::error::Result;
use crate::traces::parts::typed;

impl Cursor {
    /// Reads the rows of `instance` from row `row` on in order, as they were recorded, and passes them to `each` in pieces of at most 4096 rows
    /// until it returns false. Only columns whose names `wants` accepts are read; there must be one. The cursor stays where it is.
    ///
    /// # Errors
    /// [`crate::Error::Usage`] if the instance was not recorded; [`crate::Error::Data`] or [`crate::Error::Io`] if the rows cannot be read;
    /// the error of `each`.
    pub fn scan_rows(
        &self,
        (instance, row): (u32, u64),
        wants: &dyn Fn(&str) -> bool,
        each: &mut dyn FnMut(&RecordBatch) -> Result<bool>,
    ) -> Result<()> {
        let known = self.index.instance(instance)?;
        for segment in known.segments_from(row) {
            let part = &self.run.parts[segment.part];
            let names: Vec<&str> =
                part.schema().fields().iter().map(|field| &**field.name()).filter(|name| wants(name)).collect();
            let mut pieces = part.range(segment.at, segment.rows, Some(&names))?;
            let mut rest = segment.rows;
            while let Some((first, stored)) = pieces.next_rows()? {
                rest = rest.checked_sub(stored.num_rows() as u64).ok_or_else(|| changed(part))?;
                if !each(&typed(part, self.run.world.as_deref(), first, &stored)?.rows)? {
                    return Ok(());
                }
            }
            if rest > 0 {
                return Err(changed(part));
            }
        }
        Ok(())
    }
}

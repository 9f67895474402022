//! The shared tables of the plugin between host and card.

use super::Card;
use crate::error::Result;
use crate::gpu::Words;
use crate::sim::beside::{Beside, HEADER};

impl Card {
    /// Puts the shared tables on the card; the passes are bound anew.
    ///
    /// # Errors
    /// [`crate::gpu::GpuError::Limit`] or [`crate::gpu::GpuError::OutOfMemory`] if they do not fit.
    pub fn put_tables(&mut self, beside: &dyn Beside) -> Result<()> {
        let tables = beside.tables();
        if tables.is_empty() {
            return Ok(());
        }
        let same = tables.len() == self.tables.len() && tables.iter().zip(&self.tables).all(|(new, old)| new.len() == old.len());
        if same {
            for (words, table) in tables.iter().zip(&self.tables) {
                table.write(&self.gpu, 0, words)?;
            }
            return Ok(());
        }
        self.tables.clear();
        for words in &tables {
            self.tables.push(Words::of(&self.gpu, "shared table", words)?);
        }
        self.bind()
    }

    /// Takes the shared tables off the card.
    ///
    /// # Errors
    /// See [`Words::read`].
    pub fn take_tables(&self, beside: &dyn Beside) -> Result<()> {
        let mut all = Vec::new();
        for table in &self.tables {
            let mut words = vec![0; table.len()];
            table.read(&self.gpu, 0, &mut words)?;
            all.push(words);
        }
        if all.is_empty() { Ok(()) } else { beside.set_tables(all) }
    }

    /// The words with which the shared tables begin.
    ///
    /// # Errors
    /// See [`Words::read`].
    pub fn headers(&self) -> Result<Vec<Vec<u32>>> {
        let mut headers = Vec::new();
        for table in &self.tables {
            let mut words = vec![0; HEADER];
            table.read(&self.gpu, 0, &mut words)?;
            headers.push(words);
        }
        Ok(headers)
    }

    /// How many of `steps` there is room for in the tables; they grow if there is none.
    ///
    /// # Errors
    /// See [`Beside::make_room`].
    pub fn make_room(&mut self, beside: &dyn Beside, n_envs: usize, steps: u64) -> Result<u64> {
        match beside.room(&self.headers()?, n_envs, steps) {
            0 => {
                self.take_tables(beside)?;
                let steps = beside.make_room(n_envs, steps)?;
                self.put_tables(beside)?;
                Ok(steps)
            }
            steps => Ok(steps),
        }
    }

    /// Whether an instance that waits for its next world, or for more room in another part, must hold up all others: they share a table.
    pub fn in_lockstep(&self) -> bool {
        let waits = self.ahead.is_some() || self.layout.grows() && self.parts.len() > 1;
        waits && !self.tables.is_empty()
    }
}

//! The shared tables of the plugin between host and GPU.

use super::GpuBackend;
use crate::error::Result;
use crate::gpu::Words;
use crate::sim::plugin::{HEADER, StepPlugin};

impl GpuBackend {
    /// Writes the shared tables to the GPU. If their sizes have changed, the passes are bound again.
    ///
    /// # Errors
    /// [`crate::gpu::GpuError::Limit`] or [`crate::gpu::GpuError::OutOfMemory`] if they do not fit.
    pub fn put_tables(&mut self, plugin: &dyn StepPlugin) -> Result<()> {
        self.headers = None;
        let tables = plugin.tables();
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

    /// Reads the shared tables from the GPU into the plugin.
    ///
    /// # Errors
    /// See [`Words::read`].
    pub fn take_tables(&self, plugin: &dyn StepPlugin) -> Result<()> {
        let mut all = Vec::new();
        for table in &self.tables {
            let mut words = vec![0; table.len()];
            table.read(&self.gpu, 0, &mut words)?;
            all.push(words);
        }
        if all.is_empty() { Ok(()) } else { plugin.set_tables(all) }
    }

    /// The headers of the shared tables: the first words of each.
    ///
    /// # Errors
    /// See [`Words::read`].
    pub fn headers(&self) -> Result<Vec<Vec<u32>>> {
        if let Some(known) = &self.headers {
            return Ok(known.clone());
        }
        let mut headers = Vec::new();
        for table in &self.tables {
            let mut words = vec![0; HEADER];
            table.read(&self.gpu, 0, &mut words)?;
            headers.push(words);
        }
        Ok(headers)
    }

    /// Returns for how many of `steps` steps the tables have room; they grow if there is none.
    ///
    /// # Errors
    /// See [`StepPlugin::make_room`].
    pub fn make_room(&mut self, plugin: &dyn StepPlugin, n_envs: usize, steps: u64) -> Result<u64> {
        match plugin.room(&self.headers()?, n_envs, steps) {
            0 => {
                self.take_tables(plugin)?;
                let steps = plugin.make_room(n_envs, steps)?;
                self.put_tables(plugin)?;
                Ok(steps)
            }
            steps => Ok(steps),
        }
    }

    /// Whether an instance that waits for its next world, or for more room in another part, must delay all others, because they share a
    /// table.
    pub fn in_lockstep(&self) -> bool {
        let waits = self.prefetch.is_some() || self.layout.grows() && self.parts.len() > 1;
        waits && !self.tables.is_empty()
    }
}

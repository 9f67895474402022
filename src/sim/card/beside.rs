//! What runs beside the simulation, as the card sees it: kernels with the buffers that they bind.

use std::sync::Arc;

use super::Card;
use crate::error::Result;
use crate::gpu::{Access, Gpu, GpuError, Kernel, Source, Words};
use crate::sim::beside::{Beside, CardPasses, HEADER};

/// A buffer that a kernel of a [`CardPass`] binds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bind {
    /// Head and rules of the world, core, pace.
    Rules,
    Core,
    Pace,
    /// A state buffer of the world; stands for a buffer that is not there if the world has none of this index.
    State(usize),
    Obs,
    /// One of the extras (see [`crate::sim::Beside::extras`]).
    Extra(usize),
    /// One of the shared tables, the same for all instances.
    Table(usize),
    /// Words that do not change.
    Params(Arc<Vec<u32>>),
    /// A word that nobody reads.
    Absent,
}

/// One kernel, dispatched with an invocation an instance (or a group).
#[derive(Clone, Debug)]
pub struct CardPass {
    pub name: &'static str,
    /// Path of the WGSL file, and imports to be replaced in it.
    pub kernel: &'static str,
    pub instead: Vec<(&'static str, &'static str)>,
    pub binds: Vec<(Bind, Access)>,
    /// A group of invocations for each instance.
    pub group_each: bool,
}

/// The compiled kernels of [`CardPasses`].
#[derive(Debug, Default)]
pub struct BesidePrograms {
    pub arrivals: Vec<Vec<(CardPass, Arc<Kernel>)>>,
    pub begun: Vec<Vec<(CardPass, Arc<Kernel>)>>,
}

type Compiled = Vec<Vec<(CardPass, Arc<Kernel>)>>;

impl BesidePrograms {
    /// # Errors
    /// [`GpuError::Shader`] with file and line.
    pub fn new(gpu: &Gpu, passes: CardPasses, texts: &[(String, String)]) -> std::result::Result<BesidePrograms, GpuError> {
        let files: Vec<_> = texts.iter().map(|(path, text)| (path.as_str(), text.as_str())).chain(super::files()).collect();
        let compile = |pass: CardPass| {
            let access: Vec<Access> = pass.binds.iter().map(|(_, access)| *access).collect();
            let kernel = Kernel::of(gpu, &Source::resolve(pass.kernel, &files, &pass.instead)?, &access)?;
            Ok((pass, kernel))
        };
        let all = |stretches: Vec<Vec<CardPass>>| -> std::result::Result<Compiled, GpuError> {
            stretches.into_iter().map(|list| list.into_iter().map(compile).collect()).collect()
        };
        Ok(BesidePrograms { arrivals: all(passes.arrivals)?, begun: all(passes.begun)? })
    }
}

impl Card {
    /// Puts the shared tables on the card; the passes are bound anew.
    ///
    /// # Errors
    /// [`GpuError::Limit`] or [`GpuError::OutOfMemory`] if they do not fit.
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

    /// Whether an instance that waits for its next world must hold up all others: they share a table.
    pub fn in_lockstep(&self) -> bool {
        self.ahead.is_some() && !self.tables.is_empty()
    }
}

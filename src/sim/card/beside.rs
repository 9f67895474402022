//! What runs beside the simulation, as the card sees it: kernels with the buffers that they bind.

use std::sync::Arc;

use super::Card;
use super::forks::{Whom, compile};
use super::reach::{Reach, ReachPrograms};
use crate::error::Result;
use crate::gpu::{Access, Gpu, GpuError, Kernel, Words};
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
    /// What a [`Reach`] came to, i32 an instance or fork.
    Reached(usize),
    /// For the arrivals of forks: one of the buffers beside them (see [`super::dreams::Imagined`]).
    Fork(usize),
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

/// What stands in a list of passes.
#[derive(Clone, Debug)]
pub enum CardWork {
    One(CardPass),
    /// [`Bind::Reached`] of this number is worked out, for instances that took a step or for those that begin.
    Reach(usize, Whom),
}

impl From<CardPass> for CardWork {
    fn from(pass: CardPass) -> CardWork {
        CardWork::One(pass)
    }
}

/// A [`CardWork`] with its kernel.
#[derive(Debug)]
pub enum Compiled {
    One(CardPass, Arc<Kernel>),
    Reach(usize, Whom),
}

impl Compiled {
    /// # Errors
    /// [`GpuError::Shader`] with file and line.
    pub fn new(gpu: &Gpu, work: CardWork, texts: &[(String, String)]) -> std::result::Result<Compiled, GpuError> {
        match work {
            CardWork::Reach(reach, whom) => Ok(Compiled::Reach(reach, whom)),
            CardWork::One(pass) => {
                let access: Vec<Access> = pass.binds.iter().map(|(_, access)| *access).collect();
                let kernel = compile(gpu, texts, pass.kernel, &pass.instead, &access)?;
                Ok(Compiled::One(pass, kernel))
            }
        }
    }
}

/// The compiled kernels of [`CardPasses`].
#[derive(Debug, Default)]
pub struct BesidePrograms {
    pub arrivals: Vec<Vec<Compiled>>,
    pub begun: Vec<Vec<Compiled>>,
    pub reaches: Vec<(Reach, ReachPrograms)>,
}

impl BesidePrograms {
    /// # Errors
    /// [`GpuError::Shader`] with file and line.
    pub fn new(gpu: &Gpu, passes: CardPasses, texts: &[(String, String)]) -> std::result::Result<BesidePrograms, GpuError> {
        let all = |stretches: Vec<Vec<CardWork>>| -> std::result::Result<Vec<Vec<Compiled>>, GpuError> {
            let list = |list: Vec<CardWork>| list.into_iter().map(|work| Compiled::new(gpu, work, texts)).collect();
            stretches.into_iter().map(list).collect()
        };
        let reaches = passes.reaches.into_iter().map(|reach| Ok((reach.clone(), ReachPrograms::new(gpu, &reach, texts)?)));
        Ok(BesidePrograms {
            arrivals: all(passes.arrivals)?,
            begun: all(passes.begun)?,
            reaches: reaches.collect::<std::result::Result<_, GpuError>>()?,
        })
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

    /// Whether an instance that waits for its next world, or for more room in another part, must hold up all others: they share a table.
    pub fn in_lockstep(&self) -> bool {
        let waits = self.ahead.is_some() || self.shape.grows() && self.parts.len() > 1;
        waits && !self.tables.is_empty()
    }
}

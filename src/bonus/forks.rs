//! Empowerment as a bonus: the value of a state by what can be done from it, found by forking.

use super::config::Entry;
use super::empowerment::{DREAMS, Empowerment, Mode, Search, default_key};
use crate::envs::{Block, World};
use crate::error::{Error, Result};
use crate::sim::card::reach::Reach;
use crate::sim::dream::Dream;

/// Fault of an instance whose empowerment takes more forks than there may be.
pub const FAULT_FORKS: u32 = 0x1_0002;

/// The bonus `empowerment`. Its own word is the value of the state that the instance is in.
#[derive(Debug)]
pub struct Forked {
    measure: Empowerment,
    dream: Dream,
    /// What the arrival has changed is paid, not the value itself.
    difference: bool,
}

/// The horizon unless one is said: what keeps lookahead above a hundred real steps a second on two cores.
pub const HORIZON: u32 = 1;

impl Forked {
    /// # Errors
    /// [`Error::Usage`] if an option has a value that it cannot have.
    pub fn new(entry: &Entry, world: &dyn World) -> Result<Forked> {
        let key = entry.key.unwrap_or_else(|| default_key(world));
        let horizon = entry.horizon.unwrap_or(HORIZON);
        let mode = match entry.mode.as_deref().unwrap_or("exact") {
            "exact" => Mode::Exact,
            "frozen" => Mode::Frozen { dreams: entry.dreams.unwrap_or(DREAMS) },
            other => return Err(Error::Usage(format!("bonus empowerment: mode '{other}'; there are exact, frozen"))),
        };
        let difference = match entry.form.as_deref().unwrap_or("level") {
            "level" => false,
            "delta" => true,
            other => return Err(Error::Usage(format!("bonus empowerment: form '{other}'; there are level, delta"))),
        };
        let measure = Empowerment::new(world, horizon, mode, key)?;
        Ok(Forked { measure, dream: Dream::of(world)?, difference })
    }

    pub fn own_words(&self) -> usize {
        1
    }

    /// The numbers of shaders/bonus/empowerment.wgsl.
    pub fn numbers(&self) -> Vec<u32> {
        vec![u32::from(self.difference)]
    }

    /// Whether a card can measure it.
    ///
    /// # Errors
    /// [`Error::Usage`] with the horizon that fits there.
    pub fn check_card(&self) -> Result<()> {
        self.measure.check_card(self.dream.world().spec().num_actions()).map_err(|e| Error::Usage(format!("bonus {e}")))
    }

    /// The same measure for a card; None if there is none.
    pub fn reach(&self) -> Option<Reach> {
        self.measure.reach(&self.dream)
    }

    /// Room to measure in, for a thread.
    pub fn search(&self) -> Search<'_> {
        Search::new(&self.dream)
    }

    /// # Errors
    /// [`FAULT_FORKS`].
    fn value(&self, search: &mut Search, block: &Block, i: usize) -> std::result::Result<i32, u32> {
        self.measure.measure(search, block, i).map(|measured| measured.q20()).map_err(|_| FAULT_FORKS)
    }

    pub fn begin(&self, search: &mut Search, block: &Block, i: usize, own: &mut [u32]) -> std::result::Result<(), u32> {
        own[0] = self.value(search, block, i)? as u32;
        Ok(())
    }

    /// The bonus of the arrival of instance `i`.
    ///
    /// # Errors
    /// [`FAULT_FORKS`].
    pub fn visit(&self, search: &mut Search, block: &Block, i: usize, own: &mut [u32]) -> std::result::Result<i32, u32> {
        let value = self.value(search, block, i)?;
        let before = own[0] as i32;
        own[0] = value as u32;
        Ok(if self.difference { value - before } else { value })
    }

    /// What [`Forked::visit`] would give for fork `i` of `block`.
    ///
    /// # Errors
    /// [`FAULT_FORKS`].
    pub fn peek(&self, search: &mut Search, block: &Block, i: usize, own: &[u32]) -> std::result::Result<i32, u32> {
        let value = self.value(search, block, i)?;
        Ok(if self.difference { value - own[0] as i32 } else { value })
    }

    /// What [`FAULT_FORKS`] means.
    pub fn fault(&self) -> String {
        format!(
            "its empowerment takes more forks than there may be; take a lower bonus.empowerment.horizon than {}",
            self.measure.horizon
        )
    }
}

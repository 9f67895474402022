//! Empowerment: how much of what comes n steps later is in the player's hands (Klyubin, Polani and Nehaniv 2005).
//!
//! `E_n(s)` is the capacity, in bits, of the channel from open-loop sequences of n actions to what is seen of the state they end in. It is
//! computed by forking the world: see docs/empowerment.md for which mode answers which question.

mod card;
mod field;
mod log2;
mod pool;
mod reach;
mod refused;
mod sampled;
#[cfg(test)]
mod tests;

pub use field::on_every_cell;
pub use log2::{BIT, FINE, log2, q20};
pub use reach::{Bounds, End, Search, is_over};
pub use refused::Refused;
pub use sampled::{MAX_CHANNEL, Rollouts, Sampled};

use crate::envs::shared::key::{Key, KeyPart};
use crate::envs::{Block, Family, World};
use crate::error::{Error, Result};
use crate::sim::dream::Dream;

/// Most forked steps for one root (and one dream).
pub const MAX_FORKS: u64 = 1 << 22;
/// Most bytes that the distinct states of one step of one root may take.
pub const MAX_FRONTIER_BYTES: usize = 256 << 20;
/// Dreams over which [`Mode::Frozen`] averages if nothing else is said.
pub const DREAMS: u32 = 8;
/// Rollouts for each sequence in [`Mode::Sampled`] if nothing else is said.
pub const ROLLOUTS: u32 = 16;

/// What is seen of where a fork ended; None if its episode did. All ended episodes are one outcome.
pub type Outcome = Option<u64>;

/// How chance is dealt with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Nothing is left to chance: log2 of the number of distinct ends. Elsewhere, the value in dream 0 alone.
    Exact,
    /// All forks share their noise: the mean over so many dreams of log2 of the distinct ends. Never below the true value.
    Frozen { dreams: u32 },
    /// Every fork has its own noise: the capacity of the channel that was counted.
    Sampled(Rollouts),
}

/// What [`Mode::named`] knows.
pub const MODES: &str = "exact, frozen, sampled";

impl Mode {
    /// The mode of that name with what was said of it, else as usual.
    ///
    /// # Errors
    /// [`Error::Usage`] if there is no such mode, or something was said that it does not have.
    pub fn named(name: &str, dreams: Option<u32>, rollouts: Option<u32>, sequences: Option<u32>) -> Result<Mode> {
        let (dreamt, rolled) =
            (("dreams", dreams.is_some()), [("rollouts", rollouts.is_some()), ("sequences", sequences.is_some())]);
        let wrong = |said: &[(&str, bool)]| match said.iter().find(|(_, said)| *said) {
            Some((option, _)) => Err(Error::Usage(format!("{option} means nothing for mode {name}"))),
            None => Ok(()),
        };
        match name {
            "exact" => wrong(&[dreamt, rolled[0], rolled[1]]).map(|()| Mode::Exact),
            "frozen" => wrong(&rolled).map(|()| Mode::Frozen { dreams: dreams.unwrap_or(DREAMS) }),
            "sampled" => {
                wrong(&[dreamt])?;
                Ok(Mode::Sampled(Rollouts { each: rollouts.unwrap_or(ROLLOUTS), sequences }))
            }
            other => Err(Error::Usage(format!("mode '{other}'; there are {MODES}"))),
        }
    }
}

/// A measure of empowerment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Empowerment {
    /// Actions a sequence has, from 1.
    pub horizon: u32,
    pub mode: Mode,
    /// What is seen of an end.
    pub key: Key,
    /// Forked steps that one root may take in one dream; at most [`MAX_FORKS`] makes sense on a machine as they are.
    pub max_forks: u64,
}

/// The empowerment of one state.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// In units of 2^-[`FINE`] bits.
    pub fine: i64,
    /// Forked steps it took.
    pub forked_steps: u64,
    pub detail: Detail,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Detail {
    /// The episode is over: nothing is in anybody's hands.
    Over,
    /// Distinct ends in each dream.
    Ends(Vec<u64>),
    Channel(Sampled),
}

impl Measured {
    pub fn bits(&self) -> f64 {
        self.fine as f64 / BIT
    }

    /// In units of a bonus, 2^-20 bits.
    pub fn q20(&self) -> i32 {
        q20(self.fine)
    }
}

/// What a player has in hand and where he is: the end feature if nothing else is said. Neither vitals nor clock are in it, nor
/// creatures, but for one that stands right before the player.
pub fn default_key(world: &dyn World) -> Key {
    match world.spec().family {
        Family::Crafter => Key::of(&[KeyPart::Position, KeyPart::Facing, KeyPart::Inventory, KeyPart::Faced]),
        Family::MiniGrid => Key::of(&[KeyPart::Position, KeyPart::Facing, KeyPart::Inventory]),
        Family::GridLab => Key::of(&[KeyPart::Position]),
    }
}

impl Empowerment {
    /// Measures with `key` in `world`, within [`MAX_FORKS`].
    ///
    /// # Errors
    /// [`Error::Usage`] for a horizon, a number of dreams or of rollouts of 0, and for a key that means nothing in this world.
    pub fn new(world: &dyn World, horizon: u32, mode: Mode, key: Key) -> Result<Empowerment> {
        if horizon == 0 {
            return Err(Error::Usage("a horizon has at least 1 action".to_string()));
        }
        match mode {
            Mode::Frozen { dreams: 0 } => return Err(Error::Usage("frozen noise needs at least 1 dream".to_string())),
            Mode::Sampled(rollouts) => rollouts.check()?,
            _ => {}
        }
        world.check_key(key).map_err(Error::Usage)?;
        Ok(Empowerment { horizon, mode, key, max_forks: MAX_FORKS })
    }

    /// The empowerment of instance `i` of `block`.
    ///
    /// # Errors
    /// See [`Empowerment::measure_by`].
    pub fn measure(&self, search: &mut Search, block: &Block, i: usize) -> Result<Measured> {
        self.measure_by(search, block, i, &End::Key(self.key))
    }

    /// [`Empowerment::measure`] with ends told apart by `end` in place of the key.
    ///
    /// # Errors
    /// [`Error::Usage`] if one root takes more forks, states or outcomes than the limits allow, with what would fit.
    pub fn measure_by(&self, search: &mut Search, block: &Block, i: usize, end: &End) -> Result<Measured> {
        let before = search.forked_steps;
        let (fine, detail) = if is_over(block, i) {
            (0, Detail::Over)
        } else {
            match self.mode {
                Mode::Exact => self.reached(search, (block, i), 1, end)?,
                Mode::Frozen { dreams } => self.reached(search, (block, i), dreams, end)?,
                Mode::Sampled(rollouts) => {
                    let sampled = sampled::sample(search, (block, i), self.bounds(), rollouts, end)?;
                    ((sampled.bits * BIT + 0.5) as i64, Detail::Channel(sampled))
                }
            }
        };
        Ok(Measured { fine, forked_steps: search.forked_steps - before, detail })
    }

    fn bounds(&self) -> Bounds {
        Bounds { horizon: self.horizon, forks: self.max_forks }
    }

    fn reached(&self, search: &mut Search, root: (&Block, usize), dreams: u32, end: &End) -> Result<(i64, Detail)> {
        let mut counts = Vec::new();
        for number in 0..dreams {
            counts.push(search.ends(root, number, self.bounds(), end)?.len() as u64);
        }
        let n = i64::from(dreams);
        let sum: i64 = counts.iter().map(|count| log2(*count)).sum();
        Ok(((sum + n / 2) / n, Detail::Ends(counts)))
    }

    /// The value of the state of instance `i` as a bonus, in units of 2^-20 bits. For the reward `E_n(s') - E_n(s)` keep the last value and
    /// take the difference. In the modes `Exact` and `Frozen` it is an integer function of the state alone, equal on every machine.
    ///
    /// # Errors
    /// See [`Empowerment::measure_by`].
    pub fn value(&self, dream: &Dream, block: &Block, i: usize) -> Result<i32> {
        Ok(self.measure(&mut Search::new(dream), block, i)?.q20())
    }

    /// The value in dream 0, and whether dream 1 ends elsewhere: then chance has a say, and the mode `Exact` is the value in one dream only.
    ///
    /// # Errors
    /// See [`Empowerment::measure_by`].
    pub fn measure_exactly(&self, search: &mut Search, block: &Block, i: usize) -> Result<(Measured, bool)> {
        if is_over(block, i) {
            return Ok((Measured { fine: 0, forked_steps: 0, detail: Detail::Over }, false));
        }
        let (before, end) = (search.forked_steps, End::Key(self.key));
        let ends = search.ends((block, i), 0, self.bounds(), &end)?;
        let random = ends != search.ends((block, i), 1, self.bounds(), &end)?;
        let count = ends.len() as u64;
        let forked_steps = search.forked_steps - before;
        Ok((Measured { fine: log2(count), forked_steps, detail: Detail::Ends(vec![count]) }, random))
    }
}

//! How an episode begins: with a fresh world, or with a copy of a prepared one.

use rayon::prelude::*;

use crate::envs::{Block, Core, Lists, Stored, World};
use crate::error::{Error, Result as Done};

/// What happens to an instance whose episode has ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ResetMode {
    /// The same step ends with the first observation of the next episode; the last one is in `final_obs`.
    #[default]
    SameStep,
    /// The next step is the reset: its action is ignored, its reward 0, and the flag `BEGUN` is set.
    NextStep,
    /// Finished instances stay as they are.
    Off,
}

impl std::fmt::Display for ResetMode {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str(match self {
            ResetMode::SameStep => "same-step",
            ResetMode::NextStep => "next-step",
            ResetMode::Off => "off",
        })
    }
}

impl std::str::FromStr for ResetMode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let all = [ResetMode::SameStep, ResetMode::NextStep, ResetMode::Off];
        all.into_iter()
            .find(|mode| mode.to_string() == text)
            .ok_or_else(|| format!("'{text}' is not same-step, next-step or off"))
    }
}

impl std::fmt::Display for Worlds {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            Worlds::Fresh => f.write_str("fresh"),
            Worlds::Pool(n) => write!(f, "pool:{n}"),
        }
    }
}

/// Where worlds come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Worlds {
    /// A new world for each episode, in the sequence of the reference.
    #[default]
    Fresh,
    /// Level j is the first world of seed s + j; episode k of instance i takes level (i + k - 1) mod N.
    Pool(u32),
}

/// Begins episodes with their worlds.
#[derive(Debug, Default)]
pub struct Resetter {
    /// Number of levels; 0 for fresh worlds.
    levels: usize,
    /// For each state buffer: `[levels, words]`; empty for stream buffers. In a growing buffer, all levels have the room that the largest
    /// needs.
    pool: Vec<Vec<u32>>,
}

impl Resetter {
    /// Generates the pool on all threads, if `worlds` is a pool.
    ///
    /// # Errors
    /// [`Error::Fault`] if a level does not fit its ruleset's limits; the error names the level as the instance.
    pub fn new(world: &dyn World, worlds: Worlds, seed: i64) -> Done<Resetter> {
        let Worlds::Pool(levels) = worlds else { return Ok(Resetter::default()) };
        let buffers = &world.spec().buffers;
        let made: Vec<Vec<Vec<u32>>> = (0..levels as usize)
            .into_par_iter()
            .map(|j| {
                let mut core = vec![0; Core::WORDS];
                let state = buffers.iter().map(|b| Stored::Grown(vec![0; b.words])).collect();
                let mut block = Block { first: j, n: 1, core: &mut core, state, obs: &mut [], pixels: &mut [] };
                set_seed(&mut block, 0, seed.wrapping_add(j as i64));
                block.core_mut(0)[Core::EPISODE] = 1;
                world.begin_stream(0, &mut block);
                world.generate(0, &mut block);
                let state = block.state.into_iter().map(|words| words.grown().unwrap_or_default()).collect();
                match core[Core::FAULT] {
                    0 => Ok(state),
                    code => Err(Error::Fault {
                        instance: j,
                        episode: 1,
                        step: 0,
                        code,
                        what: format!("level of the pool: {}", world.fault(code)),
                    }),
                }
            })
            .collect::<Done<_>>()?;
        let streams = world.stream_buffers();
        let pool = (0..buffers.len())
            .map(|b| if streams.contains(&b) { Vec::new() } else { side_by_side(&made, b, buffers[b].grows) })
            .collect();
        Ok(Resetter { levels: levels as usize, pool })
    }

    /// Number of levels; 0 for fresh worlds.
    pub fn levels(&self) -> usize {
        self.levels
    }

    /// Maximum number of entries of a level in state buffer `b`, which grows; 0 for fresh worlds.
    pub fn max_used(&self, b: usize) -> usize {
        let pool = self.pool(b);
        let words = pool.len() / self.levels.max(1);
        pool.chunks_exact(words.max(1)).map(|row| row[0] as usize).max().unwrap_or(0)
    }

    /// `[levels, words]` of state buffer `b`; empty for stream buffers and for fresh worlds.
    pub fn pool(&self, b: usize) -> &[u32] {
        self.pool.get(b).map_or(&[], |words| words)
    }

    /// Writes the world and the random stream of the current episode of instance `i`. Flags and reward stay, so that the caller can read
    /// them.
    pub fn begin(&self, world: &dyn World, i: usize, block: &mut Block) {
        if self.levels == 0 {
            world.begin_stream(i, block);
            world.generate(i, block);
            return;
        }
        let episode = block.core_of(i)[Core::EPISODE] as usize;
        let level = (block.first + i + episode - 1) % self.levels;
        for (b, (pool, buffer)) in
            self.pool.iter().zip(&world.spec().buffers).enumerate().filter(|(_, (pool, _))| !pool.is_empty())
        {
            let words = pool.len() / self.levels;
            block.set_row(b, i, &pool[level * words..(level + 1) * words], buffer.grows);
        }
        world.begin_stream(i, block);
    }
}

/// Returns the words of buffer `b` of all levels. In a growing buffer, all levels have the room of the largest.
fn side_by_side(made: &[Vec<Vec<u32>>], b: usize, grows: Option<Lists>) -> Vec<u32> {
    let most = made.iter().map(|level| level[b].len()).max().unwrap_or(0);
    let mut rows = vec![0; made.len() * most];
    for (row, level) in rows.chunks_exact_mut(most.max(1)).zip(made) {
        match grows {
            None => row.copy_from_slice(&level[b]),
            Some(lists) => lists.lay(&level[b], row),
        }
    }
    rows
}

/// Checks that every instance, and every level of a pool, has its own seed: these are `seed` and those that follow it.
///
/// # Errors
/// [`Error::Usage`] with the largest first seed that is possible.
pub fn check_seeds(seed: i64, worlds: Worlds, num_envs: usize) -> Done<()> {
    let levels = if let Worlds::Pool(levels) = worlds { u64::from(levels) } else { 0 };
    let last = (num_envs as u64).max(levels).saturating_sub(1);
    match seed.checked_add_unsigned(last) {
        Some(_) => Ok(()),
        None => Err(Error::Usage(format!(
            "seed {seed}: instance i has seed {seed} + i, and seeds end at {}; for {} of them it can be at most {}",
            i64::MAX,
            last + 1,
            i64::MAX.saturating_sub_unsigned(last)
        ))),
    }
}

pub fn set_seed(block: &mut Block, i: usize, seed: i64) {
    let core = block.core_mut(i);
    core[Core::SEED_LO] = seed as u64 as u32;
    core[Core::SEED_HI] = (seed as u64 >> 32) as u32;
}

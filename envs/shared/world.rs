//! The face that every world shows to the batch: buffers of u32, and functions that do one instance's part of a pass.
//!
//! A [`Block`] is a run of consecutive instances, every buffer cut to them. Functions that end in `_one` are the twins: what one
//! invocation of the kernel of that name does for instance `i` of the block.

use std::fmt::Debug;

use super::key::{Key, KeyPart, UsualKeys};
use super::lists::Lists;
use super::packing::{ChanceKernel, Kernels};
use super::stored::Stored;
use crate::shaders::shared::constants::{index, word};
use crate::shaders::shared::simhash;

const TEXT: &str = include_str!("world.wgsl");

/// Fields of the `core` buffer, `[n_envs, Core::WORDS]` u32: what every instance of every family has. The numbers stand in world.wgsl.
pub struct Core;

impl Core {
    /// Action id of this step; written by the agent, read by step.
    pub const ACTION: usize = index(TEXT, "CORE_ACTION");
    /// Reward of this step as i32, in units of 1 / [`WorldSpec::reward_denominator`]; written by step.
    pub const REWARD: usize = index(TEXT, "CORE_REWARD");
    /// Bits `TERMINATED`, `TRUNCATED`, `SKIP`, `BEGUN`.
    pub const FLAGS: usize = index(TEXT, "CORE_FLAGS");
    /// Number of the episode, from 1.
    pub const EPISODE: usize = index(TEXT, "CORE_EPISODE");
    /// Steps taken in this episode.
    pub const STEP: usize = index(TEXT, "CORE_STEP");
    /// The instance's 64-bit seed (seed of the batch + index), low and high word.
    pub const SEED_LO: usize = index(TEXT, "CORE_SEED_LO");
    pub const SEED_HI: usize = index(TEXT, "CORE_SEED_HI");
    /// 0, or the number of the limit that was hit (see [`World::fault`]), or [`Core::NEEDS_ROOM`].
    pub const FAULT: usize = index(TEXT, "CORE_FAULT");
    pub const WORDS: usize = index(TEXT, "CORE_WORDS");

    /// No limit: the next step may add more than a buffer that grows has room for. The batch makes room and clears it.
    pub const NEEDS_ROOM: u32 = word(TEXT, "NEEDS_ROOM");

    pub const TERMINATED: u32 = word(TEXT, "FLAG_TERMINATED");
    pub const TRUNCATED: u32 = word(TEXT, "FLAG_TRUNCATED");
    /// Step and observe leave this instance alone.
    pub const SKIP: u32 = word(TEXT, "FLAG_SKIP");
    /// This step was a reset (next-step mode): the observation is the first of an episode.
    pub const BEGUN: u32 = word(TEXT, "FLAG_BEGUN");
    pub const DONE: u32 = word(TEXT, "FLAG_DONE");
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    Crafter,
    MiniGrid,
    GridLab,
}

/// One state buffer: `[n_envs, words]` u32.
#[derive(Clone, Debug)]
pub struct BufferSpec {
    pub name: &'static str,
    /// With which a batch begins, if the buffer grows.
    pub words: usize,
    /// Set if it grows when an instance needs more room.
    pub grows: Option<Lists>,
    /// What its fields mean, one sentence or table, shown by `envs show`.
    pub about: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    U8,
    U16,
    U32,
    I32,
    Bool,
    /// f32 as its bits.
    F32,
    /// A code that [`World::text`] turns into words.
    Text,
}

/// A column that a family adds to the rows of a trace.
#[derive(Clone, Debug)]
pub struct Column {
    pub name: String,
    pub kind: ColumnKind,
}

/// What does not change while a world runs.
#[derive(Clone, Debug)]
pub struct WorldSpec {
    pub id: String,
    pub family: Family,
    /// The ruleset as resolved TOML: loading this text gives this world again.
    pub toml: String,
    pub action_names: Vec<String>,
    /// Width and height of the map in cells.
    pub size: (u32, u32),
    pub buffers: Vec<BufferSpec>,
    /// The one that pose, achievements and [`WorldSpec::columns`] are read from, beside core.
    pub shown: usize,
    /// Bytes of the symbolic observation; the buffer holds them little-endian, padded to whole words.
    pub obs_bytes: usize,
    /// (name, shape, meaning) of each part of the observation, in order.
    pub obs_parts: Vec<(String, Vec<usize>, String)>,
    /// Height, width of the RGB picture; (0, 0) if pixels are off.
    pub picture: (u32, u32),
    /// Rewards are kept as integers in units of one over this.
    pub reward_denominator: u32,
    /// Names of what an episode can unlock (Crafter's achievements); empty elsewhere.
    pub achievements: Vec<String>,
    /// Columns of a trace row after the common ones.
    pub columns: Vec<Column>,
}

impl WorldSpec {
    pub fn num_actions(&self) -> u32 {
        self.action_names.len() as u32
    }

    pub fn obs_words(&self) -> usize {
        self.obs_bytes.div_ceil(4)
    }

    pub fn pixel_words(&self) -> usize {
        (self.picture.0 * self.picture.1 * 3).div_ceil(4) as usize
    }

    /// The state buffers that grow.
    pub fn growing(&self) -> impl Iterator<Item = (usize, Lists)> {
        self.buffers.iter().enumerate().filter_map(|(b, buffer)| Some((b, buffer.grows?)))
    }

    /// Words of stored state an instance takes, `core` included, before anything has grown.
    pub fn state_words(&self) -> usize {
        Core::WORDS + self.buffers.iter().map(|b| b.words).sum::<usize>()
    }
}

/// A run of consecutive instances, every buffer cut to them.
pub struct Block<'a> {
    /// Index in the batch of the block's first instance.
    pub first: usize,
    pub n: usize,
    /// `[n, Core::WORDS]`.
    pub core: &'a mut [u32],
    /// One a [`BufferSpec`], in its order: `[n, words]`.
    pub state: Vec<Stored<'a>>,
    /// `[n, obs_words]`; written by observe.
    pub obs: &'a mut [u32],
    /// `[n, pixel_words]`; empty if pixels are off.
    pub pixels: &'a mut [u32],
}

impl Block<'_> {
    /// The core words of instance `i`.
    #[inline]
    pub fn core_of(&self, i: usize) -> &[u32] {
        &self.core[i * Core::WORDS..(i + 1) * Core::WORDS]
    }

    #[inline]
    pub fn core_mut(&mut self, i: usize) -> &mut [u32] {
        &mut self.core[i * Core::WORDS..(i + 1) * Core::WORDS]
    }

    /// The words of instance `i` in state buffer `b`.
    #[inline]
    pub fn row(&self, b: usize, i: usize) -> &[u32] {
        let words = self.state[b].len() / self.n;
        &self.state[b][i * words..(i + 1) * words]
    }

    /// Words an instance of state buffer `b`, probably `at_first`: a division takes as long as many steps of a rule.
    #[inline]
    pub fn words_each(&self, b: usize, at_first: usize) -> usize {
        let words = self.state[b].len();
        if words == self.n * at_first { at_first } else { words / self.n }
    }

    /// Lays `words` out as those of instance `i` in state buffer `b`, which grows if they need more room than it has.
    pub fn set_row(&mut self, b: usize, i: usize, words: &[u32], grows: Option<Lists>) {
        let n = self.n;
        let to = |state: &Stored| i * (state.len() / n)..(i + 1) * (state.len() / n);
        match grows {
            None => {
                let range = to(&self.state[b]);
                self.state[b][range].copy_from_slice(words);
            }
            Some(lists) => {
                let (used, there) = (words[0] as usize, self.state[b].len() / n);
                let most = lists.words_for(used, 1);
                if there < most {
                    self.state[b].widen(lists, n, most);
                }
                let range = to(&self.state[b]);
                lists.lay(words, &mut self.state[b][range]);
            }
        }
    }

    /// Gives the rows of all state buffers that grow room for another step, where one of them has none, and clears [`Core::NEEDS_ROOM`].
    pub fn make_room(&mut self, spec: &WorldSpec) {
        let needed = |core: &[u32]| core[Core::FAULT] == Core::NEEDS_ROOM;
        if spec.growing().next().is_none() || !self.core.chunks_exact(Core::WORDS).any(needed) {
            return;
        }
        for (b, lists) in spec.growing() {
            let words = self.state[b].len() / self.n;
            let used = self.state[b].chunks_exact(words).map(|row| row[0] as usize).max().unwrap_or(0);
            if lists.words_for(used, 1) > words {
                let before = lists.capacity(words).saturating_sub(lists.step);
                self.state[b].widen(lists, self.n, lists.words_for(lists.roomier(used, before), 1));
            }
        }
        for core in self.core.chunks_exact_mut(Core::WORDS).filter(|core| needed(core)) {
            core[Core::FAULT] = 0;
        }
    }

    #[inline]
    pub fn flags(&self, i: usize) -> u32 {
        self.core[i * Core::WORDS + Core::FLAGS]
    }

    /// The instance's seed as Python would write it (negative seeds wrap around).
    pub fn seed(&self, i: usize) -> i64 {
        let core = self.core_of(i);
        (u64::from(core[Core::SEED_LO]) | u64::from(core[Core::SEED_HI]) << 32) as i64
    }
}

/// Position, facing and so on of one instance, for traces and coverage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pose {
    pub x: u32,
    pub y: u32,
    /// 0 left/west, 1 right/east, 2 up/north, 3 down/south in Crafter and gridlab; MiniGrid's own 0 E, 1 S, 2 W, 3 N there.
    pub facing: u32,
}

/// What of the steps to come is left to chance, as far as a key can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeftToChance {
    /// Nothing: no value of any random word changes a key.
    Never,
    /// Any step may be.
    Always,
    /// That depends on state and action: [`World::is_left_to_chance`] says it, and this kernel.
    ByStep(ChanceKernel),
}

/// A loaded world: a ruleset and the twins that play it.
///
/// A finished episode is followed by `begin_stream` and then either `generate` (fresh worlds) or a copy of a prepared level's
/// state with `begin_stream` after it (pool). `core` already holds the new episode's number when they are called, and step 0.
pub trait World: Send + Sync + Debug {
    fn spec(&self) -> &WorldSpec;

    /// What had to be taken for granted when it was loaded, for people; a sentence each.
    fn notes(&self) -> &[String] {
        &[]
    }

    /// Puts the instance's own stream where the reference has it at the start of episode `core[EPISODE]`.
    fn begin_stream(&self, i: usize, block: &mut Block);

    /// Makes the world of this episode, drawing from the stream as the reference's reset does. Writes every state word.
    fn generate(&self, i: usize, block: &mut Block);

    /// Indices of the state buffers that hold the stream: a copied level leaves them alone.
    fn stream_buffers(&self) -> &[usize];

    /// One step of instance `i` with `core[ACTION]`: writes state, `core[REWARD]`, `core[FLAGS]`; counts `core[STEP]` up. Sets
    /// [`Core::NEEDS_ROOM`] if there may be no room for the next one.
    fn step_one(&self, i: usize, block: &mut Block);

    /// Writes the observation (and the picture, if pixels are on).
    fn observe_one(&self, i: usize, block: &mut Block);

    /// [`World::step_one`] for all that are not to be skipped; then buffers that grow have room for the next step.
    fn step(&self, block: &mut Block) {
        for i in 0..block.n {
            if block.flags(i) & Core::SKIP == 0 {
                self.step_one(i, block);
            }
        }
        block.make_room(self.spec());
    }

    /// [`World::observe_one`] for all that are not to be skipped.
    fn observe(&self, block: &mut Block) {
        for i in 0..block.n {
            if block.flags(i) & Core::SKIP == 0 {
                self.observe_one(i, block);
            }
        }
    }

    /// Whether observing draws from the world's stream: then no step may go without.
    fn observing_draws(&self) -> bool {
        false
    }

    /// The kernels whose twins these functions are.
    fn kernels(&self) -> Kernels;

    fn pose(&self, i: usize, block: &Block) -> Pose;

    /// The parts of a key that have meaning in this world, and what each consists of.
    fn key_parts(&self) -> Vec<(KeyPart, String)>;

    /// What counts as the same state unless somebody says it.
    fn usual_keys(&self) -> UsualKeys;

    /// How many bytes simhash looks at, from the observation's first on: the view, or, where little is in view, all.
    fn simhash_bytes(&self) -> usize;

    /// How many values these bytes may have: each is below this. By it features of observations keep apart what the world can hold.
    fn simhash_values(&self) -> usize;

    /// The key made of the parts of `mask` ([`Key::mask`]): the twin of the world's kernels of keys.
    fn key_of(&self, mask: u32, i: usize, block: &Block) -> u64;

    /// The key of instance `i` as it is; the observation must be that of the state if [`Key::reads_obs`].
    #[inline]
    fn key(&self, key: Key, i: usize, block: &Block) -> u64 {
        let Some(bits) = key.signs() else { return self.key_of(key.mask(), i, block) };
        let words = self.spec().obs_words();
        let obs = bytemuck::cast_slice(&block.obs[i * words..(i + 1) * words]);
        simhash::code(bits, obs, self.simhash_bytes(), self.simhash_values())
    }

    /// # Errors
    /// A part without meaning in this world, and the parts that have one; or an observation too long for simhash.
    fn check_key(&self, key: Key) -> Result<(), String> {
        let (spec, known) = (self.spec(), self.key_parts());
        if key.signs().is_some() && spec.obs_words() * 4 > simhash::MAX_BYTES {
            let most = simhash::MAX_BYTES;
            return Err(format!("{key}: the observation of {} takes {} bytes, more than {most}", spec.id, spec.obs_bytes));
        }
        match key.parts().find(|part| known.iter().all(|(known, _)| known != part)) {
            None => Ok(()),
            Some(part) => {
                let names: Vec<&str> = known.iter().map(|(part, _)| part.name()).collect();
                Err(format!("key part '{part}' means nothing in {}; there, keys are made of {}", spec.id, names.join(", ")))
            }
        }
    }

    /// What of the steps to come is left to chance. A world may say more than is so, never less. `key` is all that is looked at of where
    /// the steps lead; None if that may be anything.
    fn left_to_chance(&self, _key: Option<Key>) -> LeftToChance {
        LeftToChance::Always
    }

    /// Whether another random word could make something else of the step that instance `i` is about to take with `core[ACTION]`, as far as
    /// `key` can tell at once or later. Asked only where [`World::left_to_chance`] says [`LeftToChance::ByStep`].
    fn is_left_to_chance(&self, _key: Option<Key>, _i: usize, _block: &Block) -> bool {
        true
    }

    /// For each cell, row by row, whether the player may ever come there from where it is (or, in grid-worlds, may begin), whatever it does and
    /// however long that takes. A world may say more than is so, never less: doors may come to be open, and things to be carried away.
    fn within_reach(&self, _i: usize, _block: &Block) -> Vec<bool> {
        let (width, height) = self.spec().size;
        vec![true; (width * height) as usize]
    }

    /// Times each of `spec().achievements` was done in this episode so far.
    fn achievements(&self, _i: usize, _block: &Block, _out: &mut [u32]) {}

    /// Bit a: achievement a was done in this episode.
    fn unlocked(&self, _i: usize, _block: &Block) -> u32 {
        0
    }

    /// The values of `spec().columns` for the state as it is.
    fn columns(&self, i: usize, block: &Block, out: &mut Vec<u32>);

    /// The words behind a [`ColumnKind::Text`] code.
    fn text(&self, _column: usize, _code: u32) -> String {
        String::new()
    }

    /// A stored reward as the reference's float64.
    fn reward(&self, raw: i32) -> f64;

    /// What fault number `code` means and which field of the ruleset to raise.
    fn fault(&self, code: u32) -> String;

    /// The reference judge's line for the state as it is; `action` is None at step 0. `picture` adds the digest of the pixels.
    fn line(&self, i: usize, block: &Block, action: Option<u32>, picture: bool) -> serde_json::Value;

    /// Changes the state by hand after the first reset, and observes it.
    ///
    /// # Errors
    /// If the family has no scenarios, or this one makes no sense in the world.
    fn set_scenario(&self, _i: usize, _block: &mut Block, _scenario: &serde_json::Value) -> Result<(), String> {
        Err(format!("{} has no scenarios; only Crafter worlds do", self.spec().id))
    }

    /// Puts the player on the cell (x, y), facing and all else as they are; false, and nothing changes, if the cell is not free. Free is
    /// where the player could stand and go on: inside, nobody and nothing in the way, and the episode does not end there. For maps on the
    /// host; no kernel does this. The observation is left as it was.
    fn place(&self, i: usize, block: &mut Block, x: u32, y: u32) -> bool;

    /// Bit d (0 west, 1 east, 2 north, 3 south) is set if a wall without a cell of its own keeps from leaving the cell (x, y) that way. For
    /// pictures.
    fn thin_walls(&self, _x: u32, _y: u32) -> u32 {
        0
    }

    /// A picture of the whole map as text, one character a cell, rows from top to bottom.
    fn ascii(&self, i: usize, block: &Block) -> String;
}

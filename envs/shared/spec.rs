//! The constant properties of a world: its family, its buffers, observation and trace columns.

use super::core::Core;
use super::lists::Lists;

/// The family of a world, which defines its rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Crafter: survival on a generated map, with items and achievements.
    Crafter,
    /// MiniGrid: rooms with doors, keys, balls and boxes, and a mission as text.
    MiniGrid,
    /// Tabular grid-worlds, whose map is drawn in the ruleset.
    GridLab,
}

/// One state buffer: `[n_envs, words]` u32.
#[derive(Clone, Debug)]
pub struct BufferSpec {
    /// Name by which the kernels declare the buffer.
    pub name: &'static str,
    /// Number of words of an instance; if the buffer grows, the number with which a batch begins.
    pub words: usize,
    /// Set if the buffer grows when an instance needs more room.
    pub grows: Option<Lists>,
    /// Meaning of its fields, one sentence or table, shown by `envs show`.
    pub about: String,
}

/// The type of a trace column. Every value is stored in one u32 word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// An integer from 0 to 255.
    U8,
    /// An integer from 0 to 65535.
    U16,
    /// An unsigned integer of 32 bits.
    U32,
    /// A signed integer of 32 bits, in two's complement.
    I32,
    /// 0 is false, every other value is true.
    Bool,
    /// f32 as its bits.
    F32,
    /// A code that [`super::world::Describe::text`] turns into words.
    Text,
}

/// A column that a family adds to the rows of a trace.
#[derive(Clone, Debug)]
pub struct Column {
    /// Name of the column in the trace.
    pub name: String,
    /// Type of its values.
    pub kind: ColumnKind,
}

/// The constant properties of a world.
#[derive(Clone, Debug)]
pub struct WorldSpec {
    /// The id or path by which the world was loaded.
    pub id: String,
    /// The family whose rules it follows.
    pub family: Family,
    /// The ruleset as resolved TOML: loading this text gives this world again.
    pub toml: String,
    /// Name of each action; an action is its index here.
    pub action_names: Vec<String>,
    /// Width and height of the map in cells.
    pub size: (u32, u32),
    /// The state buffers; a state buffer is named by its index here.
    pub buffers: Vec<BufferSpec>,
    /// Index of the state buffer from which pose, achievements and [`WorldSpec::columns`] are read, in addition to core.
    pub shown: usize,
    /// Bytes of the symbolic observation; the buffer holds them little-endian, padded to whole words.
    pub obs_bytes: usize,
    /// (name, shape, meaning) of each part of the observation, in order.
    pub obs_parts: Vec<(String, Vec<usize>, String)>,
    /// Height, width of the RGB picture; (0, 0) if pixels are off.
    pub picture: (u32, u32),
    /// Rewards are stored as integers in units of one over this.
    pub reward_denominator: u32,
    /// Names of the achievements that an episode can unlock (Crafter); empty elsewhere.
    pub achievements: Vec<String>,
    /// Columns of a trace row after the common ones.
    pub columns: Vec<Column>,
}

impl WorldSpec {
    /// Number of actions; valid actions are 0 to one below it.
    pub fn num_actions(&self) -> u32 {
        self.action_names.len() as u32
    }

    /// Words of an instance's observation: [`WorldSpec::obs_bytes`] rounded up to whole words of 4 bytes.
    pub fn obs_words(&self) -> usize {
        self.obs_bytes.div_ceil(4)
    }

    /// Words of an instance's RGB picture, 3 bytes per pixel, rounded up to whole words; 0 if pixels are off.
    pub fn pixel_words(&self) -> usize {
        (self.picture.0 * self.picture.1 * 3).div_ceil(4) as usize
    }

    /// The state buffers that grow.
    pub fn growing(&self) -> impl Iterator<Item = (usize, Lists)> {
        self.buffers.iter().enumerate().filter_map(|(b, buffer)| Some((b, buffer.grows?)))
    }

    /// Number of words of stored state of an instance, `core` included, before any buffer has grown.
    pub fn state_words(&self) -> usize {
        Core::WORDS + self.buffers.iter().map(|b| b.words).sum::<usize>()
    }
}

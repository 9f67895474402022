//! Rules as the kernels read them: named words, then tables. The names are those of the WGSL structure, in its order.

use super::key::{Key, KeyPart};

/// Words of the structure `Head` that begins every rules buffer (see shaders/core/head.wgsl).
pub const HEAD_WORDS: usize = crate::shaders::core::head::WORDS;

/// The words of a rules buffer after its head.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Packed {
    /// Name and value of each field, in the order of the WGSL structure.
    pub fields: Vec<(&'static str, u32)>,
    /// The tables, one after the other; the field of a table holds its first index here.
    pub tables: Vec<u32>,
}

impl Packed {
    /// Appends a field of one word.
    pub fn field(&mut self, name: &'static str, value: u32) {
        self.fields.push((name, value));
    }

    /// Appends a table, and a field with the index of its first word.
    pub fn table(&mut self, name: &'static str, words: impl IntoIterator<Item = u32>) {
        self.field(name, self.tables.len() as u32);
        self.tables.extend(words);
    }

    /// Changes an existing field.
    pub fn set(&mut self, name: &str, value: u32) {
        self.fields.iter_mut().filter(|(field, _)| *field == name).for_each(|(_, old)| *old = value);
    }

    /// Fields, then tables. The tables have at least one word, because an array of a kernel cannot be empty.
    pub fn words(&self) -> Vec<u32> {
        let tables = if self.tables.is_empty() { &[0][..] } else { &self.tables };
        self.fields.iter().map(|(_, value)| *value).chain(tables.iter().copied()).collect()
    }
}

/// Low and high word of a number.
pub fn halves(long: u64) -> [u32; 2] {
    [long as u32, (long >> 32) as u32]
}

/// What the world of an episode is generated from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LevelSource {
    /// From seed and number of the episode alone.
    Seed,
    /// From the random stream as it was after the previous world was generated: steps do not draw from it.
    Worlds,
    /// From the random stream as it is after the steps of the previous episode: no world can be generated in advance.
    Play,
}

/// The kernel that draws pictures.
#[derive(Clone, Copy, Debug)]
pub struct PixelKernel {
    /// Path of the kernel's WGSL file.
    pub name: &'static str,
    /// Whether a group of invocations draws one picture, instead of a single invocation.
    pub group_each: bool,
}

/// A kernel that computes keys of the state.
///
/// It may declare rules, core, pace, `params` ([`super::key_words::params`]), state buffers by their names and `obs`; it writes `keys`.
/// For instances that begin an episode, `shaders/core/reset_list.wgsl` replaces `active.wgsl` and `row_of_reset.wgsl` replaces
/// `row_of_step.wgsl`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyKernel {
    /// Path of the kernel's WGSL file.
    pub name: &'static str,
}

/// The kernel that marks the instances whose next step is stochastic: the twin of [`super::world::Dynamics::is_stochastic`].
///
/// It declares rules, core and pace of forks, `params`, `state`. It writes `marks`, one word for each instance that was forked: 1 if a
/// step of one of its forks is stochastic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChanceKernel {
    /// Path of the kernel's WGSL file.
    pub name: &'static str,
    /// State buffers: index, name.
    pub state: &'static [(usize, &'static str)],
    /// Words of the buffer `params`.
    pub params: Vec<u32>,
}

/// Names of the fields of the rules that depend on the room in a growing buffer.
#[derive(Clone, Copy, Debug)]
pub struct RoomFields {
    /// Words of an instance in the buffer.
    pub words: &'static str,
    /// Number of entries for which there is room.
    pub capacity: &'static str,
    /// Maximum number of entries with which a step may begin.
    pub room: &'static str,
}

/// The kernels of a world: paths of WGSL files, replacements of their imports, and the rules that they read.
///
/// `step` declares `rules`, `core`, `pace` and state buffers by their names in [`super::spec::BufferSpec`]. `observe` also writes `obs`,
/// and `pixels` writes `pixels`.
#[derive(Clone, Debug)]
pub struct Kernels {
    /// Path of the kernel that does [`super::world::Dynamics::step_one`].
    pub step: &'static str,
    /// Path of the kernel that writes the observation.
    pub observe: &'static str,
    /// None if this world's pictures are not drawn on the GPU.
    pub pixels: Option<PixelKernel>,
    /// The file with `pose_cell` and `pose_achievement`, which read the state buffer [`super::spec::WorldSpec::shown`].
    pub pose: &'static str,
    /// Kernel that seeds the random stream of an episode whose world is taken from a pool, and the index of the stream's buffer.
    pub begin_stream: Option<(&'static str, usize)>,
    /// Imports to replace in these kernels: (path in the text, path that replaces it).
    pub instead: Vec<(&'static str, &'static str)>,
    /// The kernel of keys made of parts without `full`; for any key see [`Kernels::of_key`].
    pub keys: KeyKernel,
    /// The kernel of keys with `full`.
    pub keys_full: KeyKernel,
    /// The rules that the kernels read after the head.
    pub rules: Packed,
    /// Name of a state buffer that the kernels declare and this world does not have.
    pub absent: Option<&'static str>,
    /// Fields of the rules that depend on the room in the state buffer that grows.
    pub grows: Option<RoomFields>,
    /// What the world of an episode is generated from. It decides whether the world can be generated in advance.
    pub follows: LevelSource,
}

impl Kernels {
    /// The kernel that computes `key`.
    pub fn of_key(&self, key: Key) -> KeyKernel {
        if key.signs().is_some() {
            return KeyKernel { name: "shaders/shared/simhash.wgsl" };
        }
        if key.mask() & KeyPart::Full.bit() != 0 { self.keys_full.clone() } else { self.keys.clone() }
    }
}

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

    /// A field that says where a table begins.
    pub fn table(&mut self, name: &'static str, words: impl IntoIterator<Item = u32>) {
        self.field(name, self.tables.len() as u32);
        self.tables.extend(words);
    }

    /// Changes a field that is there.
    pub fn set(&mut self, name: &str, value: u32) {
        self.fields.iter_mut().filter(|(field, _)| *field == name).for_each(|(_, old)| *old = value);
    }

    /// Fields, then tables; at least one word of those, since no array of a kernel is empty.
    pub fn words(&self) -> Vec<u32> {
        let tables = if self.tables.is_empty() { &[0][..] } else { &self.tables };
        self.fields.iter().map(|(_, value)| *value).chain(tables.iter().copied()).collect()
    }
}

/// Low and high word of a number.
pub fn halves(long: u64) -> [u32; 2] {
    [long as u32, (long >> 32) as u32]
}

/// How the world of an episode follows from what was before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LevelSource {
    /// From seed and number of the episode alone.
    Seed,
    /// From the stream as the last world's making left it: play draws nothing from it.
    Worlds,
    /// From the stream as play left it: no world can be made ahead.
    Play,
}

/// The kernel that draws.
#[derive(Clone, Copy, Debug)]
pub struct PixelKernel {
    /// Path of the kernel's WGSL file.
    pub name: &'static str,
    /// A group of invocations draws one picture, not one invocation.
    pub group_each: bool,
}

/// A kernel that computes keys of the state.
///
/// It may declare rules, core, pace, `params` ([`super::key_words::params`]), state buffers by their names and `obs`; it writes `keys`. With
/// `shaders/core/reset_list.wgsl` for `active.wgsl` and `row_of_reset.wgsl` for `row_of_step.wgsl` it serves the instances that begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyKernel {
    /// Path of the kernel's WGSL file.
    pub name: &'static str,
}

/// The kernel that marks whose next step is stochastic: the twin of [`super::world::Dynamics::is_stochastic`].
///
/// It declares rules, core and pace of forks, `params`, `state`; it writes `marks`, a word for each instance that was forked, which is 1
/// where a step of one of its forks is stochastic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChanceKernel {
    /// Path of the kernel's WGSL file.
    pub name: &'static str,
    /// State buffers: index, name.
    pub state: &'static [(usize, &'static str)],
    /// Words of the buffer `params`.
    pub params: Vec<u32>,
}

/// Names of fields of the rules.
#[derive(Clone, Copy, Debug)]
pub struct RoomFields {
    /// Words of an instance in the buffer.
    pub words: &'static str,
    /// Entries that there is room for.
    pub capacity: &'static str,
    /// Entries with which a step may begin.
    pub room: &'static str,
}

/// The kernels of a world: paths of WGSL files, what stands in for their imports, and what they read.
///
/// `step` declares `rules`, `core`, `pace` and state buffers by their names in [`super::spec::BufferSpec`]; `observe` writes `obs` beside,
/// `pixels` writes `pixels`.
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
    /// Kernel that puts the stream buffer (its index) where an episode begins that takes a level of a pool.
    pub begin_stream: Option<(&'static str, usize)>,
    /// Imports to replace in these kernels: (path that the text imports, path that is taken instead).
    pub instead: Vec<(&'static str, &'static str)>,
    /// The kernel of keys made of parts without `full`; for any key see [`Kernels::of_key`].
    pub keys: KeyKernel,
    /// The kernel of keys with `full`.
    pub keys_full: KeyKernel,
    /// The rules that the kernels read after the head.
    pub rules: Packed,
    /// Name of a state buffer that the kernels declare and this world does not have.
    pub absent: Option<&'static str>,
    /// Fields of the rules that follow from how much room there is in the state buffer that grows.
    pub grows: Option<RoomFields>,
    /// What the world of an episode depends on, which decides whether it can be made ahead.
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

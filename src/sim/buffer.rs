//! The buffers that passes read and write, and how a pass names the buffers that it uses.

use std::sync::Arc;

/// A buffer of a batch. Those up to [`Buffer::Plugin`] are stored: an instance consists of its words in them ([`super::Layout`] has their
/// numbers). The others exist only on a GPU, except the tables, which all instances share on either backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Buffer {
    /// Action, reward, flags, episode, step, seed, fault ([`crate::envs::Core`]).
    Core,
    /// One of the family's state buffers, by its index in [`crate::envs::WorldSpec::buffers`].
    State(usize),
    /// The observation after the last step.
    Obs,
    /// The last observation of the episode that ended in the last step (same-step mode).
    FinalObs,
    /// The RGB picture after the last step, 3 bytes per pixel; no words if pixels are off.
    Pixels,
    /// Sums over the open episode ([`crate::shaders::core::tally`]).
    Tally,
    /// A bit for each cell that the open episode visited.
    Visited,
    /// Core and the shown state buffer at the end of the last episode.
    Last,
    /// 1 if an episode has begun and the plugin has not yet processed its first state.
    Fresh,
    /// One of the buffers of the plugin, by its index in [`super::StepPlugin::plugin_buffers`].
    Plugin(usize),
    /// Head, and the world's rules (`shaders/core/head.wgsl`).
    Rules,
    /// The reset list, and which instances are active (`shaders/core/pace.wgsl`).
    Pace,
    /// For each instance, the last episode for which a level is ready.
    Ready,
    /// Sums over finished episodes (`shaders/core/sums.wgsl`).
    Sums,
    /// Actions that the host has chosen.
    Actions,
    /// Levels that episodes begin with: rows of one state buffer.
    Levels(usize),
    /// Running hashes, low and high word.
    Hashes,
    /// Indices of the recorded instances.
    Recorded,
    /// The list of copies of this round: for each recorded instance the row of [`Buffer::Rows`] that it is copied to, or none.
    RecordSlots,
    /// `[rows, 2]`: 1 if the row of [`Buffer::Rows`] is filled, and the number of steps that the instance had then taken in the batch.
    Marks,
    /// `[rows, words]`: copies of one recorded buffer, by its index in [`super::schedule::recorded_buffers`].
    Rows(usize),
    /// One of the shared tables of the plugin.
    Table(usize),
    /// The results of a measure by forking.
    Reached(usize),
    /// One of the buffers that forks have in addition to their state, by its index in [`super::rollout::RolloutPasses::plugin`].
    Fork(usize),
}

impl Buffer {
    /// The name in kernels, unless a pass gives another one.
    pub fn default_name(self) -> &'static str {
        match self {
            Buffer::Core => "core",
            Buffer::State(_) => "state",
            Buffer::Obs => "obs",
            Buffer::FinalObs => "final_obs",
            Buffer::Pixels => "pixels",
            Buffer::Tally => "tally",
            Buffer::Visited => "visited",
            Buffer::Last => "last",
            Buffer::Fresh => "fresh",
            Buffer::Plugin(_) => "plugin",
            Buffer::Rules => "rules",
            Buffer::Pace => "pace",
            Buffer::Ready => "ready",
            Buffer::Sums => "sums",
            Buffer::Actions => "actions",
            Buffer::Levels(_) => "source",
            Buffer::Hashes => "hashes",
            Buffer::Recorded => "recorded",
            Buffer::RecordSlots => "record_slots",
            Buffer::Marks => "marks",
            Buffer::Rows(_) => "copied",
            Buffer::Table(_) => "table",
            Buffer::Reached(_) => "reached",
            Buffer::Fork(_) => "fork",
        }
    }

    /// Whether instances share it, so that no instance may write what another one has yet to read.
    pub fn is_shared(self) -> bool {
        matches!(self, Buffer::Table(_))
    }

    /// The buffer under the name that the kernel gives it.
    pub fn named(self, name: &'static str) -> Named {
        Named { name, what: BindingSource::Buffer(self) }
    }
}

/// What is bound to a name of a kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BindingSource {
    /// A buffer of the batch.
    Buffer(Buffer),
    /// Words that do not change.
    Constants(Arc<Vec<u32>>),
    /// A word that nothing reads: the kernel declares a buffer that this world, or this bonus, does not have.
    Absent,
}

/// A buffer and its name in the kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Name of the variable in the kernel's WGSL text.
    pub name: &'static str,
    /// What is bound to that name.
    pub what: BindingSource,
}

impl Named {
    /// Words that do not change, bound to `name`.
    pub fn constants(name: &'static str, words: Vec<u32>) -> Named {
        Named { name, what: BindingSource::Constants(Arc::new(words)) }
    }

    /// A buffer that the kernel declares as `name` and never reads, because this world or bonus has none.
    pub fn absent(name: &'static str) -> Named {
        Named { name, what: BindingSource::Absent }
    }
}

impl From<Buffer> for Named {
    fn from(buffer: Buffer) -> Named {
        buffer.named(buffer.default_name())
    }
}

/// How a pass uses a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// It only reads the buffer.
    Read,
    /// It writes the buffer, and may read it too: a kernel declares it as `read_write`.
    Write,
    /// It counts keys in a shared table, in any order.
    Insert,
    /// It adds the growth of counts to the sums of a shared table, after all insertions of this step.
    UpdateSum,
    /// As the kernel's text declares it: for state buffers, whose use the family defines.
    Declared,
    /// Not at all: the text declares the buffer for functions that this kernel does not call.
    Idle,
}

impl Use {
    /// Whether a pass that uses a shared buffer in this way may run while other instances still run a pass that uses it as in `before`.
    ///
    /// Insertions may come in any order, also while sums are updated: an instance that inserts later also updates the sum for its
    /// insertion.
    pub fn may_follow(self, before: Use) -> bool {
        matches!(
            (before, self),
            (Use::Idle, _) | (_, Use::Idle) | (Use::Read, Use::Read) | (Use::Insert, Use::Insert) | (Use::UpdateSum, Use::Insert)
        )
    }
}

/// A buffer, its name in the kernel, and how the pass uses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bind {
    /// The buffer, under the name that the kernel gives it.
    pub named: Named,
    /// How the pass uses the buffer.
    pub used: Use,
}

impl Bind {
    /// The shared buffer that is bound, if it is one.
    pub fn shared(&self) -> Option<Buffer> {
        match self.named.what {
            BindingSource::Buffer(buffer) => Some(buffer).filter(|buffer| buffer.is_shared()),
            BindingSource::Constants(_) | BindingSource::Absent => None,
        }
    }
}

//! The layout of a batch in memory: the stored buffers in the order of a snapshot, and the number of words of an instance in each.

use super::buffer::Buffer;
use super::plugin::StepPlugin;
use crate::envs::shared::packing::Kernels;
use crate::envs::{BufferSpec, Core, Lists, World};
use crate::shaders::core::tally;

/// The owner of a buffer, which defines the meaning of its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    Batch,
    World,
    Plugin,
}

/// A stored buffer: `[n_envs, words]` u32.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub buffer: Buffer,
    /// Name of a state buffer in kernels of the world. Several of the plugin's buffers may have the same name.
    pub name: &'static str,
    /// Number of words of an instance.
    pub words: usize,
    /// Type of the elements in the words.
    pub element: &'static str,
    pub owner: Owner,
    pub meaning: String,
}

/// The stored buffers. State buffers that grow have their current number of words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    entries: Vec<Entry>,
    n_state: usize,
    /// State buffers that grow: index, name, lists.
    growing: Vec<(usize, &'static str, Lists)>,
}

impl Layout {
    /// The layout before any buffer has grown.
    pub fn of(world: &dyn World, plugin: Option<&dyn StepPlugin>) -> Layout {
        let spec = world.spec();
        let entry = |buffer: Buffer, words, element, meaning: &str| {
            let (name, owner, meaning) = (buffer.default_name(), Owner::Batch, meaning.to_string());
            Entry { buffer, name, words, element, owner, meaning }
        };
        let cells = (spec.size.0 * spec.size.1) as usize;
        let mut entries = vec![entry(Buffer::Core, Core::WORDS, "u32", "action, reward, flags, episode, step, seed, fault")];
        entries.extend(spec.buffers.iter().enumerate().map(|(b, own)| Entry {
            name: own.name,
            owner: Owner::World,
            ..entry(Buffer::State(b), own.words, "u32", &own.about)
        }));
        let shown = spec.buffers[spec.shown].words;
        entries.extend([
            entry(Buffer::Obs, spec.obs_words(), "u8", "the observation after the last step"),
            entry(Buffer::FinalObs, spec.obs_words(), "u8", "the last observation of the episode that ended in the last step"),
            entry(Buffer::Pixels, spec.pixel_words(), "u8", "RGB picture, rows from top to bottom"),
            entry(Buffer::Tally, tally::WORDS, "u32", "sums over the open episode: return, cells, achievements"),
            entry(Buffer::Visited, cells.div_ceil(32), "bit", "cells that the open episode visited"),
            entry(Buffer::Last, Core::WORDS + shown, "u32", "core and shown state as the last episode ended"),
        ]);
        if let Some(plugin) = plugin {
            entries.push(entry(Buffer::Fresh, 1, "u32", "1 if a first state has not been taken in"));
            entries.extend(plugin.plugin_buffers().iter().enumerate().map(|(k, buffer)| Entry {
                name: buffer.name,
                owner: Owner::Plugin,
                ..entry(Buffer::Plugin(k), buffer.words, "u32", "the plugin's to say")
            }));
        }
        let growing = spec.growing().map(|(b, lists)| (b, spec.buffers[b].name, lists)).collect();
        Layout { entries, n_state: spec.buffers.len(), growing }
    }

    /// All stored buffers, in the order of a snapshot.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Index of a buffer in that order; None if it is not stored.
    pub fn index(&self, buffer: Buffer) -> Option<usize> {
        // There are few entries, and a call looks each buffer up once.
        self.entries.iter().position(|entry| entry.buffer == buffer)
    }

    /// Number of words of an instance in a buffer; 0 if it is not stored.
    pub fn words(&self, buffer: Buffer) -> usize {
        self.index(buffer).map_or(0, |k| self.entries[k].words)
    }

    /// Number of words of an instance in all stored buffers, in their order.
    pub fn each(&self) -> Vec<usize> {
        self.entries.iter().map(|entry| entry.words).collect()
    }

    /// Number of words of an instance in each state buffer.
    pub fn state(&self) -> Vec<usize> {
        (0..self.n_state).map(|b| self.words(Buffer::State(b))).collect()
    }

    /// Core, then the state buffers: what a checksum covers, and what rows of recorded instances hold.
    pub fn core_and_state(&self) -> impl Iterator<Item = Buffer> + use<> {
        std::iter::once(Buffer::Core).chain((0..self.n_state).map(Buffer::State))
    }

    /// Whether the world has a state buffer that grows.
    pub fn grows(&self) -> bool {
        !self.growing.is_empty()
    }

    /// State buffers that grow: index, lists.
    pub fn growing(&self) -> impl Iterator<Item = (usize, Lists)> {
        self.growing.iter().map(|(b, _, lists)| (*b, *lists))
    }

    /// The lists of a buffer; None if it does not grow.
    pub fn lists_of(&self, buffer: Buffer) -> Option<Lists> {
        self.growing().find(|(b, _)| buffer == Buffer::State(*b)).map(|(_, lists)| lists)
    }

    /// Adds room for `steps` steps during which nothing can grow, from states with at most `used` entries in a row, a number for each
    /// growing buffer.
    pub fn with_room(mut self, used: &[usize], steps: usize) -> Layout {
        for ((b, _, lists), used) in self.growing.iter().zip(used) {
            let least = lists.words_for(*used, steps);
            self.entries
                .iter_mut()
                .filter(|entry| entry.buffer == Buffer::State(*b))
                .for_each(|entry| entry.words = entry.words.max(least));
        }
        self
    }

    /// Number of words of a row of a buffer of this world, or of its keyed model.
    pub fn words_of(&self, buffer: &BufferSpec) -> usize {
        let same = self.growing.iter().find(|(_, name, _)| *name == buffer.name && buffer.grows.is_some());
        same.map_or(buffer.words, |(b, _, _)| self.words(Buffer::State(*b)))
    }

    /// The rules that kernels read, for buffers of this layout. Instances take `steps` steps before their room is checked again; 0 if
    /// none of them can need more.
    pub fn rules(&self, kernels: &Kernels, steps: usize) -> Vec<u32> {
        let mut rules = kernels.rules.clone();
        if let (Some(fields), Some((b, _, lists))) = (&kernels.grows, self.growing.first()) {
            let words = self.words(Buffer::State(*b));
            rules.set(fields.words, words as u32);
            rules.set(fields.capacity, lists.capacity(words) as u32);
            rules.set(fields.room, lists.room(words, steps) as u32);
        }
        rules.words()
    }
}

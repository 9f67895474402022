//! Words that an instance takes in every buffer of a batch.

use super::beside::Beside;
use super::work::Tally;
use crate::envs::shared::packing::Kernels;
use crate::envs::{BufferSpec, Core, Lists, World};

/// Words an instance of every buffer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    pub state: Vec<usize>,
    pub obs_words: usize,
    pub pixel_words: usize,
    pub visited_words: usize,
    /// Core, and the state buffer that says where a player is and what it has.
    pub last_words: usize,
    /// That state buffer.
    pub shown: usize,
    /// Of what runs beside, a word that says whether an episode is fresh before them; empty without that.
    pub extras: Vec<usize>,
    /// State buffers that grow: index, name, how.
    growing: Vec<(usize, &'static str, Lists)>,
}

impl Shape {
    /// Before anything has grown.
    pub fn of(world: &dyn World, beside: Option<&dyn Beside>) -> Shape {
        let spec = world.spec();
        Shape {
            state: spec.buffers.iter().map(|b| b.words).collect(),
            obs_words: spec.obs_words(),
            pixel_words: spec.pixel_words(),
            visited_words: ((spec.size.0 * spec.size.1) as usize).div_ceil(32),
            shown: spec.shown,
            last_words: Core::WORDS + spec.buffers[spec.shown].words,
            extras: beside.map_or(Vec::new(), |beside| [1].into_iter().chain(beside.extras().iter().map(|e| e.words)).collect()),
            growing: spec.growing().map(|(b, lists)| (b, spec.buffers[b].name, lists)).collect(),
        }
    }

    /// In the order of a snapshot: core, state, obs, final_obs, pixels, tally, visited, last, and with something beside: fresh, extras.
    pub fn each(&self) -> Vec<usize> {
        let rest = [self.obs_words, self.obs_words, self.pixel_words, Tally::WORDS, self.visited_words, self.last_words];
        [&[Core::WORDS][..], &self.state, &rest, &self.extras].concat()
    }

    /// Place of the extras in that order.
    pub fn first_extra(&self) -> usize {
        1 + self.state.len() + 7
    }

    pub fn grows(&self) -> bool {
        !self.growing.is_empty()
    }

    /// State buffers that grow: index, how.
    pub fn growing(&self) -> impl Iterator<Item = (usize, Lists)> {
        self.growing.iter().map(|(b, _, lists)| (*b, *lists))
    }

    /// Room for `steps` steps in which nothing can grow, from states such as `used` has: for each buffer that grows the most entries of a row.
    pub fn with_room(mut self, used: &[usize], steps: usize) -> Shape {
        for ((b, _, lists), used) in self.growing.iter().zip(used) {
            self.state[*b] = self.state[*b].max(lists.words_for(*used, steps));
        }
        self
    }

    /// Words a row of a buffer of this world, or of the same world as it is dreamt of.
    pub fn words_of(&self, buffer: &BufferSpec) -> usize {
        let same = self.growing.iter().find(|(_, name, _)| *name == buffer.name && buffer.grows.is_some());
        same.map_or(buffer.words, |(b, _, _)| self.state[*b])
    }

    /// The rules that kernels read, for buffers of this shape, in which instances take `steps` steps before there is a look at their room; 0
    /// if none of them can need more.
    pub fn rules(&self, kernels: &Kernels, steps: usize) -> Vec<u32> {
        let mut rules = kernels.rules.clone();
        if let (Some(fields), Some((b, _, lists))) = (&kernels.grows, self.growing.first()) {
            rules.set(fields.words, self.state[*b] as u32);
            rules.set(fields.capacity, lists.capacity(self.state[*b]) as u32);
            rules.set(fields.room, lists.room(self.state[*b], steps) as u32);
        }
        rules.words()
    }
}

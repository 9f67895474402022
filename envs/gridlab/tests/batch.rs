//! A small batch for the tests.

use super::super::GridLab;
use super::step::word;
use crate::envs::shared::block::Block;
use crate::envs::shared::catalog::{self, LoadError, Options, Source};
use crate::envs::shared::core::Core;
use crate::envs::shared::world::{Describe, Dynamics};

pub fn world(id: &str) -> GridLab {
    let source = catalog::find(id).unwrap_or_else(|e| panic!("{e}"));
    GridLab::new(&source, &Options::default()).unwrap_or_else(|e| panic!("{e}"))
}

pub fn from_text(text: &str, options: &Options) -> Result<GridLab, LoadError> {
    GridLab::new(&Source { id: "test.toml".into(), text: text.into(), folder: None }, options)
}

/// A world with the moves N, S, E, W, stay, unless `extra` sets `actions`. `extra` holds more lines of its ruleset.
pub fn drawn(map: &str, extra: &str) -> GridLab {
    from_text(&ruleset(map, extra), &Options::default()).unwrap_or_else(|e| panic!("{e}"))
}

pub fn ruleset(map: &str, extra: &str) -> String {
    let actions = if extra.contains("actions =") { "" } else { "actions = \"NSEW+stay\"\n" };
    format!("family = \"gridlab\"\n{actions}max_steps = 50\nlayout = \"cells\"\nmap = '''\n{map}\n'''\n{extra}")
}

pub const N: u32 = 0;
pub const S: u32 = 1;
pub const E: u32 = 2;
pub const W: u32 = 3;
pub const STAY: u32 = 4;

/// Buffers of n instances, instance i with seed `seed + i`.
pub struct Batch {
    pub n: usize,
    pub core: Vec<u32>,
    pub grid: Vec<u32>,
    pub obs: Vec<u32>,
    pub pixels: Vec<u32>,
}

impl Batch {
    pub fn new(world: &GridLab, n: usize, seed: u64) -> Self {
        let spec = world.spec();
        let mut batch = Batch {
            n,
            core: vec![0; n * Core::WORDS],
            grid: vec![0xdead_beef; n * spec.buffers[0].words],
            obs: vec![0xdead_beef; n * spec.obs_words()],
            pixels: vec![0xdead_beef; n * spec.pixel_words()],
        };
        for i in 0..n {
            let seed = seed.wrapping_add(i as u64);
            let core = &mut batch.core[i * Core::WORDS..(i + 1) * Core::WORDS];
            core[Core::SEED_LO] = seed as u32;
            core[Core::SEED_HI] = (seed >> 32) as u32;
        }
        (0..n).for_each(|i| batch.reset(world, i));
        batch
    }

    pub fn block(&mut self) -> Block<'_> {
        Block {
            first: 0,
            n: self.n,
            core: &mut self.core,
            state: vec![(&mut self.grid).into()],
            obs: &mut self.obs,
            pixels: &mut self.pixels,
        }
    }

    /// Begins the next episode of instance i.
    pub fn reset(&mut self, world: &GridLab, i: usize) {
        let core = &mut self.core[i * Core::WORDS..(i + 1) * Core::WORDS];
        core[Core::EPISODE] += 1;
        core[Core::STEP] = 0;
        core[Core::FLAGS] = 0;
        world.begin_stream(i, &mut self.block());
        world.generate(i, &mut self.block());
        world.observe_one(i, &mut self.block());
    }

    /// One step of instance i; returns reward in units and flags.
    pub fn act(&mut self, world: &GridLab, i: usize, action: u32) -> (i32, u32) {
        self.core[i * Core::WORDS + Core::ACTION] = action;
        world.step_one(i, &mut self.block());
        world.observe_one(i, &mut self.block());
        (self.core[i * Core::WORDS + Core::REWARD] as i32, self.core[i * Core::WORDS + Core::FLAGS])
    }

    pub fn grid(&self, i: usize) -> &[u32] {
        let words = self.grid.len() / self.n;
        &self.grid[i * words..(i + 1) * words]
    }

    /// (x, y) of instance i.
    pub fn at(&self, i: usize) -> (u32, u32) {
        (self.grid(i)[word::X], self.grid(i)[word::Y])
    }

    pub fn place(&mut self, i: usize, (x, y): (u32, u32)) {
        let words = self.grid.len() / self.n;
        self.grid[i * words + word::X] = x;
        self.grid[i * words + word::Y] = y;
    }
}

/// Plays the actions from the start of an episode in instance 0 and returns where each step ended.
pub fn walk(world: &GridLab, actions: &[u32]) -> Vec<(u32, u32)> {
    let mut batch = Batch::new(world, 1, 7);
    actions
        .iter()
        .map(|&action| {
            batch.act(world, 0, action);
            batch.at(0)
        })
        .collect()
}

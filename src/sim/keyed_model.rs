//! Forks on which agents and measures try actions.
//!
//! A fork must not reveal the future of its instance. It is therefore an instance of a keyed model: the same world on the `keyed` stream.
//! The key of a fork is made from the seed, episode and step of the instance, and a noise index. Forks with equal noise indices have the
//! same noise, so they differ only by their actions. No fork has the noise of the world. The same functions step forks and the batch.
//! Forks never begin a new episode: a fork whose episode has ended stays as it is.

use std::sync::Arc;

use crate::envs::catalog::{Options, Source, load_source};
use crate::envs::shared::stored::relaid;
use crate::envs::{Block, BufferSpec, Core, Stored, World, WorldSpec};
use crate::error::{Error, Result};
use crate::shaders::core::after_fork_step::after_fork_step;
use crate::shaders::core::before_fork_step::before_fork_step;
use crate::shaders::core::fork::{NO_SALT, fork};

/// The same world on the `keyed` stream.
#[derive(Clone, Debug)]
pub struct KeyedModel {
    world: Arc<dyn World>,
    /// For each state buffer of the model, the index of that buffer in the world.
    from: Vec<usize>,
    /// For each state buffer of the model, its own index.
    own: Vec<usize>,
}

impl KeyedModel {
    /// The keyed model of a world, loaded from the world's resolved ruleset.
    ///
    /// # Errors
    /// If the ruleset cannot be loaded again, or the model has other state buffers than the world.
    pub fn of(world: &dyn World) -> Result<KeyedModel> {
        let spec = world.spec();
        let source = Source { id: spec.id.clone(), text: spec.toml.clone(), folder: None };
        let model = load_source(&source, &Options { keyed: true, ..Options::default() })?;
        let place = |name: &str| spec.buffers.iter().position(|b| b.name == name);
        let same = |p: usize, b: &BufferSpec| spec.buffers[p].words == b.words && spec.buffers[p].grows == b.grows;
        let from = model.spec().buffers.iter().map(|b| place(b.name).filter(|p| same(*p, b)));
        let from = from.collect::<Option<Vec<usize>>>();
        let odd = || Error::Data(format!("{}: its buffers are not those of the same world on the keyed stream", spec.id));
        let own = (0..model.spec().buffers.len()).collect();
        Ok(KeyedModel { from: from.ok_or_else(odd)?, own, world: model })
    }

    /// The world of the forks, which is on the `keyed` stream.
    pub fn world(&self) -> &Arc<dyn World> {
        &self.world
    }

    /// For each state buffer of the model, the index of that buffer in the world.
    pub fn sources(&self) -> &[usize] {
        &self.from
    }

    /// [`KeyedModel::sources`] for sources that are forks themselves.
    pub fn fork_sources(&self) -> &[usize] {
        &self.own
    }

    /// Allocates room for `n` forks.
    pub fn forks(&self, n: usize) -> Forks {
        let spec = self.world.spec();
        Forks {
            n,
            core: vec![0; n * Core::WORDS],
            state: spec.buffers.iter().map(|b| vec![0; n * b.words]).collect(),
            obs: vec![0; n * spec.obs_words()],
        }
    }

    /// Makes fork `k` a copy of instance `i` of `block` with noise index `noise_index`.
    pub fn fork(&self, block: &Block, i: usize, forks: &mut Forks, k: usize, noise_index: u32) {
        self.fork_salted(block, i, forks, k, (noise_index, NO_SALT));
    }

    /// [`KeyedModel::fork`] with a salt (see [`crate::shaders::core::fork::salted_noise_seed`]).
    pub fn fork_salted(&self, block: &Block, i: usize, forks: &mut Forks, k: usize, (noise_index, salt): (u32, u32)) {
        let core = &mut forks.core[k * Core::WORDS..(k + 1) * Core::WORDS];
        core.copy_from_slice(block.core_of(i));
        fork(core, noise_index, salt);
        for (b, from) in self.from.iter().enumerate() {
            forks.set_row(self.world.spec(), b, k, block.row(*from, i));
        }
    }

    /// Makes fork `to` of `targets` a copy of fork `from` of `sources`.
    pub fn copy(&self, sources: &Forks, from: usize, targets: &mut Forks, to: usize) {
        let copy = |target: &mut [u32], source: &[u32], each: usize| {
            target[to * each..(to + 1) * each].copy_from_slice(&source[from * each..(from + 1) * each]);
        };
        copy(&mut targets.core, &sources.core, Core::WORDS);
        for (b, source) in sources.state.iter().enumerate() {
            let each = source.len() / sources.n;
            targets.set_row(self.world.spec(), b, to, &source[from * each..(from + 1) * each]);
        }
        copy(&mut targets.obs, &sources.obs, self.world.spec().obs_words());
    }

    /// Steps the first `n` forks with the actions in their core, and observes them. Forks whose episode has ended stay as they are, with
    /// a reward of 0. A fork that reaches a limit of its ruleset ends there; too little room for objects is not such a limit.
    pub fn step(&self, forks: &mut Forks, n: usize) {
        self.advance(forks, n, true);
    }

    /// [`KeyedModel::step`] that writes observations only if `observe` is set: they cost as much as the step.
    pub fn advance(&self, forks: &mut Forks, n: usize, observe: bool) {
        forks.core[..n * Core::WORDS].chunks_exact_mut(Core::WORDS).for_each(before_fork_step);
        let mut block = forks.block(n);
        self.world.step(&mut block);
        if observe {
            self.world.observe(&mut block);
        }
        let grown: Vec<Option<Vec<u32>>> = block.state.into_iter().map(Stored::grown).collect();
        for (b, words) in grown.into_iter().enumerate().filter_map(|(b, words)| Some((b, words?))) {
            forks.grow(self.world.spec(), b, words.len() / n);
            forks.state[b][..words.len()].copy_from_slice(&words);
        }
        forks.core[..n * Core::WORDS].chunks_exact_mut(Core::WORDS).for_each(after_fork_step);
    }
}

/// Forks of instances.
#[derive(Clone, Debug, Default)]
pub struct Forks {
    n: usize,
    core: Vec<u32>,
    state: Vec<Vec<u32>>,
    obs: Vec<u32>,
}

impl Forks {
    /// Number of forks for which there is room.
    pub fn len(&self) -> usize {
        self.n
    }

    /// Whether there is room for no fork.
    pub fn is_empty(&self) -> bool {
        self.n == 0
    }

    /// Lays the rows of state buffer `b` out with `words` words each.
    fn grow(&mut self, spec: &WorldSpec, b: usize, words: usize) {
        if let Some(lists) = spec.buffers[b].grows {
            self.state[b] = relaid(&self.state[b], lists, self.n, words);
        }
    }

    /// Writes a row of state buffer `b` to fork `k`; all forks get the room that it needs for a step.
    fn set_row(&mut self, spec: &WorldSpec, b: usize, k: usize, row: &[u32]) {
        let each = self.state[b].len() / self.n;
        let Some(lists) = spec.buffers[b].grows else {
            return self.state[b][k * each..(k + 1) * each].copy_from_slice(row);
        };
        let least = lists.words_for(row[0] as usize, 1);
        if least > each {
            self.grow(spec, b, least.max(row.len()));
        }
        let each = self.state[b].len() / self.n;
        lists.lay(row, &mut self.state[b][k * each..(k + 1) * each]);
    }

    /// The first `n` forks as a block.
    pub fn block(&mut self, n: usize) -> Block<'_> {
        let each = |words: &Vec<u32>| words.len() / self.n.max(1);
        let (obs, state): (usize, Vec<usize>) = (each(&self.obs), self.state.iter().map(each).collect());
        Block {
            first: 0,
            n,
            core: &mut self.core[..n * Core::WORDS],
            state: self.state.iter_mut().zip(state).map(|(words, each)| Stored::from(&mut words[..n * each])).collect(),
            obs: &mut self.obs[..n * obs],
            pixels: &mut [],
        }
    }

    /// The core words of fork `k`, `[Core::WORDS]`.
    pub fn core(&self, k: usize) -> &[u32] {
        &self.core[k * Core::WORDS..(k + 1) * Core::WORDS]
    }

    /// Sets the next action of fork `k`.
    pub fn act(&mut self, k: usize, action: u32) {
        self.core[k * Core::WORDS + Core::ACTION] = action;
    }

    /// Whether the episode of fork `k` is over, terminated or truncated.
    pub fn is_done(&self, k: usize) -> bool {
        self.core(k)[Core::FLAGS] & Core::DONE != 0
    }

    /// The observation of fork `k`, bytes in words.
    pub fn obs(&self, k: usize) -> &[u32] {
        let each = self.obs.len() / self.n.max(1);
        &self.obs[k * each..(k + 1) * each]
    }
}

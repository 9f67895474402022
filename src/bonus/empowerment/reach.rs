//! States that are reached under given noise: a breadth-first search over open-loop sequences of actions, which follows each distinct state
//! once.
//!
//! Following equal states once loses nothing. The forks of a root with one noise index have the same seed, episode and step, and a word of
//! the keyed stream is a function of (seed, episode, step, which entity draws, number of the draw): the stream has no other state. Two
//! forks that are equal in all state except the stream after the same number of steps therefore have equal futures, whatever draws they
//! made before. With a sequential stream this would be false, and branches would not share their noise: one draw more or less would shift
//! all later noise.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

use super::pool::{Pool, batch_size, fork_bytes};
use super::{MAX_FRONTIER_BYTES, Outcome};
use crate::envs::shared::key::{Key, KeyPart};
use crate::envs::{Block, Stochasticity, World};
use crate::error::{Error, Result};
use crate::shaders::bonus::ends as distinct;
use crate::shaders::core::fork::NO_SALT;
use crate::sim::keyed_model::{Forks, KeyedModel};

/// Everything that is stored except stream and clock. States with equal keys at the same step have the same futures.
const FULL: Key = Key::of(&[KeyPart::Full]);

/// Limits of a search.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Actions of a sequence.
    pub horizon: u32,
    /// Forked steps.
    pub forks: u64,
}

/// Buffers for searches in one world, kept between searches.
#[derive(Debug)]
pub struct ReachSearch<'d> {
    pub(super) model: &'d KeyedModel,
    layer: Pool,
    next: Pool,
    pub(super) work: Forks,
    seen: BTreeSet<u64>,
    hashes: Vec<u64>,
    /// Forked steps since the search was made.
    pub forked_steps: u64,
    /// Whether a step of a fork of the last search was stochastic ([`crate::envs::Dynamics::is_stochastic`]). If none was, the ends are the
    /// same for every noise index: noise that is not drawn changes nothing.
    pub random: bool,
    /// Roots with the same seed, episode and step have different noise if their salts differ
    /// ([`crate::shaders::core::fork::salted_noise_seed`]).
    pub salt: u32,
    /// Whether a standard error is computed for counted channels.
    pub errors: bool,
    /// Set by the caller to stop the search.
    pub stop: Option<&'d AtomicBool>,
}

impl<'d> ReachSearch<'d> {
    /// A search with empty buffers, without a salt, that computes standard errors.
    pub fn new(model: &'d KeyedModel) -> ReachSearch<'d> {
        let each = batch_size(model);
        ReachSearch {
            model,
            layer: Pool::new(each),
            next: Pool::new(each),
            work: model.forks(each),
            seen: BTreeSet::new(),
            hashes: Vec::new(),
            forked_steps: 0,
            random: false,
            salt: NO_SALT,
            errors: true,
            stop: None,
        }
    }

    /// Disables the standard error of counted channels.
    #[must_use]
    pub fn without_errors(mut self) -> ReachSearch<'d> {
        self.errors = false;
        self
    }

    /// Makes the search stop once `stop` is set.
    #[must_use]
    pub fn stopped_by(mut self, stop: Option<&'d AtomicBool>) -> ReachSearch<'d> {
        self.stop = stop;
        self
    }

    /// # Errors
    /// [`Error::Interrupted`] if the search is to stop.
    pub(super) fn go_on(&self) -> Result<()> {
        match self.stop {
            Some(stop) if stop.load(Ordering::Relaxed) => Err(Error::Interrupted),
            _ => Ok(()),
        }
    }

    /// Returns the distinct ends of all sequences of `bounds.horizon` actions from the instance `root`, with noise index `noise_index`.
    /// `end` is the end feature. All forks whose episode ended are one end, whatever their feature is.
    ///
    /// # Errors
    /// [`Error::Usage`] with the horizon that fits, if there are more forks than `bounds` allows or more distinct states than
    /// [`MAX_FRONTIER_BYTES`] hold; [`Error::Interrupted`] if the search is stopped.
    pub fn ends(
        &mut self,
        root: (&Block, usize),
        noise_index: u32,
        bounds: Bounds,
        end: &EndFeature,
    ) -> Result<BTreeSet<Outcome>> {
        let actions = u64::from(self.model.world().spec().num_actions());
        let mut ends = BTreeSet::new();
        self.layer.clear();
        self.model.fork_salted(root.0, root.1, &mut self.work, 0, (noise_index, self.salt));
        let stochasticity = self.model.world().stochasticity(end.key());
        self.random = stochasticity == Stochasticity::Always;
        let by_step = matches!(stochasticity, Stochasticity::ByStep(_));
        self.layer.push(self.model, &self.work, 0);
        let mut spent = 0;
        for step in 1..=bounds.horizon {
            spent += self.layer.len() as u64 * actions;
            if spent > bounds.forks {
                return Err(self.too_many(step, spent, bounds));
            }
            let last = step == bounds.horizon;
            self.expand((last, by_step), end, &mut ends)?;
            if self.next.len() * fork_bytes(self.model) > MAX_FRONTIER_BYTES {
                return Err(self.too_wide(step, bounds));
            }
            std::mem::swap(&mut self.layer, &mut self.next);
            if self.layer.len() == 0 {
                break;
            }
        }
        self.forked_steps += spent;
        Ok(ends)
    }

    /// Steps every fork of the layer with every action. New states go to the next layer; states after the last step, and of ended episodes,
    /// go into `ends`. With `by_step`, checks for each step whether it is stochastic.
    fn expand(&mut self, (last, by_step): (bool, bool), end: &EndFeature, ends: &mut BTreeSet<Outcome>) -> Result<()> {
        let (model, actions) = (self.model, self.model.world().spec().num_actions() as usize);
        let todo = self.layer.len() * actions;
        self.next.clear();
        self.seen.clear();
        for first in (0..todo).step_by(self.work.len()) {
            self.go_on()?;
            let n = self.work.len().min(todo - first);
            for k in 0..n {
                let (parent, action) = ((first + k) / actions, (first + k) % actions);
                self.layer.take(model, parent, &mut self.work, k, action as u32);
            }
            if by_step && !self.random {
                let block = self.work.block(n);
                self.random = (0..n).any(|k| model.world().is_stochastic(end.key(), k, &block));
            }
            model.advance(&mut self.work, n, last && end.reads_obs());
            let block = self.work.block(n);
            self.hashes.clear();
            let world = &**model.world();
            self.hashes.extend((0..n).map(|k| if last { end.of(world, &block, k) } else { world.key(FULL, k, &block) }));
            for (k, hash) in self.hashes.iter().enumerate() {
                if last || self.work.is_done(k) {
                    distinct::ends(ends, self.work.is_done(k), *hash);
                } else if self.seen.insert(*hash) {
                    self.next.push(model, &self.work, k);
                }
            }
        }
        Ok(())
    }

    fn too_many(&self, step: u32, spent: u64, bounds: Bounds) -> Error {
        let fits = match step - 1 {
            0 => "not even horizon 1 fits".to_string(),
            fits => format!("horizon {fits} fits"),
        };
        Error::Usage(format!(
            "horizon {}: {} states differ after {} steps, and stepping each with every action makes {spent} forks of one root, more than {}; \
             {fits}",
            bounds.horizon,
            self.layer.len(),
            step - 1,
            bounds.forks,
        ))
    }

    fn too_wide(&self, step: u32, bounds: Bounds) -> Error {
        Error::Usage(format!(
            "horizon {}: the {} states that differ after {step} steps take more than {} MiB; horizon {step} fits",
            bounds.horizon,
            self.next.len(),
            MAX_FRONTIER_BYTES >> 20
        ))
    }
}

/// What counts as the same end.
pub enum EndFeature<'a> {
    /// Ends with equal keys are the same.
    Key(Key),
    /// Any other feature of a state. The observation is that of the state.
    By(&'a (dyn Fn(&Block, usize) -> u64 + Sync)),
}

impl EndFeature<'_> {
    /// The key of the feature; None if the feature is a function.
    pub(super) fn key(&self) -> Option<Key> {
        match self {
            EndFeature::Key(key) => Some(*key),
            EndFeature::By(_) => None,
        }
    }

    pub(super) fn reads_obs(&self) -> bool {
        match self {
            EndFeature::Key(key) => key.reads_obs(),
            EndFeature::By(_) => true,
        }
    }

    pub(super) fn of(&self, world: &dyn World, block: &Block, k: usize) -> u64 {
        match self {
            EndFeature::Key(key) => world.key(*key, k, block),
            EndFeature::By(feature) => feature(block, k),
        }
    }
}

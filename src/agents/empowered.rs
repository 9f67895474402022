//! Acts so that as much as possible can be brought about: takes the action whose imagined outcome has the largest empowerment.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::bonus::empowerment::{DREAMS, Empowerment, Mode, Search, default_key};
use crate::envs::shared::key::Key;
use crate::envs::{Core, World};
use crate::error::{Error, Result};
use crate::shaders::agent::lookahead::{DISCOUNT_ONE, choose};
use crate::sim::card::Chooser;
use crate::sim::card::beside::{Bind, CardWork};
use crate::sim::card::dreams::{Imagined, Imagining};
use crate::sim::card::forks::Whom;
use crate::sim::dream::{Dream, Forks};
use crate::sim::{Agent, Work};

pub const NAME: &str = "empowerment";

/// What is measured of outcomes.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// Actions of a sequence, counted from the outcome.
    pub horizon: u32,
    /// Dreams over which frozen noise is averaged; 1 takes dream 0 alone.
    pub dreams: u32,
    /// What is seen of where a sequence ends; the family's usual one unless said (see docs/empowerment.md).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<Key>,
}

impl Default for Options {
    fn default() -> Self {
        Options { horizon: 2, dreams: 1, key: None }
    }
}

impl Options {
    /// With the key that is usual in `world` if none is said.
    ///
    /// # Errors
    /// [`Error::Usage`] on a horizon, dreams or a key that cannot be.
    pub fn resolve(self, world: &dyn World) -> Result<Options> {
        let options = Options { key: Some(self.key.unwrap_or_else(|| default_key(world))), ..self };
        options.measure(world)?;
        Ok(options)
    }

    fn measure(&self, world: &dyn World) -> Result<Empowerment> {
        if self.dreams == 0 || self.dreams > 64 * DREAMS {
            return Err(Error::Usage(format!("agent {NAME}: dreams = {} is not from 1 to {}", self.dreams, 64 * DREAMS)));
        }
        let mode = if self.dreams == 1 { Mode::Exact } else { Mode::Frozen { dreams: self.dreams } };
        Empowerment::new(world, self.horizon, mode, self.key.unwrap_or_else(|| default_key(world)))
    }
}

/// Greedy on the empowerment of the successor; ties are broken by the agent's own chance.
#[derive(Debug)]
pub struct Empowered {
    seed: u64,
    measure: Empowerment,
    dream: Dream,
    /// Steps that forks have taken.
    forked: Arc<AtomicU64>,
    /// The same on a card; None if it cannot be done there.
    imagining: Option<Arc<Imagining>>,
}

impl Empowered {
    /// # Errors
    /// See [`Options::resolve`].
    pub fn new(world: &dyn World, options: &Options, seed: u64) -> Result<Empowered> {
        let (measure, dream) = (options.measure(world)?, Dream::of(world)?);
        let forked = Arc::default();
        let imagining = imagining(&measure, &dream, seed, &forked).map(Arc::new);
        Ok(Empowered { seed, measure, dream, forked, imagining })
    }

    /// The value of each action for instance `i`, in units of 2^-20 bits; an outcome that takes more forks than there may be is worth
    /// as much as there are forks: it cannot be told apart from the largest.
    fn values(&self, work: &Work, i: usize, forks: &mut Forks, search: &mut Search, values: &mut [i32]) {
        let n = values.len();
        for a in 0..n {
            self.dream.fork(&work.block, i, forks, a, 0);
            forks.act(a, a as u32);
        }
        self.dream.step(forks, n);
        let block = forks.block(n);
        for (a, value) in values.iter_mut().enumerate() {
            *value = self.measure.measure(search, &block, a).map_or(i32::MAX, |measured| measured.q20());
        }
    }
}

/// One step with each action, and what can be reached from where it led to.
fn imagining(measure: &Empowerment, dream: &Dream, seed: u64, forked: &Arc<AtomicU64>) -> Option<Imagining> {
    let reach = measure.reach(dream)?;
    let imagined = Imagined {
        // Keys that nobody looks at.
        beside: vec![0],
        keys: None,
        n_keys: 0,
        totals: Bind::Reached(0),
        observes: false,
        passes: vec![CardWork::Reach(0, Whom::Stepped)],
        reaches: vec![reach],
    };
    let (dream, gamma, forked) = (dream.clone(), DISCOUNT_ONE, forked.clone());
    Some(Imagining { seed, dream, rollouts: 1, depth: 1, gamma, imagined, forked, most_forks: 0 })
}

impl Agent for Empowered {
    fn name(&self) -> &'static str {
        NAME
    }

    fn forked(&self) -> Option<&AtomicU64> {
        Some(&self.forked)
    }

    fn on_card(&self) -> Option<Chooser> {
        self.imagining.clone().map(Chooser::Imagined)
    }

    fn choose(&self, work: &mut Work) {
        let num_actions = work.world.spec().num_actions();
        let mut forks = self.dream.forks(num_actions as usize);
        let mut search = Search::new(&self.dream);
        let mut values = vec![0; num_actions as usize];
        for i in 0..work.block.n {
            self.values(work, i, &mut forks, &mut search, &mut values);
            let action = choose(self.seed, num_actions, &values, work.block.core_of(i));
            work.block.core_mut(i)[Core::ACTION] = action;
        }
        let own = work.block.n as u64 * u64::from(num_actions);
        self.forked.fetch_add(own + search.forked_steps, Ordering::Relaxed);
    }
}

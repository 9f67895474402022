//! Play in one world, of which a map shows something.

use std::sync::Arc;
use std::time::Instant;

use super::config;
use super::watch::Watch;
use crate::agents::{self, Driver, Setup};
use crate::bonus::{BonusConfig, Bonuses};
use crate::envs::catalog::Options;
use crate::envs::{World, load};
use crate::error::{Error, Result};
use crate::sim::{Batch, Config, ResetMode, StepPlugin, Worlds};

/// Most steps of all instances together.
const MAX_STEPS: u64 = 1_000_000_000_000;
/// Seconds between looks at Ctrl-C, about.
const CALL_SECONDS: f64 = 0.1;

/// Many instances in one world, the first of the seed.
pub struct Play {
    pub world: Arc<dyn World>,
    pub seed: i64,
    pub num_envs: usize,
    /// Steps of each instance.
    pub steps: u64,
    pub agent: String,
    options: toml::Table,
    /// Resolved; empty if nothing is paid.
    pub bonus: BonusConfig,
}

/// Play that has begun.
pub struct Playing {
    pub batch: Batch,
    pub driver: Box<dyn Driver>,
    pub bonuses: Option<Arc<Bonuses>>,
}

impl Play {
    /// `sets` are options as `run --set` takes them. Of names there are the agent's, the bonuses' and the bonus that is paid if neither
    /// says one.
    ///
    /// # Errors
    /// [`Error::Usage`] on what there is not or what makes no sense in this world.
    pub fn new(
        env: &str,
        seed: i64,
        (num_envs, steps): (u64, u64),
        sets: &[String],
        (agent, bonus, usual): (Option<&str>, Option<&str>, Option<&str>),
    ) -> Result<Play> {
        let sections = config::sections(None, sets)?;
        if sections.contains_key("run") {
            return Err(Error::Usage("--set run.KEY: map has only the sections agent and bonus".to_string()));
        }
        let world = load(env, &Options::default())?;
        let (agent, options) = config::agent(sections.clone(), agent)?;
        let kind = agents::find(&agent)?;
        let usual = Some(kind.bonus).filter(|name| !name.is_empty()).or(usual).unwrap_or_default();
        let bonus = config::bonus(sections, bonus, usual)?.resolved(&*world)?;
        let options = (kind.resolve)(&options, &*world)?;
        if steps > MAX_STEPS {
            return Err(Error::Usage(format!("--steps {steps}: a map plays at most {MAX_STEPS}")));
        }
        let steps = steps.div_ceil(num_envs);
        let num_envs = usize::try_from(num_envs).map_err(|_| Error::Usage("--num-envs: too large".to_string()))?;
        Ok(Play { world, seed, num_envs, steps, agent, options, bonus })
    }

    /// The batch before the first step; episodes follow each other by `reset` unless the agent needs another way.
    ///
    /// # Errors
    /// [`Error::Usage`] if agent or bonuses cannot be made.
    pub fn begin(&self, reset: ResetMode) -> Result<Playing> {
        let bonuses = if self.bonus.list.is_empty() { None } else { Some(Arc::new(Bonuses::new(&self.world, &self.bonus)?)) };
        let kind = agents::find(&self.agent)?;
        let setup = Setup { world: &self.world, seed: 0, options: &self.options, recording: None, bonuses: bonuses.clone() };
        let driver = agents::make(kind, setup)?;
        let config = Config {
            num_envs: self.num_envs,
            seed: self.seed,
            reset: driver.reset_mode().unwrap_or(reset),
            worlds: Worlds::Pool(1),
            plugin: bonuses.clone().map(|bonuses| bonuses as Arc<dyn StepPlugin>),
            ..Config::default()
        };
        Ok(Playing { batch: Batch::new(self.world.clone(), config)?, driver, bonuses })
    }

    /// Takes all steps, in calls of about a tenth of a second; stops between them on request.
    ///
    /// # Errors
    /// As [`Driver::advance`]; [`Error::Interrupted`].
    pub fn advance(&self, batch: &mut Batch, driver: &mut dyn Driver, watch: &Watch) -> Result<()> {
        let (mut left, mut n) = (self.steps, 1u64);
        while left > 0 {
            watch.go_on()?;
            let (begun, now) = (Instant::now(), n.min(left));
            driver.advance(batch, now)?;
            left -= now;
            watch.done(now.saturating_mul(self.num_envs as u64));
            let took = begun.elapsed().as_secs_f64().max(1e-6);
            n = ((now as f64 * CALL_SECONDS / took) as u64).clamp(1, n.saturating_mul(2));
        }
        watch.finish();
        Ok(())
    }

    /// Steps of all instances together.
    pub fn all_steps(&self) -> u64 {
        self.steps * self.num_envs as u64
    }

    /// One instance of the same world after its first reset, for putting the player about.
    ///
    /// # Errors
    /// As [`Batch::new`].
    pub fn fresh(&self) -> Result<Batch> {
        Batch::new(self.world.clone(), Config { num_envs: 1, seed: self.seed, worlds: Worlds::Pool(1), ..Config::default() })
    }
}

//! Play in one world, from which maps are made.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use super::progress::{MapProgress, Work, go_on};
use crate::agents::{self, Driver, Setup};
use crate::bonus::{BonusConfig, Bonuses};
use crate::envs::World;
use crate::error::{Error, Result};
use crate::sim::{Batch, Config, ResetMode, StepPlugin, Worlds};

/// Steps of all instances together in [`PlayOptions::default`].
pub const STEPS: u64 = 100_000;
/// Instances in [`PlayOptions::default`].
pub const NUM_ENVS: usize = 64;
/// Largest number of steps of all instances together.
pub const MAX_STEPS: u64 = 1_000_000_000_000;
/// Approximate number of seconds between checks of the stop flag.
const CALL_SECONDS: f64 = 0.1;

/// The agent, the batch and the length of play.
#[derive(Clone, Debug)]
pub struct PlayOptions {
    /// Seed of the world: every instance begins in the first world of this seed.
    pub seed: i64,
    /// Number of instances, at least 1.
    pub num_envs: usize,
    /// Steps of all instances together, rounded up to whole steps of the batch.
    pub steps: u64,
    /// Name of the agent, one of [`agents::AGENTS`].
    pub agent: String,
    /// Options of the agent, as in the section `[agent]` of a configuration file.
    pub agent_options: toml::Table,
    /// The bonuses; None for those that the agent uses.
    pub bonus: Option<BonusConfig>,
}

impl Default for PlayOptions {
    fn default() -> Self {
        PlayOptions {
            seed: 0,
            num_envs: NUM_ENVS,
            steps: STEPS,
            agent: "random".to_string(),
            agent_options: toml::Table::new(),
            bonus: None,
        }
    }
}

/// Several instances in one world, which is the first of the seed, with every option resolved.
pub struct Play {
    world: Arc<dyn World>,
    seed: i64,
    num_envs: usize,
    /// Steps of each instance.
    steps: u64,
    agent: String,
    options: toml::Table,
    bonus: BonusConfig,
}

/// Play that has begun.
pub struct Playing {
    /// The instances.
    pub batch: Batch,
    /// Chooses the actions.
    pub driver: Box<dyn Driver>,
    /// The bonuses, if there are any.
    pub bonuses: Option<Arc<Bonuses>>,
}

impl Play {
    /// Resolves the options of agent and bonuses.
    ///
    /// # Errors
    /// [`Error::Usage`] for an agent, a bonus or an option that does not exist or is invalid in this world, for no instance, and for more
    /// than [`MAX_STEPS`] steps.
    pub fn new(world: Arc<dyn World>, options: PlayOptions) -> Result<Play> {
        let PlayOptions { seed, num_envs, steps, agent, agent_options, bonus } = options;
        let kind = agents::find(&agent)?;
        let usual = || if kind.bonus.is_empty() { Ok(BonusConfig::default()) } else { BonusConfig::parse(kind.bonus) };
        let bonus = bonus.map_or_else(usual, Ok)?.resolved(&*world)?;
        let options = (kind.resolve)(&agent_options, &*world)?;
        if steps > MAX_STEPS {
            return Err(Error::Usage(format!("--steps {steps}: a map plays at most {MAX_STEPS}")));
        }
        if num_envs == 0 {
            return Err(Error::Usage("num_envs is 0; a map needs at least one instance that plays".to_string()));
        }
        Ok(Play { world, seed, num_envs, steps: steps.div_ceil(num_envs as u64), agent, options, bonus })
    }

    /// The world in which all instances play.
    pub fn world(&self) -> &Arc<dyn World> {
        &self.world
    }

    /// Seed of the world.
    pub fn seed(&self) -> i64 {
        self.seed
    }

    /// Number of instances that play.
    pub fn num_envs(&self) -> usize {
        self.num_envs
    }

    /// Name of the agent.
    pub fn agent(&self) -> &str {
        &self.agent
    }

    /// The bonuses with all their options; an empty list if there are none.
    pub fn bonus(&self) -> &BonusConfig {
        &self.bonus
    }

    /// Steps of each instance.
    pub fn steps_each(&self) -> u64 {
        self.steps
    }

    /// Steps of all instances together.
    pub fn all_steps(&self) -> u64 {
        self.steps * self.num_envs as u64
    }

    /// Creates the batch before the first step. It resets by `reset`, unless the agent needs another reset mode.
    ///
    /// # Errors
    /// [`Error::Usage`] if agent or bonuses cannot be created; as [`Batch::new`].
    pub fn begin(&self, reset: ResetMode) -> Result<Playing> {
        let bonuses = if self.bonus.list.is_empty() { None } else { Some(Arc::new(Bonuses::new(&self.world, &self.bonus)?)) };
        let kind = agents::find(&self.agent)?;
        let setup = Setup {
            world: &self.world,
            seed: 0,
            options: &self.options,
            recording: None,
            person: None,
            bonuses: bonuses.clone(),
        };
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

    /// Takes all steps, in calls of about a tenth of a second. Checks `stop` between them.
    ///
    /// # Errors
    /// As [`Driver::advance`]; [`Error::Interrupted`].
    pub fn advance(&self, playing: &mut Playing, progress: &dyn MapProgress, stop: &AtomicBool) -> Result<()> {
        let (mut left, mut n) = (self.steps, 1u64);
        while left > 0 {
            go_on(stop)?;
            let (begun, now) = (Instant::now(), n.min(left));
            playing.driver.advance(&mut playing.batch, now)?;
            left -= now;
            progress.done(now.saturating_mul(self.num_envs as u64));
            let took = begun.elapsed().as_secs_f64().max(1e-6);
            n = ((now as f64 * CALL_SECONDS / took) as u64).clamp(1, n.saturating_mul(2));
        }
        Ok(())
    }

    /// Returns a batch with one instance of the same world after its first reset, in which the player can be placed on cells.
    ///
    /// # Errors
    /// As [`Batch::new`].
    pub fn fresh(&self) -> Result<Batch> {
        Batch::new(self.world.clone(), Config { num_envs: 1, seed: self.seed, worlds: Worlds::Pool(1), ..Config::default() })
    }

    /// Reports the number of steps to `progress`, does `work`, and reports its end.
    pub(super) fn watched<T>(&self, progress: &dyn MapProgress, work: impl FnOnce() -> Result<T>) -> Result<T> {
        progress.begin(self.all_steps(), Work::Steps);
        let done = work();
        progress.finish();
        done
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envs::{Options, load};

    #[test]
    fn steps_are_rounded_up_and_impossible_options_are_refused() {
        let world = load("gridlab/four-rooms", &Options::default()).expect("a world");
        let play = |options: PlayOptions| Play::new(world.clone(), options);
        let rounded = play(PlayOptions { num_envs: 3, steps: 10, ..PlayOptions::default() }).expect("play");
        assert_eq!((rounded.steps_each(), rounded.all_steps()), (4, 12));
        let named = play(PlayOptions { agent: "novelty".to_string(), ..PlayOptions::default() }).expect("play");
        assert_eq!(named.bonus().names(), ["count"], "what the agent goes by");
        for (options, why) in [
            (PlayOptions { num_envs: 0, ..PlayOptions::default() }, "num_envs is 0"),
            (PlayOptions { steps: MAX_STEPS + 1, ..PlayOptions::default() }, "at most 1000000000000"),
            (PlayOptions { agent: "randon".to_string(), ..PlayOptions::default() }, "random"),
        ] {
            let error = play(options).err().expect(why).to_string();
            assert!(error.contains(why), "{error}");
        }
    }
}

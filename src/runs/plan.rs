//! The plan of a run, which `run.toml` stores.

use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::CHECKPOINT_SECONDS;
use crate::bonus::BonusConfig;
use crate::envs::World;
use crate::envs::catalog::{Options, Source, load_source};
use crate::error::{Error, Result};
use crate::files::{MAX_TEXT, hash_of, read_text, write_bytes};
use crate::sim::{Config, Prefixes, ResetMode, Worlds};

/// Largest number of steps of a run. JSON and Parquet readers hold numbers up to this exactly.
const MAX_STEPS: u64 = 1 << 53;
/// Start of the last line of run.toml and sweep.toml, which holds the hash of the text before it.
const VOUCHER: &str = "# sha256 of the lines above, which must stay as they are: ";

/// Returns `text` with its hash appended.
pub(super) fn vouched(text: &str) -> String {
    format!("{text}{VOUCHER}{}\n", hash_of(text.as_bytes()))
}

/// Returns the text that [`vouched`] was given. Files of older versions have no hash.
///
/// # Errors
/// [`Error::Data`] if the text does not match its hash.
pub(super) fn checked<'t>(path: &Path, text: &'t str) -> Result<&'t str> {
    let Some(at) = text.rfind(VOUCHER) else { return Ok(text) };
    let (body, hash) = (&text[..at], text[at + VOUCHER.len()..].trim());
    if hash_of(body.as_bytes()) != hash {
        let what = "it was changed after the run had begun, so that what lies beside it is of another run";
        return Err(Error::Data(format!(
            "{}: {what}; put it back as it was, or make a new run with what it says",
            path.display()
        )));
    }
    Ok(body)
}

/// A run with all settings resolved. Nothing in it depends on where or when it is run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Version of the program that made the plan.
    pub program: String,
    /// Id of the environment, or the path of its TOML file.
    pub env: String,
    /// Name of the agent.
    pub agent: String,
    /// Seed of the agent's random numbers.
    pub agent_seed: u64,
    /// Seed of the batch: instance i has seed + i.
    pub seed: i64,
    /// Instances in the batch, at least 1.
    pub num_envs: usize,
    /// Steps of the whole batch; rounded up to whole batch steps.
    pub steps: u64,
    /// `numpy` or `keyed`.
    pub stream: String,
    /// Crafter: whether the noise of the night picture is taken from the random stream of the world.
    pub picture_noise: bool,
    /// `fresh` (a new world each episode) or `pool:N` (N levels in turn).
    pub worlds: String,
    /// `same-step`, `next-step` or `off`: when a finished instance is reset.
    pub reset: String,
    /// Indices of the instances whose steps are recorded in the trace.
    pub record: Vec<usize>,
    /// JSON text of a state to start from, if any.
    pub scenario: Option<String>,
    /// The ruleset, resolved.
    pub ruleset: String,
    /// Steps of the whole batch between two rows of the curves, rounded up to whole batch steps. Files of older versions lack this field:
    /// their rows came at intervals of time.
    #[serde(default = "older_curve_every")]
    pub curve_every: u64,
    /// Seconds between checkpoints.
    #[serde(default = "older_checkpoint")]
    pub checkpoint: f64,
    /// Actions that instances take before the first step.
    #[serde(default, skip_serializing_if = "Prefixes::is_empty")]
    pub prefixes: Prefixes,
    /// Options of the agent, resolved; none in the files of older versions.
    #[serde(default, skip_serializing_if = "toml::Table::is_empty")]
    pub agent_options: toml::Table,
    /// Bonuses, resolved; none in the files of older versions.
    #[serde(default, skip_serializing_if = "BonusConfig::is_empty")]
    pub bonus: BonusConfig,
}

impl Plan {
    /// Writes the plan as TOML. The last line holds the hash of the lines above it.
    ///
    /// # Errors
    /// [`Error::Io`] with the path; [`Error::Data`] if the plan cannot be written as TOML.
    pub fn save(&self, path: &Path) -> Result<()> {
        write_bytes(path, vouched(&self.text()?).as_bytes())
    }

    fn text(&self) -> Result<String> {
        toml::to_string(self).map_err(|e| Error::Data(e.to_string()))
    }

    /// Reads `run.toml`.
    ///
    /// # Errors
    /// [`Error::Io`] or [`Error::Data`] if `run.toml` cannot be read, was changed, or is of a later version of the program.
    pub fn load(path: &Path) -> Result<Plan> {
        let text = read_text(path, MAX_TEXT)?;
        let wrong = |why: String| Error::Data(format!("{}: {why}", path.display()));
        let plan: Plan = toml::from_str(checked(path, &text)?).map_err(|e| wrong(e.to_string()))?;
        plan.check().map_err(wrong)?;
        Ok(plan)
    }

    /// Checks everything that can be checked without the world.
    pub(super) fn check(&self) -> std::result::Result<(), String> {
        let own = env!("CARGO_PKG_VERSION");
        if version(&self.program) > version(own) {
            return Err(format!("it is of version {} of the program, and this is {own}; take that version", self.program));
        }
        if !["numpy", "keyed"].contains(&self.stream.as_str()) {
            return Err(format!("stream '{}' is not numpy or keyed", self.stream));
        }
        if self.num_envs == 0 || self.steps == 0 || self.curve_every == 0 {
            return Err("num_envs, steps and curve_every are at least 1".to_string());
        }
        if !(self.checkpoint >= 0.0 && self.checkpoint.is_finite()) {
            return Err(format!("checkpoint {} is not a number of seconds", self.checkpoint));
        }
        Ok(())
    }

    /// Returns a hash of everything that must not change when a run is resumed, which is all but the number of steps.
    ///
    /// # Errors
    /// [`Error::Data`] if the plan cannot be written as TOML.
    pub fn identity(&self) -> Result<String> {
        Ok(hash_of(Plan { steps: 1, ..self.clone() }.text()?.as_bytes()))
    }

    /// Raises the number of steps.
    ///
    /// # Errors
    /// [`Error::Usage`] if `steps` is lower than before.
    pub fn raise(&mut self, steps: u64) -> Result<()> {
        if steps < self.steps {
            return Err(Error::Usage(format!("--steps {steps}: the run has {} to do, and can only be given more", self.steps)));
        }
        self.steps = steps;
        Ok(())
    }

    /// Batch steps between two rows of the curves.
    pub fn curve_batch_steps(&self) -> u64 {
        self.curve_every.div_ceil(self.num_envs as u64)
    }

    /// The world of the plan's ruleset.
    ///
    /// # Errors
    /// If the ruleset cannot be loaded.
    pub fn world(&self) -> Result<Arc<dyn World>> {
        let source = Source { id: self.env.clone(), text: self.ruleset.clone(), folder: None };
        Ok(load_source(
            &source,
            &Options { keyed: self.stream == "keyed", picture_noise: self.picture_noise, ..Options::default() },
        )?)
    }

    /// The configuration of the batch, for the CPU and without plugin.
    ///
    /// # Errors
    /// [`Error::Data`] if a field is invalid.
    pub fn config(&self) -> Result<Config> {
        let wrong = |why: String| Error::Data(format!("run.toml: {why}"));
        if !(1..=u32::MAX as usize).contains(&self.num_envs) {
            return Err(wrong(format!("num_envs = {} is not from 1 to {}", self.num_envs, u32::MAX)));
        }
        if !(1..=MAX_STEPS).contains(&self.steps) {
            return Err(wrong(format!("steps = {} is not from 1 to {MAX_STEPS}", self.steps)));
        }
        let worlds = match self.worlds.strip_prefix("pool:") {
            None => Worlds::Fresh,
            Some(n) => Worlds::Pool(n.parse().map_err(|_| wrong(format!("worlds '{}'", self.worlds)))?),
        };
        let scenario = self.scenario()?.map(Arc::new);
        let reset: ResetMode = self.reset.parse().map_err(wrong)?;
        Ok(Config {
            num_envs: self.num_envs,
            seed: self.seed,
            reset,
            worlds,
            record: self.record.clone(),
            scenario,
            prefixes: Arc::new(self.prefixes.clone()),
            ..Config::default()
        })
    }

    pub(super) fn scenario(&self) -> Result<Option<serde_json::Value>> {
        let parsed = self.scenario.as_deref().map(serde_json::from_str).transpose();
        parsed.map_err(|e| Error::Data(format!("run.toml: scenario: {e}")))
    }

    /// Steps of each instance: `steps` divided by `num_envs`, rounded up.
    pub fn batch_steps(&self) -> u64 {
        self.steps.div_ceil(self.num_envs as u64)
    }
}

fn older_curve_every() -> u64 {
    100_000
}

fn older_checkpoint() -> f64 {
    CHECKPOINT_SECONDS
}

/// Default number of steps of the whole batch between two rows of the curves. `default_steps` is the default length of the agent's runs.
/// With this length, batches of up to 256 instances have 200 rows or a few more. Larger batches have as many batch steps between rows as a
/// batch of 256 instances. The result does not depend on the length of the run itself, so a longer run has the same rows and more.
pub fn default_curve_every(default_steps: u64, num_envs: u64) -> u64 {
    (default_steps / (CURVE_ROWS * CURVE_ENVS)).max(1) * num_envs.max(CURVE_ENVS)
}

const CURVE_ROWS: u64 = 200;
const CURVE_ENVS: u64 = 256;

/// Returns the numbers of a version, up to the first part that is not a number.
fn version(text: &str) -> Vec<u64> {
    text.split('.').map_while(|part| part.parse().ok()).collect()
}

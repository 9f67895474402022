//! The plan of a sweep, which `sweep.toml` stores.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::names::SWEEP;
use super::plan::{Plan, checked, vouched};
use crate::error::{Error, Result};
use crate::files::{MAX_TEXT, read_text, write_bytes};
use crate::sim::Worlds;

/// The plan of a sweep, which `sweep.toml` stores.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SweepPlan {
    /// The seeds in the order in which they are run.
    pub seeds: Vec<u64>,
    /// The plan of the run of seed 0.
    pub plan: Plan,
}

impl SweepPlan {
    /// Creates a plan whose seeds are all valid.
    ///
    /// # Errors
    /// [`Error::Usage`] if there are no seeds, or a seed is given twice; otherwise as [`SweepPlan::of`].
    pub fn new(seeds: Vec<u64>, plan: Plan) -> Result<SweepPlan> {
        let mut sorted = seeds.clone();
        sorted.sort_unstable();
        if let Some(twice) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(Error::Usage(format!("--seeds: {} is there twice", twice[0])));
        }
        if seeds.is_empty() {
            return Err(Error::Usage("--seeds: no seed".to_string()));
        }
        let sweep = SweepPlan { seeds, plan };
        for seed in &sweep.seeds {
            sweep.of(*seed)?;
        }
        Ok(sweep)
    }

    /// Returns the plan of seed `s`. Its batch has the seed of this plan plus `s` times the spacing of the sweep. Its agent has the agent's
    /// seed plus `s`.
    ///
    /// # Errors
    /// [`Error::Usage`] if a seed becomes too large; [`Error::Data`] if the plan is invalid.
    pub fn of(&self, s: u64) -> Result<Plan> {
        let too_large = || Error::Usage(format!("--seeds: {s} is too large for {} instances", self.plan.num_envs));
        let offset = s.checked_mul(self.spacing()?).and_then(|by| i64::try_from(by).ok()).ok_or_else(too_large)?;
        let mut plan = self.plan.clone();
        plan.seed = plan.seed.checked_add(offset).ok_or_else(too_large)?;
        plan.agent_seed = plan.agent_seed.checked_add(s).ok_or_else(too_large)?;
        Ok(plan)
    }

    /// Returns the distance between the seeds of two batches. It is so large that no two seeds share a world: instance i uses seed + i, and
    /// so does level i of a pool.
    fn spacing(&self) -> Result<u64> {
        let levels = match self.plan.config()?.worlds {
            Worlds::Pool(n) => u64::from(n),
            Worlds::Fresh => 0,
        };
        Ok(levels.max(self.plan.num_envs as u64))
    }

    /// Writes `sweep.toml` into `folder`. The last line holds the hash of the lines above it.
    ///
    /// # Errors
    /// [`Error::Io`] with the path.
    pub fn save(&self, folder: &Path) -> Result<()> {
        let text = toml::to_string(self).map_err(|e| Error::Data(e.to_string()))?;
        write_bytes(&folder.join(SWEEP), vouched(&text).as_bytes())
    }

    /// Reads `sweep.toml` in `folder`.
    ///
    /// # Errors
    /// [`Error::Io`] or [`Error::Data`] if `sweep.toml` cannot be read, was changed, or is of a later version of the program.
    pub fn load(folder: &Path) -> Result<SweepPlan> {
        let path = folder.join(SWEEP);
        let text = read_text(&path, MAX_TEXT)?;
        let wrong = |why: String| Error::Data(format!("{}: {why}", path.display()));
        let sweep: SweepPlan = toml::from_str(checked(&path, &text)?).map_err(|e| wrong(e.to_string()))?;
        sweep.plan.check().map_err(wrong)?;
        Ok(sweep)
    }
}

//! Fusion `airs`: an inner driver acts, and a bandit selects the bonus by the reward of each round.
//!
//! A round is a fixed number of steps of all instances. Its return is the total reward of an instance in it, averaged over instances, from
//! integer sums that are the same on both backends. The selected arm is written into the fusion memory of the instances, which kernels
//! read.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::driver::Driver;
use crate::bonus::airs::Airs;
use crate::bonus::{Bonuses, FUSING};
use crate::error::{Error, Result};
use crate::sim::{Batch, ResetMode};

/// Fewest arms of a bandit.
const MIN_ARMS: usize = 2;

/// A driver whose bonus a bandit selects.
pub struct BonusSelector {
    inner: Box<dyn Driver>,
    bonuses: Arc<Bonuses>,
    /// Names of the arms.
    names: Vec<String>,
    airs: Airs,
    /// Steps of a round.
    round: u64,
    /// The selected arm, and the total reward of all instances when its round began.
    arm: usize,
    total_reward: i64,
    /// Sum of the raw rewards of all rounds of each arm.
    sums: Vec<i64>,
    /// Raw units in a mean reward of 1 an instance. It is set when there is a batch.
    units: f64,
}

impl BonusSelector {
    /// Wraps `inner`, which uses the bonuses of fusion `airs`.
    ///
    /// # Errors
    /// [`Error::Usage`] on fewer than two arms or invalid options.
    pub fn new(inner: Box<dyn Driver>, bonuses: Arc<Bonuses>) -> Result<BonusSelector> {
        let wrong = |why: String| Error::Usage(format!("fusion airs: {why}"));
        let config = bonuses.config();
        let options = config.airs.unwrap_or_default().resolved();
        // The reward of the world, if it is in the list, is added under every arm. It is last in the list.
        let mut names: Vec<String> = config
            .names()
            .into_iter()
            .zip(&config.list)
            .filter(|(_, entry)| entry.name != "reward")
            .map(|(name, _)| name)
            .collect();
        if options.none == Some(true) {
            names.push("none".to_string());
        }
        if names.len() < MIN_ARMS {
            return Err(wrong(format!(
                "{} to choose from: name two bonuses or more with --bonus, or set bonus.airs.none=true",
                names.len()
            )));
        }
        let round = options.round.unwrap_or_default();
        if round == 0 {
            return Err(wrong("a round has at least 1 step: set bonus.airs.round".to_string()));
        }
        let airs = Airs::new(names.len(), options.exploration.unwrap_or_default(), options.window.unwrap_or_default());
        let airs = airs.map_err(|e| wrong(e.to_string()))?;
        let sums = vec![0; names.len()];
        Ok(BonusSelector { inner, bonuses, names, airs, round, arm: 0, total_reward: 0, sums, units: 1.0 })
    }

    /// Ends a round: the bandit gets its return and selects the next arm.
    fn turn(&mut self, batch: &mut Batch) -> Result<()> {
        let total_reward = batch.total_reward()?;
        let more = total_reward - self.total_reward;
        self.sums[self.arm] += more;
        self.airs.add_return(self.arm, more as f64 / self.units).map_err(|e| Error::Data(format!("fusion airs: {e}")))?;
        self.total_reward = total_reward;
        let next = self.airs.choose();
        if next != self.arm {
            self.arm = next;
            let mut words = batch.plugin_buffer(FUSING)?.to_vec();
            self.bonuses.choose(&mut words, next);
            batch.set_plugin_buffer(FUSING, &words)?;
        }
        Ok(())
    }

    fn set_units(&mut self, batch: &Batch) {
        self.units = f64::from(batch.world().spec().reward_denominator) * batch.len() as f64;
    }
}

impl Driver for BonusSelector {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    fn advance(&mut self, batch: &mut Batch, n_steps: u64) -> Result<()> {
        self.set_units(batch);
        let until = batch.steps() + n_steps;
        while batch.steps() < until && self.inner.over().is_none() {
            let left = self.round - batch.steps() % self.round;
            self.inner.advance(batch, left.min(until - batch.steps()))?;
            if batch.steps().is_multiple_of(self.round) {
                self.turn(batch)?;
            }
        }
        Ok(())
    }

    fn is_on_gpu(&self) -> bool {
        self.inner.is_on_gpu()
    }

    fn forked_steps(&self) -> Option<u64> {
        self.inner.forked_steps()
    }

    fn reset_mode(&self) -> Option<ResetMode> {
        self.inner.reset_mode()
    }

    fn over(&self) -> Option<String> {
        self.inner.over()
    }

    fn save(&self) -> Value {
        json!({ "agent": self.inner.save(), "airs": self.airs, "arm": self.arm, "earned": self.total_reward, "sums": self.sums })
    }

    fn load(&mut self, batch: &Batch, saved: &Value) -> Result<()> {
        let odd = || Error::Data("the checkpoint does not say which bonus was chosen".to_string());
        self.inner.load(batch, saved.get("agent").ok_or_else(odd)?)?;
        let read = |name: &str| saved.get(name).cloned().ok_or_else(odd);
        let wrong = |e: serde_json::Error| Error::Data(format!("fusion airs: {e}"));
        self.airs = serde_json::from_value(read("airs")?).map_err(wrong)?;
        self.arm = serde_json::from_value(read("arm")?).map_err(wrong)?;
        self.total_reward = serde_json::from_value(read("earned")?).map_err(wrong)?;
        self.sums = serde_json::from_value(read("sums")?).map_err(wrong)?;
        self.set_units(batch);
        if self.airs.arms() == self.names.len() && self.sums.len() == self.names.len() && self.arm < self.names.len() {
            Ok(())
        } else {
            Err(odd())
        }
    }

    fn report(&self) -> Vec<(String, Value)> {
        let by_arm = |of: &dyn Fn(usize) -> Value| -> Value {
            self.names.iter().enumerate().map(|(arm, name)| (name.clone(), of(arm))).collect::<Map<String, Value>>().into()
        };
        let mean = |arm: usize| match self.airs.tried(arm) {
            0 => Value::Null,
            n => (self.sums[arm] as f64 / self.units / n as f64).into(),
        };
        let own = [
            ("rounds_by_bonus".to_string(), by_arm(&|arm| self.airs.tried(arm).into())),
            ("mean_return_of_rounds".to_string(), by_arm(&mean)),
            ("bonus_chosen".to_string(), self.names[self.arm].clone().into()),
        ];
        self.inner.report().into_iter().chain(own).collect()
    }
}

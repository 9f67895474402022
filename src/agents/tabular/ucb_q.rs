//! Optimistic Q-learning (Jin, Allen-Zhu, Bubeck and Jordan 2018, "Is Q-learning provably efficient?", UCB-Hoeffding) on the environment's
//! reward and a bonus for rarely taken actions.
//!
//! ```text
//! at the t-th time that a is done in s at stage h, with learning rate alpha = (H + 1) / (H + t):
//! Q_h(s, a) <- (1 - alpha) Q_h(s, a) + alpha (r + V_h+1(s') + scale sqrt(H^3 iota / t)),   iota = ln(S A T / delta)
//! V_h(s) = min(H, max_a Q_h(s, a)),   V = 0 after the last stage and where the episode ends,   Q = H at first
//! ```
//!
//! The proof knows T in advance; here T is H times the number of states times the number of actions. With `scale` 1 the bonus is that of
//! the proof, and for a very long time values contain little else.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::learner::{Learner, Stages, Transition, argmax};
use super::logarithm::ln;
use super::{Common, RawOptions, Tabular};
use crate::agents::driver::Driver;
use crate::envs::World;
use crate::envs::shared::key::Key;
use crate::error::Result;
use crate::shaders::shared::keyed::Keyed;

/// Name of this agent after `--agent`.
pub const NAME: &str = "ucb-q";

/// Options, with their defaults.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// The key of states; `position` in gridlab by default.
    pub key: Option<Key>,
    /// H; the length of an episode by default.
    pub horizon: Option<u32>,
    /// S; the number of cells of the map by default.
    pub states: Option<u32>,
    /// Factor of the bonus.
    pub scale: f64,
    /// Probability with which the bound may fail.
    pub delta: f64,
    /// Most states that an instance may meet before the run stops.
    pub max_states: usize,
}

impl Default for Options {
    fn default() -> Options {
        Options { key: None, horizon: None, states: None, scale: 1e-3, delta: 0.1, max_states: 100_000 }
    }
}

impl Options {
    fn common(&self, world: &dyn World) -> Result<Common> {
        let Options { key, horizon, states, scale, delta, max_states } = *self;
        Common::resolve(NAME, world, &RawOptions { key, horizon, states, scale, delta, max_states })
    }

    /// Returns the options with the defaults of `world`.
    ///
    /// # Errors
    /// See [`Common::resolve`].
    pub fn resolve(self, world: &dyn World) -> Result<Options> {
        let Common { key, horizon, states, .. } = self.common(world)?;
        Ok(Options { key: Some(key), horizon: Some(horizon), states: Some(states), ..self })
    }
}

/// The agent with these options, resolved or not.
///
/// # Errors
/// As [`Options::resolve`].
pub fn make(world: &Arc<dyn World>, seed: u64, options: Options) -> Result<Box<dyn Driver>> {
    let common = options.common(&**world)?;
    let untaught = UcbQ::new(common.states, world.spec().num_actions(), common.horizon, &options);
    Ok(Box::new(Tabular::new(NAME, world, seed, common, untaught)))
}

/// Statistics of an action in a state at a stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Known {
    visits: u32,
    /// Q, as the bits of an f64, because text may lose the last bit.
    value: u64,
}

/// The table of one instance.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct UcbQ {
    actions: u32,
    #[serde(skip)]
    horizon: f64,
    /// scale sqrt(H^3 iota).
    #[serde(skip)]
    bonus: f64,
    #[serde(skip)]
    scale: f64,
    known: Stages<Known>,
}

impl UcbQ {
    fn new(states: u32, actions: u32, horizon: u32, options: &Options) -> UcbQ {
        let h = f64::from(horizon);
        let pairs = f64::from(states) * f64::from(actions);
        let iota = ln((pairs * pairs * h / options.delta).max(1.0));
        let bonus = options.scale * (h * h * h * iota).sqrt();
        UcbQ { actions, horizon: h, bonus, scale: options.scale, known: Stages::new(horizon) }
    }

    fn value(&self, known: &Known) -> f64 {
        if known.visits == 0 { self.horizon } else { f64::from_bits(known.value) }
    }

    /// V_h(s) of the formulas above.
    fn greatest(&self, stage: u32, state: u32) -> f64 {
        if stage as usize == self.known.0.len() {
            return 0.0;
        }
        let row = self.known.get(stage, state);
        let most = row.map_or(self.horizon, |row| row.iter().map(|known| self.value(known)).fold(f64::NEG_INFINITY, f64::max));
        most.min(self.horizon)
    }
}

impl Learner for UcbQ {
    const STREAM: [u32; 2] = [0x7563_622d, 0x716c_726e];

    fn choose(&mut self, stage: u32, state: u32, stream: &mut Keyed) -> u32 {
        let row = self.known.get(stage, state);
        argmax(self.actions, |a| row.map_or(self.horizon, |row| self.value(&row[a as usize])), stream)
    }

    fn learn(&mut self, step: &Transition) {
        let ahead = step.next.map_or(0.0, |next| self.greatest(step.stage + 1, next));
        let actions = self.actions;
        let (h, bonus) = (self.horizon, self.bonus);
        let known = &mut self.known.row(step.stage, step.state, actions)[step.action as usize];
        let old = if known.visits == 0 { h } else { f64::from_bits(known.value) };
        known.visits += 1;
        let t = f64::from(known.visits);
        let rate = (h + 1.0) / (h + t);
        known.value = ((1.0 - rate) * old + rate * (step.reward + ahead + bonus / t.sqrt())).to_bits();
    }

    fn end(&mut self) {}

    fn recall(&mut self, untaught: &Self) {
        (self.horizon, self.bonus, self.scale) = (untaught.horizon, untaught.bonus, untaught.scale);
    }

    fn report<'a>(&self, _all: impl Iterator<Item = &'a Self>) -> Vec<(String, Value)> {
        vec![("scale".to_string(), json!(self.scale)), ("first_bonus".to_string(), json!(self.bonus))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand with H = 2 and bonus 1 / sqrt t.
    #[test]
    fn values_are_learnt_as_the_paper_says() {
        let mut one = UcbQ { bonus: 1.0, ..UcbQ::new(3, 2, 2, &Options::default()) };
        let mut step = |stage, next, reward| one.learn(&Transition { stage, state: 0, action: 0, reward, next });
        step(1, Some(1), 0.5);
        step(0, Some(0), 0.25);
        step(1, None, 0.5);
        let value = |stage: u32, action: usize| one.value(&one.known.get(stage, 0).expect("known")[action]);
        // The first rate is 1: 0.5 + 0 + 1; the second 3/4: 1/4 * 1.5 + 3/4 (0.5 + 1 / sqrt 2).
        assert!((value(1, 0) - (0.375 + 0.75 * (0.5 + 0.5f64.sqrt()))).abs() < 1e-12, "{}", value(1, 0));
        assert_eq!(value(1, 1), 2.0, "never done");
        // V of the next stage is clipped to H.
        assert_eq!(value(0, 0), 0.25 + 2.0 + 1.0);
        assert_eq!((one.greatest(0, 0), one.greatest(2, 0)), (2.0, 0.0));
    }

    #[test]
    fn the_bonus_is_the_papers() {
        let one = UcbQ::new(5, 2, 4, &Options { scale: 1.0, ..Options::default() });
        // iota = ln(5 * 2 * (4 * 5 * 2) / 0.1) = ln 4000.
        assert!((one.bonus - (64.0 * 8.294_049_640_102_028f64).sqrt()).abs() < 1e-12, "{}", one.bonus);
    }
}

//! RF-Express (Menard, Domingues, Jonsson, Kaufmann, Leurent and Valko 2021, "Fast active learning for pure exploration"): explores without
//! any reward, by acting greedily on an upper bound W of the error of the estimates.
//!
//! ```text
//! phi(n) = ln(3 S A H / delta) + S ln(8 e (n + 1))
//! W_h(s, a) = min(H, bonus(n_h(s, a)) + (1 + 1/H) sum_s' p_h(s' | s, a) max_a' W_h+1(s', a')),   W_H+1 = 0,   W = H where n = 0
//! bonus(n) = scale 15 H^2 phi(n) / n   (form "theory")      scale / n   (form "inverse")
//! ```
//!
//! Counts and transitions are stored for each stage. When H steps are done or the episode has ended, both are updated and W is computed
//! again.

use std::f64::consts::E;
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
pub const NAME: &str = "rf-express";

/// How a visit count becomes a bonus.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// The constants of the proof. For many visits every bound is clipped to H, and actions are random.
    Theory,
    /// A practical form without these constants.
    #[default]
    Inverse,
}

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
    /// How a visit count becomes a bonus.
    pub form: Form,
    /// Factor of the bonus.
    pub scale: f64,
    /// Probability with which the bound may fail.
    pub delta: f64,
    /// Most states that an instance may meet before the run stops.
    pub max_states: usize,
}

impl Default for Options {
    fn default() -> Options {
        let (key, horizon, states, form) = (None, None, None, Form::Inverse);
        Options { key, horizon, states, form, scale: 1.0, delta: 0.1, max_states: 100_000 }
    }
}

impl Options {
    fn common(&self, world: &dyn World) -> Result<Common> {
        let Options { key, horizon, states, scale, delta, max_states, .. } = *self;
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
    let untaught = RfExpress::new(common.states, world.spec().num_actions(), common.horizon, &options);
    Ok(Box::new(Tabular::new(NAME, world, seed, common, untaught)))
}

/// The formula of the bonus of a count, with all its numbers.
#[derive(Clone, Copy, Debug, Default)]
struct Bound {
    states: f64,
    actions: f64,
    horizon: f64,
    delta: f64,
    scale: f64,
    form: Form,
}

impl Bound {
    fn phi(&self, n: u32) -> f64 {
        ln(3.0 * self.states * self.actions * self.horizon / self.delta) + self.states * ln(8.0 * E * (f64::from(n) + 1.0))
    }

    /// The bonus of n visits, without clipping; n must be at least 1.
    fn bonus(&self, n: u32) -> f64 {
        match self.form {
            Form::Theory => self.scale * (15.0 * self.horizon * self.horizon * self.phi(n) / f64::from(n)),
            Form::Inverse => self.scale / f64::from(n),
        }
    }
}

/// Statistics of an action in a state at a stage.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Known {
    visits: u32,
    /// Next states with their counts. Ends of an episode are not included.
    next: Vec<(u32, u32)>,
    /// The bound W, which follows from the counts.
    #[serde(skip)]
    bound: f64,
}

/// The counts of one instance.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct RfExpress {
    #[serde(skip)]
    bound: Bound,
    actions: u32,
    known: Stages<Known>,
    /// Steps of the current episode.
    open: Vec<Transition>,
    /// The bonus of n visits at index n, as far as it was needed.
    #[serde(skip)]
    bonuses: Vec<f64>,
    first_state: Option<u32>,
}

impl RfExpress {
    fn new(states: u32, actions: u32, horizon: u32, options: &Options) -> RfExpress {
        let (states, horizon_f) = (f64::from(states), f64::from(horizon));
        let bound = Bound {
            states,
            actions: f64::from(actions),
            horizon: horizon_f,
            delta: options.delta,
            scale: options.scale,
            form: options.form,
        };
        let known = Stages::new(horizon);
        RfExpress { bound, actions, known, open: Vec::new(), bonuses: vec![horizon_f], first_state: None }
    }

    /// The greatest bound of a state; H if no action was taken there yet.
    fn greatest(&self, stage: u32, state: u32) -> f64 {
        let row = self.known.get(stage, state);
        row.map_or(self.bound.horizon, |row| row.iter().map(|known| known.bound).fold(0.0, f64::max))
    }

    /// Computes all bounds, backward through the stages.
    fn plan(&mut self) {
        let (h, growth) = (self.bound.horizon, 1.0 + 1.0 / self.bound.horizon);
        let stages = self.known.0.len() as u32;
        for stage in (0..stages).rev() {
            let mut rows = std::mem::take(&mut self.known.0[stage as usize]);
            for known in rows.values_mut().flatten() {
                if known.visits == 0 {
                    known.bound = h;
                    continue;
                }
                let ahead = |&(state, times): &(u32, u32)| f64::from(times) * self.greatest(stage + 1, state);
                let sum: f64 = if stage + 1 < stages { known.next.iter().map(ahead).sum() } else { 0.0 };
                let bonus = bonus_of(&mut self.bonuses, &self.bound, known.visits);
                known.bound = h.min(bonus + growth * (sum / f64::from(known.visits)));
            }
            self.known.0[stage as usize] = rows;
        }
    }
}

fn bonus_of(bonuses: &mut Vec<f64>, bound: &Bound, n: u32) -> f64 {
    while bonuses.len() <= n as usize {
        bonuses.push(bound.bonus(bonuses.len() as u32));
    }
    bonuses[n as usize]
}

impl Learner for RfExpress {
    const STREAM: [u32; 2] = [0x7266_2d65, 0x7870_7265];

    fn choose(&mut self, stage: u32, state: u32, stream: &mut Keyed) -> u32 {
        if stage == 0 && self.first_state.is_none() {
            self.first_state = Some(state);
        }
        let row = self.known.get(stage, state);
        argmax(self.actions, |a| row.map_or(self.bound.horizon, |row| row[a as usize].bound), stream)
    }

    fn learn(&mut self, step: &Transition) {
        self.open.push(*step);
    }

    fn end(&mut self) {
        for step in std::mem::take(&mut self.open) {
            let known = &mut self.known.row(step.stage, step.state, self.actions)[step.action as usize];
            known.visits += 1;
            let Some(next) = step.next else { continue };
            match known.next.binary_search_by_key(&next, |(state, _)| *state) {
                Ok(at) => known.next[at].1 += 1,
                Err(at) => known.next.insert(at, (next, 1)),
            }
        }
        self.plan();
    }

    fn recall(&mut self, untaught: &Self) {
        (self.bound, self.bonuses) = (untaught.bound, untaught.bonuses.clone());
        self.plan();
    }

    fn report<'a>(&self, all: impl Iterator<Item = &'a Self>) -> Vec<(String, Value)> {
        let bounds: Vec<f64> = all.filter_map(|one| Some(one.greatest(0, one.first_state?))).collect();
        let form = match self.bound.form {
            Form::Theory => "theory",
            Form::Inverse => "inverse",
        };
        let mut report = vec![("form".to_string(), json!(form)), ("scale".to_string(), json!(self.bound.scale))];
        if !bounds.is_empty() {
            let mean = bounds.iter().sum::<f64>() / bounds.len() as f64;
            report.push(("mean_bound_of_first_state".to_string(), json!(mean)));
        }
        report
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small(form: Form, scale: f64) -> RfExpress {
        RfExpress::new(2, 2, 3, &Options { form, scale, ..Options::default() })
    }

    /// Computed with numpy from the formulas: S = 2, A = 2, H = 3, delta = 0.1.
    #[test]
    fn the_constants_are_those_of_the_paper() {
        let bound = small(Form::Theory, 1.0).bound;
        assert!((bound.phi(1) - 13.431_281).abs() < 1e-6, "{}", bound.phi(1));
        assert!((bound.bonus(1) - 1_813.222_999).abs() < 1e-6, "{}", bound.bonus(1));
        assert!((bound.bonus(1000) - 3.491_437).abs() < 1e-6, "{}", bound.bonus(1000));
        assert_eq!((1..).find(|n| bound.bonus(*n) < 3.0), Some(1179));
        assert!((small(Form::Theory, 0.5).bound.bonus(1000) - 3.491_437 / 2.0).abs() < 1e-6);
        assert_eq!(small(Form::Inverse, 2.0).bound.bonus(8), 0.25);
    }

    fn teach(one: &mut RfExpress, steps: &[(u32, u32, u32, Option<u32>)]) {
        for (stage, state, action, next) in steps.iter().copied() {
            one.learn(&Transition { stage, state, action, reward: 0.0, next });
        }
        one.end();
    }

    /// By hand, with bonus 1/n and H = 3. The last stage has only the bonus; bounds of later stages have the factor 4/3.
    #[test]
    fn the_bound_is_passed_backward() {
        let mut one = small(Form::Inverse, 1.0);
        teach(&mut one, &[(0, 0, 0, Some(1)), (1, 1, 0, Some(0)), (2, 0, 0, Some(0))]);
        let bound = |one: &RfExpress, stage, state, action: usize| one.known.get(stage, state).expect("known")[action].bound;
        assert_eq!(bound(&one, 2, 0, 0), 1.0);
        assert_eq!(bound(&one, 2, 0, 1), 3.0, "never done");
        assert_eq!(bound(&one, 1, 1, 0), 3.0, "clipped: 1 + 4/3 * 3");
        teach(&mut one, &[(0, 0, 0, Some(1)), (1, 1, 0, Some(0)), (2, 0, 1, Some(0))]);
        assert_eq!(bound(&one, 2, 0, 1), 1.0);
        assert!((bound(&one, 1, 1, 0) - (0.5 + 4.0 / 3.0)).abs() < 1e-12);
        teach(&mut one, &[(0, 0, 0, None)]);
        assert_eq!(bound(&one, 0, 0, 0), 3f64.min(1.0 / 3.0 + 4.0 / 3.0 * (2.0 * 3.0) / 3.0), "an end is worth nothing");
        assert_eq!(one.greatest(0, 0), 3.0);
    }
}

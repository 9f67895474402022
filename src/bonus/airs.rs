//! AIRS (Yuan et al. 2023): a bandit that selects a bonus by the last returns of each. Each bonus is an arm, and "no bonus" may be one more
//! arm. The paper uses an estimated return of the task; this code uses the measured return.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::empowerment::{UNITS_PER_BIT, log2};

/// Options of the bandit of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AirsOptions {
    /// c, the weight of exploration, in the unit of returns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exploration: Option<f64>,
    /// Number of last returns of an arm that its mean includes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<usize>,
    /// Steps of each instance in one round. One arm is selected for a whole round.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub round: Option<u64>,
    /// Whether "no bonus" is an arm too. It is the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub none: Option<bool>,
}

impl AirsOptions {
    /// Fills in the defaults: the published c and window, a round of 1000 steps, and "no bonus" as an arm.
    pub fn resolved(self) -> AirsOptions {
        AirsOptions {
            exploration: Some(self.exploration.unwrap_or(0.1)),
            window: Some(self.window.unwrap_or(10)),
            round: Some(self.round.unwrap_or(1000)),
            none: Some(self.none.unwrap_or(true)),
        }
    }
}

/// A bandit with upper confidence bounds. The bound of an arm is the mean of its last returns plus `c sqrt(ln t / n)`, where t is the
/// number of all returns and n the number of returns of this arm. Each arm is tried once first, in order. Ties go to the lowest index.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Airs {
    arms: Vec<Arm>,
    exploration: f64,
    window: usize,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Arm {
    /// The last returns, oldest first, at most `window` of them. They are stored as the bits of floats, because text would round them.
    returns: VecDeque<u64>,
    tried: u64,
}

/// Invalid arguments of a bandit.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AirsError {
    /// The number of arms is 0.
    #[error("a choice of bonuses needs at least one")]
    NoArms,
    /// The window is 0.
    #[error("the window of returns is 0; it must be at least 1")]
    NoWindow,
    /// The exploration weight is negative, infinite or NaN.
    #[error("the weight of exploration is {0}; it must be a number of at least 0")]
    Exploration(f64),
    /// An arm index that is out of range.
    #[error("bonus {arm} of {arms} does not exist")]
    NoSuchArm {
        /// The index given.
        arm: usize,
        /// Number of arms.
        arms: usize,
    },
    /// A return that is infinite or NaN.
    #[error("a return of {0} is no finite number")]
    Return(f64),
}

impl Airs {
    /// Creates a bandit with `arms` arms, the exploration weight c (published: .1) and the number of last returns of an arm that its mean
    /// includes (published: 10).
    ///
    /// # Errors
    /// [`AirsError`] if there is no arm, the window is 0, or the weight is negative or not finite.
    pub fn new(arms: usize, exploration: f64, window: usize) -> Result<Airs, AirsError> {
        if arms == 0 {
            return Err(AirsError::NoArms);
        }
        if window == 0 {
            return Err(AirsError::NoWindow);
        }
        if !(exploration >= 0.0 && exploration.is_finite()) {
            return Err(AirsError::Exploration(exploration));
        }
        Ok(Airs { arms: vec![Arm::default(); arms], exploration, window })
    }

    /// Returns the arm to select next.
    pub fn choose(&self) -> usize {
        if let Some(fresh) = self.arms.iter().position(|arm| arm.tried == 0) {
            return fresh;
        }
        let mut best = 0;
        for arm in 1..self.arms.len() {
            if self.bound(arm) > self.bound(best) {
                best = arm;
            }
        }
        best
    }

    /// Upper confidence bound of an arm; infinite if the arm was not tried yet.
    pub fn bound(&self, arm: usize) -> f64 {
        let Arm { returns, tried } = &self.arms[arm];
        if *tried == 0 {
            return f64::INFINITY;
        }
        let mean = returns.iter().map(|bits| f64::from_bits(*bits)).sum::<f64>() / returns.len() as f64;
        let all: u64 = self.arms.iter().map(|arm| arm.tried).sum();
        mean + self.exploration * (ln(all) / *tried as f64).sqrt()
    }

    /// Number of arms.
    pub fn arms(&self) -> usize {
        self.arms.len()
    }

    /// Number of rounds in which the arm was selected.
    pub fn tried(&self, arm: usize) -> u64 {
        self.arms[arm].tried
    }

    /// Adds the return of a round in which `arm` was selected.
    ///
    /// # Errors
    /// [`AirsError`] if there is no such arm, or the return is not finite.
    pub fn add_return(&mut self, arm: usize, value: f64) -> Result<(), AirsError> {
        if !value.is_finite() {
            return Err(AirsError::Return(value));
        }
        let arms = self.arms.len();
        let of = self.arms.get_mut(arm).ok_or(AirsError::NoSuchArm { arm, arms })?;
        of.tried += 1;
        of.returns.push_back(value.to_bits());
        if of.returns.len() > self.window {
            of.returns.pop_front();
        }
        Ok(())
    }
}

/// Natural logarithm of a count, computed from an integer logarithm. It decides which arm is selected, so it must be equal on every
/// machine.
fn ln(count: u64) -> f64 {
    log2(count) as f64 / UNITS_PER_BIT * std::f64::consts::LN_2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn airs(arms: usize, window: usize) -> Airs {
        Airs::new(arms, 0.1, window).expect("a bandit")
    }

    #[test]
    fn the_published_numbers() {
        let mut bandit = airs(2, 10);
        (0..5).for_each(|_| bandit.add_return(0, 0.5).expect("an arm"));
        (0..10).for_each(|_| bandit.add_return(1, 0.6).expect("an arm"));
        assert!((bandit.bound(0) - 0.573_594).abs() < 1e-6, "{}", bandit.bound(0));
        assert!((bandit.bound(1) - 0.652_039).abs() < 1e-6, "{}", bandit.bound(1));
        assert_eq!(bandit.choose(), 1);
    }

    #[test]
    fn each_arm_is_tried_once_in_order_and_ties_go_to_the_lowest() {
        let mut bandit = airs(3, 4);
        for arm in 0..3 {
            assert_eq!((bandit.choose(), bandit.bound(arm)), (arm, f64::INFINITY));
            bandit.add_return(arm, 1.0).expect("an arm");
        }
        assert_eq!(bandit.choose(), 0);
        bandit.add_return(0, 1.0).expect("an arm");
        assert_eq!(bandit.choose(), 1, "the less tried one is the less known");
    }

    #[test]
    fn old_returns_are_forgotten() {
        let mut bandit = airs(2, 3);
        for value in [9.0, 9.0, 1.0, 2.0, 3.0] {
            bandit.add_return(0, value).expect("an arm");
        }
        bandit.add_return(1, 0.0).expect("an arm");
        let spread = 0.1 * (ln(6) / 5.0).sqrt();
        assert!((bandit.bound(0) - (2.0 + spread)).abs() < 1e-12);
    }

    #[test]
    fn what_is_no_bandit_is_refused() {
        assert_eq!(Airs::new(0, 0.1, 1), Err(AirsError::NoArms));
        assert_eq!(Airs::new(1, 0.1, 0), Err(AirsError::NoWindow));
        assert_eq!(Airs::new(1, -0.1, 1), Err(AirsError::Exploration(-0.1)));
        assert_eq!(airs(2, 1).add_return(2, 0.0), Err(AirsError::NoSuchArm { arm: 2, arms: 2 }));
        assert!(airs(2, 1).add_return(0, f64::NAN).is_err());
    }
}

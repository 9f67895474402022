//! Small reports for tests: runs of one episode whose rewards are given.

use super::abstraction::Abstraction;
use super::measure::measure;
use super::report::Report;
use super::setting::Plan;
use super::trajectories::{Record, Step, Trajectory};
use crate::envs::Family;

/// Returns the report of runs of one instance each: group, run, rewards of its steps. Every step leads to a new state. Curves have two points.
pub fn report(runs: &[(&str, &str, Vec<f64>)]) -> Report {
    let step = |n: usize, action: Option<u32>, reward: f64| Step {
        episode: 1,
        step: n as u32,
        action,
        reward,
        terminated: false,
        truncated: false,
        state: n as u64,
        unlocked: 0,
    };
    let trajectory = |(group, run, rewards): &(&str, &str, Vec<f64>)| {
        let taken = rewards.iter().enumerate().map(|(k, reward)| step(k + 1, Some(0), *reward));
        Trajectory {
            group: (*group).to_string(),
            run: (*run).to_string(),
            instance: 0,
            env: "world".to_string(),
            steps: [step(0, None, 0.0)].into_iter().chain(taken).collect(),
        }
    };
    let longest = runs.iter().map(|(.., rewards)| rewards.len()).max().unwrap_or(0);
    let record = Record {
        trajectories: runs.iter().map(trajectory).collect(),
        achievements: Vec::new(),
        family: Family::GridLab,
        abstraction: Abstraction::default_of(Family::GridLab),
        states: longest as u64 + 1,
        notes: Vec::new(),
    };
    measure(&record, &Plan { windows: 2, resamples: 1000, ..Plan::default() }).expect("measures")
}

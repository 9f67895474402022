//! The information gain of noise, visit by visit, against the mean that the formula has.

use std::sync::Arc;

use explorarium::bonus::{BonusConfig, Bonuses};
use explorarium::envs::World;
use explorarium::sim::{Batch, Config};

use super::{SEEDS, UNIT, VALUES, world};
use crate::files::Folder;

/// Returns a world of one cell with a television of `colours` colours, where the agent can only watch.
fn cell(folder: &Folder, colours: u32) -> Arc<dyn World> {
    let path = folder.join(&format!("tv-{colours}.toml"));
    let rules = "family = 'gridlab'\nabout = 'A television.'\nactions = 'NSEW+stay'\nmax_steps = 1000000\nlayout = 'cells'\n";
    let text = format!("{rules}map = '''\n###\n0S#\n###\n'''\n[tv.0]\non = 'always'\ncolours = {colours}\n");
    std::fs::write(&path, text).expect("written");
    world(&path)
}

/// `psi(x + 1) - ln x` for x from 1 to `most`.
#[expect(clippy::disallowed_methods, reason = "a reference to compare with; the tolerance is far above a last bit")]
fn gains(most: usize) -> Vec<f64> {
    let mut harmonic = 0.0;
    let mut gains = vec![f64::NAN];
    for x in 1..=most {
        harmonic += 1.0 / x as f64;
        gains.push(harmonic - 0.577_215_664_901_532_9 - (x as f64).ln());
    }
    gains
}

/// `x` to the power of `n`.
fn power(x: f64, n: usize) -> f64 {
    std::iter::repeat_n(x, n).product()
}

/// Returns the mean gain of the belief when n transitions are counted and all K outcomes are equally likely:
/// the count of the outcome is binomial.
fn expected_gain(n: usize, k: usize, gains: &[f64]) -> f64 {
    let p = 1.0 / k as f64;
    let mut probability = power(1.0 - p, n);
    let mut mean = 0.0;
    for j in 0..=n {
        mean += probability * gains[j + 1];
        probability *= (n - j) as f64 / (j + 1) as f64 * p / (1.0 - p);
    }
    mean - gains[n + k]
}

/// Returns how far the mean may lie below and above `F = (K - 1) / (2 (n + K))`. This follows from
/// `1/(2x) - 1/(12x^2) <= psi(x + 1) - ln x <= 1/(2x)` and, with J binomial, from
/// `E[1/(J+1)] = K (1 - (1 - 1/K)^(n+1)) / (n + 1)` and `E[1/(J+1)^2] <= 2 K^2 / ((n+1)(n+2))`.
fn bounds(n: usize, k: usize) -> (f64, f64) {
    let missed = power(1.0 - 1.0 / k as f64, n + 1);
    let (n, k) = (n as f64, k as f64);
    let first = k * (k - 1.0) / (2.0 * (n + 1.0) * (n + k));
    let missed = k * missed / (2.0 * (n + 1.0));
    (first - missed - k * k / (6.0 * (n + 1.0) * (n + 2.0)), first + 1.0 / (12.0 * (n + k) * (n + k)))
}

/// Sums of bonuses, sums of their squares, and their number, by how often the same action was taken before in the same state.
type Sums = Vec<[f64; 3]>;

const WATCHERS: usize = 64;

fn watched(folder: &Folder, k: usize, seed: i64, sums: &mut Sums) {
    let world = cell(folder, k as u32);
    let mut config = BonusConfig::parse("information-gain:view").expect("a bonus");
    config.list[0] = config.list[0].clone().with("outcomes", k as i64).with("scope", "instance");
    let bonuses = Arc::new(Bonuses::new(&world, &config).expect("a bonus"));
    let config = Config { num_envs: WATCHERS, seed, plugin: Some(bonuses), ..Config::default() };
    let mut batch = Batch::new(world.clone(), config).expect("a batch");
    let colours = |batch: &Batch| -> Vec<usize> {
        let (words, last) = (world.spec().obs_words(), world.spec().obs_bytes - 1);
        let obs = batch.obs().expect("observations");
        (0..WATCHERS).map(|i| obs[i * words + last / 4].to_le_bytes()[last % 4] as usize).collect()
    };
    let mut before = vec![vec![0; k]; WATCHERS];
    // Runs until every instance has seen every colour often enough. A stop at a fixed time would bias the sample.
    while before.iter().flatten().any(|n| *n < sums.len()) {
        let shown = colours(&batch);
        batch.step(&[4; WATCHERS]).expect("steps");
        let values = batch.plugin_buffer(VALUES).expect("values");
        for i in 0..WATCHERS {
            let n = &mut before[i][shown[i]];
            if let Some([sum, squares, count]) = sums.get_mut(*n) {
                let value = f64::from(values[i] as i32) * UNIT;
                (*sum, *squares, *count) = (*sum + value, *squares + value * value, *count + 1.0);
            }
            *n += 1;
        }
    }
}

#[test]
fn information_gain_of_noise_decays_as_it_must() {
    let folder = Folder::new("noise");
    for k in [2, 4, 16] {
        let most = 20 * k;
        let gains = gains(most + k + 1);
        let mut sums: Sums = vec![[0.0; 3]; most];
        SEEDS.iter().for_each(|seed| watched(&folder, k, *seed, &mut sums));
        let mut worst: f64 = 0.0;
        for (n, [sum, squares, count]) in sums.iter().enumerate() {
            assert_eq!(*count, (SEEDS.len() * WATCHERS * k) as f64, "K = {k}, n = {n}");
            let mean = sum / count;
            let error = ((squares / count - mean * mean).max(0.0) / count).sqrt();
            let expected = expected_gain(n, k, &gains);
            let apart = (mean - expected).abs();
            assert!(apart <= 5.0 * error + UNIT, "K = {k}, n = {n}: {mean} is not {expected} within {error}");
            worst = worst.max(if error > UNIT { apart / error } else { 0.0 });
            let simple = (k as f64 - 1.0) / (2.0 * (n + k) as f64);
            let (below, above) = bounds(n, k);
            assert!(expected - simple >= below - UNIT && expected - simple <= above + UNIT, "K = {k}, n = {n}");
            let slack = 5.0 * error + UNIT;
            assert!(mean - simple >= below - slack && mean - simple <= above + slack, "K = {k}, n = {n}: {mean}, {simple}");
            if [0, k, 4 * k, 19 * k].contains(&n) {
                println!("K {k:2}, n {n:3}: mean {mean:.5} +- {error:.5}, expected {expected:.5}, (K-1)/(2(n+K)) {simple:.5}");
            }
        }
        println!("K {k:2}: {} visit numbers, furthest from the expected mean by {worst:.1} standard errors", sums.len());
    }
}

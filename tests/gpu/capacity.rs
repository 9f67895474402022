//! The kernel of a channel's capacity against its twin, within the precision of f32.

use explorarium::gpu::{Access, Gpu, Source};
use explorarium::shaders::bonus::capacity;

use super::points::run;
use super::{SIZES, gpu, noise, resolve};

/// Returns random channels with many zeros; every row has at least one outcome.
fn channels(n: usize, inputs: usize, outcomes: usize) -> Vec<u32> {
    let mut counts: Vec<u32> = noise(3, n * inputs * outcomes).iter().map(|w| if w % 3 == 0 { w >> 28 } else { 0 }).collect();
    counts.chunks_exact_mut(outcomes).enumerate().for_each(|(x, row)| row[x * 5 % outcomes] += 1);
    counts
}

/// Returns lower and upper bound, mutual information, iterations and state of each channel after `rounds` rounds in dispatches of `each`.
fn capacities(
    gpu: &Gpu,
    source: &Source,
    counts: &[u32],
    [n, inputs, outcomes]: [usize; 3],
    gap: f32,
    rounds: &[u32],
) -> Vec<([f64; 3], u32, u32)> {
    let (mut chances, mut out) = (vec![f32::NAN.to_bits(); n * inputs], vec![77; n * 5]);
    for (k, rounds) in rounds.iter().enumerate() {
        let params = [n as u32, inputs as u32, outcomes as u32, gap.to_bits(), *rounds, u32::from(k == 0)];
        let buffers =
            [(&params[..], Access::Read), (counts, Access::Read), (&chances, Access::ReadWrite), (&out, Access::ReadWrite)];
        [chances, out] = run(gpu, source, &buffers, n * 64, [2, 3]);
    }
    let bits = |word: u32| f64::from(f32::from_bits(word));
    out.chunks_exact(5).map(|w| ([bits(w[0]), bits(w[1]), bits(w[2])], w[3], w[4])).collect()
}

/// Returns the largest difference in bits from the twin after exactly the sum of `rounds`.
fn worst(gpu: &Gpu, source: &Source, shape: [usize; 3], rounds: &[u32]) -> f64 {
    let counts = channels(shape[0], shape[1], shape[2]);
    let found = capacities(gpu, source, &counts, shape, -1.0, rounds);
    // The first round uses a uniform input distribution; each round after it is one iteration.
    let most = rounds.iter().sum::<u32>() - 1;
    let mut worst = 0.0f64;
    for (counts, (found, iterations, state)) in counts.chunks_exact(shape[1] * shape[2]).zip(found) {
        let exact = capacity::Channel::new(counts, shape[2]).expect("a channel").capacity(-1.0, most);
        if (iterations, state) != (most, 0) {
            return f64::INFINITY;
        }
        for (found, exact) in found.iter().zip([exact.bits, exact.upper, exact.mutual]) {
            worst = if found.is_nan() { f64::INFINITY } else { worst.max((found - exact).abs()) };
        }
    }
    worst
}

#[test]
fn capacities_are_the_twins() {
    let Some(gpu) = gpu() else { return };
    let source = resolve("shaders/bonus/capacity.wgsl");
    for n in SIZES {
        let worst = worst(gpu, &source, [n, 5, 8], &[7, 13, 1]);
        assert!(worst < 1e-4, "{n}: {worst}");
    }
    let largest = [1, capacity::MAX_INPUTS, capacity::MAX_OUTCOMES];
    for shape in [[3, 1, 1], [3, 1, 9], [2, 64, 3], [2, 65, 70], [1, 289, 100], largest] {
        let rounds = capacity::rounds_of_dispatch(shape[1], shape[2]).expect("fits").min(4);
        let worst = worst(gpu, &source, shape, &[rounds; 3]);
        assert!(worst < 1e-4, "{shape:?}: {worst}");
    }
}

#[test]
fn capacities_stop_where_the_bounds_meet() {
    let Some(gpu) = gpu() else { return };
    let source = resolve("shaders/bonus/capacity.wgsl");
    let z = [2, 0, 1, 1];
    for (gap, iterations) in [(1e-2, 5), (1e-3, 10), (capacity::MIN_GAP, 15)] {
        let found = capacities(gpu, &source, &z, [1, 2, 2], gap, &[3, 4, 60, 60])[0];
        assert!((found.0[0] - 0.321_928).abs() < f64::from(gap), "{found:?}");
        assert!(found.1.abs_diff(iterations) <= 1 && found.2 == 1, "{found:?}");
    }
    let untried = capacities(gpu, &source, &[2, 0, 0, 0, 9, 1, 1, 9], [2, 2, 2], 1e-3, &[5, 5]);
    assert_eq!(untried[0].2, 2);
    assert!((untried[1].0[0] - 0.531_004).abs() < 1e-4 && untried[1].1 == 0 && untried[1].2 == 1, "{untried:?}");
}

#[test]
fn a_changed_capacity_is_noticed() {
    let Some(gpu) = gpu() else { return };
    for (old, new) in [
        ("chances[x] *= exp(divergences[x]) / whole.y", "chances[x] *= 1.0"),
        ("for (var k = 1u; k < GROUP", "for (var k = 2u; k < GROUP"),
        ("probability / outcomes[y]", "probability / (outcomes[y] + 0.001)"),
        ("whole.z / LN_2", "whole.z / 0.7"),
        ("1.0 / f32(n)", "1.0"),
    ] {
        let mut source = resolve("shaders/bonus/capacity.wgsl");
        assert!(source.text.contains(old), "'{old}' is in the text");
        source.text = source.text.replace(old, new);
        let worst = worst(gpu, &source, [10, 5, 8], &[2, 2]);
        assert!(worst > 1e-4, "'{new}' goes unnoticed: {worst}");
    }
}

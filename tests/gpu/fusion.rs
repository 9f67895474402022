//! The kernel that fuses several bonuses into one value, compared with its twin in every bit.

use explorarium::envs::Core;
use explorarium::gpu::{Access, Gpu, Source};
use explorarium::shaders::bonus::{fuse, rms};

use super::points::run;
use super::{SIZES, gpu, noise, resolve};

/// Buffers of a fusion: rules, core, pace (every seventh instance takes no part), and memory, near a halving in every third instance.
struct Fusing {
    n: usize,
    rules: Vec<u32>,
    cores: Vec<u32>,
    pace: Vec<u32>,
    memory: Vec<u32>,
    totals: Vec<u32>,
}

const ROUNDS: u32 = 4;

impl Fusing {
    fn new(n: usize, fuse: &fuse::Fuse, columns: usize) -> Fusing {
        let mut rules = vec![0; 16];
        (rules[0], rules[2]) = (n as u32, 1);
        let mut cores = noise(1, n * Core::WORDS);
        cores.chunks_exact_mut(Core::WORDS).for_each(|core| core[Core::FLAGS] %= 8);
        let mut pace = vec![0; 2 + 6 * n];
        (0..n).step_by(7).for_each(|i| pace[2 + 2 * n + 4 * i] = 1);
        let words = fuse.memory_words();
        let mut memory = vec![0; n * words];
        memory.chunks_exact_mut(words).enumerate().for_each(|(i, memory)| memory[0] = (i % columns) as u32);
        for (i, memory) in memory.chunks_exact_mut(words).enumerate().filter(|(i, _)| i % 3 == 1) {
            for c in 0..columns {
                let at = 3 + 8 * c;
                let (count, value) = (rms::RMS_MAX - 2, [-5i64, 1 << 20, i64::from(i32::MIN)][i % 9 / 3]);
                let (sum, squares) = (value * i64::from(count), (value * value) as u128 * u128::from(count));
                let words =
                    [count, sum as u32, (sum >> 32) as u32, squares as u32, (squares >> 32) as u32, (squares >> 64) as u32];
                memory[at..at + 6].copy_from_slice(&words);
            }
        }
        Fusing { n, rules, cores, pace, memory, totals: noise(2, n) }
    }

    /// Returns the values of a round: some extreme, the rest of all sizes.
    fn values(&self, round: u32, columns: usize) -> Vec<u32> {
        let sized = |word: u32| match word % 37 {
            0 => i32::MIN as u32,
            1 => i32::MAX as u32,
            2 => 0,
            k => ((word as i32) >> (k % 28)) as u32,
        };
        noise(10 + round, self.n * columns).into_iter().map(sized).collect()
    }

    fn twin(&mut self, fuse: &fuse::Fuse, values: &[u32]) {
        let (words, columns) = (fuse.memory_words(), values.len() / self.n);
        let mut values: Vec<i32> = values.iter().map(|v| *v as i32).collect();
        for i in 0..self.n {
            let core = &self.cores[i * Core::WORDS..(i + 1) * Core::WORDS];
            if i % 7 == 0 || core[Core::FLAGS] & Core::SKIP != 0 {
                continue;
            }
            let memory = &mut self.memory[i * words..(i + 1) * words];
            self.totals[i] = fuse.fuse(core, &mut values[i * columns..(i + 1) * columns], memory) as u32;
        }
    }

    fn backend(&mut self, gpu: &Gpu, source: &Source, fuse: &fuse::Fuse, values: &[u32]) {
        let params = fuse.params();
        let buffers = [
            (&self.rules[..], Access::Read),
            (&self.cores, Access::Read),
            (&self.pace, Access::Read),
            (&params, Access::Read),
            (values, Access::ReadWrite),
            (&self.memory, Access::ReadWrite),
            (&self.totals, Access::ReadWrite),
        ];
        [self.memory, self.totals] = run(gpu, source, &buffers, self.n, [5, 6]);
    }
}

fn fusions() -> Vec<(fuse::Fuse, usize)> {
    use fuse::{Column, Fuse, Fusion, Normalise, Turn};
    let columns = [(1.0, 0.0), (0.5, 0.1), (2048.0, 1e-5), (0.05, 0.999)].map(|(weight, kappa)| Column { weight, kappa });
    let make = |fusion, normalise, n: usize, reward| (Fuse::new(fusion, normalise, &columns[..n], reward).expect("fits"), n);
    vec![
        make(Fusion::Sum, Normalise::Rms, 4, Some((1, 10))),
        make(Fusion::Sum, Normalise::Nothing, 1, None),
        make(Fusion::Product, Normalise::Rms, 3, None),
        make(Fusion::Cycle(Turn::Step), Normalise::Nothing, 3, Some((0, i32::MAX as u32))),
        make(Fusion::Cycle(Turn::Episode), Normalise::Rms, 3, None),
        make(Fusion::Maximum, Normalise::Rms, 2, Some((1, 1))),
        make(Fusion::Chosen, Normalise::Rms, 3, Some((2, 10))),
    ]
}

#[test]
fn fused_values_are_the_twins() {
    let Some(gpu) = gpu() else { return };
    let source = resolve("shaders/bonus/fuse.wgsl");
    for (k, (fuse, columns)) in fusions().iter().enumerate() {
        for n in SIZES {
            let (mut backend, mut twin) = (Fusing::new(n, fuse, *columns), Fusing::new(n, fuse, *columns));
            for round in 0..ROUNDS {
                let values = backend.values(round, *columns);
                backend.backend(gpu, &source, fuse, &values);
                twin.twin(fuse, &values);
                assert_eq!(backend.totals, twin.totals, "{k}, {n}, {round}");
                assert_eq!(backend.memory, twin.memory, "{k}, {n}, {round}");
            }
        }
    }
}

#[test]
fn a_changed_fusion_is_noticed() {
    let Some(gpu) = gpu() else { return };
    let fusions = fusions();
    for (k, old, new) in [
        (0, "i32(half) - 13", "i32(half) - 12"),
        (0, "rest -= by;", "rest -= by - (by >> 18u);"),
        (0, "RMS_PARTS: u32 = 10000u", "RMS_PARTS: u32 = 10001u"),
        (0, "RMS_EPSILON: u32 = 10995u", "RMS_EPSILON: u32 = 9000u"),
        (0, "RMS_CLIP: u32 = 10485760u", "RMS_CLIP: u32 = 10485761u"),
        (0, "rms_halve(at);", ""),
        (0, "a > 0x7fffffff - b", "a > 0x7ffffffe"),
        (0, "c == params[FUSE_REWARD]", "c == params[FUSE_REWARD] + 1u"),
        (1, "select(shifted.x, MAX_VALUE, over)", "shifted.x"),
        (2, "select(total, -total, value < 0)", "total"),
        (3, "select(next, 0u, next == n)", "next"),
        (3, "vec4<u32>(size_of(reward), 0u, 0u, 0u), 20)", "vec4<u32>(size_of(reward), 0u, 0u, 0u), 21)"),
        (4, "- 1u) % n", "- 2u) % n"),
        (5, "total = max(total, value)", "total = min(total, value)"),
        (6, "&& c != params[FUSE_REWARD] {", "{"),
        (6, "c != turn", "c == turn"),
        (6, "    if fusion != FUSION_CHOSEN {", "    if true {"),
    ] {
        let (fuse, columns) = &fusions[k];
        let mut source = resolve("shaders/bonus/fuse.wgsl");
        assert!(source.text.contains(old), "'{old}' is in the text");
        source.text = source.text.replace(old, new);
        let (mut backend, mut twin) = (Fusing::new(200, fuse, *columns), Fusing::new(200, fuse, *columns));
        for round in 0..ROUNDS {
            let values = backend.values(round, *columns);
            backend.backend(gpu, &source, fuse, &values);
            twin.twin(fuse, &values);
        }
        assert!(backend.totals != twin.totals || backend.memory != twin.memory, "'{new}' goes unnoticed");
    }
}

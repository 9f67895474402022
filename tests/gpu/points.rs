//! Bonuses over points, what combines bonuses, and channel capacity: kernels against their twins.

use explorarium::envs::Core;
use explorarium::gpu::{Access, Gpu, Kernel, Pass, Source, Words};
use explorarium::shaders::bonus::points::{self, Features, Points};
use explorarium::shaders::bonus::{Bonus, Counts, Seen, capacity, e3b, fuse, knn, pseudo_count, ring, rms};

use super::texts::{constant, floats};
use super::{SIZES, gpu, noise, own, resolve};

/// What the buffers `wanted` hold after one run over `n` invocations of a kernel that is compiled only once.
fn run<const N: usize>(gpu: &Gpu, source: &Source, buffers: &[(&[u32], Access)], n: usize, wanted: [usize; N]) -> [Vec<u32>; N] {
    let access: Vec<Access> = buffers.iter().map(|b| b.1).collect();
    let kernel = Kernel::of(gpu, source, &access).unwrap_or_else(|e| panic!("{e}"));
    let words: Vec<Words> = buffers.iter().map(|(words, _)| Words::of(gpu, "words", words).expect("fits")).collect();
    let bound = kernel.bind(gpu, &words.iter().collect::<Vec<_>>()).expect("binds");
    let mut pass = Pass::new(gpu, "test");
    pass.dispatch(&kernel, &bound, n);
    pass.submit().expect("runs");
    wanted.map(|k| {
        let mut out = vec![0; words[k].len()];
        words[k].read(gpu, 0, &mut out).expect("reads");
        out
    })
}

/// Some steps of all instances in one dispatch. `ops` holds instances, steps, then 0 (begin), 1 (visit) or 2 (peek) by step and instance;
/// values lie behind the own words.
const PLAY: &str = "#import shaders/shared/grid.wgsl
#import shaders/bonus/arrival.wgsl
#import BONUS
@group(0) @binding(0) var<storage, read> params: array<u32>;
@group(0) @binding(1) var<storage, read> seen: array<u32>;
@group(0) @binding(2) var<storage, read> ops: array<u32>;
@group(0) @binding(3) var<storage, read_write> own: array<u32>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = invocation(id, groups);
    let n = ops[0];
    if i >= n { return; }
    for (var s = 0u; s < ops[1]; s++) {
        let row = s * n + i;
        let what = Arrival(vec2<u32>(0u), vec2<u32>(0u), 0u, row * params[0]);
        let at = i * params[4];
        var value = 0;
        switch ops[2u + row] {
            case 0u: { bonus_begin(what, at); }
            case 1u: { value = bonus_visit(what, at).value; }
            default: { value = bonus_peek(what, at); }
        }
        own[n * params[4] + row] = bitcast<u32>(value);
    }
}
";

const OBS_WORDS: usize = 3;
const STEPS: usize = 40;
/// Steps of a dispatch: few enough for `points::MAX_LOOPS`.
const CHUNK: usize = 8;
/// Words of `params` before the bonus's own.
const HEAD: usize = 8;

/// What is played: observations and ops of `n` instances.
struct Play {
    n: usize,
    obs: Vec<u32>,
    ops: Vec<u32>,
}

impl Play {
    /// Few different bytes, so that states come again; large ones among them.
    fn new(n: usize, bits: u32) -> Play {
        let rows = n * STEPS;
        let mask = 0x0101_0101 * ((1 << bits) - 1);
        let obs = noise(7, rows * OBS_WORDS).iter().map(|word| word & mask).collect();
        let op = |word: &u32| match word % 16 {
            0 => 0,
            1..=3 => 2,
            _ => 1,
        };
        let ops = [n as u32, STEPS as u32].into_iter().chain(noise(8, rows).iter().map(op)).collect();
        Play { n, obs, ops }
    }

    /// Own words and values by the twin.
    fn twin(&self, bonus: &dyn Bonus) -> (Vec<u32>, Vec<i32>) {
        let words = bonus.own_words();
        let mut own = vec![0; self.n * words];
        let mut values = vec![0; self.n * STEPS];
        for row in 0..self.n * STEPS {
            let i = row % self.n;
            let seen = Seen { key: 0, before: 0, action: 0, obs: &self.obs[row * OBS_WORDS..(row + 1) * OBS_WORDS] };
            let own = &mut own[i * words..(i + 1) * words];
            match self.ops[2 + row] {
                0 => bonus.begin(&seen, own),
                1 => values[row] = bonus.visit(&seen, &NoTable, own).expect("a value"),
                _ => values[row] = bonus.peek(&seen, &NoTable, own),
            }
        }
        (own, values)
    }

    fn card(&self, gpu: &Gpu, bonus: &dyn Bonus, source: &Source) -> (Vec<u32>, Vec<i32>) {
        let words = bonus.own_words();
        let mut params = vec![OBS_WORDS as u32, 0, 0, 1, words as u32, HEAD as u32, 0, 0];
        params.extend(bonus.params());
        let mut own = vec![0; self.n * words];
        let mut values = Vec::new();
        for s in (0..STEPS).step_by(CHUNK) {
            let rows = s * self.n..(s + CHUNK) * self.n;
            let ops = [&[self.n as u32, CHUNK as u32], &self.ops[2..][rows.clone()]].concat();
            let obs = &self.obs[rows.start * OBS_WORDS..rows.end * OBS_WORDS];
            own.resize(self.n * (words + CHUNK), 0);
            let buffers = [(&params[..], Access::Read), (obs, Access::Read), (&ops, Access::Read), (&own, Access::ReadWrite)];
            [own] = run(gpu, source, &buffers, self.n, [3]);
            values.extend(own.split_off(self.n * words).into_iter().map(|word| word as i32));
        }
        (own, values)
    }
}

struct NoTable;

impl Counts for NoTable {
    fn count(&self, _: u64) -> u32 {
        panic!("read")
    }

    fn total(&self) -> u64 {
        panic!("read")
    }

    fn sum_c_ln_c(&self) -> u64 {
        panic!("read")
    }
}

fn kernel_of(bonus: &dyn Bonus) -> Source {
    own(&PLAY.replace("BONUS", bonus.wgsl()))
}

/// Bonuses with the part of a value by which theirs may differ, and the bits of the bytes that they see.
fn bonuses() -> Vec<(Box<dyn Bonus>, f64, u32)> {
    let points = |dims, first_byte, n_bytes| {
        Points::new(Features { first_byte, n_bytes, dims, identity: false }, OBS_WORDS * 4, 5).expect("points")
    };
    let bytes = |dims| {
        let features = Features { first_byte: 1, n_bytes: dims, dims, identity: true };
        Points::new(features, OBS_WORDS * 4, 5).expect("points")
    };
    let near = knn::Options { capacity: 16, ..knn::Options::default() };
    let count = pseudo_count::Options { capacity: 16, ..pseudo_count::Options::default() };
    let square = e3b::Options::default();
    let knn = |points, options| Box::new(knn::Knn::new(points, options).expect("knn")) as Box<dyn Bonus>;
    let pseudo = |points, options| Box::new(pseudo_count::PseudoCount::new(points, options).expect("pseudo")) as Box<dyn Bonus>;
    let e3b = |points, options| Box::new(e3b::E3b::new(points, options).expect("e3b")) as Box<dyn Bonus>;
    vec![
        (knn(points(16, 0, 12), near), 0.0, 8),
        (knn(points(32, 2, 9), knn::Options { nearest: 16, mean: true, unit: Some(1), ..near }), 0.0, 2),
        (knn(bytes(7), knn::Options { nearest: 5, mean: true, episodic: true, ..near }), 0.0, 8),
        (knn(bytes(1), knn::Options { nearest: 1, unit: Some(1000), ..near }), 0.0, 3),
        (pseudo(points(16, 0, 12), count), 1e-4, 1),
        (pseudo(bytes(3), pseudo_count::Options { episodic: false, fixed: true, ..count }), 1e-4, 1),
        (pseudo(bytes(5), pseudo_count::Options { nearest: 3, seed_mean: Some(20_000), seed_count: 214_748, ..count }), 1e-4, 8),
        (e3b(points(16, 0, 12), square), 1e-3, 2),
        (e3b(points(5, 3, 4), e3b::Options { episodic: false, ..square }), 1e-3, 8),
        (e3b(bytes(11), e3b::Options { unit_squared: Some(100.0), ridge: 0.5, ..square }), 1e-3, 4),
    ]
}

/// Whether both are the same: own words in every bit, values but for `part` of them (and then two units for what is rounded).
fn same(a: &(Vec<u32>, Vec<i32>), b: &(Vec<u32>, Vec<i32>), part: f64) -> bool {
    let near = |(a, b): (&i32, &i32)| {
        let apart = f64::from(a.abs_diff(*b));
        apart <= if part == 0.0 { 0.0 } else { 2.0 + part * f64::from(*b).abs() }
    };
    a.0 == b.0 && a.1.len() == b.1.len() && a.1.iter().zip(&b.1).all(near)
}

#[test]
fn bonuses_over_points_are_the_twins() {
    let Some(gpu) = gpu() else { return };
    for (k, (bonus, part, bits)) in bonuses().iter().enumerate() {
        let source = kernel_of(&**bonus);
        for n in SIZES {
            let play = Play::new(n, *bits);
            let (found, expected) = (play.card(gpu, &**bonus, &source), play.twin(&**bonus));
            let apart = found.1.iter().zip(&expected.1).position(|(a, b)| a != b).map(|r| (r, found.1[r], expected.1[r]));
            let words = found.0.iter().zip(&expected.0).filter(|(a, b)| a != b).count();
            assert!(same(&found, &expected, *part), "{k}: {}, {n}: {words} words, first value {apart:?}", bonus.wgsl());
            let different: std::collections::BTreeSet<i32> = expected.1.iter().copied().collect();
            assert!(n == 1 || different.len() > 3, "{k}: all values are the same");
        }
    }
}

/// Text of a bonus's kernel that is changed, by the bonus's place in the list.
const CHANGES: [(usize, &str, &str); 16] = [
    (0, "POINTS_VALUES - 1u)", "POINTS_VALUES - 2u)"),
    (0, "8u * (d & 3u), 8u)", "8u * (d & 3u), 3u)"),
    (0, "square >= near[nearest - 1u]", "square > near[nearest - 1u] + 9u"),
    (0, "own[ring + RING_NEXT] + 1u;", "own[ring + RING_NEXT] + 2u;"),
    (0, "rest << 14u", "rest << 13u"),
    (0, "+ 128u) >> 8u", "+ 0u) >> 8u"),
    (0, "params[at + 1u] - params[at]) * between", "params[at + 1u] - params[at]) * (between & 8128u)"),
    (1, "var k = first; k < end", "var k = first + 1u; k < end"),
    (2, "== 1u {\n        own[ring + RING_STORED]", "== 2u {\n        own[ring + RING_STORED]"),
    (2, "if found < wanted", "if found + 1u < wanted"),
    (4, "sum.z += 1u", "sum.z += 2u"),
    (4, "PSEUDO_FLOOR: f32 = 0.001", "PSEUDO_FLOOR: f32 = 0.002"),
    (6, "select(0u, 1u, low < sum.x)", "0u"),
    (7, "rest[i] -= factor * rest[k];", "rest[i] -= 0.99 * factor * rest[k];"),
    (8, "j <= i; j++) {\n                matrix", "j < i; j++) {\n                matrix"),
    (9, "max(matrix[e3b_entry(k, k)], ridge)", "max(matrix[e3b_entry(k, k)], 1.1 * ridge)"),
];

#[test]
fn a_changed_bonus_is_noticed() {
    let Some(gpu) = gpu() else { return };
    let bonuses = bonuses();
    for (k, old, new) in CHANGES {
        let (bonus, part, bits) = &bonuses[k];
        let play = Play::new(200, *bits);
        let mut source = kernel_of(&**bonus);
        assert!(source.text.contains(old), "'{old}' is in the text");
        source.text = source.text.replace(old, new);
        assert!(!same(&play.card(gpu, &**bonus, &source), &play.twin(&**bonus), *part), "'{new}' goes unnoticed");
    }
}

#[test]
fn only_what_says_so_calculates_in_floats() {
    for (bonus, part, _) in bonuses() {
        let source = kernel_of(&*bonus);
        let module = naga::front::wgsl::parse_str(&source.text).unwrap_or_else(|e| panic!("{}", e.emit_to_string(&source.text)));
        assert_eq!(floats(&module) > 0, part > 0.0, "{}", bonus.wgsl());
        let text = explorarium::shaders::WGSL.iter().find(|(path, _)| *path == bonus.wgsl()).expect("listed").1;
        assert_eq!(text.contains("// Class: Exact"), part == 0.0, "{}", bonus.wgsl());
        assert_eq!(text.contains("// Class: Tolerance"), part > 0.0, "{}", bonus.wgsl());
    }
}

#[test]
fn limits_of_texts_and_twins_agree() {
    let all = "#import shaders/bonus/knn.wgsl
#import shaders/bonus/rms.wgsl
#import shaders/shared/grid.wgsl
@group(0) @binding(0) var<storage, read> params: array<u32>;
@group(0) @binding(1) var<storage, read> seen: array<u32>;
@group(0) @binding(2) var<storage, read_write> own: array<u32>;
";
    let numbers: [(String, &[(&str, usize)]); 3] = [
        (
            own(all).text,
            &[
                ("POINTS_MAX_DIMS", points::MAX_DIMS),
                ("POINTS_VALUES", points::VALUES),
                ("NUMBER_OWN", points::number::OWN),
                ("NUMBER_WORDS", points::number::WORDS),
                ("RING_MAX_NEAREST", ring::MAX_NEAREST),
                ("RMS_WORDS", rms::RMS_WORDS),
                ("RMS_MOST", rms::RMS_MOST as usize),
            ],
        ),
        (
            own(&all.replace("knn", "e3b")).text,
            &[("E3B_MAX_DIMS", e3b::MAX_E3B_DIMS), ("E3B_ENTRIES", e3b::MAX_E3B_DIMS * (e3b::MAX_E3B_DIMS + 1) / 2)],
        ),
        (
            resolve("shaders/bonus/capacity.wgsl").text,
            &[("MAX_INPUTS", capacity::MAX_INPUTS), ("MAX_OUTCOMES", capacity::MAX_OUTCOMES)],
        ),
    ];
    for (text, numbers) in numbers {
        let module = naga::front::wgsl::parse_str(&text).unwrap_or_else(|e| panic!("{}", e.emit_to_string(&text)));
        for (name, expected) in numbers {
            assert_eq!(constant(&module, name) as usize, *expected, "{name}");
        }
    }
}

/// Buffers of a fusion: rules, core, pace (every seventh takes no part), and own words near a halving in every third.
struct Fusing {
    n: usize,
    rules: Vec<u32>,
    cores: Vec<u32>,
    pace: Vec<u32>,
    own: Vec<u32>,
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
        let words = fuse.own_words();
        let mut own = vec![0; n * words];
        for (i, own) in own.chunks_exact_mut(words).enumerate().filter(|(i, _)| i % 3 == 1) {
            for c in 0..columns {
                let at = 3 + 8 * c;
                let (count, value) = (rms::RMS_MOST - 2, [-5i64, 1 << 20, i64::from(i32::MIN)][i % 9 / 3]);
                let (sum, squares) = (value * i64::from(count), (value * value) as u128 * u128::from(count));
                let words =
                    [count, sum as u32, (sum >> 32) as u32, squares as u32, (squares >> 32) as u32, (squares >> 64) as u32];
                own[at..at + 6].copy_from_slice(&words);
            }
        }
        Fusing { n, rules, cores, pace, own, totals: noise(2, n) }
    }

    /// Values of a round: some extreme, the rest of all sizes.
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
        let (words, columns) = (fuse.own_words(), values.len() / self.n);
        let mut values: Vec<i32> = values.iter().map(|v| *v as i32).collect();
        for i in 0..self.n {
            let core = &self.cores[i * Core::WORDS..(i + 1) * Core::WORDS];
            if i % 7 == 0 || core[Core::FLAGS] & Core::SKIP != 0 {
                continue;
            }
            let own = &mut self.own[i * words..(i + 1) * words];
            self.totals[i] = fuse.fuse(core, &mut values[i * columns..(i + 1) * columns], own) as u32;
        }
    }

    fn card(&mut self, gpu: &Gpu, source: &Source, fuse: &fuse::Fuse, values: &[u32]) {
        let params = fuse.params();
        let buffers = [
            (&self.rules[..], Access::Read),
            (&self.cores, Access::Read),
            (&self.pace, Access::Read),
            (&params, Access::Read),
            (values, Access::ReadWrite),
            (&self.own, Access::ReadWrite),
            (&self.totals, Access::ReadWrite),
        ];
        [self.own, self.totals] = run(gpu, source, &buffers, self.n, [5, 6]);
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
    ]
}

#[test]
fn fused_values_are_the_twins() {
    let Some(gpu) = gpu() else { return };
    let source = resolve("shaders/bonus/fuse.wgsl");
    for (k, (fuse, columns)) in fusions().iter().enumerate() {
        for n in SIZES {
            let (mut card, mut twin) = (Fusing::new(n, fuse, *columns), Fusing::new(n, fuse, *columns));
            for round in 0..ROUNDS {
                let values = card.values(round, *columns);
                card.card(gpu, &source, fuse, &values);
                twin.twin(fuse, &values);
                assert_eq!(card.totals, twin.totals, "{k}, {n}, {round}");
                assert_eq!(card.own, twin.own, "{k}, {n}, {round}");
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
        (0, "rest -= by;", "rest -= by - 1u;"),
        (0, "RMS_PARTS: u32 = 10000u", "RMS_PARTS: u32 = 10001u"),
        (0, "rms_halve(at);", ""),
        (0, "a > 0x7fffffff - b", "a > 0x7ffffffe"),
        (0, "c == params[FUSE_REWARD]", "c == params[FUSE_REWARD] + 1u"),
        (1, "select(shifted.x, MOST_VALUE, over)", "shifted.x"),
        (2, "select(total, -total, value < 0)", "total"),
        (3, "select(next, 0u, next == n)", "next"),
        (3, "vec4<u32>(size_of(reward), 0u, 0u, 0u), 20)", "vec4<u32>(size_of(reward), 0u, 0u, 0u), 21)"),
        (4, "- 1u) % n", "- 2u) % n"),
        (5, "total = max(total, value)", "total = min(total, value)"),
    ] {
        let (fuse, columns) = &fusions[k];
        let mut source = resolve("shaders/bonus/fuse.wgsl");
        assert!(source.text.contains(old), "'{old}' is in the text");
        source.text = source.text.replace(old, new);
        let (mut card, mut twin) = (Fusing::new(200, fuse, *columns), Fusing::new(200, fuse, *columns));
        for round in 0..ROUNDS {
            let values = card.values(round, *columns);
            card.card(gpu, &source, fuse, &values);
            twin.twin(fuse, &values);
        }
        assert!(card.totals != twin.totals || card.own != twin.own, "'{new}' goes unnoticed");
    }
}

/// Random channels with many zeros; a row's first outcome always happened.
fn channels(n: usize, inputs: usize, outcomes: usize) -> Vec<u32> {
    let mut counts: Vec<u32> = noise(3, n * inputs * outcomes).iter().map(|w| if w % 3 == 0 { w >> 28 } else { 0 }).collect();
    counts.chunks_exact_mut(outcomes).enumerate().for_each(|(x, row)| row[x * 5 % outcomes] += 1);
    counts
}

/// Lower and upper bound, mutual information, iterations and state of each channel, after `rounds` rounds in dispatches of `each`.
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

/// Largest difference in bits from the twin after exactly the sum of `rounds`.
fn worst(gpu: &Gpu, source: &Source, shape: [usize; 3], rounds: &[u32]) -> f64 {
    let counts = channels(shape[0], shape[1], shape[2]);
    let found = capacities(gpu, source, &counts, shape, -1.0, rounds);
    // The first round is of even inputs: as many iterations as rounds that follow it.
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
    for (gap, iterations) in [(1e-2, 5), (1e-3, 10), (capacity::LEAST_GAP, 15)] {
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

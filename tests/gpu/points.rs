//! Bonuses over points: kernels against their twins. Also checks of all kernels of bonuses, here and in `fusion.rs`, `capacity.rs`.

use explorarium::gpu::{Access, Gpu, Kernel, Pass, Source, Words};
use explorarium::shaders::bonus::points::{self, Features, Points};
use explorarium::shaders::bonus::{Bonus, Counts, Transition, capacity, e3b, knn, pseudo_count, ring, rms};

use super::texts::{constant, floats};
use super::{SIZES, gpu, noise, resolve, resolve_text};

/// Returns the contents of the buffers `wanted` after one run over `n` invocations. The kernel is compiled only once.
pub fn run<const N: usize>(
    gpu: &Gpu,
    source: &Source,
    buffers: &[(&[u32], Access)],
    n: usize,
    wanted: [usize; N],
) -> [Vec<u32>; N] {
    let access: Vec<Access> = buffers.iter().map(|b| b.1).collect();
    let kernel = Kernel::of(gpu, source).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(kernel.bindings().iter().map(|binding| binding.access).collect::<Vec<_>>(), access, "{}", source.name);
    let words: Vec<Words> = buffers.iter().map(|(words, _)| Words::of(gpu, "words", words).expect("fits")).collect();
    let bound = super::bind(gpu, &kernel, &words.iter().collect::<Vec<_>>());
    let mut pass = Pass::new(gpu, "test");
    pass.dispatch(&kernel, &bound, n);
    pass.submit().expect("runs");
    wanted.map(|k| {
        let mut out = vec![0; words[k].len()];
        words[k].read(gpu, 0, &mut out).expect("reads");
        out
    })
}

/// Runs some steps of all instances in one dispatch. `ops` holds instances, steps, then 0 (begin), 1 (visit) or 2 (peek) by step and
/// instance. Values follow the memory.
const PLAY: &str = "#import shaders/shared/grid.wgsl
#import shaders/bonus/transition.wgsl
#import BONUS
@group(0) @binding(0) var<storage, read> params: array<u32>;
@group(0) @binding(1) var<storage, read> inputs: array<u32>;
@group(0) @binding(2) var<storage, read> ops: array<u32>;
@group(0) @binding(3) var<storage, read_write> memory: array<u32>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = invocation(id, groups);
    let n = ops[0];
    if i >= n { return; }
    for (var s = 0u; s < ops[1]; s++) {
        let row = s * n + i;
        let what = Transition(vec2<u32>(0u), vec2<u32>(0u), 0u, row * params[0]);
        let at = i * params[4];
        var value = 0;
        switch ops[2u + row] {
            case 0u: { bonus_begin(what, at); }
            case 1u: { value = bonus_visit(what, at).value; }
            default: { value = bonus_peek(what, at); }
        }
        memory[n * params[4] + row] = bitcast<u32>(value);
    }
}
";

const OBS_WORDS: usize = 3;
const STEPS: usize = 40;
/// Number of steps of a dispatch: few enough for `points::MAX_LOOPS`.
const CHUNK: usize = 8;
/// Number of words of `params` before the bonus's own.
const HEAD: usize = 8;

/// Input of a run: observations and ops of `n` instances.
struct Play {
    n: usize,
    obs: Vec<u32>,
    ops: Vec<u32>,
}

impl Play {
    /// There are few different bytes, so that states recur; some of them are large.
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

    /// Returns memory and values as the twin computes them.
    fn twin(&self, bonus: &dyn Bonus) -> (Vec<u32>, Vec<i32>) {
        let words = bonus.memory_words();
        let mut memory = vec![0; self.n * words];
        let mut values = vec![0; self.n * STEPS];
        for row in 0..self.n * STEPS {
            let i = row % self.n;
            let transition = Transition { key: 0, before: 0, action: 0, obs: &self.obs[row * OBS_WORDS..(row + 1) * OBS_WORDS] };
            let memory = &mut memory[i * words..(i + 1) * words];
            match self.ops[2 + row] {
                0 => bonus.begin(&transition, memory),
                1 => values[row] = bonus.visit(&transition, &NoTable, memory).expect("a value"),
                _ => values[row] = bonus.peek(&transition, &NoTable, memory),
            }
        }
        (memory, values)
    }

    fn backend(&self, gpu: &Gpu, bonus: &dyn Bonus, source: &Source) -> (Vec<u32>, Vec<i32>) {
        let words = bonus.memory_words();
        let mut params = vec![OBS_WORDS as u32, 0, 0, 1, words as u32, HEAD as u32, 0, 0];
        params.extend(bonus.params());
        let mut memory = vec![0; self.n * words];
        let mut values = Vec::new();
        for s in (0..STEPS).step_by(CHUNK) {
            let rows = s * self.n..(s + CHUNK) * self.n;
            let ops = [&[self.n as u32, CHUNK as u32], &self.ops[2..][rows.clone()]].concat();
            let obs = &self.obs[rows.start * OBS_WORDS..rows.end * OBS_WORDS];
            memory.resize(self.n * (words + CHUNK), 0);
            let buffers = [(&params[..], Access::Read), (obs, Access::Read), (&ops, Access::Read), (&memory, Access::ReadWrite)];
            [memory] = run(gpu, source, &buffers, self.n, [3]);
            values.extend(memory.split_off(self.n * words).into_iter().map(|word| word as i32));
        }
        (memory, values)
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
    resolve_text(&PLAY.replace("BONUS", bonus.wgsl()))
}

/// Returns bonuses, each with the part of a value by which its values may differ, and the number of bits of the bytes in observations.
fn bonuses() -> Vec<(Box<dyn Bonus>, f64, u32)> {
    let of_values = |dims, first_byte, n_bytes, values| {
        Points::new(Features { first_byte, n_bytes, values, dims, identity: false }, OBS_WORDS * 4, 5).expect("points")
    };
    let points = |dims, first_byte, n_bytes| of_values(dims, first_byte, n_bytes, 256);
    let bytes = |dims| {
        let features = Features { first_byte: 1, n_bytes: dims, values: 256, dims, identity: true };
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
        // Bytes past what the table holds count as its last value.
        (knn(of_values(16, 0, 12, 40), near), 0.0, 8),
    ]
}

/// Whether both are the same: memory in every bit, and values but for `part` of them (and then two units for rounding).
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
            let (found, expected) = (play.backend(gpu, &**bonus, &source), play.twin(&**bonus));
            let apart = found.1.iter().zip(&expected.1).position(|(a, b)| a != b).map(|r| (r, found.1[r], expected.1[r]));
            let words = found.0.iter().zip(&expected.0).filter(|(a, b)| a != b).count();
            assert!(same(&found, &expected, *part), "{k}: {}, {n}: {words} words, first value {apart:?}", bonus.wgsl());
            let different: std::collections::BTreeSet<i32> = expected.1.iter().copied().collect();
            assert!(n == 1 || different.len() > 3, "{k}: all values are the same");
        }
    }
}

/// Changes of texts of bonus kernels: index of the bonus in the list, text, replacement.
const CHANGES: [(usize, &str, &str); 17] = [
    (10, "min(value, rows - 1u)", "min(value, rows - 2u)"),
    (0, "b * rows", "b * 32u"),
    (0, "8u * (d & 3u), 8u)", "8u * (d & 3u), 3u)"),
    (0, "square >= near[nearest - 1u]", "square > near[nearest - 1u] + 9u"),
    (0, "memory[ring + RING_NEXT] + 1u;", "memory[ring + RING_NEXT] + 2u;"),
    (0, "rest << 14u", "rest << 13u"),
    (0, "+ 128u) >> 8u", "+ 0u) >> 8u"),
    (0, "params[at + 1u] - params[at]) * between", "params[at + 1u] - params[at]) * (between & 8128u)"),
    (1, "var k = first; k < end", "var k = first + 1u; k < end"),
    (2, "== 1u {\n        memory[ring + RING_STORED]", "== 2u {\n        memory[ring + RING_STORED]"),
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
        assert!(!same(&play.backend(gpu, &**bonus, &source), &play.twin(&**bonus), *part), "'{new}' goes unnoticed");
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
@group(0) @binding(1) var<storage, read> inputs: array<u32>;
@group(0) @binding(2) var<storage, read_write> memory: array<u32>;
";
    let numbers: [(String, &[(&str, usize)]); 3] = [
        (
            resolve_text(all).text,
            &[
                ("POINTS_MAX_DIMS", points::MAX_DIMS),
                ("NUMBER_VALUES", points::number::VALUES),
                ("NUMBER_OF_BONUS", points::number::OF_BONUS),
                ("NUMBER_WORDS", points::number::WORDS),
                ("RING_MAX_NEAREST", ring::MAX_NEAREST),
                ("RMS_WORDS", rms::RMS_WORDS),
                ("RMS_MAX", rms::RMS_MAX as usize),
            ],
        ),
        (
            resolve_text(&all.replace("knn", "e3b")).text,
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

//! Kernels that every world builds on: streams, wide numbers, hashes, copies, the random agent.

use explorarium::envs::Core;
use explorarium::gpu::{Access, Gpu, Source};
use explorarium::shaders::agent::random;
use explorarium::shaders::core::{halt, head, pace, sums};
use explorarium::shaders::shared::chance::Chance;
use explorarium::shaders::shared::hash::Hash;
use explorarium::shaders::shared::keyed::Keyed;
use explorarium::shaders::shared::mt19937::{self, Mt19937};
use explorarium::shaders::shared::pcg64::{self, Generator, Pcg64};
use explorarium::shaders::shared::pyhash::episode_seed;
use explorarium::shaders::shared::wide;

use super::{SIZES, gpu, noise, resolve, resolve_text, run, run_for};

/// Returns the buffers of the random agent: rules with its seed, core, and a pace in which every seventh instance takes no part.
fn agent_buffers(n: usize, num_actions: u32) -> (Vec<u32>, Vec<u32>, Vec<u32>) {
    let mut rules = vec![0; 16];
    (rules[0], rules[2], rules[4], rules[5], rules[6]) = (n as u32, 1, num_actions, 4, 9);
    let mut pace = vec![0; 2 + 6 * n];
    (0..n).step_by(7).for_each(|i| pace[2 + 2 * n + 4 * i] = 1);
    (rules, noise(n as u32, n * Core::WORDS), pace)
}

fn chosen(num_actions: u32, cores: &[u32]) -> Vec<u32> {
    let mut all = cores.to_vec();
    random::random(9 << 32 | 4, num_actions, &mut all);
    (0..cores.len() / Core::WORDS).step_by(7).for_each(|i| all[i * Core::WORDS] = cores[i * Core::WORDS]);
    all
}

#[test]
fn random_actions_are_the_twins() {
    let Some(gpu) = gpu() else { return };
    let source = resolve("shaders/agent/random.wgsl");
    for n in SIZES {
        for num_actions in [1, 5, 7, 17] {
            let (rules, cores, pace) = agent_buffers(n, num_actions);
            let buffers = [(&rules[..], Access::Read), (&cores, Access::ReadWrite), (&pace, Access::Read)];
            let got = run_for(gpu, &source, &buffers, n, 1).expect("runs");
            assert_eq!(got, chosen(num_actions, &cores), "{n}, {num_actions}");
        }
    }
}

#[test]
fn a_changed_agent_is_noticed() {
    let Some(gpu) = gpu() else { return };
    let (rules, cores, pace) = agent_buffers(200, 7);
    for (old, new) in [
        ("round < 10u", "round < 9u"),
        ("0xD2511F53u", "0xD2511F51u"),
        ("ENTITY_AGENT)", "ENTITY_PICTURE)"),
        ("word <= most", "word < most"),
        ("0x6578706cu", "0x6578706du"),
        ("ah * bh + (one >> 16u) + (two >> 16u)", "ah * bh + (one >> 16u)"),
        ("rules.head.until", "rules.head.reset"),
    ] {
        let mut source = resolve("shaders/agent/random.wgsl");
        assert!(source.text.contains(old), "'{old}' is in the text");
        source.text = source.text.replace(old, new);
        let buffers = [(&rules[..], Access::Read), (&cores, Access::ReadWrite), (&pace, Access::Read)];
        let got = run_for(gpu, &source, &buffers, 200, 1).expect("runs");
        assert_ne!(got, chosen(7, &cores), "'{new}' goes unnoticed");
    }
}

const SEEDS: &str = "#import shaders/shared/grid.wgsl
#import shaders/shared/pyhash.wgsl
#import shaders/shared/hash.wgsl
@group(0) @binding(0) var<storage, read> input: array<u32>;
@group(0) @binding(1) var<storage, read_write> out: array<u32>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = invocation(id, groups);
    if i * 3u >= arrayLength(&input) { return; }
    let hash = hash_word(hash_word(hash_new(input[i * 3u]), input[i * 3u + 1u]), input[i * 3u + 2u]);
    let finished = hash_finish(hash, input[i * 3u] % 7u);
    out[i * 5u] = episode_seed(vec2<u32>(input[i * 3u], input[i * 3u + 1u]), input[i * 3u + 2u]);
    out[i * 5u + 1u] = hash.x;
    out[i * 5u + 2u] = hash.y;
    out[i * 5u + 3u] = finished.x;
    out[i * 5u + 4u] = finished.y;
}
";

#[test]
fn episode_seeds_and_hashes_are_the_twins() {
    let Some(gpu) = gpu() else { return };
    let mut input = noise(5, 3000);
    // Edge cases of hash_int: 0, -1, -2, the modulus and its neighbours, with either sign.
    let edges = [0, 1, 7, (1i64 << 61) - 2, (1 << 61) - 1, 1 << 61, (1 << 61) + 1, i64::MAX, i64::MIN, i64::MIN + 1];
    for (k, edge) in edges.iter().flat_map(|e| [*e, e.wrapping_neg(), e.wrapping_neg().wrapping_sub(1)]).enumerate() {
        (input[3 * k], input[3 * k + 1], input[3 * k + 2]) = (edge as u32, (edge >> 32) as u32, k as u32 + 1);
    }
    let got = run(gpu, &resolve_text(SEEDS), &[(&input, Access::Read), (&vec![0; 5000], Access::ReadWrite)], 1000).expect("runs");
    for (words, got) in input.chunks_exact(3).zip(got.chunks_exact(5)) {
        let seed = (u64::from(words[0]) | u64::from(words[1]) << 32) as i64;
        let mut hash = Hash::new(words[0]);
        hash.words(&words[1..]);
        let finished = hash.finish(words[0] % 7);
        let expected = [episode_seed(seed, words[2]), hash.lo, hash.hi, finished as u32, (finished >> 32) as u32];
        assert_eq!(got, expected, "{seed} {}", words[2]);
    }
}

#[test]
fn rows_are_copied_by_the_list() {
    let Some(gpu) = gpu() else { return };
    let source = resolve("shaders/core/copy.wgsl");
    for (n, each) in [(1, 1), (5, 63), (64, 64), (65, 130), (300, 7)] {
        // Every other row of the target gets the row that is as far from the end; one pair has no target.
        let mut pairs: Vec<[u32; 2]> = (0..n as u32).step_by(2).map(|k| [n as u32 - 1 - k, k]).collect();
        pairs.push([0, u32::MAX]);
        let list: Vec<u32> = [pairs.len() as u32, 77].into_iter().chain(pairs.iter().flatten().copied()).collect();
        let (from, to) = (noise(1, n * each), noise(2, n * each));
        let mut expected = to.clone();
        for [read, written] in &pairs[..pairs.len() - 1] {
            let (read, written) = (*read as usize * each, *written as usize * each);
            expected[written..written + each].copy_from_slice(&from[read..read + each]);
        }
        let params = [each as u32];
        let buffers = [(&params[..], Access::Read), (&list, Access::Read), (&from, Access::Read), (&to, Access::ReadWrite)];
        // With fewer groups than rows, groups copy several rows in strides.
        for groups in [1, 3, pairs.len()] {
            assert_eq!(run(gpu, &source, &buffers, groups * 64).expect("runs"), expected, "{n} {each} {groups}");
        }
    }
}

#[test]
fn rounds_are_made_void_like_the_twin() {
    let Some(gpu) = gpu() else { return };
    let source = resolve("shaders/core/halt.wgsl");
    for (short, round) in [(0, 0), (1, 0), (1, 31), (7, 5), (0, pace::ROUND_CANCELLED | 3), (1, pace::ROUND_CANCELLED | 3)] {
        let mut sums = noise(3, sums::WORDS);
        sums[sums::NEEDS_ROOM] = short;
        let mut expected = noise(4, pace::words_of(5));
        expected[pace::ROUND] = round;
        let buffers = [(&[0; head::WORDS][..], Access::Read), (&sums, Access::Read), (&expected.clone(), Access::ReadWrite)];
        let came = run(gpu, &source, &buffers, 1).expect("runs");
        halt::halt(&sums, &mut expected);
        assert_eq!(came, expected, "{short} {round}");
    }
}

const DRAW: &str = "
@group(0) @binding(0) var<storage, read> params: array<u32>;
@group(0) @binding(1) var<storage, read_write> out: array<u32>;
@group(0) @binding(2) var<storage, read_write> stream: array<u32>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = invocation(id, groups);
    if i >= params[0] { return; }
    BEGIN
    for (var k = 0u; k < 400u; k++) {
        let word = chance_word();
        let pair = chance_uniform53();
        let one = chance_randint(k % 37u + 1u);
        let other = chance_below(k * 101u + 1u);
        stream[i * WORDSu] ^= word ^ pair.x ^ (pair.y << 3u) ^ (one << 5u) ^ (other << 7u);
    }
    END
}
";

/// Returns what DRAW leaves in the first word of each instance, computed with a twin.
fn folded(chance: &mut impl Chance) -> u32 {
    (0..400).fold(0, |sum, k| {
        let word = chance.word();
        let pair = chance.uniform53();
        let (one, other) = (chance.randint(k % 37 + 1), chance.below(k * 101 + 1));
        sum ^ word ^ pair as u32 ^ ((pair >> 32) as u32) << 3 ^ one << 5 ^ other << 7
    })
}

#[test]
fn streams_on_the_card_are_the_twins() {
    let Some(gpu) = gpu() else { return };
    let n = 70;
    let imports =
        |stream: &str| format!("#import shaders/shared/grid.wgsl\n#import {stream}\n#import shaders/shared/chance.wgsl\n");
    let text = |stream: &str, begin: &str, end: &str, words: usize| {
        // The sum is in the first word of an instance, apart from the stream's own words.
        imports(stream) + &DRAW.replace("BEGIN", begin).replace("END", end).replace("WORDS", &words.to_string())
    };
    let params = [n as u32];

    let source = resolve_text(&text("shaders/shared/keyed.wgsl", "keyed_begin(vec2<u32>(5u, i), 6u, 7u, 8u);", "", 1));
    let got = run_three(gpu, &source, &params, &vec![0; n], n);
    let expected: Vec<u32> = (0..n as u32).map(|i| folded(&mut Keyed::new([5, i], 6, 7, 8))).collect();
    assert_eq!(got, expected);

    let words = mt19937::WORDS + 1;
    let source = resolve_text(&text("shaders/shared/mt19937.wgsl", "mt_base = i * 626u + 1u;", "", words));
    let mut state = vec![0; n * words];
    for (i, own) in state.chunks_exact_mut(words).enumerate() {
        mt19937::seed(&mut own[1..], i as u32 * 77);
    }
    let got = run_three(gpu, &source, &params, &state, n);
    for own in state.chunks_exact_mut(words) {
        own[0] = folded(&mut Mt19937::new(&mut own[1..]));
    }
    assert_eq!(got, state);

    let words = pcg64::WORDS + 1;
    let source = resolve_text(&text("shaders/shared/pcg64.wgsl", "pcg_load(i * 11u + 1u);", "pcg_store(i * 11u + 1u);", words));
    let mut state = vec![0; n * words];
    for (i, own) in state.chunks_exact_mut(words).enumerate() {
        Pcg64::from_seed(i as u64 * 1_000_003).store(&mut own[1..]);
    }
    let got = run_three(gpu, &source, &params, &state, n);
    for own in state.chunks_exact_mut(words) {
        let mut pcg = Pcg64::load(&own[1..]);
        own[0] = folded(&mut pcg);
        pcg.store(&mut own[1..]);
    }
    assert_eq!(got, state);
}

fn run_three(gpu: &Gpu, source: &Source, params: &[u32], stream: &[u32], n: usize) -> Vec<u32> {
    let buffers = [(params, Access::Read), (&[0; 1][..], Access::ReadWrite), (stream, Access::ReadWrite)];
    run(gpu, source, &buffers, n).expect("runs")
}

#[test]
fn wide_numbers_on_the_card_are_rusts() {
    let Some(gpu) = gpu() else { return };
    let source = resolve_text(
        "#import shaders/shared/grid.wgsl
#import shaders/shared/wide.wgsl
@group(0) @binding(0) var<storage, read> input: array<u32>;
@group(0) @binding(1) var<storage, read_write> out: array<u32>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = invocation(id, groups);
    if i * 8u >= arrayLength(&input) { return; }
    let a = vec4<u32>(input[i * 8u], input[i * 8u + 1u], input[i * 8u + 2u], input[i * 8u + 3u]);
    let b = vec4<u32>(input[i * 8u + 4u], input[i * 8u + 5u], input[i * 8u + 6u], input[i * 8u + 7u]);
    let product = mul_128(a, b);
    let sum = add_128(a, b);
    let pair = mul_wide(a.x, b.x);
    let turned = rotate_right_64(a.xy, b.x & 63u);
    for (var k = 0u; k < 4u; k++) {
        out[i * 12u + k] = product[k];
        out[i * 12u + 4u + k] = sum[k];
    }
    out[i * 12u + 8u] = pair.x;
    out[i * 12u + 9u] = pair.y;
    out[i * 12u + 10u] = turned.x;
    out[i * 12u + 11u] = turned.y;
}
",
    );
    let n = 1000;
    let mut input = noise(3, n * 8);
    input[..64].fill(u32::MAX);
    input[64..72].fill(0);
    for k in (100..200).step_by(3) {
        input[k] |= 0xffff_0000;
    }
    let got = run(gpu, &source, &[(&input, Access::Read), (&vec![0; n * 12], Access::ReadWrite)], n).expect("runs");
    for (i, words) in input.chunks_exact(8).enumerate() {
        let (a, b) = ([words[0], words[1], words[2], words[3]], [words[4], words[5], words[6], words[7]]);
        let turned = wide::rotate_right_64([a[0], a[1]], b[0] & 63);
        let expected = [&wide::mul_128(a, b)[..], &wide::add_128(a, b), &wide::mul_wide(a[0], b[0]), &turned].concat();
        assert_eq!(&got[i * 12..(i + 1) * 12], &expected[..], "{words:x?}");
    }
}

const COUNT: &str = "#import shaders/shared/grid.wgsl
@group(0) @binding(0) var<storage, read_write> out: array<u32>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = invocation(id, groups);
    if i < arrayLength(&out) { out[i] += i + 1u; }
}
";

#[test]
fn more_groups_than_a_dimension_holds_all_run_once() {
    let Some(gpu) = gpu() else { return };
    for n in [1, 64, 65, 65_535 * 64, 65_535 * 64 + 1, 5_000_000] {
        let got = run(gpu, &resolve_text(COUNT), &[(&vec![0; n], Access::ReadWrite)], n).expect("runs");
        assert!(got.iter().enumerate().all(|(i, word)| *word == i as u32 + 1), "{n}");
    }
}

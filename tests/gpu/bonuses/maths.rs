//! Integer maths, wide numbers and keys on the GPU against the twins; constants that both languages define.

use explorarium::shaders::bonus::{FAULT_TABLE, ONE, Scope, fixed, instance_table, params, table};

use crate::gpu::texts::constant;
use crate::gpu::{Access, gpu, noise, resolve, resolve_text, run};

const TEXT: &str = "#import shaders/shared/grid.wgsl
#import shaders/bonus/fixed.wgsl
#import shaders/bonus/table.wgsl
@group(0) @binding(0) var<storage, read> params: array<u32>;
@group(0) @binding(1) var<storage, read> input: array<vec2<u32>>;
@group(0) @binding(2) var<storage, read_write> out: array<vec2<u32>>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = invocation(id, groups);
    if i * 2u >= arrayLength(&input) { return; }
    let a = input[i * 2u];
    let b = input[i * 2u + 1u];
    let at = i * 10u;
    out[at] = vec2<u32>(inv_q20(a.x), inv_sqrt_q20(a.x));
    out[at + 1u] = vec2<u32>(ln_q24(a.x), ln_wide_q24(a));
    out[at + 2u] = c_ln_c_q24(a.x - 1u);
    out[at + 3u] = vec2<u32>(ln1p_q20(a & vec2<u32>(0xffffffffu, 0x3fffffffu)), isqrt_64(a));
    out[at + 4u] = vec2<u32>(gain_q30(a.x), step_q30(a.x));
    out[at + 5u] = div_64(b, a);
    out[at + 6u] = add_64(a, b);
    out[at + 7u] = sub_64(a, b);
    out[at + 8u] = mul_64(a, b);
    out[at + 9u] = choice_key(a, b.x) ^ transition_key(a, b.x, b) ^ vec2<u32>(table_start(a), leading_zeros_64(a));
}
";

fn expected(a: u64, b: u64) -> [u64; 10] {
    let pair = |low: u32, high: u32| u64::from(low) | u64::from(high) << 32;
    let low = a as u32;
    let keys = table::choice_key(a, b as u32) ^ table::transition_key(a, b as u32, b);
    [
        pair(fixed::inv_q20(low), fixed::inv_sqrt_q20(low)),
        pair(fixed::ln_q24(low), fixed::ln_wide_q24(a)),
        fixed::c_ln_c_q24(low - 1),
        pair(fixed::ln1p_q20(a & 0x3fff_ffff_ffff_ffff), a.isqrt() as u32),
        pair(fixed::gain_q30(low), fixed::step_q30(low)),
        b / a,
        a.wrapping_add(b),
        a.wrapping_sub(b),
        a.wrapping_mul(b),
        keys ^ pair(table::start(a), a.leading_zeros()),
    ]
}

/// Returns words of every size, with low words above 0.
fn input() -> Vec<[u64; 2]> {
    let words = noise(9, 4 * 20_000);
    let sized = |k: usize, w: &[u32]| (u64::from(w[0]) | u64::from(w[1]) << 32) >> (k * 7 % 64);
    let mut input: Vec<[u64; 2]> =
        words.chunks_exact(4).enumerate().map(|(k, w)| [sized(k, w), sized(k / 64, &w[2..])]).collect();
    let edges: Vec<u64> = (0..64).flat_map(|e| [(1u64 << e) - 1, 1 << e, (1 << e) + 1]).chain([u64::MAX]).collect();
    input.extend(edges.iter().enumerate().map(|(k, edge)| [*edge, edges[k * 7 % edges.len()]]));
    input.extend((1..3000).map(|n| [n, u64::MAX - n]));
    input.iter_mut().filter(|pair| pair[0] as u32 == 0).for_each(|pair| pair[0] += 1);
    input
}

#[test]
fn fixed_numbers_on_the_card_are_the_twins() {
    let Some(gpu) = gpu() else { return };
    let input = input();
    let words: Vec<u32> = input.iter().flatten().flat_map(|x| [*x as u32, (*x >> 32) as u32]).collect();
    let out = vec![0; input.len() * 20];
    let params = params::Place::default().of_table(0);
    for change in [
        None,
        Some(("0x4000u", "0x3000u")),
        Some(("& 0x7fffu", "& 0x7ffeu")),
        Some(("!less_64(rest, b)", "less_64(b, rest)")),
        Some(("x / 2u) / x - 8947", "x / 2u) / x - 8948")),
    ] {
        let mut source = resolve_text(TEXT);
        if let Some((old, new)) = change {
            assert!(source.text.contains(old), "'{old}' is in the text");
            source.text = source.text.replace(old, new);
        }
        let buffers = [(&params[..], Access::Read), (&words, Access::Read), (&out, Access::ReadWrite)];
        let got = run(gpu, &source, &buffers, input.len()).expect("runs");
        let got = got.chunks_exact(2).map(|w| u64::from(w[0]) | u64::from(w[1]) << 32).collect::<Vec<_>>();
        let differs = input.iter().zip(got.chunks_exact(10)).find(|([a, b], got)| expected(*a, *b) != **got);
        match change {
            None => assert_eq!(differs.map(|([a, b], got)| (a, b, got.to_vec(), expected(*a, *b).to_vec())), None),
            Some((_, new)) => assert!(differs.is_some(), "'{new}' goes unnoticed"),
        }
    }
}

#[test]
fn texts_and_twins_agree_on_the_numbers_of_bonuses() {
    // A kernel contains what it imports, and the buffers that the imports read.
    let text = |import: &str| {
        let buffers = "@group(0) @binding(0) var<storage, read> params: array<u32>;
            @group(0) @binding(1) var<storage, read_write> memory: array<u32>;";
        let source = resolve_text(&format!("#import {import}\n{buffers}\n"));
        naga::front::wgsl::parse_str(&source.text).expect("parses")
    };
    let module = text("shaders/bonus/instance_table.wgsl");
    let numbers = [
        ("PARAM_INPUT", params::INPUT),
        ("PARAM_KEYS", params::KEYS),
        ("PARAM_COLUMN", params::COLUMN),
        ("PARAM_COLUMNS", params::COLUMNS),
        ("PARAM_MEMORY", params::MEMORY),
        ("PARAM_FIRST", params::FIRST),
        ("PARAM_TABLES", params::TABLES),
        ("PARAM_HEAD", params::HEAD),
        ("FIXED_LN", fixed::LN),
        ("FIXED_EXPONENT", fixed::EXPONENT),
        ("FIXED_GAIN", fixed::GAIN),
        ("FIXED_STEP", fixed::STEP),
        ("FIXED_WORDS", fixed::WORDS),
        ("FIXED_DIRECT", fixed::DIRECT as usize),
        ("TABLE_MASK", table::MASK),
        ("TABLE_USED", table::USED),
        ("TABLE_TOTAL", table::TOTAL),
        ("TABLE_SUM", table::SUM),
        ("TABLE_DROPPED", table::DROPPED),
        ("TABLE_HEAD", table::HEAD),
        ("TABLE_SLOT", table::SLOT),
        ("TABLE_COUNT", table::COUNT),
        ("TABLE_BEFORE", table::BEFORE),
        ("TABLE_MAX_PROBES", table::MAX_PROBES as usize),
        ("TABLE_NEXT_STATE", table::NEXT_STATE as usize),
        ("TABLE_CHOICE", table::CHOICE as usize),
        ("TABLE_TRANSITION", table::TRANSITION as usize),
        ("INSTANCE_TABLE_EPOCH", instance_table::EPOCH),
        ("INSTANCE_TABLE_USED", instance_table::USED),
        ("INSTANCE_TABLE_TOTAL", instance_table::TOTAL),
        ("INSTANCE_TABLE_SUM", instance_table::SUM),
        ("INSTANCE_TABLE_FULL", instance_table::FULL),
        ("INSTANCE_TABLE_HEAD", instance_table::HEAD),
        ("INSTANCE_TABLE_SLOT", instance_table::SLOT),
        ("FAULT_TABLE", FAULT_TABLE as usize),
        ("SCOPE_SHARED", Scope::Shared as usize),
        ("SCOPE_INSTANCE", Scope::Instance as usize),
        ("SCOPE_EPISODE", Scope::Episode as usize),
    ];
    for (name, expected) in numbers {
        assert_eq!(constant(&module, name) as usize, expected, "{name}");
    }
    // The module also has seeds of hashes and limits, which are not part of the layout.
    let others = ["TABLE_NEAR_FULL", "TABLE_NONE", "TABLE_SEED_CHOICE", "TABLE_SEED_TRANSITION", "BONUS_ONE"];
    assert_eq!(module.constants.len(), numbers.len() + others.len(), "a constant is not compared");
    assert!(resolve("shaders/bonus/scope.wgsl").text.contains(&format!("BONUS_ONE: i32 = {ONE};")));
}

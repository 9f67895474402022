//! The card: WGSL texts, and kernels against their twins in every bit.

use std::sync::OnceLock;

use explorarium::envs::{self, Core};
use explorarium::gpu::{Access, Gpu, GpuError, Kernel, Pass, Source, Words, adapters};
use explorarium::shaders::agent::random;
use explorarium::shaders::shared::chance::Chance;
use explorarium::shaders::shared::keyed::{Keyed, entity};
use explorarium::shaders::shared::mt19937::{self, Mt19937};
use explorarium::shaders::shared::pcg64::{self, Pcg64};
use explorarium::shaders::shared::wide;
use explorarium::shaders::{self};

/// Numbers of instances around the size of a group, and more than one row of anything.
const SIZES: [usize; 5] = [1, 63, 64, 65, 1000];

fn files() -> Vec<(&'static str, &'static str)> {
    shaders::WGSL.iter().chain(envs::WGSL).copied().collect()
}

/// The device of all tests. Without one they pass, saying so, unless `EXPLORARIUM_GPU=require`.
fn gpu() -> Option<&'static Gpu> {
    static GPU: OnceLock<Option<Gpu>> = OnceLock::new();
    GPU.get_or_init(|| match Gpu::open(None) {
        Ok(gpu) => Some(gpu),
        Err(error) => {
            let required = std::env::var("EXPLORARIUM_GPU").is_ok_and(|value| value == "require");
            assert!(!required, "EXPLORARIUM_GPU=require, and {error}");
            eprintln!("not tested on a card: {error}");
            None
        }
    })
    .as_ref()
}

fn noise(seed: u32, n: usize) -> Vec<u32> {
    let mut words = vec![0; n];
    Keyed::new([seed, 1], 2, 3, 4).fill(&mut words);
    words
}

/// Runs `source` once over `n` invocations; gives what the last buffer holds.
fn run(gpu: &Gpu, source: &Source, buffers: &[(&[u32], Access)], n: usize) -> Result<Vec<u32>, GpuError> {
    let access: Vec<Access> = buffers.iter().map(|b| b.1).collect();
    let kernel = Kernel::new(gpu, source, &access)?;
    let words = buffers.iter().map(|(words, _)| Words::of(gpu, "words", words)).collect::<Result<Vec<_>, _>>()?;
    let bound = kernel.bind(gpu, &words.iter().collect::<Vec<_>>())?;
    let mut pass = Pass::new(gpu, "test");
    pass.dispatch(&kernel, &bound, n);
    assert_eq!(pass.submit()?, 1);
    let last = words.last().expect("a buffer");
    let mut out = vec![0; last.len()];
    last.read(gpu, 0, &mut out)?;
    Ok(out)
}

fn resolve(name: &str) -> Source {
    Source::resolve(name, &files(), &[]).expect(name)
}

/// A kernel of this test alone, with the project's files to import.
fn own(text: &str) -> Source {
    let mut files = files();
    files.push(("test.wgsl", text));
    Source::resolve("test.wgsl", &files, &[]).expect("resolves")
}

#[test]
fn every_text_of_the_folders_is_listed() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut todo = vec!["shaders".to_string(), "envs".to_string()];
    while let Some(folder) = todo.pop() {
        for entry in std::fs::read_dir(root.join(&folder)).expect("a folder") {
            let entry = entry.expect("an entry");
            let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
            match entry.file_type().expect("a type").is_dir() {
                true => todo.push(path),
                false if path.ends_with(".wgsl") => found.push(path),
                false => {}
            }
        }
    }
    found.sort();
    let mut listed: Vec<String> = files().iter().map(|(path, _)| (*path).to_string()).collect();
    listed.sort();
    assert_eq!(listed, found);
}

/// Kernels: files with an entry point.
fn kernels() -> Vec<Source> {
    files().iter().filter(|(_, text)| text.contains("@compute")).map(|(path, _)| resolve(path)).collect()
}

#[test]
fn every_kernel_is_valid_and_free_of_floats() {
    assert!(!kernels().is_empty());
    for source in kernels() {
        let module = naga::front::wgsl::parse_str(&source.text).unwrap_or_else(|e| panic!("{}", e.emit_to_string(&source.text)));
        let mut validator = naga::valid::Validator::new(naga::valid::ValidationFlags::all(), naga::valid::Capabilities::empty());
        validator.validate(&module).unwrap_or_else(|e| panic!("{}: {e:?}", source.name));
        assert_eq!(floats(&module), 0, "{}", source.name);
        for entry in &module.entry_points {
            assert_eq!(entry.workgroup_size, [explorarium::gpu::GROUP, 1, 1], "{}", source.name);
        }
    }
    let with_float =
        naga::front::wgsl::parse_str("@compute @workgroup_size(1) fn main() { let x = f32(3u) * 2.0; }").expect("parses");
    assert!(floats(&with_float) > 0, "a float is seen");
}

/// Types and literals of floating point in a module.
fn floats(module: &naga::Module) -> usize {
    let float = |scalar: &naga::Scalar| scalar.kind == naga::ScalarKind::Float;
    let types = module.types.iter().filter(|(_, t)| match &t.inner {
        naga::TypeInner::Scalar(s) | naga::TypeInner::Vector { scalar: s, .. } => float(s),
        naga::TypeInner::Matrix { .. } => true,
        _ => false,
    });
    let functions = module.functions.iter().map(|(_, f)| f).chain(module.entry_points.iter().map(|e| &e.function));
    let expressions = functions.flat_map(|f| f.expressions.iter()).filter(|(_, e)| match e {
        naga::Expression::Literal(l) => float(&l.scalar()),
        naga::Expression::As { kind, .. } => *kind == naga::ScalarKind::Float,
        _ => false,
    });
    types.count() + expressions.count()
}

/// Value of a u32 constant of a text.
fn constant(module: &naga::Module, name: &str) -> u32 {
    let (_, constant) = module.constants.iter().find(|(_, c)| c.name.as_deref() == Some(name)).expect(name);
    match module.global_expressions[constant.init] {
        naga::Expression::Literal(naga::Literal::U32(value)) => value,
        ref other => panic!("{name} is {other:?}"),
    }
}

#[test]
fn texts_and_twins_agree_on_the_numbers() {
    let module = naga::front::wgsl::parse_str(&resolve("envs/shared/world.wgsl").text).expect("parses");
    let numbers = [
        ("CORE_ACTION", Core::ACTION as u32),
        ("CORE_REWARD", Core::REWARD as u32),
        ("CORE_FLAGS", Core::FLAGS as u32),
        ("CORE_EPISODE", Core::EPISODE as u32),
        ("CORE_STEP", Core::STEP as u32),
        ("CORE_SEED_LO", Core::SEED_LO as u32),
        ("CORE_SEED_HI", Core::SEED_HI as u32),
        ("CORE_FAULT", Core::FAULT as u32),
        ("CORE_WORDS", Core::WORDS as u32),
        ("FLAG_TERMINATED", Core::TERMINATED),
        ("FLAG_TRUNCATED", Core::TRUNCATED),
        ("FLAG_SKIP", Core::SKIP),
        ("FLAG_BEGUN", Core::BEGUN),
        ("FLAG_DONE", Core::DONE),
        ("ENTITY_PLAYER", entity::PLAYER),
        ("ENTITY_CHUNK", entity::CHUNK),
        ("ENTITY_AGENT", entity::AGENT),
        ("ENTITY_PICTURE", entity::PICTURE),
        ("ENTITY_CELL", entity::CELL),
    ];
    assert_eq!(module.constants.len(), numbers.len(), "a constant is not compared");
    for (name, expected) in numbers {
        assert_eq!(constant(&module, name), expected, "{name}");
    }
    assert_eq!(shaders::shared::grid::GROUP, explorarium::gpu::GROUP);
}

#[test]
fn random_actions_are_the_twins() {
    let Some(gpu) = gpu() else { return };
    let source = resolve("shaders/agent/random.wgsl");
    for n in SIZES {
        for num_actions in [1, 5, 7, 17] {
            let cores = noise(n as u32, n * Core::WORDS);
            let mut expected = cores.clone();
            random::choose(9 << 32 | 4, num_actions, &mut expected);
            let params = [n as u32, num_actions, 4, 9];
            let got = run(gpu, &source, &[(&params, Access::Read), (&cores, Access::ReadWrite)], n).expect("runs");
            assert_eq!(got, expected, "{n}, {num_actions}");
        }
    }
}

#[test]
fn a_changed_kernel_is_noticed() {
    let Some(gpu) = gpu() else { return };
    let (n, num_actions) = (200, 7);
    let cores = noise(1, n * Core::WORDS);
    let mut expected = cores.clone();
    random::choose(0, num_actions, &mut expected);
    let params = [n as u32, num_actions, 0, 0];
    for (old, new) in [
        ("round < 10u", "round < 9u"),
        ("0xD2511F53u", "0xD2511F51u"),
        ("ENTITY_AGENT)", "ENTITY_PICTURE)"),
        ("word <= most", "word < most"),
        ("0x6578706cu", "0x6578706du"),
        ("ah * bh + (one >> 16u) + (two >> 16u)", "ah * bh + (one >> 16u)"),
    ] {
        let mut source = resolve("shaders/agent/random.wgsl");
        assert!(source.text.contains(old), "'{old}' is in the text");
        source.text = source.text.replace(old, new);
        let got = run(gpu, &source, &[(&params, Access::Read), (&cores, Access::ReadWrite)], n).expect("runs");
        assert_ne!(got, expected, "'{new}' goes unnoticed");
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
        stream[i * WORDSu] ^= word ^ pair.x ^ (pair.y << 3u) ^ (chance_randint(k % 37u + 1u) << 5u);
    }
    END
}
";

/// What DRAW leaves in the first word of each instance, drawn by a twin.
fn folded(chance: &mut impl Chance) -> u32 {
    (0..400).fold(0, |sum, k| {
        let word = chance.word();
        let pair = chance.uniform53();
        sum ^ word ^ pair as u32 ^ ((pair >> 32) as u32) << 3 ^ chance.randint(k % 37 + 1) << 5
    })
}

#[test]
fn streams_on_the_card_are_the_twins() {
    let Some(gpu) = gpu() else { return };
    let n = 70;
    let imports =
        |stream: &str| format!("#import shaders/shared/grid.wgsl\n#import {stream}\n#import shaders/shared/chance.wgsl\n");
    let text = |stream: &str, begin: &str, end: &str, words: usize| {
        // The sum lies apart from the stream's own words, in the first word of an instance.
        imports(stream) + &DRAW.replace("BEGIN", begin).replace("END", end).replace("WORDS", &words.to_string())
    };
    let params = [n as u32];

    let source = own(&text("shaders/shared/keyed.wgsl", "keyed_begin(vec2<u32>(5u, i), 6u, 7u, 8u);", "", 1));
    let got = run_three(gpu, &source, &params, &vec![0; n], n);
    let expected: Vec<u32> = (0..n as u32).map(|i| folded(&mut Keyed::new([5, i], 6, 7, 8))).collect();
    assert_eq!(got, expected);

    let words = mt19937::WORDS + 1;
    let source = own(&text("shaders/shared/mt19937.wgsl", "mt_base = i * 626u + 1u;", "", words));
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
    let source = own(&text("shaders/shared/pcg64.wgsl", "pcg_load(i * 11u + 1u);", "pcg_store(i * 11u + 1u);", words));
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
    let source = own("#import shaders/shared/grid.wgsl
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
");
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
        let got = run(gpu, &own(COUNT), &[(&vec![0; n], Access::ReadWrite)], n).expect("runs");
        assert!(got.iter().enumerate().all(|(i, word)| *word == i as u32 + 1), "{n}");
    }
}

#[test]
fn mistakes_in_a_text_are_told_with_file_and_line() {
    let Some(gpu) = gpu() else { return };
    let files = [
        ("good.wgsl", "fn one() -> u32 { return 1u; }\n"),
        ("bad.wgsl", "#import good.wgsl\n\nfn two() -> u32 { return one(2u); }\n"),
    ];
    let source = Source::resolve("bad.wgsl", &files, &[]).expect("resolves");
    match Kernel::new(gpu, &source, &[]) {
        Err(GpuError::Shader { place, message }) => {
            assert_eq!(place, "bad.wgsl:3", "{message}");
            assert!(!message.is_empty());
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_does_not_fit_is_an_error() {
    let Some(gpu) = gpu() else { return };
    let kernel = Kernel::new(gpu, &own(COUNT), &[Access::ReadWrite]).expect("compiles");
    assert!(matches!(kernel.bind(gpu, &[]), Err(GpuError::Invalid(_))));
    let words = Words::of(gpu, "few", &[1, 2, 3]).expect("three words");
    assert!(matches!(words.read(gpu, 1, &mut [0; 3]), Err(GpuError::Invalid(_))));
    assert!(matches!(words.write(gpu, 4, &[0]), Err(GpuError::Invalid(_))));
    let most = gpu.limits.max_storage_buffer_binding_size as usize / 4;
    match Words::new(gpu, "too many", most + 1) {
        Err(GpuError::Limit { wanted, most: limit, .. }) => assert!(wanted > limit),
        other => panic!("{:?}", other.map(|_| ())),
    }
}

#[test]
fn a_lost_device_is_an_error() {
    if gpu().is_none() {
        return;
    }
    let gpu = Gpu::open(None).expect("a device of its own");
    let words = Words::of(&gpu, "words", &[1, 2, 3]).expect("three words");
    gpu.destroy();
    let mut out = [0; 3];
    let error = words.read(&gpu, 0, &mut out).expect_err("the device is gone");
    assert!(matches!(error, GpuError::Lost(_) | GpuError::Invalid(_)), "{error}");
    assert_eq!(out, [0; 3], "nothing is made up");
}

#[test]
fn adapters_are_chosen_by_number_and_name() {
    if gpu().is_none() {
        return;
    }
    let name = adapters()[0].name.clone();
    assert_eq!(Gpu::open(Some("0")).expect("the first").adapter.name, name);
    let part: String = name.chars().take(6).collect();
    assert_eq!(Gpu::open(Some(&part.to_uppercase())).expect("by name").adapter.name, name);
    for wrong in ["99", "no such card"] {
        match Gpu::open(Some(wrong)) {
            Err(GpuError::NoAdapter(text)) => assert!(text.contains(wrong) && text.contains(&name), "{text}"),
            other => panic!("{:?}", other.map(|_| ())),
        }
    }
}

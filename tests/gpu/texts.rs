//! The WGSL texts are listed and valid, compute in integers, and have the same constants and fields as their twins.

use explorarium::envs::shared::packing::HEAD_WORDS;
use explorarium::envs::{Core, Options, load};
use explorarium::gpu::Source;
use explorarium::shaders;
use explorarium::shaders::shared::keyed::entity;

use super::{files, resolve};

/// Kernels that compute in floats, and why they may.
const TOLERANCE: [(&str, &str); 2] = [
    ("envs/crafter/paint.wgsl", "draws the night, within one grey level of the CPU's picture"),
    ("shaders/bonus/capacity.wgsl", "a measure in bits, within 1e-4 of the CPU's"),
];

/// Worlds that together use every variant of every kernel.
const VARIANTS: [(&str, bool, bool, bool); 7] = [
    ("crafter", false, false, false),
    ("crafter", true, false, true),
    ("crafter", false, true, false),
    ("crafter", false, true, true),
    ("MiniGrid-Dynamic-Obstacles-6x6-v0", false, false, true),
    ("MiniGrid-DoorKey-8x8-v0", true, false, false),
    ("gridlab/keys", true, false, false),
];

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
                // What only draws is no kernel.
                true if path == "shaders/view" => {}
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

/// Returns the kernels: files with an entry point, with the imports of every world, for all instances and for the reset list.
fn kernels() -> Vec<Source> {
    let mut sources: Vec<Source> = Vec::new();
    for (id, keyed, picture_noise, pixels) in VARIANTS {
        let world = load(id, &Options { keyed, picture_noise, pixels, ..Options::default() }).expect(id);
        let of = world.kernels();
        for listed in [false, true] {
            let mut instead = of.instead.clone();
            instead.push(("shaders/core/pose.wgsl", of.pose));
            if listed {
                instead.push(("shaders/core/active.wgsl", "shaders/core/reset_list.wgsl"));
                instead.push(("shaders/core/row_of_step.wgsl", "shaders/core/row_of_reset.wgsl"));
            }
            let family = of.step.trim_end_matches("step.wgsl");
            let names = files().into_iter().filter(|(path, text)| {
                let own = path.starts_with(family) || path.starts_with("shaders/");
                // Kernels that determine which instances take part do not run over the reset list.
                own && text.contains("@compute") && !(listed && text.contains("takes_part"))
            });
            for (name, _) in names {
                let source = Source::resolve(name, &files(), &instead).expect(name);
                if !sources.iter().any(|known| known.text == source.text) {
                    sources.push(source);
                }
            }
        }
    }
    sources
}

#[test]
fn every_kernel_is_valid_and_free_of_floats() {
    let named = |name: &str| kernels().iter().any(|source| source.name == name);
    assert!(files().iter().all(|(path, text)| !text.contains("@compute") || named(path)), "a kernel is not looked at");
    for source in kernels() {
        let module = naga::front::wgsl::parse_str(&source.text).unwrap_or_else(|e| panic!("{}", e.emit_to_string(&source.text)));
        let mut validator = naga::valid::Validator::new(naga::valid::ValidationFlags::all(), naga::valid::Capabilities::empty());
        validator.validate(&module).unwrap_or_else(|e| panic!("{}: {e:?}", source.name));
        let floats = floats(&module);
        match TOLERANCE.iter().find(|(name, _)| *name == source.name) {
            Some((name, why)) => assert!(floats > 0, "{name} needs no tolerance: {why}"),
            None => assert_eq!(floats, 0, "{}", source.name),
        }
        let buffers = module.global_variables.iter().filter(|(_, v)| matches!(v.space, naga::AddressSpace::Storage { .. }));
        assert!(buffers.count() <= 8, "{}: WebGPU has 8 storage buffers a kernel", source.name);
        for entry in &module.entry_points {
            assert_eq!(entry.workgroup_size, [explorarium::gpu::GROUP, 1, 1], "{}", source.name);
        }
    }
    let with_float =
        naga::front::wgsl::parse_str("@compute @workgroup_size(1) fn main() { let x = f32(3u) * 2.0; }").expect("parses");
    assert!(floats(&with_float) > 0, "a float is seen");
}

/// Returns the number of types and literals of floating point in a module.
pub fn floats(module: &naga::Module) -> usize {
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

/// Returns the value of a u32 constant of a text.
pub fn constant(module: &naga::Module, name: &str) -> u32 {
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
        ("NEEDS_ROOM", Core::NEEDS_ROOM),
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
    let checksum = naga::front::wgsl::parse_str(&resolve("shaders/core/checksum.wgsl").text).expect("parses");
    assert_eq!(constant(&checksum, "HASHED") as usize, explorarium::envs::shared::lists::HASHED);
    assert_eq!(shaders::shared::grid::GROUP, explorarium::gpu::GROUP);
}

/// Returns the members of the structure `name` with their offsets.
fn members(module: &naga::Module, name: &str) -> Vec<(String, u32)> {
    let (_, found) = module.types.iter().find(|(_, t)| t.name.as_deref() == Some(name)).expect(name);
    let naga::TypeInner::Struct { members, .. } = &found.inner else { panic!("{name} is no structure") };
    members.iter().map(|m| (m.name.clone().expect("a name"), m.offset)).collect()
}

#[test]
fn rules_lie_where_the_kernels_read_them() {
    for (id, keyed, picture_noise, pixels) in VARIANTS {
        let world = load(id, &Options { keyed, picture_noise, pixels, ..Options::default() }).expect(id);
        let kernels = world.kernels();
        let module = naga::front::wgsl::parse_str(&resolve(kernels.step).text).expect("parses");
        assert_eq!(members(&module, "Head").len(), HEAD_WORDS);
        let read = members(&module, "Rules");
        let fields = kernels.rules.fields.iter().map(|(name, _)| *name);
        let written: Vec<(String, u32)> = ["head"]
            .into_iter()
            .chain(fields)
            .chain(["tables"])
            .enumerate()
            .map(|(k, name)| (name.to_string(), if k == 0 { 0 } else { (HEAD_WORDS + k - 1) as u32 * 4 }))
            .collect();
        assert_eq!(read, written, "{id}");
    }
}

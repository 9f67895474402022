//! Kernels of keys compared with `write_keys` in every word of the keys: all worlds' parts, simhash, steps and begun episodes.

use std::sync::Arc;

use explorarium::agents::Random;
use explorarium::envs::shared::key;
use explorarium::envs::shared::key_words::{params as key_params, write_keys};
use explorarium::envs::shared::packing::HEAD_WORDS;
use explorarium::envs::{Core, Family, Key, KeyPart, Options, World, catalog, load};
use explorarium::gpu::{Access, Gpu, Source};
use explorarium::shaders::shared::simhash;
use explorarium::sim::{Batch, Config, Worlds};

use super::{SIZES, files, gpu, noise, resolve, states};

/// A world of each family and variant. Pictures and streams make no difference to keys; moving balls, turns, TVs and doors do.
const IDS: [&str; 6] = [
    "crafter",
    "MiniGrid-DoorKey-8x8-v0",
    "MiniGrid-Dynamic-Obstacles-6x6-v0",
    "gridlab/keys",
    "gridlab/noisy-tv-chance",
    "gridlab/mixed-env",
];

/// The buffers of all instances of a batch as kernels read them.
struct Scene {
    world: Arc<dyn World>,
    n: usize,
    rules: Vec<u32>,
    core: Vec<u32>,
    pace: Vec<u32>,
    state: Vec<Vec<u32>>,
    obs: Vec<u32>,
}

impl Scene {
    /// `n` instances after some random steps (in Crafter from states set by hand). Some wait, some are to be skipped,
    /// and every third is on the reset list.
    fn new(world: &Arc<dyn World>, n: usize) -> Scene {
        let config = Config { num_envs: n, seed: 21, worlds: Worlds::Pool(9), ..Config::default() };
        let mut batch = Batch::new(world.clone(), config).expect("a batch");
        if n == 1000 && !world.spec().achievements.is_empty() {
            states::set_all(&mut batch);
        }
        batch.advance(if n == 1000 { 40 } else { 90 }, &Random { seed: 8 }).expect("plays");
        let (mut core, mut state, obs) = batch
            .with_block(|_, block| {
                let state: Vec<Vec<u32>> = block.state.iter().map(|words| words.to_vec()).collect();
                (block.core.to_vec(), state, block.obs.to_vec())
            })
            .expect("on the CPU");
        to_the_edge(&**world, &mut state);
        (0..n).step_by(5).for_each(|i| core[i * Core::WORDS + Core::FLAGS] |= Core::SKIP);
        let mut rules = vec![0; HEAD_WORDS];
        (rules[0], rules[2], rules[9]) = (n as u32, 1, world.spec().obs_words() as u32);
        rules.extend(world.kernels().rules.words());
        let mut pace = vec![0; 2 + 6 * n];
        (0..n).step_by(7).for_each(|i| pace[2 + 2 * n + 4 * i + 1] = 1);
        (0..n).step_by(4).for_each(|i| pace[2 + 2 * n + 4 * i] = u32::from(i % 8 == 0));
        for (k, i) in (0..n).rev().step_by(3).enumerate() {
            (pace[0], pace[2 + 2 * k + 1]) = (k as u32 + 1, i as u32);
        }
        Scene { world: world.clone(), n, rules, core, pace, state, obs }
    }

    /// Returns the instances that a kernel processes.
    fn served(&self, begun: bool) -> Vec<usize> {
        if begun {
            return (0..self.pace[0] as usize).map(|k| self.pace[3 + 2 * k] as usize).collect();
        }
        let at = |i: usize| 2 + 2 * self.n + 4 * i;
        let free = |i: &usize| self.pace[at(*i)] != self.rules[2] && self.pace[at(*i) + 1] == 0;
        let steps = |i: &usize| self.core[i * Core::WORDS + Core::FLAGS] & Core::SKIP == 0;
        (0..self.n).filter(free).filter(steps).collect()
    }

    /// Returns `keys` after the twins have written to them.
    fn expected(&self, all: &[Key], keys: &[u32], begun: bool) -> Vec<u32> {
        let (mut core, mut state, mut obs, mut out) = (self.core.clone(), self.state.clone(), self.obs.clone(), keys.to_vec());
        let state = state.iter_mut().map(explorarium::envs::Stored::from).collect();
        let block = explorarium::envs::Block { first: 0, n: self.n, core: &mut core, state, obs: &mut obs, pixels: &mut [] };
        self.served(begun).into_iter().for_each(|i| write_keys(&*self.world, all, &block, i, &mut out, begun));
        out
    }

    fn source(&self, key: Key, begun: bool) -> Source {
        let kernels = self.world.kernels();
        let mut instead = kernels.instead.clone();
        if begun {
            instead.push(("shaders/core/active.wgsl", "shaders/core/reset_list.wgsl"));
            instead.push(("shaders/core/row_of_step.wgsl", "shaders/core/row_of_reset.wgsl"));
        }
        Source::resolve(kernels.of_key(key).name, &files(), &instead).expect("resolves")
    }

    /// Runs one kernel on `keys`.
    fn run(&self, gpu: &Gpu, source: &Source, all: &[Key], slot: usize, keys: &[u32]) -> Vec<u32> {
        let params = key_params(&*self.world, all[slot], slot, all.len());
        let spec = self.world.spec();
        let words = |name: &str| match name {
            "rules" => &self.rules,
            "core" => &self.core,
            "pace" => &self.pace,
            "params" => &params[..],
            "obs" => &self.obs,
            "keys" => keys,
            absent if self.world.kernels().absent == Some(absent) => &[0],
            state => &self.state[spec.buffers.iter().position(|buffer| buffer.name == state).expect("a state buffer")],
        };
        let bindings = source.bindings().expect("declared");
        assert!(bindings.len() <= 8, "{}: WebGPU has 8 storage buffers a kernel", source.name);
        let buffers: Vec<(&[u32], Access)> = bindings.iter().map(|binding| (words(&binding.name), binding.access)).collect();
        super::run(gpu, source, &buffers, self.n).expect("runs")
    }

    /// Computes all keys, one kernel after the other, and compares them with the twins'.
    fn check(&self, gpu: &Gpu, all: &[Key], begun: bool) {
        let id = &self.world.spec().id;
        let before = noise(self.n as u32, self.n * all.len() * key::WORDS);
        let mut keys = before.clone();
        for (slot, key) in all.iter().enumerate() {
            keys = self.run(gpu, &self.source(*key, begun), all, slot, &keys);
        }
        let expected = self.expected(all, &before, begun);
        for (slot, key) in all.iter().enumerate() {
            for i in 0..self.n {
                let at = (i * all.len() + slot) * key::WORDS..(i * all.len() + slot + 1) * key::WORDS;
                assert_eq!(keys[at.clone()], expected[at], "{id}: {key} of {i} of {}, begun {begun}", self.n);
            }
        }
        assert!(self.n < 63 || expected != before, "somebody is served");
    }
}

/// Puts some instances where steps do not lead: in MiniGrid at the edge of the map, facing outward; in gridlab beyond the edge.
fn to_the_edge(world: &dyn World, state: &mut [Vec<u32>]) {
    let (spec, (width, height)) = (world.spec(), world.spec().size);
    let [east, south, west, north] = [0, 1, 2, 3];
    let corners = [(0, 0, west), (0, 0, north), (width - 1, height - 1, east), (width - 1, height - 1, south)];
    let (buffer, words) = match spec.family {
        Family::Crafter => return,
        Family::MiniGrid => (1, spec.buffers[1].words),
        Family::GridLab => (0, spec.buffers[0].words),
    };
    for (k, own) in state[buffer].chunks_exact_mut(words).enumerate().filter(|(k, _)| k % 6 == 1) {
        let (x, y, facing) = corners[k / 6 % 4];
        if spec.family == Family::MiniGrid {
            own[0] = x | y << 8 | facing << 16;
        } else {
            (own[0], own[1]) = (x + width, y);
        }
    }
}

fn world(id: &str) -> Arc<dyn World> {
    load(id, &Options::default()).unwrap_or_else(|e| panic!("{id}: {e}"))
}

/// Returns every part alone, some together, all together, and simhash of some sizes.
fn keys(world: &dyn World) -> Vec<Key> {
    let parts: Vec<KeyPart> = world.key_parts().into_iter().map(|(part, _)| part).collect();
    let mut keys: Vec<Key> = parts.iter().map(|part| Key::of(&[*part])).collect();
    keys.extend(parts.windows(2).map(Key::of));
    let most: Vec<KeyPart> = parts.iter().copied().filter(|part| *part != KeyPart::Full).collect();
    keys.extend([Key::of(&most), Key::of(&parts)]);
    keys.extend([1, 31, 32, 33, 64].map(|bits| Key::of_signs(bits).expect("bits")));
    keys.iter().for_each(|key| world.check_key(*key).expect("has a meaning"));
    keys
}

#[test]
fn keys_are_the_twins() {
    let Some(gpu) = gpu() else { return };
    for id in IDS {
        let world = world(id);
        for n in SIZES {
            let scene = Scene::new(&world, n);
            for begun in [false, true] {
                scene.check(gpu, &keys(&*world), begun);
            }
        }
    }
}

/// Views of other sizes end at other bytes of a word; a MiniGrid view of 11 is the longest.
#[test]
fn keys_of_other_views_are_the_twins() {
    let Some(gpu) = gpu() else { return };
    for (id, old, new) in [
        ("crafter", "view = [9, 9]", "view = [8, 9]"),
        ("crafter", "view = [9, 9]", "view = [31, 31]"),
        ("crafter", "view = [9, 9]", "view = [11, 5]"),
        ("MiniGrid-DoorKey-8x8-v0", "view = 7", "view = 11"),
        ("MiniGrid-DoorKey-8x8-v0", "view = 7", "view = 3"),
    ] {
        let text = catalog::find(id).expect("built in").text;
        // MiniGrid's rulesets omit the default size; lines before the first table belong to the ruleset itself.
        let text = if text.contains(old) { text.replace(old, new) } else { format!("{new}\n{text}") };
        let source = catalog::Source { id: format!("{id}, {new}"), text, folder: None };
        let world = catalog::load_source(&source, &Options::default()).unwrap_or_else(|e| panic!("{id}, {new}: {e}"));
        let scene = Scene::new(&world, 65);
        scene.check(gpu, &keys(&*world), false);
    }
}

/// A world with turns, keys, doors that take them and a TV: all that the cell ahead can be.
const LOCKED: &str = "family = \"gridlab\"
actions = \"turn\"
max_steps = 200
spend_keys = true
start = \"anywhere\"
layout = \"cells\"
map = '''
aAaB
.<0b
bB.A
'''
[tv.0]
on = \"always\"
colours = 8
sight = 1
";

#[test]
fn keys_of_doors_and_what_opens_them_are_the_twins() {
    let Some(gpu) = gpu() else { return };
    let source = catalog::Source { id: "locked.toml".into(), text: LOCKED.into(), folder: None };
    let world = catalog::load_source(&source, &Options::default()).unwrap_or_else(|e| panic!("{e}"));
    let scene = Scene::new(&world, 1000);
    scene.check(gpu, &keys(&*world), false);
    let all: [Key; 1] = ["faced".parse().expect("a key")];
    let before = noise(3, scene.n * key::WORDS);
    for (old, new) in [
        ("grid[base + WORD_TAKEN] >> number", "grid[base + WORD_OPENED] >> number"),
        ("rules.spend_keys != 0u);", "false);"),
        ("done = opened | (", "done = opened & ("),
        ("(cell_letter(there) << 4u)", "(cell_letter(there) << 0u)"),
        ("case EAST: { ahead += 1u; }", "case EAST: { ahead -= 1u; }"),
        ("return KIND_WALL;", "return 0u;"),
    ] {
        let mut source = scene.source(all[0], false);
        assert!(source.text.contains(old), "'{old}' is in the text");
        source.text = source.text.replace(old, new);
        let noticed = scene.run(gpu, &source, &all, 0, &before) != scene.expected(&all, &before, false);
        assert!(noticed, "'{new}' goes unnoticed");
    }
}

#[test]
fn a_changed_kernel_is_noticed() {
    let Some(gpu) = gpu() else { return };
    let mutations: [(&str, &str, &str, &str); 32] = [
        ("crafter", "position", "BODY_Y]);", "BODY_X]);"),
        ("crafter", "view", "1u << (8u * rest)", "2u << (8u * rest)"),
        ("crafter", "view", "k < n / 4u", "k + 1u < n / 4u"),
        ("crafter", "inventory", "item == rules.food ||", ""),
        ("crafter", "inventory", "k < rules.n_items", "k + 1u < rules.n_items"),
        ("crafter", "faced", "row -= 1u", "row += 1u"),
        ("crafter", "faced", "rules.view_height / 2u;", "rules.view_height / 2u + 1u;"),
        ("crafter", "vitals", "BODY_ITEMS + rules.drink", "BODY_ITEMS + rules.food"),
        ("crafter", "achievements", "BODY_UNLOCKED]", "BODY_RECOVER]"),
        ("crafter", "clock", "CORE_STEP]", "CORE_SEED_LO]"),
        ("crafter", "full", "key_word(n);", ""),
        ("crafter", "full", "slot < n", "slot + 1u < n"),
        ("crafter", "full", "k < rules.body_words", "k + 1u < rules.body_words"),
        ("crafter", "full+clock", "if key_has(PART_CLOCK)", "if key_has(PART_VIEW)"),
        ("MiniGrid-DoorKey-8x8-v0", "faced", "return CODE_WALL_GREY;", "return CODE_EMPTY;"),
        ("MiniGrid-DoorKey-8x8-v0", "inventory", "key_word(body.carrying)", "key_word(body.dir)"),
        ("MiniGrid-Dynamic-Obstacles-6x6-v0", "full", "k < rules.n_balls", "k < 1u"),
        ("gridlab/noisy-tv-chance", "view", "k < rules.n_tvs", "k < 0u"),
        ("gridlab/mixed-env", "faced", "rules.height - 1u)", "0u)"),
        ("gridlab/keys", "inventory", "WORD_CARRIED]", "WORD_TAKEN]"),
        ("gridlab/keys", "full", "k < rules.words", "k < 4u"),
        ("gridlab/mixed-env", "faced", "ahead -= rules.width", "ahead += 1u"),
        ("crafter", "simhash", "sum > SIMHASH_ZERO", "sum >= SIMHASH_ZERO"),
        ("gridlab/keys", "simhash", "byte < n", "byte + 1u < n"),
        ("gridlab/keys", "simhash", "8u * (byte % 4u)", "8u * (byte % 2u)"),
        ("crafter", "simhash", "byte * params[SIMHASH_VALUES]", "byte * 16u"),
        ("crafter", "simhash:9", "(bits + 7u) / 8u", "bits / 8u"),
        ("crafter", "simhash", "bit % 8u / 4u", "bit % 4u / 2u"),
        ("crafter", "simhash", "weights >> 12u", "weights >> 11u"),
        ("crafter", "simhash", "params[SIMHASH_VALUES] - 1u", "5u"),
        ("crafter", "simhash:33", "bit / 32u", "0u"),
        ("crafter", "facing", "h >> 13u", "h >> 12u"),
    ];
    for (id, key, old, new) in mutations {
        let scene = Scene::new(&world(id), 1000);
        let all: [Key; 1] = [key.parse().expect("a key")];
        let before = noise(1, scene.n * key::WORDS);
        let mut source = scene.source(all[0], false);
        assert!(source.text.contains(old), "{id}: '{old}' is in the text");
        source.text = source.text.replace(old, new);
        let noticed = scene.run(gpu, &source, &all, 0, &before) != scene.expected(&all, &before, false);
        assert!(noticed, "{id}: '{new}' goes unnoticed");
    }
}

#[test]
fn a_wrong_place_or_moment_is_noticed() {
    let Some(gpu) = gpu() else { return };
    let scene = Scene::new(&world("gridlab/keys"), 65);
    let all: [Key; 3] = ["position", "view", "full"].map(|key| key.parse().expect("a key"));
    let before = noise(2, scene.n * all.len() * key::WORDS);
    let expected = scene.expected(&all, &before, false);
    for (old, new) in [
        ("select(keys[at], key, MOMENT == 1u)", "key"),
        ("keys[at] = key;", ""),
        ("+ params[PARAM_SLOT])", "+ 0u)"),
        ("i * params[PARAM_N_KEYS]", "i"),
        ("KEY_SEED ^ params[PARAM_MASK]", "KEY_SEED"),
        ("FLAG_SKIP) != 0u", "FLAG_SKIP) == 99u"),
        ("!takes_part(i)", "false"),
    ] {
        let mut keys = before.clone();
        for slot in 0..all.len() {
            let mut source = scene.source(all[slot], false);
            assert!(source.text.contains(old), "'{old}' is in the text");
            source.text = source.text.replace(old, new);
            keys = scene.run(gpu, &source, &all, slot, &keys);
        }
        assert!(keys != expected, "'{new}' goes unnoticed");
    }
    assert!(scene.expected(&all, &before, true) != expected, "those that begin are others");
}

/// Returns names and values of the u32 constants of a text whose names begin with `prefix`.
fn constants(text: &str, prefix: &str) -> Vec<(String, u32)> {
    let module = naga::front::wgsl::parse_str(text).expect("parses");
    let named = module.constants.iter().filter_map(|(_, c)| Some((c.name.clone()?, c.init)));
    let value = |init| match module.global_expressions[init] {
        naga::Expression::Literal(naga::Literal::U32(value)) => value,
        ref other => panic!("not a number: {other:?}"),
    };
    named.filter(|(name, _)| name.starts_with(prefix)).map(|(name, init)| (name, value(init))).collect()
}

#[test]
fn the_text_has_the_twins_numbers() {
    let text = resolve("shaders/shared/simhash.wgsl").text;
    let parts = KeyPart::ALL.map(|part| (format!("PART_{}", part.name().to_uppercase()), part.bit()));
    assert_eq!(constants(&text, "PART_"), parts);
    assert_eq!(constants(&text, "PARAM_WORDS"), [("PARAM_WORDS".to_string(), key::PARAM_WORDS as u32)]);
    let world = world("crafter");
    let params = key_params(&*world, "simhash:7".parse().expect("a key"), 2, 5);
    assert_eq!(params[..key::PARAM_WORDS], [7, 2, 5]);
    assert_eq!(params[key::PARAM_WORDS..], simhash::packed(7, 63, 19));
}

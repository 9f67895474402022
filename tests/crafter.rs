//! Crafter's invariants over rulesets, sizes, seeds and actions, and its refusals.

use std::sync::Arc;

use explorarium::agents::Random;
use explorarium::envs::{Options, World, catalog, load};
use explorarium::sim::{Batch, Config};
use proptest::prelude::*;

fn ruleset() -> String {
    catalog::find("crafter").expect("built in").text
}

fn from_text(text: String, options: &Options) -> Result<Arc<dyn World>, String> {
    catalog::load_source(&catalog::Source { id: "test.toml".into(), text, folder: None }, options).map_err(|e| e.to_string())
}

/// Objects of instance `i` as (x, y, kind), the player first.
fn objects(batch: &Batch, i: usize) -> Vec<(u32, u32, u32)> {
    let spec = batch.world().spec();
    let body = spec.buffers[2].words;
    let lists = batch.state(1).expect("on the CPU");
    let mobs = lists.len() / batch.len();
    let list = &lists[i * mobs..(i + 1) * mobs];
    let player = &batch.state(2).expect("on the CPU")[i * body..];
    let mut all = vec![(player[0], player[1], 0)];
    all.extend(list[1..1 + list[0] as usize].iter().map(|w| (w & 255, w >> 8 & 255, w >> 16 & 15)));
    assert!(list[1 + list[0] as usize..(mobs - 1) / 2 + 1].iter().all(|w| *w == 0), "the tail is zero");
    all
}

fn check(batch: &Batch) {
    let spec = batch.world().spec();
    let (width, height) = spec.size;
    for i in 0..batch.len() {
        let all = objects(batch, i);
        let mut cells: Vec<(u32, u32)> = all.iter().map(|(x, y, _)| (*x, *y)).collect();
        assert!(cells.iter().all(|(x, y)| *x < width && *y < height), "inside the map");
        assert!(all[1..].iter().all(|(_, _, kind)| (1..=5).contains(kind)));
        cells.sort_unstable();
        cells.dedup();
        assert_eq!(cells.len(), all.len(), "one object a cell");
        let world = &batch.state(0).expect("on the CPU")[i * spec.buffers[0].words..][..spec.buffers[0].words];
        let n_cells = (width * height) as usize;
        let occupied: u32 = world[n_cells.div_ceil(8)..][..n_cells.div_ceil(32)].iter().map(|w| w.count_ones()).sum();
        assert_eq!(occupied as usize, all.len(), "occupied cells are those of the objects");
        let items = &batch.state(2).expect("on the CPU")[i * spec.buffers[2].words + 12..][..16];
        assert!(items.iter().all(|n| *n <= 9), "counts stay within 0..9: {items:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_panic_and_invariants_hold(
        seed in any::<i64>(),
        (width, height) in (1u32..80, 1u32..80),
        chunk in 1u32..40,
        keyed in any::<bool>(),
        picture_noise in any::<bool>(),
        actions in prop::collection::vec(0u32..17, 1..120),
    ) {
        prop_assume!(width.div_ceil(chunk) * height.div_ceil(chunk) <= 1000);
        let text = ruleset().replace("chunk = [12, 12]", &format!("chunk = [{chunk}, {chunk}]")).replace("max_objects = 128", "max_objects = 3");
        let options = Options { keyed, picture_noise, area: Some((width, height)), ..Options::default() };
        let world = from_text(text, &options).expect("a legal ruleset");
        let mut batch = Batch::new(world, Config { num_envs: 2, seed, ..Config::default() }).expect("a batch");
        check(&batch);
        for action in actions {
            batch.step(&[action, action]).expect("steps");
            check(&batch);
        }
        let line = batch.with_block(|world, block| world.judge_record(0, block, None, false)).expect("on the CPU");
        prop_assert!(line["objects"].as_u64() >= Some(1));
    }
}

#[test]
fn long_random_play_keeps_the_invariants() {
    let world = load("crafter", &Options::default()).expect("loads");
    let mut batch = Batch::new(world, Config { num_envs: 8, seed: 100, ..Config::default() }).expect("a batch");
    for _ in 0..60 {
        batch.advance(10, &Random::default()).expect("runs");
        check(&batch);
    }
}

#[test]
fn impossible_rulesets_say_which_field() {
    let cases = [
        ("length = 10000", "length = 0", "length"),
        ("area = [64, 64]", "area = [400, 64]", "area[0]"),
        ("area = [64, 64]", "area = [64]", "area"),
        ("chunk = [12, 12]", "chunk = [1, 1]", "chunks"),
        ("max_objects = 128", "max_objects = 65537", "max_objects"),
        ("view = [9, 9]", "view = [9, 2]", "view"),
        ("\"noop\", ", "\"noop\", \"dance\", ", "dance"),
        ("cow]\nhealth = 3", "cow]\nhealth = 0", "cow.health"),
        ("move = 0.5 ", "move = 1.5 ", "cow.move"),
        ("leaves = \"path\"\n", "leaves = \"mud\"\n", "mud"),
        ("gives = { wood = 1 }, leaves", "gives = { gold = 1 }, leaves", "gold"),
        ("min_space = 50", "min_space = 0", "min_space"),
        ("hunger = { limit = 25", "hunger = { limit = 25.25", "hunger"),
        ("initial = 9, max = 9 },\n  { name = \"food\"", "initial = 10, max = 9 },\n  { name = \"food\"", "health"),
        ("family = \"crafter\"", "family = \"crafter\"\nspeed = 3", "speed"),
        ("picture = [64, 64]", "picture = [4, 64]", "picture"),
    ];
    for (from, to, names) in cases {
        let text = ruleset();
        assert!(text.contains(from), "{from}");
        let error = from_text(text.replacen(from, to, 1), &Options::default()).expect_err(to);
        assert!(error.contains(names) && error.contains("test.toml"), "{to}: {error}");
    }
}

#[test]
fn a_ruleset_shown_is_the_ruleset_loaded() {
    for id in ["crafter", "crafter-simple"] {
        let world = load(id, &Options::default()).expect("loads");
        let again = from_text(world.spec().toml.clone(), &Options::default()).expect("its own text loads");
        let sum = |world: Arc<dyn World>| {
            let mut batch = Batch::new(world, Config { num_envs: 2, ..Config::default() }).expect("a batch");
            batch.advance(60, &Random::default()).expect("runs");
            batch.checksum().expect("on the CPU")
        };
        assert_eq!(sum(world), sum(again), "{id}");
    }
}

#[test]
fn one_changed_rule_changes_the_play() {
    // Negative control of every comparison by checksum.
    let sum = |text: String| {
        let world = from_text(text, &Options::default()).expect("loads");
        let mut batch = Batch::new(world, Config { num_envs: 16, seed: 5, ..Config::default() }).expect("a batch");
        batch.advance(300, &Random::default()).expect("runs");
        batch.checksum().expect("on the CPU")
    };
    let plain = sum(ruleset());
    for (from, to) in
        [("chase = 0.9", "chase = 0.91"), ("power = 3", "power = 4"), ("max_objects = 128", "max_objects = 128 # same")]
    {
        let changed = sum(ruleset().replace(from, to));
        assert_eq!(plain == changed, to.contains("same"), "{to}");
    }
}

#[test]
fn scenarios_that_make_no_sense_are_refused_with_the_reason() {
    let world = load("crafter", &Options::default()).expect("loads");
    let mut batch = Batch::new(world, Config { num_envs: 1, ..Config::default() }).expect("a batch");
    for (json, names) in [
        (r#"{"terrain": [[1, 2, "mud"]]}"#, "mud"),
        (r#"{"terrain": [[64, 2, "sand"]]}"#, "[64, 2]"),
        (r#"{"player": {"facing": [1, 1]}}"#, "facing"),
        (r#"{"player": {"inventory": {"gold": 1}}}"#, "gold"),
        (r#"{"add": [["Dragon", 1, 2]]}"#, "Dragon"),
        (r#"{"add": [["Cow", 32, 32]]}"#, "[32, 32]"),
        (r#"{"playr": {}}"#, "playr"),
        (r#"{"player": {"hunger": 0.3}}"#, "0.3"),
    ] {
        let json = serde_json::from_str(json).expect("JSON");
        let error = batch.set_scenario(0, &json).expect_err(names).to_string();
        assert!(error.contains(names), "{error}");
    }
}

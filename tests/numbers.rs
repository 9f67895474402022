//! A number that is too large, or is not a number, is refused with the name of its field wherever text is read.

use explorarium::envs::{Options, catalog};
use explorarium::sim::{Batch, Config, Worlds};
use serde_json::json;

/// Returns the error of a built-in ruleset after `from` is replaced by `to`.
fn refusal(id: &str, from: &str, to: &str) -> String {
    let text = catalog::find(id).expect("built in").text;
    let changed = text.replacen(from, to, 1);
    assert_ne!(changed, text, "{id}: '{from}' is in the text");
    let source = catalog::Source { id: "changed.toml".into(), text: changed, folder: None };
    catalog::load_source(&source, &Options::default()).err().map_or(String::new(), |e| e.to_string())
}

#[test]
fn crafters_numbers_are_bounded() {
    for (from, to, names) in [
        (
            "uses = { wood = 1 }",
            "uses = { wood = 4294967295 }",
            "make.uses of wood_pickaxe, wood: 4294967295 is more than 1000000000",
        ),
        ("requires = { wood_pickaxe = 1 }", "requires = { wood_pickaxe = 2147483648 }", "collect.requires"),
        ("gives = { wood = 1 }", "gives = { wood = 3000000000 }", "collect.gives of tree, wood"),
        ("area = [64, 64]", "area = [64, 64, 64]", "two numbers are wanted, not 3"),
        ("area = [64, 64]", "area = [64]", "two numbers are wanted, not 1"),
        ("chunk = [12, 12]", "chunk = [65536, 65536]", "chunk: more than 65535 cells"),
        ("chunk = [12, 12]", "chunk = [4294967295, 4294967295]", "chunk: more than 65535 cells"),
        ("chunk = [12, 12]", "chunk = [12, 12, 12]", "two numbers"),
        ("view = [9, 9]", "view = [9, 9, 9]", "two numbers"),
        ("picture = [64, 64]", "picture = [64, 64, 3]", "two numbers"),
    ] {
        let why = refusal("crafter", from, to);
        assert!(why.contains(names), "{to}: {why}");
    }
}

/// Sets every number of the ruleset in turn to values that hardly any field allows. Each is refused, or its field allows any size.
#[test]
fn no_number_of_crafter_escapes() {
    let text = catalog::find("crafter").expect("built in").text;
    let whole: toml::Table = text.parse().expect("TOML");
    let mut fields = Vec::new();
    numbers(&toml::Value::Table(whole.clone()), &mut Vec::new(), &mut fields);
    assert!(fields.len() > 130, "{}", fields.len());
    let mut passed = Vec::new();
    for path in &fields {
        for wrong in [toml::Value::Integer(4_294_967_295), toml::Value::Float(f64::NAN), toml::Value::Float(f64::INFINITY)] {
            let mut changed = toml::Value::Table(whole.clone());
            *at(&mut changed, path) = wrong.clone();
            let source = catalog::Source { id: "x".into(), text: toml::to_string(&changed).expect("TOML"), folder: None };
            if catalog::load_source(&source, &Options::default()).is_ok() {
                passed.push(format!("{} = {wrong}", path.join(".")));
            }
        }
    }
    // Numbers of steps are only compared, and used as divisors.
    assert_eq!(passed, ["balance.every = 4294967295", "length = 4294967295"]);
}

fn numbers(value: &toml::Value, path: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    let mut inner = |name: String, value: &toml::Value| {
        path.push(name);
        numbers(value, path, found);
        path.pop();
    };
    match value {
        toml::Value::Table(table) => table.iter().for_each(|(name, value)| inner(name.clone(), value)),
        toml::Value::Array(list) => list.iter().enumerate().for_each(|(k, value)| inner(k.to_string(), value)),
        toml::Value::Integer(_) | toml::Value::Float(_) => found.push(path.clone()),
        _ => {}
    }
}

fn at<'a>(value: &'a mut toml::Value, path: &[String]) -> &'a mut toml::Value {
    path.iter().fold(value, |value, name| match value {
        toml::Value::Table(table) => &mut table[name.as_str()],
        toml::Value::Array(list) => &mut list[name.parse::<usize>().expect("a number")],
        _ => panic!("no such field"),
    })
}

#[test]
fn counters_say_what_is_wrong_with_them() {
    let vitals = |to: &str| refusal("crafter", "hurt_below = -15", &format!("hurt_below = {to}"));
    assert!(vitals("-1000000000").contains("vitals.recover.hurt_below: -1000000000 does not lie between -500000 and 500000"));
    assert!(vitals("-15.25").contains("-15.25 is not a multiple of 0.5"));
    assert!(vitals("nan").contains("does not lie between"));
    let sinks = refusal("crafter", "awake = 1.0", "awake = -400000.0");
    assert!(sinks.contains("vitals.hunger: it sinks to"), "{sinks}");
}

#[test]
fn the_other_families_numbers_are_bounded() {
    for (id, from, to, names) in [
        ("MiniGrid-Empty-5x5-v0", "size = [5, 5]", "size = [5, 5, 5]", "two numbers are wanted, not 3"),
        ("MiniGrid-KeyCorridorS3R3-v0", "rows = 3", "rows = 2863311531", "rows: at least 1"),
        ("MiniGrid-MultiRoom-N2-S4-v0", "rooms = [2, 2]", "rooms = [2, 2, 2]", "two numbers"),
        ("gridlab/four-rooms", "max_steps = ", "slip = nan\nmax_steps = ", "slip is NaN"),
        ("gridlab/four-rooms", "reward_denominator = 1", "reward_denominator = 4294967296", "4294967296"),
        ("gridlab/four-rooms", "reward_denominator = 1", "reward_denominator = 0", "reward_denominator is 0"),
        ("gridlab/four-rooms", "max_steps = ", "action_rewards = { N = inf }\nmax_steps = ", "reward of action 'N'"),
    ] {
        let why = refusal(id, from, to);
        assert!(why.contains(names), "{id}, {to}: {why}");
    }
}

#[test]
fn scenarios_are_bounded_and_say_where() {
    let world = catalog::load("crafter", &Options::default()).expect("loads");
    let mut batch = Batch::new(world, Config { num_envs: 1, ..Config::default() }).expect("a batch");
    for (scenario, names) in [
        (json!({ "player": { "inventory": { "wood": 4_294_967_295u32 } } }), "the player's wood: 4294967295 is more than 255"),
        (json!({ "player": { "inventory": { "wood": 256 } } }), "more than 255"),
        (json!({ "player": { "last_health": 300 } }), "last_health: 300"),
        (json!({ "player": { "hunger": 1e300 } }), "does not lie from"),
        (json!({ "player": { "hunger": 0.25 } }), "0.25 is not a multiple of 0.5"),
        (json!({ "player": { "pos": [1, 2, 3] } }), "player: "),
        (json!({ "step": 4_294_967_295u32 }), "step: 4294967295 is more than 1000000000"),
        (json!({ "add": [["Cow", 3, 3], ["Cow", 2]] }), "add[1]: a creature is [kind, x, y]"),
        (json!({ "add": [["Cow", 3, "4"]] }), "add[0]: invalid type: string \"4\""),
        (json!({ "add": [["Zombie", 3, 3, { "cooldwn": 1 }]] }), "add[0]: unknown field `cooldwn`"),
        (json!({ "add": [["Zombie", 3, 3, { "cooldown": 4_294_967_295u32 }]] }), "cooldown, reload or grown of Zombie"),
        (json!({ "add": [["Cow", 3, 3, { "health": 256 }]] }), "health 256"),
        (json!({ "terrain": [[1, 1, "grass"], [1, 1]] }), "terrain[1]"),
        (json!({ "terrian": [] }), "unknown part 'terrian'"),
        (json!({ "remove": 5 }), "remove: it is a number, not a list"),
        (json!([1]), "it is a list, not an object"),
    ] {
        let why = batch.set_scenario(0, &scenario).expect_err("refused").to_string();
        assert!(why.contains(names), "{scenario}: {why}");
    }
}

#[test]
fn seeds_do_not_wrap() {
    let world = catalog::load("gridlab/four-rooms", &Options::default()).expect("loads");
    let begin = |seed: i64, num_envs: usize, worlds: Worlds| {
        Batch::new(world.clone(), Config { num_envs, seed, worlds, ..Config::default() }).err().map(|e| e.to_string())
    };
    assert_eq!(begin(i64::MAX, 1, Worlds::Fresh), None);
    assert_eq!(begin(i64::MAX - 3, 4, Worlds::Fresh), None);
    let why = begin(i64::MAX - 2, 4, Worlds::Fresh).expect("refused");
    assert!(why.contains("for 4 of them it can be at most 9223372036854775804"), "{why}");
    assert!(begin(i64::MAX - 2, 1, Worlds::Pool(4)).is_some());
    assert_eq!(begin(i64::MIN, 4, Worlds::Pool(4)), None);
}

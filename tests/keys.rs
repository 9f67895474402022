//! Keys of states: each part of a state is changed in turn, and exactly the keys that contain it must change.

use std::sync::Arc;

use explorarium::envs::shared::key::WORDS;
use explorarium::envs::shared::key_words::write_keys;
use explorarium::envs::{Block, Core, Key, KeyPart, Options, World, catalog, load};
use serde_json::{Value, json};

/// One instance whose buffers can be changed by hand.
struct Hand {
    world: Arc<dyn World>,
    core: Vec<u32>,
    state: Vec<Vec<u32>>,
    obs: Vec<u32>,
}

impl Hand {
    /// Begins the first episode of a seed.
    fn new(world: Arc<dyn World>, seed: u32) -> Hand {
        let spec = world.spec().clone();
        let mut core = vec![0; Core::WORDS];
        (core[Core::SEED_LO], core[Core::EPISODE]) = (seed, 1);
        let state = spec.buffers.iter().map(|buffer| vec![0xdead_beef; buffer.words]).collect();
        let mut hand = Hand { world, core, state, obs: vec![0xdead_beef; spec.obs_words()] };
        hand.with(|world, block| {
            world.begin_stream(0, block);
            world.generate(0, block);
            world.observe_one(0, block);
        });
        hand
    }

    fn with<T>(&mut self, look: impl FnOnce(&dyn World, &mut Block) -> T) -> T {
        let world = self.world.clone();
        let state = self.state.iter_mut().map(Into::into).collect();
        let mut block = Block { first: 0, n: 1, core: &mut self.core, state, obs: &mut self.obs, pixels: &mut [] };
        look(&*world, &mut block)
    }

    fn act(&mut self, actions: &[u32]) {
        for action in actions {
            self.core[Core::ACTION] = *action;
            self.with(|world, block| {
                world.step_one(0, block);
                world.observe_one(0, block);
            });
        }
    }

    fn set(&mut self, scenario: &Value) {
        self.with(|world, block| world.set_scenario(0, block, scenario)).expect("a scenario that fits");
    }

    fn key(&mut self, key: Key) -> u64 {
        self.with(|world, block| world.key(key, 0, block))
    }

    /// Returns the keys of one part each.
    fn keys(&mut self) -> Vec<(KeyPart, u64)> {
        let parts = self.world.key_parts();
        parts.into_iter().map(|(part, _)| (part, self.key(Key::of(&[part])))).collect()
    }
}

/// Returns the parts whose keys differ.
fn differing(a: &mut Hand, b: &mut Hand) -> Vec<&'static str> {
    let (of_a, of_b) = (a.keys(), b.keys());
    let differ: Vec<KeyPart> = of_a.iter().zip(&of_b).filter(|(x, y)| x != y).map(|(x, _)| x.0).collect();
    // The keys of two parts differ exactly if the key of one of them differs. With the full state, only the clock counts besides.
    let known: Vec<KeyPart> = of_a.iter().map(|(part, _)| *part).collect();
    for one in &known {
        for other in &known {
            let key = Key::of(&[*one, *other]);
            let counts = |part: &KeyPart| {
                let hidden = key.parts().any(|p| p == KeyPart::Full) && !matches!(part, KeyPart::Full | KeyPart::Clock);
                differ.contains(part) && !hidden
            };
            assert_eq!(a.key(key) != b.key(key), counts(one) || counts(other), "{key}");
        }
    }
    differ.into_iter().map(KeyPart::name).collect()
}

fn crafter() -> Hand {
    let mut hand = Hand::new(load("crafter", &Options::default()).expect("loads"), 3);
    hand.set(&meadow(&json!({})));
    hand
}

/// Returns a scenario with the player in the middle of a meadow without creatures, facing down; parts of `more` replace its parts.
fn meadow(more: &Value) -> Value {
    let around: Vec<(u32, u32)> = (20..44).flat_map(|x| (20..44).map(move |y| (x, y))).collect();
    let mut scenario = json!({
        "remove": around.iter().filter(|cell| **cell != (32, 32)).collect::<Vec<_>>(),
        "terrain": around.iter().map(|(x, y)| json!([x, y, "grass"])).collect::<Vec<_>>(),
        "player": { "pos": [32, 32], "facing": [0, 1] },
    });
    for (name, value) in more.as_object().expect("parts of a scenario") {
        scenario[name] = value.clone();
    }
    scenario
}

/// Returns the parts that differ between the meadow and the meadow after `scenario`.
fn after(scenario: &Value) -> Vec<&'static str> {
    let mut changed = crafter();
    changed.set(scenario);
    differing(&mut crafter(), &mut changed)
}

#[test]
fn crafter_keys_change_with_their_parts_alone() {
    assert_eq!(after(&json!({})), Vec::<&str>::new());
    assert_eq!(after(&json!({ "player": { "pos": [33, 32] } })), ["position", "full"]);
    assert_eq!(after(&json!({ "player": { "facing": [1, 0] } })), ["facing", "full"]);
    assert_eq!(after(&json!({ "terrain": [[34, 31, "stone"]] })), ["view", "full"]);
    assert_eq!(after(&json!({ "terrain": [[32, 33, "stone"]] })), ["view", "faced", "full"]);
    assert_eq!(after(&json!({ "terrain": [[40, 40, "stone"]] })), ["full"], "out of sight");
    assert_eq!(after(&json!({ "add": [["Cow", 32, 33]] })), ["view", "faced", "full"]);
    assert_eq!(after(&json!({ "add": [["Cow", 40, 40]] })), ["full"]);
    assert_eq!(after(&json!({ "player": { "inventory": { "wood": 2 } } })), ["inventory", "full"]);
    assert_eq!(after(&json!({ "player": { "inventory": { "iron_sword": 1 } } })), ["inventory", "full"]);
    for vital in ["health", "food", "drink", "energy"] {
        assert_eq!(after(&json!({ "player": { "inventory": { vital: 4 } } })), ["full", "vitals"], "{vital}");
    }
    for counter in ["hunger", "thirst", "fatigue", "recover"] {
        assert_eq!(after(&json!({ "player": { counter: 3.5 } })), ["full"], "{counter}");
    }
    assert_eq!(after(&json!({ "step": 150 })), ["clock"], "neither the clock nor daylight is in another key");
}

#[test]
fn crafter_keys_know_achievements_and_forget_who_left() {
    let sapling = json!({ "player": { "inventory": { "sapling": 1 } } });
    let spec = load("crafter", &Options::default()).expect("loads").spec().clone();
    let place = spec.action_names.iter().position(|name| name == "place_plant").expect("an action") as u32;
    let (mut placed, mut not) = (crafter(), crafter());
    placed.set(&sapling);
    placed.act(&[place]);
    not.act(&[0]);
    // The player faces the plant and has no sapling left; nothing else happened.
    assert_eq!(differing(&mut placed, &mut not), ["view", "achievements", "faced", "full"]);

    // The same achievement twice: only the full state contains how often.
    let mut again = crafter();
    again.set(&json!({ "player": { "inventory": { "sapling": 1 } } }));
    again.act(&[place]);
    let offset = spec.buffers[2].words - spec.achievements.len();
    let which = spec.achievements.iter().position(|a| a == "place_plant").expect("an achievement");
    assert_eq!(again.state[2][offset + which], 1);
    again.state[2][offset + which] = 2;
    assert_eq!(differing(&mut placed, &mut again), ["full"]);

    // A creature that was removed does not change keys, whatever its slot still holds.
    let mut left = crafter();
    left.set(&json!({ "add": [["Cow", 30, 30]] }));
    assert_eq!(differing(&mut crafter(), &mut left), ["view", "full"]);
    left.set(&json!({ "remove": [[30, 30]] }));
    assert_eq!(differing(&mut crafter(), &mut left), Vec::<&str>::new());
    let (n, capacity) = (left.state[1][0] as usize, (left.state[1].len() - 1) / 2);
    (left.state[1][1 + n], left.state[1][1 + capacity + n]) = (0x1234_5678, 9);
    assert_eq!(differing(&mut crafter(), &mut left), Vec::<&str>::new());
}

#[test]
fn crafter_states_reached_by_other_ways_are_the_same() {
    // One walks left and back right, the other stands and is turned the same way: same position, facing, view, inventory.
    let (mut walked, mut stood) = (crafter(), crafter());
    let [left, right] = [1, 2];
    walked.act(&[left, right, left, right]);
    stood.act(&[0, 0, 0]);
    stood.set(&json!({ "player": { "facing": [1, 0] } }));
    let key: Key = "position+facing+view+inventory+achievements+faced".parse().expect("a key");
    assert_eq!(walked.key(key), stood.key(key));
    assert_ne!(walked.key(Key::of(&[KeyPart::Clock])), stood.key(Key::of(&[KeyPart::Clock])));
    assert_ne!(walked.key(key), crafter().key(key), "facing");
}

#[test]
fn minigrid_keys_change_with_their_parts_alone() {
    let (grid, agent, stream, balls) = (0, 1, 2, 3);
    let world = load("MiniGrid-Dynamic-Obstacles-8x8-v0", &Options::default()).expect("loads");
    let fresh = || Hand::new(world.clone(), 5);
    // The agent begins at (1, 1) and looks east; it sees (1..=7, 1..=4) of an 8 x 8 room.
    assert_eq!(fresh().state[agent][0], 1 | 1 << 8);
    let after = |change: &dyn Fn(&mut Hand)| {
        let mut changed = fresh();
        change(&mut changed);
        changed.with(|world, block| world.observe_one(0, block));
        differing(&mut fresh(), &mut changed)
    };
    let put = |hand: &mut Hand, x: u32, y: u32, code: u32| {
        let (word, shift) = ((y * 8 + x) as usize / 4, (y * 8 + x) % 4 * 8);
        hand.state[grid][word] = hand.state[grid][word] & !(255 << shift) | code << shift;
    };
    let red_key = 2 << 3;
    assert_eq!(after(&|_| {}), Vec::<&str>::new());
    assert_eq!(after(&|hand| put(hand, 2, 1, red_key)), ["view", "faced", "full"]);
    assert_eq!(after(&|hand| put(hand, 1, 2, red_key)), ["view", "full"]);
    assert_eq!(after(&|hand| put(hand, 6, 6, red_key)), ["full"], "out of sight");
    assert_eq!(after(&|hand| hand.state[agent][0] |= red_key << 24), ["view", "inventory", "full"]);
    assert_eq!(after(&|hand| hand.state[agent][1] += 1), ["full"], "the mission");
    assert_eq!(after(&|hand| hand.state[agent][3] += 1), ["full"], "a target");
    assert_eq!(after(&|hand| hand.state[balls].swap(0, 1)), ["full"], "whose turn comes first");
    assert_eq!(after(&|hand| hand.state[stream].fill(7)), Vec::<&str>::new());
    assert_eq!(after(&|hand| hand.core[Core::STEP] += 1), ["clock"]);
    let differ = after(&|hand| hand.state[agent][0] |= 2 << 16);
    assert_eq!(differ, ["facing", "view", "faced", "full"], "turned round");
    let everything_else = [Core::ACTION, Core::REWARD, Core::FLAGS, Core::EPISODE, Core::SEED_LO, Core::SEED_HI, Core::FAULT];
    for word in everything_else {
        assert_eq!(after(&|hand| hand.core[word] ^= 6), Vec::<&str>::new(), "word {word} of core");
    }
}

#[test]
fn minigrid_states_reached_by_other_ways_are_the_same() {
    let world = load("MiniGrid-DoorKey-8x8-v0", &Options::default()).expect("loads");
    for seed in 0..20 {
        let mut hands = [Hand::new(world.clone(), seed), Hand::new(world.clone(), seed)];
        // Turned left once, or right three times.
        hands[0].act(&[0]);
        hands[1].act(&[1, 1, 1]);
        let [a, b] = &mut hands;
        assert_eq!(differing(a, b), ["clock"], "seed {seed}");
    }
}

fn gridlab(text: &str) -> Hand {
    let source = catalog::Source { id: "test.toml".into(), text: text.into(), folder: None };
    Hand::new(catalog::load_source(&source, &Options::default()).expect("a ruleset"), 5)
}

/// A world with turns, two keys, a door and a TV.
const ROOM: &str = "family = \"gridlab\"
actions = \"turn\"
facing = \"E\"
max_steps = 99
layout = \"cells\"
map = '''
S.aAa
.....
....0
'''
[tv.0]
on = \"always\"
colours = 8
sight = 2
";

#[test]
fn gridlab_keys_change_with_their_parts_alone() {
    let mut names = gridlab(ROOM).keys().into_iter().map(|(part, _)| part.name()).collect::<Vec<_>>();
    names.sort_unstable();
    assert_eq!(names, ["clock", "faced", "facing", "full", "inventory", "position", "view"]);
    // Words of the state: x, y, facing, letters had, keys taken, doors opened, colours.
    let moved = |x: u32, y: u32, facing: u32| {
        let mut hand = gridlab(ROOM);
        hand.state[0][..3].copy_from_slice(&[x, y, facing]);
        hand.with(|world, block| world.observe_one(0, block));
        hand
    };
    let changed = |from: (u32, u32, u32), word: usize, value: u32| {
        let mut other = moved(from.0, from.1, from.2);
        other.state[0][word] ^= value;
        other.with(|world, block| world.observe_one(0, block));
        differing(&mut moved(from.0, from.1, from.2), &mut other)
    };
    let (west, east, south) = (0, 1, 3);
    assert_eq!(differing(&mut moved(0, 1, east), &mut moved(1, 1, east)), ["position", "full"]);
    assert_eq!(differing(&mut moved(1, 1, east), &mut moved(1, 1, south)), ["facing", "full"], "floor on both sides");
    assert_eq!(differing(&mut moved(0, 1, east), &mut moved(0, 1, west)), ["facing", "faced", "full"], "the border");
    assert_eq!(differing(&mut moved(1, 0, east), &mut moved(0, 0, east)), ["position", "faced", "full"], "a key ahead");
    assert_eq!(changed((1, 0, east), 3, 1), ["inventory", "full"], "a key in the pocket");
    assert_eq!(changed((2, 0, east), 3, 1), ["inventory", "faced", "full"], "which opens the door ahead");
    assert_eq!(changed((1, 0, east), 4, 1), ["faced", "full"], "the key ahead is taken");
    assert_eq!(changed((1, 0, east), 4, 2), ["full"], "another is");
    assert_eq!(changed((3, 1, east), 6, 1), ["view", "full"], "the TV is in sight");
    assert_eq!(changed((0, 1, east), 6, 1), ["full"], "the TV is not");
    let mut late = gridlab(ROOM);
    late.core[Core::STEP] = 9;
    assert_eq!(differing(&mut gridlab(ROOM), &mut late), ["clock"]);
}

#[test]
fn parts_without_meaning_are_refused() {
    let refusal = |id: &str, key: &str| {
        let world = load(id, &Options::default()).expect("loads");
        world.check_key(key.parse().expect("a key")).err().unwrap_or_default()
    };
    for key in ["position+facing", "inventory+faced", "achievements", "full+clock", "vitals", "view", "simhash:16"] {
        assert_eq!(refusal("crafter", key), "");
    }
    assert_eq!(
        refusal("MiniGrid-DoorKey-8x8-v0", "position+achievements"),
        "key part 'achievements' means nothing in MiniGrid-DoorKey-8x8-v0; there, keys are made of position, facing, view, \
         inventory, faced, full, clock"
    );
    assert!(refusal("MiniGrid-DoorKey-8x8-v0", "full+vitals").contains("'vitals'"), "though full would hold it");
    assert!(refusal("gridlab/klyubin-maze", "facing").contains("made of position, view, full, clock"));
    assert!(refusal("gridlab/keys", "faced").contains("inventory"));
    assert_eq!(refusal("gridlab/mixed-env", "position+facing+faced"), "");
    let text = catalog::find("crafter").expect("built in").text;
    let narrow = text.replace("view = [9, 9]", "view = [9, 4]");
    assert_ne!(narrow, text);
    let source = catalog::Source { id: "narrow.toml".into(), text: narrow, folder: None };
    let world = catalog::load_source(&source, &Options::default()).expect("loads");
    assert!(world.check_key(Key::of(&[KeyPart::Faced])).expect_err("two rows of map").contains("'faced' means nothing"));
}

#[test]
fn simhash_is_of_the_view_alone() {
    let key = |bits: u32| Key::of_signs(bits).expect("some bits");
    let with = |more: &Value| {
        let mut hand = crafter();
        hand.set(more);
        hand.key(key(64))
    };
    let plain = with(&json!({}));
    assert_eq!(crafter().key(key(9)), plain & 511);
    assert_eq!(with(&json!({ "player": { "inventory": { "wood": 5, "drink": 3 } } })), plain);
    assert_eq!(with(&json!({ "step": 100 })), plain);
    assert_ne!(with(&json!({ "terrain": [[34, 31, "furnace"]] })), plain);
}

#[test]
fn what_was_arrived_at_becomes_what_is_departed_from() {
    let mut hand = crafter();
    let keys: [Key; 2] = ["position".parse().expect("a key"), "simhash".parse().expect("a key")];
    let mut out = vec![0x5555_5555; 2 * WORDS];
    let write = |hand: &mut Hand, out: &mut [u32], begun: bool| {
        hand.with(|world, block| write_keys(world, &keys, block, 0, out, begun));
    };
    let halves = |key: u64| [key as u32, (key >> 32) as u32];
    write(&mut hand, &mut out, true);
    let first = keys.map(|key| halves(hand.key(key)));
    assert_eq!(out, [first[0], first[0], first[1], first[1]].concat());
    hand.act(&[1]);
    write(&mut hand, &mut out, false);
    let second = keys.map(|key| halves(hand.key(key)));
    assert_eq!(out, [second[0], first[0], second[1], first[1]].concat());
    assert_ne!(second[0], first[0]);
}

//! Cells, walls and ends of episodes: one test for each rule.

use super::batch::{Batch, E, N, S, STAY, W, drawn, from_text, walk};
use super::map;
use super::step::word;
use crate::envs::shared::catalog::Options;
use crate::envs::shared::core::Core;
use crate::envs::shared::world::{Describe, Draw, Judge};

#[test]
fn walls_and_the_border_hold() {
    let world = drawn("S#\n..", "");
    assert_eq!(
        walk(&world, &[N, W, E, S, S, E, N, E, STAY]),
        [(0, 0), (0, 0), (0, 0), (0, 1), (0, 1), (1, 1), (1, 1), (1, 1), (1, 1)]
    );
}

#[test]
fn a_one_way_cell_is_entered_and_left_its_way_only() {
    let world = drawn(".......\n...>...\nS......", "");
    let mut batch = Batch::new(&world, 1, 0);
    for (from, action, to) in [
        ((2, 1), E, (3, 1)),
        ((4, 1), W, (4, 1)),
        ((3, 0), S, (3, 0)),
        ((3, 2), N, (3, 2)),
        ((3, 1), E, (4, 1)),
        ((3, 1), W, (3, 1)),
        ((3, 1), N, (3, 1)),
        ((3, 1), S, (3, 1)),
    ] {
        batch.place(0, from);
        batch.act(&world, 0, action);
        assert_eq!(batch.at(0), to, "from {from:?} with {action}");
    }
    for (glyph, action) in [('<', W), ('^', N), ('v', S)] {
        let world = drawn(&format!("S..\n.{glyph}.\n..."), "");
        let mut left = Vec::new();
        for other in [N, S, E, W] {
            batch = Batch::new(&world, 1, 0);
            batch.place(0, (1, 1));
            batch.act(&world, 0, other);
            if batch.at(0) != (1, 1) {
                left.push(other);
            }
        }
        assert_eq!(left, [action], "{glyph}");
    }
}

#[test]
fn thin_walls_and_thin_one_way_passages() {
    let map = "+-+-+-+\n|S|. .|\n+ +v+-+\n|. .<.|\n+-+-+-+";
    let text =
        format!("family = \"gridlab\"\nactions = \"NSEW\"\nmax_steps = 9\nlayout = \"thin-walls\"\nmap = '''\n{map}\n'''\n");
    let world = from_text(&text, &Options::default()).expect("a ruleset");
    assert_eq!(world.spec().size, (3, 2));
    let mut batch = Batch::new(&world, 1, 0);
    for (from, action, to) in [
        ((0, 0), E, (0, 0)),
        ((1, 0), W, (1, 0)),
        ((1, 0), E, (2, 0)),
        ((1, 0), S, (1, 1)),
        ((1, 1), N, (1, 1)),
        ((2, 0), S, (2, 0)),
        ((2, 1), N, (2, 1)),
        ((2, 1), W, (1, 1)),
        ((1, 1), E, (1, 1)),
        ((0, 1), E, (1, 1)),
    ] {
        batch.place(0, from);
        batch.act(&world, 0, action);
        assert_eq!(batch.at(0), to, "from {from:?} with {action}");
    }
    batch.place(0, (1, 1));
    assert_eq!(world.ascii(0, &batch.block()), "+-+-+-+\n|.|. .|\n+ +v+-+\n|. @<.|\n+-+-+-+");
}

#[test]
fn goal_and_lava_end_the_episode_and_pay() {
    let world = drawn("~S*m", "reward_denominator = 4\n[rewards]\n\"*\" = 1.0\n\"~\" = -0.75\nm = 0.5");
    let mut batch = Batch::new(&world, 1, 0);
    assert_eq!(batch.act(&world, 0, W), (-3, Core::TERMINATED));
    batch.reset(&world, 0);
    assert_eq!(batch.act(&world, 0, N), (0, 0));
    assert_eq!(batch.act(&world, 0, E), (4, Core::TERMINATED));
    batch.place(0, (3, 0));
    assert_eq!(batch.act(&world, 0, STAY), (2, 0));
    assert_eq!(world.reward(-3), -0.75);
}

#[test]
fn what_ends_an_episode_is_up_to_the_ruleset() {
    let world = drawn("~S*m", "terminal = [\"m\"]");
    let mut batch = Batch::new(&world, 1, 0);
    for (at, flags) in [((0, 0), 0), ((2, 0), 0), ((3, 0), Core::TERMINATED)] {
        batch.place(0, at);
        assert_eq!(batch.act(&world, 0, STAY).1, flags, "{at:?}");
    }
}

#[test]
fn actions_pay_beside_cells() {
    let world = drawn("S.", "reward_denominator = 100\nrewards = { \".\" = 1.0 }\naction_rewards = { E = -0.25, stay = 0.01 }");
    let mut batch = Batch::new(&world, 1, 0);
    assert_eq!(batch.act(&world, 0, STAY).0, 1);
    assert_eq!(batch.act(&world, 0, E).0, 75);
    assert_eq!(batch.act(&world, 0, N).0, 100);
}

#[test]
fn the_last_step_truncates_unless_it_terminates() {
    let options = Options { length: Some(3), ..Options::default() };
    let world = from_text(&super::batch::ruleset("S..*", ""), &options).expect("a ruleset");
    let mut batch = Batch::new(&world, 1, 0);
    let flags: Vec<u32> = [STAY, STAY, STAY].map(|action| batch.act(&world, 0, action).1).into();
    assert_eq!(flags, [0, 0, Core::TRUNCATED]);
    assert_eq!(batch.core[Core::STEP], 3);
    batch.reset(&world, 0);
    let flags: Vec<u32> = [E, E, E].map(|action| batch.act(&world, 0, action).1).into();
    assert_eq!(flags, [0, 0, Core::TERMINATED]);
    assert!(world.spec().toml.contains("max_steps = 3"));
}

#[test]
fn a_key_opens_every_door_of_its_letter() {
    let world = drawn("SaAbAB*", "reward_denominator = 1\nrewards = { a = 1.0 }");
    let mut batch = Batch::new(&world, 1, 0);
    batch.place(0, (3, 0));
    batch.act(&world, 0, W);
    assert_eq!(batch.at(0), (3, 0), "a door without its key is a wall");
    batch.reset(&world, 0);
    assert_eq!(batch.act(&world, 0, E).0, 1);
    assert_eq!(batch.act(&world, 0, STAY).0, 0, "a key pays when it is picked up");
    assert_eq!(&batch.grid(0)[word::CARRIED..word::TVS], [1, 1, 0]);
    assert_eq!(world.ascii(0, &batch.block()), ".@'b'B*");
    let ends: Vec<(u32, u32)> = [E, E, E, E, E]
        .map(|action| {
            batch.act(&world, 0, action);
            batch.at(0)
        })
        .into();
    assert_eq!(ends, [(2, 0), (3, 0), (4, 0), (5, 0), (6, 0)]);
    assert_eq!(&batch.grid(0)[word::CARRIED..word::TVS], [3, 3, 0]);
    batch.reset(&world, 0);
    assert_eq!(&batch.grid(0)[word::CARRIED..word::TVS], [0, 0, 0]);
}

#[test]
fn a_spent_key_opens_one_door_for_good() {
    let world = drawn("aSAA*\n.a...", "spend_keys = true");
    let mut batch = Batch::new(&world, 1, 0);
    batch.act(&world, 0, W);
    assert_eq!(batch.grid(0)[word::CARRIED], 1);
    let ends: Vec<(u32, u32)> = [E, E, E, W, E]
        .map(|action| {
            batch.act(&world, 0, action);
            batch.at(0)
        })
        .into();
    assert_eq!(ends, [(1, 0), (2, 0), (2, 0), (1, 0), (2, 0)], "the first door stays open, the second stays closed");
    assert_eq!(&batch.grid(0)[word::CARRIED..word::TVS], [0, 1, 1]);
    batch.place(0, (0, 1));
    batch.act(&world, 0, E);
    assert_eq!(batch.grid(0)[word::CARRIED], 1, "a second key of the letter");
    batch.place(0, (2, 0));
    batch.act(&world, 0, E);
    assert_eq!(batch.at(0), (3, 0));
    assert_eq!(&batch.grid(0)[word::CARRIED..word::TVS], [0, 3, 3]);
    assert_eq!(batch.obs[1] >> 24, 3, "byte 7: keys taken");
    assert_eq!(batch.obs[2] & 255, 3, "byte 8: doors opened");
}

#[test]
fn turning_and_going_forward() {
    let world = drawn("...\n.S.\n...", "actions = \"turn\"\nfacing = \"N\"");
    let mut batch = Batch::new(&world, 1, 0);
    let mut facings = Vec::new();
    for action in [0, 0, 0, 0, 1, 1, 1, 1] {
        batch.act(&world, 0, action);
        facings.push(batch.grid(0)[word::FACING]);
    }
    assert_eq!(facings, [map::W, map::S, map::E, map::N, map::E, map::S, map::W, map::N]);
    assert_eq!(
        walk(&world, &[2, 2, 1, 2, 1, 2, 1, 2, 2]),
        [(1, 0), (1, 0), (1, 0), (2, 0), (2, 0), (2, 1), (2, 1), (1, 1), (0, 1)]
    );
}

#[test]
fn compass_moves_leave_the_facing_alone() {
    let world = drawn("..\nS.", "facing = \"S\"");
    let mut batch = Batch::new(&world, 1, 0);
    for action in 0..5 {
        batch.act(&world, 0, action);
        assert_eq!(batch.grid(0)[word::FACING], map::S);
    }
}

#[test]
fn a_dive_goes_down_and_then_aside() {
    let world = drawn("S...\n....\n.#..\n....", "actions = \"dive\"");
    assert_eq!(walk(&world, &[0, 0, 1, 1]), [(0, 1), (0, 2), (1, 3), (2, 3)]);
    assert_eq!(walk(&world, &[1, 1, 1]), [(1, 1), (2, 1), (3, 2)], "under a wall only the side step is left");
}

#[test]
fn the_line_has_the_fields_of_the_minigrid_judge() {
    let world = drawn("Sa.*", "reward_denominator = 3\nrewards = { a = 0.3333333333333333 }");
    let mut batch = Batch::new(&world, 1, 0);
    let first = world.judge_record(0, &batch.block(), None, false);
    let (reward, _) = batch.act(&world, 0, E);
    assert_eq!(reward, 1);
    let second = world.judge_record(0, &batch.block(), Some(E), false);
    let keys = |line: &serde_json::Value| line.as_object().map(|o| o.keys().cloned().collect::<Vec<_>>()).unwrap_or_default();
    assert_eq!(keys(&first).len(), 10);
    assert_eq!(keys(&second), ["action", "carrying", "direction", "grid", "pos", "reward", "step", "terminated", "truncated"]);
    assert_eq!((&first["step"], &first["action"], &first["max_steps"]), (&0.into(), &serde_json::Value::Null, &50.into()));
    assert_eq!(
        (&second["reward"], &second["pos"], &second["carrying"]),
        (&0.333333.into(), &vec![1, 0].into(), &vec![5, 1].into())
    );
    assert_ne!(first["grid"], second["grid"], "the key is gone from the map");
    assert_eq!(first["direction"], 0);
}

#[test]
fn an_action_without_meaning_moves_nobody() {
    let world = drawn(".S.", "");
    assert_eq!(walk(&world, &[5, u32::MAX, W]), [(1, 0), (1, 0), (0, 0)]);
}

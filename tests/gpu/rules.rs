//! Changes every rule of the step and observe kernels in turn, when the text is loaded; each change must be noticed. The driver compiles
//! the kernel again for each change, so `./check.sh` changes one rule in [`EVERYDAY`], and `./check.sh long card` changes all of them.

use std::sync::Arc;

use explorarium::envs::{Options, World, catalog, load};
use explorarium::sim::{Batch, Config, Dump, Stats, Worlds};

use super::{files, gpu, in_full, noise, states};

/// Outside of the full proof one in this many rules is changed.
const EVERYDAY: usize = 4;

/// (what changes, file, text that occurs once in it, replacement)
type Mutation = (&'static str, &'static str, &'static str, &'static str);

const CRAFTER: &[Mutation] = &[
    ("a dead skeleton does not shoot", "creatures", "if reload > 0u || (by.x == 0", "if turn_gone || reload > 0u || (by.x == 0"),
    (
        "a dead zombie does not hit",
        "creatures",
        "if distance_of(turn_place) > rules.zombie_reach {",
        "if turn_gone || distance_of(turn_place) > rules.zombie_reach {",
    ),
    ("a dead cow does not draw", "creatures", "if happens(ODDS_COW_WALK) {", "if !turn_gone && happens(ODDS_COW_WALK) {"),
    (
        "a zombie cools down afar",
        "creatures",
        "> rules.zombie_reach {\n",
        "> rules.zombie_reach {\n        turn_set_extra(max(cooldown, 1u) - 1u);\n",
    ),
    (
        "zombies hit harder those awake",
        "creatures",
        "select(rules.zombie_damage, rules.zombie_damage_asleep,",
        "select(rules.zombie_damage_asleep, rules.zombie_damage,",
    ),
    (
        "retreat does not end the turn",
        "creatures",
        "if turn_walk(-toward(turn_place, long_axis)) {\n            return;",
        "if turn_walk(-toward(turn_place, long_axis)) {",
    ),
    ("skeletons shoot from nearer only", "creatures", "if far <= rules.shoot_within {", "if far < rules.shoot_within {"),
    (
        "an arrow stays at the edge of the map",
        "creatures",
        "if cell == NO_CELL {\n        remove_mob(slot);",
        "if cell == NO_CELL {",
    ),
    (
        "an arrow flies through plants",
        "creatures",
        "- rules.arrow_damage;\n        set_mob",
        "- select(rules.arrow_damage, 0u, hit.kind == PLANT);\n        set_mob",
    ),
    ("a plant watches three sides", "creatures", "for (var d = 0u; d < 4u && !trampled", "for (var d = 1u; d < 4u && !trampled"),
    ("arrows trample plants", "creatures", "|| kind == SKELETON;", "|| kind == SKELETON || kind == ARROW;"),
    (
        "a trampled plant does not grow",
        "creatures",
        "select(grown + 1u, grown,",
        "select(grown + select(0u, 1u, mob.health > 1u), grown,",
    ),
    ("reload is one longer", "creatures", "turn_set_extra(rules.reload);", "turn_set_extra(rules.reload + 1u);"),
    (
        "arrows spare what they break",
        "creatures",
        "if (rules.breaks >> there & 1u) == 1u {",
        "if (rules.breaks >> there & 1u) == 2u {",
    ),
    (
        "eating a cow leaves hunger",
        "player",
        "        achieve(rules.eat_cow);\n        set_body(BODY_HUNGER, 0u);",
        "        achieve(rules.eat_cow);",
    ),
    (
        "eating a plant resets hunger",
        "player",
        "            achieve(rules.eat_plant);",
        "            achieve(rules.eat_plant);\n            set_body(BODY_HUNGER, 0u);",
    ),
    ("a plant can be eaten young", "player", "> rules.ripe_above {", ">= rules.ripe_above {"),
    (
        "waking takes the step",
        "player",
        "            achieve(rules.wake_up);",
        "            achieve(rules.wake_up);\n            op = OP_NOOP;",
    ),
    (
        "a sure collect takes no draw",
        "player",
        "if !less_64(vec2<u32>(table(rule + 2u)",
        "if table(rule) == PATH || !less_64(vec2<u32>(table(rule + 2u)",
    ),
    (
        "crafting works on the near edges",
        "player",
        "return vec2<u32>(side - 1u, min(2u, side));",
        "return vec2<u32>(0u, min(2u, side));",
    ),
    ("placing onto somebody", "player", "if is_occupied(cell) || (table(rule)", "if (table(rule)"),
    ("fatigue is kept on falling asleep", "player", "        fatigue = min(fatigue, 0);\n", ""),
    ("no energy hurts sleepers", "player", "(item(rules.energy) > 0 || asleep)", "item(rules.energy) > 0"),
    (
        "sleep at full energy",
        "player",
        "        case OP_SLEEP: {\n            if item(rules.energy) < i32(table(rules.item_max + rules.energy)) {",
        "        case OP_SLEEP: {\n            if true {",
    ),
    (
        "hurt does not wake",
        "player",
        "if health < body_word(BODY_LAST_HEALTH) {",
        "if health + 3u < body_word(BODY_LAST_HEALTH) {",
    ),
    ("lava does not kill", "player", "== LAVA {", "== WATER {"),
    (
        "hunger bites one step later",
        "player",
        "select(bitcast<u32>(count), 0u, count > limit));\n    if count > limit {",
        "select(bitcast<u32>(count), 0u, count > limit + 2));\n    if count > limit + 2 {",
    ),
    (
        "starving asleep costs as much as awake",
        "player",
        "select(i32(rules.starve_awake), i32(rules.starve_asleep), asleep)",
        "i32(rules.starve_awake)",
    ),
    (
        "recovery asleep is as awake",
        "player",
        "select(i32(rules.recover_awake), i32(rules.recover_asleep), asleep)",
        "i32(rules.recover_awake)",
    ),
    ("water does not reset thirst", "player", "set_body(BODY_THIRST, 0u);", ""),
    ("the worst sword counts", "player", "best = max(best, i32(", "best = min(best, i32("),
    ("counts are not limited", "player", "clamp(item(k), 0, i32(table(rules.item_max + k)))", "max(item(k), 0)"),
    ("tools cost nothing", "player", "    use_all(rule + 4u);\n", ""),
    ("tables need not be near", "player", "if (table(rule) & ~nearby()) != 0u || !has_all", "if !has_all"),
    (
        "each achievement pays",
        "step",
        "        reward += i32(REWARD_DENOMINATOR);",
        "        reward += i32(REWARD_DENOMINATOR * countOneBits(body_word(BODY_UNLOCKED) & ~body_word(BODY_PAID)));",
    ),
    ("truncated one step late", "step", "step >= rules.length", "step > rules.length"),
    ("turns one cell farther", "step", "< rules.reach {", "<= rules.reach {"),
    (
        "a placed plant grows at once",
        "step",
        "    let n = n_mobs();\n    chance_turn(ENTITY_PLAYER);\n    player_update();",
        "    chance_turn(ENTITY_PLAYER);\n    player_update();\n    let n = n_mobs();",
    ),
    ("balance one step late", "step", "step % rules.balance_every == 0u", "step % rules.balance_every == 1u"),
    ("on the diagonal x is the long axis", "instance", "abs(d.x) > abs(d.y), long_axis", "abs(d.x) >= abs(d.y), long_axis"),
    (
        "spawns are counted along the rows",
        "balance",
        "for (var x = x0; x < x1; x++) {\n        for (var y = y0; y < y1; y++) {",
        "for (var y = y0; y < y1; y++) {\n        for (var x = x0; x < x1; x++) {",
    ),
    ("despawn takes the last", "balance", "var left = chance_randint(n);", "var left = n - 1u - chance_randint(n);"),
    (
        "spawns at any distance",
        "balance",
        "if !is_occupied(cell) && distance_of(",
        "if !is_occupied(cell) && 100u + distance_of(",
    ),
    ("the player opens no chunk", "instance", "    enter_chunk(chunk_of(x, y), 0u);\n", ""),
    ("holes stay in the list", "instance", "    if !holes {\n        return;", "    if holes {\n        return;"),
    ("the view shows no objects", "observe", "show(i, u32(place.y)", "show(i, 0u * u32(place.y)"),
    (
        "daylight of the step before",
        "observe",
        "core[core_base + CORE_STEP] % rules.day_length",
        "(core[core_base + CORE_STEP] - 1u) % rules.day_length",
    ),
];

const MINIGRID: &[Mutation] = &[
    ("any key opens any door", "step", "held == code_of(CLASS_KEY, colour)", "class_of(held) == CLASS_KEY"),
    ("boxes vanish with what is in them", "step", "return content(front);", "return CODE_EMPTY;"),
    ("lava does not end the episode", "step", "outcome.rewarded || class_of(front) == CLASS_LAVA;", "outcome.rewarded;"),
    ("balls try once", "step", "const BALL_TRIES: u32 = 101u;", "const BALL_TRIES: u32 = 1u;"),
    ("balls roll over the agent", "step", "== CODE_EMPTY && (to_x != body.x || to_y != body.y)", "== CODE_EMPTY"),
    (
        "only walls hurt among moving balls",
        "step",
        "if action == ACT_FORWARD && before != CODE_EMPTY",
        "if action == ACT_FORWARD && before == CODE_WALL_GREY",
    ),
    ("reward falls slower", "step", "const REWARD_LOSS: u32 = 9u;", "const REWARD_LOSS: u32 = 8u;"),
    ("done is no answer", "step", "(action == ACT_DONE && beside)", "(action == ACT_TOGGLE && beside)"),
    ("toggling is free in go-to", "step", "|| action == ACT_DONE || action == ACT_TOGGLE;", "|| action == ACT_DONE;"),
    (
        "a drop afar goes on",
        "step",
        "            outcome.rewarded = outcome.rewarded || (!carries && near);\n            outcome.terminated = true;",
        "            outcome.rewarded = outcome.rewarded || (!carries && near);\n            outcome.terminated = outcome.terminated || near;",
    ),
    (
        "the wrong thing may be fetched",
        "step",
        "            outcome.rewarded = body.carrying == wanted;",
        "            outcome.rewarded = true;",
    ),
    ("the second door alone is fine", "step", "doors.y && doors_before.x;", "doors.y;"),
    ("both ends of the memory maze pay", "step", "outcome.rewarded = here == wanted;", "outcome.rewarded = true;"),
    ("truncated one step late", "step", "now >= rules.max_steps", "now > rules.max_steps"),
    (
        "memory allows picking up",
        "step",
        "if rules.task == TASK_MATCH && action == ACT_PICKUP {",
        "if rules.task == TASK_MATCH && action == ACT_DROP {",
    ),
    ("turning left turns right", "step", "(body.dir + 3u) & 3u", "(body.dir + 1u) & 3u"),
    ("what is carried is not seen", "view", "select(CODE_EMPTY, viewer.carrying, viewer.carrying != CODE_UNSEEN)", "CODE_EMPTY"),
    ("light does not turn corners", "view", "passed_right | passed_right << 1u | passed_left", "passed_right | passed_left"),
    ("walls are seen past", "view", "& OPAQUE) == 0u;", "& OPAQUE) != 1u;"),
    ("the view is mirrored", "view", "let right = i32(i) - i32(rules.view / 2u);", "let right = i32(rules.view / 2u) - i32(i);"),
];

const GRIDLAB: &[Mutation] = &[
    ("moves never slip", "step", "(slip.x | slip.y) != 0u && less_64", "false && less_64"),
    ("currents do not hold", "step", "return NOWHERE;", "return way;"),
    ("currents do not carry back", "step", "return way ^ 1u;", "return way;"),
    ("ice is dry", "step", "== KIND_ICE {", "== KIND_KEY {"),
    ("doors stand open", "moves", "== KIND_DOOR && !passable(there)", "== KIND_DOOR && false"),
    (
        "keys can be taken twice",
        "step",
        "            return 0u;\n        }\n        grid[base + WORD_TAKEN] |= bit;",
        "        }\n        grid[base + WORD_TAKEN] |= bit;",
    ),
    ("walls are thin air", "moves", "if (exits >> way & 1u) == 0u {", "if (exits >> way & 1u) == 7u {"),
    ("goals do not end", "step", "& CELL_TERMINAL) != 0u", "& CELL_TERMINAL) == 1u"),
    (
        "TVs show the last colour twice",
        "step",
        "let colour = chance_randint(tv(k, TV_COLOURS));",
        "let colour = chance_randint(max(tv(k, TV_COLOURS), 2u) - 1u);",
    ),
    ("TVs change on any action", "step", "== ON_ACTION && action != tv(k, TV_ACTION)", "== ON_ACTION && false"),
    ("TVs by chance always change", "step", "== ON_CHANCE && !less_64", "== ON_CHANCE && less_64"),
    ("truncated one step late", "step", "now >= rules.max_steps", "now > rules.max_steps"),
    ("TVs are seen from everywhere", "observe", "tv(k, TV_SIGHT) == ANYWHERE ||", "true ||"),
    ("keys are not shown", "observe", "put_byte(grid[base + WORD_CARRIED] & 255u);", "put_byte(0u);"),
];

/// The start of a batch on the CPU, and its state after some steps.
struct Play {
    world: Arc<dyn World>,
    config: Config,
    begun: Dump,
    ended: Option<(Dump, Stats)>,
    steps: u32,
    /// Actions are drawn from this list; those that are in it more often are more likely.
    actions: &'static [u32],
}

impl Play {
    fn new(
        world: Arc<dyn World>,
        (num_envs, steps): (usize, u32),
        actions: &'static [u32],
        set: impl FnOnce(&mut Batch),
    ) -> Play {
        let config = Config { num_envs, seed: 3, worlds: Worlds::Pool(4), ..Config::default() };
        let mut batch = Batch::new(world.clone(), config.clone()).expect("a batch");
        set(&mut batch);
        let begun = batch.dump().expect("reads");
        batch.load(&begun, Stats::default()).expect("fits");
        let mut play = Play { world, config, begun, ended: Default::default(), steps, actions };
        play.act(&mut batch).expect("runs");
        play.ended = Some((batch.dump().expect("reads"), batch.stats().clone()));
        play
    }

    fn act(&self, batch: &mut Batch) -> explorarium::Result<()> {
        for step in 0..self.steps {
            let chosen = noise(step, batch.len()).into_iter().map(|word| self.actions[word as usize % self.actions.len()]);
            batch.step(&chosen.collect::<Vec<_>>())?;
        }
        Ok(())
    }

    /// Whether the GPU ends in the same state as the CPU if these texts replace the project's.
    fn ends_the_same(&self, texts: &[(String, String)]) -> bool {
        let gpu = Some(Arc::new(gpu().expect("a GPU").with_texts(texts.to_vec())));
        let config = Config { gpu, ..self.config.clone() };
        let mut batch = Batch::new(self.world.clone(), config).expect("the changed text compiles");
        batch.load(&self.begun, Stats::default()).expect("fits");
        match self.act(&mut batch) {
            Ok(()) => Some((batch.dump().expect("reads"), batch.stats().clone())) == self.ended,
            Err(explorarium::Error::Fault { .. }) => false,
            Err(error) => panic!("{error}"),
        }
    }
}

/// Checks that every mutation of a family makes one of its plays end in another state.
fn prove(family: &str, mutations: &[Mutation], plays: &[Play]) {
    for play in plays {
        assert!(play.ends_the_same(&[]), "{} differs without a mutation", play.world.spec().id);
    }
    let mut unnoticed = Vec::new();
    for (k, (name, file, old, new)) in mutations.iter().enumerate() {
        let path = format!("envs/{family}/{file}.wgsl");
        let (_, text) = files().into_iter().find(|(known, _)| *known == path).expect("a file");
        assert_eq!(text.matches(old).count(), 1, "{name}: '{old}' must stand once in {path}");
        if !in_full() && k % EVERYDAY != 0 {
            continue;
        }
        let texts = [(path, text.replace(old, new))];
        if plays.iter().all(|play| play.ends_the_same(&texts)) {
            unnoticed.push(*name);
        }
    }
    assert!(unnoticed.is_empty(), "unnoticed in {family}: {unnoticed:?}");
}

fn world(id: &str) -> Arc<dyn World> {
    load(id, &Options::default()).expect(id)
}

#[test]
fn every_rule_of_crafter_matters() {
    if gpu().is_none() {
        return;
    }
    // 40 % of the actions are `do`; the others walk, sleep, place and make.
    const BRAWLER: &[u32] = &[5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
    let play = |size, set: fn(&mut Batch)| Play::new(world("crafter"), size, BRAWLER, set);
    prove("crafter", CRAFTER, &[play((256, 50), states::set_all), play((64, 120), |_| ())]);
}

/// Keys and locked doors of different colours, all within a few steps.
const LOCKS: &str = "family = \"minigrid\"\nsize = [7, 4]\nmax_steps = 60\nmission = \"unlock\"\n[level]\ngenerator = \"map\"
map = '''\n#######\n#k>L..#\n#j.M..#\n#######\n'''
[level.legend]\nk = \"blue key\"\nj = \"yellow key\"\nL = \"locked red door\"\nM = \"locked blue door\"\n";

#[test]
fn every_rule_of_minigrid_matters() {
    if gpu().is_none() {
        return;
    }
    // Forward is more likely than turns; all other actions occur too.
    const BUSY: &[u32] = &[0, 1, 2, 2, 2, 2, 3, 3, 4, 5, 5, 6];
    const WALKER: &[u32] = &[0, 1, 2, 2, 2];
    let play = |id: &str, steps| Play::new(world(id), (128, steps), BUSY, |_| ());
    let locks = catalog::Source { id: "locks.toml".into(), text: LOCKS.into(), folder: None };
    let locks = catalog::load_source(&locks, &Options::default()).expect("loads");
    let mut plays = vec![
        Play::new(locks, (128, 100), BUSY, |_| ()),
        Play::new(world("MiniGrid-Dynamic-Obstacles-5x5-v0"), (128, 60), WALKER, |_| ()),
        Play::new(world("MiniGrid-MemoryS7-v0"), (256, 400), WALKER, |_| ()),
    ];
    let ids = [
        "MiniGrid-GoToObject-6x6-N2-v0",
        "MiniGrid-PutNear-6x6-N2-v0",
        "MiniGrid-Fetch-5x5-N2-v0",
        "MiniGrid-RedBlueDoors-6x6-v0",
        "MiniGrid-MemoryS7-v0",
        "MiniGrid-ObstructedMaze-1Dlhb-v0",
        "MiniGrid-LavaGapS5-v0",
    ];
    plays.extend(ids.iter().map(|id| play(id, 300)));
    prove("minigrid", MINIGRID, &plays);
}

#[test]
fn every_rule_of_gridlab_matters() {
    if gpu().is_none() {
        return;
    }
    let ids = [
        "gridlab/keys",
        "gridlab/mixed-env",
        "gridlab/chain-10",
        "gridlab/noisy-tv",
        "gridlab/noisy-tv-action",
        "gridlab/noisy-tv-chance",
        "gridlab/four-rooms",
        "gridlab/step-world",
        "gridlab/door-world",
    ];
    let plays: Vec<Play> = ids
        .iter()
        .map(|id| {
            let world = world(id);
            let all: &[u32] = &[0, 1, 2, 3, 4, 5][..world.spec().num_actions() as usize];
            Play::new(world, (128, 150), all, |_| ())
        })
        .collect();
    prove("gridlab", GRIDLAB, &plays);
}

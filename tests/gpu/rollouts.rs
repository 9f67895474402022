//! Agents that plan with forks choose the same actions on both backends, whatever number of forks the GPU has room for.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use explorarium::agents::lookahead::NoveltyOptions;
use explorarium::agents::{EmpowermentAgent, Lookahead, Random, empowerment, lookahead};
use explorarium::bonus::BonusConfig;
use explorarium::envs::{Options, World, load};
use explorarium::gpu::Gpu;
use explorarium::sim::{Agent, Config, ResetMode, StepPlugin, Worlds};

use super::gpu;
use super::plugin::{EXACT, Side, config, pair};

const TWO_BY_FOUR: lookahead::Options = lookahead::Options { rollouts: 2, depth: 4, discount: 0.9 };

fn agent(world: &Arc<dyn World>, side: &Side, options: lookahead::Options, forks: usize) -> Lookahead {
    let agent = Lookahead::new(&**world, side.bonuses.clone(), options, 1).expect("an agent").with_forks(forks);
    assert!(agent.on_gpu().is_some(), "chosen on the host");
    agent
}

/// Steps both batches and compares all results.
fn play(what: &str, [cpu, backend]: &mut [Side; 2], agents: [&dyn Agent; 2], steps: u64) {
    cpu.batch.advance(steps, agents[0]).unwrap_or_else(|e| panic!("{what}: {e}"));
    backend.batch.advance(steps, agents[1]).unwrap_or_else(|e| panic!("{what}: {e}"));
    let (a, b) = (cpu.batch.core().expect("reads").to_vec(), backend.batch.core().expect("reads").to_vec());
    let first = a.iter().zip(&b).position(|(a, b)| a != b);
    assert_eq!(first, None, "{what}: a word of core differs");
    assert!(cpu.plugin_buffers() == backend.plugin_buffers(), "{what}: extras differ");
    assert!(cpu.tables() == backend.tables(), "{what}: tables differ");
    assert_eq!(cpu.batch.checksum().expect("sum"), backend.batch.checksum().expect("sum"), "{what}");
    assert_eq!(cpu.batch.take_rows(), backend.batch.take_rows(), "{what}");
}

#[test]
fn lookahead_chooses_alike_in_every_family() {
    let worlds = [
        ("crafter", Worlds::Pool(3), ResetMode::SameStep),
        ("MiniGrid-DoorKey-5x5-v0", Worlds::Fresh, ResetMode::SameStep),
        ("MiniGrid-Dynamic-Obstacles-5x5-v0", Worlds::Pool(5), ResetMode::NextStep),
        ("gridlab/noisy-tv", Worlds::Pool(1), ResetMode::Off),
    ];
    for (id, worlds, reset) in worlds {
        let world = load(id, &Options::default()).expect(id);
        let Some(mut both) = pair(&world, EXACT, |_| {}, &Config { worlds, reset, ..config(11) }) else { return };
        let agents = [0, 1].map(|k| agent(&world, &both[k], TWO_BY_FOUR, 0));
        for _ in 0..4 {
            play(id, &mut both, [&agents[0], &agents[1]], 5);
        }
    }
}

#[test]
fn novelty_chooses_alike() {
    for (id, bonus) in [
        ("crafter", "count"),
        ("MiniGrid-DoorKey-6x6-v0", "bebold"),
        ("MiniGrid-Empty-5x5-v0", "knn"),
        ("gridlab/chain-10", "information-gain"),
    ] {
        let world = load(id, &Options::default()).expect(id);
        let Some(mut both) = pair(&world, bonus, |_| {}, &config(65)) else { return };
        let agents =
            [0, 1].map(|k| Lookahead::novelty(&*world, both[k].bonuses.clone(), NoveltyOptions::default(), 3).expect("an agent"));
        play(id, &mut both, [&agents[0], &agents[1]], 40);
        let forked = agents.map(|agent| agent.forked().map(|steps| steps.load(Ordering::Relaxed)));
        assert_eq!(forked, [Some(65 * 40 * u64::from(world.spec().num_actions())); 2], "{id}: an action, a fork, a step");
    }
}

/// The number of forks that there is room for determines how instances and rollouts are split, but not the results.
#[test]
fn room_for_forks_is_not_seen_in_results() {
    let world = load("MiniGrid-DoorKey-5x5-v0", &Options::default()).expect("a world");
    let options = lookahead::Options { rollouts: 6, depth: 3, discount: 1.0 };
    for forks in [1, 7 * 6, 7 * 6 * 4 + 3, 7 * 3 * 10] {
        let Some(mut both) = pair(&world, "count", |_| {}, &config(10)) else { return };
        let agents = [0, forks].map(|forks| agent(&world, &both[usize::from(forks > 0)], options, forks));
        play(&format!("{forks} forks"), &mut both, [&agents[0], &agents[1]], 12);
    }
}

/// A batch in several parts. Forks of the parts use the same buffers, one part after the other, and all parts share the tables.
#[test]
fn parts_take_turns() {
    if gpu().is_none() {
        return;
    }
    let world = load("MiniGrid-DoorKey-8x8-v0", &Options::default()).expect("a world");
    let bonus = BonusConfig::parse("count,entropy,empowerment").expect("bonuses");
    for (worlds, reset) in [(Worlds::Fresh, ResetMode::SameStep), (Worlds::Pool(9), ResetMode::NextStep)] {
        let small = Arc::new(Gpu::open(None).expect("a GPU"));
        small.limit_bindings(12 << 10);
        let mut both = [None, Some(small)].map(|gpu| Side::new(&world, &bonus, Config { gpu, worlds, reset, ..config(200) }));
        assert!(both[1].batch.gpu().expect("a GPU").n_parts() > 2);
        let agents = [0, 1].map(|k| agent(&world, &both[k], TWO_BY_FOUR, 0));
        for _ in 0..2 {
            play("parts", &mut both, [&agents[0], &agents[1]], 6);
        }
    }
}

/// With little memory there are fewer forks at once, and with too little an error.
#[test]
fn forks_take_what_memory_there_is() {
    if gpu().is_none() {
        return;
    }
    let world = load("MiniGrid-DoorKey-8x8-v0", &Options::default()).expect("a world");
    let bonus = BonusConfig::parse("count,empowerment").expect("bonuses");
    let lent = || Config { gpu: Some(Arc::new(Gpu::open(None).expect("a GPU"))), ..config(1000) };
    let backend = |side: &Side| side.batch.gpu().expect("a GPU").gpu.clone();
    // The memory that the forks take without a limit.
    let mut side = Side::new(&world, &bonus, lent());
    let bare = backend(&side).memory_used();
    side.batch.advance(1, &agent(&world, &side, TWO_BY_FOUR, 0)).expect("steps");
    let forks = backend(&side).memory_used() - bare;

    let mut both = [Side::new(&world, &bonus, config(1000)), Side::new(&world, &bonus, lent())];
    backend(&both[1]).limit_memory(bare + forks / 3);
    let agents = [0, 1].map(|k| agent(&world, &both[k], TWO_BY_FOUR, 0));
    play("a third", &mut both, [&agents[0], &agents[1]], 2);
    assert!(backend(&both[1]).memory_used() <= bare + forks / 3);

    let mut side = Side::new(&world, &bonus, lent());
    backend(&side).limit_memory(1);
    let error = side.batch.advance(1, &agent(&world, &side, TWO_BY_FOUR, 0)).expect_err("no memory at all").to_string();
    assert!(error.contains("memory"), "{error}");
}

/// Rollouts read the memory of an instance that its values are computed from, but do not write it.
#[test]
fn normalised_products_and_turns_are_peeked_alike() {
    let world = load("MiniGrid-Empty-5x5-v0", &Options::default()).expect("a world");
    for (fusion, scope) in [("product", "episode"), ("cycle", "instance"), ("cycle-by-episode", "shared"), ("maximum", "shared")]
    {
        let change = |config: &mut BonusConfig| {
            (config.fusion, config.normalise) = (Some(fusion.to_string()), Some("rms".to_string()));
            for entry in &mut config.list {
                entry.set("scope", scope);
                entry.decay = Some(0.001);
            }
        };
        let Some(mut both) = pair(&world, "count,entropy", change, &config(20)) else { return };
        let agents = [0, 1].map(|k| agent(&world, &both[k], TWO_BY_FOUR, 0));
        play(fusion, &mut both, [&agents[0], &agents[1]], 30);
    }
}

/// Tables that grow are bound again for the forks too.
#[test]
fn growing_tables_are_read_by_forks() {
    let world = load("MiniGrid-DoorKey-8x8-v0", &Options::default()).expect("a world");
    let Some(mut both) = pair(&world, "count:full+clock", |_| {}, &config(700)) else { return };
    let agents =
        [0, 1].map(|k| Lookahead::novelty(&*world, both[k].bonuses.clone(), NoveltyOptions::default(), 3).expect("an agent"));
    let before = both[1].bonuses.tables()[0].len();
    play("growing", &mut both, [&agents[0], &agents[1]], 130);
    assert!(both[1].bonuses.tables()[0].len() > before, "the table had room for all");
}

/// The empowerment bonus is computed with forks, in kernels of the plugin: for instances that step, and for those that begin an episode.
#[test]
fn empowerment_is_paid_alike() {
    let worlds = [
        ("crafter", Worlds::Pool(3), ResetMode::SameStep, "horizon=1", 30),
        ("MiniGrid-DoorKey-5x5-v0", Worlds::Fresh, ResetMode::SameStep, "horizon=3", 260),
        ("MiniGrid-Dynamic-Obstacles-5x5-v0", Worlds::Pool(5), ResetMode::NextStep, "horizon=2 frozen", 40),
        ("gridlab/noisy-tv", Worlds::Pool(1), ResetMode::Off, "horizon=4 frozen delta", 60),
    ];
    for (id, worlds, reset, options, steps) in worlds {
        let world = load(id, &Options::default()).expect(id);
        let change = |config: &mut BonusConfig| {
            let entry = &mut config.list[0];
            let horizon = options.chars().find_map(|c| c.to_digit(10)).expect("a horizon");
            entry.set("horizon", i64::from(horizon));
            if options.contains("frozen") {
                entry.set("mode", "frozen");
                entry.set("noise_samples", 3);
            }
            if options.contains("delta") {
                entry.set("form", "delta");
            }
        };
        let Some(mut both) = pair(&world, "empowerment,count", change, &Config { worlds, reset, ..config(9) }) else { return };
        let random = Random { seed: 5 };
        for _ in 0..2 {
            play(id, &mut both, [&random, &random], steps / 2);
        }
        let paid = both[1].plugin_buffers()[1].iter().filter(|value| **value != 0).count();
        assert!(paid > 9, "{id}: nothing is paid");
    }
}

/// Both backends count the same stochastic states, for the bonus and for the agent: in worlds that are
/// never, always or sometimes stochastic.
#[test]
fn chance_is_noticed_alike() {
    for (id, key, horizon, steps, some) in [
        ("gridlab/keys", "position", 2, 60, true),
        ("gridlab/mixed-env", "position", 2, 40, true),
        ("gridlab/chain-10", "position", 3, 40, true),
        ("gridlab/noisy-tv", "position", 2, 20, false),
        ("gridlab/noisy-tv-action", "position+view", 2, 20, true),
        ("gridlab/noisy-tv-chance", "full", 2, 20, true),
        ("gridlab/four-rooms", "full", 3, 20, false),
        ("MiniGrid-Dynamic-Obstacles-5x5-v0", "position", 1, 20, true),
    ] {
        let world = load(id, &Options::default()).expect(id);
        let change = |config: &mut BonusConfig| {
            let entry = &mut config.list[0];
            entry.set("horizon", i64::from(horizon));
            entry.set("mode", "exact");
            entry.key = Some(key.parse().expect(key));
        };
        let Some(mut both) = pair(&world, "empowerment,count", change, &config(7)) else { return };
        let options = empowerment::Options { horizon, key: Some(key.parse().expect(key)), ..Default::default() };
        let agents = [0, 1].map(|_| EmpowermentAgent::new(&*world, &options, 2).expect("an agent"));
        assert!(agents[1].on_gpu().is_some());
        for _ in 0..2 {
            play(id, &mut both, [&agents[0], &agents[1]], steps / 2);
        }
        let counted = both.each_ref().map(|side| side.bonuses.certainty(|k| side.batch.plugin_buffer(k)).expect("reads"));
        assert_eq!(counted[0], counted[1], "{id}");
        assert_eq!(counted[0].is_some_and(|states| states.uncertain > 0), some, "{id}: {counted:?}");
        let reports = agents.each_ref().map(Agent::report);
        assert_eq!(reports[0], reports[1], "{id}");
        let outcomes = &reports[0][0].1;
        assert_eq!(outcomes["measured"].as_u64(), Some(steps * 7 * u64::from(world.spec().num_actions())), "{id}");
        assert_eq!(outcomes["uncertain"].as_u64() > Some(0), some, "{id}: {outcomes}");
    }
}

/// The comparison notices a changed rule of which steps are stochastic.
#[test]
fn changed_chance_is_noticed() {
    let Some(gpu) = gpu().cloned() else { return };
    const FILE: &str = "envs/gridlab/is_stochastic.wgsl";
    let changes = [
        ("gridlab/mixed-env", "position", FILE, "return differ(start, 15u, NOWHERE);", "return false;"),
        ("gridlab/mixed-env", "position", FILE, "to != first", "to == first"),
        ("gridlab/mixed-env", "position", FILE, "kind == ACT_FORWARD", "false"),
        ("gridlab/keys", "position", FILE, "kind != ACT_MOVE", "true"),
        ("gridlab/chain-10", "position", FILE, "rules.has_currents == 0u ||", "true ||"),
        ("gridlab/noisy-tv", "position+view", FILE, "params[0] == 1u", "false"),
        (
            "gridlab/mixed-env",
            "position",
            "shaders/bonus/reach.wgsl",
            "atomicExchange(&marks[slot], 0u)",
            "atomicLoad(&marks[slot])",
        ),
        ("gridlab/mixed-env", "position", "shaders/bonus/empowerment.wgsl", "memory[at] += more;", "memory[at] += 1u;"),
    ];
    for (id, key, path, rule, changed) in changes {
        let world = load(id, &Options::default()).expect(id);
        let mut bonus = BonusConfig::parse("empowerment").expect("empowerment");
        let entry = &mut bonus.list[0];
        entry.set("horizon", 1);
        entry.set("mode", "exact");
        entry.key = Some(key.parse().expect(key));
        let text = super::files().into_iter().find(|(file, _)| *file == path).expect(path).1;
        assert!(text.contains(rule), "{path}: no {rule}");
        let texts = vec![(path.to_string(), text.replace(rule, changed))];
        let mut cpu = Side::new(&world, &bonus, config(40));
        let mut backend = Side::new(&world, &bonus, Config { gpu: Some(Arc::new(gpu.with_texts(texts))), ..config(40) });
        for side in [&mut cpu, &mut backend] {
            side.batch.advance(120, &Random { seed: 1 }).expect("steps");
        }
        assert!(cpu.plugin_buffers() != backend.plugin_buffers(), "{id}: {path}: {changed} is not noticed");
    }
}

/// Forks of forks: empowerment is computed for transitions of forks.
#[test]
fn lookahead_by_empowerment_chooses_alike() {
    for (id, horizon, steps) in [("crafter", 1, 6), ("MiniGrid-DoorKey-5x5-v0", 2, 12), ("gridlab/four-rooms", 3, 20)] {
        let world = load(id, &Options::default()).expect(id);
        for forks in [0, 130] {
            let change = |config: &mut BonusConfig| config.list[2].set("horizon", i64::from(horizon));
            let Some(mut both) = pair(&world, "count,entropy,empowerment", change, &config(5)) else { return };
            let options = lookahead::Options { rollouts: 2, depth: 3, discount: 0.9 };
            let agents = [0, forks].map(|forks| agent(&world, &both[usize::from(forks > 0)], options, forks));
            play(id, &mut both, [&agents[0], &agents[1]], steps);
        }
    }
}

#[test]
fn the_empowerment_agent_chooses_alike() {
    for (id, horizon, noise_samples, steps) in [
        ("crafter", 1, 1, 10),
        ("MiniGrid-DoorKey-5x5-v0", 2, 3, 20),
        ("MiniGrid-LavaGapS5-v0", 2, 1, 20),
        ("gridlab/klyubin-maze", 3, 1, 20),
    ] {
        let world = load(id, &Options::default()).expect(id);
        let Some(mut both) = pair(&world, "count", |_| {}, &config(7)) else { return };
        let options = empowerment::Options { horizon, noise_samples: Some(noise_samples), ..Default::default() };
        let agents = [0, 1].map(|_| EmpowermentAgent::new(&*world, &options, 2).expect("an agent"));
        assert!(agents[1].on_gpu().is_some());
        play(id, &mut both, [&agents[0], &agents[1]], steps);
    }
}

/// The comparison notices a changed rule of each kernel that measures empowerment.
#[test]
fn changed_empowerment_is_noticed() {
    let Some(gpu) = gpu().cloned() else { return };
    let world = load("MiniGrid-LavaGapS5-v0", &Options::default()).expect("a world");
    let mut bonus = BonusConfig::parse("empowerment").expect("empowerment");
    bonus.list[0] = bonus.list[0].clone().with("horizon", 2).with("mode", "frozen").with("noise_samples", 2);
    let changes = [
        ("shaders/bonus/sequence.wgsl", "/ params[0]", "/ 1u"),
        ("shaders/bonus/ends.wgsl", "over && other ||", "over && !other ||"),
        ("shaders/bonus/ends.wgsl", "f - f % rules.head.forks", "f"),
        ("shaders/bonus/reach.wgsl", "core[at + CORE_STEP] > 0u", "false"),
        ("shaders/bonus/reach.wgsl", "counts[slot] = 0u;", ""),
        ("shaders/bonus/reach.wgsl", "1u << 19u", "1u << 20u"),
        (
            "shaders/bonus/empowerment.wgsl",
            "value - bitcast<i32>(memory[at]), parameter(0u) == 1u",
            "value - bitcast<i32>(memory[at]), true",
        ),
        ("shaders/core/fork_sources.wgsl", "roots[k] = stepped_instance(id, groups)", "roots[k] = NOBODY"),
    ];
    for (path, rule, changed) in changes {
        let text = super::files().into_iter().find(|(file, _)| *file == path).expect(path).1;
        assert!(text.contains(rule), "{path}: no {rule}");
        let texts = vec![(path.to_string(), text.replace(rule, changed))];
        let reset = ResetMode::NextStep;
        let mut cpu = Side::new(&world, &bonus, Config { reset, ..config(40) });
        let mut backend = Side::new(&world, &bonus, Config { reset, gpu: Some(Arc::new(gpu.with_texts(texts))), ..config(40) });
        for side in [&mut cpu, &mut backend] {
            side.batch.advance(60, &Random { seed: 1 }).expect("steps");
        }
        assert!(cpu.plugin_buffers() != backend.plugin_buffers(), "{path}: {changed} is not noticed");
    }
}

/// The comparison notices a changed rule of each kernel of the agent.
#[test]
fn a_changed_agent_is_noticed() {
    let Some(gpu) = gpu().cloned() else { return };
    let world = load("MiniGrid-DoorKey-5x5-v0", &Options::default()).expect("a world");
    let bonus = BonusConfig::parse("count").expect("count");
    let changes = [
        ("shaders/core/fork.wgsl", "0x64726561u", "0x64726562u"),
        ("shaders/core/before_fork_step.wgsl", "|= FLAG_SKIP", "|= 0u"),
        ("shaders/agent/set_out.wgsl", "/ params[PARAM_ROLLOUTS_AT_ONCE]", "% params[PARAM_ROLLOUTS_AT_ONCE]"),
        ("shaders/agent/accumulate.wgsl", "if !was_met(f, steps)", "if true"),
        ("shaders/agent/accumulate.wgsl", "d <= steps", "d < steps"),
        ("shaders/agent/accumulate.wgsl", "DISCOUNT_ONE / 2u) >> 16u", "DISCOUNT_ONE / 2u) >> 15u"),
        ("shaders/agent/score.wgsl", "r < at_once", "r < 1u"),
        ("shaders/agent/best.wgsl", "0x6c6f6f6bu", "0x6c6f6f6cu"),
        ("shaders/bonus/fuse_peek.wgsl", "bitcast<u32>(fuse(f))", "bitcast<u32>(-fuse(f))"),
        ("shaders/bonus/peek.wgsl", "u32(value)", "u32(-value)"),
    ];
    for (path, rule, changed) in changes {
        let text = super::files().into_iter().find(|(file, _)| *file == path).expect(path).1;
        assert!(text.contains(rule), "{path}: no {rule}");
        let texts = vec![(path.to_string(), text.replace(rule, changed))];
        let mut cpu = Side::new(&world, &bonus, config(40));
        let mut backend = Side::new(&world, &bonus, Config { gpu: Some(Arc::new(gpu.with_texts(texts))), ..config(40) });
        for side in [&mut cpu, &mut backend] {
            let agent = agent(&world, side, TWO_BY_FOUR, 0);
            side.batch.advance(60, &agent).expect("steps");
        }
        assert!(cpu.batch.checksum().expect("sum") != backend.batch.checksum().expect("sum"), "{path}: {changed} is not noticed");
    }
}

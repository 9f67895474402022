//! Tests of empowerment against the literature on intrinsic motivation and against hand counts.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::*;
use crate::envs::Core;
use crate::envs::catalog::{Options, Source, load, load_source};
use crate::sim::{Batch, Config};

mod certain;

fn gridlab(map: &str, extra: &str) -> Arc<dyn World> {
    let text = format!("family = \"gridlab\"\nmax_steps = 50\nlayout = \"cells\"\nmap = '''\n{map}\n'''\n{extra}");
    load_source(&Source { id: "test.toml".into(), text, folder: None }, &Options::default()).unwrap_or_else(|e| panic!("{e}"))
}

fn key(text: &str) -> Key {
    text.parse().expect(text)
}

/// The empowerment of the first state, with the player on (x, y) if that is given.
fn measured(world: &Arc<dyn World>, n: u32, mode: Mode, key: Key, at: Option<(u32, u32)>) -> Measured {
    let mut batch = Batch::new(world.clone(), Config { num_envs: 1, ..Config::default() }).expect("a batch");
    let model = KeyedModel::of(&**world).expect("a model");
    let measure = Empowerment::new(&**world, n, mode, key).expect("a measure");
    let look = |world: &dyn World, block: &mut Block| {
        assert!(at.is_none_or(|(x, y)| world.place(0, block, x, y)), "{at:?} is not free");
        measure.measure(&mut ReachSearch::new(&model), block, 0)
    };
    batch.with_block(look).expect("a block").expect("it fits")
}

fn ends(world: &Arc<dyn World>, n: u32, key: Key, at: Option<(u32, u32)>) -> u64 {
    match measured(world, n, Mode::Exact, key, at).detail {
        Detail::Ends(counts) => counts[0],
        other => panic!("{other:?}"),
    }
}

const NSEW_STAY: &str = "actions = \"NSEW+stay\"\nstart = \"anywhere\"";

fn field(side: usize, extra: &str) -> Arc<dyn World> {
    gridlab(&vec![".".repeat(side); side].join("\n"), extra)
}

#[test]
fn an_open_field_is_a_diamond() {
    let open = field(13, NSEW_STAY);
    let bits = [2.321928, 3.700440, 4.643856, 5.357552, 5.930737];
    for (n, (cells, bits)) in (1..).zip([5, 13, 25, 41, 61].into_iter().zip(bits)) {
        assert_eq!(ends(&open, n, key("position"), Some((6, 6))), cells);
        let found = measured(&open, n, Mode::Exact, key("position"), Some((6, 6)));
        assert!((found.bits() - bits).abs() < 1e-6, "{n}: {}", found.bits());
        assert!((f64::from(found.q20()) / f64::from(1 << 20) - bits).abs() < 1e-6);
    }
    let without = field(13, "actions = \"NSEW\"\nstart = \"anywhere\"");
    for n in 1..=5 {
        assert_eq!(ends(&without, n, key("position"), Some((6, 6))), u64::from((n + 1) * (n + 1)));
    }
}

/// The actions other than left, right and forward are no-ops on an open floor. Worlds whose task is to avoid things have only those three.
#[test]
fn an_open_minigrid_has_the_known_counts() {
    let open = load("MiniGrid-Empty-16x16-v0", &Options::default()).expect("a world");
    for (n, states) in (1..).zip([4, 10, 23, 48, 88]) {
        assert_eq!(ends(&open, n, key("position+facing"), Some((7, 7))), states, "with no-ops, {n}");
    }
    let rows: Vec<String> = (0..16)
        .map(|y| match y {
            0 | 15 => "#".repeat(16),
            // A ball, as the task needs one. It is walled in, out of reach.
            1 => format!("#o#{}#", ".".repeat(12)),
            2 => format!("###{}#", ".".repeat(12)),
            7 => format!("#......>{}#", ".".repeat(7)),
            _ => format!("#{}#", ".".repeat(14)),
        })
        .collect();
    let text = format!(
        "family = \"minigrid\"\nsize = [16, 16]\nmax_steps = 1024\ntask = \"avoid\"\nmission = \"three actions\"\n[level]\n\
         generator = \"map\"\nmap = '''\n{}\n'''\n[level.legend]\no = \"blue ball\"\n",
        rows.join("\n")
    );
    let three = load_source(&Source { id: "three.toml".into(), text, folder: None }, &Options::default()).expect("a world");
    assert_eq!(three.spec().action_names, ["left", "right", "forward"]);
    let turn = field(15, "actions = \"turn\"\nstart = \"anywhere\"");
    for (n, (states, cells)) in (1..).zip([3, 7, 16, 32, 56].into_iter().zip([2, 5, 11, 21, 35])) {
        for world in [&three, &turn] {
            assert_eq!(ends(world, n, key("position+facing"), Some((7, 7))), states, "{n}");
            assert_eq!(ends(world, n, key("position"), Some((7, 7))), cells, "{n}");
        }
    }
}

/// The breadth-first search, which follows each state once, finds the same ends as a trial of every sequence.
#[test]
fn following_equal_states_once_loses_nothing() {
    for (id, n, name) in [
        ("gridlab/keys", 4, "full"),
        ("gridlab/mixed-env", 4, "full"),
        ("gridlab/noisy-tv-action", 3, "full"),
        ("MiniGrid-DoorKey-5x5-v0", 3, "full"),
        ("MiniGrid-Dynamic-Obstacles-5x5-v0", 4, "full"),
        ("crafter", 2, "full"),
    ] {
        let world = load(id, &Options::default()).expect(id);
        let (model, actions) = (KeyedModel::of(&*world).expect(id), world.spec().num_actions());
        let mut batch = Batch::new(world.clone(), Config { num_envs: 1, seed: 5, ..Config::default() }).expect(id);
        let found = batch.with_block(|world, block| {
            let mut search = ReachSearch::new(&model);
            let bounds = Bounds { horizon: n, forks: MAX_FORKS };
            let ends = search.ends((block, 0), 3, bounds, &EndFeature::Key(key(name))).expect("it fits");
            let mut played = BTreeSet::new();
            let mut forks = model.forks(1);
            for sequence in 0..actions.pow(n) {
                model.fork(block, 0, &mut forks, 0, 3);
                for t in 0..n {
                    forks.act(0, sequence / actions.pow(t) % actions);
                    model.step(&mut forks, 1);
                }
                let over = forks.is_done(0);
                played.insert((!over).then(|| world.key(key(name), 0, &forks.block(1))));
            }
            assert!(search.forked_steps < u64::from(actions.pow(n) * n), "{id}");
            (ends, played)
        });
        let (ends, played) = found.expect("a block");
        assert_eq!(ends, played, "{id}");
        assert!(ends.len() > 2, "{id}");
    }
}

#[test]
fn ended_forks_are_one_end_and_an_end_has_none() {
    // East is the goal, west is lava. Both end the episode, so they are one outcome.
    let corridor = gridlab("~S*", "actions = \"WE\"");
    assert_eq!(ends(&corridor, 1, key("position"), None), 1);
    let wider = gridlab("~S.*", "actions = \"WE\"");
    assert_eq!(ends(&wider, 1, key("position"), None), 2);
    assert_eq!(ends(&wider, 2, key("position"), None), 2, "back on S, or over");

    let mut batch = Batch::new(corridor.clone(), Config { num_envs: 1, reset: crate::sim::ResetMode::Off, ..Config::default() })
        .expect("a batch");
    batch.step(&[0]).expect("a step");
    let model = KeyedModel::of(&*corridor).expect("a model");
    let measure = Empowerment::new(&*corridor, 3, Mode::Exact, key("position")).expect("a measure");
    let over =
        batch.with_block(|_, block| measure.measure(&mut ReachSearch::new(&model), block, 0)).expect("a block").expect("it fits");
    assert_eq!((over.detail, over.fixed, over.forked_steps), (Detail::Over, 0, 0));
}

/// In the mode same-step, the flags of the last step remain when the next episode has begun. Its first state is not over.
#[test]
fn the_first_state_after_an_end_is_no_end() {
    let wider = gridlab("~S.*", "actions = \"WE\"");
    let mut batch = Batch::new(wider.clone(), Config { num_envs: 1, ..Config::default() }).expect("a batch");
    batch.step(&[0]).expect("a step");
    assert!(batch.outcome(0).expect("an outcome").1 & Core::DONE != 0);
    let model = KeyedModel::of(&*wider).expect("a model");
    let measure = Empowerment::new(&*wider, 1, Mode::Exact, key("position")).expect("a measure");
    let value = batch.with_block(|_, block| measure.value(&model, block, 0)).expect("a block").expect("it fits");
    assert_eq!(value, 1 << 20);
}

/// A TV that shows noise gives the player no control, even if the key contains the colours.
#[test]
fn frozen_noise_pays_nothing_for_a_tv() {
    let tv = load("gridlab/noisy-tv", &Options::default()).expect("a world");
    let frozen = Mode::Frozen { noise_samples: 4 };
    for n in 1..=4 {
        let with = measured(&tv, n, frozen, key("full"), None);
        let position = measured(&tv, n, frozen, key("position"), None);
        assert_eq!(with.fixed, position.fixed, "{n}: the colours are in the key and add nothing");
    }
    // With independent noise, forks that differ only by noise count as control. This is the pitfall.
    let rollouts = Rollouts { each: 1, sequences: None };
    let noisy = measured(&tv, 2, Mode::Sampled(rollouts), key("full"), None);
    assert!(noisy.bits() > measured(&tv, 2, frozen, key("full"), None).bits() + 0.5, "{}", noisy.bits());
    // The player controls a TV that he switches: that action has a separate end.
    let switched = load("gridlab/noisy-tv-action", &Options::default()).expect("a world");
    let own = measured(&switched, 1, frozen, key("full"), None).bits();
    assert!(own >= measured(&switched, 1, frozen, key("position"), None).bits());
}

/// Mean and standard error of `figure` over the first states of `roots` instances, whose seeds and noise differ.
fn over_roots(world: &Arc<dyn World>, roots: usize, mode: Mode, key: Key, figure: impl Fn(&Sampled) -> f64) -> (f64, f64) {
    over_roots_with(world, roots, (mode, key), false, figure)
}

/// [`over_roots`], with standard errors if `errors` is true. They take most of the time.
fn over_roots_with(
    world: &Arc<dyn World>,
    roots: usize,
    (mode, key): (Mode, Key),
    errors: bool,
    figure: impl Fn(&Sampled) -> f64,
) -> (f64, f64) {
    let mut batch = Batch::new(world.clone(), Config { num_envs: roots, seed: 11, ..Config::default() }).expect("a batch");
    let model = KeyedModel::of(&**world).expect("a model");
    let measure = Empowerment::new(&**world, 1, mode, key).expect("a measure");
    let figures = batch.with_block(|_, block| {
        let mut search = ReachSearch::new(&model);
        search.errors = errors;
        let of = |i| match measure.measure(&mut search, block, i).expect("it fits").detail {
            Detail::Channel(sampled) => figure(&sampled),
            other => panic!("{other:?}"),
        };
        (0..roots).map(of).collect::<Vec<f64>>()
    });
    let figures = figures.expect("a block");
    let n = roots as f64;
    let mean = figures.iter().sum::<f64>() / n;
    let variance = figures.iter().map(|f| (f - mean) * (f - mean)).sum::<f64>() / (n - 1.0);
    (mean, (variance / n).sqrt())
}

fn sampled(each: u32) -> Mode {
    Mode::Sampled(Rollouts { each, sequences: None })
}

/// The player is walled in before a TV of 8 colours: there are four actions and pure noise, and nothing to control.
#[test]
fn the_bias_of_pure_noise_is_the_known_one() {
    let cell = gridlab("###\n#S0\n###", "actions = \"NSEW\"\n[tv.0]\non = \"always\"\ncolours = 8\nsolid = true");
    let known = [
        (1, 20_000, 1.6440, None, Some((1.6961, 0.0))),
        // The bias that remains after correction was simulated: 60 000 channels each, in numpy.
        (4, 8000, 0.9904, Some(0.7929), Some((1.061, 0.001))),
        (16, 4000, 0.2846, Some(0.0865), Some((0.333, 0.001))),
        (64, 2000, 0.0612, Some(0.0018), Some((0.0714, 0.001))),
    ];
    for (each, roots, even, corrected, capacity) in known {
        let check = |name: &str, figure: fn(&Sampled) -> f64, expected: f64, within: f64| {
            let (mean, error) = over_roots(&cell, roots, sampled(each), key("view"), figure);
            assert!(
                (mean - expected).abs() < 4.0 * error + within + 5e-5,
                "R = {each}, {name}: {mean} +- {error}, not {expected}"
            );
        };
        check("even", |s| s.even, even, 0.0);
        if let Some(corrected) = corrected {
            check("corrected", |s| s.corrected, corrected, 0.0);
        }
        if let Some((capacity, within)) = capacity {
            // The two bounds differ by at most a thousandth.
            check("capacity", |s| s.bits, capacity, within + 1e-3);
        }
    }
}

/// Moves that slip: to one of the three other directions with probability 0.2 in total; or, against currents, backwards.
#[test]
fn channels_with_slip_have_their_closed_forms() {
    let rows = ".....\n.....\n..S..\n.....\n.....";
    let slip = gridlab(rows, "actions = \"NSEW\"\nslip = 0.2");
    let currents = ["N", "S", "E", "W"].map(|way| format!("[[current]]\nagainst = \"{way}\"\nstay = 0.0\nback = 0.2\n")).concat();
    let back = gridlab(rows, &format!("actions = \"NSEW\"\n{currents}"));
    for (world, truth, spread) in [(&slip, 0.961_079, 12.0 - 4.0 * (0.16 + 0.56 / 3.0)), (&back, 1.278_072, 4.0 - 1.28)] {
        let (each, roots) = (256, 400);
        let (mean, error) = over_roots(world, roots, sampled(each), key("position"), |s| s.corrected);
        assert!((mean - truth).abs() < 4.0 * error + 1e-4, "corrected: {mean} +- {error}, not {truth}");
        assert!(error < 0.005, "{error}");
        // Even inputs are optimal here. As counted, their information is too large by the first-order bias:
        // (sum (m_x - 1) - sum p (1 - p) / p(y) / 4) / 8 R nats.
        let first_order = spread / (8.0 * f64::from(each)) / std::f64::consts::LN_2;
        let (mean, error) = over_roots(world, roots, sampled(each), key("position"), |s| s.even);
        assert!(
            (mean - truth - first_order).abs() < 4.0 * error + 1e-4,
            "as counted: {mean} +- {error}, {truth} + {first_order}"
        );
        let (upper, error) = over_roots(world, roots, sampled(each), key("position"), |s| s.upper);
        assert!(upper > truth - 4.0 * error);
        let (gap, _) = over_roots(world, 20, sampled(each), key("position"), |s| s.upper - s.bits);
        assert!((0.0..1e-3).contains(&gap), "{gap}");
    }
    for (each, roots, capacity) in
        [(1, 20_000, 1.7170), (4, 8000, 1.454), (16, 4000, 1.3175), (64, 1000, 1.2869), (256, 400, 1.280)]
    {
        let (mean, error) = over_roots(&back, roots, sampled(each), key("position"), |s| s.bits);
        assert!((mean - capacity).abs() < 4.0 * error + 2e-3, "R = {each}: {mean} +- {error}, not {capacity}");
    }
}

/// Frozen noise is optimistic: the binary symmetric channel carries 0.531 bits, but 1 bit if the noise is known in advance.
#[test]
fn frozen_noise_is_never_below_the_truth() {
    let corridor = gridlab("...S...", "actions = \"WE\"\nslip = 0.1");
    assert_eq!(measured(&corridor, 1, Mode::Frozen { noise_samples: 8 }, key("position"), None).fixed, 1 << FRACTION_BITS);
    let (mean, error) = over_roots(&corridor, 400, sampled(256), key("position"), |s| s.corrected);
    assert!((mean - 0.531_004_4).abs() < 4.0 * error + 1e-4, "{mean} +- {error}");
}

#[test]
fn random_sequences_are_a_lower_bound_without_noise() {
    let open = field(13, NSEW_STAY);
    let of = |sequences| {
        let mode = Mode::Sampled(Rollouts { each: 1, sequences });
        match measured(&open, 4, mode, key("position"), Some((6, 6))).detail {
            Detail::Channel(sampled) => sampled,
            other => panic!("{other:?}"),
        }
    };
    let all = of(None);
    assert_eq!((all.inputs, all.all, all.outcomes), (625, true, 41));
    assert!((all.bits - 5.357552).abs() < 1e-3 && (all.upper - 5.357552).abs() < 1e-3, "{all:?}");
    assert_eq!((all.bias, all.corrected), (0.0, all.even), "a channel without noise has no bias");
    assert!(all.corrected <= all.upper && all.error.is_none(), "{all:?}");
    let some = of(Some(40));
    assert_eq!((some.inputs, some.all), (40, false));
    assert!(some.bits < 40f64.log2() && some.bits < all.bits && some.bits > 2.0, "{some:?}");
    assert_eq!(of(Some(40)), some, "the same root tries the same sequences");
    assert_eq!(of(Some(625)), all);
}

#[test]
fn what_does_not_fit_names_what_would() {
    let open = field(41, NSEW_STAY);
    let model = KeyedModel::of(&*open).expect("a model");
    let mut batch = Batch::new(open.clone(), Config { num_envs: 1, ..Config::default() }).expect("a batch");
    let mut error = |mode, max_forks| {
        let measure = Empowerment { horizon: 9, mode, key: key("position"), max_forks };
        let look = |world: &dyn World, block: &mut Block| {
            assert!(world.place(0, block, 20, 20));
            measure.measure(&mut ReachSearch::new(&model), block, 0)
        };
        batch.with_block(look).expect("a block")
    };
    // The first four steps expand 1 + 5 + 13 + 25 states with five actions each: 220 forks. 41 more states make 425.
    let text = error(Mode::Exact, 400).expect_err("too many").to_string();
    assert!(
        text.contains("41 states differ after 4 steps") && text.contains("425 forks") && text.contains("horizon 4 fits"),
        "{text}"
    );
    assert!(error(Mode::Exact, 1 << 20).is_ok());
    let text = error(Mode::Sampled(Rollouts { each: 2, sequences: None }), 30_000).expect_err("too many").to_string();
    // 5^4 * 2 * 4 = 5000 and 5^5 * 2 * 5 = 31250.
    assert!(text.contains("horizon 4 fits, or 1666 random sequences"), "{text}");
    // The error offers only what fits: one step of 5 sequences takes 5 R forked steps.
    let text = error(Mode::Sampled(Rollouts { each: 1000, sequences: None }), 4000).expect_err("too many").to_string();
    assert!(text.ends_with("nothing of the kind fits"), "{text}");
    let text = error(Mode::Sampled(Rollouts { each: 1000, sequences: Some(3) }), 10_000).expect_err("too many").to_string();
    assert!(text.ends_with("horizon 3 fits, or 1 random sequence"), "{text}");
    let text = error(Mode::Sampled(Rollouts { each: 20_000, sequences: Some(3) }), 10_000).expect_err("too many").to_string();
    assert!(text.ends_with("; 370 rollouts fit"), "{text}");
    for (horizon, mode) in [
        (0, Mode::Exact),
        (MAX_HORIZON + 1, Mode::Exact),
        (1, Mode::Frozen { noise_samples: 0 }),
        (1, Mode::Frozen { noise_samples: MAX_NOISE_SAMPLES + 1 }),
        (1, sampled(0)),
        (1, Mode::Sampled(Rollouts { each: 1, sequences: Some(0) })),
    ] {
        assert!(Empowerment::new(&*open, horizon, mode, key("position")).is_err(), "{horizon} {mode:?}");
    }
    assert!(Empowerment::new(&*open, 1, Mode::Exact, key("position+vitals")).is_err());
}

/// An instance has the same value alone and among others, and a measurement does not change it.
#[test]
fn measuring_changes_nothing_and_does_not_depend_on_what_was_measured_before() {
    for id in ["crafter", "MiniGrid-Dynamic-Obstacles-6x6-v0", "gridlab/keys"] {
        let world = load(id, &Options::default()).expect(id);
        let model = KeyedModel::of(&*world).expect(id);
        let measure = Empowerment::new(&*world, 2, Mode::Frozen { noise_samples: 3 }, world.default_keys().ends).expect(id);
        let mut batch = Batch::new(world.clone(), Config { num_envs: 4, seed: 3, ..Config::default() }).expect(id);
        let before = batch.checksum().expect(id);
        let (together, alone) = batch
            .with_block(|_, block| {
                let mut search = ReachSearch::new(&model);
                let together: Vec<i32> = (0..4).map(|i| measure.measure(&mut search, block, i).expect("it fits").q20()).collect();
                (together, (0..4).rev().map(|i| measure.value(&model, block, i).expect("it fits")).rev().collect::<Vec<_>>())
            })
            .expect(id);
        assert_eq!(together, alone, "{id}");
        assert!(together.iter().all(|value| *value > 0), "{id}: {together:?}");
        assert_eq!(batch.checksum().expect(id), before, "{id}");
    }
}

//! Tests of which states are reported as certain, of the standard error of counted channels, of separate noise, and that searches stop.

use super::*;

/// Returns whether the first state, with the player on (x, y), is reported as certain, and whether a sequence of `n` actions can end in
/// more than one way with so many noise indices; None if the player cannot stand on (x, y).
fn varies(world: &Arc<dyn World>, n: u32, key: Key, at: (u32, u32), noise_samples: u32) -> Option<(bool, bool)> {
    let mut batch = Batch::new(world.clone(), Config { num_envs: 1, ..Config::default() }).expect("a batch");
    let model = KeyedModel::of(&**world).expect("a model");
    let measure = Empowerment::new(&**world, n, Mode::Exact, key).expect("a measure");
    let actions = world.spec().num_actions();
    let look = |world: &dyn World, block: &mut Block| {
        if !world.place(0, block, at.0, at.1) {
            return None;
        }
        let certain = measure.measure(&mut ReachSearch::new(&model), block, 0).expect("it fits").certain;
        let mut forks = model.forks(1);
        let mut end = |sequence: u32, number: u32| {
            model.fork(block, 0, &mut forks, 0, number);
            for t in 0..n {
                forks.act(0, sequence / actions.pow(t) % actions);
                model.step(&mut forks, 1);
            }
            (!forks.is_done(0)).then(|| world.key(key, 0, &forks.block(1)))
        };
        let differs =
            (0..actions.pow(n)).any(|sequence| (1..noise_samples).any(|number| end(sequence, number) != end(sequence, 0)));
        Some((certain, differs))
    };
    batch.with_block(look).expect("a block")
}

/// The two ends of a corridor are equally likely for every action: 0 bits. The sets of ends are the same for all noise indices.
#[test]
fn a_corridor_of_chance_is_not_called_certain() {
    let corridor = gridlab(".S.", "actions = \"WE\"\nslip = 0.5");
    let exact = measured(&corridor, 1, Mode::Exact, key("position"), None);
    assert_eq!((exact.fixed, exact.certain), (1 << FRACTION_BITS, false));
    let (mean, error) = over_roots(&corridor, 200, sampled(256), key("position"), |s| s.corrected);
    assert!(mean.abs() < 4.0 * error + 1e-3, "{mean} +- {error}");
    // Noise that is too rare to occur with a few noise indices.
    let rare = gridlab(".S.", "actions = \"WE\"\nslip = 1e-9");
    assert!(!measured(&rare, 1, Mode::Exact, key("position"), None).certain);
    let frozen = measured(&rare, 2, Mode::Frozen { noise_samples: 3 }, key("position"), None);
    assert!(!frozen.certain);
    let sure = gridlab(".S.", "actions = \"WE\"");
    assert!(measured(&sure, 2, Mode::Frozen { noise_samples: 3 }, key("position"), None).certain);
}

/// No cell is reported as certain if a sequence ended in two ways. In these worlds, no cell is reported as uncertain without cause.
#[test]
fn what_is_called_certain_is() {
    let noise = "actions = \"NSEW\"\nslip = 0.3";
    let current = "[[current]]\nagainst = \"E\"\nstay = 0.4\nback = 0.2\n";
    let tv = "[tv.0]\non = \"always\"\ncolours = 4\nsolid = true";
    let mut counts = [0; 2];
    for (map, extra, name) in [
        ("S....\n.###.\n.#.#.\n.....", noise, "position"),
        ("S...\n....\n..%%\n..%#", "actions = \"NSEW\"", "position"),
        ("S.%...\n##%#.*", "actions = \"NSEW\"", "position"),
        ("......S....", &format!("actions = \"WE\"\n{current}"), "position"),
        ("S#.#", noise, "position"),
        ("S..0\n....", &format!("actions = \"NSEW\"\n{tv}"), "position"),
        ("S..0\n....", &format!("actions = \"NSEW\"\n{tv}"), "full"),
        ("S.a.A.b\n..#.#..", "actions = \"NSEW\"", "full"),
    ] {
        let world = gridlab(map, extra);
        let (width, height) = world.spec().size;
        for (n, cell) in (1..=3).flat_map(|n| (0..width * height).map(move |cell| (n, cell))) {
            let at = (cell % width, cell / width);
            if let Some((certain, differs)) = varies(&world, n, key(name), at, 60) {
                assert_eq!(certain, !differs, "{map} {extra} {name}: horizon {n} at {at:?}");
                counts[usize::from(certain)] += 1;
            }
        }
    }
    assert!(counts.iter().all(|n| *n > 40), "{counts:?}");
}

#[test]
fn nothing_is_flagged_where_no_step_is_stochastic() {
    for id in ["gridlab/klyubin-maze", "gridlab/door-world", "gridlab/step-world", "gridlab/deep-sea-10", "gridlab/four-rooms"] {
        let world = load(id, &Options::default()).expect(id);
        let model = KeyedModel::of(&*world).expect(id);
        let measure = Empowerment::new(&*world, 2, Mode::Exact, key("full")).expect(id);
        let mut batch = Batch::new(world.clone(), Config { num_envs: 1, ..Config::default() }).expect(id);
        let look = |world: &dyn World, block: &mut Block| {
            on_every_cell(world, &model, block, 0, |search, block| measure.measure(search, block, 0))
        };
        let found = batch.with_block(look).expect(id).expect(id);
        assert!(found.iter().flatten().count() > 20 && found.iter().flatten().all(|measured| measured.certain), "{id}");
    }
    for (id, certain) in [("MiniGrid-DoorKey-5x5-v0", true), ("MiniGrid-Dynamic-Obstacles-5x5-v0", false), ("crafter", false)] {
        let world = load(id, &Options::default()).expect(id);
        assert_eq!(measured(&world, 1, Mode::Exact, world.default_keys().ends, None).certain, certain, "{id}");
    }
}

/// The standard error equals the spread over independent roots.
#[test]
fn the_standard_error_is_the_spread_of_roots() {
    let slip = gridlab(".....\n.....\n..S..\n.....\n.....", "actions = \"NSEW\"\nslip = 0.2");
    for (each, roots) in [(16, 1000), (64, 500), (200, 200)] {
        let (_, of_mean) = over_roots(&slip, roots, sampled(each), key("position"), |s| s.corrected);
        let spread = of_mean * (roots as f64).sqrt();
        let (error, _) =
            over_roots_with(&slip, roots / 4, (sampled(each), key("position")), true, |s| s.error.expect("rollouts"));
        assert!((error / spread - 1.0).abs() < 0.2, "R = {each}: {error}, and roots differ by {spread}");
        let (over, _) = over_roots(&slip, roots, sampled(each), key("position"), |s| f64::from(u8::from(s.corrected > s.upper)));
        assert_eq!(over, 0.0);
    }
    assert_eq!(measured_channel(&slip, 1).error, None);
}

fn measured_channel(world: &Arc<dyn World>, each: u32) -> Sampled {
    match measured(world, 1, sampled(each), key("position"), None).detail {
        Detail::Channel(sampled) => sampled,
        other => panic!("{other:?}"),
    }
}

/// Four cells in the middle of a field are alike: with shared noise they have equal errors, with separate noise they do not.
#[test]
fn cells_have_noise_of_their_own_if_asked() {
    let field = gridlab(&["......"; 6].join("\n"), "actions = \"NSEW\"\nslip = 0.2\nstart = \"anywhere\"");
    let model = KeyedModel::of(&*field).expect("a model");
    let measure = Empowerment::new(&*field, 1, sampled(16), key("position")).expect("a measure");
    let mut batch = Batch::new(field.clone(), Config { num_envs: 1, ..Config::default() }).expect("a batch");
    let mut map = |noise| {
        let options = CellOptions { noise, stop: None };
        let look = |world: &dyn World, block: &mut Block| {
            on_cells(world, &model, (block, 0), options, |search, block| Ok(measure.measure(search, block, 0)?.fixed))
        };
        let found = batch.with_block(look).expect("a block").expect("a map");
        [14, 15, 20, 21].map(|cell: usize| found[cell].expect("a free cell"))
    };
    let (shared, own) = (map(Noise::Shared), map(Noise::PerCell));
    assert!(shared.iter().all(|value| *value == shared[0]), "{shared:?}");
    assert!(own.iter().collect::<BTreeSet<_>>().len() > 2, "{own:?}");
}

/// A search stops within a batch of forks, not only at the end.
#[test]
fn what_is_to_stop_stops() {
    let field = field(41, NSEW_STAY);
    let model = KeyedModel::of(&*field).expect("a model");
    let mut batch = Batch::new(field.clone(), Config { num_envs: 1, ..Config::default() }).expect("a batch");
    let stop = std::sync::atomic::AtomicBool::new(true);
    for mode in [Mode::Exact, Mode::Frozen { noise_samples: MAX_NOISE_SAMPLES }, sampled(1000)] {
        let measure = Empowerment::new(&*field, 4, mode, key("position")).expect("a measure");
        let found = batch.with_block(|_, block| measure.measure(&mut ReachSearch::new(&model).stopped_by(Some(&stop)), block, 0));
        assert!(matches!(found.expect("a block"), Err(Error::Interrupted)), "{mode:?}");
    }
}

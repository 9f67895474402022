//! `map`: empowerment on every cell against tables from other sources; values of bonuses; refusals.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use explorarium::bonus::BonusConfig;
use explorarium::bonus::empowerment::{Empowerment, Mode, Noise};
use explorarium::envs::catalog::{Options, load};
use explorarium::maps::{self, Play, PlayOptions, ValueOf};
use explorarium::sim::{Batch, Config};
use serde_json::{Value, json};

use super::files::{Folder, outcome};

/// Reads a table as (y, x, value), with row 0 on top.
fn table(path: &str) -> Vec<(u32, u32, f64)> {
    let text = std::fs::read_to_string(path).expect("a table");
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("y,x,value"));
    let row = |line: &str| {
        let fields: Vec<&str> = line.split(',').collect();
        (fields[0].parse().expect("y"), fields[1].parse().expect("x"), fields[2].parse().expect("a value"))
    };
    lines.map(row).collect()
}

pub fn map(args: &[&str]) -> String {
    let (code, out, err) = outcome(&[&["map"], args].concat());
    assert_eq!(code, 0, "{args:?}: {err}");
    assert_eq!(err, "", "{args:?}");
    out
}

pub fn map_json(args: &[&str]) -> Value {
    serde_json::from_str(&map(&[args, &["--json", "-q"]].concat())).expect("JSON")
}

/// The table of the reference counts y from the south, ours from the north.
#[test]
fn klyubin_maze_is_the_published_table_at_every_cell() {
    let folder = Folder::new("map-klyubin");
    let path = folder.join("map.csv");
    map(&["gridlab/klyubin-maze", "--measure", "empowerment", "--horizon", "5", "-o", &path]);
    let found = table(&path);
    let golden = include_str!("data/klyubin_5step.csv").lines().filter(|line| !line.starts_with('#')).skip(1);
    let mut n = 0;
    for line in golden {
        let fields: Vec<f64> = line.split(',').map(|field| field.parse().expect("a number")).collect();
        let (y, x, bits) = (9 - fields[0] as u32, fields[1] as u32, fields[3]);
        let (_, _, value) = found.iter().find(|(fy, fx, _)| (*fy, *fx) == (y, x)).expect("every cell");
        assert!((value - bits).abs() < 1e-6, "({y}, {x}): {value}, not {bits}");
        n += 1;
    }
    assert_eq!((n, found.len()), (100, 100));
}

/// A unit wall: `Column(x, y)` between (x, y) and (x + 1, y), `Row(x, y)` between (x, y) and (x, y + 1); y counts from the south.
enum Wall {
    Column(usize, usize),
    Row(usize, usize),
}
use Wall::{Column, Row};

fn drawing(width: usize, height: usize, walls: &[Wall]) -> String {
    let mut signs = vec![vec![' '; 2 * width + 1]; 2 * height + 1];
    for (r, row) in signs.iter_mut().enumerate() {
        for (c, sign) in row.iter_mut().enumerate() {
            *sign = match (r % 2, c % 2) {
                (1, 1) => '.',
                (0, 0) => '+',
                (0, _) if r == 0 || r == 2 * height => '-',
                (_, 0) if c == 0 || c == 2 * width => '|',
                _ => ' ',
            };
        }
    }
    for wall in walls {
        match *wall {
            Column(x, y) => signs[2 * (height - 1 - y) + 1][2 * x + 2] = '|',
            Row(x, y) => signs[2 * (height - 1 - y)][2 * x + 1] = '-',
        }
    }
    let rows: Vec<String> = signs.into_iter().map(|row| row.into_iter().collect()).collect();
    format!(
        "family = \"gridlab\"\nactions = \"NSEW+stay\"\nmax_steps = 100\nstart = \"anywhere\"\nlayout = \"thin-walls\"\nmap = '''\n{}\n'''\n",
        rows.join("\n")
    )
}

/// Returns the whole number whose log2 is `bits`.
fn count(bits: f64) -> f64 {
    let found = (1..=100).map(f64::from).find(|n| (n.log2() - bits).abs() < 1e-6);
    found.unwrap_or_else(|| panic!("{bits} bits are no count"))
}

/// Walls, and sums of reachable cells as counted for the other worlds of Mchristos/empowerment.
#[test]
fn the_other_mazes_have_their_sums() {
    let door: Vec<Wall> = (0..6).filter(|y| *y != 3).map(|y| Column(5, y)).chain((1..=5).map(|x| Row(x, 2))).collect();
    let door: Vec<Wall> = door.into_iter().chain([Column(2, 0), Column(2, 2)]).collect();
    let tunnel = (0..5).filter(|y| *y != 2).flat_map(|y| [Column(1, y), Column(5, y)]);
    let tunnel: Vec<Wall> = tunnel.chain((2..=5).flat_map(|x| [Row(x, 1), Row(x, 2)])).collect();
    let step: Vec<Wall> = [2, 4].into_iter().flat_map(|k| [Column(2, k), Column(3, k), Row(k, 2), Row(k, 3)]).collect();
    let doorways = (0..8).filter(|x| *x != 6).map(|x| Row(x, 2)).chain((0..8).filter(|x| *x != 2).map(|x| Row(x, 5)));
    let doorways: Vec<Wall> = doorways.collect();
    let folder = Folder::new("map-mazes");
    for (name, (width, height), walls, horizon, sum) in [
        ("door", (9, 6), &door, "3", 704),
        ("tunnel", (9, 5), &tunnel, "3", 445),
        ("step", (7, 7), &step, "3", 773),
        ("doorways", (8, 8), &doorways, "4", 1224),
    ] {
        let (toml, csv) = (folder.join(&format!("{name}.toml")), folder.join(&format!("{name}.csv")));
        std::fs::write(&toml, drawing(width, height, walls)).expect("written");
        map(&[&toml, "--horizon", horizon, "-o", &csv]);
        let counts: Vec<(u32, u32, f64)> = table(&csv).into_iter().map(|(y, x, bits)| (y, x, count(bits))).collect();
        assert_eq!(counts.iter().map(|(_, _, count)| *count as u32).sum::<u32>(), sum, "{name}");
        assert_eq!(counts.len(), width * height, "{name}");
        if name == "doorways" {
            let most = counts.iter().max_by(|a, b| a.2.total_cmp(&b.2)).expect("cells");
            assert_eq!(*most, (7 - 5, 2, 29.0));
        }
    }
}

/// Noise that all forks share adds nothing, on any cell. In a deterministic world the mean over noise indices is the exact value.
#[test]
fn a_tv_adds_nothing_under_frozen_noise() {
    let with = |key: &str, mode: &[&str]| {
        map_json(&[&["gridlab/noisy-tv", "--horizon", "3", "--key", key], mode].concat())["cells"].clone()
    };
    let frozen = ["--mode", "frozen", "--noise-samples", "3"];
    let position = with("position", &frozen);
    assert_eq!(with("position+view", &frozen), position);
    assert_eq!(with("position", &[]), position);
    let noisy = with("position+view", &["--mode", "sampled", "--rollouts", "1"]);
    assert!(
        noisy.as_array().expect("cells").iter().any(|cell| cell["value"].as_f64() > Some(6.0)),
        "one fork a sequence measures noise"
    );
}

#[test]
fn the_sampled_mode_says_what_it_did() {
    let whole = map_json(&["gridlab/keys", "--mode", "sampled", "--rollouts", "8", "--horizon", "2"]);
    assert_eq!((&whole["rollouts"], &whole["sequences"], &whole["all_sequences"]), (&json!(8), &json!(25), &json!(true)));
    for cell in whole["cells"].as_array().expect("cells") {
        let of = |name: &str| cell[name].as_f64().expect(name);
        assert!(of("value") <= of("upper") + 1e-9 && of("even") <= of("value") + 1e-3, "{cell}");
        assert!((of("even") - of("bias") - of("corrected")).abs() < 1e-9 && of("corrected") <= of("upper"), "{cell}");
        assert!(of("error") >= 0.0 && of("bias") >= 0.0, "{cell}");
    }
    assert_eq!(whole["noise"], "own");
    // In the deterministic maze bias and error are 0.
    let maze = map_json(&["gridlab/klyubin-maze", "--mode", "sampled", "--rollouts", "4", "--horizon", "1"]);
    for cell in maze["cells"].as_array().expect("cells") {
        assert_eq!((&cell["bias"], &cell["error"], &cell["corrected"]), (&json!(0.0), &json!(0.0), &cell["even"]), "{cell}");
    }
    assert_eq!(whole["forked_steps"].as_u64(), Some(25 * 8 * 2 * whole["cells"].as_array().expect("cells").len() as u64));
    let part = map_json(&["gridlab/keys", "--mode", "sampled", "--sequences", "5", "--horizon", "2"]);
    assert_eq!((&part["sequences"], &part["all_sequences"]), (&json!(5), &json!(false)));
}

#[test]
fn a_map_does_not_depend_on_threads_and_a_seed_is_a_world() {
    let with = |more: &[&str]| map_json(&[&["MiniGrid-FourRooms-v0", "--horizon", "2"], more].concat())["cells"].clone();
    let one = with(&["--threads", "1"]);
    assert_eq!(one, with(&["--threads", "3"]));
    assert_ne!(one, with(&["--seed", "9"]), "other doors");
}

#[test]
fn a_scenario_is_what_is_measured() {
    let folder = Folder::new("map-scenario");
    let path = folder.join("scenario.json");
    // A pond around the player, four cells wide.
    let mut terrain = Vec::new();
    for (x, y) in (28..=36).flat_map(|x| (28..=36).map(move |y| (x, y))).filter(|at| *at != (32, 32)) {
        terrain.push(json!([x, y, "water"]));
    }
    let scenario = json!({ "terrain": terrain });
    std::fs::write(&path, scenario.to_string()).expect("written");
    let found = map_json(&[
        "crafter",
        "--scenario",
        &path,
        "--horizon",
        "1",
        "--mode",
        "frozen",
        "--noise-samples",
        "1",
        "--key",
        "position",
    ]);
    let cells = found["cells"].as_array().expect("cells");
    let at = |x: u32, y: u32| {
        cells.iter().find(|cell| cell["x"] == x && cell["y"] == y).map(|cell| cell["value"].as_f64().expect("bits"))
    };
    assert_eq!(at(32, 32), Some(0.0), "an island of one cell");
    assert_eq!(at(30, 30), None, "nobody stands on water");
    assert!(cells.iter().any(|cell| cell["value"].as_f64() > Some(2.3)), "all four neighbours free");
}

#[test]
fn visits_are_counted() {
    let played = map_json(&["gridlab/four-rooms", "--measure", "visits", "--steps", "1000", "--num-envs", "10"]);
    let sum =
        |map: &Value| map["cells"].as_array().expect("cells").iter().map(|cell| cell["value"].as_f64().expect("n")).sum::<f64>();
    assert_eq!(sum(&played), 10.0 * 101.0, "the first states and 100 steps of each");
    let folder = Folder::new("map-visits");
    let (run, csv) = (folder.join("run"), folder.join("visits.csv"));
    let args = ["run", "gridlab/four-rooms", "--num-envs", "4", "--steps", "2000", "--record", "0,2", "-q", "-o", &run];
    assert_eq!(outcome(&args).0, 0);
    let recorded = map_json(&["--measure", "visits", "--from", &run]);
    assert_eq!(sum(&recorded), recorded["recorded_states"].as_f64().expect("rows"));
    assert!(sum(&recorded) >= 2.0 * 501.0);
    map(&["--measure", "visits", "--from", &run, "-q", "-o", &csv]);
    assert_eq!(table(&csv).iter().map(|(_, _, n)| n).sum::<f64>(), sum(&recorded));
}

/// The value of a bonus over positions follows from the visits that were counted: transitions and first states of the same run.
#[test]
fn bonuses_are_what_an_arrival_would_be_paid() {
    let play = ["--steps", "640", "--num-envs", "16", "--seed", "3"];
    let with =
        |measure: &str, more: &[&str]| map_json(&[&["gridlab/four-rooms", "--measure", measure], &play[..], more].concat());
    let visits = with("visits", &[]);
    let paid = with("bonus", &["--bonus", "count:position", "--set", "bonus.count.form=inverse"]);
    let cells = |map: &Value| map["cells"].as_array().expect("cells").clone();
    assert_eq!(cells(&visits).len(), cells(&paid).len());
    for (visits, paid) in cells(&visits).iter().zip(cells(&paid)) {
        let expected = 1.0 / (visits["value"].as_f64().expect("n") + 1.0);
        assert!((paid["value"].as_f64().expect("a value") - expected).abs() < 1e-6, "{visits} {paid}");
    }
    // Values of steps from a cell: the mean over the actions lies between 0 and the best.
    let steps = with("bonus", &["--bonus", "count:position,information-gain:position", "--value-of", "step"]);
    assert_eq!(
        with("bonus", &["--bonus", "count:position,information-gain:position", "--paid", "step"]),
        steps,
        "the former name"
    );
    assert_eq!((&steps["value_of"], &visits["value_of"]), (&json!("step"), &Value::Null));
    for cell in cells(&steps) {
        let (mean, best) = (cell["value"].as_f64().expect("a mean"), cell["best"].as_f64().expect("a value"));
        assert!(mean > 0.0 && mean <= best + 1e-9, "{cell}");
    }
    // An agent that follows the bonus leaves smaller values.
    let novelty = with("bonus", &["--agent", "novelty", "--bonus", "count:position"]);
    let random = with("bonus", &["--bonus", "count:position"]);
    assert!(novelty["mean"].as_f64() < random["mean"].as_f64(), "{} {}", novelty["mean"], random["mean"]);
    assert_eq!((&novelty["agent"], &novelty["bonus"]), (&json!("novelty"), &json!("count")));
    // Bonuses in worlds whose stream is not keyed, with memory of an instance, and with forks.
    for bonus in ["knn,count:view,empowerment", "entropy,e3b"] {
        let found =
            map_json(&["MiniGrid-DoorKey-6x6-v0", "--measure", "bonus", "--bonus", bonus, "--steps", "400", "--num-envs", "4"]);
        assert!(found["max"].as_f64() > found["min"].as_f64(), "{bonus}");
    }
}

/// What the command line prints equals what the library returns.
#[test]
fn the_library_makes_the_same_maps() {
    let stop = AtomicBool::new(false);
    let folder = Folder::new("map-library");
    let run = folder.join("run");
    let args = ["run", "gridlab/four-rooms", "--num-envs", "4", "--steps", "2000", "--record", "0,2", "-q", "-o", &run];
    assert_eq!(outcome(&args).0, 0);
    let world = load("gridlab/four-rooms", &Options::default()).expect("a world");
    let measure = Empowerment::new(&*world, 2, Mode::Exact, world.default_keys().ends).expect("a measure");
    let mut batch = Batch::new(world.clone(), Config { num_envs: 1, ..Config::default() }).expect("a batch");
    let play = |bonus: &str| {
        let bonus = (!bonus.is_empty()).then(|| BonusConfig::parse(bonus).expect("a bonus"));
        Play::new(world.clone(), PlayOptions { num_envs: 4, steps: 400, bonus, ..PlayOptions::default() }).expect("play")
    };
    let played = ["gridlab/four-rooms", "--num-envs", "4", "--steps", "400", "--measure"];
    let of_play = |more: &[&str]| map_json(&[&played, more].concat());
    for (printed, map) in [
        (map_json(&["--measure", "visits", "--from", &run]), maps::recorded_visits(Path::new(&run), &stop)),
        (of_play(&["visits"]), maps::visits(&play(""), &(), &stop)),
        (of_play(&["bonus", "--bonus", "count:position"]), maps::bonus(&play("count:position"), ValueOf::State, &(), &stop)),
        (of_play(&["bonus", "--bonus", "bebold", "--value-of", "step"]), maps::bonus(&play("bebold"), ValueOf::Step, &(), &stop)),
        (
            map_json(&["gridlab/four-rooms", "--horizon", "2"]),
            maps::empowerment(&mut batch, 0, &measure, Noise::PerCell, &(), &stop),
        ),
    ] {
        let map = map.expect("a map");
        let cells = printed["cells"].as_array().expect("cells");
        assert_eq!((&printed["width"], &printed["height"]), (&json!(map.width), &json!(map.height)));
        assert_eq!(cells.len(), map.known().flatten().count());
        for cell in cells {
            let at = |name: &str| cell[name].as_u64().expect(name) as u32;
            assert_eq!(cell["value"].as_f64(), map.value(at("x"), at("y")), "{:?}: {cell}", map.measure);
        }
    }
}

#[test]
fn pictures_and_text_show_the_map() {
    let folder = Folder::new("map-picture");
    let path = folder.join("map.png");
    let said = map(&["gridlab/four-rooms", "--horizon", "2", "-o", &path]);
    assert!(said.contains("gridlab/four-rooms: empowerment") && said.contains("forked steps"), "{said}");
    let mut reader = png::Decoder::new(std::io::Cursor::new(std::fs::read(&path).expect("written"))).read_info().expect("a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
    reader.next_frame(&mut pixels).expect("a picture");
    let colours: std::collections::BTreeSet<&[u8]> = pixels.chunks(3).collect();
    assert!(colours.len() > 5);

    // The walls of the maze lie between cells: they are lines of 38 units, at 20 + 48 x, 44 + 48 y.
    let svg = folder.join("maze.svg");
    map(&["gridlab/klyubin-maze", "--horizon", "1", "-q", "-o", &svg]);
    let drawn = std::fs::read_to_string(&svg).expect("written");
    let maze = load("gridlab/klyubin-maze", &Options::default()).expect("a world");
    let (width, height) = maze.spec().size;
    let walled: u32 = (0..width * height).map(|cell| maze.thin_walls(cell % width, cell / width).count_ones()).sum();
    assert!(walled > 4 * width, "more than the border");
    // Only walls are rectangles filled in the colour of text.
    let ink = drawn.lines().filter(|line| line.starts_with("<rect") && line.contains("fill=\"#262626\" stroke=\"none\"")).count();
    assert_eq!(ink, walled as usize, "a line a side");

    let text = map(&["gridlab/klyubin-maze", "--horizon", "5"]);
    let rows: Vec<&str> = text.lines().skip_while(|line| !line.is_empty()).skip(1).collect();
    assert_eq!(rows.len(), 10);
    assert_eq!(rows[9].split_whitespace().collect::<Vec<_>>()[..3], ["3.46", "3.70", "3.91"], "log2 of 11, 13, 15 at the bottom");
    let wide = map(&["gridlab/chain-50", "--horizon", "1", "--mode", "frozen"]);
    assert!(wide.contains("# is not free") && wide.lines().any(|line| line.len() == 50), "{wide}");
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let folder = Folder::new("map-refused");
    let there = folder.join("there.csv");
    std::fs::write(&there, "old").expect("written");
    let cases: [(&[&str], &str); 25] = [
        (&["gridlab/four-rooms", "-o", &there], "--force"),
        (&["gridlab/four-rooms", "-o", &folder.join("map.gif")], ".csv"),
        (&["gridlab/four-rooms", "--key", "achievements"], "keys are made of"),
        (&["gridlab/four-rooms", "--key", "positoin"], "did you mean 'position'"),
        (&["gridlab/four-rooms", "--horizon", "0"], "horizon"),
        (&["gridlab/four-rooms", "--noise-samples", "4"], "--mode exact"),
        (&["gridlab/four-rooms", "--mode", "frozen", "--rollouts", "4"], "--mode frozen"),
        (&["gridlab/four-rooms", "--measure", "visits", "--horizon", "2"], "--measure visits"),
        (&["gridlab/four-rooms", "--steps", "5"], "--measure empowerment"),
        (&["gridlab/four-rooms", "--mode", "sampled", "--horizon", "12"], "horizon 6 fits, or 21845 random sequences"),
        (&["gridlab/four-rooms", "--mode", "sampled", "--rollouts", "2M"], "; 11184 rollouts fit"),
        (
            &["gridlab/four-rooms", "--mode", "sampled", "--horizon", "2", "--rollouts", "2M"],
            "1 random sequence, or 83886 rollouts fit",
        ),
        (&["gridlab/four-rooms", "--horizon", "4294967295"], "at most 10000"),
        (&["gridlab/four-rooms", "--mode", "frozen", "--noise-samples", "4294967295"], "there can be 1 to 4096"),
        (&["gridlab/four-rooms", "--measure", "visits", "--steps", "18446744073709551615"], "at most 1000000000000"),
        (&["gridlab/four-rooms", "--measure", "visits", "--noise", "own"], "--noise means nothing"),
        (&["gridlab/four-rooms", "--backend", "gpu"], "on the CPU"),
        (&["gridlab/four-rooms", "--measure", "bonus", "--bonus", "bebold"], "--value-of step"),
        (&["gridlab/four-rooms", "--measure", "bonus", "--bonus", "none"], "name some with --bonus"),
        (&["gridlab/four-rooms", "--measure", "bonus", "--horizon", "2"], "--measure bonus"),
        (&["gridlab/four-rooms", "--measure", "visits", "--value-of", "step"], "--value-of means nothing"),
        (&["gridlab/four-rooms", "--bonus", "count"], "--measure empowerment"),
        (&["gridlab/four-rooms", "--measure", "bonus", "--agent", "replay"], "agent replay"),
        (&["gridlab/four-rooms", "--measure", "bonus", "--set", "run.steps=4"], "only the sections"),
        (&["gridlab/four-rooms", "--scenario", &there], "there.csv"),
    ];
    for (args, names) in cases {
        let (code, out, err) = outcome(&[&["map"], args].concat());
        assert_eq!(code, 2, "{args:?}: {out}{err}");
        assert!(err.contains(names) && !err.contains("panicked"), "{args:?}: {err}");
    }
    assert_eq!(std::fs::read_to_string(&there).expect("still there"), "old");
    map(&["gridlab/four-rooms", "--horizon", "1", "-o", &there, "--force"]);
    assert!(table(&there).len() > 50);
    assert_eq!(std::fs::read_dir(Path::new(&there).parent().expect("a folder")).expect("a folder").count(), 1);
    // A stochastic world causes a warning.
    let (code, _, err) = outcome(&["map", "gridlab/chain-10", "--horizon", "6", "--json"]);
    assert_eq!(code, 0);
    assert!(err.contains("warning: ") && err.contains("--mode frozen"), "{err}");
}

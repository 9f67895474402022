//! `measure`: figures computed by hand are found for a trace in every form of output; mistakes are named.

use std::f64::consts::LN_2;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, Float64Array, RecordBatch, UInt32Array};
use explorarium::envs::catalog;
use explorarium::traces::{FORMAT_VERSION, Meta, list, read, write_batch};

use super::files::{Folder, outcome};

fn meta(id: &str) -> Meta {
    Meta {
        format: FORMAT_VERSION,
        program: "test".into(),
        id: id.into(),
        toml: catalog::find(id).expect("a world").text,
        seed: 0,
        keyed: true,
        picture_noise: false,
        reset: "same-step".into(),
        worlds: "fresh".into(),
        agent: "by-hand".into(),
        ..Meta::default()
    }
}

/// A row written by hand: instance, episode, action, x (the state).
type Row = (u32, u32, Option<u32>, u32);

/// Instance 0 gives the table of the published example: n(0, a0, 0) = 2, n(0, a1, 1) = 1, n(0, a0, 1) = 1, and a third state occurs once.
/// The transitions of instance 1 start in A, B, A, C, A, A.
const ROWS: [Row; 14] = [
    (0, 1, None, 0),
    (0, 1, Some(0), 0),
    (0, 1, Some(0), 0),
    (0, 1, Some(1), 1),
    (0, 2, None, 0),
    (0, 2, Some(0), 1),
    (0, 3, None, 2),
    (1, 1, None, 0),
    (1, 1, Some(0), 1),
    (1, 1, Some(0), 0),
    (1, 1, Some(0), 2),
    (1, 1, Some(0), 0),
    (1, 1, Some(0), 0),
    (1, 1, Some(0), 2),
];

fn by_hand(path: &str, rows: &[Row]) {
    by_hand_of(path, rows, 0);
}

fn by_hand_of(path: &str, rows: &[Row], seed: i64) {
    let whole = |f: &dyn Fn(&Row) -> Option<u32>| -> ArrayRef { Arc::new(rows.iter().map(f).collect::<UInt32Array>()) };
    let flags =
        |f: &dyn Fn(usize) -> bool| -> ArrayRef { Arc::new((0..rows.len()).map(|k| Some(f(k))).collect::<BooleanArray>()) };
    let reward: ArrayRef =
        Arc::new(rows.iter().map(|row| Some(row.2.map_or(0.0, |_| f64::from(row.3)))).collect::<Float64Array>());
    let step =
        |row: &Row| rows.iter().take_while(|other| !std::ptr::eq(*other, row)).filter(|o| (o.0, o.1) == (row.0, row.1)).count();
    // Whether row `k` is the last of an episode that is followed by another.
    let ends = |k: usize| rows.get(k + 1).is_some_and(|next| next.0 == rows[k].0 && next.1 > rows[k].1);
    let columns = [
        ("instance", whole(&|row| Some(row.0))),
        ("episode", whole(&|row| Some(row.1))),
        ("step", whole(&|row| Some(step(row) as u32))),
        ("action", whole(&|row| row.2)),
        ("reward", reward),
        ("terminated", flags(&|_| false)),
        ("truncated", flags(&ends)),
        ("x", whole(&|row| Some(row.3))),
        ("y", whole(&|_| Some(4))),
        ("facing", whole(&|_| Some(0))),
    ];
    let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true)));
    let meta = Meta { seed, ..meta("gridlab/four-rooms") };
    write_batch(Path::new(path), &batch.expect("columns fit"), Some(&meta)).expect("written");
}

/// Reads the lines of a CSV without quotes as (column, cell) lookups.
fn csv(path: &Path) -> Vec<std::collections::BTreeMap<String, String>> {
    let text = std::fs::read_to_string(path).expect("a table");
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_string).collect::<Vec<_>>());
    let header = lines.next().expect("a header");
    lines.map(|cells| header.iter().cloned().zip(cells).collect()).collect()
}

fn near(cell: &str, expected: f64) {
    let value: f64 = cell.parse().unwrap_or_else(|_| panic!("'{cell}' is no number"));
    assert!((value - expected).abs() < 1e-6, "{value} is not {expected}");
}

#[test]
fn figures_worked_by_hand_come_out_of_a_trace() {
    let folder = Folder::new("measure-hand");
    let (trace, out) = (folder.join("hand.parquet"), folder.join("out"));
    by_hand(&trace, &ROWS);
    let args = ["measure", &trace, "--windows", "6", "--resamples", "100", "-o", &out];
    let (code, text, err) = outcome(&args);
    assert_eq!(code, 0, "{err}");
    assert!(text.contains("key position") && text.contains("by-hand") && text.contains("3 states"), "{text}");
    assert!(text.contains("careful: by-hand: 1 run: no interval") && text.contains("its 2 instances may share"), "{text}");
    assert!(text.contains("2 instances of 1 run in 1 group,") && text.contains("  by-hand: hand\n"), "{text}");
    let units = csv(&Path::new(&out).join("per-instance.csv"));
    assert_eq!(units.len(), 2);
    for (column, expected) in [
        ("steps", 4.0),
        ("episodes", 2.0),
        ("entropy_nats", 0.0),
        // .562335 and .215762 nats.
        ("action_entropy_bits", 0.811_278),
        ("action_information_bits", 0.311_278),
        ("information_gain_nats", 0.583_519),
        ("information_gain_counted_nats", 0.816_476),
        ("unique_states", 3.0),
        ("steps_to_50", 3.0),
        ("mean_return", 1.0),
    ] {
        near(&units[0][column], expected);
    }
    near(&units[1]["entropy_nats"], 0.867_563);
    near(&units[1]["entropy_miller_madow_nats"], 0.867_563 + 2.0 / 12.0);
    near(&units[1]["entropy_over_ln_states"], 0.867_563 / 1.098_612);
    // U = 2, 2, 3, 3, 3, 3 of 3.
    near(&units[1]["coverage_area"], 16.0 / 18.0);
    let windows = csv(&Path::new(&out).join("over-time.csv"));
    let levels = [0.0, LN_2, 0.636_514, 1.039_721, 0.950_271, 0.867_563];
    let second: Vec<_> = windows.iter().filter(|row| row["instance"] == "1").collect();
    assert_eq!((windows.len(), second.len()), (10, 6), "a trajectory ends where it ends");
    second.iter().zip(levels).for_each(|(row, level)| near(&row["entropy_nats"], level));
    // The third episode of the first instance has no action.
    assert_eq!(csv(&Path::new(&out).join("per-episode.csv")).len(), 3);
    let index: serde_json::Value =
        serde_json::from_slice(&std::fs::read(Path::new(&out).join("measure.json")).expect("an index")).expect("JSON");
    for file in index["files"].as_array().expect("files").iter().filter_map(|name| name.as_str()) {
        assert!(std::fs::metadata(Path::new(&out).join(file)).expect(file).len() > 100 || file.ends_with(".csv"), "{file}");
    }
    assert!(index["files"].to_string().contains("action-information-over-time.svg"));
    // Without --force no file is replaced; with it older files are removed.
    let (code, _, err) = outcome(&args);
    assert!(code == 2 && err.contains("--force"), "{code} {err}");
    assert_eq!(outcome(&[&args[..], &["--force", "--measure", "entropy"]].concat()).0, 0);
    assert!(!Path::new(&out).join("action-information-over-time.svg").exists());
}

#[test]
fn groups_are_told_apart_and_compared() {
    let folder = Folder::new("measure-groups");
    let path = |name: &str, rows: &[Row]| {
        let path = folder.join(name);
        by_hand(&path, rows);
        path
    };
    let (a, b) = (path("a.parquet", &ROWS[..7]), path("b.parquet", &ROWS[7..]));
    let json = |extra: &[&str]| {
        let (code, out, err) = outcome(&[&["measure", "--json", "-q", "--resamples", "50"], extra].concat());
        assert_eq!((code, err.as_str()), (0, ""), "{extra:?}");
        serde_json::from_str::<serde_json::Value>(&out).expect("JSON")
    };
    let named = json(&[&format!("one={a}"), &format!("two={b}")]);
    // Transitions start in {0} and in {0, 1, 2}: one state in common of three.
    near(&named["similarity"][0]["jaccard"].to_string(), 1.0 / 3.0);
    assert_eq!(named["per_instance"][1]["group"], "two");
    assert!(named["warnings"].to_string().contains("--budget 4"), "{}", named["warnings"]);
    // K counts the states of all groups. The first and the second trace alone have as many.
    assert_eq!(named["states"], 3);
    let runs = json(&[&a, &b, "--by", "run", "--budget", "4", "--measure", "entropy,coverage"]);
    assert_eq!(runs["per_instance"][0]["group"], "a");
    assert_eq!(runs["per_instance"][1]["steps"], 4);
    assert!(runs["per_instance"][0].get("action_information_bits").is_none());
    near(&runs["per_instance"][1]["entropy_nats"].to_string(), 1.039_721);
    assert_eq!(json(&[&b, "--by", "instance"])["per_instance"][0]["group"], "instance 1");
    assert_eq!(json(&[&b, "--by", "file"])["per_instance"][0]["group"], "b");
    // With facing, which never changes, the states are the same.
    assert_eq!(json(&[&b, "--key", "position+facing"])["states"], json(&[&b])["states"]);
}

/// Returns three runs of two instances each; instances of a run are alike. They step between two states, and are in state 0 more
/// often the higher the run's number is.
fn three_runs(folder: &Folder) -> Vec<String> {
    let run = |k: u32| {
        let walk = |instance: u32, one: u32| {
            let step = move |n: u32| {
                (instance, 1, (n > 0).then_some(n % 2), u32::from(n.is_multiple_of(k + 2)) + one * u32::from(n == 5))
            };
            (0..60).map(step).collect::<Vec<Row>>()
        };
        let path = folder.join(&format!("run-{k}.parquet"));
        by_hand_of(&path, &[walk(0, 0), walk(1, 1)].concat(), i64::from(k));
        path
    };
    (0..3).map(run).collect()
}

#[test]
fn runs_are_what_is_independent_unless_said() {
    let folder = Folder::new("measure-units");
    let runs = three_runs(&folder);
    let paths: Vec<&str> = runs.iter().map(String::as_str).collect();
    let json = |extra: &[&str]| {
        let (code, out, err) = outcome(&[&["measure", "--json", "-q", "--resamples", "50"], &paths[..], extra].concat());
        assert_eq!((code, err.as_str()), (0, ""), "{extra:?}");
        serde_json::from_str::<serde_json::Value>(&out).expect("JSON")
    };
    let entropy = |report: &serde_json::Value| {
        report["groups"].as_array().expect("rows").iter().find(|row| row["figure"] == "entropy_nats").cloned()
    };
    let (of_runs, of_instances) = (json(&[]), json(&["--unit", "instance"]));
    let names: Vec<&str> = of_runs["units"].as_array().expect("rows").iter().filter_map(|row| row["unit"].as_str()).collect();
    assert_eq!(
        (names, &of_runs["unit"], &of_runs["units"][0]["instances"]),
        (vec!["run-0", "run-1", "run-2"], &"run".into(), &2.into())
    );
    let (run, instance) = (entropy(&of_runs).expect("a row"), entropy(&of_instances).expect("a row"));
    assert_eq!((&run["units"], &run["instances"], &instance["units"]), (&3.into(), &6.into(), &6.into()));
    // Each run has two instances: the mean of all is the mean of the runs, and the interval over runs is wider.
    near(&run["mean"].to_string(), instance["mean"].as_f64().expect("a mean"));
    let width =
        |row: &serde_json::Value| row["mean_high"].as_f64().expect("a bound") - row["mean_low"].as_f64().expect("a bound");
    assert!(width(&run) > 1.5 * width(&instance), "{run} {instance}");
    assert!(run["icc"].as_f64().expect("a share") > 0.8, "{run}");
    assert!(
        of_runs["warnings"].to_string().contains("3 runs: p-values and intervals of so few are rough"),
        "{}",
        of_runs["warnings"]
    );
    assert!(of_runs["warnings"].to_string().contains("74, 83, 90 %"), "{}", of_runs["warnings"]);
    assert!(of_instances["warnings"].to_string().contains("instances of a run are alike"), "{}", of_instances["warnings"]);
    // Correlations have one point per run, the pooled one too.
    let row = &of_runs["correlations"][0];
    assert_eq!(
        (&row["units"], &row["pearson_low"], &of_instances["correlations"][0]["units"]),
        (&3.into(), &serde_json::Value::Null, &6.into())
    );
    assert_eq!(of_runs["statistics"]["permutations"], 100);
    assert_eq!(of_runs["units_of_measure"]["action_information_excess_bits"], "bits");
    assert_eq!(of_runs["units_of_measure"]["entropy_nats"], "nats");
}

#[test]
fn figures_say_what_they_show() {
    let folder = Folder::new("measure-figures");
    let (runs, out) = (three_runs(&folder), folder.join("out"));
    let paths: Vec<&str> = runs.iter().map(String::as_str).collect();
    let (code, _, err) = outcome(&[&["measure", "-q", "--resamples", "50", "-o", &out], &paths[..]].concat());
    assert_eq!(code, 0, "{err}");
    let words = |name: &str| {
        let text = std::fs::read_to_string(Path::new(&out).join(name)).expect(name);
        // The texts between tags, in one line.
        let lines = text.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text.trim());
        (lines.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" "), text)
    };
    let (over_time, _) = words("over-time.svg");
    for part in [
        "by-hand (n = 3 runs, 6 instances)",
        "95 % intervals of Student's t over the n runs",
        "plug-in (nats)",
        "less shuffled (bits)",
    ] {
        assert!(over_time.replace("&apos;", "'").contains(part), "{part}: {over_time}");
    }
    // Three runs have no interval of r, so no line is drawn.
    let (progress, drawn) = words("entropy-progress.svg");
    assert!(progress.contains("n = 3 runs") && progress.contains("r = ") && progress.contains("p = "), "{progress}");
    assert!(!drawn.contains("stroke-width=\"2\""), "{drawn}");
}

/// The older name of the measure is accepted with a warning, and shuffled actions show the bias.
#[test]
fn action_information_is_shown_beside_what_shuffled_actions_keep() {
    let folder = Folder::new("measure-shuffled");
    let run = folder.join("run");
    let made = [
        "run",
        "crafter-simple",
        "--num-envs",
        "4",
        "--steps",
        "800",
        "--record",
        "0,1,2,3",
        "--backend",
        "cpu",
        "-q",
        "-o",
        &run,
    ];
    assert_eq!(outcome(&made).0, 0);
    let args = ["measure", &run, "--measure", "empowerment", "--resamples", "20", "--json"];
    let (code, out, err) = outcome(&args);
    assert!(code == 0 && err.contains("empowerment of recorded play is called action-information now"), "{code} {err}");
    let report: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    let mean = |name: &str| -> f64 { (0..4).map(|k| report["per_instance"][k][name].as_f64().expect(name)).sum::<f64>() / 4.0 };
    let (value, shuffled, excess) =
        (mean("action_information_bits"), mean("action_information_shuffled_bits"), mean("action_information_excess_bits"));
    assert!(shuffled > 0.7 * value && (value - shuffled - excess).abs() < 1e-9, "{value} {shuffled} {excess}");
    assert!(report["warnings"].to_string().contains("shuffled actions keep"), "{}", report["warnings"]);
    assert_eq!(report["measures"], serde_json::json!(["action-information"]));
    // The same call gives the same digits, another seed others.
    assert_eq!(outcome(&args).1, out);
    assert_ne!(outcome(&[&args[..], &["--seed", "1"]].concat()).1, out);
}

fn crafter_run(folder: &Folder) -> String {
    let run = folder.join("run");
    let made = outcome(&[
        "run",
        "crafter",
        "--num-envs",
        "4",
        "--steps",
        "2k",
        "--worlds",
        "pool:2",
        "--record",
        "0,1,2,3",
        "--backend",
        "cpu",
        "-o",
        &run,
    ]);
    assert_eq!(made.0, 0, "{}", made.2);
    run
}

#[test]
fn what_is_not_in_the_columns_comes_from_a_replay_or_is_said_to_be_missing() {
    let folder = Folder::new("measure-replay");
    let run = crafter_run(&folder);
    let measured = |trace: &str, extra: &[&str]| outcome(&[&["measure", trace, "--json", "--resamples", "20"], extra].concat());
    let parsed = |out: &str| serde_json::from_str::<serde_json::Value>(out).expect("JSON");
    let (code, out, err) = measured(&run, &[]);
    assert!(code == 0 && err.contains("replaying"), "{err}");
    let coarse = parsed(&out);
    assert_eq!((&coarse["key"], &coarse["per_instance"][0]["group"]), (&"coarse".into(), &"random".into()));
    assert_eq!(coarse["unlocks"].as_array().expect("rows").len(), 4 * 22);
    assert_eq!(coarse["notes"].as_array().expect("notes").len(), 0);
    let unlocked = coarse["unlocks"].as_array().expect("rows").iter().filter(|row| row["censored"] == 0).count();
    let sum: f64 = (0..4).map(|k| coarse["per_instance"][k]["achievements"].as_f64().expect("a number")).sum();
    assert_eq!(unlocked as f64, sum);
    // A finer key distinguishes more states, a coarser one fewer.
    let states = |key: &str| parsed(&measured(&run, &["--key", key]).1)["states"].as_u64().expect("a number");
    let (view, without) = (states("view"), states("clipped+achievements"));
    let all = coarse["states"].as_u64().expect("a number");
    assert!(view > all && all > without && without > states("achievements"), "{view} {all} {without}");
    assert!(states("faced") <= 19 && states("nearby") <= 4);
    // With another seed the recorded actions lead to other states: there is no replay.
    let part = read(&list(Path::new(&run)).expect("parts")[0]).expect("reads");
    let forged = folder.join("forged.parquet");
    let mut meta = part.meta.clone();
    meta.seed += 1;
    write_batch(&PathBuf::from(&forged), &part.rows, Some(&meta)).expect("written");
    let (code, out, _) = measured(&forged, &[]);
    let cut = parsed(&out);
    assert_eq!((code, &cut["key"]), (0, &"clipped+achievements".into()));
    assert!(cut["notes"][0].as_str().expect("a note").contains("cannot be replayed"), "{}", cut["notes"]);
    let (code, _, err) = measured(&forged, &["--key", "view"]);
    assert!(code == 3 && err.contains("cannot be replayed"), "{code} {err}");
    // A run and a forged trace side by side: both are measured by the same key.
    let (code, out, _) = outcome(&["measure", &format!("a={run}"), &format!("b={forged}"), "--json", "--resamples", "20"]);
    assert_eq!((code, &parsed(&out)["key"]), (0, &"clipped+achievements".into()));
    // The finest key saturates, and a warning says so.
    let (_, out, _) = measured(&run, &["--key", "position+view+inventory"]);
    assert!(parsed(&out)["warnings"].to_string().contains("seen once only"), "{out}");
}

/// The keys of runs: `measure` finds as many states as the run's own bonus counted.
#[test]
fn the_keys_of_runs_tell_apart_what_the_run_counted() {
    let folder = Folder::new("measure-keys");
    for (id, key) in [
        ("MiniGrid-DoorKey-6x6-v0", "position+facing+inventory"),
        ("MiniGrid-DoorKey-6x6-v0", "full"),
        ("gridlab/keys", "position+inventory"),
        ("crafter", "position+vitals"),
        ("crafter", "simhash:24"),
    ] {
        let run = folder.join(&format!("{}-{key}", id.replace('/', "-")).replace(':', "-"));
        let bonus = format!("count:{key}");
        let args = ["run", id, "--num-envs", "4", "--steps", "1200", "--record", "0,1,2,3", "--bonus", &bonus, "-q", "-o", &run];
        let (code, _, err) = outcome(&[&args[..], &["--backend", "cpu"]].concat());
        assert_eq!(code, 0, "{err}");
        let text = std::fs::read_to_string(Path::new(&run).join("summary.json")).expect("a summary");
        let summary: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let (code, out, err) = outcome(&["measure", &run, "--key", key, "--json", "--resamples", "20"]);
        assert_eq!(code, 0, "{err}");
        let found: serde_json::Value = serde_json::from_str(&out).expect("JSON");
        assert_eq!((&found["states"], &found["key"]), (&summary["bonus"]["counted"][0]["keys"], &key.into()), "{id}");
    }
}

#[test]
fn mistakes_are_named_with_what_to_do() {
    let folder = Folder::new("measure-mistakes");
    let (good, empty, bare) = (folder.join("good.parquet"), folder.join("empty.parquet"), folder.join("bare"));
    by_hand(&good, &ROWS);
    by_hand(&empty, &[]);
    let still = folder.join("still.parquet");
    by_hand(&still, &ROWS[..1]);
    std::fs::create_dir(&bare).expect("made");
    let thesis = folder.join("precious");
    std::fs::create_dir(&thesis).expect("made");
    std::fs::write(Path::new(&thesis).join("thesis.txt"), "years").expect("written");
    let twice = format!("a={good}");
    let cases: [(&[&str], i32, &str); 18] = [
        (&[], 2, "TRACE"),
        (&[&bare], 3, "no trace"),
        (&[&folder.join("nowhere")], 1, "nowhere"),
        (&[&empty], 3, "no step"),
        (&[&still], 3, "nothing to measure"),
        (&[&good, "--reachable", "2"], 2, "--reachable 2: these traces reached 3 different states"),
        (&[&good, "--unit", "group"], 2, "possible values: run, instance"),
        (&[&good, "--measure", "entropi"], 2, "did you mean 'entropy'"),
        (&[&good, "--key", "positon"], 2, "did you mean 'position'"),
        (&[&good, "--key", "inventory"], 2, "means nothing in GridLab"),
        (&[&good, "--measure", "achievements"], 2, "no achievements"),
        (&[&good, "--progress", "score"], 2, "no achievements"),
        (&[&good, &twice], 2, "given twice"),
        (&[&twice, "--by", "run"], 2, "--by"),
        (&[&format!("all={good}")], 2, "NAME=PATH"),
        (&[&good, "-o", &folder.join("x.pdf")], 2, ".svg"),
        (&[&good, "-o", &thesis, "--force"], 2, "measure.json"),
        (&[&good, "-o", &good], 2, "--force"),
    ];
    for (args, expected, names) in cases {
        let (code, out, err) = outcome(&[&["measure"], args].concat());
        assert_eq!(code, expected, "{args:?}: {out}{err}");
        assert!(err.contains(names) && !err.contains("panicked"), "{args:?}: {err}");
    }
    assert!(Path::new(&thesis).join("thesis.txt").exists());
    for file in ["all.json", "units.csv", "units.parquet", "curves.png", "curves.svg"] {
        let file = folder.join(file);
        assert_eq!(outcome(&["measure", &good, "--resamples", "20", "-o", &file]).0, 0);
        assert!(std::fs::metadata(&file).expect("written").len() > 200, "{file}");
    }
}

//! `run --seeds`: one run per seed, and figures over seeds that do not depend on where the sweep was interrupted.

use std::path::Path;

use serde_json::Value;

use super::files::{Folder, outcome};

const SWEEP: [&str; 9] = ["run", "gridlab/four-rooms", "--num-envs", "4", "--steps", "4000", "--seeds", "0..2", "--backend=cpu"];

fn json(folder: &str, name: &str) -> Value {
    let text = std::fs::read_to_string(Path::new(folder).join(name)).expect(name);
    serde_json::from_str(&text).expect("JSON")
}

/// Returns sweep.json without its rate of steps.
fn timeless(folder: &str) -> Value {
    let mut sweep = json(folder, "sweep.json");
    sweep.as_object_mut().and_then(|all| all.remove("steps_per_s")).expect("a rate");
    sweep
}

#[test]
fn a_sweep_that_was_cut_ends_like_one_that_was_not() {
    let folder = Folder::new("sweep");
    let (whole, cut) = (folder.join("whole"), folder.join("cut"));
    let (code, out, err) = outcome(&[&SWEEP[..], &["--json", "-o", &whole]].concat());
    assert_eq!(code, 0, "{err}");
    assert_eq!(serde_json::from_str::<Value>(&out).expect("JSON"), json(&whole, "sweep.json"));
    assert!(err.contains("seed 1 (2 of 3): "), "{err}");
    assert_eq!(outcome(&[&SWEEP[..], &["-q", "-o", &cut]].concat()).0, 0);
    // As if the sweep was killed in the second seed after its checkpoint, before the third seed.
    std::fs::remove_dir_all(Path::new(&cut).join("seed-2")).expect("removed");
    for name in ["seed-1/summary.json", "sweep.json"] {
        std::fs::remove_file(Path::new(&cut).join(name)).expect("removed");
    }
    let first = std::fs::metadata(Path::new(&cut).join("seed-0/summary.json")).and_then(|m| m.modified()).expect("a time");
    let (code, out, err) = outcome(&["run", "--backend=cpu", "--resume", &cut]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("95 % interval") && !err.contains("seed 0 "), "{out}{err}");
    assert_eq!(timeless(&whole), timeless(&cut));
    let again = std::fs::metadata(Path::new(&cut).join("seed-0/summary.json")).and_then(|m| m.modified()).expect("a time");
    assert_eq!(first, again, "a finished seed is left alone");
}

#[test]
fn figures_are_those_of_the_runs() {
    let folder = Folder::new("sweep-figures");
    let swept = folder.join("swept");
    let (code, _, err) = outcome(&[&SWEEP[..], &["-q", "-o", &swept]].concat());
    assert_eq!(code, 0, "{err}");
    let (sweep, runs) = (json(&swept, "sweep.json"), [0, 1, 2].map(|s| json(&swept, &format!("seed-{s}/summary.json"))));
    let lengths = runs.each_ref().map(|run| run["mean_length"].as_f64().expect("episodes"));
    let mean = lengths.iter().sum::<f64>() / 3.0;
    assert!((sweep["mean_length"]["mean"].as_f64().expect("a mean") - mean).abs() < 1e-9);
    let squares: f64 = lengths.iter().map(|length| (length - mean) * (length - mean)).sum();
    assert!(
        (sweep["mean_length"]["sd"].as_f64().expect("a deviation") - (squares / 2.0).sqrt()).abs() < 1e-9,
        "n - 1 of three seeds"
    );
    let bounds = |name: &str| [0, 1].map(|side| sweep["mean_length"][name][side].as_f64().expect(name));
    let (t, bootstrap) = (bounds("mean_interval"), bounds("iqm_bootstrap_interval"));
    assert!(t[0] < bootstrap[0] && bootstrap[1] < t[1] && t == bounds("iqm_interval"), "{t:?} {bootstrap:?}");
    assert!(sweep["warnings"][0].as_str().expect("a warning").contains("3 seeds"), "{}", sweep["warnings"]);
    for s in 0..3 {
        assert_eq!(sweep["mean_length"]["values"][s], runs[s]["mean_length"]);
        assert_eq!(sweep["runs"][s]["checksum"], runs[s]["checksum"]);
        assert_eq!(runs[s]["seed"], 4 * s, "four instances apart");
    }
    assert_ne!(runs[0]["checksum"], runs[1]["checksum"]);
    assert_eq!((&sweep["crafter_score"]["units"], &sweep["crafter_score"]["mean"]), (&Value::from(0), &Value::Null));
    // The run of a seed equals a run of that seed alone.
    let alone = folder.join("alone");
    let typed = ["run", "gridlab/four-rooms", "--num-envs", "4", "--steps", "4000", "--seed", "8", "--agent-seed", "2"];
    assert_eq!(outcome(&[&typed[..], &["-q", "--backend=cpu", "-o", &alone]].concat()).0, 0);
    assert_eq!(json(&alone, "summary.json")["checksum"], runs[2]["checksum"]);
    // A sweep is not replaced without --force, and not resumed if a run in it belongs to another sweep.
    let (code, _, err) = outcome(&[&SWEEP[..], &["-o", &swept]].concat());
    assert!(code == 2 && err.contains("--force"), "{code} {err}");
    std::fs::copy(Path::new(&alone).join("run.toml"), Path::new(&swept).join("seed-1/run.toml")).expect("copied");
    let (code, _, err) = outcome(&["run", "--resume", &swept]);
    assert!(code == 3 && err.contains("seed-1"), "{code} {err}");
    assert_eq!(outcome(&[&SWEEP[..], &["-q", "--force", "-o", &swept]].concat()).0, 0);
}

#[test]
fn seeds_that_cannot_be_meant_are_named() {
    let folder = Folder::new("sweep-bad");
    let untouched = folder.join("run");
    for (seeds, why) in [
        ("5..2", "backwards"),
        ("1,1", "twice"),
        ("0..", "no range"),
        ("some", "not a number"),
        ("0..1G", "more than"),
        ("9223372036854775807", "too large"),
    ] {
        let (code, _, err) = outcome(&["run", "gridlab/four-rooms", "--steps", "100", "--seeds", seeds, "-o", &untouched]);
        assert!(code == 2 && err.contains(why), "{seeds}: {code} {err}");
        assert!(!Path::new(&untouched).exists(), "{seeds}");
    }
}

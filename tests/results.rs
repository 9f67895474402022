//! The results of a list of runs, in every bit: all families, reset modes, streams, agents and bonuses. No change of the program may
//! change them, unless a value was wrong; then CHANGELOG.md says so.
//!
//! A line of `tests/data/results.txt` is a run and its result: the checksum of the state, a hash of the numbers in summary.json, and a
//! hash of the values in the traces. Names are not hashed, so a column may be renamed.

use std::path::Path;

use arrow_array::Array;
use explorarium::shaders::shared::hash::hash_words;
use explorarium::traces;
use serde_json::Value;

use super::files::{Folder, outcome, summary};

const RESULTS: &str = include_str!("data/results.txt");

/// Fields that depend on time, on the machine or on the version.
const VOLATILE: [&str; 6] = ["seconds", "steps_per_s", "forked_steps_per_s", "versions", "adapter", "backend"];

fn hash(text: &str) -> u64 {
    let words: Vec<u32> = text.bytes().map(u32::from).collect();
    hash_words(0, &words)
}

/// Appends the values of all leaves to `out`, in order, without their names.
fn leaves(value: &Value, out: &mut String) {
    match value {
        Value::Object(all) => all.iter().filter(|(name, _)| !VOLATILE.contains(&name.as_str())).for_each(|(_, v)| leaves(v, out)),
        Value::Array(all) => all.iter().for_each(|v| leaves(v, out)),
        leaf => *out += &format!("{leaf};"),
    }
}

/// Returns the sum over rows of the hashes of their values. It does not depend on the order of columns and rows.
fn rows(folder: &str) -> u64 {
    let mut sum = 0u64;
    for part in traces::list(Path::new(folder)).expect("parts") {
        let rows = traces::read(&part).expect("readable").rows;
        for k in 0..rows.num_rows() {
            let mut values: Vec<String> = rows.columns().iter().map(|column| format!("{:?};", column.slice(k, 1))).collect();
            values.sort();
            sum = sum.wrapping_add(hash(&values.concat()));
        }
    }
    sum
}

/// Returns the runs with their expected results.
fn expected() -> Vec<(Vec<&'static str>, &'static str)> {
    let lines = RESULTS.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|line| line.split_once(" = ").expect("ARGUMENTS = RESULT"))
        .map(|(run, came)| (run.split(' ').collect(), came))
        .collect()
}

/// Returns the lines whose results differ, with the current results.
pub fn differing(backend: &str) -> Vec<String> {
    let folder = Folder::new(&format!("results-{backend}"));
    let mut differing = Vec::new();
    for (k, (run, came)) in expected().into_iter().enumerate() {
        let out = folder.join(&k.to_string());
        let only_host = run[0] == "cpu-only";
        if only_host && backend == "gpu" {
            continue;
        }
        let run_args = &run[usize::from(only_host)..];
        let (code, _, err) = outcome(&[&["run"], run_args, &["--backend", backend, "-q", "-o", &out]].concat());
        assert_eq!(code, 0, "{run:?}: {err}");
        let (summary, mut values) = (summary(&out), String::new());
        leaves(&summary, &mut values);
        let is = format!("{} {:016x} {:016x}", summary["checksum"].as_str().unwrap_or_default(), hash(&values), rows(&out));
        if is != came {
            differing.push(format!("{} = {is}", run.join(" ")));
        }
    }
    differing
}

#[test]
fn twenty_runs_come_to_what_they_always_came_to() {
    let runs = expected();
    assert!(runs.len() >= 20, "{} runs", runs.len());
    let differing = differing("cpu");
    assert!(differing.is_empty(), "{} of {} runs:\n{}", differing.len(), runs.len(), differing.join("\n"));
}

/// Hashes contain values without names, and two different numbers have different hashes.
#[test]
fn leaves_are_values_without_their_names() {
    let of = |text: &str| {
        let mut out = String::new();
        leaves(&serde_json::from_str(text).expect("JSON"), &mut out);
        out
    };
    assert_eq!(of(r#"{"a": [1, {"b": 2.5}], "seconds": 3, "c": "x"}"#), "1;2.5;\"x\";");
    assert_ne!(hash("1;"), hash("2;"));
}

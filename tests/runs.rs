//! Run folders: locks, replacement, resuming, and what ends a run.

use std::fs;
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, UInt64Type};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;

use super::files::{Folder, outcome, program, rows, summary};

const SMALL: [&str; 6] = ["run", "gridlab/keys", "--num-envs", "8", "--backend", "cpu"];

/// Runs with the arguments `more`, which must succeed. Returns the folder.
fn made(folder: &Folder, name: &str, more: &[&str]) -> String {
    let run = folder.join(name);
    let steps: &[&str] = if more.contains(&"--steps") { &[] } else { &["--steps", "4000"] };
    let (code, _, err) = outcome(&[&SMALL[..], steps, &["-q", "-o", &run], more].concat());
    assert_eq!(code, 0, "{err}");
    run
}

fn curves(run: &str) -> RecordBatch {
    let file = fs::File::open(Path::new(run).join("curves.parquet")).expect("curves");
    let mut reader =
        ParquetRecordBatchReaderBuilder::try_new(file).and_then(|b| b.with_batch_size(1 << 20).build()).expect("read");
    reader.next().expect("rows").expect("read")
}

/// Returns the curves without the columns that depend on time.
fn timeless(run: &str) -> RecordBatch {
    let all = curves(run);
    let kept: Vec<usize> = (0..all.num_columns())
        .filter(|c| !["seconds", "steps_per_s"].contains(&all.schema().field(*c).name().as_str()))
        .collect();
    all.project(&kept).expect("columns")
}

/// Checks that two runs are equal in all that does not depend on time.
fn assert_equal(whole: &str, other: &str, why: &str) {
    let (mut a, mut b) = (rows(whole), rows(other));
    a.sort();
    b.sort();
    assert_eq!(a, b, "{why}");
    assert_eq!(timeless(whole), timeless(other), "{why}");
    let timed = ["seconds", "steps_per_s", "forked_steps_per_s", "stretches"];
    let of = |run: &str| {
        let mut summary = summary(run);
        timed.iter().for_each(|name| _ = summary.as_object_mut().and_then(|all| all.remove(*name)));
        summary
    };
    assert_eq!(of(whole), of(other), "{why}");
}

#[test]
fn a_run_killed_before_its_first_checkpoint_counts_its_first_states_once() {
    let folder = Folder::new("first-states");
    let paid = ["--agent", "novelty", "--bonus", "count"];
    let whole = made(&folder, "whole", &paid);
    let cut = folder.join("cut");
    fs::create_dir_all(Path::new(&cut).join("traces")).expect("made");
    fs::copy(Path::new(&whole).join("run.toml"), Path::new(&cut).join("run.toml")).expect("copied");
    let (code, _, err) = outcome(&["run", "--resume", &cut, "-q", "--backend", "cpu"]);
    assert_eq!(code, 0, "{err}");
    assert_equal(&whole, &cut, "begun again");
}

#[test]
fn curves_have_rows_at_fixed_steps_and_both_kinds_of_values() {
    let folder = Folder::new("curves");
    let run = made(&folder, "run", &["--bonus", "count", "--curve-every", "1000", "--record", "none"]);
    let all = curves(&run);
    let whole = |name: &str| all.column_by_name(name).expect(name).as_primitive::<UInt64Type>().values().to_vec();
    assert_eq!(whole("steps"), [1000, 2000, 3000, 4000]);
    let (sums, since) = (whole("episodes"), whole("interval_episodes"));
    assert_eq!(
        since
            .iter()
            .scan(0, |sum, n| {
                *sum += n;
                Some(*sum)
            })
            .collect::<Vec<_>>(),
        sums
    );
    let real = |name: &str| all.column_by_name(name).expect(name).as_primitive::<Float64Type>().clone();
    let (mean, each) = (real("bonus_count"), real("interval_bonus_count"));
    let sum: f64 = (0..4).map(|k| each.value(k)).sum();
    assert!((mean.value(3) - sum / 4.0).abs() < 1e-9, "equal numbers of arrivals");
    // The default does not depend on the number of steps, so that a longer run has the same rows and more.
    let every = |run: &str| {
        let text: toml::Table = fs::read_to_string(Path::new(run).join("run.toml")).expect("read").parse().expect("TOML");
        text["curve_every"].as_integer()
    };
    let (short, long) = (made(&folder, "short", &[]), made(&folder, "long", &["--steps", "5000"]));
    assert_eq!(every(&short), every(&long));
    // A row that is not at one of the fixed steps is the end of the run, even if it was killed between
    // its last checkpoint and its summary.
    let odd = made(&folder, "odd", &["--curve-every", "1500"]);
    let steps = || curves(&odd).column_by_name("steps").expect("steps").as_primitive::<UInt64Type>().values().to_vec();
    assert_eq!(steps(), [1504, 3008, 4000]);
    fs::remove_file(Path::new(&odd).join("summary.json")).expect("there");
    assert_eq!(outcome(&["run", "--resume", &odd, "-q", "--backend", "cpu"]).0, 0);
    assert_eq!(steps(), [1504, 3008, 4000]);
}

#[test]
fn what_is_typed_beside_resume_is_refused_by_name_or_done() {
    let folder = Folder::new("beside");
    let run = made(&folder, "run", &["--checkpoint", "0", "--curve-every", "1000"]);
    for (typed, name) in [
        (&["--seed", "1"][..], "--seed"),
        (&["crafter"], "ENV"),
        (&["--agent", "random"], "--agent"),
        (&["--num-envs", "8"], "--num-envs"),
        (&["--bonus", "count"], "--bonus"),
        (&["--record", "0"], "--record"),
        (&["--stream", "keyed"], "--stream"),
        (&["--worlds", "fresh"], "--worlds"),
        (&["--reset", "off"], "--reset"),
        (&["--agent-seed", "3"], "--agent-seed"),
        (&["--checkpoint", "3"], "--checkpoint"),
        (&["--curve-every", "3"], "--curve-every"),
        (&["--picture-noise"], "--picture-noise"),
        (&["--from", "x"], "--from"),
        (&["--scenario", "x"], "--scenario"),
        (&["--steps", "100"], "--steps 100"),
    ] {
        let (code, _, err) = outcome(&[&["run", "--resume", &run], typed].concat());
        assert!(code == 2 && err.contains(name), "{typed:?}: {code} {err}");
    }
    // Resuming with more steps gives the result of a run that had them from the start, and is recorded.
    let (code, _, err) = outcome(&["run", "--resume", &run, "--steps", "6400", "--threads", "1", "--backend", "cpu", "-q"]);
    assert_eq!(code, 0, "{err}");
    let whole = made(&folder, "whole", &["--steps", "6400", "--curve-every", "1000"]);
    assert_equal(&whole, &run, "more steps");
    let stretches = summary(&run)["stretches"].clone();
    assert_eq!(
        (&stretches[0]["steps"], &stretches[1]["steps"], &stretches[1]["from"]),
        (&4000.into(), &6400.into(), &4000.into())
    );
    assert_eq!(stretches[1]["threads"], Value::from(1));
    assert!(summary(&whole).get("stretches").is_none(), "one way of making it is nothing to tell");
}

#[test]
fn files_that_do_not_belong_together_are_refused() {
    let folder = Folder::new("vouch");
    let (run, other) = (made(&folder, "run", &["--checkpoint", "0"]), made(&folder, "other", &["--seed", "5"]));
    let path = |name: &str| Path::new(&run).join(name);
    let refused = |why: &str| {
        let (code, _, err) = outcome(&["run", "--resume", &run]);
        assert!(code == 3 && err.contains(why) && !err.contains("panicked"), "{why}: {code} {err}");
    };
    let kept = fs::read(path("checkpoint.bin")).expect("read");
    fs::copy(Path::new(&other).join("checkpoint.bin"), path("checkpoint.bin")).expect("copied");
    refused("another run");
    fs::write(path("checkpoint.bin"), kept).expect("written");
    let text = fs::read_to_string(path("run.toml")).expect("read");
    for (from, to) in [("seed = 0", "seed = 7"), ("stream = \"numpy\"", "stream = \"foo\""), ("steps = 4000", "steps = 40")] {
        assert!(text.contains(from));
        fs::write(path("run.toml"), text.replace(from, to)).expect("written");
        refused("run.toml");
    }
    // A run.toml without the line of its hash, as older versions wrote it.
    let bare = text.lines().filter(|line| !line.starts_with("# sha256")).collect::<Vec<_>>().join("\n");
    for (from, to, why) in [
        ("seed = 0", "seed = 7", "another run"),
        ("stream = \"numpy\"", "stream = \"foo\"", "foo"),
        (concat!("program = \"", env!("CARGO_PKG_VERSION"), "\""), "program = \"99.0.0\"", "99.0.0"),
    ] {
        assert!(bare.contains(from), "{bare}");
        fs::write(path("run.toml"), bare.replace(from, to)).expect("written");
        refused(why);
    }
    fs::write(path("run.toml"), &text).expect("written");
    let part = explorarium::traces::list(Path::new(&run)).expect("parts").remove(0);
    let kept = fs::read(&part).expect("read");
    fs::remove_file(&part).expect("removed");
    refused("missing");
    let elsewhere = explorarium::traces::list(Path::new(&other)).expect("parts").remove(0);
    fs::copy(elsewhere, &part).expect("copied");
    refused("part-00000.parquet");
    fs::write(&part, kept).expect("written");
    assert_eq!(outcome(&["run", "--resume", &run, "-q"]).0, 0, "all is back in its place");
}

#[test]
fn a_folder_in_which_nothing_was_begun_can_be_taken() {
    let folder = Folder::new("nothing");
    let run = folder.join("run");
    fs::create_dir_all(Path::new(&run).join("traces")).expect("made");
    fs::write(Path::new(&run).join("run.toml.tmp"), "program = ").expect("written");
    let (code, _, err) = outcome(&["run", "--resume", &run]);
    assert!(code == 2 && err.contains("-o"), "{code} {err}");
    made(&folder, "run", &[]);
    assert!(!Path::new(&run).join("run.toml.tmp").exists());
    // A run that cannot begin leaves no folder.
    let scenario = folder.join("scenario.json");
    fs::write(&scenario, "{\"area\": [1, 1]}").expect("written");
    let none = folder.join("none");
    let (code, _, err) = outcome(&["run", "crafter", "--num-envs", "2", "--steps", "10", "--scenario", &scenario, "-o", &none]);
    assert!(code != 0 && !Path::new(&none).exists(), "{code} {err}");
}

#[test]
fn what_is_replaced_is_there_until_the_new_run_has_begun() {
    let folder = Folder::new("force");
    let run = made(&folder, "run", &[]);
    let before = fs::read_to_string(Path::new(&run).join("summary.json")).expect("read");
    let refused = |args: &[&str], why: &str| {
        let (code, _, err) = outcome(args);
        assert!(code != 0 && err.contains(why) && !err.contains("panicked"), "{args:?}: {code} {err}");
        assert_eq!(fs::read_to_string(Path::new(&run).join("summary.json")).expect("still there"), before, "{args:?}");
        assert!(!Path::new(&run).join(".next").exists());
    };
    let scenario = folder.join("scenario.json");
    fs::write(&scenario, "{\"area\": [1, 1]}").expect("written");
    refused(&["run", "crafter", "--num-envs", "2", "--steps", "10", "--scenario", &scenario, "--force", "-o", &run], "scenario");
    refused(&["run", "gridlab/keys", "--agent", "replay", "--from", &run, "-o", &run, "--force"], "trace");
    for (name, text) in [("notes.txt", "mine"), ("traces/notes.txt", "mine"), ("seed-0", "a file")] {
        let path = Path::new(&run).join(name);
        fs::write(&path, text).expect("written");
        refused(&[&SMALL[..], &["--steps", "4000", "-o", &run, "--force"]].concat(), name);
        fs::remove_file(&path).expect("removed");
    }
    // A folder with a run.toml of another program is no run.
    let foreign = folder.join("foreign");
    fs::create_dir(&foreign).expect("made");
    fs::write(Path::new(&foreign).join("run.toml"), "[tool]\nname = 'other'\n").expect("written");
    let (code, _, err) = outcome(&[&SMALL[..], &["--steps", "4000", "-o", &foreign, "--force"]].concat());
    assert!(code == 2 && err.contains("run.toml") && Path::new(&foreign).join("run.toml").exists(), "{code} {err}");
    assert_eq!(fs::read_dir(&foreign).expect("read").count(), 1, "not even a lock is left there");
    // The folder is given as a link, and from inside.
    #[cfg(unix)]
    {
        let link = folder.join("link");
        std::os::unix::fs::symlink(&run, &link).expect("linked");
        assert_eq!(outcome(&[&SMALL[..], &["--steps", "4000", "-q", "-o", &link, "--force", "--seed", "9"]].concat()).0, 0);
        assert!(fs::symlink_metadata(&link).expect("there").is_symlink());
        assert_eq!(summary(&run)["seed"], Value::from(9));
    }
    let mut inside = program(&[&SMALL[..], &["--steps", "4000", "-q", "-o", ".", "--force", "--seed", "11"]].concat());
    assert!(inside.current_dir(&run).status().expect("runs").success());
    assert_eq!(summary(&run)["seed"], Value::from(11));
    assert_eq!(outcome(&["verify", &run]).0, 0);
    let swept = [&SMALL[..], &["--steps", "4000", "-q", "-o", &run, "--force", "--seeds", "0..1"]].concat();
    assert_eq!(outcome(&swept).0, 0);
    assert!(!Path::new(&run).join("run.toml").exists() && Path::new(&run).join("sweep.json").exists());
    made(&folder, "run", &["--force"]);
    assert!(!Path::new(&run).join("seed-0").exists() && Path::new(&run).join("summary.json").exists());
}

#[test]
fn whatever_ends_a_run_what_was_recorded_is_closed_and_readable() {
    let folder = Folder::new("ended");
    let states = folder.join("states");
    let args =
        ["run", "gridlab/four-rooms", "--agent", "rf-express", "--num-envs", "4", "--steps", "20k", "--backend", "cpu", "-q"];
    let (code, _, err) = outcome(&[&args[..], &["--set", "agent.max_states=30", "-o", &states]].concat());
    assert!(code == 1 && err.contains("max_states"), "{code} {err}");
    assert!(rows(&states).len() > 10, "{}", rows(&states).len());
    assert_eq!(outcome(&["verify", &states]).0, 0);
    // A replay that differs from its recording.
    let recorded = made(&folder, "recorded", &["--record", "0"]);
    let parted = folder.join("parted");
    let replay =
        ["run", "gridlab/four-rooms", "--agent", "replay", "--from", &recorded, "--num-envs", "1", "--backend", "cpu", "-q"];
    let (code, _, err) = outcome(&[&replay[..], &["--seed", "3", "-o", &parted]].concat());
    assert!(code == 3, "{code} {err}");
    assert!(!rows(&parted).is_empty());
    assert_eq!(outcome(&["verify", &parted]).0, 0);
}

/// Starts a long run and waits for `file` in its folder.
fn lasting(run: &str, more: &[&str], file: &str) -> Child {
    let args = ["run", "crafter", "--num-envs", "16", "--steps", "1G", "--worlds", "pool:4", "--backend", "cpu", "-o", run];
    let mut child = program(&[&args[..], more].concat()).spawn().expect("starts");
    while !Path::new(run).join(file).exists() {
        assert!(child.try_wait().expect("asked").is_none(), "it has ended");
        std::thread::sleep(Duration::from_millis(5));
    }
    child
}

#[test]
fn one_process_has_a_folder_until_it_dies() {
    let folder = Folder::new("lock");
    let run = folder.join("run");
    let mut child = lasting(&run, &["--checkpoint", "0"], "checkpoint.bin");
    for args in [&["run", "--resume", &run][..], &["run", "crafter", "--steps", "100", "-o", &run, "--force"]] {
        let (code, _, err) = outcome(args);
        assert!(code == 1 && err.contains(&format!("process {}", child.id())), "{args:?}: {code} {err}");
    }
    child.kill().expect("killed");
    child.wait().expect("gone");
    made(&folder, "run", &["--force"]);
    // The folder of a seed is locked by the process of the sweep.
    let sweep = folder.join("sweep");
    let mut child = lasting(&sweep, &["--checkpoint", "0", "--seeds", "0..1"], "seed-0/checkpoint.bin");
    let seed = Path::new(&sweep).join("seed-0").to_string_lossy().into_owned();
    let (code, _, err) = outcome(&["run", "--resume", &seed]);
    assert!(code == 1 && err.contains(&format!("process {}", child.id())), "{code} {err}");
    child.kill().expect("killed");
    child.wait().expect("gone");
}

#[cfg(unix)]
fn signal(child: &Child, name: &str) {
    Command::new("kill").args([name, &child.id().to_string()]).status().expect("kill runs");
}

#[cfg(unix)]
#[test]
fn signals_end_a_run_soon_and_it_goes_on() {
    let folder = Folder::new("signals");
    for name in ["-INT", "-TERM", "-HUP"] {
        let run = folder.join(name);
        let child = lasting(&run, &[], "run.toml");
        std::thread::sleep(Duration::from_millis(200));
        signal(&child, name);
        let asked = Instant::now();
        let done = child.wait_with_output().expect("ends");
        let err = String::from_utf8_lossy(&done.stderr);
        assert_eq!(done.status.code(), Some(130), "{name}: {err}");
        assert!(err.contains("--resume") && asked.elapsed() < Duration::from_secs(4), "{name}: {err}");
        assert!(Path::new(&run).join("checkpoint.bin").exists());
    }
    // The program does not wait for steps that take minutes.
    let slow = folder.join("slow");
    let sampled = [
        "--agent",
        "empowerment",
        "--set",
        "agent.mode=sampled",
        "--set",
        "agent.horizon=200",
        "--set",
        "agent.rollouts=64",
        "--set",
        "agent.sequences=64",
    ];
    let args = ["run", "crafter", "--num-envs", "64", "--steps", "1M", "--worlds", "pool:1", "--backend", "cpu", "-o", &slow];
    let mut child = program(&[&args[..], &sampled].concat()).spawn().expect("starts");
    while !Path::new(&slow).join("run.toml").exists() {
        if child.try_wait().expect("asked").is_some() {
            panic!("it has ended: {}", String::from_utf8_lossy(&child.wait_with_output().expect("output").stderr));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(Duration::from_millis(500));
    signal(&child, "-TERM");
    let asked = Instant::now();
    let done = child.wait_with_output().expect("ends");
    let err = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.code() == Some(130) && asked.elapsed() < Duration::from_secs(4), "{:?} {err}", done.status);
    assert!(err.contains("not waiting for") && err.contains("--resume"), "{err}");
    // A process that ignores hangups, as under nohup, is not stopped by one.
    let ignoring = folder.join("ignoring");
    let script = "trap '' HUP; exec \"$@\"";
    let args = ["run", "gridlab/keys", "--num-envs", "4", "--steps", "1G", "--backend", "cpu", "-q", "-o", &ignoring];
    let mut child =
        Command::new("sh").args(["-c", script, "sh", env!("CARGO_BIN_EXE_explorarium")]).args(args).spawn().expect("starts");
    while !Path::new(&ignoring).join("run.toml").exists() {
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(Duration::from_millis(100));
    signal(&child, "-HUP");
    std::thread::sleep(Duration::from_millis(300));
    assert!(child.try_wait().expect("asked").is_none(), "it goes on");
    child.kill().expect("killed");
    child.wait().expect("gone");
}

#[test]
fn a_stderr_that_cannot_be_written_to_stops_nothing() {
    let folder = Folder::new("stderr");
    let closed = folder.join("closed");
    let mut child = program(&[&SMALL[..], &["--steps", "4000", "-o", &closed]].concat()).spawn().expect("starts");
    drop(child.stderr.take());
    assert_eq!(child.wait().expect("ends").code(), Some(0));
    assert!(Path::new(&closed).join("summary.json").exists());
    if Path::new("/dev/full").exists() {
        let full = || fs::File::options().write(true).open("/dev/full").expect("opened");
        let run = folder.join("full");
        let status = program(&[&SMALL[..], &["--steps", "4000", "-o", &run]].concat()).stderr(full()).status();
        assert_eq!(status.expect("runs").code(), Some(0));
        for args in [&["--help"][..], &["envs", "ls"], &["trace", "gridlab/keys", "--steps", "3"], &["verify", &run]] {
            assert_eq!(program(args).stdout(full()).status().expect("runs").code(), Some(1), "{args:?}");
        }
    }
}

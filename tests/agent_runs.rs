//! Runs of agents from the command line: their traces, their settings, and resuming a run that was killed.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, BinaryArray, RecordBatch};
use explorarium::traces;

use super::files::{Folder, outcome};

fn first_part(run: &str) -> PathBuf {
    traces::list(Path::new(run)).expect("parts").remove(0)
}

/// Returns the rows after `change` was applied to the longest history.
fn with_changed_history(rows: &RecordBatch, change: impl Fn(&mut Vec<u8>)) -> RecordBatch {
    let (at, _) = rows.schema().column_with_name(traces::HISTORY).map(|(at, field)| (at, field.clone())).expect("histories");
    let old = rows.column(at).as_binary::<i32>();
    let mut histories: Vec<Option<Vec<u8>>> = (0..old.len()).map(|k| (!old.is_null(k)).then(|| old.value(k).to_vec())).collect();
    let longest = (0..old.len()).max_by_key(|k| histories[*k].as_ref().map(Vec::len)).expect("rows");
    change(histories[longest].as_mut().expect("a history"));
    let mut columns: Vec<ArrayRef> = rows.columns().to_vec();
    columns[at] = Arc::new(histories.iter().map(|history| history.as_deref()).collect::<BinaryArray>());
    RecordBatch::try_new(rows.schema(), columns).expect("rows")
}

#[test]
fn a_trace_of_returns_is_verified_and_a_changed_history_found() {
    let folder = Folder::new("returns");
    for (name, env, stream) in
        [("crafter", "crafter", "numpy"), ("keyed", "crafter", "keyed"), ("grid", "MiniGrid-DoorKey-6x6-v0", "numpy")]
    {
        let run = folder.join(name);
        let args = ["run", env, "--agent", "go-explore", "--set", "agent.explore_steps=20", "--num-envs", "5", "--steps", "6k"];
        let more = ["--record", "0,3", "--stream", stream, "--backend", "cpu", "-o", &run];
        let (code, out, err) = outcome(&[&args[..], &more].concat());
        assert_eq!(code, 0, "{out}{err}");
        let (code, out, err) = outcome(&["verify", &run]);
        assert_eq!(code, 0, "{out}{err}");
        let part = traces::read(&first_part(&run)).expect("readable");
        assert_eq!(part.meta.format, traces::FORMAT_WITH_RESTORED);
        let forged = PathBuf::from(folder.join("forged.parquet"));
        let changes: [fn(&mut Vec<u8>); 2] = [|history| history[0] = u8::from(history[0] == 0), |history| _ = history.pop()];
        for change in changes {
            traces::write_batch(&forged, &with_changed_history(&part.rows, change), Some(&part.meta)).expect("written");
            let (code, _, err) = outcome(&["verify", &forged.to_string_lossy()]);
            assert!(code == 3 && (err.contains("first difference") || err.contains("history of")), "{name}: {code} {err}");
        }
        traces::write_batch(&forged, &with_changed_history(&part.rows, |_| ()), Some(&part.meta)).expect("written");
        assert_eq!(outcome(&["verify", &forged.to_string_lossy()]).0, 0, "what is written again unchanged is still right");
        let (code, _, err) = outcome(&["run", env, "--agent", "replay", "--from", &run, "-o", &folder.join("again")]);
        assert!(code == 3 && err.contains("go back"), "{err}");
    }
}

fn summary(run: &str) -> serde_json::Value {
    let text = std::fs::read_to_string(Path::new(run).join("summary.json")).expect("a summary");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn a_replay_does_the_same_again() {
    let folder = Folder::new("replay");
    for (name, env, reset) in [
        ("crafter", "crafter", "same-step"),
        ("next", "MiniGrid-DoorKey-5x5-v0", "next-step"),
        ("off", "gridlab/deep-sea-9", "off"),
        ("grid", "gridlab/four-rooms", "same-step"),
    ] {
        let (run, again) = (folder.join(name), folder.join(&format!("{name}-again")));
        let shared = ["--num-envs", "3", "--worlds", "pool:4", "--seed", "8", "--reset", reset, "--backend", "cpu", "-q"];
        let (code, _, err) = outcome(
            &[&["run", env, "--steps", "1500", "--record", "0,1,2", "--agent-seed", "2", "-o", &run], &shared[..]].concat(),
        );
        assert_eq!(code, 0, "{err}");
        let (code, _, err) = outcome(&[&["run", env, "--agent", "replay", "--from", &run, "-o", &again], &shared[..]].concat());
        assert_eq!(code, 0, "{err}");
        let (first, second) = (summary(&run), summary(&again));
        for field in ["episodes", "mean_return", "with_open"] {
            assert_eq!(first[field], second[field], "{name}: {field}");
        }
        assert!(second["agent_report"]["over"].as_str().is_some_and(|why| why.contains("end after")), "{second}");
        if reset != "off" {
            assert_eq!((&first["checksum"], &first["steps"]), (&second["checksum"], &second["steps"]), "{name}");
        }
        // In other worlds the replay ends differently and reports that.
        let other = folder.join("other");
        let (code, _, err) = outcome(&[
            "run",
            "crafter",
            "--agent",
            "replay",
            "--from",
            &folder.join("crafter"),
            "--num-envs",
            "3",
            "--worlds",
            "pool:4",
            "--seed",
            "9",
            "--backend",
            "cpu",
            "--force",
            "-q",
            "-o",
            &other,
        ]);
        assert!(code == 3 && err.contains("recorded episode"), "{code} {err}");
    }
}

#[test]
fn settings_come_from_a_file_and_from_the_command_line() {
    let folder = Folder::new("config");
    let file = folder.join("run.toml");
    let text = "[run]\nenv = 'gridlab/deep-sea-6'\nnum_envs = 4\nsteps = '2k'\n\n[agent]\nname = 'rf-express'\nscale = 0.5\n";
    std::fs::write(&file, text).expect("written");
    let run = folder.join("run");
    let args = ["run", "--config", &file, "--set", "agent.delta=0.2", "--steps", "1k", "--backend", "cpu", "-q", "-o", &run];
    let (code, _, err) = outcome(&args);
    assert_eq!(code, 0, "{err}");
    let resolved: toml::Table = std::fs::read_to_string(Path::new(&run).join("run.toml")).expect("read").parse().expect("TOML");
    let options = resolved["agent_options"].as_table().expect("options");
    assert_eq!((resolved["agent"].as_str(), resolved["steps"].as_integer()), (Some("rf-express"), Some(1000)));
    assert_eq!((options["scale"].as_float(), options["delta"].as_float()), (Some(0.5), Some(0.2)));
    assert_eq!((options["horizon"].as_integer(), options["key"].as_str()), (Some(6), Some("position")));
    // A file of the previous version, without options of the agent, can still be resumed.
    let old: String = {
        let text = std::fs::read_to_string(Path::new(&run).join("run.toml")).expect("read");
        let said = text.split("[agent_options]").next().unwrap_or_default().replace("rf-express", "random");
        // It also lacks the intervals of curves and checkpoints.
        said.lines()
            .filter(|line| !line.starts_with("curve_every") && !line.starts_with("checkpoint"))
            .map(|l| format!("{l}\n"))
            .collect()
    };
    std::fs::write(Path::new(&run).join("run.toml"), old).expect("written");
    std::fs::remove_file(Path::new(&run).join("checkpoint.bin")).expect("removed");
    assert_eq!(outcome(&["run", "--resume", &run, "-q"]).0, 0);
    let cases: [(&[&str], &str); 9] = [
        (&["--agent", "go-explor"], "go-explore"),
        (&["--agent", "go-explore", "--set", "agent.explore_step=3"], "did you mean 'explore_steps'"),
        (&["--agent", "go-explore", "--set", "agent.repeat=1.5"], "repeat = 1.5"),
        (&["--agent", "go-explore", "--set", "agent.key=positoin"], "position"),
        (&["--agent", "go-explore", "--reset", "same-step"], "needs off"),
        (&["--agent", "rf-express"], "for gridlab"),
        (&["--agent", "replay"], "--from"),
        (&["--from", "x"], "--from"),
        (&["--set", "agent.seed=3"], "unknown field `seed`"),
    ];
    for (args, why) in cases {
        let (code, out, err) = outcome(&[&["run", "crafter", "--backend", "cpu", "-o", &folder.join("no")], args].concat());
        assert!(code == 2 && err.contains(why) && !err.contains("panicked"), "{args:?}: {code} {out}{err}");
        assert!(!Path::new(&folder.join("no")).exists(), "{args:?}: nothing is written");
    }
    std::fs::write(&file, "[runn]\n").expect("written");
    let (code, _, err) = outcome(&["run", "--config", &file]);
    assert!(code == 2 && err.contains("did you mean 'run'"), "{err}");
    let (code, _, err) = outcome(&["run", "MiniGrid-Empty-5x5-v0", "--agent", "ucb-q", "-o", &folder.join("no")]);
    assert!(code == 2 && err.contains("agent.key"), "{err}");
}

/// A run that was killed and continued with `--resume` gives the same result as a run that was not.
#[test]
fn a_killed_search_goes_on() {
    let folder = Folder::new("search");
    let args = |run: &str| -> Vec<String> {
        let words = ["run", "crafter", "--agent", "go-explore", "--num-envs", "8", "--steps", "40k", "--checkpoint", "0", "-q"];
        words.iter().chain(&["--backend", "cpu", "-o", run]).map(|word| word.to_string()).collect()
    };
    let whole = folder.join("whole");
    let words = args(&whole);
    assert_eq!(outcome(&words.iter().map(String::as_str).collect::<Vec<_>>()).0, 0);
    let cut = folder.join("cut");
    let words = args(&cut);
    let mut child = super::files::program(&words.iter().map(String::as_str).collect::<Vec<_>>()).spawn().expect("starts");
    while !Path::new(&cut).join("checkpoint.bin").exists() {
        assert!(child.try_wait().expect("a child").is_none(), "it ended before its first checkpoint");
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    child.kill().expect("killed");
    child.wait().expect("gone");
    let (code, _, err) = outcome(&["run", "--resume", &cut, "-q", "--backend", "cpu"]);
    assert_eq!(code, 0, "{err}");
    let (whole, cut_summary) = (summary(&whole), summary(&cut));
    for field in ["checksum", "steps", "episodes", "success_rates", "agent_report"] {
        assert_eq!(whole[field], cut_summary[field], "{field}");
    }
    let (code, out, err) = outcome(&["verify", &cut]);
    assert_eq!(code, 0, "{out}{err}");
}

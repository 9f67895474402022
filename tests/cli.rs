//! The command line: exit codes and messages.

use super::files::{Folder, outcome};

#[test]
fn mistakes_are_named_with_what_to_do() {
    let folder = Folder::new("cli");
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).expect("written");
        path
    };
    let broken = write("broken.toml", "family = \"crafter\"\narea = [64\n");
    let family = write("family.toml", "family = \"chess\"\n");
    let actions = write("actions.txt", "0\n99\n");
    let json = write("bad.json", "{");
    let (run, last) = (folder.join("run"), "9223372036854775807");
    let cases: [(&[&str], i32, &str); 20] = [
        (&["trace", "craftr"], 2, "did you mean 'crafter'"),
        (&["trace", "MiniGrid-DoorKey-9x9-v0"], 2, "did you mean"),
        (&["trace", &folder.join("none.toml")], 2, "none.toml"),
        (&["trace", &broken], 2, "broken.toml"),
        (&["trace", &broken], 2, "at line "),
        (&["trace", &family], 2, "chess"),
        (&["trace", "crafter", "--actions", &actions], 2, "actions.txt:2"),
        (&["trace", "crafter", "--actions", "/nowhere"], 1, "/nowhere"),
        (&["trace", "crafter", "--scenario", &json], 2, "bad.json"),
        (&["run", "crafter", "--steps", "9", "--scenario", &json, "-o", &run], 2, "bad.json: not JSON"),
        (
            &["run", "crafter", "--steps", "9", "--num-envs", "2", "--seed", last, "-o", &run],
            2,
            "it can be at most 9223372036854775806",
        ),
        (&["trace", "crafter", "--seed", "9223372036854775808"], 2, "does not lie from"),
        (&["run", "crafter", "--agent-seed", "9223372036854775808"], 2, "is more than 9223372036854775807"),
        (&["trace", "MiniGrid-Empty-5x5-v0", "--area", "3", "3"], 2, "size"),
        (&["run", "crafter", "--num-envs", "4", "--record", "4"], 2, "--record 4"),
        (&["run", "crafter", "--steps", "ten"], 2, "ten"),
        (&["run", "--resume", "/nowhere"], 2, "/nowhere is no folder"),
        (&["bench", "crafter", "--backend", "gpu", "--adapter", "no such card"], 4, "adapter"),
        (&["bench", "crafter", "--backend", "cpu", "--adapter", "0"], 2, "--adapter"),
        (&["fly"], 2, "fly"),
    ];
    for (args, expected, names) in cases {
        let (code, out, err) = outcome(args);
        assert_eq!(code, expected, "{args:?}: {out}{err}");
        assert!(err.contains(names) && !err.contains("panicked"), "{args:?}: {err}");
    }
}

#[test]
fn results_go_to_stdout_and_only_results() {
    let (code, out, err) = outcome(&[
        "run",
        "gridlab/four-rooms",
        "--num-envs",
        "2",
        "--steps",
        "100",
        "--json",
        "-q",
        "-o",
        &Folder::new("json").join("run"),
    ]);
    assert_eq!((code, err.as_str()), (0, ""));
    let summary: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    for field in [
        "env",
        "agent",
        "backend",
        "adapter",
        "stream",
        "worlds",
        "num_envs",
        "steps",
        "episodes",
        "seconds",
        "steps_per_s",
        "success_rates",
        "crafter_score",
        "mean_length",
        "mean_return",
        "mean_achievements",
        "coverage",
        "checksum",
        "versions",
        "with_open",
    ] {
        assert!(summary.get(field).is_some(), "{field}");
    }
    assert_eq!(summary["steps"], 100);
}

#[test]
fn every_environment_shows_itself_and_loads_from_its_own_text() {
    let folder = Folder::new("envs");
    let (code, out, _) = outcome(&["envs", "ls"]);
    assert_eq!(code, 0);
    let ids: Vec<&str> = out.lines().collect();
    assert_eq!(ids.iter().filter(|id| id.starts_with("MiniGrid-")).count(), 76);
    for id in ["crafter", "MiniGrid-DoorKey-8x8-v0", "gridlab/klyubin-maze", "gridlab/deep-sea-7"] {
        let (code, out, err) = outcome(&["envs", "show", id]);
        assert!(code == 0 && out.contains("Observation"), "{id}: {err}");
        let (_, text, _) = outcome(&["envs", "show", id, "--toml"]);
        let path = folder.join("copy.toml");
        std::fs::write(&path, text).expect("written");
        let lines = |env: &str| outcome(&["trace", env, "--steps", "30", "--seed", "4"]).1;
        assert_eq!(lines(id), lines(&path), "{id}");
        assert!(!lines(id).is_empty());
    }
}

#[test]
fn the_doctor_finds_this_machine_well() {
    let (code, out, err) = outcome(&["doctor"]);
    assert!(code == 0 && out.contains("ok"), "{out}{err}");
}

//! No recorded row is lost: killed runs, full disks, damaged and foreign files.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

/// A temporary folder, deleted at the end.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("explorarium-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a folder");
        Folder(path)
    }

    pub fn join(&self, name: &str) -> String {
        self.0.join(name).to_string_lossy().into_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub fn program(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_explorarium"));
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // As on a server. Without a desktop Mesa's layers print to stderr, and the program must not show that.
    command.env_remove("XDG_RUNTIME_DIR");
    command
}

/// Runs the program to its end. Returns (exit code, stdout, stderr).
pub fn outcome(args: &[&str]) -> (i32, String, String) {
    let Output { status, stdout, stderr } = program(args).output().expect("the program starts");
    (status.code().unwrap_or(-1), String::from_utf8_lossy(&stdout).into_owned(), String::from_utf8_lossy(&stderr).into_owned())
}

pub fn summary(folder: &str) -> serde_json::Value {
    let text = std::fs::read_to_string(Path::new(folder).join("summary.json")).expect("a summary");
    serde_json::from_str(&text).expect("JSON")
}

/// Returns the rows of all parts, in order, as text.
pub fn rows(folder: &str) -> Vec<String> {
    let parts = explorarium::traces::list(Path::new(folder)).expect("parts");
    let mut all = Vec::new();
    for part in parts {
        let rows = explorarium::traces::read(&part).expect("readable").rows;
        for k in 0..rows.num_rows() {
            all.push(format!("{:?}", rows.slice(k, 1)));
        }
    }
    all
}

const RUN: [&str; 9] = ["run", "crafter", "--num-envs", "16", "--steps", "320k", "--worlds", "pool:8", "--checkpoint"];

#[test]
fn a_run_killed_at_any_moment_ends_like_one_that_was_not() {
    let folder = Folder::new("kill");
    let whole = folder.join("whole");
    let (code, _, err) = outcome(&[&RUN[..], &["0.05", "-o", &whole]].concat());
    assert_eq!(code, 0, "{err}");
    let (expected, expected_rows) = (summary(&whole), rows(&whole));
    let mut killed = 0;
    // The run is killed as soon as this file exists: before the first checkpoint, then later each time.
    for (k, moment) in ["run.toml", "traces/part-00000.parquet", "traces/part-00002.parquet", "traces/part-00004.parquet"]
        .into_iter()
        .enumerate()
    {
        let cut = folder.join(&format!("cut{k}"));
        let mut child = program(&[&RUN[..], &["0.05", "-o", &cut]].concat()).spawn().expect("starts");
        while !Path::new(&cut).join(moment).exists() && child.try_wait().expect("asked").is_none() {
            std::thread::sleep(Duration::from_millis(2));
        }
        child.kill().expect("killed");
        child.wait().expect("gone");
        if Path::new(&cut).join("traces").read_dir().expect("traces").next().is_some() {
            let (code, out, err) = outcome(&["verify", &cut]);
            assert!(code == 0 || err.contains("no trace"), "finished parts are readable: {out}{err}");
        }
        killed += usize::from(!Path::new(&cut).join("summary.json").exists());
        let (code, _, err) = outcome(&["run", "--resume", &cut]);
        assert_eq!(code, 0, "{err}");
        let resumed = summary(&cut);
        for field in ["checksum", "steps", "episodes", "success_rates", "mean_return", "coverage", "with_open"] {
            assert_eq!(expected[field], resumed[field], "{field}, killed at {moment}");
        }
        let mut sorted = (expected_rows.clone(), rows(&cut));
        sorted.0.sort();
        sorted.1.sort();
        assert_eq!(sorted.0, sorted.1, "killed at {moment}");
        assert_eq!(outcome(&["verify", &cut]).0, 0);
    }
    assert!(killed >= 2, "the runs were too short to be killed");
}

#[test]
fn a_changed_value_is_found_and_named() {
    let folder = Folder::new("changed");
    let run = |name: &str, seed: &str| {
        let path = folder.join(name);
        let args =
            ["run", "crafter", "--num-envs", "2", "--steps", "200", "--worlds", "pool:2", "--agent-seed", seed, "-o", &path];
        assert_eq!(outcome(&args).0, 0);
        path
    };
    let (run, other) = (run("run", "0"), run("other", "1"));
    assert_eq!(outcome(&["verify", &run, &other]).0, 0);
    let (a, b) = (
        explorarium::traces::read(&first_part(&run)).expect("reads"),
        explorarium::traces::read(&first_part(&other)).expect("reads"),
    );
    assert_ne!(format!("{:?}", a.rows), format!("{:?}", b.rows), "agents with different seeds act differently");
    // The description inside the trace determines what is replayed; with another seed the world is another one.
    let mut meta = a.meta.clone();
    meta.seed += 1;
    let forged = PathBuf::from(folder.join("forged.parquet"));
    explorarium::traces::write_batch(&forged, &a.rows, Some(&meta)).expect("written");
    let (code, _, err) = outcome(&["verify", &forged.to_string_lossy()]);
    assert_eq!(code, 3, "{err}");
    assert!(err.contains("first difference") && err.contains("step"), "{err}");
}

fn first_part(run: &str) -> PathBuf {
    explorarium::traces::list(Path::new(run)).expect("parts").remove(0)
}

#[test]
fn damaged_and_foreign_files_are_refused_with_a_reason() {
    let folder = Folder::new("damaged");
    let run = folder.join("run");
    assert_eq!(outcome(&["run", "gridlab/four-rooms", "--num-envs", "2", "--steps", "400", "-o", &run]).0, 0);
    let good = std::fs::read(first_part(&run)).expect("reads");
    let bad = folder.join("bad.parquet");
    for (what, bytes) in [("cut off", &good[..good.len() / 2]), ("empty", &[][..]), ("foreign", &b"not parquet at all"[..])] {
        std::fs::write(&bad, bytes).expect("written");
        let (code, _, err) = outcome(&["verify", &bad]);
        assert_eq!(code, 3, "{what}: {err}");
        assert!(err.contains("bad.parquet"), "{what}: {err}");
    }
    let (code, _, err) = outcome(&["verify", &Path::new(&run).join("curves.parquet").to_string_lossy()]);
    assert!(code == 3 && err.contains("not a trace"), "{err}");
    assert_eq!(outcome(&["verify", &folder.join("nothing")]).0, 1);
    let checkpoint = Path::new(&run).join("checkpoint.bin");
    let mut bytes = std::fs::read(&checkpoint).expect("reads");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&checkpoint, bytes).expect("written");
    let (code, _, err) = outcome(&["run", "--resume", &run]);
    assert!(code == 3 && err.contains("damaged"), "{code} {err}");
}

#[test]
fn a_run_is_never_overwritten_by_accident() {
    let folder = Folder::new("overwrite");
    let run = folder.join("run");
    let args = ["run", "gridlab/four-rooms", "--num-envs", "2", "--steps", "100", "-o", &run];
    assert_eq!(outcome(&args).0, 0);
    let before = summary(&run);
    let (code, _, err) = outcome(&args);
    assert!(code == 2 && err.contains("--force"), "{code} {err}");
    assert_eq!(before, summary(&run));
    assert_eq!(outcome(&[&args[..], &["--force"]].concat()).0, 0);
    let other = folder.join("precious");
    std::fs::create_dir(&other).expect("made");
    std::fs::write(Path::new(&other).join("thesis.txt"), "years").expect("written");
    let (code, _, err) = outcome(&["run", "gridlab/four-rooms", "--steps", "100", "-o", &other, "--force"]);
    assert!(code == 2 && err.contains("thesis.txt"), "{err}");
    assert!(Path::new(&other).join("thesis.txt").exists());
}

/// Returns a folder on a file system of 256 KiB, if this user may mount one.
fn tiny(folder: &Folder) -> Option<String> {
    let path = folder.join("tiny");
    std::fs::create_dir(&path).expect("made");
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=256k", "tmpfs", &path]).stderr(Stdio::null()).status();
    mounted.is_ok_and(|status| status.success()).then_some(path)
}

#[test]
fn a_full_disk_ends_the_run_with_its_path_and_leaves_what_was_written() {
    let folder = Folder::new("full");
    // A user who may not mount gets a full disk at /dev/full, where not even a folder can be made.
    let (disk, mounted) = tiny(&folder).map_or(("/dev/full".to_string(), false), |path| (path, true));
    let run = format!("{disk}/run");
    let (code, _, err) = outcome(&[
        "run",
        "crafter",
        "--num-envs",
        "16",
        "--steps",
        "200k",
        "--worlds",
        "pool:4",
        "--checkpoint",
        "0.05",
        "--record",
        "0,1,2,3",
        "-o",
        &run,
    ]);
    let readable = !mounted || Path::new(&run).join("run.toml").exists();
    let parts = if mounted { explorarium::traces::list(Path::new(&run)).unwrap_or_default() } else { Vec::new() };
    let broken: Vec<_> = parts.iter().filter(|part| explorarium::traces::read(part).is_err()).collect();
    let unmounted = !mounted || Command::new("umount").arg(&disk).status().is_ok_and(|s| s.success());
    assert_eq!(code, 1, "{err}");
    assert!(err.contains(&disk) && !err.contains("panick"), "{err}");
    assert!(readable && unmounted && broken.is_empty(), "{broken:?}");
}

#[test]
fn a_closed_pipe_is_no_error() {
    let mut child = program(&["trace", "gridlab/four-rooms", "--steps", "100000"]).spawn().expect("starts");
    drop(child.stdout.take());
    assert_eq!(child.wait().expect("ends").code(), Some(0));
}

#[test]
fn an_interrupted_run_says_how_to_go_on() {
    let folder = Folder::new("interrupt");
    let run = folder.join("run");
    let mut child = program(&["run", "crafter", "--num-envs", "16", "--steps", "10M", "--worlds", "pool:4", "-o", &run])
        .spawn()
        .expect("starts");
    while !Path::new(&run).join("run.toml").exists() && child.try_wait().expect("asked").is_none() {
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(300));
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill runs");
    let done = child.wait_with_output().expect("ends");
    let err = String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.code(), Some(130), "{err}");
    assert!(err.contains("--resume"), "{err}");
    assert_eq!(outcome(&["verify", &run]).0, 0);
}

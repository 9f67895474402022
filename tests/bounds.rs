//! Sizes, times and numbers out of bounds are refused at once with the bound, before memory is taken or files are made or written.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::files::{Folder, outcome, program};

/// Maximum time of a refusal, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// KiB of address space for a program that must refuse.
const CAP: u32 = 6 << 20;

/// Runs the program with limited memory. Returns (exit code, stderr); the code is None if the program was stopped or killed.
fn refused(args: &[&str]) -> (Option<i32>, String) {
    let mut command = if cfg!(unix) {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("ulimit -v {CAP}; exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_explorarium")]).args(args);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).env_remove("XDG_RUNTIME_DIR");
        command
    } else {
        program(args)
    };
    let mut child = command.spawn().expect("starts");
    let begun = Instant::now();
    let code = loop {
        match child.try_wait().expect("asked") {
            Some(status) => break status.code(),
            None if begun.elapsed() > PATIENCE => {
                child.kill().expect("stopped");
                break None;
            }
            None => std::thread::sleep(Duration::from_millis(10)),
        }
    };
    let done = child.wait_with_output().expect("ended");
    (code, String::from_utf8_lossy(&done.stderr).into_owned())
}

fn check(cases: &[(&[&str], i32, &str)]) {
    for (args, expected, names) in cases {
        let (code, err) = refused(args);
        assert_eq!(code, Some(*expected), "{args:?}: {err}");
        assert!(err.contains(names) && !err.contains("panicked"), "{args:?}: {err}");
    }
}

#[test]
fn what_does_not_fit_into_memory_is_refused_with_what_would() {
    let folder = Folder::new("room");
    let run = folder.join("run");
    let slots = ["--bonus", "count", "--set", "bonus.count.scope=episode", "--set", "bonus.count.slots=67108864"];
    let of = |more: &[&'static str]| [&["run", "--backend", "cpu", "-q", "--steps", "100"][..], more].concat();
    let run_cases: [(Vec<&str>, &str); 5] = [
        (of(&["--num-envs", "1e9"]), "fit: take fewer instances"),
        (of(&["--num-envs", "4294967295", "--worlds", "pool:4"]), "fit: take fewer instances"),
        (of(&["--num-envs", "1e19"]), "too large"),
        (of(&["--worlds", "pool:4294967295"]), "fit: take a smaller pool"),
        (of(&slots), "most of it for bonus memory"),
    ];
    for (args, names) in &run_cases {
        let (code, err) = refused(&[&args[..], &["-o", &run]].concat());
        assert!(matches!(code, Some(1 | 2)) && err.contains(names), "{args:?}: {code:?} {err}");
        assert!(!Path::new(&run).exists(), "{args:?} left a folder");
    }
    check(&[
        (&["bench", "--backend", "cpu", "--num-envs", "1e9"], 1, "fit: take fewer instances"),
        (&["bench", "--backend", "cpu", "--worlds", "pool:4294967295"], 1, "fit: take a smaller pool"),
    ]);
    // The program uses the amount of memory that the user sets.
    let little = program(&["bench", "--backend", "cpu", "--num-envs", "1000", "--seconds", "0.01", "--repeats", "1"])
        .env("EXPLORARIUM_MEMORY", "1M")
        .output()
        .expect("starts");
    let err = String::from_utf8_lossy(&little.stderr);
    assert!(little.status.code() == Some(1) && err.contains("EXPLORARIUM_MEMORY"), "{err}");
}

#[test]
fn files_without_end_and_pictures_without_bounds_are_refused() {
    let folder = Folder::new("endless");
    std::fs::write(folder.join("stone.png"), png_header(60_000, 60_000)).expect("written");
    let tiles = folder.join("");
    check(&[(&["trace", "crafter", "--steps", "1", "--pixels", "--textures", &tiles], 2, "at most 4096 x 4096")]);
    if cfg!(unix) {
        let world = folder.join("endless.toml");
        std::os::unix::fs::symlink("/dev/zero", &world).expect("linked");
        check(&[
            (&["run", "--config", "/dev/zero"], 3, "/dev/zero: longer than"),
            (&["run", "--scenario", "/dev/zero", "-o", &folder.join("run")], 3, "/dev/zero: longer than"),
            (&["trace", &world], 2, "longer than"),
            (&["trace", "crafter", "--scenario", "/dev/zero"], 3, "longer than"),
        ]);
    }
}

/// Returns the beginning of a PNG whose header has this size.
fn png_header(width: u32, height: u32) -> Vec<u8> {
    let mut chunk = b"IHDR".to_vec();
    chunk.extend(width.to_be_bytes());
    chunk.extend(height.to_be_bytes());
    chunk.extend([8, 6, 0, 0, 0]);
    let crc = super::mutated::crc32(&chunk);
    [&b"\x89PNG\r\n\x1a\n\0\0\0\x0d"[..], &chunk, &crc.to_be_bytes()].concat()
}

#[test]
fn numbers_that_cannot_be_meant_are_refused_with_their_bounds() {
    let world = "gridlab/four-rooms";
    let bench = |option: &'static str, value: &'static str| ["bench", "--backend", "cpu", world, option, value];
    for value in ["nan", "inf", "1e308", "-1", "0"] {
        check(&[(&bench("--seconds", value), 2, "is not from 0.001 to 3600")]);
    }
    check(&[
        (&bench("--repeats", "1e15"), 2, "is not from 1 to 1000"),
        (&bench("--repeats", "0"), 2, "is not from 1 to 1000"),
        (&bench("--repeats", "18446744073709551615"), 2, "is not from 1 to 1000"),
        (&bench("--threads", "1e15"), 2, "is not from 1 to"),
        (&bench("--threads", "1000000"), 2, "is not from 1 to"),
        (&["run", world, "--steps", "18446744073709551615"], 2, "is not from 1 to 9007199254740992"),
        (&["run", world, "--steps", "0"], 2, "is not from 1 to 9007199254740992"),
        (&["run", world, "--checkpoint", "-1"], 2, "is not from 0 to"),
        (&["run", world, "--checkpoint", "nan"], 2, "is not from 0 to"),
        (&["run", world, "--checkpoint", "1e308"], 2, "is not from 0 to"),
    ]);
}

#[test]
fn a_config_says_what_is_wrong_with_it_and_is_no_command() {
    let folder = Folder::new("config");
    let path = folder.join("my.toml");
    let cases = [
        ("steps = false", "steps = false is no text"),
        ("steps = 'ten'", "[run]: invalid value 'ten'"),
        ("env = '--help'", "unknown environment '--help'"),
        ("env = '--version'", "unknown environment '--version'"),
        ("area = ['--help', '3']", "cannot be meant"),
        ("picture_noise = 3", "neither true nor false"),
        ("agent = '--help'", "my.toml: [run]"),
        ("threads = 1000000", "is not from 1 to"),
    ];
    for (text, names) in cases {
        std::fs::write(&path, format!("[run]\n{text}\n")).expect("written");
        let (code, out, err) = outcome(&["run", "--config", &path, "-o", &folder.join("run")]);
        assert_eq!((code, out.as_str()), (2, ""), "{text}: {err}");
        assert!(err.contains(names), "{text}: {err}");
    }
}

#[test]
fn adapters_that_are_asked_for_have_to_be_there() {
    let folder = Folder::new("adapters");
    let run = folder.join("run");
    assert_eq!(outcome(&["run", "gridlab/four-rooms", "--num-envs", "2", "--steps", "20", "-o", &run, "-q"]).0, 0);
    check(&[
        (&["doctor", "--backend", "gpu", "--adapter", "no such card"], 4, "adapter"),
        (&["doctor", "--adapter", "no such card"], 4, "adapter"),
        (&["doctor", "--backend", "cpu", "--adapter", "0"], 2, "--adapter"),
        (&["verify", &run, "--adapter", "no such card"], 2, "uses no graphics adapter"),
        (&["measure", &run, "--backend", "gpu"], 2, "uses no graphics adapter"),
        (&["envs", "ls", "--backend", "cpu", "--adapter", "0"], 2, "--adapter"),
    ]);
    // No driver at all: the loader finds no manifest of a Vulkan driver.
    let none = program(&["doctor", "--backend", "gpu", "-q"])
        .env("VK_DRIVER_FILES", "/nowhere.json")
        .env("VK_ICD_FILENAMES", "/nowhere.json")
        .output();
    let none = none.expect("starts");
    let out = String::from_utf8_lossy(&none.stdout);
    assert!(none.status.code() == Some(4) && out.contains("none found"), "{none:?}");
    let (code, out, err) = outcome(&["doctor", "--backend", "cpu"]);
    assert!(code == 0 && out.contains("not looked for") && err.is_empty(), "{out}{err}");
}

#[test]
fn drivers_say_nothing_unless_asked() {
    let folder = Folder::new("silent");
    let run = |name: &str, flag: &str| {
        let path = folder.join(name);
        let args = ["run", "gridlab/four-rooms", "--num-envs", "2", "--steps", "20", "-o", &path, flag];
        let done = program(&args).env_remove("XDG_RUNTIME_DIR").env_remove("WAYLAND_DISPLAY").output().expect("starts");
        assert_eq!(done.status.code(), Some(0));
        String::from_utf8_lossy(&done.stderr).into_owned()
    };
    assert_eq!(run("quiet", "-q"), "", "a headless machine is no error");
    // The program's own messages are printed.
    assert!(run("loud", "-v").contains("of 20 steps"));
}

#[test]
fn a_folder_to_go_on_in_is_asked_for_with_advice() {
    let folder = Folder::new("resume");
    std::fs::create_dir(folder.join("empty")).expect("made");
    check(&[
        (&["run", "--resume", "nope"], 2, "nope is no folder; --resume takes the folder"),
        (&["run", "--resume", &folder.join("empty")], 2, "stopped before it began"),
    ]);
}

#[test]
fn summaries_show_only_what_a_world_has() {
    let folder = Folder::new("shown");
    let shown = |world: &str, name: &str| {
        let path = folder.join(name);
        outcome(&["run", world, "--num-envs", "2", "--steps", "2", "--backend", "cpu", "-q", "-o", &path]).1
    };
    for world in ["gridlab/four-rooms", "MiniGrid-Empty-5x5-v0"] {
        let out = shown(world, world.split('/').next_back().expect("a name"));
        assert!(out.contains("mean length") && !out.contains("crafter score") && !out.contains("achievements"), "{out}");
    }
    assert!(shown("crafter", "crafter").contains("crafter score        none yet"));
    let (_, help, _) = outcome(&["run", "--help"]);
    assert!(help.split_whitespace().collect::<Vec<_>>().join(" ").contains("MiniGrid's reward for success"), "{help}");
}

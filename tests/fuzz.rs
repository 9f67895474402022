//! Every input is accepted or refused: mutated rulesets of every family, scenarios, arrays, settings and numbers. No input causes a panic,
//! an endless loop or unbounded memory.
//!
//! The readers run in a separate process with bounded address space, which is killed if it takes too long. In total they take 12 seconds,
//! or the number of seconds in the environment variable `EXPLORARIUM_FUZZ_SECONDS`. Cases follow from a fixed seed.

mod mutations;
mod readers;

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::files::Folder;
use mutations::mutated;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

const SECONDS: f64 = 12.0;
/// The file to which the process of the readers writes its current input. The variable is set in that process only.
const CASE: &str = "EXPLORARIUM_FUZZ_CASE";
/// Address space of the readers, in KiB.
const MAX_KIB: u64 = 4 << 20;
/// Seconds that a reader may take longer than its share.
const PATIENCE: f64 = 60.0;

fn seconds() -> f64 {
    std::env::var("EXPLORARIUM_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(SECONDS)
}

#[test]
#[cfg(unix)]
fn whatever_is_written_is_read_or_refused() {
    let folder = Folder::new("fuzz");
    let case = folder.join("case");
    let program = std::env::current_exe().expect("this program");
    let mut child = Command::new("sh")
        .args([
            "-c",
            &format!("ulimit -v {MAX_KIB}; exec \"$0\" fuzz::readers_take_their_turns --exact --nocapture --test-threads 1"),
        ])
        .arg(&program)
        .env(CASE, &case)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a shell");
    let (begun, limit) = (Instant::now(), Duration::from_secs_f64(seconds() + PATIENCE));
    let ended = loop {
        match child.try_wait().expect("a child") {
            Some(status) => break Some(status),
            None if begun.elapsed() > limit => break None,
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    if ended.is_none() {
        child.kill().expect("ended");
    }
    let output = child.wait_with_output().expect("its output");
    let read = std::fs::read(&case).unwrap_or_default();
    print!("{}", String::from_utf8_lossy(&output.stdout));
    assert!(
        ended.is_some_and(|status| status.success()),
        "{ended:?} (none: it took too long) while it read\n{}\n{}{}",
        String::from_utf8_lossy(&read),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// The work of the process that the test above starts. In any other process this does nothing.
#[test]
fn readers_take_their_turns() {
    let Some(case) = std::env::var_os(CASE).map(PathBuf::from) else { return };
    let readers = readers::all();
    let share = Duration::from_secs_f64(seconds() / readers.len() as f64);
    for (k, (name, corpus, read)) in readers.into_iter().enumerate() {
        for text in &corpus {
            assert!(read(text, &case), "{name}: what is mutated is well formed:\n{}", String::from_utf8_lossy(text));
        }
        let (strategy, begun, mut rounds) = (mutated(corpus), Instant::now(), 0u64);
        while begun.elapsed() < share {
            // A runner can run its cases only once, so each round makes a new one.
            let mut seed = [k as u8 + 1; 32];
            seed[..8].copy_from_slice(&rounds.to_le_bytes());
            let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
            let config = Config { cases: 20, failure_persistence: None, max_shrink_iters: 500, ..Config::default() };
            let mut runner = TestRunner::new_with_rng(config, rng);
            let outcome = runner.run(&strategy, |text| {
                std::fs::write(&case, &text).map_err(|e| TestCaseError::fail(e.to_string()))?;
                read(&text, &case);
                Ok(())
            });
            if let Err(failed) = outcome {
                panic!("{name}: {failed}");
            }
            rounds += 1;
        }
        println!("\nmutated texts of {name}: {} tried", 20 * rounds);
    }
}

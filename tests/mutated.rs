//! Readers get mutated files. Each file is read or refused with a reason; none causes a panic, a hang or
//! more than a fixed amount of memory.
//!
//! The test starts itself again as a process under `ulimit -v`, because an abort would end the test too, and kills the process if it
//! hangs. The last file tried stays in the folder that a failure names. `EXPLORARIUM_FUZZ_SECONDS` sets the duration.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use explorarium::envs::{Options, load};
use explorarium::runs::{self, FolderClaim, Plan, Prepared, Progress, Report, RunSettings, SweepPlan};
use explorarium::shaders::shared::hash::hash_words;
use explorarium::sim::{Batch, Config, SNAPSHOT_VERSION, Worlds};
use explorarium::traces::cursor::{Cursor, CursorOptions};
use explorarium::{Error, envs};
use proptest::prelude::*;
use proptest::test_runner::{Config as Cases, RngAlgorithm, TestRng, TestRunner};

use super::files::{Folder, outcome};
use mutation::{Mutation, mutated, mutations};

mod mutation;

const NAME: &str = "mutated::readers_take_no_harm_from_mutated_files";
const CHILD: &str = "EXPLORARIUM_FUZZ_FOLDER";
/// Address space of the process, in KiB.
const CAP: u32 = 4 << 20;
/// Seconds that one file may take.
const PATIENCE: f64 = 30.0;

fn seconds() -> f64 {
    std::env::var("EXPLORARIUM_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(8.0)
}

/// The result of a file that was read: it is equal when written again, or that cannot be checked.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Came {
    Equal,
    Read,
}

type Tried = Result<Came, Error>;

/// Reads bytes and returns the result.
type Read = Box<dyn Fn(&[u8]) -> Tried>;

/// A reader, the files that it gets, and a function that makes the hash of a mutated file fit again.
struct Reader {
    name: &'static str,
    corpus: Vec<Vec<u8>>,
    read: Read,
    mend: fn(&mut Vec<u8>),
}

#[test]
fn readers_take_no_harm_from_mutated_files() {
    if let Some(folder) = std::env::var_os(CHILD) {
        return try_all(Path::new(&folder));
    }
    let folder = Folder::new("mutated");
    let at = folder.join("");
    let own = std::env::current_exe().expect("this test");
    let mut command = if cfg!(unix) { Command::new("sh") } else { Command::new(&own) };
    if cfg!(unix) {
        command.args(["-c", &format!("ulimit -v {CAP}; exec \"$0\" \"$@\"")]).arg(&own);
    }
    command.args([NAME, "--exact", "--nocapture", "--test-threads", "1"]).env(CHILD, &at).stdin(Stdio::null());
    let out = PathBuf::from(folder.join("out.txt"));
    let log = || std::fs::File::options().create(true).append(true).open(&out).expect("a log");
    let mut child = command.stdout(log()).stderr(log()).spawn().expect("starts");
    let last = Instant::now() + Duration::from_secs_f64(seconds() * 3.0 + 240.0);
    let code = loop {
        match child.try_wait().expect("asked") {
            Some(status) => break status.code(),
            None if Instant::now() > last => {
                child.kill().expect("stopped");
                break None;
            }
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    let text = std::fs::read_to_string(&out).unwrap_or_default();
    if code != Some(0) {
        let tail: Vec<&str> = text.lines().rev().take(40).collect();
        std::mem::forget(folder);
        panic!("{code:?}; the last file is in {at}\n{}", tail.into_iter().rev().collect::<Vec<_>>().join("\n"));
    }
    println!();
    text.lines().filter(|line| line.starts_with("mutated ")).for_each(|line| println!("{line}"));
    assert!(text.contains("mutated checkpoint.bin:") && text.contains("mutated textures:"), "{text}");
}

fn try_all(folder: &Path) {
    // The test's name, which is printed before, has no line end.
    println!();
    let readers = readers(folder);
    let each = seconds() / readers.len() as f64;
    for (k, reader) in readers.iter().enumerate() {
        // Every reader accepts its files as they are.
        for bytes in &reader.corpus {
            (reader.read)(bytes).unwrap_or_else(|e| panic!("{}: {e}", reader.name));
        }
        let tally = try_one(reader, k as u8, each, &folder.join("last"));
        let [refused, equal, read] = tally;
        assert!(refused > 0, "{}: nothing was refused", reader.name);
        println!(
            "mutated {}: {} tried, {refused} refused, {equal} read and equal when written again, {read} read; no panic, no hang, below {} MiB",
            reader.name,
            refused + equal + read,
            CAP >> 10
        );
    }
}

/// Returns how many files were refused, how many were read and equal, and how many were read.
fn try_one(reader: &Reader, k: u8, seconds: f64, last: &Path) -> [u64; 3] {
    let tally = std::cell::RefCell::new([0; 3]);
    let begun = Instant::now();
    let mut seed = [k; 32];
    while begun.elapsed().as_secs_f64() < seconds {
        seed[1] = seed[1].wrapping_add(1);
        seed[2] = seed[2].wrapping_add(u8::from(seed[1] == k));
        let cases = Cases { cases: 16, failure_persistence: None, max_shrink_iters: 300, ..Cases::default() };
        let mut runner = TestRunner::new_with_rng(cases, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
        let n = reader.corpus.len();
        let strategy = (0..n, 0..n, mutations(), prop::bool::weighted(0.7));
        let done = runner.run(&strategy, |(which, other, changes, mend)| {
            let bytes = changed(reader, which, other, &changes, mend);
            std::fs::write(last, &bytes).expect("written");
            let start = Instant::now();
            let came = (reader.read)(&bytes);
            let took = start.elapsed().as_secs_f64();
            prop_assert!(took < PATIENCE, "{took} s");
            if !mend && bytes != reader.corpus[which] && came.is_ok() {
                prop_assert!(!reader.is_hashed(), "a changed file was taken");
            }
            let mut tally = tally.borrow_mut();
            match came {
                Err(error) => {
                    prop_assert!(!error.to_string().is_empty());
                    tally[0] += 1;
                }
                Ok(Came::Equal) => tally[1] += 1,
                Ok(Came::Read) => tally[2] += 1,
            }
            Ok(())
        });
        done.unwrap_or_else(|e| panic!("{}: {e}", reader.name));
    }
    tally.into_inner()
}

fn changed(reader: &Reader, which: usize, other: usize, changes: &[Mutation], mend: bool) -> Vec<u8> {
    let mut bytes = mutated(&reader.corpus[which], &reader.corpus[other], changes);
    if mend {
        (reader.mend)(&mut bytes);
    }
    bytes
}

impl Reader {
    /// Whether a hash in the file covers all of it.
    fn is_hashed(&self) -> bool {
        matches!(self.name, "checkpoint.bin" | "snapshots")
    }
}

const WORLD: &str = "gridlab/four-rooms";

fn readers(folder: &Path) -> Vec<Reader> {
    let text = folder.join("run").to_string_lossy().into_owned();
    let run = |agent: &str, bonus: &str, name: &str| {
        let at = format!("{text}-{name}");
        let sweep: &[&str] = if name == "sweep" { &["--seeds", "0..1"] } else { &[] };
        let args = ["run", WORLD, "--backend", "cpu", "--num-envs", "3", "--steps", "90", "--agent", agent, "--bonus", bonus];
        let (code, _, err) = outcome(&[&args[..], &["-q", "-o", &at], sweep].concat());
        assert_eq!(code, 0, "{err}");
        PathBuf::from(at)
    };
    let folders = [run("random", "count,knn", "random"), run("go-explore", "none", "go"), run("ucb-q", "none", "q")];
    let swept = run("random", "none", "sweep");
    let files = |name: &str| folders.iter().map(|folder| std::fs::read(folder.join(name)).expect("there")).collect::<Vec<_>>();
    let (scratch, sweep) = (folder.join("scratch"), folder.join("sweep"));
    std::fs::create_dir_all(scratch.join("traces")).expect("made");
    std::fs::create_dir_all(&sweep).expect("made");
    vec![
        checkpoints(&folders, files("checkpoint.bin"), scratch.clone()),
        snapshots(),
        plans(files("run.toml"), scratch.join("run.toml")),
        sweeps(vec![std::fs::read(swept.join("sweep.toml")).expect("there")], sweep),
        textures(folder.join("tiles")),
        traces(files("traces/part-00000.parquet"), folder.join("trace.parquet")),
    ]
}

/// Opens a mutated recording and reads it. Also reads an open recording whose file becomes the mutated one.
fn traces(corpus: Vec<Vec<u8>>, path: PathBuf) -> Reader {
    let originals = corpus.clone();
    let read = move |bytes: &[u8]| {
        let alike = |original: &&Vec<u8>| original.iter().zip(bytes).take_while(|(a, b)| a == b).count();
        std::fs::write(&path, originals.iter().max_by_key(alike).expect("some")).expect("written");
        let mut cursor = Cursor::open(&path, &CursorOptions::default())?;
        std::fs::write(&path, bytes).expect("written");
        // A row that is no longer in the file causes an error, or was read before.
        let _ = look_around(&mut cursor);
        let _ = cursor.refresh();
        look_around(&mut Cursor::open(&path, &CursorOptions::default())?).map(|()| Came::Read)
    };
    Reader { name: "traces", corpus, read: Box::new(read), mend: |_| {} }
}

fn look_around(cursor: &mut Cursor) -> Result<(), Error> {
    for instance in cursor.instances().take(3).collect::<Vec<_>>() {
        for row in [cursor.rows(instance)? - 1, 0, 7] {
            cursor.seek_row(instance, row)?;
            cursor.recorded()?;
            cursor.agreement()?;
            cursor.picture()?;
            cursor.seek_nearest(instance, row)?;
        }
        cursor.wait_for_keyframes()?;
        cursor.bonus_values()?;
    }
    Ok(())
}

struct Nobody;

impl Progress for Nobody {
    fn report(&mut self, _: &Report) {}
}

/// Resumes a run from the file and stops it before its first step. The run's own plan is used.
fn checkpoints(folders: &[PathBuf], corpus: Vec<Vec<u8>>, scratch: PathBuf) -> Reader {
    let plans: Vec<Plan> = folders.iter().map(|folder| Plan::load(&folder.join("run.toml")).expect("a plan")).collect();
    let (originals, folders) = (corpus.clone(), folders.to_vec());
    let read = move |bytes: &[u8]| {
        // Each file is given to the run whose checkpoint it is most like at its beginning.
        let alike = |k: &usize| originals[*k].iter().zip(bytes).take_while(|(a, b)| a == b).count();
        let k = (0..plans.len()).max_by_key(alike).expect("some");
        copy(&folders[k], &scratch);
        std::fs::write(scratch.join("checkpoint.bin"), bytes).expect("written");
        let mut claim = FolderClaim::reopen(&scratch)?;
        runs::run(
            &plans[k],
            Prepared::new(&plans[k])?,
            &mut claim,
            &RunSettings { gpu: None, resume: true, pace: None },
            &mut Nobody,
            &AtomicBool::new(true),
        )
        .map(|_| Came::Read)
    };
    Reader { name: "checkpoint.bin", corpus, read: Box::new(read), mend: |bytes| mend_words(bytes, 0) }
}

/// Makes `to` a copy of the run in `from`, because reading a checkpoint may change the files beside it.
fn copy(from: &Path, to: &Path) {
    let _ = std::fs::remove_dir_all(to);
    for part in ["", "traces"] {
        std::fs::create_dir_all(to.join(part)).expect("made");
        for entry in std::fs::read_dir(from.join(part)).expect("a run").flatten().filter(|entry| entry.path().is_file()) {
            std::fs::copy(entry.path(), to.join(part).join(entry.file_name())).expect("copied");
        }
    }
}

/// Replaces the hash at the end by that of the words before it.
fn mend_words(bytes: &mut Vec<u8>, seed: u32) {
    bytes.truncate(bytes.len() / 4 * 4);
    let Some(at) = bytes.len().checked_sub(8) else { return };
    let words: Vec<u32> = bytes[..at].chunks_exact(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
    let hash = hash_words(seed, &words).to_le_bytes();
    bytes[at..].copy_from_slice(&hash);
}

fn snapshots() -> Reader {
    let batch = |id: &str| {
        let world = load(id, &Options::default()).expect("built in");
        Batch::new(world, Config { num_envs: 1, worlds: Worlds::Pool(1), ..Config::default() }).expect("small")
    };
    let mut batches = [batch("crafter"), batch("MiniGrid-DoorKey-5x5-v0"), batch(WORLD)];
    let corpus = batches.iter_mut().map(|batch| batch.snapshot(0).expect("one")).collect();
    let batches = std::cell::RefCell::new(batches);
    let read = move |bytes: &[u8]| {
        let mut outcomes = Vec::new();
        for batch in batches.borrow_mut().iter_mut() {
            let before = batch.snapshot(0)?;
            let restored = batch.restore(0, bytes);
            let after = batch.snapshot(0)?;
            let expected = if restored.is_ok() { bytes } else { &before[..] };
            // assert_eq would print all these bytes.
            assert!(after == expected, "restored neither whole nor left alone: {restored:?}");
            batch.restore(0, &before)?;
            outcomes.push(restored);
        }
        match outcomes.iter().any(Result::is_ok) {
            true => Ok(Came::Equal),
            false => outcomes.into_iter().next().unwrap_or(Ok(())).map(|()| Came::Equal),
        }
    };
    Reader { name: "snapshots", corpus, read: Box::new(read), mend: |bytes| mend_words(bytes, SNAPSHOT_VERSION) }
}

/// Reads a plan and makes the batch that it describes, if that is small.
fn plans(corpus: Vec<Vec<u8>>, path: PathBuf) -> Reader {
    let read = move |bytes: &[u8]| {
        std::fs::write(&path, bytes).expect("written");
        let plan = Plan::load(&path)?;
        let prepared = Prepared::new(&plan)?;
        prepared.check_room(&plan, None)?;
        prepared.meta(&plan)?;
        let config = plan.config()?;
        let pool = if let Worlds::Pool(n) = config.worlds { n as usize } else { 0 };
        if config.num_envs.max(pool) <= 256 {
            Batch::new(prepared.world, config)?;
        }
        // The texts are compared, because NaN is not equal to itself.
        let again = path.with_extension("again");
        plan.save(&again)?;
        let first = std::fs::read(&again).expect("written");
        Plan::load(&again)?.save(&again)?;
        assert!(first == std::fs::read(&again).expect("written"), "written as another plan");
        Ok(Came::Equal)
    };
    Reader { name: "run.toml", corpus, read: Box::new(read), mend: |_| {} }
}

fn sweeps(corpus: Vec<Vec<u8>>, folder: PathBuf) -> Reader {
    let read = move |bytes: &[u8]| {
        std::fs::write(folder.join(runs::SWEEP), bytes).expect("written");
        let sweep = SweepPlan::load(&folder)?;
        sweep.seeds.iter().try_for_each(|seed| sweep.of(*seed).map(|_| ()))?;
        sweep.plan.world()?;
        Ok(Came::Read)
    };
    Reader { name: "sweep.toml", corpus, read: Box::new(read), mend: |_| {} }
}

/// Reads the project's own tiles, one of which is changed.
fn textures(folder: PathBuf) -> Reader {
    std::fs::create_dir_all(&folder).expect("made");
    let tiles = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/crafter");
    for tile in std::fs::read_dir(tiles).expect("tiles").map(|entry| entry.expect("a tile").path()) {
        if tile.extension().is_some_and(|e| e == "png") {
            std::fs::copy(&tile, folder.join(tile.file_name().expect("a name"))).expect("copied");
        }
    }
    let corpus =
        ["grass.png", "player-left.png", "unknown.png"].map(|name| std::fs::read(folder.join(name)).expect("a tile")).to_vec();
    let read = move |bytes: &[u8]| {
        std::fs::write(folder.join("grass.png"), bytes).expect("written");
        let options = Options { pixels: true, textures: Some(folder.clone()), ..Options::default() };
        let world: Result<Arc<dyn envs::World>, Error> = load("crafter", &options).map_err(Error::from);
        world.map(|_| Came::Read)
    };
    Reader { name: "textures", corpus, read: Box::new(read), mend: |bytes| mend_png(bytes) }
}

/// Writes the right checksum after every chunk.
fn mend_png(bytes: &mut [u8]) {
    let mut at = 8;
    while let Some(head) = bytes.get(at..at + 4) {
        let len = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let end = at.saturating_add(8).saturating_add(len);
        let Some(chunk) = bytes.get(at + 4..end) else { return };
        let crc = crc32(chunk).to_be_bytes();
        let Some(place) = bytes.get_mut(end..end + 4) else { return };
        place.copy_from_slice(&crc);
        at = end + 4;
    }
}

/// Returns the checksum of a PNG chunk.
pub fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

//! Runs that go on from recorded play.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use explorarium::agents::Random;
use explorarium::envs::{Options, World, load};
use explorarium::error::Error;
use explorarium::runs::{self, FolderClaim, Outcome, Progress, Report, RunSettings, Sequel};
use explorarium::shaders::shared::chance::Chance;
use explorarium::shaders::shared::keyed::Keyed;
use explorarium::sim::{Batch, Config, Prefixes, ResetMode, Row};
use explorarium::traces::cursor::{Agreement, CursorOptions};
use explorarium::traces::{Cursor, Meta, verify, write};

use super::cursor::{meta, record};
use super::files::{Folder, outcome};

/// Rows of recorded play that goes on for some hundred steps: worlds, random streams, reset modes.
fn worlds() -> Vec<(Arc<dyn World>, Options, ResetMode)> {
    [
        ("crafter", false, ResetMode::SameStep),
        ("crafter", true, ResetMode::NextStep),
        ("MiniGrid-DoorKey-5x5-v0", false, ResetMode::SameStep),
        ("MiniGrid-Dynamic-Obstacles-6x6-v0", false, ResetMode::NextStep),
        ("gridlab/keys", true, ResetMode::SameStep),
    ]
    .map(|(id, keyed, reset)| {
        let options = Options { keyed, ..Options::default() };
        (load(id, &options).expect("loads"), options, reset)
    })
    .to_vec()
}

/// Everything of a row but when the batch took it and which instance it is.
fn told(row: &Row) -> Row {
    Row { batch_step: 0, instance: 0, ..row.clone() }
}

/// Plays the rows of instance 0 after the first one on, as they were recorded, and returns the rows.
fn go_on(world: &Arc<dyn World>, config: Config, rows: &[Row]) -> Vec<Row> {
    let mut batch = Batch::new(world.clone(), Config { num_envs: 1, record: vec![0], ..config }).expect("a batch");
    let mut told = batch.take_rows();
    while told.len() < rows.len() {
        // In `next-step` the action of a step that begins an episode is not used.
        batch.step(&[rows[told.len()].action.unwrap_or(0)]).expect("steps");
        told.extend(batch.take_rows());
    }
    told.truncate(rows.len());
    told
}

#[test]
fn what_goes_on_from_a_row_goes_on_as_recorded() {
    let folder = Folder::new("branches");
    for (world, options, reset) in worlds() {
        let id = world.spec().id.clone();
        let config = Config { num_envs: 3, seed: 5, reset, record: vec![2], ..Config::default() };
        let mut batch = Batch::new(world.clone(), config.clone()).expect("a batch");
        batch.advance(700, &Random::default()).expect("steps");
        let rows = batch.take_rows();
        let path = folder.join("play.parquet");
        let told_meta = Meta { reset: reset.to_string(), ..meta(&*world, &options, 5, config.worlds) };
        write(Path::new(&path), &*world, &told_meta, &rows).expect("written");
        let cursor = Cursor::open(Path::new(&path), &CursorOptions::default()).expect("opens");
        let mut dice = Keyed::new([4, 4], 4, 4, 4);
        let mut branched = 0;
        for _ in 0..8 {
            let row = dice.randint(rows.len() as u32 - 60) as usize;
            if rows[row].terminated || rows[row].truncated {
                let why = cursor.branch(2, row as u64).expect_err("an end").to_string();
                assert!(why.contains("go on from the step before"), "{why}");
                continue;
            }
            branched += 1;
            let branch = cursor.branch(2, row as u64).expect("a branch");
            assert_eq!((branch.seed, branch.position.step), (7, rows[row].step));
            let prefixes = Arc::new(Prefixes::one(0, &branch.actions));
            let again = go_on(&world, Config { seed: branch.seed, reset, prefixes, ..Config::default() }, &rows[row..]);
            let first = Row { action: None, reward: 0.0, plugin_values: Vec::new(), ..told(&rows[row]) };
            assert_eq!(told(&again[0]), first, "{id}, row {row}");
            let (again, recorded): (Vec<Row>, Vec<Row>) =
                again[1..].iter().zip(&rows[row + 1..]).map(|(a, b)| (told(a), told(b))).unzip();
            assert_eq!(again, recorded, "{id}, row {row}");
        }
        assert!(branched > 4, "{id}");
        // A step more or less leads elsewhere.
        let branch = cursor.branch(2, 600).or_else(|_| cursor.branch(2, 599)).expect("a branch");
        let prefixes = Arc::new(Prefixes::one(0, &branch.actions[1..]));
        let odd = go_on(&world, Config { seed: branch.seed, reset, prefixes, ..Config::default() }, &rows[600..]);
        assert_ne!(told(&odd[20]), told(&rows[620]), "{id}");
    }
}

struct Silent;

impl Progress for Silent {
    fn report(&mut self, _: &Report) {}
}

/// Runs the sequel of a row in a folder.
fn run(cursor: &Cursor, (instance, row): (u32, u64), sequel: &Sequel, folder: &Path) {
    let branch = cursor.branch(instance, row).expect("a branch");
    let (plan, prepared) = runs::branched(&branch, sequel).expect("a plan");
    let mut claim = FolderClaim::new(folder, false).expect("a folder");
    let how = RunSettings { gpu: None, resume: false, pace: None };
    let done = runs::run(&plan, prepared, &mut claim, &how, &mut Silent, &AtomicBool::new(false)).expect("a run");
    assert!(matches!(done, Outcome::Done(_)));
}

/// The world of a run's arguments.
fn name_of<'a>(args: &[&'a str]) -> &'a str {
    args[0]
}

#[test]
fn a_branch_is_a_run_like_any_other() {
    let folder = Folder::new("branch-runs");
    for (name, args) in [
        ("crafter", &["crafter", "--agent", "novelty", "--bonus", "count,entropy", "--num-envs", "3"][..]),
        (
            "keys",
            &["gridlab/keys", "--agent", "random", "--bonus", "count", "--set", "bonus.count.scope=episode", "--num-envs", "2"][..],
        ),
    ] {
        let origin = record(&folder, name, &[args, &["--steps", "1200", "--record", "all", "--seed", "3"]].concat());
        let cursor = Cursor::open(Path::new(&origin), &CursorOptions::default()).expect("opens");
        let path = folder.join(&format!("{name}-branch"));
        let sequel = Sequel::recorded(cursor.meta().expect("described"), 300, 0.0).expect("its options");
        let row = (150..).find(|row| cursor.branch(1, *row).is_ok()).expect("a row");
        run(&cursor, (1, row), &sequel, Path::new(&path));
        let checked = verify(&[path.clone().into()]).expect("verifies");
        assert!(checked.hashed.is_empty() && checked.uncovered.is_empty(), "{checked:?}");
        // More steps, by the program itself.
        let (code, _, err) = outcome(&["run", "--resume", &path, "--steps", "700", "-q", "--backend", "cpu"]);
        assert_eq!(code, 0, "{err}");
        let checked = verify(&[path.clone().into()]).expect("verifies");
        assert!(checked.rows >= 701 && checked.uncovered.is_empty(), "{checked:?}");
        let mut on = Cursor::open(Path::new(&path), &CursorOptions::default()).expect("opens");
        let begun = on.seek_row(0, 0).expect("a row");
        assert_eq!(begun.step, cursor.position_of(1, row).expect("a row").step);
        on.wait_for_keyframes().expect("plays");
        on.seek_row(0, 250).expect("a row");
        assert!(matches!(on.agreement().expect("compared"), Agreement::Agrees { .. }));
        // A branch of the branch, and the same as a branch of the beginning: later steps are those of another agent.
        let row = (200..).find(|row| on.branch(0, *row).is_ok()).expect("a row");
        let second = on.branch(0, row).expect("a branch");
        assert!(second.actions.len() > 300 && second.seed == 4);
        let other = folder.join(&format!("{name}-second"));
        let sequel = Sequel { agent: "random".to_string(), steps: 100, bonus: sequel.bonus, ..Sequel::default() };
        run(&on, (0, row), &sequel, Path::new(&other));
        assert!(verify(&[other.into()]).is_ok());
        // Figures and pictures are made of it as of any run; its actions alone lead elsewhere.
        for (args, code) in [
            (&["measure", &path, "-q"][..], 0),
            (&["export", &path, "--to", "csv", "-o", &folder.join(&format!("{name}.csv")), "-q"], 0),
            (
                &[
                    "run",
                    name_of(args),
                    "--agent",
                    "replay",
                    "--from",
                    &path,
                    "--num-envs",
                    "1",
                    "-q",
                    "-o",
                    &folder.join("again"),
                ],
                4,
            ),
        ] {
            let (got, _, err) = outcome(args);
            assert!(got == code || code == 4 && got != 0 && err.contains("went on from recorded steps"), "{args:?}: {err}");
        }
    }
}

#[test]
fn what_no_run_can_go_on_from_is_refused() {
    let folder = Folder::new("branch-refused");
    let pool = record(
        &folder,
        "pool",
        &["gridlab/four-rooms", "--num-envs", "1", "--steps", "200", "--worlds", "pool:3", "--record", "0"],
    );
    let cursor = Cursor::open(Path::new(&pool), &CursorOptions::default()).expect("opens");
    assert!(matches!(cursor.branch(0, 5), Err(Error::Usage(why)) if why.contains("come from a pool")));
    assert!(matches!(cursor.branch(0, 500), Err(Error::Usage(why)) if why.contains("no row 500")));
    assert!(matches!(cursor.branch(1, 5), Err(Error::Usage(why)) if why.contains("was not recorded")));
    let plain = record(&folder, "plain", &["gridlab/four-rooms", "--num-envs", "1", "--steps", "200", "--record", "0"]);
    let cursor = Cursor::open(Path::new(&plain), &CursorOptions::default()).expect("opens");
    let branch = cursor.branch(0, 5).expect("a branch");
    let sequel = Sequel { agent: "go-explore".to_string(), steps: 10, ..Sequel::default() };
    assert!(matches!(runs::branched(&branch, &sequel), Err(Error::Usage(why)) if why.contains("choose another agent")));
    // Prefixes that are not those of the run, or are missing.
    let path = folder.join("branch");
    run(&cursor, (0, 5), &Sequel { agent: "random".to_string(), steps: 40, ..Sequel::default() }, Path::new(&path));
    let part = explorarium::traces::read(&Path::new(&path).join("traces/part-00000.parquet")).expect("reads");
    let odd = folder.join("odd.parquet");
    for (prefixes, why) in [(Some(Prefixes::one(0, &[0, 0, 0])), "do not have their hash"), (None, "give that part too")] {
        let meta = Meta { prefixes, part: None, ..part.meta.clone() };
        explorarium::traces::write_batch(Path::new(&odd), &part.rows, Some(&meta)).expect("written");
        let said = verify(&[odd.clone().into()]).expect_err("refused").to_string();
        assert!(said.contains(why), "{said}");
    }
    let prefixes = Prefixes::one(0, &[77]);
    let meta = Meta { prefix_hash: Some(prefixes.hash()), prefixes: Some(prefixes), part: None, ..part.meta };
    explorarium::traces::write_batch(Path::new(&odd), &part.rows, Some(&meta)).expect("written");
    let said = verify(&[odd.into()]).expect_err("refused").to_string();
    assert!(said.contains("action 77"), "{said}");
}

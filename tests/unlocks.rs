//! First unlocks of achievements: the batch's counts agree with its rows.

use explorarium::agents::Random;
use explorarium::envs::{Options, load};
use explorarium::sim::{Batch, Config, ResetMode, Stats, Worlds};
use serde_json::json;

use super::files::{Folder, outcome};

/// Returns a configuration in which every step is recorded.
pub fn config(reset: ResetMode, num_envs: usize) -> Config {
    Config { num_envs, seed: 5, reset, worlds: Worlds::Pool(3), record: (0..num_envs).collect(), ..Config::default() }
}

/// Sets an empty scenario in instances from the third on, so that their episodes begin again with what they have unlocked.
pub fn change_by_hand(batch: &mut Batch) {
    (2..batch.len()).for_each(|i| batch.set_scenario(i, &json!({})).expect("nothing is changed"));
}

/// Returns the unlocks in the rows: an achievement counted for the first time in an episode, unless the episode began with it.
pub fn from_rows(batch: &mut Batch, n_envs: usize) -> Stats {
    let spec = batch.world().spec();
    let columns: Vec<usize> = spec
        .achievements
        .iter()
        .map(|name| spec.columns.iter().position(|c| c.name == format!("achievement_{name}")).expect("a column"))
        .collect();
    let mut stats = Stats::default();
    let mut had = vec![0u32; n_envs];
    for row in batch.take_rows() {
        let has: u32 = columns.iter().enumerate().map(|(a, c)| u32::from(row.columns[*c] > 0) << a).sum();
        let old = &mut had[row.instance as usize];
        let new = if row.action.is_none() { 0 } else { has & !*old };
        for a in (0..columns.len()).filter(|a| new >> a & 1 == 1) {
            stats.unlock(a, columns.len(), row.step, row.batch_step);
        }
        *old = has;
    }
    stats
}

#[test]
fn unlocks_are_those_that_the_rows_show() {
    let world = load("crafter", &Options::default()).expect("crafter");
    for reset in [ResetMode::SameStep, ResetMode::NextStep, ResetMode::Off] {
        let mut batch = Batch::new(world.clone(), config(reset, 12)).expect("a batch");
        for steps in [1, 200, 99] {
            batch.advance(steps, &Random { seed: 2 }).expect("steps");
            change_by_hand(&mut batch);
        }
        let shown = from_rows(&mut batch, 12);
        let stats = batch.stats();
        assert_eq!(
            (&stats.unlocks, &stats.unlock_steps, &stats.first),
            (&shown.unlocks, &shown.unlock_steps, &shown.first),
            "{reset}"
        );
        let found = stats.first.iter().filter(|step| **step > 0).count();
        assert!(found >= 3 && stats.first.iter().max() > stats.first.iter().filter(|step| **step > 0).min(), "{:?}", stats.first);
    }
}

/// A run reports exactly when an achievement was first unlocked, whether it was stopped and resumed or not.
#[test]
fn a_run_says_when_achievements_came() {
    let folder = Folder::new("unlocks");
    let (whole, cut) = (folder.join("whole"), folder.join("cut"));
    let run = |steps: &str, out: &str| {
        let args = ["run", "crafter", "--num-envs", "8", "--steps", steps, "--worlds", "pool:2", "--record", "none"];
        let (code, _, errors) = outcome(&[&args[..], &["--checkpoint", "0", "-q", "--backend", "cpu", "-o", out]].concat());
        assert_eq!(code, 0, "{errors}");
    };
    let summary = |folder: &str| -> serde_json::Value {
        let text = std::fs::read_to_string(std::path::Path::new(folder).join("summary.json")).expect("a summary");
        serde_json::from_str(&text).expect("JSON")
    };
    run("4800", &whole);
    run("1600", &cut);
    assert_eq!(outcome(&["run", "--resume", &cut, "--steps", "4800", "-q", "--backend", "cpu"]).0, 0);
    let (a, b) = (summary(&whole), summary(&cut));
    assert_eq!((&a["first_unlock"], &a["mean_unlock_step"]), (&b["first_unlock"], &b["mean_unlock_step"]));
    let world = load("crafter", &Options::default()).expect("crafter");
    let mut batch =
        Batch::new(world.clone(), Config { num_envs: 8, worlds: Worlds::Pool(2), ..Config::default() }).expect("a batch");
    batch.advance(600, &Random { seed: 0 }).expect("steps");
    for (k, name) in world.spec().achievements.iter().enumerate() {
        let first = batch.stats().first[k];
        assert_eq!(a["first_unlock"][name].as_u64(), (first > 0).then_some(first * 8), "{name}");
    }
    let curves = std::fs::File::open(std::path::Path::new(&whole).join("curves.parquet")).expect("curves");
    let mut reader = parquet::arrow::arrow_reader::ParquetRecordBatchReader::try_new(curves, 1024).expect("a reader");
    let rows = reader.next().expect("rows").expect("rows");
    let ever: &arrow_array::UInt64Array =
        rows.column_by_name("achievements_ever").expect("a column").as_any().downcast_ref().expect("u64");
    assert_eq!(ever.value(ever.len() - 1), a["first_unlock"].as_object().expect("names").len() as u64);
}

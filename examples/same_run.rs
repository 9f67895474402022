//! Checks that two run folders, or two sweeps, hold the same: `cargo run --example same_run -- runs/a runs/b`.
//!
//! These must be equal: the checksum; summary.json and the curves, without fields that measure time; every row of the traces, however
//! they are cut into parts; every table of counts and the rest of the checkpoint's state. The exit code is 1 at the first difference.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use arrow_array::Array;
use explorarium::runs::{SWEEP, read_checkpoint};
use explorarium::traces;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;

/// Fields that depend on a clock, or on how a run was interrupted and resumed.
const TIMES: [&str; 4] = ["seconds", "steps_per_s", "forked_steps_per_s", "stretches"];

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    let [a, b]: [PathBuf; 2] =
        std::env::args().skip(1).map(PathBuf::from).collect::<Vec<_>>().try_into().map_err(|_| "usage: same_run RUN RUN")?;
    if a.join(SWEEP).exists() {
        same("sweep.json", &json(&a.join("sweep.json"))?, &json(&b.join("sweep.json"))?)?;
        for entry in fs::read_dir(&a)? {
            let name = entry?.file_name();
            if name.to_string_lossy().starts_with("seed-") {
                same_run(&a.join(&name), &b.join(&name))?;
            }
        }
        return Ok(());
    }
    same_run(&a, &b)
}

fn same_run(a: &Path, b: &Path) -> Outcome<()> {
    same("summary.json", &json(&a.join("summary.json"))?, &json(&b.join("summary.json"))?)?;
    same("curves", &columns(a)?, &columns(b)?)?;
    let (rows, others) = (rows(a)?, rows(b)?);
    same("number of rows", &rows.len(), &others.len())?;
    rows.iter().zip(&others).try_for_each(|(row, other)| same("row", row, other))?;
    let ((said, words), (said_b, words_b)) =
        (read_checkpoint(&a.join("checkpoint.bin"))?, read_checkpoint(&b.join("checkpoint.bin"))?);
    same("sums", &said.stats, &said_b.stats)?;
    same("agent", &said.agent, &said_b.agent)?;
    if words != words_b {
        // The size of tables depends on how many steps are taken at a time. Only their entries must be equal.
        same("words of the state", &sorted(&words), &sorted(&words_b))?;
    }
    Ok(())
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, a: &T, b: &T) -> Outcome<()> {
    let shown = |value: &T| format!("{value:?}").chars().take(2000).collect::<String>();
    if a == b { Ok(()) } else { Err(format!("{what}: {}\n is not {}", shown(a), shown(b)).into()) }
}

/// Returns the words that are not 0, sorted.
fn sorted(words: &[u32]) -> Vec<u32> {
    let mut words: Vec<u32> = words.iter().copied().filter(|word| *word != 0).collect();
    words.sort_unstable();
    words
}

fn json(path: &Path) -> Outcome<Value> {
    let mut value: Value = serde_json::from_slice(&fs::read(path)?)?;
    if let Some(all) = value.as_object_mut() {
        TIMES.iter().for_each(|name| _ = all.remove(*name));
    }
    Ok(value)
}

/// Each column of the curves, as text.
fn columns(run: &Path) -> Outcome<BTreeMap<String, String>> {
    let mut columns: BTreeMap<String, String> = BTreeMap::new();
    for rows in
        ParquetRecordBatchReaderBuilder::try_new(fs::File::open(run.join("curves.parquet"))?)?.with_batch_size(1 << 20).build()?
    {
        let rows = rows?;
        for (field, column) in rows.schema().fields().iter().zip(rows.columns()) {
            if !TIMES.contains(&field.name().as_str()) {
                *columns.entry(field.name().clone()).or_default() += &values(column);
            }
        }
    }
    Ok(columns)
}

/// Returns every value of a column. The debug format of a long column leaves out its middle.
fn values(column: &dyn arrow_array::Array) -> String {
    (0..column.len()).map(|k| format!("{:?};", column.slice(k, 1))).collect()
}

/// All rows of all parts, sorted.
fn rows(run: &Path) -> Outcome<Vec<String>> {
    let mut all = Vec::new();
    for part in traces::list(run)? {
        let rows = traces::read(&part)?.rows;
        let columns: Vec<(String, _)> =
            rows.schema().fields().iter().map(|field| field.name().clone()).zip(rows.columns().iter().cloned()).collect();
        all.extend((0..rows.num_rows()).map(|k| {
            // A column may be absent from one part and empty in another; both count as equal.
            let told = columns.iter().map(|(name, column)| (name, column.slice(k, 1)));
            told.filter(|(_, value)| value.null_count() == 0).map(|(name, value)| format!("{name} {value:?}")).collect::<String>()
        }));
    }
    all.sort();
    Ok(all)
}

//! The reader of traces. Rows that are no recording are refused with the first such row, changes are noticed, files that other programs
//! rewrote are read, and parts of a run are one run however they are given.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::UInt32Type;
use arrow_array::{Array, ArrayRef, BinaryArray, Float64Array, RecordBatch, UInt32Array, UInt64Array};
use arrow_schema::{DataType, Schema};
use arrow_select::concat::concat_batches;
use arrow_select::take::take;
use explorarium::traces::{self, Meta, Part, Value, at, list, read, write_batch};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{BrotliLevel, Compression, GzipLevel, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;

use super::files::{Folder, outcome};

/// Runs the program on the CPU with these arguments and returns the folder of the run.
fn record(folder: &Folder, name: &str, args: &[&str]) -> String {
    let run = folder.join(name);
    let (code, _, err) = outcome(&[&["run"], args, &["--backend", "cpu", "-q", "-o", &run]].concat());
    assert_eq!(code, 0, "{args:?}: {err}");
    run
}

fn first(run: &str) -> PathBuf {
    list(Path::new(run)).expect("parts").remove(0)
}

fn json(args: &[&str]) -> serde_json::Value {
    let (code, out, err) = outcome(args);
    assert_eq!(code, 0, "{args:?}: {err}");
    serde_json::from_str(&out).expect("JSON")
}

/// Returns the rows of a measurement, one per instance.
fn instances(measured: &serde_json::Value) -> &Vec<serde_json::Value> {
    let rows = measured.get("per_instance").or_else(|| measured.get("per_unit"));
    rows.and_then(|rows| rows.as_array()).expect("rows")
}

/// Returns the rows of a part in this order, as another program might write them.
fn in_order(rows: &RecordBatch, order: &[u32]) -> RecordBatch {
    let order = UInt32Array::from(order.to_vec());
    let columns = rows.columns().iter().map(|column| take(column, &order, None).expect("taken")).collect();
    RecordBatch::try_new(rows.schema(), columns).expect("rows")
}

/// Returns the rows with one column replaced.
pub fn with_column(rows: &RecordBatch, name: &str, column: ArrayRef) -> RecordBatch {
    let named = rows.schema().fields().iter().map(|field| field.name().clone()).collect::<Vec<_>>();
    let columns = named.into_iter().zip(rows.columns());
    let replaced =
        columns.map(|(other, old)| if other == name { (other, column.clone(), true) } else { (other, old.clone(), true) });
    RecordBatch::try_from_iter_with_nullable(replaced.collect::<Vec<_>>()).expect("rows")
}

/// Returns the pairs of a file's metadata that this program wrote.
pub fn described(path: &Path) -> Vec<KeyValue> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(std::fs::File::open(path).expect("opens")).expect("Parquet");
    let pairs = reader.metadata().file_metadata().key_value_metadata().cloned().unwrap_or_default();
    pairs.into_iter().filter(|pair| pair.key.starts_with("explorarium")).collect()
}

/// Writes rows as another program would, with the description in the file's metadata or in the schema's.
pub fn rewritten(path: &str, rows: &RecordBatch, pairs: &[KeyValue], in_schema: bool, codec: Compression) {
    let metadata = pairs.iter().filter(|_| in_schema).map(|pair| (pair.key.clone(), pair.value.clone().unwrap_or_default()));
    let schema = Arc::new(Schema::clone(&rows.schema()).with_metadata(metadata.collect::<arrow_schema::Metadata>()));
    let rows = rows.clone().with_schema(schema).expect("rows");
    let own = (!in_schema).then(|| pairs.to_vec());
    let properties = WriterProperties::builder().set_compression(codec).set_key_value_metadata(own).build();
    let file = std::fs::File::create(path).expect("made");
    let mut writer = ArrowWriter::try_new(file, rows.schema(), Some(properties)).expect("a writer");
    writer.write(&rows).expect("written");
    writer.close().expect("closed");
}

const GRID: [&str; 7] = ["gridlab/keys", "--num-envs", "2", "--steps", "240", "--record", "0,1"];

/// If the rows of a valid trace are changed so that they are no recording, all readers refuse it with the row, though its hashes fit.
#[test]
fn what_is_no_recording_is_refused_with_its_row_by_all_who_read() {
    let folder = Folder::new("traces-order");
    let run = record(&folder, "run", &GRID);
    let Part { meta, rows, .. } = read(&first(&run)).expect("reads");
    let n = rows.num_rows() as u32;
    let all: Vec<u32> = (0..n).collect();
    let mut shuffled = all.clone();
    shuffled.sort_by_key(|k| k.wrapping_mul(2_654_435_761) >> 7);
    let doubled: Vec<u32> = all.iter().flat_map(|k| [*k, *k]).collect();
    let without = |gap: std::ops::Range<u32>| all.iter().copied().filter(|k| !gap.contains(k)).collect::<Vec<_>>();
    let swapped: Vec<u32> = all
        .iter()
        .map(|k| {
            if *k == 7 {
                8
            } else if *k == 8 {
                7
            } else {
                *k
            }
        })
        .collect();
    let set = |name: &str, row: usize, value: Option<u32>| {
        let old = rows.column_by_name(name).expect(name).as_primitive::<UInt32Type>();
        let changed = old.iter().enumerate().map(|(k, v)| if k == row { value } else { v });
        with_column(&rows, name, Arc::new(changed.collect::<UInt32Array>()))
    };
    let cases: Vec<(&str, RecordBatch, String)> = vec![
        ("shuffled", in_order(&rows, &shuffled), "row".into()),
        ("reversed", in_order(&rows, &all.iter().rev().copied().collect::<Vec<_>>()), "row 0".into()),
        ("doubled", in_order(&rows, &doubled), "row 1".into()),
        ("swapped", in_order(&rows, &swapped), "row 7".into()),
        ("twice", concat_batches(&rows.schema(), [&rows, &rows]).expect("rows"), format!("row {n}")),
        ("a row missing", in_order(&rows, &without(5..6)), "row 5".into()),
        ("the first missing", in_order(&rows, &without(0..1)), "row 0".into()),
        ("many missing", in_order(&rows, &without(20..60)), "row 20".into()),
        ("no x", set("x", 3, None), "row 3: no value in column 'x'".into()),
        ("no step", set("step", 3, None), "row 3: no value in column 'step'".into()),
        ("x too large", set("x", 3, Some(u32::MAX)), "row 3: x is 4294967295".into()),
        ("y too large", set("y", 3, Some(99)), "row 3: y is 99".into()),
        ("facing too large", set("facing", 3, Some(4)), "row 3: facing is 4".into()),
        ("action too large", set("action", 3, Some(77)), "row 3: action is 77".into()),
        ("instance too large", set("instance", n as usize - 1, Some(2)), format!("row {}", n - 1)),
    ];
    let bad = folder.join("bad.parquet");
    for (what, rows, place) in cases {
        write_batch(Path::new(&bad), &rows, Some(&meta)).expect("written");
        let again = folder.join(&format!("again {what}"));
        for args in [
            &["verify", &bad][..],
            &["measure", &bad, "--resamples", "5"],
            &["map", "--measure", "visits", "--from", &bad],
            &["run", "gridlab/keys", "--agent", "replay", "--from", &bad, "-o", &again, "--backend", "cpu"],
        ] {
            let (code, out, err) = outcome(args);
            assert!(code == 3 && err.contains(&place), "{what}, {}: {code} {out}{err}", args[0]);
        }
    }
}

/// A changed value is noticed in every column, bonuses included, even if nothing else is changed.
#[test]
fn no_changed_value_goes_unnoticed() {
    let folder = Folder::new("traces-flips");
    let bonus = ["--bonus", "count,knn,pseudo-count,entropy:full", "--record", "0"];
    for env in ["crafter", "MiniGrid-DoorKey-5x5-v0", "gridlab/four-rooms"] {
        let name = env.replace('/', "-");
        let run = record(&folder, &name, &[&[env, "--num-envs", "2", "--steps", "200"], &bonus[..]].concat());
        let (part, pairs) = (read(&first(&run)).expect("reads"), described(&first(&run)));
        assert_eq!(part.meta.hashes.len(), part.rows.num_columns());
        let bad = folder.join("bad.parquet");
        for (field, column) in part.rows.schema().fields().iter().zip(part.rows.columns()) {
            let Some(changed) = flipped(column) else { panic!("{}: a type that no trace has", field.name()) };
            rewritten(&bad, &with_column(&part.rows, field.name(), changed), &pairs, false, Compression::SNAPPY);
            let (code, _, err) = outcome(&["verify", &bad]);
            assert_eq!(code, 3, "{env}: {}: {err}", field.name());
        }
        // A changed description is noticed too, because it has a hash of its own.
        let mut forged = pairs.clone();
        forged[0].value = forged[0].value.as_ref().map(|text| text.replace("\"agent\":\"random\"", "\"agent\":\"nobody\""));
        rewritten(&bad, &part.rows, &forged, false, Compression::SNAPPY);
        let (code, _, err) = outcome(&["verify", &bad]);
        assert!(code == 3 && err.contains("description was changed"), "{err}");
    }
}

/// Returns the column with one value changed to another that it could have.
fn flipped(column: &ArrayRef) -> Option<ArrayRef> {
    use arrow_array::{BooleanArray, Float32Array, Int32Array, StringArray, UInt8Array, UInt16Array};
    macro_rules! numbers {
        ($array:ty, $change:expr) => {{
            let old = column.as_any().downcast_ref::<$array>()?;
            let middle = (0..old.len()).filter(|k| old.is_valid(*k)).nth(old.len() / 80)?;
            Arc::new(old.iter().enumerate().map(|(k, v)| if k == middle { v.map($change) } else { v }).collect::<$array>())
        }};
    }
    let changed: ArrayRef = match column.data_type() {
        DataType::UInt8 => numbers!(UInt8Array, |v| v ^ 1),
        DataType::UInt16 => numbers!(UInt16Array, |v| v ^ 1),
        DataType::UInt32 => numbers!(UInt32Array, |v| v ^ 1),
        DataType::UInt64 => numbers!(UInt64Array, |v| v ^ 1),
        DataType::Int32 => numbers!(Int32Array, |v| v ^ 1),
        DataType::Float32 => numbers!(Float32Array, |v| v + 0.25),
        DataType::Float64 => numbers!(Float64Array, |v| v + 0.25),
        DataType::Boolean => numbers!(BooleanArray, |v: bool| !v),
        DataType::Utf8 => {
            let old = column.as_string::<i32>();
            let changed = old.iter().enumerate().map(|(k, v)| if k == old.len() / 2 { Some("nothing") } else { v });
            Arc::new(changed.collect::<StringArray>())
        }
        _ => return None,
    };
    Some(changed)
}

/// Another codec, another order of columns, the description in the schema only, wider types, gaps as NaN: each is read as the same trace.
#[test]
fn what_other_programs_rewrite_is_read() {
    let folder = Folder::new("traces-rewritten");
    let run = record(&folder, "run", &[&GRID[..], &["--bonus", "count:position"]].concat());
    let (part, pairs) = (read(&first(&run)).expect("reads"), described(&first(&run)));
    let path = folder.join("rewritten.parquet");
    let verified = |what: &str| {
        let (code, out, err) = outcome(&["verify", &path]);
        assert_eq!(code, 0, "{what}: {err}");
        let (code, _, err) = outcome(&["measure", &path, "--resamples", "5"]);
        assert_eq!(code, 0, "{what}: {err}");
        out
    };
    let zstd = Compression::ZSTD(ZstdLevel::default());
    let (gzip, brotli) = (Compression::GZIP(GzipLevel::default()), Compression::BROTLI(BrotliLevel::default()));
    for codec in [zstd, gzip, brotli, Compression::LZ4_RAW, Compression::LZ4, Compression::UNCOMPRESSED] {
        rewritten(&path, &part.rows, &pairs, false, codec);
        verified(&format!("{codec:?}"));
    }
    rewritten(&path, &part.rows, &pairs, true, zstd);
    verified("the description in the schema");
    // pandas keeps this one key of a schema's metadata, and writes it again.
    let reader = ParquetRecordBatchReaderBuilder::try_new(std::fs::File::open(first(&run)).expect("opens")).expect("Parquet");
    let kept = reader.schema().metadata().get("PANDAS_ATTRS").cloned();
    rewritten(&path, &part.rows, &[KeyValue::new("PANDAS_ATTRS".to_string(), kept)], true, zstd);
    verified("the description as pandas keeps it");
    let backwards: Vec<usize> = (0..part.rows.num_columns()).rev().collect();
    rewritten(&path, &part.rows.project(&backwards).expect("columns"), &pairs, false, zstd);
    verified("columns in another order");
    // Whole numbers with gaps as pandas writes them.
    let mut wide = part.rows.clone();
    for name in ["action", "checksum"] {
        let column = wide.column_by_name(name).expect(name).clone();
        let real = |k: usize| match at(&*column, k) {
            Value::Whole(whole) => whole as f64,
            _ => f64::NAN,
        };
        wide = with_column(&wide, name, Arc::new((0..column.len()).map(|k| Some(real(k))).collect::<Float64Array>()));
    }
    rewritten(&path, &wide, &pairs, false, zstd);
    assert!(verified("floats").contains("rounded the checksums"));
    let episode = part.rows.column_by_name("episode").expect("episodes").as_primitive::<UInt32Type>();
    let long: ArrayRef = Arc::new(episode.iter().map(|v| v.map(i64::from)).collect::<arrow_array::Int64Array>());
    rewritten(&path, &with_column(&part.rows, "episode", long), &pairs, false, zstd);
    verified("int64");
    // A trace without hashes, as older versions wrote it, is read, and the output says that no hash covers it.
    let old = serde_json::to_string(&Meta {
        hashes: Default::default(),
        rows: None,
        part: None,
        num_envs: None,
        bonus: None,
        ..part.meta
    });
    rewritten(&path, &part.rows, &[KeyValue::new("explorarium".to_string(), old.expect("JSON"))], false, zstd);
    let out = verified("an older version");
    assert!(out.contains("no hash covers") && out.contains("nothing covers bonus_count"), "{out}");
}

#[test]
fn verify_says_what_proves_each_column() {
    let folder = Folder::new("traces-said");
    let bonus = ["--bonus", "count,count,information-gain,knn,count:full", "--set", "bonus.knn.scope=episode"];
    let (envs, resets) = (["gridlab/four-rooms", "MiniGrid-Empty-5x5-v0", "crafter"], ["same-step", "next-step", "off"]);
    for (env, reset) in envs.into_iter().zip(resets) {
        let name = reset.to_string();
        let args = [&[env, "--num-envs", "3", "--steps", "900", "--reset", reset, "--worlds", "pool:2"][..], &bonus].concat();
        let (all, one) =
            (record(&folder, &format!("{name}-all"), &[&args[..], &["--record", "0,1,2"]].concat()), folder.join("one"));
        let found = json(&["verify", &all, "--json"]);
        let recomputed = found["recomputed"].as_array().expect("columns");
        for column in ["bonus_count_full", "bonus_information_gain", "bonus_knn", "bonus_total"] {
            assert!(recomputed.iter().any(|name| name == column), "{env}: {column}: {found}");
        }
        assert_eq!((recomputed.len(), &found["hash_only"]), (6, &serde_json::json!({})), "{env}: {found}");
        let _ = std::fs::remove_dir_all(&one);
        let one = record(&folder, "one", &args);
        let found = json(&["verify", &one, "--json"]);
        assert_eq!(found["recomputed"], serde_json::json!(["bonus_knn"]), "{env}: {found}");
        assert!(found["hash_only"]["bonus_total"].as_str().is_some_and(|why| why.contains("run.toml")), "{found}");
    }
    // A value of a bonus that was changed together with all hashes differs from the recomputed one.
    let run =
        record(&folder, "forged", &["gridlab/keys", "--num-envs", "2", "--steps", "100", "--record", "0,1", "--bonus", "count"]);
    let part = read(&first(&run)).expect("reads");
    for name in ["bonus_count", traces::TOTAL] {
        let changed = flipped(part.rows.column_by_name(name).expect(name)).expect("floats");
        let forged = folder.join("forged.parquet");
        write_batch(Path::new(&forged), &with_column(&part.rows, name, changed), Some(&part.meta)).expect("written");
        let (code, _, err) = outcome(&["verify", &forged]);
        assert!(code == 3 && err.contains(name) && err.contains("worked out"), "{err}");
    }
    let empty = folder.join("empty.parquet");
    write_batch(Path::new(&empty), &part.rows.slice(0, 0), Some(&part.meta)).expect("written");
    let (code, _, err) = outcome(&["verify", &empty]);
    assert!(code == 3 && err.contains("nothing to verify"), "{err}");
}

/// Bonuses after restored states are computed again too.
#[test]
fn what_go_explore_was_paid_is_worked_out_again() {
    let folder = Folder::new("traces-ways-paid");
    let args = ["gridlab/keys", "--agent", "go-explore", "--set", "agent.explore_steps=10", "--num-envs", "3", "--steps", "900"];
    let run = record(&folder, "run", &[&args[..], &["--record", "0,1,2", "--bonus", "count,bebold"]].concat());
    let found = json(&["verify", &run, "--json"]);
    assert_eq!(found["recomputed"], serde_json::json!(["bonus_bebold", "bonus_count", "bonus_total"]), "{found}");
}

/// Records a run of many parts.
fn parts(folder: &Folder, name: &str, seed: &str) -> String {
    let args = ["gridlab/keys", "--num-envs", "3", "--steps", "6k", "--record", "0,1,2", "--checkpoint", "0", "--seed", seed];
    let run = record(folder, name, &args);
    assert!(list(Path::new(&run)).expect("parts").len() > 3, "parts of a run");
    run
}

#[test]
fn parts_of_a_run_are_one_run_however_they_are_given() {
    let folder = Folder::new("traces-parts");
    let (run, other) = (parts(&folder, "run", "1"), parts(&folder, "other", "50"));
    let names: Vec<String> =
        list(Path::new(&run)).expect("parts").iter().map(|path| path.to_string_lossy().into_owned()).collect();
    let measured = |paths: &[&str]| json(&[&["measure", "--json", "-q", "--resamples", "20"], paths].concat());
    let whole = measured(&[&run]);
    assert_eq!(instances(&whole).len(), 3);
    let mut given: Vec<&str> = names.iter().map(String::as_str).collect();
    for _ in 0..2 {
        let found = measured(&given);
        assert_eq!(instances(&found).len(), 3, "the units of a run");
        for (one, other) in instances(&found).iter().zip(instances(&whole)) {
            for column in ["steps", "episodes", "entropy_nats", "unique_states", "mean_return"] {
                assert_eq!(one[column], other[column], "{column}");
            }
        }
        assert_eq!(json(&[&["verify", "--json"], &given[..]].concat())["instances"], 3);
        given.reverse();
    }
    let refused = |paths: &[&str], code: i32, why: &str| {
        for command in ["measure", "verify"] {
            let (found, _, err) = outcome(&[&[command], paths].concat());
            assert!(found == code && err.contains(why), "{command} {paths:?}: {found} {err}");
        }
    };
    let inner = format!("{run}/traces");
    refused(&[&run, &inner], 2, "given twice");
    refused(&[&run, &names[1]], 2, "given twice");
    refused(&[&names[1]], 3, "give its earlier parts too");
    refused(&[&names[0], &names[2]], 3, "part 1 is missing");
    let copy = folder.join("copy.parquet");
    std::fs::copy(&names[0], &copy).expect("copied");
    refused(&[&run, &copy], 3, "hold the same rows");
    // A part of another run among the parts.
    let stranger = list(Path::new(&other)).expect("parts").remove(0);
    let mixed = folder.join("mixed");
    std::fs::create_dir(&mixed).expect("made");
    std::fs::copy(&names[0], format!("{mixed}/part-00000.parquet")).expect("copied");
    std::fs::copy(stranger, format!("{mixed}/part-00001.parquet")).expect("copied");
    refused(&[&mixed], 3, "two runs: they differ in seed");
    let (code, _, err) = outcome(&["measure", &format!("a={}", names[0]), &format!("b={}", names[1])]);
    assert!(code == 2 && err.contains("cannot be in two groups"), "{err}");
    // The hash of all that is in a part is computed from its description alone.
    let hash = |path: &str| traces::content_hash(Path::new(path)).expect("reads").expect("a hash");
    assert_eq!(hash(&names[0]), hash(&copy));
    assert_ne!(hash(&names[0]), hash(&names[1]));
}

#[test]
fn folders_of_sweeps_stand_for_their_runs() {
    let folder = Folder::new("traces-sweep");
    let sweep = record(&folder, "sweep", &["gridlab/four-rooms", "--num-envs", "2", "--steps", "200", "--seeds", "0..2"]);
    assert_eq!(json(&["verify", &sweep, "--json"])["runs"], 3);
    assert_eq!(instances(&json(&["measure", &sweep, "--json", "-q", "--resamples", "20"])).len(), 3);
}

/// Statistics of traces with restored states are those of the run. A first state without an action is no episode.
#[test]
fn ways_are_counted_as_the_run_counts_them() {
    let folder = Folder::new("traces-ways");
    for (env, steps) in [("gridlab/keys", "3k"), ("gridlab/deep-sea-10", "2k"), ("crafter", "3k")] {
        let args = [env, "--agent", "go-explore", "--set", "agent.explore_steps=15", "--num-envs", "4", "--steps", steps];
        let run = record(&folder, &env.replace('/', "-"), &[&args[..], &["--record", "0,1,2,3"]].concat());
        let text = std::fs::read_to_string(Path::new(&run).join("summary.json")).expect("a summary");
        let summary: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let measured = json(&["measure", &run, "--json", "-q", "--resamples", "20", "--key", "position"]);
        let sum = |of: &dyn Fn(&serde_json::Value) -> f64| instances(&measured).iter().map(of).sum::<f64>();
        let episodes = sum(&|row| row["episodes"].as_f64().expect("a number"));
        let total = sum(&|row| row["episodes"].as_f64().expect("a number") * row["mean_return"].as_f64().expect("a number"));
        let with_open = &summary["with_open"];
        assert_eq!(Some(episodes), with_open["episodes"].as_f64(), "{env}: {with_open}");
        let mean = with_open["mean_return"].as_f64().expect("a number");
        assert!((total / episodes - mean).abs() < 1e-9, "{env}: {} is not {mean}", total / episodes);
    }
    let run = record(&folder, "deep", &["gridlab/deep-sea-10", "--num-envs", "1", "--steps", "10", "--agent-seed", "3"]);
    let measured = json(&["measure", &run, "--json", "-q", "--resamples", "20"]);
    assert_eq!(instances(&measured)[0]["episodes"], 1, "the second episode's first state is no episode");
}

#[test]
fn what_another_program_recorded_can_be_measured() {
    let folder = Folder::new("traces-foreign");
    let run = record(&folder, "run", &GRID);
    let part = read(&first(&run)).expect("reads");
    let path = folder.join("foreign.parquet");
    rewritten(&path, &part.rows, &[], false, Compression::ZSTD(ZstdLevel::default()));
    let (own, foreign) = (json(&["measure", &run, "--json", "-q"]), json(&["measure", &path, "--json", "-q"]));
    assert_eq!(instances(&own)[0]["entropy_nats"], instances(&foreign)[0]["entropy_nats"]);
    assert_eq!(instances(&foreign)[0]["group"], "foreign");
    let (code, _, err) = outcome(&["verify", &path]);
    assert!(code == 3 && err.contains("not a trace") && err.contains("metadata"), "{err}");
    let kept: Vec<usize> = (0..part.rows.num_columns()).filter(|k| ![1, 4].contains(k)).collect();
    rewritten(&path, &part.rows.project(&kept).expect("columns"), &[], false, Compression::SNAPPY);
    let (code, _, err) = outcome(&["measure", &path]);
    assert!(code == 3 && err.contains("no column episode, reward"), "{err}");
}

/// Memory for what a file names is not taken before it is needed.
#[test]
fn large_words_of_a_file_take_no_memory() {
    let folder = Folder::new("traces-large");
    let run = record(&folder, "pool", &["gridlab/four-rooms", "--num-envs", "1", "--steps", "50", "--worlds", "pool:3"]);
    let part = read(&first(&run)).expect("reads");
    let forged = folder.join("forged.parquet");
    let meta = Meta { worlds: "pool:4000000000".to_string(), ..part.meta };
    write_batch(Path::new(&forged), &part.rows, Some(&meta)).expect("written");
    assert_eq!(outcome(&["verify", &forged]).0, 0, "the first level is that of any pool");
    for worlds in ["pool:0", "pool:4294967296", "ponds"] {
        let meta = Meta { worlds: worlds.to_string(), ..meta.clone() };
        write_batch(Path::new(&forged), &part.rows, Some(&meta)).expect("written");
        let (code, _, err) = outcome(&["verify", &forged]);
        assert!(code == 3 && err.contains(worlds), "{err}");
    }
    let args = ["gridlab/keys", "--agent", "go-explore", "--set", "agent.explore_steps=5", "--num-envs", "2", "--steps", "100"];
    let run = record(&folder, "ways", &args);
    let part = read(&first(&run)).expect("reads");
    let old = part.rows.column_by_name(traces::HISTORY).expect("histories").as_binary::<i32>();
    let row = (0..old.len()).find(|k| old.is_valid(*k)).expect("a return");
    let long = vec![0u8; 100_000_000];
    let changed: BinaryArray =
        (0..old.len()).map(|k| if k == row { Some(&long[..]) } else { old.is_valid(k).then(|| old.value(k)) }).collect();
    write_batch(Path::new(&forged), &with_column(&part.rows, traces::HISTORY, Arc::new(changed)), Some(&part.meta))
        .expect("written");
    let (code, _, err) = outcome(&["verify", &forged]);
    assert!(code == 3 && err.contains(&format!("row {row}")) && err.contains("history of 100000000"), "{err}");
}

/// Files with bytes changed, cut off or inserted are refused or read; they never end the program.
#[test]
fn mutated_files_are_refused_or_read() {
    let folder = Folder::new("traces-mutated");
    let run =
        record(&folder, "run", &["gridlab/keys", "--num-envs", "2", "--steps", "100", "--record", "0,1", "--bonus", "count"]);
    let good = std::fs::read(first(&run)).expect("reads");
    let bad = PathBuf::from(folder.join("bad.parquet"));
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut draw = |n: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % n
    };
    let mut refused = 0;
    for _ in 0..TRIED {
        let mut bytes = good.clone();
        for _ in 0..=draw(3) {
            let at = draw(bytes.len());
            match draw(8) {
                0 => bytes.truncate(at.max(1)),
                1 => bytes.insert(at, draw(256) as u8),
                2 => bytes[at] = 0xff,
                _ => bytes[at] ^= 1 << draw(8),
            }
        }
        std::fs::write(&bad, &bytes).expect("written");
        refused += usize::from(traces::verify(std::slice::from_ref(&bad)).is_err());
        assert!(traces::recording(&bad).is_err() || bytes.len() >= good.len() / 2);
    }
    assert!(refused * 2 > TRIED, "{refused} of {TRIED} refused");
}

const TRIED: usize = 400;

//! The result of `measure` as text, as JSON, and as tables and figures in a folder.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::figures::{over_time, pages};
use crate::error::{Error, Result};
use crate::files::{read_bytes, write_bytes};
use crate::measures::{Progress, Report, Table, Unit, unit_of};
use crate::metrics::bootstrap::LEVEL;
use crate::metrics::shuffled::PERMUTATIONS;

/// The file that marks an output folder; it lists the other files.
const INDEX: &str = "measure.json";

/// The output file or folder. It replaces earlier results only with `--force`, which is checked at the start.
#[derive(Debug)]
pub enum Target {
    Folder(PathBuf),
    File(PathBuf),
}

impl Target {
    /// # Errors
    /// [`Error::Usage`] if something exists there and must not be replaced, or if the kind of the file is unknown.
    pub fn new(path: &Path, force: bool) -> Result<Target> {
        let ending = path.extension().and_then(|ending| ending.to_str()).filter(|_| !path.is_dir());
        if let Some(ending) = ending {
            if !["json", "csv", "parquet", "png", "svg"].contains(&ending) {
                let what = "a folder, or a file ending in .json, .csv, .parquet, .png or .svg";
                return Err(Error::Usage(format!("{}: results go to {what}", path.display())));
            }
            if path.exists() && !force {
                return Err(Error::Usage(format!("{} exists; choose another file with -o, or give --force", path.display())));
            }
            return Ok(Target::File(path.to_path_buf()));
        }
        let filled = path.exists() && fs::read_dir(path).map_err(|e| Error::io(path, e))?.next().is_some();
        if filled && !force {
            let what = "exists and is not empty; choose another folder with -o, or give --force to replace the figures in it";
            return Err(Error::Usage(format!("{} {what}", path.display())));
        }
        if filled && !path.join(INDEX).exists() {
            return Err(Error::Usage(format!("{} holds no {INDEX}; --force replaces only what `measure` wrote", path.display())));
        }
        Ok(Target::Folder(path.to_path_buf()))
    }

    pub fn path(&self) -> &Path {
        match self {
            Target::Folder(path) | Target::File(path) => path,
        }
    }

    /// # Errors
    /// [`Error::Io`] with the path.
    pub fn write(&self, report: &Report) -> Result<()> {
        match self {
            Target::File(path) => match path.extension().and_then(|ending| ending.to_str()) {
                Some("csv") => report.per_instance.write_csv(path),
                Some("parquet") => report.per_instance.write_parquet(path),
                Some("json") => write_json(path, &json(report)),
                _ => over_time(report, &report.measures).save(path),
            },
            Target::Folder(folder) => write_folder(folder, report),
        }
    }
}

fn write_json(path: &Path, value: &Value) -> Result<()> {
    let text = serde_json::to_string_pretty(value).map_err(|e| Error::Data(e.to_string()))?;
    write_bytes(path, (text + "\n").as_bytes())
}

/// Removes the files of an earlier measurement, then writes everything, the index last.
fn write_folder(folder: &Path, report: &Report) -> Result<()> {
    fs::create_dir_all(folder).map_err(|e| Error::io(folder, e))?;
    let index = folder.join(INDEX);
    if index.exists() {
        let earlier: Value = serde_json::from_slice(&read_bytes(&index)?).unwrap_or_default();
        let listed = earlier["files"].as_array().into_iter().flatten().filter_map(Value::as_str);
        // Takes plain file names only, so that a manipulated index cannot remove anything outside its folder.
        for name in listed.filter(|name| Path::new(name).file_name().is_some_and(|plain| plain == *name)) {
            let _ = fs::remove_file(folder.join(name));
        }
    }
    let mut files = Vec::new();
    for table in report.tables() {
        let (csv, parquet) = (format!("{}.csv", table.name), format!("{}.parquet", table.name));
        table.write_csv(&folder.join(&csv))?;
        table.write_parquet(&folder.join(&parquet))?;
        files.extend([csv, parquet]);
    }
    for (name, page) in pages(report) {
        for ending in ["png", "svg"] {
            let file = format!("{name}.{ending}");
            page.save(&folder.join(&file))?;
            files.push(file);
        }
    }
    let mut all = json(report);
    all["files"] = json!(files);
    write_json(&index, &all)
}

/// Returns the whole report.
pub fn json(report: &Report) -> Value {
    let mut all = json!({
        "program": env!("CARGO_PKG_VERSION"),
        "family": format!("{:?}", report.family).to_lowercase(),
        "key": report.key,
        "key_parts": report.key_parts,
        "states": report.states,
        "reachable": report.reachable,
        "budget": report.budget,
        "measures": report.measures.iter().map(|m| m.name()).collect::<Vec<_>>(),
        "progress": report.progress.name(),
        "unit": report.unit.name(),
        "statistics": statistics(report),
        "units_of_measure": units_of_measure(report),
        "notes": report.notes,
        "warnings": report.warnings,
    });
    for table in report.tables() {
        all[table.name.replace('-', "_")] = table.json();
    }
    all
}

/// Describes which columns hold which estimators.
fn statistics(report: &Report) -> Value {
    let bootstrap = "percentiles of a bootstrap of units, stratified by environment; too narrow with few units";
    json!({
        "level": LEVEL,
        "resamples": report.resamples,
        "permutations": PERMUTATIONS,
        "sd": "between units, n - 1",
        "mean_low, mean_high": "Student's t over units, stratified by environment",
        "iqm_low, iqm_high": "Tukey and McLaughlin's t over units",
        "pearson_low, pearson_high, spearman_low, spearman_high": "Fisher's transformation, over units",
        "*_bootstrap_low, *_bootstrap_high": bootstrap,
        "icc": "intraclass correlation ICC(1) of the instances of a run",
    })
}

/// Returns the units of all columns that have one.
fn units_of_measure(report: &Report) -> Value {
    let columns = report.tables().into_iter().flat_map(|table| table.columns.iter().map(|(name, _)| name.as_str()));
    columns.filter(|name| !unit_of(name).is_empty()).map(|name| (name.to_string(), json!(unit_of(name)))).collect()
}

/// Returns the report as text for users.
pub fn text(report: &Report) -> String {
    let (units, unit) = (report.units.rows(), report.unit);
    let mut text = format!("{:?}, key {}", report.family, report.key);
    if report.key != report.key_parts {
        let _ = write!(text, " ({})", report.key_parts);
    }
    let instances = report.per_instance.rows();
    let of = if unit == Unit::Run { format!("{instances} instances of {}", unit.counted(units)) } else { unit.counted(units) };
    let (groups, states, budget) = (report.groups.len(), report.states, report.budget);
    let groups = if groups == 1 { "1 group".to_string() } else { format!("{groups} groups") };
    let _ = writeln!(text, ": {of} in {groups}, {states} states, up to {budget} steps each");
    if unit == Unit::Run {
        text += &members(report);
    }
    let _ = writeln!(
        text,
        "\nMeans over {}s{} [{} % interval of Student's t]\nIQM: interquartile mean; ICC: likeness of the instances of a run; pooled: a \
         group as one life",
        unit.name(),
        if unit == Unit::Run { " of the means of their instances" } else { "" },
        100.0 * LEVEL
    );
    text += &aligned(&summary(report));
    if report.correlations.column("pearson").is_some() {
        let what = if report.progress == Progress::Return { "mean return" } else { report.progress.name() };
        let level = 100.0 * LEVEL;
        let _ = writeln!(
            text,
            "\nCorrelation with progress ({what}), a point a {} [{level} % interval of Fisher's transformation]",
            unit.name()
        );
        text += &aligned(&correlations(&report.correlations));
    }
    if report.similarity.rows() > 0 {
        text += "\nLikeness of the states departed from\n";
        text += &aligned(&similarity(&report.similarity));
    }
    for (kind, lines) in [("note", &report.notes), ("careful", &report.warnings)] {
        lines.iter().for_each(|line| text += &format!("\n{kind}: {line}"));
    }
    text.trim_end().to_string() + "\n"
}

/// Lists the names of the runs of each group.
fn members(report: &Report) -> String {
    const MAX_NAMED: usize = 8;
    let table = &report.units;
    let of = |group: &String| {
        let names: Vec<&str> =
            (0..table.rows()).filter(|row| table.text("group", *row) == group).map(|row| table.text("unit", row)).collect();
        let rest = names.len().saturating_sub(MAX_NAMED);
        let more = if rest > 0 { format!(" and {rest} more (table units)") } else { String::new() };
        format!("  {group}: {}{more}\n", names[..names.len() - rest].join(", "))
    };
    report.groups.iter().map(of).collect()
}

/// Formats a number: 1.234567 as 1.235, 0.0001 as 1.0e-4, a missing value as -.
fn number(value: Option<f64>) -> String {
    match value {
        None => "-".to_string(),
        Some(v) if v != 0.0 && v.abs() < 1e-3 => format!("{v:.1e}"),
        Some(v) if v.abs() < 1e3 => format!("{v:.3}"),
        Some(v) => format!("{v:.1}"),
    }
}

fn around(table: &Table, row: usize, name: &str) -> String {
    let bounds = [format!("{name}_low"), format!("{name}_high")].map(|name| table.real(&name, row));
    if bounds[0].is_some() { format!("[{}, {}]", number(bounds[0]), number(bounds[1])) } else { "-".to_string() }
}

fn summary(report: &Report) -> Vec<Vec<String>> {
    let t = &report.summary;
    let head = ["group", "figure", "unit", "n", "mean", "", "IQM", "", "ICC", "pooled"].map(str::to_string).to_vec();
    let row = |k| {
        let figure = t.text("figure", k);
        let unit = unit_of(if figure == "progress" { report.progress.name() } else { figure });
        vec![
            t.text("group", k).to_string(),
            figure.to_string(),
            if unit.is_empty() { "-" } else { unit }.to_string(),
            t.real("units", k).map_or(String::new(), |n| n.to_string()),
            number(t.real("mean", k)),
            around(t, k, "mean"),
            number(t.real("iqm", k)),
            around(t, k, "iqm"),
            t.real("icc", k).map_or("-".to_string(), |icc| format!("{icc:.2}")),
            number(t.real("pooled", k)),
        ]
    };
    [head].into_iter().chain((0..t.rows()).map(row)).collect()
}

fn correlations(t: &Table) -> Vec<Vec<String>> {
    let head = ["group", "objective", "n", "Pearson", "", "p", "Spearman", "", "p"].map(str::to_string).to_vec();
    let row = |k| {
        let mut cells = vec![t.text("group", k).to_string(), t.text("objective", k).to_string()];
        cells.push(t.real("units", k).map_or(String::new(), |n| n.to_string()));
        for name in ["pearson", "spearman"] {
            cells.extend([number(t.real(name, k)), around(t, k, name), number(t.real(&format!("{name}_p"), k))]);
        }
        cells
    };
    [head].into_iter().chain((0..t.rows()).map(row)).collect()
}

fn similarity(t: &Table) -> Vec<Vec<String>> {
    let head = ["group", "other", "Jaccard", "Jensen-Shannon (nats)"].map(str::to_string).to_vec();
    let cells = |k| {
        [
            t.text("group", k).into(),
            t.text("other", k).into(),
            number(t.real("jaccard", k)),
            number(t.real("jensen_shannon_nats", k)),
        ]
    };
    [head].into_iter().chain((0..t.rows()).map(|k| cells(k).to_vec())).collect()
}

/// Formats rows, with columns padded to their widest cell.
fn aligned(rows: &[Vec<String>]) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |c: usize| rows.iter().map(|row| row[c].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        format!("  {}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

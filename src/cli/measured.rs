//! What `measure` found: as text, as JSON, as tables and figures in a folder.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::error::{Error, Result};
use crate::files::{read_bytes, write_bytes};
use crate::measures::{Measure, Progress, Report, Table, pairs};
use crate::metrics::correlation::{FEWEST_PAIRS, least_squares};
use crate::plots::{Dots, Line, Page, Panel};

/// The file by which an output folder is known; it lists the others.
const INDEX: &str = "measure.json";

/// Where results go; known to be free.
#[derive(Debug)]
pub enum Target {
    Folder(PathBuf),
    File(PathBuf),
}

impl Target {
    /// # Errors
    /// [`Error::Usage`] if something is there and may not be replaced, or for a file of an unknown kind.
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
                Some("csv") => report.per_unit.write_csv(path),
                Some("parquet") => report.per_unit.write_parquet(path),
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

/// Removes what an earlier measurement left, then writes everything; the index comes last.
fn write_folder(folder: &Path, report: &Report) -> Result<()> {
    fs::create_dir_all(folder).map_err(|e| Error::io(folder, e))?;
    let index = folder.join(INDEX);
    if index.exists() {
        let earlier: Value = serde_json::from_slice(&read_bytes(&index)?).unwrap_or_default();
        let listed = earlier["files"].as_array().into_iter().flatten().filter_map(Value::as_str);
        // Names only: an index that was tampered with reaches nothing outside its folder.
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

/// Everything.
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
        "notes": report.notes,
        "warnings": report.warnings,
    });
    for table in report.tables() {
        all[table.name.replace('-', "_")] = table.json();
    }
    all
}

/// Name and page of each figure.
fn pages(report: &Report) -> Vec<(String, Page)> {
    let mut pages = vec![("over-time".to_string(), over_time(report, &report.measures))];
    let against: Vec<Measure> = report.measures.iter().copied().filter(|m| m.column() != report.progress.name()).collect();
    pages.extend(report.measures.iter().map(|m| (format!("{}-over-time", m.name()), over_time(report, &[*m]))));
    if !against.is_empty() {
        pages.push(("progress".to_string(), progress(report, &against)));
    }
    pages.extend(against.iter().map(|m| (format!("{}-progress", m.name()), progress(report, &[*m]))));
    pages
}

fn over_time(report: &Report, measures: &[Measure]) -> Page {
    let panel = |measure: &Measure| {
        let curves = report.curves.iter().filter(|curve| curve.measure == *measure);
        let lines = curves.map(|curve| Line {
            group: report.groups.iter().position(|group| *group == curve.group).unwrap_or(0),
            points: curve.points.iter().map(|(steps, mean, _)| (*steps as f64, *mean)).collect(),
            band: curve.points.iter().filter_map(|(steps, _, around)| around.map(|i| (*steps as f64, i.low, i.high))).collect(),
        });
        Panel { x: "Steps".into(), y: measure.title().into(), lines: lines.collect(), dots: Vec::new() }
    };
    let title = format!("Over time: means of instances, bands 95 % intervals; key {}", report.key);
    Page { title: fitting(title, measures), groups: report.groups.clone(), panels: measures.iter().map(panel).collect() }
}

/// A page of one panel is too narrow for a long title.
fn fitting(title: String, measures: &[Measure]) -> String {
    if measures.len() > 1 {
        title
    } else {
        title.replace(": means of instances, bands 95 % intervals;", ": mean, 95 % interval;")
    }
}

fn progress(report: &Report, measures: &[Measure]) -> Page {
    let panel = |measure: &Measure| {
        let dots = report.groups.iter().enumerate().map(|(k, group)| {
            let points = pairs(&report.per_unit, group, measure.column());
            let (low, high) = points.iter().fold((f64::MAX, f64::MIN), |(low, high), (x, _)| (low.min(*x), high.max(*x)));
            let line = least_squares(&points).filter(|_| points.len() >= FEWEST_PAIRS);
            let fit = line.map(|(slope, intercept)| [low, high].map(|x| (x, intercept + slope * x)));
            Dots { group: k, points, fit }
        });
        Panel { x: measure.title().into(), y: report.progress.title().into(), lines: Vec::new(), dots: dots.collect() }
    };
    let title = format!("Against progress: one point an instance; key {}", report.key);
    Page { title, groups: report.groups.clone(), panels: measures.iter().map(panel).collect() }
}

/// The report for people.
pub fn text(report: &Report) -> String {
    let units = report.per_unit.rows();
    let mut text = format!("{:?}, key {}", report.family, report.key);
    if report.key != report.key_parts {
        let _ = write!(text, " ({})", report.key_parts);
    }
    let _ = writeln!(
        text,
        ": {units} instances in {} groups, {} states, up to {} steps each",
        report.groups.len(),
        report.states,
        report.budget
    );
    let _ = writeln!(text, "\nMeans of instances [95 % interval]; pooled: all of a group as one life");
    text += &aligned(&summary(report));
    if report.correlations.column("pearson").is_some() {
        let what = if report.progress == Progress::Return { "mean return" } else { report.progress.name() };
        let _ = writeln!(text, "\nCorrelation with progress ({what}), a point an instance [95 % interval]");
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

/// 1.234567 as 1.235, 0.0001 as 1.0e-4, nothing as -.
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
    let head = ["group", "figure", "units", "mean", "", "IQM", "pooled"].map(str::to_string).to_vec();
    let row = |k| {
        vec![
            t.text("group", k).to_string(),
            t.text("figure", k).to_string(),
            t.real("units", k).map_or(String::new(), |n| n.to_string()),
            number(t.real("mean", k)),
            around(t, k, "mean"),
            number(t.real("iqm", k)),
            number(t.real("pooled", k)),
        ]
    };
    [head].into_iter().chain((0..t.rows()).map(row)).collect()
}

fn correlations(t: &Table) -> Vec<Vec<String>> {
    let head = ["group", "objective", "units", "Pearson", "", "p", "Spearman", "", "p"].map(str::to_string).to_vec();
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
        [t.text("group", k).into(), t.text("other", k).into(), number(t.real("jaccard", k)), number(t.real("jensen_shannon", k))]
    };
    [head].into_iter().chain((0..t.rows()).map(|k| cells(k).to_vec())).collect()
}

/// Columns padded to their widest cell.
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

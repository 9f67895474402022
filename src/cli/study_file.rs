//! `study status`, `study withdraw` and `study export`.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::json;

use super::global::Global;
use super::output;
use super::stop::Stop;
use crate::error::Error;
use crate::study::database::{ParticipantStatus, StudyStatus, status, withdraw};
use crate::study::export::{ExportOptions, export};

/// How often `--watch` reads the file.
const WATCH_EVERY: Duration = Duration::from_secs(1);

#[derive(clap::Args)]
pub struct StatusArgs {
    /// The study file (.study.sqlite)
    file: PathBuf,
    /// Print again whenever something changes, until Ctrl-C
    #[arg(long)]
    watch: bool,
}

#[derive(clap::Args)]
pub struct WithdrawArgs {
    /// The study file (.study.sqlite)
    file: PathBuf,
    /// Id of the participant
    participant: String,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

#[derive(clap::Args)]
pub struct ExportArgs {
    /// The study file (.study.sqlite)
    file: PathBuf,
    /// The folder to make
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// Replace an earlier export
    #[arg(long)]
    force: bool,
    /// Put an apostrophe before texts that a spreadsheet would take for a formula
    #[arg(long)]
    spreadsheet: bool,
}

pub fn show_status(args: &StatusArgs, global: &Global) -> anyhow::Result<ExitCode> {
    if !args.watch {
        let status = status(&args.file)?;
        output::print(&if global.json { format!("{}\n", status_json(&status)) } else { text(&status) })?;
        return Ok(ExitCode::SUCCESS);
    }
    let stop = Stop::listen(true)?;
    let mut before = None;
    while !stop.asked().load(Ordering::Relaxed) {
        let status = status(&args.file)?;
        if before.as_ref() != Some(&status) {
            output::print(&if global.json { format!("{}\n", status_json(&status)) } else { text(&status) + "\n" })?;
            before = Some(status);
        }
        std::thread::sleep(WATCH_EVERY);
    }
    Ok(ExitCode::SUCCESS)
}

fn status_json(status: &StudyStatus) -> serde_json::Value {
    let participant = |one: &ParticipantStatus| {
        json!({
            "participant": one.participant, "cohort": one.cohort, "condition": one.condition, "state": one.state, "playing": one.playing,
            "sessions": one.sessions, "opened_utc": one.opened_utc, "stage": one.stage, "steps": one.steps, "episodes": one.episodes,
            "answers": one.answers, "items": one.items,
        })
    };
    let conditions = status.conditions.iter().map(|(name, (held, used))| (name.clone(), json!({ "held": held, "used": used })));
    json!({
        "study": status.study, "participants": status.participants.iter().map(participant).collect::<Vec<_>>(),
        "withdrawn": status.withdrawn, "conditions": conditions.collect::<serde_json::Map<_, _>>(),
    })
}

fn text(status: &StudyStatus) -> String {
    let mut text =
        format!("study {}: {} participants, {} withdrawn\n", status.study, status.participants.len(), status.withdrawn);
    for (name, (held, used)) in &status.conditions {
        let _ = writeln!(text, "condition {name}: {used} took part, {held} begun");
    }
    if status.participants.is_empty() {
        return text;
    }
    let head = ["participant", "cohort", "condition", "state", "stage", "steps", "episodes", "answers", "items", "begun (UTC)"];
    let mut rows: Vec<Vec<String>> = vec![head.map(str::to_string).to_vec()];
    for one in &status.participants {
        let or = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_string());
        let state = if one.playing { "playing".to_string() } else { one.state.clone() };
        let begun = or(&one.opened_utc).chars().take(19).collect();
        let numbers = [one.steps, one.episodes, one.answers, one.items].map(|n| n.to_string());
        let mut row = vec![one.participant.clone(), or(&one.cohort), or(&one.condition), state, or(&one.stage)];
        row.extend(numbers);
        row.push(begun);
        rows.push(row);
    }
    let widths: Vec<usize> = (0..head.len()).map(|c| rows.iter().map(|row| row[c].chars().count()).max().unwrap_or(0)).collect();
    for row in rows {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        let _ = writeln!(text, "{}", cells.join("  ").trim_end());
    }
    text
}

pub fn erase(args: &WithdrawArgs, global: &Global) -> anyhow::Result<ExitCode> {
    if !args.yes && !agreed(&args.participant)? {
        return Err(
            Error::Usage(format!("nothing was erased; --yes erases the records of {} without asking", args.participant)).into()
        );
    }
    let done = withdraw(&args.file, &args.participant)?;
    if global.json {
        let exports: Vec<String> = done.exports.iter().map(|path| path.display().to_string()).collect();
        output::print(&format!("{}\n", json!({ "items": done.items, "sessions": done.sessions, "exports": exports })))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut text = format!("erased: {} items of {} sessions of {}\n", done.items, done.sessions, args.participant);
    for path in &done.exports {
        let _ = writeln!(text, "an export may still hold them: {}", path.display());
    }
    text += "copies and backups that you made of the study file hold them too\n";
    output::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// Asks a person at the terminal.
fn agreed(participant: &str) -> anyhow::Result<bool> {
    use std::io::{BufRead, IsTerminal};
    if !std::io::stdin().is_terminal() {
        return Ok(false);
    }
    output::note(&format!("Erase all records of {participant}? They cannot be brought back. Type the id to erase them:"));
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim() == participant)
}

pub fn write_export(args: &ExportArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let stop = Stop::listen(true)?;
    let asked: &AtomicBool = stop.asked();
    let exported = export(&args.file, &args.output, &ExportOptions { force: args.force, spreadsheet: args.spreadsheet }, asked)?;
    let to: &Path = &args.output;
    if global.json {
        let files: serde_json::Map<_, _> = exported.files.iter().map(|(name, rows)| (name.clone(), json!(rows))).collect();
        output::print(&format!("{}\n", json!({ "folder": to.display().to_string(), "files": files })))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut text = String::new();
    for (name, rows) in &exported.files {
        let rows = rows.map_or(String::new(), |rows| format!(": {rows} rows"));
        let _ = writeln!(text, "{}{rows}", to.join(name).display());
    }
    output::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

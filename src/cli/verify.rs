//! `verify`: replays recorded traces and reports how each column is verified.

use std::path::PathBuf;
use std::process::ExitCode;

use super::global::Global;
use super::output;
use crate::traces::Verified;
use crate::traces::studies::CheckedItems;

#[derive(clap::Args)]
pub struct Args {
    /// Trace files, run folders, folders of sweeps, or study files (FILE.study.sqlite, or some of its plays: FILE.study.sqlite#P01)
    #[arg(required = true)]
    traces: Vec<PathBuf>,
}

pub fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    let done = crate::traces::verify(&args.traces)?;
    output::print(&if global.json {
        json(&done).to_string()
            + "\
"
    } else {
        text(&done)
    })?;
    Ok(ExitCode::SUCCESS)
}

fn json(done: &Verified) -> serde_json::Value {
    let mut json = serde_json::json!({
        "ok": true,
        "runs": done.runs,
        "files": done.files,
        "instances": done.instances,
        "rows": done.rows,
        "replayed": done.replayed,
        "recomputed": done.recomputed,
        "hash_only": done.hashed,
        "uncovered": done.uncovered,
        "notes": done.notes,
    });
    if let Some(study) = &done.study {
        json["study"] = serde_json::json!({
            "participants": study.participants,
            "sessions": study.sessions,
            "plays": study.plays,
            "items": study.items,
        });
    }
    json
}

fn text(done: &Verified) -> String {
    let (rows, instances, files) = (done.rows, done.instances, done.files);
    let mut text = format!("ok: {rows} rows of {instances} instances in {files} files replay exactly\n");
    if let Some(study) = &done.study {
        let CheckedItems { participants, sessions, plays, items } = study;
        text = format!("ok: {rows} rows of {plays} plays replay exactly\n");
        text += &format!("items of {participants} participants, {sessions} sessions: {items} in order, each with its digest\n");
    }
    text += &format!("replayed: {} columns, every value came out the same\n", done.replayed.len());
    if !done.recomputed.is_empty() {
        let names: Vec<&str> = done.recomputed.iter().map(String::as_str).collect();
        text += &format!("recomputed, every value the same: {}\n", names.join(", "));
    }
    for (what, columns) in [("only the hash covers", &done.hashed), ("nothing covers", &done.uncovered)] {
        for (name, why) in columns {
            text += &format!("{what} {name}: {why}\n");
        }
    }
    for note in &done.notes {
        text += &format!("note: {note}\n");
    }
    text
}

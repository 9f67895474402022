//! `verify`: replays recorded traces.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use super::Global;

#[derive(clap::Args)]
pub struct Args {
    /// Trace files, or run folders
    #[arg(required = true)]
    traces: Vec<PathBuf>,
}

pub fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    let done = crate::traces::verify(&args.traces)?;
    let mut out = std::io::stdout().lock();
    if global.json {
        writeln!(
            out,
            "{}",
            serde_json::json!({ "ok": true, "files": done.files, "instances": done.instances, "rows": done.rows })
        )?;
    } else {
        writeln!(out, "ok: {} rows of {} instances in {} files replay exactly", done.rows, done.instances, done.files)?;
    }
    Ok(ExitCode::SUCCESS)
}

//! `verify`: replays recorded traces.

use std::path::PathBuf;
use std::process::ExitCode;

use super::{Global, output};

#[derive(clap::Args)]
pub struct Args {
    /// Trace files, or run folders
    #[arg(required = true)]
    traces: Vec<PathBuf>,
}

pub fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    let done = crate::traces::verify(&args.traces)?;
    if global.json {
        let json = serde_json::json!({ "ok": true, "files": done.files, "instances": done.instances, "rows": done.rows });
        output::print(&format!("{json}\n"))?;
    } else {
        output::print(&format!(
            "ok: {} rows of {} instances in {} files replay exactly\n",
            done.rows, done.instances, done.files
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

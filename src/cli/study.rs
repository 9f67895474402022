//! `study`: plans and study files.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;

use super::global::Global;
use super::{output, study_check, study_file};
use crate::error::Error;
use crate::files::write_bytes;
use crate::study::plan::{PLAN_FILE, SIMPLE_CRAFTER};

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: StudyCommand,
}

#[derive(Subcommand)]
enum StudyCommand {
    /// Write a study plan to begin with: free play in a simplified Crafter, in English and German
    New {
        /// The plan, FILE.toml, or a folder for it
        #[arg(default_value = PLAN_FILE, value_name = "FILE")]
        path: PathBuf,
        /// Replace the file if there is one
        #[arg(long)]
        force: bool,
    },
    /// Check a study plan, and show what participants see and how long it takes; plays it through with a scripted participant
    Check(study_check::Args),
    /// Show where all participants are
    Status(study_file::StatusArgs),
    /// Erase the records of a participant; only the id and the time of it stay
    Withdraw(study_file::WithdrawArgs),
    /// Write every table as CSV, and the plans
    Export(study_file::ExportArgs),
}

pub fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    match &args.what {
        StudyCommand::New { path, force } => new(path, *force),
        StudyCommand::Check(args) => study_check::run(args, global),
        StudyCommand::Status(args) => study_file::show_status(args, global),
        StudyCommand::Withdraw(args) => study_file::erase(args, global),
        StudyCommand::Export(args) => study_file::write_export(args, global),
    }
}

fn new(path: &Path, force: bool) -> anyhow::Result<ExitCode> {
    let file = if path.extension().is_some_and(|e| e == "toml") { path.to_path_buf() } else { path.join(PLAN_FILE) };
    if std::fs::symlink_metadata(&file).is_ok() && !force {
        return Err(Error::Usage(format!("{} is there already; --force replaces it", file.display())).into());
    }
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|e| Error::io(folder, e))?;
    }
    write_bytes(&file, SIMPLE_CRAFTER.as_bytes())?;
    let shown = file.display();
    output::print(&format!(
        "Wrote {shown}\n\nNext:\n  explorarium study check {shown}\n  explorarium play --study {shown} --participant P01 --cohort adults\n"
    ))?;
    Ok(ExitCode::SUCCESS)
}

//! The command line. Each subcommand has a file, which turns the typed arguments into a validated plan and calls the library.

use std::process::ExitCode;

use self::command::Command;
use crate::error::Error;

mod backend;
mod bench;
mod command;
pub mod command_line;
pub mod config;
mod doctor;
mod drivers;
mod ended;
mod envs;
mod export;
mod export_args;
mod export_canvas;
mod figures;
mod global;
mod map;
mod map_args;
mod map_empowerment;
mod map_output;
mod map_play;
mod measure;
mod measure_output;
pub mod number;
mod options;
mod output;
#[cfg(all(feature = "study", feature = "viewer"))]
mod play;
#[cfg(all(feature = "study", feature = "viewer"))]
mod play_pictures;
mod progress;
mod ranges;
mod run;
mod run_args;
mod stop;
#[cfg(feature = "study")]
mod study;
#[cfg(feature = "study")]
mod study_check;
#[cfg(feature = "study")]
mod study_file;
#[cfg(feature = "study")]
mod study_text;
mod sweep;
mod trace;
mod verify;
#[cfg(feature = "viewer")]
mod view;
mod watch;

/// Runs the program. Exit codes: 0 ok, 1 failed, 2 usage, 3 data invalid or mismatch, 4 no usable adapter, 130 interrupted; a broken pipe
/// is success.
pub fn main() -> ExitCode {
    let cli = match command_line::command_line(std::env::args_os().collect()) {
        Ok(Ok(cli)) => cli,
        Ok(Err(shown)) => return ExitCode::from(output::usage(&shown)),
        Err(error) => return fail(&error.into()),
    };
    if let Some(threads) = cli.global.threads
        && let Err(e) = rayon::ThreadPoolBuilder::new().num_threads(threads as usize).build_global()
    {
        return fail(&anyhow::Error::new(e).context(format!("cannot start {threads} threads")));
    }
    if let Some(name) = cli.command.without_gpu()
        && let Err(error) = cli.global.check_no_gpu(name)
    {
        return fail(&error.into());
    }
    let done = match cli.command {
        Command::Run(args) => run::run(&args, &cli.global),
        Command::Verify(args) => verify::run(&args, &cli.global),
        Command::Measure(args) => measure::run(&args, &cli.global),
        Command::Map(args) => map::run(&args, &cli.global),
        Command::Export(args) => export::run(&args, &cli.global),
        #[cfg(feature = "study")]
        Command::Study(args) => study::run(&args, &cli.global),
        #[cfg(feature = "viewer")]
        Command::View(args) => view::run(&args, &cli.global),
        #[cfg(all(feature = "study", feature = "viewer"))]
        Command::Play(args) => play::run(&args, &cli.global),
        Command::Trace(args) => trace::run(args, &cli.global),
        Command::Envs(args) => envs::run(args, &cli.global),
        Command::Bench(args) => bench::run(&args, &cli.global),
        Command::Doctor => doctor::run(&cli.global),
    };
    match done {
        Ok(code) => code,
        Err(error) if output::is_gone(&error) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

/// Prints an error with its causes; the exit code follows from the library's error, if one is in the chain.
fn fail(error: &anyhow::Error) -> ExitCode {
    let mut text = format!("error: {error}");
    for cause in error.chain().skip(1) {
        let cause = cause.to_string();
        if !text.contains(&cause) {
            text += &format!("\n  caused by: {cause}");
        }
    }
    output::note(&text);
    let code = error.chain().find_map(|cause| cause.downcast_ref::<Error>().map(Error::exit_code));
    ExitCode::from(code.unwrap_or(1))
}

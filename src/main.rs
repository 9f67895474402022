//! The program: calls `cli`, which parses the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    explorarium::cli::main()
}

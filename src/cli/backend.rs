//! `--backend`: where worlds are stepped.

use clap::ValueEnum;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Backend {
    /// A hardware GPU if there is one, else the CPU
    Auto,
    /// Any graphics adapter, hardware first; a software driver with a warning
    Gpu,
    /// The CPU, on all cores
    Cpu,
}

//! `--backend`: where worlds are stepped.

use clap::ValueEnum;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Backend {
    /// A graphics card if there is one, else the CPU
    Auto,
    /// Any graphics adapter, hardware first; software drivers with a warning
    Gpu,
    /// The twins of the kernels, on all cores
    Cpu,
}

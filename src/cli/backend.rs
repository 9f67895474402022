//! `--backend` and `--adapter`: where worlds are stepped.

use std::sync::Arc;

use clap::ValueEnum;

use super::{Global, output};
use crate::error::Error;
use crate::gpu::{Gpu, adapters};

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Backend {
    /// A graphics card if there is one, else the CPU
    Auto,
    /// Any graphics adapter, hardware first; software drivers with a warning
    Gpu,
    /// The twins of the kernels, on all cores
    Cpu,
}

impl Global {
    /// [`Global::card`] for work that a card would slow down (a handful of instances, agents on the host): with `auto` that is the CPU.
    ///
    /// # Errors
    /// See [`Global::card`].
    pub fn card_if_asked(&self) -> Result<Option<Arc<Gpu>>, Error> {
        if self.backend == Backend::Auto && self.adapter.is_none() { Ok(None) } else { self.card() }
    }

    /// The card to step on; None for the CPU. With `auto` that is hardware only, unless `--adapter` names one.
    ///
    /// # Errors
    /// [`crate::gpu::GpuError::NoAdapter`] if `--backend gpu` or `--adapter` asks for what is not there; [`Error::Usage`] for
    /// `--adapter` on the CPU.
    pub fn card(&self) -> Result<Option<Arc<Gpu>>, Error> {
        match (self.backend, &self.adapter) {
            (Backend::Cpu, Some(_)) => {
                Err(Error::Usage("--adapter names a graphics adapter, and --backend cpu uses none".to_string()))
            }
            (Backend::Cpu, None) => Ok(None),
            (Backend::Auto, None) if adapters().first().is_none_or(|adapter| adapter.software) => Ok(None),
            (_, wanted) => {
                let gpu = Gpu::open(wanted.as_deref())?;
                if gpu.adapter.software && self.quiet == 0 {
                    let name = &gpu.adapter.name;
                    output::note(&format!("warning: {name} is a software driver; --backend cpu does the same faster"));
                }
                Ok(Some(Arc::new(gpu)))
            }
        }
    }
}

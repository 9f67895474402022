//! Options that all subcommands have, and the device that they name.

use std::sync::Arc;

use super::backend::Backend;
use super::drivers::quietly;
use super::{number, output};
use crate::error::Error;
use crate::gpu::{Gpu, GpuError, adapters};

/// What every subcommand takes.
#[derive(clap::Args, Clone, Debug)]
pub struct Global {
    /// Device on which worlds are stepped; results do not depend on it
    #[arg(long, global = true, value_enum, default_value_t = Backend::Auto)]
    pub backend: Backend,
    /// Graphics adapter: its number in `doctor`'s list or a part of its name
    #[arg(long, global = true, value_name = "NAME")]
    pub adapter: Option<String>,
    /// Seed of the batch: instance i is the reference environment with seed SEED + i
    #[arg(long, global = true, default_value_t = 0, allow_negative_numbers = true, value_parser = number::signed)]
    pub seed: i64,
    /// Number of threads [default: all cores]
    #[arg(long, global = true, value_parser = number::threads)]
    pub threads: Option<u64>,
    /// Print results as JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// Fewer messages on stderr
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub quiet: u8,
    /// More messages on stderr
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

impl Global {
    /// # Errors
    /// [`Error::Usage`] for `--adapter` on the CPU.
    pub fn check_adapter(&self) -> Result<(), Error> {
        if self.backend == Backend::Cpu && self.adapter.is_some() {
            return Err(Error::Usage("--adapter names a graphics adapter, and --backend cpu uses none".to_string()));
        }
        Ok(())
    }

    /// Checks that no GPU is requested, for subcommands that do not use one.
    ///
    /// # Errors
    /// [`Error::Usage`] if one is requested.
    pub fn check_no_gpu(&self, command: &str) -> Result<(), Error> {
        self.check_adapter()?;
        let asked = if self.adapter.is_some() { "--adapter" } else { "--backend gpu" };
        if self.adapter.is_some() || self.backend == Backend::Gpu {
            return Err(Error::Usage(format!("{asked}: `{command}` uses no graphics adapter; leave it out")));
        }
        Ok(())
    }

    /// Whether there is no hardware GPU.
    fn only_software(&self) -> Result<bool, GpuError> {
        quietly(self.verbose, || Ok(adapters().first().is_none_or(|adapter| adapter.software)))
    }

    /// As [`Global::gpu`], for work that a GPU would slow down (a handful of instances, agents on the host): with `auto` it is the CPU.
    ///
    /// # Errors
    /// See [`Global::gpu`].
    pub fn gpu_if_asked(&self) -> Result<Option<Arc<Gpu>>, Error> {
        if self.backend == Backend::Auto && self.adapter.is_none() { Ok(None) } else { self.gpu() }
    }

    /// Returns the GPU to step on; None for the CPU. With `auto` it is hardware only, unless `--adapter` names an adapter.
    ///
    /// # Errors
    /// [`crate::gpu::GpuError::NoAdapter`] if `--backend gpu` or `--adapter` requests an adapter that does not exist; [`Error::Usage`] for
    /// `--adapter` on the CPU.
    pub fn gpu(&self) -> Result<Option<Arc<Gpu>>, Error> {
        self.check_adapter()?;
        match (self.backend, &self.adapter) {
            (Backend::Cpu, _) => Ok(None),
            (Backend::Auto, None) if self.only_software()? => Ok(None),
            (_, wanted) => {
                let gpu = quietly(self.verbose, || Gpu::open(wanted.as_deref()))?;
                if gpu.adapter.software && self.quiet == 0 {
                    let name = &gpu.adapter.name;
                    output::note(&format!("warning: {name} is a software driver; --backend cpu does the same faster"));
                }
                Ok(Some(Arc::new(gpu)))
            }
        }
    }
}

//! The kernels of a batch, compiled once for all its parts.

use std::ops::Range;
use std::sync::Arc;

use super::op::{Compiled, compile};
use crate::gpu::{Gpu, GpuError, Kernel};
use crate::sim::pass::stages;
use crate::sim::schedule::{self, Plan};

/// The passes of a step, and the kernels that run between steps.
#[derive(Debug)]
pub struct Programs {
    /// The choice of actions: at random, and by the host.
    pub choose: Vec<Compiled>,
    pub step: Vec<Compiled>,
    pub stages: Vec<Range<usize>>,
    /// The passes of the plugin over first states, for episodes that begin outside of a step.
    pub on_reset: Vec<Compiled>,
    pub on_reset_stages: Vec<Range<usize>>,
    pub copy: Arc<Kernel>,
    pub checksum: Arc<Kernel>,
}

impl Programs {
    /// # Errors
    /// [`GpuError::Shader`] with file and line; [`GpuError::Limit`] if a kernel binds more buffers than the adapter allows.
    pub fn new(gpu: &Gpu, plan: &Plan, texts: &[(String, String)]) -> Result<Programs, GpuError> {
        let passes: Vec<_> = schedule::step(plan).into_iter().filter(|pass| pass.program.is_some()).collect();
        let on_reset = plan.plugin.map_or_else(Vec::new, |plugin| plugin.clone().on_reset());
        let on_reset: Vec<_> = on_reset.into_iter().filter(|pass| pass.program.is_some()).collect();
        Ok(Programs {
            on_reset_stages: stages(&on_reset.iter().collect::<Vec<_>>()),
            on_reset: Compiled::all(gpu, on_reset, texts)?,
            choose: Compiled::all(gpu, schedule::choose_on_gpu().into(), texts)?,
            stages: stages(&passes.iter().collect::<Vec<_>>()),
            step: Compiled::all(gpu, passes, texts)?,
            copy: compile(gpu, texts, "shaders/core/copy.wgsl", &[])?,
            checksum: compile(gpu, texts, "shaders/core/checksum.wgsl", &[])?,
        })
    }
}

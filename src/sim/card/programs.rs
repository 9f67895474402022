//! The kernels of a batch, compiled once for all its parts.

use std::sync::Arc;

use crate::envs::World;
use crate::envs::shared::packing::Kernels;
use crate::gpu::{Access, Gpu, GpuError, Kernel, Source};
use crate::{envs, shaders};

const ALL: &str = "shaders/core/all.wgsl";
const LISTED: &str = "shaders/core/listed.wgsl";
const SEEN: &str = "shaders/core/seen.wgsl";
const MOMENT_STEP: &str = "shaders/core/moment_step.wgsl";
const MOMENT_RESET: &str = "shaders/core/moment_reset.wgsl";

/// All WGSL files of the project.
pub fn files() -> Vec<(&'static str, &'static str)> {
    shaders::WGSL.iter().chain(envs::WGSL).copied().collect()
}

/// Compiled kernels, by what they do.
#[derive(Debug)]
pub struct Programs {
    pub random: Arc<Kernel>,
    pub given: Arc<Kernel>,
    pub prepare: Arc<Kernel>,
    pub reset_before: Arc<Kernel>,
    pub reset_after: Arc<Kernel>,
    pub step: Arc<Kernel>,
    pub observe: Arc<Kernel>,
    pub observe_begun: Arc<Kernel>,
    /// If pictures are drawn.
    pub pixels: Option<[Arc<Kernel>; 2]>,
    pub begin_stream: Option<Arc<Kernel>>,
    pub statistics: Arc<Kernel>,
    pub begun: Arc<Kernel>,
    pub record_step: Arc<Kernel>,
    pub record_reset: Arc<Kernel>,
    pub close: Arc<Kernel>,
    pub halt: Arc<Kernel>,
    pub copy: Arc<Kernel>,
    pub checksum: Arc<Kernel>,
}

impl Programs {
    /// # Errors
    /// [`GpuError::Shader`] with file and line; [`GpuError::Limit`] if a kernel binds more buffers than the adapter allows.
    pub fn new(gpu: &Gpu, world: &dyn World, kernels: &Kernels, texts: &[(String, String)]) -> Result<Programs, GpuError> {
        use Access::{Read as R, ReadWrite as W};
        let files: Vec<_> = texts.iter().map(|(path, text)| (path.as_str(), text.as_str())).chain(files()).collect();
        let compile = |name: &str, instead: &[(&str, &str)], access: &[Access]| -> Result<Arc<Kernel>, GpuError> {
            let all: Vec<_> = kernels.instead.iter().chain(instead).copied().collect();
            Kernel::of(gpu, &Source::resolve(name, &files, &all)?, access)
        };
        let n_state = world.spec().buffers.len() + usize::from(kernels.absent.is_some());
        let states = |first: &[Access], access: Access, last: &[Access]| [first, &vec![access; n_state], last].concat();
        let seen = [(SEEN, kernels.seen)];
        // Observing may draw from the stream: picture noise.
        let observe = |name: &str, whom: &str| compile(name, &[(ALL, whom)], &states(&[R, W, R], W, &[W]));
        let pixels = match kernels.pixels {
            Some(kernel) if world.spec().pixel_words() > 0 => Some([observe(kernel.name, ALL)?, observe(kernel.name, LISTED)?]),
            _ => None,
        };
        Ok(Programs {
            random: compile("shaders/agent/random.wgsl", &[], &[R, W, R])?,
            given: compile("shaders/agent/given.wgsl", &[], &[R, W, R, R])?,
            prepare: compile("shaders/core/prepare.wgsl", &[], &[R, W, W])?,
            reset_before: compile("shaders/core/reset_before.wgsl", &[], &[R, W, W, R, W])?,
            reset_after: compile("shaders/core/reset_after.wgsl", &[], &[R, W, W, R, W, R, W])?,
            step: compile(kernels.step, &[], &states(&[R, W, R], W, &[]))?,
            observe: observe(kernels.observe, ALL)?,
            observe_begun: observe(kernels.observe, LISTED)?,
            pixels,
            begin_stream: kernels.begin_stream.map(|(name, _)| compile(name, &[(ALL, LISTED)], &[R, R, R, W])).transpose()?,
            statistics: compile("shaders/core/statistics.wgsl", &seen, &[R, R, R, R, W, W, W, W])?,
            begun: compile("shaders/core/begun.wgsl", &seen, &[R, R, R, W, W])?,
            record_step: compile("shaders/core/record.wgsl", &[], &[R, R, R, R, W, W])?,
            record_reset: compile("shaders/core/record.wgsl", &[(MOMENT_STEP, MOMENT_RESET)], &[R, R, R, R, W, W])?,
            close: compile("shaders/core/close.wgsl", &[], &[R, W, W, W])?,
            halt: compile("shaders/core/halt.wgsl", &[], &[R, R, W])?,
            copy: compile("shaders/core/copy.wgsl", &[], &[R, R, R, W])?,
            checksum: compile("shaders/core/checksum.wgsl", &[], &[R, R, R, W])?,
        })
    }
}

//! Passes on the GPU: compiled once, then bound to the buffers of each part.

use std::sync::Arc;

use crate::envs;
use crate::gpu::{Access, GROUP, Gpu, GpuError, Kernel, Pass as Encoder, Source, Words};
use crate::shaders;
use crate::shaders::core::fork_sources::ForkSources;
use crate::sim::buffer::{Bind, BindingSource, Buffer, Use};
use crate::sim::pass::{Pass, PassScope, Program, Unit};
use crate::sim::schedule::RESET_LIST;

/// All WGSL files of the project.
pub fn files() -> Vec<(&'static str, &'static str)> {
    shaders::WGSL.iter().chain(envs::WGSL).copied().collect()
}

/// Compiles a kernel with replaced imports; `texts` are WGSL texts that replace the project's own.
///
/// # Errors
/// [`GpuError::Shader`] with file and line.
pub fn compile(gpu: &Gpu, texts: &[(String, String)], path: &str, instead: &[(&str, &str)]) -> Result<Arc<Kernel>, GpuError> {
    let files: Vec<_> = texts.iter().map(|(path, text)| (path.as_str(), text.as_str())).chain(files()).collect();
    Kernel::of(gpu, &Source::resolve(path, &files, instead)?)
}

/// A pass with its kernel.
#[derive(Debug)]
pub enum Compiled {
    Kernel(Kernels),
    Reach(usize, ForkSources),
}

/// The buffers that a pass binds, and its kernel.
#[derive(Debug)]
pub struct Kernels {
    name: &'static str,
    over: PassScope,
    unit: Unit,
    binds: Vec<Bind>,
    kernel: Arc<Kernel>,
}

impl Kernels {
    pub fn is_over_recorded(&self) -> bool {
        self.over == PassScope::Recorded
    }
}

impl Compiled {
    /// Compiles a pass; None if a GPU has nothing to do in it.
    ///
    /// # Errors
    /// [`GpuError::Shader`] with file and line.
    pub fn of(gpu: &Gpu, pass: Pass, texts: &[(String, String)]) -> Result<Option<Compiled>, GpuError> {
        let Pass { name, over, unit, binds, program, .. } = pass;
        Ok(match program {
            None => None,
            Some(Program::Reach(reach, whom)) => Some(Compiled::Reach(reach, whom)),
            Some(Program::Kernel { path, mut instead }) => {
                if over == PassScope::ResetList {
                    instead.extend(RESET_LIST);
                }
                Some(Compiled::Kernel(Kernels { name, over, unit, binds, kernel: compile(gpu, texts, path, &instead)? }))
            }
        })
    }

    /// Compiles the passes of a list in which a GPU has something to do.
    ///
    /// # Errors
    /// As [`Compiled::of`].
    pub fn all(gpu: &Gpu, passes: Vec<Pass>, texts: &[(String, String)]) -> Result<Vec<Compiled>, GpuError> {
        passes.into_iter().filter_map(|pass| Compiled::of(gpu, pass, texts).transpose()).collect()
    }

    /// Compiles a pass that must have a kernel.
    ///
    /// # Errors
    /// As [`Compiled::of`].
    pub fn one(gpu: &Gpu, pass: Pass, texts: &[(String, String)]) -> Result<Compiled, GpuError> {
        let name = pass.name;
        Compiled::of(gpu, pass, texts)?.ok_or_else(|| GpuError::Invalid(format!("pass '{name}' has no kernel")))
    }
}

/// Numbers of the items that a pass can run over.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// Instances, or forks; this is also the maximum length of the reset list.
    pub instances: usize,
    pub recorded: usize,
}

/// What a kernel is dispatched over.
#[derive(Clone, Copy, Debug)]
pub enum Dispatch {
    /// One invocation for each of this number of items.
    Invocations(usize),
    /// Groups that loop over the entries of a list, which has at most this many entries.
    Rows(usize),
}

/// A kernel with its buffers.
#[derive(Debug)]
pub struct Op {
    pub name: &'static str,
    kernel: Arc<Kernel>,
    bound: crate::gpu::Bound,
    over: Dispatch,
}

impl Op {
    /// Binds each buffer under the name that the kernel has for it.
    ///
    /// # Errors
    /// [`GpuError::Invalid`] if kernel and buffers do not fit.
    pub fn new(
        gpu: &Gpu,
        name: &'static str,
        kernel: &Arc<Kernel>,
        buffers: &[(&str, &Words)],
        over: Dispatch,
    ) -> Result<Op, GpuError> {
        Ok(Op { name, kernel: kernel.clone(), bound: kernel.bind(gpu, buffers)?, over })
    }

    /// Binds a pass to the buffers that it names; `absent` replaces those that do not exist.
    ///
    /// # Errors
    /// [`GpuError::Invalid`] with the names if the kernel declares a buffer that the pass does not name, that the pass uses in another
    /// way, or that does not exist; and if the pass names one that the kernel does not declare.
    pub fn of<'w>(
        gpu: &Gpu,
        pass: &Kernels,
        counts: Counts,
        absent: &'w Words,
        buffer: impl Fn(Buffer) -> Option<&'w Words>,
    ) -> Result<Op, GpuError> {
        let wrong = |name: &str, why: &str| GpuError::Invalid(format!("pass '{}', buffer '{name}': {why}", pass.name));
        let declared = pass.kernel.bindings();
        if let Some(bind) =
            pass.binds.iter().find(|bind| bind.used != Use::Declared && declared.iter().all(|own| own.name != bind.named.name))
        {
            return Err(wrong(bind.named.name, "its kernel declares none of this name"));
        }
        let mut constants = Vec::new();
        let mut binds = Vec::new();
        for own in declared {
            let bind = pass.binds.iter().find(|bind| bind.named.name == own.name);
            let bind = bind.ok_or_else(|| wrong(&own.name, "its kernel declares it, and the pass does not name it"))?;
            let fits = match bind.used {
                Use::Read => own.access == Access::Read,
                Use::Write | Use::Insert | Use::UpdateSum => own.access == Access::ReadWrite,
                Use::Declared | Use::Idle => true,
            };
            if !fits {
                return Err(wrong(
                    &own.name,
                    &format!("its kernel declares it for {:?}, the pass for {:?}", own.access, bind.used),
                ));
            }
            if let BindingSource::Constants(words) = &bind.named.what {
                constants.push(Words::of(gpu, pass.name, words)?);
            }
            binds.push((own, bind));
        }
        let mut rest = constants.iter();
        let mut buffers: Vec<(&str, &Words)> = Vec::new();
        for (own, bind) in binds {
            let words = match bind.named.what {
                BindingSource::Buffer(id) => buffer(id).ok_or_else(|| wrong(&own.name, &format!("there is no {id:?} here")))?,
                BindingSource::Constants(_) => rest.next().unwrap_or(absent),
                BindingSource::Absent => absent,
            };
            buffers.push((&own.name, words));
        }
        let n = match pass.over {
            PassScope::Active | PassScope::ResetList => counts.instances,
            PassScope::Recorded => counts.recorded,
            PassScope::Once => 1,
        };
        let over = match pass.unit {
            Unit::Invocation => Dispatch::Invocations(n),
            Unit::Group => Dispatch::Invocations(n * GROUP as usize),
            Unit::Row => Dispatch::Rows(n),
        };
        Op::new(gpu, pass.name, &pass.kernel, &buffers, over)
    }

    pub fn encode(&self, encoder: &mut Encoder) {
        match self.over {
            Dispatch::Invocations(n) => encoder.dispatch(&self.kernel, &self.bound, n),
            Dispatch::Rows(n) => encoder.strides(&self.kernel, &self.bound, n),
        }
    }
}

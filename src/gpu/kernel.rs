//! Kernels: a compute pipeline with its bindings, and passes that dispatch them.

use super::{Gpu, GpuError, Result, Source, Words};

/// Invocations of a workgroup, in one row. Kernels say `@workgroup_size(64)`.
pub const GROUP: u32 = 64;
/// Groups that WebGPU allows in a dimension everywhere; more go into a second one.
const MAX_GROUPS: u32 = 65_535;

/// What a kernel does with a binding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    Read,
    ReadWrite,
}

/// A compiled kernel. Its bindings are those of group 0, from 0 on.
#[derive(Debug)]
pub struct Kernel {
    pipeline: wgpu::ComputePipeline,
    layout: wgpu::BindGroupLayout,
    bindings: usize,
    label: String,
}

impl Kernel {
    /// Compiles the entry point `main` of `source`.
    ///
    /// # Errors
    /// [`GpuError::Shader`] with the file and line of the first complaint.
    pub fn new(gpu: &Gpu, source: &Source, bindings: &[Access]) -> Result<Kernel> {
        let label = source.name.as_str();
        let module = Self::module(gpu, source)?;
        let entries: Vec<_> = bindings.iter().enumerate().map(|(k, access)| entry(k as u32, *access)).collect();
        let (pipeline, layout) = gpu.guarded(label, || {
            let layout =
                gpu.device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label: Some(label), entries: &entries });
            let pipeline_layout = gpu.device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
                label: Some(label),
                bind_group_layouts: &[Some(&layout)],
                ..Default::default()
            });
            let pipeline = gpu.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label: Some(label),
                layout: Some(&pipeline_layout),
                module: &module,
                entry_point: Some("main"),
                compilation_options: wgpu::PipelineCompilationOptions::default(),
                cache: None,
            });
            (pipeline, layout)
        })?;
        Ok(Kernel { pipeline, layout, bindings: bindings.len(), label: label.to_string() })
    }

    fn module(gpu: &Gpu, source: &Source) -> Result<wgpu::ShaderModule> {
        let descriptor = wgpu::ShaderModuleDescriptor {
            label: Some(&source.name),
            source: wgpu::ShaderSource::Wgsl(source.text.as_str().into()),
        };
        let scope = gpu.device.push_error_scope(wgpu::ErrorFilter::Validation);
        let module = gpu.device.create_shader_module(descriptor);
        let Some(error) = pollster::block_on(scope.pop()) else { return Ok(module) };
        let messages = pollster::block_on(module.get_compilation_info()).messages;
        let first = messages.iter().find(|m| m.message_type == wgpu::CompilationMessageType::Error);
        let line = first.and_then(|m| m.location).map_or(0, |l| l.line_number as usize);
        let message = first.map_or_else(|| error.to_string(), |m| m.message.clone());
        Err(GpuError::Shader { place: source.place(line), message })
    }

    /// The kernel with its buffers.
    ///
    /// # Errors
    /// [`GpuError::Invalid`] if they are not as many as the bindings.
    pub fn bind(&self, gpu: &Gpu, buffers: &[&Words]) -> Result<wgpu::BindGroup> {
        if buffers.len() != self.bindings {
            let text = format!("{} takes {} buffers, not {}", self.label, self.bindings, buffers.len());
            return Err(GpuError::Invalid(text));
        }
        let entries: Vec<_> = buffers
            .iter()
            .enumerate()
            .map(|(k, words)| wgpu::BindGroupEntry { binding: k as u32, resource: words.buffer.as_entire_binding() })
            .collect();
        let descriptor = wgpu::BindGroupDescriptor { label: Some(&self.label), layout: &self.layout, entries: &entries };
        gpu.guarded(&self.label, || gpu.device.create_bind_group(&descriptor))
    }
}

fn entry(binding: u32, access: Access) -> wgpu::BindGroupLayoutEntry {
    wgpu::BindGroupLayoutEntry {
        binding,
        visibility: wgpu::ShaderStages::COMPUTE,
        ty: wgpu::BindingType::Buffer {
            ty: wgpu::BufferBindingType::Storage { read_only: access == Access::Read },
            has_dynamic_offset: false,
            min_binding_size: None,
        },
        count: None,
    }
}

/// Dispatches, in order, to be submitted together: each sees what those before it wrote.
pub struct Pass<'g> {
    gpu: &'g Gpu,
    encoder: wgpu::CommandEncoder,
    dispatches: u64,
}

impl<'g> Pass<'g> {
    pub fn new(gpu: &'g Gpu, label: &str) -> Pass<'g> {
        let encoder = gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor { label: Some(label) });
        Pass { gpu, encoder, dispatches: 0 }
    }

    /// At least `invocations` invocations; those past the end must see for themselves that they have nothing to do.
    pub fn dispatch(&mut self, kernel: &Kernel, buffers: &wgpu::BindGroup, invocations: usize) {
        let groups = invocations.div_ceil(GROUP as usize) as u64;
        let rows = groups.div_ceil(u64::from(MAX_GROUPS)).max(1);
        let columns = groups.div_ceil(rows);
        let mut pass =
            self.encoder.begin_compute_pass(&wgpu::ComputePassDescriptor { label: Some(&kernel.label), timestamp_writes: None });
        pass.set_pipeline(&kernel.pipeline);
        pass.set_bind_group(0, buffers, &[]);
        pass.dispatch_workgroups(columns as u32, rows as u32, 1);
        self.dispatches += 1;
    }

    /// Submits all dispatches; gives their number.
    ///
    /// # Errors
    /// See [`Gpu::check`].
    pub fn submit(self) -> Result<u64> {
        let Pass { gpu, encoder, dispatches } = self;
        gpu.guarded("a step", || gpu.queue.submit([encoder.finish()]))?;
        Ok(dispatches)
    }
}

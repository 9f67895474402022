//! Kernels: a compute pipeline with its bindings, and passes that dispatch them.

use std::sync::Arc;

use super::buffer::Staging;
use super::pipeline::{GROUP, Kernel};
use super::source::{Access, Binding};
use super::{Gpu, GpuError, Result, Source, Words};

/// Number of groups in one dimension that WebGPU guarantees; more groups use a second dimension.
const MAX_GROUPS: u32 = 65_535;
/// Maximum number of groups of a kernel that loops over its entries in strides: enough to fill any GPU.
const STRIDES: usize = 4096;

impl Kernel {
    /// Returns the kernel of `source`; compiles it only if this device does not have it yet.
    ///
    /// # Errors
    /// See [`Kernel::new`].
    pub fn of(gpu: &Gpu, source: &Source) -> Result<Arc<Kernel>> {
        let key = source.text.clone();
        let known = |gpu: &Gpu| gpu.kernels.lock().unwrap_or_else(|e| e.into_inner()).get(&key).cloned();
        if let Some(kernel) = known(gpu) {
            return Ok(kernel);
        }
        let kernel = Arc::new(Kernel::new(gpu, source)?);
        gpu.kernels.lock().unwrap_or_else(|e| e.into_inner()).insert(key, kernel.clone());
        Ok(kernel)
    }

    /// Compiles the entry point `main` of `source`.
    ///
    /// # Errors
    /// [`GpuError::Shader`] with the file and line of the first error.
    pub fn new(gpu: &Gpu, source: &Source) -> Result<Kernel> {
        let label = source.name.as_str();
        let module = Self::module(gpu, source)?;
        let bindings = source.bindings()?;
        let entries: Vec<_> = bindings.iter().map(|binding| entry(binding.index, binding.access)).collect();
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
        Ok(Kernel { pipeline, layout, bindings, label: label.to_string() })
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

    /// The buffers that the kernel declares, by index.
    pub fn bindings(&self) -> &[Binding] {
        &self.bindings
    }

    /// Binds the kernel's buffers, each by its name in the text.
    ///
    /// # Errors
    /// [`GpuError::Invalid`] with the names if a declared buffer is not given, or a given buffer is not declared.
    pub fn bind(&self, gpu: &Gpu, buffers: &[(&str, &Words)]) -> Result<Bound> {
        let mut entries = Vec::new();
        for binding in &self.bindings {
            let named = buffers.iter().find(|(name, _)| *name == binding.name);
            let (_, words) =
                named.ok_or_else(|| GpuError::Invalid(format!("{}: no buffer for '{}'", self.label, binding.name)))?;
            entries.push(wgpu::BindGroupEntry { binding: binding.index, resource: words.buffer.as_entire_binding() });
        }
        if let Some((name, _)) = buffers.iter().find(|(name, _)| self.bindings.iter().all(|binding| binding.name != *name)) {
            return Err(GpuError::Invalid(format!("{}: it declares no buffer '{name}'", self.label)));
        }
        let descriptor = wgpu::BindGroupDescriptor { label: Some(&self.label), layout: &self.layout, entries: &entries };
        gpu.guarded(&self.label, || gpu.device.create_bind_group(&descriptor)).map(Bound)
    }
}

/// The buffers that are bound to a kernel.
#[derive(Debug)]
pub struct Bound(wgpu::BindGroup);

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

/// Dispatches that are submitted together, in order: each sees what those before it wrote.
pub struct Pass<'g> {
    gpu: &'g Gpu,
    encoder: wgpu::CommandEncoder,
    open: Option<wgpu::ComputePass<'static>>,
    dispatches: u64,
}

impl<'g> Pass<'g> {
    /// An empty pass; `label` names it in messages of the driver.
    pub fn new(gpu: &'g Gpu, label: &str) -> Pass<'g> {
        let encoder = gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor { label: Some(label) });
        Pass { gpu, encoder, open: None, dispatches: 0 }
    }

    /// Dispatches at least `invocations` invocations. The kernel must check which of them are past the end.
    pub fn dispatch(&mut self, kernel: &Kernel, buffers: &Bound, invocations: usize) {
        let groups = invocations.div_ceil(GROUP as usize) as u64;
        let rows = groups.div_ceil(u64::from(MAX_GROUPS)).max(1);
        self.groups(kernel, buffers, (groups.div_ceil(rows) as u32, rows as u32));
    }

    /// Dispatches `columns` x `rows` groups.
    pub(super) fn groups(&mut self, kernel: &Kernel, buffers: &Bound, (columns, rows): (u32, u32)) {
        let encoder = &mut self.encoder;
        let pass = self.open.get_or_insert_with(|| encoder.begin_compute_pass(&Default::default()).forget_lifetime());
        pass.set_pipeline(&kernel.pipeline);
        pass.set_bind_group(0, &buffers.0, &[]);
        pass.dispatch_workgroups(columns, rows, 1);
        self.dispatches += 1;
    }

    /// Dispatches `most` groups, but at least 1 and at most `STRIDES`: for kernels that loop over their entries in strides.
    pub fn strides(&mut self, kernel: &Kernel, buffers: &Bound, most: usize) {
        self.groups(kernel, buffers, (most.clamp(1, STRIDES) as u32, 1));
    }

    /// Times the dispatches that follow separately, as `number` of `timer`.
    pub fn time(&mut self, timer: &Timer, number: u32) {
        let writes = wgpu::ComputePassTimestampWrites {
            query_set: &timer.queries,
            beginning_of_pass_write_index: Some(number * 2),
            end_of_pass_write_index: Some(number * 2 + 1),
        };
        self.open = None;
        let descriptor = wgpu::ComputePassDescriptor { label: None, timestamp_writes: Some(writes) };
        self.open = Some(self.encoder.begin_compute_pass(&descriptor).forget_lifetime());
    }

    /// Copies the measured times into the timer's buffer.
    pub fn keep_times(&mut self, timer: &Timer) {
        self.open = None;
        self.encoder.resolve_query_set(&timer.queries, 0..timer.passes * 2, &timer.times.buffer, 0);
    }

    /// Sets all words of `words` to 0 for the dispatches that follow.
    pub fn clear(&mut self, words: &Words) {
        self.open = None;
        self.encoder.clear_buffer(&words.buffer, 0, None);
    }

    /// Submits all dispatches and returns their number.
    ///
    /// # Errors
    /// See [`Gpu::check`].
    pub fn submit(self) -> Result<u64> {
        let Pass { gpu, encoder, open, dispatches } = self;
        drop(open);
        gpu.guarded("a step", || gpu.queue.submit([encoder.finish()]))?;
        gpu.count(1, 0);
        Ok(dispatches)
    }

    /// Submits all dispatches, then reads parts of buffers: (buffer, first word, number of words), one after the other. This takes one
    /// submission and one read, however many parts there are. Returns the number of dispatches, and the words.
    ///
    /// # Errors
    /// [`GpuError::Invalid`] if a buffer does not have as many words; see [`Gpu::check`].
    pub fn submit_and_read(mut self, wanted: &[(&Words, usize, usize)], staging: &mut Staging) -> Result<(u64, Vec<u32>)> {
        let total: usize = wanted.iter().map(|(_, _, n)| n).sum();
        if total == 0 {
            return Ok((self.submit()?, Vec::new()));
        }
        let gpu = self.gpu;
        let room = staging.room(gpu, total)?;
        self.open = None;
        let mut to = 0;
        for (words, at, n) in wanted {
            words.fits(*at, *n)?;
            if *n > 0 {
                self.encoder.copy_buffer_to_buffer(&words.buffer, *at as u64 * 4, room, to, *n as u64 * 4);
            }
            to += *n as u64 * 4;
        }
        let dispatches = self.submit()?;
        gpu.count(0, 1);
        Ok((dispatches, staging.take(gpu, total)?))
    }
}

/// Times that passes take, measured with the device's clock.
#[derive(Debug)]
pub struct Timer {
    queries: wgpu::QuerySet,
    times: Words,
    passes: u32,
}

impl Timer {
    /// Makes a timer for `passes` passes; None if the device has no clock to read.
    ///
    /// # Errors
    /// See [`Words::new`].
    pub fn new(gpu: &Gpu, passes: u32) -> Result<Option<Timer>> {
        if !gpu.device.features().contains(wgpu::Features::TIMESTAMP_QUERY) {
            return Ok(None);
        }
        let descriptor = wgpu::QuerySetDescriptor { label: Some("times"), ty: wgpu::QueryType::Timestamp, count: passes * 2 };
        let queries = gpu.guarded("times", || gpu.device.create_query_set(&descriptor))?;
        let times = Words::with(gpu, "times", passes as usize * 4, wgpu::BufferUsages::QUERY_RESOLVE)?;
        Ok(Some(Timer { queries, times, passes }))
    }

    /// Seconds that each pass took, after [`Pass::keep_times`].
    ///
    /// # Errors
    /// See [`Words::read`].
    pub fn seconds(&self, gpu: &Gpu) -> Result<Vec<f64>> {
        let mut words = vec![0; self.times.len()];
        self.times.read(gpu, 0, &mut words)?;
        let ticks: Vec<u64> = words.chunks_exact(2).map(|w| u64::from(w[0]) | u64::from(w[1]) << 32).collect();
        let second = 1e9 / f64::from(gpu.queue.get_timestamp_period());
        Ok(ticks.chunks_exact(2).map(|pair| pair[1].saturating_sub(pair[0]) as f64 / second).collect())
    }
}

//! Adapters, and the device opened on one of them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use super::pipeline::{GROUP, Kernel};
use super::{GpuError, Result};

const INSTALL: &str = "install the driver of your GPU with its Vulkan part; without a GPU, Mesa's software driver does \
    (Debian, Ubuntu: apt-get install mesa-vulkan-drivers); or use --backend cpu";

/// An adapter of this machine.
#[derive(Clone, Debug)]
pub struct Adapter {
    inner: wgpu::Adapter,
    /// Name of the GPU or software driver, as its driver reports it.
    pub name: String,
    /// "vulkan", "metal" or "dx12".
    pub backend: String,
    /// Name and version of the driver; empty if it reports none.
    pub driver: String,
    /// Whether this is a software driver, which computes on the CPU.
    pub software: bool,
}

impl Adapter {
    fn of(inner: wgpu::Adapter) -> Adapter {
        let info = inner.get_info();
        Adapter {
            name: info.name,
            backend: info.backend.to_string(),
            driver: format!("{} {}", info.driver, info.driver_info).trim().to_string(),
            software: info.device_type == wgpu::DeviceType::Cpu,
            inner,
        }
    }

    /// The adapter of the graphics library.
    pub fn wgpu(&self) -> &wgpu::Adapter {
        &self.inner
    }

    /// The limits of the adapter.
    pub fn limits(&self) -> wgpu::Limits {
        self.inner.limits()
    }

    /// Whether invocations of a subgroup can exchange values directly.
    pub fn subgroups(&self) -> bool {
        self.inner.features().contains(wgpu::Features::SUBGROUP)
    }

    /// Whether the device can measure the time that a pass takes.
    pub fn timestamps(&self) -> bool {
        self.inner.features().contains(wgpu::Features::TIMESTAMP_QUERY)
    }
}

/// All adapters, hardware before software, in the order of their drivers.
pub fn adapters() -> Vec<Adapter> {
    let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle();
    descriptor.backends = wgpu::Backends::PRIMARY;
    adapters_of(&wgpu::Instance::new(descriptor))
}

/// The adapters of an instance of the graphics library that can draw on `surface`, in the same order.
pub fn adapters_on(instance: &wgpu::Instance, surface: &wgpu::Surface) -> Vec<Adapter> {
    let mut list = adapters_of(instance);
    list.retain(|adapter| adapter.inner.is_surface_supported(surface));
    list
}

/// The adapters of an instance of the graphics library, in the same order.
fn adapters_of(instance: &wgpu::Instance) -> Vec<Adapter> {
    let mut list: Vec<Adapter> =
        pollster::block_on(instance.enumerate_adapters(wgpu::Backends::PRIMARY)).into_iter().map(Adapter::of).collect();
    list.sort_by_key(|adapter| adapter.software);
    list
}

/// Returns the adapter that `wanted` names: an index, or a part of the name in any case. Without `wanted`, returns the first.
fn choose(list: Vec<Adapter>, wanted: Option<&str>) -> Result<Adapter> {
    let names = || list.iter().enumerate().map(|(k, a)| format!("{k} {}", a.name)).collect::<Vec<_>>().join(", ");
    if list.is_empty() {
        return Err(GpuError::NoAdapter(format!("no graphics adapter was found: {INSTALL}")));
    }
    let fits = |(k, adapter): (usize, &Adapter)| match wanted {
        None => true,
        Some(wanted) => match wanted.parse::<usize>() {
            Ok(index) => index == k,
            Err(_) => adapter.name.to_lowercase().contains(&wanted.to_lowercase()),
        },
    };
    match list.iter().enumerate().position(fits) {
        Some(at) => Ok(list[at].clone()),
        None => {
            Err(GpuError::NoAdapter(format!("no adapter is called '{}'; there are: {}", wanted.unwrap_or_default(), names())))
        }
    }
}

/// Checks that an adapter has the limits that WebGPU guarantees everywhere and kernels rely on.
fn suffices(name: &str, limits: &wgpu::Limits) -> Result<()> {
    for (what, has, needs) in [
        ("storage buffers a kernel", limits.max_storage_buffers_per_shader_stage, 8),
        ("invocations a group", limits.max_compute_invocations_per_workgroup, GROUP),
        ("groups a dimension", limits.max_compute_workgroups_per_dimension, 65_535),
        ("bytes of memory a group", limits.max_compute_workgroup_storage_size, 16_384),
    ] {
        if has < needs {
            let text =
                format!("adapter '{name}' allows {has} {what}, and {needs} are needed; use another --adapter or --backend cpu");
            return Err(GpuError::NoAdapter(text));
        }
    }
    Ok(())
}

/// An open device with its queue; a clone is the same device.
#[derive(Clone, Debug)]
pub struct Gpu {
    /// The adapter that the device belongs to.
    pub adapter: Adapter,
    /// Limits with which the device was opened.
    pub limits: wgpu::Limits,
    pub(super) device: wgpu::Device,
    pub(super) queue: wgpu::Queue,
    trouble: Arc<Mutex<Option<GpuError>>>,
    /// Kernels compiled so far, by text.
    pub(super) kernels: Arc<Mutex<BTreeMap<String, Arc<Kernel>>>>,
    pub(super) memory: Arc<Memory>,
    counts: Arc<[AtomicU64; 2]>,
    texts: Vec<(String, String)>,
}

/// Bytes of buffers: in use, maximum in use, and maximum of one buffer.
#[derive(Debug)]
pub(super) struct Memory {
    used: AtomicU64,
    most: AtomicU64,
    widest: AtomicU64,
}

impl Memory {
    /// Reserves `bytes`. Returns false if there is no room for them.
    pub(super) fn take(&self, bytes: u64) -> bool {
        let fits = self.used.fetch_add(bytes, Ordering::SeqCst) + bytes <= self.most.load(Ordering::SeqCst);
        if !fits {
            self.give_back(bytes);
        }
        fits
    }

    pub(super) fn give_back(&self, bytes: u64) {
        self.used.fetch_sub(bytes, Ordering::SeqCst);
    }
}

impl Gpu {
    /// Opens the adapter that `wanted` names (see `--adapter`), with all the limits it has.
    ///
    /// # Errors
    /// [`GpuError::NoAdapter`] if there is none, none of that name, or it does not open.
    pub fn open(wanted: Option<&str>) -> Result<Gpu> {
        Gpu::open_adapter(choose(adapters(), wanted)?)
    }

    /// As [`Gpu::open`], of the adapters that can draw on `surface`.
    ///
    /// # Errors
    /// As [`Gpu::open`].
    pub fn open_on(instance: &wgpu::Instance, surface: &wgpu::Surface, wanted: Option<&str>) -> Result<Gpu> {
        Gpu::open_adapter(choose(adapters_on(instance, surface), wanted)?)
    }

    /// Opens an adapter of [`adapters`] or [`adapters_on`], with all the limits it has.
    ///
    /// # Errors
    /// [`GpuError::NoAdapter`] if it does not open or allows too little.
    pub fn open_adapter(adapter: Adapter) -> Result<Gpu> {
        let limits = adapter.limits();
        suffices(&adapter.name, &limits)?;
        let descriptor = wgpu::DeviceDescriptor {
            label: Some("explorarium"),
            required_limits: limits.clone(),
            required_features: adapter.inner.features() & wgpu::Features::TIMESTAMP_QUERY,
            memory_hints: wgpu::MemoryHints::Performance,
            ..Default::default()
        };
        let opened = pollster::block_on(adapter.inner.request_device(&descriptor));
        let (device, queue) =
            opened.map_err(|e| GpuError::NoAdapter(format!("adapter '{}' does not open: {e}; {INSTALL}", adapter.name)))?;
        let gpu = Gpu::of(adapter, device, queue, limits);
        let trouble = &gpu.trouble;
        let keep = |trouble: &Arc<Mutex<Option<GpuError>>>, error| {
            // The first error is the cause; a poisoned lock still holds it.
            trouble.lock().unwrap_or_else(|e| e.into_inner()).get_or_insert(error);
        };
        let of_device = trouble.clone();
        gpu.device.set_device_lost_callback(move |reason, text| {
            keep(&of_device, GpuError::Lost(format!("{reason:?} {text}").trim().to_string()));
        });
        let of_calls = trouble.clone();
        gpu.device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
            let error = match error {
                wgpu::Error::OutOfMemory { .. } => GpuError::OutOfMemory("buffers".into()),
                other => GpuError::Invalid(other.to_string()),
            };
            keep(&of_calls, error);
        }));
        Ok(gpu)
    }

    /// Uses an open device, such as that of a window, with its queue and limits. The callbacks of the device stay: they receive the
    /// errors that occur outside of calls of this module.
    ///
    /// # Errors
    /// [`GpuError::NoAdapter`] if the device was opened with limits below those that kernels need (the default limits of WebGPU suffice).
    pub fn from_device(adapter: &wgpu::Adapter, device: wgpu::Device, queue: wgpu::Queue) -> Result<Gpu> {
        let (adapter, limits) = (Adapter::of(adapter.clone()), device.limits());
        suffices(&adapter.name, &limits)?;
        Ok(Gpu::of(adapter, device, queue, limits))
    }

    fn of(adapter: Adapter, device: wgpu::Device, queue: wgpu::Queue, limits: wgpu::Limits) -> Gpu {
        let memory =
            Arc::new(Memory { used: AtomicU64::new(0), most: AtomicU64::new(u64::MAX), widest: AtomicU64::new(u64::MAX) });
        let (trouble, kernels, counts) = (Arc::default(), Arc::default(), Arc::default());
        Gpu { adapter, limits, device, queue, trouble, kernels, memory, counts, texts: Vec::new() }
    }

    /// The device of the graphics library, for drawing.
    pub fn device(&self) -> &wgpu::Device {
        &self.device
    }

    /// Its queue.
    pub fn queue(&self) -> &wgpu::Queue {
        &self.queue
    }

    /// Returns the same device with these WGSL texts (path, text) instead of those that kernels are made from, for trials of changed
    /// rules.
    #[must_use]
    pub fn with_texts(&self, texts: Vec<(String, String)>) -> Gpu {
        Gpu { texts, ..self.clone() }
    }

    /// The texts of [`Gpu::with_texts`].
    pub fn texts(&self) -> &[(String, String)] {
        &self.texts
    }

    /// Limits the bytes of all buffers together from now on, for a GPU that is shared with other programs.
    pub fn limit_memory(&self, bytes: u64) {
        self.memory.most.store(bytes, Ordering::SeqCst);
    }

    pub(super) fn count(&self, submissions: u64, readings: u64) {
        self.counts[0].fetch_add(submissions, Ordering::Relaxed);
        self.counts[1].fetch_add(readings, Ordering::Relaxed);
    }

    /// Number of submissions, and number of reads of results, since the device was opened.
    pub fn counts(&self) -> [u64; 2] {
        [0, 1].map(|k| self.counts[k].load(Ordering::Relaxed))
    }

    /// Number of bytes that buffers take.
    pub fn memory_used(&self) -> u64 {
        self.memory.used.load(Ordering::SeqCst)
    }

    /// Bytes of the largest buffer that a kernel can bind.
    pub fn largest(&self) -> usize {
        let limit = self.limits.max_buffer_size.min(self.limits.max_storage_buffer_binding_size);
        limit.min(self.memory.widest.load(Ordering::SeqCst)) as usize
    }

    /// Limits the bytes of every buffer of instances or forks from now on: batches are cut into parts as on a GPU with smaller bindings.
    pub fn limit_bindings(&self, bytes: u64) {
        self.memory.widest.store(bytes, Ordering::SeqCst);
    }

    /// Returns the error that occurred since the last call, outside the calls that report their own errors.
    ///
    /// # Errors
    /// The first error: a lost device, no memory, or an error of the validation.
    pub fn check(&self) -> Result<()> {
        match self.trouble.lock().unwrap_or_else(|e| e.into_inner()).take() {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    /// Runs `job`. Errors that the driver reports for it become the error of this call.
    pub(super) fn guarded<T>(&self, what: &str, job: impl FnOnce() -> T) -> Result<T> {
        let memory = self.device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
        let validation = self.device.push_error_scope(wgpu::ErrorFilter::Validation);
        let done = job();
        let invalid = pollster::block_on(validation.pop());
        let full = pollster::block_on(memory.pop());
        self.check()?;
        match (full, invalid) {
            (Some(_), _) => Err(GpuError::OutOfMemory(what.to_string())),
            (None, Some(error)) => Err(GpuError::Invalid(format!("{what}: {error}"))),
            (None, None) => Ok(done),
        }
    }

    /// Waits until all submitted work is done.
    ///
    /// # Errors
    /// See [`Gpu::check`].
    pub fn wait(&self) -> Result<()> {
        let waited = self.device.poll(wgpu::PollType::wait_indefinitely());
        self.check()?;
        waited.map(|_| ()).map_err(|e| GpuError::Lost(e.to_string()))
    }

    /// As [`Gpu::check`], after a look at what the driver reports. It does not wait.
    ///
    /// # Errors
    /// See [`Gpu::check`].
    pub fn look(&self) -> Result<()> {
        let looked = self.device.poll(wgpu::PollType::Poll);
        self.check()?;
        looked.map(|_| ()).map_err(|e| GpuError::Lost(e.to_string()))
    }

    /// Destroys the device, as a driver reset would. For tests of what happens then.
    pub fn destroy(&self) {
        self.device.destroy();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_adapter_that_allows_too_little_is_refused() {
        assert!(suffices("good", &wgpu::Limits::default()).is_ok());
        let poor = wgpu::Limits { max_storage_buffers_per_shader_stage: 4, ..wgpu::Limits::default() };
        let error = suffices("poor", &poor).expect_err("four are too few");
        assert_eq!(
            error.to_string(),
            "adapter 'poor' allows 4 storage buffers a kernel, and 8 are needed; use another --adapter or --backend cpu"
        );
    }
}

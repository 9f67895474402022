//! Buffers of u32 words on the device.

use std::sync::Arc;

use super::device::Memory;
use super::{Gpu, GpuError, Result};

/// Words that kernels read and write.
#[derive(Debug)]
pub struct Words {
    pub(super) buffer: wgpu::Buffer,
    label: String,
    len: usize,
    memory: Arc<Memory>,
}

impl Drop for Words {
    fn drop(&mut self) {
        self.memory.give_back(self.buffer.size());
    }
}

impl Words {
    /// Makes a buffer of `len` words, all zero. If `len` is 0, it has one word, because no buffer is empty.
    ///
    /// # Errors
    /// [`GpuError::Limit`] if a kernel cannot bind a buffer of this size, [`GpuError::OutOfMemory`] if the memory is not available.
    pub fn new(gpu: &Gpu, label: &str, len: usize) -> Result<Words> {
        Words::with(gpu, label, len, wgpu::BufferUsages::STORAGE)
    }

    /// [`Words::new`] for another use than as storage of kernels.
    pub(super) fn with(gpu: &Gpu, label: &str, len: usize, usage: wgpu::BufferUsages) -> Result<Words> {
        let size = (len.max(1) * 4) as u64;
        for (most, limit) in [
            (gpu.limits.max_buffer_size, "max_buffer_size"),
            (gpu.limits.max_storage_buffer_binding_size, "max_storage_buffer_binding_size"),
        ] {
            if size > most {
                return Err(GpuError::Limit { what: label.to_string(), wanted: size, most, limit });
            }
        }
        let usage = usage | wgpu::BufferUsages::COPY_SRC | wgpu::BufferUsages::COPY_DST;
        let descriptor = wgpu::BufferDescriptor { label: Some(label), size, usage, mapped_at_creation: false };
        if !gpu.memory.take(size) {
            return Err(GpuError::OutOfMemory(label.to_string()));
        }
        let made = gpu.guarded(label, || gpu.device.create_buffer(&descriptor));
        let buffer = made.inspect_err(|_| gpu.memory.give_back(size))?;
        Ok(Words { buffer, label: label.to_string(), len, memory: gpu.memory.clone() })
    }

    /// A buffer that holds `words`.
    ///
    /// # Errors
    /// See [`Words::new`].
    pub fn of(gpu: &Gpu, label: &str, words: &[u32]) -> Result<Words> {
        let made = Words::new(gpu, label, words.len())?;
        made.write(gpu, 0, words)?;
        Ok(made)
    }

    /// Length in words of 32 bits.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether the length is 0.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Writes `words` from word `at` on. The next submission sees them.
    ///
    /// # Errors
    /// [`GpuError::Invalid`] if they do not fit; see [`Gpu::check`].
    pub fn write(&self, gpu: &Gpu, at: usize, words: &[u32]) -> Result<()> {
        self.fits(at, words.len())?;
        gpu.guarded(&self.label, || gpu.queue.write_buffer(&self.buffer, at as u64 * 4, bytemuck::cast_slice(words)))
    }

    pub(super) fn fits(&self, at: usize, n: usize) -> Result<()> {
        if at + n > self.len {
            return Err(GpuError::Invalid(format!("words {at} to {} of {}, which has {}", at + n, self.label, self.len)));
        }
        Ok(())
    }
}

/// Host memory that a device copies to. Later reads reuse it, and it grows.
#[derive(Debug, Default)]
pub struct Staging(Option<wgpu::Buffer>);

impl Staging {
    /// Returns a buffer with room for `words` words.
    pub(super) fn room(&mut self, gpu: &Gpu, words: usize) -> Result<&wgpu::Buffer> {
        let size = words.max(1) as u64 * 4;
        if self.0.as_ref().is_none_or(|buffer| buffer.size() < size) {
            let usage = wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST;
            let descriptor = wgpu::BufferDescriptor { label: Some("readback"), size, usage, mapped_at_creation: false };
            self.0 = Some(gpu.guarded("readback", || gpu.device.create_buffer(&descriptor))?);
        }
        self.0.as_ref().ok_or_else(|| GpuError::OutOfMemory("readback".to_string()))
    }

    /// Returns the first `words` words, after all submitted work is done.
    pub(super) fn take(&self, gpu: &Gpu, words: usize) -> Result<Vec<u32>> {
        let Some(buffer) = &self.0 else { return Ok(Vec::new()) };
        let slice = buffer.slice(..words as u64 * 4);
        let (sender, receiver) = std::sync::mpsc::channel();
        slice.map_async(wgpu::MapMode::Read, move |mapped| {
            // Sending fails only if the wait below has failed already.
            let _ = sender.send(mapped);
        });
        gpu.wait()?;
        let lost = |e: &dyn std::fmt::Display| GpuError::Lost(format!("reading back: {e}"));
        receiver.recv().map_err(|e| lost(&e))?.map_err(|e| lost(&e))?;
        let taken = bytemuck::cast_slice(&slice.get_mapped_range().map_err(|e| lost(&e))?).to_vec();
        buffer.unmap();
        Ok(taken)
    }
}

//! A texture that is painted in place of a window, and read back.

use crate::error::{Error, Result};
use crate::gpu::{Gpu, GpuError, wgpu};

/// The format of pictures: egui mixes colours as they are stored.
pub const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;
/// Bytes of a pixel.
const PIXEL: u32 = 4;

/// A picture of the window: `[height, width, 4]` bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowPicture {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Red, green, blue, alpha.
    pub rgba: Vec<u8>,
}

/// A texture of the size of a window.
#[derive(Debug)]
pub struct Offscreen {
    texture: wgpu::Texture,
}

/// Whether blue is stored before red.
fn is_bgra(format: wgpu::TextureFormat) -> bool {
    matches!(format, wgpu::TextureFormat::Bgra8Unorm | wgpu::TextureFormat::Bgra8UnormSrgb)
}

impl Offscreen {
    /// A texture of a format of four bytes a pixel.
    ///
    /// # Errors
    /// [`Error::Limit`] if the GPU has no textures of this size.
    pub fn new(gpu: &Gpu, [width, height]: [u32; 2], format: wgpu::TextureFormat) -> Result<Offscreen> {
        let most = gpu.limits.max_texture_dimension_2d;
        if width == 0 || height == 0 || width > most || height > most {
            return Err(Error::Limit(format!("a window of {width} x {height} pixels; this GPU draws 1 x 1 to {most} x {most}")));
        }
        let texture = gpu.device().create_texture(&wgpu::TextureDescriptor {
            label: Some("picture of the window"),
            size: wgpu::Extent3d { width, height, depth_or_array_layers: 1 },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format,
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::COPY_SRC,
            view_formats: &[],
        });
        Ok(Offscreen { texture })
    }

    /// What is painted into.
    pub fn view(&self) -> wgpu::TextureView {
        self.texture.create_view(&wgpu::TextureViewDescriptor::default())
    }

    /// Reads the pixels.
    ///
    /// # Errors
    /// [`Error::Gpu`] if the device is lost.
    pub fn read(&self, gpu: &Gpu) -> Result<WindowPicture> {
        let (width, height) = (self.texture.width(), self.texture.height());
        let row = (width * PIXEL).next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
        let buffer = gpu.device().create_buffer(&wgpu::BufferDescriptor {
            label: Some("picture of the window"),
            size: u64::from(row) * u64::from(height),
            usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
            mapped_at_creation: false,
        });
        let mut encoder = gpu.device().create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let layout = wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(row), rows_per_image: None };
        encoder.copy_texture_to_buffer(
            self.texture.as_image_copy(),
            wgpu::TexelCopyBufferInfo { buffer: &buffer, layout },
            self.texture.size(),
        );
        gpu.queue().submit([encoder.finish()]);
        let (send, receive) = std::sync::mpsc::channel();
        buffer.slice(..).map_async(wgpu::MapMode::Read, move |done| {
            // The receiver waits below.
            let _ = send.send(done);
        });
        gpu.wait()?;
        let lost = |why: String| Error::Gpu(GpuError::Lost(why));
        receive.recv().map_err(|e| lost(e.to_string()))?.map_err(|e| lost(e.to_string()))?;
        let mapped = buffer.slice(..).get_mapped_range().map_err(|e| lost(e.to_string()))?;
        let rows = mapped.chunks_exact(row as usize);
        let mut rgba: Vec<u8> = rows.flat_map(|row| row[..(width * PIXEL) as usize].iter().copied()).collect();
        if is_bgra(self.texture.format()) {
            rgba.chunks_exact_mut(PIXEL as usize).for_each(|pixel| pixel.swap(0, 2));
        }
        Ok(WindowPicture { width, height, rgba })
    }
}

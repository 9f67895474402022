//! Paints what egui lays out, into the surface of a window or into a texture.

use std::panic::{AssertUnwindSafe, catch_unwind};

use egui::epaint::ClippedPrimitive;
use egui::{Color32, Context, FullOutput, TextureId, TexturesDelta};
use egui_wgpu::{Renderer, RendererOptions, ScreenDescriptor};

use super::map::TargetFormat;
use super::textures::Textures;
use crate::gpu::{Gpu, GpuError, wgpu};

/// The painter of one window.
pub struct Screen {
    device: wgpu::Device,
    queue: wgpu::Queue,
    renderer: Renderer,
    exact: bool,
    textures: Textures,
    /// Textures that the last frame still needed.
    free: Vec<TextureId>,
}

/// A frame that is ready to be painted.
pub struct Frame {
    jobs: Vec<ClippedPrimitive>,
    pixels_per_point: f32,
}

/// A frame that egui has laid out, which the painter has not seen yet. Painters must see all of them, in order.
pub struct LaidOut {
    frame: Frame,
    textures: TexturesDelta,
}

impl LaidOut {
    /// Cuts the shapes of a frame into triangles.
    pub fn new(ctx: &Context, mut output: FullOutput) -> LaidOut {
        let pixels_per_point = output.pixels_per_point;
        let jobs = ctx.tessellate(std::mem::take(&mut output.shapes), pixels_per_point);
        LaidOut { frame: Frame { jobs, pixels_per_point }, textures: output.textures_delta }
    }
}

impl std::fmt::Debug for Screen {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("Screen")
    }
}

impl Screen {
    /// A painter for targets of `format`. If it is `exact`, text is filtered alike on all GPUs, which takes software drivers longer.
    pub fn new(gpu: &Gpu, format: wgpu::TextureFormat, exact: bool) -> Screen {
        let (device, queue) = (gpu.device().clone(), gpu.queue().clone());
        let renderer = renderer(&device, format, exact);
        Screen { device, queue, renderer, exact, textures: Textures::default(), free: Vec::new() }
    }

    /// Goes on with another device: the same textures, and nothing else of the old one. Buffers of maps are filled again when they are painted.
    pub fn replace(&mut self, gpu: &Gpu, format: wgpu::TextureFormat) {
        (self.device, self.queue) = (gpu.device().clone(), gpu.queue().clone());
        self.renderer = renderer(&self.device, format, self.exact);
        for (id, whole) in self.textures.all() {
            self.renderer.update_texture(&self.device, &self.queue, id, whole);
        }
    }

    /// Takes over the textures of a frame and cuts its shapes into triangles.
    pub fn prepare(&mut self, ctx: &Context, output: FullOutput) -> Frame {
        self.take(LaidOut::new(ctx, output))
    }

    /// Takes over the textures of a frame.
    pub fn take(&mut self, mut laid_out: LaidOut) -> Frame {
        for id in self.free.drain(..) {
            self.renderer.free_texture(&id);
            self.textures.free(id);
        }
        // In any order: each texture is written on its own.
        let mut changed: Vec<_> = laid_out.textures.set.drain().collect();
        changed.sort_unstable_by_key(|(id, _)| *id);
        for (id, deltas) in changed {
            for delta in deltas {
                self.textures.set(id, &delta);
                self.renderer.update_texture(&self.device, &self.queue, id, &delta);
            }
        }
        self.free = laid_out.textures.free.drain().collect();
        laid_out.frame
    }

    /// Paints a frame into `view`, which has `size` pixels, on the colour of panes. `gpu` is what this draws with.
    ///
    /// # Errors
    /// [`GpuError`] if the device was lost, has no memory left or reports an error: then nothing, or not everything, is painted.
    pub fn paint(
        &mut self,
        gpu: &Gpu,
        frame: &Frame,
        (view, size): (&wgpu::TextureView, [u32; 2]),
        ground: Color32,
    ) -> Result<(), GpuError> {
        gpu.look()?;
        // egui's painter panics if a device that was lost in this moment has no memory for it.
        let painted = catch_unwind(AssertUnwindSafe(|| self.paint_all(frame, view, size, ground)));
        gpu.check()?;
        painted.map_err(|_| GpuError::Lost("nothing could be painted".to_string()))
    }

    fn paint_all(&mut self, frame: &Frame, view: &wgpu::TextureView, size: [u32; 2], ground: Color32) {
        let share = |byte: u8| f64::from(byte) / 255.0;
        let ground = wgpu::Color { r: share(ground.r()), g: share(ground.g()), b: share(ground.b()), a: 1.0 };
        let screen = ScreenDescriptor { size_in_pixels: size, pixels_per_point: frame.pixels_per_point };
        let mut encoder = self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor { label: Some("window") });
        let before = self.renderer.update_buffers(&self.device, &self.queue, &mut encoder, &frame.jobs, &screen);
        {
            let pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("window"),
                color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                    view,
                    depth_slice: None,
                    resolve_target: None,
                    ops: wgpu::Operations { load: wgpu::LoadOp::Clear(ground), store: wgpu::StoreOp::Store },
                })],
                ..wgpu::RenderPassDescriptor::default()
            });
            self.renderer.render(&mut pass.forget_lifetime(), &frame.jobs, &screen);
        }
        self.queue.submit(before.into_iter().chain([encoder.finish()]));
    }
}

fn renderer(device: &wgpu::Device, format: wgpu::TextureFormat, exact: bool) -> Renderer {
    let options = RendererOptions { predictable_texture_filtering: exact, ..RendererOptions::PREDICTABLE };
    let mut renderer = Renderer::new(device, format, options);
    renderer.callback_resources.insert(TargetFormat(format));
    renderer
}

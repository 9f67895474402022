//! The surface of a window and what paints into it. It needs no event loop, so a thread may have it.

use std::sync::Arc;

use egui::Color32;
use winit::event_loop::ActiveEventLoop;
use winit::window::Window;

use super::offscreen::{Offscreen, WindowPicture};
use super::recovery::{GpuLost, Recovery};
use super::screen::{Frame, LaidOut, Screen};
use crate::error::{Error, Result};
use crate::gpu::{Adapter, Gpu, GpuError, adapters_on, wgpu};

/// What became of a frame that was painted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presented {
    /// It was handed to the desktop.
    Shown,
    /// The surface was fitted anew: another frame is needed. The value says whether this one was handed to the desktop.
    Again(bool),
    /// The desktop takes none now.
    No,
}

/// The surface of a window.
pub struct Canvas {
    /// What draws.
    pub gpu: Gpu,
    window: Arc<Window>,
    instance: wgpu::Instance,
    surface: wgpu::Surface<'static>,
    format: wgpu::TextureFormat,
    recovery: Recovery,
    screen: Screen,
    size: [u32; 2],
}

impl std::fmt::Debug for Canvas {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "Canvas({:?})", self.size)
    }
}

impl Canvas {
    /// The surface of a window.
    ///
    /// # Errors
    /// [`Error::Usage`] if the window has none; [`Error::Gpu`] if no adapter draws on it.
    pub fn new(events: &ActiveEventLoop, window: &Arc<Window>, adapter: Option<&str>) -> Result<Canvas> {
        let mut descriptor = wgpu::InstanceDescriptor::new_with_display_handle(Box::new(events.owned_display_handle()));
        descriptor.backends = wgpu::Backends::PRIMARY;
        let instance = wgpu::Instance::new(descriptor);
        let surface = surface_of(&instance, window)?;
        let gpu = Gpu::open_on(&instance, &surface, adapter).map_err(Error::Gpu)?;
        let format = format_of(&surface, &gpu.adapter)?;
        let (screen, recovery) = (Screen::new(&gpu, format, false), Recovery::new(&gpu));
        let size = window.inner_size();
        let mut canvas =
            Canvas { gpu, window: window.clone(), instance, surface, format, recovery, screen, size: [size.width, size.height] };
        canvas.configure(canvas.size);
        Ok(canvas)
    }

    /// Fits the surface to a window of this size.
    pub fn configure(&mut self, size: [u32; 2]) {
        self.size = size;
        if size.contains(&0) {
            return;
        }
        let most = self.gpu.limits.max_texture_dimension_2d;
        let configuration = wgpu::SurfaceConfiguration {
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT,
            format: self.format,
            width: size[0].min(most),
            height: size[1].min(most),
            present_mode: wgpu::PresentMode::AutoVsync,
            desired_maximum_frame_latency: 1,
            alpha_mode: wgpu::CompositeAlphaMode::Auto,
            view_formats: Vec::new(),
            color_space: wgpu::SurfaceColorSpace::default(),
        };
        self.surface.configure(self.gpu.device(), &configuration);
    }

    /// Fits the surface to a window of this size, if it has another one.
    #[cfg(feature = "study")]
    pub fn fit(&mut self, size: [u32; 2]) {
        if self.size != size {
            self.configure(size);
        }
    }

    /// Takes over a frame that was laid out.
    pub fn take(&mut self, laid_out: LaidOut) -> Frame {
        self.screen.take(laid_out)
    }

    /// Paints a frame into a window of this size.
    ///
    /// # Errors
    /// [`Error::Gpu`] if the device is lost; then [`Canvas::go_on`] takes another one.
    pub fn present(&mut self, frame: &Frame, size: [u32; 2], ground: Color32) -> Result<Presented> {
        use wgpu::CurrentSurfaceTexture as Current;
        let texture = match self.surface.get_current_texture() {
            Current::Success(texture) | Current::Suboptimal(texture) => texture,
            Current::Outdated | Current::Lost => {
                self.configure(size);
                return self.gpu.check().map(|()| Presented::Again(false)).map_err(Error::Gpu);
            }
            _ => return self.gpu.check().map(|()| Presented::No).map_err(Error::Gpu),
        };
        let view = texture.texture.create_view(&wgpu::TextureViewDescriptor::default());
        // The window may have another size already, which the event that says so comes after.
        let own = [texture.texture.width(), texture.texture.height()];
        self.screen.paint(&self.gpu, frame, (&view, own), ground).map_err(Error::Gpu)?;
        self.window.pre_present_notify();
        self.gpu.queue().present(texture);
        let most = self.gpu.limits.max_texture_dimension_2d;
        let again = own != size.map(|side| side.min(most));
        if again {
            self.configure(size);
        }
        self.gpu.check().map(|()| if again { Presented::Again(true) } else { Presented::Shown }).map_err(Error::Gpu)
    }

    /// Paints a frame into a picture.
    ///
    /// # Errors
    /// [`Error::Gpu`] if the device is lost; [`Error::Limit`] if it draws no pictures of this size.
    pub fn picture(&mut self, frame: &Frame, size: [u32; 2], ground: Color32) -> Result<WindowPicture> {
        let target = Offscreen::new(&self.gpu, size, self.format)?;
        self.screen.paint(&self.gpu, frame, (&target.view(), size), ground).map_err(Error::Gpu)?;
        target.read(&self.gpu)
    }

    /// Takes another device in place of a lost one. Returns what was lost.
    ///
    /// # Errors
    /// [`Error::Gpu`] if no other device opens.
    pub fn go_on(&mut self, why: GpuError) -> Result<GpuLost> {
        let lost = self.gpu.adapter.clone();
        let adapters = adapters_on(&self.instance, &self.surface);
        let surface = &self.surface;
        let (opened, said) = self.recovery.reopen((&lost, why), adapters, &mut |adapter| opened(surface, adapter))?;
        self.replace(opened)?;
        Ok(said)
    }

    /// Takes the card again that drew first. The inner error says why it does not open.
    ///
    /// # Errors
    /// [`Error::Usage`] if the window has no surface any more.
    pub fn try_first_gpu(&mut self) -> Result<std::result::Result<(), Error>> {
        let adapters = adapters_on(&self.instance, &self.surface);
        let surface = &self.surface;
        let tried = match self.recovery.try_first(adapters, &mut |adapter| opened(surface, adapter)) {
            Ok(opened) => {
                self.replace(opened)?;
                Ok(())
            }
            Err(why) => Err(why),
        };
        Ok(tried)
    }

    /// Goes on with another device. The old surface has parts of the old one, so there is a new one as well.
    fn replace(&mut self, (gpu, format): (Gpu, wgpu::TextureFormat)) -> Result<()> {
        self.surface = surface_of(&self.instance, &self.window)?;
        self.screen.replace(&gpu, format);
        (self.gpu, self.format) = (gpu, format);
        self.configure(self.size);
        Ok(())
    }
}

/// Opens an adapter that draws on the window, with the format to draw in.
fn opened(surface: &wgpu::Surface, adapter: Adapter) -> Result<(Gpu, wgpu::TextureFormat)> {
    let gpu = Gpu::open_adapter(adapter).map_err(Error::Gpu)?;
    let format = format_of(surface, &gpu.adapter)?;
    Ok((gpu, format))
}

fn surface_of(instance: &wgpu::Instance, window: &Arc<Window>) -> Result<wgpu::Surface<'static>> {
    instance.create_surface(window.clone()).map_err(|e| does_not_open(&e))
}

/// The error of a window that does not open.
pub fn does_not_open(why: &dyn std::fmt::Display) -> Error {
    Error::Usage(format!("the window does not open: {why}"))
}

fn format_of(surface: &wgpu::Surface, adapter: &Adapter) -> Result<wgpu::TextureFormat> {
    let formats = surface.get_capabilities(adapter.wgpu()).formats;
    // Colours are mixed as they are stored, so a format that converts them is the last choice.
    let plain = formats.iter().find(|format| !format.is_srgb()).or(formats.first());
    let none = || Error::Gpu(GpuError::NoAdapter("the adapter draws on no window".to_string()));
    plain.copied().ok_or_else(none)
}

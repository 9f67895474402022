//! A window on a display, without what is in it: winit's events to egui, egui's shapes to the surface.

use std::sync::Arc;
use std::time::Duration;

use egui::{Color32, Context, Ui, ViewportId};
use winit::event_loop::{ActiveEventLoop, EventLoop, EventLoopProxy};
use winit::window::{Window, WindowAttributes};

use super::offscreen::{Offscreen, WindowPicture};
use super::recovery::{GpuLost, Recovery};
use super::screen::{Frame, Screen};
use crate::error::{Error, Result};
use crate::gpu::{Adapter, Gpu, GpuError, adapters_on, wgpu};

/// A wait that is as good as for ever.
const LONG: Duration = Duration::from_secs(3600);

/// Events that other threads send to a window.
#[derive(Debug)]
pub enum UserEvent {
    /// Something is new; paint after this time.
    Repaint(Duration),
    /// From the accessibility service of the desktop.
    Accessibility(egui_winit::accesskit_winit::Event),
    /// Another thread has done what was asked of it.
    Woken,
}

impl From<egui_winit::accesskit_winit::Event> for UserEvent {
    fn from(event: egui_winit::accesskit_winit::Event) -> UserEvent {
        UserEvent::Accessibility(event)
    }
}

/// The events of the desktop.
///
/// # Errors
/// [`Error::Usage`] if there is no display; `instead` says what can be done.
pub fn event_loop(instead: &str) -> Result<EventLoop<UserEvent>> {
    EventLoop::<UserEvent>::with_user_event().build().map_err(|e| no_display(&e, instead))
}

/// The error of a desktop on which no window opens.
pub fn no_display(why: &winit::error::EventLoopError, instead: &str) -> Error {
    Error::Usage(format!("there is no display to open a window on ({why}); {instead}"))
}

/// An open window.
pub struct Display {
    /// The window.
    pub window: Arc<Window>,
    /// The context of egui.
    pub ctx: Context,
    /// What draws.
    pub gpu: Gpu,
    /// Gives winit's events to egui.
    pub winit: egui_winit::State,
    instance: wgpu::Instance,
    surface: wgpu::Surface<'static>,
    format: wgpu::TextureFormat,
    recovery: Recovery,
    screen: Screen,
    info: egui::ViewportInfo,
}

impl Display {
    /// Opens a window, which is not visible yet.
    ///
    /// # Errors
    /// [`Error::Usage`] if it does not open; [`Error::Gpu`] if no adapter draws on it.
    pub fn new(
        events: &ActiveEventLoop,
        attributes: WindowAttributes,
        adapter: Option<&str>,
        proxy: &EventLoopProxy<UserEvent>,
    ) -> Result<Display> {
        let window = Arc::new(events.create_window(attributes.with_visible(false)).map_err(|e| does_not_open(&e))?);
        let mut descriptor = wgpu::InstanceDescriptor::new_with_display_handle(Box::new(events.owned_display_handle()));
        descriptor.backends = wgpu::Backends::PRIMARY;
        let instance = wgpu::Instance::new(descriptor);
        let surface = surface_of(&instance, &window)?;
        let gpu = Gpu::open_on(&instance, &surface, adapter).map_err(Error::Gpu)?;
        let format = format_of(&surface, &gpu.adapter)?;
        let ctx = Context::default();
        let waker = proxy.clone();
        ctx.set_request_repaint_callback(move |info| {
            // A closed window needs no more frames.
            let _ = waker.send_event(UserEvent::Repaint(info.delay));
        });
        let scale = Some(window.scale_factor() as f32);
        let most = gpu.limits.max_texture_dimension_2d as usize;
        let mut winit = egui_winit::State::new(ctx.clone(), ViewportId::ROOT, &*window, scale, window.theme(), Some(most));
        winit.init_accesskit(events, &window, proxy.clone());
        let (screen, recovery) = (Screen::new(&gpu, format, false), Recovery::new(&gpu));
        let info = egui::ViewportInfo::default();
        let display = Display { window, ctx, gpu, winit, instance, surface, format, recovery, screen, info };
        display.configure();
        Ok(display)
    }

    /// Fits the surface to the window.
    pub fn configure(&self) {
        let size = self.window.inner_size();
        if size.width == 0 || size.height == 0 {
            return;
        }
        let most = self.gpu.limits.max_texture_dimension_2d;
        let configuration = wgpu::SurfaceConfiguration {
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT,
            format: self.format,
            width: size.width.min(most),
            height: size.height.min(most),
            present_mode: wgpu::PresentMode::AutoVsync,
            desired_maximum_frame_latency: 1,
            alpha_mode: wgpu::CompositeAlphaMode::Auto,
            view_formats: Vec::new(),
            color_space: wgpu::SurfaceColorSpace::default(),
        };
        self.surface.configure(self.gpu.device(), &configuration);
    }

    /// Takes what the accessibility service of the desktop sent.
    pub fn accessibility(&mut self, event: egui_winit::accesskit_winit::Event) {
        use egui_winit::accesskit_winit::WindowEvent as Access;
        match event.window_event {
            Access::InitialTreeRequested => self.ctx.enable_accesskit(),
            Access::ActionRequested(request) => self.winit.on_accesskit_action_request(request),
            Access::AccessibilityDeactivated => {}
        }
        self.window.request_redraw();
    }

    /// Lays out a frame. Returns after what time egui wants the next one, if it does.
    pub fn lay_out(&mut self, draw: impl FnMut(&mut Ui)) -> (Frame, Option<Duration>) {
        let input = self.winit.take_egui_input(&self.window);
        let mut output = self.ctx.run_ui(input, draw);
        let platform = std::mem::take(&mut output.platform_output);
        self.winit.handle_platform_output(&self.window, platform);
        let mut wait = None;
        if let Some(viewport) = output.viewport_output.remove(&ViewportId::ROOT) {
            wait = Some(viewport.repaint_delay);
            let mut actions = Vec::new();
            egui_winit::process_viewport_commands(&self.ctx, &mut self.info, viewport.commands, &self.window, &mut actions);
        }
        (self.screen.prepare(&self.ctx, output), wait.filter(|wait| *wait < LONG))
    }

    /// Size in pixels; None if nothing of the window is shown.
    pub fn size(&self) -> Option<[u32; 2]> {
        let size = self.window.inner_size();
        (size.width > 0 && size.height > 0).then_some([size.width, size.height])
    }

    /// Paints a frame into the window. Returns whether it was handed to the desktop: a surface that was lost shows it at the next call.
    ///
    /// # Errors
    /// [`Error::Gpu`] if the device is lost; then [`Display::go_on`] takes another one.
    pub fn present(&mut self, frame: &Frame, size: [u32; 2], ground: Color32) -> Result<bool> {
        use wgpu::CurrentSurfaceTexture as Current;
        let texture = match self.surface.get_current_texture() {
            Current::Success(texture) | Current::Suboptimal(texture) => texture,
            Current::Outdated | Current::Lost => {
                self.configure();
                self.window.request_redraw();
                return self.gpu.check().map(|()| false).map_err(Error::Gpu);
            }
            _ => return self.gpu.check().map(|()| false).map_err(Error::Gpu),
        };
        let view = texture.texture.create_view(&wgpu::TextureViewDescriptor::default());
        // The window may have another size already, which the event that says so comes after.
        let own = [texture.texture.width(), texture.texture.height()];
        self.screen.paint(&self.gpu, frame, (&view, own), ground).map_err(Error::Gpu)?;
        self.window.pre_present_notify();
        self.gpu.queue().present(texture);
        if own != size {
            self.configure();
            self.window.request_redraw();
        }
        self.gpu.check().map(|()| true).map_err(Error::Gpu)
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
        self.window.request_redraw();
        Ok(tried)
    }

    /// Goes on with another device. The old surface has parts of the old one, so there is a new one as well.
    fn replace(&mut self, (gpu, format): (Gpu, wgpu::TextureFormat)) -> Result<()> {
        self.surface = surface_of(&self.instance, &self.window)?;
        self.screen.replace(&gpu, format);
        (self.gpu, self.format) = (gpu, format);
        self.configure();
        self.window.request_redraw();
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

fn does_not_open(why: &dyn std::fmt::Display) -> Error {
    Error::Usage(format!("the window does not open: {why}"))
}

fn format_of(surface: &wgpu::Surface, adapter: &Adapter) -> Result<wgpu::TextureFormat> {
    let formats = surface.get_capabilities(adapter.wgpu()).formats;
    // Colours are mixed as they are stored, so a format that converts them is the last choice.
    let plain = formats.iter().find(|format| !format.is_srgb()).or(formats.first());
    let none = || Error::Gpu(GpuError::NoAdapter("the adapter draws on no window".to_string()));
    plain.copied().ok_or_else(none)
}

//! The window on a display: winit's events to egui, egui's shapes to the surface.

use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::{Context, ViewportId};
use winit::application::ApplicationHandler;
use winit::dpi::LogicalSize;
use winit::event::WindowEvent;
use winit::event_loop::{ActiveEventLoop, ControlFlow, EventLoop, EventLoopProxy};
use winit::window::{Window, WindowId};

use super::app::App;
use super::offscreen::Offscreen;
use super::pictures;
use super::recovery::Recovery;
use super::screen::{Frame, Screen};
use crate::error::{Error, Result};
use crate::gpu::{Adapter, Gpu, GpuError, adapters_on, wgpu};

/// A wait that is as good as for ever.
const LONG: Duration = Duration::from_secs(3600);

/// Events that other threads send to the window.
#[derive(Debug)]
enum UserEvent {
    /// Something is new; paint after this time.
    Repaint(Duration),
    /// From the accessibility service of the desktop.
    Accessibility(egui_winit::accesskit_winit::Event),
}

impl From<egui_winit::accesskit_winit::Event> for UserEvent {
    fn from(event: egui_winit::accesskit_winit::Event) -> UserEvent {
        UserEvent::Accessibility(event)
    }
}

/// Makes the state of a window. It is given the name of the adapter that draws it.
pub type MakeApp = Box<dyn FnOnce(&Context, &str) -> App>;

/// How to open the window.
pub struct WindowOptions {
    /// Part of the adapter's name, or its number.
    pub adapter: Option<String>,
    /// Size in points.
    pub size: (f32, f32),
    /// Makes the state.
    pub make: MakeApp,
}

impl std::fmt::Debug for WindowOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "WindowOptions({:?}, {:?})", self.adapter, self.size)
    }
}

/// Opens the window and returns when it is closed.
///
/// # Errors
/// [`Error::Usage`] if there is no display; [`Error::Gpu`] if no adapter draws on it.
pub fn show(options: WindowOptions) -> Result<()> {
    let none = |e: winit::error::EventLoopError| {
        Error::Usage(format!("there is no display to open a window on ({e}); --headless --screenshot FILE draws without one"))
    };
    let events = EventLoop::<UserEvent>::with_user_event().build().map_err(none)?;
    let mut handler = Handler { options: Some(options), proxy: events.create_proxy(), open: None, failed: None, paint_at: None };
    events.run_app(&mut handler).map_err(none)?;
    handler.failed.map_or(Ok(()), Err)
}

struct Handler {
    options: Option<WindowOptions>,
    proxy: EventLoopProxy<UserEvent>,
    open: Option<Open>,
    failed: Option<Error>,
    /// When the next frame is due.
    paint_at: Option<Instant>,
}

/// An open window.
struct Open {
    window: Arc<Window>,
    instance: wgpu::Instance,
    surface: wgpu::Surface<'static>,
    format: wgpu::TextureFormat,
    gpu: Gpu,
    recovery: Recovery,
    screen: Screen,
    winit: egui_winit::State,
    ctx: Context,
    app: App,
    info: egui::ViewportInfo,
}

impl ApplicationHandler<UserEvent> for Handler {
    fn resumed(&mut self, events: &ActiveEventLoop) {
        let Some(options) = self.options.take() else { return };
        match Open::new(events, options, &self.proxy) {
            Ok(open) => {
                open.window.set_visible(true);
                open.window.request_redraw();
                self.open = Some(open);
            }
            Err(why) => {
                self.failed = Some(why);
                events.exit();
            }
        }
    }

    fn window_event(&mut self, events: &ActiveEventLoop, _: WindowId, event: WindowEvent) {
        let Some(open) = &mut self.open else { return };
        match &event {
            WindowEvent::CloseRequested if !open.app.may_close() => {
                open.window.request_redraw();
                return;
            }
            // A window that was taken away has no size any more: nothing may be asked of it.
            WindowEvent::CloseRequested | WindowEvent::Destroyed => {
                self.open = None;
                return events.exit();
            }
            WindowEvent::RedrawRequested => {
                match open.redraw() {
                    Ok(_) if open.app.closes() => {
                        self.open = None;
                        return events.exit();
                    }
                    Ok(Some(wait)) => self.paint_at = Instant::now().checked_add(wait),
                    Ok(None) => self.paint_at = None,
                    Err(why) => {
                        self.failed = Some(why);
                        events.exit();
                    }
                }
                return;
            }
            WindowEvent::Resized(_) => open.configure(),
            _ => {}
        }
        if open.winit.on_window_event(&open.window, &event).repaint {
            open.window.request_redraw();
        }
    }

    fn user_event(&mut self, _: &ActiveEventLoop, event: UserEvent) {
        let Some(open) = &mut self.open else { return };
        match event {
            UserEvent::Repaint(wait) if wait.is_zero() => open.window.request_redraw(),
            UserEvent::Repaint(wait) => {
                let at = Instant::now().checked_add(wait);
                self.paint_at = [self.paint_at, at].into_iter().flatten().min();
            }
            UserEvent::Accessibility(event) => {
                use egui_winit::accesskit_winit::WindowEvent as Access;
                match event.window_event {
                    Access::InitialTreeRequested => open.ctx.enable_accesskit(),
                    Access::ActionRequested(request) => open.winit.on_accesskit_action_request(request),
                    Access::AccessibilityDeactivated => {}
                }
                open.window.request_redraw();
            }
        }
    }

    fn about_to_wait(&mut self, events: &ActiveEventLoop) {
        match self.paint_at {
            Some(at) if at <= Instant::now() => {
                self.paint_at = None;
                if let Some(open) = &self.open {
                    open.window.request_redraw();
                }
                events.set_control_flow(ControlFlow::Wait);
            }
            Some(at) => events.set_control_flow(ControlFlow::WaitUntil(at)),
            None => events.set_control_flow(ControlFlow::Wait),
        }
    }
}

impl Open {
    fn new(events: &ActiveEventLoop, options: WindowOptions, proxy: &EventLoopProxy<UserEvent>) -> Result<Open> {
        let (width, height) = options.size;
        let attributes = Window::default_attributes()
            .with_title("Explorarium")
            .with_inner_size(LogicalSize::new(width, height))
            .with_min_inner_size(LogicalSize::new(480.0, 320.0))
            .with_visible(false);
        let window = Arc::new(events.create_window(attributes).map_err(|e| does_not_open(&e))?);
        let mut descriptor = wgpu::InstanceDescriptor::new_with_display_handle(Box::new(events.owned_display_handle()));
        descriptor.backends = wgpu::Backends::PRIMARY;
        let instance = wgpu::Instance::new(descriptor);
        let surface = surface_of(&instance, &window)?;
        let gpu = Gpu::open_on(&instance, &surface, options.adapter.as_deref()).map_err(Error::Gpu)?;
        let format = format_of(&surface, &gpu.adapter)?;
        let ctx = Context::default();
        let app = (options.make)(&ctx, &gpu.adapter.name);
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
        let open = Open { window, instance, surface, format, gpu, recovery, screen, winit, ctx, app, info };
        open.configure();
        Ok(open)
    }

    /// Fits the surface to the window.
    fn configure(&self) {
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

    /// Paints a frame. Returns after what time the next one is due, if it is.
    fn redraw(&mut self) -> Result<Option<Duration>> {
        let input = self.winit.take_egui_input(&self.window);
        let app = &mut self.app;
        let mut output = self.ctx.run_ui(input, |ui| app.ui(ui));
        let platform = std::mem::take(&mut output.platform_output);
        self.winit.handle_platform_output(&self.window, platform);
        let viewport = output.viewport_output.remove(&ViewportId::ROOT);
        let mut wait = None;
        if let Some(viewport) = viewport {
            wait = Some(viewport.repaint_delay);
            let mut actions = Vec::new();
            egui_winit::process_viewport_commands(&self.ctx, &mut self.info, viewport.commands, &self.window, &mut actions);
        }
        let size = self.window.inner_size();
        let frame = self.screen.prepare(&self.ctx, output);
        if size.width == 0 || size.height == 0 {
            return Ok(None);
        }
        let size = [size.width, size.height];
        for path in std::mem::take(&mut self.app.pictures) {
            self.save(&frame, &path, size);
        }
        match self.present(&frame, size) {
            Err(Error::Gpu(why)) => self.go_on(why)?,
            done => done?,
        }
        if std::mem::take(&mut self.app.tries_gpu) {
            self.try_first_gpu()?;
        }
        Ok(wait.filter(|wait| *wait < LONG))
    }

    /// Takes another device in place of a lost one, and paints again.
    fn go_on(&mut self, why: GpuError) -> Result<()> {
        let lost = self.gpu.adapter.clone();
        let adapters = adapters_on(&self.instance, &self.surface);
        let surface = &self.surface;
        let (opened, said) = self.recovery.reopen((&lost, why), adapters, &mut |adapter| opened(surface, adapter))?;
        self.replace(opened)?;
        self.app.gpu_lost(said, &self.gpu.adapter.name);
        Ok(())
    }

    /// Takes the card again that drew first.
    fn try_first_gpu(&mut self) -> Result<()> {
        let adapters = adapters_on(&self.instance, &self.surface);
        let surface = &self.surface;
        match self.recovery.try_first(adapters, &mut |adapter| opened(surface, adapter)) {
            Ok(opened) => {
                self.replace(opened)?;
                self.app.gpu_is_back(&self.gpu.adapter.name);
            }
            Err(why) => self.app.say(format!("The card does not open: {why}")),
        }
        self.window.request_redraw();
        Ok(())
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

    fn present(&mut self, frame: &Frame, size: [u32; 2]) -> Result<()> {
        use wgpu::CurrentSurfaceTexture as Current;
        let texture = match self.surface.get_current_texture() {
            Current::Success(texture) | Current::Suboptimal(texture) => texture,
            Current::Outdated | Current::Lost => {
                self.configure();
                self.window.request_redraw();
                return self.gpu.check().map_err(Error::Gpu);
            }
            _ => return self.gpu.check().map_err(Error::Gpu),
        };
        let view = texture.texture.create_view(&wgpu::TextureViewDescriptor::default());
        // The window may have another size already, which the event that says so comes after.
        let own = [texture.texture.width(), texture.texture.height()];
        self.screen.paint(&self.gpu, frame, (&view, own), self.app.ground()).map_err(Error::Gpu)?;
        self.window.pre_present_notify();
        self.gpu.queue().present(texture);
        if own != size {
            self.configure();
            self.window.request_redraw();
        }
        self.gpu.check().map_err(Error::Gpu)
    }

    /// Saves a picture of the frame.
    fn save(&mut self, frame: &Frame, path: &std::path::Path, size: [u32; 2]) {
        let picture = Offscreen::new(&self.gpu, size, self.format).and_then(|target| {
            self.screen.paint(&self.gpu, frame, (&target.view(), size), self.app.ground()).map_err(Error::Gpu)?;
            target.read(&self.gpu)
        });
        self.app.say(match picture.and_then(|picture| pictures::write(path, &picture)) {
            Ok(()) => format!("Saved {}", path.display()),
            Err(why) => format!("No picture: {why}"),
        });
        self.window.request_redraw();
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

//! The window on a display: winit's events to egui, egui's shapes to the surface.

use std::time::{Duration, Instant};

use egui::Context;
use winit::application::ApplicationHandler;
use winit::dpi::LogicalSize;
use winit::event::WindowEvent;
use winit::event_loop::{ActiveEventLoop, ControlFlow, EventLoopProxy};
use winit::window::{Window, WindowId};

use super::app::App;
use super::canvas::{Canvas, Presented};
use super::display::{Display, UserEvent, event_loop, no_display};
use super::pictures;
use super::screen::Frame;
use crate::error::{Error, Result};

/// What draws without a display.
const INSTEAD: &str = "--headless --screenshot FILE draws without one";

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
    let events = event_loop(INSTEAD)?;
    let mut handler = Handler { options: Some(options), proxy: events.create_proxy(), open: None, failed: None, paint_at: None };
    events.run_app(&mut handler).map_err(|e| no_display(&e, INSTEAD))?;
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
    display: Display,
    canvas: Canvas,
    app: App,
}

impl ApplicationHandler<UserEvent> for Handler {
    fn resumed(&mut self, events: &ActiveEventLoop) {
        let Some(options) = self.options.take() else { return };
        match Open::new(events, options, &self.proxy) {
            Ok(open) => {
                open.display.window.set_visible(true);
                open.display.window.request_redraw();
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
                open.display.window.request_redraw();
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
            WindowEvent::Resized(size) => open.canvas.configure([size.width, size.height]),
            _ => {}
        }
        if open.display.winit.on_window_event(&open.display.window, &event).repaint {
            open.display.window.request_redraw();
        }
    }

    fn user_event(&mut self, _: &ActiveEventLoop, event: UserEvent) {
        let Some(open) = &mut self.open else { return };
        match event {
            UserEvent::Repaint(wait) if wait.is_zero() => open.display.window.request_redraw(),
            UserEvent::Repaint(wait) => {
                let at = Instant::now().checked_add(wait);
                self.paint_at = [self.paint_at, at].into_iter().flatten().min();
            }
            UserEvent::Accessibility(event) => open.display.accessibility(event),
            #[cfg(feature = "study")]
            UserEvent::Woken => open.display.window.request_redraw(),
        }
    }

    fn about_to_wait(&mut self, events: &ActiveEventLoop) {
        match self.paint_at {
            Some(at) if at <= Instant::now() => {
                self.paint_at = None;
                if let Some(open) = &self.open {
                    open.display.window.request_redraw();
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
            .with_min_inner_size(LogicalSize::new(480.0, 320.0));
        let (display, canvas) = Display::new(events, attributes, options.adapter.as_deref(), proxy)?;
        let app = (options.make)(&display.ctx, &canvas.gpu.adapter.name);
        Ok(Open { display, canvas, app })
    }

    /// Paints a frame. Returns after what time the next one is due, if it is.
    fn redraw(&mut self) -> Result<Option<Duration>> {
        let app = &mut self.app;
        let (laid_out, wait) = self.display.lay_out(|ui| app.ui(ui));
        let frame = self.canvas.take(laid_out);
        let Some(size) = self.display.size() else { return Ok(None) };
        for path in std::mem::take(&mut self.app.pictures) {
            self.save(&frame, &path, size);
        }
        match self.canvas.present(&frame, size, self.app.ground()) {
            Err(Error::Gpu(why)) => {
                let said = self.canvas.go_on(why)?;
                self.app.gpu_lost(said, &self.canvas.gpu.adapter.name);
                self.display.window.request_redraw();
            }
            Ok(Presented::Again(_)) => self.display.window.request_redraw(),
            done => drop(done?),
        }
        if std::mem::take(&mut self.app.tries_gpu) {
            match self.canvas.try_first_gpu()? {
                Ok(()) => self.app.gpu_is_back(&self.canvas.gpu.adapter.name),
                Err(why) => self.app.say(format!("The card does not open: {why}")),
            }
            self.display.window.request_redraw();
        }
        Ok(wait)
    }

    /// Saves a picture of the frame.
    fn save(&mut self, frame: &Frame, path: &std::path::Path, size: [u32; 2]) {
        let picture = self.canvas.picture(frame, size, self.app.ground());
        self.app.say(match picture.and_then(|picture| pictures::write(path, &picture)) {
            Ok(()) => format!("Saved {}", path.display()),
            Err(why) => format!("No picture: {why}"),
        });
        self.display.window.request_redraw();
    }
}

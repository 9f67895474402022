//! A window on a display, without what is in it: winit's events to egui.

use std::sync::Arc;
use std::time::Duration;

use egui::{Context, Ui, ViewportId};
use winit::event_loop::{ActiveEventLoop, EventLoop, EventLoopProxy};
use winit::window::{Window, WindowAttributes};

use super::canvas::{Canvas, does_not_open};
use super::screen::LaidOut;
use crate::error::{Error, Result};

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
    #[cfg(feature = "study")]
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
    /// Gives winit's events to egui.
    pub winit: egui_winit::State,
    info: egui::ViewportInfo,
}

impl Display {
    /// Opens a window, which is not visible yet, and its surface.
    ///
    /// # Errors
    /// [`Error::Usage`] if it does not open; [`Error::Gpu`] if no adapter draws on it.
    pub fn new(
        events: &ActiveEventLoop,
        attributes: WindowAttributes,
        adapter: Option<&str>,
        proxy: &EventLoopProxy<UserEvent>,
    ) -> Result<(Display, Canvas)> {
        let window = Arc::new(events.create_window(attributes.with_visible(false)).map_err(|e| does_not_open(&e))?);
        let canvas = Canvas::new(events, &window, adapter)?;
        let ctx = Context::default();
        let waker = proxy.clone();
        ctx.set_request_repaint_callback(move |info| {
            // A closed window needs no more frames.
            let _ = waker.send_event(UserEvent::Repaint(info.delay));
        });
        let scale = Some(window.scale_factor() as f32);
        let most = canvas.gpu.limits.max_texture_dimension_2d as usize;
        let mut winit = egui_winit::State::new(ctx.clone(), ViewportId::ROOT, &*window, scale, window.theme(), Some(most));
        winit.init_accesskit(events, &window, proxy.clone());
        Ok((Display { window, ctx, winit, info: egui::ViewportInfo::default() }, canvas))
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
    pub fn lay_out(&mut self, draw: impl FnMut(&mut Ui)) -> (LaidOut, Option<Duration>) {
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
        (LaidOut::new(&self.ctx, output), wait.filter(|wait| *wait < LONG))
    }

    /// Size in pixels; None if nothing of the window is shown.
    pub fn size(&self) -> Option<[u32; 2]> {
        let size = self.window.inner_size();
        (size.width > 0 && size.height > 0).then_some([size.width, size.height])
    }
}

//! The window of `play` on a display: keys to the session as they come, pictures when something changed, steps at their time.

use winit::application::ApplicationHandler;
use winit::event::WindowEvent;
use winit::event_loop::{ActiveEventLoop, ControlFlow, EventLoopProxy};
use winit::window::WindowId;

use super::open_window::OpenWindow;
use super::play_options::PlayOptions;
use crate::error::{Error, Result};
use crate::study::session::Session;
use crate::viewer::display::{UserEvent, event_loop, no_display};

/// What can be done without a display.
const INSTEAD: &str = "play needs a screen and a keyboard";
/// Opens the window, and returns the session when it is over or the window was closed.
///
/// # Errors
/// [`Error::Usage`] if there is no display; [`Error::Gpu`] if no adapter draws on it; the errors of `begin`.
pub fn show_play(options: PlayOptions) -> Result<Session> {
    let events = event_loop(INSTEAD)?;
    let mut handler = Handler { options: Some(options), proxy: events.create_proxy(), open: None, outcome: None };
    events.run_app(&mut handler).map_err(|e| no_display(&e, INSTEAD))?;
    let closed = || Error::Usage("the window was closed before it was shown".to_string());
    handler.outcome.unwrap_or_else(|| Err(closed()))
}

struct Handler {
    options: Option<PlayOptions>,
    proxy: EventLoopProxy<UserEvent>,
    open: Option<OpenWindow>,
    outcome: Option<Result<Session>>,
}

impl ApplicationHandler<UserEvent> for Handler {
    fn resumed(&mut self, events: &ActiveEventLoop) {
        let Some(options) = self.options.take() else { return };
        match OpenWindow::new(events, options, &self.proxy) {
            Ok(mut open) => {
                open.appear();
                self.open = Some(open);
            }
            Err(why) => {
                self.outcome = Some(Err(why));
                events.exit();
            }
        }
    }

    fn window_event(&mut self, events: &ActiveEventLoop, _: WindowId, event: WindowEvent) {
        let Some(open) = &mut self.open else { return };
        match &event {
            WindowEvent::CloseRequested | WindowEvent::Destroyed => open.close(),
            WindowEvent::RedrawRequested => open.redraw(),
            _ => open.take(&event),
        }
        self.close_if_over(events);
    }

    fn user_event(&mut self, _: &ActiveEventLoop, event: UserEvent) {
        let Some(open) = &mut self.open else { return };
        match event {
            UserEvent::Repaint(wait) => open.repaint_after(wait),
            UserEvent::Accessibility(event) => open.accessibility(event),
            // What was written and painted is asked for before the window sleeps again.
            UserEvent::Woken => {}
        }
    }

    fn about_to_wait(&mut self, events: &ActiveEventLoop) {
        let Some(open) = &mut self.open else { return };
        match open.go_on() {
            Ok(Some(at)) => events.set_control_flow(ControlFlow::WaitUntil(at)),
            Ok(None) => events.set_control_flow(ControlFlow::Wait),
            Err(why) => {
                open.session.finish();
                self.open = None;
                self.outcome = Some(Err(why));
                return events.exit();
            }
        }
        self.close_if_over(events);
    }
}

impl Handler {
    /// Closes the window if the session is over.
    fn close_if_over(&mut self, events: &ActiveEventLoop) {
        if self.open.as_ref().is_some_and(|open| open.is_over())
            && let Some(mut open) = self.open.take()
        {
            open.session.finish();
            self.outcome = Some(Ok(open.session));
            events.exit();
        }
    }
}

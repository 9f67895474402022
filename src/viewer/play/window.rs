//! The window of `play` on a display: keys to the session as they come, pictures when something changed, steps at their time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use winit::application::ApplicationHandler;
use winit::dpi::LogicalSize;
use winit::event::{ElementState, KeyEvent, WindowEvent};
use winit::event_loop::{ActiveEventLoop, ControlFlow, EventLoopProxy};
use winit::keyboard::{Key, PhysicalKey};
use winit::platform::modifier_supplement::KeyEventExtModifierSupplement;
use winit::window::{Fullscreen, Window, WindowId};

use super::look::GROUND;
use super::play_window::PlayWindow;
use super::shown::ShownScreen;
use crate::error::{Error, Result};
use crate::study::database::{Boot, Wake};
use crate::study::session::{Clock, Input, PlayState, Screen, Session, SessionProgress, clock_step_ns};
use crate::viewer::display::{Display, UserEvent, event_loop, no_display};

/// What can be done without a display.
const INSTEAD: &str = "play needs a screen and a keyboard";
/// How long before something is due the window stops sleeping: the desktop wakes it late by up to about this.
const SPIN_US: u64 = 1_000;
/// How long a new window may take until it has the focus.
const FOCUS_TIME: Duration = Duration::from_millis(500);
/// Most things that are done at once before the window looks at its events.
const AT_ONCE: usize = 100;

/// Begins the session, once it is known on what it is shown.
pub type BeginSession = Box<dyn FnOnce(Boot, Wake) -> Result<Session>>;

/// Is told how far a session is.
pub type TellProgress = Box<dyn FnMut(&SessionProgress)>;

/// How to open the window.
pub struct PlayOptions {
    /// Part of the adapter's name, or its number.
    pub adapter: Option<String>,
    /// Size in points; None: the whole screen.
    pub size: Option<(f32, f32)>,
    /// Title of the window.
    pub title: String,
    /// Begins the session.
    pub begin: BeginSession,
    /// Is told how far the session is, whenever that changed.
    pub progress: Option<TellProgress>,
}

impl std::fmt::Debug for PlayOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "PlayOptions({:?}, {:?})", self.adapter, self.size)
    }
}

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
    open: Option<Open>,
    outcome: Option<Result<Session>>,
}

/// An open window.
struct Open {
    display: Display,
    window: PlayWindow,
    session: Session,
    clock: Clock,
    /// What was painted last.
    painted: Option<ShownScreen>,
    /// When the session has something to do.
    due_us: Option<u64>,
    /// When egui wants to paint again.
    paint_at: Option<Instant>,
    progress: Option<TellProgress>,
    told: SessionProgress,
    /// Whether egui, or a key whose letter was learnt, wants another frame.
    stale: bool,
    /// Whether the window has the focus; None while a new one has not had it yet.
    focus: Option<bool>,
    opened: Instant,
    /// How long frames take, in microseconds: the longest of the last ones.
    frame_us: u64,
}

impl ApplicationHandler<UserEvent> for Handler {
    fn resumed(&mut self, events: &ActiveEventLoop) {
        let Some(options) = self.options.take() else { return };
        match Open::new(events, options, &self.proxy) {
            Ok(mut open) => {
                open.display.window.set_visible(true);
                open.display.window.focus_window();
                open.resized();
                open.display.window.request_redraw();
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
        let now = open.clock.now_us();
        match &event {
            WindowEvent::CloseRequested | WindowEvent::Destroyed => open.session.input(Input::Close, now),
            WindowEvent::RedrawRequested => {
                if let Err(why) = open.redraw() {
                    open.session.finish();
                    self.open = None;
                    self.outcome = Some(Err(why));
                    return events.exit();
                }
            }
            _ => open.take(&event, now),
        }
        self.close_if_over(events);
    }

    fn user_event(&mut self, _: &ActiveEventLoop, event: UserEvent) {
        let Some(open) = &mut self.open else { return };
        match event {
            UserEvent::Repaint(wait) if wait.is_zero() => open.stale = true,
            UserEvent::Repaint(wait) => {
                let at = Instant::now().checked_add(wait);
                open.paint_at = [open.paint_at, at].into_iter().flatten().min();
            }
            UserEvent::Accessibility(event) => open.display.accessibility(event),
            // What was written is asked for before the window sleeps again.
            UserEvent::Woken => {}
        }
    }

    fn about_to_wait(&mut self, events: &ActiveEventLoop) {
        let Some(open) = &mut self.open else { return };
        open.advance();
        let now = Instant::now();
        open.look_at_focus(now);
        if open.paint_at.is_some_and(|at| at <= now) {
            (open.paint_at, open.stale) = (None, true);
        }
        if open.may_paint() {
            open.display.window.request_redraw();
        }
        let wait = |due: u64| Duration::from_micros(due.saturating_sub(SPIN_US).saturating_sub(open.clock.now_us()));
        let focus = open.focus.is_none().then(|| open.opened + FOCUS_TIME);
        let times = [open.due_us.map(|due| now + wait(due)), open.paint_at, focus];
        events.set_control_flow(match times.into_iter().flatten().min() {
            Some(at) => ControlFlow::WaitUntil(at),
            None => ControlFlow::Wait,
        });
        self.close_if_over(events);
    }
}

impl Handler {
    /// Closes the window if the session is over.
    fn close_if_over(&mut self, events: &ActiveEventLoop) {
        if self.open.as_ref().is_some_and(|open| matches!(open.session.screen(), Screen::Closed))
            && let Some(mut open) = self.open.take()
        {
            open.session.finish();
            self.outcome = Some(Ok(open.session));
            events.exit();
        }
    }
}

impl Open {
    fn new(events: &ActiveEventLoop, options: PlayOptions, proxy: &EventLoopProxy<UserEvent>) -> Result<Open> {
        let mut attributes = Window::default_attributes().with_title(options.title);
        attributes = match options.size {
            Some((width, height)) => attributes.with_inner_size(LogicalSize::new(width, height)),
            None => {
                // Where nothing manages windows, one that wants the whole screen is given the size it asks for.
                let monitor = events.primary_monitor().or_else(|| events.available_monitors().next());
                let whole = attributes.with_fullscreen(Some(Fullscreen::Borderless(None)));
                match monitor {
                    Some(monitor) => whole.with_inner_size(monitor.size()).with_position(monitor.position()),
                    None => whole,
                }
            }
        };
        let display = Display::new(events, attributes, options.adapter.as_deref(), proxy)?;
        let window = PlayWindow::new(&display.ctx);
        let waker = proxy.clone();
        let wake: Wake = Arc::new(move || {
            // A closed window need not know.
            let _ = waker.send_event(UserEvent::Woken);
        });
        let (session, progress) = ((options.begin)(boot(&display), wake)?, options.progress);
        let clock = session.clock();
        Ok(Open {
            display,
            told: SessionProgress::default(),
            stale: false,
            focus: None,
            opened: Instant::now(),
            window,
            frame_us: 0,
            session,
            clock,
            painted: None,
            due_us: None,
            paint_at: None,
            progress,
        })
    }

    /// Gives an event to the session and to egui.
    fn take(&mut self, event: &WindowEvent, now: u64) {
        let plays = matches!(self.session.screen(), Screen::Play(view) if matches!(view.state, PlayState::Running | PlayState::Countdown(_)));
        match event {
            // What the desktop makes up when the focus changes was not pressed by anyone.
            WindowEvent::KeyboardInput { is_synthetic: true, .. } => return,
            WindowEvent::KeyboardInput { event, .. } => {
                self.key(event, now);
                if plays {
                    return;
                }
            }
            WindowEvent::Focused(has) => self.focused(*has, now),
            WindowEvent::Resized(_) | WindowEvent::ScaleFactorChanged { .. } => self.resized(),
            _ => {}
        }
        let repaint = self.display.winit.on_window_event(&self.display.window, event).repaint;
        // A mouse that moves over a game changes nothing.
        self.stale |= repaint && !(plays && matches!(event, WindowEvent::CursorMoved { .. }));
    }

    /// The window got or lost the focus. A new window has none yet, which is no loss.
    fn focused(&mut self, has: bool, now: u64) {
        if has || self.focus.is_some() {
            self.session.input(Input::Focus(has), now);
            self.focus = Some(has);
        }
    }

    /// A new window that got no focus for a while has none: then nobody plays in it.
    fn look_at_focus(&mut self, now: Instant) {
        if self.focus.is_none() && now >= self.opened + FOCUS_TIME {
            self.focus = Some(self.display.window.has_focus());
            if self.focus == Some(false) {
                self.session.input(Input::Focus(false), self.clock.now_us());
                self.stale = true;
            }
        }
    }

    /// Whether a frame may be painted now: something is new, and if it is not the picture, no step is due before the frame would be done.
    fn may_paint(&self) -> bool {
        let shown = ShownScreen::of(&self.session.screen());
        let is_new = self.painted.as_ref() != Some(&shown);
        let same_picture = self.painted.as_ref().is_some_and(|painted| painted.has_picture_of(&shown));
        let soon = self.due_us.is_some_and(|due| due < self.clock.now_us() + self.frame_us + SPIN_US);
        (is_new || self.stale) && !(same_picture && soon)
    }

    fn key(&mut self, event: &KeyEvent, now: u64) {
        let code = code_of(event.physical_key);
        if let Key::Character(written) = event.key_without_modifiers()
            && self.window.labels.learn(&code, &written)
        {
            self.stale = true;
        }
        let down = event.state == ElementState::Pressed;
        self.session.input(Input::Key { code, down, repeated: event.repeat }, now);
    }

    fn resized(&mut self) {
        self.display.configure();
        let Some([width, height]) = self.display.size() else { return };
        let scale = self.display.window.scale_factor();
        self.session.input(Input::Resized { width, height, scale }, self.clock.now_us());
    }

    /// Does what is due.
    fn advance(&mut self) {
        for _ in 0..AT_ONCE {
            self.due_us = self.session.advance(self.clock.now_us());
            let Some(due) = self.due_us.filter(|due| *due <= self.clock.now_us() + SPIN_US) else { break };
            while self.clock.now_us() < due {
                std::hint::spin_loop();
            }
        }
        self.tell();
    }

    fn tell(&mut self) {
        let Some(tell) = &mut self.progress else { return };
        let progress = self.session.progress();
        if self.told != progress {
            tell(&progress);
            self.told = progress;
        }
    }

    /// Paints what is to be shown, and takes what the participant did with it.
    fn redraw(&mut self) -> Result<()> {
        let (screen, begun) = (self.session.screen(), Instant::now());
        let (window, mut inputs) = (&mut self.window, Vec::new());
        // egui may lay out a frame twice; then only the first time has events.
        let (frame, wait) = self.display.lay_out(|ui| window.ui(ui, &screen, &mut inputs));
        self.paint_at = wait.and_then(|wait| Instant::now().checked_add(wait));
        let shown = match self.display.size() {
            Some(size) => self.display.present(&frame, size, GROUND),
            None => Ok(false),
        };
        let presented = self.clock.now_us();
        let took = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        (self.frame_us, self.stale) = (took.max(self.frame_us - self.frame_us / 8), false);
        if self.painted.is_none() {
            // A window takes the focus only once it is there.
            self.display.window.focus_window();
        }
        // What could not be shown now comes with the next frame that the desktop asks for.
        self.painted = Some(ShownScreen::of(&screen));
        match shown {
            Ok(true) => {
                if let Screen::Play(view) = &screen {
                    self.session.presented(view.number, presented);
                }
            }
            Ok(false) => {}
            Err(Error::Gpu(why)) => drop(self.display.go_on(why)?),
            Err(why) => return Err(why),
        }
        for input in inputs {
            self.session.input(input, presented);
        }
        Ok(())
    }
}

/// What is known of the machine.
fn boot(display: &Display) -> Boot {
    let monitor = display.window.current_monitor();
    let hertz = monitor.and_then(|monitor| monitor.refresh_rate_millihertz()).map(|rate| f64::from(rate) / 1000.0);
    let size = display.size().map(|[width, height]| format!("{width}x{height} {}", display.window.scale_factor()));
    Boot {
        system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        adapter: Some(display.gpu.adapter.name.clone()),
        display_hz: hertz,
        clock_step_ns: clock_step_ns(),
        window: size,
        language: None,
    }
}

/// The code of a key by its place, as the W3C names it.
fn code_of(key: PhysicalKey) -> String {
    match key {
        PhysicalKey::Code(code) => match format!("{code:?}").as_str() {
            "SuperLeft" => "MetaLeft".to_string(),
            "SuperRight" => "MetaRight".to_string(),
            name => name.to_string(),
        },
        PhysicalKey::Unidentified(_) => "Unidentified".to_string(),
    }
}

#[cfg(test)]
mod tests {
    use winit::keyboard::KeyCode;

    use super::*;

    #[test]
    fn codes_are_those_of_the_w3c() {
        let code = |key: KeyCode| code_of(PhysicalKey::Code(key));
        let codes = [KeyCode::KeyW, KeyCode::ArrowLeft, KeyCode::Digit1, KeyCode::Space, KeyCode::SuperLeft, KeyCode::Numpad0];
        assert_eq!(codes.map(code), ["KeyW", "ArrowLeft", "Digit1", "Space", "MetaLeft", "Numpad0"]);
    }
}

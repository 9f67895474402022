//! The open window of `play`: its session, its painter, and what is to be done when.

use std::sync::Arc;
use std::time::{Duration, Instant};

use winit::event::{ElementState, KeyEvent, WindowEvent};
use winit::event_loop::{ActiveEventLoop, EventLoopProxy};
use winit::keyboard::Key;
use winit::platform::modifier_supplement::KeyEventExtModifierSupplement;

use super::machine;
use super::paint_thread::PaintThread;
use super::play_options::{PlayOptions, TellProgress};
use super::play_window::PlayWindow;
use super::shown::ShownScreen;
use crate::error::Result;
use crate::study::database::Wake;
use crate::study::session::{Clock, Input, PlayState, Screen, Session, SessionProgress};
use crate::viewer::display::{Display, UserEvent};

/// How long before something is due the window stops sleeping: the desktop wakes it late by up to about this.
const SPIN_US: u64 = 1_000;
/// How long a new window may take until it has the focus.
const FOCUS_TIME: Duration = Duration::from_millis(500);
/// Most things that are done at once before the window looks at its events.
const AT_ONCE: usize = 100;

/// An open window.
pub struct OpenWindow {
    display: Display,
    window: PlayWindow,
    /// The session.
    pub session: Session,
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
    painter: PaintThread,
    /// The frame that is being painted: its picture of a game, and since when.
    frame: Option<(Option<u64>, Instant)>,
}

impl OpenWindow {
    /// Opens a window, which is not visible yet, and begins the session.
    ///
    /// # Errors
    /// As [`super::window::show_play`].
    pub fn new(events: &ActiveEventLoop, options: PlayOptions, proxy: &EventLoopProxy<UserEvent>) -> Result<OpenWindow> {
        let attributes = machine::attributes(events, options.title, options.size);
        let (display, canvas) = Display::new(events, attributes, options.adapter.as_deref(), proxy)?;
        let window = PlayWindow::new(&display.ctx);
        let waker = proxy.clone();
        let wake: Wake = Arc::new(move || {
            // A closed window need not know.
            let _ = waker.send_event(UserEvent::Woken);
        });
        let (session, progress) =
            ((options.begin)(machine::boot(&display, canvas.gpu.adapter.name.clone()), wake.clone())?, options.progress);
        let clock = session.clock();
        let painter = PaintThread::begin(canvas, clock.clone(), move || wake())?;
        Ok(OpenWindow {
            display,
            told: SessionProgress::default(),
            stale: false,
            focus: None,
            opened: Instant::now(),
            window,
            frame_us: 0,
            painter,
            frame: None,
            session,
            clock,
            painted: None,
            due_us: None,
            paint_at: None,
            progress,
        })
    }

    /// Shows the window for the first time.
    pub fn appear(&mut self) {
        self.display.window.set_visible(true);
        self.display.window.focus_window();
        self.resized();
        self.display.window.request_redraw();
    }

    /// Closes the session.
    pub fn close(&mut self) {
        self.session.input(Input::Close, self.clock.now_us());
    }

    /// Whether the session is over.
    pub fn is_over(&self) -> bool {
        matches!(self.session.screen(), Screen::Closed)
    }

    /// Paints again after some time.
    pub fn repaint_after(&mut self, wait: Duration) {
        if wait.is_zero() {
            self.stale = true;
        } else {
            self.paint_at = [self.paint_at, Instant::now().checked_add(wait)].into_iter().flatten().min();
        }
    }

    /// Takes what the accessibility service of the desktop sent.
    pub fn accessibility(&mut self, event: egui_winit::accesskit_winit::Event) {
        self.display.accessibility(event);
    }

    /// Does what is due, and asks for a frame if one may be painted. Returns when there is something to do again.
    ///
    /// # Errors
    /// [`Error::Gpu`](crate::error::Error::Gpu) if nothing can be painted any more.
    pub fn go_on(&mut self) -> Result<Option<Instant>> {
        self.look_at_painter()?;
        self.advance();
        let now = Instant::now();
        self.look_at_focus(now);
        if self.paint_at.is_some_and(|at| at <= now) {
            (self.paint_at, self.stale) = (None, true);
        }
        if self.may_paint() {
            self.display.window.request_redraw();
        }
        let wait = |due: u64| Duration::from_micros(due.saturating_sub(SPIN_US).saturating_sub(self.clock.now_us()));
        let focus = self.focus.is_none().then(|| self.opened + FOCUS_TIME);
        Ok([self.due_us.map(|due| now + wait(due)), self.paint_at, focus].into_iter().flatten().min())
    }

    /// Gives an event to the session and to egui.
    pub fn take(&mut self, event: &WindowEvent) {
        let now = self.clock.now_us();
        let plays = matches!(self.session.screen(), Screen::Play(view) if matches!(view.state, PlayState::Running | PlayState::Countdown(_)));
        match event {
            // What the desktop makes up when the focus changes was not pressed by anyone.
            WindowEvent::KeyboardInput { is_synthetic: true, .. } => return,
            WindowEvent::KeyboardInput { event, .. } => {
                self.key(event, now);
                // Releases go to egui always: else it takes the next press for a repeated one.
                if plays && event.state == ElementState::Pressed {
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
        (is_new || self.stale) && !self.painter.is_busy() && !(same_picture && soon)
    }

    fn key(&mut self, event: &KeyEvent, now: u64) {
        let code = machine::code_of(event.physical_key);
        if let Key::Character(written) = event.key_without_modifiers()
            && self.window.labels.learn(&code, &written)
        {
            self.stale = true;
        }
        let down = event.state == ElementState::Pressed;
        self.session.input(Input::Key { code, down, repeated: event.repeat }, now);
    }

    fn resized(&mut self) {
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

    /// Lays out what is to be shown, has it painted, and takes what the participant did with it.
    pub fn redraw(&mut self) {
        if self.painter.is_busy() {
            self.stale = true;
            return;
        }
        let (screen, begun) = (self.session.screen(), Instant::now());
        let (window, mut inputs) = (&mut self.window, Vec::new());
        // egui may lay out a frame twice; then only the first time has events.
        let (laid_out, wait) = self.display.lay_out(|ui| window.ui(ui, &screen, &mut inputs));
        self.paint_at = wait.and_then(|wait| Instant::now().checked_add(wait));
        self.painter.paint(laid_out, self.display.size());
        let number = match &screen {
            Screen::Play(view) => Some(view.number),
            _ => None,
        };
        self.frame = Some((number, begun));
        // What cannot be shown now comes with the next frame that the desktop asks for.
        (self.painted, self.stale) = (Some(ShownScreen::of(&screen)), false);
        let now = self.clock.now_us();
        for input in inputs {
            self.session.input(input, now);
        }
    }

    /// Takes the frame that was painted since the last time.
    fn look_at_painter(&mut self) -> Result<()> {
        let Some(painted) = self.painter.painted() else { return Ok(()) };
        let (number, begun) = self.frame.take().unwrap_or((None, Instant::now()));
        if let (Some(number), Some(at)) = (number, painted.presented_us) {
            self.session.presented(number, at);
        }
        let took = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        let is_first = self.frame_us == 0;
        self.frame_us = took.max(self.frame_us - self.frame_us / 8);
        if is_first {
            // A window takes the focus only once it is there.
            self.display.window.focus_window();
        }
        self.stale |= painted.again;
        painted.failed.map_or(Ok(()), Err)
    }
}

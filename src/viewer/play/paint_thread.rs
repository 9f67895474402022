//! A thread that paints: keys are taken and steps are due while a frame is painted and handed to the desktop.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use super::look::GROUND;
use crate::error::{Error, Result};
use crate::study::session::Clock;
use crate::viewer::canvas::{Canvas, Presented};
use crate::viewer::screen::{Frame, LaidOut};

/// Most tries to hand over one frame, if the surface was fitted anew in between.
const TRIES: u32 = 3;

/// A frame to be painted.
struct Order {
    laid_out: LaidOut,
    /// Of the window, in pixels; None if nothing of it is shown.
    size: Option<[u32; 2]>,
}

/// A frame that was painted.
#[derive(Debug)]
pub struct Painted {
    /// When `present` had returned, if the frame was handed to the desktop.
    pub presented_us: Option<u64>,
    /// Whether another frame is needed.
    pub again: bool,
    /// Why no further frame can be painted.
    pub failed: Option<Error>,
}

/// Paints one frame after the other.
#[derive(Debug)]
pub struct PaintThread {
    orders: Option<Sender<Order>>,
    painted: Receiver<Painted>,
    thread: Option<JoinHandle<()>>,
    busy: bool,
}

impl PaintThread {
    /// Begins to paint. `wake` is called after every frame.
    ///
    /// # Errors
    /// [`Error::Limit`] if no thread can be started.
    pub fn begin(mut canvas: Canvas, clock: Clock, wake: impl Fn() + Send + 'static) -> Result<PaintThread> {
        let (orders, receiver) = channel::<Order>();
        let (sender, painted) = channel();
        let work = move || {
            for order in receiver {
                let done = paint(&mut canvas, order, &clock);
                if sender.send(done).is_err() {
                    break;
                }
                wake();
            }
        };
        let thread = std::thread::Builder::new().name("paint".to_string()).spawn(work);
        let thread = thread.map_err(|e| Error::Limit(format!("no thread to paint with: {e}")))?;
        Ok(PaintThread { orders: Some(orders), painted, thread: Some(thread), busy: false })
    }

    /// Whether a frame is being painted.
    pub fn is_busy(&self) -> bool {
        self.busy
    }

    /// Paints a frame. Every frame that was laid out must be given here, in order.
    pub fn paint(&mut self, laid_out: LaidOut, size: Option<[u32; 2]>) {
        let sent = self.orders.as_ref().map(|orders| orders.send(Order { laid_out, size }));
        self.busy = sent.is_some_and(|sent| sent.is_ok());
    }

    /// The frame that was painted since the last call.
    pub fn painted(&mut self) -> Option<Painted> {
        let painted = self.painted.try_recv().ok()?;
        self.busy = false;
        Some(painted)
    }
}

impl Drop for PaintThread {
    fn drop(&mut self) {
        self.orders = None;
        // A thread that panicked paints nothing more, which is all that is wanted.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn paint(canvas: &mut Canvas, order: Order, clock: &Clock) -> Painted {
    let frame = canvas.take(order.laid_out);
    let Some(size) = order.size else { return Painted { presented_us: None, again: false, failed: None } };
    canvas.fit(size);
    for _ in 0..TRIES {
        match present(canvas, &frame, size) {
            Ok(Presented::Shown) => return Painted { presented_us: Some(clock.now_us()), again: false, failed: None },
            Ok(Presented::Again(true)) => return Painted { presented_us: Some(clock.now_us()), again: true, failed: None },
            Ok(Presented::Again(false)) => {}
            Ok(Presented::No) => return Painted { presented_us: None, again: false, failed: None },
            Err(why) => return Painted { presented_us: None, again: false, failed: Some(why) },
        }
    }
    Painted { presented_us: None, again: true, failed: None }
}

/// Hands a frame to the desktop; if the device is lost, another one is taken.
fn present(canvas: &mut Canvas, frame: &Frame, size: [u32; 2]) -> Result<Presented> {
    match canvas.present(frame, size, GROUND) {
        Err(Error::Gpu(why)) => canvas.go_on(why).map(|_| Presented::Again(false)),
        done => done,
    }
}

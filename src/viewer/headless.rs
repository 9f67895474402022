//! The window without a display: the same panes, painted into a picture.

use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::{Context, Pos2, RawInput, Rect, vec2};

use super::app::App;
use super::offscreen::{FORMAT, Offscreen, WindowPicture};
use super::recovery::Recovery;
use super::screen::{Frame, Screen};
use crate::error::{Error, Result};
use crate::gpu::{Adapter, Gpu, GpuError, adapters};

/// Time between two looks at what threads have done.
const LOOK: Duration = Duration::from_millis(10);
/// Frames after everything has settled, so that sizes that depend on the frame before are right.
const FRAMES: u32 = 4;

/// A window that is painted into a texture.
pub struct HeadlessWindow {
    /// The state of the window.
    pub app: App,
    /// The context of egui.
    pub ctx: Context,
    gpu: Arc<Gpu>,
    screen: Screen,
    recovery: Recovery,
    size: [u32; 2],
    scale: f32,
    time: f64,
}

impl std::fmt::Debug for HeadlessWindow {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "HeadlessWindow({:?}, {:?})", self.size, self.app)
    }
}

impl HeadlessWindow {
    /// A window of `size` pixels, with `scale` pixels for each point.
    ///
    /// # Errors
    /// [`Error::Limit`] if the GPU draws no windows of this size.
    pub fn new(gpu: Arc<Gpu>, size: [u32; 2], scale: f32, make: impl FnOnce(&Context) -> App) -> Result<HeadlessWindow> {
        HeadlessWindow::with_filter((gpu, size, scale), true, make)
    }

    /// As [`HeadlessWindow::new`]. Without `exact` text is filtered by the GPU, as in a window on a display.
    ///
    /// # Errors
    /// As [`HeadlessWindow::new`].
    pub fn with_filter(
        (gpu, size, scale): (Arc<Gpu>, [u32; 2], f32),
        exact: bool,
        make: impl FnOnce(&Context) -> App,
    ) -> Result<HeadlessWindow> {
        Offscreen::new(&gpu, size, FORMAT)?;
        let ctx = Context::default();
        let app = make(&ctx);
        let (screen, recovery) = (Screen::new(&gpu, FORMAT, exact), Recovery::new(&gpu));
        Ok(HeadlessWindow { app, ctx, gpu, screen, recovery, size, scale, time: 0.0 })
    }

    /// Lays out one frame, with these events, paints it and reads the picture.
    ///
    /// # Errors
    /// [`Error::Gpu`] if the device is lost and no other one opens.
    pub fn frame(&mut self, events: Vec<egui::Event>) -> Result<WindowPicture> {
        self.paint(events, |target, gpu| target.read(gpu))
    }

    /// What draws.
    pub fn gpu(&self) -> &Gpu {
        &self.gpu
    }

    /// Lays out one frame, with these events, paints it, and waits until it is painted.
    ///
    /// # Errors
    /// As [`HeadlessWindow::frame`].
    pub fn draw(&mut self, events: Vec<egui::Event>) -> Result<()> {
        self.paint(events, |_, gpu| gpu.wait().map_err(Error::Gpu))
    }

    /// Lays out one frame and paints nothing.
    pub fn lay_out(&mut self) {
        let output = self.output(Vec::new());
        // Its textures are needed by later frames.
        self.screen.prepare(&self.ctx, output);
    }

    /// Lays out one frame, paints it and gives it to `then`. If the device is lost, another one does so.
    fn paint<T>(&mut self, events: Vec<egui::Event>, then: impl Fn(&Offscreen, &Gpu) -> Result<T>) -> Result<T> {
        let output = self.output(events);
        let frame = self.screen.prepare(&self.ctx, output);
        let done = loop {
            match self.paint_once(&frame, &then) {
                Err(Error::Gpu(why)) => self.go_on(why)?,
                done => break done?,
            }
        };
        if std::mem::take(&mut self.app.tries_gpu) {
            self.try_first_gpu();
        }
        Ok(done)
    }

    fn paint_once<T>(&mut self, frame: &Frame, then: &impl Fn(&Offscreen, &Gpu) -> Result<T>) -> Result<T> {
        let target = Offscreen::new(&self.gpu, self.size, FORMAT)?;
        self.screen.paint(&self.gpu, frame, (&target.view(), self.size), self.app.ground()).map_err(Error::Gpu)?;
        then(&target, &self.gpu)
    }

    /// Takes another device in place of a lost one.
    fn go_on(&mut self, why: GpuError) -> Result<()> {
        let lost = self.gpu.adapter.clone();
        let (gpu, said) = self.recovery.reopen((&lost, why), adapters(), &mut opened)?;
        self.replace(gpu);
        self.app.gpu_lost(said, &self.gpu.adapter.name);
        Ok(())
    }

    /// Takes the card again that drew first.
    fn try_first_gpu(&mut self) {
        match self.recovery.try_first(adapters(), &mut opened) {
            Ok(gpu) => {
                self.replace(gpu);
                self.app.gpu_is_back(&self.gpu.adapter.name);
            }
            Err(why) => self.app.say(format!("The card does not open: {why}")),
        }
    }

    fn replace(&mut self, gpu: Gpu) {
        self.screen.replace(&gpu, FORMAT);
        self.gpu = Arc::new(gpu);
    }

    fn output(&mut self, events: Vec<egui::Event>) -> egui::FullOutput {
        let points = vec2(self.size[0] as f32, self.size[1] as f32) / self.scale;
        self.time += 1.0 / 60.0;
        let mut input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, points)),
            time: Some(self.time),
            focused: true,
            events,
            ..RawInput::default()
        };
        input.viewports.entry(egui::ViewportId::ROOT).or_default().native_pixels_per_point = Some(self.scale);
        let app = &mut self.app;
        self.ctx.run_ui(input, |ui| app.ui(ui))
    }

    /// Lays out frames until every live run has taken `steps` steps of each world or ended, and pauses them.
    ///
    /// # Errors
    /// As [`HeadlessWindow::run_until_idle`].
    pub fn play(&mut self, steps: u64, limit: Duration) -> Result<()> {
        let began = Instant::now();
        while !self.app.pause_if(steps) {
            if began.elapsed() > limit {
                return Err(Error::Data(format!("after {} s not all steps are taken yet", limit.as_secs())));
            }
            self.frame(Vec::new())?;
            std::thread::sleep(LOOK);
        }
        Ok(())
    }

    /// Lays out frames until all that was opened is read and shown.
    ///
    /// # Errors
    /// As [`HeadlessWindow::frame`]; [`Error::Data`] if that takes longer than `limit`.
    pub fn run_until_idle(&mut self, limit: Duration) -> Result<WindowPicture> {
        let began = Instant::now();
        let mut quiet = 0;
        loop {
            let picture = self.frame(Vec::new())?;
            quiet = if self.app.is_idle() { quiet + 1 } else { 0 };
            if quiet >= FRAMES {
                return Ok(picture);
            }
            if began.elapsed() > limit {
                return Err(Error::Data(format!("after {} s not everything is read yet", limit.as_secs())));
            }
            if quiet == 0 {
                std::thread::sleep(LOOK);
            }
        }
    }
}

fn opened(adapter: Adapter) -> Result<Gpu> {
    Gpu::open_adapter(adapter).map_err(Error::Gpu)
}

//! How long a frame of the window takes at 1920 x 1080, and how long a seek in an episode of 10 000 steps.
//!
//! `cargo bench --bench window`. Without a hardware GPU a software driver paints.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use explorarium::gpu::Gpu;
use explorarium::scene::Theme;
use explorarium::viewer::{App, HeadlessWindow, Page};

#[path = "long_episode.rs"]
mod long_episode;

use long_episode::{Failed, STEPS, record_long_episode};

const SIZE: [u32; 2] = [1920, 1080];
/// Frames and seeks that are measured.
const FRAMES: usize = 200;
const SEEKS: usize = 200;

/// Smallest, middle and largest of some times, in milliseconds.
fn told(name: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let ms = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1e3;
    println!("{name:32} median {:7.2} ms, 95 % below {:7.2} ms, most {:7.2} ms, n {}", ms(50), ms(95), ms(100), times.len());
}

fn main() -> Result<(), Failed> {
    let gpu = Arc::new(Gpu::open(None)?);
    println!("{} x {} pixels on {} ({})", SIZE[0], SIZE[1], gpu.adapter.name, gpu.adapter.backend);
    let path: PathBuf = std::env::temp_dir().join(format!("explorarium-window-{}.parquet", std::process::id()));
    record_long_episode(&path)?;
    let measured = measure(&gpu, &path);
    std::fs::remove_file(&path)?;
    measured
}

/// How long frames take.
fn frames(window: &mut HeadlessWindow, name: &str) -> Result<(), Failed> {
    let mut times = Vec::new();
    for _ in 0..FRAMES {
        let began = Instant::now();
        window.draw(Vec::new())?;
        times.push(began.elapsed());
    }
    told(name, times);
    Ok(())
}

fn measure(gpu: &Arc<Gpu>, path: &Path) -> Result<(), Failed> {
    let began = Instant::now();
    let mut window = HeadlessWindow::with_filter((gpu.clone(), SIZE, 1.0), false, |ctx| {
        let mut app = App::new(ctx, Theme::Dark, "a bench".to_string());
        app.open(path);
        app
    })?;
    window.run_until_idle(Duration::from_secs(120))?;
    let rows = window.app.rows_of_shown();
    if rows <= u64::from(STEPS) {
        return Err(format!("the recording has only {rows} rows").into());
    }
    println!("{rows} rows, open and compared after {:.2} s", began.elapsed().as_secs_f64());
    frames(&mut window, "frame, nothing changes")?;
    window.app.playback.playing = true;
    window.app.playback.speed = 60.0;
    frames(&mut window, "frame, playing 60 steps a second")?;
    window.app.playback.playing = false;
    for (name, page) in [("frame, Grid page", Page::Grid), ("frame, Compare page", Page::Compare)] {
        window.app.page = page;
        window.run_until_idle(Duration::from_secs(120))?;
        frames(&mut window, name)?;
    }
    window.app.page = Page::Inspect;
    let mut empty =
        HeadlessWindow::with_filter((gpu.clone(), SIZE, 1.0), false, |ctx| App::new(ctx, Theme::Dark, "a bench".to_string()))?;
    frames(&mut empty, "frame, nothing open")?;
    let (mut times, mut random) = (Vec::new(), 1u64);
    for _ in 0..SEEKS {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let row = (random >> 33) % rows;
        window.app.playback.go(row, rows);
        let began = Instant::now();
        loop {
            window.lay_out();
            if window.app.shown_row() == Some(row) {
                break;
            }
            std::thread::sleep(Duration::from_micros(200));
        }
        times.push(began.elapsed());
    }
    told("seek to any row, until laid out", times);
    Ok(())
}

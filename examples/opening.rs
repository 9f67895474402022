//! Measures how long the window takes to show a recording: `cargo run --release --example opening RUN`.
//!
//! It prints the time until the first row is painted, the longest frame and the longest wait for a row while the rest is read, the time until
//! all is read and achievements are counted, and the memory of the process.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use explorarium::gpu::Gpu;
use explorarium::scene::Theme;
use explorarium::viewer::{App, HeadlessWindow};

/// Between two rows that are asked for while the rest is read.
const ASK: Duration = Duration::from_millis(500);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Some(path) = std::env::args().nth(1) else { return Err("usage: opening RUN".into()) };
    let gpu = Arc::new(Gpu::open(None)?);
    let adapter = gpu.adapter.name.clone();
    let mut window = HeadlessWindow::new(gpu, [1600, 1000], 1.0, |ctx| App::new(ctx, Theme::Dark, adapter))?;
    window.draw(Vec::new())?;
    println!("before: {}", memory());
    let began = Instant::now();
    window.app.open(Path::new(&path));
    while window.app.shown_row().is_none() {
        window.draw(Vec::new())?;
    }
    window.draw(Vec::new())?;
    println!("first row painted after {:.2} s; {}", began.elapsed().as_secs_f64(), memory());
    let (mut frame, mut wait, mut asked, mut k) = (Duration::ZERO, Duration::ZERO, Instant::now(), 0u64);
    let mut waits: Option<(u64, Instant)> = None;
    while window.app.sources.list[0].found.reading.is_some() {
        let one = Instant::now();
        window.draw(Vec::new())?;
        frame = frame.max(one.elapsed());
        if let Some((_, since)) = waits.filter(|(row, _)| window.app.shown_row() == Some(*row)) {
            wait = wait.max(since.elapsed());
            waits = None;
        }
        if waits.is_none() && asked.elapsed() > ASK {
            let rows = window.app.rows_of_shown();
            // Rows of the first episodes, to which a replay is short.
            k += 1;
            let row = k * 37 % rows.min(1000);
            window.app.playback.go(row, rows);
            (waits, asked) = (Some((row, Instant::now())), Instant::now());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    println!(
        "all rows read after {:.1} s, {} rows of the first instance; longest frame {} ms, longest wait for a row {} ms ({k} asked); {}",
        began.elapsed().as_secs_f64(),
        window.app.rows_of_shown(),
        frame.as_millis(),
        wait.as_millis(),
        memory()
    );
    window.run_until_idle(Duration::from_secs(3600))?;
    println!("all counted and replayed after {:.1} s; {}", began.elapsed().as_secs_f64(), memory());
    Ok(())
}

/// Memory of the process now and at most, as Linux counts it.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let of = |key: &str| status.lines().find_map(|line| line.strip_prefix(key)).map_or("?", str::trim).to_string();
    format!("memory {}, at most {}", of("VmRSS:"), of("VmHWM:"))
}

//! Measures how long a cursor takes to seek any step of a long recorded episode: `cargo run --release --example seek`.
//!
//! It records one Crafter episode of 10 000 steps in which nothing hurts the player, waits for the keyframes, seeks 200 random steps, and
//! prints median, 99th percentile and maximum of the times. Then it repeats this with little memory for keyframes.

use std::path::Path;
use std::time::{Duration, Instant};

use explorarium::shaders::shared::chance::Chance;
use explorarium::shaders::shared::keyed::Keyed;
use explorarium::traces::cursor::{Cursor, CursorOptions};

#[path = "../benches/long_episode.rs"]
mod long_episode;

use long_episode::{Failed, STEPS, record_long_episode};

const SEEKS: u32 = 200;
/// Bytes for keyframes in a second measurement.
const LITTLE: usize = 64 << 10;

fn main() -> Result<(), Failed> {
    let path = std::env::temp_dir().join(format!("explorarium-seek-{}.parquet", std::process::id()));
    let usual = CursorOptions::default();
    let little = CursorOptions { keyframe_bytes: LITTLE, ..usual.clone() };
    let measured = record_long_episode(&path).and_then(|()| measure(&path, &usual)).and_then(|()| measure(&path, &little));
    // A file that cannot be removed does not change the result.
    let _ = std::fs::remove_file(&path);
    measured
}

fn measure(path: &Path, options: &CursorOptions) -> Result<(), Failed> {
    let begun = Instant::now();
    let mut cursor = Cursor::open(path, options)?;
    let opened = begun.elapsed();
    let episode = &cursor.episodes(0)?[0];
    if episode.steps != u64::from(STEPS) {
        return Err(format!("the episode ended after {} steps", episode.steps).into());
    }
    let begun = Instant::now();
    cursor.seek(0, 1, STEPS)?;
    let first = begun.elapsed();
    let begun = Instant::now();
    let progress = cursor.wait_for_keyframes()?;
    println!("opened in {opened:?}; the last step before there were keyframes {first:?}; waited for them {:?}", begun.elapsed());
    println!("{} keyframes, {} KiB, interval {}", progress.keyframes, progress.bytes / 1024, progress.interval);
    cursor.picture()?;
    for (name, picture, row) in [
        ("seek", false, false),
        ("seek, picture", true, false),
        ("seek, recorded row, agreement", false, true),
        ("seek, recorded row, agreement, picture", true, true),
    ] {
        let mut dice = Keyed::new([1, 2], 3, 4, 5);
        let mut took: Vec<Duration> = Vec::new();
        for _ in 0..SEEKS {
            let step = dice.randint(STEPS + 1);
            let begun = Instant::now();
            cursor.seek(0, 1, step)?;
            if row {
                cursor.recorded()?;
                cursor.agreement()?;
            }
            if picture {
                cursor.picture()?;
            }
            took.push(begun.elapsed());
        }
        took.sort_unstable();
        let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize];
        println!("{name}: median {:?}, 99th percentile {:?}, maximum {:?}", at(0.5), at(0.99), at(1.0));
    }
    Ok(())
}

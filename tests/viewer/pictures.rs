//! Pictures of the window, compared with those in `tests/snapshots`. `UPDATE_SNAPSHOTS=1` writes new ones.

use std::path::Path;
use std::time::Duration;

use egui_kittest::{SnapshotOptions, SnapshotResults, try_image_snapshot_options};
use explorarium::measures::Unit;
use explorarium::scene::Theme;
use explorarium::viewer::{App, HeadlessWindow, Page, WindowPicture};

use super::super::cursor::record;
use super::super::files::{Folder, outcome};
use super::super::gpu::gpu;
use super::{crafter, four_rooms};

/// How long a picture may take.
const PATIENCE: Duration = Duration::from_secs(120);
/// Pixels that drivers may draw differently.
const DIFFERENT: usize = 2000;

/// A window with these sources, at a row of the first instance.
fn picture(paths: &[&str], size: [u32; 2], scale: f32, theme: Theme, row: u64) -> Option<WindowPicture> {
    page(Page::Inspect, paths, size, scale, theme, row)
}

/// The same on any page.
fn page(page: Page, paths: &[&str], size: [u32; 2], scale: f32, theme: Theme, row: u64) -> Option<WindowPicture> {
    prepared(paths, (size, scale, theme), |app| (app.first, app.page) = ((None, Some(row)), page))
}

/// The page of curves with these sources, instances as units.
fn curves(paths: &[&str], size: [u32; 2], theme: Theme) -> Option<WindowPicture> {
    prepared(paths, (size, 1.0, theme), |app| {
        (app.page, app.figure_unit) = (Page::Curves, Unit::Instance);
        app.first = (None, Some(150));
    })
}

fn prepared(
    paths: &[&str],
    (size, scale, theme): ([u32; 2], f32, Theme),
    prepare: impl FnOnce(&mut App),
) -> Option<WindowPicture> {
    let gpu = gpu()?.clone();
    let make = |ctx: &egui::Context| {
        let mut app = App::new(ctx, theme, "a graphics adapter".to_string());
        prepare(&mut app);
        paths.iter().for_each(|path| app.open(Path::new(path)));
        app
    };
    let mut window = HeadlessWindow::new(gpu, size, scale, make).expect("a window");
    Some(if paths.is_empty() {
        window.frame(Vec::new()).expect("drawn")
    } else {
        window.run_until_idle(PATIENCE).expect("drawn")
    })
}

fn compare(results: &mut SnapshotResults, name: &str, picture: Option<WindowPicture>) {
    let Some(WindowPicture { width, height, rgba }) = picture else { return };
    let image = image::RgbaImage::from_raw(width, height, rgba).expect("four bytes a pixel");
    let options = SnapshotOptions::new().max_failed_pixels(DIFFERENT);
    results.add(try_image_snapshot_options(&image, name, &options));
}

#[test]
fn the_window_looks_as_it_did() {
    let folder = Folder::new("view-pictures");
    let (crafter, rooms) = (crafter(&folder), four_rooms(&folder, "800"));
    let args = ["MiniGrid-DoorKey-8x8-v0", "--agent", "random", "--num-envs", "2", "--steps", "600", "--record", "all"];
    let minigrid = record(&folder, "door-key", &args);
    let mut results = SnapshotResults::new();
    let large = [1600, 1000];
    compare(&mut results, "inspect-dark", picture(&[&crafter, &rooms], large, 1.0, Theme::Dark, 150));
    compare(&mut results, "inspect-light", picture(&[&crafter, &rooms], large, 1.0, Theme::Light, 150));
    compare(&mut results, "inspect-1280x720", picture(&[&minigrid], [1280, 720], 1.0, Theme::Dark, 60));
    compare(&mut results, "inspect-200", picture(&[&rooms], [1600, 1000], 2.0, Theme::Dark, 60));
    let many = ["crafter", "--agent", "lookahead", "--num-envs", "24", "--steps", "3600", "--record", "all", "--seed", "3"];
    let many = record(&folder, "many", &many);
    compare(&mut results, "grid", page(Page::Grid, &[&many], large, 1.0, Theme::Dark, 110));
    compare(&mut results, "compare", page(Page::Compare, &[&many, &crafter], large, 1.0, Theme::Dark, 110));
    compare(&mut results, "compare-light", page(Page::Compare, &[&rooms], [1280, 720], 1.0, Theme::Light, 60));
    compare(&mut results, "empty", picture(&[], [1280, 720], 1.0, Theme::Dark, 0));
    compare(&mut results, "trouble", picture(&["runs/no-such-run"], [1280, 720], 1.0, Theme::Light, 0));
    results.unwrap();
}

#[test]
fn the_curves_look_as_they_did() {
    let folder = Folder::new("curves-pictures");
    let run = |name: &str, agent: &str, seed: &str| {
        let args = ["crafter", "--agent", agent, "--num-envs", "4", "--steps", "1200", "--record", "all", "--seed", seed];
        record(&folder, name, &args)
    };
    let (lookahead, random) = (run("lookahead", "lookahead", "3"), run("random", "random", "3"));
    let mut results = SnapshotResults::new();
    compare(&mut results, "curves-dark", curves(&[&lookahead, &random], [1600, 1000], Theme::Dark));
    compare(&mut results, "curves-light", curves(&[&lookahead, &random], [1280, 800], Theme::Light));
    results.unwrap();
}

/// A scenario at night, and a world with keys and doors.
#[test]
fn the_page_of_edit_looks_as_it_did() {
    let (scenario, world) = ("tests/data/night.json", "envs/gridlab/worlds/keys.toml");
    let mut results = SnapshotResults::new();
    for (path, name, size) in [(scenario, "edit-scenario", [1600, 1000]), (world, "edit-world", [1280, 720])] {
        compare(&mut results, name, prepared(&[path], (size, 1.0, Theme::Dark), |_| ()));
    }
    results.unwrap();
}

/// The limit of [`DIFFERENT`] sees one layer that is missing.
#[test]
fn another_window_is_another_picture() {
    let folder = Folder::new("view-other");
    let crafter = crafter(&folder);
    let draw = |theme: Theme, row: u64| picture(&[&crafter], [1280, 720], 1.0, theme, row);
    let (Some(one), Some(same), Some(other)) = (draw(Theme::Dark, 150), draw(Theme::Dark, 150), draw(Theme::Dark, 40)) else {
        return;
    };
    // The edge of a letter is rounded by its place among the letters, which depends on what was written first.
    let differs = |(a, b): &(&[u8], &[u8])| a.iter().zip(*b).any(|(a, b)| a.abs_diff(*b) > 1);
    let different = |a: &WindowPicture, b: &WindowPicture| a.rgba.chunks(4).zip(b.rgba.chunks(4)).filter(differs).count();
    assert_eq!(different(&one, &same), 0);
    let n = different(&one, &other);
    assert!(n > DIFFERENT, "another step changes only {n} pixels");
}

/// What was asked for and is not recorded is said.
#[test]
fn a_step_that_is_not_there_is_said() {
    let folder = Folder::new("view-steps");
    let rooms = four_rooms(&folder, "400");
    let mut story = super::story::Story::new((1280.0, 720.0), 1.0);
    story.app(|app| {
        app.first = (Some(7), Some(9999));
        app.layers.heat = Some(explorarium::viewer::HeatOf::Bonus("bonus_entropy".to_string()));
        app.open(Path::new(&rooms));
    });
    story.run_until_idle();
    for words in ["Instance 7 was not recorded", "has no step 9999", "This recording has no such bonus."] {
        assert!(story.shows(words), "{words}: {:?}", story.texts());
    }
}

/// The command line draws the same window.
#[test]
fn a_picture_without_a_display() {
    if gpu().is_none() {
        return;
    }
    let folder = Folder::new("view-headless");
    let (rooms, file) = (four_rooms(&folder, "800"), folder.join("window.png"));
    let view = ["view", &rooms, "--headless", "--screenshot", &file, "--window-size", "800x500", "--at", "60", "--scale", "2"];
    let (code, out, err) = outcome(&view);
    assert_eq!((code, out.trim()), (0, &*format!("{file}: 1600 x 1000 pixels")), "{err}");
    let decoder = png::Decoder::new(std::io::BufReader::new(std::fs::File::open(&file).expect("written")));
    let mut reader = decoder.read_info().expect("a PNG");
    let mut bytes = vec![0; reader.output_buffer_size().expect("fits")];
    let info = reader.next_frame(&mut bytes).expect("pixels");
    assert_eq!((info.width, info.height), (1600, 1000));
    let distinct: std::collections::BTreeSet<&[u8]> = bytes.chunks(4).collect();
    assert!(distinct.len() > 100, "something is drawn: {} colours", distinct.len());
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let folder = Folder::new("view-refusals");
    let file = folder.join("window.png");
    for (args, code, words) in [
        (vec!["view", "no-such-run"], 1, "no-such-run"),
        (vec!["view", "--headless"], 2, "--screenshot"),
        (vec!["view", "--at", "5"], 2, "SOURCE"),
        (vec!["view", "--headless", "--screenshot", "window.jpg"], 2, ".png"),
        (vec!["view", "--headless", "--screenshot", &file, "--window-size", "10x10"], 2, "200 to 8192"),
        (vec!["view", "--headless", "--screenshot", &file, "--window-size", "large"], 2, "WIDTHxHEIGHT"),
        (vec!["view", "--headless", "--screenshot", &file, "--scale", "nan"], 2, "0.5 to 4"),
        (vec!["view", "--headless", "--screenshot", &file, "--backend", "cpu"], 2, "graphics adapter"),
    ] {
        let (exit, _, err) = outcome(&args);
        assert_eq!(exit, code, "{args:?}: {err}");
        assert!(err.contains(words), "{args:?}: {err}");
    }
    assert!(!Path::new(&file).exists());
}

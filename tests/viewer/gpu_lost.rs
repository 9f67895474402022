//! The graphics card is lost while the window is open: another device goes on, with the same picture, and the window says so.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use egui::Context;
use explorarium::gpu::{Adapter, Gpu, GpuError, adapters};
use explorarium::scene::Theme;
use explorarium::viewer::{App, HeadlessWindow, Page, Recovery, WindowPicture};

use super::super::files::Folder;
use super::crafter;
use super::story::Story;

const PATIENCE: Duration = Duration::from_secs(120);

fn window(gpu: Gpu, run: &str) -> HeadlessWindow {
    let make = |ctx: &Context| {
        let mut app = App::new(ctx, Theme::Dark, gpu.adapter.name.clone());
        app.open(Path::new(run));
        app
    };
    HeadlessWindow::new(Arc::new(gpu.clone()), [1400, 900], 1.0, make).expect("a window")
}

/// Frames until the messages of the last loss are gone.
fn quiet(window: &mut HeadlessWindow) -> WindowPicture {
    for _ in 0..600 {
        window.lay_out();
    }
    window.run_until_idle(PATIENCE).expect("a picture")
}

fn differing(a: &WindowPicture, b: &WindowPicture) -> usize {
    a.rgba.chunks_exact(4).zip(b.rgba.chunks_exact(4)).filter(|(a, b)| a != b).count()
}

#[test]
fn the_window_goes_on_with_another_device() {
    let Ok(gpu) = Gpu::open(None) else { return };
    let folder = Folder::new("view-card-lost");
    let run = crafter(&folder);
    let mut window = window(gpu, &run);
    let before = window.run_until_idle(PATIENCE).expect("a picture");
    // On every page: its textures, maps and thumbnails are all made anew.
    for page in [Page::Inspect, Page::Grid, Page::Compare] {
        window.app.page = page;
        let shown = window.run_until_idle(PATIENCE).expect("a picture");
        window.gpu().destroy();
        let lost = window.frame(Vec::new()).expect("another device has painted it");
        assert_eq!(differing(&shown, &lost), 0, "{page:?}: the frame in which it was lost");
        let (name, sources) = (window.gpu().adapter.name.clone(), window.app.sources.list.len());
        assert_eq!((window.app.adapter.clone(), sources), (name, 1));
        let said = window.frame(Vec::new()).expect("a picture");
        assert!(differing(&shown, &said) > 500, "{page:?}: the window says what happened");
        assert_eq!(differing(&shown, &quiet(&mut window)), 0, "{page:?}: once the message is gone");
    }
    window.app.page = Page::Inspect;
    assert_eq!(differing(&before, &window.run_until_idle(PATIENCE).expect("a picture")), 0);
}

/// One adapter under the names of a card and of a software driver.
fn two_adapters() -> Option<(Adapter, Adapter)> {
    let real = adapters().into_iter().next()?;
    let named = |name: &str, software: bool| {
        let mut adapter = real.clone();
        (adapter.name, adapter.software) = (name.to_string(), software);
        adapter
    };
    Some((named("A card", false), named("A driver", true)))
}

#[test]
fn a_card_that_is_lost_again_is_left_for_another_until_it_is_tried() {
    let Some((card, driver)) = two_adapters() else { return };
    let gpu = Gpu::open_adapter(card.clone()).expect("opens");
    let mut recovery = Recovery::new(&gpu);
    let lost = || GpuError::Lost("gone".to_string());
    let list = || vec![driver.clone(), card.clone()];
    let mut open = |adapter: Adapter| Ok(adapter.name);
    let reopen = |recovery: &mut Recovery, from: &Adapter| {
        recovery.reopen((from, lost()), list(), &mut |adapter: Adapter| Ok(adapter.name))
    };
    let (name, said) = reopen(&mut recovery, &card).expect("opens");
    assert_eq!((name.as_str(), said.can_try), ("A card", false));
    assert_eq!(said.words, "The graphics card was lost. The window has opened it again.");
    let (name, said) = reopen(&mut recovery, &card).expect("opens");
    assert_eq!((name.as_str(), said.can_try), ("A driver", true));
    assert_eq!(said.words, "The graphics card was lost. The window goes on, on the CPU.");
    assert_eq!(recovery.try_first(list(), &mut open).expect("opens"), "A card");
    assert!(
        recovery.try_first(vec![driver.clone()], &mut open).is_err_and(|why| why.to_string().contains("A card is not there"))
    );
    // A card that does not open is passed over.
    let mut fails = |adapter: Adapter| {
        if adapter.software { Ok(adapter.name) } else { Err(explorarium::error::Error::Gpu(lost())) }
    };
    let full = GpuError::OutOfMemory("buffers".to_string());
    let (name, said) = recovery.reopen((&card, full), list(), &mut fails).expect("opens");
    assert_eq!((name.as_str(), said.words.starts_with("The graphics card has no memory left.")), ("A driver", true));
    // The window does not go on for ever.
    let ends = (0..20).find(|_| reopen(&mut recovery, &driver).is_err());
    assert!(ends.is_some(), "devices were lost without end");
    assert!(recovery.reopen((&card, lost()), Vec::new(), &mut open).is_err(), "there is none");
}

#[test]
fn the_message_stays_until_it_is_answered() {
    let Some((card, driver)) = two_adapters() else { return };
    let gpu = Gpu::open_adapter(card.clone()).expect("opens");
    let mut recovery = Recovery::new(&gpu);
    let mut open = |adapter: Adapter| Ok(adapter.name);
    let lost = GpuError::Lost("gone".to_string());
    let (_, said) = recovery.reopen((&card, lost), vec![driver], &mut open).expect("opens");
    let mut story = Story::new((1600.0, 1000.0), 1.0);
    story.app(|app| app.gpu_lost(said.clone(), "A driver"));
    story.harness.run_steps(3);
    assert!(story.shows("The graphics card was lost. The window goes on, on the CPU."), "{:?}", story.names());
    story.click("Try the card again");
    assert!(story.app(|app| std::mem::take(&mut app.tries_gpu)));
    story.click("Close the message");
    story.harness.run_steps(2);
    assert!(!story.shows("The graphics card was lost"));
    story.app(|app| app.gpu_lost(said, "A driver"));
    story.app(|app| app.gpu_is_back("A card"));
    story.harness.run_steps(3);
    assert!(story.shows("A card draws the window again.") && !story.has("Try the card again"));
}

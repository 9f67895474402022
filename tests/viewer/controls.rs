//! Every control has a name and can be hit; every text has a size of the design and is not cut off.

use egui::Key;
use egui_kittest::kittest::NodeT;

use super::super::files::Folder;
use super::story::Story;
use super::{crafter, four_rooms};

/// Sizes of text and icons.
const SIZES: [f32; 10] = [10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 16.0, 20.0, 28.0, 32.0];
/// Smallest side of what can be clicked, in points.
const TARGET: f32 = 20.0;

/// What is wrong in this frame.
fn wrong(story: &Story, what: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for node in story.harness.root().children_recursive() {
        let inner = node.accesskit_node();
        if !inner.data().supports_action(egui::accesskit::Action::Click) || inner.is_hidden() {
            continue;
        }
        let name = inner.label().or(inner.value()).unwrap_or_default();
        let rect = node.rect();
        // Scroll bars and the edges of panels are egui's; what they do can be done by keys.
        // Those between tiles have no name; "Reset the layout" undoes what they do.
        let edge = name.is_empty() && inner.role() == egui::accesskit::Role::Unknown && rect.width().min(rect.height()) <= 6.0;
        if edge || name == "Resize panel" || inner.role() == egui::accesskit::Role::ScrollBar {
            continue;
        }
        if name.is_empty() {
            wrong.push(format!("{what}: a control of role {:?} at {:?} has no name", inner.role(), node.rect()));
        }
        if rect.width() < TARGET || rect.height() < TARGET {
            wrong.push(format!("{what}: {name} is {rect:?}"));
        }
    }
    for (text, rect, clip, size) in story.texts() {
        if text.trim().is_empty() || !rect.intersects(clip) {
            continue;
        }
        if !SIZES.contains(&size) {
            wrong.push(format!("{what}: '{text}' has {size} points"));
        }
        if rect.left() < clip.left() - 1.0 || rect.right() > clip.right() + 1.0 {
            wrong.push(format!("{what}: '{text}' is cut off: {rect:?} in {clip:?}"));
        }
    }
    wrong
}

#[test]
fn controls_have_names_and_texts_are_whole() {
    let folder = Folder::new("view-controls");
    let (crafter, rooms) = (crafter(&folder), four_rooms(&folder, "2000"));
    let mut found = Vec::new();
    for (size, scale) in [((1600.0, 1000.0), 1.0), ((1280.0, 720.0), 1.0), ((800.0, 500.0), 2.0), ((600.0, 400.0), 1.0)] {
        let mut story = Story::new(size, scale);
        story.harness.run_steps(3);
        found.extend(wrong(&story, &format!("nothing open, {size:?}")));
        for run in [&crafter, &rooms] {
            story.app(|app| app.open(std::path::Path::new(run)));
        }
        story.run_until_idle();
        found.extend(wrong(&story, &format!("the run, {size:?}")));
        story.press(Key::G);
        story.run_until_idle();
        found.extend(wrong(&story, &format!("thumbnails, {size:?}")));
        story.press_with(egui::Modifiers::SHIFT, Key::C);
        story.run_until_idle();
        found.extend(wrong(&story, &format!("compared, {size:?}")));
        story.press(Key::M);
        story.run_until_idle();
        found.extend(wrong(&story, &format!("curves, {size:?}")));
        for tab in ["Metrics", "All 17 figures"] {
            if story.has(tab) {
                story.click(tab);
                found.extend(wrong(&story, &format!("{tab}, {size:?}")));
            }
        }
        for (start, what) in [("", "a scenario"), ("Blank room with thin walls", "a world"), ("Blank MiniGrid level", "a level")]
        {
            story.press(Key::E);
            story.run_until_idle();
            if !start.is_empty() {
                story.click("New");
                found.extend(wrong(&story, &format!("documents to begin with, {size:?}")));
                story.click(start);
                story.run_until_idle();
            }
            found.extend(wrong(&story, &format!("{what}, {size:?}")));
        }
        story.press(Key::I);
        story.press(Key::N);
        story.press(Key::H);
        story.run_until_idle();
        found.extend(wrong(&story, &format!("a bonus, {size:?}")));
        story.press(Key::Questionmark);
        found.extend(wrong(&story, &format!("keys, {size:?}")));
        story.press(Key::Escape);
        story.press_with(egui::Modifiers::COMMAND, Key::K);
        found.extend(wrong(&story, &format!("palette, {size:?}")));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Tab reaches every control, and Enter presses the focused one.
#[test]
fn the_keyboard_reaches_every_control() {
    let folder = Folder::new("view-keyboard");
    let mut story = Story::open(&[&four_rooms(&folder, "400")]);
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..120 {
        story.press(Key::Tab);
        let focused = story.harness.root().children_recursive().find(|node| node.accesskit_node().is_focused());
        seen.extend(focused.and_then(|node| node.accesskit_node().label()));
    }
    // Space presses the focused control instead of playing.
    while !story.harness.root().children_recursive().any(|node| {
        node.accesskit_node().is_focused() && node.accesskit_node().label().is_some_and(|label| label == "Terrain  1")
    }) {
        story.press(Key::Tab);
    }
    story.press(Key::Space);
    assert!(story.app(|app| !app.layers.terrain && !app.playback.playing));
    for name in ["Terrain  1", "Filter", "Fit the map  F", "Do anything  Ctrl+K", "To the start  Home", "World 1, 200"] {
        assert!(seen.iter().any(|known| known.starts_with(name.split("  ").next().unwrap_or(name))), "{name} in {seen:?}");
    }
}

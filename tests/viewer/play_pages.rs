//! Pages of `play`: what participants do on them, that they can be read and hit, and how they look.

use egui::Key;
use egui_kittest::kittest::NodeT;
use egui_kittest::{Harness, SnapshotOptions, SnapshotResults, try_image_snapshot_options};
use explorarium::study::plan::{QuestionKind, StageKind, StudyPlan, Text};
use explorarium::study::session::{Input, PlayState, Screen};
use explorarium::viewer::{PlayPainter, draw_stages};

use super::super::gpu::gpu;
use super::play_story::{PlayStory, simple_crafter};

/// Sizes of windows in points, and pixels for each point.
const WINDOWS: [((f32, f32), f32); 5] =
    [((1600.0, 1000.0), 1.0), ((1280.0, 720.0), 1.0), ((800.0, 600.0), 1.0), ((640.0, 360.0), 2.0), ((800.0, 500.0), 2.0)];
/// Sizes of text and icons on pages of play.
const SIZES: [f32; 8] = [11.0, 12.0, 14.0, 16.0, 18.0, 28.0, 32.0, 20.0];
/// Smallest side of what can be hit.
const TARGET: f32 = 48.0;
/// Pixels that drivers may draw differently.
const DIFFERENT: usize = 2000;

fn large(plan: &StudyPlan) -> PlayStory {
    PlayStory::new(plan, (1600.0, 1000.0), 1.0)
}

#[test]
fn consent_by_keyboard() {
    let mut story = large(&simple_crafter());
    assert_eq!((story.stage().as_str(), story.focused().as_deref()), ("consent", Some("The game")));
    assert!(story.has("2 needed boxes left"), "{:?}", story.names());
    story.press(Key::Space);
    story.press(Key::Tab);
    assert_eq!(story.focused().as_deref(), Some("My answers"));
    assert!(story.has("1 needed box left"));
    story.press(Key::Enter);
    for expected in ["Sharing with other researchers", "No, thank you", "I want to take part"] {
        story.press(Key::Tab);
        assert_eq!(story.focused().as_deref(), Some(expected));
    }
    story.press(Key::Enter);
    assert_eq!((story.stage().as_str(), story.focused().as_deref()), ("instructions", Some("Continue")));
    let given = story.rows("SELECT box || ' ' || given FROM consents ORDER BY n");
    assert_eq!(given, ["game 1", "answers 1", "sharing 0"]);
}

#[test]
fn no_one_takes_part_without_the_boxes_that_are_needed() {
    let mut story = large(&simple_crafter());
    story.click("I want to take part");
    assert_eq!((story.stage().as_str(), story.inputs()), ("consent", Vec::new()));
    story.click("Sharing with other researchers");
    story.click("I want to take part");
    assert_eq!((story.stage().as_str(), story.inputs()), ("consent", vec![Input::Box { index: 2, given: true }]));
    story.click("No, thank you");
    assert_eq!(story.stage(), "closed");
    assert_eq!(story.rows("SELECT DISTINCT given || '' FROM consents"), ["0"]);
    assert_eq!(story.rows("SELECT state FROM sessions"), ["declined"]);
}

#[test]
fn a_key_that_was_meant_for_the_game_presses_nothing_on_the_next_page() {
    let mut story = large(&simple_crafter());
    story.go_to("practice");
    let now = story.clock.now_us();
    story.session(|session| session.input(Input::EndStage, now));
    story.harness.key_press(Key::Space);
    story.harness.run_steps(1);
    assert_eq!(story.stage(), "ready");
    story.harness.run_steps(10);
    story.press(Key::Enter);
    assert_eq!(story.stage(), "play");
}

#[test]
fn questions_are_answered_by_keyboard() {
    let mut story = large(&simple_crafter());
    story.go_to("survey");
    assert!(story.has("3 questions left"), "{:?}", story.names());
    story.press(Key::Num6);
    assert_eq!(story.inputs(), [Input::Answer { index: 0, value: Some(6.into()) }]);
    story.press(Key::Num9);
    story.press(Key::Tab);
    story.press(Key::Num2);
    assert_eq!(story.inputs(), [Input::Answer { index: 1, value: Some(2.into()) }]);
    story.press(Key::Tab);
    story.press(Key::ArrowRight);
    story.press(Key::Space);
    assert_eq!(story.inputs(), [Input::Answer { index: 2, value: Some("few".into()) }]);
    story.press(Key::Tab);
    story.type_text("what 7 orange stones do");
    story.press(Key::Num7);
    assert_eq!(story.inputs(), [Input::Answer { index: 3, value: Some("what 7 orange stones do".into()) }]);
    story.press(Key::Tab);
    assert_eq!(story.focused().as_deref(), Some("Continue"));
    story.press(Key::Space);
    assert_eq!(story.stage(), "end");
    let answers = story.rows("SELECT question || ' ' || value FROM answers ORDER BY n");
    assert_eq!(answers, ["curious 6", "hard 2", "minecraft \"few\"", "wanted \"what 7 orange stones do\""]);
    story.press(Key::Enter);
    assert_eq!(story.stage(), "closed");
}

#[test]
fn several_choices_and_numbers() {
    let mut plan = simple_crafter();
    for stage in &mut plan.stages {
        let StageKind::Survey(questions) = &mut stage.kind else { continue };
        questions.retain(|question| question.id == "minecraft" || question.id == "wanted");
        if let QuestionKind::Choice { several, .. } = &mut questions[0].kind {
            *several = true;
        }
        questions[1].kind = QuestionKind::Number { min: Some(3.0), max: Some(99.0) };
        questions[1].required = true;
    }
    let mut story = large(&plan);
    story.go_to("survey");
    let name = |option: &str| format!("Have you played Minecraft before?: {option}");
    story.click(&name("Often"));
    story.click(&name("Never"));
    story.click(&name("Often"));
    story.press(Key::Tab);
    story.type_text("1");
    assert!(story.has("1 question left"), "{:?}", story.names());
    story.type_text("1x,5");
    assert!(story.has("Continue") && !story.has("1 question left"));
    let values: Vec<String> = story
        .inputs()
        .iter()
        .map(|input| match input {
            Input::Answer { value: Some(value), .. } => value.to_string(),
            other => format!("{other:?}"),
        })
        .collect();
    assert_eq!(values, ["[\"often\"]", "[\"never\",\"often\"]", "[\"never\"]", "1", "11.5"]);
}

#[test]
fn a_pause_hides_the_game_and_stop_is_asked_about() {
    let mut story = large(&simple_crafter());
    story.go_to("play");
    story.pass(4_000_000);
    let state = |story: &PlayStory| match story.session(|session| session.screen()) {
        Screen::Play(view) => Some(view.state),
        _ => None,
    };
    assert_eq!(state(&story), Some(PlayState::Running));
    assert!(story.has("game") && story.names().iter().any(|name| name.starts_with("health: ")), "{:?}", story.names());
    story.key("Escape");
    assert_eq!((state(&story), story.has("game")), (Some(PlayState::Paused), false));
    assert_eq!(story.focused().as_deref(), Some("Go on"));
    story.press(Key::Tab);
    assert_eq!(story.focused().as_deref(), Some("Stop"));
    story.press(Key::Enter);
    assert_eq!((state(&story), story.focused().as_deref()), (Some(PlayState::Stopping), Some("Play on")));
    story.press(Key::Enter);
    assert!(matches!(state(&story), Some(PlayState::Countdown(_) | PlayState::Running)), "{:?}", state(&story));
    story.pass(4_000_000);
    story.key("Escape");
    story.click("Stop");
    story.click("Stop");
    assert_eq!(story.stage(), "end");
    assert_eq!(story.rows("SELECT value FROM events WHERE kind = 'ended'"), ["stopped"]);
}

#[test]
fn while_the_game_runs_no_control_has_the_focus() {
    let mut story = large(&simple_crafter());
    story.go_to("play");
    story.pass(4_000_000);
    for _ in 0..4 {
        story.press(Key::Tab);
        assert_eq!(story.focused(), None);
    }
    story.press(Key::Escape);
    assert_eq!(story.inputs(), Vec::new());
}

#[test]
fn another_language_changes_all_words() {
    let mut story = large(&simple_crafter());
    story.click("Language: English");
    story.click("Deutsch");
    assert!(
        story.has("Möchtest du mitmachen?") && story.has("Ich möchte mitmachen") && story.has("Sprache: Deutsch"),
        "{:?}",
        story.names()
    );
}

/// What is wrong in this frame.
fn wrong(story: &PlayStory, what: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for node in story.harness.root().children_recursive() {
        let inner = node.accesskit_node();
        if !inner.data().supports_action(egui::accesskit::Action::Click) || inner.is_hidden() {
            continue;
        }
        let (name, rect) = (inner.label().or(inner.value()).unwrap_or_default(), node.rect());
        if inner.role() == egui::accesskit::Role::ScrollBar {
            continue;
        }
        if name.is_empty() {
            wrong.push(format!("{what}: a control of role {:?} at {rect:?} has no name", inner.role()));
        }
        if rect.width() < TARGET - 0.5 || rect.height() < TARGET - 0.5 {
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
fn pages_can_be_read_and_hit_in_every_window() {
    let mut found = Vec::new();
    for (size, scale) in WINDOWS {
        for language in ["en", "de"] {
            let mut story = PlayStory::new(&simple_crafter(), size, scale);
            story.session(|session| session.input(Input::Language(language.to_string()), 0));
            for stage in ["consent", "instructions", "practice", "ready", "play", "survey", "end"] {
                story.go_to(stage);
                story.harness.run_steps(3);
                found.extend(wrong(&story, &format!("{stage}, {language}, {size:?}")));
                if stage == "play" {
                    story.pass(4_000_000);
                    found.extend(wrong(&story, &format!("running, {language}, {size:?}")));
                    story.key("Escape");
                    found.extend(wrong(&story, &format!("paused, {language}, {size:?}")));
                }
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Texts of any length and script are laid out: the page scrolls, and what is written from right to left begins at the right.
#[test]
fn long_and_foreign_texts_are_whole() {
    let mut plan = simple_crafter();
    let long = "A sentence that says little, but at length and more than once. ".repeat(200);
    for (text, at_right) in [
        (long.as_str(), false),
        ("\u{5e9}\u{5dc}\u{5d5}\u{5dd} **\u{5e2}\u{5d5}\u{5dc}\u{5dd}**. `Esc`", true),
        ("**`\u{0}` **", false),
    ] {
        for stage in plan.stages.iter_mut() {
            (stage.title, stage.text) = (Text::plain(text), Text::plain(text));
        }
        let mut story = PlayStory::with(&plan, Harness::builder().allow_missing_glyphs(), (800.0, 600.0), 1.0);
        let found = wrong(&story, text.get(..10).unwrap_or(text));
        assert!(found.is_empty(), "{found:?}");
        if at_right {
            let (_, rect, ..) = story.texts().into_iter().find(|(shown, ..)| shown.contains('\u{5e2}')).expect("shown");
            assert!(rect.left() > 400.0, "{rect:?}");
        }
        for _ in 0..60 {
            story.press(Key::PageDown);
        }
        let last = story.texts().into_iter().find(|(shown, ..)| shown == "Your code is").expect("shown");
        assert!(last.1.bottom() < 600.0, "{last:?}");
    }
}

#[test]
fn what_went_wrong_is_said_calmly() {
    let gpu = gpu().cloned();
    let Some(gpu) = gpu else { return };
    let mut painter = PlayPainter::new(gpu, [1280, 720], 1.0);
    let details = "play.study.sqlite: no space left on device".to_string();
    let picture = painter.draw(&Screen::Trouble { details }).expect("drawn");
    assert!(picture.rgba.chunks(4).any(|pixel| pixel[0] > 200));
}

fn compare(results: &mut SnapshotResults, name: &str, picture: explorarium::viewer::WindowPicture) {
    let image = image::RgbaImage::from_raw(picture.width, picture.height, picture.rgba).expect("four bytes a pixel");
    results.add(try_image_snapshot_options(&image, name, &SnapshotOptions::new().max_failed_pixels(DIFFERENT)));
}

#[test]
fn pages_look_as_they_did() {
    let Some(gpu) = gpu().cloned() else { return };
    let mut results = SnapshotResults::new();
    for (size, scale, wanted) in [
        ([1600, 1000], 1.0, &["consent-1", "instructions-2", "play", "survey-1"][..]),
        ([1280, 720], 1.0, &["play", "consent-1"][..]),
        ([1280, 720], 2.0, &["play", "survey-1"][..]),
    ] {
        let mut painter = PlayPainter::new(gpu.clone(), size, scale);
        for (name, picture) in draw_stages(&mut painter, &simple_crafter(), None).expect("drawn") {
            let (_, name) = name.split_once('-').expect("a number before the name");
            if wanted.contains(&name) {
                compare(&mut results, &format!("study-{name}-{}x{}-{scale}", size[0], size[1]), picture);
            }
        }
    }
    results.unwrap();
}

//! A study file in the window: participants, their plays, keys and notes, while play goes on.

use explorarium::study::database::ItemBody;
use explorarium::traces::cursor::Episode;
use explorarium::viewer::Page;

use super::super::files::Folder;
use super::super::study::recorded::two_participants;
use super::four_rooms;
use super::story::Story;

fn go(story: &mut Story, row: u64) {
    story.app(|app| {
        let all = app.rows_of_shown();
        app.playback.go(row, all);
    });
    story.run_until_idle();
}

#[test]
fn plays_stand_below_their_participants() {
    let (study, plays) = two_participants("view-study");
    let mut story = Story::open(&[&study.whole()]);
    let tree = |story: &Story| {
        let rows = ["P0", "Practice", "Play ", "Episode 1,"];
        let is_row = |name: &String| name.contains(", ") && rows.iter().any(|row| name.starts_with(row));
        story.names().into_iter().filter(is_row).collect::<Vec<String>>()
    };
    let names = tree(&story);
    let begins = |k: usize, begin: &str| assert!(names[k].starts_with(begin), "{k} {begin}: {names:?}");
    let rows = [
        "P01, 2 plays",
        "Practice 0, 12",
        "Episode 1, ",
        "Play 1, 80",
        "Episode 1, ",
        "P02, 1 play",
        "Play 0, 60",
        "Episode 1, ",
    ];
    assert_eq!(names.len(), rows.len(), "{names:?}");
    rows.into_iter().enumerate().for_each(|(k, begin)| begins(k, begin));
    // A play is shown, with what was pressed and noted.
    let at = story.rect_of("Play 1, ").center();
    story.click_at(at);
    story.run_until_idle();
    assert_eq!(story.app(|app| app.rows_of_shown()), plays[1].rows.len() as u64);
    assert!(story.shows("Keys") && story.shows("Annotations"), "{:?}", story.texts());
    go(&mut story, 60);
    assert!(story.shows("looks at the cow"));
    let action = plays[1].rows[60].action.expect("a step");
    assert!(story.texts().iter().any(|(text, ..)| *text == format!("{}", action % 10)), "its key");
    // The participant is closed and opened by the caret.
    let caret = story.rect_of("P01, ").left_center() + egui::vec2(18.0, 0.0);
    story.click_at(caret);
    assert!(!story.names().iter().any(|name| name.starts_with("Practice 0")), "{:?}", tree(&story));
    story.click_at(caret);
    assert!(story.names().iter().any(|name| name.starts_with("Practice 0")), "{:?}", tree(&story));
    // Plays have clocks, by which they can be compared.
    story.app(|app| app.page = Page::Compare);
    story.run_until_idle();
    story.click("Align by time");
    story.run_until_idle();
    assert!(story.has("Align by time") && story.app(|app| app.is_idle()));
    let folder = Folder::new("view-study-run");
    let run = four_rooms(&folder, "200");
    let mut story = Story::open(&[&run]);
    story.app(|app| app.page = Page::Compare);
    story.run_until_idle();
    assert!(!story.has("Align by time") && story.has("Align by step"), "a run has no clock");
}

#[test]
fn play_is_followed_while_it_goes_on() {
    let study = super::super::study::recorded::StudyFixture::new("view-study-live");
    let mut sitting = study.sit("P01", None, None);
    sitting.play(&study, "gridlab/four-rooms", 5, false);
    let mut story = Story::open(&[&study.selected("P01/0")]);
    for _ in 0..3 {
        sitting.steps(&study, 7);
        let note = ItemBody::Annotation { place: None, author: "experimenter", text: "a note".to_string() };
        sitting.add(&study, note);
        let rows = sitting.game.as_ref().expect("play").rows.len() as u64;
        story.wait("the rows that were added", |app| app.rows_of_shown() == rows);
        story.wait("their keys and notes", |app| {
            let timeline = app.sources.list[0].found.timeline.as_ref();
            timeline.is_some_and(|timeline| timeline.times[&0].len() as u64 == rows)
        });
    }
    let steps: u64 = story.app(|app| {
        let listing = app.sources.list[0].found.listing.clone().expect("listed");
        listing.instances[0].episodes.iter().map(|episode: &Episode| episode.steps).sum()
    });
    assert_eq!(steps, sitting.game.as_ref().expect("play").rows.iter().filter(|row| row.action.is_some()).count() as u64);
    study.sql(
        "DELETE FROM steps; DELETE FROM keys; DELETE FROM annotations; DELETE FROM plays; DELETE FROM stages; DELETE FROM boots; \
         DELETE FROM sessions; DELETE FROM assignments; DELETE FROM participants; \
         INSERT INTO withdrawals VALUES('P01', '2026-01-02T00:00:00Z')",
    );
    story.wait("that the records were erased", |app| {
        app.sources.list[0].found.gone.as_ref().is_some_and(|why| why.contains("the records of P01 were erased"))
    });
}

//! The page of curves: its numbers are those of `measure`, and what cannot be measured is said.

use std::fs;
use std::path::{Path, PathBuf};

use egui::Key;
use explorarium::measures::{self, By, Plan, Report, TraceInput, Unit};
use explorarium::viewer::Command;

use super::super::cursor::record;
use super::super::files::{Folder, outcome};
use super::story::Story;
use super::{crafter, four_rooms};

/// A run of a tabular world with this agent, 300 steps of each instance.
fn rooms(folder: &Folder, agent: &str, num_envs: u32) -> String {
    let (n, steps) = (num_envs.to_string(), (300 * num_envs).to_string());
    record(folder, agent, &["gridlab/four-rooms", "--agent", agent, "--num-envs", &n, "--steps", &steps, "--record", "all"])
}

/// The window on these sources, at the page of curves, once all is measured.
fn curves(paths: &[&str]) -> Story {
    let mut story = Story::open(paths);
    story.press(Key::M);
    story.run_until_idle();
    story
}

/// What `measure` computes of these folders, each a group with the name of its folder.
fn report(paths: &[&str], unit: Unit) -> Report {
    let name = |path: &str| Path::new(path).file_name().expect("a name").to_string_lossy().into_owned();
    let given = paths.iter().map(|path| TraceInput { group: Some(name(path)), path: PathBuf::from(path) });
    let record = measures::read(&given.collect::<Vec<_>>(), None, By::Group, &|_| {}).expect("read");
    measures::measure(&record, &Plan { unit, ..Plan::default() }).expect("measured")
}

/// The numbers of a text, each with half a unit of its last digit.
fn numbers(text: &str) -> Vec<(f64, f64)> {
    let plain = text.replace('\u{2212}', "-").replace('\u{202f}', "");
    let words = plain.split(|c: char| c.is_whitespace() || "[],".contains(c)).filter(|word| !word.is_empty());
    let number = |word: &str| {
        let value: f64 = word.parse().ok()?;
        let (digits, power) = word.split_once('e').map_or((word, 0), |(digits, power)| (digits, power.parse().expect("a power")));
        let decimals = digits.split_once('.').map_or(0, |(_, after)| after.len() as i32);
        Some((value, 0.5 * 10f64.powi(power - decimals) + 1e-12))
    };
    words.filter_map(number).collect()
}

/// Whether a text has exactly these numbers, as far as its digits go.
fn assert_numbers(text: &str, expected: &[f64], what: &str) {
    let shown = numbers(text);
    let same = shown.len() == expected.len() && shown.iter().zip(expected).all(|((a, half), b)| (a - b).abs() <= *half);
    assert!(same, "{what}: '{text}' shows {shown:?}, measure has {expected:?}");
}

/// The label of the controls that begins like this, in lines.
fn label(story: &Story, begin: &str) -> Vec<String> {
    let found: Vec<String> = story.names().into_iter().filter(|name| name.starts_with(begin) && name.contains('\n')).collect();
    assert_eq!(found.len(), 1, "{begin}: {found:?} of {:?}", story.names());
    found[0].lines().map(str::to_string).collect()
}

/// Names of figures in the window and in the tables.
const FIGURES: [(&str, &str); 16] = [
    ("State entropy, nats", "entropy_nats"),
    ("State entropy, Miller-Madow, nats", "entropy_miller_madow_nats"),
    ("Entropy / ln visits", "entropy_over_ln_visits"),
    ("Entropy / ln states", "entropy_over_ln_states"),
    ("Information gain, nats", "information_gain_nats"),
    ("Information gain, true counts, nats", "information_gain_counted_nats"),
    ("Action information, bits", "action_information_bits"),
    ("Action information, shuffled, bits", "action_information_shuffled_bits"),
    ("Action inf., excess, bits", "action_information_excess_bits"),
    ("Action entropy, bits", "action_entropy_bits"),
    ("Transitions seen once, share", "transitions_seen_once"),
    ("States visited", "unique_states"),
    ("Coverage, share", "coverage"),
    ("Coverage, mean over steps, share", "coverage_area"),
    ("States per termination", "states_per_termination"),
    ("Mean return", "progress"),
];

/// Every number of the table.
fn check_table(story: &Story, report: &Report) {
    let table = &report.summary;
    let differences = measures::differences(report, &report.groups[0], &report.groups[1], 0).expect("a table");
    let painted: Vec<String> = story.texts().into_iter().map(|(text, ..)| text).collect();
    for (name, figure) in FIGURES {
        let lines = label(story, &format!("{name}\n"));
        assert_eq!(lines[0], name);
        for (k, group) in report.groups.iter().enumerate() {
            let is_row = |row: &usize| table.text("group", *row) == group && table.text("figure", *row) == figure;
            let row = (0..table.rows()).find(is_row).expect("a row");
            let expected: Vec<f64> = ["mean", "mean_low", "mean_high"].iter().filter_map(|name| table.real(name, row)).collect();
            let begin = format!("{} {group}: ", ['A', 'B'][k]);
            let shown = lines[k + 1].strip_prefix(&begin).unwrap_or_else(|| panic!("{lines:?}"));
            assert_numbers(shown, &expected, &format!("{name} of {group}"));
            let mean = shown.split(" [").next().expect("a value").replace("no value", "\u{2013}");
            assert!(painted.contains(&mean), "{name}: {mean} is painted");
        }
        let row = (0..differences.rows()).find(|row| differences.text("figure", *row) == figure).expect("a row");
        let columns = ["difference", "difference_bootstrap_low", "difference_bootstrap_high"];
        let expected: Vec<f64> = columns.iter().filter_map(|name| differences.real(name, row)).collect();
        let shown = lines.get(3).map_or("", |line| line.strip_prefix("A \u{2212} B: ").expect("a difference"));
        assert_numbers(shown, &expected, &format!("{name}, difference"));
        for part in shown.split_inclusive(" [").map(|part| part.trim_end_matches(" [")).filter(|part| !part.is_empty()) {
            assert!(painted.iter().any(|text| text.trim_start_matches('[') == part), "{name}: {part} is painted");
        }
    }
}

/// Every number above the plots, at the playhead.
fn check_heads(story: &Story, report: &Report) {
    let steps = story.app(|app| {
        let (source, row) = (&app.sources.list[0], app.playback.row);
        source.found.listing.as_ref().expect("read").instances[0].steps_until(row)
    });
    let painted: Vec<String> = story.texts().into_iter().map(|(text, ..)| text).collect();
    for measure in &report.measures {
        let (name, _) = FIGURES.iter().find(|(_, figure)| *figure == measure.column()).expect("a name");
        let lines = label(story, &format!("{name}, at step {steps}\n"));
        for (k, group) in report.groups.iter().enumerate() {
            let curve = report.curves.iter().find(|curve| curve.measure == *measure && curve.group == *group).expect("a curve");
            let (at, mean, around) = curve.points.iter().rev().find(|(at, ..)| *at <= steps).expect("a point");
            let around = around.map_or(Vec::new(), |around| vec![around.low, around.high]);
            let expected = [vec![*mean], around, vec![*at as f64]].concat();
            assert_numbers(&lines[k + 1].split_once(": ").expect("a value").1.replace("from step", ""), &expected, name);
            let value = lines[k + 1].split_once(": ").expect("a value").1.split([' ', '[']).next().expect("a value");
            assert!(painted.iter().any(|text| text == value), "{name}: {value} is painted");
        }
    }
}

#[test]
fn every_number_is_that_of_measure() {
    let folder = Folder::new("curves-numbers");
    let (random, novelty) = (rooms(&folder, "random", 3), rooms(&folder, "novelty", 3));
    let mut story = curves(&[&random, &novelty]);
    story.click("All 16 figures");
    story.app(|app| app.playback.row = 150);
    story.run_until_idle();
    let by_run = report(&[&random, &novelty], Unit::Run);
    check_table(&story, &by_run);
    check_heads(&story, &by_run);
    assert!(story.shows("no interval: it needs two runs"), "{:?}", story.texts());
    assert!(story.shows("first 300 steps") && story.shows("n = 1 run in each group"));
    story.click("Instances");
    story.run_until_idle();
    let by_instance = report(&[&random, &novelty], Unit::Instance);
    check_table(&story, &by_instance);
    check_heads(&story, &by_instance);
    assert!(story.shows("n = 3 instances in each group") && story.shows("resamples the instances of each group"));
    // A newer request replaces an older one, whether that is answered or not.
    story.click("Runs");
    story.click("Instances");
    story.click("Runs");
    story.run_until_idle();
    check_table(&story, &by_run);
    // The curve of the return is that of the table over time.
    let curve = measures::progress_curve(&by_instance, "novelty");
    let last = curve.last().expect("a point");
    let row = (0..by_instance.summary.rows()).find(|row| {
        by_instance.summary.text("group", *row) == "novelty" && by_instance.summary.text("figure", *row) == "progress"
    });
    assert_eq!((last.0, Some(last.1)), (300, by_instance.summary.real("mean", row.expect("a row"))));
}

#[test]
fn values_follow_the_playhead_and_a_plot_moves_it() {
    let folder = Folder::new("curves-playhead");
    let random = rooms(&folder, "random", 2);
    let mut story = curves(&[&random]);
    assert!(story.shows("Open two sources to compare them."), "{:?}", story.texts());
    let head = |story: &Story| label(story, "State entropy, nats, ");
    assert!(head(&story)[0].ends_with("curves begin at step 15"), "{:?}", head(&story));
    let mut before = Vec::new();
    for row in [60, 200] {
        story.app(|app| app.playback.row = row);
        story.run_until_idle();
        let now = head(&story);
        assert!(now[0].contains("at step ") && now != before, "{now:?}");
        before = now;
    }
    story.press(Key::End);
    story.run_until_idle();
    assert!(head(&story)[1].ends_with("from step 300"), "{:?}", head(&story));
    let plot = story.rect("State entropy, plot: drag to move the playhead");
    let at = |share: f32| egui::pos2(plot.left() + share * plot.width(), plot.center().y);
    story.drag(at(0.25), at(0.5));
    story.run_until_idle();
    let steps =
        story.app(|app| app.sources.list[0].found.listing.as_ref().expect("read").instances[0].steps_until(app.playback.row));
    assert!((145..=155).contains(&steps), "the middle of 300 steps: {steps}");
}

#[test]
fn what_cannot_be_measured_is_said_and_the_rest_is_shown() {
    let folder = Folder::new("curves-damaged");
    let (random, crafter) = (rooms(&folder, "random", 2), crafter(&folder));
    let empty = folder.join("unrecorded");
    fs::create_dir_all(&empty).expect("made");
    let damaged = four_rooms(&folder, "800");
    let mut story = Story::open(&[&random]);
    story.app(|app| [&crafter, &empty, &damaged].iter().for_each(|path| app.open(Path::new(path))));
    story.run_until_idle();
    // Its values change after it was opened: it is listed, and its rows cannot be read any more.
    let part = Path::new(&damaged).join("traces/part-00000.parquet");
    let mut bytes = fs::read(&part).expect("read");
    let middle = bytes.len() / 2;
    (middle..middle + 40).for_each(|k| bytes[k] ^= 0x55);
    fs::write(&part, bytes).expect("written");
    story.press(Key::M);
    story.run_until_idle();
    let opened = |story: &Story, id| story.app(|app| app.sources.get(id).is_some_and(|source| source.found.listing.is_some()));
    assert_eq!([1, 2, 3, 4].map(|id| opened(&story, id)), [true, true, false, true]);
    for words in ["crafter is left out. Family of the world: Crafter", "unrecorded is left out", "four-rooms is left out"] {
        assert!(story.shows(words), "{words}: {:?}", story.texts());
    }
    let lines = label(&story, "States visited\n");
    let alone = report(&[&random], Unit::Run);
    let row = (0..alone.summary.rows()).find(|row| alone.summary.text("figure", *row) == "unique_states").expect("a row");
    assert_numbers(lines[1].split_once(": ").expect("a value").1, &[alone.summary.real("mean", row).expect("a mean")], "alone");
    // Without it there is nothing to measure, and that is said.
    story.app(|app| {
        app.sources.close(1);
        app.sources.close(2);
        app.selected = Some((4, 0));
    });
    story.wait("it is measured anew", |app| app.figures.found.failed.is_some());
    story.harness.run_steps(3);
    assert!(story.shows("These sources cannot be measured"), "{:?}", story.texts());
    story.app(|app| {
        app.sources.close(4);
        app.selected = None;
    });
    story.harness.run_steps(3);
    assert!(story.shows("There is nothing to measure") && story.shows("unrecorded is left out"), "{:?}", story.texts());
}

#[test]
fn tables_are_exported_and_files_that_grow_are_measured_again() {
    let folder = Folder::new("curves-export");
    let (random, novelty) = (rooms(&folder, "random", 2), rooms(&folder, "novelty", 2));
    let mut story = curves(&[&random, &novelty]);
    let below = folder.join("exports");
    fs::create_dir_all(&below).expect("made");
    story.app(|app| app.export_folder = PathBuf::from(&below));
    for n in 1..=2 {
        story.click(Command::ExportFigures.name());
        story.run_until_idle();
        let written = Path::new(&below).join(format!("explorarium-figures-{n:03}"));
        assert!(story.shows(&format!("The tables are in {}", written.display())), "{:?}", story.texts());
        let report = report(&[&random, &novelty], Unit::Run);
        for table in report.tables() {
            let text = fs::read_to_string(written.join(format!("{}.csv", table.name))).expect("a table");
            assert_eq!(text, table.csv(), "{}", table.name);
        }
        assert!(fs::read_to_string(written.join("differences.csv")).expect("a table").contains("entropy_nats"));
    }
    let (code, _, err) = outcome(&["run", "--resume", &random, "--steps", "900", "-q"]);
    assert_eq!(code, 0, "{err}");
    story.wait("the new rows", |app| app.sources.list[0].found.grows);
    story.run_until_idle();
    assert!(story.shows("rows were recorded since"), "{:?}", story.texts());
    assert!(story.shows("first 300 steps"), "{:?}", story.texts());
    story.click(Command::MeasureAgain.name());
    story.run_until_idle();
    assert!(story.shows("first 450 steps") && !story.shows("rows were recorded since"), "{:?}", story.texts());
    let lines = label(&story, "State entropy, nats\n");
    let now = report(&[&random, &novelty], Unit::Run);
    let row = (0..now.summary.rows()).find(|row| now.summary.text("figure", *row) == "entropy_nats").expect("a row");
    assert_numbers(lines[1].split_once(": ").expect("a value").1, &[now.summary.real("mean", row).expect("a mean")], "again");
}

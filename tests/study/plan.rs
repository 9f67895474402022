//! Study plans: what is wrong is said with its place and what to write; whatever is written is read or refused.

use std::fs;

use explorarium::shaders::shared::chance::Chance;
use explorarium::shaders::shared::keyed::Keyed;
use explorarium::study::assignment::{Place, PlaceState, assign};
use explorarium::study::plan::{
    Conditions, PagePicture, PlayPace, QuestionKind, SECTIONS, SHOWN, SIMPLE_CRAFTER, Seeds, StageKind, StudyPlan, conditions_of,
};
use explorarium::study::rehearsal::rehearse;

use super::random_plan::random_plan;
use crate::files::{Folder, outcome};

const BASE: &str = r#"
name = "small"
title = "A small study"

[conditions]
names = ["day", "night"]

[keys]
sleep = "KeyZ"

[[stages]]
kind = "consent"
text = "May we?"
boxes = [{ id = "game", label = "The game", required = true }]

[[stages]]
kind = "play"
env = "crafter-simple"
time = "2 min"

[[stages]]
kind = "survey"
[[stages.questions]]
id = "how"
kind = "scale"
label = "How was it?"
"#;

fn error(text: &str) -> String {
    StudyPlan::parse(text, None).expect_err(text).to_string()
}

/// What comes out if `from` is replaced by `to` in the plan above.
fn changed(from: &str, to: &str) -> String {
    assert!(BASE.contains(from), "{from}");
    error(&BASE.replacen(from, to, 1))
}

#[test]
fn errors_say_where_and_what_to_write() {
    let cases = [
        ("title =", "titel =", "unknown key 'titel' of a plan; did you mean 'title'?"),
        (
            "name = \"small\"",
            "name = \"Small Study\"",
            "name: 'Small Study' is no id: 1 to 64 lower-case letters, digits, - and _",
        ),
        ("title = \"A small study\"", "", "'title' is missing or empty; write title = \"...\""),
        ("title = \"A small study\"", "title = 3", "title: this is a whole number, not a text in quotes"),
        (
            "title = \"A small study\"",
            "title = \"A\"\nlanguages = [\"en\", \"de\"]",
            "title: one text for 2 languages; write title = { en = \"...\", de = \"...\" }",
        ),
        (
            "title = \"A small study\"",
            "title = { en = \"A\", fr = \"B\" }",
            "title: 'fr' is no language of the plan; there are en",
        ),
        (
            "title = \"A small study\"",
            "title = { en = \"A\" }\nlanguages = [\"en\", \"de\"]",
            "title: the text in 'de' is missing",
        ),
        ("title = \"A small study\"", "title = \"a\\u0007b\"", "title: the text in 'en' holds the control character \\u{7}"),
        ("title = ", "languages = [\"Deutsch\"]\ntitle = ", "languages: 'Deutsch' is no code like \"en\" or \"pt-br\""),
        ("title = ", "seed = -1\ntitle = ", "seed: -1 is not from 0 to 9223372036854775807"),
        ("\"night\"]", "\"day\"]", "[conditions]: names: 'day' is there twice"),
        (
            "\"night\"]",
            "\"night\"]\ncohorts = [\"a\"]",
            "[conditions]: unknown key 'cohorts' of [conditions]; what is below a [section] belongs to it, so keys of the plan come first",
        ),
        ("\"night\"]", "\"night\"]\nblock = 3", "[conditions]: block: 3 is no multiple of 2, the number of conditions"),
        (
            "names = [\"day\", \"night\"]",
            "names = [\"day\"]",
            "[conditions]: names: there must be at least two; without conditions leave [conditions] away",
        ),
        ("sleep =", "slep =", "keys: there is no action 'slep'; did you mean 'sleep'?"),
        (
            "\"KeyZ\"",
            "\"z\"",
            "keys: sleep: 'z' is no code of a key; did you mean 'KeyZ'? (a key is named by its position: KeyW, Digit1, ArrowLeft, Space)",
        ),
        (
            "\"KeyZ\"",
            "\"Escape\"",
            "keys: sleep: the key Escape belongs to the program and the desktop (Escape pauses); take another",
        ),
        ("\"KeyZ\"", "[\"KeyZ\", \"KeyZ\"]", "keys: sleep: KeyZ is there twice"),
        (
            "sleep = \"KeyZ\"",
            "sleep = \"KeyZ\"\ndo = \"KeyZ\"",
            "stage 2 (play): keys: KeyZ is the key of do and of sleep; an action has keys of its own",
        ),
        (
            "kind = \"consent\"",
            "kind = \"konsent\"",
            "stage 1: kind: unknown stage 'konsent'; did you mean 'consent'?; there are consent, instructions, play, survey, break, end",
        ),
        ("kind = \"consent\"", "", "stage 1: 'kind' is missing; there are consent, instructions, play, survey, break, end"),
        ("text = \"May we?\"", "", "stage 1 (consent): 'text' is missing or empty; write text = \"...\""),
        ("id = \"game\", ", "", "stage 1 (consent), box 1: 'id' is missing: its name in the data"),
        (
            "required = true",
            "needed = true",
            "stage 1 (consent), box 1: unknown key 'needed' of a box; there are id, label, about, required",
        ),
        (
            "boxes = [{ id = \"game\", label = \"The game\", required = true }]",
            "",
            "stage 1 (consent): boxes: a consent needs a box: it is what is recorded of the agreement",
        ),
        ("env = \"crafter-simple\"", "", "stage 2 (play): 'env' is missing; write env = \"crafter-simple\""),
        (
            "crafter-simple",
            "crafter-simpel",
            "stage 2 (play): env: unknown environment 'crafter-simpel', did you mean 'crafter-simple'?; `explorarium envs ls` lists all ids, and a path to a TOML file works too",
        ),
        (
            "time = \"2 min\"",
            "time = \"2 minutes\"",
            "stage 2 (play): time: '2 minutes' is no duration; write it like \"20 min\", \"90 s\" or \"1 h 30 min\"",
        ),
        ("time = \"2 min\"", "time = \"9999999 h\"", "stage 2 (play): time: '9999999 h' is not from 1 s to 24 h"),
        (
            "time = \"2 min\"",
            "time = 120",
            "stage 2 (play): time: this is a whole number, not a duration in quotes, like \"20 min\"",
        ),
        (
            "time = \"2 min\"",
            "",
            "stage 2 (play): time: nothing ends this stage; give time = \"20 min\", episodes = 3 or steps = 1000",
        ),
        ("time = \"2 min\"", "steps = 0", "stage 2 (play): steps: 0 is not from 1 to 1000000000"),
        (
            "time = \"2 min\"",
            "time = \"2 min\"\npace = \"fast\"",
            "stage 2 (play): pace: 'fast' is no pace; write \"5/s\" for five steps a second, or \"key\" for a step at each press",
        ),
        (
            "time = \"2 min\"",
            "time = \"2 min\"\nheld = true",
            "stage 2 (play): held: it is for pace = \"key\"; in real time a held key always counts",
        ),
        (
            "time = \"2 min\"",
            "time = \"2 min\"\nseed = \"mine\"",
            "stage 2 (play): seed: 'mine' is neither a number nor \"participant\"",
        ),
        ("time = \"2 min\"", "time = \"2 min\"\nseeds = [1, 1]", "stage 2 (play): seeds: 1 is there twice"),
        (
            "time = \"2 min\"",
            "time = \"2 min\"\nseeds = [0, 2147483648]",
            "stage 2 (play): seeds: 0 and 2147483648 are more than 2147483647 apart",
        ),
        (
            "time = \"2 min\"",
            "time = \"2 min\"\nseed = 9223372036854775807",
            "stage 2 (play): seed: 9223372036854775807 is not from -9007199254740992 to 9007199254740992",
        ),
        ("time = \"2 min\"", "steps = 5\nshow = [\"timer\"]", "stage 2 (play): show: a timer needs 'time'"),
        (
            "time = \"2 min\"",
            "time = \"2 min\"\nshow = [\"vital\"]",
            "stage 2 (play): show: unknown part 'vital'; did you mean 'vitals'?; there are vitals, inventory, legend, timer, achievements, map",
        ),
        (
            "time = \"2 min\"",
            "time = \"2 min\"\nonly = [\"nigth\"]",
            "stage 2 (play): only: there is no condition 'nigth'; did you mean 'night'?; there are day, night",
        ),
        (
            "time = \"2 min\"",
            "time = \"2 min\"\ncolors = { do = \"blue\" }",
            "stage 2 (play): colors: do: a colour is written like \"#4A8CF0\"",
        ),
        (
            "time = \"2 min\"",
            "time = \"2 min\"\nkeys = { place_stone = \"KeyR\" }",
            "stage 2 (play): keys: there is no action 'place_stone'; did you mean 'place_plant'?",
        ),
        (
            "kind = \"scale\"",
            "kind = \"scala\"",
            "stage 3 (survey), question 1: kind: unknown question 'scala'; did you mean 'scale'?; there are text, choice, scale, number",
        ),
        (
            "kind = \"scale\"",
            "kind = \"scale\"\nmax = 1",
            "stage 3 (survey), question 1: max: a scale has 2 to 21 numbers; 1 to 1 does not",
        ),
        (
            "kind = \"scale\"",
            "kind = \"choice\"",
            "stage 3 (survey), question 1: options: there must be at least two to choose from",
        ),
        (
            "kind = \"scale\"",
            "kind = \"number\"\nmin = nan",
            "stage 3 (survey), question 1: min: this is a number with a point, not a finite number",
        ),
        (
            "kind = \"scale\"",
            "kind = \"number\"\nmin = 2\nmax = 1",
            "stage 3 (survey), question 1: max: no number is from 2 to 1",
        ),
    ];
    for (from, to, why) in cases {
        assert_eq!(changed(from, to), why);
    }
}

#[test]
fn stages_come_in_an_order_that_makes_sense() {
    let stage = |text: &str| format!("{BASE}\n[[stages]]\n{text}\n");
    let cases = [
        (stage("kind = \"play\"\nenv = \"crafter\"\nsteps = 5"), "stage 4: id: 'play' is there twice; give each stage an id"),
        (
            stage("kind = \"survey\"\nid = \"more\"\nquestions = [{ id = \"how\", kind = \"text\", label = \"And?\" }]"),
            "stage 4 (more): questions: question 'how' is there twice; ids differ in the whole plan",
        ),
        (
            stage("kind = \"end\"") + "[[stages]]\nkind = \"break\"\ntime = \"5 s\"",
            "stage 'end' is the end, and 'break' comes after it in the condition 'day'",
        ),
        (BASE.replacen("kind = \"consent\"", "kind = \"consent\"\nonly = [\"day\"]", 1), "stage 'play' records, and no consent comes before it in the condition 'night'"),
        (
            BASE.replacen("[[stages]]", "[[stages]]\nid = \"early\"\nkind = \"play\"\nenv = \"crafter\"\nsteps = 1\n[[stages]]", 1),
            "stage 'early' records before the consent 'consent' in the condition 'day'; put the consent first",
        ),
        (
            stage("kind = \"consent\"\nid = \"again\"\ntext = \"And?\"\nboxes = [{ id = \"game\", label = \"Game\" }]"),
            "the consents 'consent' and 'again' both have the box 'game' in the condition 'day'",
        ),
        ("name = \"a\"\ntitle = \"b\"\n".to_string(), "the plan has no stages; begin each with [[stages]]"),
        ("name = \"a\"\ntitle = \"b\"\n[[stages]]\nkind = \"end\"".to_string(), "there is nothing to do: only an end"),
        (
            "name = \"a\"\ntitle = \"b\"\n[[stages]]\nkind = \"play\"\nenv = \"MiniGrid-Empty-5x5-v0\"\npace = \"5/s\"\nsteps = 1".to_string(),
            "stage 1 (play): pace: MiniGrid-Empty-5x5-v0 has no action that does nothing, which real time needs; write pace = \"key\"",
        ),
        (
            "name = \"a\"\ntitle = \"b\"\n[[stages]]\nkind = \"instructions\"\ntext = \"x\"\npages = [{ text = \"y\" }]".to_string(),
            "stage 1 (instructions): text: there are pages too; write this text into the first one",
        ),
    ];
    for (text, why) in cases {
        assert_eq!(error(&text), why);
    }
}

#[test]
fn a_plan_is_completed_and_what_is_unusual_is_noted() {
    let plan = StudyPlan::parse(BASE, None).expect("right");
    let kinds: Vec<&str> = plan.stages.iter().map(|stage| stage.id.as_str()).collect();
    assert_eq!(kinds, ["consent", "play", "survey", "end"]);
    assert_eq!(plan.conditions, Conditions { names: vec!["day".into(), "night".into()], block: 4 });
    assert_eq!(plan.notes, ["The plan ends without a page, so it gets one: \"Thank you\"."]);
    let StageKind::Play(play) = &plan.stages[1].kind else { panic!("{:?}", plan.stages[1]) };
    assert_eq!(play.pace, PlayPace::RealTime { period: std::time::Duration::from_millis(200) });
    assert_eq!(play.seeds, Seeds::ByParticipant);
    let key = |action: &str| &play.keys[play.actions.iter().position(|name| name == action).expect(action)];
    assert_eq!((key("sleep"), key("do")), (&vec!["KeyZ".to_string()], &vec!["Space".to_string()]));
    let free = BASE.replace("kind = \"consent\"\ntext = \"May we?\"", "kind = \"consent\"\ntext = \"May we?\"\nid = \"asked\"");
    let free = free
        .replace("required = true", "required = false")
        .replace("time = \"2 min\"", "steps = 5\npace = \"key\"\nshow = [\"achievements\"]");
    let notes = StudyPlan::parse(&free, None).expect("right").notes.join("\n");
    for part in ["no box is required", "shows achievements", "as long as people like"] {
        assert!(notes.contains(part), "{part}: {notes}");
    }
    let plan =
        StudyPlan::parse("name = \"a\"\ntitle = \"b\"\n[[stages]]\nkind = \"break\"\ntime = \"1 s\"", None).expect("right");
    assert!(plan.notes[1].starts_with("No consent stage") && plan.notes[2].starts_with("No play stage"), "{:?}", plan.notes);
}

#[test]
fn conditions_without_an_end_get_one() {
    let text = format!("{BASE}[[stages]]\nkind = \"end\"\nonly = [\"night\"]\n");
    let plan = StudyPlan::parse(&text, None).expect("right");
    let ends: Vec<(&str, &[String])> = plan.stages[3..].iter().map(|stage| (stage.id.as_str(), stage.only.as_slice())).collect();
    assert_eq!(ends, [("end", &["night".to_string()][..]), ("end-1", &["day".to_string()][..])]);
    for condition in conditions_of(&plan) {
        let played = rehearse(&plan, condition, 3).expect("played");
        assert_eq!((played.stages.len(), played.dead_end), (4, None));
    }
}

#[test]
fn files_of_other_editors_are_read() {
    let plan = StudyPlan::parse(BASE, None).expect("right");
    let other = StudyPlan::parse(&format!("\u{feff}{}", BASE.replace('\n', "\r\n")), None).expect("right");
    assert_eq!((other.stages, other.conditions), (plan.stages, plan.conditions));
}

/// Play without a study is a plan of one stage, in every world.
#[test]
fn every_world_can_be_played_without_a_plan() {
    for (id, _) in explorarium::envs::catalog::builtin() {
        let plan = StudyPlan::single(id, -3, PlayPace::WaitForKey { held: false }).expect(id);
        let StageKind::Play(play) = &plan.stages[0].kind else { panic!("{id}") };
        assert!(play.keys.iter().all(|keys| !keys.is_empty()), "{id}: {:?}", play.keys);
        assert_eq!((plan.stages.len(), &play.seeds, play.keys.len()), (1, &Seeds::Fixed(-3), play.actions.len()));
        assert!(plan.source.contains(&format!("env = \"{id}\"")), "{}", plan.source);
    }
    let real_time = PlayPace::RealTime { period: std::time::Duration::from_millis(200) };
    assert!(StudyPlan::single("crafter", 0, real_time).expect("has noop").source.contains("5/s"));
    let why = StudyPlan::single("MiniGrid-Empty-5x5-v0", 0, real_time).expect_err("no noop").to_string();
    assert!(why.contains("give --pace key"), "{why}");
    let why = StudyPlan::single("crafer", 0, real_time).expect_err("unknown").to_string();
    assert!(why.contains("did you mean 'crafter'?"), "{why}");
}

/// 1 000 random plans are read, played through in every condition, and have no dead end. Mutated ones are read or refused.
#[test]
fn random_plans_have_no_dead_end() {
    let mut chance = Keyed::new([3, 4], 0, 0, 0);
    let (mut refused, mut conditions) = (0, 0);
    for number in 0..1000 {
        let text = random_plan(number);
        let plan = StudyPlan::parse(&text, None).unwrap_or_else(|why| panic!("{why}\n{text}"));
        for condition in conditions_of(&plan) {
            // Crafter's worlds take long to make without optimization, so few of them are played.
            if number % 20 != 0 && text.contains("crafter") {
                continue;
            }
            conditions += 1;
            let played = rehearse(&plan, condition, 6).unwrap_or_else(|why| panic!("{why}\n{text}"));
            assert_eq!((&played.dead_end, played.ended.as_deref()), (&None, Some("done")), "{text}");
            let expected: Vec<&String> = plan.stages_of(condition).into_iter().map(|k| &plan.stages[k].id).collect();
            assert_eq!(played.stages.iter().collect::<Vec<_>>(), expected, "{text}");
        }
        let mut bytes = text.into_bytes();
        for _ in 0..=chance.randint(4) {
            let at = chance.randint(bytes.len() as u32) as usize;
            match chance.randint(3) {
                0 => bytes[at] = chance.randint(128) as u8,
                1 => drop(bytes.drain(at..(at + chance.randint(40) as usize).min(bytes.len()))),
                _ => bytes.splice(at..at, b"[{\"'=.\n1-"[chance.randint(9) as usize..].to_vec()).for_each(drop),
            }
            if bytes.is_empty() {
                break;
            }
        }
        refused += u32::from(StudyPlan::parse(&String::from_utf8_lossy(&bytes), None).is_err());
    }
    assert!(conditions > 500 && refused > 200, "{conditions} conditions played, {refused} mutations refused");
}

#[test]
fn a_rehearsal_is_the_same_twice() {
    let plan = StudyPlan::parse(SIMPLE_CRAFTER, None).expect("right");
    let played = rehearse(&plan, None, 40).expect("played");
    assert_eq!(played.stages, ["consent", "instructions", "practice", "ready", "play", "survey", "end"]);
    assert_eq!((played.ended.as_deref(), &played.dead_end, &played.cut), (Some("done"), &None, &vec![]));
    // The last step may be due at the time to which the clock is set.
    assert!((78..=84).contains(&played.steps), "{}", played.steps);
    let distinct: std::collections::BTreeSet<Option<u32>> = played.actions.iter().map(|(action, _)| *action).collect();
    assert!(distinct.len() > 8, "{distinct:?}");
    assert_eq!(rehearse(&plan, None, 40).expect("played"), played);
}

/// No plan that can be read has a dead end, so this one is changed by hand.
#[test]
fn a_dead_end_is_seen() {
    let mut plan = StudyPlan::parse(BASE, None).expect("right");
    let StageKind::Survey(questions) = &mut plan.stages[2].kind else { panic!("{:?}", plan.stages[2]) };
    questions[0].required = true;
    questions[0].kind = QuestionKind::Choice { options: Vec::new(), several: false };
    let played = rehearse(&plan, Some("day"), 3).expect("played");
    let why = "stage 'survey': 1 required boxes or questions cannot be answered";
    assert_eq!((played.dead_end.as_deref(), played.ended), (Some(why), None));
    assert_eq!(played.stages, ["consent", "play", "survey"]);
    let open = StudyPlan::single("gridlab/klyubin-maze", 0, PlayPace::WaitForKey { held: false }).expect("a plan");
    let played = rehearse(&open, None, 30).expect("played");
    assert_eq!((played.cut, played.dead_end), (vec!["play".to_string()], None));
    assert!(played.steps >= 15, "{}", played.steps);
}

#[test]
fn plans_that_nobody_meant_are_refused_at_once() {
    let head = "name = \"a\"\ntitle = \"b\"\n";
    let stage = "[[stages]]\nkind = \"break\"\ntime = \"1 s\"\n";
    let many = |n: usize| format!("{head}{}", (0..n).map(|k| format!("{stage}id = \"s{k}\"\n")).collect::<String>());
    assert_eq!(StudyPlan::parse(&many(999), None).expect("right").stages.len(), 1000);
    let cases = [
        (many(1001), "stages: 1001 are too many; there may be 1000"),
        (format!("{head}{}", stage.repeat(1_000_000)), "there may be 1048576"),
        (format!("{head}stages = {}{}", "[".repeat(50_000), "]".repeat(50_000)), "nested more than 40 deep"),
        (format!("{head}stages = {}1{}", "{ a = ".repeat(50_000), "}".repeat(50_000)), "nested more than 40 deep"),
        (format!("{head}{}x = 1", "a.".repeat(100_000)), "nested more than 40 deep"),
        (format!("{head}[{}x]", "a.".repeat(100_000)), "nested more than 40 deep"),
        (format!("{head}[{}x]", "\"a\" . ".repeat(100_000)), "nested more than 40 deep"),
        (format!("{head}seed = 99999999999999999999999999"), "seed"),
        (format!("{head}languages = [{}]", "\"en\", ".repeat(100_000)), "languages: 100000 are too many; there may be 20"),
        (
            format!("{head}{stage}text = \"{}\"", "x".repeat(900_000)),
            "the text in 'en' has 900000 characters; there may be 20000",
        ),
        (format!("{head}{} = 1", "k".repeat(100_000)), "unknown key 'kkkk"),
        (format!("{head}{stage}{}", "[[stages]]\n".repeat(90_000)), "are too many"),
    ];
    for (text, why) in cases {
        let said = error(&text);
        assert!(said.contains(why) && said.len() < 1000, "{why}: {}", &said[..said.len().min(1000)]);
    }
    // At the limits of each part a plan is read.
    let seeds: Vec<String> = (0..1000).map(|seed| seed.to_string()).collect();
    let play = format!(
        "[[stages]]\nkind = \"play\"\nenv = \"gridlab/klyubin-maze\"\nsteps = 1000000000\nseeds = [{}]\n",
        seeds.join(", ")
    );
    let plan = StudyPlan::parse(&format!("{head}{play}"), None).expect("right");
    assert_eq!(plan.time_of(None).longest.as_secs(), 200_000_000);
}

#[test]
fn pictures_and_worlds_lie_beside_the_plan() {
    let folder = Folder::new("plan-files");
    let page = |name: &str| {
        format!("name = \"a\"\ntitle = \"b\"\n[[stages]]\nkind = \"instructions\"\n[[stages.pages]]\npicture = \"{name}\"\n")
    };
    let plan = folder.join("study.toml");
    let load = |text: &str| {
        fs::write(&plan, text).expect("written");
        StudyPlan::load(std::path::Path::new(&folder.join(""))).map_err(|why| why.to_string())
    };
    let png = fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/crafter/cow.png")).expect("a picture");
    fs::write(folder.join("cow.png"), &png).expect("written");
    let read = load(&page("cow.png")).expect("right");
    let StageKind::Instructions(pages) = &read.stages[0].kind else { panic!("{:?}", read.stages[0]) };
    assert_eq!(pages[0].picture, Some(PagePicture::Png(png.clone())));
    fs::write(folder.join("cut.png"), &png[..png.len() / 2]).expect("written");
    fs::write(folder.join("text.png"), "no picture").expect("written");
    fs::create_dir(folder.join("folder.png")).expect("made");
    for (name, why) in [
        ("cut.png", "cut.png: "),
        ("text.png", "text.png: no PNG"),
        ("folder.png", "folder.png is no file"),
        ("gone.png", "cannot read"),
        ("../cow.png", "lies outside the folder of the plan"),
        ("/dev/zero", "lies outside the folder of the plan"),
    ] {
        let said = load(&page(name)).expect_err(name);
        assert!(said.contains("study.toml: stage 1 (instructions), page 1: picture: ") && said.contains(why), "{name}: {said}");
    }
    let world =
        "family = \"gridlab\"\nactions = \"NSEW+stay\"\nmax_steps = 20\nlayout = \"cells\"\nmap = '''\n####\n#S.#\n####\n'''\n";
    fs::write(folder.join("room.toml"), world).expect("written");
    let play = |env: &str| format!("name = \"a\"\ntitle = \"b\"\n[[stages]]\nkind = \"play\"\nenv = \"{env}\"\nsteps = 3\n");
    let read = load(&play("room.toml")).expect("right");
    let StageKind::Play(stage) = &read.stages[0].kind else { panic!("{:?}", read.stages[0]) };
    assert_eq!((stage.env.as_str(), stage.actions.len()), ("room.toml", 5));
    let played = rehearse(&read, None, 10).expect("the ruleset in the plan is complete");
    assert_eq!((played.steps, played.dead_end), (3, None));
    fs::create_dir(folder.join("folder.toml")).expect("made");
    assert!(load(&play("folder.toml")).expect_err("a folder").contains("is no file"));
    assert!(load(&play("gone.toml")).expect_err("gone").contains("gone.toml"));
}

/// Whenever participants leave, and whatever condition they had: the next one gets a condition that the first block which is not full has
/// room for. When nobody leaves any more, conditions become equal.
#[test]
fn conditions_stay_balanced_when_participants_leave() {
    for seed in 0..60u64 {
        let n = 2 + seed as usize % 3;
        let per_block = 1 + seed / 3 % 3;
        let names: Vec<String> = (0..n).map(|k| format!("c{k}")).collect();
        let conditions = Conditions { names: names.clone(), block: (n as u64 * per_block) as u32 };
        let plan = StudyPlan { seed, conditions, ..StudyPlan::default() };
        let mut chance = Keyed::new([seed as u32, 1], 0, 0, 0);
        let mut places: Vec<Place> = Vec::new();
        let counts = |places: &[Place]| -> Vec<u64> {
            let taken = |name: &String| {
                places.iter().filter(|place| place.state == PlaceState::Taken && place.condition.as_ref() == Some(name)).count()
            };
            names.iter().map(|name| taken(name) as u64).collect()
        };
        for number in 1..=200 {
            let before = counts(&places);
            let condition = assign(&plan, &places, number).condition.expect("a condition");
            let k = names.iter().position(|name| *name == condition).expect("known");
            let quota = (before.iter().min().expect("some") / per_block + 1) * per_block;
            assert!(before[k] < quota, "{before:?} gave {condition}");
            places.push(Place { number, condition: Some(condition), state: PlaceState::Taken });
            // Up to participant 120 some leave, earlier ones too, mostly of the first condition.
            if number <= 120 && chance.randint(3) == 0 {
                let who = chance.randint(places.len() as u32) as usize;
                if places[who].condition.as_deref() == Some("c0") || chance.randint(3) == 0 {
                    places[who].state = PlaceState::Freed;
                }
            }
        }
        let last = counts(&places);
        let (least, most) = (last.iter().min().expect("some"), last.iter().max().expect("some"));
        assert!(most - least <= per_block, "{last:?}");
    }
}

#[test]
fn the_documentation_names_every_key() {
    let docs = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/studies.md")).expect("docs/studies.md");
    let mut missing = Vec::new();
    for section in SECTIONS {
        let begin =
            docs.find(&format!("### {}\n", heading(section.name))).unwrap_or_else(|| panic!("no heading for {}", section.name));
        let part = &docs[begin + 4..];
        let part = &part[..part.find("\n#").unwrap_or(part.len())];
        let named = |key: &str| part.lines().any(|line| line.starts_with('|') && line.contains(&format!("`{key}`")));
        missing.extend(section.keys.iter().filter(|key| !named(key)).map(|key| format!("{}: {key}", section.name)));
    }
    assert!(missing.is_empty(), "docs/studies.md does not describe {missing:?}");
    let shown: Vec<&&str> = SHOWN.iter().filter(|part| !docs.contains(&format!("`{part}`"))).collect();
    assert!(shown.is_empty(), "docs/studies.md does not describe {shown:?}");
}

/// The heading of a section in the documentation.
fn heading(name: &str) -> String {
    let plain = name.trim_start_matches("a ").trim_start_matches("an ");
    let mut letters = plain.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().collect::<String>() + letters.as_str())
}

#[test]
fn a_plan_is_written_and_checked_from_the_command_line() {
    let folder = Folder::new("study-new");
    let study = folder.join("mine");
    let (code, out, _) = outcome(&["study", "new", &study]);
    assert_eq!(code, 0);
    assert!(out.contains("study check") && out.contains("study.toml"), "{out}");
    let (code, _, why) = outcome(&["study", "new", &study]);
    assert_eq!(code, 2);
    assert!(why.contains("is there already; --force replaces it"), "{why}");
    assert_eq!(outcome(&["study", "new", &study, "--force"]).0, 0);
    let (code, out, why) = outcome(&["study", "check", &study, "--steps", "5"]);
    assert_eq!(code, 0, "{why}");
    for part in
        ["simple-crafter: A game to explore", "practice", "22 min of play and breaks", "place table", "stages, ", "steps: done"]
    {
        assert!(out.contains(part), "{part}: {out}");
    }
    let (code, out, _) = outcome(&["study", "check", &study, "--no-play", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!((code, json["name"].as_str(), json["stages"].as_array().map(Vec::len)), (0, Some("simple-crafter"), Some(7)));
    for number in (0..1000).filter(|number| number % 97 == 0) {
        let (text, file) = (random_plan(number), folder.join("random.toml"));
        fs::write(&file, &text).expect("written");
        for json in [&["--json"][..], &[]] {
            let (code, out, why) = outcome(&[&["study", "check", &file, "--steps", "2"][..], json].concat());
            assert_eq!(code, 0, "{why}\n{text}");
            assert!(out.contains(&format!("plan-{number}")), "{out}");
        }
    }
    fs::write(folder.join("bad.toml"), "nam = 1").expect("written");
    let (code, _, why) = outcome(&["study", "check", &folder.join("bad.toml")]);
    assert_eq!(code, 2);
    assert!(why.contains("bad.toml: unknown key 'nam' of a plan; did you mean 'name'?"), "{why}");
}

//! What is wrong with a plan is said with its place and what to write.

use explorarium::study::plan::StudyPlan;

/// A plan that is right.
pub const BASE: &str = r#"
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

/// What is said of a plan that is not right.
pub fn error(text: &str) -> String {
    StudyPlan::parse(text, None).expect_err(text).to_string()
}

/// What comes out if `from` is replaced by `to` in the plan above.
fn changed(from: &str, to: &str) -> String {
    assert!(BASE.contains(from), "{from}");
    error(&BASE.replacen(from, to, 1))
}

/// What is replaced by what in the plan above, and what is said then.
const ERRORS: &[(&str, &str, &str)] = &[
    ("title =", "titel =", "unknown key 'titel' of a plan; did you mean 'title'?"),
    ("name = \"small\"", "name = \"Small Study\"", "name: 'Small Study' is no id: 1 to 64 lower-case letters, digits, - and _"),
    ("title = \"A small study\"", "", "'title' is missing or empty; write title = \"...\""),
    ("title = \"A small study\"", "title = 3", "title: this is a whole number, not a text in quotes"),
    (
        "title = \"A small study\"",
        "title = \"A\"\nlanguages = [\"en\", \"de\"]",
        "title: one text for 2 languages; write title = { en = \"...\", de = \"...\" }",
    ),
    ("title = \"A small study\"", "title = { en = \"A\", fr = \"B\" }", "title: 'fr' is no language of the plan; there are en"),
    ("title = \"A small study\"", "title = { en = \"A\" }\nlanguages = [\"en\", \"de\"]", "title: the text in 'de' is missing"),
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
    ("time = \"2 min\"", "time = 120", "stage 2 (play): time: this is a whole number, not a duration in quotes, like \"20 min\""),
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
    ("kind = \"scale\"", "kind = \"choice\"", "stage 3 (survey), question 1: options: there must be at least two to choose from"),
    (
        "kind = \"scale\"",
        "kind = \"number\"\nmin = nan",
        "stage 3 (survey), question 1: min: this is a number with a point, not a finite number",
    ),
    ("kind = \"scale\"", "kind = \"number\"\nmin = 2\nmax = 1", "stage 3 (survey), question 1: max: no number is from 2 to 1"),
];

#[test]
fn errors_say_where_and_what_to_write() {
    for (from, to, why) in ERRORS {
        assert_eq!(changed(from, to), *why);
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

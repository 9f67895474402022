//! Rulesets that must be refused, and the error messages.

use super::batch::{from_text, ruleset};
use super::tables::{MAX_DOORS, MAX_KEYS, MAX_TVS};
use crate::envs::shared::catalog::{LoadError, Options};

fn refusal(text: &str, options: &Options) -> LoadError {
    match from_text(text, options) {
        Ok(_) => panic!("this should not load:\n{text}"),
        Err(error) => error,
    }
}

#[test]
fn malformed_text_is_refused_with_the_field() {
    for (extra, why) in [
        ("slipp = 0.1", "unknown field `slipp`"),
        ("slip = \"much\"", "invalid type"),
        ("actions = \"fly\"", "unknown variant `fly`"),
        ("facing = \"up\"", "unknown variant `up`"),
        ("[tv.0]\non = \"always\"\ncolours = 2\nwatts = 9", "unknown field `watts`"),
        ("[[current]]\nagainst = \"E\"\nstay = 0.1", "missing field `back`"),
        ("max_steps = 3", "duplicate key"),
    ] {
        let error = refusal(&ruleset("S0", extra), &Options::default());
        assert!(matches!(error, LoadError::Malformed { .. }), "{error}");
        assert!(error.to_string().contains(why), "{error}\nshould say: {why}");
    }
    let error = refusal("family = \"gridlab\"\ntemplate = \"deep-sea\"\nn = 5\nslip = 0.1\n", &Options::default());
    assert!(error.to_string().contains("unknown field `slip`"), "{error}");
    let error = refusal("family = \"gridlab\"\ntemplate = \"shallow-sea\"\nn = 5\n", &Options::default());
    assert!(error.to_string().contains("unknown template 'shallow-sea'; it is deep-sea or chain"), "{error}");
}

#[test]
fn impossible_rulesets_are_refused_with_the_reason() {
    let many = |glyph: &str, n: usize| format!("S{}", glyph.repeat(n + 1));
    let (keys, doors, tvs) = (many("a", MAX_KEYS), many("A", MAX_DOORS), many("0", MAX_TVS));
    let tv = "[tv.0]\ncolours = 2\non = ";
    let wide = format!("S{}", ".".repeat(1024));
    for (map, extra, why) in [
        ("...", "", "the map has no start"),
        ("###", "start = \"anywhere\"", "no floor cell"),
        ("", "", "the map is empty"),
        ("S..\n.?.", "", "unknown glyph '?' at row 2, column 2"),
        ("S..\n..é", "", "unknown glyph 'é' at row 2, column 3"),
        ("S. .", "", "unknown glyph ' ' at row 1, column 3"),
        ("S..\n..\n...", "", "row 2 has 2 characters, row 1 has 3"),
        (&wide, "", "1025 x 1 cells are too many; a side may have at most 1024"),
        ("S.", "slip = 1.5", "slip is 1.5, a probability is 0 to 1"),
        ("S.", "slip = -0.1", "slip is -0.1"),
        ("S.", "slip = nan", "slip is NaN"),
        ("S.", "[[current]]\nagainst = \"E\"\nstay = 0.7\nback = 0.6", "current against E: stay + back is 1.29"),
        ("S.", "actions = \"WE\"\n[[current]]\nagainst = \"N\"\nstay = 0.7\nback = 0.1", "the actions have no such move"),
        ("S.", "slip = 0.1\n[[current]]\nagainst = \"N\"\nstay = 0.7\nback = 0.1", "slip and current cannot be combined"),
        ("S.", "rewards = { \"*\" = 1.0 }", "there is no '*' on the map"),
        ("S.*", "rewards = { \"*\" = 0.5 }", "is no multiple of 1 / 1; raise reward_denominator"),
        ("S.*", "rewards = { \"*\" = 1e10 }", "reward of '*' is 10000000000"),
        ("S.*", "reward_denominator = 0", "reward_denominator is 0"),
        ("S#", "rewards = { \"#\" = 1.0 }", "nobody can stand on '#'"),
        ("S.", "action_rewards = { forward = 1.0 }", "there is no action 'forward'; the actions are N, S, E, W, stay"),
        ("S.", "terminal = [\".\"]", "terminal: '.' cannot end an episode"),
        ("S0", "", "TV '0' at row 1, column 2 has no table [tv.0]"),
        ("S.", &format!("{tv}\"always\""), "[tv.0]: there is no '0' on the map"),
        ("S0", &format!("{tv}\"action\""), "on = \"action\" needs `action`"),
        ("S0", &format!("{tv}\"chance\""), "on = \"chance\" needs `probability`"),
        ("S0", &format!("{tv}\"always\"\nprobability = 0.5"), "neither goes with another"),
        ("S0", &format!("{tv}\"chance\"\nprobability = 2.0"), "TV '0': probability is 2"),
        ("S0", &format!("{tv}\"action\"\naction = \"jump\""), "TV '0': there is no action 'jump'"),
        ("S0", "[tv.0]\non = \"always\"\ncolours = 17", "colours is 17, it must be 2 to 16"),
        ("S%", "actions = \"dive\"", "ice and doors have no meaning"),
        (&keys, "", "more than 32 keys"),
        (&doors, "", "more than 32 doors"),
        (&tvs, &format!("{tv}\"always\""), "more than 64 TVs"),
    ] {
        let error = refusal(&ruleset(map, extra), &Options::default());
        assert!(matches!(error, LoadError::Impossible { .. }), "{error}");
        assert!(error.to_string().contains(why), "{error}\nshould say: {why}");
    }
}

#[test]
fn a_drawing_with_thin_walls_is_checked_line_by_line() {
    for (map, why) in [
        ("+-+\n|S|", "2 * height + 1 rows and 2 * width + 1 columns, this one has 2 and 3"),
        ("+-+-+\n|S .|\n+-+-+ ", "row 3 has 6 characters, row 1 has 5"),
        ("+-+-+\n|S-.|\n+-+-+", "'-' at row 2, column 3; between two columns stands '|'"),
        ("+-+\n|S|\n+|+\n|.|\n+-+", "'|' at row 3, column 2; between two rows stands '-'"),
        ("+-+\n|S \n+-+", "' ' at row 2, column 3; the border is closed: '|'"),
        ("+ +\n|S|\n+-+", "' ' at row 1, column 2; the border is closed: '-'"),
        ("o-+\n|S|\n+-+", "'o' at row 1, column 1; at a corner"),
        ("+-+-+\n|S !|\n+-+-+", "unknown glyph '!' at row 2, column 4"),
    ] {
        let text = ruleset(map, "").replace("\"cells\"", "\"thin-walls\"");
        let error = refusal(&text, &Options::default()).to_string();
        assert!(error.contains(why), "{error}\nshould say: {why}");
    }
}

#[test]
fn options_without_meaning_are_refused() {
    let plain = ruleset("S.", "");
    let area = Options { area: Some((9, 9)), ..Options::default() };
    let textures = Options { textures: Some("tiles".into()), ..Options::default() };
    let noise = Options { picture_noise: true, ..Options::default() };
    let never = Options { length: Some(0), ..Options::default() };
    for (options, why) in [(area, "--area"), (textures, "--textures"), (noise, "--picture-noise"), (never, "max_steps is 0")] {
        let error = refusal(&plain, &options).to_string();
        assert!(error.contains(why), "{error}");
    }
    let pixels = Options { pixels: true, ..Options::default() };
    let error = refusal(&ruleset(&format!("S{}", ".".repeat(128)), ""), &pixels).to_string();
    assert!(error.contains("a picture of 1032 x 8 pixels is too large; a side may have 1024"), "{error}");
}

/// The example of the README is a valid ruleset, and its `terminal` is the default.
#[test]
fn the_example_of_the_readme_loads() {
    let readme = include_str!("../README.md");
    let example = readme.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    let world = from_text(example, &Options::default()).unwrap_or_else(|e| panic!("{e}"));
    let plain = from_text(&ruleset("S.", ""), &Options::default()).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(world.ruleset.terminal, plain.ruleset.terminal);
    assert_eq!(world.rules.tvs.len(), 1);
}

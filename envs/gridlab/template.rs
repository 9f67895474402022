//! Worlds of any size: `deep-sea-N` and `chain-N`. The code generates their rulesets for a given N.

use std::fmt::Write;

use serde::Deserialize;

use super::map::MAX_SIDE;
use crate::envs::shared::source::{LoadError, Source};

const DEEP_SEA: &str = "deep-sea";
const CHAIN: &str = "chain";

/// The text of a ruleset that names a template instead of a map.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Template {
    #[serde(rename = "family")]
    _family: String,
    template: String,
    n: usize,
}

/// Reads only whether the text has the field `template`.
#[derive(Deserialize)]
struct Probe {
    template: Option<toml::Value>,
}

/// Returns the short ruleset for an id like `gridlab/deep-sea-37`; None if the id is not of this form.
pub fn find(id: &str) -> Option<String> {
    let (name, digits) = id.strip_prefix("gridlab/")?.rsplit_once('-')?;
    let n: usize = digits.parse().ok()?;
    let known = [DEEP_SEA, CHAIN].contains(&name) && n.to_string() == digits;
    known.then(|| format!("family = \"gridlab\"\ntemplate = \"{name}\"\nn = {n}\n"))
}

/// Returns the full text of the ruleset. If the ruleset names a template, this is the text that the template generates.
///
/// # Errors
/// If the template is unknown or cannot be written for this n.
pub fn expand(source: &Source) -> Result<String, LoadError> {
    let probe: Probe = toml::from_str(&source.text).map_err(|e| source.malformed(e.to_string().trim_end()))?;
    if probe.template.is_none() {
        return Ok(source.text.clone());
    }
    let template: Template = toml::from_str(&source.text).map_err(|e| source.malformed(e.to_string().trim_end()))?;
    let n = template.n;
    let (least, most, text): (usize, usize, fn(usize) -> String) = match template.template.as_str() {
        DEEP_SEA => (2, MAX_SIDE - 1, deep_sea),
        CHAIN => (3, MAX_SIDE, chain),
        other => return Err(source.malformed(format!("unknown template '{other}'; it is {DEEP_SEA} or {CHAIN}"))),
    };
    if !(least..=most).contains(&n) {
        return Err(source.impossible(format!("{}-N exists for N from {least} to {most}, not {n}", template.template)));
    }
    Ok(text(n))
}

/// N decisions, each a step down and to one side. Only the choice of "right" at all N steps leads to the treasure.
fn deep_sea(n: usize) -> String {
    let mut map = String::new();
    for y in 0..=n {
        for x in 0..=n {
            map.push(match (x, y) {
                (0, 0) => 'S',
                _ if x > y => '#',
                _ if x == n => '*',
                _ if y == n => 'o',
                _ => '.',
            });
        }
        map.push('\n');
    }
    let mut text = String::from("family = \"gridlab\"\n");
    let _ = writeln!(text, "about = \"Deep sea of depth {n}: of 2^{n} ways down one finds the treasure.\"");
    let _ = writeln!(text, "actions = \"dive\"\nmax_steps = {n}");
    let _ = writeln!(text, "reward_denominator = {}", 100 * n);
    let _ = writeln!(text, "terminal = [\"o\", \"*\"]\nrewards = {{ \"*\" = 1.0 }}");
    let _ = writeln!(text, "action_rewards = {{ right = {:?} }}", -0.01 / n as f64);
    let _ = writeln!(text, "layout = \"cells\"\nmap = '''\n{map}'''");
    text
}

/// A river of N cells that flows west. Episodes begin in the middle; the west end has a small reward, the east end a large one.
fn chain(n: usize) -> String {
    let mut map = vec!['.'; n];
    map[(n - 1) / 2] = 'S';
    map[0] = 'm';
    map[n - 1] = 'p';
    let map: String = map.into_iter().collect();
    let mut text = String::from("family = \"gridlab\"\n");
    let _ = writeln!(text, "about = \"Double chain of {n} cells: a trifle downstream, the prize against the current.\"");
    let _ = writeln!(text, "actions = \"WE\"\nmax_steps = {}", 4 * n);
    let _ = writeln!(text, "reward_denominator = 200\nrewards = {{ m = 0.005, p = 1.0 }}");
    let _ = writeln!(text, "layout = \"cells\"\nmap = '''\n{map}\n'''");
    let _ = writeln!(text, "\n[[current]]\nagainst = \"E\"\nstay = 0.6\nback = 0.05");
    text
}

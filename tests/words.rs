//! Public names use standard terms, and a word has one meaning. What is banned here had another name once, or two meanings.

use std::path::Path;

use super::structure::{read, walk};

/// Words that no public name may contain, and the terms to use instead.
const BANNED: &[(&str, &str)] = &[
    ("card", "gpu: the device that kernels run on, or the backend that steps a batch there"),
    ("beside", "plugin: what a batch runs without knowing what it is"),
    ("late", "deferred: counting after many steps"),
    ("afterwards", "deferred"),
    ("stretch", "stage: passes between two waits; for parts of a run that went on, see `runs::Stretch`"),
    ("kept", "slot, stored"),
    ("paying", "evaluator"),
    ("imagining", "rollout plan"),
    ("imagine", "score rollouts"),
    ("imagined", "rollout passes, fork transition"),
    ("ahead", "prefetch; steps_ahead is how many steps there must be room for"),
    ("doomed", "failed"),
    ("making", "context"),
    ("blind", "without observations"),
    ("whom", "active instance, reset list, fork sources"),
    ("listed", "reset list"),
    ("life", "trajectory"),
    ("lives", "trajectories"),
    ("tracks", "trajectories"),
    ("earned", "total_reward, episode_return"),
    ("earn", "accumulate"),
    ("returned", "restored"),
    ("lane", "instance; simd; hash lanes are words of a hash"),
    ("lanes", "SIMD_WIDTH, rollouts at once"),
    ("seen", "transition, step view, pose, observation"),
    ("own", "instance table, memory, per cell"),
    ("usual", "default"),
    ("made", "generated level, factory"),
    ("served", "mask"),
    ("manner", "mode"),
    ("noted", "logged"),
    ("said", "explicit, message"),
    ("arrival", "transition, next state"),
    ("arrivals", "transitions"),
    ("arrived", "next state, stepped"),
    ("arrive", "visit"),
    ("settle", "update_sum, reward_and_end"),
    ("settled", "resolved"),
    ("misleads", "has_slip"),
    ("worth", "score"),
    ("moment", "instance state, row kind"),
    ("empowered", "empowerment agent"),
    ("tour", "cell options"),
    ("wave", "fork batch"),
    ("lag", "steps behind"),
    ("gathered", "readback"),
    ("advanced", "outcome"),
    ("dream", "keyed model: the world that forks are of; noise index: which noise a fork has"),
    ("dreams", "noise samples: how many noise indices a mean is over"),
];

/// The same for constants alone: elsewhere they are plain English.
const BANNED_CONSTANTS: &[(&str, &str)] = &[("most", "max"), ("least", "min")];

/// Names that keep such a word, and why.
const ALLOWED: &[(&str, &str)] = &[
    ("seen_once", "transitions that occur once: a column of the tables of measure"),
    ("Stretch", "a part of a run between two ways of going on; in summary.json since the first version"),
    ("stretches", "the field of summary.json"),
    ("steps_ahead", "not a prefetch"),
    ("ahead", "the cell before an agent, in MiniGrid's words"),
];

/// The words of a name in snake or camel case.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = '_';
    for c in name.chars() {
        if c == '_' || c.is_uppercase() && before.is_lowercase() {
            words.push(String::new());
        }
        if let (Some(word), true) = (words.last_mut(), c != '_') {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Returns the names of items and fields that a line makes public.
fn public_names(line: &str) -> Vec<&str> {
    let Some(rest) = line.trim_start().strip_prefix("pub ") else { return Vec::new() };
    let rest = ["const fn ", "async fn ", "fn ", "struct ", "enum ", "trait ", "const ", "static ", "mod ", "type "]
        .iter()
        .find_map(|kind| rest.strip_prefix(kind))
        .unwrap_or(rest);
    let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
    let name = &rest[..end];
    // `pub use` defines no name.
    if name.is_empty() || name == "use" { Vec::new() } else { vec![name] }
}

fn banned(line: &str) -> Vec<String> {
    let names = public_names(line).into_iter().filter(|name| ALLOWED.iter().all(|(allowed, _)| allowed != name));
    let why = |name: &str| {
        let words = words(name);
        let constants = if name.chars().any(char::is_lowercase) { &[][..] } else { BANNED_CONSTANTS };
        BANNED
            .iter()
            .chain(constants)
            .find(|(word, _)| words.iter().any(|own| own == word))
            .map(|(_, instead)| format!("{name}: say {instead}"))
    };
    names.filter_map(why).collect()
}

#[test]
fn public_names_use_the_words_of_the_field() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut seen = 0;
    for file in walk().0.into_iter().filter(|file| file.extension().is_some_and(|e| e == "rs") && !file.starts_with("tests")) {
        for line in read(&root.join(&file)).lines() {
            seen += public_names(line).len();
            found.extend(banned(line).into_iter().map(|why| format!("{}: {why}", file.display())));
        }
    }
    assert!(found.is_empty(), "{} names:\n{}", found.len(), found.join("\n"));
    assert!(seen > 1000, "{seen} public names: the scan does not see them");
}

#[test]
fn a_banned_word_is_seen() {
    assert_eq!(words("takeTheCard_offMAX"), ["take", "the", "card", "off", "max"]);
    for line in [
        "pub fn put_on_card(&self) {",
        "    pub late: u32,",
        "pub struct Kept {",
        "pub const MOST_STEPS: u32 = 3;",
        "pub mod card;",
    ] {
        assert_eq!(banned(line).len(), 1, "{line}");
    }
    for line in [
        "pub use card::Card;",
        "fn card() {",
        "pub fn discard(&self) {",
        "    pub steps_ahead: usize,",
        "// pub fn card()",
        "pub fn at_most() {",
    ] {
        assert!(banned(line).is_empty(), "{line}");
    }
}

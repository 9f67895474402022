//! A long recorded episode for measurements: one Crafter world with random actions, in which the player does not die.

use std::path::Path;

use explorarium::agents::Random;
use explorarium::envs::catalog::{Source, find, load_source};
use explorarium::envs::{Options, World};
use explorarium::sim::{Batch, Config};
use explorarium::traces::{FORMAT_PLAIN, Meta, write};

/// Steps of the episode.
pub const STEPS: u32 = 10_000;
const SEED: i64 = 7;

pub type Failed = Box<dyn std::error::Error>;

/// A world that differs from Crafter in that the player does not die.
fn harmless() -> Result<std::sync::Arc<dyn World>, Failed> {
    let mut text = find("crafter")?.text;
    for (from, to) in [
        ("damage = 2\n", "damage = 0\n"),
        ("damage_asleep = 7", "damage_asleep = 0"),
        ("lava = { mountain = 0.3, noise = 0.35 }", "lava = { mountain = 0.3, noise = 9.0 }"),
        ("hurt_below = -15", "hurt_below = -400000"),
    ] {
        if !text.contains(from) {
            return Err(format!("the ruleset has no '{from}' any more").into());
        }
        text = text.replace(from, to);
    }
    Ok(load_source(&Source { id: "crafter".into(), text, folder: None }, &Options::default())?)
}

/// Records one Crafter world as one episode of [`STEPS`] steps in which nothing hurts the player.
///
/// # Errors
/// A ruleset that has changed; a file that cannot be written.
pub fn record_long_episode(path: &Path) -> Result<(), Failed> {
    let world = harmless()?;
    let mut batch = Batch::new(world.clone(), Config { num_envs: 1, seed: SEED, record: vec![0], ..Config::default() })?;
    batch.advance(u64::from(STEPS), &Random::default())?;
    let meta = Meta {
        format: FORMAT_PLAIN,
        id: world.spec().id.clone(),
        toml: world.spec().toml.clone(),
        seed: SEED,
        reset: "same-step".into(),
        worlds: "fresh".into(),
        ..Meta::default()
    };
    Ok(write(path, &*world, &meta, &batch.take_rows())?)
}

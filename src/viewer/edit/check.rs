//! Makes the first state of a document, by the functions that every subcommand uses.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::checked::Checked;
use super::document::Document;
use super::drawing::{Drawing, Form};
use super::scenario::Scenario;
use crate::envs::catalog::load_source;
use crate::envs::shared::source::Source;
use crate::envs::{Family, Layers, Options, World, load};
use crate::sim::{Levels, Replay, Worlds};

/// The first state of a world, over which scenarios are painted.
#[derive(Debug)]
struct First {
    world: Arc<dyn World>,
    seed: i64,
    /// Before its first episode.
    replay: Replay,
    layers: Arc<Layers>,
}

/// Worlds that were loaded for the document before, which most changes do not touch.
#[derive(Debug, Default)]
pub struct Loaded {
    first: Option<First>,
}

/// The first state of a document.
///
/// # Errors
/// The text that the command line shows for it.
pub fn check(document: &Document, loaded: &mut Loaded) -> Result<Checked, String> {
    let mut checked = match document {
        Document::Scenario(scenario) => of_scenario(scenario, loaded),
        Document::Drawing(drawing) => of_drawing(drawing),
    }?;
    checked.number_tiles();
    Ok(checked)
}

fn new_replay(world: &Arc<dyn World>, seed: i64) -> Result<Replay, String> {
    let levels = Levels::new(&**world, Worlds::Fresh, seed).map_err(|why| why.to_string())?;
    Ok(Replay::new(world.clone(), Arc::new(levels), seed, 0))
}

fn of_scenario(scenario: &Scenario, loaded: &mut Loaded) -> Result<Checked, String> {
    let is_it = |first: &First| first.world.spec().id == scenario.world && first.seed == scenario.seed;
    if !loaded.first.as_ref().is_some_and(is_it) {
        let world = load(&scenario.world, &Options::default()).map_err(|why| why.to_string())?;
        if world.spec().family != Family::Crafter {
            return Err(format!("{} has no scenarios; only Crafter worlds do", world.spec().id));
        }
        let replay = new_replay(&world, scenario.seed)?;
        let layers = Arc::new(Checked::look(&world, &mut replay.clone(), None)?.layers);
        loaded.first = Some(First { world, seed: scenario.seed, replay, layers });
    }
    let Some(First { world, replay, layers: first, .. }) = &loaded.first else {
        return Err("the world is not loaded".to_string());
    };
    let json: Value = serde_json::from_str(&scenario.text()).map_err(|why| why.to_string())?;
    let checked = Checked::look(world, &mut replay.clone(), Some(&json))?;
    Ok(Checked { first: Some(first.clone()), ..checked })
}

fn of_drawing(drawing: &Drawing) -> Result<Checked, String> {
    let source = Source { id: drawing.origin.clone(), text: drawing.text(), folder: None };
    let world = load_source(&source, &Options::default()).map_err(|why| why.to_string())?;
    let fits = (world.spec().family == Family::MiniGrid) == (drawing.form == Form::MiniGrid);
    if !fits {
        return Err(format!("{}: another family than it was opened as", drawing.origin));
    }
    let mut checked = Checked::look(&world, &mut new_replay(&world, drawing.seed)?, None)?;
    if drawing.form != Form::MiniGrid {
        share_tiles(drawing, &mut checked);
    }
    Ok(checked)
}

/// Bits of the number of a tile of gridlab that say what is on the cell.
const ON_CELL: u32 = 255;

/// Gives cells that look alike one number: gridlab numbers the tiles of each cell apart, and a large map would need a million tiles.
fn share_tiles(drawing: &Drawing, checked: &mut Checked) {
    let mut known = BTreeMap::new();
    let (width, height) = (checked.map.width, checked.map.height);
    for (at, glyph) in drawing.glyphs().enumerate() {
        // Thin walls are drawn inside of the map, not at its border.
        let (x, y) = (at as u32 % width, at as u32 / width);
        let border = [x == 0, y == 0, x + 1 == width, y + 1 == height];
        let looks = (glyph, checked.layers.walls[at], border);
        for number in [&mut checked.map.ground[at], &mut checked.map.cells[at]] {
            *number = *known.entry((looks, *number & ON_CELL)).or_insert(*number);
        }
    }
}

/// Why the text of a scenario is no scenario of a world; None if it fits.
pub fn why_not(world: &str, seed: i64, text: &str) -> Option<String> {
    let json: Value = match serde_json::from_str(text) {
        Ok(json) => json,
        Err(why) => return Some(why.to_string()),
    };
    let world = match load(world, &Options::default()) {
        Ok(world) => world,
        Err(why) => return Some(why.to_string()),
    };
    match new_replay(&world, seed) {
        Ok(mut replay) => Checked::look(&world, &mut replay, Some(&json)).err(),
        Err(why) => Some(why),
    }
}

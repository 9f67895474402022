//! Worlds to begin with: rooms with nothing in them, the built-in worlds, and levels of MiniGrid as drawings.

use super::drawing::{Drawing, Form, blank};
use crate::envs::minigrid::map::{AGENTS, from_words};
use crate::envs::{Facing, Layers, World, load};

/// Columns and rows of a blank room.
pub const ROOM: (u32, u32) = (11, 9);

/// What the agent of a level is told.
const MISSION: &str = "get to the green goal square";

/// A room with a start and a goal.
pub fn room(form: Form, (width, height): (u32, u32)) -> Result<Drawing, String> {
    let mut rows = blank(form, (width, height), '.');
    let last = |side: u32| side as usize - 1;
    if form != Form::ThinWalls {
        for (y, row) in rows.iter_mut().enumerate() {
            for (x, glyph) in row.iter_mut().enumerate() {
                if x == 0 || y == 0 || x == last(width) || y == last(height) {
                    *glyph = '#';
                }
            }
        }
    }
    let lines: Vec<String> = rows.iter().map(|row| row.iter().collect()).collect();
    let map = lines.join("\n");
    let text = match form {
        Form::MiniGrid => format!(
            "family = \"minigrid\"\nsize = [{width}, {height}]\nmax_steps = 100\nmission = \"{MISSION}\"\n\n\
             [level]\ngenerator = \"map\"\nmap = '''\n{map}\n'''\n"
        ),
        _ => format!(
            "family = \"gridlab\"\nabout = \"Painted by hand.\"\nactions = \"NSEW+stay\"\nmax_steps = 200\n\
             rewards = {{ \"*\" = 1.0 }}\nlayout = \"{}\"\nmap = '''\n{map}\n'''\n",
            if form == Form::ThinWalls { "thin-walls" } else { "cells" }
        ),
    };
    let mut drawing = Drawing::parse("world.toml", 0, &text)?;
    let inner = u32::from(form != Form::ThinWalls);
    let (start, goal) = if form == Form::MiniGrid { ('>', 'G') } else { ('S', '*') };
    drawing.set_glyph((inner, inner), start);
    drawing.set_glyph((width - 1 - inner, height - 1 - inner), goal);
    Ok(drawing)
}

/// A world by its id or path, with the drawing of its file; that of its rules if the file has none.
///
/// # Errors
/// What the loader says; if no drawing belongs to the world.
pub fn of_world(id: &str, seed: i64) -> Result<Drawing, String> {
    let source = crate::envs::catalog::find(id).map_err(|why| why.to_string())?;
    let world = load(id, &crate::envs::Options::default()).map_err(|why| why.to_string())?;
    Drawing::parse(id, seed, &source.text).or_else(|_| Drawing::parse(id, seed, &world.spec().toml))
}

/// A level of MiniGrid as a drawing: what the shown state has, and the task to reach a goal.
///
/// # Errors
/// If the rules of the world cannot be read, or a cell has no words.
pub fn of_level(world: &dyn World, layers: &Layers) -> Result<Drawing, String> {
    let (width, height) = (layers.width, layers.height);
    let mut rules: toml::Table = toml::from_str(&world.spec().toml).map_err(|why| why.to_string())?;
    let avoids = rules.get("task").and_then(toml::Value::as_str) == Some("avoid");
    if !avoids {
        rules.insert("task".to_string(), "goal".into());
    }
    rules.remove("phrases");
    // Only generators fill in placeholders.
    if rules.get("mission").and_then(toml::Value::as_str).is_some_and(|mission| mission.contains('{')) {
        rules.insert("mission".to_string(), MISSION.into());
    }
    let map = blank(Form::MiniGrid, (width, height), '.');
    let lines: Vec<String> = map.iter().map(|row| row.iter().collect()).collect();
    let level = [("generator", "map".to_string()), ("map", lines.join("\n"))];
    let level: toml::Table = level.into_iter().map(|(name, text)| (name.to_string(), text.into())).collect();
    rules.insert("level".to_string(), level.into());
    let text = toml::to_string(&rules).map_err(|why| why.to_string())?;
    let mut drawing = Drawing::parse("world.toml", 0, &text)?;
    let names = world.layer_names();
    for (at, (kind, colour)) in layers.terrain.iter().zip(&layers.colours).enumerate() {
        let words = phrase(&names.terrain, &names.colours, *kind, Some(*colour));
        super::legend::paint(&mut drawing, (at as u32 % width, at as u32 / width), &words)?;
    }
    for entity in &layers.entities {
        let mut words = phrase(&names.entities, &names.colours, entity.kind, entity.colour);
        if let Some(state) = names.states.get(usize::from(entity.state)).filter(|state| !state.is_empty()) {
            words = format!("{state} {words}");
        }
        if let Some(inside) = entity.inside {
            words += &format!(" with {}", phrase(&names.items, &names.colours, inside.kind, inside.colour));
        }
        super::legend::paint(&mut drawing, (entity.x, entity.y), &words)?;
    }
    let way = match layers.agent.facing {
        Facing::East => 0,
        Facing::South => 1,
        Facing::West => 2,
        Facing::North => 3,
    };
    drawing.set_glyph((layers.agent.x, layers.agent.y), AGENTS[way]);
    Ok(drawing)
}

/// An object in the words of a legend.
fn phrase(kinds: &[String], colours: &[String], kind: u16, colour: Option<u8>) -> String {
    let kind = kinds.get(usize::from(kind)).map_or("empty", String::as_str);
    let colour = colour.and_then(|colour| colours.get(usize::from(colour)));
    let with = colour.map(|colour| format!("{colour} {kind}")).filter(|words| from_words(words).is_ok());
    with.unwrap_or_else(|| kind.to_string())
}

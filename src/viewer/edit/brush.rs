//! What can be painted, with names.

use serde_json::{Map, Value};

use super::drawing::{Drawing, Form, SIDES};
use crate::envs::LayerNames;

/// What a stroke leaves on a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Brush {
    /// Crafter: a material of the ground.
    Material(String),
    /// Crafter: a creature, by its kind.
    Creature(String),
    /// Crafter: the player, which stands on one cell.
    Player,
    /// gridlab: a character.
    Glyph(char),
    /// gridlab with thin walls: what separates two cells.
    Side(Separation),
    /// MiniGrid: an object in words.
    Object(String),
    /// MiniGrid: the agent with its direction.
    Agent(usize),
    /// What was there before it was painted; floor in a drawing.
    Erase,
}

/// What separates two cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separation {
    /// Nobody passes.
    Wall,
    /// Everybody passes.
    Open,
    /// Passed only out of the painted cell.
    OneWay,
}

impl Separation {
    /// The character for the `side` of a cell.
    pub fn glyph(self, side: usize) -> char {
        match self {
            Separation::Open => ' ',
            Separation::Wall if side < 2 => '|',
            Separation::Wall => '-',
            Separation::OneWay => ['<', '>', '^', 'v'][side.min(SIDES.len() - 1)],
        }
    }
}

/// A row of the palette: what can be chosen, and its kinds.
#[derive(Clone, Debug, PartialEq)]
pub struct Swatch {
    /// Its name, for people.
    pub name: &'static str,
    /// Its kinds with their names; at least one.
    pub kinds: Vec<(String, Brush)>,
}

fn one(name: &'static str, brush: Brush) -> Swatch {
    Swatch { name, kinds: vec![(name.to_string(), brush)] }
}

/// The palette of a Crafter world with these names.
pub fn crafter(names: &LayerNames) -> Vec<Swatch> {
    const MATERIALS: [(&str, &str); 12] = [
        ("Grass", "grass"),
        ("Sand", "sand"),
        ("Path", "path"),
        ("Water", "water"),
        ("Lava", "lava"),
        ("Tree", "tree"),
        ("Stone", "stone"),
        ("Coal", "coal"),
        ("Iron", "iron"),
        ("Diamond", "diamond"),
        ("Table", "table"),
        ("Furnace", "furnace"),
    ];
    const CREATURES: [(&str, &str); 5] =
        [("Cow", "cow"), ("Zombie", "zombie"), ("Skeleton", "skeleton"), ("Arrow", "arrow"), ("Plant", "plant")];
    let known = |known: &[String], name: &str| known.iter().any(|known| known == name);
    let materials = MATERIALS.iter().filter(|(_, id)| known(&names.terrain, id));
    let mut all: Vec<Swatch> = materials.map(|(name, id)| one(name, Brush::Material((*id).to_string()))).collect();
    let creatures = CREATURES.iter().filter(|(_, id)| known(&names.entities, id));
    all.extend(creatures.map(|(name, id)| one(name, Brush::Creature((*id).to_string()))));
    all.push(one("Player", Brush::Player));
    all
}

/// The palette of a drawing.
pub fn drawing(form: Form) -> Vec<Swatch> {
    if form == Form::MiniGrid {
        return minigrid();
    }
    let glyphs = |name: &'static str, word: &str, glyphs: &mut dyn Iterator<Item = char>| Swatch {
        name,
        kinds: glyphs.map(|glyph| (format!("{word} {glyph}"), Brush::Glyph(glyph))).collect(),
    };
    let ways = ['<', '>', '^', 'v'].into_iter().zip(SIDES);
    let mut all = vec![
        one("Floor", Brush::Glyph('.')),
        one("Wall cell", Brush::Glyph('#')),
        one("Start", Brush::Glyph('S')),
        one("Goal", Brush::Glyph('*')),
        one("Lava", Brush::Glyph('~')),
        one("Ice", Brush::Glyph('%')),
        glyphs("Key", "Key", &mut ('a'..='h')),
        glyphs("Door", "Door", &mut ('A'..='H')),
        Swatch {
            name: "One-way cell",
            kinds: ways.map(|(glyph, way)| (format!("One-way cell {way}"), Brush::Glyph(glyph))).collect(),
        },
        glyphs("TV", "TV", &mut ('0'..='9')),
        glyphs("Mark", "Mark", &mut ('i'..='z').filter(|c| *c != 'v')),
    ];
    if form == Form::ThinWalls {
        all.extend([
            one("Thin wall", Brush::Side(Separation::Wall)),
            one("No thin wall", Brush::Side(Separation::Open)),
            one("One-way passage", Brush::Side(Separation::OneWay)),
        ]);
    }
    all
}

fn minigrid() -> Vec<Swatch> {
    let colours = crate::envs::minigrid::cells::colour::NAMES;
    let named = |words: String| (capital(&words), Brush::Object(words));
    let coloured = |name: &'static str, thing: &str| Swatch {
        name,
        kinds: colours.iter().map(|colour| named(format!("{colour} {thing}"))).collect(),
    };
    let door = |colour: &&str, state: &str| {
        let words = format!("{state} {colour} door");
        // A door without a state is closed.
        (capital(&words), Brush::Object(words.trim_start_matches("closed ").to_string()))
    };
    let doors = colours.iter().flat_map(|colour| ["closed", "locked", "open"].map(|state| door(colour, state)));
    let plain = colours.iter().map(|colour| format!("{colour} box"));
    let hiding =
        |inner: &'static str| move |colour: &&'static str| colours.map(|other| format!("{colour} box with {other} {inner}"));
    let boxes = plain.chain(colours.iter().flat_map(hiding("key"))).chain(colours.iter().flat_map(hiding("ball")));
    let agent = ["east", "south", "west", "north"].iter().enumerate();
    vec![
        one("Empty", Brush::Object("empty".to_string())),
        Swatch { name: "Wall", kinds: ["grey"].iter().chain(&colours[..5]).map(|c| named(format!("{c} wall"))).collect() },
        one("Goal", Brush::Object("green goal".to_string())),
        one("Lava", Brush::Object("lava".to_string())),
        coloured("Floor", "floor"),
        Swatch { name: "Door", kinds: doors.collect() },
        coloured("Key", "key"),
        coloured("Ball", "ball"),
        Swatch { name: "Box", kinds: boxes.map(named).collect() },
        Swatch { name: "Agent", kinds: agent.map(|(way, name)| (format!("Agent facing {name}"), Brush::Agent(way))).collect() },
    ]
}

fn capital(words: &str) -> String {
    let mut rest = words.chars();
    rest.next().map_or(String::new(), |first| first.to_uppercase().chain(rest).collect())
}

/// A name within a sentence: letters of keys and doors stay as they are.
fn lowered(name: &str) -> String {
    if name.starts_with("TV") {
        return name.to_string();
    }
    let mut rest = name.chars();
    rest.next().map_or(String::new(), |first| first.to_lowercase().chain(rest).collect())
}

/// What a cell of a drawing has, in words.
pub fn words_of(drawing: &Drawing, glyph: char) -> String {
    if drawing.form == Form::MiniGrid {
        return super::legend::words_of(drawing, glyph).unwrap_or_else(|| format!("'{glyph}'"));
    }
    let all = self::drawing(drawing.form);
    let kinds = all.into_iter().flat_map(|swatch| swatch.kinds);
    let known = kinds.into_iter().find(|(_, brush)| *brush == Brush::Glyph(glyph));
    known.map_or_else(|| format!("'{glyph}'"), |(name, _)| lowered(&name))
}

/// How creatures that are added begin; what is None is what the game gives them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Birth {
    /// Health.
    pub health: Option<u32>,
    /// Cooldown of a zombie, reload of a skeleton, age of a plant, in steps.
    pub counter: Option<u32>,
    /// Direction of an arrow: left, right, up, down.
    pub facing: usize,
}

/// The name of the counter of a kind of creature, if it has one.
pub fn counter_of(kind: &str) -> Option<&'static str> {
    match kind.to_ascii_lowercase().as_str() {
        "zombie" => Some("cooldown"),
        "skeleton" => Some("reload"),
        "plant" => Some("grown"),
        _ => None,
    }
}

/// One step left, right, up and down.
pub const STEPS: [(i32, i32); 4] = [(-1, 0), (1, 0), (0, -1), (0, 1)];

impl Birth {
    /// The attributes of a creature in a scenario.
    pub fn attributes(&self, kind: &str) -> Map<String, Value> {
        let mut attributes = Map::new();
        let is_arrow = kind.eq_ignore_ascii_case("arrow");
        if let Some(health) = self.health.filter(|_| !is_arrow) {
            attributes.insert("health".to_string(), health.into());
        }
        if let (Some(counter), Some(name)) = (self.counter, counter_of(kind)) {
            attributes.insert(name.to_string(), counter.into());
        }
        if is_arrow {
            let (x, y) = STEPS[self.facing.min(STEPS.len() - 1)];
            attributes.insert("facing".to_string(), Value::Array(vec![x.into(), y.into()]));
        }
        attributes
    }
}

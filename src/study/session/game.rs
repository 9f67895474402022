//! The world that is played: exact steps, rows as traces have them, and its picture.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::agents::human;
use crate::envs::catalog::{Options, Source, load_source};
use crate::envs::{ColumnKind, Light, Picture, World};
use crate::error::{Error, Result};
use crate::sim::{Levels, Replay, Row, Worlds};
use crate::study::keys::noop_of;
use crate::study::plan::{PlayStage, Seeds};
use crate::traces::{FORMAT_PLAIN, Meta, ranges};

/// Pixels of a cell in the pictures: the size of the tiles.
const TILE: u32 = 16;
/// Before the names of items among the columns of a world.
const ITEM: &str = "inventory_";
/// Items that are vitals, in the order in which they are shown.
const VITALS: [&str; 4] = ["health", "food", "drink", "energy"];
/// Most that a player has of an item.
const ITEM_MAX: u32 = 9;

/// A world that is played.
#[derive(Debug)]
pub struct Game {
    /// The world.
    pub world: Arc<dyn World>,
    /// The row that was recorded last.
    pub row: Row,
    levels: Arc<Levels>,
    /// Seed of instance 0.
    seed: i64,
    /// The instances in the order in which they are played; episode k is of instance k of these, from the first again.
    order: Vec<u32>,
    /// Index in `order` of the instance of this episode.
    at: usize,
    replays: BTreeMap<u32, Replay>,
    map: bool,
}

impl Game {
    /// Begins the first episode of a stage for a participant with this seed.
    ///
    /// # Errors
    /// [`Error::World`] if the ruleset cannot be loaded; [`Error::Fault`]; [`Error::Usage`] for an impossible list of seeds.
    pub fn begin(stage: &PlayStage, participant_seed: i64) -> Result<Game> {
        let source = Source { id: stage.env.clone(), text: stage.ruleset.clone(), folder: None };
        let world = load_source(&source, &Options::default())?;
        let (seed, order) = match &stage.seeds {
            Seeds::Fixed(seed) => (*seed, vec![0]),
            Seeds::ByParticipant => (participant_seed, vec![0]),
            Seeds::List(seeds) => instances(seeds)?,
        };
        let levels = Arc::new(Levels::new(&*world, Worlds::Fresh, seed)?);
        let mut replays = BTreeMap::new();
        let row = begin_episode(&world, &levels, seed, order[0], &mut replays)?;
        Ok(Game { world, row, levels, seed, order, at: 0, replays, map: stage.shown.map })
    }

    /// What a trace says of the run.
    pub fn meta(&self) -> Meta {
        let spec = self.world.spec();
        let recorded: Vec<usize> = self.order.iter().map(|instance| *instance as usize).collect();
        Meta {
            format: FORMAT_PLAIN,
            program: env!("CARGO_PKG_VERSION").to_string(),
            id: spec.id.clone(),
            toml: spec.toml.clone(),
            seed: self.seed,
            reset: "off".to_string(),
            worlds: Worlds::Fresh.to_string(),
            agent: human::NAME.to_string(),
            num_envs: Some(recorded.iter().max().map_or(1, |most| *most as u64 + 1)),
            recorded: Some(ranges(&recorded)),
            ..Meta::default()
        }
    }

    fn replay(&mut self) -> Result<&mut Replay> {
        let gone = || Error::Usage("no episode".to_string());
        self.replays.get_mut(&self.order[self.at]).ok_or_else(gone)
    }

    /// Takes a step.
    ///
    /// # Errors
    /// [`Error::Usage`] for an action that the world does not have; [`Error::Fault`].
    pub fn step(&mut self, action: u32) -> Result<&Row> {
        self.row = self.replay()?.step(action)?;
        Ok(&self.row)
    }

    /// Begins the next episode.
    ///
    /// # Errors
    /// As [`Game::begin`].
    pub fn next_episode(&mut self) -> Result<&Row> {
        self.at = (self.at + 1) % self.order.len();
        self.row = begin_episode(&self.world, &self.levels, self.seed, self.order[self.at], &mut self.replays)?;
        Ok(&self.row)
    }

    /// Whether the episode is over.
    pub fn is_over(&self) -> bool {
        self.row.terminated || self.row.truncated
    }

    /// The action that does nothing, if the world has one.
    pub fn noop(&self) -> Option<u32> {
        noop_of(&self.world.spec().action_names)
    }

    /// The world's own columns of the row, by name, as JSON.
    pub fn state_json(&self) -> String {
        let columns = &self.world.spec().columns;
        let value = |c: usize, word: u32| match columns[c].kind {
            ColumnKind::U8 | ColumnKind::U16 | ColumnKind::U32 => Value::from(word),
            ColumnKind::I32 => Value::from(word.cast_signed()),
            ColumnKind::Bool => Value::from(word != 0),
            ColumnKind::F32 => Value::from(f64::from(f32::from_bits(word))),
            ColumnKind::Text => Value::from(self.world.text(c, word)),
        };
        let pairs = self.row.columns.iter().enumerate().map(|(c, word)| (columns[c].name.clone(), value(c, *word)));
        Value::Object(pairs.collect::<Map<_, _>>()).to_string()
    }

    /// The picture that is shown.
    ///
    /// # Errors
    /// [`Error::Data`] if it cannot be drawn.
    pub fn picture(&mut self) -> Result<Picture> {
        let whole_map = self.map;
        let mut drawn = Err("nothing was drawn".to_string());
        self.replay()?.look(&mut |world, block| {
            drawn = if whole_map {
                world.draw_map(0, block, TILE, Light::Now)
            } else {
                world.draw_view(0, block, TILE, Light::Now).map(|picture| without_inventory(world, picture))
            };
        });
        drawn.map_err(Error::Data)
    }

    /// Name, count and highest count of what the player has, vitals first; and the number of vitals.
    pub fn items(&self) -> (Vec<(String, u32, u32)>, usize) {
        let named = self.world.spec().columns.iter().zip(&self.row.columns);
        let items = named.filter_map(|(column, count)| Some((column.name.strip_prefix(ITEM)?, *count)));
        let (mut vitals, mut others) = (Vec::new(), Vec::new());
        for (name, count) in items {
            let list = if VITALS.contains(&name) { &mut vitals } else { &mut others };
            list.push((name.to_string(), count, ITEM_MAX));
        }
        let n = vitals.len();
        vitals.extend(others);
        (vitals, n)
    }

    /// The mission, in worlds that have one.
    pub fn mission(&self) -> Option<String> {
        let c = self.world.spec().columns.iter().position(|column| column.name == "mission")?;
        Some(self.world.text(c, *self.row.columns.get(c)?))
    }

    /// Each achievement, and whether it was unlocked in this episode.
    ///
    /// # Errors
    /// [`Error::Usage`] without an episode.
    pub fn achievements(&mut self) -> Result<Vec<(String, bool)>> {
        let names = self.world.spec().achievements.clone();
        let mut unlocked = 0;
        self.replay()?.look(&mut |world, block| unlocked = world.unlocked(0, block));
        Ok(names.into_iter().enumerate().map(|(a, name)| (name, unlocked >> a & 1 == 1)).collect())
    }
}

/// Seed of instance 0, and the instances with these seeds.
fn instances(seeds: &[i64]) -> Result<(i64, Vec<u32>)> {
    let wrong = || Error::Usage("seeds of a list lie less than 2^31 apart".to_string());
    let least = seeds.iter().min().copied().ok_or_else(|| Error::Usage("a list of seeds is empty".to_string()))?;
    let instance = |seed: &i64| seed.checked_sub(least).and_then(|apart| i32::try_from(apart).ok()).map(i32::cast_unsigned);
    let order = seeds.iter().map(instance).collect::<Option<Vec<u32>>>().ok_or_else(wrong)?;
    Ok((least, order))
}

fn begin_episode(
    world: &Arc<dyn World>,
    levels: &Arc<Levels>,
    seed: i64,
    instance: u32,
    replays: &mut BTreeMap<u32, Replay>,
) -> Result<Row> {
    let new = || Replay::new(world.clone(), levels.clone(), seed, instance as usize);
    replays.entry(instance).or_insert_with(new).reset(None)
}

/// Crafter draws the inventory below the map; here it has a place of its own.
fn without_inventory(world: &dyn World, mut picture: Picture) -> Picture {
    let rows = world.spec().obs_parts.iter().find(|(name, ..)| name == "view").map(|(_, shape, _)| shape[0] as u32 * TILE);
    if let Some(rows) = rows.filter(|rows| *rows < picture.height) {
        picture.height = rows;
        picture.rgba.truncate((picture.width * rows * 4) as usize);
    }
    picture
}

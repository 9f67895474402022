//! Go-Explore, its first phase (Ecoffet, Huizinga, Lehman, Stanley and Clune 2021, "First return, then explore").
//!
//! An archive holds cells: states that have the same key. Every instance returns to a cell by putting its state back, explores from
//! there with random actions that tend to repeat, adds the cells that it comes across, and returns again. A world is a function of its
//! seed and the actions, so a way is its actions: they alone are kept over a checkpoint, and a trace of them can be verified.

mod archive;
mod weights;

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use self::archive::{Archive, Taken, Worth, history, text};
use super::driver::{Driver, look};
use super::options::within;
use crate::envs::shared::key::{Key, KeyPart};
use crate::envs::{Core, World};
use crate::error::{Error, Result};
use crate::shaders::shared::chance::{Chance, at_least};
use crate::shaders::shared::keyed::Keyed;
use crate::sim::{Batch, InstanceState, Levels, Origin, Replay, ResetMode, StepView};

pub const NAME: &str = "go-explore";
/// Sets the agent's key apart from those of worlds and of other agents.
const KEY: [u32; 2] = [0x676f_2d65, 0x7870_6c6f];
/// Whose draws: the action's, or the choice of a cell's.
const ACTION: u32 = 0;
const CELL: u32 = 1;
/// Limits of the options.
const MAX_CELLS: usize = 10_000_000;
const MAX_STEPS: u32 = 1_000_000;
const MAX_FRONTIER: u32 = 4;

/// What can be set, with its defaults.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// What makes a cell; the family's own if it is left out.
    pub key: Option<Key>,
    /// Steps of an excursion.
    pub explore_steps: u32,
    /// Probability that an action is that of the step before.
    pub repeat: f64,
    /// Cells that the archive holds; a full one gives up the least promising for a more promising one.
    pub max_cells: usize,
    /// Cells are chosen with weight (1 + achievements)^frontier / sqrt(times chosen + 1).
    pub frontier: u32,
}

impl Default for Options {
    fn default() -> Options {
        Options { key: None, explore_steps: 40, repeat: 0.3, max_cells: 10_000, frontier: 4 }
    }
}

impl Options {
    /// With the key of the world's family, checked.
    ///
    /// # Errors
    /// [`Error::Usage`] with the option that cannot be meant.
    pub fn resolve(self, world: &dyn World) -> Result<Options> {
        let key = self.key.unwrap_or_else(|| world.default_keys().archive);
        world.check_key(key).map_err(|why| Error::Usage(format!("agent {NAME}: key: {why}")))?;
        within(NAME, "explore_steps", self.explore_steps, 1, MAX_STEPS)?;
        within(NAME, "repeat", self.repeat, 0.0, 1.0)?;
        within(NAME, "max_cells", self.max_cells, 1, MAX_CELLS)?;
        within(NAME, "frontier", self.frontier, 0, MAX_FRONTIER)?;
        let actions = world.spec().num_actions();
        within(NAME, "number of actions", actions, 1, u32::from(u8::MAX) + 1)?;
        let achievements = world.spec().achievements.len();
        within(NAME, "number of achievements", achievements, 0, u64::BITS as usize)?;
        Ok(Options { key: Some(key), ..self })
    }
}

/// An instance on its way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Walk {
    world: u32,
    #[serde(skip)]
    history: Vec<u8>,
    /// Steps left of the excursion.
    left: u32,
}

/// The best that any excursion came to: its reward, the step of the batch at which it did, its world and the length of its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Best {
    total: i64,
    at: u64,
    world: u32,
    steps: usize,
}

/// What is looked at after a step.
struct Arrival {
    key: u64,
    step: StepView,
    /// A bit an achievement.
    unlocked: u64,
}

/// The agent.
#[derive(Debug)]
pub struct GoExplore {
    world: Arc<dyn World>,
    options: Options,
    key: Key,
    seed: u64,
    archive: Archive,
    /// `[n]`; empty before the first step.
    walks: Vec<Walk>,
    excursions: u64,
    /// For each achievement, the steps of the whole batch after which it was first unlocked.
    first: Vec<Option<u64>>,
    best: Option<Best>,
}

impl GoExplore {
    /// # Errors
    /// As [`Options::resolve`].
    pub fn new(world: &Arc<dyn World>, seed: u64, options: Options) -> Result<GoExplore> {
        let options = options.resolve(&**world)?;
        Ok(GoExplore {
            key: options.key.unwrap_or(Key::of(&[KeyPart::Full])),
            archive: Archive::new(options.max_cells, options.frontier),
            walks: Vec::new(),
            excursions: 0,
            first: vec![None; world.spec().achievements.len()],
            best: None,
            world: world.clone(),
            options,
            seed,
        })
    }

    /// The draws of instance `i` at a step of the batch.
    fn stream(&self, i: usize, step: u64, whose: u32) -> Keyed {
        let key = [KEY[0] ^ self.seed as u32, KEY[1] ^ (self.seed >> 32) as u32];
        Keyed::new(key, i as u32, step as u32, ((step >> 32) as u32) << 1 | whose)
    }

    /// The first states are the first cells.
    fn begin(&mut self, batch: &mut Batch) -> Result<()> {
        let walk = |i: usize| Walk { world: i as u32, history: Vec::new(), left: self.options.explore_steps };
        self.walks = (0..batch.len()).map(walk).collect();
        let arrivals = self.look(batch)?;
        self.arrive(batch, &arrivals)
    }

    fn look(&self, batch: &mut Batch) -> Result<Vec<Arrival>> {
        let (key, n) = (self.key, self.first.len());
        look(batch, |work, i| {
            let mut counts = [0; u64::BITS as usize];
            work.world.achievements(i, &work.block, &mut counts[..n]);
            let unlocked = counts.iter().enumerate().fold(0, |bits, (a, count)| bits | u64::from(*count > 0) << a);
            Arrival { key: work.world.key(key, i, &work.block), step: work.step_view(i), unlocked }
        })
    }

    /// Cells that arrivals are new or better ways to are put into the archive, instances in order.
    fn arrive(&mut self, batch: &Batch, arrivals: &[Arrival]) -> Result<()> {
        let at = batch.steps() * batch.len() as u64;
        // Of cells that several arrivals change, the last one counts.
        let mut changed: BTreeMap<usize, usize> = BTreeMap::new();
        for (i, arrival) in arrivals.iter().enumerate() {
            let (walk, total) = (&self.walks[i], arrival.step.total);
            let worth = Worth { total, steps: walk.history.len(), achievements: arrival.unlocked.count_ones() };
            self.first.iter_mut().enumerate().filter(|(a, _)| arrival.unlocked >> a & 1 == 1).for_each(|(_, first)| {
                first.get_or_insert(at);
            });
            if self.best.is_none_or(|best| total > best.total) {
                self.best = Some(Best { total, at, world: walk.world, steps: walk.history.len() });
            }
            if arrival.step.flags & Core::DONE != 0 {
                continue;
            }
            if let Taken::At(place) = self.archive.arrive(arrival.key, &worth) {
                let origin = Origin { world: walk.world, history: walk.history.clone() };
                self.archive.put(place, arrival.key, worth, origin, InstanceState::default());
                changed.insert(place, i);
            }
        }
        let instances: Vec<usize> = changed.values().copied().collect();
        for (place, state) in changed.keys().zip(batch.instance_states(&instances)?) {
            self.archive.cells[*place].moment = state;
        }
        Ok(())
    }

    /// Sends back whoever has ended.
    fn send_back(&mut self, batch: &mut Batch, arrivals: &[Arrival]) -> Result<()> {
        let mut chosen = Vec::new();
        for (i, arrival) in arrivals.iter().enumerate() {
            if self.walks[i].left > 0 && arrival.step.flags & Core::DONE == 0 {
                continue;
            }
            let random = self.stream(i, batch.steps(), CELL).uniform53();
            let place = self.archive.choose(random);
            let Origin { world, history } = self.archive.cells[place].origin.clone();
            self.walks[i] = Walk { world, history, left: self.options.explore_steps };
            self.excursions += 1;
            chosen.push((i, place));
        }
        let cell = |(i, place): &(usize, usize)| {
            let cell = &self.archive.cells[*place];
            (*i, &cell.moment, &cell.origin)
        };
        batch.restore_states(&chosen.iter().map(cell).collect::<Vec<_>>())
    }

    /// What every instance does next: with probability `repeat` what it did before on this excursion, else anything.
    fn actions(&self, step: u64) -> Vec<u32> {
        let (n, repeat) = (self.world.spec().num_actions(), at_least(self.options.repeat));
        let choose = |(i, walk): (usize, &Walk)| {
            let mut stream = self.stream(i, step, ACTION);
            let again = stream.uniform53() < repeat && walk.left < self.options.explore_steps;
            let last = walk.history.last().filter(|_| again);
            last.map_or_else(|| stream.randint(n), |action| u32::from(*action))
        };
        self.walks.iter().enumerate().map(choose).collect()
    }

    /// Goes the ways, each from the first state of its world.
    fn moments(&self, batch: &Batch, origins: &[Origin]) -> Result<Vec<InstanceState>> {
        let config = batch.config();
        let levels = Arc::new(Levels::new(&*self.world, config.worlds, config.seed)?);
        let go = |origin: &Origin| {
            let mut replay = Replay::new(self.world.clone(), levels.clone(), config.seed, origin.world as usize);
            replay.reset(config.scenario.as_deref())?;
            origin.history.iter().try_for_each(|action| replay.step(u32::from(*action)).map(|_| ()))?;
            Ok(replay.instance_state())
        };
        origins.par_iter().map(go).collect()
    }
}

impl Driver for GoExplore {
    fn name(&self) -> &'static str {
        NAME
    }

    fn advance(&mut self, batch: &mut Batch, n_steps: u64) -> Result<()> {
        if self.walks.is_empty() {
            self.begin(batch)?;
        }
        for _ in 0..n_steps {
            let actions = self.actions(batch.steps());
            batch.step(&actions)?;
            for (walk, action) in self.walks.iter_mut().zip(&actions) {
                walk.history.push(*action as u8);
                walk.left -= 1;
            }
            let arrivals = self.look(batch)?;
            self.arrive(batch, &arrivals)?;
            self.send_back(batch, &arrivals)?;
        }
        Ok(())
    }

    fn reset_mode(&self) -> Option<ResetMode> {
        Some(ResetMode::Off)
    }

    fn save(&self) -> Value {
        let histories: Vec<String> = self.walks.iter().map(|walk| text(&walk.history)).collect();
        json!({
            "archive": self.archive.save(), "walks": self.walks, "histories": histories, "excursions": self.excursions,
            "first": self.first, "best": self.best,
        })
    }

    fn load(&mut self, batch: &Batch, saved: &Value) -> Result<()> {
        let odd = |what: &str| Error::Data(format!("checkpoint: {NAME}: {what} cannot be read"));
        let mut archive = Archive::new(self.options.max_cells, self.options.frontier);
        archive.load(&saved["archive"], |origins| self.moments(batch, origins))?;
        let mut walks: Vec<Walk> = serde_json::from_value(saved["walks"].clone()).map_err(|_| odd("walks"))?;
        let histories: Vec<String> = serde_json::from_value(saved["histories"].clone()).map_err(|_| odd("histories"))?;
        let first: Vec<Option<u64>> = serde_json::from_value(saved["first"].clone()).map_err(|_| odd("first"))?;
        if walks.len() != histories.len() || !(walks.is_empty() || walks.len() == batch.len()) || first.len() != self.first.len()
        {
            return Err(odd("number of walks"));
        }
        walks.iter_mut().zip(&histories).for_each(|(walk, saved)| walk.history = history(saved));
        self.excursions = saved["excursions"].as_u64().ok_or_else(|| odd("excursions"))?;
        self.best = serde_json::from_value(saved["best"].clone()).map_err(|_| odd("best"))?;
        (self.archive, self.walks, self.first) = (archive, walks, first);
        Ok(())
    }

    fn report(&self) -> Vec<(String, Value)> {
        let spec = self.world.spec();
        let named = spec.achievements.iter().zip(&self.first);
        let unlocked: serde_json::Map<String, Value> =
            named.filter_map(|(name, first)| Some((name.clone(), json!(first.as_ref()?)))).collect();
        let mut report = vec![
            ("cells".to_string(), json!(self.archive.cells.len())),
            ("max_cells".to_string(), json!(self.options.max_cells)),
            ("cells_improved".to_string(), json!(self.archive.improved)),
            ("cells_replaced".to_string(), json!(self.archive.replaced)),
            ("cells_refused".to_string(), json!(self.archive.refused)),
            ("excursions".to_string(), json!(self.excursions)),
        ];
        if let Some(best) = self.best {
            report.push(("best_return".to_string(), json!(best.total as f64 / f64::from(spec.reward_denominator))));
            report.push(("best_return_at".to_string(), json!(best.at)));
            report.push(("best_return_steps".to_string(), json!(best.steps)));
        }
        if !spec.achievements.is_empty() {
            report.push(("achievements_unlocked".to_string(), json!(unlocked.len())));
            report.push(("first_unlocked_at".to_string(), Value::Object(unlocked)));
        }
        report
    }
}

//! The first phase of Go-Explore (Ecoffet, Huizinga, Lehman, Stanley and Clune 2021, "First return, then explore").
//!
//! An archive holds cells; a cell stands for all states with the same key. Every instance returns to a cell by restoring its state,
//! explores from there with random actions that tend to repeat, adds the cells that it visits to the archive, and returns to another cell.
//! A world is a function of its seed and the actions, so a trajectory is stored as its actions. A checkpoint contains the actions and
//! not the states, and a trace of the actions can be verified.

mod archive;
mod weights;

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use self::archive::{Archive, CellScore, Placement, history, text};
use super::driver::{Driver, look};
use super::options::within;
use crate::envs::shared::key::{Key, KeyPart};
use crate::envs::{Core, World};
use crate::error::{Error, Result};
use crate::shaders::shared::chance::{Chance, at_least};
use crate::shaders::shared::keyed::Keyed;
use crate::sim::{Batch, InstanceState, Levels, Origin, Replay, ResetMode, StepView};

/// Name of this agent after `--agent`.
pub const NAME: &str = "go-explore";
/// Part of the key of the agent's random stream. It differs from those of worlds and of other agents.
const KEY: [u32; 2] = [0x676f_2d65, 0x7870_6c6f];
/// Purpose of a draw: an action, or the selection of a cell.
const ACTION: u32 = 0;
const CELL: u32 = 1;
/// Limits of the options.
const MAX_CELLS: usize = 10_000_000;
const MAX_STEPS: u32 = 1_000_000;
const MAX_FRONTIER: u32 = 4;

/// Options, with their defaults.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// The key of a cell; None for the default of the family.
    pub key: Option<Key>,
    /// Number of steps of an excursion.
    pub explore_steps: u32,
    /// Probability that an action is that of the step before.
    pub repeat: f64,
    /// Most cells in the archive. If it is full, a new cell replaces the cell with the least weight, if its own weight is larger.
    pub max_cells: usize,
    /// Cells are selected with weight (1 + achievements)^frontier / sqrt(times selected + 1).
    pub frontier: u32,
}

impl Default for Options {
    fn default() -> Options {
        Options { key: None, explore_steps: 40, repeat: 0.3, max_cells: 10_000, frontier: 4 }
    }
}

impl Options {
    /// Checks the options and fills in the default key of the world's family.
    ///
    /// # Errors
    /// [`Error::Usage`] with the invalid option.
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

/// The current excursion of an instance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Excursion {
    world: u32,
    #[serde(skip)]
    history: Vec<u8>,
    /// Number of steps left in the excursion.
    left: u32,
}

/// The largest return of any trajectory, the steps of the whole batch after which it was reached, the world of the trajectory and its
/// number of steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Best {
    total: i64,
    at: u64,
    world: u32,
    steps: usize,
}

/// The cell that an instance is in after a step.
struct CellVisit {
    key: u64,
    step: StepView,
    /// One bit an achievement.
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
    current: Vec<Excursion>,
    excursions: u64,
    /// For each achievement, the steps of the whole batch after which it was first unlocked.
    first: Vec<Option<u64>>,
    best: Option<Best>,
}

impl GoExplore {
    /// An agent with an empty archive; options need not be resolved.
    ///
    /// # Errors
    /// As [`Options::resolve`].
    pub fn new(world: &Arc<dyn World>, seed: u64, options: Options) -> Result<GoExplore> {
        let options = options.resolve(&**world)?;
        Ok(GoExplore {
            key: options.key.unwrap_or(Key::of(&[KeyPart::Full])),
            archive: Archive::new(options.max_cells, options.frontier),
            current: Vec::new(),
            excursions: 0,
            first: vec![None; world.spec().achievements.len()],
            best: None,
            world: world.clone(),
            options,
            seed,
        })
    }

    /// The random stream of instance `i` at a step of the batch.
    fn stream(&self, i: usize, step: u64, whose: u32) -> Keyed {
        let key = [KEY[0] ^ self.seed as u32, KEY[1] ^ (self.seed >> 32) as u32];
        Keyed::new(key, i as u32, step as u32, ((step >> 32) as u32) << 1 | whose)
    }

    /// Adds the first states to the archive.
    fn begin(&mut self, batch: &mut Batch) -> Result<()> {
        let excursion = |i: usize| Excursion { world: i as u32, history: Vec::new(), left: self.options.explore_steps };
        self.current = (0..batch.len()).map(excursion).collect();
        let visits = self.look(batch)?;
        self.update_archive(batch, &visits)
    }

    fn look(&self, batch: &mut Batch) -> Result<Vec<CellVisit>> {
        let (key, n) = (self.key, self.first.len());
        look(batch, |work, i| {
            let mut counts = [0; u64::BITS as usize];
            work.world.achievements(i, &work.block, &mut counts[..n]);
            let unlocked = counts.iter().enumerate().fold(0, |bits, (a, count)| bits | u64::from(*count > 0) << a);
            CellVisit { key: work.world.key(key, i, &work.block), step: work.step_view(i), unlocked }
        })
    }

    /// Puts new cells, and better trajectories to known cells, into the archive, in the order of the instances.
    fn update_archive(&mut self, batch: &Batch, visits: &[CellVisit]) -> Result<()> {
        let at = batch.steps() * batch.len() as u64;
        // If several visits change a cell, the last one counts.
        let mut changed: BTreeMap<usize, usize> = BTreeMap::new();
        for (i, visit) in visits.iter().enumerate() {
            let (excursion, total) = (&self.current[i], visit.step.total);
            let score = CellScore { total, steps: excursion.history.len(), achievements: visit.unlocked.count_ones() };
            self.first.iter_mut().enumerate().filter(|(a, _)| visit.unlocked >> a & 1 == 1).for_each(|(_, first)| {
                first.get_or_insert(at);
            });
            if self.best.is_none_or(|best| total > best.total) {
                self.best = Some(Best { total, at, world: excursion.world, steps: excursion.history.len() });
            }
            if visit.step.flags & Core::DONE != 0 {
                continue;
            }
            if let Placement::At(place) = self.archive.visit(visit.key, &score) {
                let origin = Origin { world: excursion.world, history: excursion.history.clone() };
                self.archive.put(place, visit.key, score, origin, InstanceState::default());
                changed.insert(place, i);
            }
        }
        let instances: Vec<usize> = changed.values().copied().collect();
        for (place, state) in changed.keys().zip(batch.instance_states(&instances)?) {
            self.archive.cells[*place].state = state;
        }
        Ok(())
    }

    /// Restores a cell of the archive in each instance whose excursion or episode has ended.
    fn restore_ended(&mut self, batch: &mut Batch, visits: &[CellVisit]) -> Result<()> {
        let mut chosen = Vec::new();
        for (i, visit) in visits.iter().enumerate() {
            if self.current[i].left > 0 && visit.step.flags & Core::DONE == 0 {
                continue;
            }
            let random = self.stream(i, batch.steps(), CELL).uniform53();
            let place = self.archive.choose(random);
            let Origin { world, history } = self.archive.cells[place].origin.clone();
            self.current[i] = Excursion { world, history, left: self.options.explore_steps };
            self.excursions += 1;
            chosen.push((i, place));
        }
        let cell = |(i, place): &(usize, usize)| {
            let cell = &self.archive.cells[*place];
            (*i, &cell.state, &cell.origin)
        };
        batch.restore_states(&chosen.iter().map(cell).collect::<Vec<_>>())
    }

    /// Returns the next action of every instance: with probability `repeat` its last action in this excursion, else a random one.
    fn actions(&self, step: u64) -> Vec<u32> {
        let (n, repeat) = (self.world.spec().num_actions(), at_least(self.options.repeat));
        let choose = |(i, excursion): (usize, &Excursion)| {
            let mut stream = self.stream(i, step, ACTION);
            let again = stream.uniform53() < repeat && excursion.left < self.options.explore_steps;
            let last = excursion.history.last().filter(|_| again);
            last.map_or_else(|| stream.randint(n), |action| u32::from(*action))
        };
        self.current.iter().enumerate().map(choose).collect()
    }

    /// Returns the states at the ends of histories. Each is replayed from the first state of its world.
    fn instance_states(&self, batch: &Batch, origins: &[Origin]) -> Result<Vec<InstanceState>> {
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
        if self.current.is_empty() {
            self.begin(batch)?;
        }
        for _ in 0..n_steps {
            let actions = self.actions(batch.steps());
            batch.step(&actions)?;
            for (excursion, action) in self.current.iter_mut().zip(&actions) {
                excursion.history.push(*action as u8);
                excursion.left -= 1;
            }
            let visits = self.look(batch)?;
            self.update_archive(batch, &visits)?;
            self.restore_ended(batch, &visits)?;
        }
        Ok(())
    }

    fn reset_mode(&self) -> Option<ResetMode> {
        Some(ResetMode::Off)
    }

    fn save(&self) -> Value {
        let histories: Vec<String> = self.current.iter().map(|excursion| text(&excursion.history)).collect();
        json!({
            "archive": self.archive.save(), "walks": self.current, "histories": histories, "excursions": self.excursions,
            "first": self.first, "best": self.best,
        })
    }

    fn load(&mut self, batch: &Batch, saved: &Value) -> Result<()> {
        let odd = |what: &str| Error::Data(format!("checkpoint: {NAME}: {what} cannot be read"));
        let mut archive = Archive::new(self.options.max_cells, self.options.frontier);
        archive.load(&saved["archive"], |origins| self.instance_states(batch, origins))?;
        let mut current: Vec<Excursion> = serde_json::from_value(saved["walks"].clone()).map_err(|_| odd("walks"))?;
        let histories: Vec<String> = serde_json::from_value(saved["histories"].clone()).map_err(|_| odd("histories"))?;
        let first: Vec<Option<u64>> = serde_json::from_value(saved["first"].clone()).map_err(|_| odd("first"))?;
        if current.len() != histories.len()
            || !(current.is_empty() || current.len() == batch.len())
            || first.len() != self.first.len()
        {
            return Err(odd("number of walks"));
        }
        current.iter_mut().zip(&histories).for_each(|(excursion, saved)| excursion.history = history(saved));
        self.excursions = saved["excursions"].as_u64().ok_or_else(|| odd("excursions"))?;
        self.best = serde_json::from_value(saved["best"].clone()).map_err(|_| odd("best"))?;
        (self.archive, self.current, self.first) = (archive, current, first);
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

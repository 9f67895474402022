//! Recomputes the values of bonuses: a batch takes the recorded actions and computes the bonuses again.
//!
//! If instances share the counts of a bonus, its values depend on the actions of all instances. They can be recomputed only if all
//! instances were recorded. The values of other bonuses depend on one instance alone.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use arrow_array::{Array, Float64Array};

use super::collected::Collected;
use super::format::{TOTAL, bonus_columns};
use super::order::Common;
use super::parts::{PartFile, RowChunk};
use super::player::{Cause, worlds};
use super::recorded::Recorded;
use super::replay::Replays;
use super::room;
use crate::bonus::{BonusConfig, Bonuses, REVISION};
use crate::envs::Core;
use crate::error::{Error, Result};
use crate::shaders::bonus::ONE;
use crate::sim::{Batch, Config, Origin, ResetMode, Row, StepPlugin};

/// If not all instances were recorded, the batch consists of those up to the last recorded one. It may have this many for each recorded
/// one.
const MAX_ALONG: usize = 64;
/// Bytes of memory for a waiting row.
const ROW_BYTES: u64 = 160;

/// A recorded row that waits until the batch takes its step.
#[derive(Debug)]
struct Waiting {
    row: u64,
    cause: Cause,
    /// The recorded values, by column. Empty where an episode begins.
    paid: Vec<f64>,
}

/// A bonus column. `left_out` is the reason why it is not compared, if it is not.
#[derive(Clone, Debug)]
pub struct Column {
    pub name: String,
    pub left_out: Option<String>,
}

/// Recomputes the bonuses of a run.
#[derive(Debug)]
pub struct Recompute {
    batch: Batch,
    replays: Replays,
    columns: Vec<Column>,
    /// For each column, whether its values are floats within a bound, which another backend may have computed differently.
    inexact: Vec<bool>,
    waiting: BTreeMap<u32, VecDeque<Waiting>>,
    part: Option<PartFile>,
    /// Collects the values of one instance. If it is set, nothing is compared.
    collected: Option<Collected>,
}

/// Returns the bonus columns of a run, and the recomputation of those that can be recomputed. It is None if no column can be.
///
/// # Errors
/// [`Error::Limit`] or others if the batch cannot be created.
pub fn of(run: &Recorded) -> Result<(Vec<Column>, Option<Recompute>)> {
    let Some(meta) = run.meta().filter(|meta| !meta.bonuses.is_empty()) else { return Ok((Vec::new(), None)) };
    let there = run.parts[0].schema();
    let names = bonus_columns(&meta.bonuses).into_iter().chain([TOTAL.to_string()]);
    let mut columns: Vec<Column> = names.map(|name| Column { name, left_out: None }).collect();
    let leave_out = |columns: &mut [Column], why: &str| {
        columns.iter_mut().filter(|c| c.left_out.is_none()).for_each(|c| c.left_out = Some(why.to_string()));
    };
    let (Some(note), Some(recorded), Some(n), Some(world)) = (&meta.bonus, meta.recorded(), meta.num_envs, &run.world) else {
        // A file without a note has the column names of an older version, so they are taken from the file.
        let old = there.fields().iter().map(|field| field.name()).filter(|name| super::format::is_of_bonus(name));
        let why = "a file of an older version, which does not say how bonuses were set; run its run.toml again";
        return Ok((old.map(|name| Column { name: name.clone(), left_out: Some(why.to_string()) }).collect(), None));
    };
    let config = serde_json::from_value::<BonusConfig>(note.config.clone()).ok().filter(|_| note.revision == REVISION);
    let bonuses = config.and_then(|config| Bonuses::new(world, &config).ok()).map(Arc::new);
    let Some(bonuses) = bonuses.filter(|bonuses| bonuses.config().names() == meta.bonuses) else {
        leave_out(&mut columns, "this version of the program works these bonuses out in another way, or not at all");
        return Ok((columns, None));
    };
    let all = recorded.len() as u64 == n;
    let envs = if all { recorded.len() } else { recorded.last().map_or(0, |last| *last as usize + 1) };
    if envs == 0 || envs > MAX_ALONG * recorded.len() {
        leave_out(&mut columns, "too few of the instances were recorded; run its run.toml again");
    }
    let last = columns.len() - 1;
    for (b, column) in columns[..last].iter_mut().enumerate().filter(|(b, _)| !all && bonuses.shares(*b)) {
        column.left_out.get_or_insert(format!(
            "instances share the counts of {}, and not all were recorded; run its run.toml again",
            meta.bonuses[b]
        ));
    }
    if bonuses.config().is_chosen() {
        columns[last].left_out.get_or_insert("airs chose the bonus of each round; run its run.toml again".to_string());
    } else if let Some(why) = columns[..last].iter().find_map(|column| column.left_out.clone()) {
        columns[last].left_out.get_or_insert(why);
    }
    if columns.iter().all(|column| column.left_out.is_some()) {
        return Ok((columns, None));
    }
    let mut inexact: Vec<bool> = (0..last).map(|b| !bonuses.config().is_exact_at(b)).collect();
    inexact.push(!bonuses.config().is_exact());
    let reset: ResetMode = meta.reset.parse().map_err(|why: String| run.parts[0].wrong(why))?;
    let prefixes = meta.checked_prefixes().map_err(|why| run.parts[0].wrong(why))?.below(envs as u32);
    let config = Config {
        num_envs: envs,
        seed: meta.seed,
        reset,
        worlds: worlds(meta).map_err(|why| run.parts[0].wrong(why))?,
        record: recorded.iter().map(|i| *i as usize).collect(),
        scenario: meta.scenario.clone().map(Arc::new),
        prefixes: Arc::new(prefixes),
        plugin: Some(bonuses as Arc<dyn StepPlugin>),
        ..Config::default()
    };
    room::check("instances", envs as u64, 8 * crate::sim::Replay::words(&**world) as u64)?;
    let batch = Batch::new(world.clone(), config)?;
    let replays = Replays::new(run)?;
    let shown = columns.clone();
    Ok((shown, Some(Recompute { batch, replays, columns, inexact, waiting: BTreeMap::new(), part: None, collected: None })))
}

impl Recompute {
    /// Adds the next rows. The rows of a part are recomputed when all of them have been added.
    ///
    /// # Errors
    /// [`Error::Data`] with the first value that differs.
    pub fn take(&mut self, piece: &RowChunk, common: &Common) -> Result<()> {
        if self.part.as_ref().is_none_or(|part| part.path != piece.part.path) {
            if self.part.is_some() {
                self.catch_up()?;
            }
            room::check("rows", piece.part.rows, ROW_BYTES)?;
            self.part = Some(piece.part.clone());
        }
        let mut values: Vec<&Float64Array> = Vec::new();
        for column in &self.columns {
            let array = piece.rows.column_by_name(&column.name).and_then(|c| c.as_primitive_opt::<Float64Type>());
            values.push(array.ok_or_else(|| piece.part.wrong(format!("column '{}' is missing", column.name)))?);
        }
        for k in 0..piece.rows.num_rows() {
            let paid = values.iter().filter(|array| array.is_valid(k)).map(|array| array.value(k)).collect();
            let waiting = Waiting { row: piece.first + k as u64, cause: Cause::of(common, k), paid };
            self.waiting.entry(common.instance.value(k)).or_default().push_back(waiting);
        }
        Ok(())
    }

    /// Collects the values of `instance` from the first row on. Nothing is compared.
    pub fn collect(&mut self, instance: u32) {
        self.collected = Some(Collected::new(instance));
    }

    /// Returns the values of row `row` of the collected instance, one for each column. None if the row has no values.
    ///
    /// # Errors
    /// [`Error::Usage`] if the row was not recomputed.
    pub fn collected(&self, row: u64) -> Result<Option<Vec<f64>>> {
        let values = self.collected.as_ref().map_or(Ok(None), |collected| collected.of(row, self.columns.len()))?;
        Ok(values.map(|values| values.iter().map(|raw| f64::from(*raw) / f64::from(ONE)).collect()))
    }

    /// Whether all backends compute the same values of column `c`, bit for bit.
    pub fn is_exact(&self, c: usize) -> bool {
        !self.inexact[c]
    }

    /// Recomputes the remaining rows. Returns the columns, each with the reason if it was not compared.
    ///
    /// # Errors
    /// As [`Recompute::take`].
    pub fn finish(mut self) -> Result<Vec<Column>> {
        self.catch_up()?;
        Ok(self.columns)
    }

    /// Recomputes the added rows until an instance has none left.
    ///
    /// # Errors
    /// As [`Recompute::take`].
    pub fn catch_up(&mut self) -> Result<()> {
        let begun = self.batch.take_rows();
        self.compare(begun)?;
        self.restore_state()?;
        while self.waiting.values().any(|rows| !rows.is_empty()) && self.step()? {}
        Ok(())
    }

    /// Takes one step of the batch. Returns false if a recorded instance has no row for it, because the recording ends there.
    fn step(&mut self) -> Result<bool> {
        let flags: Vec<u32> = self.batch.core()?.chunks_exact(Core::WORDS).map(|core| core[Core::FLAGS]).collect();
        let over = |i: u32| self.batch.config().reset != ResetMode::SameStep && flags[i as usize] & Core::DONE != 0;
        let mut actions = vec![0; self.batch.len()];
        for (i, rows) in &self.waiting {
            match rows.front().map(|waiting| &waiting.cause) {
                Some(Cause::Action(action)) => actions[*i as usize] = *action,
                _ if over(*i) => {}
                None => return Ok(false),
                Some(_) => return Err(self.parted(*i, "the recorded episode begins where this one goes on")),
            }
        }
        if let Err(why) = self.batch.step(&actions) {
            return Err(self.wrong(format!("bonuses cannot be worked out again: {why}")));
        }
        let rows = self.batch.take_rows();
        self.compare(rows)?;
        self.restore_state()?;
        Ok(true)
    }

    fn compare(&mut self, rows: Vec<Row>) -> Result<()> {
        for row in rows {
            let next = self.waiting.get_mut(&row.instance).and_then(VecDeque::pop_front);
            let Some(waiting) = next else { return Err(self.parted(row.instance, "a row is missing")) };
            if let Some(collected) = &mut self.collected {
                if collected.instance == row.instance {
                    collected.push(&row.plugin_values, self.columns.len());
                }
                continue;
            }
            if row.action.is_none() {
                continue;
            }
            for (c, (value, recorded)) in row.plugin_values.iter().zip(&waiting.paid).enumerate() {
                let value = f64::from(*value) / f64::from(ONE);
                if value == *recorded || self.columns[c].left_out.is_some() {
                    continue;
                }
                if self.inexact[c] {
                    self.columns[c].left_out = Some("floats, which another backend may have given otherwise".to_string());
                    continue;
                }
                let (name, at) = (&self.columns[c].name, waiting.row);
                return Err(self.wrong(format!(
                    "instance {}, episode {}, step {} (row {at}): {name} recorded {recorded}, worked out {value}",
                    row.instance, row.episode, row.step
                )));
            }
        }
        Ok(())
    }

    /// Restores the instances whose next row is of a restored state, in the order of their indices.
    fn restore_state(&mut self) -> Result<()> {
        let mut next: Vec<(u32, Origin)> = Vec::new();
        for (i, rows) in &mut self.waiting {
            if let Some(Cause::Restored(_)) = rows.front().map(|waiting| &waiting.cause)
                && let Some(Waiting { cause: Cause::Restored(origin), .. }) = rows.pop_front()
            {
                next.push((*i, origin));
            }
        }
        for (i, origin) in next {
            if let Some(collected) = self.collected.as_mut().filter(|collected| collected.instance == i) {
                collected.push(&[], self.columns.len());
            }
            let moment = self.replays.restored(i, &origin)?.instance_state();
            self.batch.restore_states(&[(i as usize, &moment, &origin)])?;
            self.batch.take_rows();
        }
        Ok(())
    }

    fn wrong(&self, why: String) -> Error {
        self.part.as_ref().map_or_else(|| Error::Data(why.clone()), |part| part.wrong(&why))
    }

    fn parted(&self, instance: u32, why: &str) -> Error {
        self.wrong(format!("instance {instance}: bonuses cannot be worked out again: {why}"))
    }
}

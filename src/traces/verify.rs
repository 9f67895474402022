//! Replays traces: seed and actions must give every recorded value again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{Array, BinaryArray, RecordBatch, UInt32Array};

use super::Meta;
use super::format::{HISTORY, WORLD, columns};
use super::parts::{Part, list, read};
use crate::envs::catalog::{Options, Source, load_source};
use crate::envs::{Block, World};
use crate::error::{Error, Result};
use crate::sim::{Levels, Origin, Replay, Row, Worlds};

/// What a verification went through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    pub files: usize,
    pub rows: usize,
    pub instances: usize,
}

/// Replays the traces that the paths name (files, run folders).
///
/// # Errors
/// [`Error::Data`] for an unreadable file, or with the first row that differs and how.
pub fn verify(paths: &[PathBuf]) -> Result<Verified> {
    let mut done = Verified::default();
    for path in paths {
        let one = replay(path, &mut |_, _| ())?;
        done = Verified { files: done.files + one.files, rows: done.rows + one.rows, instances: done.instances + one.instances };
    }
    Ok(done)
}

/// Replays the run that `path` names: its parts in order, row by row, and shows each state (a block of one instance) to `see`. What was
/// shown is what was recorded only if no error comes.
///
/// # Errors
/// As [`verify`].
pub fn replay(path: &Path, see: &mut dyn FnMut(&dyn World, &Block)) -> Result<Verified> {
    let mut done = Verified::default();
    let mut replays = Replays { meta: None, instances: BTreeMap::new() };
    for file in list(path)? {
        let part = read(&file)?;
        if replays.meta.as_ref().is_none_or(|(meta, _, _)| *meta != part.meta) {
            replays.begin(&part)?;
        }
        replays.check(&part, see)?;
        done.files += 1;
        done.rows += part.rows.num_rows();
    }
    done.instances = replays.instances.len();
    Ok(done)
}

/// The instances of one run, each as far as its rows were read.
struct Replays {
    meta: Option<(Meta, Arc<dyn World>, Arc<Levels>)>,
    instances: BTreeMap<u32, Replay>,
}

impl Replays {
    fn begin(&mut self, part: &Part) -> Result<()> {
        let meta = part.meta.clone();
        let source = Source { id: meta.id.clone(), text: meta.toml.clone(), folder: None };
        let world = load_source(&source, &Options { keyed: meta.keyed, picture_noise: meta.picture_noise, ..Options::default() })
            .map_err(|e| Error::Data(format!("{}: its ruleset cannot be loaded: {e}", part.path.display())))?;
        let worlds = match meta.worlds.strip_prefix("pool:") {
            None => Worlds::Fresh,
            Some(n) => Worlds::Pool(
                n.parse().map_err(|_| Error::Data(format!("{}: worlds '{}' make no sense", part.path.display(), meta.worlds)))?,
            ),
        };
        let levels = Levels::new(&*world, worlds, meta.seed)?;
        self.instances.clear();
        self.meta = Some((meta, world, Arc::new(levels)));
        Ok(())
    }

    fn check(&mut self, part: &Part, see: &mut dyn FnMut(&dyn World, &Block)) -> Result<()> {
        let wrong = |why: String| Error::Data(format!("{}: {why}", part.path.display()));
        let Some((meta, world, levels)) = &self.meta else { return Err(wrong("no description".to_string())) };
        let (instances, actions) = (numbers(part, "instance")?, numbers(part, "action")?);
        let mut rows: Vec<Row> = Vec::with_capacity(part.rows.num_rows());
        for k in 0..part.rows.num_rows() {
            let instance = instances.value(k);
            let first = !self.instances.contains_key(&instance);
            let new = || Replay::new(world.clone(), levels.clone(), meta.seed, instance as usize);
            let replay = self.instances.entry(instance).or_insert_with(new);
            let row = match (actions.is_null(k), first, origin_of(part, k)?) {
                (true, _, Some(origin)) => returned(meta, world, levels, instance, &origin).map(|mut there| {
                    let row = there.row_of_return(&origin);
                    *replay = there;
                    row
                }),
                (true, first, None) => replay.reset(meta.scenario.as_ref().filter(|_| first)),
                (false, false, _) => replay.step(actions.value(k)),
                (false, true, _) => {
                    return Err(wrong(format!(
                        "row {k}: instance {instance} does not begin with a reset; give its earlier parts too"
                    )));
                }
            };
            rows.push(row.map_err(|e| wrong(format!("row {k}: {e}")))?);
            replay.look(see);
        }
        compare(part, &columns(&**world, &[], &rows)?)
    }
}

/// The instance after it went back to where `origin` says.
fn returned(meta: &Meta, world: &Arc<dyn World>, levels: &Arc<Levels>, instance: u32, origin: &Origin) -> Result<Replay> {
    let mut replay = Replay::new(world.clone(), levels.clone(), meta.seed, origin.world as usize);
    replay.show_as(instance);
    replay.reset(meta.scenario.as_ref())?;
    for action in &origin.history {
        replay.step(u32::from(*action))?;
    }
    Ok(replay)
}

/// Where the instance of row `k` went back to, if that is what the row says.
///
/// # Errors
/// [`Error::Data`] if the columns are of another type.
pub fn origin_of(part: &Part, k: usize) -> Result<Option<Origin>> {
    let Some(column) = part.rows.column_by_name(HISTORY) else { return Ok(None) };
    let odd = || Error::Data(format!("{}: column '{HISTORY}' holds no bytes", part.path.display()));
    let histories = column.as_any().downcast_ref::<BinaryArray>().ok_or_else(odd)?;
    let origin = || Ok(Origin { world: numbers(part, WORLD)?.value(k), history: histories.value(k).to_vec() });
    (!histories.is_null(k)).then(origin).transpose()
}

/// What each instance of one run did, in order; None where an episode began.
///
/// # Errors
/// [`Error::Data`] for an unreadable file, or if an instance went back to an earlier state: that no action does.
pub fn recording(path: &Path) -> Result<BTreeMap<u32, Vec<Option<u32>>>> {
    let mut recording: BTreeMap<u32, Vec<Option<u32>>> = BTreeMap::new();
    for file in list(path)? {
        let part = read(&file)?;
        let (instances, actions) = (numbers(&part, "instance")?, numbers(&part, "action")?);
        for k in 0..part.rows.num_rows() {
            if origin_of(&part, k)?.is_some() {
                let why = "instances go back to earlier states in it, which actions alone do not do again";
                return Err(Error::Data(format!("{}: row {k}: {why}", file.display())));
            }
            recording.entry(instances.value(k)).or_default().push((!actions.is_null(k)).then(|| actions.value(k)));
        }
    }
    Ok(recording)
}

fn numbers<'p>(part: &'p Part, name: &str) -> Result<&'p UInt32Array> {
    let column = part.rows.column_by_name(name).and_then(|c| c.as_any().downcast_ref::<UInt32Array>());
    column.ok_or_else(|| Error::Data(format!("{}: no column '{name}' of u32", part.path.display())))
}

fn compare(part: &Part, replayed: &RecordBatch) -> Result<()> {
    let wrong = |why: String| Err(Error::Data(format!("{}: {why}", part.path.display())));
    let mut first: Option<(usize, Vec<String>)> = None;
    for (field, expected) in replayed.schema().fields().iter().zip(replayed.columns()) {
        let Some(stored) = part.rows.column_by_name(field.name()) else {
            return wrong(format!("column '{}' is missing", field.name()));
        };
        if stored == expected {
            continue;
        }
        let row = (0..stored.len()).find(|k| stored.slice(*k, 1) != expected.slice(*k, 1)).unwrap_or(0);
        let text = format!("{} recorded {:?}, replayed {:?}", field.name(), stored.slice(row, 1), expected.slice(row, 1));
        match &mut first {
            Some((at, fields)) if *at == row => fields.push(text),
            Some((at, _)) if *at < row => {}
            _ => first = Some((row, vec![text])),
        }
    }
    let Some((row, fields)) = first else { return Ok(()) };
    let at = |name: &str| numbers(part, name).map_or(0, |column| column.value(row));
    let place =
        format!("first difference at instance {}, episode {}, step {} (row {row})", at("instance"), at("episode"), at("step"));
    wrong(format!("{place}: {}", fields.join("; ").replace('\n', " ")))
}

//! Recorded lives as the estimators want them: steps with a state's key, in the order they were lived.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use arrow_array::{Array, RecordBatch};

use super::abstraction::{ACHIEVEMENT, Abstraction, names, whole};
use crate::envs::catalog::{Options, Source, load_source};
use crate::envs::{Family, World};
use crate::error::{Error, Result};
use crate::metrics::discovery::MOST_ACHIEVEMENTS;
use crate::shaders::shared::hash::hash_words;
use crate::traces::{self, Part};

/// A trace file or a run folder, and the group that it was given a name for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    pub group: Option<String>,
    pub path: PathBuf,
}

/// What makes a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The name given, else the agent's.
    Group,
    Run,
    Instance,
    File,
}

/// A row of a trace. `action` is None in the first of an episode.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    pub episode: u32,
    pub action: Option<u32>,
    pub reward: f64,
    pub terminated: bool,
    pub truncated: bool,
    pub state: u64,
    /// Bit a: achievement a is unlocked in this episode.
    pub unlocked: u64,
}

/// One instance of one run: a unit of every statistic.
#[derive(Clone, Debug, PartialEq)]
pub struct Track {
    pub group: String,
    pub run: String,
    pub instance: u32,
    pub env: String,
    pub steps: Vec<Step>,
}

/// All that was read.
#[derive(Clone, Debug)]
pub struct Record {
    pub tracks: Vec<Track>,
    pub achievements: Vec<String>,
    pub family: Family,
    /// What the keys of the steps are.
    pub abstraction: Abstraction,
    /// Different states in all tracks.
    pub states: u64,
    /// What a reader should know.
    pub notes: Vec<String>,
}

/// A path as read.
struct Run<'a> {
    given: &'a Given,
    name: String,
    parts: Vec<Part>,
}

/// Seed of the keys' hash.
const KEY_SEED: u32 = 0x6b65_7973;

/// Reads what is given. Without `key` the family's default is taken. `say` is told what takes long.
///
/// # Errors
/// [`Error::Usage`] if paths or keys make no sense together; [`Error::Data`] if a trace is damaged, empty or cannot give the key;
/// [`Error::Io`] if it cannot be read.
pub fn read(given: &[Given], key: Option<&Abstraction>, by: By, say: &dyn Fn(&str)) -> Result<Record> {
    let runs = open(given)?;
    let (family, worlds) = worlds(&runs)?;
    let mut notes = Vec::new();
    let wanted = key.cloned().unwrap_or_else(|| Abstraction::default_of(family));
    let wanted = wanted.settled(family, &worlds).map_err(Error::Usage)?;
    let (abstraction, replayed) = replay(&runs, wanted, say, &mut notes)?;
    let achievements = achievements(&runs)?;
    let envs: BTreeSet<&str> = runs.iter().flat_map(|run| run.parts.iter().map(|part| part.meta.id.as_str())).collect();
    if envs.len() > 1 {
        let list = envs.into_iter().collect::<Vec<_>>().join(", ");
        notes.push(format!("different environments are compared: {list}; equal keys there need not be equal states"));
    }
    let mut tracks = BTreeMap::new();
    for (r, run) in runs.iter().enumerate() {
        let mut replayed = replayed[r].iter();
        for (p, part) in run.parts.iter().enumerate() {
            let wrong = |why: String| Error::Data(format!("{}: {why}", part.path.display()));
            let mut words = abstraction.of_columns(&part.rows).map_err(wrong)?;
            words.iter_mut().for_each(|words| words.extend(replayed.next().into_iter().flatten()));
            let steps = steps(&part.rows, &words, &achievements).map_err(wrong)?;
            let instances = whole(&part.rows, "instance").ok_or_else(|| wrong("no column 'instance'".to_string()))?;
            for (instance, step) in instances.into_iter().zip(steps) {
                let file = if by == By::File { p } else { 0 };
                let track = tracks.entry((r, file, instance)).or_insert_with(|| Track {
                    group: group(run, part, instance, by),
                    run: run.name.clone(),
                    instance,
                    env: part.meta.id.clone(),
                    steps: Vec::new(),
                });
                track.steps.push(step);
            }
        }
    }
    let tracks: Vec<Track> = tracks.into_values().collect();
    let states = tracks.iter().flat_map(|track| track.steps.iter().map(|step| step.state)).collect::<BTreeSet<u64>>().len();
    Ok(Record { tracks, achievements, family, abstraction, states: states as u64, notes })
}

/// Reads the files of each path and gives each path a name of its own.
fn open(given: &[Given]) -> Result<Vec<Run<'_>>> {
    let short = |path: &Path| {
        let named = if path.is_dir() { path.file_name() } else { path.file_stem() };
        named.map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
    };
    let mut seen = BTreeSet::new();
    let mut runs = Vec::new();
    for one in given {
        let path = &one.path;
        let parts: Vec<Part> = traces::list(path)?.iter().map(|file| traces::read(file)).collect::<Result<_>>()?;
        if parts.iter().all(|part| part.rows.num_rows() == 0) {
            return Err(Error::Data(format!("{}: no step in it: nothing to measure", path.display())));
        }
        if !seen.insert(path.canonicalize().map_err(|e| Error::io(path, e))?) {
            return Err(Error::Usage(format!("{} is given twice", path.display())));
        }
        let alone = given.iter().filter(|other| short(&other.path) == short(path)).count() == 1;
        runs.push(Run { given: one, name: if alone { short(path) } else { path.display().to_string() }, parts });
    }
    Ok(runs)
}

fn group(run: &Run, part: &Part, instance: u32, by: By) -> String {
    match by {
        By::Group => run.given.group.clone().unwrap_or_else(|| part.meta.agent.clone()),
        By::Run => run.name.clone(),
        By::Instance => format!("instance {instance}"),
        By::File => {
            let stem = part.path.file_stem().unwrap_or_default().to_string_lossy();
            if run.name == stem { run.name.clone() } else { format!("{}/{stem}", run.name) }
        }
    }
}

/// The family of all worlds, and those that differ by their rules.
fn worlds(runs: &[Run]) -> Result<(Family, Vec<Arc<dyn World>>)> {
    let mut found: Vec<(Arc<dyn World>, &Part)> = Vec::new();
    for part in runs.iter().flat_map(|run| &run.parts) {
        if found.iter().any(|(_, other)| (&other.meta.toml, other.meta.keyed) == (&part.meta.toml, part.meta.keyed)) {
            continue;
        }
        let source = Source { id: part.meta.id.clone(), text: part.meta.toml.clone(), folder: None };
        let world = load_source(&source, &Options { keyed: part.meta.keyed, ..Options::default() })
            .map_err(|e| Error::Data(format!("{}: its ruleset cannot be loaded: {e}", part.path.display())))?;
        if let Some((other, first)) = found.first().filter(|(other, _)| other.spec().family != world.spec().family) {
            let (a, b, one, two) = (first.path.display(), part.path.display(), other.spec().family, world.spec().family);
            return Err(Error::Usage(format!("{a} is {one:?}, {b} is {two:?}: measure one family of worlds at a time")));
        }
        found.push((world, part));
    }
    let family = found.first().map(|(world, _)| world.spec().family);
    let worlds = found.into_iter().map(|(world, _)| world).collect();
    family.map(|family| (family, worlds)).ok_or_else(|| Error::Usage("no trace given".to_string()))
}

/// Words of each row, from the states of a replay; empty if no part of a key is in the state only.
type Replayed = Vec<Vec<Vec<u32>>>;

/// Replays all runs if the abstraction needs it. If one cannot be, what needs replays is left out of all keys: groups must be told apart
/// by the same thing.
fn replay(runs: &[Run], wanted: Abstraction, say: &dyn Fn(&str), notes: &mut Vec<String>) -> Result<(Abstraction, Replayed)> {
    let nothing = || vec![Vec::new(); runs.len()];
    if !wanted.needs_replay() {
        return Ok((wanted, nothing()));
    }
    let mut all = Vec::new();
    for run in runs {
        say(&format!("replaying {} for key {}", run.given.path.display(), wanted.name()));
        let mut rows = Vec::new();
        let replayed = traces::replay(&run.given.path, &mut |world, block| {
            let mut words = Vec::new();
            wanted.of_state(world, block, &mut words);
            rows.push(words);
        });
        match replayed {
            Ok(_) => all.push(rows),
            Err(why) => {
                let left = wanted.without_replay();
                let path = run.given.path.display();
                if left.parts.is_empty() {
                    let key = wanted.name();
                    return Err(Error::Data(format!("key {key} is read off a replay, and {path} cannot be replayed: {why}")));
                }
                let (key, left_name) = (wanted.spelled_out(), left.spelled_out());
                notes.push(format!("{path} cannot be replayed, so key {key} is cut down to {left_name} for all: {why}"));
                return Ok((left, nothing()));
            }
        }
    }
    Ok((wanted, all))
}

/// Names of the achievements in any of the traces, in the order in which they come.
fn achievements(runs: &[Run]) -> Result<Vec<String>> {
    let mut all: Vec<String> = Vec::new();
    for part in runs.iter().flat_map(|run| &run.parts) {
        for name in names(&part.rows, ACHIEVEMENT) {
            let name = name[ACHIEVEMENT.len()..].to_string();
            if !all.contains(&name) {
                all.push(name);
            }
        }
    }
    if all.len() > MOST_ACHIEVEMENTS {
        return Err(Error::Data(format!("{} different achievements; at most {MOST_ACHIEVEMENTS} can be measured", all.len())));
    }
    Ok(all)
}

fn steps(rows: &RecordBatch, words: &[Vec<u32>], achievements: &[String]) -> std::result::Result<Vec<Step>, String> {
    let missing = |name: &str| format!("no column '{name}' of the kind a trace has");
    let numbers = |name: &str| whole(rows, name).ok_or_else(|| missing(name));
    let (episodes, terminated, truncated) = (numbers("episode")?, numbers("terminated")?, numbers("truncated")?);
    let (actions, no_action) = (numbers("action")?, rows.column_by_name("action").ok_or_else(|| missing("action"))?);
    let rewards = rows.column_by_name("reward").and_then(|c| c.as_primitive_opt::<Float64Type>());
    let rewards = rewards.ok_or_else(|| missing("reward"))?;
    let mut unlocked = vec![0u64; rows.num_rows()];
    for (a, name) in achievements.iter().enumerate() {
        if let Some(counts) = whole(rows, &format!("{ACHIEVEMENT}{name}")) {
            unlocked.iter_mut().zip(counts).for_each(|(mask, count)| *mask |= u64::from((1..u32::MAX).contains(&count)) << a);
        }
    }
    let step = |k: usize| Step {
        episode: episodes[k],
        action: (!no_action.is_null(k)).then(|| actions[k]),
        reward: rewards.value(k),
        terminated: terminated[k] == 1,
        truncated: truncated[k] == 1,
        state: hash_words(KEY_SEED, &words[k]),
        unlocked: unlocked[k],
    };
    Ok((0..rows.num_rows()).map(step).collect())
}

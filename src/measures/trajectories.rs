//! Reads recorded trajectories for the estimators: steps in order, each with the key of its state.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::RecordBatch;
use rayon::prelude::*;

use super::abstraction::{Abstraction, whole};
use crate::envs::catalog::family_of_columns;
use crate::envs::shared::trace_key::ACHIEVEMENT;
use crate::envs::{Family, World};
use crate::error::{Error, Result};
use crate::metrics::discovery::MAX_ACHIEVEMENTS;
use crate::shaders::shared::hash::hash_words;
use crate::traces::{self, Common, Meta, PartFile, Recorded, Replays, check_room, runs_of_sweep, studies};

/// The path of a trace, and the name of its group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceInput {
    /// Name of its group. None: [`By::Group`] uses the agent's name.
    pub group: Option<String>,
    /// A trace file, a run folder or the folder of a sweep.
    pub path: PathBuf,
}

/// What trajectories are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The given name, otherwise the agent's name; for play of a study the cohort, otherwise the condition, otherwise `human`.
    Group,
    /// The run.
    Run,
    /// The index of the instance, across all runs.
    Instance,
    /// The trace file.
    File,
    /// The participant of a study; for other runs the agent's name, here and below.
    Participant,
    /// The condition of a study's participant.
    Condition,
    /// The cohort of a study's participant.
    Cohort,
}

/// A row of a trace. `action` is None in the first row of an episode, and in the row of a restored state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Number of the episode, from 1.
    pub episode: u32,
    /// Steps taken in the episode, including those before a restored state.
    pub step: u32,
    /// Index of the action of the step.
    pub action: Option<u32>,
    /// Reward of the step. In the row of a restored state: the total reward of its episode up to this state, NaN if it is unknown.
    pub reward: f64,
    /// Whether the step terminated the episode.
    pub terminated: bool,
    /// Whether the step truncated the episode.
    pub truncated: bool,
    /// 64-bit hash of the state's key ([`Record::abstraction`]).
    pub state: u64,
    /// Bit a: achievement a is unlocked in this episode.
    pub unlocked: u64,
}

/// One instance of one run, or of one file of it with [`By::File`].
#[derive(Clone, Debug, PartialEq)]
pub struct Trajectory {
    /// Name of the group that it belongs to.
    pub group: String,
    /// Name of the run: that of its folder or file, or the whole path if two runs share the name.
    pub run: String,
    /// Index of the instance in the batch.
    pub instance: u32,
    /// Id of the environment; `foreign` if another program wrote the trace.
    pub env: String,
    /// All rows, in order.
    pub steps: Vec<Step>,
}

/// All trajectories that were read.
#[derive(Clone, Debug)]
pub struct Record {
    /// Sorted by run, then by file if groups are files, then by instance.
    pub trajectories: Vec<Trajectory>,
    /// Names of the achievements; achievement a is bit a of [`Step::unlocked`].
    pub achievements: Vec<String>,
    /// Family of all worlds in the traces.
    pub family: Family,
    /// The keys of the steps.
    pub abstraction: Abstraction,
    /// Different states in all trajectories.
    pub states: u64,
    /// Notes for the user.
    pub notes: Vec<String>,
}

/// A recorded run, and its name.
struct Run<'a> {
    given: &'a TraceInput,
    name: String,
    family: Family,
    recorded: Recorded,
}

/// Seed of the keys' hash.
const KEY_SEED: u32 = 0x6b65_7973;
/// Bytes that a row takes in memory while it is measured; vectors grow by doubling.
const ROW_BYTES: u64 = 2 * size_of::<Step>() as u64;

/// What a long read tells while it goes on, and how it is ended.
pub struct Watch<'a> {
    /// Takes messages about slow work.
    pub say: &'a dyn Fn(&str),
    /// Called often, with the index of the run that is read and the number of runs. An error ends the read, which returns it.
    pub progress: &'a dyn Fn(usize, usize) -> Result<()>,
}

/// Why trajectories cannot be read.
enum Stopped {
    /// The run with this index cannot be replayed. Reading may succeed without a replay.
    Replay(usize, Error),
    Failed(Error),
}

/// Reads the given traces. Without `key`, the family's default is used. `say` receives messages about slow work.
///
/// # Errors
/// [`Error::Usage`] if paths or keys do not fit together; [`Error::Data`] if a trace is damaged, empty, not a recording or cannot give the
/// key; [`Error::Limit`] if it does not fit into memory; [`Error::Io`] if it cannot be read.
pub fn read(given: &[TraceInput], key: Option<&Abstraction>, by: By, say: &dyn Fn(&str)) -> Result<Record> {
    read_watched(given, key, by, &Watch { say, progress: &|_, _| Ok(()) })
}

/// As [`read`]; it tells its progress and can be ended.
///
/// # Errors
/// As [`read`], and those of [`Watch::progress`].
pub fn read_watched(given: &[TraceInput], key: Option<&Abstraction>, by: By, watch: &Watch) -> Result<Record> {
    let mut notes = Vec::new();
    let given = without_sweeps(given, &mut notes)?;
    let runs = open(&given, &mut notes)?;
    let (family, worlds) = worlds(&runs)?;
    let wanted = key.cloned().unwrap_or_else(|| Abstraction::default_of(family));
    let wanted = wanted.resolved(family, &worlds).map_err(Error::Usage)?;
    let achievements = achievements(&runs)?;
    let envs: BTreeSet<&str> = runs.iter().map(Run::env).collect();
    if envs.len() > 1 {
        let list = envs.into_iter().collect::<Vec<_>>().join(", ");
        notes.push(format!("different environments are compared: {list}; equal keys there need not be equal states"));
    }
    check_room("rows", runs.iter().map(|run| run.recorded.rows()).sum(), ROW_BYTES)?;
    let (abstraction, trajectories) = match trajectories(&runs, &wanted, &achievements, by, watch, &mut notes) {
        Ok(trajectories) => (wanted, trajectories),
        Err(Stopped::Failed(why)) => return Err(why),
        Err(Stopped::Replay(r, why)) => {
            let (left, path) = (wanted.without_replay(), runs[r].recorded.path().display());
            if left.parts.is_empty() {
                let key = wanted.name();
                return Err(Error::Data(format!("key {key} is read off a replay, and {path} cannot be replayed: {why}")));
            }
            // Parts that need a replay are left out for all runs, because all groups must use the same key.
            let (key, left_name) = (wanted.spelled_out(), left.spelled_out());
            notes.push(format!("{path} cannot be replayed, so key {key} is cut down to {left_name} for all: {why}"));
            match self::trajectories(&runs, &left, &achievements, by, watch, &mut notes) {
                Ok(trajectories) => (left, trajectories),
                Err(Stopped::Failed(why) | Stopped::Replay(_, why)) => return Err(why),
            }
        }
    };
    let states = trajectories
        .iter()
        .flat_map(|trajectory| trajectory.steps.iter().map(|step| step.state))
        .collect::<BTreeSet<u64>>()
        .len();
    Ok(Record { trajectories, achievements, family, abstraction, states: states as u64, notes })
}

/// Replaces the folders of sweeps by the folders of their runs, and study files by their plays, of which practice is left out.
fn without_sweeps(given: &[TraceInput], notes: &mut Vec<String>) -> Result<Vec<TraceInput>> {
    let mut all = Vec::new();
    for one in given {
        if let Some((plays, practice)) = studies::without_practice(&one.path)? {
            all.extend(plays.into_iter().map(|path| TraceInput { group: one.group.clone(), path }));
            if practice > 0 {
                let path = one.path.display();
                notes.push(format!("{path}: {practice} plays of practice are left out; --practice measures them too"));
            }
            continue;
        }
        all.extend(runs_of_sweep(&one.path)?.into_iter().map(|path| TraceInput { group: one.group.clone(), path }));
    }
    Ok(all)
}

/// Opens the files of each path, joins the parts of each run and gives each run a unique name.
fn open<'a>(given: &'a [TraceInput], notes: &mut Vec<String>) -> Result<Vec<Run<'a>>> {
    let paths: Vec<PathBuf> = given.iter().map(|one| one.path.clone()).collect();
    let recorded = traces::runs(&paths)?;
    let short = |path: &Path| {
        // A play is named by its participant.
        if let (true, Some((_, play))) = (studies::is_study(path), path.to_string_lossy().rsplit_once('#')) {
            return play.to_string();
        }
        let named = if path.is_dir() { path.file_name() } else { path.file_stem() };
        named.map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
    };
    // Parts that were given one by one are named by their folder.
    let path_of = |run: &Recorded| match run.given[..] {
        [one] => given[one].path.clone(),
        _ => run.path().to_path_buf(),
    };
    let names: Vec<(String, String)> =
        recorded.iter().map(path_of).map(|path| (short(&path), path.display().to_string())).collect();
    let mut runs = Vec::new();
    for (run, (name, path)) in recorded.into_iter().zip(&names) {
        let first = &given[run.given[0]];
        if run.rows() == 0 && studies::is_study(run.path()) {
            notes.push(format!("{}: no step of it was recorded, so it is left out", run.path().display()));
            continue;
        }
        if run.rows() == 0 {
            return Err(Error::Data(format!("{}: no step in it: nothing to measure", run.path().display())));
        }
        if let Some(other) = run.given.iter().map(|g| &given[*g]).find(|other| other.group != first.group) {
            let (a, b) = (first.path.display(), other.path.display());
            return Err(Error::Usage(format!("{a} and {b} are parts of one run: they cannot be in two groups")));
        }
        let alone = names.iter().filter(|(other, _)| other == name).count() == 1;
        let name = if alone { name.clone() } else { path.clone() };
        let family = run.world.as_ref().map_or_else(|| family_of(&run.parts[0]), |world| world.spec().family);
        runs.push(Run { given: first, name, family, recorded: run });
    }
    Ok(runs)
}

impl Run<'_> {
    fn env(&self) -> &str {
        self.recorded.meta().map_or(FOREIGN, |meta| &meta.id)
    }

    fn group(&self, file: &PartFile, instance: u32, by: By) -> String {
        let meta = self.recorded.meta();
        let agent = || meta.map_or(FOREIGN, |meta| &meta.agent).to_string();
        let of_study = |of: fn(&Meta) -> &Option<String>| meta.and_then(|meta| of(meta).clone());
        let human = || {
            let is_human = meta.is_some_and(|meta| meta.participant.is_some());
            let known = of_study(|meta| &meta.cohort).or_else(|| of_study(|meta| &meta.condition));
            known.or_else(|| is_human.then(|| HUMAN.to_string()))
        };
        match by {
            By::Group => self.given.group.clone().or_else(human).unwrap_or_else(agent),
            By::Participant => of_study(|meta| &meta.participant).unwrap_or_else(agent),
            By::Condition => of_study(|meta| &meta.condition).unwrap_or_else(agent),
            By::Cohort => of_study(|meta| &meta.cohort).unwrap_or_else(agent),
            By::Run => self.name.clone(),
            By::Instance => format!("instance {instance}"),
            By::File => {
                let stem = file.path.file_stem().unwrap_or_default().to_string_lossy();
                if self.name == stem { self.name.clone() } else { format!("{}/{stem}", self.name) }
            }
        }
    }
}

/// Group of a study's participants who are in no cohort and no condition.
const HUMAN: &str = "human";
/// Environment and agent of a file that another program wrote.
const FOREIGN: &str = "foreign";

/// Returns the family of a file that another program wrote, by its columns.
fn family_of(part: &PartFile) -> Family {
    family_of_columns(part.schema().fields().iter().map(|field| field.name().as_str()))
}

/// Returns the family of all worlds, and one world for each ruleset.
fn worlds(runs: &[Run]) -> Result<(Family, Vec<Arc<dyn World>>)> {
    let Some(first) = runs.first() else { return Err(Error::Usage("no trace given that has a step".to_string())) };
    if let Some(other) = runs.iter().find(|run| run.family != first.family) {
        let (a, b) = (first.recorded.path().display(), other.recorded.path().display());
        let (one, two) = (first.family, other.family);
        return Err(Error::Usage(format!("{a} is {one:?}, {b} is {two:?}: measure one family of worlds at a time")));
    }
    let mut found: Vec<Arc<dyn World>> = Vec::new();
    for world in runs.iter().filter_map(|run| run.recorded.world.as_ref()) {
        if !found.iter().any(|other| other.spec().toml == world.spec().toml) {
            found.push(world.clone());
        }
    }
    Ok((first.family, found))
}

/// Reads the trajectories of all runs, with the keys of `abstraction`.
fn trajectories(
    runs: &[Run],
    abstraction: &Abstraction,
    achievements: &[String],
    by: By,
    watch: &Watch,
    notes: &mut Vec<String>,
) -> std::result::Result<Vec<Trajectory>, Stopped> {
    let mut trajectories = BTreeMap::new();
    for (r, run) in runs.iter().enumerate() {
        (watch.progress)(r, runs.len()).map_err(Stopped::Failed)?;
        let mut replays = None;
        if abstraction.needs_replay() {
            (watch.say)(&format!("replaying {} for key {}", run.recorded.path().display(), abstraction.name()));
            replays = Some(Replays::new(&run.recorded).map_err(|why| Stopped::Replay(r, why))?);
        }
        // Histories of restored states are replayed even if the key needs no replay: their total reward is in no column.
        let history = Replays::new(&run.recorded).ok();
        let (mut parted, mut unknown) = (None, None);
        let read = run.recorded.read(&mut |piece, common| {
            (watch.progress)(r, runs.len())?;
            let mut words = abstraction.of_columns(&piece.rows).map_err(|why| piece.part.wrong(why))?;
            let mut carried: BTreeMap<usize, f64> = BTreeMap::new();
            if let Some(replays) = &mut replays {
                let mut k = 0;
                let done = replays.check(piece, common, &mut |world, block, episode_return| {
                    abstraction.of_state(world, block, &mut words[k]);
                    if common.is_restored(k) {
                        carried.insert(k, episode_return);
                    }
                    k += 1;
                });
                if let Err(why) = done {
                    let stop = Error::Data(why.to_string());
                    parted = Some(why);
                    return Err(stop);
                }
            } else if let Some(why) = history.as_ref().and_then(|history| restored_returns(history, common, &mut carried).err()) {
                unknown.get_or_insert(why);
            }
            let steps = steps(&piece.rows, common, &words, achievements, &carried);
            let file = runs[r].recorded.parts.iter().position(|part| part.path == piece.part.path).unwrap_or(0);
            for (k, step) in steps.into_iter().enumerate() {
                let instance = common.instance.value(k);
                let file = if by == By::File { file } else { 0 };
                let trajectory = trajectories.entry((r, file, instance)).or_insert_with(|| Trajectory {
                    group: run.group(piece.part, instance, by),
                    run: run.name.clone(),
                    instance,
                    env: run.env().to_string(),
                    steps: Vec::new(),
                });
                trajectory.steps.push(step);
            }
            Ok(())
        });
        match (read, parted) {
            (_, Some(why @ (Error::Limit(_) | Error::Io { .. }))) => return Err(Stopped::Failed(why)),
            (_, Some(why)) => return Err(Stopped::Replay(r, why)),
            (Err(why), None) => return Err(Stopped::Failed(why)),
            (Ok(_), None) => {}
        }
        if let Some(why) = unknown {
            let path = run.recorded.path().display();
            notes.push(format!("{path}: the return up to a restored state is not recorded, so returns are left out: {why}"));
        }
    }
    Ok(trajectories.into_values().collect())
}

/// Computes the total rewards of restored states, by row. NaN if the history cannot be replayed.
fn restored_returns(history: &Replays, common: &Common, carried: &mut BTreeMap<usize, f64>) -> Result<()> {
    let rows: Vec<usize> = (0..common.instance.len()).filter(|k| common.is_restored(*k)).collect();
    let returns: Vec<Result<f64>> = rows
        .par_iter()
        .map(|k| {
            let Some(origin) = traces::restored_origin(common, *k) else { return Ok(0.0) };
            Ok(history.restored(common.instance.value(*k), &origin)?.episode_return())
        })
        .collect();
    let mut first = Ok(());
    for (k, episode_return) in rows.into_iter().zip(returns) {
        carried.insert(k, *episode_return.as_ref().unwrap_or(&f64::NAN));
        if let (Ok(()), Err(why)) = (&first, episode_return) {
            first = Err(why);
        }
    }
    first
}

/// Returns the names of the achievements in any of the traces, in the order in which they appear.
fn achievements(runs: &[Run]) -> Result<Vec<String>> {
    let mut all: Vec<String> = Vec::new();
    for field in runs.iter().flat_map(|run| &run.recorded.parts).flat_map(|part| part.schema().fields()) {
        if let Some(name) = field.name().strip_prefix(ACHIEVEMENT)
            && !all.iter().any(|known| known == name)
        {
            all.push(name.to_string());
        }
    }
    if all.len() > MAX_ACHIEVEMENTS {
        return Err(Error::Data(format!("{} different achievements; at most {MAX_ACHIEVEMENTS} can be measured", all.len())));
    }
    Ok(all)
}

/// Converts rows to steps. `carried` has the total rewards of restored states, by row.
fn steps(
    rows: &RecordBatch,
    common: &Common,
    words: &[Vec<u32>],
    achievements: &[String],
    carried: &BTreeMap<usize, f64>,
) -> Vec<Step> {
    let mut unlocked = vec![0u64; rows.num_rows()];
    for (a, name) in achievements.iter().enumerate() {
        if let Some(counts) = whole(rows, &format!("{ACHIEVEMENT}{name}")) {
            unlocked.iter_mut().zip(counts).for_each(|(mask, count)| *mask |= u64::from((1..u32::MAX).contains(&count)) << a);
        }
    }
    let step = |k: usize| Step {
        episode: common.episode.value(k),
        step: common.step.value(k),
        action: common.action(k),
        reward: carried.get(&k).copied().unwrap_or_else(|| common.reward.value(k)),
        terminated: common.terminated.value(k),
        truncated: common.truncated.value(k),
        state: hash_words(KEY_SEED, &words[k]),
        unlocked: unlocked[k],
    };
    (0..rows.num_rows()).map(step).collect()
}

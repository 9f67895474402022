//! `measure`: computes measures of recorded play.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;

use super::global::Global;
use super::measure_output::{Target, json, text};
use super::{number, output};
use crate::error::Error;
use crate::measures::{self, Abstraction, Measure, OLDER_NAME, Plan, Progress, TraceInput, Unit};
use crate::metrics::bootstrap::RESAMPLES;
use crate::traces::studies;

#[derive(clap::Args)]
#[command(after_help = keys())]
pub struct Args {
    /// Run folders, folders of sweeps, trace files or study files (FILE.study.sqlite, or some of its plays: FILE.study.sqlite#condition=night).
    /// NAME=PATH puts PATH into group NAME. Parts of one run are joined
    #[arg(required = true, value_name = "[NAME=]TRACE")]
    traces: Vec<OsString>,
    /// What to measure [default: all that the worlds support]: entropy, information-gain, action-information, coverage, achievements
    #[arg(long, value_name = "A,B", value_delimiter = ',', value_parser = a_measure)]
    measure: Option<Vec<MeasureArg>>,
    /// What makes a group; `group` is the given NAME, else the name of the agent; for study files the cohort, else the condition, else `human`
    #[arg(long, value_enum, default_value_t = By::Group)]
    by: By,
    /// Which states count as the same, parts joined by `+` (listed below) [default: coarse in Crafter, position+facing+carrying in MiniGrid,
    /// position in gridlab]
    #[arg(long, value_parser = Abstraction::parse)]
    key: Option<Abstraction>,
    /// What the measures are correlated with [default: achievements where the world has some, else return]
    #[arg(long, value_enum)]
    progress: Option<ProgressName>,
    /// Number of points of each curve over time
    #[arg(long, value_name = "N", default_value = "20", value_parser = number::positive)]
    windows: u64,
    /// Use only the first STEPS steps of each instance, to compare at equal length [default: all]
    #[arg(long, value_name = "STEPS", value_parser = number::positive)]
    budget: Option<u64>,
    /// What is independent, and so resampled and correlated: runs (each is the mean of its instances), or instances, which is right only if
    /// they share no archive, table or learner
    #[arg(long, value_enum, default_value_t = UnitName::Run)]
    unit: UnitName,
    /// Number of reachable states, of which coverage is a share [default: all states that occur in any given trace]
    #[arg(long, value_name = "N", value_parser = number::positive)]
    reachable: Option<u64>,
    /// Number of resamples for the bootstrap intervals; --seed seeds them and the shuffles of actions
    #[arg(long, value_name = "N", default_value_t = RESAMPLES, value_parser = number::small)]
    resamples: u32,
    /// Measure practice too; without this, plays of practice in study files are left out
    #[arg(long)]
    practice: bool,
    /// Folder for all tables (CSV, Parquet), figures (PNG, SVG) and measure.json. Or one file: .json for everything, .csv or .parquet for one row
    /// an instance, .png or .svg for the curves over time
    #[arg(short, long, value_name = "DIR|FILE")]
    output: Option<PathBuf>,
    /// Replace an earlier output
    #[arg(long)]
    force: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum By {
    Group,
    Run,
    Instance,
    File,
    Participant,
    Condition,
    Cohort,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum UnitName {
    Run,
    Instance,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ProgressName {
    /// Number of distinct achievements unlocked
    Achievements,
    /// Crafter score of the instance's episodes
    Score,
    /// Mean return of the instance's episodes
    Return,
}

fn keys() -> String {
    let mut text = "Keys:\n".to_string();
    for part in measures::parts() {
        text += &entry(part.name, part.about);
    }
    for (name, parts) in measures::named_keys() {
        let spelled_out = parts.iter().map(|part| part.name).collect::<Vec<_>>().join("+");
        text += &entry(name, &format!("{spelled_out}: the default in Crafter"));
    }
    text += &entry("others", OTHER_KEYS);
    format!("{text}\n{REPLAYED_KEYS}\n\n{EXAMPLES}")
}

const OTHER_KEYS: &str = "vitals, clock, full, simhash:BITS, and inventory, faced and achievements where traces have no columns for them: \
    the parts of `envs show ID` (by replay)";

const REPLAYED_KEYS: &str = "Parts marked (by replay) are not in the columns of a trace, so the trace is replayed.
If a trace cannot be replayed, these parts are left out of all keys, and the output says so.";

const EXAMPLES: &str = "Examples:
  explorarium measure runs/a runs/b --by run
  explorarium measure human=imported random=runs/a --measure entropy,action-information -o figures
  explorarium measure runs/a --key position+facing --budget 10k --json
  explorarium measure my.study.sqlite --by condition";

/// Formats a name and its meaning, in lines that fit a terminal of 80 columns.
fn entry(name: &str, about: &str) -> String {
    const COLUMN: usize = 16;
    const WIDTH: usize = 80;
    let mut lines = vec![format!("  {name:<13}")];
    for word in about.split_whitespace() {
        if lines.last().is_some_and(|line| line.len() + 1 + word.len() > WIDTH) {
            lines.push(" ".repeat(COLUMN - 1));
        }
        if let Some(line) = lines.last_mut() {
            *line += " ";
            *line += word;
        }
    }
    lines.join("\n") + "\n"
}

/// A measure, and whether an older name was typed.
#[derive(Clone, Copy, Debug)]
struct MeasureArg {
    measure: Measure,
    older: bool,
}

fn a_measure(text: &str) -> Result<MeasureArg, String> {
    let known = || Measure::ALL.into_iter().map(Measure::name);
    let found = Measure::parse(text.trim()).map(|measure| MeasureArg { measure, older: text.trim() == OLDER_NAME.0 });
    found.ok_or_else(|| measures::unknown("measure", text, known()))
}

/// Reads NAME=PATH. If the whole text is the path of an existing file or folder, it is taken as the path.
fn given(typed: &OsStr) -> Result<TraceInput, Error> {
    // A text that is not UTF-8 names no group.
    let text = typed.to_str().unwrap_or_default();
    // FILE.study.sqlite#condition=NAME has a sign of equality of its own.
    let is_group = |(name, _): &(&str, &str)| !Path::new(text).exists() && !studies::is_study(Path::new(&format!("{name}=x")));
    match text.split_once('=').filter(is_group) {
        None => Ok(TraceInput { group: None, path: PathBuf::from(typed) }),
        Some((name, path)) if !name.is_empty() && !path.is_empty() && name != measures::ALL => {
            Ok(TraceInput { group: Some(name.to_string()), path: PathBuf::from(path) })
        }
        Some(_) => {
            Err(Error::Usage(format!("'{text}': a group is written NAME=PATH, and '{}' is no name for one", measures::ALL)))
        }
    }
}

/// Names every play of study files, so that none is left out.
fn with_practice(given: &[TraceInput]) -> Result<Vec<TraceInput>, Error> {
    let mut all = Vec::new();
    for one in given {
        let paths = studies::paths(&one.path)?.unwrap_or_else(|| vec![one.path.clone()]);
        all.extend(paths.into_iter().map(|path| TraceInput { group: one.group.clone(), path }));
    }
    Ok(all)
}

pub fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    let mut given: Vec<TraceInput> = args.traces.iter().map(|typed| given(typed)).collect::<Result<_, _>>()?;
    if args.practice {
        given = with_practice(&given)?;
    }
    let by = match args.by {
        By::Group => measures::By::Group,
        By::Run => measures::By::Run,
        By::Instance => measures::By::Instance,
        By::File => measures::By::File,
        By::Participant => measures::By::Participant,
        By::Condition => measures::By::Condition,
        By::Cohort => measures::By::Cohort,
    };
    if by != measures::By::Group && given.iter().any(|one| one.group.is_some()) {
        return Err(Error::Usage("NAME=PATH names groups: leave --by away, or the names".to_string()).into());
    }
    // Checked before anything is computed.
    let target = args.output.as_deref().map(|path| Target::new(path, args.force)).transpose()?;
    let say = |text: &str| {
        if global.quiet == 0 {
            output::note(text);
        }
    };
    if args.measure.iter().flatten().any(|asked| asked.older) {
        let (older, now) = OLDER_NAME;
        say(&format!(
            "{older} of recorded play is called {now} now: it is I(A; S' | S) of one step, not the capacity that `map` shows"
        ));
    }
    let record = measures::read(&given, args.key.as_ref(), by, &say)?;
    let plan = Plan {
        measures: args.measure.as_ref().map(|asked| asked.iter().map(|asked| asked.measure).collect()),
        progress: args.progress.map(|name| match name {
            ProgressName::Achievements => Progress::Achievements,
            ProgressName::Score => Progress::Score,
            ProgressName::Return => Progress::Return,
        }),
        windows: args.windows,
        budget: args.budget,
        reachable: args.reachable,
        unit: match args.unit {
            UnitName::Run => Unit::Run,
            UnitName::Instance => Unit::Instance,
        },
        seed: global.seed as u64,
        resamples: args.resamples,
    };
    let report = measures::measure(&record, &plan)?;
    if let Some(target) = &target {
        target.write(&report)?;
        say(&format!("written: {}", target.path().display()));
    }
    let shown = if global.json { serde_json::to_string_pretty(&json(&report))? + "\n" } else { text(&report) };
    output::print(&shown)?;
    Ok(ExitCode::SUCCESS)
}

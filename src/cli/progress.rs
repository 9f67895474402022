//! Shows a run: a bar on a terminal, otherwise a line at intervals; a table at the end.

use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

use indicatif::{ProgressBar, ProgressStyle};

use super::global::Global;
use super::output;
use super::stop::Stop;
use crate::envs::WorldSpec;
use crate::memory::shown;
use crate::runs::{BonusSummary, FolderClaim, Progress, Report, RunPhase, Summary};

/// Seconds between lines if stderr is not a terminal.
const LINE_SECONDS: f64 = 5.0;

pub struct Console {
    bar: Option<ProgressBar>,
    quiet: bool,
    achievements: Vec<String>,
    unlocked: usize,
    last_line: f64,
    /// The start of every line.
    label: String,
    stop: Arc<Stop>,
    /// The run folder.
    folder: String,
}

impl Console {
    pub fn new(global: &Global, spec: &WorldSpec, stop: &Arc<Stop>, folder: &Path) -> Console {
        let quiet = global.quiet > 0;
        let bar = (!quiet && output::is_watched()).then(|| {
            let style =
                ProgressStyle::with_template("{bar:30} {percent:>3}%  {msg}").unwrap_or_else(|_| ProgressStyle::default_bar());
            ProgressBar::new(1).with_style(style)
        });
        Console {
            bar,
            quiet,
            achievements: spec.achievements.clone(),
            unlocked: 0,
            last_line: -LINE_SECONDS,
            label: String::new(),
            stop: stop.clone(),
            folder: folder.display().to_string(),
        }
    }

    /// Switches to another run, which `label` names at the start of each line.
    pub fn label(&mut self, label: String) {
        (self.label, self.last_line) = (label, -LINE_SECONDS);
    }

    /// Warns if no lock keeps other processes out of the folder, and sets the advice for a stop before the run begins.
    pub fn claimed(&self, claim: &FolderClaim) {
        if let Some(text) = claim.warning() {
            self.say(&format!("warning: {text}"));
        }
        let as_it_was = if claim.replaces() { format!(", and {} is as it was", self.folder) } else { String::new() };
        self.stop.set_advice(format!("nothing was begun{as_it_was}"));
    }

    /// Writes a line to stderr, unless quiet.
    pub fn say(&self, text: &str) {
        if !self.quiet {
            output::note(text);
        }
    }

    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn line(&self, report: &Report) -> String {
        let left = report.total.saturating_sub(report.steps) as f64 / report.steps_per_s.max(1.0);
        let mut line = format!(
            "{}{} of {} steps, {}/s, {} left, {} episodes",
            self.label,
            short(report.steps as f64),
            short(report.total as f64),
            short(report.steps_per_s),
            clock(left),
            report.stats.episodes
        );
        if !self.achievements.is_empty() {
            let _ = write!(line, ", {} of {} achievements seen", self.unlocked, self.achievements.len());
        }
        line
    }
}

impl Progress for Console {
    fn doing(&mut self, doing: RunPhase) {
        self.stop.set_doing(doing);
    }

    fn begun(&mut self) {
        self.stop.set_advice(format!("to go on: explorarium run --resume {}", self.folder));
    }

    fn grown(&mut self, each: u64, all: u128) {
        let (each, all) = (shown(u128::from(each)), shown(all));
        let text = format!("more objects than there was room for: an instance takes {each} from here on, all of them {all}");
        match &self.bar {
            Some(bar) => bar.suspend(|| self.say(&text)),
            None => self.say(&text),
        }
    }

    fn report(&mut self, report: &Report) {
        self.unlocked = report.stats.unlocked.iter().filter(|n| **n > 0).count();
        if let Some(bar) = &self.bar {
            bar.set_length(report.total);
            bar.set_position(report.steps);
            bar.set_message(self.line(report));
        } else if report.seconds - self.last_line >= LINE_SECONDS || report.steps == report.total {
            self.last_line = report.seconds;
            self.say(&self.line(report));
        }
    }
}

/// Formats 1234567 as 1.23M.
pub(super) fn short(value: f64) -> String {
    match value {
        v if v >= 1e9 => format!("{:.2}G", v / 1e9),
        v if v >= 1e6 => format!("{:.2}M", v / 1e6),
        v if v >= 1e4 => format!("{:.1}k", v / 1e3),
        v => format!("{v:.0}"),
    }
}

pub(super) fn clock(seconds: f64) -> String {
    let s = seconds.round() as u64;
    const DAY: u64 = 86_400;
    const YEAR: u64 = 365 * DAY;
    if s >= 3 * YEAR {
        format!("{} years", s / YEAR)
    } else if s >= 3 * DAY {
        format!("{} days", s / DAY)
    } else if s >= 3600 {
        format!("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60)
    } else {
        format!("{}:{:02}", s / 60, s % 60)
    }
}

/// Formats the results for users.
pub fn table(summary: &Summary, folder: &Path) -> String {
    let mut text = format!(
        "{}, agent {}: {} steps, {} episodes in {}\n\n",
        summary.env,
        summary.agent,
        short(summary.steps as f64),
        summary.episodes,
        clock(summary.seconds)
    );
    let mut rates: Vec<(&String, f64)> = summary.success_rates.iter().map(|(name, rate)| (name, *rate)).collect();
    rates.sort_by(|a, b| b.1.total_cmp(&a.1));
    if !rates.is_empty() {
        text += "Success rates, percent of episodes, and after how many steps of all instances somebody had it first\n";
    }
    for (name, rate) in rates {
        // Logarithmic, from 0.001 % to 100 %, so that rare achievements are visible.
        let bar = if rate > 0.0 { ((rate.log10() + 3.0).max(0.0) * 6.0).round() as usize } else { 0 };
        let first = summary.first_unlock.get(name).map_or("-".to_string(), |steps| short(*steps as f64));
        let _ = writeln!(text, "  {name:<20} {rate:>8.3} {first:>7}  {}", "#".repeat(bar));
    }
    let mut line = |name: &str, value: Option<f64>, digits: usize| {
        let shown = value.map_or("none yet".to_string(), |v| format!("{v:.digits$}"));
        let _ = writeln!(text, "  {name:<20} {shown:>8}");
    };
    if !summary.with_open.success_rates.is_empty() {
        line("crafter score", summary.crafter_score, 3);
        line("achievements", summary.mean_achievements, 3);
    }
    line("mean length", summary.mean_length, 1);
    line("mean return", summary.mean_return, 3);
    line("cells an episode", summary.coverage.cells_per_episode, 1);
    for (name, value) in &summary.agent_report {
        text += &reported(name, value);
    }
    text += &summary.bonus.as_ref().map_or(String::new(), bonuses);
    let forked = summary.forked_steps_per_s.map_or(String::new(), |rate| format!(" ({} of forks)", short(rate)));
    let _ = writeln!(
        text,
        "\n  {} steps/s{forked} on {}, checksum {}",
        short(summary.steps_per_s),
        summary.adapter,
        summary.checksum
    );
    let _ = writeln!(text, "\nAll of it is in {}: summary.json, curves.parquet, traces/.", folder.display());
    let _ = writeln!(
        text,
        "Next: `explorarium verify {}` replays the trace; `explorarium run --help` shows what else can be run.",
        folder.display()
    );
    text
}

/// Formats the mean values of bonuses, and the counts of those that share counts.
fn bonuses(bonus: &BonusSummary) -> String {
    let mut text = "\nBonuses, mean value of a transition\n".to_string();
    for (name, mean) in &bonus.means {
        let unit = bonus.units.get(name).map_or(String::new(), |unit| format!(" {unit}"));
        let _ = write!(text, "  {name:<20} {mean:>8.4}{unit}");
        if let Some(counted) = bonus.counted.iter().find(|counted| counted.name == *name) {
            let _ = write!(text, "  {} states in {} visits", short(counted.keys as f64), short(counted.visits as f64));
            if let Some(entropy) = counted.entropy {
                let _ = write!(text, ", entropy {entropy:.3} nats");
            }
        }
        text.push('\n');
    }
    let _ = writeln!(text, "  {:<20} {:>8.4}", "together", bonus.mean);
    if let Some(states) = bonus.certainty.filter(|states| states.uncertain > 0) {
        let (uncertain, all) = (short(states.uncertain as f64), short(states.states as f64));
        let _ = writeln!(
            text,
            "  empowerment: chance had a say in {uncertain} of {all} states, which `exact` shows for one noise index"
        );
    }
    text
}

/// Formats a value that an agent reports; a table has a line for each entry.
fn reported(name: &str, value: &serde_json::Value) -> String {
    let name = name.replace('_', " ");
    match value {
        serde_json::Value::Object(entries) => {
            let mut entries: Vec<(&String, f64)> = entries.iter().map(|(name, at)| (name, at.as_f64().unwrap_or(0.0))).collect();
            entries.sort_by(|a, b| a.1.total_cmp(&b.1));
            let shown =
                |value: f64| if value.fract() != 0.0 && value.abs() < 100.0 { format!("{value:.4}") } else { short(value) };
            let lines = entries.iter().map(|(entry, value)| format!("    {entry:<20} {:>8}\n", shown(*value)));
            format!("  {name}\n{}", lines.collect::<String>())
        }
        serde_json::Value::String(text) => format!("  {name:<20} {text}\n"),
        other => format!("  {name:<20} {other:>8}\n"),
    }
}

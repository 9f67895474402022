//! `play`: people play and answer in a window, and what they do is recorded.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use serde_json::json;

use super::backend::Backend;
use super::global::Global;
use super::play_pictures::PictureArgs;
use super::view::size;
use super::{output, play_pictures};
use crate::error::Error;
use crate::study::database::{ENDING, EnterAs, Who, create_in_memory, enter, enter_in_memory, summary, utc};
use crate::study::plan::{PlayPace, StudyPlan, parse_pace, plan_file};
use crate::study::session::{Clock, Session, SessionProgress};
use crate::viewer::{BeginSession, PlayOptions, TellProgress, show_play};

/// The world that is played if none is named.
const DEFAULT_ENV: &str = "crafter";
/// Steps a second in worlds that go on by themselves.
const DEFAULT_PERIOD: Duration = Duration::from_millis(200);
/// Who plays without a study.
const PLAYER: &str = "player";

const EXAMPLES: &str = "Keys are chosen by their place on the keyboard: W A S D or the arrows move, Space does. The window shows all of them. Esc pauses.

Examples:
  explorarium play                                           Crafter, five steps a second
  explorarium play MiniGrid-DoorKey-8x8-v0                   a step at each press
  explorarium play crafter --pace 10/s --seed 7 -o mine.study.sqlite
  explorarium play --study my-study --participant P01        takes part in a study
  explorarium play --study my-study --participant P01 --resume   goes on after a crash
  explorarium play --study my-study --headless --screenshot pictures";

#[derive(clap::Args, Clone, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Id of an environment, or the path of its TOML file [default: crafter]
    #[arg(value_name = "ENV", conflicts_with = "study")]
    pub env: Option<String>,
    /// Steps a second, as in 5/s, or key: a step at each press [default: 5/s; key where the world has no action that does nothing]
    #[arg(long, value_name = "PACE", value_parser = pace, conflicts_with = "study")]
    pub pace: Option<PlayPace>,
    /// Keep nothing
    #[arg(long, conflicts_with_all = ["study", "out"])]
    pub no_record: bool,
    /// The study file to record into (.study.sqlite) [default: play-TIME.study.sqlite]
    #[arg(short, long, value_name = "FILE", conflicts_with = "study")]
    pub out: Option<PathBuf>,
    /// The study plan: a TOML file, or a folder with study.toml
    #[arg(long, value_name = "PLAN")]
    pub study: Option<PathBuf>,
    /// Who takes part: a code such as P01, never a name
    #[arg(long, value_name = "ID", requires = "study")]
    pub participant: Option<String>,
    /// Cohort of the participant, one of the plan's
    #[arg(long, value_name = "NAME", requires = "participant")]
    pub cohort: Option<String>,
    /// The study file [default: NAME.study.sqlite beside the plan]
    #[arg(long, value_name = "FILE", requires = "study")]
    pub db: Option<PathBuf>,
    /// Go on with a session that stopped, at its stage and step
    #[arg(long, requires = "participant")]
    pub resume: bool,
    /// Another session of a participant who has had one
    #[arg(long, requires = "participant", conflicts_with = "resume")]
    pub again: bool,
    /// Print a JSON line whenever something was recorded or is on the disk, for programs that watch
    #[arg(long, conflicts_with = "no_record")]
    pub progress: bool,
    /// A window instead of the whole screen
    #[arg(long)]
    pub windowed: bool,
    /// Size of the window in points [default: 1600x1000]
    #[arg(long, value_name = "WxH", value_parser = size)]
    pub window_size: Option<(u32, u32)>,
    /// Draw every page of the study into pictures, without a display
    #[arg(long, requires_all = ["screenshot", "study"])]
    pub headless: bool,
    /// Folder of the pictures
    #[arg(long, value_name = "DIR", requires = "headless")]
    pub screenshot: Option<PathBuf>,
    /// Language of the pictures [default: the first of the plan]
    #[arg(long, value_name = "CODE", requires = "headless")]
    pub language: Option<String>,
    /// Pixels for each point of the pictures
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, requires = "headless", value_parser = super::view::scale)]
    pub scale: f32,
}

fn pace(text: &str) -> std::result::Result<PlayPace, String> {
    match text.trim() {
        "key" => Ok(PlayPace::WaitForKey { held: false }),
        "held" => Ok(PlayPace::WaitForKey { held: true }),
        other => parse_pace(other).map(|period| PlayPace::RealTime { period }),
    }
}

pub fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    global.check_adapter()?;
    if global.backend == Backend::Cpu {
        let why = "--backend cpu: a window is drawn by a graphics adapter; without a GPU, a software driver draws it";
        return Err(Error::Usage(why.to_string()).into());
    }
    let plan = plan(args, global.seed)?;
    if let Some(folder) = &args.screenshot {
        let size = args.window_size.unwrap_or(play_pictures::SIZE);
        let wanted = PictureArgs { language: args.language.clone(), scale: args.scale, size };
        return play_pictures::draw(&wanted, global, &plan, folder);
    }
    let file = file(args, &plan)?;
    let windowed = args.windowed || args.window_size.is_some();
    let size = args.window_size.unwrap_or(play_pictures::SIZE);
    let title = plan.title.get(plan.languages.first().map_or("", String::as_str)).to_string();
    let session = show_play(PlayOptions {
        adapter: global.adapter.clone(),
        size: windowed.then_some((size.0 as f32, size.1 as f32)),
        title: if title.is_empty() { "Explorarium".to_string() } else { title },
        begin: begin(args, plan, file.clone())?,
        progress: args.progress.then(|| Box::new(tell_progress) as TellProgress),
    })?;
    tell(&session, file.as_deref(), global)
}

/// The plan of the study, or of play without one.
fn plan(args: &Args, seed: i64) -> anyhow::Result<StudyPlan> {
    if let Some(path) = &args.study {
        if seed != 0 {
            return Err(Error::Usage("--seed: the plan of a study says which seeds are played".to_string()).into());
        }
        return Ok(StudyPlan::load(path)?);
    }
    let env = args.env.as_deref().unwrap_or(DEFAULT_ENV);
    let real_time = PlayPace::RealTime { period: DEFAULT_PERIOD };
    Ok(match args.pace {
        Some(pace) => StudyPlan::single(env, seed, pace)?,
        None => StudyPlan::single(env, seed, real_time)
            .or_else(|_| StudyPlan::single(env, seed, PlayPace::WaitForKey { held: false }))?,
    })
}

/// The file that is recorded into; None if nothing is kept.
fn file(args: &Args, plan: &StudyPlan) -> Result<Option<PathBuf>, Error> {
    if args.no_record {
        return Ok(None);
    }
    if let Some(path) = args.db.as_ref().or(args.out.as_ref()) {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if !name.ends_with(ENDING) {
            return Err(Error::Usage(format!("{}: a study file is called NAME{ENDING}", path.display())));
        }
        return Ok(Some(path.clone()));
    }
    if let Some(study) = &args.study {
        let folder = plan_file(study).parent().map(Path::to_path_buf).unwrap_or_default();
        return Ok(Some(folder.join(format!("{}{ENDING}", plan.name))));
    }
    let time: String = utc().chars().filter(char::is_ascii_alphanumeric).take(15).collect();
    Ok(Some(PathBuf::from(format!("play-{time}{ENDING}"))))
}

/// How the session begins, once the window is there.
fn begin(args: &Args, plan: StudyPlan, file: Option<PathBuf>) -> Result<BeginSession, Error> {
    let participant = match (&args.participant, &args.study) {
        (Some(participant), _) => participant.clone(),
        (None, None) => PLAYER.to_string(),
        (None, Some(_)) => {
            return Err(Error::Usage("--study needs --participant ID: a code such as P01, never a name".to_string()));
        }
    };
    let who = Who { participant, cohort: args.cohort.clone() };
    let how = match (args.resume, args.again || args.study.is_none()) {
        (true, _) => EnterAs::Resume,
        (false, true) => EnterAs::Again,
        (false, false) => EnterAs::New,
    };
    Ok(Box::new(move |boot, wake| {
        let entered = match &file {
            Some(path) => enter(path, &plan, &who, how, &boot)?,
            None => enter_in_memory(create_in_memory(&plan.name)?, &plan, &who, &boot)?,
        };
        Session::begin(&plan, entered, Clock::begin(), wake)
    }))
}

/// Prints how far a session is. A watcher that is gone needs no line.
fn tell_progress(progress: &SessionProgress) {
    if let Ok(line) = serde_json::to_string(progress) {
        let _ = output::print(&format!("{line}\n"));
    }
}

/// Says what was recorded, and what can be done with it.
fn tell(session: &Session, file: Option<&Path>, global: &Global) -> anyhow::Result<ExitCode> {
    let Some(path) = file else { return Ok(ExitCode::SUCCESS) };
    let entered = session.entered();
    let found = summary(path, entered.position.session)?;
    let shown = path.display().to_string();
    if global.json {
        let line = json!({
            "file": shown, "participant": entered.who.participant, "session": entered.position.session, "state": found.state,
            "plays": found.plays, "episodes": found.episodes, "steps": found.steps, "keys": found.keys, "answers": found.answers,
        });
        output::print(&format!("{line}\n"))?;
    } else if global.quiet == 0 {
        let counts =
            [(found.steps, "steps"), (found.episodes, "episodes"), (found.keys, "key events"), (found.answers, "answers")];
        let counts: Vec<String> = counts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
        let who = format!("{}, session {} ({})", entered.who.participant, entered.position.session, found.state);
        let quoted = if shown.contains(' ') { format!("'{shown}'") } else { shown.clone() };
        let text = format!("{shown}: {who}: {}\n", if counts.is_empty() { "no play".to_string() } else { counts.join(", ") });
        let commands = [
            ("verify", "every recorded step comes out again"),
            ("view", "looks at it step by step"),
            ("measure", "entropy, coverage, achievements and more"),
        ];
        let lines = commands.map(|(command, what)| format!("  {:<50} {what}\n", format!("explorarium {command} {quoted}")));
        output::print(&format!("{text}{}", if found.steps > 0 { lines.concat() } else { String::new() }))?;
    }
    let written = session.written();
    if let Some(why) = written.ended.or(written.trouble) {
        output::note(&format!("error: the last items could not be written: {why}"));
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

//! The arguments of `export`.

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::number;
use super::ranges::range;
use crate::envs::Light;
use crate::error::{Error, Result};
use crate::export::{FrameOptions, HeatOf, Selection, Window};
use crate::scene::{Scale, Theme};

const EXAMPLES: &str = "Examples:
  explorarium export runs/a -o episode.gif --layers trail,visits
  explorarium export runs/a -o map.png --episode 3 --at 712 --layers trail,view,visits
  explorarium export runs/a -o seen.mp4 --window agent --tile 32 --fps 20
  explorarium export runs/a -o steps.csv --instance 0 --episode 1";

/// Pixels of a cell unless --tile says otherwise.
const TILE: u32 = 16;
/// Frames a second unless --fps says otherwise.
const FPS: f64 = 10.0;
/// Frames a second at most.
const MAX_FPS: f64 = 1000.0;

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Trace file, traces folder or run folder
    #[arg(value_name = "SRC")]
    pub(super) source: PathBuf,
    /// Output file; its ending says the kind: .gif, .apng, .png, .mp4, .csv or .parquet. Videos need an installed ffmpeg
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: PathBuf,
    /// Kind of the file, if its ending is another one
    #[arg(long, value_enum)]
    to: Option<Kind>,
    /// Recorded instance [default: pictures: the first one; tables: all]
    #[arg(long, value_parser = number::index)]
    instance: Option<u32>,
    /// Episode by its recorded number [default: pictures: the first one; tables: all]
    #[arg(long, value_parser = number::index)]
    episode: Option<u32>,
    /// Steps of the episode, both ends included [default: all]
    #[arg(long, value_name = "A..B", value_parser = steps, conflicts_with = "at")]
    steps: Option<(u32, u32)>,
    /// One step of the episode
    #[arg(long, value_name = "STEP", value_parser = number::index)]
    at: Option<u32>,
    /// What is drawn over the map, like trail,view,visits: trail (where the agent was), view (the edge of the field of view), visits or a recorded
    /// bonus (as heat, from the first step of the episode on), terrain (no entities and no agent)
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    layers: Vec<String>,
    /// Scale of heat [default: visits: log; a bonus: linear]
    #[arg(long, value_enum)]
    scale: Option<ScaleName>,
    /// What is shown [default: map]
    #[arg(long, value_enum)]
    window: Option<WindowName>,
    /// Light of Crafter's nights [default: now]
    #[arg(long, value_enum)]
    light: Option<LightName>,
    /// Colours for a dark or a light ground [default: dark]
    #[arg(long, value_enum)]
    theme: Option<ThemeName>,
    /// Pixels of a side of a cell [default: 16]
    #[arg(long, value_parser = number::small)]
    tile: Option<u32>,
    /// Frames a second [default: 10]
    #[arg(long, value_parser = fps)]
    fps: Option<f64>,
    /// A frame every so many steps; the last step has one in any case [default: 1]
    #[arg(long, value_parser = number::positive)]
    every: Option<u64>,
    /// Leave out the strip below the picture that says episode, step and scale
    #[arg(long)]
    no_legend: bool,
    /// Replace the file if it exists
    #[arg(long)]
    force: bool,
}

/// Kinds of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Kind {
    /// Animation; frames with more than 256 colours are rounded
    Gif,
    /// Animation, exact
    Apng,
    /// One picture
    Png,
    /// Video, by ffmpeg
    Mp4,
    /// Table as text
    Csv,
    /// Table as Parquet, with the columns of the trace
    Parquet,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ScaleName {
    /// In proportion to the value
    Linear,
    /// In proportion to its logarithm
    Log,
    /// By order
    Rank,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum WindowName {
    /// The whole map
    Map,
    /// What the agent sees
    Agent,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LightName {
    /// As it is at that step
    Now,
    /// Full daylight
    Day,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ThemeName {
    /// Large values are bright
    Dark,
    /// Large values are dark
    Light,
}

fn fps(text: &str) -> std::result::Result<f64, String> {
    let fps: f64 = text.parse().map_err(|_| format!("'{text}' is not a number"))?;
    if fps > 0.0 && fps <= MAX_FPS { Ok(fps) } else { Err(format!("must be above 0 and at most {MAX_FPS}")) }
}

fn steps(text: &str) -> std::result::Result<(u32, u32), String> {
    let (first, last) = range(text)?;
    let step = |value: u64| u32::try_from(value).map_err(|_| format!("{value} is too large"));
    Ok((step(first)?, step(last)?))
}

/// What a picture has drawn over it, as asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Layers {
    trail: bool,
    view: bool,
    terrain: bool,
    heat: Option<HeatOf>,
}

impl Args {
    pub(super) fn kind(&self) -> Result<Kind> {
        let ending =
            || self.output.extension().and_then(|ending| ending.to_str()).and_then(|ending| Kind::from_str(ending, true).ok());
        self.to.or_else(ending).ok_or_else(|| {
            let path = self.output.display();
            Error::Usage(format!("{path}: the name ends in .gif, .apng, .png, .mp4, .csv or .parquet, or --to says the kind"))
        })
    }

    pub(super) fn selection(&self) -> Selection {
        Selection { instance: self.instance, episode: self.episode, steps: self.steps.or(self.at.map(|at| (at, at))) }
    }

    pub(super) fn fps(&self) -> f64 {
        self.fps.unwrap_or(FPS)
    }

    pub(super) fn has_legend(&self) -> bool {
        !self.no_legend
    }

    pub(super) fn is_dark(&self) -> bool {
        self.theme != Some(ThemeName::Light)
    }

    /// Whether the output may be written: its folder is there, and no file unless --force.
    pub(super) fn check_output(&self) -> Result<()> {
        let path = &self.output;
        if path.is_dir() || path.exists() && !self.force {
            return Err(Error::Usage(format!("{} exists; choose another file with -o, or give --force", path.display())));
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if !folder.is_dir() {
            return Err(Error::Usage(format!("{}: there is no folder {}", path.display(), folder.display())));
        }
        let same = |a: &Path, b: &Path| a.canonicalize().ok().zip(b.canonicalize().ok()).is_some_and(|(a, b)| a.starts_with(b));
        if same(path, &self.source) {
            return Err(Error::Usage(format!("{} belongs to the recording itself; choose another file with -o", path.display())));
        }
        Ok(())
    }

    /// Arguments that would have no effect are mistakes.
    pub(super) fn check_kind(&self, kind: Kind) -> Result<()> {
        let of_frames = [("--fps", self.fps.is_some()), ("--every", self.every.is_some())];
        let of_pictures = [
            ("--layers", !self.layers.is_empty()),
            ("--scale", self.scale.is_some()),
            ("--window", self.window.is_some()),
            ("--light", self.light.is_some()),
            ("--theme", self.theme.is_some()),
            ("--tile", self.tile.is_some()),
            ("--no-legend", self.no_legend),
        ];
        let is_table = matches!(kind, Kind::Csv | Kind::Parquet);
        let unused = of_frames.iter().filter(|_| is_table || kind == Kind::Png).chain(of_pictures.iter().filter(|_| is_table));
        match unused.clone().find(|(_, given)| *given) {
            Some((name, _)) => {
                Err(Error::Usage(format!("{name} means nothing for {}", if is_table { "a table" } else { "one picture" })))
            }
            None if kind == Kind::Png && self.at.is_none() => {
                Err(Error::Usage("a PNG shows one step: give --at STEP".to_string()))
            }
            None => Ok(()),
        }
    }

    pub(super) fn options(&self) -> Result<FrameOptions> {
        let layers = self.layers()?;
        if self.scale.is_some() && layers.heat.is_none() {
            return Err(Error::Usage("--scale means nothing without heat: add visits or a bonus to --layers".to_string()));
        }
        let scale = |of: &HeatOf| match (self.scale, of) {
            (Some(ScaleName::Linear), _) | (None, HeatOf::Bonus(_)) => Scale::Linear,
            (Some(ScaleName::Log), _) | (None, HeatOf::Visits) => Scale::Log,
            (Some(ScaleName::Rank), _) => Scale::Rank,
        };
        Ok(FrameOptions {
            tile: self.tile.unwrap_or(TILE),
            window: if self.window == Some(WindowName::Agent) { Window::Agent } else { Window::Map },
            light: if self.light == Some(LightName::Day) { Light::Day } else { Light::Now },
            theme: if self.is_dark() { Theme::Dark } else { Theme::Light },
            trail: layers.trail,
            field_of_view: layers.view,
            terrain_only: layers.terrain,
            heat: layers.heat.map(|of| (of.clone(), scale(&of))),
            every: self.every.unwrap_or(1),
        })
    }

    fn layers(&self) -> Result<Layers> {
        let mut layers = Layers::default();
        for name in self.layers.iter().map(|name| name.trim()) {
            let heat = match name {
                "trail" | "view" | "terrain" => {
                    let layer = match name {
                        "trail" => &mut layers.trail,
                        "view" => &mut layers.view,
                        _ => &mut layers.terrain,
                    };
                    if std::mem::replace(layer, true) {
                        return Err(Error::Usage(format!("--layers: {name} is there twice")));
                    }
                    continue;
                }
                "" => return Err(Error::Usage("--layers: a name is empty".to_string())),
                "visits" => HeatOf::Visits,
                bonus if bonus.starts_with("bonus_") => HeatOf::Bonus(bonus.to_string()),
                bonus => HeatOf::Bonus(format!("bonus_{bonus}")),
            };
            if layers.heat.replace(heat).is_some() {
                return Err(Error::Usage("--layers: only one of visits and bonuses can be shown as heat".to_string()));
            }
        }
        Ok(layers)
    }
}

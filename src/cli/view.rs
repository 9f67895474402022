//! `view`: the window on recorded and live play.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::ValueEnum;
use serde_json::json;

use super::backend::Backend;
use super::drivers::quietly;
use super::global::Global;
use super::output;
use crate::error::Error;
use crate::gpu::Gpu;
use crate::scene;
use crate::traces::studies;
use crate::viewer::window::{self, WindowOptions};
use crate::viewer::{self, App, HeadlessWindow, HeatOf, LivePlan, pictures};

/// Size of the window at first, in points.
const SIZE: (u32, u32) = (1600, 1000);
/// Seconds within which a picture without a display must have read all that is opened.
const PATIENCE: Duration = Duration::from_secs(600);
/// Steps of each world of the demo in a picture: three seconds of it.
const DEMO_STEPS: u64 = 60;

const EXAMPLES: &str = "Without SOURCE the live demo starts: 16 worlds of Crafter, whose agent looks for what is new. With --headless it takes 60 steps of every
world, pauses, and is then drawn.

Examples:
  explorarium view                                 the live demo
  explorarium view runs/a                          a run, with its map, lanes and figures
  explorarium view runs/a runs/b                   two runs in one window
  explorarium view scenario.json                   a scenario on the page Edit
  explorarium view runs/a --headless --screenshot a.png --window-size 1600x1000 --at 120";

/// Light or dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Theme {
    /// Light text on a dark ground
    Dark,
    /// Dark text on a light ground
    Light,
}

#[derive(clap::Args, Clone, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Run folders, folders of sweeps, trace files, or study files (FILE.study.sqlite, or some of its plays: FILE.study.sqlite#P01); a scenario (.json) or a world (.toml) to edit [default: the live demo]
    #[arg(value_name = "SOURCE")]
    pub sources: Vec<PathBuf>,
    /// Draw the window into a picture, without a display
    #[arg(long, requires = "screenshot")]
    pub headless: bool,
    /// Where the picture goes (.png)
    #[arg(long, value_name = "FILE", requires = "headless")]
    pub screenshot: Option<PathBuf>,
    /// Size of the window in points [default: 1600x1000]
    #[arg(long, value_name = "WxH", value_parser = size)]
    pub window_size: Option<(u32, u32)>,
    /// Pixels for each point of the picture
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, requires = "headless", value_parser = scale)]
    pub scale: f32,
    /// Step of the first episode that is shown first
    #[arg(long, value_name = "STEP", requires = "sources", value_parser = super::number::whole)]
    pub at: Option<u64>,
    /// Recorded instance that is shown first [default: the first]
    #[arg(long, value_name = "INSTANCE", requires = "sources", value_parser = super::number::whole)]
    pub instance: Option<u64>,
    /// Heat on the map: visits, empowerment, difference (of visits to another open world), none, or the name of a recorded bonus
    #[arg(long, value_name = "NAME", default_value = "visits")]
    pub heat: String,
    /// Page that is shown first
    #[arg(long, value_enum, default_value_t = Page::Inspect)]
    pub page: Page,
    /// Colours of the window; those of the last time, or dark, if left out
    #[arg(long, value_enum)]
    pub theme: Option<Theme>,
}

/// The pages of the window.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// One world, as large as it fits
    Inspect,
    /// Two to four worlds side by side
    Compare,
    /// All worlds of a source as thumbnails
    Grid,
    /// Measures of all sources over steps, and a table of their means
    Curves,
    /// A scenario or a world that is painted
    Edit,
}

pub fn size(text: &str) -> std::result::Result<(u32, u32), String> {
    let wrong = || format!("'{text}' is no size; a size is WIDTHxHEIGHT, as in 1600x1000");
    let (width, height) = text.split_once('x').ok_or_else(wrong)?;
    let number = |text: &str| text.parse::<u32>().ok().filter(|n| (200..=8192).contains(n));
    match (number(width), number(height)) {
        (Some(width), Some(height)) => Ok((width, height)),
        _ => Err(format!("{}; each side has 200 to 8192 points", wrong())),
    }
}

pub fn scale(text: &str) -> std::result::Result<f32, String> {
    let number = text.parse::<f32>().ok().filter(|scale| (0.5..=4.0).contains(scale));
    number.ok_or_else(|| format!("'{text}' is no scale; it is a number from 0.5 to 4"))
}

pub fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    global.check_adapter()?;
    if global.backend == Backend::Cpu {
        let why = "--backend cpu: a window is drawn by a graphics adapter; without a GPU, a software driver draws it";
        return Err(Error::Usage(why.to_string()).into());
    }
    for path in &args.sources {
        if studies::paths(path)?.is_none() {
            std::fs::metadata(path).map_err(|e| Error::io(path, e))?;
        }
    }
    let size = args.window_size.unwrap_or(SIZE);
    let (wanted, seed) = (args.clone(), global.seed);
    match &args.screenshot {
        Some(path) => picture(args, global, size, path)?,
        None => window::show(WindowOptions {
            adapter: global.adapter.clone(),
            size: (size.0 as f32, size.1 as f32),
            make: Box::new(move |ctx, adapter| {
                let mut app = app(&wanted, seed, ctx, adapter);
                if let Some(path) = viewer::settings_file() {
                    app.remember(ctx, &path);
                }
                wanted.theme.iter().for_each(|theme| app.set_theme(ctx, theme.of()));
                app
            }),
        })?,
    }
    Ok(ExitCode::SUCCESS)
}

impl Theme {
    fn of(self) -> scene::Theme {
        if self == Theme::Dark { scene::Theme::Dark } else { scene::Theme::Light }
    }
}

/// The window with its sources, or with the demo.
fn app(args: &Args, seed: i64, ctx: &egui::Context, adapter: &str) -> App {
    let mut app = App::new(ctx, args.theme.map_or(scene::Theme::Dark, Theme::of), adapter.to_string());
    app.first = (args.instance.and_then(|instance| u32::try_from(instance).ok()), args.at);
    app.page = match args.page {
        Page::Inspect => viewer::Page::Inspect,
        Page::Compare => viewer::Page::Compare,
        Page::Grid => viewer::Page::Grid,
        Page::Curves => viewer::Page::Curves,
        Page::Edit => viewer::Page::Edit,
    };
    app.layers.heat = match args.heat.as_str() {
        "none" => None,
        "visits" => Some(HeatOf::Visits),
        "empowerment" => Some(HeatOf::Empowerment),
        "difference" => Some(HeatOf::Difference),
        name => Some(HeatOf::Bonus(format!("bonus_{}", name.trim_start_matches("bonus_").replace(['-', ':', '+'], "_")))),
    };
    args.sources.iter().for_each(|path| app.open(path));
    if args.sources.is_empty() {
        app.start(LivePlan { seed, ..LivePlan::demo() });
    }
    app
}

fn picture(args: &Args, global: &Global, (width, height): (u32, u32), path: &std::path::Path) -> anyhow::Result<()> {
    if path.extension().is_none_or(|ending| ending != "png") {
        return Err(Error::Usage(format!("--screenshot {}: a picture of the window is a .png", path.display())).into());
    }
    let gpu = Arc::new(quietly(global.verbose, || Gpu::open(global.adapter.as_deref())).map_err(Error::Gpu)?);
    let size = [width, height].map(|side| (side as f32 * args.scale).round() as u32);
    let adapter = gpu.adapter.name.clone();
    let mut window = HeadlessWindow::new(gpu, size, args.scale, |ctx| app(args, global.seed, ctx, &adapter))?;
    if args.sources.is_empty() {
        window.play(DEMO_STEPS, PATIENCE)?;
    }
    let drawn = window.run_until_idle(PATIENCE)?;
    pictures::write(path, &drawn)?;
    if global.json {
        let file = path.display().to_string();
        output::print(&format!("{}\n", json!({ "file": file, "width": drawn.width, "height": drawn.height })))?;
    } else if global.quiet == 0 {
        output::print(&format!("{}: {} x {} pixels\n", path.display(), drawn.width, drawn.height))?;
    }
    Ok(())
}

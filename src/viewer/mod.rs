//! The window: recorded play to look at, with its maps, lanes and figures.
//!
//! [`App`] is the state of the window and lays it out with egui. [`window::show`] opens it on a display, [`HeadlessWindow`] paints it into a
//! picture. Each source has a thread that reads and replays it, so the window never waits.

mod app;
mod arrangement;
mod asks;
mod beginning;
mod branches;
mod canvas;
mod command;
mod compare;
mod curves_page;
mod display;
mod edit;
mod figures;
mod first;
mod gpu_lost;
mod headless;
mod images;
mod inspect_page;
mod layout;
mod live;
mod map;
mod offscreen;
mod page;
mod pages;
mod panels;
mod panes;
mod perform;
pub mod pictures;
#[cfg(feature = "study")]
mod play;
mod recovery;
mod screen;
mod settings;
mod shown;
mod sources;
mod textures;
mod theme;
mod time;
mod top_bar;
mod widgets;
pub mod window;

pub use app::App;
pub use command::Command;
pub use headless::HeadlessWindow;
pub use live::{LivePlan, LiveState};
pub use map::HeatOf;
pub use offscreen::WindowPicture;
pub use page::Page;
pub use panels::Panels;
pub use panes::LayerOptions;
#[cfg(feature = "study")]
pub use play::{BeginSession, KeyLabels, PlayOptions, PlayPainter, PlayWindow, TellProgress, draw_stages, show_play};
pub use recovery::{GpuLost, Recovery};
pub use settings::settings_file;
pub use time::Playback;

//! The panes of the window.

mod control;
mod curve_plot;
mod curves;
mod figures_view;
mod filter;
mod grid;
mod grid_figures;
mod grid_order;
mod group_marks;
mod inspector;
mod legend;
mod messages;
mod metrics;
mod observation;
mod palette;
mod sources;
mod ticks;
mod world;
mod world_marks;
mod world_toolbar;

pub use control::{CONTROL, show as control};
pub use curves::show as curves;
pub use figures_view::{FiguresView, letter};
pub use grid::{GridPane, glances as grid_glances};
pub use grid_figures::show as grid_figures;
pub use inspector::show as inspector;
pub use legend::ramp_bar;
pub use messages::{nothing_open, trouble};
pub use metrics::{MAX_GROUPS as MAX_METRIC_GROUPS, MEAN as METRIC_WIDTH, MetricsPane};
pub use observation::show as observation;
pub use palette::{Palette, keys};
pub use sources::SourcesPane;
pub use world::{LayerOptions, WorldPane};
pub use world_marks::colour_words;
pub use world_toolbar::first_horizon;

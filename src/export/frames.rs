//! Frames of an episode: the map with layers, or what the agent sees.

use std::sync::atomic::{AtomicBool, Ordering};

use super::span::Span;
use crate::envs::{Layers, Light, Picture, Pose, TileMap};
use crate::error::{Error, Result};
use crate::scene::{FittedScale, Heat, Overlays, Ramp, Scale, ScenePainter, Theme, Trail};
use crate::traces::cursor::{Episode, Position};
use crate::traces::{Cursor, Value};

/// What of the world a frame shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Window {
    /// The whole map.
    #[default]
    Map,
    /// What the agent sees.
    Agent,
}

/// What a heat map shows. It counts from the first row of the episode to the frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeatOf {
    /// Rows in which the player was on the cell.
    Visits,
    /// The mean recorded value of a bonus over the steps to the cell: the name of its column.
    Bonus(String),
}

/// How frames are drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct FrameOptions {
    /// Pixels of a side of a cell.
    pub tile: u32,
    /// What is shown.
    pub window: Window,
    /// In which light.
    pub light: Light,
    /// For what ground.
    pub theme: Theme,
    /// Whether the way of the agent is drawn.
    pub trail: bool,
    /// Whether the edge of the field of view is drawn.
    pub field_of_view: bool,
    /// Whether only the terrain is drawn, without entities and agent.
    pub terrain_only: bool,
    /// The heat map, and its scale.
    pub heat: Option<(HeatOf, Scale)>,
    /// Every so many rows there is a frame; the last row always has one.
    pub every: u64,
}

/// A frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// Which row it shows.
    pub position: Position,
    /// Its pixels.
    pub picture: Picture,
}

/// Frames of rows of one episode, drawn one after the other. The scale of a heat map is that of the last frame, so that a colour means the same
/// in all of them.
pub struct Frames<'a> {
    cursor: &'a mut Cursor,
    options: FrameOptions,
    span: Span,
    /// The next row to draw.
    next: Option<u64>,
    painter: ScenePainter,
    past: Past,
    scale: Option<FittedScale>,
}

impl std::fmt::Debug for Frames<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "Frames({:?}, next {:?})", self.span, self.next)
    }
}

/// What was, from the first row of the episode on.
#[derive(Debug, Default)]
struct Past {
    /// The next row of the instance to take in.
    row: u64,
    width: u32,
    trail: Trail,
    /// `[height, width]`: sums and counts for the heat map.
    sums: Vec<f64>,
    counts: Vec<u64>,
}

impl<'a> Frames<'a> {
    /// Frames of the rows `span`, which are rows of `episode`. With a heat map it replays to the last of them, for the scale.
    ///
    /// # Errors
    /// [`Error::Usage`] for options that do not go together, or a bonus that was not recorded, with those that were; what the replay reports;
    /// [`Error::Interrupted`] if `stop` is set.
    pub fn new(
        cursor: &'a mut Cursor,
        episode: &Episode,
        span: Span,
        options: FrameOptions,
        stop: &AtomicBool,
    ) -> Result<Frames<'a>> {
        let overlays = options.trail || options.field_of_view || options.terrain_only || options.heat.is_some();
        if options.window == Window::Agent && overlays {
            return Err(Error::Usage("layers are drawn over the map, not over what the agent sees".to_string()));
        }
        if span.rows == 0 || options.every == 0 {
            return Err(Error::Usage("no row to draw".to_string()));
        }
        cursor.seek_row(span.instance, episode.first_row)?;
        let map = cursor.look(|world, block| world.tile_map(0, block))?;
        let past = |row| Past {
            row,
            width: map.width,
            trail: Trail::new(),
            sums: vec![0.0; map.cells.len()],
            counts: vec![0; map.cells.len()],
        };
        let painter = ScenePainter::new(options.tile);
        let first = past(episode.first_row);
        let mut frames = Frames { cursor, options, span, next: Some(span.first), painter, past: first, scale: None };
        if let Some((of, scale)) = frames.options.heat.clone() {
            frames.catch_up(span.first + span.rows - 1, stop)?;
            let values = frames.past.values(&of);
            let none = || Error::Usage(format!("scale {} needs values above 0, and some cells have none", scale.name()));
            frames.scale = values.iter().any(|value| !value.is_nan()).then(|| scale.fit(values).ok_or_else(none)).transpose()?;
            frames.past = past(episode.first_row);
        }
        Ok(frames)
    }

    /// Number of frames in all.
    pub fn total(&self) -> u64 {
        (self.span.rows - 1).div_ceil(self.options.every) + 1
    }

    /// The scale of the heat map; None if there is none, or no cell has a value.
    pub fn scale(&self) -> Option<&FittedScale> {
        self.scale.as_ref()
    }

    /// The colours of the heat map.
    pub fn ramp(&self) -> Option<Ramp> {
        self.options.heat.as_ref().map(|(of, _)| if *of == HeatOf::Visits { Ramp::Inferno } else { Ramp::Cividis })
    }

    /// The next frame; None after the last.
    ///
    /// # Errors
    /// As [`Frames::new`].
    pub fn next(&mut self, stop: &AtomicBool) -> Result<Option<Frame>> {
        let Some(row) = self.next else { return Ok(None) };
        let last = self.span.first + self.span.rows - 1;
        self.next = (row < last).then(|| (row + self.options.every).min(last));
        self.catch_up(row, stop)?;
        let position = self.cursor.seek_row(self.span.instance, row)?;
        let picture = self.draw()?;
        Ok(Some(Frame { position, picture }))
    }

    /// Takes in the rows up to `last`, if anything is drawn of them.
    fn catch_up(&mut self, last: u64, stop: &AtomicBool) -> Result<()> {
        if !self.options.trail && self.options.heat.is_none() {
            return if stop.load(Ordering::Relaxed) { Err(Error::Interrupted) } else { Ok(()) };
        }
        while self.past.row <= last {
            if stop.load(Ordering::Relaxed) {
                return Err(Error::Interrupted);
            }
            self.cursor.seek_row(self.span.instance, self.past.row)?;
            let Pose { x, y, .. } = self.cursor.look(|world, block| world.pose(0, block))?;
            let value = match &self.options.heat {
                Some((HeatOf::Bonus(column), _)) => recorded(self.cursor, column)?,
                _ => Some(1.0),
            };
            self.past.push((x, y), value);
        }
        Ok(())
    }

    fn draw(&mut self) -> Result<Picture> {
        let (tile, light) = (self.options.tile, self.options.light);
        if self.options.window == Window::Agent {
            return self.cursor.look(|world, block| world.draw_view(0, block, tile, light))?.map_err(Error::Usage);
        }
        let heat = match (&self.options.heat, &self.scale, self.ramp()) {
            (Some((of, _)), Some(scale), Some(ramp)) => Some(Heat { values: self.past.values(of), ramp, scale: scale.clone() }),
            _ => None,
        };
        let options = &self.options;
        let overlays = Overlays {
            heat: heat.as_ref(),
            trail: options.trail.then_some(&self.past.trail),
            field_of_view: options.field_of_view,
            terrain_only: options.terrain_only,
            theme: options.theme,
        };
        let painter = &mut self.painter;
        let drawn = self.cursor.look(|world, block| {
            let (map, layers): (TileMap, Layers) = (world.tile_map(0, block), world.layers(0, block));
            let light = if light == Light::Now { world.daylight(0, block) } else { crate::envs::Daylight::DAY };
            painter.paint(world, (&map, &layers), light, &overlays)
        })?;
        drawn.map_err(Error::Usage)
    }
}

impl Past {
    /// The next row: the player is there, and the step gave that.
    fn push(&mut self, (x, y): (u32, u32), value: Option<f64>) {
        let cell = y * self.width + x;
        self.trail.push(cell, self.width);
        if let Some(value) = value {
            self.sums[cell as usize] += value;
            self.counts[cell as usize] += 1;
        }
        self.row += 1;
    }

    /// The heat map up to here; NaN where there is no value.
    fn values(&self, of: &HeatOf) -> Vec<f64> {
        let value = |(sum, n): (&f64, &u64)| match (of, *n) {
            (_, 0) => f64::NAN,
            (HeatOf::Visits, n) => n as f64,
            (HeatOf::Bonus(_), n) => sum / n as f64,
        };
        self.sums.iter().zip(&self.counts).map(value).collect()
    }
}

/// The recorded value of a column in the row that is shown; None if it has none there.
fn recorded(cursor: &mut Cursor, column: &str) -> Result<Option<f64>> {
    let row = cursor.recorded()?;
    match row.value(column) {
        Some(Value::Whole(whole)) => Ok(Some(whole as f64)),
        Some(Value::Real(real)) => Ok(Some(real)),
        Some(_) => Ok(None),
        None => {
            let there: Vec<String> = row.values().map(|(name, _)| name).filter(|name| name.starts_with("bonus_")).collect();
            let there = if there.is_empty() { "no bonus was recorded".to_string() } else { there.join(", ") };
            Err(Error::Usage(format!("there is no column {column} in the recording: {there}")))
        }
    }
}

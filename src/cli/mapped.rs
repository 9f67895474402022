//! What `map` found: as text, JSON, table or picture.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::progress::short;
use crate::envs::World;
use crate::error::{Error, Result};
use crate::files::write_bytes;
use crate::plots::{Heat, heat_map};

/// A map wider than this many characters is drawn with one a cell.
const TEXT_WIDTH: usize = 110;

/// Values by cell, row by row from the top, and what they are.
#[derive(Debug)]
pub struct Mapped {
    env: String,
    measure: &'static str,
    width: u32,
    values: Vec<Option<f64>>,
    /// Sides of each cell with a thin wall, for the picture; empty if there is none.
    walls: Vec<u32>,
    /// Digits after the point, for people.
    pub digits: usize,
    /// After a value, for people.
    pub unit: &'static str,
    said: Map<String, Value>,
    /// For each cell whether chance has a say in its value, so that it is not what it is called; None where that is not asked.
    random: Option<Vec<bool>>,
    /// What a cell without a value is.
    pub grey: &'static str,
    /// Further figures of each cell, for JSON.
    figures: Vec<(&'static str, Vec<Option<f64>>)>,
    took: Option<(u64, f64)>,
}

impl Mapped {
    pub fn new(world: &dyn World, measure: &'static str, seed: i64, values: Vec<Option<f64>>) -> Mapped {
        let (env, (width, height)) = (world.spec().id.clone(), world.spec().size);
        let walls: Vec<u32> = (0..width * height).map(|cell| world.thin_walls(cell % width, cell / width)).collect();
        let walls = if walls.iter().all(|sides| *sides == 0) { Vec::new() } else { walls };
        let (said, figures) = (Map::new(), Vec::new());
        let grey = "not free, or out of reach";
        let (digits, unit, random, took) = (0, "", None, None);
        let mut mapped = Mapped { env, measure, width, values, walls, digits, unit, said, random, grey, figures, took };
        mapped.say("seed", seed);
        mapped
    }

    /// A circumstance of the measurement.
    pub fn say(&mut self, name: &str, value: impl Into<Value>) {
        self.said.insert(name.to_string(), value.into());
    }

    /// Flags the cells in whose value chance has a say.
    pub fn flag(&mut self, random: Vec<bool>) {
        self.random = Some(random);
    }

    fn is_random(&self, k: usize) -> bool {
        self.random.as_ref().is_some_and(|random| random[k])
    }

    fn any_random(&self) -> bool {
        self.random.as_ref().is_some_and(|random| random.contains(&true))
    }

    pub fn figure(&mut self, name: &'static str, values: impl Iterator<Item = Option<f64>>) {
        self.figures.push((name, values.collect()));
    }

    pub fn took(&mut self, forked_steps: u64, seconds: f64) {
        self.took = Some((forked_steps, seconds));
    }

    /// Lowest, mean and highest value; None if there is none.
    fn range(&self) -> Option<(f64, f64, f64)> {
        let known: Vec<f64> = self.values.iter().flatten().copied().collect();
        let low = known.iter().copied().reduce(f64::min)?;
        let high = known.iter().copied().reduce(f64::max)?;
        Some((low, known.iter().sum::<f64>() / known.len() as f64, high))
    }

    fn mean(&self, values: &[Option<f64>]) -> Option<f64> {
        let n = values.iter().flatten().count();
        (n > 0).then(|| values.iter().flatten().sum::<f64>() / n as f64)
    }

    fn title(&self) -> String {
        format!("{}: {}", self.env, self.measure)
    }

    /// All circumstances.
    fn about(&self) -> String {
        let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_string);
        let said = self.said.iter().map(|(name, value)| format!("{} {}", name.replace('_', " "), plain(value)));
        said.collect::<Vec<_>>().join(", ")
    }

    /// Two or three lines for people.
    pub fn summary(&self) -> String {
        let mut text = format!("{}, {}", self.title(), self.about());
        let cells = self.values.iter().flatten().count();
        match self.range() {
            None => text += "\nno free cell",
            Some((low, mean, high)) => {
                let _ = write!(text, "\n{cells} cells, {low:.3} to {high:.3}{}, mean {mean:.3}", self.unit);
            }
        }
        for (name, values) in &self.figures {
            let _ = write!(text, ", {name} {:.3}", self.mean(values).unwrap_or(0.0));
        }
        if let Some((steps, seconds)) = self.took {
            let _ = write!(text, "\n{} forked steps, {}/s", short(steps as f64), short(steps as f64 / seconds.max(1e-9)));
        }
        text
    }

    /// The summary and the map: numbers where there is room, else 0 to 9 for lowest to highest.
    pub fn text(&self) -> String {
        let mut text = self.summary() + "\n\n";
        let digits = self.digits;
        let number = |k: usize| {
            let random = if self.is_random(k) { "?" } else { "" };
            self.values[k].map_or("#".to_string(), |v| format!("{v:.digits$}{random}"))
        };
        let room = (0..self.values.len()).map(|k| number(k).len()).max().unwrap_or(1) + 1;
        let (low, _, high) = self.range().unwrap_or_default();
        let narrow = self.width as usize * room > TEXT_WIDTH;
        let sign = |k: usize| {
            let first = if self.is_random(k) { b'a' } else { b'0' };
            match self.values[k] {
                None => '#',
                Some(_) if high == low => char::from(first),
                Some(v) => char::from(first + ((v - low) / (high - low) * 9.0 + 0.5) as u8),
            }
        };
        for k in 0..self.values.len() {
            if narrow {
                text.push(sign(k));
            } else {
                let _ = write!(text, "{:>room$}", number(k));
            }
            if (k + 1) % self.width as usize == 0 {
                text.push('\n');
            }
        }
        match (narrow, self.any_random()) {
            (true, random) => {
                let _ = write!(text, "\n0 is {low:.3}{unit}, 9 is {high:.3}{unit}, # is {}", self.grey, unit = self.unit);
                text += if random { ", a to j are the same where chance has a say\n" } else { "\n" };
            }
            (false, true) => text += "\n? is where chance has a say\n",
            (false, false) => {}
        }
        text
    }

    pub fn json(&self) -> Value {
        let at = |k: usize| (k / self.width as usize, k % self.width as usize);
        let cell = |(k, value): (usize, &Option<f64>)| {
            let (y, x) = at(k);
            let mut cell = json!({ "y": y, "x": x, "value": (*value)? });
            if self.any_random() {
                cell["certain"] = (!self.is_random(k)).into();
            }
            for (name, values) in &self.figures {
                cell[*name] = values[k].into();
            }
            Some(cell)
        };
        let (low, mean, high) = self.range().map_or((None, None, None), |(low, mean, high)| (Some(low), Some(mean), Some(high)));
        let mut all = json!({
            "env": self.env,
            "measure": self.measure,
            "width": self.width,
            "height": self.values.len() / self.width as usize,
            "min": low,
            "mean": mean,
            "max": high,
            "cells": self.values.iter().enumerate().filter_map(cell).collect::<Vec<_>>(),
        });
        for (name, value) in &self.said {
            all[name] = value.clone();
        }
        if let Some((steps, seconds)) = self.took {
            all["forked_steps"] = steps.into();
            all["seconds"] = seconds.into();
            all["forked_steps_per_s"] = (steps as f64 / seconds.max(1e-9)).into();
        }
        all
    }

    /// A line for each cell that has a value; with a column `certain` if that is not true of all.
    fn csv(&self) -> String {
        let random = self.any_random();
        let mut text = if random { "y,x,value,certain\n" } else { "y,x,value\n" }.to_string();
        for (k, value) in self.values.iter().enumerate() {
            if let Some(value) = value {
                let certain = if random { format!(",{}", !self.is_random(k)) } else { String::new() };
                let _ = writeln!(text, "{},{},{value}{certain}", k / self.width as usize, k % self.width as usize);
            }
        }
        text
    }
}

/// Where the map goes; known to be free.
#[derive(Debug)]
pub struct Target(PathBuf);

impl Target {
    /// # Errors
    /// [`Error::Usage`] if something is there and may not be replaced, or for a file of an unknown kind.
    pub fn new(path: &Path, force: bool) -> Result<Target> {
        if !path.extension().and_then(|e| e.to_str()).is_some_and(|ending| ["png", "svg", "csv"].contains(&ending)) {
            return Err(Error::Usage(format!("{}: a map ends in .png, .svg or .csv", path.display())));
        }
        if path.is_dir() || path.exists() && !force {
            return Err(Error::Usage(format!("{} exists; choose another file with -o, or give --force", path.display())));
        }
        Ok(Target(path.to_path_buf()))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// # Errors
    /// [`Error::Io`] with the path.
    pub fn write(&self, mapped: &Mapped) -> Result<()> {
        if self.0.extension().is_some_and(|ending| ending == "csv") {
            return write_bytes(&self.0, mapped.csv().as_bytes());
        }
        let height = mapped.values.len() as u32 / mapped.width.max(1);
        let heat = Heat {
            values: &mapped.values,
            size: (mapped.width, height),
            walls: &mapped.walls,
            crossed: mapped.random.as_deref().unwrap_or_default(),
            title: &mapped.title(),
            about: &mapped.about(),
            unit: if mapped.unit.is_empty() { mapped.measure } else { mapped.unit.trim() },
            grey: mapped.grey,
            cross: "chance has a say: the value is that of one noise index",
        };
        heat_map(&heat, &self.0)
    }
}

//! The result of `map` as text, JSON, table or picture.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::progress::short;
use crate::error::{Error, Result};
use crate::files::write_bytes;
use crate::maps::{self, Measure, Range};
use crate::plots::{Heat, heat_map};

/// A map wider than this many characters is printed with one character for each cell.
const TEXT_WIDTH: usize = 110;

/// A map and its description.
#[derive(Debug)]
pub struct Mapped {
    map: maps::Map,
    /// Digits after the decimal point, in text.
    pub digits: usize,
    said: Map<String, Value>,
    /// Whether cells are flagged if their value depends on random outcomes.
    pub flags: bool,
    took: Option<f64>,
}

impl Mapped {
    pub fn new(map: maps::Map, seed: i64) -> Mapped {
        let mut mapped = Mapped { map, digits: 0, said: Map::new(), flags: false, took: None };
        mapped.say("seed", seed);
        mapped
    }

    /// Adds a setting of the measurement to the description.
    pub fn say(&mut self, name: &str, value: impl Into<Value>) {
        self.said.insert(name.to_string(), value.into());
    }

    /// Sets the seconds that the forks took.
    pub fn took(&mut self, seconds: f64) {
        self.took = Some(seconds);
    }

    fn is_random(&self, k: usize) -> bool {
        self.flags && self.map.left_to_chance[k]
    }

    fn any_random(&self) -> bool {
        self.flags && self.map.left_to_chance.contains(&true)
    }

    /// Returns the unit that follows a value in text.
    fn unit(&self) -> &'static str {
        if self.map.measure == Measure::Empowerment { " bits" } else { "" }
    }

    fn title(&self) -> String {
        format!("{}: {}", self.map.env, self.map.measure.name())
    }

    /// Returns all settings of the measurement as one text.
    fn about(&self) -> String {
        let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_string);
        let said = self.said.iter().map(|(name, value)| format!("{} {}", name.replace('_', " "), plain(value)));
        said.collect::<Vec<_>>().join(", ")
    }

    /// Returns a summary of two or three lines.
    pub fn summary(&self) -> String {
        let mut text = format!("{}, {}", self.title(), self.about());
        let cells = self.map.known().flatten().count();
        match self.map.range() {
            None => text += "\nno free cell",
            Some(Range { min, mean, max }) => {
                let _ = write!(text, "\n{cells} cells, {min:.3} to {max:.3}{}, mean {mean:.3}", self.unit());
            }
        }
        for column in &self.map.columns {
            let _ = write!(text, ", {} {:.3}", column.name, column.mean().unwrap_or(0.0));
        }
        if let Some(seconds) = self.took {
            let steps = self.map.forked_steps;
            let _ = write!(text, "\n{} forked steps, {}/s", short(steps as f64), short(steps as f64 / seconds.max(1e-9)));
        }
        text
    }

    /// Returns the summary and the map: numbers if there is room, otherwise 0 to 9 for lowest to highest.
    pub fn text(&self) -> String {
        let mut text = self.summary() + "\n\n";
        let (digits, values): (usize, Vec<Option<f64>>) = (self.digits, self.map.known().collect());
        let number = |k: usize| {
            let random = if self.is_random(k) { "?" } else { "" };
            values[k].map_or("#".to_string(), |v| format!("{v:.digits$}{random}"))
        };
        let room = (0..values.len()).map(|k| number(k).len()).max().unwrap_or(1) + 1;
        let Range { min: low, max: high, .. } = self.map.range().unwrap_or_default();
        let width = self.map.width as usize;
        let narrow = width * room > TEXT_WIDTH;
        let sign = |k: usize| {
            let first = if self.is_random(k) { b'a' } else { b'0' };
            match values[k] {
                None => '#',
                Some(_) if high == low => char::from(first),
                Some(v) => char::from(first + ((v - low) / (high - low) * 9.0 + 0.5) as u8),
            }
        };
        for k in 0..values.len() {
            if narrow {
                text.push(sign(k));
            } else {
                let _ = write!(text, "{:>room$}", number(k));
            }
            if (k + 1) % width == 0 {
                text.push('\n');
            }
        }
        match (narrow, self.any_random()) {
            (true, random) => {
                let (unit, absent) = (self.unit(), self.map.no_value);
                let _ = write!(text, "\n0 is {low:.3}{unit}, 9 is {high:.3}{unit}, # is {absent}");
                text += if random { ", a to j are the same where chance has a say\n" } else { "\n" };
            }
            (false, true) => text += "\n? is where chance has a say\n",
            (false, false) => {}
        }
        text
    }

    /// Returns the row and the column of a cell.
    fn at(&self, k: usize) -> (usize, usize) {
        (k / self.map.width as usize, k % self.map.width as usize)
    }

    pub fn json(&self) -> Value {
        let cell = |(k, value): (usize, Option<f64>)| {
            let (y, x) = self.at(k);
            let mut cell = json!({ "y": y, "x": x, "value": value? });
            if self.any_random() {
                cell["certain"] = (!self.is_random(k)).into();
            }
            for column in &self.map.columns {
                cell[column.name] = column.values[k].into();
            }
            Some(cell)
        };
        let range = self.map.range();
        let mut all = json!({
            "env": self.map.env,
            "measure": self.map.measure.name(),
            "width": self.map.width,
            "height": self.map.height,
            "min": range.map(|range| range.min),
            "mean": range.map(|range| range.mean),
            "max": range.map(|range| range.max),
            "cells": self.map.known().enumerate().filter_map(cell).collect::<Vec<_>>(),
        });
        for (name, value) in &self.said {
            all[name] = value.clone();
        }
        if let Some(seconds) = self.took {
            let steps = self.map.forked_steps;
            all["forked_steps"] = steps.into();
            all["seconds"] = seconds.into();
            all["forked_steps_per_s"] = (steps as f64 / seconds.max(1e-9)).into();
        }
        all
    }

    /// Returns a line for each cell that has a value, with a column `certain` if any of them is not.
    fn csv(&self) -> String {
        let random = self.any_random();
        let mut text = if random { "y,x,value,certain\n" } else { "y,x,value\n" }.to_string();
        for (k, value) in self.map.known().enumerate() {
            if let Some(value) = value {
                let certain = if random { format!(",{}", !self.is_random(k)) } else { String::new() };
                let (y, x) = self.at(k);
                let _ = writeln!(text, "{y},{x},{value}{certain}");
            }
        }
        text
    }
}

/// The output file of a map. It replaces an existing file only with `--force`, which is checked at the start.
#[derive(Debug)]
pub struct Target(PathBuf);

impl Target {
    /// # Errors
    /// [`Error::Usage`] if the file exists and must not be replaced, or if its kind is unknown.
    pub fn new(path: &Path, force: bool) -> Result<Target> {
        if !path.extension().and_then(|e| e.to_str()).is_some_and(|ending| ["png", "svg", "csv"].contains(&ending)) {
            return Err(Error::Usage(format!(
                "-o {}: the name of a map's file ends in .png, .svg or .csv; without -o the map goes to the terminal as text, or as JSON with --json",
                path.display()
            )));
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
        let map = &mapped.map;
        let heat = Heat {
            values: &map.known().collect::<Vec<_>>(),
            size: (map.width, map.height),
            walls: &map.walls,
            crossed: if mapped.flags { &map.left_to_chance } else { &[] },
            title: &mapped.title(),
            about: &mapped.about(),
            unit: map.measure.unit(),
            grey: map.no_value,
            cross: "chance has a say: the value is that of one noise index",
        };
        heat_map(&heat, &self.0)
    }
}

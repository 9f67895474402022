//! Verifies traces: replays them, recomputes bonuses, and compares hashes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::format::is_of_bonus;
use super::paths::runs_of_sweep;
use super::recompute;
use super::recorded::{Recorded, runs};
use super::replay::{Replays, replayed};
use super::studies::{self, CheckedItems};
use crate::error::Result;

/// The result of a verification: how much was verified, and how each column was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Number of runs.
    pub runs: usize,
    /// Number of trace files.
    pub files: usize,
    /// Number of rows of all files.
    pub rows: u64,
    /// Number of instances, summed over runs.
    pub instances: usize,
    /// What was checked of study files. None if none was given.
    pub study: Option<CheckedItems>,
    /// Columns that a replay of seed and actions reproduced.
    pub replayed: BTreeSet<String>,
    /// Columns of bonuses that were recomputed.
    pub recomputed: BTreeSet<String>,
    /// Columns that only a hash verifies, and why.
    pub hashed: BTreeMap<String, String>,
    /// Columns that nothing verifies, and why: they are not of this run or world, or a file has no hashes.
    pub uncovered: BTreeMap<String, String>,
    /// Notes for the user on what the hashes do not cover.
    pub notes: Vec<String>,
}

/// Verifies the traces that the paths name (files, run folders, folders of sweeps, study files). In study files the numbers and digests of
/// all items of the named sessions are checked too.
///
/// # Errors
/// [`crate::Error::Data`] for an unreadable file, one without a row, or with the first row that differs and how.
pub fn verify(paths: &[PathBuf]) -> Result<Verified> {
    let mut all = Vec::new();
    let mut done = Verified::default();
    for path in paths {
        if let Some(checked) = studies::check(path)? {
            let known = done.study.get_or_insert_default();
            known.participants += checked.participants;
            known.sessions += checked.sessions;
            known.plays += checked.plays;
            known.items += checked.items;
        }
        all.extend(runs_of_sweep(path)?);
    }
    for run in runs(&all)? {
        done.add(&run)?;
    }
    Ok(done)
}

impl Verified {
    fn add(&mut self, run: &Recorded) -> Result<()> {
        if run.rows() == 0 && run.parts[0].stored_rows().is_some() {
            self.notes.push(format!("{}: no step of it was recorded", run.path().display()));
            return Ok(());
        }
        if run.rows() == 0 {
            return Err(run.parts[0].wrong("no row in it: there is nothing to verify"));
        }
        let mut replays = Replays::new(run)?;
        let (columns, mut recompute) = recompute::of(run)?;
        let read = run.read(&mut |piece, common| {
            replays.check(piece, common, &mut |_, _, _| ())?;
            recompute.as_mut().map_or(Ok(()), |recompute| recompute.take(piece, common))
        })?;
        let columns = recompute.map_or(Ok(columns), recompute::Recompute::finish)?;
        self.runs += 1;
        self.files += run.parts.len();
        self.rows += read.rows;
        self.instances += read.instances;
        let again = replayed(&*replays.world)?;
        for column in &columns {
            match &column.left_out {
                None => _ = self.recomputed.insert(column.name.clone()),
                Some(why) if read.unhashed.is_empty() => _ = self.hashed.insert(column.name.clone(), why.clone()),
                Some(why) => _ = self.uncovered.insert(column.name.clone(), why.clone()),
            }
        }
        let known = |name: &str| again.iter().any(|other| other == name) || columns.iter().any(|column| column.name == name);
        for field in run.parts.iter().flat_map(|part| part.schema().fields()).filter(|field| !known(field.name())) {
            // Histories of restored states are replayed: a wrong one leads to another state.
            if [super::format::WORLD, super::format::HISTORY].contains(&field.name().as_str()) {
                self.replayed.insert(field.name().clone());
            } else {
                let why = if is_of_bonus(field.name()) { "no bonus of this run" } else { "not a column of this world" };
                self.uncovered.insert(field.name().clone(), why.to_string());
            }
        }
        self.replayed.extend(again);
        if !read.unhashed.is_empty() {
            let n = read.unhashed.len();
            self.notes
                .push(format!("{}: {n} file(s) of an older version without hashes: no hash covers them", run.path().display()));
        }
        if !read.rounded.is_empty() {
            let what = "another program has rounded the checksums to float64, so 53 of their 64 bits were compared";
            self.notes.push(format!("{}: {what}", run.path().display()));
        }
        Ok(())
    }
}

//! Recorded runs. The parts of each run are joined in order, however they are given, and read in bounded pieces that are checked.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::digest::Digests;
use super::format::{CHECKSUM, Meta};
use super::order::{Common, Order};
use super::parts::{PartFile, RowChunk, RowChunks, typed};
use super::paths::{list, number};
use super::studies;
use super::worlds::world_of;
use crate::envs::World;
use crate::error::{Error, Result};

/// The parts of one run.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// At least one, in the order in which they were written.
    pub parts: Vec<Arc<PartFile>>,
    /// Indices of the given paths that name its parts.
    pub given: Vec<usize>,
    /// None for rows that another program wrote.
    pub world: Option<Arc<dyn World>>,
}

/// The results of reading a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadOutcome {
    /// Number of rows of all parts.
    pub rows: u64,
    /// Number of different instances.
    pub instances: usize,
    /// Files without hashes, as older versions wrote them.
    pub unhashed: Vec<PathBuf>,
    /// Files whose checksums another program has rounded to float64.
    pub rounded: Vec<PathBuf>,
}

/// Opens the runs that the paths name: trace files or run folders. Folders of sweeps are not expanded ([`super::runs_of_sweep`] does that).
/// Parts of one run that are given one by one are joined.
///
/// # Errors
/// [`Error::Usage`] if a file is given twice; [`Error::Data`] if a folder holds parts of two runs, a part is missing or exists twice, or a
/// file cannot be read; [`Error::Io`].
pub fn runs(paths: &[PathBuf]) -> Result<Vec<Recorded>> {
    let mut seen: BTreeSet<PathBuf> = BTreeSet::new();
    let mut runs: Vec<Recorded> = Vec::new();
    let mut studies = studies::OpenStudies::default();
    for (given, path) in paths.iter().enumerate() {
        let (files, first) = (list(path)?, runs.len());
        for file in files {
            if !seen.insert(studies::canonical(&file)?) {
                return Err(Error::Usage(format!("{} is given twice", file.display())));
            }
            let part = studies.part(&file)?.map_or_else(|| PartFile::open(&file), Ok).map(Arc::new)?;
            if let Some(run) = runs.iter_mut().find(|run| are_of_one_run(&run.parts[0], &part)) {
                run.parts.push(part);
                if run.given.last() != Some(&given) {
                    run.given.push(given);
                }
                continue;
            }
            if path.is_dir() && runs.len() > first {
                let other = &runs[runs.len() - 1].parts[0];
                let why = other.meta.as_ref().zip(part.meta.as_ref()).map_or("descriptions", |(a, b)| a.difference(b));
                let (a, b) = (other.path.display(), file.display());
                return Err(Error::Data(format!(
                    "{a} and {b} are parts of two runs: they differ in {why}; give their files one by one"
                )));
            }
            let world = part.meta.as_ref().map(|meta| world_of(&part.path, meta)).transpose()?;
            runs.push(Recorded { parts: vec![part], given: vec![given], world });
        }
    }
    runs.iter_mut().try_for_each(Recorded::put_in_order)?;
    Ok(runs)
}

/// Whether two files are parts of one run. Files of older versions do not name their run; such parts must be in one folder.
fn are_of_one_run(a: &PartFile, b: &PartFile) -> bool {
    let (Some(one), Some(other)) = (&a.meta, &b.meta) else { return false };
    // A play is a run of its own.
    if a.stored_rows().or(b.stored_rows()).is_some() {
        return false;
    }
    let in_one_folder = || a.path.parent() == b.path.parent() && number(&a.path).is_some() && number(&b.path).is_some();
    one.is_of_run_of(other) && (one.names_its_run() || in_one_folder())
}

impl Recorded {
    /// The description of the run. None if another program wrote the rows.
    pub fn meta(&self) -> Option<&Meta> {
        self.parts.first()?.meta.as_ref()
    }

    /// Number of rows according to the files.
    pub fn rows(&self) -> u64 {
        self.parts.iter().map(|part| part.rows).sum()
    }

    /// The path to show in messages: the file, or the folder that its parts are in.
    pub fn path(&self) -> &Path {
        let first = &self.parts[0].path;
        if self.parts.len() == 1 { first } else { first.parent().unwrap_or(first) }
    }

    /// Adds parts of the run that may have appeared since it was opened.
    ///
    /// # Errors
    /// As [`runs`]; [`Error::Data`] if one is of another run.
    pub fn add(&mut self, files: &[PathBuf]) -> Result<()> {
        for file in files {
            let part = Arc::new(PartFile::open(file)?);
            if !are_of_one_run(&self.parts[0], &part) {
                return Err(part.wrong(format!("it is no part of the run of {}", self.parts[0].path.display())));
            }
            self.parts.push(part);
        }
        self.put_in_order()
    }

    fn put_in_order(&mut self) -> Result<()> {
        let place = |part: &Arc<PartFile>| part.meta.as_ref().and_then(|meta| meta.part).or_else(|| number(&part.path));
        self.parts.sort_by_key(place);
        for pair in self.parts.windows(2) {
            let (a, b) = (pair[0].path.display(), pair[1].path.display());
            match (place(&pair[0]), place(&pair[1])) {
                (Some(one), Some(other)) if one == other && pair[0].hash == pair[1].hash && pair[0].hash.is_some() => {
                    return Err(Error::Data(format!("{a} and {b} hold the same rows: part {one} of one run")));
                }
                (Some(one), Some(other)) if one == other => {
                    return Err(Error::Data(format!(
                        "{a} and {b} are both part {one} of one run, which was recorded twice; give one"
                    )));
                }
                (Some(one), Some(other)) if one + 1 != other => {
                    return Err(Error::Data(format!("part {} is missing between {a} and {b}", one + 1)));
                }
                _ => {}
            }
        }
        match self.parts.first().map(|part| (part, part.meta.as_ref().and_then(|meta| meta.part))) {
            Some((part, Some(first))) if first > 0 => {
                Err(part.wrong(format!("this is part {first} of a run: give its earlier parts too")))
            }
            _ => Ok(()),
        }
    }

    /// Reads and checks all rows and passes them to `each`, piece by piece.
    ///
    /// # Errors
    /// [`Error::Data`] with the first row that is out of order, lacks a required value or has an impossible one, or with the column that
    /// was changed; [`Error::Io`]; the error of `each`.
    pub fn read(&self, each: &mut dyn FnMut(&RowChunk, &Common) -> Result<()>) -> Result<ReadOutcome> {
        let mut reader = Reader::new(self);
        self.parts.iter().try_for_each(|part| reader.read(self.world.as_deref(), part, each))?;
        Ok(reader.found())
    }
}

/// Reads the parts of a run one after the other, including parts that appear while the run continues.
#[derive(Clone, Debug)]
pub struct Reader {
    order: Order,
    found: ReadOutcome,
}

impl Reader {
    /// Creates a reader before the first part of `run`.
    pub fn new(run: &Recorded) -> Reader {
        Reader { order: Order::new(run.world.as_deref(), run.meta()), found: ReadOutcome::default() }
    }

    /// Reads the next part of the run, which was recorded in `world`. After an error the reader must not be used any more.
    ///
    /// # Errors
    /// As [`Recorded::read`].
    pub fn read(
        &mut self,
        world: Option<&dyn World>,
        part: &Arc<PartFile>,
        each: &mut dyn FnMut(&RowChunk, &Common) -> Result<()>,
    ) -> Result<()> {
        self.read_from(world, (part, 0), each)
    }

    /// Reads the rows from row `from` on of a part whose earlier rows were read.
    ///
    /// # Errors
    /// As [`Recorded::read`].
    pub fn read_from(
        &mut self,
        world: Option<&dyn World>,
        (part, from): (&Arc<PartFile>, u64),
        each: &mut dyn FnMut(&RowChunk, &Common) -> Result<()>,
    ) -> Result<()> {
        let mut begun = BegunPart::of(part, from)?;
        while self.read_piece(world, &mut begun, each)? {}
        Ok(())
    }

    /// Reads the next piece of the next part of the run. Returns false after the last piece, once the hashes of the part were compared.
    /// After an error the reader must not be used any more.
    ///
    /// # Errors
    /// As [`Recorded::read`].
    pub fn read_piece(
        &mut self,
        world: Option<&dyn World>,
        begun: &mut BegunPart,
        each: &mut dyn FnMut(&RowChunk, &Common) -> Result<()>,
    ) -> Result<bool> {
        let BegunPart { part, pieces, digests, rows, from } = begun;
        let expected = part.meta.as_ref().map(|meta| &meta.hashes).filter(|hashes| !hashes.is_empty());
        if let Some((first, stored)) = pieces.next_rows()? {
            if expected.is_some() && !digests.add(&stored) {
                return Err(part.wrong("a column is of a type that no trace has"));
            }
            let piece = typed(part, world, first, &stored)?;
            let common = Common::of(&piece)?;
            self.order.check(&piece, &common)?;
            each(&piece, &common)?;
            *rows += stored.num_rows() as u64;
            return Ok(true);
        }
        if *rows != part.rows {
            return Err(part.wrong(format!("damaged: {rows} rows, where it says {}", part.rows)));
        }
        match expected {
            // The digests of its items were checked when it was opened.
            None if part.stored_rows().is_some() => {}
            None => self.found.unhashed.push(part.path.clone()),
            Some(expected) if *rows > 0 => {
                if compare(part, expected, &std::mem::take(digests).finish())? {
                    self.found.rounded.push(part.path.clone());
                }
            }
            Some(_) => {}
        }
        self.found.rows += *rows - *from;
        Ok(false)
    }

    /// Returns the results for the parts read so far.
    pub fn found(self) -> ReadOutcome {
        ReadOutcome { instances: self.order.instances(), ..self.found }
    }
}

/// A part that is being read.
pub struct BegunPart {
    /// The part.
    pub part: Arc<PartFile>,
    pieces: RowChunks,
    digests: Digests,
    /// Number of rows that were read.
    pub rows: u64,
    /// The rows before this one were read earlier.
    from: u64,
}

impl BegunPart {
    /// Begins to read `part` at row `from`; its hashes can be compared only if that is 0.
    ///
    /// # Errors
    /// As [`PartFile::pieces`].
    pub fn of(part: &Arc<PartFile>, from: u64) -> Result<BegunPart> {
        let pieces = if from == 0 { part.pieces()? } else { part.range(from, part.rows.saturating_sub(from), None)? };
        Ok(BegunPart { part: part.clone(), pieces, digests: Digests::default(), rows: from, from })
    }
}

/// Compares hashes of columns. Returns true if only checksums differ, because they were rounded.
fn compare(part: &PartFile, expected: &BTreeMap<String, String>, found: &BTreeMap<String, String>) -> Result<bool> {
    let rounded =
        |name: &str| name == CHECKSUM && part.schema().field_with_name(name).is_ok_and(|field| field.data_type().is_floating());
    for (name, hash) in expected {
        match found.get(name) {
            None => return Err(part.wrong(format!("column '{name}' is missing"))),
            Some(other) if other != hash && !rounded(name) => {
                return Err(part.wrong(format!("column '{name}' was changed: its hash is not the one that it was written with")));
            }
            Some(_) => {}
        }
    }
    if let Some(name) = found.keys().find(|name| !expected.contains_key(*name)) {
        return Err(part.wrong(format!("column '{name}' was added")));
    }
    Ok(expected.iter().any(|(name, hash)| rounded(name) && found.get(name) != Some(hash)))
}

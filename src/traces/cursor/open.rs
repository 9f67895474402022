//! Opens a recording, lists its contents, and reads the parts that were recorded since.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::background::{Background, Job};
use super::bonuses::Bonuses;
use super::causes::{Causes, changed};
use super::files::{Stamp, finished, recording};
use super::glanced::Glanced;
use super::index::{Episode, Index};
use super::keyframes::{DEFAULT_KEYFRAME_BYTES, DEFAULT_KEYFRAME_INTERVAL};
use super::progress::Progress;
use super::rows::Window;
use super::shown::Shown;
use super::unread::{DEFAULT_ROWS_CHECKED_FIRST, Unread, with};
use crate::envs::World;
use crate::error::Result;
use crate::traces::Meta;
use crate::traces::player::Player;
use crate::traces::recorded::{Reader, Recorded};
use crate::traces::timeline::Timeline;

/// Options of a cursor. Only `textures` changes what the cursor shows of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CursorOptions {
    /// Limit of the memory for keyframes, in bytes. If they need more, every second one is dropped and seeks become slower.
    pub keyframe_bytes: usize,
    /// Work between keyframes, in steps. It doubles each time that keyframes are dropped.
    pub keyframe_interval: u64,
    /// Whether a background thread makes keyframes. Without it, a seek replays from the row shown last, or from the first row.
    pub background: bool,
    /// For [`Cursor::open_first`]: a part of at most so many rows is listed once all its rows and its hashes were checked. The rows of a larger part are
    /// listed as they are read.
    pub rows_checked_first: u64,
    /// Folder of 16 x 16 PNG tiles that replace the built-in ones in pictures, for worlds that have tiles.
    pub textures: Option<PathBuf>,
}

impl Default for CursorOptions {
    fn default() -> CursorOptions {
        let (keyframe_bytes, keyframe_interval) = (DEFAULT_KEYFRAME_BYTES, DEFAULT_KEYFRAME_INTERVAL);
        let rows_checked_first = DEFAULT_ROWS_CHECKED_FIRST;
        CursorOptions { keyframe_bytes, keyframe_interval, background: true, rows_checked_first, textures: None }
    }
}

/// The result of [`Cursor::refresh`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Refreshed {
    /// Number of new parts.
    pub parts: usize,
    /// Number of rows in the new parts, of all instances.
    pub rows: u64,
}

/// A cursor over a recording. It points to a row of an instance.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use explorarium::agents::Random;
/// use explorarium::envs::{Key, KeyPart, Options, load};
/// use explorarium::sim::{Batch, Config};
/// use explorarium::traces::cursor::{Agreement, CursorOptions};
/// use explorarium::traces::{Cursor, Meta, write};
///
/// // Records 300 steps, as `explorarium run gridlab/four-rooms --record 0,1` does.
/// let world = load("gridlab/four-rooms", &Options { keyed: true, ..Options::default() })?;
/// let mut batch = Batch::new(world.clone(), Config { num_envs: 2, record: vec![0, 1], ..Config::default() })?;
/// batch.advance(300, &Random::default())?;
/// let meta = Meta {
///     format: 1,
///     id: world.spec().id.clone(),
///     toml: world.spec().toml.clone(),
///     keyed: true,
///     reset: "same-step".into(),
///     worlds: "fresh".into(),
///     ..Meta::default()
/// };
/// let path = std::env::temp_dir().join(format!("cursor-example-{}.parquet", std::process::id()));
/// write(&path, &*world, &meta, &batch.take_rows())?;
///
/// let mut cursor = Cursor::open(&path, &CursorOptions::default())?;
/// let episode = cursor.episodes(1)?[0].clone();
/// let place = cursor.seek(1, episode.episode, 7)?;
/// assert_eq!((place.row, place.step), (7, 7));
/// assert_eq!(cursor.observation()?.len(), world.spec().obs_bytes);
/// let picture = cursor.picture()?;
/// assert_eq!(picture.rgba().len(), (4 * picture.width * picture.height) as usize);
/// let _cell: u64 = cursor.key(Key::of(&[KeyPart::Position]))?;
/// let _action = cursor.recorded()?.value("action");
/// assert!(matches!(cursor.agreement()?, Agreement::Agrees { .. }));
/// # std::fs::remove_file(&path)?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Cursor {
    pub(super) path: PathBuf,
    pub(super) options: CursorOptions,
    pub(super) run: Arc<Recorded>,
    /// The stamp of each part, taken before the rows of the part were read.
    pub(super) stamps: Vec<Stamp>,
    pub(super) reader: Reader,
    pub(super) index: Index,
    pub(super) unfinished: Vec<PathBuf>,
    /// What is left to be read of a recording that is read in steps.
    pub(super) unread: Option<Unread>,
    /// Why no more of it is read.
    pub(super) halted: Option<String>,
    /// None if another program wrote the rows.
    pub(super) player: Option<Player>,
    pub(super) shown: Option<Shown>,
    pub(super) window: Window,
    pub(super) bonuses: Option<Bonuses>,
    /// The world with pixels on. It is created when a picture is first requested.
    pub(super) drawing: Option<Arc<dyn World>>,
    /// Instances that were shown beside this one.
    pub(super) glanced: BTreeMap<u32, Glanced>,
}

impl Cursor {
    /// Opens a trace file, a `traces` folder or a run folder, and reads all its rows once. The rows must be in order, and whatever the
    /// hashes of the files cover must be unchanged. In a folder, incomplete parts at the end are skipped: they are still being copied, or
    /// were cut off.
    ///
    /// # Errors
    /// [`crate::Error::Data`] if it is not a valid recording, with the file and the first invalid row; [`crate::Error::Usage`] if it
    /// contains more than one run; [`crate::Error::Limit`] if it does not fit into memory; [`crate::Error::Io`].
    pub fn open(path: &Path, options: &CursorOptions) -> Result<Cursor> {
        let (run, unfinished) = recording(path)?;
        let mut cursor = Cursor::unread(path, options, run, unfinished)?;
        read(&cursor.run, 0, &mut cursor.reader, &mut cursor.index)?;
        Ok(cursor)
    }

    /// A cursor over a run of which nothing is read yet.
    pub(super) fn unread(path: &Path, options: &CursorOptions, run: Recorded, unfinished: Vec<PathBuf>) -> Result<Cursor> {
        let stamps = run.parts.iter().map(|part| Stamp::of_part(part)).collect::<Result<_>>()?;
        let player = run.world.is_some().then(|| Player::new(&run)).transpose()?;
        Ok(Cursor {
            path: path.to_path_buf(),
            options: options.clone(),
            stamps,
            reader: Reader::new(&run),
            index: Index::default(),
            run: Arc::new(run),
            unfinished,
            unread: None,
            halted: None,
            player,
            shown: None,
            window: Window::default(),
            bonuses: None,
            drawing: None,
            glanced: BTreeMap::new(),
        })
    }

    /// Reads the parts that the run has written since. The keyframes and the position stay. The thread continues with the new rows. While
    /// [`Cursor::reading`] says that rows are left to be read, this does nothing.
    ///
    /// # Errors
    /// As [`Cursor::open`]; [`crate::Error::Data`] if a part that was read before is missing or was replaced. After an error the cursor is
    /// unchanged.
    pub fn refresh(&mut self) -> Result<Refreshed> {
        self.check_halted()?;
        if self.unread.is_some() {
            return Ok(Refreshed::default());
        }
        if self.run.parts[0].stored_rows().is_some() {
            return self.grow();
        }
        let (mut files, unfinished) = finished(&self.path)?;
        let known = self.run.parts.len();
        for (part, stamp) in self.run.parts.iter().zip(&self.stamps) {
            if Stamp::of(&part.path).ok().as_ref() != Some(stamp) {
                return Err(changed(part));
            }
        }
        let paths: BTreeSet<&Path> = self.run.parts.iter().map(|part| &*part.path).collect();
        files.retain(|file| !paths.contains(&**file));
        if files.is_empty() {
            self.unfinished = unfinished;
            return Ok(Refreshed::default());
        }
        let (run, stamps) = with(&self.run, &files)?;
        let (mut reader, mut index) = (self.reader.clone(), self.index.clone());
        read(&run, known, &mut reader, &mut index)?;
        let more = match (&self.shown, &run.world) {
            (Some(shown), Some(world)) => {
                shown.causes.more(Some(&**world), &run.parts, index.instance(shown.instance)?, shown.instance)?
            }
            _ => Causes::default(),
        };
        let news = Refreshed { parts: run.parts.len() - known, rows: run.rows() - self.run.rows() };
        (self.run, self.reader, self.index) = (Arc::new(run), reader, index);
        self.stamps.extend(stamps);
        self.unfinished = unfinished;
        self.go_on(more)?;
        Ok(news)
    }

    /// Reads the rows that were added to a play since.
    fn grow(&mut self) -> Result<Refreshed> {
        let known = self.run.rows();
        let Some(part) = self.run.parts[0].grown()? else { return Ok(Refreshed::default()) };
        let run = Recorded { parts: vec![Arc::new(part)], ..(*self.run).clone() };
        let (mut reader, mut index) = (self.reader.clone(), self.index.clone());
        reader.read_from(run.world.as_deref(), (&run.parts[0], known), &mut |piece, common| {
            index.add(piece.first, common, 0, false)
        })?;
        let news = Refreshed { parts: 0, rows: run.rows() - known };
        (self.run, self.reader, self.index) = (Arc::new(run), reader, index);
        self.extend()?;
        Ok(news)
    }

    /// Lets replays of the shown instance reach the rows that were read since it was selected. The thread continues with them. A seek to
    /// such a row does the same.
    ///
    /// # Errors
    /// As [`Cursor::refresh`].
    pub fn extend(&mut self) -> Result<()> {
        let (Some(shown), Some(world)) = (&self.shown, &self.run.world) else { return Ok(()) };
        let known = self.index.instance(shown.instance)?;
        if shown.causes.rows() == known.rows {
            return Ok(());
        }
        let more = shown.causes.more(Some(&**world), &self.run.parts, known, shown.instance)?;
        self.go_on(more)
    }

    /// Appends `more`, the causes of the new rows of the shown instance, and lets the thread continue with them.
    fn go_on(&mut self, more: Causes) -> Result<()> {
        let (Some(shown), Some(player)) = (&mut self.shown, &self.player) else { return Ok(()) };
        shown.background.halt();
        Arc::make_mut(&mut shown.causes).append(more);
        let compared = shown.background.progress().rows;
        let segments: Vec<_> = self.index.instance(shown.instance)?.segments_from(compared).collect();
        let (player, causes, run) = (player.clone(), shown.causes.clone(), self.run.clone());
        if self.options.background {
            shown.background.start(Job { player, instance: shown.instance, causes, run, segments });
        }
        Ok(())
    }

    /// Selects another instance, whose row `row` is to be shown. No row of it is shown yet.
    pub(super) fn select(&mut self, instance: u32, row: u64) -> Result<()> {
        if let Some(shown) = self.shown.as_ref().filter(|shown| shown.instance == instance) {
            return if row < shown.causes.rows() { Ok(()) } else { self.extend() };
        }
        let known = self.index.instance(instance)?;
        let more = match &self.run.world {
            Some(world) => Causes::default().more(Some(&**world), &self.run.parts, known, instance)?,
            // Rows of another program are not replayed.
            None => Causes::default(),
        };
        let background = Background::new(self.options.keyframe_bytes, self.options.keyframe_interval, known.rows);
        self.shown = Some(Shown { instance, row: None, causes: Arc::default(), background, live: None });
        self.go_on(more)
    }

    /// The recorded instances, in order.
    pub fn instances(&self) -> impl Iterator<Item = u32> {
        self.index.instances.keys().copied()
    }

    /// The episodes of an instance, in the order of their rows.
    ///
    /// # Errors
    /// [`crate::Error::Usage`] if the instance was not recorded.
    pub fn episodes(&self, instance: u32) -> Result<&[Episode]> {
        self.index.instance(instance).map(|known| &known.episodes[..])
    }

    /// Returns the number of rows of an instance.
    ///
    /// # Errors
    /// [`crate::Error::Usage`] if the instance was not recorded.
    pub fn rows(&self, instance: u32) -> Result<u64> {
        self.index.instance(instance).map(|known| known.rows)
    }

    /// The description of the run. None if another program wrote the recording.
    pub fn meta(&self) -> Option<&Meta> {
        self.run.meta()
    }

    /// Reads on the times of a play's rows, and what happened besides its steps. Returns whether something is new. Only plays of studies have
    /// them. It may know rows that [`Cursor::refresh`] has not read yet.
    ///
    /// # Errors
    /// [`crate::Error::Data`] or [`crate::Error::Io`] if they cannot be read.
    pub fn timeline(&self, known: &mut Timeline) -> Result<bool> {
        self.run.parts[0].stored_rows().map_or(Ok(false), |rows| rows.timeline(known))
    }

    /// The world of the recording, without pixels. None if another program wrote the recording.
    pub fn world(&self) -> Option<&Arc<dyn World>> {
        self.run.world.as_ref()
    }

    /// Parts that were incomplete at the last check. A later [`Cursor::refresh`] reads them once they are complete.
    pub fn unfinished(&self) -> &[PathBuf] {
        &self.unfinished
    }

    /// Progress of the thread on the shown instance. All fields are 0 if no instance is shown. [`Progress::bytes`] is the memory of the
    /// keyframes; it does not exceed [`CursorOptions::keyframe_bytes`].
    ///
    /// # Errors
    /// [`crate::Error::Data`] if the thread failed, with the row and the reason. Rows before that row can be shown.
    pub fn progress(&mut self) -> Result<Progress> {
        let Some(shown) = &mut self.shown else { return Ok(Progress::default()) };
        shown.background.check()?;
        Ok(shown.background.progress())
    }

    /// Waits until the thread has replayed all rows of the shown instance. Without a thread it returns at once.
    ///
    /// # Errors
    /// As [`Cursor::progress`].
    pub fn wait_for_keyframes(&mut self) -> Result<Progress> {
        let Some(shown) = &mut self.shown else { return Ok(Progress::default()) };
        shown.background.finish()?;
        Ok(shown.background.progress())
    }
}

/// Reads the parts from index `known` on and adds their rows to `index`.
fn read(run: &Recorded, known: usize, reader: &mut Reader, index: &mut Index) -> Result<()> {
    let (world, foreign) = (run.world.as_deref(), run.world.is_none());
    for (number, part) in run.parts.iter().enumerate().skip(known) {
        reader.read(world, part, &mut |piece, common| index.add(piece.first, common, number, foreign))?;
    }
    Ok(())
}

//! Opening a recording, listing what it holds, and taking in what was recorded since.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::background::{Background, Job};
use super::bonuses::Bonuses;
use super::causes::{Causes, changed};
use super::files::{Stamp, finished, recording, stamps};
use super::index::{Episode, Index};
use super::keyframes::{DEFAULT_KEYFRAME_BYTES, DEFAULT_KEYFRAME_INTERVAL};
use super::progress::Progress;
use super::rows::Window;
use super::shown::Shown;
use crate::envs::World;
use crate::error::Result;
use crate::traces::Meta;
use crate::traces::player::Player;
use crate::traces::recorded::{Reader, Recorded};

/// How a cursor works. What it shows does not depend on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CursorOptions {
    /// Bytes that keyframes may take. Where they would take more, every second is dropped, and the way to a row becomes longer.
    pub keyframe_bytes: usize,
    /// Keyframes are made whenever as much was played as so many steps take. It doubles with each dropping.
    pub keyframe_interval: u64,
    /// Make keyframes in a thread. Without, each row is reached from the last one shown, or from the first.
    pub background: bool,
    /// Folder of 16 x 16 PNG tiles that pictures are drawn with, instead of the built-in ones; for worlds that have tiles.
    pub textures: Option<PathBuf>,
}

impl Default for CursorOptions {
    fn default() -> CursorOptions {
        let (keyframe_bytes, keyframe_interval) = (DEFAULT_KEYFRAME_BYTES, DEFAULT_KEYFRAME_INTERVAL);
        CursorOptions { keyframe_bytes, keyframe_interval, background: true, textures: None }
    }
}

/// What [`Cursor::refresh`] found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Refreshed {
    /// Parts that came since.
    pub parts: usize,
    /// Rows in them, of all instances.
    pub rows: u64,
}

/// Recorded play, and a place in it: a row of an instance.
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
    path: PathBuf,
    pub(super) options: CursorOptions,
    pub(super) run: Arc<Recorded>,
    /// Of each part, as it was before it was read.
    stamps: Vec<Stamp>,
    reader: Reader,
    pub(super) index: Index,
    unfinished: Vec<PathBuf>,
    /// None: another program wrote the rows.
    pub(super) player: Option<Player>,
    pub(super) shown: Option<Shown>,
    pub(super) window: Window,
    pub(super) bonuses: Option<Bonuses>,
    /// The world with pixels on, once a picture was asked for.
    pub(super) drawing: Option<Arc<dyn World>>,
}

impl Cursor {
    /// Opens a trace file, a `traces` folder or a run folder, and reads all its rows once: they must be in order, and what the files' hashes
    /// cover must be unchanged. A part without an end, which is still being copied or was cut off, is left aside if none follows it.
    ///
    /// # Errors
    /// [`crate::Error::Data`] if it is no recording, with the file and the first row that cannot be; [`crate::Error::Usage`] if it is more
    /// than one run; [`crate::Error::Limit`] if it does not fit into memory; [`crate::Error::Io`].
    pub fn open(path: &Path, options: &CursorOptions) -> Result<Cursor> {
        let (run, unfinished) = recording(path)?;
        let stamps = stamps(&run)?;
        let player = run.world.is_some().then(|| Player::new(&run)).transpose()?;
        let (mut reader, mut index) = (Reader::new(&run), Index::default());
        read(&run, 0, &mut reader, &mut index)?;
        Ok(Cursor {
            path: path.to_path_buf(),
            options: options.clone(),
            run: Arc::new(run),
            stamps,
            reader,
            index,
            unfinished,
            player,
            shown: None,
            window: Window::default(),
            bonuses: None,
            drawing: None,
        })
    }

    /// Takes in the parts that came since, of a run that goes on. Keyframes and the place stay; the thread goes on with the new rows.
    ///
    /// # Errors
    /// As [`Cursor::open`]; [`crate::Error::Data`] if a part that was read before has gone or is another one now. The cursor is as
    /// it was then.
    pub fn refresh(&mut self) -> Result<Refreshed> {
        let (mut files, unfinished) = finished(&self.path)?;
        let known = self.run.parts.len();
        for (part, stamp) in self.run.parts.iter().zip(&self.stamps) {
            if Stamp::of(&part.path).ok().as_ref() != Some(stamp) {
                return Err(changed(part));
            }
        }
        files.retain(|file| self.run.parts.iter().all(|part| part.path != *file));
        if files.is_empty() {
            self.unfinished = unfinished;
            return Ok(Refreshed::default());
        }
        let mut run = Recorded::clone(&self.run);
        run.add(&files)?;
        if let Some((part, _)) = self.run.parts.iter().zip(&run.parts).find(|(was, is)| was.path != is.path) {
            return Err(changed(part));
        }
        let stamps = stamps(&run)?;
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
        (self.stamps, self.unfinished) = (stamps, unfinished);
        self.go_on(more)?;
        Ok(news)
    }

    /// The thread goes on with all rows of the shown instance, of which `more` were not known.
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

    /// Shows another instance, at no row yet.
    pub(super) fn select(&mut self, instance: u32) -> Result<()> {
        if self.shown.as_ref().is_some_and(|shown| shown.instance == instance) {
            return Ok(());
        }
        let known = self.index.instance(instance)?;
        let more = match &self.run.world {
            Some(world) => Causes::default().more(Some(&**world), &self.run.parts, known, instance)?,
            // Nothing is played.
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
    /// [`crate::Error::Usage`] if it was not recorded.
    pub fn episodes(&self, instance: u32) -> Result<&[Episode]> {
        self.index.instance(instance).map(|known| &known.episodes[..])
    }

    /// Rows of an instance.
    ///
    /// # Errors
    /// [`crate::Error::Usage`] if it was not recorded.
    pub fn rows(&self, instance: u32) -> Result<u64> {
        self.index.instance(instance).map(|known| known.rows)
    }

    /// What the recording says about the run; None if another program wrote it.
    pub fn meta(&self) -> Option<&Meta> {
        self.run.meta()
    }

    /// The world in which it was recorded, pixels off; None if another program wrote it.
    pub fn world(&self) -> Option<&Arc<dyn World>> {
        self.run.world.as_ref()
    }

    /// Parts that had no end when they were looked at last: they are taken in by a later [`Cursor::refresh`].
    pub fn unfinished(&self) -> &[PathBuf] {
        &self.unfinished
    }

    /// How far the thread has come with the shown instance; nothing if none is shown. Its memory is
    /// [`Progress::bytes`], which stays below [`CursorOptions::keyframe_bytes`].
    ///
    /// # Errors
    /// [`crate::Error::Data`] if it could not go on, with the row and why. Rows before that one can be shown.
    pub fn progress(&mut self) -> Result<Progress> {
        let Some(shown) = &mut self.shown else { return Ok(Progress::default()) };
        shown.background.check()?;
        Ok(shown.background.progress())
    }

    /// Waits until the thread has played all rows of the shown instance. Without a thread there is nothing to wait for.
    ///
    /// # Errors
    /// As [`Cursor::progress`].
    pub fn wait_for_keyframes(&mut self) -> Result<Progress> {
        let Some(shown) = &mut self.shown else { return Ok(Progress::default()) };
        shown.background.finish()?;
        Ok(shown.background.progress())
    }
}

/// Reads the parts from `known` on.
fn read(run: &Recorded, known: usize, reader: &mut Reader, index: &mut Index) -> Result<()> {
    let (world, foreign) = (run.world.as_deref(), run.world.is_none());
    for (number, part) in run.parts.iter().enumerate().skip(known) {
        reader.read(world, part, &mut |piece, common| index.add(piece, common, number, foreign))?;
    }
    Ok(())
}

//! Seeks to a row and shows its state.

use arrow_array::RecordBatch;

use super::agreement::{Agreement, Difference};
use super::open::Cursor;
use super::rows::{RecordedRow, columns};
use crate::envs::catalog::{Options, Source, load_source};
use crate::envs::{Block, Key, World};
use crate::error::{Error, Result};
use crate::sim::{InstanceState, Replay, Row};
use crate::traces::compare::first_difference;
use crate::traces::parts::FOREIGN;

/// The position of a cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The instance.
    pub instance: u32,
    /// Index of the row among the rows of the instance, from 0.
    pub row: u64,
    /// Number of the episode as recorded.
    pub episode: u32,
    /// Steps taken in the episode as recorded.
    pub step: u32,
}

/// A picture of a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// `[height, width, 3]` bytes, rows from top to bottom.
    pub rgb: Vec<u8>,
}

impl Picture {
    /// `[height, width, 4]` bytes, with an alpha of 255 everywhere.
    pub fn rgba(&self) -> Vec<u8> {
        self.rgb.chunks_exact(3).flat_map(|rgb| [rgb[0], rgb[1], rgb[2], u8::MAX]).collect()
    }
}

impl Cursor {
    /// Moves to the row of `step` in episode `episode` of `instance`. In recordings with restored states there can be several such rows.
    /// This moves to the first of them; [`Cursor::seek_row`] moves to the others.
    ///
    /// # Errors
    /// [`Error::Usage`] if there is no such step; otherwise as [`Cursor::seek_row`].
    pub fn seek(&mut self, instance: u32, episode: u32, step: u32) -> Result<Position> {
        let row = self.index.instance(instance)?.row_of(episode, step);
        let none = || Error::Usage(format!("instance {instance} has no step {step} of an episode {episode} in this recording"));
        self.seek_row(instance, row.ok_or_else(none)?)
    }

    /// Moves to a row of `instance`, counted from 0. It replays from the last keyframe before the row, from the row shown now, or from the
    /// first row, whichever is nearest. Selecting another instance drops the keyframes of the previous one.
    ///
    /// # Errors
    /// [`Error::Usage`] if there is no such row or instance; the error that stops the replay. After an error of the replay no row is shown.
    pub fn seek_row(&mut self, instance: u32, row: u64) -> Result<Position> {
        self.position_of(instance, row)?;
        self.select(instance, row)?;
        if let (Some(shown), Some(player)) = (&mut self.shown, &self.player) {
            shown.play_to(player, row)?;
        }
        self.show(instance, row)
    }

    /// Moves to the keyframe that is nearest to a row of `instance`, before or after it, without replaying: for a slider that is being
    /// dragged. If there is no keyframe yet, it moves to the first row.
    ///
    /// # Errors
    /// As [`Cursor::seek_row`].
    pub fn seek_nearest(&mut self, instance: u32, row: u64) -> Result<Position> {
        self.position_of(instance, row)?;
        self.select(instance, row)?;
        if self.player.is_none() {
            // Rows of another program are not replayed, so any of them can be shown at once.
            return self.seek_row(instance, row);
        }
        let nearest = self.shown.as_ref().and_then(|shown| shown.background.nearest_row(row));
        self.seek_row(instance, nearest.unwrap_or(0))
    }

    /// Returns the position. None before the first seek, and after an error of the replay.
    pub fn position(&self) -> Option<Position> {
        let shown = self.shown.as_ref()?;
        self.position_of(shown.instance, shown.row?).ok()
    }

    /// Episode and step of a row.
    ///
    /// # Errors
    /// [`Error::Usage`] if there is no such row or instance.
    pub fn position_of(&self, instance: u32, row: u64) -> Result<Position> {
        let known = self.index.instance(instance)?;
        let none = || Error::Usage(format!("instance {instance} has {} rows; there is no row {row}", known.rows));
        let episode = known.episode_of(row).ok_or_else(none)?;
        let ahead = u32::try_from(row - episode.first_row).map_err(|_| none())?;
        Ok(Position { instance, row, episode: episode.episode, step: episode.first_step + ahead })
    }

    fn show(&mut self, instance: u32, row: u64) -> Result<Position> {
        if let Some(shown) = &mut self.shown {
            shown.row = Some(row);
        }
        self.position_of(instance, row)
    }

    /// A copy of the replay at the row that is shown, to go on from there without the cursor.
    ///
    /// # Errors
    /// As [`Cursor::state`].
    pub fn replay(&mut self) -> Result<Replay> {
        Ok(self.live()?.0.clone())
    }

    /// Returns the words of the instance: core, state buffers, observation, sums.
    ///
    /// # Errors
    /// [`Error::Usage`] if no row is shown; [`Error::Data`] if another program wrote the rows, which cannot be replayed.
    pub fn state(&mut self) -> Result<InstanceState> {
        Ok(self.live()?.0.instance_state())
    }

    /// The symbolic observation, `[obs_bytes]` (see [`crate::envs::WorldSpec::obs_parts`]).
    ///
    /// # Errors
    /// As [`Cursor::state`].
    pub fn observation(&mut self) -> Result<&[u8]> {
        Ok(self.live()?.0.observation())
    }

    /// Returns the replayed row.
    ///
    /// # Errors
    /// As [`Cursor::state`].
    pub fn replayed(&mut self) -> Result<&Row> {
        Ok(&self.live()?.1)
    }

    /// Sum of the rewards of the episode up to this row, including those before a restored state.
    ///
    /// # Errors
    /// As [`Cursor::state`].
    pub fn episode_return(&mut self) -> Result<f64> {
        Ok(self.live()?.0.episode_return())
    }

    /// Number of different cells on which the player was in the episode up to this row.
    ///
    /// # Errors
    /// As [`Cursor::state`].
    pub fn cells_visited(&mut self) -> Result<u32> {
        Ok(self.live()?.0.cells_visited())
    }

    /// Calls `see` with the world and the state, a block of one instance with its observation. Returns what `see` returns.
    ///
    /// # Errors
    /// As [`Cursor::state`].
    pub fn look<T>(&mut self, see: impl FnOnce(&dyn World, &Block) -> T) -> Result<T> {
        let (mut see, mut seen) = (Some(see), None);
        self.live()?.0.look(&mut |world, block| seen = see.take().map(|see| see(world, block)));
        seen.ok_or_else(|| Error::Data("the state was not shown".to_string()))
    }

    /// Returns the value of a key for this state.
    ///
    /// # Errors
    /// [`Error::Usage`] if the world does not support a part of the key; otherwise as [`Cursor::state`].
    pub fn key(&mut self, key: Key) -> Result<u64> {
        self.look(|world, block| world.check_key(key).map(|()| world.key(key, 0, block)))?.map_err(Error::Usage)
    }

    /// Returns the picture that a batch with pixels on draws of this state, including the noise of the night.
    ///
    /// # Errors
    /// As [`Cursor::state`]; [`Error::World`] if the world cannot be drawn: it is too large, or the textures cannot be read.
    pub fn picture(&mut self) -> Result<Picture> {
        self.live()?;
        if self.drawing.is_none()
            && let Some(meta) = self.run.meta()
        {
            let source = Source { id: meta.id.clone(), text: meta.toml.clone(), folder: None };
            let (keyed, picture_noise, textures) = (meta.keyed, meta.picture_noise, self.options.textures.clone());
            self.drawing =
                Some(load_source(&source, &Options { keyed, picture_noise, textures, pixels: true, ..Options::default() })?);
        }
        let Some(drawing) = self.drawing.clone() else { return Err(self.run.parts[0].wrong(FOREIGN)) };
        let (height, width) = drawing.spec().picture;
        Ok(Picture { width, height, rgb: self.live()?.0.draw(&*drawing)? })
    }

    /// Returns the row as it was recorded, with all columns.
    ///
    /// # Errors
    /// [`Error::Usage`] if no row is shown; [`Error::Data`] or [`Error::Io`] if it cannot be read.
    pub fn recorded(&mut self) -> Result<RecordedRow> {
        let (instance, row) = self.place()?;
        let of = (instance, self.index.instance(instance)?);
        self.window.row(self.run.world.as_deref(), &self.run.parts, of, row)
    }

    /// Rows `row` and later of `instance` as they were recorded, all columns: at least one and at most `n` of them, as many as lie close in the
    /// file. The cursor stays where it is.
    ///
    /// # Errors
    /// [`Error::Usage`] if there is no such row or instance; [`Error::Data`] or [`Error::Io`] if it cannot be read.
    pub fn recorded_rows(&mut self, instance: u32, row: u64, n: u64) -> Result<RecordBatch> {
        let of = (instance, self.index.instance(instance)?);
        self.window.rows(self.run.world.as_deref(), &self.run.parts, of, (row, n))
    }

    /// Columns of rows `row` and later of `instance` as they were recorded: at most `n` rows, and those of one part. Columns that the part does
    /// not have are left out.
    ///
    /// # Errors
    /// As [`Cursor::recorded_rows`].
    pub fn recorded_columns(&self, instance: u32, (row, n): (u64, u64), names: &[&str]) -> Result<RecordBatch> {
        let of = (instance, self.index.instance(instance)?);
        columns(self.run.world.as_deref(), &self.run.parts, of, (row, n), names)
    }

    /// Whether the replay gives the row as it was recorded, and the rows before it as far as the thread has compared them. Bonus
    /// columns are not compared; see [`Cursor::bonus_values`].
    ///
    /// # Errors
    /// As [`Cursor::state`] and [`Cursor::recorded`].
    pub fn agreement(&mut self) -> Result<Agreement> {
        let (number, row) = self.place()?;
        let replayed = self.live()?.1.clone();
        let (world, of) = (self.run.world.as_deref(), (number, self.index.instance(number)?));
        let piece = self.window.piece(world, &self.run.parts, of, row)?;
        let Some(world) = world else { return Err(self.run.parts[0].wrong(FOREIGN)) };
        let own = first_difference(&piece, world, std::slice::from_ref(&replayed))?;
        let own = own.map(|(_, fields)| Difference::new(row, &replayed, fields));
        let (compared, earlier) = self.shown.as_ref().map_or((0, None), |shown| shown.background.compared());
        Ok(match earlier.filter(|earlier| earlier.row < row).or(own) {
            Some(difference) => Agreement::Differs(difference),
            None => Agreement::Agrees { compared: if compared < row { compared } else { row + 1 } },
        })
    }

    /// Returns the instance and the row that are shown.
    pub(super) fn place(&self) -> Result<(u32, u64)> {
        let place = self.shown.as_ref().and_then(|shown| Some((shown.instance, shown.row?)));
        place.ok_or_else(|| Error::Usage("the cursor is at no row: seek to one first".to_string()))
    }

    pub(super) fn live(&mut self) -> Result<&mut (Replay, Row)> {
        self.place()?;
        let live = self.shown.as_mut().and_then(|shown| shown.live.as_mut());
        live.ok_or_else(|| self.run.parts[0].wrong(FOREIGN))
    }
}

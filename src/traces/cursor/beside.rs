//! Rows of other instances, shown beside the row at which the cursor is.

use std::sync::atomic::{AtomicBool, Ordering};

use super::causes::Causes;
use super::index::Index;
use super::keyframes::{Keyframes, work};
use super::open::Cursor;
use crate::error::{Error, Result};
use crate::sim::{Replay, Row};
use crate::traces::parts::FOREIGN;
use crate::traces::player::{Player, row_at};
use crate::traces::recorded::Recorded;

/// Instances that the memory for keyframes is shared among; each gets as much again as a cursor's, divided by this.
const SHARES: usize = 64;

/// An instance that is replayed beside the one at which the cursor is. It has no thread; keyframes are made on the way.
#[derive(Debug)]
pub struct Beside {
    causes: Causes,
    keyframes: Keyframes,
    /// The replay at a row, and the replayed row.
    live: Option<(u64, Replay, Row)>,
}

/// A row of an instance beside the cursor's own.
#[derive(Debug)]
pub struct BesideRow<'a> {
    /// The state.
    pub replay: &'a mut Replay,
    /// The replayed row.
    pub row: &'a Row,
}

impl Beside {
    fn new(budget: usize, interval: u64) -> Beside {
        Beside { causes: Causes::default(), keyframes: Keyframes::new(budget / SHARES, interval), live: None }
    }

    /// Reads the causes of rows that were written since.
    fn read(&mut self, run: &Recorded, index: &Index, instance: u32) -> Result<()> {
        let known = index.instance(instance)?;
        if self.causes.rows() < known.rows {
            let more = self.causes.more(run.world.as_deref(), &run.parts, known, instance)?;
            self.causes.append(more);
        }
        Ok(())
    }

    /// Replays to a row, from the nearest state before it that is known.
    fn play_to(&mut self, player: &Player, instance: u32, row: u64, stop: &AtomicBool) -> Result<()> {
        let here = self.live.take().filter(|(at, ..)| *at <= row);
        let missing = || Error::Data(format!("row {row} of instance {instance} was not read"));
        let keyframe = self.keyframes.before(row).filter(|(at, _)| here.as_ref().is_none_or(|(here, ..)| at > here));
        let (mut replay, mut last, next) = match (keyframe, here) {
            (Some((at, state)), _) => {
                let mut replay = player.begin(instance);
                replay.restore(state)?;
                let last = row_at(&mut replay, &self.causes.of(at).ok_or_else(missing)?);
                (replay, Some(last), at + 1)
            }
            (None, Some((at, replay, last))) => (replay, Some(last), at + 1),
            (None, None) => (player.begin(instance), None, 0),
        };
        for at in next..=row {
            if stop.load(Ordering::Relaxed) {
                return Err(Error::Interrupted);
            }
            let cause = self.causes.of(at).ok_or_else(missing)?;
            last = Some(player.play(&mut replay, instance, at == 0, &cause, stop)?);
            if self.keyframes.is_due(at, work(&cause)) {
                self.keyframes.push(at, replay.state());
            }
        }
        self.live = last.map(|last| (row, replay, last));
        Ok(())
    }
}

impl Cursor {
    /// Shows a row of any instance beside the row at which the cursor is, which stays: calls `see` with the state. Instances that were shown
    /// beside stay ready, so that their next rows take one step each; [`Cursor::forget_beside`] drops them.
    ///
    /// # Errors
    /// As [`Cursor::seek_row`]; [`Error::Interrupted`] if `stop` is set.
    pub fn see_beside<T>(
        &mut self,
        (instance, row): (u32, u64),
        stop: &AtomicBool,
        see: impl FnOnce(BesideRow) -> T,
    ) -> Result<T> {
        self.position_of(instance, row)?;
        let Some(player) = &self.player else { return Err(self.run.parts[0].wrong(FOREIGN)) };
        let (budget, interval) = (self.options.keyframe_bytes, self.options.keyframe_interval);
        let beside = self.beside.entry(instance).or_insert_with(|| Beside::new(budget, interval));
        beside.read(&self.run, &self.index, instance)?;
        beside.play_to(player, instance, row, stop)?;
        let none = || Error::Data("the state was not shown".to_string());
        let (_, replay, row) = beside.live.as_mut().ok_or_else(none)?;
        Ok(see(BesideRow { replay, row }))
    }

    /// Drops the instances that were shown beside, but for those for which `keep` says yes.
    pub fn forget_beside(&mut self, keep: impl Fn(u32) -> bool) {
        self.beside.retain(|instance, _| keep(*instance));
    }

    /// Bytes of the keyframes of instances that were shown beside; at most [`super::CursorOptions::keyframe_bytes`] for 64 instances, and in
    /// proportion for more.
    pub fn bytes_beside(&self) -> usize {
        self.beside.values().map(|beside| beside.keyframes.bytes()).sum()
    }
}

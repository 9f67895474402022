//! An instance that is shown beside the one at which the cursor is.

use std::sync::atomic::{AtomicBool, Ordering};

use super::causes::Causes;
use super::index::Index;
use super::keyframes::{Keyframes, work};
use crate::error::{Error, Result};
use crate::sim::{Replay, Row};
use crate::traces::player::{Player, row_at};
use crate::traces::recorded::Recorded;

/// Instances that the memory for keyframes is shared among; each gets as much again as a cursor's, divided by this.
const SHARES: usize = 64;

/// An instance that is replayed beside the one at which the cursor is. It has no thread; keyframes are made on the way.
#[derive(Debug)]
pub struct Glanced {
    causes: Causes,
    pub(super) keyframes: Keyframes,
    /// The replay at a row, and the replayed row.
    pub(super) live: Option<(u64, Replay, Row)>,
}

/// A row of an instance beside the cursor's own.
#[derive(Debug)]
pub struct GlancedRow<'a> {
    /// The state.
    pub replay: &'a mut Replay,
    /// The replayed row.
    pub row: &'a Row,
}

impl Glanced {
    pub(super) fn new(budget: usize, interval: u64) -> Glanced {
        Glanced { causes: Causes::default(), keyframes: Keyframes::new(budget / SHARES, interval), live: None }
    }

    /// Reads the causes of rows that were written since.
    pub(super) fn read(&mut self, run: &Recorded, index: &Index, instance: u32) -> Result<()> {
        let known = index.instance(instance)?;
        if self.causes.rows() < known.rows {
            let more = self.causes.more(run.world.as_deref(), &run.parts, known, instance)?;
            self.causes.append(more);
        }
        Ok(())
    }

    /// Replays to a row, from the nearest state before it that is known.
    pub(super) fn play_to(&mut self, player: &Player, instance: u32, row: u64, stop: &AtomicBool) -> Result<()> {
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

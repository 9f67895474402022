//! The instance that is shown, and the replay to its rows.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::background::Background;
use super::causes::Causes;
use crate::error::{Error, Result};
use crate::sim::{Replay, ReplayState, Row};
use crate::traces::player::{Cause, Player, row_at};

/// The instance that is shown.
#[derive(Debug)]
pub struct Shown {
    pub instance: u32,
    /// None before the first seek, and after an error of the replay.
    pub row: Option<u64>,
    pub causes: Arc<Causes>,
    pub background: Background,
    /// The replay at `row`, and the replayed row.
    pub live: Option<(Replay, Row)>,
}

impl Shown {
    /// Replays to row `row`, which must exist. After an error no row is shown.
    ///
    /// # Errors
    /// The error that stops the replay.
    pub fn play_to(&mut self, player: &Player, row: u64) -> Result<()> {
        let here = self.row.take().zip(self.live.take()).filter(|(at, _)| *at <= row);
        let is_nearer = |at: u64| here.as_ref().is_none_or(|(here, _)| at > *here);
        let keyframe = self.background.before(row).filter(|(at, _)| is_nearer(*at));
        let (mut replay, mut last, next) = match (keyframe, here) {
            (Some((at, state)), _) => {
                let (replay, last) = self.restored(player, at, &state)?;
                (replay, Some(last), at + 1)
            }
            (None, Some((at, (replay, last)))) => (replay, Some(last), at + 1),
            (None, None) => (player.begin(self.instance), None, 0),
        };
        let go_on = AtomicBool::new(false);
        for at in next..=row {
            last = Some(player.play(&mut replay, self.instance, at == 0, &self.cause(at)?, &go_on)?);
        }
        (self.row, self.live) = (Some(row), last.map(|last| (replay, last)));
        Ok(())
    }

    /// Returns the replay at a keyframe, and its row.
    fn restored(&self, player: &Player, at: u64, state: &ReplayState) -> Result<(Replay, Row)> {
        let mut replay = player.begin(self.instance);
        replay.restore(state)?;
        let row = row_at(&mut replay, &self.cause(at)?);
        Ok((replay, row))
    }

    fn cause(&self, row: u64) -> Result<Cause> {
        self.causes.of(row).ok_or_else(|| Error::Data(format!("row {row} of instance {} was not read", self.instance)))
    }
}

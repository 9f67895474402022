//! Shows rows of any instance beside the row at which the cursor is.

use std::sync::atomic::AtomicBool;

use super::glanced::{Glanced, GlancedRow};
use super::open::Cursor;
use crate::error::{Error, Result};
use crate::traces::parts::FOREIGN;

impl Cursor {
    /// Shows a row of any instance beside the row at which the cursor is, which stays: calls `see` with the state. Instances that were shown
    /// beside stay ready, so that their next rows take one step each; [`Cursor::forget_glances`] drops them.
    ///
    /// # Errors
    /// As [`Cursor::seek_row`]; [`Error::Interrupted`] if `stop` is set.
    pub fn glance<T>(&mut self, (instance, row): (u32, u64), stop: &AtomicBool, see: impl FnOnce(GlancedRow) -> T) -> Result<T> {
        self.position_of(instance, row)?;
        let Some(player) = &self.player else { return Err(self.run.parts[0].wrong(FOREIGN)) };
        let (budget, interval) = (self.options.keyframe_bytes, self.options.keyframe_interval);
        let glanced = self.glanced.entry(instance).or_insert_with(|| Glanced::new(budget, interval));
        glanced.read(&self.run, &self.index, instance)?;
        glanced.play_to(player, instance, row, stop)?;
        let none = || Error::Data("the state was not shown".to_string());
        let (_, replay, row) = glanced.live.as_mut().ok_or_else(none)?;
        Ok(see(GlancedRow { replay, row }))
    }

    /// Drops the instances that were shown beside, but for those for which `keep` says yes.
    pub fn forget_glances(&mut self, keep: impl Fn(u32) -> bool) {
        self.glanced.retain(|instance, _| keep(*instance));
    }

    /// Bytes of the keyframes of instances that were shown beside; at most [`super::CursorOptions::keyframe_bytes`] for 64 instances, and in
    /// proportion for more.
    pub fn glance_bytes(&self) -> usize {
        self.glanced.values().map(|glanced| glanced.keyframes.bytes()).sum()
    }
}

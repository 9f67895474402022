//! What is shown: source, instance, row, range. Panes read it; only the app changes it.

use std::sync::Arc;

use crate::envs::{LayerNames, World};
use crate::maps::Map;
use crate::traces::cursor::Episode;
use crate::viewer::sources::{Empower, InstanceListing, Listing, ShownState, ShownStep, Source, Track};
use crate::viewer::theme::numbers;

/// A world beside the shown one.
#[derive(Clone, Copy, Debug)]
pub struct OtherWorld<'a> {
    /// Its source.
    pub source: &'a Source,
    /// Its instance.
    pub instance: u32,
    /// The columns of the instance.
    pub track: &'a Track,
    /// The rows that count, both included.
    pub rows: (u64, u64),
}

/// What panes show in this frame.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shown<'a> {
    /// The source; None if nothing is open.
    pub source: Option<&'a Source>,
    /// The contents of the source.
    pub listing: Option<&'a Listing>,
    /// The instance.
    pub instance: Option<&'a InstanceListing>,
    /// The columns of the instance.
    pub track: Option<&'a Track>,
    /// The state of the source that was replayed last; of this instance.
    pub step: Option<&'a ShownStep>,
    /// The row that the playhead is at.
    pub row: u64,
    /// The range that statistics are of, both rows included.
    pub range: Option<(u64, u64)>,
    /// The world that heat is the difference to.
    pub other: Option<OtherWorld<'a>>,
    /// What the figures of the page are of, where it is neither the range nor the episode.
    pub figures_of: Option<&'static str>,
}

impl<'a> Shown<'a> {
    /// The world of the source.
    pub fn world(&self) -> Option<&'a Arc<dyn World>> {
        self.listing?.world.as_ref()
    }

    /// Names of the numbers in layers.
    pub fn layer_names(&self) -> Option<LayerNames> {
        self.world().map(|world| world.layer_names())
    }

    /// Numbers of source and instance.
    pub fn of(&self) -> Option<(u64, u32)> {
        Some((self.source?.id, self.instance?.instance))
    }

    /// The replayed state, with the number of its source.
    pub fn state(&self) -> Option<(u64, &'a ShownState)> {
        Some((self.source?.id, self.step?.state.as_ref()?))
    }

    /// The empowerment of the shown state, if it is known.
    pub fn empowerment(&self) -> Option<(Empower, &'a Map)> {
        let known = self.source?.found.empowerment.as_ref()?;
        let map = known.map.as_ref()?.as_ref().ok()?;
        let position = self.step?.position;
        ((known.of.instance, known.of.row) == (position.instance, position.row)).then_some((known.of, &**map))
    }

    /// The episode of the playhead, and its index.
    pub fn episode(&self) -> Option<(usize, &'a Episode)> {
        self.instance?.episode_of(self.row)
    }

    /// The step of a row within its episode.
    pub fn step_of(&self, row: u64) -> Option<u32> {
        let (_, episode) = self.instance?.episode_of(row)?;
        Some(episode.first_step + u32::try_from(row - episode.first_row).ok()?)
    }

    /// The rows that figures are of: the range, or the episode up to the playhead.
    pub fn scope(&self) -> Option<(u64, u64)> {
        match self.range {
            Some(range) => Some(range),
            None => self.episode().map(|(_, episode)| (episode.first_row, self.row)),
        }
    }

    /// [`Shown::scope`] in words: `World 3 · episode 2 · range 42–712`.
    pub fn scope_words(&self) -> String {
        let Some(instance) = self.instance else { return String::new() };
        let world = format!("World {}", instance.instance);
        let (Some((from, to)), Some((_, episode))) = (self.scope(), self.episode()) else { return world };
        let steps = |row: u64| self.step_of(row).map_or(row, u64::from);
        let across = self.range.is_some() && (from < episode.first_row || to >= episode.first_row + episode.rows);
        let what = match self.range {
            Some(_) if across => format!("rows {}\u{2013}{}", numbers::count(from), numbers::count(to)),
            Some(_) => format!("range {}\u{2013}{}", numbers::count(steps(from)), numbers::count(steps(to))),
            None => format!("first {} steps", numbers::count(steps(self.row))),
        };
        if across {
            format!("{world} \u{b7} {what}")
        } else {
            format!("{world} \u{b7} episode {} \u{b7} {what}", episode.episode)
        }
    }
}

//! Which worlds are compared, and which of their rows belong together.

use std::collections::BTreeSet;

use super::difference::DifferencePane;
use crate::traces::cursor::Episode;
use crate::viewer::panes::{WorldPane, letter};
use crate::viewer::sources::{Glance, InstanceListing, Source, Sources};

/// Worlds that can be compared at once.
pub const MAX_SLOTS: usize = 4;
/// Places of glances from here on are those of slots.
const PLACE: u64 = 1 << 32;
/// Numbers of the panes for the map shader, from here on.
const PANE: u64 = 100;

/// A world to compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Number of its source.
    pub source: u64,
    /// Its instance.
    pub instance: u32,
    /// Index of its episode.
    pub episode: usize,
}

/// Which rows of two episodes belong together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    /// Equal numbers of steps.
    #[default]
    Step,
    /// Equal shares of the episodes.
    Share,
    /// Equal times since the episodes began, where both are of plays of studies, which have clocks; otherwise as [`Align::Step`].
    Time,
}

/// The worlds of the Compare page.
#[derive(Debug)]
pub struct Compare {
    /// The worlds, A first.
    pub slots: Vec<Slot>,
    /// Which rows belong together.
    pub align: Align,
    /// Whether the difference stands in place of four worlds.
    pub(super) difference_tab: bool,
    pub(super) panes: Vec<WorldPane>,
    /// Whether maps show where the players were, whenever panes change.
    pub(super) fitted: bool,
    pub(super) difference: DifferencePane,
    /// Instances whose columns were asked for.
    asked: BTreeSet<(u64, u32)>,
}

impl Default for Compare {
    fn default() -> Compare {
        let panes = (0..MAX_SLOTS as u64).map(|slot| WorldPane::with_number(PANE + 4 * slot)).collect();
        let (slots, asked) = (Vec::new(), BTreeSet::new());
        Compare {
            slots,
            align: Align::Step,
            difference_tab: false,
            panes,
            fitted: true,
            difference: DifferencePane::default(),
            asked,
        }
    }
}

/// An instance of a source.
pub(super) fn instance_of(sources: &Sources, slot: Slot) -> Option<(&Source, &InstanceListing)> {
    let source = sources.get(slot.source)?;
    Some((source, source.found.listing.as_deref()?.instance(slot.instance)?))
}

/// The row of `episode` that belongs to a row of `other`. Past its end it is the last one.
pub fn aligned(episode: &Episode, other: &Episode, row: u64, align: Align) -> u64 {
    let last = episode.rows.saturating_sub(1);
    let ahead = row.saturating_sub(other.first_row);
    let ahead = match align {
        // An episode whose first rows are not recorded begins later.
        Align::Step | Align::Time => (u64::from(other.first_step) + ahead).saturating_sub(u64::from(episode.first_step)),
        Align::Share => {
            let most = other.rows.saturating_sub(1).max(1);
            (u128::from(ahead) * u128::from(last) + u128::from(most) / 2).checked_div(u128::from(most)).unwrap_or(0) as u64
        }
    };
    episode.first_row + ahead.min(last)
}

/// The row of `episode` that belongs to a row of `other` in time: the one that was shown so long after the episode began. None if a time is not
/// known.
pub fn aligned_in_time((episode, times): (&Episode, &[u64]), (other, others): (&Episode, &[u64]), row: u64) -> Option<u64> {
    let at = |times: &[u64], row: u64| times.get(usize::try_from(row).ok()?).copied();
    let since = at(others, row)?.checked_sub(at(others, other.first_row)?)?;
    let begin = usize::try_from(episode.first_row).ok()?;
    let end = usize::try_from(episode.first_row + episode.rows).ok()?.min(times.len());
    let first = *times.get(begin)?;
    let shown = times[begin..end].partition_point(|time| time.saturating_sub(first) <= since);
    Some(episode.first_row + (shown as u64).saturating_sub(1))
}

/// The times of a slot's rows, if it is a play of a study.
fn times_of(sources: &Sources, slot: Slot) -> Option<&[u64]> {
    let times = sources.get(slot.source)?.found.timeline.as_deref()?.times.get(&slot.instance)?;
    Some(&times[..])
}

impl Compare {
    /// Whether all worlds have clocks.
    pub(super) fn has_clocks(&self, sources: &Sources) -> bool {
        self.slots.len() > 1 && self.slots.iter().all(|slot| times_of(sources, *slot).is_some())
    }

    /// Adds a world, or takes it away if it is there. Returns what happened.
    pub fn pin(&mut self, slot: Slot) -> String {
        let is_same = |known: &Slot| (known.source, known.instance) == (slot.source, slot.instance);
        if let Some(at) = self.slots.iter().position(is_same) {
            self.slots.remove(at);
            return format!("World {} is no longer compared.", slot.instance);
        }
        if self.slots.len() == MAX_SLOTS {
            return format!("{MAX_SLOTS} worlds are compared already. Take one away in Compare first.");
        }
        self.slots.push(slot);
        format!("World {} is {} in Compare.", slot.instance, letter(self.slots.len() - 1))
    }

    /// Drops worlds of closed sources, makes the shown world one of those compared, and fills up to two.
    pub fn complete(&mut self, sources: &Sources, shown: Option<Slot>) {
        self.slots.retain(|slot| sources.get(slot.source).is_some());
        let Some(shown) = shown else { return };
        match self.slots.iter().position(|slot| (slot.source, slot.instance) == (shown.source, shown.instance)) {
            // The episode of the shown world is that of the playhead.
            Some(k) => self.slots[k].episode = shown.episode,
            None if self.slots.len() < MAX_SLOTS => self.slots.insert(0, shown),
            None => self.slots[0] = shown,
        }
        if self.slots.len() == 1
            && let Some(second) = second(sources, shown)
        {
            self.slots.push(second);
        }
    }

    /// The slot that is shown, and the rows of all slots when the playhead is at `row` of it. None for what is not read yet.
    pub fn rows(&self, sources: &Sources, shown: Option<(u64, u32)>, row: u64) -> Vec<Option<u64>> {
        let lead_slot = self.slots.iter().find(|slot| Some((slot.source, slot.instance)) == shown);
        let lead = lead_slot.and_then(|slot| instance_of(sources, *slot)?.1.episode_of(row)).map(|(_, episode)| episode);
        let of = |slot: &Slot| {
            if Some((slot.source, slot.instance)) == shown {
                return Some(row);
            }
            let (_, instance) = instance_of(sources, *slot)?;
            let episode = instance.episodes.get(slot.episode).or(instance.episodes.last())?;
            let in_time = || {
                let (own, others) = (times_of(sources, *slot)?, times_of(sources, *lead_slot?)?);
                aligned_in_time((episode, own), (lead?, others), row)
            };
            let in_time = if self.align == Align::Time { in_time() } else { None };
            in_time.or_else(|| Some(aligned(episode, lead?, row, self.align)))
        };
        self.slots.iter().map(of).collect()
    }

    /// The place of a slot's glances.
    pub fn place(slot: usize) -> u64 {
        PLACE + slot as u64
    }

    /// What slots need beside the shown world: `(source, glance)`.
    pub fn glances(&self, sources: &Sources, shown: Option<(u64, u32)>, row: u64) -> Vec<(u64, Glance)> {
        let rows = self.rows(sources, shown, row);
        let all = self.slots.iter().zip(rows).enumerate();
        let others = all.filter(|(_, (slot, _))| Some((slot.source, slot.instance)) != shown);
        let glance = |(k, (slot, row)): (usize, (&Slot, Option<u64>))| {
            Some((slot.source, Glance { place: Compare::place(k), instance: slot.instance, row: row? }))
        };
        others.filter_map(glance).collect()
    }

    /// Asks for the columns of all slots.
    pub fn ask_columns(&mut self, sources: &mut Sources) {
        let slots: BTreeSet<(u64, u32)> = self.slots.iter().map(|slot| (slot.source, slot.instance)).collect();
        self.asked.retain(|asked| slots.contains(asked));
        for (id, instance) in slots {
            let Some(source) = sources.get(id).filter(|source| source.found.listing.is_some()) else { continue };
            if self.asked.insert((id, instance)) && !source.found.columns.contains_key(&instance) {
                source.track(instance);
            }
        }
    }

    /// Fits all maps.
    pub fn fit(&mut self) {
        self.fitted = true;
        self.panes.iter_mut().for_each(WorldPane::fit);
    }

    /// Whether everything that slots need is read.
    pub fn is_idle(&self, sources: &Sources) -> bool {
        self.slots.iter().all(|slot| {
            let found = sources.get(slot.source).map(|source| &source.found);
            found.is_none_or(|found| {
                found.failed.is_some()
                    || found.columns.contains_key(&slot.instance)
                    || found.columns_failed.contains_key(&slot.instance)
            })
        })
    }
}

/// A world to compare with: the same instance of another source, or another one of the same source.
fn second(sources: &Sources, shown: Slot) -> Option<Slot> {
    for source in sources.list.iter().filter(|source| source.id != shown.source) {
        let Some(listing) = source.found.listing.as_deref() else { continue };
        if let Some(instance) = listing.instance(shown.instance).or(listing.instances.first()) {
            return Some(Slot { source: source.id, instance: instance.instance, episode: 0 });
        }
    }
    let listing = sources.get(shown.source)?.found.listing.as_deref()?;
    let other = listing.instances.iter().find(|known| known.instance != shown.instance)?;
    Some(Slot { source: shown.source, instance: other.instance, episode: 0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traces::cursor::Begins;

    fn episode(first_row: u64, rows: u64, first_step: u32) -> Episode {
        Episode { episode: 1, first_row, rows, first_step, steps: rows - 1, ..an_episode() }
    }

    fn an_episode() -> Episode {
        Episode {
            instance: 0,
            episode: 1,
            begins: Begins::Reset,
            first_row: 0,
            rows: 1,
            first_step: 0,
            steps: 0,
            episode_return: 0.0,
            terminated: false,
            truncated: false,
            interrupted: false,
        }
    }

    #[test]
    fn rows_of_two_episodes_belong_together() {
        let (a, b) = (episode(100, 11, 0), episode(40, 21, 0));
        assert_eq!(aligned(&a, &b, 45, Align::Step), 105);
        assert_eq!(aligned(&a, &b, 60, Align::Step), 110, "past its end: the last row");
        assert_eq!(aligned(&b, &a, 105, Align::Step), 45);
        for (row, there) in [(40, 100), (50, 105), (60, 110)] {
            assert_eq!(aligned(&a, &b, row, Align::Share), there);
        }
        assert_eq!(aligned(&b, &a, 110, Align::Share), 60);
        let late = episode(7, 5, 3);
        assert_eq!((aligned(&late, &a, 100, Align::Step), aligned(&late, &a, 104, Align::Step)), (7, 8));
        assert_eq!(aligned(&a, &episode(0, 1, 0), 0, Align::Share), 100, "an episode of one row");
    }

    #[test]
    fn rows_of_plays_belong_together_in_time() {
        let (a, b) = (episode(2, 4, 0), episode(0, 5, 0));
        let (of_a, of_b) = ([0, 10, 100, 150, 200, 400], [0, 60, 120, 130, 1000]);
        let rows: Vec<Option<u64>> = (0..5).map(|row| aligned_in_time((&a, &of_a), (&b, &of_b), row)).collect();
        assert_eq!(rows, [2, 3, 4, 4, 5].map(Some));
        assert_eq!(aligned_in_time((&b, &of_b), (&a, &of_a), 5), Some(3));
        assert_eq!(aligned_in_time((&b, &of_b), (&a, &of_a), 6), None);
    }

    #[test]
    fn a_world_is_pinned_once_and_four_at_most() {
        let mut compare = Compare::default();
        let slot = |instance: u32| Slot { source: 1, instance, episode: 0 };
        assert_eq!(compare.pin(slot(0)), "World 0 is A in Compare.");
        assert_eq!(compare.pin(slot(7)), "World 7 is B in Compare.");
        assert_eq!(compare.pin(Slot { episode: 3, ..slot(0) }), "World 0 is no longer compared.");
        (1..4).for_each(|instance| drop(compare.pin(slot(instance))));
        assert!(compare.pin(slot(9)).starts_with("4 worlds are compared already"));
        assert_eq!(compare.slots.len(), 4);
        compare.complete(&Sources::default(), None);
        assert!(compare.slots.is_empty(), "their sources are closed");
    }
}

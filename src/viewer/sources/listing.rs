//! What a recording holds: its instances and their episodes.

use std::sync::Arc;

use crate::envs::World;
use crate::traces::Meta;
use crate::traces::cursor::Episode;

/// The instances of a recording.
#[derive(Clone, Debug)]
pub struct Listing {
    /// The world; None if another program wrote the rows, which then cannot be replayed.
    pub world: Option<Arc<dyn World>>,
    /// The description of the run; None if another program wrote it.
    pub meta: Option<Meta>,
    /// The recorded instances, in order.
    pub instances: Vec<InstanceListing>,
    /// Parts that are not complete: still being written, or cut off.
    pub unfinished: usize,
    /// Bytes of the files.
    pub bytes: u64,
}

/// An instance.
#[derive(Clone, Debug, PartialEq)]
pub struct InstanceListing {
    /// Its index in the batch.
    pub instance: u32,
    /// Number of its rows.
    pub rows: u64,
    /// Its episodes, in the order of their rows.
    pub episodes: Vec<Episode>,
    /// Number of different achievements in each episode, once they are counted.
    pub achieved: Option<Vec<u32>>,
}

impl InstanceListing {
    /// The episode of a row; its index in `episodes` and itself.
    pub fn episode_of(&self, row: u64) -> Option<(usize, &Episode)> {
        let after = self.episodes.partition_point(|episode| episode.first_row <= row);
        let index = after.checked_sub(1)?;
        let episode = &self.episodes[index];
        (row < episode.first_row + episode.rows).then_some((index, episode))
    }

    /// Steps of all episodes.
    pub fn steps(&self) -> u64 {
        self.episodes.iter().map(|episode| episode.steps).sum()
    }

    /// Steps taken up to a row, that row included, over all episodes: the steps that measures count.
    pub fn steps_until(&self, row: u64) -> u64 {
        let mut steps = 0;
        for episode in self.episodes.iter().take_while(|episode| episode.first_row <= row) {
            // The row of a first or restored state is no step.
            let first = episode.rows - episode.steps.min(episode.rows);
            let rows = (row - episode.first_row + 1).min(episode.rows);
            steps += rows.saturating_sub(first);
        }
        steps
    }

    /// The row after which so many steps are taken; the last row if there are fewer.
    pub fn row_after(&self, steps: u64) -> u64 {
        let mut left = steps;
        for episode in &self.episodes {
            if left <= episode.steps {
                let first = episode.rows - episode.steps.min(episode.rows);
                return episode.first_row + (first + left).saturating_sub(1);
            }
            left -= episode.steps;
        }
        self.rows.saturating_sub(1)
    }

    /// The most achievements of an episode.
    pub fn most_achieved(&self) -> Option<u32> {
        self.achieved.as_ref()?.iter().copied().max()
    }
}

impl Listing {
    /// An instance by its index in the batch.
    pub fn instance(&self, instance: u32) -> Option<&InstanceListing> {
        self.instances.iter().find(|known| known.instance == instance)
    }

    /// Number of achievements that an episode can unlock.
    pub fn achievements(&self) -> &[String] {
        self.world.as_ref().map_or(&[], |world| &world.spec().achievements)
    }

    /// Number of episodes.
    pub fn episodes(&self) -> usize {
        self.instances.iter().map(|instance| instance.episodes.len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traces::cursor::Begins;

    #[test]
    fn steps_are_counted_over_episodes_without_their_first_rows() {
        let episode = |first_row, rows, steps| Episode {
            instance: 0,
            episode: 1,
            begins: Begins::Reset,
            first_row,
            first_step: 0,
            rows,
            steps,
            episode_return: 0.0,
            terminated: true,
            truncated: false,
            interrupted: false,
        };
        let episodes = vec![episode(0, 4, 3), episode(4, 3, 2)];
        let instance = InstanceListing { instance: 0, rows: 7, episodes, achieved: None };
        let steps: Vec<u64> = (0..8).map(|row| instance.steps_until(row)).collect();
        assert_eq!(steps, [0, 1, 2, 3, 3, 4, 5, 5]);
        let rows: Vec<u64> = (0..7).map(|steps| instance.row_after(steps)).collect();
        assert_eq!(rows, [0, 1, 2, 3, 5, 6, 6]);
    }
}

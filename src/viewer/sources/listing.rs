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

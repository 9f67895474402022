//! The tiles and cells of many small maps of one world, for one pass.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::atlas::Atlas;
use super::draw::Uploaded;
use crate::envs::World;
use crate::viewer::sources::ShownStep;

/// A state: its instance and row.
type Key = (u32, u64);

/// Cells of the maps that were drawn last.
#[derive(Debug, Default)]
pub struct Thumbnails {
    atlas: Option<(u64, Atlas)>,
    /// Slots of the cells of each state.
    slots: BTreeMap<Key, Vec<u32>>,
    /// The states in the buffer, the buffer, and where each begins, in cells.
    buffer: Option<(Vec<Key>, Uploaded, Vec<u32>)>,
    versions: u64,
}

impl Thumbnails {
    /// The cells of all these states, one after the other, and where each of them begins. None if a tile cannot be drawn.
    pub fn cells(&mut self, (source, world): (u64, &Arc<dyn World>), steps: &[&ShownStep]) -> Option<(Uploaded, Vec<u32>)> {
        if self.atlas.as_ref().is_none_or(|(known, _)| *known != source) {
            self.atlas = Some((source, Atlas::for_any_light(world.clone())));
            (self.slots, self.buffer) = (BTreeMap::new(), None);
        }
        let keys: Vec<Key> = steps.iter().map(|step| (step.position.instance, step.position.row)).collect();
        if let Some((_, words, firsts)) = self.buffer.as_ref().filter(|(known, ..)| *known == keys) {
            return Some((words.clone(), firsts.clone()));
        }
        let (_, atlas) = self.atlas.as_mut()?;
        let mut known = std::mem::take(&mut self.slots);
        let (mut words, mut firsts) = (Vec::new(), Vec::new());
        for (key, step) in keys.iter().zip(steps) {
            firsts.push(words.len() as u32 / 2);
            let slots = match known.remove(key) {
                Some(slots) => slots,
                None => atlas.cells(&step.state.as_ref()?.map).ok()?.into_iter().flatten().collect(),
            };
            words.extend(&slots);
            self.slots.insert(*key, slots);
        }
        self.versions += 1;
        // The source is part of the version: another world has other tiles.
        let words = Uploaded { version: source << 32 | self.versions, words: words.into() };
        self.buffer = Some((keys, words.clone(), firsts.clone()));
        Some((words, firsts))
    }

    /// The tiles, and texels of their side.
    pub fn atlas(&self, source: u64) -> Option<(Uploaded, u32)> {
        let (_, atlas) = self.atlas.as_ref().filter(|(known, _)| *known == source)?;
        let words = atlas.texels().into();
        Some((Uploaded { version: source << 32 | atlas.version(), words }, atlas.side()))
    }
}

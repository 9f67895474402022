//! Buffers that grow. An instance that needs more room than the batch has gets it, and the batch continues as if it had always had it.
//! Only the memory limits this.

use super::batch::Batch;
use super::buffer::Buffer;
use super::cut::GrownState;
use super::layout::Layout;
use crate::envs::Lists;
use crate::envs::shared::stored::relaid;
use crate::error::{Error, Result};
use crate::memory::{self, shown};

impl Batch {
    /// Number of bytes of an instance in all buffers, at their current size.
    pub fn bytes_per_instance(&self) -> u64 {
        4 * self.each().into_iter().map(|words| words as u64).sum::<u64>()
    }

    /// Number of words of an instance in every buffer, in the order of a snapshot, at their current size.
    pub(super) fn each(&self) -> Vec<usize> {
        match &self.backend {
            Some(backend) => backend.layout().each(),
            None => self.buffers.iter().map(|words| words.get().map_or(0, Vec::len) / self.len()).collect(),
        }
    }

    /// The state buffers that grow: index, lists, current number of words of an instance.
    pub(super) fn growing(&self) -> Vec<(usize, Lists, usize)> {
        let each = self.each();
        self.world.spec().growing().map(|(b, lists)| (b, lists, each[1 + b])).collect()
    }

    /// Takes over the buffers of blocks that have grown; all instances get as much room.
    pub(super) fn take_grown(&mut self, blocks: Vec<GrownState>) -> Result<()> {
        for (b, lists) in self.world.clone().spec().growing() {
            let own = |grown: &&GrownState| grown.0 == b;
            let Some(most) = blocks.iter().filter(own).map(|(_, _, n, words)| words.len() / n).max() else { continue };
            self.widen(b, lists, most)?;
            let Some(all) = self.buffers[1 + b].get_mut() else { continue };
            for (_, first, n, words) in blocks.iter().filter(own) {
                all[first * most..(first + n) * most].copy_from_slice(&relaid(words, lists, *n, most));
            }
        }
        Ok(())
    }

    /// [`Batch::lay_out`], if the rows are shorter.
    fn widen(&mut self, b: usize, lists: Lists, words: usize) -> Result<()> {
        let there = self.buffers[1 + b].get().map_or(0, Vec::len) / self.len();
        if there < words { self.lay_out(b, lists, words) } else { Ok(()) }
    }

    /// Lays the host's words of buffer `b` out with `words` words for each instance.
    fn lay_out(&mut self, b: usize, lists: Lists, words: usize) -> Result<()> {
        let (n, id) = (self.config.num_envs, &self.world.spec().id);
        let Some(old) = self.buffers[1 + b].get_mut().filter(|old| old.len() != n * words) else { return Ok(()) };
        let bytes = 4 * n as u128 * words as u128;
        memory::check(bytes).map_err(|short| {
            Error::Limit(format!(
                "an instance of {id} holds more objects than there was room for; room for them in all {n} takes {} of memory, and {} can be \
                 taken ({}): take fewer instances",
                shown(bytes),
                shown(u128::from(short.allowed)),
                short.source
            ))
        })?;
        *old = relaid(old, lists, n, words);
        Ok(())
    }

    /// Lays the words of instances, a vector for each buffer, out as in the batch. The batch grows if they need more room than it has.
    pub(super) fn fitted(&mut self, mut all: Vec<Vec<Vec<u32>>>) -> Result<Vec<Vec<Vec<u32>>>> {
        let steps = self.steps_ahead();
        let used = |b: usize| all.iter().map(|rows| rows[1 + b][0] as usize).max().unwrap_or(0);
        if self.growing().into_iter().any(|(b, lists, words)| lists.words_for(used(b), steps) > words) {
            let wanted: Vec<usize> = self.world.spec().growing().map(|(b, _)| used(b)).collect();
            self.grow_to(&wanted, steps)?;
        }
        for (b, lists, words) in self.growing() {
            for rows in &mut all {
                let mut row = vec![0; words];
                lists.lay(&rows[1 + b], &mut row);
                rows[1 + b] = row;
            }
        }
        Ok(all)
    }

    /// Number of steps for which an instance has room before the room is checked again.
    fn steps_ahead(&self) -> usize {
        self.backend.as_ref().map_or(1, |backend| backend.steps_ahead())
    }

    /// Gives all instances room for the entries of the fullest instance and for `steps` steps; if instances were `short` of room, it
    /// gives more.
    ///
    /// # Errors
    /// [`Error::Limit`] if there is not enough memory for it; [`Error::Gpu`] if the GPU fails.
    pub(super) fn grow(&mut self, short: bool, steps: usize) -> Result<()> {
        self.fetch_all()?;
        let before = self.steps_ahead();
        let mut wanted = Vec::new();
        for (b, lists, words) in self.growing() {
            let most = self.state(b)?.chunks_exact(words).map(|row| row[0] as usize).max().unwrap_or(0);
            let room = lists.room(words, before);
            wanted.push(if short { lists.roomier(most, room) } else { most.max(room) });
        }
        self.grow_to(&wanted, steps)
    }

    /// Makes room for `wanted` entries, a number for each growing buffer, and for `steps` steps.
    fn grow_to(&mut self, wanted: &[usize], steps: usize) -> Result<()> {
        self.fetch_all()?;
        let layout = Layout::of(&*self.world, self.config.plugin.as_deref());
        let layout = match &self.backend {
            Some(backend) => backend.layout().clone().with_room(wanted, steps),
            None => layout.with_room(wanted, steps),
        };
        for (b, lists) in self.world.clone().spec().growing() {
            self.widen(b, lists, layout.words(Buffer::State(b)))?;
        }
        self.rebuild_gpu(layout, steps)
    }

    /// Rebuilds the backend with buffers of this layout and their current contents; the host has copies of its buffers.
    fn rebuild_gpu(&mut self, layout: Layout, steps: usize) -> Result<()> {
        let Some(backend) = self.backend.take() else { return Ok(()) };
        let paces = backend.paces()?;
        let mut backend = backend.reshaped(&*self.world, &self.config, &self.resetter, (layout, steps))?;
        let buffers: Vec<&[u32]> = self.buffers.iter().map(|words| words.get().map_or(&[][..], |words| words)).collect();
        backend.put_all(&buffers, self.steps)?;
        backend.put_paces(&paces)?;
        self.backend = Some(backend);
        self.let_go();
        Ok(())
    }

    /// Lays the host's words out as on the GPU. The backend is rebuilt if they need more room.
    pub(super) fn fit_gpu(&mut self) -> Result<()> {
        let Some(backend) = &self.backend else { return Ok(()) };
        let (steps, before) = (backend.steps_ahead(), backend.layout().clone());
        let used: Vec<usize> = self.growing_on_host().iter().map(|(_, _, used)| *used).collect();
        let layout = before.clone().with_room(&used, steps);
        for (b, lists, _) in self.growing_on_host() {
            self.lay_out(b, lists, layout.words(Buffer::State(b)))?;
        }
        match self.backend.take() {
            Some(backend) if layout != before => {
                self.backend = Some(backend.reshaped(&*self.world, &self.config, &self.resetter, (layout, steps))?);
            }
            backend => self.backend = backend,
        }
        Ok(())
    }

    /// Gives the host's buffers room for a step, and at least the room with which a batch begins.
    pub(super) fn make_room_for_all(&mut self) -> Result<()> {
        let least = Layout::of(&*self.world, None);
        for (b, lists, used) in self.growing_on_host() {
            self.widen(b, lists, lists.words_for(used, 1).max(least.words(Buffer::State(b))))?;
        }
        Ok(())
    }

    /// The host's buffers that grow: index, lists, maximum number of entries that an instance uses.
    fn growing_on_host(&self) -> Vec<(usize, Lists, usize)> {
        let most = |b: usize| {
            let words = self.buffers[1 + b].get().map_or(&[][..], |words| words);
            words.chunks_exact((words.len() / self.len()).max(1)).map(|row| row[0] as usize).max().unwrap_or(0)
        };
        self.world.spec().growing().map(|(b, lists)| (b, lists, most(b))).collect()
    }
}

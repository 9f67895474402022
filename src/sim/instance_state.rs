//! The state of one instance.

use std::borrow::Cow;

use super::block_context::BlockContext;
use crate::envs::{Core, WorldSpec};
use crate::error::{Error, Result};

/// The state of one instance: core, state, observation, tally, visited.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InstanceState(Box<[u32]>);

impl InstanceState {
    /// Joins words in the order of [`InstanceState::words`], without checks.
    pub fn of<'a>(parts: impl Iterator<Item = &'a [u32]>) -> InstanceState {
        InstanceState(parts.flatten().copied().collect())
    }

    /// Joins an instance's core, state buffers, and observation, tally, visited. Of growing buffers only the used entries are stored.
    pub fn at(spec: &WorldSpec, core: &[u32], state: &[&[u32]], rest: [&[u32]; 3]) -> InstanceState {
        let rows = state.iter().zip(&spec.buffers).map(|(row, buffer)| match buffer.grows {
            None => Cow::Borrowed(*row),
            Some(lists) => Cow::Owned(lists.packed(row)),
        });
        let all: Vec<Cow<[u32]>> =
            std::iter::once(Cow::Borrowed(core)).chain(rows).chain(rest.into_iter().map(Cow::Borrowed)).collect();
        InstanceState::of(all.iter().map(|words| &words[..]))
    }

    /// All its words: core, state buffers in the order of [`WorldSpec::buffers`], observation, tally, visited cells.
    pub fn words(&self) -> &[u32] {
        &self.0
    }

    /// Whether the words have the size of an instance of a world of `spec` whose observation, tally and visited cells take `rest` words.
    pub(super) fn fits(&self, spec: &WorldSpec, rest: usize) -> bool {
        let mut at = Core::WORDS;
        for buffer in &spec.buffers {
            let used = self.0.get(at).map_or(0, |used| *used as usize);
            at = at.saturating_add(buffer.grows.map_or(buffer.words, |lists| lists.words(used)));
        }
        at.saturating_add(rest) == self.0.len()
    }

    /// Writes the words to instance 0 of a block of one instance.
    pub(super) fn put(&self, work: &mut BlockContext) -> Result<()> {
        let mut rest = &self.0[..];
        let mut next = |n: usize| {
            let odd = || Error::Usage("the state is of another world".to_string());
            let (first, after) = rest.split_at_checked(n).ok_or_else(odd)?;
            rest = after;
            Result::Ok((first, after.first().copied()))
        };
        let (core, mut following) = next(Core::WORDS)?;
        work.block.core.copy_from_slice(core);
        for (b, buffer) in work.world.spec().buffers.iter().enumerate() {
            let used = following.unwrap_or(0) as usize;
            let (row, after) = next(buffer.grows.map_or(buffer.words, |lists| lists.words(used)))?;
            work.block.set_row(b, 0, row, buffer.grows);
            following = after;
        }
        for words in [&mut *work.block.obs, &mut *work.tally, &mut *work.visited] {
            words.copy_from_slice(next(words.len())?.0);
        }
        Ok(())
    }
}

//! The state of a replay after a row, from which it can continue; and its picture, drawn on request.

use super::block_context::{Row, row};
use super::instance_state::InstanceState;
use super::replay::Replay;
use crate::envs::{Block, Stored, World, WorldSpec};
use crate::error::{Error, Result};

/// The state of a [`Replay`] after a row. A replay of the same run that is restored from it continues as that one did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplayState {
    index: usize,
    shown_as: u32,
    instance: InstanceState,
    /// The random stream before the last observation; empty unless observing draws from it.
    stream: Box<[u32]>,
}

impl ReplayState {
    /// Bytes that it takes in memory.
    pub fn bytes(&self) -> usize {
        size_of::<ReplayState>() + 4 * (self.instance.words().len() + self.stream.len())
    }
}

impl Replay {
    /// Returns the state of the replay without pictures, because these can be drawn again.
    pub fn state(&self) -> ReplayState {
        ReplayState {
            index: self.index,
            shown_as: self.shown_as,
            instance: self.instance_state(),
            stream: self.stream.clone().into_boxed_slice(),
        }
    }

    /// Restores `state`, which was taken from a replay of the same run.
    ///
    /// # Errors
    /// [`Error::Usage`] if it was taken in another world; the replay cannot be used then.
    pub fn restore(&mut self, state: &ReplayState) -> Result<()> {
        (self.index, self.shown_as) = (state.index, state.shown_as);
        self.stream = state.stream.to_vec();
        self.with_work(|work| state.instance.put(work))?;
        if !self.pixels.is_empty() {
            self.pixels = self.drawn(&*self.world.clone())?;
        }
        Ok(())
    }

    /// Returns the row of the current state as it was recorded. `action` is the action that led to it; None if an episode began with it.
    pub fn row(&mut self, action: Option<u32>) -> Row {
        let instance = self.shown_as;
        self.with_work(|work| Row { instance, ..row(work.world, &work.block, 0, 0, action) })
    }

    /// Draws the picture of the state, `[height, width, 3]` bytes, as a batch in the world `drawing` draws it when it observes the state.
    /// `drawing` is the replay's world with pixels on. The replay does not change.
    ///
    /// # Errors
    /// [`Error::Usage`] if `drawing` is another world, or its pixels are off.
    pub fn draw(&self, drawing: &dyn World) -> Result<Vec<u8>> {
        let (height, width) = drawing.spec().picture;
        let mut bytes: Vec<u8> = bytemuck::cast_slice(&self.drawn(drawing)?).to_vec();
        bytes.truncate((height * width * 3) as usize);
        Ok(bytes)
    }

    /// The words of the picture.
    fn drawn(&self, drawing: &dyn World) -> Result<Vec<u32>> {
        let spec = drawing.spec();
        if spec.pixel_words() == 0 || !is_same(spec, self.world.spec()) {
            return Err(Error::Usage(format!("{}: pictures are drawn by the same world with pixels on", self.world.spec().id)));
        }
        let (mut core, mut state) = (self.core.clone(), self.state.clone());
        let mut stream = &self.stream[..];
        for b in drawing.stream_buffers().iter().filter(|_| !self.stream.is_empty()) {
            let (first, rest) = stream.split_at(state[*b].len());
            state[*b].copy_from_slice(first);
            stream = rest;
        }
        let (mut obs, mut pixels) = (vec![0; spec.obs_words()], vec![0; spec.pixel_words()]);
        let mut block = Block {
            first: self.index,
            n: 1,
            core: &mut core,
            state: state.iter_mut().map(Stored::from).collect(),
            obs: &mut obs,
            pixels: &mut pixels,
        };
        drawing.observe_one(0, &mut block);
        Ok(pixels)
    }
}

/// Whether both are the same world, except for pixels.
fn is_same(a: &WorldSpec, b: &WorldSpec) -> bool {
    a.toml == b.toml && a.buffers.iter().map(|buffer| buffer.name).eq(b.buffers.iter().map(|buffer| buffer.name))
}

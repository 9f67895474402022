//! A measure on every cell where the player can stand.

use std::sync::atomic::AtomicBool;

use rayon::prelude::*;

use super::reach::ReachSearch;
use crate::envs::{Block, Core, Stored, World};
use crate::error::Result;
use crate::sim::keyed_model::KeyedModel;

/// A copy of one instance whose player is moved. It is never stepped.
#[derive(Clone)]
struct Copied {
    core: Vec<u32>,
    state: Vec<Vec<u32>>,
    obs: Vec<u32>,
    /// Room for the picture, if one is drawn. Nothing reads it.
    pixels: Vec<u32>,
}

impl Copied {
    fn of(world: &dyn World, block: &Block, i: usize) -> Copied {
        let spec = world.spec();
        let state = (0..block.state.len()).map(|b| block.row(b, i).to_vec()).collect();
        let (obs, pixels) = (vec![0; spec.obs_words()], vec![0; spec.pixel_words()]);
        Copied { core: block.core_of(i).to_vec(), state, obs, pixels }
    }

    /// Makes this a copy of `other` again.
    fn be(&mut self, other: &Copied) {
        self.core.copy_from_slice(&other.core);
        self.state.iter_mut().zip(&other.state).for_each(|(to, from)| to.copy_from_slice(from));
    }

    fn block(&mut self) -> Block<'_> {
        debug_assert_eq!(self.core.len(), Core::WORDS);
        let state = self.state.iter_mut().map(Stored::from).collect();
        Block { first: 0, n: 1, core: &mut self.core, state, obs: &mut self.obs, pixels: &mut self.pixels }
    }
}

/// Which forks of different cells have the same noise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Noise {
    /// Each cell has different noise, so errors of cells are independent.
    #[default]
    PerCell,
    /// All cells have the same noise, so similar cells have similar errors.
    Shared,
}

/// Options of [`on_cells`].
#[derive(Clone, Copy, Debug, Default)]
pub struct CellOptions<'a> {
    /// Whether cells share their noise.
    pub noise: Noise,
    /// Set by the caller to stop the measurement.
    pub stop: Option<&'a AtomicBool>,
}

/// [`on_cells`] with noise that all cells share.
///
/// # Errors
/// As [`on_cells`].
pub fn on_every_cell<T: Send>(
    world: &dyn World,
    model: &KeyedModel,
    block: &Block,
    i: usize,
    measure: impl Fn(&mut ReachSearch, &Block) -> Result<T> + Sync,
) -> Result<Vec<Option<T>>> {
    on_cells(world, model, (block, i), CellOptions { noise: Noise::Shared, stop: None }, measure)
}

/// Puts the player of instance `i` on every cell, without any other change, and calls `measure` for instance 0 of the block that it gets.
/// Cells are measured in parallel on all threads. Results are in rows from the top; None where the cell is not free ([`Dynamics::place`])
/// or out of the player's reach ([`Dynamics::within_reach`]). `block` does not change.
///
/// [`Dynamics::place`]: crate::envs::Dynamics::place
/// [`Dynamics::within_reach`]: crate::envs::Dynamics::within_reach
///
/// # Errors
/// What `measure` returns for whichever cell fails first; [`crate::Error::Interrupted`] if `options.stop` is set.
pub fn on_cells<T: Send>(
    world: &dyn World,
    model: &KeyedModel,
    (block, i): (&Block, usize),
    options: CellOptions,
    measure: impl Fn(&mut ReachSearch, &Block) -> Result<T> + Sync,
) -> Result<Vec<Option<T>>> {
    let (width, height) = world.spec().size;
    let root = Copied::of(world, block, i);
    let reach = world.within_reach(i, block);
    let begin = || (ReachSearch::new(model).stopped_by(options.stop), root.clone());
    let one = |(search, copy): &mut (ReachSearch, Copied), cell: u32| {
        search.go_on()?;
        if !reach[cell as usize] {
            return Ok(None);
        }
        if options.noise == Noise::PerCell {
            search.salt = cell + 1;
        }
        copy.be(&root);
        let mut placed = copy.block();
        if !world.place(0, &mut placed, cell % width, cell / width) {
            return Ok(None);
        }
        world.observe_one(0, &mut placed);
        measure(search, &placed).map(Some)
    };
    (0..width * height).into_par_iter().map_init(begin, one).collect()
}

//! The interface of a world for the batch: functions that do the part of one instance in a pass, and descriptions of the state.
//!
//! Functions that end in `_one` are twins: they do for instance `i` of the block what one invocation of the kernel of that name does.

use std::fmt::Debug;

use super::block::Block;
use super::core::Core;
use super::key::{DefaultKeys, Key, KeyPart};
use super::layers::{LayerNames, Layers};
use super::packing::{ChanceKernel, Kernels};
use super::picture::{Light, Picture};
use super::spec::WorldSpec;
use super::tile_map::{Daylight, TileCache, TileMap, Tiles};
use crate::shaders::shared::simhash;

/// Position and facing of one instance, for traces and coverage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pose {
    /// Column of the player's cell, from the left.
    pub x: u32,
    /// Row of the player's cell, from the top.
    pub y: u32,
    /// Crafter and gridlab: 0 left/west, 1 right/east, 2 up/north, 3 down/south. MiniGrid: 0 east, 1 south, 2 west, 3 north.
    pub facing: u32,
}

/// Whether random numbers can change a step, as far as a key shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stochasticity {
    /// No step is stochastic: no value of any random word changes a key.
    Never,
    /// Any step may be stochastic.
    Always,
    /// It depends on state and action. [`Dynamics::is_stochastic`] and this kernel decide it.
    ByStep(ChanceKernel),
}

/// A loaded world: a ruleset and the twins that implement it.
pub trait World: Dynamics + StateKeys + Draw + Judge {}

impl<W: Dynamics + StateKeys + Draw + Judge> World for W {}

/// The description of a world and of its state, in names and numbers.
pub trait Describe: Send + Sync + Debug {
    /// The constant properties of the world.
    fn spec(&self) -> &WorldSpec;

    /// Assumptions that were made when the world was loaded, for people; one sentence each.
    fn notes(&self) -> &[String] {
        &[]
    }

    /// Position and facing of the player of instance `i` of the block.
    fn pose(&self, i: usize, block: &Block) -> Pose;

    /// Writes how often each of `spec().achievements` was done so far in this episode.
    fn achievements(&self, _i: usize, _block: &Block, _out: &mut [u32]) {}

    /// Bit a: achievement a was done in this episode.
    fn unlocked(&self, _i: usize, _block: &Block) -> u32 {
        0
    }

    /// Appends the values of `spec().columns` for the current state.
    fn columns(&self, i: usize, block: &Block, out: &mut Vec<u32>);

    /// Returns the text of a [`ColumnKind::Text`](super::spec::ColumnKind::Text) code.
    fn text(&self, _column: usize, _code: u32) -> String {
        String::new()
    }

    /// Converts a stored reward to the float64 of the reference.
    fn reward(&self, raw: i32) -> f64;

    /// Returns what fault number `code` means and which field of the ruleset to raise.
    fn fault(&self, code: u32) -> String;
}

/// The rules: reset, step and observation of one instance, and the kernels that do the same.
///
/// After a finished episode, the batch calls [`Dynamics::begin_stream`] and then [`Dynamics::generate`] (fresh worlds), or it copies the
/// state of a prepared level and then calls `begin_stream` (pool). `core` already holds the number of the new episode and step 0 at these
/// calls.
pub trait Dynamics: Describe {
    /// Sets the instance's own random stream to the state that the reference's stream has at the start of episode `core[EPISODE]`.
    fn begin_stream(&self, i: usize, block: &mut Block);

    /// Generates the world of this episode. It draws from the stream as the reference's reset does, and writes every state word.
    fn generate(&self, i: usize, block: &mut Block);

    /// Indices of the state buffers that hold the random stream. Copying a level does not change these buffers.
    fn stream_buffers(&self) -> &[usize];

    /// Takes one step of instance `i` with `core[ACTION]`: writes state, `core[REWARD]` and `core[FLAGS]`, and increments `core[STEP]`.
    /// Sets [`Core::NEEDS_ROOM`] if there may be no room for the next step.
    fn step_one(&self, i: usize, block: &mut Block);

    /// Writes the observation (and the picture, if pixels are on).
    fn observe_one(&self, i: usize, block: &mut Block);

    /// Calls [`Dynamics::step_one`] for all instances without [`Core::SKIP`]; then makes room for the next step in growing buffers.
    fn step(&self, block: &mut Block) {
        for i in 0..block.n {
            if block.flags(i) & Core::SKIP == 0 {
                self.step_one(i, block);
            }
        }
        block.make_room(self.spec());
    }

    /// Calls [`Dynamics::observe_one`] for all instances without [`Core::SKIP`].
    fn observe(&self, block: &mut Block) {
        for i in 0..block.n {
            if block.flags(i) & Core::SKIP == 0 {
                self.observe_one(i, block);
            }
        }
    }

    /// Whether observing draws from the world's stream. If so, every step must observe.
    fn observing_draws(&self) -> bool {
        false
    }

    /// The kernels of which these functions are the twins.
    fn kernels(&self) -> Kernels;

    /// Whether random numbers can change a step. A world may overestimate this, but must not underestimate it. `key` is the only property
    /// of the next states that matters; None means that everything matters.
    fn stochasticity(&self, _key: Option<Key>) -> Stochasticity {
        Stochasticity::Always
    }

    /// Whether other random words could change the step that instance `i` is about to take with `core[ACTION]`, as far as `key` shows it
    /// at once or later. It is called only where [`Dynamics::stochasticity`] returns [`Stochasticity::ByStep`].
    fn is_stochastic(&self, _key: Option<Key>, _i: usize, _block: &Block) -> bool {
        true
    }

    /// For each cell, row by row, whether the player may ever reach it from its cell (or, in grid-worlds, from a cell where an episode
    /// may begin), with any number of any actions. A world may overestimate this, but must not underestimate it: doors may open, and
    /// things may be carried away.
    fn within_reach(&self, _i: usize, _block: &Block) -> Vec<bool> {
        let (width, height) = self.spec().size;
        vec![true; (width * height) as usize]
    }

    /// Moves the player to the cell (x, y); facing and everything else stay the same. Returns false, and changes nothing, if the cell is
    /// not free. A cell is free if it is on the map, the player can stand on it, nothing else stands there, and the episode does not end
    /// there. For maps on the host; no kernel does this. The observation is not updated.
    fn place(&self, i: usize, block: &mut Block, x: u32, y: u32) -> bool;
}

/// Keys: which states count as the same.
pub trait StateKeys: Describe {
    /// The parts of a key that have meaning in this world, and what each consists of.
    fn key_parts(&self) -> Vec<(KeyPart, String)>;

    /// The keys that are used unless the user gives others.
    fn default_keys(&self) -> DefaultKeys;

    /// Number of bytes that simhash reads from the start of the observation: the view, or all bytes if the view is small.
    fn simhash_bytes(&self) -> usize;

    /// Number of values that these bytes may have: each byte is below this number. Features of observations use it to distinguish all
    /// values that the world can have.
    fn simhash_values(&self) -> usize;

    /// Returns the key of the parts in `mask` ([`Key::mask`]): the twin of the world's kernels of keys.
    fn key_of(&self, mask: u32, i: usize, block: &Block) -> u64;

    /// Returns the key of instance `i` in its current state. The observation must be up to date if [`Key::reads_obs`].
    #[inline]
    fn key(&self, key: Key, i: usize, block: &Block) -> u64 {
        let Some(bits) = key.signs() else { return self.key_of(key.mask(), i, block) };
        let words = self.spec().obs_words();
        let obs = bytemuck::cast_slice(&block.obs[i * words..(i + 1) * words]);
        simhash::simhash(bits, obs, self.simhash_bytes(), self.simhash_values())
    }

    /// Checks whether the world can compute `key`.
    ///
    /// # Errors
    /// A part that has no meaning in this world, with the parts that have one; or an observation that is too long for simhash.
    fn check_key(&self, key: Key) -> Result<(), String> {
        let (spec, known) = (self.spec(), self.key_parts());
        if key.signs().is_some() && spec.obs_words() * 4 > simhash::MAX_BYTES {
            let most = simhash::MAX_BYTES;
            return Err(format!("{key}: the observation of {} takes {} bytes, more than {most}", spec.id, spec.obs_bytes));
        }
        match key.parts().find(|part| known.iter().all(|(known, _)| known != part)) {
            None => Ok(()),
            Some(part) => {
                let names: Vec<&str> = known.iter().map(|(part, _)| part.name()).collect();
                Err(format!("key part '{part}' means nothing in {}; there, keys are made of {}", spec.id, names.join(", ")))
            }
        }
    }
}

/// Pictures and layers of a world. They are computed from the state, so observations need not be written.
pub trait Draw: Describe + Tiles {
    /// Bit d (0 west, 1 east, 2 north, 3 south) is set if a wall between cells blocks the move from the cell (x, y) in that direction.
    /// For pictures.
    fn thin_walls(&self, _x: u32, _y: u32) -> u32 {
        0
    }

    /// A picture of the whole map as text, one character per cell, rows from top to bottom.
    fn ascii(&self, i: usize, block: &Block) -> String;

    /// The content of the world of instance `i` as numbers; [`Draw::layer_names`] has their names.
    fn layers(&self, i: usize, block: &Block) -> Layers;

    /// Names of the numbers in [`Layers`]; the same for all states of the world.
    fn layer_names(&self) -> LayerNames;

    /// The map of instance `i` as numbers of tiles.
    fn tile_map(&self, i: usize, block: &Block) -> TileMap;

    /// The light in the world of instance `i`.
    fn daylight(&self, _i: usize, _block: &Block) -> Daylight {
        Daylight::DAY
    }

    /// The whole map of instance `i` as `[height * tile, width * tile]` pixels.
    ///
    /// # Errors
    /// A tile that is no size or makes the picture too large ([`super::picture::MAX_TILE`], [`super::picture::MAX_PIXELS`]); textures that
    /// cannot be read.
    fn draw_map(&self, i: usize, block: &Block, tile: u32, light: Light) -> Result<Picture, String> {
        let map = self.tile_map(i, block);
        let light = if light == Light::Now { self.daylight(i, block) } else { Daylight::DAY };
        TileCache::new(tile).picture(self, (map.width, map.height), &map.cells, light)
    }

    /// The view of the agent of instance `i`, `tile` x `tile` pixels a cell: the picture that an observation has, at any size. In gridlab
    /// that is the whole map; in Crafter the inventory is below the map, and there is neither a border nor noise.
    ///
    /// # Errors
    /// As [`Draw::draw_map`].
    fn draw_view(&self, i: usize, block: &Block, tile: u32, light: Light) -> Result<Picture, String>;
}

/// The methods for the comparison with the reference package: lines in the format of the judges, and states set by scenarios.
pub trait Judge: Describe {
    /// Returns the line of the reference judge for the current state; `action` is None at step 0. `picture` adds the digest of the
    /// pixels.
    fn judge_record(&self, i: usize, block: &Block, action: Option<u32>, picture: bool) -> serde_json::Value;

    /// Whether the judge still writes the resets of the remaining requested episodes when it has no more actions.
    fn resets_without_actions(&self) -> bool {
        false
    }

    /// Sets the state of a scenario after the first reset, and observes it.
    ///
    /// # Errors
    /// If the family has no scenarios, or this one does not fit the world.
    fn set_scenario(&self, _i: usize, _block: &mut Block, _scenario: &serde_json::Value) -> Result<(), String> {
        Err(format!("{} has no scenarios; only Crafter worlds do", self.spec().id))
    }
}

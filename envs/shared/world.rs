//! The face that every world shows to the batch: functions that do one instance's part of a pass, and what is known of the state.
//!
//! Functions that end in `_one` are the twins: what one invocation of the kernel of that name does for instance `i` of the block.

use std::fmt::Debug;

use super::block::Block;
use super::core::Core;
use super::key::{DefaultKeys, Key, KeyPart};
use super::layers::{LayerNames, Layers};
use super::packing::{ChanceKernel, Kernels};
use super::picture::{Light, Picture, Rgb};
use super::spec::WorldSpec;
use super::tile_map::{Daylight, TileCache, TileMap};
use crate::shaders::shared::simhash;

/// Position, facing and so on of one instance, for traces and coverage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pose {
    /// Column of the player's cell, from the left.
    pub x: u32,
    /// Row of the player's cell, from the top.
    pub y: u32,
    /// 0 left/west, 1 right/east, 2 up/north, 3 down/south in Crafter and gridlab; MiniGrid's own 0 E, 1 S, 2 W, 3 N there.
    pub facing: u32,
}

/// Whether random numbers can change a step, as far as a key can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stochasticity {
    /// Nothing: no value of any random word changes a key.
    Never,
    /// Any step may be.
    Always,
    /// That depends on state and action: [`Dynamics::is_stochastic`] says it, and this kernel.
    ByStep(ChanceKernel),
}

/// A loaded world: a ruleset and the twins that play it.
pub trait World: Dynamics + StateKeys + Draw + Judge {}

impl<W: Dynamics + StateKeys + Draw + Judge> World for W {}

/// What a world is and what its state holds, in names and numbers.
pub trait Describe: Send + Sync + Debug {
    /// What stays the same while the world runs.
    fn spec(&self) -> &WorldSpec;

    /// What had to be taken for granted when it was loaded, for people; a sentence each.
    fn notes(&self) -> &[String] {
        &[]
    }

    /// Position and facing of the player of instance `i` of the block.
    fn pose(&self, i: usize, block: &Block) -> Pose;

    /// Times each of `spec().achievements` was done in this episode so far.
    fn achievements(&self, _i: usize, _block: &Block, _out: &mut [u32]) {}

    /// Bit a: achievement a was done in this episode.
    fn unlocked(&self, _i: usize, _block: &Block) -> u32 {
        0
    }

    /// The values of `spec().columns` for the state as it is.
    fn columns(&self, i: usize, block: &Block, out: &mut Vec<u32>);

    /// The words behind a [`ColumnKind::Text`](super::spec::ColumnKind::Text) code.
    fn text(&self, _column: usize, _code: u32) -> String {
        String::new()
    }

    /// A stored reward as the reference's float64.
    fn reward(&self, raw: i32) -> f64;

    /// What fault number `code` means and which field of the ruleset to raise.
    fn fault(&self, code: u32) -> String;
}

/// The rules: reset, step and observation of one instance, and the kernels that do the same.
///
/// A finished episode is followed by [`Dynamics::begin_stream`] and then either [`Dynamics::generate`] (fresh worlds) or a copy of a
/// prepared level's state with `begin_stream` after it (pool). `core` already holds the new episode's number when they are called, and
/// step 0.
pub trait Dynamics: Describe {
    /// Puts the instance's own stream where the reference has it at the start of episode `core[EPISODE]`.
    fn begin_stream(&self, i: usize, block: &mut Block);

    /// Makes the world of this episode, drawing from the stream as the reference's reset does. Writes every state word.
    fn generate(&self, i: usize, block: &mut Block);

    /// Indices of the state buffers that hold the stream: a copied level leaves them alone.
    fn stream_buffers(&self) -> &[usize];

    /// One step of instance `i` with `core[ACTION]`: writes state, `core[REWARD]`, `core[FLAGS]`; counts `core[STEP]` up. Sets
    /// [`Core::NEEDS_ROOM`] if there may be no room for the next one.
    fn step_one(&self, i: usize, block: &mut Block);

    /// Writes the observation (and the picture, if pixels are on).
    fn observe_one(&self, i: usize, block: &mut Block);

    /// [`Dynamics::step_one`] for all that are not to be skipped; then buffers that grow have room for the next step.
    fn step(&self, block: &mut Block) {
        for i in 0..block.n {
            if block.flags(i) & Core::SKIP == 0 {
                self.step_one(i, block);
            }
        }
        block.make_room(self.spec());
    }

    /// [`Dynamics::observe_one`] for all that are not to be skipped.
    fn observe(&self, block: &mut Block) {
        for i in 0..block.n {
            if block.flags(i) & Core::SKIP == 0 {
                self.observe_one(i, block);
            }
        }
    }

    /// Whether observing draws from the world's stream: then no step may go without.
    fn observing_draws(&self) -> bool {
        false
    }

    /// The kernels whose twins these functions are.
    fn kernels(&self) -> Kernels;

    /// Whether random numbers can change a step. A world may say more than is so, never less. `key` is all that is looked at of where
    /// the steps lead; None if that may be anything.
    fn stochasticity(&self, _key: Option<Key>) -> Stochasticity {
        Stochasticity::Always
    }

    /// Whether another random word could make something else of the step that instance `i` is about to take with `core[ACTION]`, as far as
    /// `key` can tell at once or later. Asked only where [`Dynamics::stochasticity`] says [`Stochasticity::ByStep`].
    fn is_stochastic(&self, _key: Option<Key>, _i: usize, _block: &Block) -> bool {
        true
    }

    /// For each cell, row by row, whether the player may ever come there from where it is (or, in grid-worlds, may begin), whatever it does and
    /// however long that takes. A world may say more than is so, never less: doors may come to be open, and things to be carried away.
    fn within_reach(&self, _i: usize, _block: &Block) -> Vec<bool> {
        let (width, height) = self.spec().size;
        vec![true; (width * height) as usize]
    }

    /// Puts the player on the cell (x, y), facing and all else as they are; false, and nothing changes, if the cell is not free. Free is
    /// where the player could stand and go on: inside, nobody and nothing in the way, and the episode does not end there. For maps on the
    /// host; no kernel does this. The observation is left as it was.
    fn place(&self, i: usize, block: &mut Block, x: u32, y: u32) -> bool;
}

/// What counts as the same state.
pub trait StateKeys: Describe {
    /// The parts of a key that have meaning in this world, and what each consists of.
    fn key_parts(&self) -> Vec<(KeyPart, String)>;

    /// What counts as the same state unless somebody says it.
    fn default_keys(&self) -> DefaultKeys;

    /// How many bytes simhash looks at, from the observation's first on: the view, or, where little is in view, all.
    fn simhash_bytes(&self) -> usize;

    /// How many values these bytes may have: each is below this. By it features of observations keep apart what the world can hold.
    fn simhash_values(&self) -> usize;

    /// The key made of the parts of `mask` ([`Key::mask`]): the twin of the world's kernels of keys.
    fn key_of(&self, mask: u32, i: usize, block: &Block) -> u64;

    /// The key of instance `i` as it is; the observation must be that of the state if [`Key::reads_obs`].
    #[inline]
    fn key(&self, key: Key, i: usize, block: &Block) -> u64 {
        let Some(bits) = key.signs() else { return self.key_of(key.mask(), i, block) };
        let words = self.spec().obs_words();
        let obs = bytemuck::cast_slice(&block.obs[i * words..(i + 1) * words]);
        simhash::simhash(bits, obs, self.simhash_bytes(), self.simhash_values())
    }

    /// Whether the world can compute `key`.
    ///
    /// # Errors
    /// A part without meaning in this world, and the parts that have one; or an observation too long for simhash.
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

/// Pictures of a world, and what is in them. All of it is read from the state; observations need not be written.
pub trait Draw: Describe {
    /// Bit d (0 west, 1 east, 2 north, 3 south) is set if a wall without a cell of its own keeps from leaving the cell (x, y) that way. For
    /// pictures.
    fn thin_walls(&self, _x: u32, _y: u32) -> u32 {
        0
    }

    /// A picture of the whole map as text, one character a cell, rows from top to bottom.
    fn ascii(&self, i: usize, block: &Block) -> String;

    /// What is in the world of instance `i`, in numbers whose names [`Draw::layer_names`] has.
    fn layers(&self, i: usize, block: &Block) -> Layers;

    /// Names of the numbers in [`Layers`]; the same for all states of the world.
    fn layer_names(&self) -> LayerNames;

    /// The map of instance `i` as numbers of tiles.
    fn tile_map(&self, i: usize, block: &Block) -> TileMap;

    /// The tile of a number in [`TileMap`], `[side, side]` pixels in full daylight.
    ///
    /// # Errors
    /// Textures that cannot be read; a number that no tile has.
    fn draw_tile(&self, number: u32, side: u32) -> Result<Vec<Rgb>, String>;

    /// Side of the tiles as they are drawn, in pixels; other sizes are scaled.
    fn tile_side(&self) -> u32;

    /// The light in the world of instance `i`.
    fn daylight(&self, _i: usize, _block: &Block) -> Daylight {
        Daylight::DAY
    }

    /// A pixel of a tile in some light.
    fn shade(&self, pixel: Rgb, _light: Daylight) -> Rgb {
        pixel
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

    /// What the agent of instance `i` sees, `tile` x `tile` pixels a cell: the picture that an observation has, at any size. In gridlab that
    /// is the whole map; in Crafter the inventory is below the map, and there is neither a border nor noise.
    ///
    /// # Errors
    /// As [`Draw::draw_map`].
    fn draw_view(&self, i: usize, block: &Block, tile: u32, light: Light) -> Result<Picture, String>;
}

/// What the comparison with the reference package needs: lines as the judges write them, and states set by hand.
pub trait Judge: Describe {
    /// The reference judge's line for the state as it is; `action` is None at step 0. `picture` adds the digest of the pixels.
    fn judge_record(&self, i: usize, block: &Block, action: Option<u32>, picture: bool) -> serde_json::Value;

    /// Whether the judge still writes the resets of the episodes that were asked for when it has no more actions.
    fn resets_without_actions(&self) -> bool {
        false
    }

    /// Changes the state by hand after the first reset, and observes it.
    ///
    /// # Errors
    /// If the family has no scenarios, or this one makes no sense in the world.
    fn set_scenario(&self, _i: usize, _block: &mut Block, _scenario: &serde_json::Value) -> Result<(), String> {
        Err(format!("{} has no scenarios; only Crafter worlds do", self.spec().id))
    }
}

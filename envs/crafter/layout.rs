//! The layout of an instance's buffers. The index of a cell is `y * width + x`; cell 0 is at the top left.

use super::ruleset::Ruleset;
use crate::envs::shared::lists::Lists;
use crate::envs::shared::spec::BufferSpec;
use crate::shaders::shared::mt19937;

/// Indices of the state buffers.
pub const WORLD: usize = 0;
pub const MOBS: usize = 1;
pub const BODY: usize = 2;
pub const RNG: usize = 3;

/// Fields of `body`: the player.
pub mod body {
    pub const X: usize = 0;
    pub const Y: usize = 1;
    /// Index into `rules::DIRECTIONS`.
    pub const FACING: usize = 2;
    pub const SLEEPING: usize = 3;
    /// The four counters as i32; they hold twice their value.
    pub const HUNGER: usize = 4;
    pub const THIRST: usize = 5;
    pub const FATIGUE: usize = 6;
    pub const RECOVER: usize = 7;
    /// Health at the player's last update; a lower health wakes the player.
    pub const LAST_HEALTH: usize = 8;
    /// Health at the last reward; the next reward counts the change since then.
    pub const PAID_HEALTH: usize = 9;
    /// Bit a: achievement a is unlocked.
    pub const UNLOCKED: usize = 10;
    /// Bit a: the reward of achievement a was given.
    pub const PAID: usize = 11;
    /// Inventory counts, then achievement counts.
    pub const ITEMS: usize = 12;
}

/// Sizes and offsets that follow from a ruleset.
#[derive(Clone, Debug)]
pub struct Layout {
    pub width: u32,
    pub height: u32,
    pub chunks_x: u32,
    /// `chunk_of_x[x] + chunk_of_y[y]` is the chunk of cell (x, y).
    pub chunk_of_x: Vec<u32>,
    pub chunk_of_y: Vec<u32>,
    /// Offsets in `world`.
    pub occupied: usize,
    pub chunk_space: usize,
    pub chunk_mobs: usize,
    pub chunk_order: usize,
    pub world_words: usize,
    /// Whether a byte can hold the number of cells of a chunk.
    pub small_chunks: bool,
    /// How the buffer of objects other than the player grows, and its words at first.
    pub mobs: Lists,
    pub mobs_words: usize,
    pub achievements: usize,
    pub n_items: usize,
    pub n_achievements: usize,
    pub body_words: usize,
}

impl Layout {
    pub fn new(set: &Ruleset) -> Layout {
        let [width, height] = set.area;
        let (chunks_x, chunks_y) = (width.div_ceil(set.chunk[0]), height.div_ceil(set.chunk[1]));
        let cells = (width * height) as usize;
        let n_chunks = (chunks_x * chunks_y) as usize;
        let occupied = cells.div_ceil(8);
        let chunk_space = occupied + cells.div_ceil(32);
        let chunk_mobs = chunk_space + n_chunks;
        let chunk_order = chunk_mobs + n_chunks;
        let achievements = body::ITEMS + set.items.len();
        let mobs = lists_of_mobs(set, cells, n_chunks);
        Layout {
            width,
            height,
            chunks_x,
            chunk_of_x: (0..width).map(|x| x / set.chunk[0]).collect(),
            chunk_of_y: (0..height).map(|y| y / set.chunk[1] * chunks_x).collect(),
            occupied,
            chunk_space,
            chunk_mobs,
            chunk_order,
            world_words: chunk_order + 1 + n_chunks,
            small_chunks: set.chunk[0] * set.chunk[1] <= 0xff,
            mobs,
            mobs_words: mobs.words_for((set.max_objects as usize).min(cells), 1),
            achievements,
            n_items: set.items.len(),
            n_achievements: set.achievements.len(),
            body_words: achievements + set.achievements.len(),
        }
    }

    /// The state buffers, for `envs show` and for the batch.
    pub fn buffers(&self, keyed: bool) -> Vec<BufferSpec> {
        let spec = |name, words, about: String| BufferSpec { name, words, grows: None, about };
        let mut buffers = vec![
            spec("world", self.world_words, self.about_world()),
            BufferSpec { grows: Some(self.mobs), ..spec("mobs", self.mobs_words, self.about_mobs()) },
            spec("body", self.body_words, self.about_body()),
        ];
        if !keyed {
            buffers.push(spec(
                "stream",
                mt19937::WORDS,
                "624 words of MT19937, then the position; words from the position on are one generation old".into(),
            ));
        }
        buffers
    }

    fn about_world(&self) -> String {
        format!(
            "materials, 4 bits a cell (words 0..{}); one bit a cell, set where an object or the player stands ({}..{}); a word a chunk: grass cells | path cells << 16 ({}..{}); \
             a word a chunk: cows + zombies * 2^8 + skeletons * 2^16 + ever held an object * 2^31 ({}..{}); number of chunks that exist and their ids in order of creation ({}..{})",
            self.occupied,
            self.occupied,
            self.chunk_space,
            self.chunk_space,
            self.chunk_mobs,
            self.chunk_mobs,
            self.chunk_order,
            self.chunk_order,
            self.world_words
        )
    }

    fn about_mobs(&self) -> String {
        let cap = self.mobs.capacity(self.mobs_words);
        format!(
            "number of objects; for each in order of entering: x | y << 8 | kind << 16 | facing << 20 | health << 24 (words 1..{}); \
             and cooldown, reload or age of the plant ({}..{}); both lists grow with the objects, up to {}",
            cap + 1,
            cap + 1,
            self.mobs_words,
            self.mobs.most
        )
    }

    fn about_body(&self) -> String {
        format!(
            "x, y, facing (left, right, up, down), sleeping, twice hunger, thirst, fatigue, recover (i32), health last seen, health last paid for, \
             achievements unlocked and paid for (bits each); {} inventory counts; {} achievement counts",
            self.n_items, self.n_achievements
        )
    }
}

/// The lists of objects: their words, and a counter for each. A step adds at most a plant, an arrow for every skeleton that shoots, and a
/// creature of each kind in every chunk. A skeleton that shoots stands within `shoot_within` of the player, and its arrow is one cell
/// nearer. No two of these objects share a cell, and none is on the player's cell.
fn lists_of_mobs(set: &Ruleset, cells: usize, n_chunks: usize) -> Lists {
    let within = set.skeleton.shoot_within.min(2 * set.view[0].max(set.view[1])) as usize;
    let arrows = (within * (within + 1)).min(cells / 2);
    Lists { lists: 2, step: 1 + arrows + set.balance.kinds.len() * n_chunks, most: cells }
}

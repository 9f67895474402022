//! The rules in the form that twins and kernels use: ids for names, doubled counters, 53-bit thresholds for probabilities, tables by time
//! of day. `compile.rs` makes them from a ruleset.

use super::layout::Layout;
use super::ruleset::Ruleset;

/// Materials by id; 0 is outside the map.
pub const MATERIALS: [&str; 13] =
    ["outside", "water", "grass", "stone", "path", "sand", "tree", "lava", "coal", "iron", "diamond", "table", "furnace"];
pub mod material {
    pub const WATER: u32 = 1;
    pub const GRASS: u32 = 2;
    pub const STONE: u32 = 3;
    pub const PATH: u32 = 4;
    pub const SAND: u32 = 5;
    pub const TREE: u32 = 6;
    pub const LAVA: u32 = 7;
    pub const COAL: u32 = 8;
    pub const IRON: u32 = 9;
    pub const DIAMOND: u32 = 10;
    pub const TABLE: u32 = 11;
    pub const FURNACE: u32 = 12;
}

/// Kinds of objects; the semantic id is `PLAYER_ID + kind`.
pub const KINDS: [&str; 6] = ["player", "cow", "zombie", "skeleton", "arrow", "plant"];
pub mod kind {
    pub const COW: u32 = 1;
    pub const ZOMBIE: u32 = 2;
    pub const SKELETON: u32 = 3;
    pub const ARROW: u32 = 4;
    pub const PLANT: u32 = 5;
}
/// The player's id in semantic views, after the materials.
pub const PLAYER_ID: u32 = 13;

/// left, right, up, down.
pub const DIRECTIONS: [(i32, i32); 4] = [(-1, 0), (1, 0), (0, -1), (0, 1)];

/// Maximum numbers of items and achievements of a ruleset (room in one instance's `body`, bits in a word).
pub const MAX_ITEMS: usize = 32;
pub const MAX_ACHIEVEMENTS: usize = 32;
/// Maximum width and height of a map: a coordinate is a byte.
pub const MAX_SIDE: u32 = 256;
/// Maximum number of objects for which a ruleset may give room at first.
pub const MAX_OBJECTS: u32 = MAX_SIDE * MAX_SIDE;
/// Maximum side of the view in cells.
pub const MAX_VIEW: u32 = 31;

/// Maximum side of the picture in pixels.
pub const MAX_PICTURE: u32 = 1024;

/// The operation of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    Noop,
    Move(u32),
    Do,
    Sleep,
    Place(usize),
    Make(usize),
}

/// Index of an achievement; None if the ruleset does not list it.
pub type Achievement = Option<usize>;

#[derive(Clone, Debug)]
pub struct CollectRule {
    pub requires: Vec<(usize, i32)>,
    /// (item, count, achievement)
    pub gives: Vec<(usize, i32, Achievement)>,
    pub leaves: u32,
    /// Threshold for `uniform() <= probability`.
    pub most: u64,
    pub resets_thirst: bool,
}

#[derive(Clone, Debug)]
pub struct PlaceRule {
    pub uses: Vec<(usize, i32)>,
    /// Bit m: may be placed on material m.
    pub on: u32,
    /// The material, or None for a plant.
    pub material: Option<u32>,
    pub achievement: Achievement,
}

#[derive(Clone, Debug)]
pub struct MakeRule {
    pub item: usize,
    pub uses: Vec<(usize, i32)>,
    /// Bit m: material m must be near.
    pub near: u32,
    pub gives: i32,
    pub achievement: Achievement,
}

#[derive(Clone, Debug)]
pub struct BalanceRule {
    pub kind: u32,
    pub material: u32,
    pub spawn_distance: u32,
    pub despawn_distance: u32,
    pub spawn: u64,
    pub despawn: u64,
    pub min_space: u32,
    /// int(min) and int(max) by step modulo the length of the day.
    pub min: Vec<u32>,
    pub max: Vec<u32>,
}

/// Counters of the player, doubled so that halves are whole.
#[derive(Clone, Debug)]
pub struct VitalRules {
    pub hunger: [i32; 3],
    pub thirst: [i32; 3],
    pub tired_above: i32,
    pub rested_below: i32,
    pub fatigue: [i32; 2],
    pub heal_above: i32,
    pub hurt_below: i32,
    pub recover: [i32; 2],
    pub starve: [i32; 2],
}

/// Indices of the vital items and achievements to which the code refers by name.
#[derive(Clone, Debug)]
pub struct Roles {
    pub health: usize,
    pub food: usize,
    pub drink: usize,
    pub energy: usize,
    pub wake_up: Achievement,
    pub eat_cow: Achievement,
    pub eat_plant: Achievement,
    pub defeat_zombie: Achievement,
    pub defeat_skeleton: Achievement,
}

/// Probabilities of creatures as 53-bit thresholds, in the order of the ruleset's fields.
#[derive(Clone, Debug)]
pub struct Odds {
    pub cow_walk: u64,
    pub zombie_chase: u64,
    pub zombie_long: u64,
    pub retreat_long: u64,
    pub shoot: u64,
    pub approach: u64,
    pub approach_long: u64,
    pub skeleton_walk: u64,
}

/// Everything the kernels read.
#[derive(Clone, Debug)]
pub struct Rules {
    pub set: Ruleset,
    pub at: Layout,
    pub ops: Vec<Op>,
    pub item_max: Vec<i32>,
    pub item_initial: Vec<i32>,
    pub collect: Vec<Option<CollectRule>>,
    pub place: Vec<PlaceRule>,
    pub make: Vec<MakeRule>,
    pub damage: Vec<(usize, i32)>,
    pub walkable: u32,
    pub walkable_player: u32,
    pub walkable_arrow: u32,
    pub breaks: u32,
    pub arrow_leaves: u32,
    pub vitals: VitalRules,
    pub roles: Roles,
    pub odds: Odds,
    pub balance: Vec<BalanceRule>,
    /// Objects at this distance (L1) from the player or farther get no turn.
    pub reach: u32,
    /// Daylight in 1/255 by step modulo the length of the day.
    pub daylight: Vec<u32>,
    /// Daylight below one half: pictures take noise.
    pub dark: Vec<bool>,
    pub keyed: bool,
    pub picture_noise: bool,
}

impl Rules {
    pub fn day_ix(&self, step: u32) -> usize {
        (step % self.set.day.length) as usize
    }

    /// Rows of the view that show the map; the others show the inventory.
    pub fn map_rows(&self) -> u32 {
        self.set.view[1] - (self.set.items.len() as u32).div_ceil(self.set.view[0])
    }
}

/// Returns the daylight at `step` in float64, in the reference's order of operations.
#[expect(clippy::disallowed_methods, reason = "tabulated once on the host; rules stay 0.005 away from every threshold")]
pub fn daylight(set: &Ruleset, step: u32) -> f64 {
    let progress = (f64::from(step) / f64::from(set.day.length)) % 1.0 + set.day.start;
    let cosine = (std::f64::consts::PI * progress * set.day.angle).cos().abs();
    1.0 - cosine.powf(f64::from(set.day.power))
}

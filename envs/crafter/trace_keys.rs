//! Keys of states in recorded Crafter trajectories: states with the same key count as the same.

use super::rules::{DIRECTIONS, material};
use crate::envs::shared::trace_key::{
    ACHIEVEMENT, ColumnWords, Columns, FACING, INVENTORY, POSITION, PartWords, TraceKeys, TracePart, VIEW,
};

/// Counts that fall without an action of the player; keys of the inventory omit them.
const VITALS: &[&str] = &["health", "food", "drink", "energy"];
/// Maximum of a clipped count.
const CLIP: u32 = 2;

const ITEMS: Columns = Columns::Prefix { prefix: INVENTORY, except: VITALS };

static CLIPPED: TracePart = TracePart {
    name: "clipped",
    about: "Crafter: the count of each item as 0, 1 or at least 2, without health, food, drink and energy",
    words: PartWords::Columns(&[ColumnWords { columns: ITEMS, max: CLIP }]),
};
static ITEM_COUNTS: TracePart = TracePart {
    name: "inventory",
    about: "Crafter: the count of each item, without health, food, drink and energy",
    words: PartWords::Columns(&[ColumnWords { columns: ITEMS, max: u32::MAX }]),
};
static ACHIEVEMENTS: TracePart = TracePart {
    name: "achievements",
    about: "Crafter: which achievements this episode has unlocked",
    words: PartWords::Columns(&[ColumnWords { columns: Columns::Prefix { prefix: ACHIEVEMENT, except: &[] }, max: 1 }]),
};
static FACED: TracePart = TracePart {
    name: "faced",
    about: "Crafter: the material or creature in front of the player (by replay)",
    words: PartWords::State(|view, facing, out| {
        let (dx, dy) = DIRECTIONS.get(facing as usize).copied().unwrap_or_default();
        out.push(u32::from(view.at(dx as isize, dy as isize)));
    }),
};
static NEARBY: TracePart = TracePart {
    name: "nearby",
    about: "Crafter: whether a table or a furnace is in the 3 x 3 cells around the player, each by itself (by replay)",
    words: PartWords::State(|view, _, out| {
        let near = |id: u32| (-1..=1).any(|dy| (-1..=1).any(|dx| u32::from(view.at(dx, dy)) == id));
        out.push(u32::from(near(material::TABLE)) | u32::from(near(material::FURNACE)) << 1);
    }),
};

/// The default key is coarse: with fine keys nearly every visit is the first visit to its state, and no objective is meaningful.
pub static TRACE_KEYS: TraceKeys = TraceKeys {
    parts: &[&POSITION, &FACING, &CLIPPED, &ITEM_COUNTS, &ACHIEVEMENTS, &FACED, &NEARBY, &VIEW],
    default: &[&CLIPPED, &ACHIEVEMENTS, &FACED, &NEARBY],
    default_name: Some("coarse"),
    columns: &[ACHIEVEMENT, INVENTORY],
};

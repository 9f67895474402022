//! What counts as the same state in a recorded step: parts of its own, read off the columns of a trace where that can be, and the parts of
//! the keys that runs count by ([`Key`]), by replay. A new part of this page alone is a variant of [`Part`].

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, UInt8Type, UInt16Type, UInt32Type};
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;

use crate::envs::catalog::distance;
use crate::envs::shared::key::{Key, KeyPart};
use crate::envs::{Block, Family, World};
use crate::traces::{Kind, as_kind};

/// One thing that may tell states apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Position,
    Facing,
    Carrying,
    Clipped,
    Inventory,
    Achievements,
    Faced,
    Nearby,
    View,
}

/// Each part with its name and what it is, for `--help`.
pub const PARTS: [(Part, &str, &str); 9] = [
    (Part::Position, "position", "x and y"),
    (Part::Facing, "facing", "the direction"),
    (Part::Carrying, "carrying", "MiniGrid: what is carried"),
    (
        Part::Clipped,
        "clipped",
        "Crafter: how many of each item, from 2 on all the same; health, food, drink and energy are left out",
    ),
    (Part::Inventory, "inventory", "Crafter: how many of each item; health, food, drink and energy are left out"),
    (Part::Achievements, "achievements", "Crafter: which achievements this episode has unlocked"),
    (Part::Faced, "faced", "Crafter: the material or creature in front of the player (by replay)"),
    (Part::Nearby, "nearby", "Crafter: whether a table, whether a furnace is in the 3 x 3 cells around the player (by replay)"),
    (Part::View, "view", "Crafter, MiniGrid: all that is in view (by replay)"),
];

/// The default in Crafter, a coarse one: with fine states nearly every visit is the first, and no objective means anything.
pub const COARSE: (&str, [Part; 4]) = ("coarse", [Part::Clipped, Part::Achievements, Part::Faced, Part::Nearby]);

/// Counts that fall without the player's doing: no part of what a player has.
const VITALS: [&str; 4] = ["health", "food", "drink", "energy"];
pub const INVENTORY: &str = "inventory_";
pub const ACHIEVEMENT: &str = "achievement_";
/// A clipped count's highest value.
const CLIP: u32 = 2;

/// How keys of signs of projections begin.
const SIMHASH: &str = "simhash:";

/// Ids in Crafter's view; see `envs show crafter`.
const TABLE: u8 = 11;
const FURNACE: u8 = 12;
/// Steps left, right, up, down, by the number of the facing.
const DIRECTIONS: [(isize, isize); 4] = [(-1, 0), (1, 0), (0, -1), (0, 1)];

/// Parts that together are the state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Abstraction {
    pub parts: Vec<Part>,
    /// What else tells states apart, as runs count it ([`World::key`]).
    pub key: Option<Key>,
}

impl Part {
    pub fn name(self) -> &'static str {
        PARTS.iter().find(|(part, _, _)| *part == self).map_or("", |(_, name, _)| name)
    }

    /// Not in the columns of a trace, only in the state itself.
    pub fn needs_replay(self) -> bool {
        matches!(self, Part::Faced | Part::Nearby | Part::View)
    }

    /// Whether worlds of `family` have it.
    fn is_in(self, family: Family) -> bool {
        match self {
            Part::Position | Part::Facing => true,
            Part::Carrying => family == Family::MiniGrid,
            Part::View => family != Family::GridLab,
            Part::Clipped | Part::Inventory | Part::Achievements | Part::Faced | Part::Nearby => family == Family::Crafter,
        }
    }
}

impl Abstraction {
    /// Reads `a+b+c`: names of [`PARTS`], else what a [`Key`] is made of.
    ///
    /// # Errors
    /// The name that is none, with the nearest that is.
    pub fn parse(text: &str) -> Result<Abstraction, String> {
        let (mut parts, mut others) = (Vec::new(), Vec::new());
        for name in text.split('+').map(str::trim) {
            let known = PARTS.iter().find(|(_, known, _)| *known == name).map(|(part, _, _)| vec![*part]);
            match if name == COARSE.0 { Some(COARSE.1.to_vec()) } else { known } {
                Some(found) => parts.extend(found),
                None if name.starts_with(SIMHASH) || KeyPart::ALL.iter().any(|part| part.name() == name) => others.push(name),
                None => {
                    let of_keys =
                        KeyPart::ALL.iter().map(|part| part.name()).filter(|name| PARTS.iter().all(|(_, own, _)| own != name));
                    let names = PARTS.iter().map(|(_, name, _)| *name).chain([COARSE.0]).chain(of_keys).chain(["simhash:BITS"]);
                    return Err(unknown("key", name, names));
                }
            }
        }
        parts.dedup();
        let key = if others.is_empty() { None } else { Some(others.join("+").parse().map_err(|e| format!("{e}"))?) };
        Ok(Abstraction { parts, key })
    }

    /// With the parts that mean nothing in `family` here, but do as parts of a [`Key`], taken as those.
    ///
    /// # Errors
    /// If neither has a part in these worlds, all of `family`; says what there is.
    pub fn settled(self, family: Family, worlds: &[Arc<dyn World>]) -> Result<Abstraction, String> {
        let of_key = |part: &Part| {
            let found = KeyPart::ALL.into_iter().find(|known| known.name() == part.name())?;
            worlds.iter().all(|world| world.check_key(Key::of(&[found])).is_ok()).then_some(found)
        };
        let (parts, others): (Vec<Part>, Vec<Part>) =
            self.parts.into_iter().partition(|part| part.is_in(family) || of_key(part).is_none());
        let settled = Abstraction { parts, key: self.key };
        settled.check(family)?;
        let mut key = self.key;
        for name in others.iter().filter_map(of_key).map(KeyPart::name) {
            let text = key.map_or(name.to_string(), |key| format!("{key}+{name}"));
            key = Some(text.parse().map_err(|e| format!("{e}"))?);
        }
        key.map_or(Ok(()), |key| worlds.iter().try_for_each(|world| world.check_key(key)))?;
        Ok(Abstraction { key, ..settled })
    }

    pub fn default_of(family: Family) -> Abstraction {
        let parts = match family {
            Family::Crafter => COARSE.1.to_vec(),
            Family::MiniGrid => vec![Part::Position, Part::Facing, Part::Carrying],
            Family::GridLab => vec![Part::Position],
        };
        Abstraction { parts, key: None }
    }

    /// `a+b+c`, or `coarse`.
    pub fn name(&self) -> String {
        if self.parts == COARSE.1 && self.key.is_none() { COARSE.0.to_string() } else { self.spelled_out() }
    }

    /// `a+b+c`.
    pub fn spelled_out(&self) -> String {
        let own = self.parts.iter().map(|part| part.name().to_string());
        own.chain(self.key.map(|key| key.to_string())).collect::<Vec<_>>().join("+")
    }

    pub fn needs_replay(&self) -> bool {
        self.key.is_some() || self.parts.iter().any(|part| part.needs_replay())
    }

    /// What of it is in the columns of a trace.
    pub fn without_replay(&self) -> Abstraction {
        Abstraction { parts: self.parts.iter().copied().filter(|part| !part.needs_replay()).collect(), key: None }
    }

    /// # Errors
    /// If worlds of `family` lack a part; says which keys they have.
    pub fn check(&self, family: Family) -> Result<(), String> {
        let Some(part) = self.parts.iter().find(|part| !part.is_in(family)) else { return Ok(()) };
        let there: Vec<&str> = PARTS.iter().filter(|(part, _, _)| part.is_in(family)).map(|(_, name, _)| *name).collect();
        Err(format!("key '{}' means nothing in {family:?}, which has {}", part.name(), there.join(", ")))
    }

    /// Per row of a trace the words of the parts that are in its columns.
    ///
    /// # Errors
    /// The column that is missing.
    pub fn of_columns(&self, rows: &RecordBatch) -> Result<Vec<Vec<u32>>, String> {
        let mut words = vec![Vec::new(); rows.num_rows()];
        let mut add = |name: &str, change: &dyn Fn(u32) -> u32| -> Result<(), String> {
            let column = whole(rows, name).ok_or_else(|| format!("no column '{name}' of whole numbers"))?;
            words.iter_mut().zip(column).for_each(|(words, value)| words.push(change(value)));
            Ok(())
        };
        let items = || names(rows, INVENTORY).into_iter().filter(|name| !VITALS.contains(&&name[INVENTORY.len()..]));
        for part in &self.parts {
            match part {
                Part::Position => add("x", &|v| v).and_then(|()| add("y", &|v| v))?,
                Part::Facing => add("facing", &|v| v)?,
                Part::Carrying => add("carrying", &|v| v)?,
                Part::Clipped => items().try_for_each(|name| add(&name, &|v| v.min(CLIP)))?,
                Part::Inventory => items().try_for_each(|name| add(&name, &|v| v))?,
                Part::Achievements => names(rows, ACHIEVEMENT).into_iter().try_for_each(|name| add(&name, &|v| v.min(1)))?,
                Part::Faced | Part::Nearby | Part::View => {}
            }
        }
        Ok(words)
    }

    /// Adds the words of the parts that only a replay has: of instance 0 of `block`, as it is observed.
    pub fn of_state(&self, world: &dyn World, block: &Block, out: &mut Vec<u32>) {
        let bytes: &[u8] = bytemuck::cast_slice(block.obs);
        let shape = world.spec().obs_parts.first().map_or(&[][..], |(_, shape, _)| &shape[..]);
        let view = &bytes[..shape.iter().product::<usize>().min(bytes.len())];
        let around = Around { view, height: shape.first().copied().unwrap_or(0), width: shape.get(1).copied().unwrap_or(0) };
        for part in &self.parts {
            match part {
                Part::Faced => {
                    let facing = world.pose(0, block).facing as usize;
                    let (dx, dy) = DIRECTIONS.get(facing).copied().unwrap_or_default();
                    out.push(u32::from(around.at(dx, dy)));
                }
                Part::Nearby => {
                    let near = |id: u8| (-1..=1).any(|dy| (-1..=1).any(|dx| around.at(dx, dy) == id));
                    out.push(u32::from(near(TABLE)) | u32::from(near(FURNACE)) << 1);
                }
                Part::View => out.extend(view.iter().map(|byte| u32::from(*byte))),
                _ => {}
            }
        }
        if let Some(key) = self.key.map(|key| world.key(key, 0, block)) {
            out.extend([key as u32, (key >> 32) as u32]);
        }
    }
}

/// Crafter's view around the player.
struct Around<'a> {
    view: &'a [u8],
    height: usize,
    width: usize,
}

impl Around<'_> {
    /// The id `dx` to the right of the player and `dy` below; 0, as outside the map, if that is out of view.
    fn at(&self, dx: isize, dy: isize) -> u8 {
        let x = (self.width / 2).checked_add_signed(dx).filter(|x| *x < self.width);
        let y = (self.height / 2).checked_add_signed(dy).filter(|y| *y < self.height);
        x.zip(y).and_then(|(x, y)| self.view.get(y * self.width + x)).copied().unwrap_or(0)
    }
}

/// Names of the columns that begin with `prefix`, in order.
pub fn names(rows: &RecordBatch, prefix: &str) -> Vec<String> {
    let schema = rows.schema();
    schema.fields().iter().map(|field| field.name().clone()).filter(|name| name.starts_with(prefix)).collect()
}

/// A column of small whole numbers or flags; a missing value is u32::MAX, which none of them has.
pub fn whole(rows: &RecordBatch, name: &str) -> Option<Vec<u32>> {
    let column = rows.column_by_name(name)?;
    let gaps = |at: usize, value: u32| if column.is_null(at) { u32::MAX } else { value };
    let all = 0..column.len();
    Some(match column.data_type() {
        DataType::UInt8 => all.map(|k| gaps(k, u32::from(column.as_primitive::<UInt8Type>().value(k)))).collect(),
        DataType::UInt16 => all.map(|k| gaps(k, u32::from(column.as_primitive::<UInt16Type>().value(k)))).collect(),
        DataType::UInt32 => all.map(|k| gaps(k, column.as_primitive::<UInt32Type>().value(k))).collect(),
        DataType::Int32 => all.map(|k| gaps(k, column.as_primitive::<Int32Type>().value(k) as u32)).collect(),
        DataType::Boolean => all.map(|k| gaps(k, u32::from(column.as_boolean().value(k)))).collect(),
        // As other programs have them.
        _ => {
            let numbers = as_kind(column, Kind::U32).ok()?;
            numbers.as_primitive::<UInt32Type>().iter().map(|value| value.unwrap_or(u32::MAX)).collect()
        }
    })
}

/// "unknown WHAT 'NAME', did you mean 'X'? There are ..".
pub fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.collect();
    let nearest = known.iter().map(|other| (distance(name, other), *other)).min().filter(|(d, other)| *d <= 1 + other.len() / 3);
    let hint = nearest.map_or(String::new(), |(_, other)| format!(", did you mean '{other}'?"));
    format!("unknown {what} '{name}'{hint}; there are {}", known.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envs::catalog::{Options, load};

    #[test]
    fn keys_are_read_and_wrong_ones_named() {
        let both = Abstraction::parse("position+facing").expect("known");
        assert_eq!((both.name().as_str(), both.needs_replay()), ("position+facing", false));
        let coarse = Abstraction::parse("coarse").expect("known");
        assert_eq!((coarse.name().as_str(), coarse.needs_replay()), ("coarse", true));
        assert_eq!(coarse.without_replay().name(), "clipped+achievements");
        let wrong = Abstraction::parse("position+invntory").expect_err("unknown");
        assert!(wrong.contains("'invntory'") && wrong.contains("did you mean 'inventory'"), "{wrong}");
        assert!(coarse.check(Family::Crafter).is_ok());
        let wider = Abstraction::parse("position+vitals+clock").expect("known");
        assert_eq!((wider.name().as_str(), wider.needs_replay()), ("position+vitals+clock", true));
        assert_eq!(wider.without_replay().name(), "position");
        assert_eq!(Abstraction::parse("simhash:16").expect("known").name(), "simhash:16");
        assert!(Abstraction::parse("simhash:many").is_err() && Abstraction::parse("vitals+simhash:8").is_err());
        let wrong = coarse.check(Family::GridLab).expect_err("no inventory there");
        assert!(wrong.contains("'clipped'") && wrong.contains("position, facing"), "{wrong}");
        for family in [Family::Crafter, Family::MiniGrid, Family::GridLab] {
            assert!(Abstraction::default_of(family).check(family).is_ok());
        }
    }

    /// MiniGrid's inventory is in no column: it is the key's.
    #[test]
    fn parts_that_only_keys_have_are_theirs() {
        let world = |id: &str| vec![load(id, &Options::default()).expect(id)];
        let settled = |text: &str, id: &str| {
            let worlds = world(id);
            Abstraction::parse(text).expect(text).settled(worlds[0].spec().family, &worlds)
        };
        let grid = settled("position+inventory", "MiniGrid-DoorKey-5x5-v0").expect("settled");
        assert_eq!((grid.parts.len(), grid.key, grid.name().as_str()), (1, "inventory".parse().ok(), "position+inventory"));
        let crafter = settled("position+inventory+vitals", "crafter").expect("settled");
        assert_eq!((crafter.parts.len(), crafter.key), (2, "vitals".parse().ok()));
        let wrong = settled("position+vitals", "gridlab/four-rooms").expect_err("none there");
        assert!(wrong.contains("'vitals'") && wrong.contains("position"), "{wrong}");
    }

    #[test]
    fn what_is_around_the_player_is_read_off_the_view() {
        // 5 x 3 cells, the player at (2, 1).
        let view = [0, 1, 2, 3, 4, 5, 6, 13, 8, 9, 10, 11, 12, 1, 2];
        let around = Around { view: &view, height: 3, width: 5 };
        assert_eq!((around.at(0, 0), around.at(-1, 0), around.at(1, 1), around.at(-1, 1)), (13, 6, 1, 11));
        assert_eq!((around.at(0, -2), around.at(3, 0)), (0, 0), "out of view");
    }
}

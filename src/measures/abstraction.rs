//! Defines which recorded states count as the same: by the parts that the world's family lists for its traces ([`TracePart`]), and by the
//! parts of the keys that runs count ([`Key`]), which need a replay.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, UInt8Type, UInt16Type, UInt32Type};
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;

use crate::envs::catalog::{FAMILIES, distance, trace_keys};
use crate::envs::shared::key::{Key, KeyPart};
use crate::envs::shared::trace_key::{ColumnWords, PartWords, TracePart, View};
use crate::envs::{Block, Family, World};
use crate::traces::{Kind, as_kind};

/// Returns all parts of all families, each name once, for `--help`.
pub fn parts() -> Vec<&'static TracePart> {
    let mut found: Vec<&TracePart> = Vec::new();
    for part in FAMILIES.iter().flat_map(|entry| entry.trace_keys.parts.iter().copied()) {
        if found.iter().all(|known| known.name != part.name) {
            found.push(part);
        }
    }
    found
}

/// Returns the keys that have a name, with their parts.
pub fn named_keys() -> impl Iterator<Item = (&'static str, &'static [&'static TracePart])> {
    FAMILIES.iter().filter_map(|entry| Some((entry.trace_keys.default_name?, entry.trace_keys.default)))
}

/// Prefix of the keys that consist of signs of projections.
const SIMHASH: &str = "simhash:";

/// The parts that together identify a state.
#[derive(Clone, Debug, Default)]
pub struct Abstraction {
    /// Parts that traces of the family have, read from columns or from a replayed state.
    pub parts: Vec<&'static TracePart>,
    /// A key that distinguishes states as runs count them ([`crate::envs::StateKeys::key`]).
    pub key: Option<Key>,
}

impl Abstraction {
    /// Parses `a+b+c`: names of [`parts`] and of [`named_keys`], otherwise parts of a [`Key`].
    ///
    /// # Errors
    /// The unknown name, with the most similar known one.
    pub fn parse(text: &str) -> Result<Abstraction, String> {
        let (mut found, mut others) = (Vec::new(), Vec::new());
        let all = parts();
        for name in text.split('+').map(str::trim) {
            if let Some((_, named)) = named_keys().find(|(known, _)| *known == name) {
                found.extend_from_slice(named);
            } else if let Some(part) = all.iter().find(|part| part.name == name) {
                found.push(*part);
            } else if name.starts_with(SIMHASH) || KeyPart::ALL.iter().any(|part| part.name() == name) {
                others.push(name);
            } else {
                let of_keys = KeyPart::ALL.iter().map(|part| part.name()).filter(|name| all.iter().all(|own| own.name != *name));
                let names = all.iter().map(|part| part.name).chain(named_keys().map(|(name, _)| name));
                return Err(unknown("key", name, names.chain(of_keys).chain(["simhash:BITS"])));
            }
        }
        found.dedup_by_key(|part| part.name);
        let key = if others.is_empty() { None } else { Some(others.join("+").parse().map_err(|e| format!("{e}"))?) };
        Ok(Abstraction { parts: found, key })
    }

    /// Replaces each part that traces of `family` lack by the part of a [`Key`] with the same name, if all `worlds` have it.
    ///
    /// # Errors
    /// If a part exists neither way in these worlds, all of `family`; the message lists the parts that exist.
    pub fn resolved(self, family: Family, worlds: &[Arc<dyn World>]) -> Result<Abstraction, String> {
        let keys = trace_keys(family);
        let of_key = |part: &&TracePart| {
            let found = KeyPart::ALL.into_iter().find(|known| known.name() == part.name)?;
            worlds.iter().all(|world| world.check_key(Key::of(&[found])).is_ok()).then_some(found)
        };
        let (parts, others): (Vec<&TracePart>, Vec<&TracePart>) =
            self.parts.into_iter().partition(|part| keys.has(part) || of_key(part).is_none());
        let resolved = Abstraction { parts, key: self.key };
        resolved.check(family)?;
        let mut key = self.key;
        for name in others.iter().filter_map(of_key).map(KeyPart::name) {
            let text = key.map_or(name.to_string(), |key| format!("{key}+{name}"));
            key = Some(text.parse().map_err(|e| format!("{e}"))?);
        }
        key.map_or(Ok(()), |key| worlds.iter().try_for_each(|world| world.check_key(key)))?;
        Ok(Abstraction { key, ..resolved })
    }

    /// Returns the default of a family.
    pub fn default_of(family: Family) -> Abstraction {
        Abstraction { parts: trace_keys(family).default.to_vec(), key: None }
    }

    /// Whether it consists of these parts and nothing else.
    fn is(&self, parts: &[&TracePart]) -> bool {
        self.key.is_none() && self.parts.iter().map(|part| part.name).eq(parts.iter().map(|part| part.name))
    }

    /// Returns the name of this key, or `a+b+c` if it has none.
    pub fn name(&self) -> String {
        named_keys().find(|(_, parts)| self.is(parts)).map_or_else(|| self.spelled_out(), |(name, _)| name.to_string())
    }

    /// Returns the names of all parts, as `a+b+c`.
    pub fn spelled_out(&self) -> String {
        let own = self.parts.iter().map(|part| part.name.to_string());
        own.chain(self.key.map(|key| key.to_string())).collect::<Vec<_>>().join("+")
    }

    /// Whether the rows must be replayed, because a part is in no column.
    pub fn needs_replay(&self) -> bool {
        self.key.is_some() || self.parts.iter().any(|part| part.needs_replay())
    }

    /// Returns the parts that are in the columns of a trace.
    pub fn without_replay(&self) -> Abstraction {
        Abstraction { parts: self.parts.iter().copied().filter(|part| !part.needs_replay()).collect(), key: None }
    }

    /// Checks that worlds of `family` have all parts.
    ///
    /// # Errors
    /// If worlds of `family` lack a part; the message lists the parts that they have.
    pub fn check(&self, family: Family) -> Result<(), String> {
        let keys = trace_keys(family);
        let Some(part) = self.parts.iter().find(|part| !keys.has(part)) else { return Ok(()) };
        let there: Vec<&str> = parts().into_iter().filter(|part| keys.has(part)).map(|part| part.name).collect();
        Err(format!("key '{}' means nothing in {family:?}, which has {}", part.name, there.join(", ")))
    }

    /// Returns for each row of a trace the words of the parts that are in its columns.
    ///
    /// # Errors
    /// The column that is missing.
    pub fn of_columns(&self, rows: &RecordBatch) -> Result<Vec<Vec<u32>>, String> {
        let schema = rows.schema();
        let there: Vec<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
        let mut words = vec![Vec::new(); rows.num_rows()];
        for part in &self.parts {
            let PartWords::Columns(columns) = part.words else { continue };
            for ColumnWords { columns, max } in columns {
                for name in columns.among(&there) {
                    let column = whole(rows, &name).ok_or_else(|| format!("no column '{name}' of whole numbers"))?;
                    words.iter_mut().zip(column).for_each(|(words, value)| words.push(value.min(*max)));
                }
            }
        }
        Ok(words)
    }

    /// Adds the words of the parts that need a replay, for instance 0 of `block` with its observation.
    pub fn of_state(&self, world: &dyn World, block: &Block, out: &mut Vec<u32>) {
        let view = View::of(world.spec(), bytemuck::cast_slice(block.obs));
        for part in &self.parts {
            if let PartWords::State(words) = part.words {
                words(&view, world.pose(0, block).facing, out);
            }
        }
        if let Some(key) = self.key.map(|key| world.key(key, 0, block)) {
            out.extend([key as u32, (key >> 32) as u32]);
        }
    }
}

/// Returns a column of small whole numbers or flags. A missing value becomes u32::MAX, which no such column contains.
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
        // Types that other programs write.
        _ => {
            let numbers = as_kind(column, Kind::U32).ok()?;
            numbers.as_primitive::<UInt32Type>().iter().map(|value| value.unwrap_or(u32::MAX)).collect()
        }
    })
}

/// Returns "unknown WHAT 'NAME', did you mean 'X'?; there are ..".
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

    /// MiniGrid has no column of the inventory, so the part of the key is used.
    #[test]
    fn parts_that_only_keys_have_are_theirs() {
        let world = |id: &str| vec![load(id, &Options::default()).expect(id)];
        let resolved = |text: &str, id: &str| {
            let worlds = world(id);
            Abstraction::parse(text).expect(text).resolved(worlds[0].spec().family, &worlds)
        };
        let grid = resolved("position+inventory", "MiniGrid-DoorKey-5x5-v0").expect("settled");
        assert_eq!((grid.parts.len(), grid.key, grid.name().as_str()), (1, "inventory".parse().ok(), "position+inventory"));
        let crafter = resolved("position+inventory+vitals", "crafter").expect("settled");
        assert_eq!((crafter.parts.len(), crafter.key), (2, "vitals".parse().ok()));
        let wrong = resolved("position+vitals", "gridlab/four-rooms").expect_err("none there");
        assert!(wrong.contains("'vitals'") && wrong.contains("position"), "{wrong}");
    }
}

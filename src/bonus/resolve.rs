//! Resolves entries with the catalog: fills in defaults and rejects invalid options.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use toml::Value;

use super::entry::Entry;
use super::kind::{Kind, OptionDefault, OptionKind};
use crate::envs::World;
use crate::envs::shared::key::Key;
use crate::error::{Error, Result};

/// Options are written in the order of the catalog, whatever order they were given in: checkpoints and run.toml are compared by a hash of
/// this text.
impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let kind = Kind::of(&self.name).ok();
        let place = |option: &str| {
            kind.and_then(|kind| kind.options.iter().position(|own| own.name == option || own.old_name == Some(option)))
                .unwrap_or(usize::MAX)
        };
        let mut options: Vec<_> = self.options.iter().collect();
        options.sort_by_key(|(option, _)| place(option));
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", &self.name)?;
        self.key.iter().try_for_each(|key| map.serialize_entry("key", key))?;
        options.into_iter().try_for_each(|(option, value)| map.serialize_entry(option, value))?;
        self.weight.iter().try_for_each(|weight| map.serialize_entry("weight", weight))?;
        self.decay.iter().try_for_each(|decay| map.serialize_entry("decay", decay))?;
        map.end()
    }
}

impl Entry {
    /// Parses `NAME` or `NAME:KEY`.
    ///
    /// # Errors
    /// [`Error::Usage`] if there is no such bonus or key.
    pub fn parse(text: &str) -> Result<Entry> {
        let (name, key) = text.split_once(':').map_or((text, None), |(name, key)| (name, Some(key)));
        Kind::of(name)?;
        let key = key.map(|key| key.parse::<Key>().map_err(|e| Error::Usage(format!("bonus {name}: {e}")))).transpose()?;
        Ok(Entry { name: name.to_string(), key, ..Entry::default() })
    }

    /// Returns the entry with the current names of its options. Entries of unknown bonuses stay as they are.
    ///
    /// # Errors
    /// See [`Kind::rename`].
    pub fn renamed(&self) -> Result<Entry> {
        let mut entry = self.clone();
        if let Ok(kind) = Kind::of(&self.name) {
            kind.rename(&mut entry.options)?;
        }
        Ok(entry)
    }

    /// Returns the entry with all defaults for `world`.
    ///
    /// # Errors
    /// [`Error::Usage`] if there is no such bonus, it has no such option, an option cannot have such a value, or the world does not have
    /// the key.
    pub fn resolved(&self, world: &dyn World) -> Result<Entry> {
        let kind = Kind::of(&self.name)?;
        let mut entry = self.renamed()?;
        let odd = |option: &str| {
            let names = kind.option_names().join(", ");
            Error::Usage(format!("bonus {} has no option '{option}'; it has {names}", self.name))
        };
        match (kind.key, self.key) {
            (None, Some(_)) => return Err(odd("key")),
            (None, None) => {}
            (Some(default), explicit) => {
                let key = explicit.unwrap_or_else(|| default(world));
                world.check_key(key).map_err(|why| Error::Usage(format!("bonus {}: {why}", self.name)))?;
                entry.key = Some(key);
            }
        }
        for (name, value) in &entry.options {
            self.check(kind.option(name).ok_or_else(|| odd(name))?, value)?;
        }
        (kind.complete)(&mut entry, world);
        for option in kind.options.iter().filter(|option| !entry.has(option.name)).collect::<Vec<_>>() {
            let default: Option<Value> = match option.default {
                OptionDefault::Name(names) => names.first().map(|name| (*name).into()),
                OptionDefault::Whole(n) => Some(i64::from(n).into()),
                OptionDefault::Real(x) => Some(x.into()),
                OptionDefault::NoWhole => None,
            };
            if let Some(default) = default.filter(|_| !entry.has(option.name)) {
                entry.set(option.name, default);
            }
        }
        entry.weight = Some(self.weight.unwrap_or(1.0));
        entry.decay = Some(self.decay.unwrap_or(0.0));
        Ok(entry)
    }

    /// Checks that an option can have this value.
    fn check(&self, option: &OptionKind, value: &Value) -> Result<()> {
        let wanted = match (option.default, value) {
            (OptionDefault::Name(names), Value::String(text)) => {
                return if names.contains(&text.as_str()) { Ok(()) } else { Err(self.no_such(option.name, names)) };
            }
            (OptionDefault::Whole(_) | OptionDefault::NoWhole, Value::Integer(n)) if u32::try_from(*n).is_ok() => return Ok(()),
            (OptionDefault::Real(_), Value::Float(_) | Value::Integer(_)) => return Ok(()),
            (OptionDefault::Name(names), _) => format!("one of {}", names.join(", ")),
            (OptionDefault::Whole(_) | OptionDefault::NoWhole, _) => format!("a whole number from 0 to {}", u32::MAX),
            (OptionDefault::Real(_), _) => "a number".to_string(),
        };
        Err(Error::Usage(format!("bonus {}: {} = {value} is not {wanted}", self.name, option.name)))
    }
}

#[cfg(test)]
mod tests {
    use crate::bonus::BonusConfig;
    use crate::envs::{Options, load};

    /// Checkpoints of runs that were begun with an older version hold a hash of this text.
    #[test]
    fn resolved_entries_are_written_as_ever() {
        let world = load("gridlab/keys", &Options::default()).expect("a world");
        let mut config = BonusConfig::parse("entropy,e3b,empowerment").expect("bonuses");
        config.list[0].set("window", 7);
        config.list[1].set("ridge", 0.3);
        config.list[2].set("mode", "frozen");
        let text = toml::to_string(&config.resolved(&*world).expect("resolved")).expect("TOML");
        let expected = "fusion = \"sum\"\nnormalise = \"none\"\n\n\
            [[list]]\nname = \"entropy\"\nkey = \"position\"\nscope = \"window\"\nform = \"delta\"\nslots = 1024\nwindow = 7\nweight = 1.0\ndecay = 0.0\n\n\
            [[list]]\nname = \"e3b\"\nscope = \"episode\"\ndims = 16\nridge = 0.3\nweight = 1.0\ndecay = 0.0\n\n\
            [[list]]\nname = \"empowerment\"\nkey = \"position\"\nform = \"level\"\nhorizon = 1\nmode = \"frozen\"\nnoise_samples = 8\nweight = 1.0\n\
            decay = 0.0\n";
        assert_eq!(text, expected);
        assert_eq!(toml::from_str::<BonusConfig>(&text).expect("read"), config.resolved(&*world).expect("resolved"));
    }

    #[test]
    fn an_option_is_read_under_its_earlier_name() {
        let world = load("gridlab/keys", &Options::default()).expect("a world");
        let old =
            "[[list]]\nname = \"empowerment\"\nkey = \"position\"\nhorizon = 1\nmode = \"frozen\"\ndreams = 3\nweight = 1.0\n";
        let config: BonusConfig = toml::from_str(old).expect("read");
        let read = config.resolved(&*world).expect("resolved");
        assert_eq!((read.list[0].explicit("noise_samples"), read.list[0].has("dreams")), (Some(3), false));
        // The old name stays in the text, because checkpoints hold a hash of it.
        let text = toml::to_string(&config).expect("TOML");
        assert!(text.contains("mode = \"frozen\"\ndreams = 3\nweight"), "{text}");
        // Options that are set later change the same option, whichever name they use.
        for (set, n) in [("dreams = 5", 5), ("noise_samples = 6", 6)] {
            let mut config = config.clone();
            config.set(&format!("[empowerment]\n{set}").parse().expect("TOML")).expect("set");
            assert_eq!(config.resolved(&*world).expect("resolved").list[0].explicit("noise_samples"), Some(n));
        }
        let both = config.list[0].clone().with("noise_samples", 3).resolved(&*world).expect_err("both names").to_string();
        assert!(both.contains("earlier name"), "{both}");
        let other = BonusConfig::parse("count").expect("count").list[0].clone().with("dreams", 3);
        assert!(other.resolved(&*world).is_err(), "another bonus has no such option");
    }
}

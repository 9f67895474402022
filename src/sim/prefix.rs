//! Steps that instances take before a batch begins: the batch goes on where recorded play was.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Error, Result};
use crate::files::hash_of;

/// Largest number of actions of all prefixes of a batch. As text in run.toml they take 32 MiB, half of what is read of a text.
pub const MAX_PREFIX: usize = 1 << 24;

/// Actions that instances take before the first step of a batch, by instance, one byte each. They begin with the first state of the
/// instance's first episode; after an action that ends an episode the next episode begins. As text, an action is two hexadecimal digits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prefixes(BTreeMap<u32, Arc<[u8]>>);

impl Prefixes {
    /// The prefix of one instance.
    pub fn one(instance: u32, actions: &[u8]) -> Prefixes {
        Prefixes(BTreeMap::from([(instance, actions.into())]))
    }

    /// Whether no instance has a prefix.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The actions of an instance; None if it begins with its first episode.
    pub fn of(&self, instance: u32) -> Option<&[u8]> {
        self.0.get(&instance).map(|actions| &actions[..])
    }

    /// Instances with their actions, in order.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &[u8])> {
        self.0.iter().map(|(i, actions)| (*i, &actions[..]))
    }

    /// Number of actions of all instances.
    pub fn actions(&self) -> usize {
        self.0.values().map(|actions| actions.len()).sum()
    }

    /// The prefixes of instances below `n`.
    pub fn below(&self, n: u32) -> Prefixes {
        Prefixes(self.0.range(..n).map(|(i, actions)| (*i, actions.clone())).collect())
    }

    /// A hash of instances and actions.
    pub fn hash(&self) -> String {
        let one = |(i, actions): (&u32, &Arc<[u8]>)| {
            let head = i.to_le_bytes().into_iter().chain((actions.len() as u64).to_le_bytes());
            head.chain(actions.iter().copied()).collect::<Vec<u8>>()
        };
        hash_of(&self.0.iter().flat_map(one).collect::<Vec<u8>>())
    }

    /// Checks that a batch of `n` instances of a world with `num_actions` actions can take them.
    ///
    /// # Errors
    /// [`Error::Usage`] with the instance, or the limit.
    pub fn check(&self, n: usize, num_actions: u32) -> Result<()> {
        if self.actions() > MAX_PREFIX {
            return Err(Error::Usage(format!("a prefix of {} actions; there may be at most {MAX_PREFIX}", self.actions())));
        }
        for (i, actions) in &self.0 {
            if *i as usize >= n {
                return Err(Error::Usage(format!("a prefix of instance {i}: the batch has instances 0 to {}", n - 1)));
            }
            if let Some(action) = actions.iter().find(|action| u32::from(**action) >= num_actions) {
                let most = num_actions - 1;
                return Err(Error::Usage(format!("prefix of instance {i}: action {action}; the world has actions 0 to {most}")));
            }
        }
        Ok(())
    }
}

impl Serialize for Prefixes {
    fn serialize<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        let text = |actions: &[u8]| actions.iter().map(|action| format!("{action:02x}")).collect::<String>();
        to.collect_map(self.0.iter().map(|(i, actions)| (i.to_string(), text(actions))))
    }
}

impl<'de> Deserialize<'de> for Prefixes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Prefixes, D::Error> {
        let texts = BTreeMap::<String, String>::deserialize(from)?;
        let one = |(i, text): (String, String)| {
            let instance = i.parse().map_err(|_| format!("prefix: '{i}' is not the number of an instance"))?;
            Ok((instance, actions_of(&text).map_err(|why| format!("prefix of instance {i}: {why}"))?.into()))
        };
        let read: std::result::Result<BTreeMap<u32, Arc<[u8]>>, String> = texts.into_iter().map(one).collect();
        read.map(Prefixes).map_err(serde::de::Error::custom)
    }
}

/// Reads two hexadecimal digits an action.
fn actions_of(text: &str) -> std::result::Result<Vec<u8>, String> {
    let digit = |byte: u8| (byte as char).to_digit(16).map(|digit| digit as u8);
    let pairs = text.as_bytes().chunks(2).enumerate().map(|(k, pair)| {
        match pair {
            [high, low] => digit(*high).zip(digit(*low)).map(|(high, low)| 16 * high + low),
            _ => None,
        }
        .ok_or_else(|| format!("action {k} is not two hexadecimal digits"))
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_two_digits_each() {
        let prefixes = Prefixes(BTreeMap::from([(0, [0, 16, 255].into()), (7, [].into())]));
        let text = serde_json::to_string(&prefixes).expect("text");
        assert_eq!(text, r#"{"0":"0010ff","7":""}"#);
        assert_eq!(serde_json::from_str::<Prefixes>(&text).expect("read"), prefixes);
        assert_eq!((prefixes.actions(), prefixes.of(7), prefixes.of(1)), (3, Some(&[][..]), None));
        assert_eq!(prefixes.below(7), Prefixes::one(0, &[0, 16, 255]));
        assert_ne!(prefixes.hash(), Prefixes::one(0, &[0, 16, 255]).hash());
        for (text, why) in [
            (r#"{"0":"0"}"#, "action 0 is not two hexadecimal digits"),
            (r#"{"0":"00+1"}"#, "action 1 is not two hexadecimal digits"),
            (r#"{"0":"00é0"}"#, "action 1 is not two hexadecimal digits"),
            (r#"{"first":"00"}"#, "'first' is not the number of an instance"),
            (r#"{"-1":"00"}"#, "'-1' is not the number of an instance"),
        ] {
            let said = serde_json::from_str::<Prefixes>(text).expect_err(text).to_string();
            assert!(said.contains(why), "{said}");
        }
    }

    #[test]
    fn what_no_batch_can_take_is_refused() {
        let why = |prefixes: &Prefixes| prefixes.check(2, 5).expect_err("refused").to_string();
        assert!(Prefixes::one(1, &[4]).check(2, 5).is_ok());
        assert!(why(&Prefixes::one(2, &[4])).contains("instances 0 to 1"));
        assert!(why(&Prefixes::one(1, &[4, 5])).contains("actions 0 to 4"));
        assert!(why(&Prefixes::one(0, &vec![0; MAX_PREFIX + 1])).contains("at most"));
    }
}

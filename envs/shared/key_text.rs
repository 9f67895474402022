//! Keys as text: `position+facing`, `simhash:16`.

use std::fmt;
use std::str::FromStr;

use super::key::{Key, KeyError, KeyPart};
use super::spelling::distance;
use crate::shaders::shared::simhash;

impl FromStr for Key {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Key, KeyError> {
        match text.trim().split_once(':') {
            None if text.trim() == "simhash" => return Key::of_signs(simhash::MAX_BITS as u32),
            Some(("simhash", bits)) => {
                return bits.parse().ok().and_then(|bits| Key::of_signs(bits).ok()).ok_or(KeyError::Bits { bits: bits.into() });
            }
            _ if text.trim().is_empty() => return Err(KeyError::Empty),
            _ => {}
        }
        let mut key = Key { parts: 0, simhash: 0 };
        for name in text.split('+').map(str::trim) {
            let part = KeyPart::ALL.into_iter().find(|part| part.name() == name);
            key.parts |= part.ok_or_else(|| unknown(name))?.bit();
        }
        Ok(key)
    }
}

fn unknown(name: &str) -> KeyError {
    if name.starts_with("simhash") {
        return KeyError::Alone(name.to_string());
    }
    let names = KeyPart::ALL.map(KeyPart::name).into_iter().chain(["simhash"]);
    let near = names.map(|known| (distance(&name.to_lowercase(), known), known)).min();
    let hint = near.filter(|(apart, known)| *apart <= 1 + known.len() / 3);
    let hint = hint.map_or(".".to_string(), |(_, known)| format!("; did you mean '{known}'?"));
    KeyError::Unknown { name: name.to_string(), hint }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        if let Some(bits) = self.signs() {
            return write!(f, "simhash:{bits}");
        }
        let names: Vec<&str> = self.parts().map(KeyPart::name).collect();
        f.write_str(&names.join("+"))
    }
}

impl TryFrom<String> for Key {
    type Error = KeyError;

    fn try_from(text: String) -> Result<Key, KeyError> {
        text.parse()
    }
}

impl From<Key> for String {
    fn from(key: Key) -> String {
        key.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Key {
        text.parse().expect(text)
    }

    #[test]
    fn keys_are_written_as_they_are_read() {
        for text in ["position", "position+facing", "inventory+faced", "full+clock", "achievements+vitals", "simhash:7"] {
            assert_eq!(key(text).to_string(), text);
            let json = serde_json::to_string(&key(text)).expect("a string");
            assert_eq!(json, format!("\"{text}\""));
            assert_eq!(serde_json::from_str::<Key>(&json).expect("a key"), key(text));
        }
        assert_eq!(key("facing + position+facing"), key("position+facing"));
        assert_eq!(key("simhash"), key("simhash:64"));
        assert_eq!(key("simhash").signs(), Some(64));
        assert_eq!(key("position+clock").mask(), KeyPart::Position.bit() | KeyPart::Clock.bit());
        assert_eq!(key("full+view+clock").mask(), key("clock+full").mask());
        assert_eq!(key("full+view").parts().collect::<Vec<_>>(), [KeyPart::View, KeyPart::Full]);
        assert_eq!(key("full+view").mask(), KeyPart::Full.bit());
        assert!(key("simhash:3").reads_obs() && key("view").reads_obs() && !key("position+full+view").reads_obs());
    }

    #[test]
    fn what_is_no_key_is_explained() {
        let error = |text: &str| text.parse::<Key>().expect_err(text).to_string();
        assert!(error("position+facin").contains("unknown key part 'facin'; did you mean 'facing'? Known are position"));
        assert!(
            error("positoin").contains("Known are position, facing, view, inventory, achievements, faced, full, vitals, clock")
        );
        assert!(error("xyzzy").contains("unknown key part 'xyzzy'. Known"));
        assert!(error("position+").contains("unknown key part ''"));
        assert!(error("position+simhash").contains("'simhash' stands alone"));
        assert!(error("view+simhash:8").contains("'simhash:8' stands alone"));
        assert!(error("sinhash").contains("did you mean 'simhash'?"));
        assert!(error(" ").contains("at least one part"));
        for bits in ["0", "65", "-1", "many", ""] {
            assert!(error(&format!("simhash:{bits}")).contains("1 to 64 bits"), "{bits}");
        }
    }
}

//! Readers for what people write: text files up to a maximum size, and arrays with an exact number of numbers.

use std::path::Path;

use serde::de::{Deserialize, Deserializer, Error};

use super::bounded::{self, MAX_TEXT};

/// The text of a file of at most [`MAX_TEXT`] bytes.
///
/// # Errors
/// Why it cannot be read, without its name.
pub fn read(path: &Path) -> Result<String, String> {
    let bytes = read_bytes(path, MAX_TEXT)?;
    String::from_utf8(bytes).map_err(|e| format!("byte {} is not UTF-8; it must be a text", e.utf8_error().valid_up_to() + 1))
}

/// The bytes of a file of at most `most` bytes.
///
/// # Errors
/// Why it cannot be read, without its name.
pub fn read_bytes(path: &Path, most: u64) -> Result<Vec<u8>, String> {
    bounded::read(path, most).map_err(|e| e.to_string())
}

/// Reads exactly two numbers. The TOML reader alone would take the first two of more.
///
/// # Errors
/// If there are not two.
pub fn pair<'de, D: Deserializer<'de>>(numbers: D) -> Result<[u32; 2], D::Error> {
    let list = Vec::<u32>::deserialize(numbers)?;
    let n = list.len();
    list.try_into().map_err(|_| D::Error::custom(format!("two numbers are wanted, not {n}")))
}

/// [`pair`] for a field that may be left out.
///
/// # Errors
/// As [`pair`].
pub fn pair_if_any<'de, D: Deserializer<'de>>(numbers: D) -> Result<Option<[u32; 2]>, D::Error> {
    pair(numbers).map(Some)
}

/// A list of pairs.
///
/// # Errors
/// As [`pair`].
pub fn pairs<'de, D: Deserializer<'de>>(numbers: D) -> Result<Vec<[u32; 2]>, D::Error> {
    #[derive(serde::Deserialize)]
    struct Pair(#[serde(deserialize_with = "pair")] [u32; 2]);
    Ok(Vec::<Pair>::deserialize(numbers)?.into_iter().map(|Pair(pair)| pair).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    struct Example {
        #[serde(deserialize_with = "pair")]
        one: [u32; 2],
        #[serde(default, deserialize_with = "pair_if_any")]
        maybe: Option<[u32; 2]>,
        #[serde(default, deserialize_with = "pairs")]
        more: Vec<[u32; 2]>,
    }

    #[test]
    fn pairs_are_of_two() {
        let read = |text: &str| toml::from_str::<Example>(text);
        let all = read("one = [1, 2]\nmaybe = [3, 4]\nmore = [[5, 6], [7, 8]]").expect("pairs");
        assert_eq!((all.one, all.maybe, all.more), ([1, 2], Some([3, 4]), vec![[5, 6], [7, 8]]));
        let few = read("one = [1, 2]").expect("the others may be left out");
        assert!(few.maybe.is_none() && few.more.is_empty());
        for bad in ["one = [1]", "one = [1, 2, 3]", "one = [1, 2]\nmaybe = [1, 2, 3]", "one = [1, 2]\nmore = [[1, 2], [1, 2, 3]]"]
        {
            let error = read(bad).expect_err(bad).to_string();
            assert!(error.contains("two numbers are wanted") && error.contains("line"), "{bad}: {error}");
        }
    }

    #[test]
    fn files_are_read_to_a_bound() {
        let folder = std::env::temp_dir().join(format!("explorarium-text-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join("five");
        std::fs::write(&path, b"12\xff45").expect("written");
        assert_eq!(read_bytes(&path, 5).map(|bytes| bytes.len()), Ok(5));
        assert!(read_bytes(&path, 4).is_err_and(|why| why.contains("longer than 4 bytes, so")));
        assert!(read(&path).is_err_and(|why| why.contains("byte 3 is not UTF-8")));
        assert!(read(&folder.join("none")).is_err());
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}

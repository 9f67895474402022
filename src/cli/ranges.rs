//! Parses lists of numbers as users type them: `1,2,5`, `0..9` (both ends included), or a mixture.

use super::number;
use crate::error::Error;

/// Largest number of seeds of a sweep, so that a typing error does not start a year of work.
const MAX_SEEDS: u64 = 10_000;

/// Parses the ranges of a list, each as its first and last number.
///
/// # Errors
/// If the text is not such a list, or a range runs backwards.
fn ranges(text: &str) -> Result<Vec<(u64, u64)>, String> {
    let end =
        |part: &str, text: &str| number::whole(text.trim()).map_err(|_| format!("'{part}' is no range; write it like 0..9"));
    text.split(',')
        .map(str::trim)
        .map(|part| {
            let (first, last) = match part.split_once("..") {
                None => (number::whole(part)?, number::whole(part)?),
                Some((first, last)) => (end(part, first)?, end(part, last)?),
            };
            if first > last {
                return Err(format!("'{part}' runs backwards; write {last}..{first}"));
            }
            Ok((first, last))
        })
        .collect()
}

/// One range, or one number.
///
/// # Errors
/// If the text is neither.
pub fn range(text: &str) -> Result<(u64, u64), String> {
    match ranges(text)?[..] {
        [range] => Ok(range),
        _ => Err(format!("'{text}' is more than one range; write it like 0..99")),
    }
}

/// Seeds as typed, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seeds(pub(super) Vec<u64>);

/// Parses a list of seeds.
///
/// # Errors
/// If the text is not a list of ranges, a seed is given twice, or there are more than [`MAX_SEEDS`].
pub fn seeds(text: &str) -> Result<Seeds, String> {
    let mut all = Vec::new();
    for (first, last) in ranges(text)? {
        if last - first >= MAX_SEEDS - all.len() as u64 {
            return Err(format!("more than {MAX_SEEDS} seeds"));
        }
        for seed in first..=last {
            if all.contains(&seed) {
                return Err(format!("{seed} is there twice"));
            }
            all.push(seed);
        }
    }
    Ok(Seeds(all))
}

/// Instances to record, as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// All instances of the batch.
    All,
    /// The instances in these ranges.
    Ranges(Vec<(u64, u64)>),
}

/// Parses `all`, `none`, or a list of instances.
///
/// # Errors
/// If the text is none of these.
pub fn record(text: &str) -> Result<Record, String> {
    match text {
        "all" => Ok(Record::All),
        "none" => Ok(Record::Ranges(Vec::new())),
        list => ranges(list).map(Record::Ranges).map_err(|why| format!("{why}; or write all or none")),
    }
}

impl Record {
    /// Returns the instances in ascending order, each once.
    ///
    /// # Errors
    /// If a batch of `num_envs` instances does not have all of them.
    pub fn among(&self, num_envs: usize) -> Result<Vec<usize>, Error> {
        let ranges = match self {
            Self::All => return Ok((0..num_envs).collect()),
            Self::Ranges(ranges) => ranges,
        };
        if let Some((_, last)) = ranges.iter().find(|(_, last)| *last >= num_envs as u64) {
            return Err(Error::Usage(format!("--record {last}: the batch has instances 0 to {}", num_envs - 1)));
        }
        let mut list: Vec<usize> = ranges.iter().flat_map(|&(first, last)| first as usize..=last as usize).collect();
        list.sort_unstable();
        list.dedup();
        Ok(list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_ranges_with_both_ends_or_lists() {
        for (text, expected) in
            [("0..3", &[0, 1, 2, 3][..]), ("7..7", &[7]), ("1,2,5", &[1, 2, 5]), ("5, 0..1", &[5, 0, 1]), ("1k", &[1000])]
        {
            assert_eq!(seeds(text), Ok(Seeds(expected.to_vec())), "{text}");
        }
        assert_eq!(seeds("1..10k").map(|seeds| seeds.0.len()), Ok(10_000));
        for (text, why) in [
            ("", "not a number"),
            ("5..2", "backwards; write 2..5"),
            ("1,2,1", "1 is there twice"),
            ("0..3,2", "2 is there twice"),
            ("0..", "no range"),
            ("a..b", "no range"),
            ("0...3", "no range"),
            ("-1..3", "no range"),
            ("0..10k", "more than 10000"),
            ("0..18446744073709551615", "more than 10000"),
        ] {
            assert!(seeds(text).expect_err(text).contains(why), "{text}: {:?}", seeds(text));
        }
    }

    #[test]
    fn instances_to_record_are_lists_ranges_all_or_none() {
        let among = |text: &str, n| record(text).expect(text).among(n);
        for (text, expected) in [
            ("3", &[3][..]),
            ("2,0,2", &[0, 2]),
            ("1..3", &[1, 2, 3]),
            ("2..3, 0..2", &[0, 1, 2, 3]),
            ("all", &[0, 1, 2, 3]),
            ("none", &[]),
        ] {
            assert_eq!(among(text, 4).expect(text), expected, "{text}");
        }
        for text in ["4", "0..4", "1,9", "0..18446744073709551615"] {
            assert!(among(text, 4).expect_err(text).to_string().contains("instances 0 to 3"), "{text}");
        }
        for text in ["", "some", "3..1", "0..", "-1"] {
            assert!(record(text).expect_err(text).contains("all or none"), "{text}");
        }
    }
}

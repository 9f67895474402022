//! Mutations of a text.

use proptest::prelude::*;
use proptest::sample::Index;

/// Numbers at the limits of types, and texts that are no numbers.
const EXTREMES: [&str; 24] = [
    "0",
    "-1",
    "1",
    "255",
    "256",
    "65535",
    "65536",
    "2147483647",
    "2147483648",
    "-2147483649",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551615",
    "1e9",
    "1e308",
    "1e999",
    "-0.5",
    "0.25",
    "nan",
    "inf",
    "-inf",
    "\"x\"",
];
/// Tokens of the formats that are read.
const TOKENS: [&str; 22] = [
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "=",
    ",",
    "\"",
    "'''",
    "\n",
    "true",
    "null",
    ".",
    "[x]",
    "\u{0}",
    "\u{1f600}",
    "\\u0000",
    "# ",
    ": ",
    "[[[[[[[[[[[[[[[[",
    "((",
];

/// One mutation of a text.
#[derive(Clone, Debug)]
struct Mutation {
    kind: u8,
    at: Index,
    other: Index,
    byte: u8,
}

/// Generates texts of a corpus after up to five mutations.
pub fn mutated(corpus: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let mutation = (0u8..10, any::<Index>(), any::<Index>(), any::<u8>());
    let mutation = mutation.prop_map(|(kind, at, other, byte)| Mutation { kind, at, other, byte });
    (any::<Index>(), prop::collection::vec(mutation, 1..6)).prop_map(move |(which, mutations)| {
        let mut text = which.get(&corpus).clone();
        mutations.iter().for_each(|mutation| mutation.befall(&mut text));
        text
    })
}

impl Mutation {
    fn befall(&self, text: &mut Vec<u8>) {
        if text.is_empty() {
            return text.push(self.byte);
        }
        let at = self.at.index(text.len());
        let span = at..(at + 1 + usize::from(self.byte) % 40).min(text.len());
        match self.kind {
            0 => drop(text.drain(span)),
            1 => {
                let piece = text[span].to_vec();
                text.splice(at..at, piece);
            }
            2 => text[at] = self.byte,
            3 => text.insert(at, self.byte),
            4 => text.truncate(at),
            5 => drop(text.splice(at..at, self.other.get(&TOKENS).bytes())),
            6 => {
                let words = runs(text, |byte| byte.is_ascii_alphabetic() || byte == b'_');
                self.swap(text, &words);
            }
            7 => {
                let lines = runs(text, |byte| byte != b'\n');
                self.swap(text, &lines);
            }
            // Extreme numbers; twice as likely as the other kinds.
            _ => {
                let numbers = runs(text, |byte| byte.is_ascii_digit() || byte == b'.');
                if !numbers.is_empty() {
                    text.splice(self.at.get(&numbers).clone(), self.other.get(&EXTREMES).bytes());
                }
            }
        }
    }

    /// Replaces one of the pieces by another.
    fn swap(&self, text: &mut Vec<u8>, pieces: &[std::ops::Range<usize>]) {
        if !pieces.is_empty() {
            let piece = text[self.other.get(pieces).clone()].to_vec();
            text.splice(self.at.get(pieces).clone(), piece);
        }
    }
}

/// Returns the longest runs of bytes for which `of` is true.
fn runs(text: &[u8], of: impl Fn(u8) -> bool) -> Vec<std::ops::Range<usize>> {
    let (mut runs, mut begun) = (Vec::new(), None);
    for (k, byte) in text.iter().enumerate() {
        match (of(*byte), begun) {
            (true, None) => begun = Some(k),
            (false, Some(first)) => {
                runs.push(first..k);
                begun = None;
            }
            _ => {}
        }
    }
    runs.extend(begun.map(|first| first..text.len()));
    runs
}

//! Mutations of files: bits, bytes, words with special values, pieces cut out, doubled, moved, or taken from another file.

use proptest::prelude::*;

/// One change. Positions are fractions of the whole in units of 2^-32, so that a mutation fits any file.
#[derive(Clone, Debug)]
pub enum Mutation {
    Bit {
        at: u32,
        bit: u8,
    },
    Byte {
        at: u32,
        value: u8,
    },
    Word {
        at: u32,
        value: u32,
    },
    Long {
        at: u32,
        value: u64,
    },
    Cut {
        at: u32,
    },
    Remove {
        at: u32,
        len: u16,
    },
    Double {
        at: u32,
        len: u16,
    },
    Insert {
        at: u32,
        bytes: Vec<u8>,
    },
    Splice {
        at: u32,
        from: u32,
        len: u16,
    },
    /// A piece of text with a special meaning.
    Text {
        at: u32,
        which: u8,
    },
}

const WORDS: [u32; 8] = [0, 1, 255, 65_536, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff];
const TEXTS: [&str; 16] = [
    "-1",
    "0",
    "4294967295",
    "18446744073709551615",
    "1e308",
    "nan",
    "inf",
    "\"",
    "[",
    "]",
    "{",
    "=",
    "\n",
    "\u{0}",
    "é",
    "--help",
];

pub fn mutation() -> impl Strategy<Value = Mutation> {
    let word = prop_oneof![prop::sample::select(&WORDS[..]), any::<u32>()];
    let long = prop_oneof![Just(u64::MAX), Just(1 << 63), Just(1 << 40), any::<u64>()];
    let at = any::<u32>;
    prop_oneof![
        3 => (at(), 0..8u8).prop_map(|(at, bit)| Mutation::Bit { at, bit }),
        3 => (at(), any::<u8>()).prop_map(|(at, value)| Mutation::Byte { at, value }),
        3 => (at(), word).prop_map(|(at, value)| Mutation::Word { at, value }),
        1 => (at(), long).prop_map(|(at, value)| Mutation::Long { at, value }),
        1 => at().prop_map(|at| Mutation::Cut { at }),
        1 => (at(), any::<u16>()).prop_map(|(at, len)| Mutation::Remove { at, len }),
        1 => (at(), any::<u16>()).prop_map(|(at, len)| Mutation::Double { at, len }),
        1 => (at(), prop::collection::vec(any::<u8>(), 1..40)).prop_map(|(at, bytes)| Mutation::Insert { at, bytes }),
        1 => (at(), at(), any::<u16>()).prop_map(|(at, from, len)| Mutation::Splice { at, from, len }),
        2 => (at(), any::<u8>()).prop_map(|(at, which)| Mutation::Text { at, which }),
    ]
}

/// Generates a few mutations.
pub fn mutations() -> impl Strategy<Value = Vec<Mutation>> {
    prop::collection::vec(mutation(), 1..6)
}

/// Returns `bytes` after these changes, which may insert pieces of `other`.
pub fn mutated(bytes: &[u8], other: &[u8], mutations: &[Mutation]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    mutations.iter().for_each(|mutation| apply(&mut bytes, other, mutation));
    bytes
}

fn apply(bytes: &mut Vec<u8>, other: &[u8], mutation: &Mutation) {
    let place = |at: u32, len: usize| ((u64::from(at) * len as u64) >> 32) as usize;
    let piece = |all: &[u8], at: u32, len: u16| {
        let start = place(at, all.len());
        start..(start + usize::from(len)).min(all.len())
    };
    let n = bytes.len();
    match mutation {
        Mutation::Bit { at, bit } => put(bytes, place(*at, n), |old| old ^ 1 << bit),
        Mutation::Byte { at, value } => put(bytes, place(*at, n), |_| *value),
        Mutation::Word { at, value } => put_all(bytes, place(*at, n) / 4 * 4, &value.to_le_bytes()),
        Mutation::Long { at, value } => put_all(bytes, place(*at, n) / 4 * 4, &value.to_le_bytes()),
        Mutation::Cut { at } => bytes.truncate(place(*at, n)),
        Mutation::Remove { at, len } => drop(bytes.drain(piece(bytes, *at, *len))),
        Mutation::Double { at, len } => {
            let range = piece(bytes, *at, *len);
            let copy = bytes[range.clone()].to_vec();
            drop(bytes.splice(range.start..range.start, copy));
        }
        Mutation::Insert { at, bytes: new } => {
            let at = place(*at, n);
            drop(bytes.splice(at..at, new.iter().copied()));
        }
        Mutation::Splice { at, from, len } => {
            let (at, range) = (place(*at, n), piece(other, *from, *len));
            drop(bytes.splice(at..at, other[range].iter().copied()));
        }
        Mutation::Text { at, which } => {
            let (at, text) = (place(*at, n), TEXTS[usize::from(*which) % TEXTS.len()]);
            drop(bytes.splice(at..at, text.bytes()));
        }
    }
}

fn put(bytes: &mut [u8], at: usize, change: impl Fn(u8) -> u8) {
    if let Some(byte) = bytes.get_mut(at) {
        *byte = change(*byte);
    }
}

fn put_all(bytes: &mut [u8], at: usize, values: &[u8]) {
    bytes.iter_mut().skip(at).zip(values).for_each(|(byte, value)| *byte = *value);
}

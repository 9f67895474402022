//! Hashes of columns. The decoded values are hashed, so another codec, another order of columns or a wider type does not change a hash.
//!
//! A column's hash is the first 128 bits of SHA-256 over its values in order. A value is hashed as a tag byte and its data: 0 for no value,
//! without data; 1 for a whole number that is not negative, as u64; 2 for a negative whole number, its absolute value as u64; 3 for any
//! other number, as float64; 4 for a text, its length as u64 and its UTF-8 bytes; 5 for bytes, likewise. Numbers are little-endian. A float
//! without a fraction is a whole number; false and true are 0 and 1.

use std::collections::BTreeMap;

use arrow_array::RecordBatch;
use sha2::{Digest, Sha256};

use super::values::{Value, each};

/// Hashes of a part's columns over the rows added so far.
#[derive(Debug, Default)]
pub struct Digests {
    columns: BTreeMap<String, Sha256>,
    bytes: Vec<u8>,
}

impl Digests {
    /// Adds the next rows. Returns false if a column has a type that no trace has.
    pub fn add(&mut self, rows: &RecordBatch) -> bool {
        for (field, column) in rows.schema().fields().iter().zip(rows.columns()) {
            let bytes = &mut self.bytes;
            bytes.clear();
            let known = each(&**column, &mut |value| {
                encode(value, bytes);
                true
            });
            if !known {
                return false;
            }
            match self.columns.get_mut(field.name()) {
                Some(hash) => hash.update(&self.bytes),
                None => _ = self.columns.insert(field.name().clone(), Sha256::new_with_prefix(&self.bytes)),
            }
        }
        true
    }

    /// Returns a hash for each column, in hexadecimal digits.
    pub fn finish(self) -> BTreeMap<String, String> {
        self.columns.into_iter().map(|(name, hash)| (name, hex(&hash.finalize()))).collect()
    }
}

/// Returns the hash of a description, which is that of its text.
pub fn of_text(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

fn hex(hash: &[u8]) -> String {
    hash[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

fn encode(value: Value, out: &mut Vec<u8>) {
    let mut put = |kind: u8, number: u64| {
        out.push(kind);
        out.extend(number.to_le_bytes());
    };
    match value {
        Value::Null => out.push(0),
        Value::Whole(whole) => put(if whole < 0 { 2 } else { 1 }, whole.unsigned_abs() as u64),
        Value::Real(real) => put(3, real.to_bits()),
        Value::Text(text) => {
            put(4, text.len() as u64);
            out.extend(text.as_bytes());
        }
        Value::Bytes(bytes) => {
            put(5, bytes.len() as u64);
            out.extend(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{ArrayRef, Float64Array, UInt32Array};

    use super::*;

    fn hash(column: ArrayRef, cuts: &[usize]) -> String {
        let rows = RecordBatch::try_from_iter_with_nullable([("a", column, true)]).expect("a column");
        let mut digests = Digests::default();
        let mut from = 0;
        for to in cuts.iter().copied().chain([rows.num_rows()]) {
            assert!(digests.add(&rows.slice(from, to - from)));
            from = to;
        }
        digests.finish().remove("a").expect("hashed")
    }

    #[test]
    fn a_hash_is_of_the_values_alone() {
        let column: ArrayRef = Arc::new(UInt32Array::from(vec![Some(1), None, Some(300)]));
        let floats: ArrayRef = Arc::new(Float64Array::from(vec![Some(1.0), Some(f64::NAN), Some(300.0)]));
        let whole = hash(column.clone(), &[]);
        // Python's hashlib gives the same hash.
        assert_eq!(whole, "184cd8b81a4f0a6461d19726765ffeb8");
        assert_eq!(whole, hash(column, &[1, 2]));
        assert_eq!(whole, hash(floats, &[2]));
        let other: ArrayRef = Arc::new(UInt32Array::from(vec![Some(1), Some(0), Some(300)]));
        assert_ne!(whole, hash(other, &[]));
    }
}

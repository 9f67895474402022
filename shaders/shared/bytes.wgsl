// Writes bytes one after the other into the words of `obs`, four in each word, from the low byte up.

var<private> byte_word: u32;
var<private> byte_shift: u32;
var<private> byte_at: u32;

/// Begins at word `at`.
fn bytes_begin(at: u32) {
    byte_word = 0u;
    byte_shift = 0u;
    byte_at = at;
}

fn put_byte(byte: u32) {
    byte_word |= byte << byte_shift;
    byte_shift += 8u;
    if byte_shift == 32u {
        obs[byte_at] = byte_word;
        byte_at += 1u;
        byte_word = 0u;
        byte_shift = 0u;
    }
}

/// Writes the last word if it is not full; its upper bytes are 0.
fn bytes_end() {
    if byte_shift > 0u {
        obs[byte_at] = byte_word;
    }
}

/// Writes three bytes at once, the first in the low byte.
fn put_three(bytes: u32) {
    byte_word |= bytes << byte_shift;
    if byte_shift == 0u {
        byte_shift = 24u;
        return;
    }
    obs[byte_at] = byte_word;
    byte_at += 1u;
    byte_word = bytes >> (32u - byte_shift);
    byte_shift -= 8u;
}

// The buffer `params` of the kernels of a bonus: a head, the bonus's own numbers, then the tables of fixed.wgsl.

// Index of the key that the bonus reads, among the keys of an instance. For a bonus that reads observations: words of an observation.
const PARAM_INPUT: u32 = 0u;
// Number of keys of an instance in the buffer `inputs`; 0 if that buffer holds observations.
const PARAM_KEYS: u32 = 1u;
// For bonuses: the index of their column of `values`. For the kernels that insert: what is inserted.
const PARAM_COLUMN: u32 = 2u;
const PARAM_COLUMNS: u32 = 3u;
// Number of words that the bonus stores for each instance.
const PARAM_MEMORY: u32 = 4u;
// Index of the first of the bonus's own numbers.
const PARAM_FIRST: u32 = 5u;
const PARAM_TABLES: u32 = 6u;
const PARAM_HEAD: u32 = 8u;

/// The bonus's own number `k`.
fn parameter(k: u32) -> u32 {
    return params[params[PARAM_FIRST] + k];
}

// What the kernels of a bonus read beside, `params`: a head, the bonus's own numbers, then the tables of fixed.wgsl.

// Which of an instance's keys the bonus looks at; words of an observation if it looks at observations.
const PARAM_INPUT: u32 = 0u;
// Keys of an instance in the buffer `inputs`; 0 if that buffer is the observations.
const PARAM_KEYS: u32 = 1u;
// For bonuses: the column of `values` that is theirs. For the kernels that insert: what is inserted.
const PARAM_COLUMN: u32 = 2u;
const PARAM_COLUMNS: u32 = 3u;
// Words of its own that the bonus keeps an instance.
const PARAM_MEMORY: u32 = 4u;
// Where the bonus's own numbers begin.
const PARAM_FIRST: u32 = 5u;
const PARAM_TABLES: u32 = 6u;
const PARAM_HEAD: u32 = 8u;

/// Number `k` of the bonus's own.
fn parameter(k: u32) -> u32 {
    return params[params[PARAM_FIRST] + k];
}

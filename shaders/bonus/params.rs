//! The buffer `params` of the kernels of a bonus: a head, the bonus's own numbers, then the tables of `fixed.rs`.

use super::Bonus;
use super::fixed;
use crate::shaders::shared::constants::index;

const TEXT: &str = include_str!("params.wgsl");

/// Index of the key that the bonus reads, among the keys of an instance. For a bonus that reads observations: words of an observation.
pub const INPUT: usize = index(TEXT, "PARAM_INPUT");
/// Number of keys of an instance in the buffer `inputs`; 0 if that buffer holds observations.
pub const KEYS: usize = index(TEXT, "PARAM_KEYS");
/// For bonuses: the index of their column of `values`. For the kernels that insert: what is inserted, bits of `table.rs`.
pub const COLUMN: usize = index(TEXT, "PARAM_COLUMN");
/// Number of columns of `values`.
pub const COLUMNS: usize = index(TEXT, "PARAM_COLUMNS");
/// Number of words that the bonus stores for each instance.
pub const MEMORY: usize = index(TEXT, "PARAM_MEMORY");
/// Index of the first of the bonus's own numbers.
pub const FIRST: usize = index(TEXT, "PARAM_FIRST");
/// Index of the first word of the tables.
pub const TABLES: usize = index(TEXT, "PARAM_TABLES");
/// Words of the head.
pub const HEAD: usize = index(TEXT, "PARAM_HEAD");

/// The part of the head that the host sets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// See [`INPUT`].
    pub input: u32,
    /// See [`KEYS`].
    pub keys: u32,
    /// See [`COLUMN`].
    pub column: u32,
    /// See [`COLUMNS`].
    pub columns: u32,
}

impl Place {
    /// The whole buffer of a bonus.
    pub fn of_bonus(&self, bonus: &dyn Bonus) -> Vec<u32> {
        self.of_numbers(bonus.memory_words(), &bonus.params())
    }

    /// [`Place::of_bonus`] for a bonus that does not implement [`Bonus`].
    pub fn of_numbers(&self, memory_words: usize, numbers: &[u32]) -> Vec<u32> {
        self.words(memory_words as u32, numbers)
    }

    /// The whole buffer of the kernels that insert `what` (bits of `table.rs`) and update sums.
    pub fn of_table(&self, what: u32) -> Vec<u32> {
        Place { column: what, ..*self }.words(0, &[])
    }

    fn words(&self, memory_words: u32, numbers: &[u32]) -> Vec<u32> {
        let mut words = vec![0; HEAD];
        words[INPUT] = self.input;
        words[KEYS] = self.keys;
        words[COLUMN] = self.column;
        words[COLUMNS] = self.columns;
        words[MEMORY] = memory_words;
        words[FIRST] = HEAD as u32;
        words[TABLES] = (HEAD + numbers.len()) as u32;
        words.extend_from_slice(numbers);
        words.extend_from_slice(fixed::tables());
        words
    }
}

//! What the kernels of a bonus read beside: a head, the bonus's own numbers, then the tables of `fixed.rs`.

use super::Bonus;
use super::fixed;
use crate::shaders::shared::constants::index;

const TEXT: &str = include_str!("params.wgsl");

/// Which of an instance's keys the bonus looks at; words of an observation if it looks at observations.
pub const INPUT: usize = index(TEXT, "PARAM_INPUT");
/// Keys of an instance in the buffer `inputs`; 0 if that buffer is the observations.
pub const KEYS: usize = index(TEXT, "PARAM_KEYS");
/// For bonuses: the column of `values` that is theirs. For the kernels that insert: what is inserted, bits of `table.rs`.
pub const COLUMN: usize = index(TEXT, "PARAM_COLUMN");
/// Columns of `values`.
pub const COLUMNS: usize = index(TEXT, "PARAM_COLUMNS");
/// Words of its own that the bonus keeps an instance.
pub const MEMORY: usize = index(TEXT, "PARAM_MEMORY");
/// Where the bonus's own numbers begin.
pub const FIRST: usize = index(TEXT, "PARAM_FIRST");
/// Where the tables begin.
pub const TABLES: usize = index(TEXT, "PARAM_TABLES");
/// Words of the head.
pub const HEAD: usize = index(TEXT, "PARAM_HEAD");

/// The part of the head that the host decides.
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

    /// [`Place::of_bonus`] for a bonus that is not one of the kernels alone.
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

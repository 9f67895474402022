//! Keys of states in recorded MiniGrid trajectories: states with the same key count as the same.

use crate::envs::shared::trace_key::{ColumnWords, FACING, POSITION, PartWords, TraceKeys, TracePart, VIEW};

const COLUMN: &str = "carrying";

static CARRYING: TracePart =
    TracePart { name: COLUMN, about: "MiniGrid: what is carried", words: PartWords::Columns(&[ColumnWords::one(COLUMN)]) };

pub static TRACE_KEYS: TraceKeys = TraceKeys {
    parts: &[&POSITION, &FACING, &CARRYING, &VIEW],
    default: &[&POSITION, &FACING, &CARRYING],
    default_name: None,
    columns: &[COLUMN],
};

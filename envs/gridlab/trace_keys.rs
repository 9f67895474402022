//! What counts as the same state in a recorded trajectory through a grid-world.

use crate::envs::shared::trace_key::{FACING, POSITION, TraceKeys};

pub static TRACE_KEYS: TraceKeys =
    TraceKeys { parts: &[&POSITION, &FACING], default: &[&POSITION], default_name: None, columns: &[] };

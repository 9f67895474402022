//! The parts of which trace keys in grid-worlds consist: they define which recorded states count as the same.

use crate::envs::shared::trace_key::{FACING, POSITION, TraceKeys};

pub static TRACE_KEYS: TraceKeys =
    TraceKeys { parts: &[&POSITION, &FACING], default: &[&POSITION], default_name: None, columns: &[] };

//! Tests of grid-worlds on small batches.

mod batch;
mod builtin;
mod certain;
mod chance;
mod maze;
mod picture;
mod random;
mod rules;
mod ruleset;
mod tv;

use super::{map, rules as tables, step};

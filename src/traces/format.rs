//! What a trace file says about itself, and rows as columns.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, BinaryArray, BooleanArray, Float32Array, Float64Array, Int32Array, RecordBatch, StringArray, UInt8Array,
    UInt16Array, UInt32Array, UInt64Array,
};
use serde::{Deserialize, Serialize};

use crate::envs::{ColumnKind, World};
use crate::error::{Error, Result};
use crate::shaders::bonus;
use crate::sim::Row;

/// Version of the columns and of [`Meta`] that this program reads up to.
pub const FORMAT_VERSION: u32 = 2;
/// Version of a trace without the columns `world` and `history`.
pub const FORMAT_PLAIN: u32 = 1;
/// Version of a trace whose instances may go back: rows without an action that have a `history` say where to.
pub const FORMAT_WITH_RETURNS: u32 = 2;

/// The instance into whose world an instance went back.
pub const WORLD: &str = "world";
/// The actions that lead there from the reset of that world's first episode, a byte each.
pub const HISTORY: &str = "history";

/// Everything needed to play the recorded actions again; JSON under the key `explorarium` of the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Meta {
    pub format: u32,
    pub program: String,
    pub id: String,
    /// The ruleset, resolved.
    pub toml: String,
    /// Seed of the batch: instance i has seed + i.
    pub seed: i64,
    pub keyed: bool,
    pub picture_noise: bool,
    pub reset: String,
    pub worlds: String,
    pub agent: String,
    pub scenario: Option<serde_json::Value>,
    /// Names of the bonuses, each a column `bonus_NAME`; they are not replayed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bonuses: Vec<String>,
}

/// Rows as an Arrow batch: the common columns, then the family's, then those of bonuses, and those of returns if there is one.
///
/// # Errors
/// [`Error::Data`] if the columns do not fit together (a bug of the family).
pub fn columns(world: &dyn World, bonuses: &[String], rows: &[Row]) -> Result<RecordBatch> {
    let u32s = |f: fn(&Row) -> u32| -> ArrayRef { Arc::new(rows.iter().map(|r| Some(f(r))).collect::<UInt32Array>()) };
    let bools = |f: fn(&Row) -> bool| -> ArrayRef { Arc::new(rows.iter().map(|r| Some(f(r))).collect::<BooleanArray>()) };
    let mut named: Vec<(String, ArrayRef)> = vec![
        ("instance".into(), u32s(|r| r.instance)),
        ("episode".into(), u32s(|r| r.episode)),
        ("step".into(), u32s(|r| r.step)),
        ("action".into(), Arc::new(rows.iter().map(|r| r.action).collect::<UInt32Array>())),
        ("reward".into(), Arc::new(rows.iter().map(|r| Some(r.reward)).collect::<Float64Array>())),
        ("terminated".into(), bools(|r| r.terminated)),
        ("truncated".into(), bools(|r| r.truncated)),
        ("x".into(), u32s(|r| r.pose.x)),
        ("y".into(), u32s(|r| r.pose.y)),
        ("facing".into(), u32s(|r| r.pose.facing)),
    ];
    for (c, column) in world.spec().columns.iter().enumerate() {
        let values = rows.iter().map(|r| r.columns.get(c).copied());
        let array: ArrayRef = match column.kind {
            ColumnKind::U8 => Arc::new(values.map(|v| v.map(|v| v as u8)).collect::<UInt8Array>()),
            ColumnKind::U16 => Arc::new(values.map(|v| v.map(|v| v as u16)).collect::<UInt16Array>()),
            ColumnKind::U32 => Arc::new(values.collect::<UInt32Array>()),
            ColumnKind::I32 => Arc::new(values.map(|v| v.map(|v| v as i32)).collect::<Int32Array>()),
            ColumnKind::Bool => Arc::new(values.map(|v| v.map(|v| v != 0)).collect::<BooleanArray>()),
            ColumnKind::F32 => Arc::new(values.map(|v| v.map(f32::from_bits)).collect::<Float32Array>()),
            ColumnKind::Text => Arc::new(values.map(|v| v.map(|v| world.text(c, v))).collect::<StringArray>()),
        };
        named.push((column.name.clone(), array));
    }
    for (b, name) in bonuses.iter().enumerate() {
        let values = rows.iter().map(|r| r.beside.get(b).map(|value| f64::from(*value) / f64::from(bonus::ONE)));
        named.push((format!("bonus_{name}"), Arc::new(values.collect::<Float64Array>())));
    }
    named.push(("checksum".into(), Arc::new(rows.iter().map(|r| r.checksum).collect::<UInt64Array>())));
    if rows.iter().any(|r| r.origin.is_some()) {
        let origins = || rows.iter().map(|r| r.origin.as_ref());
        named.push((WORLD.into(), Arc::new(origins().map(|o| o.map(|o| o.world)).collect::<UInt32Array>())));
        named.push((HISTORY.into(), Arc::new(origins().map(|o| o.map(|o| &o.history[..])).collect::<BinaryArray>())));
    }
    RecordBatch::try_from_iter_with_nullable(named.into_iter().map(|(name, array)| (name, array, true)))
        .map_err(|e| Error::Data(e.to_string()))
}

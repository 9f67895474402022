//! The description of a trace file, and the conversion of rows to columns.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::{
    ArrayRef, BinaryArray, BooleanArray, Float32Array, Float64Array, Int32Array, RecordBatch, StringArray, UInt8Array,
    UInt16Array, UInt32Array, UInt64Array,
};
use serde::{Deserialize, Serialize};

use super::values::Kind;
use crate::bonus::{self as bonus_host, BonusConfig, Bonuses, PROJECTION_SEED};
use crate::envs::shared::key::KeyPart;
use crate::envs::{ColumnKind, World};
use crate::error::{Error, Result};
use crate::shaders::bonus;
use crate::sim::{Prefixes, Row};

/// The latest version of the columns and of [`Meta`] that this program reads.
pub const FORMAT_VERSION: u32 = 2;
/// Version of a trace without the columns `world` and `history`.
pub const FORMAT_PLAIN: u32 = 1;
/// Version of a trace with restored states. The row of a restored state has no action, and its `history` leads to the state.
pub const FORMAT_WITH_RESTORED: u32 = 2;

/// Column of the state's checksum. Only some rows have one.
pub const CHECKSUM: &str = "checksum";
/// Column of the instance in whose world the restored state was reached.
pub const WORLD: &str = "world";
/// Column of the actions that lead to the restored state from the reset of that world's first episode, one byte each.
pub const HISTORY: &str = "history";

/// Everything needed to replay the recorded actions and to recompute every column. It is stored as JSON under the key `explorarium` in the
/// metadata of the file and of its Arrow schema. Files of older versions lack the fields with a default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Meta {
    /// [`FORMAT_PLAIN`] or [`FORMAT_WITH_RESTORED`].
    pub format: u32,
    /// Version of the program that wrote the file.
    pub program: String,
    /// Id of the environment, or the path of its TOML file.
    pub id: String,
    /// The ruleset, resolved.
    pub toml: String,
    /// Seed of the batch: instance i has seed + i.
    pub seed: i64,
    /// Whether the random stream in play is `keyed`; otherwise it is `numpy`.
    pub keyed: bool,
    /// Crafter: whether the noise of the night picture is taken from the random stream of the world.
    pub picture_noise: bool,
    /// `same-step`, `next-step` or `off`.
    pub reset: String,
    /// `fresh` or `pool:N`.
    pub worlds: String,
    /// Name of the agent.
    pub agent: String,
    /// State from which first episodes begin. None if they begin from generated worlds.
    pub scenario: Option<serde_json::Value>,
    /// Actions that instances took before the first row. Only the first part of a run holds them; all parts hold their hash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefixes: Option<Prefixes>,
    /// Hash of [`Meta::prefixes`]; None if all instances begin with their first episode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix_hash: Option<String>,
    /// Names of the bonuses. Each has a column (see [`bonus_columns`]). The column [`TOTAL`] holds their fused value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bonuses: Vec<String>,
    /// Instances in the batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub num_envs: Option<u64>,
    /// Indices of the recorded instances, as ranges: `0-3,7`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded: Option<String>,
    /// Seed of the agent's random numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_seed: Option<u64>,
    /// Options of the agent, defaults included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_options: Option<serde_json::Value>,
    /// How the bonuses were computed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bonus: Option<BonusNote>,
    /// Id of the participant of a study who played.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub participant: Option<String>,
    /// The cohort of the participant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cohort: Option<String>,
    /// The condition that the participant is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// Number of the session in the study file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<i64>,
    /// Number of the play in the session, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub play: Option<u32>,
    /// Whether the play was practice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub practice: Option<bool>,
    /// Number of the part within its run, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<u32>,
    /// Rows of the part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// For each column, a hash of its decoded values (see `digest.rs`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub hashes: BTreeMap<String, String>,
}

/// Everything that determines the values of bonuses, besides seed and actions.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BonusNote {
    /// Every option of every bonus, as in `run.toml`.
    pub config: serde_json::Value,
    /// Whether instances share counts. If so, a value depends on the actions of all instances.
    pub shared: bool,
    /// Whether all backends compute the same values, bit for bit.
    pub exact: bool,
    /// Seeds of the random projections: of points (`knn`, `pseudo-count`, `e3b`) and of SimHash.
    pub projections: BTreeMap<String, u64>,
    /// What each part of a key consists of in this world, including `view` and `faced`, which a replay can compute.
    pub key_parts: BTreeMap<String, String>,
    /// See [`crate::bonus::REVISION`].
    pub revision: u32,
}

impl BonusNote {
    /// The note for `bonuses` in `world`.
    ///
    /// # Errors
    /// [`Error::Data`] if the options cannot be written as JSON.
    pub fn of(world: &dyn World, bonuses: &Bonuses) -> Result<BonusNote> {
        let config = bonuses.config();
        let text = |part: KeyPart, about: String| (part.name().to_string(), about);
        Ok(BonusNote {
            config: serde_json::to_value(config).map_err(|e| Error::Data(e.to_string()))?,
            shared: bonuses.is_shared(),
            exact: config.is_exact(),
            projections: [("points", PROJECTION_SEED), ("simhash", 0)].map(|(name, seed)| (name.to_string(), seed)).into(),
            key_parts: world.key_parts().into_iter().map(|(part, about)| text(part, about)).collect(),
            revision: bonus_host::REVISION,
        })
    }
}

impl BonusNote {
    /// Returns the note with the current names of all options. A version of the program that uses other names may have finished the run.
    fn renamed(&self) -> BonusNote {
        let config = BonusConfig::deserialize(&self.config).map_err(|e| Error::Data(e.to_string()));
        let renamed = config.and_then(|config| config.renamed());
        let config = renamed.ok().and_then(|config| serde_json::to_value(config).ok());
        BonusNote { config: config.unwrap_or_else(|| self.config.clone()), ..self.clone() }
    }
}

impl Meta {
    /// Whether the file identifies its run and its part. Files of older versions do not.
    pub fn names_its_run(&self) -> bool {
        self.num_envs.is_some() && self.part.is_some()
    }

    /// Whether both describe parts of the same run. The compared fields determine a run completely.
    pub fn is_of_run_of(&self, other: &Meta) -> bool {
        // A later version of the program may have finished the run.
        let run = |meta: &Meta| {
            let (program, hashes) = (String::new(), BTreeMap::new());
            let bonus = meta.bonus.as_ref().map(BonusNote::renamed);
            Meta { format: 0, program, part: None, rows: None, prefixes: None, hashes, bonus, ..meta.clone() }
        };
        run(self) == run(other)
    }

    /// Names the first field in which two runs differ, for messages.
    pub fn difference(&self, other: &Meta) -> &'static str {
        let note = |meta: &Meta| meta.bonus.as_ref().map(BonusNote::renamed);
        let fields = [
            ("environment", self.id != other.id),
            ("ruleset", self.toml != other.toml),
            ("seed", self.seed != other.seed),
            ("steps before the first row", self.prefix_hash != other.prefix_hash),
            ("agent", self.agent != other.agent),
            ("agent's seed", self.agent_seed != other.agent_seed),
            ("agent's options", self.agent_options != other.agent_options),
            ("number of instances", self.num_envs != other.num_envs),
            ("recorded instances", self.recorded != other.recorded),
            ("bonuses", self.bonuses != other.bonuses || note(self) != note(other)),
        ];
        fields.iter().find(|(_, differs)| *differs).map_or("settings", |(name, _)| name)
    }

    /// Returns the actions that instances took before the first row.
    ///
    /// # Errors
    /// If this is not the description of the first part, or if they are not those whose hash it holds.
    pub fn checked_prefixes(&self) -> std::result::Result<Prefixes, String> {
        let Some(hash) = &self.prefix_hash else { return Ok(Prefixes::default()) };
        let first = "its run begins with recorded steps, which only its first part has; give that part too";
        let prefixes = self.prefixes.clone().ok_or(first)?;
        if prefixes.hash() == *hash {
            Ok(prefixes)
        } else {
            Err("the steps before its first row do not have their hash".to_string())
        }
    }

    /// Returns the recorded instances. None in files of older versions, and if the ranges are invalid.
    pub fn recorded(&self) -> Option<Vec<u32>> {
        let range = |text: &str| -> Option<std::ops::RangeInclusive<u32>> {
            let (first, last) = text.split_once('-').unwrap_or((text, text));
            Some(first.parse().ok()?..=last.parse().ok()?)
        };
        let text = self.recorded.as_deref()?;
        let ranges: Vec<_> = text.split(',').filter(|part| !part.is_empty()).map(range).collect::<Option<_>>()?;
        // Refuses ranges with more instances than the batch has, before they are expanded.
        let n: u64 = ranges.iter().map(|range| u64::from(*range.end()).saturating_sub(u64::from(*range.start())) + 1).sum();
        (n <= self.num_envs.unwrap_or(0)).then(|| ranges.into_iter().flatten().collect())
    }
}

/// Formats indices as ranges: `0-3,7`.
pub fn ranges(instances: &[usize]) -> String {
    let mut sorted = instances.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let runs = sorted.chunk_by(|a, b| a + 1 == *b);
    let text = |run: &[usize]| if run.len() == 1 { run[0].to_string() } else { format!("{}-{}", run[0], run[run.len() - 1]) };
    runs.map(text).collect::<Vec<_>>().join(",")
}

/// Name of the column with the fused value of all bonuses.
pub const TOTAL: &str = "bonus_total";
const BONUS: &str = "bonus_";

/// Whether a column holds bonus values.
pub fn is_of_bonus(column: &str) -> bool {
    column.starts_with(BONUS)
}

/// Replaces every character but ASCII letters and digits by `_`, so that no program needs to quote the name.
pub fn plain_name(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

/// Returns the column of each bonus. The columns consist of letters, digits and underscores, so that no program needs to quote them. No two
/// are the same.
pub fn bonus_columns(names: &[String]) -> Vec<String> {
    let mut columns: Vec<String> = vec![TOTAL.to_string()];
    for name in names {
        let plain = plain_name(name);
        let numbered = |n: u32| if n == 1 { format!("{BONUS}{plain}") } else { format!("{BONUS}{plain}_{n}") };
        let free = (1..).map(numbered).find(|column| !columns.contains(column));
        columns.extend(free);
    }
    columns.split_off(1)
}

/// The common columns, which every trace has, and their kinds.
pub const COMMON: [(&str, Kind); 10] = [
    ("instance", Kind::U32),
    ("episode", Kind::U32),
    ("step", Kind::U32),
    ("action", Kind::U32),
    ("reward", Kind::F64),
    ("terminated", Kind::Bool),
    ("truncated", Kind::Bool),
    ("x", Kind::U32),
    ("y", Kind::U32),
    ("facing", Kind::U32),
];

/// The common columns without which a file cannot be read as a trace.
pub const NEEDED: [&str; 7] = ["instance", "episode", "step", "action", "reward", "terminated", "truncated"];

/// Returns the kind of a column that does not depend on the world.
pub fn kind_of(column: &str) -> Option<Kind> {
    let common = COMMON.iter().find(|(name, _)| *name == column).map(|(_, kind)| *kind);
    common.or(match column {
        CHECKSUM => Some(Kind::U64),
        WORLD => Some(Kind::U32),
        HISTORY => Some(Kind::Bytes),
        _ if is_of_bonus(column) => Some(Kind::F64),
        _ => None,
    })
}

/// Returns the kind of a column of the world.
pub fn kind_of_world(kind: ColumnKind) -> Kind {
    match kind {
        ColumnKind::U8 => Kind::U8,
        ColumnKind::U16 => Kind::U16,
        ColumnKind::U32 => Kind::U32,
        ColumnKind::I32 => Kind::I32,
        ColumnKind::Bool => Kind::Bool,
        ColumnKind::F32 => Kind::F32,
        ColumnKind::Text => Kind::Text,
    }
}

/// Converts rows to an Arrow batch. The order is: the common columns, the columns of the world, those of the bonuses and of their fused
/// value, the checksum, and, if a row is of a restored state, `world` and `history`.
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
    let total = (!bonuses.is_empty()).then(|| TOTAL.to_string());
    for (b, name) in bonus_columns(bonuses).into_iter().chain(total).enumerate() {
        let values = rows.iter().map(|r| r.plugin_values.get(b).map(|value| f64::from(*value) / f64::from(bonus::ONE)));
        named.push((name, Arc::new(values.collect::<Float64Array>())));
    }
    named.push((CHECKSUM.into(), Arc::new(rows.iter().map(|r| r.checksum).collect::<UInt64Array>())));
    if rows.iter().any(|r| r.origin.is_some()) {
        let origins = || rows.iter().map(|r| r.origin.as_ref());
        named.push((WORLD.into(), Arc::new(origins().map(|o| o.map(|o| o.world)).collect::<UInt32Array>())));
        named.push((HISTORY.into(), Arc::new(origins().map(|o| o.map(|o| &o.history[..])).collect::<BinaryArray>())));
    }
    RecordBatch::try_from_iter_with_nullable(named.into_iter().map(|(name, array)| (name, array, true)))
        .map_err(|e| Error::Data(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_bonuses_need_no_quotes_and_differ() {
        let names = ["pseudo-count", "count:view", "count:position+facing", "count", "count", "total"].map(str::to_string);
        let expected = [
            "bonus_pseudo_count",
            "bonus_count_view",
            "bonus_count_position_facing",
            "bonus_count",
            "bonus_count_2",
            "bonus_total_2",
        ];
        assert_eq!(bonus_columns(&names), expected);
    }

    #[test]
    fn recorded_instances_are_written_as_ranges() {
        let meta = |text: &str, n| Meta { recorded: Some(text.to_string()), num_envs: Some(n), ..Meta::default() };
        assert_eq!(ranges(&[7, 0, 1, 2, 3, 3, 9, 8]), "0-3,7-9");
        assert_eq!(meta("0-3,7-9", 10).recorded(), Some(vec![0, 1, 2, 3, 7, 8, 9]));
        assert_eq!(meta("", 10).recorded(), Some(Vec::new()));
        for odd in ["0-4294967295", "5-x", "a"] {
            assert_eq!(meta(odd, 10).recorded(), None, "{odd}");
        }
    }

    #[test]
    fn parts_under_earlier_and_present_names_are_of_one_run() {
        let meta = |option: &str, n: u32| {
            let config = serde_json::json!({ "fusion": "sum", "list": [{ "name": "empowerment", "mode": "frozen", option: n }] });
            Meta { bonus: Some(BonusNote { config, ..BonusNote::default() }), ..Meta::default() }
        };
        assert!(meta("dreams", 2).is_of_run_of(&meta("noise_samples", 2)));
        assert!(!meta("dreams", 2).is_of_run_of(&meta("noise_samples", 3)));
        assert_eq!(meta("dreams", 2).difference(&meta("noise_samples", 3)), "bonuses");
    }
}

//! The columns of a play's rows: those of its table, and those of its world, which the table holds as JSON.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Float32Array, Float64Array, Int32Array, StringArray, UInt8Array, UInt16Array, UInt32Array,
    UInt64Array,
};
use serde_json::{Map, Value as Json};

use crate::traces::values::Kind;

/// Reads the JSON object of a row's world columns, one value for each of `names`.
///
/// # Errors
/// Why it is none, or has another column, or lacks one.
pub fn world_values(text: &str, names: &[String]) -> Result<Vec<Json>, String> {
    let mut values: Map<String, Json> =
        serde_json::from_str(text).map_err(|e| format!("column 'state' is no JSON object: {e}"))?;
    let mut take = |name: &String| values.remove(name).ok_or_else(|| format!("no value for '{name}' in column 'state'"));
    let taken = names.iter().map(&mut take).collect::<Result<Vec<Json>, String>>()?;
    match values.keys().next() {
        Some(name) => Err(format!("column 'state' has a value for '{name}', which is no column of this world")),
        None => Ok(taken),
    }
}

/// The values of a column as an array of its kind.
///
/// # Errors
/// The index of the first value that is not of this kind, and what it is.
pub fn array(kind: Kind, values: &[Json]) -> Result<ArrayRef, (usize, String)> {
    fn all<T>(values: &[Json], of: impl Fn(&Json) -> Option<T>) -> Result<Vec<Option<T>>, (usize, String)> {
        let wrong = |value: &Json| format!("{} does not fit", value.to_string().chars().take(80).collect::<String>());
        let one = |(k, value): (usize, &Json)| match value {
            Json::Null => Ok(None),
            value => of(value).map(Some).ok_or_else(|| (k, wrong(value))),
        };
        values.iter().enumerate().map(one).collect()
    }
    fn whole<T: TryFrom<i64> + TryFrom<u64>>(value: &Json) -> Option<T> {
        value.as_u64().and_then(|n| T::try_from(n).ok()).or_else(|| value.as_i64().and_then(|n| T::try_from(n).ok()))
    }
    Ok(match kind {
        Kind::U8 => Arc::new(UInt8Array::from(all(values, whole)?)),
        Kind::U16 => Arc::new(UInt16Array::from(all(values, whole)?)),
        Kind::U32 => Arc::new(UInt32Array::from(all(values, whole)?)),
        Kind::U64 => Arc::new(UInt64Array::from(all(values, Json::as_u64)?)),
        Kind::I32 => Arc::new(Int32Array::from(all(values, whole)?)),
        Kind::Bool => {
            let flag = |value: &Json| value.as_bool().or_else(|| value.as_u64().filter(|n| *n < 2).map(|n| n == 1));
            Arc::new(BooleanArray::from(all(values, flag)?))
        }
        Kind::F64 => Arc::new(Float64Array::from(all(values, Json::as_f64)?)),
        Kind::F32 => {
            // A number with more digits than an f32 has was not written from one.
            let fits = |real: f64| (real as f32).to_string().parse() == Ok(real) || f64::from(real as f32) == real;
            let real = |value: &Json| value.as_f64().filter(|real| fits(*real)).map(|real| real as f32);
            Arc::new(Float32Array::from(all(values, real)?))
        }
        Kind::Text | Kind::Bytes => {
            let text = |value: &Json| value.as_str().filter(|text| text.len() <= LONGEST_TEXT).map(str::to_string);
            Arc::new(StringArray::from(all(values, text)?))
        }
    })
}

/// Longest text of a column. Rows are read thousands at a time, so this bounds the memory.
const LONGEST_TEXT: usize = 1 << 14;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::traces::{Value, at};

    #[test]
    fn values_are_of_their_kind_or_refused() {
        let ok = |kind, value: Json| array(kind, &[value]).map(|array| at(&*array, 0).to_string()).ok();
        assert_eq!(ok(Kind::U8, json!(255)).as_deref(), Some("255"));
        assert_eq!(ok(Kind::I32, json!(-3)).as_deref(), Some("-3"));
        assert_eq!(ok(Kind::Bool, json!(true)).as_deref(), Some("1"));
        assert_eq!(ok(Kind::Bool, json!(0)).as_deref(), Some("0"));
        assert_eq!(ok(Kind::Text, json!("a")).as_deref(), Some("'a'"));
        for (kind, odd) in [(Kind::U8, json!(256)), (Kind::U8, json!(-1)), (Kind::U8, json!("1")), (Kind::Bool, json!(2))] {
            assert!(array(kind, &[json!(null), odd.clone()]).is_err_and(|(k, _)| k == 1), "{kind:?} {odd}");
        }
        for real in [0.1f32, 1.0 / 3.0, -0.0, f32::MIN_POSITIVE, 1e30] {
            for written in [json!(real), json!(f64::from(real))] {
                let array = array(Kind::F32, &[written]).expect("an f32");
                let expected = Value::Real(f64::from(real)).to_string();
                assert_eq!(at(&*array, 0).to_string(), expected);
            }
        }
        assert!(array(Kind::F32, &[json!(0.123_456_789_012)]).is_err());
        let names = ["a".to_string(), "b".to_string()];
        assert_eq!(world_values(r#"{"b": 2, "a": 1}"#, &names), Ok(vec![json!(1), json!(2)]));
        for odd in [r#"{"a": 1}"#, r#"{"a": 1, "b": 2, "c": 3}"#, "[1, 2]", "", "{"] {
            assert!(world_values(odd, &names).is_err(), "{odd}");
        }
    }
}

//! Values of columns, independent of the type that another program gave them. For example, pandas writes whole numbers with gaps as floats.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{
    Array, ArrayRef, BinaryViewArray, BooleanArray, Float32Array, Float64Array, Int32Array, StringArray, UInt8Array, UInt16Array,
    UInt32Array, UInt64Array,
};
use arrow_schema::DataType;

/// The kind of values in a column of a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Whole numbers from 0 to 2^8 - 1.
    U8,
    /// Whole numbers from 0 to 2^16 - 1.
    U16,
    /// Whole numbers from 0 to 2^32 - 1.
    U32,
    /// Whole numbers from 0 to 2^64 - 1.
    U64,
    /// Whole numbers from -2^31 to 2^31 - 1.
    I32,
    /// 32-bit floating-point numbers.
    F32,
    /// 64-bit floating-point numbers.
    F64,
    /// False or true.
    Bool,
    /// UTF-8 text.
    Text,
    /// Sequences of bytes.
    Bytes,
}

/// A value of any column. NaN counts as no value, because some programs write a gap that way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// No value.
    Null,
    /// A number without a fraction, of any type; false and true are 0 and 1.
    Whole(i128),
    /// Any other number.
    Real(f64),
    /// A text.
    Text(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
}

/// Longest text that is read, in bytes. Rows are read thousands at a time, so this bounds the memory.
const LONGEST_TEXT: usize = 1 << 14;

impl Value<'_> {
    fn of(number: f64) -> Value<'static> {
        // No column has whole numbers beyond 2^64. Minus zero stays a float, which keeps its sign.
        let whole =
            number.fract() == 0.0 && number.abs() < 18_446_744_073_709_551_616.0 && !(number == 0.0 && number.is_sign_negative());
        match number {
            _ if number.is_nan() => Value::Null,
            _ if whole => Value::Whole(number as i128),
            _ => Value::Real(number),
        }
    }

    fn real(self) -> Option<f64> {
        match self {
            Value::Whole(whole) => Some(whole as f64).filter(|real| *real as i128 == whole),
            Value::Real(real) => Some(real),
            _ => None,
        }
    }
}

/// A [`Value`] that owns its data.
#[derive(Clone, Debug, PartialEq)]
pub enum OwnedValue {
    /// No value.
    Null,
    /// A number without a fraction, of any type; false and true are 0 and 1.
    Whole(i128),
    /// Any other number.
    Real(f64),
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl From<Value<'_>> for OwnedValue {
    fn from(value: Value) -> OwnedValue {
        match value {
            Value::Null => OwnedValue::Null,
            Value::Whole(whole) => OwnedValue::Whole(whole),
            Value::Real(real) => OwnedValue::Real(real),
            Value::Text(text) => OwnedValue::Text(text.to_string()),
            Value::Bytes(bytes) => OwnedValue::Bytes(bytes.to_vec()),
        }
    }
}

impl OwnedValue {
    /// The value, borrowed.
    pub fn as_value(&self) -> Value<'_> {
        match self {
            OwnedValue::Null => Value::Null,
            OwnedValue::Whole(whole) => Value::Whole(*whole),
            OwnedValue::Real(real) => Value::Real(*real),
            OwnedValue::Text(text) => Value::Text(text),
            OwnedValue::Bytes(bytes) => Value::Bytes(bytes),
        }
    }
}

impl std::fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            Value::Null => f.write_str("nothing"),
            Value::Whole(whole) => write!(f, "{whole}"),
            Value::Real(real) => write!(f, "{real}"),
            Value::Text(text) => write!(f, "'{}'", text.chars().take(80).collect::<String>()),
            Value::Bytes(bytes) => write!(f, "{} bytes", bytes.len()),
        }
    }
}

/// Calls `see` with each value of a column in order, until it returns false. Returns false if the column has a type that no trace has.
pub fn each<'a>(array: &'a dyn Array, see: &mut dyn FnMut(Value<'a>) -> bool) -> bool {
    macro_rules! wholes {
        ($kind:ty) => {{
            let _ = array.as_primitive::<$kind>().iter().all(|v| see(v.map_or(Value::Null, |v| Value::Whole(i128::from(v)))));
        }};
    }
    macro_rules! others {
        ($iter:expr, $make:expr) => {{
            let _ = $iter.iter().all(|v| see(v.map_or(Value::Null, $make)));
        }};
    }
    match array.data_type() {
        DataType::UInt8 => wholes!(UInt8Type),
        DataType::UInt16 => wholes!(UInt16Type),
        DataType::UInt32 => wholes!(UInt32Type),
        DataType::UInt64 => wholes!(UInt64Type),
        DataType::Int8 => wholes!(Int8Type),
        DataType::Int16 => wholes!(Int16Type),
        DataType::Int32 => wholes!(Int32Type),
        DataType::Int64 => wholes!(Int64Type),
        DataType::Float32 => others!(array.as_primitive::<Float32Type>(), |v: f32| Value::of(f64::from(v))),
        DataType::Float64 => others!(array.as_primitive::<Float64Type>(), Value::of),
        DataType::Boolean => others!(array.as_boolean(), |v| Value::Whole(i128::from(v))),
        DataType::Utf8 => others!(array.as_string::<i32>(), Value::Text),
        DataType::Utf8View => others!(array.as_string_view(), Value::Text),
        DataType::Binary => others!(array.as_binary::<i32>(), Value::Bytes),
        DataType::BinaryView => others!(array.as_binary_view(), Value::Bytes),
        DataType::Null => {
            let _ = (0..array.len()).all(|_| see(Value::Null));
        }
        _ => return false,
    }
    true
}

/// Returns the value in row `k`. Null if the column has a type that no trace has.
pub fn at(array: &dyn Array, k: usize) -> Value<'_> {
    // Reads only this row: `each` would read the whole column.
    macro_rules! whole {
        ($kind:ty) => {
            Value::Whole(i128::from(array.as_primitive::<$kind>().value(k)))
        };
    }
    if array.is_null(k) {
        return Value::Null;
    }
    match array.data_type() {
        DataType::UInt8 => whole!(UInt8Type),
        DataType::UInt16 => whole!(UInt16Type),
        DataType::UInt32 => whole!(UInt32Type),
        DataType::UInt64 => whole!(UInt64Type),
        DataType::Int8 => whole!(Int8Type),
        DataType::Int16 => whole!(Int16Type),
        DataType::Int32 => whole!(Int32Type),
        DataType::Int64 => whole!(Int64Type),
        DataType::Float32 => Value::of(f64::from(array.as_primitive::<Float32Type>().value(k))),
        DataType::Float64 => Value::of(array.as_primitive::<Float64Type>().value(k)),
        DataType::Boolean => Value::Whole(i128::from(array.as_boolean().value(k))),
        DataType::Utf8 => Value::Text(array.as_string::<i32>().value(k)),
        DataType::Utf8View => Value::Text(array.as_string_view().value(k)),
        DataType::Binary => Value::Bytes(array.as_binary::<i32>().value(k)),
        DataType::BinaryView => Value::Bytes(array.as_binary_view().value(k)),
        _ => Value::Null,
    }
}

/// Converts the column to the type that `kind` has in a trace. Values do not change.
///
/// # Errors
/// The index in this array of the first value that cannot be converted, and why.
pub fn as_kind(array: &ArrayRef, kind: Kind) -> Result<ArrayRef, (usize, String)> {
    macro_rules! wholes {
        ($array:ty, $native:ty) => {{
            let values = values(array, kind, |value| match value {
                Value::Whole(whole) => <$native>::try_from(whole).map_err(|_| format!("{value} is out of range")),
                other => Err(format!("{other} is no whole number")),
            })?;
            Ok(Arc::new(<$array>::from(values)))
        }};
    }
    match kind {
        _ if is_kind(array, kind) => Ok(array.clone()),
        Kind::U8 => wholes!(UInt8Array, u8),
        Kind::U16 => wholes!(UInt16Array, u16),
        Kind::U32 => wholes!(UInt32Array, u32),
        Kind::U64 => wholes!(UInt64Array, u64),
        Kind::I32 => wholes!(Int32Array, i32),
        Kind::Bool => {
            let flags = values(array, kind, |value| match value {
                Value::Whole(v @ (0 | 1)) => Ok(v == 1),
                other => Err(format!("{other} is neither true nor false")),
            })?;
            Ok(Arc::new(BooleanArray::from(flags)))
        }
        Kind::F64 => {
            let reals = values(array, kind, |value| value.real().ok_or_else(|| format!("{value} is no number that fits")))?;
            Ok(Arc::new(Float64Array::from(reals)))
        }
        Kind::F32 => {
            let fits = |real: &f64| f64::from(*real as f32) == *real;
            let reals = values(array, kind, |value| {
                let real = value.real().filter(fits).ok_or_else(|| format!("{value} has more digits than were recorded"))?;
                Ok(real as f32)
            })?;
            Ok(Arc::new(Float32Array::from(reals)))
        }
        Kind::Text => {
            let texts = values(array, kind, |value| match value {
                Value::Text(text) if text.len() <= LONGEST_TEXT => Ok(text),
                Value::Text(text) => Err(format!("a text of {} bytes; at most {LONGEST_TEXT} are read", text.len())),
                other => Err(format!("{other} is no text")),
            })?;
            Ok(Arc::new(StringArray::from(texts)))
        }
        Kind::Bytes => {
            let bytes = values(array, kind, |value| match value {
                Value::Bytes(bytes) => Ok(bytes),
                other => Err(format!("{other} is no sequence of bytes")),
            })?;
            Ok(Arc::new(BinaryViewArray::from(bytes)))
        }
    }
}

/// Whether the column needs no conversion. Floats always need one, because NaN becomes a missing value.
fn is_kind(array: &ArrayRef, kind: Kind) -> bool {
    matches!(
        (array.data_type(), kind),
        (DataType::UInt8, Kind::U8)
            | (DataType::UInt16, Kind::U16)
            | (DataType::UInt32, Kind::U32)
            | (DataType::UInt64, Kind::U64)
            | (DataType::Int32, Kind::I32)
            | (DataType::Boolean, Kind::Bool)
            | (DataType::Utf8, Kind::Text)
            | (DataType::BinaryView, Kind::Bytes)
    )
}

/// Converts each value with `take`. Stops at the first error and returns it with its row.
fn values<'a, T>(
    array: &'a ArrayRef,
    kind: Kind,
    take: impl Fn(Value<'a>) -> Result<T, String>,
) -> Result<Vec<Option<T>>, (usize, String)> {
    let mut taken = Vec::with_capacity(array.len());
    let mut wrong = None;
    let known = each(&**array, &mut |value| {
        let made = if value == Value::Null { Ok(None) } else { take(value).map(Some) };
        match made {
            Ok(value) => taken.push(value),
            Err(why) => wrong = Some((taken.len(), why)),
        }
        wrong.is_none()
    });
    match wrong {
        Some(wrong) => Err(wrong),
        None if known => Ok(taken),
        None => Err((0, format!("values of type {} cannot be read as {kind:?}", array.data_type()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(array: ArrayRef, kind: Kind) -> Result<Vec<String>, (usize, String)> {
        let array = as_kind(&array, kind)?;
        Ok((0..array.len()).map(|k| at(&*array, k).to_string()).collect())
    }

    #[test]
    fn gaps_and_wider_types_come_back() {
        let floats: ArrayRef = Arc::new(Float64Array::from(vec![Some(3.0), Some(f64::NAN), None]));
        assert_eq!(taken(floats, Kind::U32).expect("whole"), ["3", "nothing", "nothing"]);
        let wide: ArrayRef = Arc::new(arrow_array::Int64Array::from(vec![0, 1]));
        assert_eq!(taken(wide.clone(), Kind::Bool).expect("flags"), ["0", "1"]);
        assert_eq!(taken(wide, Kind::F32).expect("floats"), ["0", "1"]);
        let odd: ArrayRef = Arc::new(Float64Array::from(vec![1.0, 1.5]));
        assert_eq!(taken(odd, Kind::U32).expect_err("a fraction").0, 1);
        let large: ArrayRef = Arc::new(arrow_array::Int64Array::from(vec![-1]));
        assert!(taken(large, Kind::U32).expect_err("negative").1.contains("out of range"));
        let text: ArrayRef = Arc::new(StringArray::from(vec!["x".repeat(LONGEST_TEXT + 1)]));
        assert!(taken(Arc::new(arrow_array::StringViewArray::from(vec!["a"])), Kind::Text).is_ok());
        assert!(taken(Arc::new(text.as_string::<i32>().iter().collect::<arrow_array::StringViewArray>()), Kind::Text).is_err());
    }

    #[test]
    fn a_value_is_the_same_in_every_type() {
        assert_eq!(Value::of(7.0), Value::Whole(7));
        assert_eq!(Value::of(-0.0), Value::Real(-0.0));
        assert!(matches!(Value::of(-0.0), Value::Real(_)) && Value::of(f64::NAN) == Value::Null);
        assert_eq!(Value::of(1e30), Value::Real(1e30));
    }
}

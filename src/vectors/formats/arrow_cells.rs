//! Single cells of Arrow's columns: text, whole numbers, and numbers as names.

use std::fmt::Display;

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::{ArrowPrimitiveType, Float16Type, Float32Type, Float64Type};
use arrow_schema::DataType;

use super::arrow_columns::is_text;

/// The text in a row; empty where it is null. `None` if this is no column of text.
pub fn text(column: &dyn Array, row: usize) -> Option<&str> {
    if let DataType::Dictionary(..) = column.data_type() {
        let dictionary = column.as_any_dictionary_opt()?;
        let values = dictionary.values().as_ref();
        if column.is_null(row) || values.is_empty() {
            return Some("");
        }
        return text(values, key(dictionary.keys(), row)?);
    }
    match column.data_type() {
        kind if column.is_null(row) => is_text(kind).then_some(""),
        DataType::Utf8 => Some(column.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => Some(column.as_string::<i64>().value(row)),
        DataType::Utf8View => Some(column.as_string_view().value(row)),
        _ => None,
    }
}

fn key(keys: &dyn Array, row: usize) -> Option<usize> {
    integer(keys, row).and_then(|key| usize::try_from(key).ok())
}

/// The whole number, or truth value as 0 or 1, in a row; `None` where it is null or no such column.
pub fn integer(column: &dyn Array, row: usize) -> Option<i128> {
    use arrow_array::types::{
        Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
    };
    fn value<T: ArrowPrimitiveType>(column: &dyn Array, row: usize) -> Option<T::Native> {
        Some(column.as_primitive_opt::<T>()?.value(row))
    }
    if column.is_null(row) {
        return None;
    }
    match column.data_type() {
        DataType::Int8 => value::<Int8Type>(column, row).map(i128::from),
        DataType::Int16 => value::<Int16Type>(column, row).map(i128::from),
        DataType::Int32 => value::<Int32Type>(column, row).map(i128::from),
        DataType::Int64 => value::<Int64Type>(column, row).map(i128::from),
        DataType::UInt8 => value::<UInt8Type>(column, row).map(i128::from),
        DataType::UInt16 => value::<UInt16Type>(column, row).map(i128::from),
        DataType::UInt32 => value::<UInt32Type>(column, row).map(i128::from),
        DataType::UInt64 => value::<UInt64Type>(column, row).map(i128::from),
        DataType::Boolean => Some(i128::from(column.as_boolean().value(row))),
        _ => None,
    }
}

/// The number in a row as a name; empty where there is none. Data frames turn whole numbers with gaps into fractions.
pub fn number(column: &dyn Array, row: usize) -> String {
    fn name<T: ArrowPrimitiveType<Native: Into<f64> + Display>>(
        all: &dyn Array,
        at: usize,
    ) -> Option<String> {
        let number = all.as_primitive_opt::<T>().filter(|all| all.is_valid(at))?.value(at);
        (!number.into().is_nan()).then(|| number.to_string())
    }
    let name = match column.data_type() {
        DataType::Float16 => name::<Float16Type>(column, row),
        DataType::Float32 => name::<Float32Type>(column, row),
        DataType::Float64 => name::<Float64Type>(column, row),
        _ => integer(column, row).map(|number| number.to_string()),
    };
    name.unwrap_or_default()
}

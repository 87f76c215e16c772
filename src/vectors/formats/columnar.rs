//! What Parquet and Arrow have in common: columns that become a table.

use arrow_schema::{DataType, Schema};

use super::super::ColumnValues;
use super::super::rows::Rows;
use super::super::table::Column;
use super::super::warning::Warning;
use super::arrow_columns::{Gathered, Layout, Piece};
use super::{NamesFrom, Parsed, malformed, vocabulary};
use crate::files::problem::{Place, Problem};
use crate::files::unpack::most_unpacked;
use crate::files::{Source, guard};

/// What to do about a damaged file.
pub(super) const ADVICE: &str = "get the file again, or write it again";

/// Does what trusts its input, so that what trips it becomes an error.
///
/// # Errors
/// What `work` gives, and [`Problem::Malformed`] where it breaks off.
pub(super) fn guarded<T>(
    format: &'static str,
    work: impl FnOnce() -> Result<T, Problem>,
) -> Result<T, Problem> {
    let contradiction = || malformed(format, Place::Byte(0), "its parts contradict each other", ADVICE);
    guard::guarded(work).unwrap_or_else(|| Err(contradiction()))
}

/// A table of the rows and names that were read.
///
/// # Errors
/// [`Problem::Words`].
pub(super) fn into_parsed(
    source: &Source,
    layout: Layout,
    whole: Piece,
    values: Vec<f32>,
    dims: usize,
) -> Result<Parsed, Problem> {
    let mut warnings: Vec<Warning> = Vec::new();
    let rows = Rows::owned(values, dims);
    let (words, names) = if layout.names.is_some() {
        (whole.words, NamesFrom::Itself)
    } else {
        vocabulary::names(source, rows.count(), rows.count() as u64, &mut warnings)?
    };
    let column = |(gathered, (_, name)): (Gathered, (usize, String))| match gathered {
        Gathered::Text(values) => values.into_column(name),
        Gathered::Numbers(numbers) => Some(Column { name, values: ColumnValues::Numbers(numbers) }),
    };
    let columns = whole.others.into_iter().zip(layout.others).filter_map(column).collect();
    let (choices, missing) = (vec![layout.choice], whole.missing);
    Ok(Parsed { columns, names, choices, warnings, missing, ..Parsed::new(words, rows) })
}

/// Memory for all numbers, refused where the file cannot hold so many.
///
/// # Errors
/// [`Problem::ExpandsTooFar`], [`Problem::TooLarge`].
pub(super) fn room_for(
    format: &'static str,
    rows: usize,
    dims: usize,
    packed: u64,
) -> Result<Vec<f32>, Problem> {
    let limit = most_unpacked(packed);
    let numbers = rows.checked_mul(dims).filter(|&numbers| (numbers as u64).saturating_mul(4) <= limit);
    let numbers = numbers.ok_or(Problem::ExpandsTooFar { format, packed, limit })?;
    let mut values = Vec::new();
    values
        .try_reserve_exact(numbers)
        .map_err(|_| Problem::TooLarge { what: format!("{numbers} numbers"), limit: isize::MAX as usize })?;
    values.resize(numbers, f32::NAN);
    Ok(values)
}

/// The length of all lists of a column, if its type says it.
pub(super) fn fixed_size(schema: &Schema, column: usize) -> Option<usize> {
    match schema.field(column).data_type() {
        DataType::FixedSizeList(_, size) => usize::try_from(*size).ok(),
        _ => None,
    }
}

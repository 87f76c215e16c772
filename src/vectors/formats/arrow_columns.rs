//! Columns of Arrow's types, as Parquet and Arrow files hold them, become a table.
//!
//! Source: Apache Arrow's columnar format. The vector is a column of lists (`List`, `LargeList`, `FixedSizeList`) of f16,
//! f32 or f64, or several number columns, see [`super::roles`]. Text (also dictionary-encoded) names the rows; numbers,
//! booleans and further text are properties of the rows. Lists of lists, structures and lists of integers are not read.
//! A row without a list, or with one of another length, is left out and counted.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use arrow_array::cast::AsArray;
use arrow_array::types::{ArrowPrimitiveType, Float16Type, Float32Type, Float64Type};
use arrow_array::{Array, FixedSizeListArray, GenericListArray, RecordBatch};
use arrow_schema::{DataType, Schema};

use super::super::words::Words;
use super::arrow_cells::{integer, number, text};
use super::columns::{MOST_COLUMNS, Values};
use super::roles::{names_column, series, vector_rank};
use super::{MAX_DIMS, malformed};
use crate::files::problem::{Place, Problem};
use crate::files::unpack::most_unpacked;
use crate::files::{Alternative, Choice, Choosable, Source};

/// Where the vector of a row stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VectorIn {
    /// In a column of lists.
    Lists(usize),
    /// In several columns of numbers.
    Numbers(Vec<usize>),
}

/// What the columns are for, as places in the schema.
#[derive(Debug)]
pub struct Layout {
    pub vector: VectorIn,
    pub names: Option<usize>,
    /// Properties of the rows, with their names.
    pub others: Vec<(usize, String)>,
    pub choice: Choice,
    /// The bytes of the file, and of all names so far: a dictionary repeats a long one at no cost.
    named: (u64, AtomicU64),
}

impl Layout {
    /// Looks at a schema. Of several columns that could be the vector, one of the source's parts is taken, or the likeliest.
    ///
    /// # Errors
    /// [`Problem::Malformed`] if no column holds vectors.
    pub fn new(format: &'static str, schema: &Schema, source: &Source) -> Result<Self, Problem> {
        let fields: Vec<(usize, &str, &DataType)> = schema
            .fields()
            .iter()
            .enumerate()
            .map(|(at, f)| (at, f.name().as_str(), f.data_type()))
            .collect();
        let of = |wanted: fn(&DataType) -> bool| -> Vec<(usize, &str)> {
            fields.iter().filter(|(_, _, kind)| wanted(kind)).map(|&(at, name, _)| (at, name)).collect()
        };
        let mut lists: Vec<(usize, &str)> = of(|kind| list_item(kind).is_some_and(DataType::is_floating));
        lists.sort_by_key(|(at, name)| (vector_rank(name), *at));
        let mut options: Vec<(Alternative, VectorIn)> = Vec::new();
        for (at, name) in lists {
            options.push((
                Alternative { name: name.to_owned(), about: about(fields[at].2) },
                VectorIn::Lists(at),
            ));
        }
        let numbers = of(|kind| kind.is_numeric() && kind.primitive_width().is_some_and(|width| width <= 8));
        let mut runs = series(&numbers);
        // Numbers that do not count up are coordinates only if they are fractions: whole ones are counts and years.
        if runs.iter().any(|run| run.columns.iter().any(|&at| !fields[at].2.is_floating())) {
            runs = series(&of(DataType::is_floating));
        }
        for run in runs {
            let about = format!("{} columns", run.columns.len());
            options.push((Alternative { name: run.name, about }, VectorIn::Numbers(run.columns)));
        }
        if options.is_empty() {
            return Err(no_vectors(format, schema));
        }
        let alternatives = options.iter().map(|(alternative, _)| alternative.clone()).collect();
        let choice = Choice::new(Choosable::Column, alternatives, source.parts());
        let vector = options.swap_remove(choice.chosen).1;
        let texts = of(is_text);
        let unused = |at: usize| !matches!(&vector, VectorIn::Numbers(used) if used.contains(&at));
        let free: Vec<(usize, &str)> =
            numbers.into_iter().filter(|&(at, _)| unused(at) && is_number(fields[at].2)).collect();
        let names = names_column(&texts, &free);
        let others = fields
            .iter()
            .filter(|&&(at, _, kind)| Some(at) != names && unused(at) && (is_text(kind) || is_number(kind)))
            .map(|&(at, name, _)| (at, name.to_owned()))
            .take(MOST_COLUMNS)
            .collect();
        let named = (source.bytes().len() as u64, AtomicU64::new(0));
        Ok(Self { vector, names, others, choice, named })
    }

    /// All columns that are needed, ascending.
    pub fn columns(&self) -> Vec<usize> {
        let mut columns = self.vector_columns();
        columns.extend(self.names);
        columns.extend(self.others.iter().map(|&(at, _)| at));
        columns.sort_unstable();
        columns
    }

    /// The columns that hold the vector.
    pub fn vector_columns(&self) -> Vec<usize> {
        match &self.vector {
            VectorIn::Lists(at) => vec![*at],
            VectorIn::Numbers(columns) => columns.clone(),
        }
    }
}

fn no_vectors(format: &'static str, schema: &Schema) -> Problem {
    let nested = schema.fields().iter().find(|field| {
        list_item(field.data_type()).is_some_and(|item| list_item(item).is_some() || item.is_integer())
    });
    let what = match nested {
        Some(field) => format!(
            "column “{}” holds {}; vectors are lists of f16, f32 or f64",
            field.name(),
            if field.data_type().is_nested() && list_item(field.data_type()).is_some_and(DataType::is_integer)
            {
                "lists of whole numbers"
            } else {
                "lists of lists"
            }
        ),
        None => format!("none of its {} columns holds vectors", schema.fields().len()),
    };
    malformed(
        format,
        Place::Row(0),
        what,
        "write a table with one column of lists of f32, or one column a number",
    )
}

/// What lists of this type are made of.
fn list_item(kind: &DataType) -> Option<&DataType> {
    match kind {
        DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
            Some(item.data_type())
        }
        _ => None,
    }
}

fn about(kind: &DataType) -> String {
    let item = match list_item(kind) {
        Some(DataType::Float16) => "f16",
        Some(DataType::Float64) => "f64",
        _ => "f32",
    };
    match kind {
        DataType::FixedSizeList(_, size) => format!("lists of {size} × {item}"),
        _ => format!("lists of {item}"),
    }
}

/// Whether a column holds text, be it by its values or by a dictionary.
pub fn is_text(kind: &DataType) -> bool {
    match kind {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, value) => {
            matches!(**value, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
        }
        _ => false,
    }
}

fn is_number(kind: &DataType) -> bool {
    *kind == DataType::Boolean || kind.is_floating() || kind.is_integer()
}

/// A property of the rows while it is read.
#[derive(Debug)]
pub enum Gathered {
    Text(Values),
    Numbers(Vec<f32>),
}

/// What one stretch of rows holds besides its numbers.
#[derive(Debug, Default)]
pub struct Piece {
    pub words: Words,
    pub others: Vec<Gathered>,
    /// Rows without a vector, counted from the first of the piece.
    pub missing: Vec<usize>,
    pub rows: usize,
}

impl Piece {
    /// Takes the rows of a batch, whose columns are those of `present` in this order. `values` is where their numbers
    /// go: as many rows of `dims` numbers as the batch has, NaN before. What is missing stays NaN.
    ///
    /// # Errors
    /// [`Problem::Words`]; [`Problem::Malformed`] if the batch does not have the columns that the schema promised.
    pub fn take(
        &mut self,
        format: &'static str,
        (layout, present): (&Layout, &[usize]),
        batch: &RecordBatch,
        dims: usize,
        values: &mut [f32],
    ) -> Result<(), Problem> {
        let broken = || broken(format);
        let column = |at| column(present, batch, at).ok_or_else(broken);
        match &layout.vector {
            VectorIn::Lists(at) => {
                let missing = lists(column(*at)?, dims, values).ok_or_else(broken)?;
                self.missing.extend(missing.into_iter().map(|row| self.rows + row));
            }
            VectorIn::Numbers(columns) => {
                for (place, &at) in columns.iter().enumerate() {
                    let targets = values.iter_mut().skip(place).step_by(dims);
                    numbers(column(at)?, targets).ok_or_else(broken)?;
                }
            }
        }
        self.take_others(format, (layout, present), batch)
    }

    /// [`Piece::take`] for everything but the vectors.
    ///
    /// # Errors
    /// As there.
    pub fn take_others(
        &mut self,
        format: &'static str,
        (layout, present): (&Layout, &[usize]),
        batch: &RecordBatch,
    ) -> Result<(), Problem> {
        let column = |at| column(present, batch, at).ok_or_else(|| broken(format));
        if let Some(at) = layout.names {
            self.name(format, layout, column(at)?)?;
        }
        self.others.resize_with(layout.others.len(), || Gathered::Numbers(Vec::new()));
        for ((at, _), gathered) in layout.others.iter().zip(&mut self.others) {
            gather(column(*at)?, gathered, self.rows);
        }
        self.rows += batch.num_rows();
        Ok(())
    }

    /// Takes the names of rows.
    fn name(&mut self, format: &'static str, layout: &Layout, column: &dyn Array) -> Result<(), Problem> {
        let (packed, ref named) = layout.named;
        let (limit, before) = (most_unpacked(packed), named.load(Ordering::Relaxed));
        let mut taken = 0;
        for row in 0..column.len() {
            let word = text(column, row).map_or_else(|| Cow::Owned(number(column, row)), Cow::Borrowed);
            taken += word.len() as u64;
            if before.saturating_add(taken) > limit {
                return Err(Problem::ExpandsTooFar { format, packed, limit });
            }
            self.words.push(&word)?;
        }
        named.fetch_add(taken, Ordering::Relaxed);
        Ok(())
    }

    /// The rows that follow these.
    ///
    /// # Errors
    /// [`Problem::Words`].
    pub fn append(&mut self, other: &mut Self) -> Result<(), Problem> {
        if self.rows == 0 {
            *self = std::mem::take(other);
            return Ok(());
        }
        self.words.append(&other.words)?;
        self.missing.extend(other.missing.iter().map(|row| self.rows + row));
        for (gathered, more) in self.others.iter_mut().zip(&other.others) {
            match (gathered, more) {
                (Gathered::Text(values), Gathered::Text(more)) => values.append(more),
                (Gathered::Numbers(values), Gathered::Numbers(more)) => values.extend_from_slice(more),
                _ => {}
            }
        }
        self.rows += other.rows;
        Ok(())
    }
}

/// The column of a batch of the `present` ones that is at a place in the schema.
fn column<'a>(present: &[usize], batch: &'a RecordBatch, at: usize) -> Option<&'a dyn Array> {
    let place = present.iter().position(|&other| other == at);
    place.filter(|&place| place < batch.num_columns()).map(|place| batch.column(place).as_ref())
}

fn broken(format: &'static str) -> Problem {
    malformed(format, Place::Row(0), "its columns are not those that it promises", "write it again")
}

/// The length that most lists of a column have; none if there is no list of numbers.
pub fn usual_length(column: &dyn Array) -> Option<usize> {
    let ranges = ranges(column)?;
    let mut lengths: Vec<usize> =
        ranges.iter().flatten().map(Range::len).filter(|&length| length > 0).collect();
    lengths.sort_unstable();
    let usual = lengths.chunk_by(|a, b| a == b).max_by_key(|equal| equal.len())?[0];
    (usual <= MAX_DIMS).then_some(usual)
}

/// Which items each list holds; none for a list that is null.
fn ranges(column: &dyn Array) -> Option<Vec<Option<Range<usize>>>> {
    let valid = |row: usize, range: Range<usize>| column.is_valid(row).then_some(range);
    if let Some(lists) = column.as_fixed_size_list_opt() {
        let size = lists.value_length().max(0) as usize;
        let start = |row: usize| lists.value_offset_at(row);
        return Some((0..column.len()).map(|row| valid(row, start(row)..start(row) + size)).collect());
    }
    if let Some(lists) = column.as_list_opt::<i32>() {
        let ends = lists.value_offsets();
        return Some(
            (0..column.len()).map(|row| valid(row, ends[row] as usize..ends[row + 1] as usize)).collect(),
        );
    }
    let ends = column.as_list_opt::<i64>()?.value_offsets();
    Some((0..column.len()).map(|row| valid(row, ends[row] as usize..ends[row + 1] as usize)).collect())
}

/// Copies lists to their rows and returns the rows without one of the right length. Items that are null stay NaN.
fn lists(column: &dyn Array, dims: usize, values: &mut [f32]) -> Option<Vec<usize>> {
    let ranges = ranges(column)?;
    let fixed = column.as_fixed_size_list_opt().map(FixedSizeListArray::values);
    let short = column.as_list_opt::<i32>().map(GenericListArray::values);
    let items =
        fixed.or(short).or_else(|| column.as_list_opt::<i64>().map(GenericListArray::values))?.as_ref();
    let mut missing = Vec::new();
    for (row, (range, target)) in ranges.into_iter().zip(values.chunks_exact_mut(dims)).enumerate() {
        match range.filter(|range| range.len() == dims) {
            Some(range) => copy(items, range, target.iter_mut())?,
            None => missing.push(row),
        }
    }
    Some(missing)
}

/// Copies a column of numbers to its place in every row.
fn numbers<'a>(column: &dyn Array, targets: impl Iterator<Item = &'a mut f32>) -> Option<()> {
    if column.data_type().is_floating() {
        return copy(column, 0..column.len(), targets);
    }
    for (row, target) in targets.take(column.len()).enumerate() {
        *target = integer(column, row).map_or(f32::NAN, |number| number as f32);
    }
    Some(())
}

fn copy<'a>(
    items: &dyn Array,
    range: Range<usize>,
    targets: impl Iterator<Item = &'a mut f32>,
) -> Option<()> {
    fn widened<'a, T: ArrowPrimitiveType>(
        items: &dyn Array,
        range: Range<usize>,
        targets: impl Iterator<Item = &'a mut f32>,
        widen: impl Fn(T::Native) -> f32,
    ) -> Option<()> {
        let array = items.as_primitive_opt::<T>()?;
        let values = array.values().get(range.clone())?;
        let gaps = array.null_count() > 0;
        for ((at, &value), target) in range.zip(values).zip(targets) {
            if !gaps || array.is_valid(at) {
                *target = widen(value);
            }
        }
        Some(())
    }
    match items.data_type() {
        DataType::Float16 => widened::<Float16Type>(items, range, targets, half::f16::to_f32),
        DataType::Float32 => widened::<Float32Type>(items, range, targets, |value| value),
        DataType::Float64 => widened::<Float64Type>(items, range, targets, |value| value as f32),
        _ => None,
    }
}

/// Adds a column's values to those of the `before` rows.
fn gather(column: &dyn Array, gathered: &mut Gathered, before: usize) {
    if before == 0 && is_text(column.data_type()) {
        *gathered = Gathered::Text(Values::default());
    }
    match gathered {
        Gathered::Text(values) => {
            for row in 0..column.len() {
                values.push(text(column, row).unwrap_or_default());
            }
        }
        Gathered::Numbers(all) => {
            all.resize(before + column.len(), f32::NAN);
            let _gaps = numbers(column, all[before..].iter_mut());
        }
    }
}

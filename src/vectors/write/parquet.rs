//! Parquet: a column `word` of strings, a column `vector` of lists of one size of `f32`, and the properties of the rows
//! as strings or `f32`, null where a row has none. Pages of numbers are not packed: they would not get smaller.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use ::parquet::arrow::ArrowWriter;
use ::parquet::basic::Compression;
use ::parquet::errors::ParquetError;
use ::parquet::file::properties::WriterProperties;
use ::parquet::schema::types::ColumnPath;
use arrow_array::{Array, ArrayRef, FixedSizeListArray, Float32Array, RecordBatch, StringArray};
use arrow_schema::{ArrowError, DataType, Field, Schema};

use super::Output;
use crate::files::write_whole_with;
use crate::vectors::{Column, ColumnValues};

/// Rows are written in groups of about so many bytes of numbers, so that they can be read one after another.
const GROUP: usize = 64 << 20;

/// Writes the one file.
pub fn write(output: &mut Output<'_>) -> io::Result<Vec<PathBuf>> {
    let (table, dims) = (output.table, output.table.dims());
    let item = Arc::new(Field::new("item", DataType::Float32, false));
    let vector = DataType::FixedSizeList(Arc::clone(&item), dims as i32);
    let mut fields = vec![Field::new("word", DataType::Utf8, false), Field::new("vector", vector, false)];
    for column in table.columns() {
        fields.push(Field::new(free_name(&column.name, &fields), kind(column), true));
    }
    let schema = Arc::new(Schema::new(fields));
    let numbers = ColumnPath::new(["vector", "list", "item"].map(String::from).to_vec());
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_column_compression(numbers.clone(), Compression::UNCOMPRESSED)
        .set_column_dictionary_enabled(numbers.clone(), false)
        .set_max_row_group_row_count(Some((GROUP / (dims * size_of::<f32>())).max(1)))
        .build();
    write_whole_with(output.path, |out| {
        let mut writer = ArrowWriter::try_new(out, Arc::clone(&schema), Some(properties)).map_err(failed)?;
        output.blocks(|rows, values| {
            let words: StringArray = rows.clone().map(|row| Some(table.word(row))).collect();
            let values = Arc::new(Float32Array::from(values.to_vec()));
            let vectors =
                FixedSizeListArray::try_new(Arc::clone(&item), dims as i32, values, None).map_err(odd)?;
            let mut columns: Vec<ArrayRef> = vec![Arc::new(words), Arc::new(vectors)];
            columns.extend(table.columns().iter().map(|column| array(column, rows.clone())));
            writer.write(&RecordBatch::try_new(Arc::clone(&schema), columns).map_err(odd)?).map_err(failed)
        })?;
        writer.close().map_err(failed)?;
        Ok(())
    })?;
    Ok(vec![output.path.to_owned()])
}

/// The name of a column, or one like it if there is such a column already.
pub(super) fn free_name(name: &str, fields: &[Field]) -> String {
    let mut free = name.to_owned();
    while fields.iter().any(|field| *field.name() == free) {
        free.push('_');
    }
    free
}

pub(super) fn kind(column: &Column) -> DataType {
    match column.values {
        ColumnValues::Categories { .. } => DataType::Utf8,
        ColumnValues::Numbers(_) => DataType::Float32,
    }
}

pub(super) fn array(column: &Column, rows: std::ops::Range<usize>) -> Arc<dyn Array> {
    match &column.values {
        ColumnValues::Categories { names, of_row } => {
            let values = of_row[rows].iter().map(|&at| names.get(at as usize));
            Arc::new(values.collect::<StringArray>())
        }
        ColumnValues::Numbers(numbers) => {
            let values = numbers[rows].iter().map(|&number| (!number.is_nan()).then_some(number));
            Arc::new(values.collect::<Float32Array>())
        }
    }
}

pub(super) fn failed(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(error) => match error.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(error) => io::Error::other(error),
        },
        error => io::Error::other(error),
    }
}

pub(super) fn odd(error: ArrowError) -> io::Error {
    io::Error::other(error)
}

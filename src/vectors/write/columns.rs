//! Words with properties, as CSV or Parquet: what is known of rows, without their vectors.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use ::parquet::arrow::ArrowWriter;
use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};

use super::parquet::{array, failed, free_name, kind, odd};
use crate::files::write_whole_with;
use crate::vectors::{Column, ColumnValues};

/// Rows are written to Parquet so many at a time.
const ROWS_AT_ONCE: usize = 1 << 16;

/// The endings that are known, as a person is told.
pub const ENDINGS: &str = ".csv or .parquet";

/// Writes a row a word, with its value in each of the columns, to a file that is replaced whole. The ending of its name says
/// as what; a column whose name is taken gets a line under it: `.csv` (a first line with the names; a cell is empty where a row has no value) or `.parquet` (null there).
///
/// # Errors
/// If the ending is another one, or the file cannot be written.
///
/// # Panics
/// If a column has fewer values than there are words.
pub fn write(path: &Path, words: &[&str], columns: &[Column]) -> io::Result<()> {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
    let mut fields = vec![Field::new("word", DataType::Utf8, false)];
    for column in columns {
        fields.push(Field::new(free_name(&column.name, &fields), kind(column), true));
    }
    match &*ending {
        "csv" => write_whole_with(path, |out| csv(out, &fields, words, columns)),
        "parquet" => write_whole_with(path, |out| parquet(out, fields, words, columns)),
        _ => {
            let wanted = format!("let the name of the file end in {ENDINGS}, not {}", path.display());
            Err(io::Error::new(io::ErrorKind::InvalidInput, wanted))
        }
    }
}

fn csv(out: &mut dyn Write, fields: &[Field], words: &[&str], columns: &[Column]) -> io::Result<()> {
    let mut writer = ::csv::Writer::from_writer(out);
    writer.write_record(fields.iter().map(Field::name))?;
    for (row, word) in words.iter().enumerate() {
        writer.write_field(word)?;
        for column in columns {
            match &column.values {
                ColumnValues::Categories { names, of_row } => {
                    writer.write_field(names.get(of_row[row] as usize).map_or("", String::as_str))?;
                }
                ColumnValues::Numbers(numbers) if numbers[row].is_nan() => writer.write_field("")?,
                ColumnValues::Numbers(numbers) => writer.write_field(numbers[row].to_string())?,
            }
        }
        writer.write_record(None::<&[u8]>)?;
    }
    writer.flush()
}

fn parquet(out: impl Write + Send, fields: Vec<Field>, words: &[&str], columns: &[Column]) -> io::Result<()> {
    let schema = Arc::new(Schema::new(fields));
    let mut writer = ArrowWriter::try_new(out, Arc::clone(&schema), None).map_err(failed)?;
    for first in (0..words.len()).step_by(ROWS_AT_ONCE) {
        let rows = first..(first + ROWS_AT_ONCE).min(words.len());
        let names: StringArray = words[rows.clone()].iter().copied().map(Some).collect();
        let mut arrays: Vec<ArrayRef> = vec![Arc::new(names)];
        arrays.extend(columns.iter().map(|column| array(column, rows.clone())));
        writer.write(&RecordBatch::try_new(Arc::clone(&schema), arrays).map_err(odd)?).map_err(failed)?;
    }
    writer.close().map_err(failed)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use ::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    use arrow_array::Array;
    use arrow_array::cast::AsArray;
    use arrow_array::types::Float32Type;

    use super::*;

    fn columns() -> Vec<Column> {
        let group = ColumnValues::Categories {
            names: vec!["a, or b".into(), "c".into()],
            of_row: vec![0, u32::MAX, 1],
        };
        let x = ColumnValues::Numbers(vec![0.1, f32::NAN, -3.0]);
        vec![Column { name: "x".into(), values: x }, Column { name: "word".into(), values: group }]
    }

    const WORDS: [&str; 3] = ["cat", "say \"hi\"", "né"];

    #[test]
    fn csv_quotes_what_needs_quotes_and_leaves_gaps_empty() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("points.csv");
        write(&path, &WORDS, &columns()).unwrap();
        let text = std::fs::read_to_string(path).unwrap();
        assert_eq!(text, "word,x,word_\ncat,0.1,\"a, or b\"\n\"say \"\"hi\"\"\",,\nné,-3,c\n");
    }

    #[test]
    fn parquet_has_the_same_with_types_and_nulls() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("points.PARQUET");
        write(&path, &WORDS, &columns()).unwrap();
        let file = std::fs::File::open(path).unwrap();
        let batch =
            ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap().next().unwrap().unwrap();
        let schema = batch.schema();
        let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        assert_eq!((batch.num_rows(), names), (3, vec!["word", "x", "word_"]));
        assert_eq!(batch.column(0).as_string::<i32>().value(1), WORDS[1]);
        let x = batch.column(1).as_primitive::<Float32Type>();
        assert_eq!((x.value(0), x.is_null(1), x.value(2)), (0.1, true, -3.0));
        let groups = batch.column(2).as_string::<i32>();
        assert_eq!((groups.value(0), groups.is_null(1)), ("a, or b", true));
    }

    #[test]
    fn another_ending_is_refused_with_those_that_are_known() {
        let error = write(Path::new("points.xlsx"), &[], &[]).unwrap_err().to_string();
        assert!(error.contains(".csv or .parquet") && error.contains("points.xlsx"), "{error}");
    }
}

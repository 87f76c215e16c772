use std::sync::Arc;

use ::parquet::arrow::ArrowWriter;
use arrow_array::types::{Float32Type, Int32Type};
use arrow_array::{
    ArrayRef, FixedSizeListArray, Float32Array, Float64Array, ListArray, RecordBatch, StringArray,
};

use super::*;
use crate::progress::Unwatched;

fn file(columns: &[(&str, ArrayRef)]) -> Vec<u8> {
    let batch = RecordBatch::try_from_iter(columns.iter().cloned()).unwrap();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

fn read_file(columns: &[(&str, ArrayRef)]) -> Result<Parsed, Problem> {
    let source = Source::from_memory("x.parquet", file(columns), Vec::new())?;
    assert!(Parquet.recognizes(&source));
    Parquet.read(&source, &Unwatched)
}

fn texts(list: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from(list.to_vec()))
}

fn lists(rows: Vec<Option<Vec<Option<f32>>>>) -> ArrayRef {
    Arc::new(ListArray::from_iter_primitive::<Float32Type, _, _>(rows))
}

#[test]
fn lists_of_another_length_and_nulls_are_left_out() {
    let two = |a, b| Some(vec![Some(a), Some(b)]);
    let rows = vec![None, two(1.0, 2.0), Some(vec![Some(3.0)]), two(4.0, 5.0), Some(vec![None, Some(6.0)])];
    let parsed = read_file(&[("word", texts(&["a", "b", "c", "d", "e"])), ("v", lists(rows))]).unwrap();
    assert_eq!((parsed.rows.dims(), parsed.missing), (2, vec![0, 2]));
    assert_eq!(*parsed.rows.row(3), [4.0, 5.0]);
    assert!(parsed.rows.row(4)[0].is_nan());
}

#[test]
fn tables_without_vectors_are_refused_with_the_reason() {
    let ids: ArrayRef =
        Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>(vec![Some(vec![Some(1), Some(2)])]));
    for (columns, expected) in [
        (vec![("word", texts(&["a"]))], "none of its 1 columns holds vectors"),
        (vec![("word", texts(&["a"])), ("ids", ids)], "“ids” holds lists of whole numbers"),
        (vec![("v", lists(vec![None, Some(vec![])]))], "no row has a vector"),
    ] {
        let said = read_file(&columns).err().unwrap().to_string();
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn many_row_groups_come_in_order() {
    let rows = 5_000;
    let words: ArrayRef = Arc::new((0..rows).map(|row| Some(format!("w{row}"))).collect::<StringArray>());
    let numbers = Float32Array::from_iter_values((0..rows * 4).map(|at| at as f32));
    let item = Arc::new(arrow_schema::Field::new("item", DataType::Float32, true));
    let vectors: ArrayRef = Arc::new(FixedSizeListArray::try_new(item, 4, Arc::new(numbers), None).unwrap());
    let batch = RecordBatch::try_from_iter([("w", words), ("v", vectors)]).unwrap();
    let properties = ::parquet::file::properties::WriterProperties::builder();
    let properties = properties.set_max_row_group_row_count(Some(700)).build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let source = Source::from_memory("x", bytes, Vec::new()).unwrap();
    let parsed = Parquet.read(&source, &Unwatched).unwrap();
    assert_eq!(parsed.words.get(4_321), "w4321");
    for row in 0..rows {
        assert_eq!(parsed.rows.row(row)[3], (row * 4 + 3) as f32);
    }
}

#[test]
fn a_table_that_expands_too_far_is_refused() {
    // One value, said a hundred million times, packs to almost nothing.
    assert!(matches!(room_for(NAME, 1 << 24, 1 << 10, 10_000), Err(Problem::ExpandsTooFar { .. })));
    assert!(matches!(room_for(NAME, usize::MAX, 2, 10_000), Err(Problem::ExpandsTooFar { .. })));
    assert_eq!(room_for(NAME, 3, 2, 100).unwrap().len(), 6);
}

#[test]
fn numbers_with_fractions_name_rows_too() {
    let vectors = || lists((0..3).map(|row| Some(vec![Some(row as f32), Some(1.0)])).collect());
    // Data frames write whole numbers like this once one is missing.
    let wide: ArrayRef = Arc::new(Float64Array::from(vec![Some(7.0), None, Some(0.5)]));
    let narrow: ArrayRef = Arc::new(Float32Array::from(vec![7.0, f32::NAN, 0.5]));
    for ids in [wide, narrow] {
        for name in ["id", "key", "label"] {
            let parsed = read_file(&[(name, Arc::clone(&ids)), ("v", vectors())]).unwrap();
            assert_eq!(parsed.words.iter().collect::<Vec<_>>(), ["7", "", "0.5"]);
        }
    }
}

#[test]
fn a_long_name_that_a_dictionary_repeats_is_not_copied_without_end() {
    let rows = 3_000;
    let long = "x".repeat(60_000);
    let keys = arrow_array::Int32Array::from(vec![0; rows]);
    let words = arrow_array::DictionaryArray::new(keys, texts(&[&long]));
    let words: ArrayRef = Arc::new(words);
    let vectors = lists(vec![Some(vec![Some(1.0), Some(2.0)]); rows]);
    let read = read_file(&[("word", words), ("v", vectors)]);
    assert!(matches!(read, Err(Problem::ExpandsTooFar { .. })));
}

#[test]
fn text_is_read_as_views_of_any_width() {
    let long: ArrayRef = Arc::new(arrow_array::LargeStringArray::from(vec![Some("größe"), None]));
    let vectors = lists(vec![Some(vec![Some(1.0), Some(2.0)]); 2]);
    let parsed = read_file(&[("word", long), ("note", texts(&["a", "b"])), ("v", vectors)]).unwrap();
    assert_eq!(parsed.words.iter().collect::<Vec<_>>(), ["größe", ""]);
    assert_eq!(parsed.columns[0].name, "note");
    let metadata = ArrowReaderMetadata::load(
        &bytes::Bytes::from(file(&[("word", texts(&["a"]))])),
        ArrowReaderOptions::new(),
    );
    assert_eq!(*with_views(metadata.unwrap()).schema().field(0).data_type(), DataType::Utf8View);
}

/// A list of truth values that says it has 2³¹ − 1 of them, in a field that nobody knows of.
const ENDLESS: &[u8] = &[0xFC, 7, 0x19, 0xF1, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0, 0];

/// A dictionary whose count says it is a list: whoever takes it for a number goes on amid the list.
const MISTAKEN: &[u8] = &[0x15, 4, 0x15, 8, 0x15, 8, 0x4C, 0x19, 0x08, 0xF1, 0xFF];

/// The same for the version that a list of contents begins with.
const MISTAKEN_CONTENTS: &[u8] = &[0x19, 0x08, 0xF1, 0xFF];

#[test]
fn lists_of_more_entries_than_bytes_are_refused_before_anybody_counts_them() {
    let whole = file(&[("word", texts(&["a"])), ("v", lists(vec![Some(vec![Some(1.0), Some(2.0)])]))]);
    // In place of the first page's header, and of the beginning of the list of contents.
    let contents =
        whole.len() - 8 - u32::from_le_bytes(*whole[whole.len() - 8..].first_chunk().unwrap()) as usize;
    for (at, endless) in [(4, ENDLESS), (contents, ENDLESS), (4, MISTAKEN), (contents, MISTAKEN_CONTENTS)] {
        let mut bytes = whole.clone();
        bytes[at..at + endless.len()].copy_from_slice(endless);
        let source = Source::from_memory("x.parquet", bytes, Vec::new()).unwrap();
        let said = Parquet.read(&source, &Unwatched).err().unwrap().to_string();
        assert!(said.contains(&format!("byte {at}: ")) && said.contains("cannot be"), "{said}");
    }
}

#[test]
fn dictionaries_of_more_values_than_bytes_are_refused_before_room_is_made_for_them() {
    let whole = file(&[("word", texts(&["a"])), ("v", lists(vec![Some(vec![Some(1.0), Some(2.0)])]))]);
    // The dictionary of the words: its kind and sizes, then a structure whose first field is how many values it has.
    let header = [0x15, 4, 0x15, 10, 0x15];
    assert_eq!(whole[4..9], header);
    let at = 4 + whole[4..].windows(2).position(|pair| pair == [0x4C, 0x15]).unwrap() + 2;
    assert_eq!(whole[at], 2, "one value");
    let mut lying = whole;
    lying[at] = 0x7E;
    let source = Source::from_memory("x.parquet", lying, Vec::new()).unwrap();
    let said = Parquet.read(&source, &Unwatched).err().unwrap().to_string();
    assert!(said.contains("byte 4: the header of a page cannot be"), "{said}");
}

#[test]
fn pages_that_unpack_to_more_than_they_say_are_refused() {
    let batch = RecordBatch::try_from_iter([
        ("word", texts(&vec!["a"; 2_000])),
        ("v", lists(vec![Some(vec![Some(1.0), Some(2.0)]); 2_000])),
    ]);
    let batch = batch.unwrap();
    let packing = ::parquet::basic::Compression::GZIP(::parquet::basic::GzipLevel::default());
    let options = ::parquet::file::properties::WriterProperties::builder()
        .set_compression(packing)
        .set_dictionary_enabled(false)
        .build();
    let mut whole = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut whole, batch.schema(), Some(options)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let read = |bytes: Vec<u8>| {
        Parquet.read(&Source::from_memory("x.parquet", bytes, Vec::new()).unwrap(), &Unwatched)
    };
    assert_eq!(read(whole.clone()).unwrap().rows.count(), 2_000);
    // The first page's header begins with its kind and its unpacked size: three bytes of a varint that becomes smaller.
    let field = whole.iter().position(|&byte| byte == 0x15).unwrap() + 2;
    assert_eq!(whole[field], 0x15, "the header of a page");
    let mut lying = whole;
    lying[field + 1..field + 4].copy_from_slice(&[0x82, 0x80, 0x00]);
    let said = read(lying).err().unwrap().to_string();
    assert!(said.contains("unpacks to more than it says"), "{said}");
}

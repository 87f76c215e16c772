use std::sync::Arc;

use arrow_array::types::Float32Type;
use arrow_array::{
    ArrayRef, FixedSizeListArray, Int64Array, LargeListArray, ListArray, StringArray, StringViewArray,
};
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};

use super::*;
use crate::progress::Unwatched;
use crate::vectors::ColumnValues;

fn batch(from: usize, rows: usize) -> RecordBatch {
    let words: ArrayRef =
        Arc::new((from..from + rows).map(|row| Some(format!("w{row}"))).collect::<StringArray>());
    let vectors = (from..from + rows).map(|row| Some([row as f32, -(row as f32)].map(Some)));
    let vectors: ArrayRef = Arc::new(ListArray::from_iter_primitive::<Float32Type, _, _>(vectors));
    RecordBatch::try_from_iter([("word", words), ("v", vectors)]).unwrap()
}

fn options(packed: bool) -> IpcWriteOptions {
    options_for(packed.then_some(CompressionType::ZSTD))
}

fn options_for(packing: Option<CompressionType>) -> IpcWriteOptions {
    IpcWriteOptions::default().try_with_compression(packing).unwrap()
}

fn file(packed: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer =
        FileWriter::try_new_with_options(&mut bytes, &batch(0, 1).schema(), options(packed)).unwrap();
    for start in [0, 300, 600] {
        writer.write(&batch(start, 300)).unwrap();
    }
    writer.finish().unwrap();
    drop(writer);
    bytes
}

fn stream(packed: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer =
        StreamWriter::try_new_with_options(&mut bytes, &batch(0, 1).schema(), options(packed)).unwrap();
    for start in [0, 300, 600] {
        writer.write(&batch(start, 300)).unwrap();
    }
    writer.finish().unwrap();
    drop(writer);
    bytes
}

fn read_bytes(bytes: Vec<u8>) -> Result<Parsed, Problem> {
    let source = Source::from_memory("x.arrow", bytes, Vec::new())?;
    assert!(ArrowIpc.recognizes(&source));
    ArrowIpc.read(&source, &Unwatched)
}

#[test]
fn files_and_streams_are_read_batch_by_batch() {
    for bytes in [file(false), file(true), stream(false), stream(true)] {
        let parsed = read_bytes(bytes).unwrap();
        assert_eq!((parsed.rows.count(), parsed.words.get(899)), (900, "w899"));
        for row in 0..900 {
            assert_eq!(*parsed.rows.row(row), [row as f32, -(row as f32)]);
        }
        assert!(parsed.warnings.is_empty(), "{:?}", parsed.warnings);
    }
}

/// Batches of lists of three numbers between a column of text and one of numbers, written as `kind`; of those that are not
/// regular the second list is longer.
fn lists(kind: &str, regular: bool, packing: Option<CompressionType>) -> Vec<u8> {
    let batch = |from: usize, rows: usize| {
        let words: ArrayRef =
            Arc::new((from..from + rows).map(|row| Some(format!("w{row}"))).collect::<StringArray>());
        let list = |row: usize| {
            let length = if regular || row != 1 { 3 } else { 4 };
            Some((0..length).map(|i| Some((row * 3 + i) as f32)).collect::<Vec<_>>())
        };
        let all = (from..from + rows).map(list);
        let vectors: ArrayRef = match kind {
            "fixed" => Arc::new(FixedSizeListArray::from_iter_primitive::<Float32Type, _, _>(all, 3)),
            "large" => Arc::new(LargeListArray::from_iter_primitive::<Float32Type, _, _>(all)),
            _ => Arc::new(ListArray::from_iter_primitive::<Float32Type, _, _>(all)),
        };
        let counts: ArrayRef =
            Arc::new((from..from + rows).map(|row| Some(row as i64)).collect::<Int64Array>());
        RecordBatch::try_from_iter([("word", words), ("v", vectors), ("count", counts)]).unwrap()
    };
    let mut bytes = Vec::new();
    let schema = batch(0, 1).schema();
    let mut writer = FileWriter::try_new_with_options(&mut bytes, &schema, options_for(packing)).unwrap();
    for (start, rows) in [(0, 700), (700, 0), (700, 250)] {
        writer.write(&batch(start, rows)).unwrap();
    }
    writer.finish().unwrap();
    drop(writer);
    bytes
}

#[test]
fn numbers_one_after_another_are_read_without_the_arrays_and_all_others_with_them() {
    for packing in [None, Some(CompressionType::LZ4_FRAME), Some(CompressionType::ZSTD)] {
        for (kind, regular) in [("fixed", true), ("list", true), ("large", true), ("list", false)] {
            let bytes = lists(kind, regular, packing);
            let straight = |bytes: &Bytes| {
                let Parts::File { schema, batches, .. } = survey(bytes).unwrap().parts else {
                    panic!("a file")
                };
                assert!(
                    runs::find(bytes, &schema, 1, 4, &batches).is_none()
                        && runs::find(bytes, &schema, 2, 3, &batches).is_none()
                );
                runs::find(bytes, &schema, 1, 3, &batches).is_some()
            };
            let expected = regular && packing != Some(CompressionType::ZSTD);
            assert_eq!(straight(&Bytes::from(bytes.clone())), expected, "{kind} {packing:?}");
            let parsed = read_bytes(bytes).unwrap();
            assert_eq!((parsed.rows.count(), parsed.words.get(949)), (950, "w949"));
            for row in (0..950).filter(|&row| regular || row != 1) {
                let numbers = [0, 1, 2].map(|i| (row * 3 + i) as f32);
                assert_eq!(*parsed.rows.row(row), numbers, "{kind} {packing:?}");
            }
            assert_eq!(parsed.missing, if regular { vec![] } else { vec![1] });
            let counts = (0..950).map(|row| row as f32).collect();
            assert_eq!(parsed.columns[0].values, ColumnValues::Numbers(counts));
        }
    }
}

/// Whatever the columns before the vectors are, and whatever is missing.
#[test]
fn gaps_and_odd_columns_are_left_to_the_arrays() {
    let list = |row: usize| match row {
        3 => None,
        5 => Some(vec![Some(1.0), None]),
        _ => Some(vec![Some(row as f32), Some(2.0)]),
    };
    let fixed = |gaps: bool| -> ArrayRef {
        let lists = (0..9).map(|row| list(if gaps { row } else { 0 }));
        Arc::new(FixedSizeListArray::from_iter_primitive::<Float32Type, _, _>(lists, 2))
    };
    let views: ArrayRef = Arc::new((0..9).map(|row| Some(format!("w{row}"))).collect::<StringViewArray>());
    let write = |batch: RecordBatch| {
        let mut bytes = Vec::new();
        let mut writer = FileWriter::try_new(&mut bytes, &batch.schema()).unwrap();
        writer.write(&batch).unwrap();
        writer.finish().unwrap();
        drop(writer);
        bytes
    };
    let gaps = read_bytes(write(RecordBatch::try_from_iter([("v", fixed(true))]).unwrap())).unwrap();
    assert_eq!((gaps.missing, gaps.rows.row(4).to_vec()), (vec![3], vec![4.0, 2.0]));
    let viewed = RecordBatch::try_from_iter([("w", views), ("v", fixed(false))]).unwrap();
    // A part of a batch begins somewhere in its arrays.
    let part = read_bytes(write(viewed.slice(2, 5))).unwrap();
    assert_eq!((part.rows.count(), part.words.get(4)), (5, "w6"));
}

#[test]
fn what_is_packed_is_as_long_as_it_says() {
    let lists = (0..700).map(|row| Some([row as f32, 0.0, 0.0, 0.0].map(Some)));
    let lists: ArrayRef = Arc::new(FixedSizeListArray::from_iter_primitive::<Float32Type, _, _>(lists, 4));
    let batch = RecordBatch::try_from_iter([("v", lists)]).unwrap();
    let mut bytes = Vec::new();
    let packing = options_for(Some(CompressionType::LZ4_FRAME));
    let mut writer = FileWriter::try_new_with_options(&mut bytes, &batch.schema(), packing).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
    drop(writer);
    assert_eq!(*read_bytes(bytes.clone()).unwrap().rows.row(699), [699.0, 0.0, 0.0, 0.0]);
    let says = (700_i64 * 4 * 4).to_le_bytes();
    let at = bytes.windows(8).position(|window| window == says).unwrap();
    bytes[at] += 4;
    assert!(read_bytes(bytes.clone()).is_err(), "longer than what is packed");
    bytes[at] -= 8;
    assert!(read_bytes(bytes).is_err(), "shorter");
}

/// Numbers alone, and no column beside them.
#[test]
fn a_file_of_nothing_but_vectors_has_all_its_rows() {
    let vectors = (0..40).map(|row| Some([row as f32, 1.0].map(Some)));
    let vectors: ArrayRef =
        Arc::new(FixedSizeListArray::from_iter_primitive::<Float32Type, _, _>(vectors, 2));
    let batch = RecordBatch::try_from_iter([("v", vectors)]).unwrap();
    let mut bytes = Vec::new();
    let mut writer = FileWriter::try_new(&mut bytes, &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
    drop(writer);
    let parsed = read_bytes(bytes).unwrap();
    assert_eq!((parsed.rows.count(), &*parsed.rows.row(39)), (40, &[39.0, 1.0][..]));
}

#[test]
fn what_is_cut_off_gives_its_whole_batches() {
    for bytes in [file(true), stream(false)] {
        let mut rows = Vec::new();
        for cut in (300..bytes.len() - 1).step_by(97) {
            if let Ok(parsed) = read_bytes(bytes[..cut].to_vec()) {
                rows.push(parsed.rows.count());
                let whole = parsed.rows.count() == 900;
                assert!(
                    whole || parsed.warnings.iter().any(|w| matches!(w, Warning::CutOff { .. })),
                    "{cut}"
                );
            }
        }
        assert!(rows.is_sorted() && rows.contains(&300) && rows.contains(&600), "{rows:?}");
    }
}

#[test]
fn buffers_that_say_they_are_huge_are_refused_before_they_are_unpacked() {
    let mut bytes = stream(true);
    // The size before a packed buffer: the first after the third message begins, which is the first batch.
    let (_, _, schema_end) = message_at(&bytes, 0).unwrap().unwrap();
    let (message, body, _) = message_at(&bytes, schema_end).unwrap().unwrap();
    let buffers = message.header_as_record_batch().unwrap().buffers().unwrap();
    let filled = buffers.iter().find(|buffer| buffer.length() > 8).unwrap();
    let at = body + filled.offset() as usize;
    bytes[at..at + 8].copy_from_slice(&(1_i64 << 40).to_le_bytes());
    assert!(matches!(read_bytes(bytes), Err(Problem::ExpandsTooFar { .. })));
}

#[test]
fn a_part_that_is_listed_twice_is_refused() {
    let mut bytes = file(false);
    let blocks: Vec<Block> =
        root_as_footer(footer(&bytes).unwrap()).unwrap().recordBatches().unwrap().iter().copied().collect();
    let place = |block: &Block| bytes.windows(24).position(|window| *window == block.0).unwrap();
    let second = place(&blocks[1]);
    bytes[second..second + 24].copy_from_slice(&blocks[0].0);
    let Err(problem) = read_bytes(bytes) else { panic!("read twice") };
    assert!(problem.to_string().contains("lie over one another"), "{problem}");
}

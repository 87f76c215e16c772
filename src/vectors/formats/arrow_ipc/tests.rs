use std::sync::Arc;

use arrow_array::types::Float32Type;
use arrow_array::{ArrayRef, ListArray, StringArray};
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};

use super::*;
use crate::progress::Unwatched;

fn batch(from: usize, rows: usize) -> RecordBatch {
    let words: ArrayRef =
        Arc::new((from..from + rows).map(|row| Some(format!("w{row}"))).collect::<StringArray>());
    let vectors = (from..from + rows).map(|row| Some([row as f32, -(row as f32)].map(Some)));
    let vectors: ArrayRef = Arc::new(ListArray::from_iter_primitive::<Float32Type, _, _>(vectors));
    RecordBatch::try_from_iter([("word", words), ("v", vectors)]).unwrap()
}

fn options(packed: bool) -> IpcWriteOptions {
    let compression = packed.then_some(CompressionType::ZSTD);
    IpcWriteOptions::default().try_with_compression(compression).unwrap()
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

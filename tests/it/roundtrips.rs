//! Random tables, written in every format that is read and not written by the program itself, and opened again: the same
//! words, the same numbers.

use std::sync::Arc;

use arrow_array::builder::{FixedSizeListBuilder, Float32Builder, ListBuilder};
use arrow_array::{ArrayRef, RecordBatch, StringArray};
use lexiscope::files::{Bytes, Source};
use lexiscope::progress::Unwatched;
use lexiscope::vectors::{Opened, open_source};
use proptest::prelude::*;

/// Words and their numbers, row after row.
#[derive(Debug, Clone)]
struct Written {
    words: Vec<String>,
    values: Vec<f32>,
    dims: usize,
}

impl Written {
    fn rows(&self) -> impl Iterator<Item = (&str, &[f32])> {
        self.words.iter().map(String::as_str).zip(self.values.chunks_exact(self.dims))
    }

    fn little(&self) -> Vec<u8> {
        self.values.iter().flat_map(|value| value.to_le_bytes()).collect()
    }
}

fn written() -> impl Strategy<Value = Written> {
    let number = prop_oneof![
        -1e3_f32..1e3,
        any::<i8>().prop_map(f32::from),
        prop::num::f32::NORMAL.prop_map(|x| x.clamp(-1e30, 1e30)),
    ];
    (1_usize..12, 1_usize..9).prop_flat_map(move |(rows, dims)| {
        let words = prop::collection::btree_set("[a-z]{1,8}[äöß中🙂]{0,2}", rows);
        let values = prop::collection::vec(number.clone(), rows * dims);
        (words, values).prop_map(move |(words, values)| Written {
            words: words.into_iter().collect(),
            values,
            dims,
        })
    })
}

fn opened(name: &str, bytes: impl Into<Bytes>) -> Opened {
    let source = Source::from_memory(name, bytes, Vec::new()).unwrap();
    open_source(&source, &Unwatched).unwrap_or_else(|error| panic!("{error}"))
}

/// The file opens as `format` and holds what was written.
fn assert_same(written: &Written, name: &str, format: &str, bytes: impl Into<Bytes>) {
    let opened = opened(name, bytes);
    let table = &opened.table;
    assert_eq!((opened.format, table.rows(), table.dims()), (format, written.words.len(), written.dims));
    for (row, (word, values)) in written.rows().enumerate() {
        assert_eq!((table.word(row), &*table.row(row)), (word, values), "row {row}");
        assert_eq!(table.find(word), Some(row));
    }
}

fn text(out: &mut Vec<u8>, text: &str) {
    out.extend((text.len() as u64).to_le_bytes());
    out.extend(text.as_bytes());
}

/// A GGUF model of one tensor in this type of numbers, `stored` as they are.
fn gguf(table: &Written, kind: u32, stored: &[u8]) -> Vec<u8> {
    let mut out = b"GGUF\x03\0\0\0".to_vec();
    out.extend([1_u64, 1].iter().flat_map(|count| count.to_le_bytes()));
    text(&mut out, "tokenizer.ggml.tokens");
    out.extend([9_u32, 8].iter().flat_map(|number| number.to_le_bytes()));
    out.extend((table.words.len() as u64).to_le_bytes());
    table.words.iter().for_each(|word| text(&mut out, word));
    text(&mut out, "token_embd.weight");
    out.extend(2_u32.to_le_bytes());
    out.extend([table.dims as u64, table.words.len() as u64].iter().flat_map(|side| side.to_le_bytes()));
    out.extend(kind.to_le_bytes());
    out.extend(0_u64.to_le_bytes());
    out.resize(out.len().next_multiple_of(32), 0);
    out.extend(stored);
    out
}

/// A fastText model without n-grams: a word's vector is its row.
fn fasttext(table: &Written, newer: bool) -> Vec<u8> {
    let mut out = Vec::new();
    let numbers = |out: &mut Vec<u8>, numbers: &[i32]| {
        out.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
    };
    if newer {
        numbers(&mut out, &[793_712_314, 12]);
    }
    numbers(&mut out, &[table.dims as i32, 5, 5, 1, 5, 1, 2, 2, 0, 0, 0, 100]);
    out.extend(1e-4_f64.to_le_bytes());
    let words = table.words.len() as i32;
    numbers(&mut out, &[words, words, 0]);
    out.extend(1_000_i64.to_le_bytes());
    if newer {
        out.extend((-1_i64).to_le_bytes());
    }
    for word in &table.words {
        out.extend(word.bytes().chain([0]).chain(7_i64.to_le_bytes()).chain([0]));
    }
    if newer {
        out.push(0);
    }
    out.extend([i64::from(words), table.dims as i64].iter().flat_map(|side| side.to_le_bytes()));
    out.extend(table.little());
    out
}

/// A record batch with a column of words and one of lists, of fixed size or not.
fn batch(table: &Written, fixed: bool) -> RecordBatch {
    let words: ArrayRef = Arc::new(StringArray::from(table.words.clone()));
    let vectors: ArrayRef = if fixed {
        let mut lists = FixedSizeListBuilder::new(Float32Builder::new(), table.dims as i32);
        for (_, values) in table.rows() {
            lists.values().append_slice(values);
            lists.append(true);
        }
        Arc::new(lists.finish())
    } else {
        let mut lists = ListBuilder::new(Float32Builder::new());
        for (_, values) in table.rows() {
            lists.values().append_slice(values);
            lists.append(true);
        }
        Arc::new(lists.finish())
    };
    RecordBatch::try_from_iter([("word", words), ("embedding", vectors)]).unwrap()
}

fn arrow(batch: &RecordBatch, stream: bool) -> Vec<u8> {
    if stream {
        let mut writer = arrow_ipc::writer::StreamWriter::try_new(Vec::new(), &batch.schema()).unwrap();
        writer.write(batch).unwrap();
        return writer.into_inner().unwrap();
    }
    let mut writer = arrow_ipc::writer::FileWriter::try_new(Vec::new(), &batch.schema()).unwrap();
    writer.write(batch).unwrap();
    writer.into_inner().unwrap()
}

fn npy(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}");
    [b"\x93NUMPY\x01\x00\x76\x00", format!("{header:<117}\n").as_bytes(), data].concat()
}

/// An npz file of a matrix and an array of strings, each of as many code points as the longest word has.
fn npz(table: &Written, packs: bool) -> Vec<u8> {
    use std::io::Write;
    let longest = table.words.iter().map(|word| word.chars().count()).max().unwrap_or(1);
    let letters = table.words.iter().flat_map(|word| {
        let letters = word.chars().map(u32::from).chain(std::iter::repeat(0));
        letters.take(longest).flat_map(u32::to_le_bytes)
    });
    let count = table.words.len();
    let words = npy(&format!("<U{longest}"), &format!("({count},)"), &letters.collect::<Vec<_>>());
    let matrix = npy("<f4", &format!("({count}, {})", table.dims), &table.little());
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let method = if packs { zip::CompressionMethod::Deflated } else { zip::CompressionMethod::Stored };
    for (name, content) in [("vectors.npy", matrix), ("words.npy", words)] {
        zip.start_file(name, zip::write::SimpleFileOptions::default().compression_method(method)).unwrap();
        zip.write_all(&content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn json_lines(table: &Written) -> String {
    let line =
        |(word, values): (&str, &[f32])| serde_json::json!({"text": word, "embedding": values}).to_string();
    table.rows().map(line).collect::<Vec<_>>().join("\n")
}

fn csv(table: &Written, delimiter: u8) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    let head = (0..table.dims).map(|column| format!("d{column}"));
    writer.write_record(std::iter::once("word".to_owned()).chain(head)).unwrap();
    for (word, values) in table.rows() {
        let values = values.iter().map(|value| format!("{value:?}"));
        writer.write_record(std::iter::once(word.to_owned()).chain(values)).unwrap();
    }
    writer.into_inner().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn gguf_models(table in written()) {
        assert_same(&table, "m.gguf", "GGUF", gguf(&table, 0, &table.little()));
        let halves: Vec<half::f16> = table.values.iter().map(|&value| half::f16::from_f32(value.clamp(-6e4, 6e4))).collect();
        let values = halves.iter().map(|half| half.to_f32()).collect();
        let table = Written { values, ..table };
        let stored: Vec<u8> = halves.iter().flat_map(|half| half.to_le_bytes()).collect();
        assert_same(&table, "m.gguf", "GGUF", gguf(&table, 1, &stored));
    }

    #[test]
    fn fasttext_models(table in written()) {
        assert_same(&table, "m.bin", "fastText", fasttext(&table, true));
        assert_same(&table, "m.bin", "fastText", fasttext(&table, false));
    }

    #[test]
    fn arrow_files_and_streams(table in written()) {
        for (fixed, stream) in [(true, true), (true, false), (false, true), (false, false)] {
            assert_same(&table, "t.arrow", "Arrow IPC", arrow(&batch(&table, fixed), stream));
        }
    }

    #[test]
    fn npz_archives(table in written()) {
        assert_same(&table, "a.npz", "npz", npz(&table, true));
        assert_same(&table, "a.npz", "npz", npz(&table, false));
    }

    #[test]
    fn json_lines_of_texts_and_embeddings(table in written()) {
        assert_same(&table, "a.jsonl", "JSON lines", json_lines(&table).into_bytes());
    }

    #[test]
    fn tables_with_delimiters(table in written()) {
        // A lone column of numbers is a property of the rows and no vector.
        prop_assume!(table.dims > 1);
        for delimiter in [b',', b';', b'|'] {
            assert_same(&table, "a.csv", "CSV", csv(&table, delimiter));
        }
    }
}

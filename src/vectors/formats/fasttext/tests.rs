//! Held to fastText's own numbers; `tests/data/fasttext` says how they were made.

use std::borrow::Cow;
use std::collections::HashMap;

use super::*;
use crate::progress::Unwatched;
use crate::vectors::{Opened, open_source};

const SKIPGRAM: &[u8] = include_bytes!("../../../../tests/data/fasttext/skipgram.bin");
const OLD: &[u8] = include_bytes!("../../../../tests/data/fasttext/skipgram-old.bin");
const WORDS_ALONE: &[u8] = include_bytes!("../../../../tests/data/fasttext/cbow-words.bin");
const LABELS: &[u8] = include_bytes!("../../../../tests/data/fasttext/labels.bin");
const PRUNED: &[u8] = include_bytes!("../../../../tests/data/fasttext/pruned.ftz");
const QUANTIZED: &[u8] = include_bytes!("../../../../tests/data/fasttext/quantized.ftz");

fn open(bytes: impl Into<Bytes>) -> Result<Opened, String> {
    let source = Source::from_memory("model", bytes, Vec::new()).unwrap();
    open_source(&source, &Unwatched).map_err(|error| error.to_string())
}

fn expected(model: &str) -> HashMap<String, Vec<f32>> {
    let all = include_str!("../../../../tests/data/fasttext/expected.json");
    let mut all: HashMap<String, HashMap<String, Vec<f32>>> = serde_json::from_str(all).unwrap();
    all.remove(model).unwrap()
}

fn fact<'a>(opened: &'a Opened, name: &str) -> Option<&'a str> {
    opened.facts.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
}

/// fastText answers zeros for what it knows nothing of; here there is no vector then.
fn agrees(name: &str, bytes: &'static [u8], words: usize, known: &[&str]) -> Opened {
    let opened = open(Bytes::embedded(bytes)).unwrap();
    assert_eq!((opened.format, opened.table.rows(), opened.table.dims()), ("fastText", words, 5), "{name}");
    for (word, expected) in expected(name) {
        let found = opened.table.vector_of(&word).map_or(vec![0.0; 5], Cow::into_owned);
        for (x, y) in found.iter().zip(&expected) {
            assert!((x - y).abs() < 1e-6, "{name}, {word}: {found:?} and {expected:?}");
        }
        assert_eq!(opened.table.find(&word).is_some(), known.contains(&&*word), "{name}, {word}");
    }
    opened
}

#[test]
fn every_kind_of_model_gives_the_vectors_of_fasttext() {
    let known = ["</s>", "and", "et", "und"];
    agrees("skipgram.bin", SKIPGRAM, 77, &known);
    agrees("skipgram.bin", OLD, 77, &known);
    agrees("cbow-words.bin", WORDS_ALONE, 34, &known);
    agrees("labels.bin", LABELS, 34, &known);
    agrees("quantized.ftz", QUANTIZED, 77, &known);
    agrees("pruned.ftz", PRUNED, 12, &["</s>"]);
}

#[test]
fn a_model_says_what_it_is() {
    let opened = open(Bytes::embedded(LABELS)).unwrap();
    assert_eq!(fact(&opened, "Model"), Some("supervised (a classifier)"));
    assert_eq!(fact(&opened, "Labels"), Some("22, which are not rows"));
    assert_eq!(fact(&opened, "Parts of words"), Some("2 to 3 characters, 40 rows"));
    assert!(opened.table.words().iter().all(|word| !word.starts_with("__label__")));
    let opened = open(Bytes::embedded(WORDS_ALONE)).unwrap();
    assert_eq!(fact(&opened, "Model"), Some("CBOW"));
    assert_eq!(fact(&opened, "Loss"), Some("negative sampling"));
    assert_eq!(fact(&opened, "Parts of words"), Some("none: a word has its own row alone"));
    assert!(opened.table.subwords().is_none());
    let opened = open(Bytes::embedded(PRUNED)).unwrap();
    assert_eq!(fact(&opened, "Stored as"), Some("product quantization, a byte for 2 numbers"));
    let opened = open(SKIPGRAM.to_vec()).unwrap();
    let [Column { name, values: ColumnValues::Numbers(counts) }] = opened.table.columns() else { panic!() };
    assert!(name == "count" && counts.is_sorted_by(|a, b| a >= b) && counts[0] > 100.0);
}

#[test]
fn supervised_models_had_no_parts_before_version_12() {
    let mut older = LABELS.to_vec();
    older[4] = 11;
    let opened = open(older.clone()).unwrap();
    assert!(opened.table.subwords().is_none());
    older[4] = 13;
    assert!(open(older).unwrap_err().contains("another version"));
}

#[test]
fn labels_and_unknown_words_without_parts_have_no_vector() {
    let table = open(Bytes::embedded(LABELS)).unwrap().table;
    assert!(table.find("__label__eng").is_none());
    assert!(table.vector_of("").is_none_or(|vector| vector.len() == 5));
    assert!(open(Bytes::embedded(WORDS_ALONE)).unwrap().table.vector_of("zzyzx").is_none());
}

/// Wherever a model is cut before the end of its input matrix, that is said.
#[test]
fn a_model_that_is_cut_off_is_refused() {
    for (model, first_whole) in [(SKIPGRAM, SKIPGRAM.len() - 77 * 5 * 4 - 17), (PRUNED, PRUNED.len() - 500)] {
        for end in 1..model.len() {
            let outcome = open(model[..end].to_vec());
            assert!(outcome.is_err() || end >= first_whole, "cut at {end}");
        }
    }
}

#[test]
fn sizes_that_cannot_be_are_refused_before_memory_is_set_aside() {
    let settings = 8 + 12 * 4 + 8;
    for (at, value) in [
        (8, i32::MAX),
        (8, -1),
        (40, i32::MAX),
        (40, -5),
        (48, i32::MAX),
        (settings, i32::MAX),
        (settings + 4, i32::MAX),
        (settings + 8, -1),
        (settings + 24, i32::MAX),
    ] {
        let mut broken = SKIPGRAM.to_vec();
        broken[at..at + 4].copy_from_slice(&value.to_le_bytes());
        let outcome = open(broken);
        // The number of dimensions stands twice; that of the matrix counts.
        assert!(at == 8 || outcome.is_err(), "{value} at {at}");
    }
}

#[test]
fn bytes_that_are_flipped_never_panic() {
    for model in [SKIPGRAM, OLD, PRUNED, QUANTIZED] {
        for at in (0..model.len()).step_by(7).chain(0..200) {
            let mut broken = model.to_vec();
            broken[at] ^= 0x81;
            if let Ok(opened) = open(broken) {
                assert!(opened.table.rows() > 0);
            }
        }
    }
}

/// `fasttext-austen-32d.vec` was written by fastText from the model itself.
#[test]
fn the_sample_gives_the_vectors_that_fasttext_wrote_as_text() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_vectors");
    let [model, text] = ["bin", "vec"].map(|ending| {
        let path = folder.join(format!("fasttext-austen-32d.{ending}"));
        crate::vectors::open(&path, &Unwatched).unwrap()
    });
    assert!(model.warnings.is_empty() && model.table.words().iter().eq(text.table.words().iter()));
    for row in 0..text.table.rows() {
        for (x, y) in model.table.row(row).iter().zip(&*text.table.row(row)) {
            assert!((x - y).abs() < 1e-6, "{x} and {y} in row {row}");
        }
    }
    assert!(model.table.vector_of("darcyish").is_some() && text.table.vector_of("darcyish").is_none());
}

//! Small tokenizer files of every kind against the IDs that the original libraries give with them
//! (`tests/reference/README.md`).

use super::{EncodeOptions, OpenedTokenizer, files};
use crate::files::{Bytes, Source};
use crate::progress::Unwatched;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::collections::HashMap;
use std::io::Read;

#[derive(serde::Deserialize)]
struct Expected {
    #[serde(default)]
    map: bool,
    ids: Vec<Vec<u32>>,
    spans: Option<Vec<Vec<(usize, usize)>>>,
    decoded: Option<Vec<String>>,
    /// Where typed names of control tokens are not text: the IDs, by the number of the text.
    typed: Option<HashMap<usize, Vec<u32>>>,
}

#[derive(serde::Deserialize)]
struct Texts {
    texts: Vec<Text>,
}

#[derive(serde::Deserialize)]
struct Text {
    name: String,
    text: String,
}

macro_rules! stored {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_bytes!(concat!("../../tests/reference/tokenizer_files/", $name)) as &[u8])),*]
    };
}

/// The files, as they are stored.
pub(super) fn stored() -> [(&'static str, &'static [u8]); 17] {
    stored![
        "unigram-map.model",
        "unigram-bytes.model",
        "unigram-across.model",
        "bpe-bytes.model",
        "bpe-map.model",
        "bpe-no-prefix.model",
        "bpe-suffix.model",
        "characters.model",
        "words.model",
        "vocab.json",
        "merges.txt",
        "vocab.txt",
        "tekken.json",
        "clip-vocab.json",
        "clip-merges.txt",
        "gpt1-vocab.json",
        "gpt1-merges.txt",
    ]
}

/// T5's map of replacements, which some of the models lack as they are stored.
fn t5_map() -> Vec<u8> {
    let packed = include_bytes!("../../assets/tokenizers/t5.tokenizer.json.zst");
    let mut file = Vec::new();
    ruzstd::decoding::StreamingDecoder::new(&packed[..]).unwrap().read_to_end(&mut file).unwrap();
    let file: serde_json::Value = serde_json::from_slice(&file).unwrap();
    STANDARD.decode(file["normalizer"]["normalizers"][0]["precompiled_charsmap"].as_str().unwrap()).unwrap()
}

/// A model with T5's map: a second message of settings, which is merged with the first.
pub(super) fn with_map(model: &[u8]) -> Vec<u8> {
    let (mut inner, map) = (Vec::new(), t5_map());
    prost::encoding::bytes::encode(2, &map, &mut inner);
    let mut whole = model.to_vec();
    prost::encoding::bytes::encode(3, &inner, &mut whole);
    whole
}

/// The files that are halves of a tokenizer.
pub(super) fn halves() -> Vec<(String, Bytes)> {
    let halves =
        stored().into_iter().filter(|(name, _)| name.ends_with("vocab.json") || name.ends_with("merges.txt"));
    halves.map(|(name, bytes)| (name.to_owned(), Bytes::from(bytes.to_vec()))).collect()
}

pub(super) fn source(name: &str) -> Source {
    let bytes = |name: &str| stored().into_iter().find(|(other, _)| *other == name).unwrap().1;
    let own = if name.ends_with("-map.model") { with_map(bytes(name)) } else { bytes(name).to_vec() };
    Source::from_memory(name, own, halves()).unwrap()
}

fn open(name: &str) -> OpenedTokenizer {
    files::open(&source(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn expected() -> (Vec<Text>, HashMap<String, Expected>) {
    let texts: Texts = serde_json::from_str(include_str!("../../tests/reference/tokenizers.json")).unwrap();
    (texts.texts, serde_json::from_str(include_str!("../../tests/reference/tokenizer_files.json")).unwrap())
}

const BARE: EncodeOptions = EncodeOptions { add_special: false, typed_special: false };

#[test]
fn ids_are_the_references() {
    let (texts, expected) = expected();
    let mut differences = Vec::new();
    for (file, expected) in &expected {
        let tokenizer = open(file).tokenizer;
        assert_eq!(expected.map, file.ends_with("-map.model"), "{file}");
        for (Text { name, text }, expected) in texts.iter().zip(&expected.ids) {
            let found = tokenizer.encode(text, BARE, &Unwatched).unwrap().ids();
            if found != *expected {
                differences.push(format!("{file} {name}: {text:.60?}\n   {found:?}\n   {expected:?}"));
            }
        }
    }
    assert!(differences.is_empty(), "{} differ:\n{}", differences.len(), differences.join("\n"));
}

#[test]
fn spans_are_the_references() {
    let (texts, expected) = expected();
    for (file, expected) in &expected {
        let Some(expected) = &expected.spans else { continue };
        let tokenizer = open(file).tokenizer;
        for (Text { name, text }, expected) in texts.iter().zip(expected) {
            let tokens = tokenizer.encode(text, BARE, &Unwatched).unwrap().tokens;
            let found: Vec<_> = tokens.iter().map(|token| (token.start, token.end)).collect();
            assert_eq!(&found, expected, "{file} {name}");
        }
    }
}

#[test]
fn typed_control_tokens_and_decoded_texts_are_the_references() {
    let (texts, expected) = expected();
    let typed_special = EncodeOptions { add_special: false, typed_special: true };
    for (file, expected) in &expected {
        let (Some(decoded), Some(typed)) = (&expected.decoded, &expected.typed) else { continue };
        let tokenizer = open(file).tokenizer;
        for (at, (Text { name, text }, ids)) in texts.iter().zip(&expected.ids).enumerate() {
            assert_eq!(tokenizer.decode(ids).trim(), decoded[at].trim(), "{file} {name}");
            let found = tokenizer.encode(text, typed_special, &Unwatched).unwrap().ids();
            assert_eq!(&found, typed.get(&at).unwrap_or(ids), "{file} {name}");
        }
    }
}

#[test]
fn spans_and_bytes_retrace_the_text() {
    let (texts, expected) = expected();
    for file in expected.keys() {
        let tokenizer = open(file).tokenizer;
        for Text { name, text } in &texts {
            let tokens = tokenizer.encode(text, BARE, &Unwatched).unwrap().tokens;
            let mut at = (0, 0);
            for token in &tokens {
                assert!(
                    token.start >= at.0 && token.end >= at.1 && token.end <= text.len(),
                    "{file} {name}: {token:?}"
                );
                assert!(tokenizer.piece(token.id).is_some(), "{file} {name}: {token:?}");
                assert!(!tokenizer.is_lossless() || token.start == at.1, "{file} {name}: {token:?}");
                at = (token.start, token.end);
            }
            if tokenizer.is_lossless() {
                let ids: Vec<u32> = tokens.iter().map(|token| token.id).collect();
                let reads = if file.contains(".model") { text.replace('▁', " ") } else { text.clone() };
                assert_eq!(tokenizer.decode(&ids), reads, "{file} {name}");
            }
        }
    }
}

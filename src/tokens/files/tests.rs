use super::{TokenizerFileError, TokenizerFormat, sniff};
use crate::files::Source;
use crate::progress::Unwatched;
use crate::tokens::{Algorithm, EncodeOptions, OpenedTokenizer};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::io::Read;

const BARE: EncodeOptions = EncodeOptions { add_special: false, typed_special: false };

/// Opens bytes that lie alone.
fn open(bytes: &[u8], name: &str) -> Result<OpenedTokenizer, TokenizerFileError> {
    super::open(&Source::from_memory(name, bytes.to_vec(), Vec::new()).unwrap())
}

fn sniff_bytes(bytes: &[u8]) -> Option<TokenizerFormat> {
    sniff(&Source::from_memory("x", bytes.to_vec(), Vec::new()).unwrap())
}

fn asset(packed: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    ruzstd::decoding::StreamingDecoder::new(packed).unwrap().read_to_end(&mut file).unwrap();
    file
}

fn ranks(count: u32) -> String {
    (0..count).map(|rank| format!("{} {rank}\n", STANDARD.encode([rank as u8]))).collect()
}

#[test]
fn a_tokenizer_json_brings_its_own_special_tokens() {
    let file = asset(include_bytes!("../../../assets/tokenizers/bert-base-uncased.tokenizer.json.zst"));
    assert_eq!(sniff_bytes(&file), Some(TokenizerFormat::Json));
    let opened = open(&file, "mine").unwrap();
    let tokenizer = opened.tokenizer;
    assert_eq!((tokenizer.name(), tokenizer.algorithm()), ("mine", Algorithm::WordPiece));
    let encoding = tokenizer.encode("strawberry", EncodeOptions::default(), &Unwatched).unwrap();
    assert_eq!(encoding.ids(), [101, 16876, 102]);
    assert!(opened.warnings.is_empty());
}

#[test]
fn a_published_rank_file_is_recognized() {
    let file = asset(include_bytes!("../../../assets/tokenizers/llama3.tiktoken.zst"));
    let opened = open(&file, "ranks").unwrap();
    assert_eq!(opened.format, TokenizerFormat::Tiktoken);
    assert!(opened.warnings.is_empty());
    // Llama 3 cuts white space at the end of a text; GPT-4 does not.
    assert_eq!(opened.tokenizer.encode("a \n  ", BARE, &Unwatched).unwrap().tokens.len(), 3);
    assert_eq!(opened.tokenizer.id("<|eot_id|>"), Some(128_009));
}

#[test]
fn an_unknown_rank_file_works_with_a_warning() {
    let opened = open(ranks(256).as_bytes(), "mine").unwrap();
    assert_eq!(opened.warnings.len(), 1);
    assert_eq!(opened.tokenizer.encode("hi", BARE, &Unwatched).unwrap().ids(), [104, 105]);
}

#[test]
fn other_content_is_not_a_tokenizer() {
    for bytes in
        [&b"{}"[..], b"{\"a\": [1]}", b"the 0.1 0.2", b"\0\xff\xfe", b"400000 50", b"a b c", b"cats 5x"]
    {
        assert_eq!(sniff_bytes(bytes), None, "{bytes:?}");
        assert!(matches!(open(bytes, "x"), Err(TokenizerFileError::Unrecognized)));
    }
}

#[test]
fn headers_and_words_of_vectors_are_no_ranks() {
    let binary = [&b"8341 100\nthe "[..], &[0x3f; 400], b"\n"].concat();
    let text = b"8341 2\nthe 0.1 0.2\nof 0.3 0.4\n";
    let columns = b"cats 1\ndogs 0\nbird 5\n";
    for bytes in [&binary[..], text, columns, b"8341 100", b"cats 1\nowls 2\nand so on\n"] {
        assert_eq!(sniff_bytes(bytes), None, "{:?}", String::from_utf8_lossy(bytes));
    }
    for ranks in [ranks(256), ranks(2), ranks(256).replace('\n', "\r\n"), format!("\u{feff}{}", ranks(3))] {
        assert_eq!(sniff_bytes(ranks.as_bytes()), Some(TokenizerFormat::Tiktoken), "{ranks:.40}");
    }
    let long = format!("{} 0\nYQ== 1\n", "YWFh".repeat(100));
    assert_eq!(sniff_bytes(long.as_bytes()), Some(TokenizerFormat::Tiktoken), "a long token");
}

#[test]
fn damaged_ranks_are_ranks_with_an_error() {
    let swapped = ranks(256).replace("Ag== 2\nAw== 3\n", "Aw== 3\nAg== 2\n");
    assert!(open(swapped.as_bytes(), "x").is_ok(), "another order does no harm");
    let gap = ranks(256).replace("Ag== 2\n", "");
    let broken = ranks(256).replace("Ag== 2\n", "Ag= 2\n");
    let twice = ranks(256).replace("Ag== 2\n", "Ag== 1\n");
    let tabs = ranks(256).replace(' ', "\t");
    for (damaged, said) in [(gap, "0x02"), (broken, "line 3"), (twice, "line 3"), (tabs, "line 1")] {
        assert_eq!(sniff_bytes(damaged.as_bytes()), Some(TokenizerFormat::Tiktoken), "{said}");
        let error = open(damaged.as_bytes(), "x").unwrap_err();
        assert!(matches!(error, TokenizerFileError::Ranks(_)) && error.to_string().contains(said), "{error}");
    }
    for vectors in [
        &b"cat 0.5\ndog 0.25\nowl 1\n"[..],
        b"3 1\ncats 1\ndogs 2\nowls 4\n",
        &b"cats 1\nowls 9\n".repeat(40),
    ] {
        assert_eq!(sniff_bytes(vectors), None, "{:?}", String::from_utf8_lossy(vectors));
    }
}

#[test]
fn files_that_would_fill_the_memory_or_trip_the_library_are_refused() {
    let bpe = br#"{"version": "1.0", "added_tokens": [], "model": {"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": ["a b"]}}"#;
    let error = open(bpe, "x").unwrap_err().to_string();
    assert!(error.contains("merge 1 (“a” with “b”)"), "{error}");
    let step =
        format!(r#"{{"type": "Replace", "pattern": {{"String": "a"}}, "content": "{}"}}"#, "a".repeat(1_000));
    let steps = [step.as_str(); 4].join(", ");
    let wild = format!(
        r#"{{"version": "1.0", "added_tokens": [], "normalizer": {{"type": "Sequence", "normalizers": [{steps}]}},
        "model": {{"type": "WordLevel", "vocab": {{"a": 0}}, "unk_token": "a"}}}}"#
    );
    let error = open(wild.as_bytes(), "x").unwrap_err().to_string();
    assert!(error.contains("64 times"), "{error}");
}

#[test]
fn broken_files_say_where() {
    let cut = br#"{"model": {"type": "BPE", "vocab": {"a": 0,"#;
    assert!(matches!(open(cut, "x"), Err(TokenizerFileError::Json { line: 1, .. })));
    let hollow = br#"{"model": {"type": "Nothing", "vocab": {}}}"#;
    assert!(matches!(open(hollow, "x"), Err(TokenizerFileError::Rules(_))));
    assert!(matches!(open(ranks(200).as_bytes(), "x"), Err(TokenizerFileError::Ranks(_))));
}

#[test]
fn a_vocabulary_with_a_wild_id_is_refused() {
    let wild = br#"{"version": "1.0", "added_tokens": [], "model": {"type": "WordLevel", "vocab": {"a": 0, "b": 4000000000},
        "unk_token": "a"}}"#;
    assert!(matches!(open(wild, "x"), Err(TokenizerFileError::Rules(_))));
}

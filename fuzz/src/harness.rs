//! What all fuzz targets share: bytes are opened through the library as a file would be, and what opens is used.

use std::hint::black_box;

use crate::files::problem::brief;
use crate::files::{Bytes, Source};
use crate::progress::Unwatched;
use crate::tokens::{self, EncodeOptions, TokenizerFormat};
use crate::vectors::{self, Opened, SearchMode, Table};
pub use libfuzzer_sys::{Corpus, fuzz_target};

/// Stands between a file and the files beside it, in the inputs of targets that have any.
pub const BESIDE: &[u8] = b"\n--beside--\n";

/// The texts that every opened tokenizer has to take apart and put together.
const TEXTS: [&str; 4] =
    ["", "Hello, world! 12 345", "naïve 你好\u{301}\u{200d}🙂\0\r\n\t", "aaaaaaaaaaaaaaaaaaaaaaaaa ab abab"];

/// The library catches panics of the crates below it; libFuzzer's hook would end the program before that. Panics that
/// are not caught still end it.
pub fn let_panics_be_caught() {
    std::panic::set_hook(Box::new(|about| {
        if std::env::var_os("SHOW_PANICS").is_some() {
            eprintln!("{about}");
        }
    }));
}

/// A file and those beside it: an input cut at [`BESIDE`]. The names are those of the files beside, in order.
pub fn source(name: &str, beside: &[&str], data: &[u8]) -> Option<Source> {
    let mut parts = Vec::new();
    let mut rest = data;
    while parts.len() < beside.len()
        && let Some(at) = rest.windows(BESIDE.len()).position(|window| window == BESIDE)
    {
        parts.push(&rest[..at]);
        rest = &rest[at + BESIDE.len()..];
    }
    parts.push(rest);
    let bytes = |part: &&[u8]| Bytes::from(part.to_vec());
    let companions = beside.iter().zip(&parts[1..]).map(|(name, part)| ((*name).to_owned(), bytes(part)));
    Source::from_memory(name, bytes(&parts[0]), companions.collect()).ok()
}

/// Opens vectors if one of these formats recognizes them, and uses what opens.
pub fn open_vectors(formats: &[&str], source: &Source) -> Corpus {
    match vectors::sniff(source) {
        Some(format) if formats.contains(&format.name()) => {}
        _ => return Corpus::Reject,
    }
    match vectors::open_source(source, &Unwatched) {
        Ok(opened) => {
            use_opened(&opened);
            // Every other matrix or column opens or says why not.
            for option in opened.choices.iter().flat_map(|choice| &choice.options).take(4) {
                let other = Source::from_memory(source.name(), source.bytes().clone(), Vec::new());
                let other = other.expect("it is not empty").with_parts(std::slice::from_ref(&option.name));
                let _ = black_box(vectors::open_source(&other, &Unwatched).map(|opened| use_opened(&opened)));
            }
        }
        Err(error) => assert_is_said(&error.to_string()),
    }
    Corpus::Keep
}

/// Does with a table what the program would do.
pub fn use_opened(opened: &Opened) {
    for said in opened.warnings.iter().map(ToString::to_string) {
        assert_is_said(brief(&said).as_ref());
    }
    for (name, value) in &opened.facts {
        assert_is_said(name);
        black_box(value);
    }
    for choice in &opened.choices {
        black_box(choice.name());
    }
    use_table(&opened.table);
}

/// Rows one by one and in blocks are the same; lengths are finite; names are found.
pub fn use_table(table: &Table) {
    let (rows, dims) = (table.rows(), table.dims());
    assert!(rows > 0 && dims > 0, "an opened table holds something");
    assert_eq!(table.norms().len(), rows);
    let odd = table.norms().iter().filter(|norm| !norm.is_finite()).count();
    assert_eq!(table.non_finite().map(<[u32]>::len), Some(odd), "rows that are not finite are known");
    let sample = [0, rows / 2, rows - 1];
    let mut buffer = Vec::new();
    for row in sample {
        let single = table.row(row).into_owned();
        assert_eq!(single.len(), dims);
        let in_block = table.block(row..row + 1, &mut buffer);
        assert!(same(&single, in_block), "a row is the same in a block");
        let found = table.find(table.word(row)).expect("each name is found");
        assert!(found <= row && table.word(found) == table.word(row));
    }
    let all = table.block(0..rows.min(256), &mut buffer);
    assert_eq!(all.len(), rows.min(256) * dims);
    for word in ["cat", "unheard of", "wörter", ""] {
        assert!(table.vector_of(word).is_none_or(|vector| vector.len() == dims));
    }
    black_box(table.search(table.word(0), SearchMode::Prefix, 10).ok());
    for column in table.columns() {
        match &column.values {
            vectors::ColumnValues::Categories { names, of_row } => {
                assert_eq!(of_row.len(), rows);
                assert!(of_row.iter().all(|&of| of == u32::MAX || (of as usize) < names.len()));
            }
            vectors::ColumnValues::Numbers(numbers) => assert_eq!(numbers.len(), rows),
        }
    }
    black_box((table.weight_bytes(), table.bytes_in_memory()));
}

fn same(a: &[f32], b: &[f32]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits())
}

/// Opens a tokenizer if it is one of these formats, and uses what opens.
pub fn open_tokenizer(formats: &[TokenizerFormat], source: &Source) -> Corpus {
    match tokens::files::sniff(source) {
        Some(format) if formats.contains(&format) => {}
        _ => return Corpus::Reject,
    }
    match tokens::files::open(source) {
        Ok(opened) => use_tokenizer(&opened.tokenizer),
        Err(error) => assert_is_said(brief(&error.to_string()).as_ref()),
    }
    Corpus::Keep
}

/// Takes texts apart and puts the IDs together again. Spans stay in the text.
pub fn use_tokenizer(tokenizer: &tokens::Tokenizer) {
    for text in TEXTS {
        for add_special in [false, true] {
            let options = EncodeOptions { add_special, ..EncodeOptions::default() };
            let Ok(encoding) = tokenizer.encode(text, options, &Unwatched) else { continue };
            let mut before = (0, 0);
            for token in &encoding.tokens {
                assert!(token.start <= token.end && token.end <= text.len(), "{token:?} in {text:?}");
                assert!(
                    before.0 <= token.start && before.1 <= token.end,
                    "{token:?} after {before:?} in {text:?}"
                );
                before = (token.start, token.end);
            }
            black_box(tokenizer.decode(&encoding.ids()));
        }
    }
    black_box((tokenizer.vocabulary_size(), tokenizer.piece(0), tokenizer.id("a")));
}

/// What people are told has content and fits on a page.
pub fn assert_is_said(text: &str) {
    assert!(!text.trim().is_empty(), "something is said");
    assert!(text.len() < 20_000, "{} bytes are said: {:.200}", text.len(), text);
}

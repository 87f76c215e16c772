//! The same few rows as the programs write them that write such tables, and as people change them.

use super::*;
use crate::progress::Unwatched;
use crate::vectors::DType;

const WORDS: [&str; 5] = ["</s>", "1999", "größe", "New_York", "<unk>"];
const VALUES: [f32; 10] = [0.5, -1.0, 2.0, 3.25, -0.125, 4.0, 1e-5, 7.0, 0.0, -0.75];

/// gensim 4.4.0: `KeyedVectors.save_word2vec_format(…, binary=True)`, and `binary=False` with and without its header.
const GENSIM_BINARY: &[u8] =
    b"5 2\n</s> \x00\x00\x00?\x00\x00\x80\xbf1999 \x00\x00\x00@\x00\x00P@gr\xc3\xb6\xc3\x9fe \
    \x00\x00\x00\xbe\x00\x00\x80@New_York \xac\xc5'7\x00\x00\xe0@<unk> \x00\x00\x00\x00\x00\x00@\xbf";
const GENSIM_TEXT: &str =
    "5 2\n</s> 0.5 -1.0\n1999 2.0 3.25\ngröße -0.125 4.0\nNew_York 1e-05 7.0\n<unk> 0.0 -0.75\n";

fn open(bytes: impl AsRef<[u8]>) -> Opened {
    let source = Source::from_memory("file", bytes.as_ref().to_vec(), Vec::new()).unwrap();
    open_source(&source, &Unwatched).unwrap_or_else(|error| panic!("{error}"))
}

fn holds_the_rows(bytes: impl AsRef<[u8]>, format: &str) {
    let opened = open(bytes);
    assert_eq!((opened.format, opened.table.dtype()), (format, DType::F32));
    assert!(opened.table.words().iter().eq(WORDS));
    assert_eq!(opened.table.block(0..5, &mut Vec::new()), VALUES);
    assert!(opened.warnings.is_empty(), "{:?}", opened.warnings);
}

/// word2vec.c writes `%lld %lld\n`, then `%s ` with the numbers, each followed by a space where they are text, and `\n`.
fn word2vec_c(binary: bool) -> Vec<u8> {
    let mut file = b"5 2\n".to_vec();
    for (word, row) in WORDS.iter().zip(VALUES.chunks(2)) {
        file.extend(format!("{word} ").bytes());
        for value in row {
            if binary {
                file.extend(value.to_le_bytes());
            } else {
                file.extend(format!("{value:.6} ").bytes());
            }
        }
        file.push(b'\n');
    }
    file
}

#[test]
fn gensim_word2vec_and_glove_write_the_same_rows() {
    let rows = GENSIM_TEXT.split_once('\n').unwrap().1;
    holds_the_rows(GENSIM_BINARY, "word2vec binary");
    holds_the_rows(word2vec_c(true), "word2vec binary");
    holds_the_rows(word2vec_c(false), "word2vec text");
    holds_the_rows(GENSIM_TEXT, "word2vec text");
    holds_the_rows(rows, "GloVe text");
    holds_the_rows(rows.trim_end(), "GloVe text");
}

#[test]
fn line_ends_marks_tabs_and_more_spaces_change_nothing() {
    for text in [GENSIM_TEXT, GENSIM_TEXT.split_once('\n').unwrap().1] {
        let format = if text.starts_with('5') { "word2vec text" } else { "GloVe text" };
        for changed in [
            text.replace('\n', "\r\n"),
            text.replace('\n', " \r\n"),
            text.replace('\n', "\r"),
            format!("\u{feff}{text}"),
            text.replace(' ', "\t"),
            text.replace(' ', "  "),
            text.replace('\n', "\n\n"),
        ] {
            holds_the_rows(changed, format);
        }
    }
}

#[test]
fn words_that_are_numbers_are_words() {
    let opened = open("1 0.5 2\n22 1 1\n3.5 2 -1\n-4 0 1\n. 3 3\n");
    assert!(opened.table.words().iter().eq(["1", "22", "3.5", "-4", "."]));
    let opened = open("3 2\n2 5 1\n3 1 1\n4 0 1\n");
    assert!(opened.format == "word2vec text" && opened.table.words().iter().eq(["2", "3", "4"]));
}

#[test]
fn words_with_spaces_are_whole_with_and_without_a_header() {
    // As in glove.840B.300d: `. . .` and `at name@domain.com`.
    let rows = "the 1 2\n. . . 3 4\nat name@domain.com 5 6\n1 1/2 7 8\n\u{a0}x 9 10\na 11 12\nb 13 14\n";
    let words = ["the", ". . .", "at name@domain.com", "1 1/2", "\u{a0}x", "a", "b"];
    assert!(open(rows).table.words().iter().eq(words));
    assert!(open(format!("7 2\n{rows}")).table.words().iter().eq(words));
    // Where most words have several parts, the header says where the numbers begin.
    let phrases = "3 2\nnew york 1 2\nroute 66 3 4\nice cream 5 6\n";
    assert!(open(phrases).table.words().iter().eq(["new york", "route 66", "ice cream"]));
}

#[test]
fn a_wrong_header_is_said_and_the_rows_are_read() {
    for (header, said) in [
        ("9 2", "the header says 9 rows, the file has 5"),
        ("4 2", "the header says 4 rows, the file has 5"),
        ("5 3", "the header says 3 numbers a row, the rows have 2"),
        ("5 1", "the header says 1 number a row, the rows have 2"),
    ] {
        let opened = open(GENSIM_TEXT.replacen("5 2", header, 1));
        assert!(opened.table.words().iter().eq(WORDS), "{header}");
        let warnings: Vec<String> = opened.warnings.iter().map(ToString::to_string).collect();
        assert_eq!(warnings, [said]);
    }
}

/// The file is a hole but for its header and one number.
#[test]
fn a_vast_table_is_not_read_until_its_lengths_are_wanted() {
    use std::io::{Seek, SeekFrom, Write};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vast.npy");
    let mut file = std::fs::File::create(&path).unwrap();
    let text = "{'descr': '<f4', 'fortran_order': False, 'shape': (1100, 65536), }";
    file.write_all(b"\x93NUMPY\x01\x00\x76\x00").unwrap();
    file.write_all(format!("{text:117}\n").as_bytes()).unwrap();
    let row_size = 65_536 * 4;
    file.set_len(128 + 1100 * row_size).unwrap();
    file.seek(SeekFrom::Start(128 + 700 * row_size)).unwrap();
    file.write_all(&f32::NAN.to_le_bytes()).unwrap();
    drop(file);
    let table = super::open(&path, &Unwatched).unwrap().table;
    assert_eq!((table.rows(), table.dims(), table.non_finite()), (1100, 65_536, None));
    assert!(table.row(700)[0].is_nan());
    let norms = table.norms_with(&Unwatched).unwrap();
    assert!(norms[700].is_nan() && norms[699] == 0.0);
    assert_eq!((table.non_finite(), table.row(700)[0]), (Some(&[700][..]), 0.0));
}

//! Opening as a whole: each format once, and each kind of bad input.

use std::fs;

use proptest::prelude::*;

use super::*;
use crate::files::{Bytes, Place};
use crate::progress::{Cancelled, Unwanted, Unwatched};
use crate::vectors::{ColumnValues, DType};

fn open_bytes(bytes: &[u8]) -> Result<Opened, Problem> {
    open_files(&[("file", bytes)])
}

/// Opens the first of some files in memory.
fn open_files(files: &[(&str, &[u8])]) -> Result<Opened, Problem> {
    let beside = files[1..].iter().map(|(name, bytes)| ((*name).to_owned(), Bytes::from(bytes.to_vec())));
    let source = Source::from_memory(files[0].0, files[0].1.to_vec(), beside.collect())?;
    open_source(&source, &Unwatched).map_err(|error| error.problem)
}

fn words(opened: &Opened) -> Vec<&str> {
    opened.table.words().iter().collect()
}

fn warnings(opened: &Opened) -> Vec<String> {
    opened.warnings.iter().map(ToString::to_string).collect()
}

/// A word2vec binary table of `rows`, under a header that promises `said` rows.
fn binary(said: usize, rows: &[(&str, &[f32])], line_feeds: bool) -> Vec<u8> {
    let mut bytes = format!("{said} {}\n", rows[0].1.len()).into_bytes();
    for (word, values) in rows {
        bytes.extend(format!("{word} ").bytes());
        bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
        bytes.extend(line_feeds.then_some(b'\n'));
    }
    bytes
}

#[test]
fn glove_text_is_read_with_its_words_that_hold_spaces() {
    let opened = open_bytes(b"the 0.5 -1 2e-1\n. . 1 2 3\nat 7 4 5 6\n\r\nlast 7 8 9").unwrap();
    assert_eq!((opened.format, opened.table.dims()), ("GloVe text", 3));
    assert_eq!(words(&opened), ["the", ". .", "at 7", "last"]);
    assert_eq!(*opened.table.row(0), [0.5, -1.0, 0.2]);
    assert_eq!(*opened.table.row(2), [4.0, 5.0, 6.0]);
    assert!(opened.warnings.is_empty(), "{:?}", opened.warnings);
}

#[test]
fn word2vec_text_and_fasttext_vec_are_read() {
    let opened = open_bytes(b"2 3\nde 0.1 0.2 0.3 \n, -1 0 1 \n").unwrap();
    assert_eq!((opened.format, opened.table.dims()), ("word2vec text", 3));
    assert_eq!(words(&opened), ["de", ","]);
    assert_eq!(*opened.table.row(1), [-1.0, 0.0, 1.0]);
    assert!(opened.warnings.is_empty());
}

#[test]
fn word2vec_binary_is_read_with_and_without_line_feeds() {
    for line_feeds in [false, true] {
        let file = binary(2, &[("king", &[0.25, -3.0]), ("größe", &[1.0, 1e-20])], line_feeds);
        let opened = open_bytes(&file).unwrap();
        assert_eq!((opened.format, opened.table.dtype()), ("word2vec binary", DType::F32));
        assert_eq!(words(&opened), ["king", "größe"]);
        assert_eq!(opened.table.block(0..2, &mut Vec::new()), [0.25, -3.0, 1.0, 1e-20]);
        assert!(opened.warnings.is_empty());
    }
}

#[test]
fn an_empty_file_a_folder_and_a_missing_file_are_said_with_their_path() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.txt");
    fs::write(&empty, b"").unwrap();
    for (path, expected) in [
        (empty, "the file is empty"),
        (folder.path().to_path_buf(), "there is no file of vectors"),
        (folder.path().join("none.txt"), "there is no such file"),
    ] {
        let said = open(&path, &Unwatched).unwrap_err().to_string();
        assert!(said.starts_with(expected), "{said}");
        assert!(said.ends_with(&format!("({})", path.display())), "{said}");
    }
}

#[test]
fn few_rows_of_wrong_length_are_left_out_and_many_are_an_error() {
    let opened = open_bytes(b"a 1 2 3\nb 1 2\nc 4 5 6\nd x y z\ne 7 8 9\n").unwrap();
    assert_eq!(words(&opened), ["a", "c", "e"]);
    let said = "2 lines left out for not being a row of 3 numbers (first: line 2)";
    assert_eq!(warnings(&opened), [said]);
    let said = open_bytes(b"a 1 2 3\nb 1 2\nc 4 5 6 7\nd 1\n").unwrap_err().to_string();
    assert!(said.contains("no length that most lines share"), "{said}");
    let late = [b"a 1 2 3\n".repeat(100), b"b 1 2\n".repeat(200)].concat();
    let said = open_bytes(&late).unwrap_err().to_string();
    assert!(said.contains("line 101: 200 lines"), "{said}");
}

#[test]
fn rows_with_nan_and_infinity_are_left_out_of_lists_and_keep_their_place_in_matrices() {
    let opened = open_bytes(b"a 1 2\nx 3\nb nan 2\nc 1 inf\nd 3 4\ne -Infinity 0\nf 1 1e99\n").unwrap();
    assert_eq!(words(&opened), ["a", "d"]);
    assert_eq!(opened.table.norms(), [5.0_f32.sqrt(), 5.0]);
    assert_eq!(warnings(&opened)[1], "4 rows with NaN or infinity left out (first at line 3)");
    let file = binary(2, &[("a", &[f32::NAN, 0.0]), ("b", &[1.0, 2.0])], false);
    let opened = open_bytes(&file).unwrap();
    assert_eq!((words(&opened), opened.table.row(0).into_owned()), (vec!["a", "b"], vec![0.0, 0.0]));
    assert_eq!(opened.table.row(1).into_owned(), [1.0, 2.0]);
    assert_eq!(opened.table.warnings(), [Warning::ReadAsZeros { rows: 1, first: Place::Row(0) }]);
    assert!(
        open_bytes(&binary(1, &[("a", &[f32::NAN])], false)).unwrap_err().to_string().contains("every row")
    );
    assert!(open_bytes(b"a nan 2\nb 1 inf\n").unwrap_err().to_string().contains("every row"));
}

#[test]
fn duplicate_and_empty_words_are_counted() {
    let opened = open_bytes(b"a 1 2\nb 1 2\n 3 4\na 5 6\na 7 8\n").unwrap();
    assert_eq!(words(&opened), ["a", "b", "", "a", "a"]);
    assert_eq!(opened.table.find("a"), Some(0));
    let duplicates = "2 rows with a name that an earlier row has (first: “a”): searches find the earlier one";
    assert_eq!(warnings(&opened), [duplicates, "1 row with an empty name (first at line 3)"]);
}

#[test]
fn a_header_that_lies_is_said_with_the_counts() {
    let opened = open_bytes(b"400000 2\na 1 2\nb 3 4\n").unwrap();
    assert_eq!(warnings(&opened), ["the header says 400,000 rows, the file has 2"]);
    let opened = open_bytes(b"2 50\na 1 2\nb 3 4\n").unwrap();
    assert_eq!(opened.table.dims(), 2);
    assert_eq!(warnings(&opened), ["the header says 50 numbers a row, the rows have 2"]);
    let opened = open_bytes(&binary(1, &[("a", &[1.0]), ("b", &[2.0])], false)).unwrap();
    assert_eq!(warnings(&opened), ["6 bytes after the last row left unread"]);
    for header in ["18446744073709551615 18446744073709551615\n", "4000000000 70000\n", "3 0\n", "0 3\n"] {
        let file = [header.as_bytes(), b"a \0\0\0\0\x01\x02"].concat();
        assert!(open_bytes(&file).is_err(), "{header}");
    }
    // Out of step with its rows, a reader would take numbers for words.
    let values: Vec<f32> = (0..400).map(|i| (i * i % 997) as f32 / 997.0 - 0.5).collect();
    let rows: Vec<_> = values.chunks(10).map(|row| ("word", row)).collect();
    let mut file = binary(40, &rows, false);
    file.splice(..5, *b"40 9");
    assert!(open_bytes(&file).unwrap_err().to_string().contains("not text"));
}

#[test]
fn a_truncated_binary_opens_with_its_whole_rows() {
    let file = binary(3, &[("a", &[1.0, 2.0]), ("b", &[3.0, 4.0]), ("c", &[5.0, 6.0])], true);
    for cut in 1..file.len() - 15 {
        let opened = open_bytes(&file[..file.len() - 1 - cut]).unwrap();
        let rows = opened.table.rows();
        assert_eq!(words(&opened), ["a", "b"][..rows]);
        assert!(warnings(&opened)[0].starts_with("the file is cut off"), "{:?}", opened.warnings);
    }
    assert!(open_bytes(&file[..9]).is_err());
}

#[test]
fn invalid_utf8_in_words_is_replaced_and_counted() {
    let opened = open_bytes(b"caf\xE9 1 2\nb 3 4\n").unwrap();
    assert_eq!(words(&opened), ["caf\u{FFFD}", "b"]);
    assert_eq!(warnings(&opened), ["1 word held bytes that are not UTF-8; they show as �"]);
    let mut file = binary(1, &[("x", &[1.0, 2.0])], false);
    file[4] = 0xFF;
    assert_eq!(words(&open_bytes(&file).unwrap()), ["\u{FFFD}"]);
}

#[test]
fn one_row_one_column_and_equal_rows_open() {
    let opened = open_bytes(b"only 1 2 3\n").unwrap();
    assert_eq!((opened.table.rows(), opened.table.dims()), (1, 3));
    for file in [&b"a 1.5\nb 2\n"[..], b"2 1\na 1.5\nb 2\n"] {
        let opened = open_bytes(file).unwrap();
        assert_eq!((words(&opened), opened.table.dims()), (vec!["a", "b"], 1));
        assert_eq!(*opened.table.row(0), [1.5]);
    }
    // A first line of two whole numbers is a row where the count of lines does not make it a header.
    assert_eq!(words(&open_bytes(b"12 5\n13 6\n14 7\n").unwrap()), ["12", "13", "14"]);
    let opened = open_bytes(&b"w 1 1\n".repeat(1000)).unwrap();
    assert_eq!(opened.table.rows(), 1000);
    assert!(open_bytes(b"400000 50\n").is_err());
}

#[test]
fn fifty_thousand_columns_open_and_more_than_the_limit_do_not() {
    let wide = |dims: usize| {
        let row = " 0.123456".repeat(dims);
        format!("a{row}\nb{row}\n").into_bytes()
    };
    let opened = open_bytes(&wide(50_000)).unwrap();
    assert_eq!((opened.table.rows(), opened.table.dims()), (2, 50_000));
    assert!(open_bytes(&wide(70_000)).unwrap_err().to_string().contains("70000 numbers a row are too many"));
}

#[test]
fn what_the_tokenizers_read_is_not_claimed() {
    for file in [&b"IQ== 0\nIg== 1\nIw== 2\n"[..], b"{\"model\": {}}", b"[PAD]\n[UNK]\nthe\n"] {
        let source = Source::from_memory("x", file.to_vec(), Vec::new()).unwrap();
        assert!(sniff(&source).is_none());
    }
}

#[test]
fn projector_pairs_open_from_either_file() {
    let vectors = &b"0.5\t1\n2\t3\n4\t5\n"[..];
    let metadata = &b"word\tgroup\tcount\ncat\tanimal\t12\nrun\t\t\nd\xC3\xA9j\xC3\xA0\tadverb\t7\n"[..];
    for (a, b) in
        [("vectors.tsv", "metadata.tsv"), ("x.vectors.tsv", "x.metadata.tsv"), ("tensors.tsv", "meta.tsv")]
    {
        for files in [[(a, vectors), (b, metadata)], [(b, metadata), (a, vectors)]] {
            let opened = open_files(&files).unwrap();
            assert_eq!((opened.format, words(&opened)), ("projector TSV", vec!["cat", "run", "déjà"]));
            assert_eq!(*opened.table.row(2), [4.0, 5.0]);
            let [group, count] = opened.table.columns() else { panic!("two columns") };
            let names = vec!["animal".to_owned(), "adverb".to_owned()];
            let of_row = vec![0, u32::MAX, 1];
            assert_eq!((&*group.name, &group.values), ("group", &ColumnValues::Categories { names, of_row }));
            let ColumnValues::Numbers(numbers) = &count.values else { panic!("numbers") };
            assert!(numbers[0] == 12.0 && numbers[1].is_nan() && numbers[2] == 7.0);
            assert!(opened.warnings.is_empty());
        }
    }
}

#[test]
fn projector_metadata_of_one_column_has_no_header_and_may_be_missing() {
    let vectors = &b"0.5\t1\n2\t3\n"[..];
    let opened = open_files(&[("vectors.tsv", vectors), ("metadata.tsv", b"word\ncat\n")]).unwrap();
    assert_eq!(words(&opened), ["word", "cat"]);
    let opened = open_files(&[("vectors.tsv", vectors)]).unwrap();
    assert_eq!((words(&opened), opened.warnings.clone()), (vec!["0", "1"], vec![Warning::NoWordList]));
    let opened = open_files(&[("vectors.tsv", vectors), ("metadata.tsv", b"a\nb\nc\nd\n")]).unwrap();
    assert_eq!(opened.warnings.len(), 2);
    let opened = open_bytes(b"cat\t0.5\t1\nnew york\t2\t3\n").unwrap();
    assert_eq!((words(&opened), *opened.table.row(1) == [2.0, 3.0]), (vec!["cat", "new york"], true));
}

#[test]
fn projector_names_stay_with_their_lines() {
    let broken = &b"1\t2\n3\n5\t6\n7\t8\n\n"[..];
    for metadata in [&b"apple\nbroken\ncherry\ndate\n"[..], b"word\napple\nbroken\ncherry\ndate"] {
        let opened = open_files(&[("vectors.tsv", broken), ("metadata.tsv", metadata)]).unwrap();
        assert_eq!(words(&opened), ["apple", "cherry", "date"]);
        assert!(matches!(opened.warnings[..], [Warning::SkippedLines { lines: 1, dims: 2, first: 2 }]));
    }
    // Names that would fit only if no line had been skipped.
    let opened = open_files(&[("vectors.tsv", broken), ("metadata.tsv", b"a\nb\nc\n")]).unwrap();
    assert_eq!(words(&opened), ["0", "1", "2"]);
}

#[test]
fn projector_vectors_take_no_names_from_a_stranger() {
    let (vectors, own, stranger) = (&b"1\t2\n3\t4\n"[..], &b"a\nb\nc\nd\n"[..], &b"x\ny\n"[..]);
    let files = [("long.vectors.tsv", vectors), ("metadata.tsv", stranger), ("long.metadata.tsv", own)];
    let opened = open_files(&files).unwrap();
    assert_eq!(words(&opened), ["0", "1"]);
    let mismatch = Warning::WordListMismatch { name: "long.metadata.tsv".into(), words: 4, rows: 2 };
    assert_eq!(opened.warnings, [mismatch, Warning::NoWordList]);
}

#[test]
fn cancelled_work_ends_as_cancelled() {
    let source = Source::from_memory("x", b"a 1 2\n".to_vec(), Vec::new()).unwrap();
    let error = open_source(&source, &Unwanted).unwrap_err();
    assert!(error.is_cancelled() && matches!(error.problem, Problem::Cancelled(Cancelled)));
}

#[test]
fn a_text_of_many_windows_reads_like_its_lines() {
    use std::fmt::Write;
    let mut text = String::new();
    for row in 0..1_500_000 {
        writeln!(text, "w{row} {row}.5 -{row}").unwrap();
    }
    assert!(text.len() > 2 * (16 << 20), "more than two windows");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("big.txt");
    fs::write(&path, &text).unwrap();
    let opened = open(&path, &Unwatched).unwrap();
    assert_eq!(opened.table.rows(), 1_500_000);
    for row in (0..1_500_000).step_by(9_973) {
        assert_eq!(opened.table.word(row), format!("w{row}"));
        assert_eq!(*opened.table.row(row), [row as f32 + 0.5, -(row as f32)]);
    }
    assert_eq!(opened.table.find("w1499999"), Some(1_499_999));
}

proptest! {
    #[test]
    fn any_bytes_end_in_a_table_or_an_error(
        start in prop_oneof![
            Just(&b""[..]), Just(&b"\x93NUMPY\x01\x00"[..]), Just(&b"3 2\n"[..]), Just(&b"\x10\0\0\0\0\0\0\0{"[..]),
            Just(&b"\x93NUMPY\x01\x00\x76\x00{'descr': '<f4', 'fortran_order': True, 'shape': (3, 2), }"[..]),
            Just(&b"a 1 2\n"[..]), Just(&b"1\t2\n"[..]),
        ],
        rest in proptest::collection::vec(any::<u8>(), 0..300),
        beside in proptest::collection::vec(any::<u8>(), 0..60),
    ) {
        let main = [start, &rest].concat();
        for name in ["vectors.tsv", "x.npy"] {
            let files = [(name, &*main), ("metadata.tsv", &beside), ("x.txt", &beside), ("tokenizer.json", &beside)];
            if let Ok(opened) = open_files(&files) {
                prop_assert!(opened.table.rows() > 0);
                let odd = opened.table.norms().iter().filter(|norm| !norm.is_finite()).count();
                prop_assert_eq!(opened.table.non_finite().map(<[u32]>::len), Some(odd));
                prop_assert!(odd < opened.table.rows());
            }
        }
    }

    #[test]
    fn text_that_almost_is_a_table_never_panics(text in "([a-z]{0,3}[ \t\r\n]|[0-9.]{1,3}[ \t\n]){0,60}") {
        let _ = open_bytes(text.as_bytes());
    }
}

/// Values as Python reads the same files: gensim 4.4.0 `KeyedVectors.load_word2vec_format` for text and binary,
/// `NumPy` 2.4.6 `load`, and safetensors' `load_file`, each widened to f32: (file, format, type, rows, dims, word,
/// its row, its first two and its last number, its length in f64).
type Reference = (&'static str, &'static str, DType, usize, usize, &'static str, usize, [f32; 3], f32);
const REFERENCES: [Reference; 6] = [
    (
        "glove-6b-100d.bin",
        "word2vec binary",
        DType::F32,
        8335,
        100,
        "queen",
        1947,
        [-0.500_45, -0.708_26, -0.560_75],
        6.006_717,
    ),
    (
        "glove-6b-50d.txt",
        "GloVe text",
        DType::F32,
        10287,
        50,
        "queen",
        2059,
        [0.378_54, 1.823_3, -0.602_84],
        5.192_759_5,
    ),
    (
        "fasttext-austen-32d.vec",
        "word2vec text",
        DType::F32,
        4547,
        32,
        "emma",
        124,
        [0.500_237_8, -0.185_547_96, 0.145_134_66],
        2.081_388_8,
    ),
    (
        "fasttext-fr-300d.npy",
        "npy",
        DType::F16,
        3998,
        300,
        "reine",
        3136,
        [0.913_085_94, -1.694_335_9, -1.989_257_8],
        30.180_68,
    ),
    (
        "minilm-token-embeddings-384d.safetensors",
        "safetensors",
        DType::F16,
        6997,
        384,
        "queen",
        2041,
        [-0.015_533_447, 0.033_081_055, -0.198_852_54],
        1.323_923_5,
    ),
    (
        "starter.metadata.tsv",
        "projector TSV",
        DType::F32,
        190,
        100,
        "queen",
        0,
        [-0.083_315, -0.117_911, 0.0],
        1.0,
    ),
];

#[test]
fn the_samples_hold_what_python_reads_in_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_vectors");
    for (file, format, dtype, rows, dims, word, row, [first, second, last], length) in REFERENCES {
        let opened = open(&folder.join(file), &Unwatched).unwrap();
        let table = &opened.table;
        assert_eq!(
            (opened.format, table.dtype(), table.rows(), table.dims()),
            (format, dtype, rows, dims),
            "{file}"
        );
        assert!(opened.warnings.is_empty(), "{file}: {:?}", opened.warnings);
        let found = table.find(word).unwrap();
        let values = table.row(found);
        assert_eq!([values[0], values[1]], [first, second], "{file}");
        assert!((table.norms()[found] - length).abs() < length * 1e-5, "{file}: {}", table.norms()[found]);
        // Every cut of the starter sets its own rows; its values and lengths are all that is held to.
        if format != "projector TSV" {
            assert_eq!((found, values[dims - 1]), (row, last), "{file}");
        }
    }
}

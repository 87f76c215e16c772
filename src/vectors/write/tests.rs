//! Every format, written and read back.

use proptest::prelude::*;

use super::*;
use crate::progress::{Unwanted, Unwatched};
use crate::vectors::rows::Rows;
use crate::vectors::words::Words;
use crate::vectors::{Column, ColumnValues, Opened, open};

const FILES: [&str; 7] = ["x.txt", "x.vec", "x.bin", "x.npy", "x.safetensors", "x.tsv", "x.parquet"];

fn round_trip(table: &Table, name: &str) -> (Opened, Written) {
    let folder = tempfile::tempdir().unwrap();
    let written = write(table, &folder.path().join(name), Companions::Kept, &Unwatched).unwrap();
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        written.files.len(),
        "nothing else is left"
    );
    let opened = open(&written.files[0], &Unwatched).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(opened.format, written.kind.name());
    (opened, written)
}

fn bits(table: &Table) -> Vec<u32> {
    table.block(0..table.rows(), &mut Vec::new()).iter().map(|value| value.to_bits()).collect()
}

/// What the format of a file makes of a word.
fn kept(word: &str, name: &str) -> String {
    match name {
        "x.txt" | "x.vec" | "x.bin" => word.replace(word2vec_text::is_changed, "_"),
        "x.tsv" => word.replace(['\t', '\n', '\r'], " "),
        "x.parquet" => word.to_owned(),
        _ => word.replace(['\n', '\r'], " "),
    }
}

fn number_of_any_size() -> impl Strategy<Value = f32> {
    prop_oneof![
        4 => -10.0_f32..10.0,
        1 => any::<u32>().prop_map(f32::from_bits).prop_filter("finite", |value| value.is_finite()),
        1 => prop::sample::select(vec![0.0, -0.0, 1.0, -1.0, f32::MAX, f32::MIN_POSITIVE, 1e-45, 16_777_216.0, 1e9]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn every_format_gives_back_what_was_written(
        dims in 2_usize..6,
        words in prop::collection::vec(prop_oneof![
            4 => "[a-z]{1,8}",
            1 => "\\PC{0,6}",
            1 => prop::sample::select(vec!["", " ", "new york", "a\tb", "a\nb", "\u{FEFF}x", "1", "0.5", "\"", "größe", "日本"])
                .prop_map(String::from),
        ], 4..20),
        numbers in prop::collection::vec(number_of_any_size(), 20 * 6),
    ) {
        let values = numbers[..words.len() * dims].to_vec();
        let table = Table::from_f32(words.clone(), values, dims);
        for name in FILES {
            let (opened, written) = round_trip(&table, name);
            let expected: Vec<String> = words.iter().map(|word| kept(word, name)).collect();
            prop_assert_eq!(opened.table.words().iter().collect::<Vec<_>>(), expected.clone(), "{}", name);
            prop_assert_eq!(bits(&opened.table), bits(&table), "{}", name);
            prop_assert_eq!(written.notes.is_empty(), expected == words, "{}", name);
        }
    }
}

#[test]
fn single_numbers_and_half_precision_survive() {
    let one = Table::from_f32(["a", "b", "c"].map(String::from).to_vec(), vec![1.0, 1e-7, -3.5e12], 1);
    for name in FILES {
        let (opened, _) = round_trip(&one, name);
        assert_eq!((bits(&opened.table), opened.table.word(2)), (bits(&one), "c"), "{name}");
    }
    let halves: Vec<u8> =
        [0.5_f32, -2.25, 1e-3, 65504.0].iter().flat_map(|&x| half::f16::from_f32(x).to_le_bytes()).collect();
    let rows = Rows::contiguous(halves.into(), DType::F16, 0, 2, 2).unwrap();
    let table = Table::new(Words::numbered(2).unwrap(), rows);
    for name in FILES {
        let (opened, _) = round_trip(&table, name);
        assert_eq!(bits(&opened.table), bits(&table), "{name}");
        let stays = matches!(name, "x.npy" | "x.safetensors");
        assert_eq!(opened.table.dtype() == DType::F16, stays, "{name}");
    }
}

#[test]
fn properties_of_rows_are_kept_where_there_is_room_and_missed_aloud_elsewhere() {
    let group =
        ColumnValues::Categories { names: vec!["n".into(), "v w".into()], of_row: vec![0, u32::MAX, 1] };
    let columns = vec![
        Column { name: "group".into(), values: group },
        Column { name: "word".into(), values: ColumnValues::Numbers(vec![1.5, 2.0, 3.0]) },
    ];
    let words = ["a", "b", "c"].map(String::from).to_vec();
    let table = Table::from_f32(words, vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 2).with_columns(columns.clone());
    for name in FILES {
        let (opened, written) = round_trip(&table, name);
        if matches!(name, "x.tsv" | "x.parquet") {
            assert!(written.notes.is_empty());
            let values = |columns: &[Column]| columns.iter().map(|c| c.values.clone()).collect::<Vec<_>>();
            assert_eq!(values(opened.table.columns()), values(&columns), "{name}");
        } else {
            assert_eq!(written.notes, ["2 further columns left out: TSV and Parquet keep them"]);
        }
    }
}

#[test]
fn an_unknown_ending_is_refused_and_what_was_there_stays() {
    let table = Table::from_f32(vec!["a".into()], vec![1.0], 1);
    let said = write(&table, Path::new("x.docx"), Companions::Kept, &Unwatched).unwrap_err().to_string();
    assert!(said.contains(".parquet") && said.ends_with("(x.docx)"), "{said}");
    let folder = tempfile::tempdir().unwrap();
    for name in FILES {
        let path = folder.path().join(name);
        std::fs::write(&path, "old").unwrap();
        assert!(
            matches!(write(&table, &path, Companions::Kept, &Unwanted), Err(WriteError::Cancelled(_))),
            "{name}"
        );
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), FILES.len());
    let missing = folder.path().join("none/x.npy");
    assert!(matches!(write(&table, &missing, Companions::Kept, &Unwatched), Err(WriteError::Io { .. })));
}

#[test]
fn the_named_file_comes_into_being_and_is_what_opens() {
    let table =
        Table::from_f32(["a", "b", "c"].map(String::from).to_vec(), vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 2);
    for name in ["x.tsv", "x.TSV", "x.vectors.tsv", "x_vectors.tsv", "vectors.tsv", "x.metadata.tsv", "x.npy"]
    {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        let written = write(&table, &path, Companions::Kept, &Unwatched).unwrap();
        assert_eq!(written.files[0], path);
        assert_eq!(written.files.len(), 2);
        for file in &written.files {
            assert!(file.is_file(), "{}", file.display());
        }
        assert_eq!(open(&path, &Unwatched).unwrap().table.word(1), "b", "{name}");
    }
}

#[test]
fn a_second_file_replaces_another_one_only_where_that_is_wanted_and_never_what_is_read() {
    let table = Table::from_f32(vec!["a".into(), "b".into()], vec![1.0, 2.0, 3.0, 4.0], 2);
    for (name, second) in
        [("x.npy", "x.words.txt"), ("x.safetensors", "x.vocab.txt"), ("x.tsv", "x.metadata.tsv")]
    {
        let folder = tempfile::tempdir().unwrap();
        let [path, second] = [name, second].map(|name| folder.path().join(name));
        std::fs::write(&second, "old").unwrap();
        let refused = |companions| {
            let error = write(&table, &path, companions, &Unwatched).unwrap_err();
            assert!(!path.exists() && std::fs::read(&second).unwrap() == b"old", "{name}");
            assert!(error.to_string().contains(second.to_str().unwrap()), "{error}");
            error
        };
        assert!(matches!(refused(Companions::Kept), WriteError::CompanionExists(_)));
        for source in [&*second, folder.path()] {
            let error = refused(Companions::Replaced { source });
            assert!(matches!(error, WriteError::CompanionIsRead(_)));
        }
        write(&table, &path, Companions::Replaced { source: &path }, &Unwatched).unwrap();
        assert!(path.exists() && std::fs::read(&second).unwrap() == b"a\nb\n", "{name}");
        // The file that was named is replaced, unless its words would be too.
        std::fs::remove_file(&second).unwrap();
        write(&table, &path, Companions::Kept, &Unwatched).unwrap();
    }
}

#[test]
fn rows_that_are_not_finite_are_written_as_the_zeros_that_they_read_as_and_said() {
    let table = Table::from_f32(vec!["a".into(), "b".into()], vec![1.0, 2.0, f32::NAN, 4.0], 2);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.vec");
    let written = write(&table, &path, Companions::Kept, &Unwatched).unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "2 2\na 1 2\nb 0 0\n");
    assert!(written.notes.iter().any(|note| note.contains("1 row with NaN")), "{:?}", written.notes);
}

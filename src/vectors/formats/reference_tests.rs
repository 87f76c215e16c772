//! The small tables in `tests/data/tables`, written by numpy, pandas, pyarrow and polars (see `make.py` there).

use std::path::Path;

use super::super::{ColumnValues, NamesFrom, Opened, Warning, open_source};
use crate::files::{Source, find};
use crate::progress::Unwatched;

const WORDS: [&str; 5] = ["cat", "new york", "größe", "say \"hi\", twice", "日本"];

fn value(row: usize, column: usize) -> f32 {
    ((7 * row + 3 * column) % 11) as f32 / 4.0 - 1.25
}

fn open_table(name: &str, parts: &[&str]) -> Opened {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/tables").join(name);
    let parts: Vec<String> = parts.iter().map(ToString::to_string).collect();
    let found = find(&path, &parts, &Unwatched).unwrap();
    open_source(&found.source, &Unwatched).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The file, its format, and its columns beside words and vectors.
const FILES: [(&str, &str, &[&str]); 18] = [
    ("numpy.npz", "npz", &["kinds"]),
    ("numpy-packed.npz", "npz", &["counts"]),
    ("pandas.parquet", "Parquet", &["kind", "count"]),
    ("pandas-wide.parquet", "Parquet", &["count"]),
    ("polars.parquet", "Parquet", &["count"]),
    ("pyarrow-gaps.parquet", "Parquet", &["kind", "count"]),
    ("pyarrow.feather", "Arrow IPC", &["kind", "count"]),
    ("pyarrow-gaps.arrows", "Arrow IPC", &["kind", "count"]),
    ("pyarrow-plain-gaps.arrow", "Arrow IPC", &["kind", "count"]),
    ("polars.arrow", "Arrow IPC", &["count"]),
    ("pandas.csv", "CSV", &["count"]),
    ("pandas-semicolon.csv", "CSV", &["count"]),
    ("pandas-lists.csv", "CSV", &["kind", "count"]),
    ("numpy-lists.csv", "CSV", &["kind", "count"]),
    ("polars.tsv", "CSV", &["count"]),
    ("pandas.jsonl", "JSON lines", &["count", "kind"]),
    ("pandas.json", "JSON", &["count", "kind"]),
    ("polars.ndjson", "JSON lines", &["id"]),
];

#[test]
fn every_library_s_table_is_read_as_it_was_written() {
    for (name, format, columns) in FILES {
        let opened = open_table(name, &[]);
        let table = &opened.table;
        assert_eq!(
            (opened.format, opened.names.clone(), table.dims()),
            (format, NamesFrom::Itself, 3),
            "{name}"
        );
        let gaps = name.contains("gaps");
        let rows: Vec<usize> = (0..5).filter(|&row| !(gaps && row == 1)).collect();
        assert_eq!(table.rows(), rows.len(), "{name}");
        for (at, &row) in rows.iter().enumerate() {
            assert_eq!(table.word(at), WORDS[row], "{name}");
            assert_eq!(*table.row(at), [value(row, 0), value(row, 1), value(row, 2)], "{name}");
        }
        let found: Vec<&str> = table.columns().iter().map(|column| &*column.name).collect();
        assert_eq!(found, columns, "{name}");
        for column in table.columns() {
            match &column.values {
                ColumnValues::Numbers(counts) => assert_eq!((counts[0], counts[rows.len() - 1]), (12.0, 5.0)),
                ColumnValues::Categories { names, of_row } => {
                    assert_eq!(names[of_row[0] as usize], "animal", "{name}");
                    assert_eq!(names[of_row[rows.len() - 1] as usize], "place", "{name}");
                }
            }
        }
        match opened.warnings.as_slice() {
            [] => assert!(!gaps, "{name}"),
            [Warning::NoVector { rows: 1, dims: 3, .. }] => assert!(gaps, "{name}"),
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn the_other_column_of_vectors_can_be_chosen() {
    for name in ["pyarrow-gaps.parquet", "pyarrow-gaps.arrows", "pyarrow.feather"] {
        let opened = open_table(name, &["small"]);
        assert_eq!(opened.choices[0].options[0].name, "embedding");
        assert_eq!((opened.table.rows(), opened.table.dims()), (5, 2), "{name}");
        assert_eq!(*opened.table.row(1), [value(1, 0), value(1, 1)]);
        assert!(opened.warnings.is_empty());
    }
}

#[test]
fn damage_anywhere_ends_in_a_table_or_an_error() {
    for (name, ..) in FILES {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/tables").join(name);
        let whole = std::fs::read(&path).unwrap();
        // The bytes of long files are damaged one in a few.
        let step = whole.len() / 400 + 1;
        for at in (0..whole.len()).step_by(step) {
            for damage in [0xFF_u8, 0x01, 0x80] {
                let mut damaged = whole.clone();
                damaged[at] ^= damage;
                let source = Source::from_memory(name, damaged, Vec::new()).unwrap();
                if let Ok(opened) = open_source(&source, &Unwatched) {
                    assert!(opened.table.rows() > 0);
                }
            }
            if at > 0 {
                let source = Source::from_memory(name, whole[..at].to_vec(), Vec::new()).unwrap();
                let _ = open_source(&source, &Unwatched);
            }
        }
    }
}

use super::*;
use crate::files::OpenError;
use crate::progress::Unwatched;
use crate::vectors::{ColumnValues, Opened, Warning, open_source};

fn open_part(text: &str, parts: &[&str]) -> Result<Opened, OpenError> {
    let parts: Vec<String> = parts.iter().map(ToString::to_string).collect();
    let source =
        Source::from_memory("x.jsonl", text.as_bytes().to_vec(), Vec::new()).unwrap().with_parts(&parts);
    open_source(&source, &Unwatched)
}

fn open(text: &str) -> Result<Opened, OpenError> {
    open_part(text, &[])
}

fn words(opened: &Opened) -> Vec<&str> {
    opened.table.words().iter().collect()
}

#[test]
fn lines_and_arrays_read_the_same() {
    let records = [
        r#"{"text": "a b", "id": 7, "embedding": [1, -2.5e0], "tag": "x", "ok": true, "more": {"a": [1]}}"#,
        r#"{"id": 8, "embedding": [3, 4], "text": "gr\u00f6\u00dfe \"q\"", "tag": null}"#,
    ];
    let array = format!(" [{}]", records.join(",\n  "));
    for (text, format) in [(records.join("\n"), LINES), (array, ARRAY)] {
        let opened = open(&text).unwrap();
        assert_eq!((opened.format, words(&opened)), (format, vec!["a b", "größe \"q\""]));
        assert_eq!(opened.table.block(0..2, &mut Vec::new()), [1.0, -2.5, 3.0, 4.0]);
        let columns = opened.table.columns();
        let mut names: Vec<&str> = columns.iter().map(|column| &*column.name).collect();
        names.sort_unstable();
        assert_eq!(names, ["id", "ok", "tag"]);
        let id = columns.iter().find(|column| column.name == "id").unwrap();
        assert_eq!(id.values, ColumnValues::Numbers(vec![7.0, 8.0]));
        assert!(opened.warnings.is_empty(), "{:?}", opened.warnings);
    }
}

#[test]
fn lines_that_are_no_records_are_counted_and_gaps_leave_rows_out() {
    let text = "{\"word\":\"a\",\"vector\":[1,2]}\nbroken\n{\"word\":\"b\",\"vector\":[1]}\n\n{\"word\":\"c\",\"vector\":[3,4]} x\n\
                {\"word\":\"d\",\"vector\":[null,4]}\n{\"word\":\"e\",\"vector\":[5,6]}\n{\"vector\":[7,8]}\n{\"word\":\"f\",\"vector\":[9,0]}\n";
    let opened = open(text).unwrap();
    assert_eq!(words(&opened), ["a", "e", "", "f"]);
    assert_eq!(*opened.table.row(3), [9.0, 0.0]);
    let skipped = Warning::SkippedLines { lines: 3, dims: 2, first: 2 };
    assert_eq!(opened.warnings[0], skipped);
    assert_eq!(opened.warnings[1], Warning::NonFinite { rows: 1, first: Place::Line(6) });
    let said = open("[{\"v\":[1,2]},{\"v\":[1,2]},{\"v\":[3").unwrap_err().to_string();
    assert!(said.contains("cannot be read on"), "{said}");
}

/// Wherever such a number stands, its line is left out and said, and an array ends there.
#[test]
fn numbers_out_of_range_are_said_in_the_first_record_as_in_others() {
    let record = |word: &str, number: &str| format!(r#"{{"word": "{word}", "vector": [1, {number}]}}"#);
    let (large, fine) = (record("a", "-1.5E+400"), record("b", "2"));
    for (lines, first) in [([&large, &fine, &fine], 1), ([&fine, &large, &fine], 2)] {
        let opened = open(&lines.map(String::as_str).join("\n")).unwrap();
        assert_eq!(words(&opened), ["b", "b"]);
        assert_eq!(opened.warnings[0], Warning::SkippedLines { lines: 1, dims: 2, first });
        let said = open(&format!("[{}]", lines.map(String::as_str).join(",\n"))).unwrap_err().to_string();
        assert!(said.contains("number out of range") && said.contains(&format!("line {first}")), "{said}");
    }
    let alone = open(&large).unwrap_err().to_string();
    assert!(alone.contains("not with 2 numbers"), "{alone}");
    let opened = open(&[record("1e500", "2"), fine, large].join("\n")).unwrap();
    assert_eq!(words(&opened), ["1e500", "b"]);
}

#[test]
fn records_of_an_array_without_a_vector_are_counted_and_left_out() {
    let row = r#"{"word":"a","vector":[1,2]}"#;
    for odd in [r#"{"word":"x","vector":null}"#, r#"{"word":"x"}"#, r#"{"word":"x","vector":[3]}"#] {
        let opened = open(&format!("[{row},{row},{odd},{row}]")).unwrap();
        assert_eq!(words(&opened), ["a"; 3]);
        let left_out = Warning::NoVector { rows: 1, dims: 2, first: Place::Row(2) };
        assert_eq!(opened.warnings[0], left_out, "{odd}");
        let said = open(&format!("[{row},{odd}]")).unwrap_err().to_string();
        assert!(said.contains("1 record without a vector of 2 numbers"), "{said}");
    }
}

#[test]
fn of_several_arrays_the_embedding_is_proposed() {
    let text = "{\"ids\":[1,2,3],\"embedding\":[1,2],\"key\":\"k\"}\n{\"ids\":[4,5,6],\"embedding\":[3,4],\"key\":\"l\"}\n";
    let opened = open(text).unwrap();
    assert_eq!(
        (opened.choices[0].name(), opened.table.dims(), words(&opened)),
        ("embedding", 2, vec!["k", "l"])
    );
    assert_eq!(open_part(text, &["ids"]).unwrap().table.dims(), 3);
}

#[test]
fn other_json_is_left_alone() {
    for text in [
        "{\"model\": {\"vocab\": {}}}",
        "[\"a\", \"b\"]",
        "[[1, 2], [3, 4]]",
        "{\"a\": [1, 2]}",
        "{\"a\": 1}\n{\"a\": 2}\n",
        "[]",
        "{}",
        "[{\"a\": []}]",
        "{",
        "[",
    ] {
        let said = open(text).unwrap_err().to_string();
        assert!(said.contains("JSON"), "{text}: {said}");
    }
    let deep = format!("{{\"v\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(open(&deep).is_err());
}

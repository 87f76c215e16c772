use super::*;
use crate::progress::Unwatched;
use crate::vectors::{ColumnValues, Opened, Warning, open_source};

fn open(text: &str, parts: &[&str]) -> Opened {
    let parts: Vec<String> = parts.iter().map(ToString::to_string).collect();
    let source =
        Source::from_memory("x.csv", text.as_bytes().to_vec(), Vec::new()).unwrap().with_parts(&parts);
    let opened = open_source(&source, &Unwatched).unwrap();
    assert_eq!(opened.format, NAME, "{text}");
    opened
}

fn words(opened: &Opened) -> Vec<&str> {
    opened.table.words().iter().collect()
}

fn values(opened: &Opened) -> Vec<f32> {
    opened.table.block(0..opened.table.rows(), &mut Vec::new()).to_vec()
}

#[test]
fn delimiters_headers_and_decimal_commas_are_found() {
    for text in [
        "word,a,b\ncat,1.5,-2\ndog,0,4e-1\n",
        "word;a;b\r\ncat;1,5;-2\r\ndog;0;0,4",
        "word\ta\tb\ncat\t1.5\t-2\ndog\t0\t.4\n",
        "cat,1.5,-2\ndog,0,0.4\n",
        "\"cat\",\"1.5\",\"-2\"\n\"dog\",\"0\",\"0.4\"\n",
        "word,0,1\ncat,1.5,-2\ndog,0,0.4\n",
        "\u{FEFF}word,x,y\ncat,1.5,-2\ndog,0,0.4\n",
        "word,v\ncat,\"[1.5, -2]\"\ndog,\"[0, 0.4]\"\n",
        "word,v\ncat,1.5 -2\ndog,0 .4\n",
    ] {
        let opened = open(text, &[]);
        assert_eq!(
            (words(&opened), values(&opened)),
            (vec!["cat", "dog"], vec![1.5, -2.0, 0.0, 0.4]),
            "{text}"
        );
        assert!(opened.warnings.is_empty(), "{text}: {:?}", opened.warnings);
    }
}

#[test]
fn rows_that_look_like_titles_numbers_or_lists_are_still_rows() {
    for (text, names, numbers) in [
        ("cat,0,1\ndog,1,0\nowl,1,1\n", vec!["cat", "dog", "owl"], vec![0.0, 1.0, 1.0, 0.0, 1.0, 1.0]),
        ("cat\t0\t1\ndog\t1\t0\n", vec!["cat", "dog"], vec![0.0, 1.0, 1.0, 0.0]),
        ("word,x,y\n1900,1.5,2\n1901,3,4\n", vec!["1900", "1901"], vec![1.5, 2.0, 3.0, 4.0]),
        ("w0;0,1994;0,8801\nw1;0,5;0,25\n", vec!["w0", "w1"], vec![0.1994, 0.8801, 0.5, 0.25]),
        ("word,x,y,text\na,1,2,hello 3\nb,4,5,hello 6\n", vec!["a", "b"], vec![1.0, 2.0, 4.0, 5.0]),
    ] {
        let source = Source::from_memory("x.csv", text.as_bytes().to_vec(), Vec::new()).unwrap();
        let opened = open_source(&source, &Unwatched).unwrap();
        assert_eq!((words(&opened), values(&opened)), (names, numbers), "{text}");
    }
    let counted = open("anything,0,1,2,3,4\ncat,1.5,2,3,4,5\n", &[]);
    assert_eq!((words(&counted), counted.table.dims()), (vec!["cat"], 5));
}

#[test]
fn columns_beside_the_vector_are_properties() {
    let opened = open(",word,kind,count,d0,d1,note\n0,cat,n,5,1,2,x\n1,run,v,7,3,4,\n", &[]);
    assert_eq!((words(&opened), values(&opened)), (vec!["cat", "run"], vec![1.0, 2.0, 3.0, 4.0]));
    let columns = opened.table.columns();
    let names: Vec<&str> = columns.iter().map(|column| &*column.name).collect();
    assert_eq!(names, ["kind", "count", "note"]);
    assert_eq!(columns[1].values, ColumnValues::Numbers(vec![5.0, 7.0]));
    assert!(
        matches!(&columns[2].values, ColumnValues::Categories { of_row, .. } if *of_row == [0, u32::MAX])
    );
}

#[test]
fn of_several_vectors_one_is_chosen() {
    let text = "word,x,y,long\ncat,1,2,\"[1, 2, 3]\"\ndog,3,4,\"[4, 5, 6]\"\n";
    let opened = open(text, &[]);
    assert_eq!((opened.choices[0].name(), opened.table.dims()), ("long", 3));
    assert_eq!(opened.choices[0].options[1].name, "x … y");
    assert_eq!(values(&open(text, &["x … y"])), [1.0, 2.0, 3.0, 4.0]);
}

#[test]
fn quotes_hold_delimiters_quotes_and_line_ends_and_stray_ones_are_letters() {
    let text = "word,a,b\n\"new, york\",1,2\n\"say \"\"hi\"\"\",3,4\n\"two\nlines\",5,6\n5\" disk,7,8\n\",9,10\nlast,11,12\n";
    let opened = open(text, &[]);
    assert_eq!(words(&opened), ["new, york", "say \"hi\"", "two\nlines", "5\" disk", "\"", "last"]);
    assert_eq!(values(&opened), (1..=12).map(|i| i as f32).collect::<Vec<_>>());
    assert!(opened.warnings.is_empty(), "{:?}", opened.warnings);
    let bad = "word,a,b\n\"two\nlines\",5,6\nno row\ncat,1,2\ndog,nan,1\n";
    let opened = open(bad, &[]);
    assert_eq!(words(&opened), ["two\nlines", "cat"]);
    let skipped = Warning::SkippedLines { lines: 1, dims: 2, first: 4 };
    let not_finite = Warning::NonFinite { rows: 1, first: crate::files::Place::Line(6) };
    assert_eq!(opened.warnings, [skipped, not_finite]);
}

#[test]
fn quotes_that_are_letters_take_no_rows_with_them() {
    use std::fmt::Write;
    let mut text = String::from("word\tx\ty\n");
    let mut expected: Vec<String> = (0..54).map(|row| format!("w{row}")).collect();
    for (row, word) in [(7, "\""), (20, "\"hello"), (33, "5\""), (40, "\""), (41, "\"")] {
        word.clone_into(&mut expected[row]);
    }
    for (row, word) in expected.iter().enumerate() {
        writeln!(text, "{word}\t{row}.5\t-{row}").unwrap();
    }
    let opened = open(&text, &[]);
    assert_eq!(words(&opened), expected);
    assert!(
        opened.table.row(53)[0] == 53.5
            && opened.warnings.iter().all(|w| matches!(w, Warning::Duplicates { .. }))
    );
    for broken in [0, 5, 38, 39] {
        let mut text = String::from("x,y,word\n");
        for row in 0..40 {
            writeln!(text, "{row}.5,-{row},{}", if row == broken { "\"broken" } else { "w" }).unwrap();
        }
        let opened = open(&text, &[]);
        assert_eq!((opened.table.rows(), opened.table.word(broken)), (40, "\"broken"), "{broken}");
    }
}

#[test]
fn gaps_in_numbers_leave_their_rows_out() {
    let opened = open("word,a,b\ncat,1,2\ndog,,2\nfox,NA,1\nhen,3,4\n", &[]);
    assert_eq!(words(&opened), ["cat", "hen"]);
    assert!(matches!(opened.warnings[..], [Warning::NonFinite { rows: 2, .. }]));
}

#[test]
fn other_texts_are_left_alone() {
    for text in [
        "Call me Ishmael. Some years ago, never mind how long,\nhaving little money, and nothing\n",
        "word,count\ncat,1\ndog,2\n",
        "a,b,c\nd,e,f\n",
        "tiger\tcat\t7.35\ntiger\ttiger\t10\n",
        "cat 1 2\ndog 3 4\n",
        "{\"a\": [1, 2]}\n",
        "",
        ",",
        "\"",
    ] {
        assert!(Layout::of(text.as_bytes(), &[]).is_none() || text == "cat 1 2\ndog 3 4\n", "{text}");
    }
}

#[test]
fn many_pieces_read_like_one() {
    use std::fmt::Write;
    let mut text = String::from("word,kind,a,b\n");
    for row in 0..150_000 {
        let end = if row % 7 == 0 { "\n" } else { "" };
        writeln!(text, "\"w{row},{end}\",k{},{row}.5,-{row}", row % 3).unwrap();
    }
    assert!(text.len() > 4 * (512 << 10), "more than one piece");
    let opened = open(&text, &[]);
    assert_eq!(opened.table.rows(), 150_000);
    for row in (0..150_000).step_by(997) {
        assert!(opened.table.word(row).starts_with(&format!("w{row},")));
        assert_eq!(*opened.table.row(row), [row as f32 + 0.5, -(row as f32)]);
    }
    let ColumnValues::Categories { names, of_row } = &opened.table.columns()[0].values else { panic!() };
    assert!(names.len() == 3 && of_row[149_999] == 149_999 % 3);
    assert!(opened.warnings.is_empty(), "{:?}", opened.warnings);
}

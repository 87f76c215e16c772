//! The Embedding Projector's pair: `x.tsv` with the numbers, `x.metadata.tsv` with words and further columns.
//!
//! As the projector wants it, metadata of one column has no header, and of several has one. Tabs and line ends in words
//! and values become spaces, and that is said.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{Output, number, pair};
use crate::vectors::formats::metadata_of;
use crate::vectors::{Column, ColumnValues};

/// Where words and columns of the numbers in `path` go: where they are looked for first when it is opened.
pub fn companion(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(metadata_of(&name).unwrap_or_else(|| format!("{name}.metadata.tsv")))
}

/// Writes the two files.
pub fn write(output: &mut Output<'_>) -> io::Result<Vec<PathBuf>> {
    let table = output.table;
    let changed = table.words().iter().filter(|word| word.contains(ends_field)).count();
    output.say_changed(changed, "tabs and line ends in words became spaces");
    pair(
        output.path,
        |out| {
            output.blocks(|_, values| values.chunks_exact(table.dims()).try_for_each(|row| vector(out, row)))
        },
        &companion(output.path),
        |out| metadata(output, out),
    )
}

/// One line of numbers. A lone number gets a point, so that a list of them is told from a list of words.
fn vector(out: &mut impl Write, row: &[f32]) -> io::Result<()> {
    if let &[value] = row {
        let mut text = Vec::new();
        number(&mut text, value)?;
        if !text.contains(&b'.') {
            let end = text.iter().position(|&byte| byte == b'e').unwrap_or(text.len());
            text.splice(end..end, *b".0");
        }
        text.push(b'\n');
        return out.write_all(&text);
    }
    for (i, &value) in row.iter().enumerate() {
        if i > 0 {
            out.write_all(b"\t")?;
        }
        number(out, value)?;
    }
    out.write_all(b"\n")
}

fn metadata(output: &Output<'_>, out: &mut impl Write) -> io::Result<()> {
    let (table, columns) = (output.table, output.table.columns());
    if !columns.is_empty() {
        write!(out, "word")?;
        for column in columns {
            write!(out, "\t{}", column.name.replace(ends_field, " "))?;
        }
        writeln!(out)?;
    }
    for (row, word) in table.words().iter().enumerate() {
        if row == 0 && columns.is_empty() && word.starts_with('\u{FEFF}') {
            write!(out, "\u{FEFF}")?;
        }
        write!(out, "{}", word.replace(ends_field, " "))?;
        for column in columns {
            out.write_all(b"\t")?;
            value(out, column, row)?;
        }
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// What a column says of a row; nothing where it says nothing.
fn value(out: &mut impl Write, column: &Column, row: usize) -> io::Result<()> {
    match &column.values {
        ColumnValues::Categories { names, of_row } => match names.get(of_row[row] as usize) {
            Some(name) => write!(out, "{}", name.replace(ends_field, " ")),
            None => Ok(()),
        },
        ColumnValues::Numbers(numbers) if numbers[row].is_nan() => Ok(()),
        ColumnValues::Numbers(numbers) => number(out, numbers[row]),
    }
}

fn ends_field(letter: char) -> bool {
    matches!(letter, '\t' | '\n' | '\r')
}

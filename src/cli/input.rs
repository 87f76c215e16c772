//! What commands are given: files, samples and words.

use std::borrow::Cow;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::output::Output;
use super::timings::Timings;
use super::{Failure, say};
use crate::progress::Unwatched;
use crate::scene::document::{self, Document, DocumentSource};
use crate::scene::numbers;
use crate::scene::words::UnknownWord;
use crate::tokens::LONGEST_TEXT;
use crate::vectors::Table;

/// What every command about one file takes.
#[derive(Debug, Args)]
pub struct Input {
    /// A file, or a sample that comes with the program as sample:NAME
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Of an archive, a model or a table, the file, matrix or column to open, by its name (may be given several times)
    #[arg(long = "part", value_name = "NAME")]
    pub parts: Vec<String>,
    #[command(flatten)]
    pub output: Output,
}

impl Input {
    /// Opens the file, whatever it holds, and begins to measure.
    ///
    /// # Errors
    /// If it cannot be opened.
    pub fn open(&self) -> Result<(Document, Timings), Failure> {
        let mut timings = Timings::new(self.output.timings);
        let document = document::open(&source(&self.file, &self.parts), &Unwatched)?;
        timings.end("load");
        Ok((document, timings))
    }

    /// Opens a file of vectors; its warnings go to standard error.
    ///
    /// # Errors
    /// If it cannot be opened or holds a tokenizer.
    pub fn open_table(&self) -> Result<(Arc<Table>, Document, Timings), Failure> {
        let (document, timings) = self.open()?;
        for warning in &document.warnings {
            say(&format!("warning: {warning}"));
        }
        match &document.table {
            Some(table) => Ok((Arc::clone(table), document, timings)),
            None => {
                let file = self.file.display();
                Err(Failure::Said(format!(
                    "this file holds a tokenizer and no vectors: try `lexiscope tokenize -t {file} TEXT`, or name a file \
                     of vectors ({file})"
                )))
            }
        }
    }
}

/// Where a document comes from, as the command line says it.
pub fn source(file: &Path, parts: &[String]) -> DocumentSource {
    match file.to_str().and_then(|name| name.strip_prefix("sample:")) {
        Some(id) => DocumentSource::Sample(id.to_owned()),
        None => DocumentSource::file(file.to_owned(), parts.to_vec()),
    }
}

/// A whole text, of at most [`LONGEST_TEXT`] bytes: devices and pipes may never end.
///
/// # Errors
/// If it cannot be read, is longer, or is not UTF-8. `name` says where it comes from.
pub fn text_of(from: impl Read, name: &str) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let read = from.take(LONGEST_TEXT as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|error| Failure::Said(format!("the text could not be read: {error} ({name})")))?;
    if bytes.len() > LONGEST_TEXT {
        let limit = LONGEST_TEXT >> 20;
        return Err(Failure::Said(format!(
            "the text is longer than {limit} MiB: cut it into parts ({name})"
        )));
    }
    String::from_utf8(bytes).map_err(|error| {
        let place = error.utf8_error().valid_up_to();
        Failure::Said(format!("the text is not UTF-8 at byte {place}: save it as UTF-8 ({name})"))
    })
}

/// How many unknown words are compared with the whole vocabulary for near spellings.
const MOST_EXPLAINED: usize = 10;

/// The rows of words, spelled exactly so: scripts must not be given another word than they asked for.
///
/// # Errors
/// Names every word that is not there, and near spellings of the first of them.
pub fn rows_of<W: AsRef<str>>(table: &Table, words: &[W]) -> Result<Vec<u32>, Failure> {
    Ok(look_up(table, words, |_| false)?.into_iter().flatten().collect())
}

/// The same, and none for a word whose vector [`Table::vector_of`] makes of its parts, which is said on standard error.
///
/// # Errors
/// As [`rows_of`], but for those words.
pub fn rows_or_parts<W: AsRef<str>>(table: &Table, words: &[W]) -> Result<Vec<Option<u32>>, Failure> {
    look_up(table, words, |word| {
        let made = table.vector_of(word).is_some();
        if made {
            say(&format!("note: “{word}” has no row in this file: its vector is made of its parts"));
        }
        made
    })
}

/// The numbers of a row.
///
/// # Errors
/// If they are not all finite: they say nothing, and nothing is near to them.
pub fn row_of(table: &Table, row: usize) -> Result<Cow<'_, [f32]>, Failure> {
    if table.norm(row).is_finite() {
        return Ok(table.row(row));
    }
    let word = numbers::visible(table.word(row));
    Err(Failure::Said(format!(
        "row {row} (“{word}”) holds NaN or infinity and is no vector: train or export the vectors again, or choose \
         another row"
    )))
}

/// The vector of a word that [`rows_or_parts`] found.
///
/// # Errors
/// As [`row_of`].
pub fn vector_of<'a>(table: &'a Table, word: &str) -> Result<Cow<'a, [f32]>, Failure> {
    match table.find(word) {
        Some(row) => row_of(table, row),
        None => Ok(table.vector_of(word).unwrap_or_default()),
    }
}

/// Says on standard error what a table told only while it was worked with.
pub fn say_warnings(table: &Table) {
    for warning in document::warnings_since(table) {
        say(&format!("warning: {warning}"));
    }
}

fn look_up<W: AsRef<str>>(
    table: &Table,
    words: &[W],
    may_lack: impl Fn(&str) -> bool,
) -> Result<Vec<Option<u32>>, Failure> {
    let mut unknown: Vec<&str> = Vec::new();
    let mut rows = Vec::with_capacity(words.len());
    for word in words.iter().map(AsRef::as_ref) {
        let row = table.find(word).map(|row| row as u32);
        rows.push(row);
        if row.is_none() && !unknown.contains(&word) && !may_lack(word) {
            unknown.push(word);
        }
    }
    if unknown.is_empty() {
        return Ok(rows);
    }
    let (explained, rest) = unknown.split_at(unknown.len().min(MOST_EXPLAINED));
    let mut said: Vec<String> = explained
        .iter()
        .map(|word| {
            let near = table.near_spellings(word, 3).into_iter().map(str::to_owned).collect();
            UnknownWord { word: (*word).to_owned(), near }.to_string()
        })
        .collect();
    if !rest.is_empty() {
        said.push(format!("Nor are these: {}.", rest.join(", ")));
    }
    Err(Failure::Said(said.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_is_not_finite_is_no_vector_whether_or_not_lengths_are_known() {
        let words = ["a", "b"].map(String::from).to_vec();
        let table = Table::from_f32(words, vec![1.0, 2.0, f32::NAN, 0.0], 2);
        for _ in 0..2 {
            assert_eq!(*vector_of(&table, "a").ok().unwrap(), [1.0, 2.0]);
            let Err(Failure::Said(message)) = vector_of(&table, "b") else { panic!("it holds NaN") };
            assert!(message.contains("row 1 (“b”) holds NaN"), "{message}");
            assert!(row_of(&table, 1).is_err() && row_of(&table, 0).is_ok());
            table.norms();
        }
    }

    #[test]
    fn a_text_without_end_is_refused() {
        let Err(Failure::Said(message)) = text_of(std::io::repeat(b'a'), "a pipe") else {
            panic!("it has no end")
        };
        assert!(message.contains("256 MiB") && message.contains("a pipe"), "{message}");
        assert_eq!(text_of("a b".as_bytes(), "a file").ok().as_deref(), Some("a b"));
    }
}

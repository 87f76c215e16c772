//! Opening a file of vectors, whatever its format.
//!
//! Limits: rows of at most 65,536 numbers ([`MAX_DIMS`]), fewer than 4,294,967,295 rows, 4 GiB of names, and lists of
//! words of at most 2 GiB. Sizes that a file declares are checked against the bytes that it has before anything is
//! allocated for them.

use std::path::{Path, PathBuf};

use super::formats::{FORMATS, Format, MAX_DIMS, NamesFrom, Parsed, Places, known_but_unsupported};
use super::table::Table;
use super::warning::Warning;
use crate::files::problem::{OpenError, Problem};
use crate::files::{Choice, Source, find};
use crate::progress::{Part, Progress};

/// A table, and what is known of the file that it came from.
#[derive(Debug)]
pub struct Opened {
    /// The rows and their names.
    pub table: Table,
    /// The format, as [`Format::name`] calls it.
    pub format: &'static str,
    /// Where the names of the rows come from.
    pub names: NamesFrom,
    /// What else could be opened instead: another matrix of a model, another column of a table.
    pub choices: Vec<Choice>,
    /// What else the file says of itself: a name and a value, as people read them.
    pub facts: Vec<(String, String)>,
    /// What was not right.
    pub warnings: Vec<Warning>,
}

/// Opens a file on disk, packed or not, and the files beside it that complete it.
///
/// # Errors
/// What was wrong, where, and what to do.
pub fn open(path: &Path, progress: &dyn Progress) -> Result<Opened, OpenError> {
    let attempt = || {
        let found = find(path, &[], &Part::new(progress, 0.0, 0.5))?;
        open_inner(&found.source, &Part::new(progress, 0.5, 1.0))
    };
    attempt().map_err(|problem| OpenError { problem, path: path.to_path_buf() })
}

/// Opens a file that is in memory, with companions if it needs any.
///
/// # Errors
/// As [`open`].
pub fn open_source(source: &Source, progress: &dyn Progress) -> Result<Opened, OpenError> {
    open_inner(source, progress).map_err(|problem| OpenError { problem, path: PathBuf::from(source.name()) })
}

/// The format of a file by its bytes, if it is one that vectors come in.
#[must_use]
pub fn sniff(source: &Source) -> Option<&'static dyn Format> {
    FORMATS.iter().copied().find(|format| format.recognizes(source))
}

fn open_inner(source: &Source, progress: &dyn Progress) -> Result<Opened, Problem> {
    let Some(format) = sniff(source) else {
        return Err(known_but_unsupported(source.bytes()).unwrap_or(Problem::Unrecognized));
    };
    let parsed = format.read(source, &Part::new(progress, 0.0, 0.8))?;
    finish(parsed, format.name(), &Part::new(progress, 0.8, 1.0))
}

/// What all formats have in common: rows that are not finite are dropped from lists of words with their vectors, and said
/// where rows are those of a matrix; equal and empty names are counted.
fn finish(parsed: Parsed, format: &'static str, progress: &dyn Progress) -> Result<Opened, Problem> {
    let Parsed { words, rows, columns, subwords, names, choices, facts, mut warnings, missing, places } =
        parsed;
    debug_assert!(rows.dims() <= MAX_DIMS);
    if words.is_empty() {
        return Err(Problem::Malformed {
            format,
            place: places.of(0),
            what: "there is no row".into(),
            advice: "write the file again with its vectors",
        });
    }
    let table = Table::new(words, rows).with_columns(columns).with_subwords(subwords);
    let empty_names = empty_names(&table, &places);
    let (table, dropped) = if missing.is_empty() && table.is_matrix() {
        // Rows are known by their numbers: none is left out, but for arithmetic it reads as zeros. A vast table is not
        // read at opening: what is not finite in it shows when its lengths are first asked for.
        if !table.is_vast() {
            table.norms_with(progress)?;
        }
        (table, Vec::new())
    } else {
        table.without_non_finite(progress)?
    };
    let none_is_finite = table.non_finite().is_some_and(|odd| odd.len() == table.rows());
    if table.rows() == 0 || none_is_finite {
        return Err(Problem::Malformed {
            format,
            place: places.of(0),
            what: "every row holds NaN or infinity".into(),
            advice: "train or export the vectors again",
        });
    }
    if let Some(&first) = missing.first() {
        warnings.push(Warning::NoVector { rows: missing.len(), dims: table.dims(), first: places.of(first) });
    }
    let mut non_finite = dropped.iter().filter(|&row| missing.binary_search(row).is_err());
    if let Some(&first) = non_finite.next() {
        warnings.push(Warning::NonFinite { rows: 1 + non_finite.count(), first: places.of(first) });
    }
    let duplicates = table.index().duplicates();
    if let Some(&first) = duplicates.first() {
        let first = table.word(first as usize).to_owned();
        warnings.push(Warning::Duplicates { rows: duplicates.len(), first });
    }
    warnings.extend(empty_names);
    progress.report(1.0);
    Ok(Opened { table, format, names, choices, facts, warnings })
}

fn empty_names(table: &Table, places: &Places) -> Option<Warning> {
    let mut empty = (0..table.rows()).filter(|&row| table.word(row).is_empty());
    let first = places.of(empty.next()?);
    Some(Warning::EmptyNames { rows: 1 + empty.count(), first })
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod variant_tests;

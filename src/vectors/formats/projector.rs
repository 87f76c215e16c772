//! The Embedding Projector's pairs of TSV files: one of numbers only, one of names and further columns.
//!
//! Source: the projector's "Load data" dialog. Its convention: metadata of one column has no header, metadata of
//! several columns has one. Either file of a pair may be the one that is opened.

use super::super::rows::Rows;
use super::super::table::Column;
use super::super::warning::Warning;
use super::super::words::Words;
use super::columns::Values;
use super::survey::survey;
use super::text::{Shape, parse, trim_end};
use super::text_table::most_lines_agree;
use super::vocabulary::{count_lines, lines};
use super::{Format, NamesFrom, Parsed, Places, check_shape};
use crate::files::Source;
use crate::files::problem::Problem;
use crate::progress::Progress;

const NAME: &str = "projector TSV";

/// How the two files of a pair are called: the numbers, the names. `*` stands for anything that both share.
const PAIRS: &[(&str, &str)] = &[
    ("*.vectors.tsv", "*.metadata.tsv"),
    ("*_vectors.tsv", "*_metadata.tsv"),
    ("*vectors.tsv", "*metadata.tsv"),
    ("*.tensors.tsv", "*.meta.tsv"),
    ("*tensors.tsv", "*meta.tsv"),
    ("*tensors.tsv", "*metadata.tsv"),
    ("*vecs.tsv", "*meta.tsv"),
    ("*.tsv", "*.metadata.tsv"),
    ("*.tsv", "metadata.tsv"),
];

/// The projector's pair of TSV files.
pub struct Projector;

impl Format for Projector {
    fn name(&self) -> &'static str {
        NAME
    }

    fn recognizes(&self, source: &Source) -> bool {
        numbers_only(source) || vectors_of(source).is_some()
    }

    fn read(&self, source: &Source, progress: &dyn Progress) -> Result<Parsed, Problem> {
        let turned = if numbers_only(source) { None } else { vectors_of(source) };
        read(turned.as_ref().unwrap_or(source), None, progress)
    }
}

/// Reads a file of numbers, with the metadata of a given name beside another file, or that of its pair.
///
/// # Errors
/// As [`Format::read`].
pub(super) fn read(
    vectors: &Source,
    metadata: Option<(&Source, &str)>,
    progress: &dyn Progress,
) -> Result<Parsed, Problem> {
    let text = survey(vectors.bytes()).ok_or(Problem::Unrecognized)?;
    most_lines_agree(NAME, &text)?;
    check_shape(NAME, 1, text.shape.dims as u64)?;
    let found = parse(vectors.bytes(), text.start, 1, Shape { named: false, ..text.shape }, progress)?;
    let mut warnings = found.warnings(text.shape.dims);
    let (words, columns, names) = match metadata {
        Some((source, name)) => {
            names_in(source, Some(name), found.rows, lines_of(vectors), &found.places, &mut warnings)?
        }
        None => names(vectors, found.rows, &found.places, &mut warnings)?,
    };
    let rows = Rows::owned(found.values, text.shape.dims);
    Ok(Parsed { columns, names, warnings, places: found.places, ..Parsed::new(words, rows) })
}

/// How many lines of a file of numbers metadata may have lines for.
fn lines_of(vectors: &Source) -> u64 {
    count_lines(vectors.bytes()) - blank_lines_at_the_end(vectors.bytes())
}

/// Whether every field of every line is a number.
fn numbers_only(source: &Source) -> bool {
    survey(source.bytes()).is_some_and(|text| !text.shape.named && text.tabs)
}

/// The numbers that belong to the file, if it is the metadata of a pair.
fn vectors_of(source: &Source) -> Option<Source> {
    partners(source.name(), |&(vectors, names)| (names, vectors))
        .filter(|name| source.has(name))
        .filter_map(|name| source.turned_to(&name).ok())
        .find(numbers_only)
}

/// What the metadata of a file of numbers is called, of all names the one that counts first.
pub(in crate::vectors) fn metadata_of(vectors: &str) -> Option<String> {
    partners(vectors, |&(vectors, names)| (vectors, names)).next()
}

/// The names that the other file of a pair may have. How the ending of a file is spelled makes no difference.
fn partners<'a>(
    name: &'a str,
    direction: impl Fn(&'static (&'static str, &'static str)) -> (&'static str, &'static str) + 'a,
) -> impl Iterator<Item = String> + 'a {
    PAIRS.iter().filter_map(move |pair| {
        let (own, other) = direction(pair);
        let own = own.trim_start_matches('*');
        let (shared, end) = name.split_at_checked(name.len().checked_sub(own.len())?)?;
        end.eq_ignore_ascii_case(own).then(|| other.replace('*', shared))
    })
}

/// Words and columns from the metadata beside the numbers; numbered rows if there is none that fits.
///
/// The first metadata that is there counts, by the pair's own name before the name that a whole folder shares: if it has
/// another length, a stranger's would be no better. A line of metadata belongs to a line of the vectors file, whether or
/// not that line is a row.
fn names(
    vectors: &Source,
    rows: usize,
    places: &Places,
    warnings: &mut Vec<Warning>,
) -> Result<(Words, Vec<Column>, NamesFrom), Problem> {
    let mut partners = partners(vectors.name(), |&(vectors, names)| (vectors, names));
    let name = partners.find(|name| vectors.has(name));
    names_in(vectors, name.as_deref(), rows, lines_of(vectors), places, warnings)
}

/// Words and columns from the metadata called `name` beside `source`; numbered rows if there is none, or none that has a
/// line for each of `expected` lines, with or without a header.
pub(super) fn names_in(
    source: &Source,
    name: Option<&str>,
    rows: usize,
    expected: u64,
    places: &Places,
    warnings: &mut Vec<Warning>,
) -> Result<(Words, Vec<Column>, NamesFrom), Problem> {
    if let Some(name) = name
        && let Some(text) = source.text_beside(name)?
    {
        let count = count_lines(&text);
        let has_header = count == expected + 1;
        if has_header || count == expected {
            let header = has_header.then(|| fields(lines(&text).next().unwrap_or_default()));
            let named = lines(&text).skip(usize::from(has_header)).zip(1..);
            let of_rows =
                named.filter(|&(_, line)| !places.is_skipped(line)).map(|(name, _)| name).take(rows);
            let (words, columns) = metadata(of_rows, header, warnings)?;
            return Ok((words, columns, NamesFrom::Beside(name.to_owned())));
        }
        let name = name.to_owned();
        warnings.push(Warning::WordListMismatch { name, words: count, rows: rows as u64 });
    }
    warnings.push(Warning::NoWordList);
    Ok((Words::numbered(rows)?, Vec::new(), NamesFrom::Numbers))
}

/// How many lines after the last one that holds something are blank.
fn blank_lines_at_the_end(text: &[u8]) -> u64 {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    let from_the_end = text.rsplit(|&byte| byte == b'\n');
    from_the_end.take_while(|line| trim_end(line).is_empty()).count() as u64
}

/// The fields of a line of metadata, as many as are kept: a line of tabs alone would make a column of every byte.
fn fields(line: &[u8]) -> Vec<String> {
    const MOST: usize = 257;
    String::from_utf8_lossy(line).split('\t').take(MOST).map(String::from).collect()
}

/// One word a line, and a column for each further field.
fn metadata<'a>(
    lines: impl Iterator<Item = &'a [u8]>,
    header: Option<Vec<String>>,
    warnings: &mut Vec<Warning>,
) -> Result<(Words, Vec<Column>), Problem> {
    let called =
        |name: &String| matches!(name.to_lowercase().as_str(), "word" | "words" | "token" | "label" | "name");
    let word_at = header.iter().flatten().position(called).unwrap_or(0);
    let mut names = header.unwrap_or_default();
    let mut words = Words::default();
    let mut columns: Vec<Values> = Vec::new();
    let mut invalid = 0;
    for (row, line) in lines.enumerate() {
        invalid += usize::from(std::str::from_utf8(line).is_err());
        let mut fields = fields(line);
        let word = if word_at < fields.len() { fields.remove(word_at) } else { String::new() };
        words.push(&word)?;
        // Only the first line, or the header, says how many columns there are.
        if row == 0 {
            columns.resize_with(fields.len().max(names.len().saturating_sub(1)), Values::default);
        }
        let mut fields = fields.into_iter();
        for column in &mut columns {
            column.push(&fields.next().unwrap_or_default());
        }
    }
    if invalid > 0 {
        warnings.push(Warning::InvalidUtf8 { words: invalid });
    }
    if word_at < names.len() {
        names.remove(word_at);
    }
    let mut names = names.into_iter();
    let column = |(i, values): (usize, Values)| {
        let name = names.next().filter(|name| !name.is_empty());
        values.into_column(name.unwrap_or_else(|| format!("column {}", i + 2)))
    };
    Ok((words, columns.into_iter().enumerate().filter_map(column).collect()))
}

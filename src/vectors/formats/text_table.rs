//! Tables as text: `GloVe`'s, without a header, and word2vec's (also fastText's `.vec`), with a first line `V d`.
//!
//! Sources: `GloVe/src/glove.c` (`-write-header`), `word2vec/trunk/word2vec.c` (`-binary 0`), and fastText's
//! "Word vectors" page. Words are UTF-8, fields are separated by single spaces, a `.vec` row ends with one more. Columns
//! with titles above them, separated by tabs, are [`super::delimited`]'s.

use super::super::rows::Rows;
use super::super::warning::Warning;
use super::survey::{Survey, survey};
use super::text::parse;
use super::{Format, NamesFrom, Parsed, check_shape, malformed};
use crate::files::Source;
use crate::files::problem::{Place, Problem, count};
use crate::progress::Progress;

const GLOVE: &str = "GloVe text";
const WORD2VEC: &str = "word2vec text";

/// A word and its numbers on each line, and nothing else.
pub struct GloVeText;

/// The same below a line that says how many rows and how many numbers follow.
pub struct Word2VecText;

impl Format for GloVeText {
    fn name(&self) -> &'static str {
        GLOVE
    }

    fn recognizes(&self, source: &Source) -> bool {
        survey(source.bytes()).is_some_and(|text| text.header.is_none() && !text.columns)
    }

    fn read(&self, source: &Source, progress: &dyn Progress) -> Result<Parsed, Problem> {
        read(GLOVE, source, progress)
    }
}

impl Format for Word2VecText {
    fn name(&self) -> &'static str {
        WORD2VEC
    }

    fn recognizes(&self, source: &Source) -> bool {
        survey(source.bytes()).is_some_and(|text| text.header.is_some())
    }

    fn read(&self, source: &Source, progress: &dyn Progress) -> Result<Parsed, Problem> {
        read(WORD2VEC, source, progress)
    }
}

fn read(format: &'static str, source: &Source, progress: &dyn Progress) -> Result<Parsed, Problem> {
    let text = survey(source.bytes()).ok_or(Problem::Unrecognized)?;
    most_lines_agree(format, &text)?;
    check_shape(format, 1, text.shape.dims as u64)?;
    let first_line = if text.header.is_some() { 2 } else { 1 };
    let found = parse(source.bytes(), text.start, first_line, text.shape, progress)?;
    let misfits = found.misfits.map_or(0, |(lines, _)| lines);
    if let Some((_, first)) = found.misfits
        && misfits >= found.rows as u64
    {
        let what = format!("{} from here on not with {} numbers", count(misfits, "line"), text.shape.dims);
        return Err(malformed(format, Place::Line(first), what, "write all rows with the same length"));
    }
    let mut warnings = found.warnings(text.shape.dims);
    if let Some((rows, dims)) = text.header {
        if dims != text.shape.dims as u64 {
            warnings.push(Warning::HeaderDims { said: dims, found: text.shape.dims as u64 });
        }
        if rows != found.rows as u64 {
            warnings.push(Warning::HeaderRows { said: rows, found: found.rows as u64 });
        }
    }
    let rows = Rows::owned(found.values, text.shape.dims);
    let (words, names) = if text.shape.named {
        (found.words, NamesFrom::Itself)
    } else {
        warnings.push(Warning::NoWordList);
        (super::super::words::Words::numbered(found.rows)?, NamesFrom::Numbers)
    };
    Ok(Parsed { names, warnings, places: found.places, ..Parsed::new(words, rows) })
}

/// Refuses a text whose first lines have no common length: nobody can say how long its rows should be.
pub(super) fn most_lines_agree(format: &'static str, text: &Survey) -> Result<(), Problem> {
    if text.agreeing * 2 > text.lengths.len() {
        return Ok(());
    }
    let dims = text.shape.dims;
    let (line, length) = text.lengths.iter().copied().find(|&(_, length)| length != dims).unwrap_or_default();
    let line = line + u64::from(text.header.is_some());
    let what = format!("{length} numbers here, {dims} on other lines, and no length that most lines share");
    Err(malformed(format, Place::Line(line), what, "write all rows with the same length"))
}

//! Tables as text with commas, semicolons, tabs or bars: CSV and TSV, with or without a header and quotes.
//!
//! Source: RFC 4180, and what spreadsheets and data frames write. The delimiter is the one that makes the longest
//! vectors. The vector is a series of number columns (see [`super::roles`]), or one column of lists such as
//! `[0.1, 0.2]` or `0.1 0.2`. One column of text names the rows, the others are properties. Numbers have a decimal point,
//! or, where commas do not delimit, a decimal comma. A quoted field may hold delimiters, doubled quotes and line ends; a
//! line whose quotes lead nowhere, or would hold rows together, is read as if they were letters. Thousands separators are not understood, and lists
//! that were shortened with `...` cannot be.

mod layout;
mod quotes;

use csv::ByteRecord;
use memchr::{memchr, memchr_iter};

use super::records::{Piece, Records, into_parsed, parse};
use super::{Format, Parsed, check_shape};
use crate::files::Source;
use crate::files::problem::Problem;
use crate::progress::Progress;
use layout::{Layout, VectorIn};

const NAME: &str = "CSV";

/// A quoted record is looked for so far, or four times as far as the longest that was seen.
const REACH: usize = 64 << 10;

/// So many quotes that lead nowhere are followed in one piece of text.
const MOST_STRAYS: usize = 50;

/// Delimited text.
pub struct Delimited;

impl Format for Delimited {
    fn name(&self) -> &'static str {
        NAME
    }

    fn recognizes(&self, source: &Source) -> bool {
        Layout::of(source.bytes(), source.parts()).is_some()
    }

    fn read(&self, source: &Source, progress: &dyn Progress) -> Result<Parsed, Problem> {
        let layout = Layout::of(source.bytes(), source.parts()).ok_or(Problem::Unrecognized)?;
        check_shape(NAME, 1, layout.dims as u64)?;
        let all = parse(source.bytes(), layout.start, &Table { layout: &layout }, progress)?;
        let first_line = 1 + memchr_iter(b'\n', &source.bytes()[..layout.start]).count() as u64;
        let (named, others) = (layout.names.is_some(), layout.others.iter().map(|(_, name)| name.clone()));
        let parsed = into_parsed(NAME, source, all, (layout.dims, named, first_line), others.collect())?;
        let facts = vec![("Fields".to_owned(), layout.about())];
        Ok(Parsed { choices: vec![layout.choice], facts, ..parsed })
    }
}

/// The rows of delimited text.
struct Table<'a> {
    layout: &'a Layout,
}

impl Records for Table<'_> {
    fn others(&self) -> usize {
        self.layout.others.len()
    }

    fn begins(&self, text: &[u8]) -> bool {
        // Within a quoted field, a line rarely looks like a whole row.
        let mut piece = Piece::new(self.others());
        let line = first_line(text);
        if line.contains(&b'"') {
            self.quoted(line, &mut piece).is_some()
        } else {
            line.is_empty() || self.plain(line, &mut piece)
        }
    }

    fn parse(&self, text: &[u8]) -> Piece {
        let mut piece = Piece::new(self.others());
        let reach = REACH.max(self.layout.longest.saturating_mul(4));
        let mut rest = text;
        let mut strays = 0;
        while !rest.is_empty() {
            let line = first_line(rest);
            if line.contains(&b'"') {
                let reach = if strays < MOST_STRAYS { rest.len().min(reach) } else { line.len() };
                if let Some(used) = self.quoted(&rest[..reach], &mut piece) {
                    let used = if rest.get(used) == Some(&b'\n') { used + 1 } else { used };
                    let ends = memchr_iter(b'\n', &rest[..used]).count() as u64;
                    let unended = u64::from(used > 0 && rest[used - 1] != b'\n');
                    piece.end_row((ends + unended).max(1));
                    rest = &rest[used..];
                    continue;
                }
                strays += 1;
            }
            if self.plain(line, &mut piece) {
                piece.end_row(1);
            } else {
                piece.skip_line(line.iter().all(u8::is_ascii_whitespace));
            }
            rest = memchr(b'\n', rest).map_or(&[], |end| &rest[end + 1..]);
        }
        piece
    }
}

/// The first line without its end.
fn first_line(text: &[u8]) -> &[u8] {
    let line = memchr(b'\n', text).map_or(text, |end| &text[..end]);
    line.strip_suffix(b"\r").unwrap_or(line)
}

impl Table<'_> {
    /// Reads a line without regard to quotes; false, with the piece as it was, if it is no row.
    fn plain(&self, line: &[u8], piece: &mut Piece) -> bool {
        let delimiter = self.layout.delimiter;
        let mut fields = Vec::with_capacity(self.layout.fields);
        let mut from = 0;
        for end in memchr_iter(delimiter, line) {
            fields.push(&line[from..end]);
            from = end + 1;
            // A line of delimiters alone would take sixteen times its size.
            if fields.len() > self.layout.fields {
                return false;
            }
        }
        fields.push(&line[from..]);
        self.row(&fields, piece)
    }

    /// Reads a record with quotes, and says how long it was; `None`, with the piece as it was, if it is no row.
    fn quoted(&self, text: &[u8], piece: &mut Piece) -> Option<usize> {
        let is_row = |line: &[u8]| self.plain(line, &mut Piece::new(self.others()));
        if !quotes::are_meant(text, self.layout.delimiter, is_row) {
            return None;
        }
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .delimiter(self.layout.delimiter)
            .buffer_capacity(text.len().min(8 << 10))
            .from_reader(text);
        let mut record = ByteRecord::new();
        if !reader.read_byte_record(&mut record).ok()? {
            return None;
        }
        let fields: Vec<&[u8]> = record.iter().collect();
        self.row(&fields, piece).then(|| reader.position().byte() as usize)
    }

    /// Takes the fields of one record.
    fn row(&self, fields: &[&[u8]], piece: &mut Piece) -> bool {
        let layout = self.layout;
        if fields.len() != layout.fields {
            return false;
        }
        let before = piece.values.len();
        let fits = match &layout.vector {
            VectorIn::Numbers(columns) => columns.iter().all(|&at| {
                let number = layout.number(fields[at]);
                piece.values.extend(number);
                number.is_some()
            }),
            VectorIn::List(at) => {
                layout::list(fields[*at], &mut piece.values).is_some()
                    && piece.values.len() - before == layout.dims
            }
        };
        if !fits {
            piece.values.truncate(before);
            return false;
        }
        if let Some(at) = layout.names {
            piece.name(fields[at]);
        }
        for ((at, _), values) in layout.others.iter().zip(&mut piece.others) {
            let field = String::from_utf8_lossy(fields[*at]);
            if layout.decimal_comma && layout.number(fields[*at]).is_some() {
                values.push(&field.replace(',', "."));
            } else {
                values.push(&field);
            }
        }
        true
    }
}

#[cfg(test)]
mod tests;

//! Rows with further properties, read in parallel from text of one record a line, or a few: the common part of
//! delimited text and JSON lines.

use memchr::memchr;
use rayon::prelude::*;

use super::super::rows::Rows;
use super::super::warning::Warning;
use super::super::words::Words;
use super::columns::Values;
use super::{NamesFrom, Parsed, Places, malformed, vocabulary};
use crate::files::problem::{Place, Problem, TooManyWords, count};
use crate::files::{Bytes, Source};
use crate::progress::Progress;

/// How much text is parsed before its rows are collected and its pages given back.
const WINDOW: usize = 16 << 20;

/// How much of a window one thread parses at a time.
const PIECE: usize = 512 << 10;

/// What a stretch of text holds. Lines are counted from 0 within it.
#[derive(Default)]
pub struct Piece {
    pub words: Words,
    pub values: Vec<f32>,
    pub others: Vec<Values>,
    pub rows: usize,
    pub invalid_utf8: usize,
    lines: u64,
    skipped: Vec<(u64, u64)>,
    misfits: Option<(u64, u64)>,
    too_many: bool,
}

impl Piece {
    /// An empty piece for rows with so many further properties.
    pub fn new(others: usize) -> Self {
        Self { others: std::iter::repeat_with(Values::default).take(others).collect(), ..Self::default() }
    }

    /// The name of the row that was read.
    pub fn name(&mut self, word: &[u8]) {
        let word = String::from_utf8_lossy(word);
        self.invalid_utf8 += usize::from(matches!(word, std::borrow::Cow::Owned(_)));
        self.too_many |= self.words.push(&word).is_err();
    }

    /// The last `lines` lines were a row.
    pub fn end_row(&mut self, lines: u64) {
        self.rows += 1;
        self.lines += 1;
        if lines > 1 {
            self.skip(lines - 1);
        }
    }

    /// Takes back a row that was begun and not ended, when there were so many numbers before it.
    pub fn take_back(&mut self, values: usize) {
        self.values.truncate(values);
        self.words.truncate(self.rows);
        for other in &mut self.others {
            other.truncate(self.rows);
        }
    }

    /// The last line was no row; `blank` if there is nothing wrong with that.
    pub fn skip_line(&mut self, blank: bool) {
        if !blank {
            self.misfits.get_or_insert((0, self.lines)).0 += 1;
        }
        self.skip(1);
    }

    fn skip(&mut self, lines: u64) {
        match self.skipped.last_mut() {
            Some((start, run)) if *start + *run == self.lines => *run += lines,
            _ => self.skipped.push((self.lines, lines)),
        }
        self.lines += lines;
    }

    /// Adds the piece that follows.
    fn append(&mut self, piece: &Self) -> Result<(), Problem> {
        if piece.too_many {
            return Err(TooManyWords.into());
        }
        self.words.append(&piece.words)?;
        self.values.extend_from_slice(&piece.values);
        for (values, more) in self.others.iter_mut().zip(&piece.others) {
            values.append(more);
        }
        self.rows += piece.rows;
        self.invalid_utf8 += piece.invalid_utf8;
        self.skipped.extend(piece.skipped.iter().map(|&(start, lines)| (self.lines + start, lines)));
        if let Some((lines, first)) = piece.misfits {
            self.misfits.get_or_insert((0, self.lines + first)).0 += lines;
        }
        self.lines += piece.lines;
        Ok(())
    }
}

/// How the records of a text are parsed.
pub trait Records: Sync {
    /// How many further properties a row has.
    fn others(&self) -> usize;

    /// Whether a record may begin with the line that `text` begins with.
    fn begins(&self, text: &[u8]) -> bool;

    /// Parses a stretch of whole records.
    fn parse(&self, text: &[u8]) -> Piece;
}

/// Parses all records from byte `start` on.
///
/// # Errors
/// [`Problem::Cancelled`], [`Problem::Words`], [`Problem::Shortened`].
pub fn parse(
    bytes: &Bytes,
    start: usize,
    records: &impl Records,
    progress: &dyn Progress,
) -> Result<Piece, Problem> {
    let mut all = Piece::new(records.others());
    let mut from = start;
    while from < bytes.len() {
        bytes.check_whole()?;
        let to = end_of_record(bytes, from + WINDOW, records);
        let pieces: Vec<Piece> = cut(&bytes[from..to], records)
            .into_par_iter()
            .map(|piece| if progress.is_cancelled() { Piece::default() } else { records.parse(piece) })
            .collect();
        progress.check()?;
        if from == start {
            // Memory that is set aside and never touched costs nothing; what is too much is given back at the end.
            let numbers: usize = pieces.iter().map(|piece| piece.values.len()).sum();
            let times = (bytes.len() - start) as f64 / (to - from) as f64;
            all.values.reserve((numbers as f64 * times * 1.01) as usize);
        }
        for piece in &pieces {
            all.append(piece)?;
        }
        bytes.release(from..to);
        from = to;
        progress.report((from - start) as f32 / (bytes.len() - start) as f32);
    }
    all.values.shrink_to_fit();
    all.words.shrink();
    Ok(all)
}

/// The position after `at` where a record begins.
fn end_of_record(bytes: &[u8], at: usize, records: &impl Records) -> usize {
    let mut at = at;
    while let Some(end) = bytes.get(at..).and_then(|rest| memchr(b'\n', rest)) {
        at += end + 1;
        if records.begins(&bytes[at..]) {
            return at;
        }
    }
    bytes.len()
}

fn cut<'a>(text: &'a [u8], records: &impl Records) -> Vec<&'a [u8]> {
    let mut pieces = Vec::with_capacity(text.len() / PIECE + 1);
    let mut from = 0;
    while from < text.len() {
        let to = end_of_record(text, from + PIECE, records);
        pieces.push(&text[from..to]);
        from = to;
    }
    pieces
}

/// A table of what was read: `named` if the records name their rows, `first_line` the line of the first of them.
///
/// # Errors
/// [`Problem::Malformed`] if most lines are no rows; [`Problem::Words`].
pub fn into_parsed(
    format: &'static str,
    source: &Source,
    all: Piece,
    (dims, named, first_line): (usize, bool, u64),
    others: Vec<String>,
) -> Result<Parsed, Problem> {
    if let Some((lines, first)) = all.misfits
        && lines >= all.rows as u64
    {
        let what = format!("{} from here on not with {dims} numbers", count(lines, "line"));
        let place = Place::Line(first + first_line);
        return Err(malformed(format, place, what, "write all rows with the same length"));
    }
    let mut warnings = Vec::new();
    if let Some((lines, first)) = all.misfits {
        warnings.push(Warning::SkippedLines { lines, dims, first: first + first_line });
    }
    if all.invalid_utf8 > 0 {
        warnings.push(Warning::InvalidUtf8 { words: all.invalid_utf8 });
    }
    let (words, names) = if named {
        (all.words, NamesFrom::Itself)
    } else {
        vocabulary::names(source, all.rows, all.rows as u64, &mut warnings)?
    };
    let columns = all.others.into_iter().zip(others).filter_map(|(values, name)| values.into_column(name));
    let columns = columns.collect();
    let skipped = all.skipped.into_iter().map(|(start, lines)| (start + first_line, lines)).collect();
    let places = Places::Lines { first: first_line, skipped };
    Ok(Parsed { columns, names, warnings, places, ..Parsed::new(words, Rows::owned(all.values, dims)) })
}

//! Lines of numbers, with or without a word before them: the common part of all text formats.
//!
//! Fields are separated by spaces or tabs. A row is its last d fields; whatever stands before them is the word, which
//! may hold spaces itself (the 840B table of `GloVe` does). The file is parsed once, in parallel, in windows whose
//! pages are given back afterwards.

use memchr::memchr;
use rayon::prelude::*;

use super::super::warning::Warning;
use super::super::words::Words;
use super::Places;
use crate::files::Bytes;
use crate::files::problem::Problem;
use crate::progress::Progress;

/// How much text is parsed before its rows are collected and its pages given back.
const WINDOW: usize = 16 << 20;

/// How much of a window one thread parses at a time.
const PIECE: usize = 512 << 10;

/// What the lines look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// d, the numbers in a row.
    pub dims: usize,
    /// Whether a word stands before the numbers.
    pub named: bool,
}

/// What a text held.
pub struct TextRows {
    /// The words, or nothing where the lines have none.
    pub words: Words,
    /// The numbers, row after row.
    pub values: Vec<f32>,
    /// How many rows there are.
    pub rows: usize,
    /// How many lines were neither blank nor rows, and the first of them.
    pub misfits: Option<(u64, u64)>,
    /// How many words were not UTF-8.
    pub invalid_utf8: usize,
    /// From rows to lines.
    pub places: Places,
}

impl TextRows {
    /// What a person should know about lines and words that did not fit.
    pub fn warnings(&self, dims: usize) -> Vec<Warning> {
        let lines = self.misfits.map(|(lines, first)| Warning::SkippedLines { lines, dims, first });
        let utf8 = (self.invalid_utf8 > 0).then_some(Warning::InvalidUtf8 { words: self.invalid_utf8 });
        lines.into_iter().chain(utf8).collect()
    }
}

/// Parses all lines from byte `start` on, which is the beginning of line number `first_line` (from 1).
///
/// # Errors
/// [`Problem::Cancelled`], [`Problem::Words`], [`Problem::Shortened`].
pub fn parse(
    bytes: &Bytes,
    start: usize,
    first_line: u64,
    shape: Shape,
    progress: &dyn Progress,
) -> Result<TextRows, Problem> {
    let mut all = Collected::default();
    let mut from = start;
    while from < bytes.len() {
        bytes.check_whole()?;
        let to = end_of_line(bytes, from + WINDOW);
        let pieces: Vec<Piece> = cut(&bytes[from..to])
            .into_par_iter()
            .map(|piece| if progress.is_cancelled() { Piece::default() } else { Piece::parse(piece, shape) })
            .collect();
        progress.check()?;
        if from == start {
            all.reserve(&pieces, (bytes.len() - start) as f64 / (to - from) as f64);
        }
        for piece in &pieces {
            all.append(piece)?;
        }
        bytes.release(from..to);
        from = to;
        progress.report((from - start) as f32 / (bytes.len() - start) as f32);
    }
    Ok(all.finish(first_line))
}

/// The position after the line that byte `at` belongs to.
fn end_of_line(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at..) {
        Some(rest) => memchr(b'\n', rest).map_or(bytes.len(), |end| at + end + 1),
        None => bytes.len(),
    }
}

/// Cuts text into pieces that end where lines end.
fn cut(text: &[u8]) -> Vec<&[u8]> {
    let mut pieces = Vec::with_capacity(text.len() / PIECE + 1);
    let mut from = 0;
    while from < text.len() {
        let to = end_of_line(text, from + PIECE);
        pieces.push(&text[from..to]);
        from = to;
    }
    pieces
}

/// What one thread made of a piece of text. Lines are counted from 0 within the piece.
#[derive(Default)]
struct Piece {
    words: Words,
    values: Vec<f32>,
    rows: usize,
    lines: u64,
    skipped: Vec<(u64, u64)>,
    misfits: Option<(u64, u64)>,
    invalid_utf8: usize,
    too_many: bool,
}

impl Piece {
    fn parse(text: &[u8], shape: Shape) -> Self {
        let mut piece = Self::default();
        let mut rest = text;
        while !rest.is_empty() {
            let end = memchr(b'\n', rest).unwrap_or(rest.len());
            piece.line(trim_end(&rest[..end]), shape);
            rest = rest.get(end + 1..).unwrap_or_default();
        }
        piece
    }

    fn line(&mut self, line: &[u8], shape: Shape) {
        match row(line, shape, &mut self.values) {
            Some(word) if shape.named => {
                let word = String::from_utf8_lossy(word);
                self.invalid_utf8 += usize::from(matches!(word, std::borrow::Cow::Owned(_)));
                self.too_many |= self.words.push(&word).is_err();
                self.rows += 1;
            }
            Some(_) => self.rows += 1,
            None => {
                if !line.is_empty() {
                    self.misfits.get_or_insert((0, self.lines)).0 += 1;
                }
                match self.skipped.last_mut() {
                    Some((start, lines)) if *start + *lines == self.lines => *lines += 1,
                    _ => self.skipped.push((self.lines, 1)),
                }
            }
        }
        self.lines += 1;
    }
}

/// Appends the last d fields of a line to `values` and returns what stands before them; `None`, with `values` as they
/// were, if the line is no such row.
fn row<'a>(line: &'a [u8], shape: Shape, values: &mut Vec<f32>) -> Option<&'a [u8]> {
    let before = values.len();
    if let Some(word) = row_from_left(line, shape, values) {
        return Some(word);
    }
    values.truncate(before);
    let found = if shape.named { row_from_right(line, shape.dims, values) } else { None };
    if found.is_none() {
        values.truncate(before);
    }
    found
}

/// The usual case: a word without separators, then d numbers up to the end of the line.
fn row_from_left<'a>(line: &'a [u8], shape: Shape, values: &mut Vec<f32>) -> Option<&'a [u8]> {
    let word_end = if shape.named { line.iter().position(|&byte| is_separator(byte))? } else { 0 };
    let mut rest = if shape.named { &line[word_end + 1..] } else { line };
    for number in 0..shape.dims {
        rest = trim_start(rest);
        let (value, used) = fast_float2::parse_partial::<f32, _>(rest).ok()?;
        let ends_well = rest.get(used).map_or(number + 1 == shape.dims, |&byte| is_separator(byte));
        if !ends_well {
            return None;
        }
        values.push(value);
        rest = &rest[used..];
    }
    rest.is_empty().then_some(&line[..word_end])
}

/// The rare case: a word that holds separators. Its numbers are found from the end of the line.
fn row_from_right<'a>(line: &'a [u8], dims: usize, values: &mut Vec<f32>) -> Option<&'a [u8]> {
    let mut rest = line;
    for _ in 0..dims {
        rest = trim_end(rest);
        let start = rest.iter().rposition(|&byte| is_separator(byte))?;
        values.push(fast_float2::parse(&rest[start + 1..]).ok()?);
        rest = &rest[..start];
    }
    let before = values.len() - dims;
    values[before..].reverse();
    Some(rest)
}

/// Whether a byte separates fields.
pub fn is_separator(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

/// A line without separators and the rest of a line break at its end.
pub fn trim_end(line: &[u8]) -> &[u8] {
    let end = line.iter().rposition(|&byte| !is_separator(byte) && byte != b'\r').map_or(0, |at| at + 1);
    &line[..end]
}

fn trim_start(line: &[u8]) -> &[u8] {
    let start = line.iter().position(|&byte| !is_separator(byte)).unwrap_or(line.len());
    &line[start..]
}

/// The pieces put together, in order.
#[derive(Default)]
struct Collected {
    words: Words,
    values: Vec<f32>,
    rows: usize,
    lines: u64,
    skipped: Vec<(u64, u64)>,
    misfits: Option<(u64, u64)>,
    invalid_utf8: usize,
}

impl Collected {
    /// Sets memory aside for `times` what the first window held, so that numbers are not moved as they grow. Memory
    /// that is set aside and never touched costs nothing; what is too much is given back at the end.
    fn reserve(&mut self, pieces: &[Piece], times: f64) {
        let numbers: usize = pieces.iter().map(|piece| piece.values.len()).sum();
        self.values.reserve((numbers as f64 * times * 1.01) as usize);
    }

    fn append(&mut self, piece: &Piece) -> Result<(), Problem> {
        if piece.too_many {
            return Err(crate::files::problem::TooManyWords.into());
        }
        self.words.append(&piece.words)?;
        self.values.extend_from_slice(&piece.values);
        self.rows += piece.rows;
        self.skipped.extend(piece.skipped.iter().map(|&(start, lines)| (self.lines + start, lines)));
        if let Some((lines, first)) = piece.misfits {
            self.misfits.get_or_insert((0, self.lines + first)).0 += lines;
        }
        self.invalid_utf8 += piece.invalid_utf8;
        self.lines += piece.lines;
        Ok(())
    }

    fn finish(mut self, first_line: u64) -> TextRows {
        self.values.shrink_to_fit();
        self.words.shrink();
        let skipped = self.skipped.into_iter().map(|(start, lines)| (start + first_line, lines)).collect();
        TextRows {
            words: self.words,
            values: self.values,
            rows: self.rows,
            misfits: self.misfits.map(|(lines, first)| (lines, first + first_line)),
            invalid_utf8: self.invalid_utf8,
            places: Places::Lines { first: first_line, skipped },
        }
    }
}

//! Lines of numbers, with or without a word before them: the common part of all text formats.
//!
//! Fields are separated by spaces or tabs. A row is its last d fields; whatever stands before them is the word, which
//! may hold spaces itself (GloVe's 840B table has such words). The file is parsed once, in parallel, in windows whose
//! pages are given back afterwards.

use memchr::memchr;
use rayon::prelude::*;

use super::super::map::Bytes;
use super::super::problem::{Problem, Warning};
use super::super::words::Words;
use super::{MAX_DIMS, Places};
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
/// [`Problem::Cancelled`], [`Problem::Words`].
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
            return Err(super::super::words::TooManyWords.into());
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

/// How many lines are looked at to learn what a text is.
const SURVEYED_LINES: usize = 100;

/// How far a line may reach and still be taken for one: [`MAX_DIMS`] numbers of 31 bytes each.
const LONGEST_LINE: usize = MAX_DIMS * 32;

/// What the first lines of a text look like.
#[derive(Debug)]
pub struct Survey {
    /// The two numbers of a first line that says how many rows and dimensions follow.
    pub header: Option<(u64, u64)>,
    /// Where the lines after a byte-order mark and a header begin.
    pub start: usize,
    /// What most lines look like.
    pub shape: Shape,
    /// Whether tabs separate the fields.
    pub tabs: bool,
    /// Numbers a row in each line that holds any, with its line number.
    pub lengths: Vec<(u64, usize)>,
    /// How many lines of `lengths` have the length of `shape`.
    pub agreeing: usize,
}

/// One line as the survey sees it.
struct Line<'a> {
    number: u64,
    text: &'a [u8],
    fields: usize,
    /// How many fields at the end are numbers.
    numbers: usize,
}

/// Looks at the first lines; `None` if they are not mostly numbers, with or without a word before them.
pub fn survey(bytes: &[u8]) -> Option<Survey> {
    let bom = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    let mut lines = first_lines(&bytes[bom..])?;
    let mut start = bom;
    let header = header_of(&lines, &bytes[bom..]);
    if header.is_some() {
        start += memchr(b'\n', &bytes[bom..]).map_or(bytes.len() - bom, |end| end + 1);
        lines.remove(0);
    }
    let tabs = lines.iter().all(|line| line.text.contains(&b'\t') || line.fields == 1);
    let only_numbers = header.is_none()
        && lines.iter().all(|line| line.numbers == line.fields)
        && (tabs && lines.iter().any(|line| line.fields > 1) || lines.iter().all(begins_with_a_fraction));
    let length = |line: &Line| if only_numbers { line.numbers } else { line.numbers.min(line.fields - 1) };
    // A row's word is usually one field: a text whose lines have several words before their numbers is no table.
    let tight = lines.iter().filter(|line| length(line) > 0 && length(line) + 1 >= line.fields).count();
    if lines.is_empty() || tight * 2 < lines.len() || looks_like_token_ranks(&lines) {
        return None;
    }
    let lengths: Vec<_> =
        lines.iter().map(|line| (line.number, length(line))).filter(|&(_, length)| length > 0).collect();
    let dims = most_frequent(lengths.iter().map(|&(_, length)| length))?;
    let agreeing = lengths.iter().filter(|&&(_, length)| length == dims).count();
    let shape = Shape { dims, named: !only_numbers };
    Some(Survey { header, start, shape, tabs, lengths, agreeing })
}

/// The first lines that are not blank; `None` if this is no text.
fn first_lines(text: &[u8]) -> Option<Vec<Line<'_>>> {
    let mut lines = Vec::new();
    let mut rest = text;
    let mut number = 0;
    while !rest.is_empty() && lines.len() < SURVEYED_LINES && text.len() - rest.len() < 2 * LONGEST_LINE {
        let reach = &rest[..rest.len().min(LONGEST_LINE)];
        let end = match memchr(b'\n', reach) {
            Some(end) => end,
            None if reach.len() == rest.len() => rest.len(),
            None => return None,
        };
        number += 1;
        let line = trim_end(&rest[..end]);
        if line.contains(&0) {
            return None;
        }
        if !line.is_empty() {
            lines.push(Line::new(number, line));
        }
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    Some(lines)
}

impl<'a> Line<'a> {
    fn new(number: u64, text: &'a [u8]) -> Self {
        let fields: Vec<&[u8]> = text
            .split(|&byte| is_separator(byte))
            .enumerate()
            .filter(|(i, f)| *i == 0 || !f.is_empty())
            .map(|(_, f)| f)
            .collect();
        let is_number = |field: &&&[u8]| fast_float2::parse::<f32, _>(field).is_ok();
        let numbers = fields.iter().rev().take_while(is_number).count();
        Self { number, text, fields: fields.len(), numbers }
    }
}

/// Reads `V d` from the first line, unless the lines after it say that it is a row of its own.
fn header_of(lines: &[Line<'_>], text: &[u8]) -> Option<(u64, u64)> {
    let (first, others) = lines.split_first()?;
    let header = counts(first.text)?;
    if others.is_empty() {
        return Some(header);
    }
    let dims = most_frequent(others.iter().map(|line| line.numbers.min(line.fields - 1)))?;
    let is_header = if dims == 1 {
        // `12 5` above rows of one number looks like such a row itself: the number of lines decides.
        let rows = text.split(|&byte| byte == b'\n').filter(|line| !trim_end(line).is_empty()).count();
        header == (rows as u64 - 1, 1)
    } else {
        dims > 1
    };
    is_header.then_some(header)
}

/// The two whole numbers of a header such as `400000 50`.
pub fn counts(line: &[u8]) -> Option<(u64, u64)> {
    let line = std::str::from_utf8(trim_end(line)).ok()?;
    let (rows, dims) = line.split_once([' ', '\t'])?;
    let digits = |field: &str| field.bytes().all(|byte| byte.is_ascii_digit());
    let dims = dims.trim_start_matches([' ', '\t']);
    (digits(rows) && digits(dims)).then(|| Some((rows.parse().ok()?, dims.parse().ok()?)))?
}

fn begins_with_a_fraction(line: &Line<'_>) -> bool {
    line.numbers == line.fields
        && line.text.split(|&byte| is_separator(byte)).next().is_some_and(|field| field.contains(&b'.'))
}

/// Whether lines are `base64 rank`, the form of a tokenizer's ranks, and not words with one number each.
fn looks_like_token_ranks(lines: &[Line<'_>]) -> bool {
    let mut ranks = lines.iter().map(|line| {
        let (token, rank) = std::str::from_utf8(line.text).ok()?.split_once(' ')?;
        let base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
        (token.len().is_multiple_of(4) && token.bytes().all(base64)).then(|| rank.parse::<u64>().ok())?
    });
    let Some(Some(first)) = ranks.next() else { return false };
    ranks.enumerate().all(|(i, rank)| rank == Some(first + 1 + i as u64))
}

/// The most frequent of some numbers, the larger of two that are equally frequent.
fn most_frequent(numbers: impl Iterator<Item = usize>) -> Option<usize> {
    let mut sorted: Vec<usize> = numbers.collect();
    sorted.sort_unstable();
    sorted.chunk_by(|a, b| a == b).max_by_key(|equal| equal.len()).map(|equal| equal[0])
}

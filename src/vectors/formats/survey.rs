//! What a text looks like, learned from its first lines: whether they are rows, how long, and under which header.

use memchr::memchr;

use super::MAX_DIMS;
use super::roles::are_column_numbers;
use super::text::{Shape, is_separator, trim_end};

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
    /// Whether this is rather a table of columns: tabs separate them and the first line says what they are called, or
    /// words end with a comma and a number, which begins a list in a column of its own.
    pub columns: bool,
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
    let columns = header.is_none() && (tabs && is_title(&lines) || are_glued(&lines));
    let only_numbers = header.is_none()
        && lines.iter().all(|line| line.numbers == line.fields)
        && (tabs && lines.iter().any(|line| line.fields > 1) || lines.iter().all(begins_with_a_fraction));
    let length = |line: &Line| if only_numbers { line.numbers } else { line.numbers.min(line.fields - 1) };
    // A row's word is usually one field: a text whose lines have several words before their numbers is no table, unless
    // its header says how many numbers a row has, and every line ends with as many.
    let tight = lines.iter().filter(|line| length(line) > 0 && length(line) + 1 >= line.fields).count();
    let phrases = tight * 2 < lines.len();
    let said = header.and_then(|(_, dims)| usize::try_from(dims).ok());
    let fits = |dims: usize| dims > 0 && lines.iter().all(|line| length(line) >= dims);
    if lines.is_empty() || phrases && !said.is_some_and(fits) || looks_like_token_ranks(&lines) {
        return None;
    }
    let length = |line: &Line| said.filter(|_| phrases).unwrap_or_else(|| length(line));
    let lengths: Vec<_> =
        lines.iter().map(|line| (line.number, length(line))).filter(|&(_, length)| length > 0).collect();
    let dims = most_frequent(lengths.iter().map(|&(_, length)| length))?;
    let agreeing = lengths.iter().filter(|&&(_, length)| length == dims).count();
    let shape = Shape { dims, named: !only_numbers };
    Some(Survey { header, start, shape, tabs, columns, lengths, agreeing })
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

/// Whether the first of some lines names the columns of those below it: with words, or with numbers that count up.
fn is_title(lines: &[Line<'_>]) -> bool {
    let [first, second, ..] = lines else { return false };
    let titles: Vec<&[u8]> = first.text.split(|&byte| byte == b'\t').collect();
    let counts_up = are_column_numbers(titles[1..].iter().copied(), titles[..1].iter().copied());
    titles.len() > 2
        && titles.len() == second.text.split(|&byte| byte == b'\t').count()
        && (first.numbers == 0 && second.numbers > 0 || counts_up)
}

/// Whether the words of most lines hold a delimiter with a number after it: `cat,0.5 0.25`.
fn are_glued(lines: &[Line<'_>]) -> bool {
    let is_glued = |line: &&Line| {
        let word = line.text.split(|&byte| is_separator(byte)).next().unwrap_or_default();
        let mut fields = word.split(|byte| b",;|".contains(byte)).skip(1);
        fields.any(|field| fast_float2::parse::<f32, _>(field).is_ok())
    };
    lines.iter().filter(is_glued).count() * 2 > lines.len()
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

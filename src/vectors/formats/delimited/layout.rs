//! What a delimited text looks like, learned from its first records.

use super::super::MAX_DIMS;
use super::super::columns::MOST_COLUMNS;
use super::super::roles::{are_column_numbers, names_column, series};
use super::{first_line, quotes};
use crate::files::{Alternative, Choice, Choosable};

/// What may stand between fields.
const DELIMITERS: [u8; 4] = *b",;\t|";

/// So many records are looked at.
const SURVEYED: usize = 100;

/// So much of the text is looked at.
const LOOKED_AT: usize = 4 << 20;

/// How data frames write that there is no value.
const MISSING: [&[u8]; 7] = [b"", b"NA", b"N/A", b"null", b"NULL", b"None", b"#N/A"];

/// What the columns are for.
#[derive(Debug)]
pub struct Layout {
    pub delimiter: u8,
    /// Whether numbers have a comma where others have a point.
    pub decimal_comma: bool,
    /// How many fields a record has.
    pub fields: usize,
    pub vector: VectorIn,
    /// d, the numbers in a row.
    pub dims: usize,
    pub names: Option<usize>,
    /// Properties of the rows, with their names.
    pub others: Vec<(usize, String)>,
    /// Where the records begin, after a header.
    pub start: usize,
    /// The bytes of the longest record that was seen.
    pub longest: usize,
    pub choice: Choice,
}

/// Where the vector of a row stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VectorIn {
    /// In several fields.
    Numbers(Vec<usize>),
    /// In one field.
    List(usize),
}

/// What the values of one column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Nothing,
    Number,
    /// Lists of so many numbers.
    List(usize),
    Text,
}

/// The first records of a text, as one delimiter cuts it.
struct Records {
    fields: Vec<Vec<Vec<u8>>>,
    /// Where the second record begins.
    second: usize,
    longest: usize,
}

impl Layout {
    /// Looks at the beginning of a text; `None` if it is no table of vectors. Of several columns that could be the vector,
    /// one of `parts` is taken, or the longest.
    pub fn of(bytes: &[u8], parts: &[String]) -> Option<Self> {
        let bom = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        let text = &bytes[bom..];
        let beginning = &text[..text.len().min(LOOKED_AT)];
        if beginning[..beginning.len().min(4096)].contains(&0)
            || matches!(beginning.first(), Some(b'{' | b'[' | b'<'))
        {
            return None;
        }
        let layouts = DELIMITERS.into_iter().filter_map(|delimiter| {
            let records = records(beginning, delimiter, beginning.len() < text.len())?;
            Self::with(delimiter, &records, parts)
        });
        // Of equals, columns of numbers before lists, which a decimal comma makes of them: `0,5;0,25`; then the first.
        let rank = |layout: &Self| (layout.dims, matches!(layout.vector, VectorIn::Numbers(_)));
        let best = layouts.reduce(|best, other| if rank(&other) > rank(&best) { other } else { best })?;
        Some(Self { start: best.start + bom, ..best })
    }

    fn with(delimiter: u8, records: &Records, parts: &[String]) -> Option<Self> {
        let all = &records.fields;
        let fields = usual_length(all)?;
        let below = if all.len() > 1 { &all[1..] } else { all };
        let rows: Vec<&Vec<Vec<u8>>> = below.iter().filter(|record| record.len() == fields).collect();
        if rows.is_empty() || fields > MAX_DIMS + MOST_COLUMNS {
            return None;
        }
        // Where nothing is cut, lines of numbers are no lists in a column of their own: another delimiter cuts them.
        if fields == 1 && !matches!(rows[0][0].trim_ascii().first(), Some(b'[' | b'(' | b'{')) {
            return None;
        }
        let column = |at: usize| rows.iter().map(move |record| record[at].as_slice());
        let with_point: Vec<Kind> = (0..fields).map(|at| kind(column(at), false)).collect();
        let with_comma = || (0..fields).map(|at| kind(column(at), true)).collect::<Vec<_>>();
        let numbers = |kinds: &[Kind]| kinds.iter().filter(|kind| **kind == Kind::Number).count();
        let (kinds, decimal_comma) = match delimiter {
            b',' => (with_point, false),
            _ => {
                let comma = with_comma();
                if numbers(&comma) > numbers(&with_point) { (comma, true) } else { (with_point, false) }
            }
        };
        let first = all.first().filter(|first| first.len() == fields);
        let headed = first.filter(|first| all.len() > 1 && is_header(first, &kinds, decimal_comma));
        let name = |at: usize| {
            headed.map_or_else(String::new, |header| String::from_utf8_lossy(&header[at]).trim().to_owned())
        };
        let names: Vec<String> = (0..fields).map(name).collect();
        let mut found = Self::assign(&kinds, &names, headed.is_some(), parts)?;
        if headed.is_some() {
            found.start = records.second;
        }
        Some(Self { delimiter, decimal_comma, fields, longest: records.longest, ..found })
    }

    /// Gives every column its part.
    fn assign(kinds: &[Kind], names: &[String], headed: bool, parts: &[String]) -> Option<Self> {
        // Data frames write their row numbers as a column without a name.
        let is_index = |at: usize| headed && (names[at].is_empty() || names[at] == "Unnamed: 0");
        let of = |wanted: fn(Kind) -> bool| -> Vec<(usize, &str)> {
            let places = (0..kinds.len()).filter(|&at| wanted(kinds[at]) && !is_index(at));
            places.map(|at| (at, names[at].as_str())).collect()
        };
        let mut options: Vec<(usize, Alternative, VectorIn)> = Vec::new();
        for run in series(&of(|kind| kind == Kind::Number)) {
            let about = format!("{} columns", run.columns.len());
            let dims = run.columns.len();
            options.push((dims, Alternative { name: run.name, about }, VectorIn::Numbers(run.columns)));
        }
        for (at, &kind) in kinds.iter().enumerate() {
            if let Kind::List(dims) = kind {
                let name =
                    if names[at].is_empty() { format!("column {}", at + 1) } else { names[at].clone() };
                let about = format!("lists of {dims} numbers");
                options.push((dims, Alternative { name, about }, VectorIn::List(at)));
            }
        }
        options.sort_by_key(|(dims, ..)| usize::MAX - dims);
        if options.is_empty() {
            return None;
        }
        let alternatives = options.iter().map(|(_, alternative, _)| alternative.clone()).collect();
        let choice = Choice::new(Choosable::Column, alternatives, parts);
        let (dims, _, vector) = options.swap_remove(choice.chosen);
        let unused = |at: usize| !matches!(&vector, VectorIn::Numbers(used) if used.contains(&at));
        let texts = of(|kind| kind == Kind::Text);
        let numbers: Vec<(usize, &str)> =
            of(|kind| kind == Kind::Number).into_iter().filter(|&(at, _)| unused(at)).collect();
        let named_by = names_column(&texts, &numbers);
        let is_other =
            |at: usize| matches!(kinds[at], Kind::Number | Kind::Text) && unused(at) && !is_index(at);
        let called =
            |at: usize| if names[at].is_empty() { format!("column {}", at + 1) } else { names[at].clone() };
        let others = (0..kinds.len()).filter(|&at| Some(at) != named_by && is_other(at));
        let others = others.take(MOST_COLUMNS).map(|at| (at, called(at))).collect();
        let (delimiter, decimal_comma, fields, start, longest) = (b',', false, kinds.len(), 0, 0);
        let names = named_by;
        Some(Self { delimiter, decimal_comma, fields, vector, dims, names, others, start, longest, choice })
    }

    /// What is between fields, and where it matters what is in numbers.
    pub fn about(&self) -> String {
        let delimiter = match self.delimiter {
            b',' => "separated by commas",
            b';' => "separated by semicolons",
            b'\t' => "separated by tabs",
            _ => "separated by bars",
        };
        if self.decimal_comma { format!("{delimiter}, with decimal commas") } else { delimiter.to_owned() }
    }

    /// A field as a number: NaN where there is none, `None` where it is something else.
    pub fn number(&self, field: &[u8]) -> Option<f32> {
        number(field, self.decimal_comma)
    }
}

/// The first records, without one that is cut off.
fn records(text: &[u8], delimiter: u8, cut: bool) -> Option<Records> {
    let mut found = Records { fields: Vec::new(), second: text.len(), longest: 0 };
    let mut start = 0;
    while found.fields.len() < SURVEYED {
        start += text[start..].iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
        if start == text.len() {
            break;
        }
        let (fields, length) = record(&text[start..], delimiter, found.fields.first().map(Vec::len))?;
        let end = start + length;
        if cut && end >= text.len() {
            break;
        }
        if found.fields.is_empty() {
            found.second = end;
        }
        found.longest = found.longest.max(end - start);
        start = end;
        found.fields.push(fields);
    }
    (!found.fields.is_empty()).then_some(found)
}

/// The fields of the record that `text` begins with, and its length, where another record has `usual` fields.
fn record(text: &[u8], delimiter: u8, usual: Option<usize>) -> Option<(Vec<Vec<u8>>, usize)> {
    let line = first_line(text);
    let cut = |line: &[u8]| line.split(|&byte| byte == delimiter).map(<[u8]>::to_vec).collect::<Vec<_>>();
    let usual = usual.unwrap_or_else(|| cut(line).len());
    let is_row = |line: &[u8]| {
        let has_numbers = |field: &Vec<u8>| list(field, &mut Vec::new()).is_some();
        let fields = cut(line);
        fields.len() > 1 && fields.len() == usual && fields.iter().any(has_numbers)
    };
    if line.contains(&b'"') && !quotes::are_meant(text, delimiter, is_row) {
        let end = memchr::memchr(b'\n', text).map_or(text.len(), |end| end + 1);
        return Some((cut(line), end));
    }
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text);
    let mut record = csv::ByteRecord::new();
    let found = reader.read_byte_record(&mut record).ok()?;
    found.then(|| (record.iter().map(<[u8]>::to_vec).collect(), reader.position().byte() as usize))
}

/// How many fields most records have; none if they do not agree.
fn usual_length(records: &[Vec<Vec<u8>>]) -> Option<usize> {
    let mut lengths: Vec<usize> = records.iter().map(Vec::len).collect();
    lengths.sort_unstable();
    let most = lengths.chunk_by(|a, b| a == b).max_by_key(|equal| equal.len())?;
    (most.len() * 2 > lengths.len()).then_some(most[0])
}

fn kind<'a>(values: impl Iterator<Item = &'a [u8]> + Clone, comma: bool) -> Kind {
    let mut present = values.filter(|value| !is_missing(value)).peekable();
    let Some(&first) = present.peek() else { return Kind::Nothing };
    if present.clone().all(|value| number(value, comma).is_some()) {
        return Kind::Number;
    }
    let length = |value: &[u8]| {
        let mut numbers = Vec::new();
        list(value, &mut numbers).map(|()| numbers.len()).filter(|&length| length > 1 && length <= MAX_DIMS)
    };
    match length(first) {
        Some(dims) if present.all(|value| length(value).is_some()) => Kind::List(dims),
        _ => Kind::Text,
    }
}

/// Whether a first record says what the columns are called: where numbers and lists stand below, it has words, or numbers
/// that count up.
fn is_header(first: &[Vec<u8>], kinds: &[Kind], comma: bool) -> bool {
    let below = || first.iter().zip(kinds).filter(|(_, kind)| matches!(kind, Kind::Number | Kind::List(_)));
    let is_word = |(field, _): (&Vec<u8>, &Kind)| {
        !is_missing(field) && number(field, comma).is_none() && { list(field, &mut Vec::new()).is_none() }
    };
    if below().any(is_word) {
        return true;
    }
    let numbers = below().filter(|(field, _)| !field.is_empty()).map(|(field, _)| field.as_slice());
    let beside = first.iter().zip(kinds).filter(|(_, kind)| **kind == Kind::Text);
    are_column_numbers(numbers, beside.map(|(field, _)| field.as_slice()))
}

fn is_missing(field: &[u8]) -> bool {
    MISSING.contains(&field.trim_ascii())
}

fn number(field: &[u8], comma: bool) -> Option<f32> {
    let field = field.trim_ascii();
    if comma && field.contains(&b',') {
        let mut pointed = [0_u8; 64];
        let pointed = pointed.get_mut(..field.len())?;
        pointed.copy_from_slice(field);
        pointed.iter_mut().filter(|byte| **byte == b',').for_each(|byte| *byte = b'.');
        return fast_float2::parse(pointed).ok();
    }
    fast_float2::parse(field).ok().or_else(|| is_missing(field).then_some(f32::NAN))
}

/// Appends the numbers of a list such as `[0.1, 0.2]`, `(1;2)` or `0.1 0.2`; `None` if it is no list.
pub fn list(field: &[u8], numbers: &mut Vec<f32>) -> Option<()> {
    let field = field.trim_ascii();
    let inside = match field {
        [b'[', inside @ .., b']'] | [b'(', inside @ .., b')'] | [b'{', inside @ .., b'}'] => inside,
        bare => bare,
    };
    let separates = |byte: &u8| matches!(byte, b',' | b';') || byte.is_ascii_whitespace();
    let mut any = false;
    for number in inside.split(separates).filter(|number| !number.is_empty()) {
        numbers.push(fast_float2::parse(number).ok()?);
        any = true;
    }
    any.then_some(())
}

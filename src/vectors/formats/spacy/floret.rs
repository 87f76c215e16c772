//! spaCy's vectors in floret's mode: rows belong to parts of words ([`crate::vectors::floret`]), and a word has the mean of
//! the rows of its own.
//!
//! Source: `spacy/vectors.pyx`. `vectors.cfg` says how words are cut and hashed; `key2row` is empty. Shown are the words of
//! `strings.json`, each with the vector that spaCy gives it; without that list, the rows of the table by their numbers.

use std::borrow::Cow;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};

use super::super::super::dtype::DType;
use super::super::super::floret::Floret;
use super::super::super::rows::Rows;
use super::super::super::subwords::{LONGEST_WORD, Matrix, Subwords, divide, keep};
use super::super::super::warning::Warning;
use super::super::super::words::Words;
use super::super::npy_array::Array;
use super::super::{NamesFrom, Parsed, malformed, npy};
use super::{NAME, SETTINGS, STRINGS};
use crate::files::Source;
use crate::files::problem::{Place, Problem, TooManyWords, grouped};
use crate::files::unpack::most_unpacked;
use crate::progress::{Part, Progress};

/// Longer n-grams, in characters, are a sign of damage; those in use have 2 to 6.
const LONGEST_GRAM: u64 = 64;

/// Longer marks around a word are a sign of damage; those in use have one character.
const LONGEST_MARK: usize = 64;

/// How many words a thread takes at a time.
const WORDS_AT_ONCE: usize = 64;

const AGAIN: &str = "save the vectors again with spaCy";

/// What `vectors.cfg` says.
#[derive(Deserialize)]
struct Settings {
    minn: u64,
    maxn: u64,
    hash_count: u64,
    hash_seed: u32,
    bow: String,
    eow: String,
}

impl Settings {
    fn read(source: &Source, rows: u64) -> Result<Floret, Problem> {
        let bytes = source.text_beside(SETTINGS)?.ok_or(Problem::Missing)?;
        let bad = |what: String| malformed(NAME, Place::Byte(0), what, AGAIN);
        let said: Self = serde_json::from_slice(&bytes)
            .map_err(|error| bad(format!("the settings, {SETTINGS}, cannot be read: {error}")))?;
        if said.maxn > LONGEST_GRAM || !(1..=4).contains(&said.hash_count) {
            let Self { minn, maxn, hash_count, .. } = said;
            return Err(bad(format!(
                "{SETTINGS} asks for parts of {minn} to {maxn} characters with {hash_count} rows each"
            )));
        }
        if said.bow.len().max(said.eow.len()) > LONGEST_MARK {
            return Err(bad(format!("{SETTINGS} asks for marks of more than {LONGEST_MARK} bytes")));
        }
        Ok(Floret {
            lengths: (said.minn.min(LONGEST_GRAM + 1) as usize, said.maxn as usize),
            hashes: said.hash_count as usize,
            seed: said.hash_seed,
            marks: (said.bow, said.eow),
            rows,
        })
    }
}

/// Reads the table, and the words with their vectors.
pub(super) fn read(source: &Source, progress: &dyn Progress) -> Result<Parsed, Problem> {
    let array = Array::read(NAME, source.bytes())?;
    let shape = array.matrix(NAME)?;
    let floret = Settings::read(source, shape.rows)?;
    let mut warnings = Vec::new();
    let stored = npy::rows(NAME, &source.held(), &array, &shape, &mut warnings, progress)?;
    if stored.count() as u64 != shape.rows {
        // A word's hash is divided by the number of rows: with fewer of them, it would lead elsewhere.
        let what = format!("the file ends before its {} rows of {} numbers", shape.rows, shape.dims);
        return Err(malformed(NAME, Place::Byte(source.bytes().len() as u64), what, "get the file again"));
    }
    let matrix = matrix(source, &array, &stored)?;
    progress.check()?;
    let (fewest, most) = floret.lengths;
    let about = format!(
        "{fewest} to {most} characters and whole words, {} of {} rows each",
        floret.hashes,
        grouped(shape.rows)
    );
    let facts = vec![("Parts of words".to_owned(), about)];
    let Some(words) = words(source)? else {
        warnings.push(Warning::NoWordList);
        let (names, numbers) = (NamesFrom::Numbers, Words::numbered(stored.count())?);
        let subwords = Some(Subwords::of_floret(floret, matrix));
        return Ok(Parsed { subwords, names, facts, warnings, ..Parsed::new(numbers, stored) });
    };
    check_work(source, &words, &floret, stored.dims())?;
    let rows = vectors(source, &words, &floret, &matrix, &Part::new(progress, 0.1, 1.0))?;
    let subwords = Some(Subwords::of_floret(floret, matrix));
    let names = NamesFrom::Beside(STRINGS.to_owned());
    Ok(Parsed { subwords, names, facts, warnings, ..Parsed::new(words, rows) })
}

/// The rows as `f32`, where they lie if they lie so.
fn matrix(source: &Source, array: &Array, stored: &Rows) -> Result<Matrix, Problem> {
    let (rows, dims) = (stored.count(), stored.dims());
    let as_stored = stored.dtype() == DType::F32 && !array.by_columns && !array.big_endian;
    let bytes = if as_stored {
        let range = array.start..array.start + rows * dims * size_of::<f32>();
        keep(source.bytes(), range).ok_or(Problem::Shortened)?
    } else {
        let mut buffer = Vec::new();
        let values = stored.block(0..rows, &mut buffer);
        values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>().into()
    };
    Ok(Matrix::Dense { bytes, dims })
}

/// The words of `strings.json`, if it lies there.
fn words(source: &Source) -> Result<Option<Words>, Problem> {
    struct List(Words);
    impl<'de> Visitor<'de> for List {
        type Value = Result<Words, TooManyWords>;

        fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(out, "a list of words")
        }

        fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut fits = Ok(());
            while let Some(word) = list.next_element::<Cow<'_, str>>()? {
                if word.len() > LONGEST_WORD {
                    let long = format!("a word of {} bytes, where {LONGEST_WORD} are the most", word.len());
                    return Err(serde::de::Error::custom(long));
                }
                // The empty word has no parts.
                if !word.is_empty() && fits.is_ok() {
                    fits = self.0.push(&word);
                }
            }
            Ok(fits.map(|()| self.0))
        }
    }
    let Some(bytes) = source.text_beside(STRINGS)? else { return Ok(None) };
    let list = serde_json::Deserializer::from_slice(&bytes).deserialize_seq(List(Words::default()));
    let words = list.map_err(|error| {
        let what = format!("the list of words, {STRINGS}, cannot be read: {error}");
        malformed(NAME, Place::Line(error.line() as u64), what, AGAIN)
    })??;
    Ok(Some(words))
}

/// Refuses words whose vectors would take far more memory than their file, or far longer to add up than to read.
fn check_work(source: &Source, words: &Words, floret: &Floret, dims: usize) -> Result<(), Problem> {
    const MOST_PARTS: usize = 400;
    const ALWAYS: usize = 1 << 29;
    let listed: usize = words.iter().map(|word| word.len() + 4).sum();
    let limit = most_unpacked((source.bytes().len() + listed) as u64) as usize;
    let widened = words.len().saturating_mul(dims * size_of::<f32>());
    if widened > limit {
        return Err(Problem::TooLarge { what: format!("{widened} bytes of vectors of words"), limit });
    }
    let marks = floret.marks.0.len() + floret.marks.1.len();
    let parts = words.iter().map(|word| floret.count(word.len() + marks)).fold(0, usize::saturating_add);
    if parts.saturating_mul(dims) > words.len() * MOST_PARTS * dims + ALWAYS {
        let (words, parts) = (grouped(words.len() as u64), grouped(parts as u64));
        let what = format!("{words} words in {STRINGS} lead to {parts} rows");
        return Err(malformed(NAME, Place::Byte(0), what, AGAIN));
    }
    Ok(())
}

/// The vectors of all words.
fn vectors(
    source: &Source,
    words: &Words,
    floret: &Floret,
    matrix: &Matrix,
    progress: &dyn Progress,
) -> Result<Rows, Problem> {
    let dims = matrix.dims();
    let mut values = vec![0.0_f32; words.len() * dims];
    let done = AtomicUsize::new(0);
    values.par_chunks_mut(dims * WORDS_AT_ONCE).enumerate().try_for_each(|(chunk, values)| {
        source.bytes().check_whole()?;
        for (i, sum) in values.chunks_exact_mut(dims).enumerate() {
            progress.check()?;
            let mut count = 0;
            floret.each(words.get(chunk * WORDS_AT_ONCE + i), |row| {
                matrix.add(row, sum);
                count += 1;
            });
            divide(sum, count);
        }
        let done = done.fetch_add(WORDS_AT_ONCE, Ordering::Relaxed);
        progress.report(done as f32 / words.len() as f32);
        Ok::<(), Problem>(())
    })?;
    Ok(Rows::owned(values, dims))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::super::super::super::{Opened, open_source};
    use super::*;
    use crate::files::Bytes;
    use crate::progress::Unwatched;

    const VECTORS: &[u8] = include_bytes!("../../../../tests/data/floret/vocab/vectors");
    const SAID: &str = include_str!("../../../../tests/data/floret/vocab/vectors.cfg");
    const WORDS: &str = include_str!("../../../../tests/data/floret/vocab/strings.json");

    fn open(vectors: &[u8], settings: &str, strings: Option<&str>) -> Result<Opened, String> {
        let mut beside = vec![
            ("key2row".to_owned(), Bytes::from(vec![0x80])),
            (SETTINGS.to_owned(), Bytes::from(settings.as_bytes().to_vec())),
        ];
        beside.extend(strings.map(|strings| (STRINGS.to_owned(), Bytes::from(strings.as_bytes().to_vec()))));
        let source = Source::from_memory("vectors", vectors.to_vec(), beside).unwrap();
        open_source(&source, &Unwatched).map_err(|error| error.to_string())
    }

    fn agrees(opened: &Opened) {
        let expected = include_str!("../../../../tests/data/floret/expected.json");
        let expected: HashMap<String, Vec<f32>> = serde_json::from_str(expected).unwrap();
        assert!(expected.len() > 130);
        for (word, expected) in expected {
            let found = opened.table.vector_of(&word).unwrap_or_else(|| panic!("{word}"));
            for (x, y) in found.iter().zip(&expected) {
                assert!((x - y).abs() < 2e-6, "{word}: {found:?} and {expected:?}");
            }
        }
    }

    #[test]
    fn words_and_words_that_are_not_there_have_the_vectors_of_spacy() {
        let opened = open(VECTORS, SAID, Some(WORDS)).unwrap();
        let listed: Vec<String> = serde_json::from_str(WORDS).unwrap();
        assert!(opened.table.words().iter().eq(listed.iter().map(String::as_str)));
        assert_eq!((opened.table.dims(), &opened.names), (6, &NamesFrom::Beside(STRINGS.to_owned())));
        assert!(opened.table.find("zzyzx").is_none() && opened.table.vector_of("").is_none());
        assert!(opened.facts[0].1.contains("2 to 4 characters"), "{:?}", opened.facts);
        assert_eq!(opened.warnings, []);
        agrees(&opened);
    }

    #[test]
    fn rows_in_another_order_of_bytes_are_the_same() {
        let at = VECTORS.windows(2).position(|two| two == b"<f").unwrap();
        let mut turned = VECTORS.to_vec();
        turned[at] = b'>';
        for number in turned[128..].as_chunks_mut::<4>().0 {
            number.reverse();
        }
        agrees(&open(&turned, SAID, Some(WORDS)).unwrap());
    }

    #[test]
    fn without_a_list_of_words_the_rows_are_numbered() {
        let opened = open(VECTORS, SAID, None).unwrap();
        assert_eq!((opened.table.rows(), opened.table.word(7)), (120, "7"));
        assert_eq!(opened.warnings, [Warning::NoWordList]);
        assert!(opened.table.vector_of("license").is_some());
    }

    #[test]
    fn what_cannot_be_is_refused_and_said() {
        let said = |change: (&str, &str)| SAID.replace(change.0, change.1);
        for (settings, expected) in [
            (said(("\"maxn\":4", "\"maxn\":400")), "2 to 400 characters"),
            (said(("\"hash_count\":2", "\"hash_count\":5")), "5 rows each"),
            (said(("\"hash_count\":2", "\"hash_count\":0")), "0 rows each"),
            (said(("\"minn\":2", "\"minn\":-2")), "vectors.cfg, cannot be read"),
            (said(("\"bow\":\"<\"", &format!("\"bow\":\"{}\"", "<".repeat(65)))), "marks of more than"),
        ] {
            let error = open(VECTORS, &settings, Some(WORDS)).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
        let cut = open(&VECTORS[..VECTORS.len() - 1], SAID, Some(WORDS)).unwrap_err();
        assert!(cut.contains("ends before its 120 rows"), "{cut}");
        let broken = open(VECTORS, SAID, Some("[\"a\", ")).unwrap_err();
        assert!(broken.contains("strings.json, cannot be read"), "{broken}");
        let none = open(VECTORS, SAID, Some("[\"\"]")).unwrap_err();
        assert!(none.contains("there is no row"), "{none}");
        let long = format!("[\"{}\"]", "x".repeat(60_000));
        let settings = said(("\"maxn\":4", "\"maxn\":64"));
        assert!(open(VECTORS, &settings, Some(&long)).is_ok(), "one long word is nothing");
    }
}

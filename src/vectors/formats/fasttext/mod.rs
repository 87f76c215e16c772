//! fastText's own models, `.bin` and `.ftz`: a dictionary, and an input matrix with a row for each word and then one for
//! each bucket of n-grams.
//!
//! Source: fastText 0.9.2, `args.cc`, `dictionary.cc`, `densematrix.cc`, `quantmatrix.cc`, `fasttext.cc` (`loadModel`,
//! `getWordVector`). Read are versions 11 and 12, quantized and pruned ones among them, and the first form, which has
//! neither magic number nor version and, as `gensim/models/_fasttext_bin.py` says, no pruned index and no marks of
//! quantization. Skip-gram, CBOW and supervised models; labels are no rows. A row of the table is what fastText calls a
//! word's vector: the mean of its own row and of those of its n-grams ([`crate::vectors::subwords`]). The output matrix,
//! with which models predict, is not read.

mod matrix;

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use memchr::memchr;
use rayon::prelude::*;

use super::super::rows::Rows;
use super::super::subwords::{Grams, LONGEST_WORD, Matrix, Subwords, divide, keep};
use super::super::table::{Column, ColumnValues, DType};
use super::super::warning::Warning;
use super::super::words::Words;
use super::{Format, Parsed, check_shape, malformed};
use crate::files::problem::{Place, Problem, grouped};
use crate::files::unpack::most_unpacked;
use crate::files::{Bytes, Source};
use crate::progress::{Part, Progress};
use matrix::{Cursor, CutOff, read_matrix};

const NAME: &str = "fastText";

/// What newer models begin with.
const MAGIC: i32 = 793_712_314;

/// The versions that are read.
const VERSIONS: [i32; 2] = [11, 12];

/// Longer n-grams, in characters, are a sign of damage; fastText makes them of 6 unless told otherwise.
const LONGEST_GRAM: i32 = 64;

/// How many words a thread takes at a time.
const WORDS_AT_ONCE: usize = 64;

const AGAIN: &str = "get the file again";

/// fastText's model.
pub struct FastText;

impl Format for FastText {
    fn name(&self) -> &'static str {
        NAME
    }

    fn recognizes(&self, source: &Source) -> bool {
        let bytes = source.bytes();
        let mut cursor = Cursor { bytes, at: 0 };
        cursor.number() == Ok(MAGIC) || Settings::read(bytes).is_ok_and(|(settings, _)| settings.plausible())
    }

    fn read(&self, source: &Source, progress: &dyn Progress) -> Result<Parsed, Problem> {
        let bytes = source.bytes();
        let (settings, start) = Settings::read(bytes)?;
        let (dictionary, end) = Dictionary::read(bytes, start, &settings, &Part::new(progress, 0.0, 0.2))?;
        let matrix = read_matrix(bytes, end, settings.is_newer())?;
        check_shape(NAME, dictionary.words.len() as u64, matrix.dims() as u64)?;
        let grams = dictionary.grams(&settings);
        check_matrix(&matrix, &dictionary, grams.as_ref(), end)?;
        check_widened(bytes, &matrix, &dictionary)?;
        check_work(&dictionary, grams.as_ref(), matrix.dims(), start)?;
        let facts = facts(&settings, &dictionary, &matrix);
        let words = dictionary.words.len();
        let rows = vectors(bytes, &dictionary, grams.as_ref(), &matrix, &Part::new(progress, 0.2, 1.0))?;
        let subwords = match grams {
            Some(grams) => matrix.rows_from(words).map(|matrix| Subwords::new(grams, matrix)),
            None => None,
        };
        let invalid = dictionary.invalid_utf8;
        let warnings = (invalid > 0).then_some(Warning::InvalidUtf8 { words: invalid });
        let columns =
            vec![Column { name: "count".to_owned(), values: ColumnValues::Numbers(dictionary.counts) }];
        Ok(Parsed {
            columns,
            facts,
            subwords,
            warnings: warnings.into_iter().collect(),
            ..Parsed::new(dictionary.words, rows)
        })
    }
}

/// How the model was trained.
struct Settings {
    /// None for the first form.
    version: Option<i32>,
    dims: i32,
    window: i32,
    epochs: i32,
    loss: i32,
    model: i32,
    buckets: i32,
    fewest: i32,
    most: i32,
    /// The threshold for leaving out frequent words.
    sampling: f64,
}

impl Settings {
    const SUPERVISED: i32 = 3;

    /// Reads them, and says where they end.
    fn read(bytes: &[u8]) -> Result<(Self, usize), Problem> {
        let mut cursor = Cursor { bytes, at: 0 };
        let first = cursor.number()?;
        let (version, dims) =
            if first == MAGIC { (Some(cursor.number()?), cursor.number()?) } else { (None, first) };
        if version.is_some_and(|version| !VERSIONS.contains(&version)) {
            return Err(Problem::Unsupported {
                what: "a fastText model of another version than 11 or 12",
                advice: "save its vectors as text (fasttext print-word-vectors) and open those",
            });
        }
        let mut number = || cursor.number();
        let (window, epochs) = (number()?, number()?);
        let (_fewest_counts, _negatives, _word_grams) = (number()?, number()?, number()?);
        let (loss, model, buckets) = (number()?, number()?, number()?);
        let (fewest, mut most) = (number()?, number()?);
        let _update_rate = number()?;
        let sampling = cursor.array().map(f64::from_le_bytes)?;
        // Supervised models had no n-grams before version 12, whatever they say.
        if version != Some(12) && model == Self::SUPERVISED {
            most = 0;
        }
        let settings = Self { version, dims, window, epochs, loss, model, buckets, fewest, most, sampling };
        if most > LONGEST_GRAM || most > 0 && fewest < 0 || buckets < 0 {
            let what = format!("n-grams of {fewest} to {most} characters in {buckets} buckets");
            return Err(malformed(NAME, Place::Byte(0), what, AGAIN));
        }
        Ok((settings, cursor.at))
    }

    /// Whether numbers without a magic one before them are such settings.
    fn plausible(&self) -> bool {
        (1..=65_536).contains(&self.dims)
            && (0..=1_000).contains(&self.window)
            && (0..=1_000_000).contains(&self.epochs)
            && (1..=4).contains(&self.loss)
            && (1..=3).contains(&self.model)
            && (0.0..=1.0).contains(&self.sampling)
            && (0..=LONGEST_GRAM).contains(&self.fewest)
    }

    /// Whether the file has what came with the magic number.
    fn is_newer(&self) -> bool {
        self.version.is_some()
    }
}

/// The words, their counts and their places.
struct Dictionary {
    words: Words,
    /// Where each word begins in the file: n-grams are made of its bytes as they are.
    starts: Vec<usize>,
    counts: Vec<f32>,
    labels: usize,
    read_in_training: i64,
    /// Of a pruned model, bucket and row; nothing at all if every n-gram was left out.
    pruned: Option<HashMap<u32, u32>>,
    invalid_utf8: usize,
}

impl Dictionary {
    /// An entry takes at least the end of its word, a count and a type.
    const SMALLEST_ENTRY: usize = 10;

    /// Reads it from byte `start` on, and says where it ends.
    fn read(
        bytes: &Bytes,
        start: usize,
        settings: &Settings,
        progress: &dyn Progress,
    ) -> Result<(Self, usize), Problem> {
        let mut cursor = Cursor { bytes, at: start };
        let counts = [cursor.number()?, cursor.number()?, cursor.number()?];
        let read_in_training = cursor.long()?;
        let pruned = if settings.is_newer() { cursor.long()? } else { -1 };
        let [Ok(entries), Ok(words), Ok(labels)] = counts.map(usize::try_from) else {
            return Err(malformed(NAME, Place::Byte(start as u64), "counts of words below 0", AGAIN));
        };
        let room = (bytes.len() - cursor.at) / Self::SMALLEST_ENTRY;
        if words.checked_add(labels) != Some(entries) || entries > room {
            let what = format!("{entries} entries with {words} words and {labels} labels cannot be");
            return Err(malformed(NAME, Place::Byte(start as u64), what, AGAIN));
        }
        let mut dictionary = Self {
            words: Words::default(),
            starts: Vec::with_capacity(words),
            counts: Vec::with_capacity(words),
            labels,
            read_in_training,
            pruned: None,
            invalid_utf8: 0,
        };
        for entry in 0..entries {
            if entry % 65_536 == 0 {
                progress.check()?;
                progress.report(entry as f32 / entries as f32);
                bytes.check_whole()?;
            }
            dictionary.entry(&mut cursor, entry < words)?;
        }
        dictionary.words.shrink();
        dictionary.pruned = read_pruned(&mut cursor, pruned)?;
        Ok((dictionary, cursor.at))
    }

    fn entry(&mut self, cursor: &mut Cursor<'_>, is_word: bool) -> Result<(), Problem> {
        let start = cursor.at;
        let reach = &cursor.bytes[start..cursor.bytes.len().min(start + LONGEST_WORD + 1)];
        let wrong = |what| Err(malformed(NAME, Place::Byte(start as u64), what, AGAIN));
        let Some(length) = memchr(0, reach) else { return wrong("a word does not end") };
        cursor.at += length + 1;
        let (count, [kind]) = (cursor.long()?, cursor.array()?);
        if kind != u8::from(!is_word) {
            return wrong("words and labels are not counted as they stand");
        }
        if is_word {
            let word = String::from_utf8_lossy(&reach[..length]);
            self.invalid_utf8 += usize::from(matches!(word, std::borrow::Cow::Owned(_)));
            self.words.push(&word)?;
            self.starts.push(start);
            self.counts.push(count as f32);
        }
        Ok(())
    }

    /// The bytes of a word as they stand in the file.
    fn raw<'a>(&self, bytes: &'a [u8], word: usize) -> &'a [u8] {
        let rest = &bytes[self.starts[word]..];
        &rest[..memchr(0, rest).unwrap_or(rest.len())]
    }

    /// How n-grams have rows, if they have any.
    fn grams(&self, settings: &Settings) -> Option<Grams> {
        let kept = self.pruned.clone();
        let some = settings.most > 0 && settings.buckets > 0 && kept.as_ref().is_none_or(|k| !k.is_empty());
        let lengths = (settings.fewest as usize, settings.most as usize);
        some.then_some(Grams { lengths, buckets: settings.buckets as u32, kept })
    }
}

/// The buckets of a pruned model and their rows; none at all for other models, whose size is −1.
fn read_pruned(cursor: &mut Cursor<'_>, size: i64) -> Result<Option<HashMap<u32, u32>>, Problem> {
    let Ok(size) = usize::try_from(size) else { return Ok(None) };
    let place = Place::Byte(cursor.at as u64);
    let pairs = cursor.take(size.checked_mul(8).ok_or(CutOff)?)?.as_chunks::<8>().0;
    let mut kept = HashMap::with_capacity(size);
    for &[a, b, c, d, e, f, g, h] in pairs {
        let pair = [[a, b, c, d], [e, f, g, h]].map(|bytes| u32::try_from(i32::from_le_bytes(bytes)));
        let [Ok(bucket), Ok(row)] = pair else {
            return Err(malformed(NAME, place, "a bucket or its row is below 0", AGAIN));
        };
        kept.insert(bucket, row);
    }
    Ok(Some(kept))
}

/// Refuses a matrix without a row for every word and every n-gram.
fn check_matrix(
    matrix: &Matrix,
    dictionary: &Dictionary,
    grams: Option<&Grams>,
    at: usize,
) -> Result<(), Problem> {
    let words = dictionary.words.len();
    let for_grams = match grams {
        None => 0,
        Some(Grams { kept: Some(kept), .. }) => kept.values().max().map_or(0, |&row| row as usize + 1),
        Some(grams) => grams.buckets as usize,
    };
    let (rows, needed) = (matrix.rows(), words + for_grams);
    if rows < needed {
        let what = format!("the input matrix has {rows} rows, words and n-grams need {needed}");
        return Err(malformed(NAME, Place::Byte(at as u64), what, AGAIN));
    }
    Ok(())
}

/// Refuses a quantized model whose rows would take far more memory than any that fastText writes: 4 bytes for each byte
/// that stands for 2 numbers is 8 times, and pruned n-grams take none of it. Other models are as large as their file.
fn check_widened(bytes: &Bytes, matrix: &Matrix, dictionary: &Dictionary) -> Result<(), Problem> {
    let limit = most_unpacked(bytes.len() as u64) as usize;
    let widened = dictionary.words.len().saturating_mul(matrix.dims() * size_of::<f32>());
    if matches!(matrix, Matrix::Quantized(_)) && widened > limit {
        return Err(Problem::TooLarge { what: format!("{widened} bytes of widened rows"), limit });
    }
    Ok(())
}

/// Refuses words so long that adding up the rows of their n-grams would take far longer than reading the file.
fn check_work(dictionary: &Dictionary, grams: Option<&Grams>, dims: usize, at: usize) -> Result<(), Problem> {
    const MOST_PARTS: usize = 200;
    const ALWAYS: usize = 1 << 29;
    let Some(grams) = grams else { return Ok(()) };
    let words = &dictionary.words;
    let parts: usize = words.iter().map(|word| (word.len() + 2) * grams.lengths.1.min(word.len() + 2)).sum();
    if parts.saturating_mul(dims) > words.len() * MOST_PARTS * dims + ALWAYS {
        let what = format!("{} words have {} n-grams", grouped(words.len() as u64), grouped(parts as u64));
        return Err(malformed(NAME, Place::Byte(at as u64), what, AGAIN));
    }
    Ok(())
}

/// The vectors of all words. Where words have no n-grams, their rows are their vectors, and stay where they are.
fn vectors(
    bytes: &Bytes,
    dictionary: &Dictionary,
    grams: Option<&Grams>,
    matrix: &Matrix,
    progress: &dyn Progress,
) -> Result<Rows, Problem> {
    let (words, dims) = (dictionary.words.len(), matrix.dims());
    if let (None, Matrix::Dense { bytes, .. }) = (grams, matrix) {
        let rows = keep(bytes, 0..words * dims * size_of::<f32>()).ok_or(CutOff)?;
        return Rows::contiguous(rows, DType::F32, 0, words, dims).ok_or(CutOff.into());
    }
    let mut values = vec![0.0_f32; words * dims];
    let done = AtomicUsize::new(0);
    values.par_chunks_mut(dims * WORDS_AT_ONCE).enumerate().try_for_each(|(chunk, values)| {
        bytes.check_whole()?;
        for (i, sum) in values.chunks_exact_mut(dims).enumerate() {
            progress.check()?;
            let word = chunk * WORDS_AT_ONCE + i;
            matrix.add(word, sum);
            let mut count = 1;
            if let Some(grams) = grams {
                grams.each(dictionary.raw(bytes, word), |row| {
                    matrix.add(words + row, sum);
                    count += 1;
                });
            }
            divide(sum, count);
        }
        let done = done.fetch_add(WORDS_AT_ONCE, Ordering::Relaxed);
        progress.report(done as f32 / words as f32);
        Ok::<(), Problem>(())
    })?;
    matrix.release();
    Ok(Rows::owned(values, dims))
}

/// What the model says of itself.
fn facts(settings: &Settings, dictionary: &Dictionary, matrix: &Matrix) -> Vec<(String, String)> {
    let named = |names: &[&str], number: i32| {
        let at = number.checked_sub(1).and_then(|at| usize::try_from(at).ok());
        let name = at.and_then(|at| names.get(at).copied());
        name.map_or_else(|| format!("number {number}"), str::to_owned)
    };
    let mut facts = vec![
        ("Model", named(&["CBOW", "skip-gram", "supervised (a classifier)"], settings.model)),
        (
            "Loss",
            named(
                &["hierarchical softmax", "negative sampling", "softmax", "one against all"],
                settings.loss,
            ),
        ),
        ("Epochs", settings.epochs.to_string()),
        ("Words read in training", grouped(dictionary.read_in_training.unsigned_abs())),
    ];
    facts.push(match dictionary.grams(settings) {
        Some(grams) => {
            let buckets = grams.kept.as_ref().map_or(u64::from(grams.buckets), |kept| kept.len() as u64);
            let (fewest, most) = grams.lengths;
            ("Parts of words", format!("{fewest} to {most} characters, {} rows", grouped(buckets)))
        }
        None => ("Parts of words", "none: a word has its own row alone".to_owned()),
    });
    if dictionary.labels > 0 {
        facts.push(("Labels", format!("{}, which are not rows", grouped(dictionary.labels as u64))));
    }
    if let Matrix::Quantized(quantized) = matrix {
        facts.push(("Stored as", format!("product quantization, a byte for {} numbers", quantized.stretch)));
    }
    facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

#[cfg(test)]
mod tests;

//! Vectors from the parts of words, as fastText makes them: every run of a few characters has a row of its own, so that
//! words which were never read have vectors too.
//!
//! Source: Bojanowski, Grave, Joulin and Mikolov, *Enriching Word Vectors with Subword Information* (2017), and fastText
//! 0.9.2, `Dictionary::computeSubwords`, `Dictionary::hash` and `FastText::getWordVector`. A word's n-grams are hashed
//! into a fixed number of buckets; its vector is the mean of its own row and of the rows of its n-grams.

use std::collections::HashMap;
use std::ops::Range;

use super::floret::Floret;
use crate::files::Bytes;

/// The word that stands for the end of a line: it has no parts.
pub(super) const END_OF_LINE: &[u8] = b"</s>";

/// No word longer than this, in bytes, is cut into parts: time grows with its length.
pub(super) const LONGEST_WORD: usize = 64 << 10;

/// The rows of n-grams, and how a word leads to them: fastText's way or floret's.
#[derive(Debug)]
pub struct Subwords {
    parts: Parts,
    matrix: Matrix,
}

/// Whose way it is from a word to the rows of its parts.
#[derive(Debug)]
enum Parts {
    FastText(Grams),
    Floret(Floret),
}

/// How a word is cut into n-grams, and which row each has.
#[derive(Debug, Clone)]
pub(super) struct Grams {
    /// The fewest and the most characters of an n-gram.
    pub lengths: (usize, usize),
    /// How many buckets n-grams are hashed into; more than 0.
    pub buckets: u32,
    /// Of a pruned model, the buckets that were kept and the row of each, counted from the first n-gram's.
    pub kept: Option<HashMap<u32, u32>>,
}

/// Rows of d numbers, as fastText stores them.
#[derive(Debug)]
pub(super) enum Matrix {
    /// Little-endian `f32`, at any alignment.
    Dense { bytes: Bytes, dims: usize },
    /// Product quantization.
    Quantized(Quantized),
}

/// Rows of which each stretch of a few numbers is one of 256 in a codebook (Jégou, Douze and Schmid, *Product
/// Quantization for Nearest Neighbor Search*, 2011; fastText 0.9.2, `quantmatrix.cc`, `productquantizer.cc`).
#[derive(Debug)]
pub(super) struct Quantized {
    pub dims: usize,
    /// The numbers of a stretch; the last one of a row may have fewer.
    pub stretch: usize,
    /// For each stretch its 256 choices, one after another.
    pub codebooks: Vec<f32>,
    /// A byte for each stretch of each row.
    pub codes: Bytes,
    /// Where lengths are stored apart: a byte for each row, and what the bytes stand for.
    pub lengths: Option<(Bytes, Vec<f32>)>,
}

impl Matrix {
    pub fn dims(&self) -> usize {
        match self {
            Self::Dense { dims, .. } => *dims,
            Self::Quantized(quantized) => quantized.dims,
        }
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        match self {
            Self::Dense { bytes, dims } => bytes.len() / (dims * size_of::<f32>()),
            Self::Quantized(quantized) => quantized.codes.len() / quantized.stretches(),
        }
    }

    /// Whether all rows are still there: a mapped file may have been shortened since.
    fn is_whole(&self) -> bool {
        match self {
            Self::Dense { bytes, .. } => bytes.is_whole(),
            Self::Quantized(quantized) => quantized.codes.is_whole(),
        }
    }

    /// Adds row `row` to `sum`, which has d numbers.
    pub fn add(&self, row: usize, sum: &mut [f32]) {
        match self {
            Self::Dense { bytes, dims } => {
                let size = dims * size_of::<f32>();
                let stored = bytes[row * size..(row + 1) * size].as_chunks().0;
                for (sum, bytes) in sum.iter_mut().zip(stored) {
                    *sum += f32::from_le_bytes(*bytes);
                }
            }
            Self::Quantized(quantized) => quantized.add(row, sum),
        }
    }

    /// The rows from `first` on, so kept that the rest of the file can go.
    pub fn rows_from(self, first: usize) -> Option<Self> {
        let rest = |bytes: &Bytes, row_size: usize| keep(bytes, first * row_size..bytes.len());
        Some(match self {
            Self::Dense { bytes, dims } => {
                Self::Dense { bytes: rest(&bytes, dims * size_of::<f32>())?, dims }
            }
            Self::Quantized(all) => {
                let codes = rest(&all.codes, all.stretches())?;
                let lengths = match all.lengths {
                    Some((codes, values)) => Some((rest(&codes, 1)?, values)),
                    None => None,
                };
                Self::Quantized(Quantized { codes, lengths, ..all })
            }
        })
    }

    /// Tells the system that the rows will not be needed soon.
    pub fn release(&self) {
        if let Self::Dense { bytes, .. } = self {
            bytes.release(0..bytes.len());
        }
    }

    fn bytes_in_memory(&self) -> usize {
        match self {
            Self::Dense { bytes, .. } => bytes.bytes_in_memory(),
            Self::Quantized(Quantized { codebooks, codes, lengths, .. }) => {
                let lengths = lengths.as_ref().map_or(0, |(codes, values)| {
                    codes.bytes_in_memory() + values.capacity() * size_of::<f32>()
                });
                codebooks.capacity() * size_of::<f32>() + codes.bytes_in_memory() + lengths
            }
        }
    }
}

impl Quantized {
    /// How many choices each stretch of a row has.
    pub const CHOICES: usize = 256;

    /// Into how many stretches a row is cut.
    pub fn stretches(&self) -> usize {
        self.dims.div_ceil(self.stretch)
    }

    fn add(&self, row: usize, sum: &mut [f32]) {
        let length = self.lengths.as_ref().map_or(1.0, |(codes, values)| values[usize::from(codes[row])]);
        let codes = &self.codes[row * self.stretches()..][..self.stretches()];
        for (place, (sum, &code)) in sum.chunks_mut(self.stretch).zip(codes).enumerate() {
            let choices = &self.codebooks[place * self.stretch * Self::CHOICES..];
            let choice = &choices[usize::from(code) * sum.len()..][..sum.len()];
            for (sum, x) in sum.iter_mut().zip(choice) {
                *sum += length * x;
            }
        }
    }
}

impl Grams {
    /// Calls `found` with the row of each n-gram of a word, counted from the first n-gram's. The word stands between
    /// `<` and `>`, n-grams are counted in characters, and the marks alone are none.
    pub fn each(&self, word: &[u8], mut found: impl FnMut(usize)) {
        if word == END_OF_LINE || word.len() > LONGEST_WORD {
            return;
        }
        let (fewest, most) = self.lengths;
        let marked: Vec<u8> = [b"<", word, b">"].concat();
        let begins_character = |at: usize| marked.get(at).is_none_or(|byte| byte & 0xC0 != 0x80);
        for start in (0..marked.len()).filter(|&at| begins_character(at)) {
            let (mut hash, mut end) = (Hash::START, start);
            for length in 1..=most {
                if end == marked.len() {
                    break;
                }
                loop {
                    hash = hash.with(marked[end]);
                    end += 1;
                    if begins_character(end) {
                        break;
                    }
                }
                let is_mark = length == 1 && (start == 0 || end == marked.len());
                if length >= fewest && !is_mark {
                    let bucket = hash.0 % self.buckets;
                    let row = match &self.kept {
                        Some(kept) => kept.get(&bucket).copied(),
                        None => Some(bucket),
                    };
                    if let Some(row) = row {
                        found(row as usize);
                    }
                }
            }
        }
    }
}

/// The 32-bit FNV-1a hash, but that fastText takes bytes as signed numbers: those from 128 on fill the upper bits too.
#[derive(Clone, Copy)]
struct Hash(u32);

impl Hash {
    const START: Self = Self(2_166_136_261);

    fn with(self, byte: u8) -> Self {
        Self((self.0 ^ i32::from(byte.cast_signed()).cast_unsigned()).wrapping_mul(16_777_619))
    }
}

impl Subwords {
    /// The parts of words, with the rows of n-grams alone.
    pub(super) fn new(grams: Grams, matrix: Matrix) -> Self {
        Self { parts: Parts::FastText(grams), matrix }
    }

    /// The parts of words in floret's way.
    pub(super) fn of_floret(floret: Floret, matrix: Matrix) -> Self {
        Self { parts: Parts::Floret(floret), matrix }
    }

    /// The vector of a word that has no row of its own: the mean of the rows of its n-grams, d numbers. None where it
    /// has no n-gram with a row, as short words do, where a number is not finite, or where the file was shortened.
    #[must_use]
    pub fn vector_of(&self, word: &str) -> Option<Vec<f32>> {
        if !self.matrix.is_whole() {
            return None;
        }
        let mut sum = vec![0.0; self.matrix.dims()];
        let mut count = 0;
        let add = |row| {
            self.matrix.add(row, &mut sum);
            count += 1;
        };
        match &self.parts {
            Parts::FastText(grams) => grams.each(word.as_bytes(), add),
            Parts::Floret(floret) => floret.each(word, add),
        }
        divide(&mut sum, count);
        (count > 0 && sum.iter().all(|x| x.is_finite())).then_some(sum)
    }

    /// The n-grams' lengths in characters, the fewest and the most.
    #[must_use]
    pub fn lengths(&self) -> (usize, usize) {
        match &self.parts {
            Parts::FastText(grams) => grams.lengths,
            Parts::Floret(floret) => floret.lengths,
        }
    }

    /// The memory of our own that the rows of n-grams take.
    #[must_use]
    pub fn bytes_in_memory(&self) -> usize {
        let kept = match &self.parts {
            Parts::FastText(Grams { kept: Some(kept), .. }) => kept.capacity() * 2 * size_of::<u32>(),
            Parts::FastText(_) | Parts::Floret(_) => 0,
        };
        self.matrix.bytes_in_memory() + kept
    }
}

/// A part of a file in memory of its own, or mapped where it is large.
pub(super) fn keep(bytes: &Bytes, range: Range<usize>) -> Option<Bytes> {
    let part = bytes.slice(range)?;
    Some(if part.is_mapped() { part.held() } else { part.to_vec().into() })
}

/// Makes the sum of `count` rows their mean, rounded as fastText rounds.
pub(super) fn divide(sum: &mut [f32], count: usize) {
    let factor = (1.0 / count.max(1) as f64) as f32;
    for x in sum {
        *x *= factor;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(grams: &Grams, word: &str) -> Vec<usize> {
        let mut rows = Vec::new();
        grams.each(word.as_bytes(), |row| rows.push(row));
        rows
    }

    fn hash(text: &str) -> usize {
        text.bytes().fold(Hash::START, Hash::with).0 as usize
    }

    #[test]
    fn words_are_cut_between_their_marks_by_characters() {
        let all = |lengths| Grams { lengths, buckets: u32::MAX, kept: None };
        assert_eq!(rows(&all((1, 2)), "éa"), ["<é", "é", "éa", "a", "a>"].map(hash));
        assert_eq!(rows(&all((3, 4)), "ab"), ["<ab", "<ab>", "ab>"].map(hash));
        assert!(rows(&all((3, 6)), "").is_empty() && rows(&all((1, 9)), "</s>").is_empty());
        assert!(rows(&all((1, 3)), &"x".repeat(LONGEST_WORD + 1)).is_empty());
    }

    /// FNV-1a's own numbers for ASCII; `fasttext.FastText.get_subwords` for what lies beyond.
    #[test]
    fn bytes_are_hashed_with_their_sign() {
        assert_eq!(hash("a"), 0xE40C_292C);
        assert_eq!(hash("foobar"), 0xBF9C_F968);
        let unsigned = |text: &str| {
            text.bytes().fold(2_166_136_261_u32, |hash, b| (hash ^ u32::from(b)).wrapping_mul(16_777_619))
        };
        assert_ne!(hash("é"), unsigned("é") as usize);
    }

    #[test]
    fn pruned_models_know_the_buckets_that_they_kept() {
        let bucket = (hash("<a") % 1000) as u32;
        let kept = Some(HashMap::from([(bucket, 7)]));
        assert_eq!(rows(&Grams { lengths: (2, 2), buckets: 1000, kept }, "a"), [7]);
    }

    #[test]
    fn the_vector_of_an_unknown_word_is_the_mean_of_its_parts() {
        let bytes: Vec<u8> = [1.0_f32, 2.0, 3.0, f32::NAN].iter().flat_map(|x| x.to_le_bytes()).collect();
        let matrix = Matrix::Dense { bytes: bytes.into(), dims: 1 };
        let kept = ["<a", "ab", "b>"].iter().enumerate().map(|(row, gram)| (hash(gram) as u32, row as u32));
        let kept = Some(kept.chain([(hash("x>") as u32, 3)]).collect());
        let subwords = Subwords::new(Grams { lengths: (2, 2), buckets: u32::MAX, kept }, matrix);
        assert_eq!(subwords.vector_of("ab"), Some(vec![2.0]));
        assert_eq!(subwords.vector_of("a"), Some(vec![1.0]), "`a>` has no row");
        assert_eq!(subwords.vector_of("qq"), None);
        assert_eq!(subwords.vector_of("x"), None, "it is not a number");
    }
}

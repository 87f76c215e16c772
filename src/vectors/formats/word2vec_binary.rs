//! word2vec's binary tables: a line `V d`, then for each row its word, a space, and d little-endian `f32`.
//!
//! Source: `word2vec/trunk/word2vec.c` (`-binary 1`), which ends each row with a line feed; gensim and fastText's
//! converters write none. Both are read. Rows are left where they are, at whatever alignment their words leave them.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use memchr::memchr;
use rayon::prelude::*;

use super::super::rows::Rows;
use super::super::table::DType;
use super::super::warning::Warning;
use super::super::words::Words;
use super::survey::counts;
use super::{Format, Parsed, check_shape, malformed};
use crate::files::problem::{Place, Problem};
use crate::files::{Bytes, Source};
use crate::progress::Progress;

const NAME: &str = "word2vec binary";

/// A first line longer than this is no header.
const LONGEST_HEADER: usize = 64;

/// A word longer than this is a sign that the reading is out of step with the rows.
const LONGEST_WORD: usize = 64 << 10;

/// How many bytes a thread walks before their pages are given back and the progress is told.
const STRETCH: usize = 32 << 20;

/// Where the reading begins within the file, words that are longer are not believed in.
const LONGEST_LIKELY: usize = 256;

/// So many rows must look like rows where the reading begins within the file.
const LIKELY_ROWS: usize = 8;

/// word2vec's binary table.
pub struct Word2VecBinary;

impl Format for Word2VecBinary {
    fn name(&self) -> &'static str {
        NAME
    }

    fn recognizes(&self, source: &Source) -> bool {
        let bytes = source.bytes();
        header(bytes).is_some_and(|(_, _, start)| !is_text(&bytes[start..bytes.len().min(start + 4096)]))
    }

    fn read(&self, source: &Source, progress: &dyn Progress) -> Result<Parsed, Problem> {
        let bytes = source.held();
        let (said, dims, start) = header(&bytes).ok_or(Problem::Unrecognized)?;
        check_shape(NAME, said, dims)?;
        let dims = dims as usize;
        let walk = Walk::new(&bytes, dims * size_of::<f32>(), STRETCH, progress);
        let walked = walk.all(start, said)?;
        finish(walked, bytes, said, dims)
    }
}

/// V, d and the position of the first row.
fn header(bytes: &[u8]) -> Option<(u64, u64, usize)> {
    let end = memchr(b'\n', &bytes[..bytes.len().min(LONGEST_HEADER)])?;
    let (rows, dims) = counts(&bytes[..end])?;
    Some((rows, dims, end + 1))
}

/// Whether bytes could be text: UTF-8, but for a character cut off at the end, without control characters.
fn is_text(sample: &[u8]) -> bool {
    if sample.is_empty() {
        return false;
    }
    let valid = std::str::from_utf8(sample).map_or_else(|error| error.error_len().is_none(), |_| true);
    valid && !sample.iter().any(|&byte| byte < 0x20 && !matches!(byte, b'\n' | b'\r' | b'\t'))
}

/// The way from row to row: the length of its word says where a row ends and the next begins.
///
/// Stretches of the file are walked in parallel, from where a row seems to begin. A stretch counts only if the one
/// before it ends just there, and is walked again otherwise: the outcome is that of one walk from end to end.
struct Walk<'a> {
    bytes: &'a Bytes,
    row_size: usize,
    /// How many bytes a thread takes at a time, about.
    stretch: usize,
    progress: &'a dyn Progress,
    /// How many bytes have been walked.
    done: AtomicUsize,
}

/// The rows of a stretch.
#[derive(Default)]
struct Walked {
    /// Where the next row begins.
    at: usize,
    words: Words,
    offsets: Vec<u64>,
    invalid_utf8: usize,
    /// How many words hold control characters, as no word does.
    garbled: usize,
}

impl<'a> Walk<'a> {
    fn new(bytes: &'a Bytes, row_size: usize, stretch: usize, progress: &'a dyn Progress) -> Self {
        Self { bytes, row_size, stretch, progress, done: AtomicUsize::new(0) }
    }

    /// All rows from byte `start` on, `said` at most.
    fn all(&self, start: usize, said: u64) -> Result<Walked, Problem> {
        let length = self.bytes.len();
        let mut starts = vec![self.past_line_feeds(start)];
        starts.extend((start..length).step_by(self.stretch).skip(1).filter_map(|at| self.guess(at)));
        starts.dedup();
        let end_of = |i: usize| starts.get(i + 1).copied().unwrap_or(length);
        let walk = |i: usize| self.rows(starts[i], end_of(i), said);
        let found: Vec<Result<Walked, Problem>> = (0..starts.len()).into_par_iter().map(walk).collect();
        let mut all = Walked { at: starts[0], ..Walked::default() };
        for (i, found) in found.into_iter().enumerate() {
            let left = said - all.offsets.len() as u64;
            let as_guessed =
                starts[i] == all.at && found.as_ref().is_ok_and(|f| f.offsets.len() as u64 <= left);
            all.append(&if as_guessed { found? } else { self.rows(all.at, end_of(i), left)? })?;
        }
        Ok(all)
    }

    /// The rows that begin between `at` and `end`, `most` at most; also ends where the file ends within a row.
    fn rows(&self, at: usize, end: usize, most: u64) -> Result<Walked, Problem> {
        let mut walked = Walked { at, ..Walked::default() };
        let mut told = at;
        self.tell(at..at)?;
        while walked.at < end && (walked.offsets.len() as u64) < most {
            let Some((word, next)) = self.row(walked.at)? else { break };
            let text = String::from_utf8_lossy(word);
            walked.invalid_utf8 += usize::from(matches!(text, std::borrow::Cow::Owned(_)));
            walked.garbled += usize::from(word.iter().any(|&byte| byte < 0x20));
            walked.words.push(&text)?;
            walked.offsets.push((next - self.row_size) as u64);
            walked.at = self.past_line_feeds(next);
            if walked.at - told > STRETCH {
                self.tell(told..walked.at)?;
                told = walked.at;
            }
        }
        self.tell(told..walked.at)?;
        Ok(walked)
    }

    /// Tells the progress, asks whether to go on, and gives back the pages of what was walked.
    fn tell(&self, walked: Range<usize>) -> Result<(), Problem> {
        let done = self.done.fetch_add(walked.len(), Ordering::Relaxed) + walked.len();
        self.progress.report(done as f32 / self.bytes.len() as f32);
        self.bytes.release(walked);
        self.progress.check()?;
        self.bytes.check_whole()
    }

    /// The word of the row that begins at byte `at`, and where its numbers end; none where the file ends before that.
    fn row(&self, at: usize) -> Result<Option<(&[u8], usize)>, Problem> {
        let reach = &self.bytes[at..self.bytes.len().min(at + LONGEST_WORD)];
        let Some(length) = memchr(b' ', reach) else {
            if reach.len() < LONGEST_WORD {
                return Ok(None);
            }
            let what = format!(
                "no word ends within {LONGEST_WORD} bytes; the header's number of dimensions is wrong"
            );
            let place = Place::Byte(at as u64);
            return Err(malformed(NAME, place, what, "correct the first line or write the file again"));
        };
        let end = at + length + 1 + self.row_size;
        Ok((end <= self.bytes.len()).then_some((&reach[..length], end)))
    }

    fn past_line_feeds(&self, at: usize) -> usize {
        at + self.bytes[at..].iter().take_while(|&&byte| byte == b'\n').count()
    }

    /// Where, from byte `from` on, a row probably begins. What follows a run of text and a space, at the distance of a
    /// row, is text again, several times over; the run itself may begin with numbers that look like text, so that the
    /// row after it is the one to begin with.
    fn guess(&self, from: usize) -> Option<usize> {
        let next = |at: usize| {
            let reach = self.bytes.get(at..)?;
            let word = &reach[..memchr(b' ', &reach[..reach.len().min(LONGEST_LIKELY)])?];
            let likely = !word.is_empty() && word.iter().all(|&byte| byte >= 0x20);
            let end = at + word.len() + 1 + self.row_size;
            (likely && std::str::from_utf8(word).is_ok() && end < self.bytes.len())
                .then(|| self.past_line_feeds(end))
        };
        let to = self.bytes.len().min(from + self.row_size + LONGEST_LIKELY);
        (from..to).find_map(|at| {
            let begin = next(at)?;
            (1..LIKELY_ROWS).try_fold(begin, |at, _| next(at)).map(|_| begin)
        })
    }
}

impl Walked {
    fn append(&mut self, next: &Self) -> Result<(), Problem> {
        self.at = next.at;
        self.words.append(&next.words)?;
        self.offsets.extend_from_slice(&next.offsets);
        self.invalid_utf8 += next.invalid_utf8;
        self.garbled += next.garbled;
        Ok(())
    }
}

fn finish(mut walked: Walked, bytes: Bytes, said: u64, dims: usize) -> Result<Parsed, Problem> {
    let rows = walked.offsets.len() as u64;
    if rows == 0 {
        let what = format!("the file ends within the first row of {dims} numbers");
        return Err(malformed(NAME, Place::Byte(walked.at as u64), what, "get the file again"));
    }
    // Out of step with the rows, numbers are taken for words: most are no UTF-8, and some hold control characters,
    // which words in an old encoding do not.
    let odd = walked.garbled.max(walked.invalid_utf8);
    if odd as u64 * 2 > rows && walked.garbled as u64 * 10 > rows {
        let what = format!("{odd} of {rows} words are not text; rows have other than {dims} numbers");
        return Err(malformed(NAME, Place::Byte(0), what, "correct the first line or write the file again"));
    }
    let mut warnings = Vec::new();
    if rows < said {
        warnings.push(Warning::Truncated { rows, promised: said });
    } else if walked.at < bytes.len() {
        warnings.push(Warning::TrailingBytes { bytes: (bytes.len() - walked.at) as u64 });
    }
    if walked.invalid_utf8 > 0 {
        warnings.push(Warning::InvalidUtf8 { words: walked.invalid_utf8 });
    }
    walked.words.shrink();
    walked.offsets.shrink_to_fit();
    let rows = Rows::scattered(bytes, DType::F32, walked.offsets, dims).ok_or(Problem::Unrecognized)?;
    Ok(Parsed { warnings, ..Parsed::new(walked.words, rows) })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::progress::Unwatched;

    fn all(bytes: &Bytes, row_size: usize, said: u64, stretch: usize) -> (Vec<u64>, Vec<String>, [usize; 3]) {
        let walked = Walk::new(bytes, row_size, stretch, &Unwatched).all(0, said).unwrap();
        let words = walked.words.iter().map(str::to_owned).collect();
        (walked.offsets, words, [walked.at, walked.invalid_utf8, walked.garbled])
    }

    proptest! {
        #[test]
        fn walking_in_stretches_finds_what_one_walk_finds(
            words in prop::collection::vec("[a-z>?=é ]{0,5}|\\PC{1,3}", 1..60),
            dims in 1_usize..4,
            seed in any::<u32>(),
            line_feeds: bool,
            cut in 0_usize..20,
            said in 1_u64..70,
        ) {
            let mut file = Vec::new();
            for (row, word) in words.iter().enumerate() {
                file.extend_from_slice(word.as_bytes());
                file.push(b' ');
                for number in 0..dims {
                    let value = ((row * 7 + number) as f32 + seed as f32 / 1e9).sin();
                    file.extend(value.to_le_bytes());
                }
                file.extend(line_feeds.then_some(b'\n'));
            }
            file.truncate(file.len() - cut.min(file.len() - 1));
            let bytes = Bytes::from(file);
            let once = all(&bytes, dims * 4, said, usize::MAX);
            for stretch in [1, 30, 100, 500] {
                prop_assert_eq!(&all(&bytes, dims * 4, said, stretch), &once);
            }
        }
    }

    #[test]
    fn rows_are_guessed_where_they_begin() {
        let row =
            |word: &str| [word.as_bytes(), b" ", &0.75_f32.to_le_bytes(), &0.8_f32.to_le_bytes()].concat();
        let bytes = Bytes::from((10..60).map(|i| row(&format!("word{i}"))).collect::<Vec<_>>().concat());
        let walk = Walk::new(&bytes, 8, 100, &Unwatched);
        // A row takes 15 bytes; the row after the next text is the one.
        assert_eq!([0, 1, 7, 12].map(|from| walk.guess(from)), [15, 15, 30, 30].map(Some));
        assert_eq!(walk.guess(bytes.len() - 20), None, "too few rows follow");
    }
}

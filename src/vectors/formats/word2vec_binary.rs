//! word2vec's binary tables: a line `V d`, then for each row its word, a space, and d little-endian `f32`.
//!
//! Source: `word2vec/trunk/word2vec.c` (`-binary 1`), which ends each row with a line feed; gensim and fastText's
//! converters write none. Both are read. Rows are left where they are, at whatever alignment their words leave them.

use memchr::memchr;

use super::super::rows::Rows;
use super::super::table::DType;
use super::super::warning::Warning;
use super::super::words::Words;
use super::survey::counts;
use super::{Format, Parsed, check_shape, malformed};
use crate::files::Source;
use crate::files::problem::{Place, Problem};
use crate::progress::Progress;

const NAME: &str = "word2vec binary";

/// A first line longer than this is no header.
const LONGEST_HEADER: usize = 64;

/// A word longer than this is a sign that the reading is out of step with the rows.
const LONGEST_WORD: usize = 64 << 10;

/// After so many bytes of rows their pages are given back and the progress is told.
const WINDOW: usize = 32 << 20;

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
        let mut reader = Reader { row_size: dims * size_of::<f32>(), at: start, ..Reader::default() };
        let mut reported = start;
        while (reader.offsets.len() as u64) < said && reader.row(&bytes)? {
            if reader.at - reported > WINDOW {
                progress.check()?;
                progress.report(reader.at as f32 / bytes.len() as f32);
                bytes.check_whole()?;
                bytes.release(reported..reader.at);
                reported = reader.at;
            }
        }
        reader.finish(bytes, said, dims)
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

/// Walks from row to row.
#[derive(Default)]
struct Reader {
    row_size: usize,
    at: usize,
    words: Words,
    offsets: Vec<u64>,
    invalid_utf8: usize,
    /// How many words hold control characters, as no word does.
    garbled: usize,
}

impl Reader {
    /// Reads one row; false at the end of the file, also where it comes within the row.
    fn row(&mut self, bytes: &[u8]) -> Result<bool, Problem> {
        let mut at = self.at;
        while bytes.get(at) == Some(&b'\n') {
            at += 1;
        }
        let reach = &bytes[at..bytes.len().min(at + LONGEST_WORD)];
        let Some(length) = memchr(b' ', reach) else {
            if reach.len() < LONGEST_WORD {
                return Ok(false);
            }
            let what = format!(
                "no word ends within {LONGEST_WORD} bytes; the header's number of dimensions is wrong"
            );
            let place = Place::Byte(at as u64);
            return Err(malformed(NAME, place, what, "correct the first line or write the file again"));
        };
        let start = at + length + 1;
        if bytes.len() - start < self.row_size {
            return Ok(false);
        }
        let word = String::from_utf8_lossy(&reach[..length]);
        self.invalid_utf8 += usize::from(matches!(word, std::borrow::Cow::Owned(_)));
        self.garbled += usize::from(word.bytes().any(|byte| byte < 0x20));
        self.words.push(&word)?;
        self.offsets.push(start as u64);
        self.at = start + self.row_size;
        Ok(true)
    }

    fn finish(mut self, bytes: crate::files::Bytes, said: u64, dims: usize) -> Result<Parsed, Problem> {
        let rows = self.offsets.len() as u64;
        if rows == 0 {
            let what = format!("the file ends within the first row of {dims} numbers");
            return Err(malformed(NAME, Place::Byte(self.at as u64), what, "get the file again"));
        }
        // Out of step with the rows, numbers are taken for words: most are no UTF-8, and some hold control characters,
        // which words in an old encoding do not.
        let odd = self.garbled.max(self.invalid_utf8);
        if odd as u64 * 2 > rows && self.garbled as u64 * 10 > rows {
            let what = format!("{odd} of {rows} words are not text; rows have other than {dims} numbers");
            return Err(malformed(
                NAME,
                Place::Byte(0),
                what,
                "correct the first line or write the file again",
            ));
        }
        let mut warnings = Vec::new();
        if rows < said {
            warnings.push(Warning::Truncated { rows, promised: said });
        } else if bytes[self.at..].iter().any(|&byte| byte != b'\n') {
            warnings.push(Warning::TrailingBytes { bytes: (bytes.len() - self.at) as u64 });
        }
        if self.invalid_utf8 > 0 {
            warnings.push(Warning::InvalidUtf8 { words: self.invalid_utf8 });
        }
        self.words.shrink();
        self.offsets.shrink_to_fit();
        let rows = Rows::scattered(bytes, DType::F32, self.offsets, dims).ok_or(Problem::Unrecognized)?;
        Ok(Parsed { warnings, ..Parsed::new(self.words, rows) })
    }
}

//! Numbers, texts and lists, each checked against the bytes that are left.

use std::ops::Range;

use super::super::problem::{Place, Problem};
use super::{NAME, Value};

/// The numbers by which the format calls its types of values.
pub(super) const TEXT: u32 = 8;
const FLAG: u32 = 7;
const LIST: u32 = 9;

/// The fewest bytes that a key and its value take: an empty key, a type, one byte.
pub(super) const SHORTEST_ENTRY: u64 = 8 + 4 + 1;

/// Lists in lists in lists: nobody writes them.
const DEEPEST: usize = 4;

/// The most texts and lists that are walked over. The largest vocabularies have some 300,000 tokens and as many merges.
const MOST_TEXTS: usize = 1 << 24;

/// The bytes that a value of a type takes; `None` for texts, lists and unknown types.
pub(super) fn size(kind: u32) -> Option<usize> {
    match kind {
        0 | 1 | FLAG => Some(1),
        2 | 3 => Some(2),
        4..=6 => Some(4),
        10..=12 => Some(8),
        _ => None,
    }
}

/// Whether a type is one of the two of floating-point numbers.
pub(super) fn is_float(kind: u32) -> bool {
    matches!(kind, 6 | 12)
}

/// An integer of a type that is neither floating-point nor longer than its bytes.
pub(super) fn integer(kind: u32, bytes: &[u8]) -> i128 {
    let mut wide = [0; 8];
    wide[..bytes.len()].copy_from_slice(bytes);
    let unsigned = u64::from_le_bytes(wide);
    // The types of signed numbers: i8, i16, i32, i64.
    if matches!(kind, 1 | 3 | 5 | 11) {
        let unused = 64 - 8 * bytes.len() as u32;
        i128::from((unsigned << unused) as i64 >> unused)
    } else {
        i128::from(unsigned)
    }
}

/// A floating-point number of 4 or 8 bytes.
pub(super) fn float(_kind: u32, bytes: &[u8]) -> f64 {
    match *bytes {
        [a, b, c, d] => f64::from(f32::from_le_bytes([a, b, c, d])),
        [a, b, c, d, e, f, g, h] => f64::from_le_bytes([a, b, c, d, e, f, g, h]),
        _ => f64::NAN,
    }
}

/// A [`Problem::Malformed`] at a byte.
pub(super) fn malformed(byte: usize, what: impl Into<String>) -> Problem {
    Problem::Malformed {
        format: NAME,
        place: Place::Byte(byte as u64),
        what: what.into(),
        advice: "get the file again; it may have been cut off",
    }
}

/// A place in the file.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    pub at: usize,
    texts: usize,
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, texts: MOST_TEXTS }
    }

    /// The length of the whole file.
    pub fn length(&self) -> usize {
        self.bytes.len()
    }

    /// The next `length` bytes.
    fn take(&mut self, length: u64) -> Result<Range<usize>, Problem> {
        let end = usize::try_from(length).ok().and_then(|length| self.at.checked_add(length));
        let Some(end) = end.filter(|&end| end <= self.bytes.len()) else {
            let left = self.bytes.len() - self.at;
            return Err(malformed(
                self.at,
                format!("{length} bytes belong here, and the file has {left} more"),
            ));
        };
        let taken = self.at..end;
        self.at = end;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Problem> {
        let at = self.take(N as u64)?;
        Ok(std::array::from_fn(|i| self.bytes[at.start + i]))
    }

    pub fn u32(&mut self) -> Result<u32, Problem> {
        self.array().map(u32::from_le_bytes)
    }

    pub fn u64(&mut self) -> Result<u64, Problem> {
        self.array().map(u64::from_le_bytes)
    }

    /// A number of things that take at least `shortest` bytes each, and of which `most` are believed.
    pub fn count(&mut self, things: &str, most: u64, shortest: u64) -> Result<u64, Problem> {
        let (at, count) = (self.at, self.u64()?);
        if count > (self.bytes.len() - self.at) as u64 / shortest {
            return Err(malformed(at, format!("{count} {things} are more than the file has room for")));
        }
        if count > most {
            return Err(Problem::TooLarge { what: format!("{count} {things}"), limit: most as usize });
        }
        Ok(count)
    }

    /// A text: where it lies.
    pub fn text(&mut self) -> Result<Range<usize>, Problem> {
        let length = self.u64()?;
        self.take(length)
    }

    /// A text as such; bytes that are not UTF-8 show as �.
    pub fn name(&mut self) -> Result<String, Problem> {
        let at = self.text()?;
        Ok(String::from_utf8_lossy(&self.bytes[at]).into_owned())
    }

    /// A value of a type.
    pub fn value(&mut self, kind: u32) -> Result<Value, Problem> {
        match (kind, size(kind)) {
            (TEXT, _) => Ok(Value::Text(self.text()?)),
            (LIST, _) => self.list(DEEPEST),
            (_, Some(size)) => {
                let at = self.take(size as u64)?;
                let bytes = &self.bytes[at];
                Ok(match kind {
                    FLAG => Value::Flag(bytes[0] != 0),
                    _ if is_float(kind) => Value::Float(float(kind, bytes)),
                    _ => Value::Integer(integer(kind, bytes)),
                })
            }
            _ => Err(malformed(self.at, format!("type {kind} of a value is not known"))),
        }
    }

    /// A list, walked over to its end.
    fn list(&mut self, deepest: usize) -> Result<Value, Problem> {
        let begin = self.at;
        let kind = self.u32()?;
        let shortest = match kind {
            TEXT => 8,
            LIST => 12,
            kind => {
                size(kind).ok_or_else(|| malformed(begin, format!("lists of type {kind} are not known")))?
            }
        };
        let count = self.count("elements of a list", u64::MAX, shortest as u64)? as usize;
        let start = self.at;
        if let Some(size) = size(kind) {
            // Cannot overflow: so many fit into the file.
            self.take((count * size) as u64)?;
        } else {
            let Some(rest) = self.texts.checked_sub(count) else {
                return Err(Problem::TooLarge { what: format!("{count} texts in lists"), limit: MOST_TEXTS });
            };
            self.texts = rest;
            for _ in 0..count {
                if kind == TEXT {
                    self.text()?;
                } else if deepest > 1 {
                    self.list(deepest - 1)?;
                } else {
                    return Err(malformed(begin, format!("lists lie more than {DEEPEST} deep in lists")));
                }
            }
        }
        Ok(Value::List { kind, count, at: start..self.at })
    }
}

/// The texts of a list that was walked over once.
pub(super) struct Strings<'a> {
    rest: &'a [u8],
    left: usize,
}

impl<'a> Strings<'a> {
    pub fn new(rest: &'a [u8], count: usize) -> Self {
        Self { rest, left: count }
    }
}

impl<'a> Iterator for Strings<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let (length, rest) = self.rest.split_first_chunk::<8>().filter(|_| self.left > 0)?;
        // Within bounds, unless another program rewrote the file meanwhile.
        let (text, rest) = rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
        (self.rest, self.left) = (rest, self.left - 1);
        Some(text)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for Strings<'_> {}

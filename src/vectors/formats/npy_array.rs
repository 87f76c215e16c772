//! The header of a `NumPy` array, as npy files, npz archives and spaCy's folders have it, and arrays of one dimension.
//!
//! Source: `numpy/lib/format.py`, versions 1.0, 2.0 and 3.0: the magic, a version, the length of a Python dictionary of
//! three entries, the dictionary, the numbers.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::super::table::DType;
use super::{check_shape, malformed};
use crate::files::problem::{Place, Problem};

/// How an array begins.
pub const MAGIC: &[u8] = b"\x93NUMPY";

/// Headers describe one array and take some hundred bytes.
const LONGEST_HEADER: usize = 1 << 20;

/// The beginning of an array that surely holds its header, if the header is an ordinary one.
pub const ORDINARY_HEADER: usize = 4096;

/// What is said of an array.
#[derive(Debug, PartialEq, Eq)]
pub struct Array {
    /// The type of its items without their byte order: `f4`, `U12`, `O`.
    pub kind: String,
    /// Whether their bytes stand in big-endian order.
    pub big_endian: bool,
    /// Whether the first index runs fastest.
    pub by_columns: bool,
    /// Its sizes, as declared.
    pub shape: Vec<u64>,
    /// Where the items begin.
    pub start: usize,
}

/// The form of a matrix of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Matrix {
    pub dtype: DType,
    /// As declared, which is not necessarily what is there.
    pub rows: u64,
    /// At most [`super::MAX_DIMS`].
    pub dims: u64,
}

/// The three entries of the header, a Python dictionary. Its writer always writes them in this form; their order may
/// differ.
static DESCR: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"['"]descr['"]\s*:\s*(?:['"]([^'"]{1,16})['"]|(\[))"#));
static ORDER: LazyLock<Regex> = LazyLock::new(|| pattern(r#"['"]fortran_order['"]\s*:\s*(True|False)"#));
static SHAPE: LazyLock<Regex> = LazyLock::new(|| pattern(r#"['"]shape['"]\s*:\s*\(([0-9L,\s]*)\)"#));

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a valid pattern")
}

impl Array {
    /// Reads the header. `format` is what errors call the file.
    ///
    /// # Errors
    /// [`Problem::Malformed`].
    pub fn read(format: &'static str, bytes: &[u8]) -> Result<Self, Problem> {
        let (text, start) = header(format, bytes)?;
        let group = |pattern: &Regex, what: &str| {
            let found = pattern.captures(text).map(|found| {
                found
                    .get(1)
                    .map_or_else(String::new, |group| String::from_utf8_lossy(group.as_bytes()).into())
            });
            found.ok_or_else(|| bad(format, 10, format!("the header has no readable {what}")))
        };
        let descr = group(&DESCR, "'descr'")?;
        let kind = descr.trim_start_matches(['<', '>', '=', '|']).to_owned();
        let big_endian = descr.starts_with('>') || descr.starts_with('=') && cfg!(target_endian = "big");
        let by_columns = group(&ORDER, "'fortran_order'")? == "True";
        let sizes = group(&SHAPE, "'shape'")?.replace('L', "");
        let shape: Option<Vec<u64>> = sizes
            .split(',')
            .map(str::trim)
            .filter(|size| !size.is_empty())
            .map(|size| size.parse().ok())
            .collect();
        let shape = shape
            .ok_or_else(|| bad(format, 10, format!("an array of shape ({}) is no matrix", sizes.trim())))?;
        Ok(Self { kind, big_endian, by_columns, shape, start })
    }

    /// The type of its numbers, if they are of a type that is read.
    pub fn dtype(&self) -> Option<DType> {
        match self.kind.as_str() {
            "f2" => Some(DType::F16),
            "f4" => Some(DType::F32),
            "f8" => Some(DType::F64),
            _ => None,
        }
    }

    /// The form of the matrix that this is.
    ///
    /// # Errors
    /// [`Problem::Malformed`] if it is none, [`Problem::TooLarge`].
    pub fn matrix(&self, format: &'static str) -> Result<Matrix, Problem> {
        let Some(dtype) = self.dtype() else {
            let what = match self.kind.as_str() {
                "O" => "Python objects (type “|O”) are not read, since they are programs as much as data"
                    .to_owned(),
                kind => format!("numbers of type “{kind}” are not read (f2, f4 and f8 are)"),
            };
            let advice = "save it with numpy.save(…, array.astype('float32'))";
            return Err(malformed(format, Place::Byte(10), what, advice));
        };
        let &[rows, dims] = self.shape.as_slice() else {
            let shape: Vec<String> = self.shape.iter().map(u64::to_string).collect();
            let what = format!("an array of shape ({}) is no matrix", shape.join(", "));
            return Err(malformed(format, Place::Byte(10), what, "save an array of shape (rows, dims)"));
        };
        check_shape(format, rows, dims)?;
        Ok(Matrix { dtype, rows, dims })
    }

    /// The items of an array of one dimension as text: strings (`U`, `S`), integers and floating-point numbers. `None`
    /// for other arrays, and where `bytes` do not hold all items.
    pub fn texts<'a>(&self, bytes: &'a [u8]) -> Option<impl Iterator<Item = String> + use<'a>> {
        let &[count] = self.shape.as_slice() else { return None };
        let (letter, size) = self.kind.split_at_checked(1)?;
        let (letter, size) = (letter.bytes().next()?, size.parse::<usize>().ok()?);
        let width = match letter {
            b'U' => size.checked_mul(4)?,
            b'S' | b'f' | b'i' | b'u' => size,
            b'b' if size == 1 => size,
            _ => return None,
        };
        if width == 0 || matches!(letter, b'f' | b'i' | b'u') && !matches!(width, 1 | 2 | 4 | 8) {
            return None;
        }
        let end = usize::try_from(count).ok()?.checked_mul(width)?.checked_add(self.start)?;
        let big_endian = self.big_endian;
        let items = bytes.get(self.start..end)?.chunks_exact(width);
        Some(items.map(move |item| text(letter, item, big_endian)))
    }
}

/// One item as text; blank where it is no number.
fn text(letter: u8, item: &[u8], big_endian: bool) -> String {
    let mut little = [0_u8; 8];
    if item.len() <= 8 {
        little[..item.len()].copy_from_slice(item);
        if big_endian {
            little[..item.len()].reverse();
        }
    }
    let integer = u64::from_le_bytes(little);
    match letter {
        b'U' => {
            let letters = item.chunks_exact(4).map(|letter| {
                let letter = [letter[0], letter[1], letter[2], letter[3]];
                if big_endian { u32::from_be_bytes(letter) } else { u32::from_le_bytes(letter) }
            });
            let mut letters: Vec<u32> = letters.collect();
            letters.truncate(letters.iter().rposition(|&letter| letter != 0).map_or(0, |last| last + 1));
            letters.into_iter().map(|letter| char::from_u32(letter).unwrap_or('\u{FFFD}')).collect()
        }
        b'S' => {
            let end = item.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
            String::from_utf8_lossy(&item[..end]).into_owned()
        }
        b'b' => (if integer == 0 { "false" } else { "true" }).to_owned(),
        b'u' => integer.to_string(),
        b'i' => {
            let unused = 64 - 8 * item.len() as u32;
            ((integer << unused).cast_signed() >> unused).to_string()
        }
        _ => {
            let number = match item.len() {
                2 => f64::from(half::f16::from_le_bytes([little[0], little[1]])),
                4 => f64::from(f32::from_bits(integer as u32)),
                8 => f64::from_bits(integer),
                _ => f64::NAN,
            };
            if number.is_nan() { String::new() } else { number.to_string() }
        }
    }
}

/// The dictionary's text, and where the items begin.
fn header<'a>(format: &'static str, bytes: &'a [u8]) -> Result<(&'a [u8], usize), Problem> {
    let cut_off = || bad(format, bytes.len() as u64, "the file ends within its header");
    if !bytes.starts_with(MAGIC) {
        return Err(bad(format, 0, "this is no NumPy array"));
    }
    let version = *bytes.get(6).ok_or_else(cut_off)?;
    let (start, length) = match version {
        1 => {
            let length = bytes.get(8..10).ok_or_else(cut_off)?;
            (10, usize::from(u16::from_le_bytes([length[0], length[1]])))
        }
        2 | 3 => {
            let length = bytes.get(8..12).ok_or_else(cut_off)?;
            (12, u32::from_le_bytes([length[0], length[1], length[2], length[3]]) as usize)
        }
        _ => return Err(bad(format, 6, format!("version {version} is not known (1, 2 and 3 are)"))),
    };
    if length > LONGEST_HEADER {
        return Err(bad(format, 8, format!("a header of {length} bytes is too long")));
    }
    Ok((bytes.get(start..start + length).ok_or_else(cut_off)?, start + length))
}

fn bad(format: &'static str, byte: u64, what: impl Into<String>) -> Problem {
    malformed(format, Place::Byte(byte), what, "save the array again with numpy.save")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn array(kind: &str, big_endian: bool, items: u64) -> Array {
        Array { kind: kind.to_owned(), big_endian, by_columns: false, shape: vec![items], start: 0 }
    }

    fn texts(kind: &str, big_endian: bool, items: u64, bytes: &[u8]) -> Option<Vec<String>> {
        Some(array(kind, big_endian, items).texts(bytes)?.collect())
    }

    #[test]
    fn items_of_every_type_become_text() {
        let wide = |text: &str| text.chars().flat_map(|c| (c as u32).to_le_bytes()).collect::<Vec<_>>();
        assert_eq!(texts("U3", false, 2, &wide("cat\u{1F600}\0\0")).unwrap(), ["cat", "\u{1F600}"]);
        assert_eq!(texts("U1", true, 1, &[0, 0, 0, b'x']).unwrap(), ["x"]);
        assert_eq!(texts("U1", false, 1, &[0, 0xD8, 0, 0]).unwrap(), ["\u{FFFD}"]);
        assert_eq!(texts("S3", false, 2, b"dogab\0").unwrap(), ["dog", "ab"]);
        assert_eq!(texts("i2", true, 1, &(-300_i16).to_be_bytes()).unwrap(), ["-300"]);
        assert_eq!(texts("i8", false, 1, &i64::MIN.to_le_bytes()).unwrap(), [i64::MIN.to_string()]);
        assert_eq!(texts("u1", false, 2, &[7, 255]).unwrap(), ["7", "255"]);
        assert_eq!(texts("b1", false, 2, &[0, 1]).unwrap(), ["false", "true"]);
        assert_eq!(texts("f4", false, 1, &1.5_f32.to_le_bytes()).unwrap(), ["1.5"]);
        assert_eq!(texts("f8", true, 1, &f64::NAN.to_be_bytes()).unwrap(), [""]);
    }

    #[test]
    fn what_is_no_list_or_does_not_fit_gives_nothing() {
        assert!(texts("U3", false, 2, &[0; 23]).is_none());
        assert!(texts("U4611686018427387904", false, 2, &[0; 24]).is_none());
        assert!(texts("i4", false, u64::MAX, &[0; 24]).is_none());
        for kind in ["O", "U", "S0", "f3", "V8", "é", ""] {
            assert!(texts(kind, false, 1, &[0; 24]).is_none(), "{kind}");
        }
    }
}

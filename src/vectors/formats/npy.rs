//! `NumPy`'s npy: one array, here a matrix of floating-point numbers, with its names in a list beside it.
//!
//! Source: the format's description in `numpy/lib/format.py`, versions 1.0, 2.0 and 3.0.

use std::sync::LazyLock;

use rayon::prelude::*;
use regex::bytes::Regex;

use super::super::rows::Rows;
use super::super::table::DType;
use super::super::warning::Warning;
use super::{Format, Parsed, check_shape, malformed, vocabulary};
use crate::files::Bytes;
use crate::files::Source;
use crate::files::problem::{Place, Problem};
use crate::progress::Progress;

const NAME: &str = "npy";
const MAGIC: &[u8] = b"\x93NUMPY";

/// Headers describe one array and take some hundred bytes.
const LONGEST_HEADER: usize = 1 << 20;

/// `NumPy`'s npy.
pub struct Npy;

impl Format for Npy {
    fn name(&self) -> &'static str {
        NAME
    }

    fn recognizes(&self, source: &Source) -> bool {
        source.bytes().starts_with(MAGIC)
    }

    fn read(&self, source: &Source, progress: &dyn Progress) -> Result<Parsed, Problem> {
        let header = Header::read(source.bytes())?;
        check_shape(NAME, header.rows, header.dims)?;
        let dims = header.dims as usize;
        let mut warnings = Vec::new();
        let available = source.bytes().len() - header.start;
        let whole_rows = (available / (dims * header.dtype.size())) as u64;
        let rows = header.rows.min(whole_rows) as usize;
        if (rows as u64) < header.rows {
            if header.by_columns || rows == 0 {
                let what = format!("the file ends before its {} rows of {dims} numbers", header.rows);
                return Err(malformed(
                    NAME,
                    Place::Byte(source.bytes().len() as u64),
                    what,
                    "get the file again",
                ));
            }
            warnings.push(Warning::Truncated { rows: rows as u64, promised: header.rows });
        } else if available > rows * dims * header.dtype.size() {
            let bytes = (available - rows * dims * header.dtype.size()) as u64;
            warnings.push(Warning::TrailingBytes { bytes });
        }
        progress.check()?;
        let (bytes, start) = if header.by_columns || header.big_endian {
            (rearranged(source.bytes(), &header, rows, progress)?, 0)
        } else {
            (source.held(), header.start)
        };
        let rows_found =
            Rows::contiguous(bytes, header.dtype, start, rows, dims).ok_or(Problem::Unrecognized)?;
        let (words, names) = vocabulary::names(source, rows, header.rows, &mut warnings)?;
        Ok(Parsed { names, warnings, ..Parsed::new(words, rows_found) })
    }
}

/// What an npy file says of its array.
#[derive(Debug, PartialEq, Eq)]
struct Header {
    dtype: DType,
    big_endian: bool,
    by_columns: bool,
    rows: u64,
    dims: u64,
    /// Where the numbers begin.
    start: usize,
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

impl Header {
    fn read(bytes: &[u8]) -> Result<Self, Problem> {
        let (text, start) = Self::text(bytes)?;
        let group = |pattern: &Regex, what: &str| {
            let found = pattern
                .captures(text)
                .map(|found| found.get(1).map_or_else(Vec::new, |group| group.as_bytes().to_vec()));
            found.ok_or_else(|| bad(10, format!("the header has no readable {what}")))
        };
        let descr = group(&DESCR, "'descr'")?;
        let (dtype, big_endian) = dtype(&descr)?;
        let by_columns = group(&ORDER, "'fortran_order'")? == b"True";
        let shape = String::from_utf8_lossy(&group(&SHAPE, "'shape'")?).replace('L', "");
        let sizes: Option<Vec<u64>> = shape
            .split(',')
            .map(str::trim)
            .filter(|size| !size.is_empty())
            .map(|size| size.parse().ok())
            .collect();
        let Some([rows, dims]) = sizes.as_deref() else {
            return Err(malformed(
                NAME,
                Place::Byte(10),
                format!("an array of shape ({}) is no matrix", shape.trim()),
                "save an array of shape (rows, dims)",
            ));
        };
        Ok(Self { dtype, big_endian, by_columns, rows: *rows, dims: *dims, start })
    }

    /// The dictionary's text, and where the numbers begin.
    fn text(bytes: &[u8]) -> Result<(&[u8], usize), Problem> {
        let cut_off = || bad(bytes.len() as u64, "the file ends within its header");
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
            _ => return Err(bad(6, format!("version {version} is not known (1, 2 and 3 are)"))),
        };
        if length > LONGEST_HEADER {
            return Err(bad(8, format!("a header of {length} bytes is too long")));
        }
        Ok((bytes.get(start..start + length).ok_or_else(cut_off)?, start + length))
    }
}

fn bad(byte: u64, what: impl Into<String>) -> Problem {
    malformed(NAME, Place::Byte(byte), what, "save the array again with numpy.save")
}

/// The type of number, and whether its bytes stand in big-endian order.
fn dtype(descr: &[u8]) -> Result<(DType, bool), Problem> {
    let big_endian =
        descr.first() == Some(&b'>') || descr.first() == Some(&b'=') && cfg!(target_endian = "big");
    let kind = if matches!(descr.first(), Some(b'<' | b'>' | b'=' | b'|')) { &descr[1..] } else { descr };
    let dtype = match kind {
        b"f2" => DType::F16,
        b"f4" => DType::F32,
        b"f8" => DType::F64,
        _ => {
            let descr = String::from_utf8_lossy(descr);
            return Err(malformed(
                NAME,
                Place::Byte(10),
                format!("numbers of type “{descr}” are not read (f2, f4 and f8 are)"),
                "save it with numpy.save(…, array.astype('float32'))",
            ));
        }
    };
    Ok((dtype, big_endian))
}

/// How many rows are put together at a time, so that each visit to a column reads a run of numbers.
const ROWS_AT_ONCE: usize = 64;

/// The numbers of an array that is stored column after column, or in big-endian order, as little-endian rows.
fn rearranged(
    bytes: &Bytes,
    header: &Header,
    rows: usize,
    progress: &dyn Progress,
) -> Result<Bytes, Problem> {
    let (dims, size) = (header.dims as usize, header.dtype.size());
    let stored = &bytes[header.start..header.start + rows * dims * size];
    let mut arranged = vec![0; stored.len()];
    arranged.par_chunks_mut(ROWS_AT_ONCE * dims * size).enumerate().for_each(|(block, block_rows)| {
        if progress.is_cancelled() {
            return;
        }
        for column in 0..dims {
            for (row, arranged_row) in (block * ROWS_AT_ONCE..).zip(block_rows.chunks_exact_mut(dims * size))
            {
                let from = if header.by_columns { column * rows + row } else { row * dims + column };
                let number = &mut arranged_row[column * size..(column + 1) * size];
                number.copy_from_slice(&stored[from * size..(from + 1) * size]);
                if header.big_endian {
                    number.reverse();
                }
            }
        }
    });
    progress.check()?;
    Ok(arranged.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Unwatched;

    /// An npy file as `numpy.save` writes it, but for the padding of its header.
    fn file(version: u8, descr: &str, order: &str, shape: &str, numbers: &[u8]) -> Vec<u8> {
        let header = format!("{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}\n");
        let mut bytes = [MAGIC, &[version, 0]].concat();
        match version {
            1 => bytes.extend((header.len() as u16).to_le_bytes()),
            _ => bytes.extend((header.len() as u32).to_le_bytes()),
        }
        bytes.extend(header.bytes());
        bytes.extend(numbers);
        bytes
    }

    fn read(bytes: Vec<u8>) -> Result<Parsed, Problem> {
        let words = vec![("x.words.txt".to_owned(), Bytes::embedded(b"a\nb\nc\n"))];
        Npy.read(&Source::from_memory("x.npy", bytes, words)?, &Unwatched)
    }

    /// The matrix [[1, 2], [3, 4], [5, 6]], or its transpose, as bytes of numbers.
    fn numbers<const N: usize>(order: &str, bytes_of: impl Fn(f32) -> [u8; N]) -> Vec<u8> {
        let values =
            if order == "True" { [1.0, 3.0, 5.0, 2.0, 4.0, 6.0] } else { [1.0, 2.0, 3.0, 4.0, 5.0, 6.0] };
        values.into_iter().flat_map(bytes_of).collect()
    }

    #[test]
    fn types_byte_orders_layouts_and_versions_all_read_the_same() {
        for version in 1..=3 {
            for order in ["False", "True"] {
                for (descr, bytes) in [
                    ("'<f4'", numbers(order, f32::to_le_bytes)),
                    ("'>f4'", numbers(order, f32::to_be_bytes)),
                    ("'<f8'", numbers(order, |x| f64::from(x).to_le_bytes())),
                    ("'>f8'", numbers(order, |x| f64::from(x).to_be_bytes())),
                    ("'<f2'", numbers(order, |x| half::f16::from_f32(x).to_le_bytes())),
                    ("'>f2'", numbers(order, |x| half::f16::from_f32(x).to_be_bytes())),
                ] {
                    let parsed = read(file(version, descr, order, "(3, 2)", &bytes)).unwrap();
                    let values = parsed.rows.block(0..3, &mut Vec::new()).to_vec();
                    assert_eq!(values, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], "{version} {descr} {order}");
                    assert_eq!(parsed.words.iter().collect::<Vec<_>>(), ["a", "b", "c"]);
                    assert!(parsed.warnings.is_empty());
                }
            }
        }
    }

    #[test]
    fn a_file_that_is_cut_off_gives_its_whole_rows_with_their_names() {
        let whole = file(1, "'<f4'", "False", "(3, 2)", &numbers("False", f32::to_le_bytes));
        let parsed = read(whole[..whole.len() - 5].to_vec()).unwrap();
        assert_eq!(parsed.words.iter().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(parsed.warnings, [Warning::Truncated { rows: 2, promised: 3 }]);
        let columns = file(1, "'<f4'", "True", "(3, 2)", &[0; 23]);
        assert!(matches!(read(columns), Err(Problem::Malformed { .. })));
    }

    #[test]
    fn arrays_that_are_no_matrices_of_numbers_are_refused_with_advice() {
        for (descr, shape, expected) in [
            ("'<f4'", "(6,)", "is no matrix"),
            ("'<f4'", "(1, 3, 2)", "is no matrix"),
            ("'<f4'", "()", "is no matrix"),
            ("'<i8'", "(3, 2)", "“<i8” are not read"),
            ("'|O'", "(3, 2)", "“|O” are not read"),
            ("[('a', '<f4')]", "(3, 2)", "are not read"),
            ("'<f4'", "(3, 0)", "holds nothing"),
            ("'<f4'", "(18446744073709551615, 65000)", "too many"),
            ("'<f4'", "(99999999999999999999999, 2)", "is no matrix"),
            ("'<f4'", "(3, 18446744073709551615)", "too many"),
        ] {
            let said = read(file(1, descr, "False", shape, &[0; 24])).err().unwrap().to_string();
            assert!(said.contains(expected), "{said}");
        }
        for cut in 6..20 {
            assert!(read(file(1, "'<f4'", "False", "(3, 2)", &[])[..cut].to_vec()).is_err());
        }
    }
}

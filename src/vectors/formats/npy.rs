//! `NumPy`'s npy: one array, here a matrix of floating-point numbers, with its names in a list beside it.
//!
//! Source: the format's description in `numpy/lib/format.py`, versions 1.0, 2.0 and 3.0. Numbers are f2, f4 or f8 in
//! either byte order, rows or columns first. Arrays of other shapes, of integers and of Python objects are refused.

use rayon::prelude::*;

use super::super::rows::Rows;
use super::super::warning::Warning;
use super::npy_array::{Array, MAGIC, Matrix};
use super::{Format, Parsed, malformed, vocabulary};
use crate::files::Bytes;
use crate::files::Source;
use crate::files::problem::{Place, Problem};
use crate::progress::Progress;

const NAME: &str = "npy";

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
        let array = Array::read(NAME, source.bytes())?;
        let shape = array.matrix(NAME)?;
        let mut warnings = Vec::new();
        let rows = rows(NAME, &source.held(), &array, &shape, &mut warnings, progress)?;
        let (words, names) = vocabulary::names(source, rows.count(), shape.rows, &mut warnings)?;
        Ok(Parsed { names, warnings, ..Parsed::new(words, rows) })
    }
}

/// The rows of a matrix: where they lie, unless they must be put into another order.
///
/// # Errors
/// [`Problem::Malformed`] where `bytes` end too early, [`Problem::Cancelled`].
pub(super) fn rows(
    format: &'static str,
    bytes: &Bytes,
    array: &Array,
    shape: &Matrix,
    warnings: &mut Vec<Warning>,
    progress: &dyn Progress,
) -> Result<Rows, Problem> {
    let (dims, size) = (shape.dims as usize, shape.dtype.size());
    let available = bytes.len() - array.start;
    let rows = shape.rows.min((available / (dims * size)) as u64) as usize;
    if (rows as u64) < shape.rows {
        if array.by_columns || rows == 0 {
            let what = format!("the file ends before its {} rows of {dims} numbers", shape.rows);
            return Err(malformed(format, Place::Byte(bytes.len() as u64), what, "get the file again"));
        }
        warnings.push(Warning::Truncated { rows: rows as u64, promised: shape.rows });
    } else if available > rows * dims * size {
        warnings.push(Warning::TrailingBytes { bytes: (available - rows * dims * size) as u64 });
    }
    progress.check()?;
    let (bytes, start) = if array.by_columns || array.big_endian {
        (rearranged(bytes, array, shape, rows, progress)?, 0)
    } else {
        (bytes.clone(), array.start)
    };
    Rows::contiguous(bytes, shape.dtype, start, rows, dims).ok_or(Problem::Unrecognized)
}

/// How many rows are put together at a time, so that each visit to a column reads a run of numbers.
const ROWS_AT_ONCE: usize = 64;

/// The numbers of an array that is stored column after column, or in big-endian order, as little-endian rows.
fn rearranged(
    bytes: &Bytes,
    array: &Array,
    shape: &Matrix,
    rows: usize,
    progress: &dyn Progress,
) -> Result<Bytes, Problem> {
    let (dims, size) = (shape.dims as usize, shape.dtype.size());
    let stored = &bytes[array.start..array.start + rows * dims * size];
    let mut arranged = vec![0; stored.len()];
    arranged.par_chunks_mut(ROWS_AT_ONCE * dims * size).enumerate().for_each(|(block, block_rows)| {
        if progress.is_cancelled() {
            return;
        }
        for column in 0..dims {
            for (row, arranged_row) in (block * ROWS_AT_ONCE..).zip(block_rows.chunks_exact_mut(dims * size))
            {
                let from = if array.by_columns { column * rows + row } else { row * dims + column };
                let number = &mut arranged_row[column * size..(column + 1) * size];
                number.copy_from_slice(&stored[from * size..(from + 1) * size]);
                if array.big_endian {
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
            ("'<i8'", "(3, 2)", "“i8” are not read"),
            ("'|O'", "(3, 2)", "Python objects"),
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

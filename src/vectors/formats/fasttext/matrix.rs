//! The input matrix of a fastText model, as numbers or quantized, and the reading of numbers one after another.

use super::super::super::subwords::{Matrix, Quantized};
use super::super::{check_shape, malformed};
use super::{AGAIN, NAME};
use crate::files::Bytes;
use crate::files::problem::{Place, Problem};

/// Reads little-endian numbers one after another.
pub struct Cursor<'a> {
    pub bytes: &'a [u8],
    pub at: usize,
}

/// The file ends too early.
#[derive(Debug, PartialEq)]
pub struct CutOff;

impl From<CutOff> for Problem {
    fn from(CutOff: CutOff) -> Self {
        malformed(NAME, Place::Byte(0), "the file ends before its input matrix does", AGAIN)
    }
}

impl<'a> Cursor<'a> {
    pub fn take(&mut self, length: usize) -> Result<&'a [u8], CutOff> {
        let end = self.at.checked_add(length).ok_or(CutOff)?;
        let taken = self.bytes.get(self.at..end).ok_or(CutOff)?;
        self.at = end;
        Ok(taken)
    }

    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], CutOff> {
        self.take(N)?.try_into().map_err(|_| CutOff)
    }

    pub fn number(&mut self) -> Result<i32, CutOff> {
        self.array().map(i32::from_le_bytes)
    }

    pub fn long(&mut self) -> Result<i64, CutOff> {
        self.array().map(i64::from_le_bytes)
    }

    pub fn flag(&mut self) -> Result<bool, CutOff> {
        self.array().map(|[byte]| byte != 0)
    }

    /// `count` numbers of single precision.
    pub fn floats(&mut self, count: usize) -> Result<Vec<f32>, CutOff> {
        let bytes = self.take(count.checked_mul(size_of::<f32>()).ok_or(CutOff)?)?;
        Ok(bytes.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
    }
}

/// The input matrix, which begins at byte `start`; `marked` says whether a byte before it tells if it is quantized.
pub fn read_matrix(bytes: &Bytes, start: usize, marked: bool) -> Result<Matrix, Problem> {
    let mut cursor = Cursor { bytes, at: start };
    if marked && cursor.flag()? {
        return Ok(Matrix::Quantized(read_quantized(bytes, &mut cursor)?));
    }
    let (rows, dims) = read_shape(&mut cursor)?;
    let size = rows.checked_mul(dims).and_then(|size| size.checked_mul(size_of::<f32>())).ok_or(CutOff)?;
    let end = cursor.at.checked_add(size).ok_or(CutOff)?;
    let bytes = bytes.slice(cursor.at..end).ok_or(CutOff)?;
    Ok(Matrix::Dense { bytes, dims })
}

fn read_shape(cursor: &mut Cursor<'_>) -> Result<(usize, usize), Problem> {
    let place = Place::Byte(cursor.at as u64);
    let shape = [cursor.long()?, cursor.long()?].map(u64::try_from);
    let [Ok(rows), Ok(dims)] = shape else {
        return Err(malformed(NAME, place, "the input matrix has a size below 0", AGAIN));
    };
    check_shape(NAME, rows, dims)?;
    Ok((rows as usize, dims as usize))
}

fn read_quantized(bytes: &Bytes, cursor: &mut Cursor<'_>) -> Result<Quantized, Problem> {
    let place = Place::Byte(cursor.at as u64);
    let lengths_apart = cursor.flag()?;
    let (rows, dims) = read_shape(cursor)?;
    let codes = usize::try_from(cursor.number()?).map_err(|_| CutOff)?;
    let codes_start = cursor.at;
    cursor.take(codes)?;
    let (stretch, codebooks) = read_codebooks(cursor, dims)?;
    let stretches = dims.div_ceil(stretch);
    if rows.checked_mul(stretches) != Some(codes) {
        let what = format!("{codes} codes do not make {rows} rows of {stretches}");
        return Err(malformed(NAME, place, what, AGAIN));
    }
    let lengths = if lengths_apart {
        let start = cursor.at;
        cursor.take(rows)?;
        let codes = bytes.slice(start..start + rows).ok_or(CutOff)?;
        Some((codes, read_codebooks(cursor, 1)?.1))
    } else {
        None
    };
    let codes = bytes.slice(codes_start..codes_start + codes).ok_or(CutOff)?;
    Ok(Quantized { dims, stretch, codebooks, codes, lengths })
}

/// The numbers of a stretch, and the 256 choices of each stretch of a row of `dims` numbers.
fn read_codebooks(cursor: &mut Cursor<'_>, dims: usize) -> Result<(usize, Vec<f32>), Problem> {
    let place = Place::Byte(cursor.at as u64);
    let said = [cursor.number()?, cursor.number()?, cursor.number()?, cursor.number()?];
    let [Ok(width), Ok(stretches), Ok(stretch), Ok(last)] = said.map(usize::try_from) else {
        return Err(malformed(NAME, place, "a codebook has a size below 0", AGAIN));
    };
    let fits = width == dims && stretch > 0 && stretches == dims.div_ceil(stretch);
    if !fits || last != dims - stretch * (stretches - 1) {
        let what = format!("codebooks for {width} numbers do not fit rows of {dims}");
        return Err(malformed(NAME, place, what, AGAIN));
    }
    Ok((stretch, cursor.floats(dims * Quantized::CHOICES)?))
}

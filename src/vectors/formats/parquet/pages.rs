//! What a Parquet file says of its pages, looked at before the crate goes by it.
//!
//! Source: parquet-format's `parquet.thrift` (`FileMetaData`, `PageHeader`). The crate trusts what it steps over (see
//! [`super::thrift`]), unpacks gzip pages whatever their size turns out to be, and makes room for as many values as a page says
//! it has. Here headers have to be as they should, and pages unpack to what they say, within what the file may.

use std::io::{self, Read};

use ::parquet::basic::Compression;
use ::parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};

use super::super::columnar::ADVICE;
use super::thrift::{FILE_META_DATA, PAGE_HEADER, go_through};
use super::{MAGIC, NAME, chunks, malformed};
use crate::files::Bytes;
use crate::files::problem::{Place, Problem};
use crate::files::unpack::most_unpacked;
use crate::progress::Progress;

/// Refuses a file whose list of contents cannot be.
pub(super) fn check_contents(file: &[u8]) -> Result<(), Problem> {
    let before_length = file.len().saturating_sub(MAGIC.len() + size_of::<u32>());
    let Some(&length) = file[before_length..].first_chunk() else { return Ok(()) };
    let Some(start) = before_length.checked_sub(u32::from_le_bytes(length) as usize) else { return Ok(()) };
    let contents = go_through(&file[start..before_length], FILE_META_DATA, &mut |_, _| {});
    contents.map(drop).ok_or_else(|| cannot_be(start, "the list of contents"))
}

/// Refuses headers of pages that cannot be, and pages that unpack to more than they say or than the file may.
pub(super) fn check(
    file: &Bytes,
    metadata: &ParquetMetaData,
    columns: &[usize],
    progress: &dyn Progress,
) -> Result<(), Problem> {
    let packed = file.len() as u64;
    let limit = most_unpacked(packed);
    let mut unpacked = 0_u64;
    for group in metadata.row_groups() {
        progress.check()?;
        file.check_whole()?;
        for chunk in chunks(group, columns) {
            unpacked = unpacked.saturating_add(check_chunk(file, chunk)?);
        }
        if unpacked > limit {
            return Err(Problem::ExpandsTooFar { format: NAME, packed, limit });
        }
    }
    Ok(())
}

/// Looks at the pages of a column in a row group, and says what they unpack to.
fn check_chunk(file: &[u8], chunk: &ColumnChunkMetaData) -> Result<u64, Problem> {
    let (start, length) = chunk.byte_range();
    let beyond = || malformed(NAME, Place::Byte(start), "a column lies beyond the end of the file", ADVICE);
    let end = start.checked_add(length).filter(|&end| end <= file.len() as u64).ok_or_else(beyond)?;
    let (mut at, end) = (start as usize, end as usize);
    let mut unpacked = 0_u64;
    while at < end {
        let header = Header::read(&file[at..]).ok_or_else(|| cannot_be(at, "the header of a page"))?;
        let body = at + header.length;
        if matches!(chunk.compression(), Compression::GZIP(_)) {
            let page = (body + header.levels).min(file.len())..(body + header.packed).min(file.len());
            let page = file.get(page).unwrap_or_default();
            let said = header.unpacked.saturating_sub(header.levels) as u64;
            let mut pieces = flate2::bufread::MultiGzDecoder::new(page).take(said + 1);
            // What is damaged, the crate says.
            if io::copy(&mut pieces, &mut io::sink()).is_ok_and(|size| size > said) {
                let what = "a page unpacks to more than it says";
                return Err(malformed(NAME, Place::Byte(at as u64), what, ADVICE));
            }
        }
        // Values that are all alike take next to nothing in a page, and four bytes each when they are read.
        unpacked = unpacked.saturating_add((header.unpacked as u64).max(header.values as u64 * 4));
        at = body + header.packed;
    }
    Ok(unpacked)
}

fn cannot_be(at: usize, what: &str) -> Problem {
    malformed(NAME, Place::Byte(at as u64), format!("{what} cannot be"), ADVICE)
}

/// The header of a page, as far as it matters here. All sizes are in bytes.
struct Header {
    length: usize,
    unpacked: usize,
    packed: usize,
    /// What stands before the values of a page of the second form, and is never packed.
    levels: usize,
    /// How many values the page has, nulls among them.
    values: usize,
}

impl Header {
    fn read(bytes: &[u8]) -> Option<Self> {
        let (mut unpacked, mut packed, mut values, mut dictionary) = (-1, -1, 0, 0);
        let mut levels = 0_i64;
        let length = go_through(bytes, PAGE_HEADER, &mut |path, number| match path {
            [2] => unpacked = number,
            [3] => packed = number,
            [5 | 8, 1] => values = number,
            [8, 5 | 6] => levels = levels.saturating_add(number),
            [7, 1] => dictionary = number,
            _ => {}
        })?;
        let size = |number: i64| usize::try_from(i32::try_from(number).ok()?).ok();
        let (unpacked, packed) = (size(unpacked)?, size(packed)?);
        // The crate makes room for a dictionary before it reads it; each of its values takes a byte at least.
        if size(dictionary)? > unpacked {
            return None;
        }
        Some(Self { length, unpacked, packed, levels: size(levels)?, values: size(values)? })
    }
}

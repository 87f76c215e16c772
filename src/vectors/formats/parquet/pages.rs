//! What a Parquet file says of its pages, looked at before the crate goes by it.
//!
//! Source: parquet-format's `parquet.thrift` (`FileMetaData`, `PageHeader`) and Thrift's compact protocol. The crate steps over
//! what it does not know, and counts through lists of truth values without reading a byte for each: a few bytes keep it
//! busy for hours. It also unpacks gzip pages whatever their size turns out to be, and makes room for as many values as a page
//! says it has. Here every entry of a list has to have its byte, no list holds truth values (none of the format's does), and
//! pages unpack to what they say, within what the file may.

use std::io::{self, Read};

use ::parquet::basic::Compression;
use ::parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};

use super::super::columnar::ADVICE;
use super::{MAGIC, NAME, malformed};
use crate::files::Bytes;
use crate::files::problem::{Place, Problem};
use crate::files::unpack::most_unpacked;
use crate::progress::Progress;

/// Nobody nests deeper.
const DEEPEST: usize = 32;

/// Kinds of values in Thrift's compact protocol.
const NUMBER: u8 = 5;
const STRUCTURE: u8 = 12;

/// Refuses a file whose list of contents cannot be.
pub(super) fn check_contents(file: &[u8]) -> Result<(), Problem> {
    let before_length = file.len().saturating_sub(MAGIC.len() + size_of::<u32>());
    let Some(&length) = file[before_length..].first_chunk() else { return Ok(()) };
    let Some(start) = before_length.checked_sub(u32::from_le_bytes(length) as usize) else { return Ok(()) };
    let mut contents = Compact { bytes: &file[start..before_length], at: 0 };
    contents.value(STRUCTURE, DEEPEST).ok_or_else(|| cannot_be(start, "the list of contents"))
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
        for (leaf, chunk) in group.columns().iter().enumerate() {
            if columns.contains(&group.schema_descr().get_column_root_idx(leaf)) {
                unpacked = unpacked.saturating_add(check_chunk(file, chunk)?);
            }
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
            let page = &file[body.min(file.len())..(body + header.packed).min(file.len())];
            let mut pieces = flate2::bufread::MultiGzDecoder::new(page).take(header.unpacked as u64 + 1);
            // What is damaged, the crate says.
            if io::copy(&mut pieces, &mut io::sink()).is_ok_and(|size| size > header.unpacked as u64) {
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
    /// How many values the page has, nulls among them.
    values: usize,
}

impl Header {
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut compact = Compact { bytes, at: 0 };
        let (mut unpacked, mut packed, mut values, mut dictionary) = (-1, -1, 0, 0);
        compact.fields(|compact, field, kind| {
            match field {
                1..=4 => {
                    let number = compact.number_of(kind)?;
                    match field {
                        2 => unpacked = number,
                        3 => packed = number,
                        _ => {}
                    }
                }
                5 | 8 => values = compact.count_of(kind, field)?,
                7 => dictionary = compact.count_of(kind, field)?,
                _ => compact.value(kind, DEEPEST)?,
            }
            Some(())
        })?;
        let size = |number: i64| usize::try_from(i32::try_from(number).ok()?).ok();
        let (unpacked, packed) = (size(unpacked)?, size(packed)?);
        // The crate makes room for a dictionary before it reads it; each of its values takes a byte at least.
        if size(dictionary)? > unpacked {
            return None;
        }
        Some(Self { length: compact.at, unpacked, packed, values: size(values)? })
    }
}

/// Thrift's compact protocol. `None` stands for what it cannot be.
struct Compact<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Compact<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn skip(&mut self, bytes: u64) -> Option<()> {
        self.at = self.at.checked_add(usize::try_from(bytes).ok()?).filter(|&at| at <= self.bytes.len())?;
        Some(())
    }

    fn varint(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn number(&mut self) -> Option<i64> {
        self.varint().map(|number| (number >> 1) as i64 ^ -((number & 1) as i64))
    }

    /// A field that is a number of 32 bits. The crate takes known fields for what they should be, whatever they say they
    /// are: it would go on elsewhere than this does.
    fn number_of(&mut self, kind: u8) -> Option<i64> {
        if kind == NUMBER { self.number() } else { None }
    }

    /// How many values a page has, from the structure in field `page` of its header: data, a dictionary, or data of the
    /// second form.
    fn count_of(&mut self, kind: u8, page: i64) -> Option<i64> {
        let mut count = 0;
        if kind != STRUCTURE {
            return None;
        }
        self.fields(|compact, field, kind| {
            match (page, field) {
                (_, 1) => count = compact.number_of(kind)?,
                (5, 2..=4) | (7, 2) | (8, 2..=6) => drop(compact.number_of(kind)?),
                (7, 3) | (8, 7) if !matches!(kind, 1 | 2) => return None,
                (5, 5) | (8, 8) if kind != STRUCTURE => return None,
                _ => compact.value(kind, DEEPEST)?,
            }
            Some(())
        })?;
        Some(count)
    }

    /// Goes through a structure: `each` gets the ID and the kind of a field, and has to step over its value.
    fn fields(&mut self, mut each: impl FnMut(&mut Self, i64, u8) -> Option<()>) -> Option<()> {
        let mut field = 0_i64;
        loop {
            let head = self.byte()?;
            let kind = head & 0x0F;
            if kind == 0 {
                return Some(());
            }
            field = match head >> 4 {
                0 => self.number()?,
                step => field.checked_add(i64::from(step))?,
            };
            each(self, field, kind)?;
        }
    }

    /// Steps over a value.
    fn value(&mut self, kind: u8, deeper: usize) -> Option<()> {
        let deeper = deeper.checked_sub(1)?;
        match kind {
            // In a field, the kind is the truth value.
            1 | 2 => Some(()),
            3 => self.skip(1),
            4..=6 => self.number().map(drop),
            7 => self.skip(8),
            8 => {
                let length = self.varint()?;
                self.skip(length)
            }
            9 | 10 => {
                let head = self.byte()?;
                let count = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
                self.entries(count, &[head & 0x0F], deeper)
            }
            11 => {
                let count = self.varint()?;
                let kinds = if count > 0 { self.byte()? } else { 0 };
                self.entries(count, &[kinds >> 4, kinds & 0x0F], deeper)
            }
            STRUCTURE => self.fields(|compact, _, kind| compact.value(kind, deeper)),
            13 => self.skip(16),
            _ => None,
        }
    }

    /// Steps over so many entries of a list or a map, each of which has values of these kinds.
    fn entries(&mut self, count: u64, kinds: &[u8], deeper: usize) -> Option<()> {
        if count == 0 {
            return Some(());
        }
        if count > (self.bytes.len() - self.at) as u64 || kinds.iter().any(|kind| matches!(kind, 0..=2)) {
            return None;
        }
        for _ in 0..count {
            for &kind in kinds {
                self.value(kind, deeper)?;
            }
        }
        Some(())
    }
}

//! Vectors of f32 that stand in the parts of a file one after another go to the table straight from there.
//!
//! The `arrow-ipc` crate makes arrays of a whole part at once, which may be most of the file, beside the table that they
//! are copied to. Here the bytes of the numbers are found by the messages and read piece by piece, also where LZ4 packs
//! them. Whatever is not as simple as that is left to the crate: other numbers, gaps, lists of several lengths, streams.

use std::io::{self, Read};
use std::ops::Range;

use arrow_ipc::{Block, Buffer, CompressionType, RecordBatch as BatchHeader};
use arrow_schema::{DataType, Schema};
use lz4_flex::frame::FrameDecoder;

use super::{failed, message_at, place};
use crate::files::Bytes;
use crate::files::problem::Problem;
use crate::progress::Progress;

/// So many bytes are read before pages are given back.
const BYTES_AT_ONCE: usize = 4 << 20;

/// The numbers of one part.
pub(super) struct Run {
    /// Where their bytes are in the file.
    bytes: Range<usize>,
    packed: bool,
    rows: usize,
}

/// Where the numbers of `column` stand in each part; `None` unless they do so, in all of the parts, `dims` a row.
pub(super) fn find(
    bytes: &Bytes,
    schema: &Schema,
    column: usize,
    dims: usize,
    parts: &[Block],
) -> Option<Vec<Run>> {
    // Numbers are stored with the least byte first.
    if cfg!(target_endian = "big") {
        return None;
    }
    let before = schema.fields().iter().take(column);
    let before = before.map(|field| size(field.data_type())).try_fold([0, 0], |sum, size| {
        let [nodes, buffers] = size?;
        Some([sum[0] + nodes, sum[1] + buffers])
    })?;
    let kind = schema.fields().get(column)?.data_type();
    let (DataType::FixedSizeList(item, _) | DataType::List(item) | DataType::LargeList(item)) = kind else {
        return None;
    };
    let floats = *item.data_type() == DataType::Float32;
    let run = |part: &Block| {
        let (range, body) = place(part, bytes.len())?;
        let (message, ..) = message_at(&bytes[..range.end], range.start).ok()??;
        Part { batch: message.header_as_record_batch()?, body: body..range.end, bytes }
            .run(kind, before, dims)
    };
    floats.then(|| parts.iter().map(run).collect()).flatten()
}

/// How many nodes and buffers a column has in a message.
fn size(kind: &DataType) -> Option<[usize; 2]> {
    Some(match kind {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Binary | DataType::LargeBinary => [1, 3],
        DataType::Boolean | DataType::Dictionary(..) => [1, 2],
        DataType::FixedSizeList(item, _) => with_item(size(item.data_type())?, 1),
        DataType::List(item) | DataType::LargeList(item) => with_item(size(item.data_type())?, 2),
        kind if kind.is_primitive() => [1, 2],
        _ => return None,
    })
}

fn with_item([nodes, buffers]: [usize; 2], own: usize) -> [usize; 2] {
    [nodes + 1, buffers + own]
}

/// A part of a file: its message, and where its body is.
struct Part<'a> {
    batch: BatchHeader<'a>,
    body: Range<usize>,
    bytes: &'a Bytes,
}

impl Part<'_> {
    /// The numbers of a column of lists, before which there are so many nodes and buffers.
    fn run(&self, kind: &DataType, [node, buffer]: [usize; 2], dims: usize) -> Option<Run> {
        let rows = usize::try_from(self.batch.length()).ok()?;
        let numbers = rows.checked_mul(dims)?;
        let nodes = self.batch.nodes()?;
        if node + 1 >= nodes.len() {
            return None;
        }
        for (at, length) in [(node, rows), (node + 1, numbers)] {
            let node = nodes.get(at);
            if node.null_count() != 0 || usize::try_from(node.length()).ok()? != length {
                return None;
            }
        }
        let regular = match kind {
            DataType::List(_) => self.offsets::<4>(buffer + 1, rows, dims)?,
            DataType::LargeList(_) => self.offsets::<8>(buffer + 1, rows, dims)?,
            _ => true,
        };
        let values = if matches!(kind, DataType::FixedSizeList(..)) { 2 } else { 3 };
        let (bytes, packed) = self.contents(buffer + values, numbers.checked_mul(4)?)?;
        regular.then_some(Run { bytes, packed, rows })
    }

    /// Whether lists begin every `dims` items, from the first one on. Each begin takes `N` bytes.
    fn offsets<const N: usize>(&self, buffer: usize, rows: usize, dims: usize) -> Option<bool> {
        let size = rows.checked_add(1)?.checked_mul(N)?;
        if rows == 0 {
            return Some(true);
        }
        let (bytes, packed) = self.contents(buffer, size)?;
        let mut all = Vec::new();
        all.try_reserve_exact(size).ok()?;
        all.resize(size, 0);
        self.bytes.check_whole().ok()?;
        let mut reader = Run { bytes, packed, rows }.reader(self.bytes);
        reader.read_exact(&mut all).ok()?;
        reader.ends_here().ok()?;
        let begins = all.as_chunks::<N>().0.iter().map(|begin| {
            let mut wide = [0; 8];
            wide[..N].copy_from_slice(begin);
            u64::from_le_bytes(wide)
        });
        Some(begins.eq((0..=rows as u64).map(|row| row * dims as u64)))
    }

    /// Where the bytes of a buffer are, of which `size` are wanted, and whether they are packed.
    fn contents(&self, buffer: usize, size: usize) -> Option<(Range<usize>, bool)> {
        let buffers = self.batch.buffers()?;
        let found: &Buffer = (buffer < buffers.len()).then(|| buffers.get(buffer))?;
        let start = self.body.start.checked_add(usize::try_from(found.offset()).ok()?)?;
        let end = start.checked_add(usize::try_from(found.length()).ok()?)?;
        let range = (end <= self.body.end).then_some(start..end)?;
        let Some(packing) = self.batch.compression() else {
            return (range.len() >= size).then(|| (start..start + size, false));
        };
        if size == 0 {
            return Some((start..start, false));
        }
        let declared = i64::from_le_bytes(*self.bytes.get(range.clone())?.first_chunk()?);
        let start = start + size_of_val(&declared);
        match declared {
            // Not packed after all.
            -1 => (end - start >= size).then(|| (start..start + size, false)),
            _ if packing.codec() != CompressionType::LZ4_FRAME => None,
            // What says that it is longer than it has to be is looked at by the crate.
            _ => (usize::try_from(declared).ok()? == size).then_some((start..end, true)),
        }
    }
}

/// Reads bytes that may be packed.
enum Reader<'a> {
    Plain(&'a [u8]),
    Packed(Box<FrameDecoder<&'a [u8]>>),
}

impl Reader<'_> {
    /// How many bytes of the file have not been read.
    fn left(&self) -> usize {
        match self {
            Self::Plain(rest) => rest.len(),
            Self::Packed(decoder) => decoder.get_ref().len(),
        }
    }

    /// Meets the mark at the end of what is packed, and with it the sums that tell whether it was read as it was written.
    fn ends_here(&mut self) -> io::Result<()> {
        let more = matches!(self, Self::Packed(_)) && self.read(&mut [0])? > 0;
        if more { Err(io::Error::other("more is packed than it says")) } else { Ok(()) }
    }
}

impl Read for Reader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(rest) => rest.read(buffer),
            Self::Packed(decoder) => decoder.read(buffer),
        }
    }
}

impl Run {
    fn reader<'a>(&self, bytes: &'a Bytes) -> Reader<'a> {
        let bytes = bytes.get(self.bytes.clone()).unwrap_or_default();
        if self.packed { Reader::Packed(Box::new(FrameDecoder::new(bytes))) } else { Reader::Plain(bytes) }
    }

    fn read(&self, bytes: &Bytes, values: &mut [f32], progress: &dyn Progress) -> Result<(), Problem> {
        let (mut reader, mut released) = (self.reader(bytes), self.bytes.start);
        for values in values.chunks_mut(BYTES_AT_ONCE / size_of::<f32>()) {
            progress.check()?;
            bytes.check_whole()?;
            reader.read_exact(bytemuck::cast_slice_mut(values)).map_err(failed)?;
            let read = self.bytes.end - reader.left();
            bytes.release(released..read);
            released = read;
        }
        reader.ends_here().map_err(failed)
    }
}

/// Reads the numbers of all parts, `dims` a row.
///
/// # Errors
/// [`Problem::Malformed`] where they cannot be unpacked or are more than there is place for, [`Problem::Shortened`],
/// [`Problem::Cancelled`].
pub(super) fn read(
    runs: &[Run],
    bytes: &Bytes,
    values: &mut [f32],
    dims: usize,
    progress: &dyn Progress,
) -> Result<(), Problem> {
    let (mut rest, all) = (&mut *values, runs.iter().map(|run| run.rows).sum::<usize>());
    let mut done = 0;
    for run in runs {
        let split = std::mem::take(&mut rest).split_at_mut_checked(run.rows * dims);
        let (place, after) = split.ok_or_else(|| failed("a batch holds more rows than it says"))?;
        run.read(bytes, place, progress)?;
        (rest, done) = (after, done + run.rows);
        progress.report(done as f32 / all.max(1) as f32);
    }
    if rest.is_empty() { Ok(()) } else { Err(failed("a batch holds fewer rows than it says")) }
}

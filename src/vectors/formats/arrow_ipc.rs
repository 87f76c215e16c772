//! Arrow's own files, as Feather (version 2), data sets' caches and many libraries save tables: the file format and the
//! stream format.
//!
//! Source: "Serialization and interprocess communication" of the Arrow columnar format, read with the `arrow-ipc` crate.
//! A file ends with a list of its parts; one that is cut off is read like a stream, as far as it goes. Buffers may be packed by
//! LZ4 or zstd. What columns are read and what they become: [`super::arrow_columns`]. Feather's first version is another format and refused.

mod runs;

use std::ops::Range;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_ipc::convert::try_fb_to_schema;
use arrow_ipc::reader::{FileDecoder, StreamDecoder};
use arrow_ipc::{
    Block, Endianness, Message, MessageHeader, MetadataVersion, RecordBatch as BatchHeader, root_as_footer,
    root_as_message,
};
use arrow_schema::SchemaRef;

use super::super::warning::Warning;
use super::arrow_columns::{Layout, Piece, VectorIn, usual_length};
use super::columnar::{fixed_size, guarded, into_parsed, room_for};
use super::{Format, Parsed, check_shape, malformed};
use crate::files::problem::{Place, Problem};
use crate::files::unpack::most_unpacked;
use crate::files::{Bytes, Source};
use crate::progress::Progress;

const NAME: &str = "Arrow IPC";
const ADVICE: &str = "get the file again, or write it again";

/// A file begins with this, and two bytes that fill it up.
const MAGIC: &[u8] = b"ARROW1\0\0";

/// A message of a stream begins with this.
const CONTINUED: [u8; 4] = [0xFF; 4];

/// Descriptions of tables are not longer.
const LONGEST_MESSAGE: usize = 256 << 20;

/// Arrow's files and streams.
pub struct ArrowIpc;

impl Format for ArrowIpc {
    fn name(&self) -> &'static str {
        NAME
    }

    fn recognizes(&self, source: &Source) -> bool {
        let bytes = source.bytes();
        bytes.starts_with(MAGIC)
            || bytes.starts_with(&CONTINUED)
                && message_at(bytes, 0).is_ok_and(|found| {
                    found.is_some_and(|(message, ..)| message.header_type() == MessageHeader::Schema)
                })
    }

    fn read(&self, source: &Source, progress: &dyn Progress) -> Result<Parsed, Problem> {
        guarded(NAME, || {
            let survey = survey(source.bytes())?;
            read(source, &survey, progress)
        })
    }
}

/// What the messages say before any is decoded.
struct Survey {
    parts: Parts,
    rows: u64,
    /// Whether the file ends within a message.
    cut_off: bool,
}

/// Where the messages are.
enum Parts {
    /// One after another, these bytes long.
    Stream(Range<usize>),
    /// As the list at the end of a file says.
    File { schema: SchemaRef, version: MetadataVersion, dictionaries: Vec<Block>, batches: Vec<Block> },
}

/// What messages declare together.
#[derive(Default)]
struct Sums {
    rows: u64,
    unpacked: u64,
}

impl Sums {
    fn add(&mut self, message: Message<'_>, body: &[u8], file: usize) -> Result<(), Problem> {
        let batch = message.header_as_record_batch();
        let rows = batch.map_or(0, |batch| u64::try_from(batch.length()).unwrap_or(u64::MAX));
        self.rows = self.rows.saturating_add(rows);
        let batch = batch.or_else(|| message.header_as_dictionary_batch()?.data());
        self.unpacked = self.unpacked.saturating_add(batch.map_or(0, |batch| declared(batch, body)));
        let limit = most_unpacked(file as u64);
        if self.unpacked > limit {
            return Err(Problem::ExpandsTooFar { format: NAME, packed: file as u64, limit });
        }
        Ok(())
    }
}

/// The message at a byte, where its body begins and where the next message does. `None` at the end of the stream, also
/// where it is cut off.
fn message_at(bytes: &[u8], at: usize) -> Result<Option<(Message<'_>, usize, usize)>, Problem> {
    let word = |at: usize| {
        let word = bytes.get(at..at.checked_add(4)?)?;
        Some([word[0], word[1], word[2], word[3]])
    };
    let Some(first) = word(at) else { return Ok(None) };
    // Streams of before 2019 begin with the length at once.
    let (length, start) = if first == CONTINUED { (word(at + 4), at + 8) } else { (Some(first), at + 4) };
    let Some(length) = length.map(|length| u32::from_le_bytes(length) as usize).filter(|&length| length > 0)
    else {
        return Ok(None);
    };
    let bad = |what: String| malformed(NAME, Place::Byte(at as u64), what, ADVICE);
    if length > LONGEST_MESSAGE {
        return Err(bad(format!("a message of {length} bytes is too long")));
    }
    let Some(text) = bytes.get(start..start + length) else { return Ok(None) };
    let message = root_as_message(text).map_err(|error| bad(format!("a message is damaged: {error}")))?;
    let body = start + length;
    let size = usize::try_from(message.bodyLength()).map_err(|_| bad("a message has no size".into()))?;
    let end = body.checked_add(size).ok_or_else(|| bad("a message has no size".into()))?;
    Ok(Some((message, body, end)))
}

/// Looks at all messages and adds up what they declare.
fn survey(bytes: &Bytes) -> Result<Survey, Problem> {
    if bytes.starts_with(MAGIC)
        && let Some(footer) = footer(bytes)
    {
        return survey_file(bytes, footer);
    }
    let mut start = 0;
    if bytes.starts_with(MAGIC) {
        // Some writers fill up the place before the first message.
        start = MAGIC.len();
        while bytes.get(start..start + 8) == Some(&[0; 8]) {
            start += 8;
        }
    }
    let (mut at, mut sums) = (start, Sums::default());
    while let Some((message, body, end)) = message_at(bytes, at)? {
        bytes.check_whole()?;
        let Some(body) = bytes.get(body..end) else { break };
        sums.add(message, body, bytes.len())?;
        at = end;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    // A stream may end with a message of no length, or just end.
    let ended = rest.is_empty()
        || rest.starts_with(&[0; 4])
        || rest.starts_with(&[0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]);
    Ok(Survey { parts: Parts::Stream(start..at), rows: sums.rows, cut_off: !ended || start > 0 })
}

/// The list of its parts at the end of a file, if it is there.
fn footer(bytes: &[u8]) -> Option<&[u8]> {
    let before = bytes.strip_suffix(&MAGIC[..6])?;
    let (before, length) = before.split_last_chunk::<4>()?;
    let length = u32::from_le_bytes(*length) as usize;
    before.get(before.len().checked_sub(length)?..)
}

fn survey_file(bytes: &Bytes, footer: &[u8]) -> Result<Survey, Problem> {
    let bad = |what: String| malformed(NAME, Place::Byte(bytes.len() as u64), what, ADVICE);
    // The list may lie at any byte, and is read only where it is aligned.
    let footer = footer.to_vec();
    let footer =
        root_as_footer(&footer).map_err(|error| bad(format!("the list of parts is damaged: {error}")))?;
    let schema = footer.schema().ok_or_else(|| bad("the list of parts has no schema".into()))?;
    if schema.endianness() == Endianness::Big {
        return Err(bad("its numbers are written with the greatest byte first".into()));
    }
    let schema = Arc::new(try_fb_to_schema(schema).map_err(failed)?);
    let dictionaries: Vec<Block> = footer.dictionaries().iter().flatten().copied().collect();
    let batches: Vec<Block> = footer.recordBatches().iter().flatten().copied().collect();
    let mut sums = Sums::default();
    let mut places = Vec::with_capacity(dictionaries.len() + batches.len());
    for block in dictionaries.iter().chain(&batches) {
        bytes.check_whole()?;
        let (range, body) =
            place(block, bytes.len()).ok_or_else(|| bad("a part lies beyond the end".into()))?;
        let message = message_at(&bytes[..range.end], range.start)?;
        let (message, ..) = message.ok_or_else(|| bad("a part is empty".into()))?;
        sums.add(message, &bytes[body..range.end], bytes.len())?;
        places.push((range.start, range.end));
    }
    places.sort_unstable();
    if places.windows(2).any(|pair| pair[1].0 < pair[0].1) {
        // One part that is listed a thousand times would be read a thousand times.
        return Err(bad("parts of it lie over one another".into()));
    }
    let parts = Parts::File { schema, version: footer.version(), dictionaries, batches };
    Ok(Survey { parts, rows: sums.rows, cut_off: false })
}

/// The bytes of a part of a file, and where its body begins; `None` if it reaches beyond the end.
fn place(block: &Block, end: usize) -> Option<(Range<usize>, usize)> {
    let start = usize::try_from(block.offset()).ok()?;
    let body = start.checked_add(usize::try_from(block.metaDataLength()).ok()?)?;
    let reached = body.checked_add(usize::try_from(block.bodyLength()).ok()?)?;
    (reached <= end).then_some((start..reached, body))
}

/// How many bytes the packed buffers of a batch say that they unpack to.
fn declared(batch: BatchHeader<'_>, body: &[u8]) -> u64 {
    if batch.compression().is_none() {
        return 0;
    }
    let size = |buffer: &arrow_ipc::Buffer| {
        let start = usize::try_from(buffer.offset()).ok()?;
        let size = body.get(start..start.checked_add(8)?)?;
        // −1 stands for what is not packed.
        u64::try_from(i64::from_le_bytes(size.try_into().ok()?)).ok()
    };
    batch.buffers().iter().flatten().filter_map(size).fold(0, u64::saturating_add)
}

/// The batches, one after another.
enum Batches<'a> {
    Stream { decoder: StreamDecoder, bytes: &'a Bytes, rest: bytes::Bytes, end: usize },
    File { decoder: FileDecoder, bytes: &'a Bytes, rest: std::slice::Iter<'a, Block> },
}

impl<'a> Batches<'a> {
    /// Batches of the `wanted` columns. A stream gives all that it has.
    fn new(
        bytes: &'a Bytes,
        parts: &'a Parts,
        wanted: &[usize],
        progress: &dyn Progress,
    ) -> Result<Self, Problem> {
        match parts {
            Parts::Stream(messages) => {
                let end = messages.end;
                let messages = bytes.slice(messages.clone()).ok_or(Problem::Unrecognized)?;
                let rest = bytes::Bytes::from_owner(messages);
                Ok(Self::Stream { decoder: StreamDecoder::new(), bytes, rest, end })
            }
            Parts::File { schema, version, dictionaries, batches } => {
                let mut decoder = FileDecoder::new(Arc::clone(schema), *version);
                for block in dictionaries {
                    progress.check()?;
                    bytes.check_whole()?;
                    decoder.read_dictionary(block, &part(bytes, block)?.into()).map_err(failed)?;
                }
                let decoder = decoder.with_projection(wanted.to_vec());
                Ok(Self::File { decoder, bytes, rest: batches.iter() })
            }
        }
    }

    /// The columns that a batch has, where so many were `wanted`.
    fn columns(&self, wanted: &[usize], batch: &RecordBatch) -> Vec<usize> {
        match self {
            Self::Stream { .. } => (0..batch.num_columns()).collect(),
            Self::File { .. } => wanted.to_vec(),
        }
    }

    /// How far the file has been read, at least.
    fn position(&self) -> usize {
        match self {
            Self::Stream { rest, end, .. } => end - rest.len(),
            Self::File { bytes, rest, .. } => {
                let next = rest.as_slice().first().and_then(|block| usize::try_from(block.offset()).ok());
                next.map_or(bytes.len(), |next| next.min(bytes.len()))
            }
        }
    }

    fn next(&mut self) -> Result<Option<RecordBatch>, Problem> {
        match self {
            Self::Stream { decoder, bytes, rest, .. } => {
                bytes.check_whole()?;
                while let Some((_, _, end)) = message_at(rest, 0)? {
                    let mut message = rest.split_to(end.min(rest.len())).into();
                    if let Some(batch) = decoder.decode(&mut message).map_err(failed)? {
                        return Ok(Some(batch));
                    }
                }
                Ok(None)
            }
            Self::File { decoder, bytes, rest } => {
                let Some(block) = rest.next() else { return Ok(None) };
                bytes.check_whole()?;
                decoder.read_record_batch(block, &part(bytes, block)?.into()).map_err(failed)
            }
        }
    }
}

fn part(bytes: &Bytes, block: &Block) -> Result<bytes::Bytes, Problem> {
    let range = place(block, bytes.len()).map(|(range, _)| range);
    let part = range.and_then(|range| bytes.slice(range)).ok_or(Problem::Unrecognized)?;
    Ok(bytes::Bytes::from_owner(part))
}

fn read(source: &Source, survey: &Survey, progress: &dyn Progress) -> Result<Parsed, Problem> {
    let bytes = source.bytes();
    let schema = schema(bytes, survey)?;
    let layout = Layout::new(NAME, &schema, source)?;
    let dims = match &layout.vector {
        VectorIn::Numbers(columns) => columns.len(),
        VectorIn::Lists(at) => match fixed_size(&schema, *at) {
            Some(size) => size,
            None => first_length(bytes, survey, *at, progress)?,
        },
    };
    check_shape(NAME, survey.rows, dims as u64)?;
    let rows = survey.rows as usize;
    let mut values = room_for(NAME, rows, dims, bytes.len() as u64)?;
    let mut wanted = layout.columns();
    let in_runs = match (&survey.parts, &layout.vector) {
        (Parts::File { batches, .. }, VectorIn::Lists(at)) => {
            let runs = runs::find(bytes, &schema, *at, dims, batches);
            // What has other columns is read once more for these.
            wanted.retain(|column| runs.is_none() || column != at);
            runs
        }
        _ => None,
    };
    if let Some(runs) = &in_runs {
        runs::read(runs, bytes, &mut values, dims, progress)?;
    }
    let mut whole = Piece::default();
    if wanted.is_empty() {
        whole.rows = rows;
    } else {
        let place = in_runs.is_none().then_some(&mut values[..]);
        read_batches(
            bytes,
            survey,
            (&layout, &wanted),
            &mut whole,
            place.map(|values| (values, dims)),
            progress,
        )?;
    }
    let mut parsed = into_parsed(source, layout, whole, values, dims)?;
    if survey.cut_off {
        parsed.warnings.push(Warning::CutOff { rows: rows as u64 });
    }
    Ok(parsed)
}

/// The columns and their types: a stream says them before its first batch.
fn schema(bytes: &Bytes, survey: &Survey) -> Result<SchemaRef, Problem> {
    let nothing =
        || malformed(NAME, Place::Row(0), "there is no row", "write the file again with its vectors");
    match &survey.parts {
        _ if survey.rows == 0 => Err(nothing()),
        Parts::File { schema, .. } => Ok(Arc::clone(schema)),
        Parts::Stream(messages) => {
            let first = message_at(bytes, messages.start)?;
            let schema = first.as_ref().and_then(|(message, ..)| message.header_as_schema());
            Ok(Arc::new(try_fb_to_schema(schema.ok_or_else(nothing)?).map_err(failed)?))
        }
    }
}

/// Reads the `wanted` columns of all batches; the vectors only where there is a place for them, of so many numbers a row.
fn read_batches(
    bytes: &Bytes,
    survey: &Survey,
    (layout, wanted): (&Layout, &[usize]),
    whole: &mut Piece,
    mut place: Option<(&mut [f32], usize)>,
    progress: &dyn Progress,
) -> Result<(), Problem> {
    let rows = survey.rows as usize;
    let mut batches = Batches::new(bytes, &survey.parts, wanted, progress)?;
    let mut released = 0;
    while let Some(batch) = batches.next()? {
        progress.check()?;
        bytes.check_whole()?;
        let (start, end) = (whole.rows, whole.rows + batch.num_rows());
        if end > rows {
            return Err(failed("a batch holds more rows than it says"));
        }
        let present = batches.columns(wanted, &batch);
        let columns = (layout, &present[..]);
        if let Some((values, dims)) = &mut place {
            whole.take(NAME, columns, &batch, *dims, &mut values[start * *dims..end * *dims])?;
            progress.report(end as f32 / rows as f32);
        } else {
            whole.take_others(NAME, columns, &batch)?;
        }
        // Before the next: a batch may be a good part of the file.
        drop(batch);
        let position = batches.position();
        bytes.release(released..position);
        released = released.max(position);
    }
    if whole.rows == rows { Ok(()) } else { Err(failed("a batch holds fewer rows than it says")) }
}

/// The usual length of the lists in the first batch that has any.
fn first_length(
    bytes: &Bytes,
    survey: &Survey,
    column: usize,
    progress: &dyn Progress,
) -> Result<usize, Problem> {
    let mut batches = Batches::new(bytes, &survey.parts, &[column], progress)?;
    while let Some(batch) = batches.next()? {
        let place = batches.columns(&[column], &batch).iter().position(|&at| at == column);
        if let Some(dims) = place.and_then(|place| usual_length(batch.columns().get(place)?)) {
            return Ok(dims);
        }
    }
    Err(malformed(NAME, Place::Row(0), "no row has a vector", "write the file again with its vectors"))
}

fn failed(error: impl std::fmt::Display) -> Problem {
    malformed(NAME, Place::Byte(0), format!("the file cannot be read on: {error}"), ADVICE)
}

#[cfg(test)]
mod tests;

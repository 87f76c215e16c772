//! Apache Parquet, as data frames and hubs of data sets save tables of embeddings.
//!
//! Source: the format's description at parquet.apache.org, read with the `parquet` crate. What columns are read and what
//! they become: [`super::arrow_columns`]. Pages may be packed by zstd, snappy, gzip or LZ4. Row groups are read in
//! parallel, each to its place in the table; numbers are kept as `f32`. Encrypted files, and packing by brotli or LZO,
//! are refused, and so is what would take the crate far longer or more memory than the file's size lets expect ([`pages`]).

mod pages;
mod thrift;

use std::sync::Arc;

use ::parquet::arrow::ProjectionMask;
use ::parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use ::parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, RowGroupMetaData};
use arrow_schema::{DataType, FieldRef, Fields, Schema};
use rayon::prelude::*;

use super::arrow_columns::{Layout, Piece, VectorIn, usual_length};
use super::columnar::{ADVICE, fixed_size, guarded, into_parsed, room_for};
use super::{Format, Parsed, check_shape, malformed};
use crate::files::problem::{Place, Problem};
use crate::files::unpack::most_unpacked;
use crate::files::{Bytes, Source};
use crate::progress::Progress;

const NAME: &str = "Parquet";
const MAGIC: &[u8] = b"PAR1";

/// About so many numbers are decoded at a time.
const NUMBERS_AT_ONCE: usize = 1 << 18;

/// Parquet.
pub struct Parquet;

impl Format for Parquet {
    fn name(&self) -> &'static str {
        NAME
    }

    fn recognizes(&self, source: &Source) -> bool {
        source.bytes().starts_with(MAGIC)
    }

    fn read(&self, source: &Source, progress: &dyn Progress) -> Result<Parsed, Problem> {
        if !source.bytes().ends_with(MAGIC) {
            let what = "the end of the file is missing, and with it the list of what is where";
            return Err(malformed(NAME, Place::Byte(source.bytes().len() as u64), what, ADVICE));
        }
        guarded(NAME, || read(source, progress))
    }
}

fn read(source: &Source, progress: &dyn Progress) -> Result<Parsed, Problem> {
    pages::check_contents(source.bytes())?;
    let bytes = bytes::Bytes::from_owner(source.bytes().clone());
    let metadata = with_views(ArrowReaderMetadata::load(&bytes, ArrowReaderOptions::new()).map_err(failed)?);
    let layout = Layout::new(NAME, metadata.schema(), source)?;
    let rows = checked_rows(metadata.metadata(), &layout, source.bytes().len() as u64)?;
    pages::check(source.bytes(), metadata.metadata(), &layout.columns(), progress)?;
    // Looking at a page's beginning has brought some of the rest with it.
    source.bytes().release(0..source.bytes().len());
    let file = File { source: source.bytes(), bytes, metadata };
    let dims = file.dims(&layout)?;
    check_shape(NAME, rows as u64, dims as u64)?;
    let mut values = room_for(NAME, rows, dims, source.bytes().len() as u64)?;
    let whole = file.read(&layout, dims, &mut values, progress)?;
    into_parsed(source, layout, whole, values, dims)
}

/// The same with columns of text as views: a dictionary's long text is then not copied for every row that has it.
fn with_views(read: ArrowReaderMetadata) -> ArrowReaderMetadata {
    let schema = read.schema();
    let viewed = |field: &FieldRef| match field.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 => {
            Arc::new(field.as_ref().clone().with_data_type(DataType::Utf8View))
        }
        _ => Arc::clone(field),
    };
    let fields: Fields = schema.fields().iter().map(viewed).collect();
    let schema = Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()));
    let options = ArrowReaderOptions::new().with_schema(schema);
    ArrowReaderMetadata::try_new(Arc::clone(read.metadata()), options).unwrap_or(read)
}

/// What a row group holds of some columns.
fn chunks<'a>(
    group: &'a RowGroupMetaData,
    columns: &'a [usize],
) -> impl Iterator<Item = &'a ColumnChunkMetaData> {
    let wanted = |leaf| columns.contains(&group.schema_descr().get_column_root_idx(leaf));
    group.columns().iter().enumerate().filter(move |(leaf, _)| wanted(*leaf)).map(|(_, chunk)| chunk)
}

/// How many rows there are, once all that is declared of them fits the file.
fn checked_rows(metadata: &ParquetMetaData, layout: &Layout, packed: u64) -> Result<usize, Problem> {
    let columns = layout.columns();
    let (mut rows, mut unpacked) = (0_u64, 0_u64);
    for group in metadata.row_groups() {
        rows = rows.saturating_add(u64::try_from(group.num_rows()).unwrap_or(u64::MAX));
        for chunk in chunks(group, &columns) {
            let size = u64::try_from(chunk.uncompressed_size()).unwrap_or(u64::MAX);
            unpacked = unpacked.saturating_add(size);
        }
    }
    let limit = most_unpacked(packed);
    if unpacked > limit {
        return Err(Problem::ExpandsTooFar { format: NAME, packed, limit });
    }
    check_shape(NAME, rows, 1)?;
    Ok(rows as usize)
}

/// A file and its parsed list of contents.
struct File<'a> {
    source: &'a Bytes,
    bytes: bytes::Bytes,
    metadata: ArrowReaderMetadata,
}

impl File<'_> {
    /// A reader of some columns of one row group.
    fn group(
        &self,
        group: usize,
        columns: &[usize],
        rows_at_once: usize,
    ) -> Result<ParquetRecordBatchReader, Problem> {
        let builder =
            ParquetRecordBatchReaderBuilder::new_with_metadata(self.bytes.clone(), self.metadata.clone());
        let mask = ProjectionMask::roots(builder.parquet_schema(), columns.iter().copied());
        let builder =
            builder.with_projection(mask).with_row_groups(vec![group]).with_batch_size(rows_at_once);
        builder.build().map_err(failed)
    }

    /// The numbers in a row: as the type says, or as the first lists have them.
    fn dims(&self, layout: &Layout) -> Result<usize, Problem> {
        match &layout.vector {
            VectorIn::Numbers(columns) => Ok(columns.len()),
            VectorIn::Lists(at) => {
                if let Some(size) = fixed_size(self.metadata.schema(), *at) {
                    return Ok(size);
                }
                for group in 0..self.metadata.metadata().num_row_groups() {
                    self.source.check_whole()?;
                    for batch in self.group(group, &[*at], 64)? {
                        let batch = batch.map_err(failed)?;
                        if let Some(dims) = batch.columns().first().and_then(|lists| usual_length(lists)) {
                            return Ok(dims);
                        }
                    }
                }
                Err(malformed(
                    NAME,
                    Place::Row(0),
                    "no row has a vector",
                    "write the file again with its vectors",
                ))
            }
        }
    }

    /// Reads all row groups, each to its place in `values`.
    fn read(
        &self,
        layout: &Layout,
        dims: usize,
        values: &mut [f32],
        progress: &dyn Progress,
    ) -> Result<Piece, Problem> {
        let groups = self.metadata.metadata().row_groups();
        let mut rest = values;
        let mut places = Vec::new();
        for (group, about) in groups.iter().enumerate() {
            let (place, after) = rest.split_at_mut(about.num_rows() as usize * dims);
            places.push((group, place));
            rest = after;
        }
        let done = std::sync::atomic::AtomicUsize::new(0);
        let pieces: Vec<Result<Piece, Problem>> = places
            .into_par_iter()
            .map(|(group, place)| {
                // A guard stands around one thread alone.
                let piece = guarded(NAME, || self.read_group(group, layout, dims, place, progress));
                let done = done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
                progress.report(done as f32 / groups.len() as f32);
                piece
            })
            .collect();
        let mut whole = Piece::default();
        for piece in pieces {
            whole.append(&mut piece?)?;
        }
        Ok(whole)
    }

    /// Gives back the pages of a row group from which so many rows have been read. Columns are read from their beginning to
    /// their end; a page that is wanted again comes from the file again.
    fn release(&self, group: usize, rows: usize) {
        let group = self.metadata.metadata().row_group(group);
        let share = rows as f64 / (group.num_rows() as f64).max(1.0);
        for chunk in group.columns() {
            let (start, length) = chunk.byte_range();
            let read = (length as f64 * share) as u64;
            self.source.release(start as usize..start.saturating_add(read.min(length)) as usize);
        }
    }

    fn read_group(
        &self,
        group: usize,
        layout: &Layout,
        dims: usize,
        values: &mut [f32],
        progress: &dyn Progress,
    ) -> Result<Piece, Problem> {
        let columns = layout.columns();
        let mut piece = Piece::default();
        let mut rest = values;
        let mut batches = self.group(group, &columns, (NUMBERS_AT_ONCE / dims).max(1))?;
        loop {
            progress.check()?;
            self.source.check_whole()?;
            let Some(batch) = batches.next() else { break };
            let batch = batch.map_err(failed)?;
            let numbers = batch.num_rows() * dims;
            if numbers > rest.len() {
                return Err(malformed(
                    NAME,
                    Place::Row(0),
                    "a row group holds more rows than it says",
                    ADVICE,
                ));
            }
            let (place, after) = rest.split_at_mut(numbers);
            piece.take(NAME, (layout, &columns), &batch, dims, place)?;
            rest = after;
            self.release(group, piece.rows);
        }
        if rest.is_empty() {
            return Ok(piece);
        }
        Err(malformed(NAME, Place::Row(0), "a row group holds fewer rows than it says", ADVICE))
    }
}

fn failed(error: impl std::fmt::Display) -> Problem {
    malformed(NAME, Place::Byte(0), format!("the file cannot be read on: {error}"), ADVICE)
}

#[cfg(test)]
mod tests;

//! The table: V named rows of d numbers each, immutable once made.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

use super::rows::{Rows, norm};
use super::subwords::Subwords;
use super::warning::Warning;
use super::words::{WordIndex, Words};
use crate::files::Place;
use crate::progress::{Cancelled, Progress, Unwatched};

pub use super::dtype::DType;

/// One named property of every row, such as a group or a part of speech.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    pub name: String,
    pub values: ColumnValues,
}

/// The values of a [`Column`], one a row.
#[derive(Debug, Clone, PartialEq)]
pub enum ColumnValues {
    /// Names and, for each row, the index of its name; `u32::MAX` where a row has none.
    Categories { names: Vec<String>, of_row: Vec<u32> },
    /// A number a row; `NaN` where a row has none.
    Numbers(Vec<f32>),
}

/// Rows of a mapped file that take more bytes than this are not read when it is opened.
const VAST: u64 = 256 << 20;

/// V named rows × d dimensions. Cheap to share behind an `Arc`; never changes.
#[derive(Debug)]
pub struct Table {
    words: Words,
    rows: Rows,
    columns: Vec<Column>,
    subwords: Option<Subwords>,
    index: OnceLock<WordIndex>,
    norms: OnceLock<Norms>,
}

/// The lengths of all rows, and which rows have none, ascending.
#[derive(Debug)]
struct Norms {
    lengths: Vec<f32>,
    non_finite: Vec<u32>,
}

impl From<Vec<f32>> for Norms {
    fn from(lengths: Vec<f32>) -> Self {
        let odd = lengths.iter().enumerate().filter(|(_, length)| !length.is_finite());
        let non_finite = odd.map(|(row, _)| row as u32).collect();
        Self { lengths, non_finite }
    }
}

impl Table {
    /// Makes a table of names and rows, whatever the rows' storage.
    ///
    /// # Panics
    /// If there are not as many names as rows.
    #[must_use]
    pub fn new(words: Words, rows: Rows) -> Self {
        assert_eq!(words.len(), rows.count(), "a name for each row");
        Self {
            words,
            rows,
            columns: Vec::new(),
            subwords: None,
            index: OnceLock::new(),
            norms: OnceLock::new(),
        }
    }

    /// Makes a table from `words.len()` rows of `dims` numbers, row after row in `values`.
    ///
    /// # Panics
    /// If `values.len() != words.len() * dims`, if `dims` is 0, or if the words take more than 4 GiB.
    #[must_use]
    pub fn from_f32(words: Vec<String>, values: Vec<f32>, dims: usize) -> Self {
        let mut names = Words::default();
        for word in words {
            names.push(&word).expect("less than 4 GiB of words");
        }
        Self::new(names, Rows::owned(values, dims))
    }

    /// The same table with named properties of its rows.
    #[must_use]
    pub fn with_columns(mut self, columns: Vec<Column>) -> Self {
        self.columns = columns;
        self
    }

    /// The same table with other names.
    ///
    /// # Panics
    /// If there are not as many names as rows.
    #[must_use]
    pub fn with_words(self, words: Words) -> Self {
        assert_eq!(words.len(), self.rows(), "a name for each row");
        Self { words, index: OnceLock::new(), ..self }
    }

    /// The same table with what makes vectors of words that have no row.
    #[must_use]
    pub(super) fn with_subwords(self, subwords: Option<Subwords>) -> Self {
        Self { subwords, ..self }
    }

    /// The same table with the lengths of its rows, where they were computed on the way.
    #[must_use]
    pub(super) fn with_norms(self, norms: Vec<f32>) -> Self {
        assert_eq!(norms.len(), self.rows(), "a length for each row");
        Self { norms: OnceLock::from(Norms::from(norms)), ..self }
    }

    /// V, the number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.words.len()
    }

    /// d, the numbers in a row.
    #[must_use]
    pub fn dims(&self) -> usize {
        self.rows.dims()
    }

    /// How the file stores its numbers.
    #[must_use]
    pub fn dtype(&self) -> DType {
        self.rows.dtype()
    }

    /// The name of a row.
    #[must_use]
    pub fn word(&self, row: usize) -> &str {
        self.words.get(row)
    }

    /// All names, in the order of the rows.
    #[must_use]
    pub fn words(&self) -> &Words {
        &self.words
    }

    /// The first row with exactly this name.
    #[must_use]
    pub fn find(&self, word: &str) -> Option<usize> {
        self.index().find(&self.words, word)
    }

    /// What makes vectors of words that have no row, where the file has that.
    #[must_use]
    pub fn subwords(&self) -> Option<&Subwords> {
        self.subwords.as_ref()
    }

    /// The vector of a word, d numbers: its row, or one made of its parts where the file knows those. None for a word
    /// that has neither.
    #[must_use]
    pub fn vector_of(&self, word: &str) -> Option<Cow<'_, [f32]>> {
        if let Some(row) = self.find(word) {
            return Some(self.row(row));
        }
        self.subwords.as_ref()?.vector_of(word).map(Cow::Owned)
    }

    /// The index of the names, built at first use.
    pub(super) fn index(&self) -> &WordIndex {
        self.index.get_or_init(|| WordIndex::new(&self.words))
    }

    /// Named properties of the rows: groups, tags, counts.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// One row, widened to `f32`; borrowed where the file stores `f32`. Zeros for a row that is known not to be finite.
    #[must_use]
    pub fn row(&self, row: usize) -> Cow<'_, [f32]> {
        if self.non_finite_in(&(row..row + 1)).is_empty() {
            self.rows.row(row)
        } else {
            Cow::Owned(vec![0.0; self.dims()])
        }
    }

    /// One row as the file has it: also where not all of its d numbers are finite, which reads as zeros to
    /// [`Table::row`] once that is known. To be shown, and not to be computed with.
    #[must_use]
    pub fn row_as_stored(&self, row: usize) -> Cow<'_, [f32]> {
        self.rows.row(row)
    }

    /// Whether all numbers of a row are finite, without a look at the others.
    #[must_use]
    pub fn is_finite(&self, row: usize) -> bool {
        self.norm(row).is_finite()
    }

    /// Rows `range` one after another as `range.len()` × d numbers: borrowed where they lie so in memory, and
    /// otherwise widened into `buffer`. The way to scan a table of any storage in blocks. Zeros for rows that are known
    /// not to be finite.
    pub fn block<'a>(&'a self, range: Range<usize>, buffer: &'a mut Vec<f32>) -> &'a [f32] {
        let odd = self.non_finite_in(&range);
        if odd.is_empty() {
            return self.rows.block(range, buffer);
        }
        let (first, dims) = (range.start, self.dims());
        let mut values = self.rows.block(range, &mut Vec::new()).to_vec();
        for &row in odd {
            values[(row as usize - first) * dims..][..dims].fill(0.0);
        }
        *buffer = values;
        buffer
    }

    /// The Euclidean length of every row; NaN or infinite for rows whose numbers are not all finite. Takes a pass over
    /// the table the first time, unless that was done when the file was opened.
    pub fn norms(&self) -> &[f32] {
        match self.norms_with(&Unwatched) {
            Ok(norms) => norms,
            Err(Cancelled) => unreachable!("nobody cancels unwatched work"),
        }
    }

    /// [`Table::norms`], with progress.
    ///
    /// # Errors
    /// [`Cancelled`] once `progress` says so.
    pub fn norms_with(&self, progress: &dyn Progress) -> Result<&[f32], Cancelled> {
        if let Some(known) = self.norms.get() {
            return Ok(&known.lengths);
        }
        let found = Norms::from(self.rows.norms(progress)?);
        Ok(&self.norms.get_or_init(|| found).lengths)
    }

    /// The Euclidean length of one row, without a look at the others.
    #[must_use]
    pub fn norm(&self, row: usize) -> f32 {
        self.norms.get().map_or_else(|| norm(&self.rows.row(row)), |known| known.lengths[row])
    }

    /// The rows whose numbers are not all finite, ascending; none until [`Table::norms`] are known. Small tables have
    /// been freed of such rows when they were opened; large ones that lie in a mapped file are not read then, and keep
    /// them, as zeros.
    #[must_use]
    pub fn non_finite(&self) -> Option<&[u32]> {
        self.norms.get().map(|norms| &*norms.non_finite)
    }

    /// Those of `range` that are known.
    fn non_finite_in(&self, range: &Range<usize>) -> &[u32] {
        let Some(odd) = self.non_finite().filter(|odd| !odd.is_empty()) else { return &[] };
        let place = |row: usize| odd.partition_point(|&other| (other as usize) < row);
        &odd[place(range.start)..place(range.end).max(place(range.start))]
    }

    /// What turned out not to be right since the table was opened: rows that read as zeros because their numbers are not
    /// finite, once [`Table::norms`] are known, or because the file was shortened.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let odd = self.non_finite().unwrap_or_default();
        let first = odd.first().map(|&row| Place::Row(u64::from(row)));
        let zeros = first.map(|first| Warning::ReadAsZeros { rows: odd.len(), first });
        zeros.into_iter().chain((!self.is_whole()).then_some(Warning::Shortened)).collect()
    }

    /// V·(bytes a row): what the matrix weighs as it is stored.
    #[must_use]
    pub fn weight_bytes(&self) -> u64 {
        self.rows() as u64 * self.rows.row_bytes() as u64
    }

    /// Whether all rows are still there; those of a mapped file that another program shortened read as zeros.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.rows.is_whole()
    }

    /// The memory of our own that the table takes. Pages of a mapped file do not count: the system takes them back
    /// when it needs them.
    #[must_use]
    pub fn bytes_in_memory(&self) -> usize {
        let columns: usize = self.columns.iter().map(|column| column.values.bytes_in_memory()).sum();
        let index = self.index.get().map_or(0, WordIndex::bytes_in_memory);
        let norms = self.norms.get().map_or(0, |norms| norms.lengths.capacity() * size_of::<f32>());
        let subwords = self.subwords.as_ref().map_or(0, Subwords::bytes_in_memory);
        self.words.bytes_in_memory() + self.rows.bytes_in_memory() + columns + subwords + index + norms
    }

    /// Whether the rows lie in a mapped file and are so many bytes that opening must not read them all.
    pub(super) fn is_vast(&self) -> bool {
        self.rows.is_mapped() && self.weight_bytes() > VAST
    }

    /// What the rows are to a person: words, or just rows where nothing names them but their numbers.
    #[must_use]
    pub fn noun(&self) -> &'static str {
        let last = self.rows().saturating_sub(1);
        let is_numbered = |row: usize| self.word(row).parse() == Ok(row);
        if self.rows() > 0 && is_numbered(0) && is_numbered(last) { "row" } else { "word" }
    }

    /// Whether the rows are those of a matrix as it lies in its file, so that the number of a row means something: the ID
    /// of a token.
    pub(super) fn is_matrix(&self) -> bool {
        self.rows.is_stored()
    }

    /// The table without the rows whose numbers are not all finite, and which rows those were, ascending. Computes
    /// the lengths of the rows on the way.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub(super) fn without_non_finite(self, progress: &dyn Progress) -> Result<(Self, Vec<usize>), Cancelled> {
        let mut norms = self.rows.norms(progress)?;
        let dropped: Vec<usize> = (0..norms.len()).filter(|&row| !norms[row].is_finite()).collect();
        if dropped.is_empty() {
            return Ok((self.with_norms(norms), dropped));
        }
        norms.retain(|norm| norm.is_finite());
        let columns = self.columns.into_iter().map(|column| column.without(&dropped)).collect();
        let table = Self::new(self.words.without(&dropped), self.rows.without(&dropped));
        Ok((table.with_columns(columns).with_subwords(self.subwords).with_norms(norms), dropped))
    }
}

impl Column {
    /// The column without the rows `dropped`, which ascend.
    fn without(mut self, dropped: &[usize]) -> Self {
        let mut row = 0;
        let mut kept = || {
            row += 1;
            dropped.binary_search(&(row - 1)).is_err()
        };
        match &mut self.values {
            ColumnValues::Categories { of_row, .. } => of_row.retain(|_| kept()),
            ColumnValues::Numbers(numbers) => numbers.retain(|_| kept()),
        }
        self
    }
}

impl ColumnValues {
    fn bytes_in_memory(&self) -> usize {
        match self {
            Self::Categories { names, of_row } => {
                of_row.capacity() * size_of::<u32>()
                    + names.iter().map(|name| name.capacity() + size_of::<String>()).sum::<usize>()
            }
            Self::Numbers(numbers) => numbers.capacity() * size_of::<f32>(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Unwanted;

    fn table() -> Table {
        let words = ["a", "b", "a"].map(String::from).to_vec();
        Table::from_f32(words, vec![3.0, 4.0, 0.0, f32::NAN, 6.0, 8.0], 2)
    }

    #[test]
    fn the_first_of_equal_names_is_found() {
        assert_eq!(table().find("a"), Some(0));
        assert_eq!(table().find("c"), None);
    }

    #[test]
    fn rows_that_are_not_finite_leave_with_their_names_columns_and_lengths() {
        let group = ColumnValues::Categories { names: vec!["x".into()], of_row: vec![0, 7, u32::MAX] };
        let count = ColumnValues::Numbers(vec![1.0, 2.0, 3.0]);
        let columns = [("group", group), ("count", count)];
        let columns = columns.map(|(name, values)| Column { name: name.into(), values }).to_vec();
        let (kept, dropped) = table().with_columns(columns).without_non_finite(&Unwatched).unwrap();
        assert_eq!(dropped, [1]);
        assert_eq!((kept.rows(), kept.word(0), kept.word(1)), (2, "a", "a"));
        assert_eq!(kept.norms(), [5.0, 10.0]);
        assert_eq!(*kept.row(1), [6.0, 8.0]);
        let ColumnValues::Categories { of_row, .. } = &kept.columns()[0].values else { panic!() };
        assert_eq!(*of_row, [0, u32::MAX]);
        assert_eq!(kept.columns()[1].values, ColumnValues::Numbers(vec![1.0, 3.0]));
    }

    #[test]
    fn rows_that_turn_out_not_to_be_finite_read_as_zeros() {
        let table = table();
        assert!(table.non_finite().is_none() && table.row(1)[1].is_nan() && table.warnings().is_empty());
        assert!(table.norm(0) == 5.0 && table.norm(1).is_nan());
        assert!(table.norms()[1].is_nan() && table.norm(1).is_nan());
        assert_eq!(table.non_finite(), Some(&[1][..]));
        assert_eq!(table.warnings(), [Warning::ReadAsZeros { rows: 1, first: Place::Row(1) }]);
        assert_eq!(*table.row(1), [0.0, 0.0]);
        let mut buffer = Vec::new();
        assert_eq!(table.block(0..3, &mut buffer), [3.0, 4.0, 0.0, 0.0, 6.0, 8.0]);
        assert_eq!(table.block(1..3, &mut buffer), [0.0, 0.0, 6.0, 8.0]);
        assert_eq!(table.block(2..3, &mut buffer), [6.0, 8.0]);
        assert!(table.block(1..1, &mut buffer).is_empty());
    }

    #[test]
    fn a_table_whose_file_was_shortened_says_so() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), [1; 64]).unwrap();
        let bytes = crate::files::Bytes::map(file.reopen().unwrap()).unwrap();
        let rows = Rows::contiguous(bytes, DType::F32, 0, 2, 8).unwrap();
        let table = Table::new(Words::numbered(2).unwrap(), rows);
        assert!(table.warnings().is_empty());
        file.as_file().set_len(40).unwrap();
        assert_eq!(table.warnings(), [Warning::Shortened]);
    }

    #[test]
    fn lengths_that_nobody_waits_for_stay_unknown() {
        let table = table();
        assert_eq!(table.norms_with(&Unwanted), Err(Cancelled));
        assert!(table.non_finite().is_none());
        assert_eq!(table.norms_with(&Unwatched).unwrap()[0], 5.0);
    }

    #[test]
    fn rows_that_nothing_names_are_no_words() {
        assert_eq!(table().noun(), "word");
        let rows = Rows::owned(vec![0.0; 12], 1);
        assert_eq!(Table::new(Words::numbered(12).unwrap(), rows).noun(), "row");
    }

    #[test]
    fn the_weight_is_rows_times_dims_times_size() {
        assert_eq!(table().weight_bytes(), 3 * 2 * 4);
        assert!(table().bytes_in_memory() >= 3 * 2 * 4);
    }
}

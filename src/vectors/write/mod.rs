//! Tables written to files, one file a format. What the file is called says which format is meant.
//!
//! | ending | what is written |
//! |---|---|
//! | `.txt`, `.vec` | word2vec text: a line `V d`, then a word and its numbers a line |
//! | `.bin` | word2vec binary |
//! | `.npy` | the matrix, and its words in `x.words.txt`, one a line |
//! | `.safetensors` | the matrix as tensor `embeddings`, and its words in `x.vocab.txt`, one a line |
//! | `.tsv` | the Embedding Projector's pair: the numbers in `x.tsv`, words and further columns in `x.metadata.tsv` |
//! | `.parquet` | columns `word` and `vector`, and the properties of the rows |
//!
//! Numbers come back bit for bit. Each file is replaced whole; of two files, both are written before either takes
//! its place. Only the file that was named replaces another one unasked: see [`Companions`]. Words change only where a
//! format leaves no room for what is in them, and then it is said.

pub mod columns;
mod npy;
mod parquet;
mod projector_tsv;
mod safetensors;
mod word2vec_binary;
mod word2vec_text;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::table::{DType, Table};
use super::warning::Warning;
use crate::files::Complete;
use crate::files::problem::count;
use crate::progress::{Cancelled, Part, Progress};

/// How many numbers are widened and written between two questions whether the work is still wanted.
const NUMBERS_AT_ONCE: usize = 1 << 20;

/// A format that tables are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Word2VecText,
    Word2VecBinary,
    Npy,
    Safetensors,
    ProjectorTsv,
    Parquet,
}

impl Kind {
    /// The endings that are known, as a person is told.
    pub const ENDINGS: &str = ".txt, .vec, .bin, .npy, .safetensors, .tsv or .parquet";

    /// The format that the ending of a file's name stands for.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_lowercase();
        Some(match ending.as_str() {
            "txt" | "vec" => Self::Word2VecText,
            "bin" => Self::Word2VecBinary,
            "npy" => Self::Npy,
            "safetensors" => Self::Safetensors,
            "tsv" => Self::ProjectorTsv,
            "parquet" => Self::Parquet,
            _ => return None,
        })
    }

    /// The second file that is written with a file called `path`, where the format needs one.
    fn companion(self, path: &Path) -> Option<PathBuf> {
        match self {
            Self::Npy => Some(npy::companion(path)),
            Self::Safetensors => Some(safetensors::companion(path)),
            Self::ProjectorTsv => Some(projector_tsv::companion(path)),
            Self::Word2VecText | Self::Word2VecBinary | Self::Parquet => None,
        }
    }

    /// What the format is called, as [`super::formats::Format::name`] says it when such a file is opened.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Word2VecText => "word2vec text",
            Self::Word2VecBinary => "word2vec binary",
            Self::Npy => "npy",
            Self::Safetensors => "safetensors",
            Self::ProjectorTsv => "projector TSV",
            Self::Parquet => "Parquet",
        }
    }
}

/// What may become of a file that has the name of a second file, which nobody named.
#[derive(Debug, Clone, Copy)]
pub enum Companions<'a> {
    /// It stays, and nothing is written.
    Kept,
    /// It is replaced, unless it is the file that is read here or lies in the folder that is.
    Replaced { source: &'a Path },
}

impl Companions<'_> {
    /// Refuses to write to `path` if its second file would take the place of one that has to stay.
    ///
    /// # Errors
    /// [`WriteError::UnknownEnding`], [`WriteError::CompanionExists`], [`WriteError::CompanionIsRead`].
    pub fn check(self, path: &Path) -> Result<(), WriteError> {
        let kind = Kind::of(path).ok_or_else(|| WriteError::UnknownEnding(path.to_owned()))?;
        let Some(companion) = kind.companion(path) else { return Ok(()) };
        // A link that leads nowhere is there too.
        if companion.symlink_metadata().is_err() {
            return Ok(());
        }
        let Self::Replaced { source } = self else { return Err(WriteError::CompanionExists(companion)) };
        match (companion.canonicalize(), source.canonicalize()) {
            (Ok(place), Ok(source)) if place.starts_with(&source) => {
                Err(WriteError::CompanionIsRead(companion))
            }
            _ => Ok(()),
        }
    }
}

/// What was written.
#[derive(Debug)]
pub struct Written {
    /// The format.
    pub kind: Kind,
    /// The files, the one to open first.
    pub files: Vec<PathBuf>,
    /// What could not be kept, a sentence each.
    pub notes: Vec<String>,
}

/// Why a table could not be written. Files that were there before are untouched.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The name says no format.
    #[error("vectors are written to files that end in {}: give the file such a name ({})", Kind::ENDINGS, .0.display())]
    UnknownEnding(PathBuf),
    /// The second file has the name of another one.
    #[error("words would be written to a file that is there already: give the new file another name, or move that one away ({})", .0.display())]
    CompanionExists(PathBuf),
    /// The second file has the name of the file that is read.
    #[error("words would be written over the file that is read: give the new file another name ({})", .0.display())]
    CompanionIsRead(PathBuf),
    /// The system says no.
    #[error("the file could not be written: {error}; check the folder, its permissions and the room on the disk ({})", path.display())]
    Io { error: io::Error, path: PathBuf },
    /// Nobody waits for it any more.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// Writes a table to a file in the format that its name says, with a second file beside it where the format needs one.
///
/// # Errors
/// [`WriteError`]; what was there before is then untouched.
pub fn write(
    table: &Table,
    path: &Path,
    companions: Companions<'_>,
    progress: &dyn Progress,
) -> Result<Written, WriteError> {
    companions.check(path)?;
    let kind = Kind::of(path).ok_or_else(|| WriteError::UnknownEnding(path.to_owned()))?;
    // What the table knows of rows that are not finite, it knows from their lengths.
    table.norms_with(&Part::new(progress, 0.0, 0.2))?;
    let progress = &Part::new(progress, 0.2, 1.0);
    let mut output = Output { table, path, progress, notes: Vec::new() };
    let written = match kind {
        Kind::Word2VecText => word2vec_text::write(&mut output),
        Kind::Word2VecBinary => word2vec_binary::write(&mut output),
        Kind::Npy => npy::write(&mut output),
        Kind::Safetensors => safetensors::write(&mut output),
        Kind::ProjectorTsv => projector_tsv::write(&mut output),
        Kind::Parquet => parquet::write(&mut output),
    };
    match written {
        Ok(files) => {
            output.notes.extend(table.warnings().iter().map(Warning::to_string));
            Ok(Written { kind, files, notes: output.notes })
        }
        Err(error) if error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<Cancelled>) => {
            Err(WriteError::Cancelled(Cancelled))
        }
        Err(error) => Err(WriteError::Io { error, path: path.to_owned() }),
    }
}

/// A file that is being written.
type Out<'a> = BufWriter<&'a mut File>;

/// What is written, where, and what a person should know of it.
struct Output<'a> {
    table: &'a Table,
    path: &'a Path,
    progress: &'a dyn Progress,
    notes: Vec<String>,
}

impl Output<'_> {
    /// Gives the rows to `each`, block by block: which rows, and their numbers one row after another.
    fn blocks(&self, mut each: impl FnMut(Range<usize>, &[f32]) -> io::Result<()>) -> io::Result<()> {
        let (rows, at_once) = (self.table.rows(), (NUMBERS_AT_ONCE / self.table.dims()).max(1));
        let mut buffer = Vec::new();
        for start in (0..rows).step_by(at_once) {
            self.progress.check().map_err(io::Error::other)?;
            let range = start..(start + at_once).min(rows);
            each(range.clone(), self.table.block(range.clone(), &mut buffer))?;
            self.progress.report(range.end as f32 / rows as f32);
        }
        Ok(())
    }

    /// Writes the matrix in the type that it is written in.
    fn matrix(&self, out: &mut Out<'_>, dtype: DType) -> io::Result<()> {
        let mut bytes = Vec::new();
        self.blocks(|_, values| {
            bytes.clear();
            match dtype {
                DType::F16 => {
                    bytes.extend(values.iter().flat_map(|&x| half::f16::from_f32(x).to_le_bytes()));
                }
                DType::Bf16 => {
                    bytes.extend(values.iter().flat_map(|&x| half::bf16::from_f32(x).to_le_bytes()));
                }
                _ => bytes.extend(values.iter().flat_map(|x| x.to_le_bytes())),
            }
            out.write_all(&bytes)
        })
    }

    /// Notes what [`Output::word_list`] changes.
    fn say_word_list(&mut self) {
        let changed = self.table.words().iter().filter(|word| word.contains(ends_line)).count();
        self.say_changed(changed, "line ends in words became spaces");
    }

    /// Writes the words, one a line.
    fn word_list(&self, out: &mut Out<'_>) -> io::Result<()> {
        for (row, word) in self.table.words().iter().enumerate() {
            // A byte-order mark at the beginning of a text is no part of it, unless there is one more.
            if row == 0 && word.starts_with('\u{FEFF}') {
                write!(out, "\u{FEFF}")?;
            }
            writeln!(out, "{}", word.replace(ends_line, " "))?;
        }
        Ok(())
    }

    /// Notes that `words` words were changed.
    fn say_changed(&mut self, words: usize, how: &str) {
        if words > 0 {
            self.notes.push(format!("{how}: {}", count(words as u64, "word")));
        }
    }

    /// Notes that the properties of the rows are not in the file.
    fn say_columns_lost(&mut self) {
        let columns = self.table.columns().len();
        if columns > 0 {
            let columns = count(columns as u64, "further column");
            self.notes.push(format!("{columns} left out: TSV and Parquet keep them"));
        }
    }
}

/// Writes two files that belong together: both are complete before either takes its place.
fn pair(
    first: &Path,
    write_first: impl FnOnce(&mut Out<'_>) -> io::Result<()>,
    second: &Path,
    write_second: impl FnOnce(&mut Out<'_>) -> io::Result<()>,
) -> io::Result<Vec<PathBuf>> {
    let complete = Complete::write(first, write_first)?;
    Complete::take_places(complete, Complete::write(second, write_second)?)?;
    Ok(vec![first.to_owned(), second.to_owned()])
}

fn ends_line(letter: char) -> bool {
    matches!(letter, '\n' | '\r')
}

/// The type in which a matrix is written: half precision stays, anything else becomes `f32`.
fn written_dtype(dtype: DType) -> DType {
    if matches!(dtype, DType::F16 | DType::Bf16) { dtype } else { DType::F32 }
}

/// Writes a number in as few digits as tell it from all other `f32`.
fn number(out: &mut impl Write, value: f32) -> io::Result<()> {
    let size = value.abs();
    if size != 0.0 && !(1e-5..1e9).contains(&size) {
        write!(out, "{value:e}")
    } else {
        write!(out, "{value}")
    }
}

#[cfg(test)]
mod tests;

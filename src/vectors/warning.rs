//! What was not right in a file whose table could be opened all the same.

use std::fmt;

use crate::files::problem::{Place, count, grouped};

/// Something that was not right in a file whose table could be opened all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// Rows with NaN or an infinity were left out.
    NonFinite { rows: usize, first: Place },
    /// Rows with NaN or an infinity that were found only after the table was opened, and count as zeros.
    ReadAsZeros { rows: usize, first: Place },
    /// Another program shortened the file after it was opened.
    Shortened,
    /// Rows whose name an earlier row has.
    Duplicates { rows: usize, first: String },
    /// Rows whose name is the empty string.
    EmptyNames { rows: usize, first: Place },
    /// Names with bytes that are not UTF-8.
    InvalidUtf8 { words: usize },
    /// The header promises another number of rows than the file holds.
    HeaderRows { said: u64, found: u64 },
    /// The header promises rows of another length than the file holds.
    HeaderDims { said: u64, found: u64 },
    /// The file ends before the rows that it promises.
    Truncated { rows: u64, promised: u64 },
    /// The file ends before all that it holds, and does not say how much that is.
    CutOff { rows: u64 },
    /// Bytes follow the last row.
    TrailingBytes { bytes: u64 },
    /// Lines that are no rows were left out.
    SkippedLines { lines: u64, dims: usize, first: u64 },
    /// A list of names beside the file has another length than the matrix, and was not used.
    WordListMismatch { name: String, words: u64, rows: u64 },
    /// No list of names lies beside the file, so rows are named by their index.
    NoWordList,
    /// Rows in whose place no vector of the right length stands were left out.
    NoVector { rows: usize, dims: usize, first: Place },
    /// Names that are said to be in a file which is not there, or not to be read.
    NoMetadata { name: String },
    /// A list of names that is a Python pickle was not used.
    PickledNames { name: String },
    /// Rows that the vocabulary has no name for.
    UnnamedRows { rows: u64 },
    /// Names that the vocabulary has beyond the last row.
    UnusedNames { names: u64 },
    /// A model without the matrix that holds its tokens: another is shown.
    NotOfTokens { wanted: &'static str, shown: String },
    /// Parts of a file that could not be read, and were left out.
    UnreadableParts { parts: usize, first: String },
    /// Whole numbers that stand for others, by scales that were not found.
    Unscaled,
    /// Files of a model that are not there.
    MissingFiles { files: usize, first: String },
}

impl fmt::Display for Warning {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NonFinite { rows, first } => {
                let rows = count(*rows as u64, "row");
                write!(out, "{rows} with NaN or infinity left out (first at {first})")
            }
            Self::ReadAsZeros { rows, first } => {
                let rows = count(*rows as u64, "row");
                write!(out, "{rows} with NaN or infinity, read as zeros (first at {first})")
            }
            Self::Shortened => {
                write!(
                    out,
                    "the file became shorter after it was opened: rows now read as zeros; open it again"
                )
            }
            Self::Duplicates { rows, first } => write!(
                out,
                "{} with a name that an earlier row has (first: “{first}”): searches find the earlier one",
                count(*rows as u64, "row"),
            ),
            Self::EmptyNames { rows, first } => {
                write!(out, "{} with an empty name (first at {first})", count(*rows as u64, "row"))
            }
            Self::InvalidUtf8 { words } => {
                write!(out, "{} held bytes that are not UTF-8; they show as �", count(*words as u64, "word"))
            }
            Self::HeaderRows { said, found } => {
                write!(out, "the header says {}, the file has {}", count(*said, "row"), grouped(*found))
            }
            Self::HeaderDims { said, found } => write!(
                out,
                "the header says {} a row, the rows have {}",
                count(*said, "number"),
                grouped(*found)
            ),
            Self::Truncated { rows, promised } => write!(
                out,
                "the file is cut off: {} of {} read",
                count(*rows, "whole row"),
                grouped(*promised)
            ),
            Self::CutOff { rows } => {
                write!(out, "the file is cut off: its first {} read", count(*rows, "row"))
            }
            Self::TrailingBytes { bytes } => {
                write!(out, "{} after the last row left unread", count(*bytes, "byte"))
            }
            Self::SkippedLines { lines, dims, first } => write!(
                out,
                "{} left out for not being a row of {} (first: line {})",
                count(*lines, "line"),
                count(*dims as u64, "number"),
                grouped(*first),
            ),
            Self::NoVector { rows, dims, first } => write!(
                out,
                "{} without a vector of {} left out (first at {first})",
                count(*rows as u64, "row"),
                count(*dims as u64, "number"),
            ),
            Self::WordListMismatch { .. }
            | Self::NoWordList
            | Self::NoMetadata { .. }
            | Self::PickledNames { .. }
            | Self::UnnamedRows { .. }
            | Self::UnusedNames { .. } => self.fmt_names(out),
            Self::Unscaled
            | Self::NotOfTokens { .. }
            | Self::UnreadableParts { .. }
            | Self::MissingFiles { .. } => self.fmt_parts(out),
        }
    }
}

impl Warning {
    /// What is said about the parts of a file that holds several, and of a model.
    fn fmt_parts(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unscaled => {
                write!(out, "the 8-bit numbers are shown as they are stored: no scales for them were found")
            }
            Self::NotOfTokens { wanted, shown } => {
                write!(out, "the file has no “{wanted}”, which would hold the tokens: “{shown}” is shown")
            }
            Self::UnreadableParts { parts, first } => write!(
                out,
                "{} left out because they are damaged or not of a kind that is read (first: “{first}”)",
                count(*parts as u64, "part"),
            ),
            Self::MissingFiles { files, first } => write!(
                out,
                "{} of the model not there (first: {first}): what they hold cannot be chosen",
                count(*files as u64, "file"),
            ),
            _ => Ok(()),
        }
    }

    /// What is said about where names come from.
    fn fmt_names(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WordListMismatch { name, words, rows } => write!(
                out,
                "{name} was not used: it names {}, the matrix has {}",
                count(*words, "row"),
                grouped(*rows)
            ),
            Self::NoWordList => {
                write!(out, "no list of words lies beside the file: rows are named by their number")
            }
            Self::NoMetadata { name } => {
                write!(out, "“{name}”, which should name the rows, was not found in this folder")
            }
            Self::PickledNames { name } => write!(
                out,
                "“{name}” was not used as names: it is a Python pickle, which is a program as much as data; save it with \
                 numpy.array(words, dtype=str)"
            ),
            Self::UnnamedRows { rows } => {
                write!(out, "{} without a name in the vocabulary", count(*rows, "row"))
            }
            Self::UnusedNames { names } => {
                write!(out, "{} of the vocabulary beyond the last row left out", count(*names, "name"))
            }
            _ => Ok(()),
        }
    }
}

//! What can be wrong with a file: errors that end its opening, and warnings that accompany its table.

use std::fmt;
use std::path::PathBuf;

use super::words::TooManyWords;
use crate::progress::Cancelled;

/// A place in a file, as a person would look it up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A line of text, the first being 1.
    Line(u64),
    /// An offset in bytes, the first being 0.
    Byte(u64),
    /// A row, the first being 0, as everywhere in the program.
    Row(u64),
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Line(line) => write!(out, "line {}", grouped(line)),
            Self::Byte(byte) => write!(out, "byte {}", grouped(byte)),
            Self::Row(row) => write!(out, "row {}", grouped(row)),
        }
    }
}

/// Why a file could not be opened, with its path.
#[derive(Debug, thiserror::Error)]
#[error("{problem} ({})", path.display())]
pub struct OpenError {
    /// What was wrong, where, and what to do.
    #[source]
    pub problem: Problem,
    /// The file, or its name where it comes from memory.
    pub path: PathBuf,
}

impl OpenError {
    /// Whether the work was given up because nobody waits for it; this is not shown as an error.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        matches!(self.problem, Problem::Cancelled(_))
    }
}

/// What was wrong with a file, where, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// There is no such file.
    #[error("there is no such file: check its name and folder")]
    Missing,
    /// A folder was named instead of a file.
    #[error("this is a folder: choose a file in it")]
    Directory,
    /// A device, a pipe or a socket.
    #[error("this is not an ordinary file: choose a file on a disk")]
    NotAFile,
    /// The system does not allow reading.
    #[error(
        "the system does not allow reading this file: change its permissions or copy it to a folder of your own"
    )]
    Denied,
    /// Any other trouble with reading.
    #[error("the file could not be read: {0}")]
    Io(std::io::Error),
    /// No bytes at all.
    #[error("the file is empty: perhaps a download was cut off; get it again")]
    Empty,
    /// A known kind of file that holds no vectors, or holds them in a way that is not read.
    #[error("this is {what}: {advice}")]
    Unsupported {
        /// The kind of file, with its article.
        what: &'static str,
        /// What to do instead.
        advice: &'static str,
    },
    /// Nothing that is known.
    #[error(
        "the format was not recognized: vectors are read from GloVe and word2vec text, word2vec binary, npy, \
         safetensors and projector TSV"
    )]
    Unrecognized,
    /// A known format with something wrong inside.
    #[error("{format}, {place}: {what}; {advice}")]
    Malformed {
        /// The format that the file seems to have.
        format: &'static str,
        /// Where it goes wrong.
        place: Place,
        /// What is wrong.
        what: String,
        /// What to do.
        advice: &'static str,
    },
    /// More than the program takes.
    #[error("{what} are too many: at most {limit} are read; cut the file down")]
    TooLarge {
        /// The count and its noun.
        what: String,
        /// The most that is read.
        limit: usize,
    },
    /// The names alone are too long.
    #[error("{0}: cut the file down")]
    Words(#[from] TooManyWords),
    /// Nobody waits for the table any more.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl From<std::io::Error> for Problem {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::NotFound => Self::Missing,
            std::io::ErrorKind::PermissionDenied => Self::Denied,
            std::io::ErrorKind::IsADirectory => Self::Directory,
            _ => Self::Io(error),
        }
    }
}

/// Something that was not right in a file whose table could be opened all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// Rows with NaN or an infinity were left out.
    NonFinite { rows: usize, first: Place },
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
    /// Bytes follow the last row.
    TrailingBytes { bytes: u64 },
    /// Lines that are no rows were left out.
    SkippedLines { lines: u64, dims: usize, first: u64 },
    /// A list of names beside the file has another length than the matrix, and was not used.
    WordListMismatch { name: String, words: u64, rows: u64 },
    /// No list of names lies beside the file, so rows are named by their index.
    NoWordList,
    /// Rows that the vocabulary has no name for.
    UnnamedRows { rows: u64 },
}

impl fmt::Display for Warning {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NonFinite { rows, first } => {
                let rows = count(*rows as u64, "row");
                write!(out, "{rows} with NaN or infinity left out (first at {first})")
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
            Self::WordListMismatch { name, words, rows } => write!(
                out,
                "{name} was not used: it names {}, the matrix has {}",
                count(*words, "row"),
                grouped(*rows)
            ),
            Self::NoWordList => {
                write!(out, "no list of words lies beside the file: rows are named by their number")
            }
            Self::UnnamedRows { rows } => {
                write!(out, "{} without a name in the vocabulary", count(*rows, "row"))
            }
        }
    }
}

/// `1 row`, `2 rows`, `12,345 rows`.
fn count(n: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(n), if n == 1 { "" } else { "s" })
}

/// A number with a comma after every three digits.
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_nouns_agree() {
        assert_eq!(count(1, "row"), "1 row");
        assert_eq!(count(0, "row"), "0 rows");
        assert_eq!(count(1_234_567, "row"), "1,234,567 rows");
        assert_eq!(grouped(999), "999");
    }

    #[test]
    fn an_error_says_what_where_what_to_do_and_the_path_last() {
        let problem = Problem::Malformed {
            format: "GloVe text",
            place: Place::Line(12_000),
            what: "7 numbers where 50 belong".into(),
            advice: "get the file again",
        };
        let error = OpenError { problem, path: "a/b.txt".into() };
        let text = "GloVe text, line 12,000: 7 numbers where 50 belong; get the file again (a/b.txt)";
        assert_eq!(error.to_string(), text);
    }

    #[test]
    fn no_permission_is_said() {
        let denied = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
        assert!(matches!(Problem::from(denied), Problem::Denied));
    }
}

//! What can be wrong with a file, where, and what to do.

use std::borrow::Cow;
use std::fmt;
use std::path::PathBuf;

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

/// More names, or more text in them, than a table can hold: 4,294,967,294 rows, 4 GiB of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the names of the rows take more than 4 GiB")]
pub struct TooManyWords;

/// Why a file could not be opened, with its path.
#[derive(Debug, thiserror::Error)]
#[error("{} ({})", brief(&problem.to_string()), path.display())]
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
    /// Another program shortened the file while it was read.
    #[error(
        "the file became shorter while it was read: another program is writing it; open it again when it is done"
    )]
    Shortened,
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
        "the format was not recognized: vectors are read from GloVe and word2vec text, word2vec and fastText binary, \
         npy, npz, safetensors, Parquet, Arrow, CSV and TSV, JSON lines, the projector's files and spaCy's folders"
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
    /// Packed data that grows beyond all measure, as no table of vectors does.
    #[error(
        "{format}: {} unpack to more than {}; if it is sound, unpack it yourself and open what comes out",
        count(*packed, "byte"),
        grouped(*limit)
    )]
    ExpandsTooFar {
        /// How it is packed.
        format: &'static str,
        /// Its size.
        packed: u64,
        /// The most that is unpacked.
        limit: u64,
    },
    /// An archive or a folder in which there is nothing to open.
    #[error("there is no file of vectors and no tokenizer in this {what}")]
    NothingInside {
        /// `zip archive`, `folder`.
        what: &'static str,
    },
    /// The names alone are too long.
    #[error("{0}: cut the file down")]
    Words(#[from] TooManyWords),
    /// A part was asked for that the file does not have.
    #[error("there is no part called “{wanted}” in it: it holds {known}")]
    NoSuchPart {
        /// What was asked for.
        wanted: String,
        /// What there is to choose from.
        known: String,
    },
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

/// `1 row`, `2 rows`, `12,345 rows`.
pub fn count(n: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(n), if n == 1 { "" } else { "s" })
}

/// A message that a person can read: of one that quotes a file at length, the beginning and the end.
pub fn brief(message: &str) -> Cow<'_, str> {
    const LONGEST: usize = 2_000;
    if message.len() <= LONGEST {
        return message.into();
    }
    let start = message.floor_char_boundary(LONGEST / 2);
    let end = message.ceil_char_boundary(message.len() - LONGEST / 2);
    format!("{} … {}", &message[..start], &message[end..]).into()
}

/// A size in bytes as people read it: `1.2 GB`.
pub fn size(bytes: u64) -> String {
    let units = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    units.iter().find(|(unit, _)| bytes >= *unit).map_or_else(
        || count(bytes, "byte"),
        |(unit, name)| format!("{:.1} {name}", bytes as f64 / *unit as f64),
    )
}

/// A number with a comma after every three digits.
pub fn grouped(n: u64) -> String {
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
    fn what_a_file_says_at_length_is_cut_in_the_middle() {
        assert_eq!(brief("short"), "short");
        let long = brief(&format!("merge 1 ({}) is wrong", "ü".repeat(100_000))).into_owned();
        assert!(long.starts_with("merge 1 (ü") && long.ends_with("ü) is wrong") && long.len() < 2_100);
    }

    #[test]
    fn no_permission_is_said() {
        let denied = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
        assert!(matches!(Problem::from(denied), Problem::Denied));
    }
}

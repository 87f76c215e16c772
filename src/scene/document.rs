//! A document: what one file, or one sample, holds.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::progress::Progress;
use crate::tokens::{self, Tokenizer};
use crate::vectors::{self, Table, samples};

/// Where a document comes from, so that it can be opened again.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DocumentSource {
    /// A sample that ships with the program, by its ID.
    Sample(String),
    File(PathBuf),
}

impl fmt::Display for DocumentSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sample(id) => write!(f, "the sample “{id}”"),
            Self::File(path) => write!(f, "{}", path.display()),
        }
    }
}

/// What a file holds, immutable once opened.
#[derive(Debug)]
pub struct Document {
    pub source: DocumentSource,
    /// The name that people know it by.
    pub title: String,
    /// The format, in the field's own words ("`GloVe` text").
    pub format: String,
    pub content: Content,
    /// What was not as it should be, a sentence each.
    pub warnings: Vec<String>,
}

/// A document holds vectors or a tokenizer.
#[derive(Debug, Clone)]
pub enum Content {
    Table(Arc<Table>),
    Tokenizer(Arc<Tokenizer>),
}

impl Document {
    /// The vectors, where this document holds any.
    #[must_use]
    pub fn table(&self) -> Option<&Arc<Table>> {
        match &self.content {
            Content::Table(table) => Some(table),
            Content::Tokenizer(_) => None,
        }
    }
}

/// Why a document could not be opened; says what was wrong, where, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    #[error(transparent)]
    Vectors(#[from] vectors::OpenError),
    #[error("{error} File: {}", path.display())]
    Tokenizer { error: tokens::files::TokenizerFileError, path: PathBuf },
    #[error("There is no sample called “{id}”. The samples are: {known}.")]
    NoSuchSample { id: String, known: String },
}

/// Opens a file or a sample, whatever it holds.
///
/// # Errors
/// [`DocumentError`] if it cannot be read or holds neither vectors nor a tokenizer.
pub fn open(source: &DocumentSource, progress: &dyn Progress) -> Result<Document, DocumentError> {
    match source {
        DocumentSource::Sample(id) => open_sample(id, progress),
        DocumentSource::File(path) => open_file(path, progress),
    }
}

fn open_sample(id: &str, progress: &dyn Progress) -> Result<Document, DocumentError> {
    let sample = samples::find(id).ok_or_else(|| {
        let known: Vec<&str> = samples::all().iter().map(|sample| sample.id).collect();
        DocumentError::NoSuchSample { id: id.to_owned(), known: known.join(", ") }
    })?;
    let opened = samples::open(sample, progress)?;
    let source = DocumentSource::Sample(id.to_owned());
    Ok(of_table(source, sample.title.to_owned(), opened))
}

fn open_file(path: &Path, progress: &dyn Progress) -> Result<Document, DocumentError> {
    let name =
        path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into());
    let source = vectors::Source::from_path(path)
        .map_err(|problem| vectors::OpenError { problem, path: path.to_owned() })?;
    if tokens::files::sniff(source.bytes()).is_some() {
        let opened = tokens::files::open(source.bytes(), source.stem())
            .map_err(|error| DocumentError::Tokenizer { error, path: path.to_owned() })?;
        return Ok(Document {
            source: DocumentSource::File(path.to_owned()),
            title: name,
            format: opened.format.name().to_owned(),
            warnings: opened.warnings,
            content: Content::Tokenizer(Arc::new(opened.tokenizer)),
        });
    }
    let opened = vectors::open_source(&source, progress)
        .map_err(|error| vectors::OpenError { path: path.to_owned(), ..error })?;
    Ok(of_table(DocumentSource::File(path.to_owned()), name, opened))
}

fn of_table(source: DocumentSource, title: String, opened: vectors::Opened) -> Document {
    Document {
        source,
        title,
        format: opened.format.to_owned(),
        warnings: opened.warnings.iter().map(ToString::to_string).collect(),
        content: Content::Table(Arc::new(opened.table)),
    }
}

//! Opening a document: what lies in an archive is found, what belongs together is put together.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::document::{Document, DocumentSource};
use super::model_name;
use super::names::are_tokens;
use super::numbers::thousands;
use crate::files::problem::brief;
use crate::files::{self, OpenError, Problem, Source};
use crate::progress::{Part, Progress};
use crate::tokens::{self, OpenedTokenizer, Tokenizer, TokenizerFileError, catalog};
use crate::vectors::{self, NamesFrom, Opened, Warning, Words, samples};

/// Why a document could not be opened; says what was wrong, where, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    #[error(transparent)]
    Vectors(#[from] OpenError),
    #[error("{} File: {}", brief(&error.to_string()), path.display())]
    Tokenizer { error: TokenizerFileError, path: PathBuf },
    #[error("There is no sample called “{id}”. The samples are: {known}.")]
    NoSuchSample { id: String, known: String },
}

/// Opens a file, a folder or a sample, whatever it holds.
///
/// # Errors
/// [`DocumentError`] if it cannot be read or holds neither vectors nor a tokenizer.
pub fn open(source: &DocumentSource, progress: &dyn Progress) -> Result<Document, DocumentError> {
    match source {
        DocumentSource::Sample(id) => open_sample(id, progress),
        DocumentSource::File(path) | DocumentSource::Part(path, _) => open_file(path, source, progress),
    }
}

fn open_sample(id: &str, progress: &dyn Progress) -> Result<Document, DocumentError> {
    let sample = samples::find(id).ok_or_else(|| {
        let known: Vec<&str> = samples::all().iter().map(|sample| sample.id).collect();
        DocumentError::NoSuchSample { id: id.to_owned(), known: known.join(", ") }
    })?;
    let opened = samples::open(sample, progress)?;
    let mut document = empty(DocumentSource::Sample(id.to_owned()), sample.title.to_owned());
    add_table(&mut document, opened);
    // What comes with the program is whole: the tests load every built-in tokenizer.
    document.tokenizer = sample.tokenizer.and_then(|name| catalog::load(name).ok());
    document.rows_are_tokens = document.tokenizer.is_some();
    Ok(document)
}

fn open_file(
    path: &Path,
    wanted: &DocumentSource,
    progress: &dyn Progress,
) -> Result<Document, DocumentError> {
    let failed = |problem: Problem| OpenError { problem, path: path.to_owned() };
    let title =
        path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into());
    let found = files::find(path, wanted.parts(), &Part::new(progress, 0.0, 0.4)).map_err(failed)?;
    let source = &found.source;
    let title = match found.choices.iter().rfind(|choice| choice.options.len() > 1) {
        Some(choice) => format!("{title} › {}", choice.name()),
        None => title,
    };
    let mut document = empty(wanted.clone(), title);
    document.choices = found.choices;
    let (mut beside, mut unread) = (None, None);
    let holds_tokenizer = tokens::files::sniff(source).is_some();
    // The file of a model holds both; of anything else, the form of a tokenizer is the more particular one.
    if !holds_tokenizer || (files::is_gguf(source.bytes()) && vectors::sniff(source).is_some()) {
        let opened = vectors::open_source(source, &Part::new(progress, 0.4, 1.0));
        match opened.map_err(|error| OpenError { path: path.to_owned(), ..error }) {
            // A model whose numbers are of a kind that is not read still has its tokenizer.
            Err(error) if holds_tokenizer && !error.is_cancelled() => {
                document.warnings.push(brief(&error.problem.to_string()).into());
                unread = Some(error);
            }
            opened => {
                let mut opened = opened?;
                // A table that brings its own words has no tokenizer, whatever else may lie in its folder.
                let file = (opened.names != NamesFrom::Itself).then(|| tokenizer_beside(source)).flatten();
                beside = file.map(|file| (file.name().to_owned(), open_tokenizer(&file, path)));
                if let Some((name, Ok(found))) = &beside {
                    opened = named_by(opened, &found.tokenizer, name).map_err(failed)?;
                }
                add_table(&mut document, opened);
            }
        }
    }
    if holds_tokenizer {
        let opened = open_tokenizer(source, path);
        let opened = opened.map_err(|error| DocumentError::Tokenizer { error, path: path.to_owned() });
        match (opened, unread) {
            (Err(error), _) if document.table.is_some() => {
                document.warnings.push(brief(&error.to_string()).into());
            }
            // Of two that are wrong, the matrix is what a model is opened for.
            (Err(_), Some(error)) => return Err(error.into()),
            (opened, _) => add_tokenizer(&mut document, opened?),
        }
    } else if let Some((name, opened)) = beside {
        match opened {
            Ok(opened) => add_tokenizer(&mut document, opened),
            Err(error) => document.warnings.push(brief(&format!("{name} was not opened: {error}")).into()),
        }
    }
    for within in found.within.iter().rev() {
        let file = if ["folder", "zip archive", "tar archive"].contains(within) { "" } else { " file" };
        let _ = write!(document.format, " in a {within}{file}");
    }
    document.rows_are_tokens = match (&document.table, &document.tokenizer) {
        // A model in one file names its rows by its own tokens.
        (Some(_), Some(_)) if holds_tokenizer => true,
        (Some(table), Some(tokenizer)) => are_tokens(table, tokenizer),
        _ => false,
    };
    check_parts(&document, wanted.parts()).map_err(failed)?;
    Ok(document)
}

/// Opens a tokenizer's file, under the name of its model where the file has none of its own.
fn open_tokenizer(source: &Source, path: &Path) -> Result<OpenedTokenizer, TokenizerFileError> {
    let mut opened = tokens::files::open(source)?;
    if let Some(name) = model_name::of_tokenizer(source, path) {
        opened.tokenizer = opened.tokenizer.named(name);
    }
    Ok(opened)
}

/// The tokenizer that lies beside a model's matrix, by its own name before the names that a whole folder shares.
fn tokenizer_beside(source: &Source) -> Option<Source> {
    const NAMES: &[&str] =
        &["tokenizer.json", "tokenizer.model", "spiece.model", "tekken.json", "vocab.json", "vocab.txt"];
    let own = [format!("{}.tokenizer.json", source.stem()), format!("{}.vocab.txt", source.stem())];
    let ranks = source.beside_ending(".tiktoken");
    let names = own.iter().map(String::as_str).chain(NAMES.iter().copied()).chain(ranks.as_deref());
    let mut beside = names.filter(|name| source.has(name)).filter_map(|name| source.turned_to(name).ok());
    beside.find(|beside| tokens::files::sniff(beside).is_some())
}

/// Names the rows of a matrix of tokens, for which no names were found, by the pieces of the tokenizer beside it, unless
/// that has more tokens than the matrix has rows.
fn named_by(opened: Opened, tokenizer: &Tokenizer, name: &str) -> Result<Opened, Problem> {
    if !opened.warnings.contains(&Warning::NoWordList) {
        return Ok(opened);
    }
    let left_out = opened.warnings.iter().map(|warning| match warning {
        Warning::NonFinite { rows, .. } | Warning::NoVector { rows, .. } => *rows,
        _ => 0,
    });
    let rows = opened.table.rows() + left_out.sum::<usize>();
    if tokenizer.vocabulary_size() > rows {
        return Ok(opened);
    }
    let mut words = Words::default();
    let mut unnamed = 0;
    // A row's name is its number in the file, from which it does not part when others are left out.
    for number in opened.table.words().iter() {
        let piece = number.parse().ok().and_then(|id| tokenizer.piece(id));
        unnamed += u64::from(piece.is_none());
        words.push(&piece.unwrap_or_else(|| format!("[row {number}]").into()))?;
    }
    let mut warnings = opened.warnings;
    warnings.retain(|warning| *warning != Warning::NoWordList);
    warnings.extend((unnamed > 0).then_some(Warning::UnnamedRows { rows: unnamed }));
    let table = opened.table.with_words(words);
    Ok(Opened { table, names: NamesFrom::Beside(name.to_owned()), warnings, ..opened })
}

/// A document before anything of it was read.
fn empty(source: DocumentSource, title: String) -> Document {
    Document {
        source,
        title,
        format: String::new(),
        table: None,
        tokenizer: None,
        rows_are_tokens: false,
        facts: Vec::new(),
        choices: Vec::new(),
        warnings: Vec::new(),
    }
}

fn add_table(document: &mut Document, opened: vectors::Opened) {
    opened.format.clone_into(&mut document.format);
    let table = Arc::new(opened.table);
    let shape = format!("{} rows × {}", thousands(table.rows() as u64), thousands(table.dims() as u64));
    document.facts.extend([
        ("Vectors".to_owned(), format!("{shape}, {}", table.dtype().name())),
        ("Names".to_owned(), opened.names.to_string()),
    ]);
    document.facts.extend(opened.facts);
    document.choices.extend(opened.choices);
    document.warnings.extend(opened.warnings.iter().map(|warning| brief(&warning.to_string()).into_owned()));
    document.table = Some(table);
}

fn add_tokenizer(document: &mut Document, opened: OpenedTokenizer) {
    if document.format.is_empty() {
        opened.format.name().clone_into(&mut document.format);
    }
    let size = thousands(opened.tokenizer.vocabulary_size() as u64);
    let about = format!("{}, {size} tokens", opened.tokenizer.algorithm().name());
    document.facts.push(("Tokenizer".to_owned(), about));
    document.facts.extend(opened.facts.into_iter().map(|(name, value)| (name.to_owned(), value)));
    document.warnings.extend(opened.warnings);
    document.tokenizer = Some(Arc::new(opened.tokenizer));
}

/// Refuses a wish for a part that the file does not have.
fn check_parts(document: &Document, wanted: &[String]) -> Result<(), Problem> {
    let chosen = |part: &&String| document.choices.iter().any(|choice| choice.name() == *part);
    let Some(missing) = wanted.iter().find(|part| !chosen(part)) else { return Ok(()) };
    let known: Vec<&str> = document
        .choices
        .iter()
        .flat_map(|choice| choice.options.iter().map(|option| option.name.as_str()))
        .collect();
    let known = if known.is_empty() { "only one thing".to_owned() } else { known.join(", ") };
    Err(Problem::NoSuchPart { wanted: missing.clone(), known })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::gguf::tests::Builder;
    use crate::progress::Unwatched;

    /// Opens a model with a vocabulary of words, and a matrix of them.
    fn model(matrix: impl FnOnce(Builder) -> Builder) -> Result<Document, DocumentError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.gguf");
        let vocabulary = Builder::default()
            .string("tokenizer.ggml.model", "bert")
            .strings("tokenizer.ggml.tokens", &["[UNK]", "▁cat", "s"])
            .number("tokenizer.ggml.unknown_token_id", 0);
        std::fs::write(&path, matrix(vocabulary).build()).unwrap();
        open(&DocumentSource::File(path), &Unwatched)
    }

    /// A rank file of all bytes, beside a matrix of so many rows of one number.
    fn beside_ranks(rows: usize) -> Document {
        let folder = tempfile::tempdir().unwrap();
        let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let line = |byte: usize| {
            let (high, low) = (char::from(digits[byte >> 2]), char::from(digits[(byte & 3) << 4]));
            format!("{high}{low}== {byte}\n")
        };
        std::fs::write(folder.path().join("own.tiktoken"), (0..256).map(line).collect::<String>()).unwrap();
        let path = folder.path().join("m.npy");
        let header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, 1), }}");
        let mut file = b"\x93NUMPY\x01\x00\x76\x00".to_vec();
        file.extend(format!("{header:117}\n").bytes());
        file.extend((0..rows).flat_map(|row| if row == 3 { f32::NAN } else { 1.0 }.to_le_bytes()));
        std::fs::write(&path, file).unwrap();
        open(&DocumentSource::File(path), &Unwatched).unwrap()
    }

    #[test]
    fn a_tokenizer_beside_a_matrix_names_its_rows_if_it_fits() {
        let document = beside_ranks(260);
        let (table, size) = (document.table.unwrap(), document.tokenizer.unwrap().vocabulary_size());
        assert_eq!((table.rows(), size), (260, 256));
        assert_eq!((table.word(97), table.word(259)), ("a", "[row 259]"), "row 3 keeps its place");
        let said = document.warnings.join("; ");
        assert!(said.contains("4 rows without a name") && !said.contains("no list of words"), "{said}");
        let document = beside_ranks(100);
        assert_eq!(document.table.unwrap().word(99), "99");
        assert!(document.warnings.join("; ").contains("no list of words"), "{:?}", document.warnings);
    }

    #[test]
    fn a_gguf_model_gives_its_vectors_and_its_tokenizer() {
        let data: Vec<u8> = (0..6).flat_map(|x| (x as f32).to_le_bytes()).collect();
        let document = model(|model| model.tensor("token_embd.weight", &[2, 3], 0, &data)).unwrap();
        let shown = document.names().unwrap().shown(1);
        assert_eq!(shown, "·cat", "a model in one file names its rows by its own tokens");
        let table = document.table.unwrap();
        assert_eq!(
            (document.format.as_str(), table.word(1), &*table.row(2)),
            ("GGUF", "▁cat", &[4.0, 5.0][..])
        );
        assert_eq!(document.tokenizer.unwrap().vocabulary_size(), 3);
    }

    #[test]
    fn a_gguf_model_without_readable_vectors_still_gives_its_tokenizer() {
        let document = model(|model| model).unwrap();
        assert!(document.table.is_none() && !document.warnings.iter().any(|said| said.contains("IQ2")));
        assert_eq!(document.tokenizer.unwrap().vocabulary_size(), 3);
        let document = model(|model| model.tensor("token_embd.weight", &[256, 3], 16, &[0; 198])).unwrap();
        assert!(document.table.is_none() && document.tokenizer.is_some());
        assert!(document.warnings.iter().any(|said| said.contains("IQ2_XXS")), "{:?}", document.warnings);
    }
}

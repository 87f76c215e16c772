//! `convert`: a file of vectors in another format.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::input::Input;
use super::{Failure, output, say};
use crate::progress::Unwatched;
use crate::vectors::write::{Companions, WriteError, write};

/// Write the vectors of a file in another format, which the ending of the new file's name says
///
/// .txt or .vec: word2vec text; .bin: word2vec binary; .npy: the matrix, with its words in .words.txt beside it;
/// .safetensors: the matrix, with its words in .vocab.txt beside it; .tsv: the Embedding Projector's pair, with
/// words and further columns in .metadata.tsv beside it; .parquet: columns word and vector.
#[derive(Debug, Args)]
pub struct Convert {
    #[command(flatten)]
    input: Input,
    /// The file to write; what is there is replaced
    #[arg(value_name = "OUT")]
    target: PathBuf,
    /// Replace also the second file of a pair, the words beside a matrix, where there is such a file already
    #[arg(long)]
    force: bool,
}

#[derive(Debug, Serialize)]
struct Report {
    path: String,
    format: &'static str,
    rows: usize,
    dims: usize,
    files: Vec<String>,
}

impl Convert {
    /// Carries out the command.
    ///
    /// # Errors
    /// If the file cannot be read, its new name says no format, the new file cannot be written, or a second file would
    /// replace another one.
    pub(super) fn run(&self) -> Result<(), Failure> {
        let source = self.input.file.as_path();
        let companions = if self.force { Companions::Replaced { source } } else { Companions::Kept };
        // Nobody waits for a large file to be read that cannot be written then.
        companions.check(&self.target).map_err(refused)?;
        let (table, _, mut timings) = self.input.open_table()?;
        let written = write(&table, &self.target, companions, &Unwatched).map_err(refused)?;
        for note in &written.notes {
            say(&format!("warning: {note}"));
        }
        let names = written.files.iter().map(|file| file.to_string_lossy().into_owned());
        let files: Vec<String> = names.collect();
        for file in &files {
            say(&format!("wrote {file}"));
        }
        if self.input.output.json {
            output::json(&Report {
                path: files[0].clone(),
                format: written.kind.name(),
                rows: table.rows(),
                dims: table.dims(),
                files,
            })?;
        }
        timings.end("write");
        timings.report();
        Ok(())
    }
}

/// The error, with what the command line knows of a way out.
fn refused(error: WriteError) -> Failure {
    match error {
        WriteError::CompanionExists(_) => Failure::Said(format!("{error}; --force replaces it")),
        error => error.into(),
    }
}

//! `info`: what a file holds.

use clap::Args;
use serde::Serialize;

use super::columns::{Side, aligned};
use super::input::Input;
use super::{Failure, output};
use crate::scene::document::Document;
use crate::scene::numbers;

/// Say what a file holds: format, rows, dimensions, number type, tokenizer, warnings
#[derive(Debug, Args)]
pub struct Info {
    #[command(flatten)]
    input: Input,
}

#[derive(Debug, Serialize)]
struct Report<'a> {
    path: String,
    format: &'a str,
    rows: Option<usize>,
    dims: Option<usize>,
    dtype: Option<&'static str>,
    has_tokenizer: bool,
    vocabulary: Option<usize>,
    warnings: &'a [String],
}

impl Info {
    /// Carries out the command.
    ///
    /// # Errors
    /// If the file cannot be opened.
    pub(super) fn run(&self) -> Result<(), Failure> {
        let (document, mut timings) = self.input.open()?;
        let report = self.report(&document);
        if self.input.output.json {
            output::json(&report)?;
        } else {
            output::text(&report.to_text())?;
        }
        timings.end("write");
        timings.report();
        Ok(())
    }

    fn report<'a>(&self, document: &'a Document) -> Report<'a> {
        let (table, tokenizer) = (document.table.as_ref(), document.tokenizer.as_ref());
        Report {
            path: self.input.file.to_string_lossy().into_owned(),
            format: &document.format,
            rows: table.map(|table| table.rows()),
            dims: table.map(|table| table.dims()),
            dtype: table.map(|table| table.dtype().name()),
            has_tokenizer: tokenizer.is_some(),
            vocabulary: tokenizer.map(|tokenizer| tokenizer.vocabulary_size()),
            warnings: &document.warnings,
        }
    }
}

impl Report<'_> {
    fn to_text(&self) -> String {
        let count = |value: usize| numbers::thousands(value as u64);
        let facts = [
            ("path", Some(self.path.clone())),
            ("format", Some(self.format.to_owned())),
            ("rows", self.rows.map(count)),
            ("dims", self.dims.map(count)),
            ("dtype", self.dtype.map(str::to_owned)),
            ("tokenizer", Some(if self.has_tokenizer { "yes" } else { "no" }.to_owned())),
            ("vocabulary", self.vocabulary.map(count)),
        ];
        let warnings = self.warnings.iter().map(|warning| vec!["warning".to_owned(), warning.clone()]);
        let facts = facts.into_iter().filter_map(|(name, value)| Some(vec![name.to_owned(), value?]));
        let rows: Vec<Vec<String>> = facts.chain(warnings).collect();
        aligned(&[Side::Left, Side::Left], &rows)
    }
}

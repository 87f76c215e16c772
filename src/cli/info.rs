//! `info`: what a file holds.

use clap::Args;
use serde::Serialize;

use super::columns::{Side, aligned};
use super::input::Input;
use super::{Failure, output};
use crate::files::Choice;
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
    warnings: Vec<String>,
    /// What only people are told: the JSON keeps to its contract.
    #[serde(skip)]
    facts: &'a [(String, String)],
    #[serde(skip)]
    choices: &'a [Choice],
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
            warnings: document.all_warnings(),
            facts: &document.facts,
            choices: &document.choices,
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
        let choices = self.choices.iter().map(|choice| vec![choice.of.noun().to_owned(), listed(choice)]);
        let told = |name: &str| ["Vectors", "Tokenizer"].contains(&name);
        let more = self
            .facts
            .iter()
            .filter(|(name, _)| !told(name))
            .map(|(name, value)| vec![name.to_lowercase(), value.clone()]);
        let warnings = self.warnings.iter().map(|warning| vec!["warning".to_owned(), warning.clone()]);
        let facts = facts.into_iter().filter_map(|(name, value)| Some(vec![name.to_owned(), value?]));
        let rows: Vec<Vec<String>> = facts.chain(more).chain(choices).chain(warnings).collect();
        aligned(&[Side::Left, Side::Left], &rows)
    }
}

/// What was opened, and what else there is to name with `--part`.
fn listed(choice: &Choice) -> String {
    const SHOWN: usize = 8;
    let others: Vec<String> = choice
        .options
        .iter()
        .filter(|option| option.name != choice.name())
        .map(|option| format!("{} ({})", option.name, option.about))
        .collect();
    let more = others.len().saturating_sub(SHOWN);
    let mut said = choice.name().to_owned();
    if !others.is_empty() {
        said += "; --part opens: ";
        said += &others[..others.len().min(SHOWN)].join(", ");
    }
    if more > 0 {
        said += " and ";
        said += &numbers::thousands(more as u64);
        said += " more";
    }
    said
}

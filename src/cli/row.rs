//! `row`: one row of the lookup matrix.

use clap::Args;
use serde::Serialize;

use super::Failure;
use super::columns::{Side, aligned};
use super::input::{Input, row_of, rows_or_parts, vector_of};
use super::output::{self, finite};
use crate::scene::numbers;
use crate::vectors::Table;

/// Print the numbers of one row: of a word, or of an ID
#[derive(Debug, Args)]
pub struct Row {
    #[command(flatten)]
    input: Input,
    /// The word whose row is wanted
    #[arg(value_name = "WORD", required_unless_present = "id", conflicts_with = "id")]
    word: Option<String>,
    /// The row's number, counted from 0
    #[arg(long, value_name = "N")]
    id: Option<u64>,
}

#[derive(Debug, Serialize)]
struct Report<'a> {
    word: &'a str,
    /// None for a word whose vector is made of its parts.
    id: Option<usize>,
    values: Vec<f32>,
}

impl Row {
    /// Carries out the command.
    ///
    /// # Errors
    /// If the file cannot be read or has no such row.
    pub(super) fn run(&self) -> Result<(), Failure> {
        let (table, _, mut timings) = self.input.open_table()?;
        let id = self.find(&table)?;
        let (word, vector) = match (id, &self.word) {
            (Some(id), _) => (table.word(id), row_of(&table, id)?),
            (None, word) => {
                let word = word.as_deref().unwrap_or_default();
                (word, vector_of(&table, word)?)
            }
        };
        let values = vector.iter().map(|&value| finite(value)).collect();
        let report = Report { word, id, values };
        timings.end("look_up");
        if self.input.output.json {
            output::json(&report)?;
        } else {
            output::text(&report.to_text(&table))?;
        }
        timings.end("write");
        timings.report();
        Ok(())
    }

    fn find(&self, table: &Table) -> Result<Option<usize>, Failure> {
        match (self.id, &self.word) {
            (Some(id), _) => {
                usize::try_from(id).ok().filter(|&id| id < table.rows()).map(Some).ok_or_else(|| {
                    let last = table.rows() - 1;
                    Failure::Said(format!("there is no row {id}: the IDs of this file go from 0 to {last}"))
                })
            }
            (None, Some(word)) => Ok(rows_or_parts(table, &[word])?[0].map(|row| row as usize)),
            (None, None) => Err(Failure::Said("name a word or an ID".to_owned())),
        }
    }
}

/// Numbers in a line of text.
const NUMBERS_A_LINE: usize = 8;

impl Report<'_> {
    fn to_text(&self, table: &Table) -> String {
        let (rows, dims) = (numbers::thousands(table.rows() as u64), table.dims());
        let place = self.id.map_or_else(
            || format!("made of its parts, {dims} numbers"),
            |id| format!("row {id} of {rows} × {dims}"),
        );
        let head = format!("{} · {place}\n", numbers::visible(self.word));
        let line = |(place, values): (usize, &[f32])| {
            let first = std::iter::once((place * NUMBERS_A_LINE).to_string());
            first.chain(values.iter().map(|&value| numbers::significant(f64::from(value)))).collect()
        };
        let lines: Vec<Vec<String>> = self.values.chunks(NUMBERS_A_LINE).enumerate().map(line).collect();
        head + &aligned(&[Side::Right; NUMBERS_A_LINE + 1], &lines)
    }
}

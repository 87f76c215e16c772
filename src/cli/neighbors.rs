//! `neighbors`: the nearest words, exactly.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde::Serialize;

use super::Failure;
use super::columns::{Side, aligned};
use super::input::{Input, rows_or_parts, say_warnings, text_of, vector_of};
use super::output::{self, finite};
use crate::geometry::neighbors::{nearest, nearest_batch};
use crate::geometry::{Metric, Neighbor};
use crate::progress::Unwatched;
use crate::scene::numbers;
use crate::vectors::Table;

/// List the words nearest to one or more words
#[derive(Debug, Args)]
pub struct Neighbors {
    #[command(flatten)]
    input: Input,
    /// Words of the file, spelled exactly as there; of a fastText model, any words
    #[arg(value_name = "WORD", required_unless_present = "queries")]
    words: Vec<String>,
    /// How many neighbors
    #[arg(short, default_value_t = 10, value_parser = count)]
    k: usize,
    /// What nearness is; a euclidean score is a distance, lower for nearer
    #[arg(long, default_value = "cosine", value_parser = metric())]
    metric: Metric,
    /// A file with more words, one a line
    #[arg(long, value_name = "FILE")]
    queries: Option<PathBuf>,
}

/// A number of answers: 1 or more.
///
/// # Errors
/// A sentence for anything else.
pub fn count(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|&count| count > 0)
        .ok_or_else(|| "a whole number from 1 on is needed".to_owned())
}

fn metric() -> impl TypedValueParser<Value = Metric> {
    PossibleValuesParser::new(Metric::ALL.map(Metric::name)).try_map(|name| name.parse::<Metric>())
}

/// A word and how near it is.
#[derive(Debug, Serialize)]
pub struct Scored<'a> {
    word: &'a str,
    score: f32,
}

/// Neighbors with their words.
pub fn scored<'a>(table: &'a Table, neighbors: &[Neighbor]) -> Vec<Scored<'a>> {
    let named = |neighbor: &Neighbor| Scored {
        word: table.word(neighbor.row as usize),
        score: finite(neighbor.score),
    };
    neighbors.iter().map(named).collect()
}

/// Lines of words and scores that line up, indented by `indent`.
pub fn scored_text(answers: &[Scored<'_>], metric: Metric) -> String {
    let row = |answer: &Scored<'_>| vec![numbers::visible(answer.word), numbers::score(answer.score, metric)];
    aligned(&[Side::Left, Side::Right], &answers.iter().map(row).collect::<Vec<_>>())
}

#[derive(Debug, Serialize)]
struct Answer<'a> {
    query: &'a str,
    neighbors: Vec<Scored<'a>>,
}

impl Neighbors {
    /// Carries out the command.
    ///
    /// # Errors
    /// If a file cannot be read or a word is not in it.
    pub(super) fn run(&self) -> Result<(), Failure> {
        let mut words = self.words.clone();
        if let Some(file) = &self.queries {
            words.extend(words_in(file)?);
        }
        let (table, _, mut timings) = self.input.open_table()?;
        let rows = rows_or_parts(&table, &words)?;
        timings.end("look_up");
        let found = self.find(&table, &words, &rows)?;
        timings.end("compute");
        say_warnings(&table);
        let answers: Vec<Answer<'_>> = words
            .iter()
            .zip(&found)
            .map(|(query, neighbors)| Answer { query, neighbors: scored(&table, neighbors) })
            .collect();
        if self.input.output.json {
            output::json(&answers)?;
        } else {
            output::text(&self.text(&answers))?;
        }
        timings.end("write");
        timings.report();
        Ok(())
    }

    fn find(
        &self,
        table: &Table,
        words: &[String],
        rows: &[Option<u32>],
    ) -> Result<Vec<Vec<Neighbor>>, Failure> {
        /// The numbers of as many queries as are held at once: 64 MB.
        const NUMBERS_AT_ONCE: usize = 16 << 20;
        // Before any row is taken: of a vast table it is known only now which rows hold NaN.
        table.norms_with(&Unwatched)?;
        let vector = |word: &String| vector_of(table, word);
        let exclude: Vec<Vec<u32>> = rows.iter().map(|row| row.iter().copied().collect()).collect();
        if let ([word], [exclude]) = (words, &*exclude) {
            return Ok(vec![nearest(table, &vector(word)?, self.k, self.metric, exclude, &Unwatched)?]);
        }
        let mut found = Vec::with_capacity(words.len());
        let at_once = (NUMBERS_AT_ONCE / table.dims().max(1)).max(1);
        for (words, exclude) in words.chunks(at_once).zip(exclude.chunks(at_once)) {
            let mut queries = Vec::with_capacity(words.len() * table.dims());
            for word in words {
                queries.extend_from_slice(&vector(word)?);
            }
            found.extend(nearest_batch(table, &queries, self.k, self.metric, exclude, &Unwatched)?);
        }
        Ok(found)
    }

    fn text(&self, answers: &[Answer<'_>]) -> String {
        let one = |answer: &Answer<'_>| {
            let query = numbers::visible(answer.query);
            format!("{query} · {}\n{}", self.metric.name(), scored_text(&answer.neighbors, self.metric))
        };
        answers.iter().map(one).collect::<Vec<_>>().join("\n")
    }
}

/// The words of a file, one a line; empty lines are passed over.
fn words_in(path: &Path) -> Result<Vec<String>, Failure> {
    let file = fs::File::open(path).map_err(|error| {
        Failure::Said(format!("the list of words could not be read: {error} ({})", path.display()))
    })?;
    let text = text_of(file, &path.display().to_string())?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let words: Vec<String> = text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
    if words.is_empty() {
        return Err(Failure::Said(format!(
            "the list of words is empty: write one word a line ({})",
            path.display()
        )));
    }
    Ok(words)
}

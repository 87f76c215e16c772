//! What is told about words: the nearest ones, and the answers to an analogy.

use crate::geometry::analogy::{Answers, Question};
use crate::geometry::neighbors::{self, Compact};
use crate::geometry::{Metric, Neighbor};
use crate::progress::{Cancelled, Progress};
use crate::scene::names::RowNames;
use crate::scene::view::AnalogyQuestion;
use crate::vectors::Table;

/// The nearest words of one word.
#[derive(Debug, Clone, PartialEq)]
pub struct NearestWords {
    /// The word's row.
    pub row: u32,
    pub metric: Metric,
    /// The nearest rows and their scores, the nearest first.
    pub neighbors: Vec<Neighbor>,
}

impl NearestWords {
    /// Finds the `k` rows nearest to `row` in the full space, sooner where there is a compact copy of the rows.
    ///
    /// # Errors
    /// [`Cancelled`] once `progress` says so.
    pub fn of(
        table: &Table,
        compact: Option<&Compact>,
        row: u32,
        k: usize,
        metric: Metric,
        progress: &dyn Progress,
    ) -> Result<Self, Cancelled> {
        let neighbors = neighbors::of_row_with(table, compact, row as usize, k, metric, progress)?;
        Ok(Self { row, metric, neighbors })
    }
}

/// The answer to an analogy, or the words that stand in its way.
#[derive(Debug, Clone, PartialEq)]
pub struct AnalogyReport {
    pub question: AnalogyQuestion,
    pub outcome: Result<AnalogyAnswer, Vec<UnknownWord>>,
}

/// A word that the table lacks, and words that are spelled like it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownWord {
    pub word: String,
    pub near: Vec<String>,
}

/// A is to B as C is to …
#[derive(Debug, Clone, PartialEq)]
pub struct AnalogyAnswer {
    pub a: u32,
    pub b: u32,
    pub c: u32,
    /// Both rankings of the words nearest to B − A + C.
    pub answers: Answers,
    /// The angle in the full space between B − A and D − C, in degrees, where D is the best answer that was not asked with;
    /// of the rows as the map shows them, scaled to length 1 or not.
    pub angle: Option<f64>,
}

impl AnalogyAnswer {
    /// D: the best answer that is none of the three words.
    #[must_use]
    pub fn best(&self) -> Option<u32> {
        self.answers.without_inputs.first().map(|answer| answer.row)
    }
}

impl AnalogyReport {
    /// Answers a question on the rows that go by `names`, with the `k` best words of both rankings. `unit_rows` says whether
    /// the angle is that of rows scaled to length 1; the ranking always is.
    ///
    /// # Errors
    /// [`Cancelled`] once `progress` says so.
    pub fn of(
        names: &RowNames,
        question: AnalogyQuestion,
        k: usize,
        unit_rows: bool,
        progress: &dyn Progress,
    ) -> Result<Self, Cancelled> {
        let found = [&question.a, &question.b, &question.c].map(|word| names.find_or_near(word));
        let table = names.table();
        let [Ok(a), Ok(b), Ok(c)] = found else {
            let unknown = found.into_iter().filter_map(Result::err).collect();
            return Ok(Self { question, outcome: Err(unknown) });
        };
        let asked = Question { a, b, c };
        let answers = asked.answer(table, k, progress)?;
        let best = answers.without_inputs.first().map(|answer| answer.row);
        let angle = best.and_then(|d| asked.angle(table, d, unit_rows));
        Ok(Self { question, outcome: Ok(AnalogyAnswer { a, b, c, answers, angle }) })
    }

    /// The answer, where all three words are known.
    #[must_use]
    pub fn answer(&self) -> Option<&AnalogyAnswer> {
        self.outcome.as_ref().ok()
    }

    /// The rows of the four words of the parallelogram.
    #[must_use]
    pub fn points(&self) -> Vec<u32> {
        self.answer().map_or_else(Vec::new, |answer| {
            [answer.a, answer.b, answer.c].into_iter().chain(answer.best()).collect()
        })
    }
}

impl std::fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "“{}” is not in this file.", self.word)?;
        match self.near.as_slice() {
            [] => Ok(()),
            near => write!(f, " Near spellings: {}.", near.join(", ")),
        }
    }
}

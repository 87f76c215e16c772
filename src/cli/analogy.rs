//! `analogy`: A is to B as C is to …

use clap::Args;
use serde::Serialize;

use super::input::{Input, rows_of};
use super::neighbors::{Scored, count, scored, scored_text};
use super::{Failure, output};
use crate::geometry::Metric;
use crate::geometry::analogy::Question;
use crate::progress::Unwatched;
use crate::scene::numbers;

/// Answer: A is to B as C is to …
#[derive(Debug, Args)]
pub struct Analogy {
    #[command(flatten)]
    input: Input,
    /// man, in: man is to king as woman is to …
    #[arg(value_name = "A")]
    a: String,
    /// king
    #[arg(value_name = "B")]
    b: String,
    /// woman
    #[arg(value_name = "C")]
    c: String,
    /// How many answers
    #[arg(short, default_value_t = 10, value_parser = count)]
    k: usize,
    /// Rank A, B and C among the answers too; they are usually left out
    #[arg(long)]
    include_inputs: bool,
}

#[derive(Debug, Serialize)]
struct Report<'a> {
    answers: Vec<Scored<'a>>,
}

impl Analogy {
    /// Carries out the command.
    ///
    /// # Errors
    /// If the file cannot be read or a word is not in it.
    pub(super) fn run(&self) -> Result<(), Failure> {
        let (table, _, mut timings) = self.input.open_table()?;
        let rows = rows_of(&table, &[&self.a, &self.b, &self.c])?;
        timings.end("look_up");
        let question = Question { a: rows[0], b: rows[1], c: rows[2] };
        let answers = question.answer(&table, self.k, &Unwatched)?;
        timings.end("compute");
        let ranked = if self.include_inputs { &answers.with_inputs } else { &answers.without_inputs };
        let report = Report { answers: scored(&table, ranked) };
        if self.input.output.json {
            output::json(&report)?;
        } else {
            let [a, b, c] = [&self.a, &self.b, &self.c].map(|word| numbers::visible(word));
            let answers = scored_text(&report.answers, Metric::Cosine);
            output::text(&format!("{a} is to {b} as {c} is to …\n{answers}"))?;
        }
        timings.end("write");
        timings.report();
        Ok(())
    }
}

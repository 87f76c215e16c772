//! `analogy`: A is to B as C is to …

use clap::Args;
use serde::Serialize;

use super::input::{Input, rows_or_parts};
use super::neighbors::{Scored, count, scored, scored_text};
use super::{Failure, output};
use crate::geometry::{Metric, analogy};
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
        let words = [&self.a, &self.b, &self.c];
        let inputs: Vec<u32> = rows_or_parts(&table, &words)?.into_iter().flatten().collect();
        timings.end("look_up");
        let vectors = words.map(|word| table.vector_of(word).unwrap_or_default());
        let vectors = vectors.each_ref().map(|vector| &**vector);
        let answers = analogy::answer(&table, vectors, &inputs, self.k, &Unwatched)?;
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

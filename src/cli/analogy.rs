//! `analogy`: A is to B as C is to …

use clap::Args;
use serde::Serialize;

use super::input::{Input, rows_or_parts, say_warnings, vector_of};
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
        table.norms_with(&Unwatched)?;
        let [a, b, c] = words.map(|word| vector_of(&table, word));
        let (a, b, c) = (a?, b?, c?);
        let answers = analogy::answer(&table, [&*a, &*b, &*c], &inputs, self.k, &Unwatched)?;
        timings.end("compute");
        say_warnings(&table);
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

//! `evaluate`: how many analogy questions a table answers, and how well it ranks pairs of words.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::columns::{Side, aligned};
use super::input::{Input, say_warnings};
use super::{Failure, output};
use crate::geometry::evaluation::{PairScores, SectionScore, Settings};
use crate::progress::Unwatched;
use crate::scene::evaluation::EvaluationChoice;
use crate::scene::numbers::{percent, thousands};

/// Score vectors on analogy questions and on pairs of words that people judged
///
/// Questions and pairs with a word that FILE lacks are left out and counted. The usual settings are those of gensim.
#[derive(Debug, Args)]
pub struct Evaluate {
    #[command(flatten)]
    input: Input,
    /// Questions: sections that begin with ": name", four words a line [default: the 19,544 of questions-words.txt]
    #[arg(long, value_name = "FILE")]
    analogies: Option<PathBuf>,
    /// Pairs: two words and a score a line, with tabs or commas between [default: WordSim-353]
    #[arg(long, value_name = "FILE")]
    pairs: Option<PathBuf>,
    /// Look at the first N rows alone, which are the most frequent words in most files
    #[arg(long, value_name = "N", default_value_t = Settings::default().first_rows, value_parser = super::neighbors::count)]
    restrict_vocab: usize,
    /// Take words as they are written; usually they are compared in upper case
    #[arg(long)]
    case_sensitive: bool,
}

#[derive(Debug, Serialize)]
struct Report<'a> {
    analogies: Vec<Counts<'a>>,
    pairs: Pairs,
}

#[derive(Debug, Serialize)]
struct Counts<'a> {
    section: &'a str,
    correct: usize,
    total: usize,
}

#[derive(Debug, Serialize)]
struct Pairs {
    spearman: Option<f64>,
    covered: usize,
    total: usize,
}

impl Evaluate {
    /// Carries out the command.
    ///
    /// # Errors
    /// If a file cannot be read.
    pub(super) fn run(&self) -> Result<(), Failure> {
        let (table, _, mut timings) = self.input.open_table()?;
        let choice =
            EvaluationChoice { wanted: true, analogies: self.analogies.clone(), pairs: self.pairs.clone() };
        let settings = Settings { first_rows: self.restrict_vocab, any_case: !self.case_sensitive };
        let report = choice.report(&table, settings, &Unwatched)?;
        let (analogies, pairs) = (report.analogies?, report.pairs?);
        timings.end("compute");
        say_warnings(&table);
        if self.input.output.json {
            let sections = analogies.iter().map(|score| Counts {
                section: &score.section,
                correct: score.correct,
                total: score.total,
            });
            let pairs = Pairs { spearman: pairs.spearman, covered: pairs.pairs.len(), total: pairs.total };
            output::json(&Report { analogies: sections.collect(), pairs })?;
        } else {
            output::text(&text(&analogies, &pairs))?;
        }
        timings.end("write");
        timings.report();
        Ok(())
    }
}

fn text(sections: &[SectionScore], pairs: &PairScores) -> String {
    let line = |name: &str, correct: usize, total: usize, asked: usize| {
        let share = if total == 0 { "–".to_owned() } else { percent(correct as f64 / total as f64) };
        let number = |count: usize| thousands(count as u64);
        // How many questions there are is said where the file lacks words of some.
        let lacking = if total < asked { format!("of {} asked", number(asked)) } else { String::new() };
        vec![name.to_owned(), number(correct), "of".to_owned(), number(total), share, lacking]
    };
    let mut rows: Vec<Vec<String>> =
        sections.iter().map(|score| line(&score.section, score.correct, score.total, score.asked)).collect();
    let sum = |part: fn(&SectionScore) -> usize| sections.iter().map(part).sum::<usize>();
    rows.push(line("all", sum(|score| score.correct), sum(|score| score.total), sum(|score| score.asked)));
    let sides = [Side::Left, Side::Right, Side::Left, Side::Right, Side::Right, Side::Left];
    let spearman =
        pairs.spearman.map_or_else(|| "–".to_owned(), |spearman| format!("{spearman:.3}").replace('-', "−"));
    format!(
        "analogies answered as expected\n{}\npairs of words\nSpearman {spearman}, {} of {} pairs covered\n",
        aligned(&sides, &rows),
        thousands(pairs.pairs.len() as u64),
        thousands(pairs.total as u64)
    )
}

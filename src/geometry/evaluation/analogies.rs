//! Analogy questions answered as word2vec's own test does: near b − a + c of the unit rows, by cosine, without A, B and C
//! (3CosAdd; see [`crate::geometry::analogy`]).

use super::{AnalogySet, Settings};
use crate::geometry::Metric;
use crate::geometry::arithmetic::unit;
use crate::geometry::neighbors::{Neighbor, nearest_batch_among};
use crate::progress::{Cancelled, Part, Progress};
use crate::vectors::Table;

/// How the questions of one section were answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionScore {
    /// The section's name in its file.
    pub section: String,
    /// How many of its questions the table has all four words of.
    pub total: usize,
    /// How many of these it answered as expected.
    pub correct: usize,
    /// How many questions the section has, those with unknown words too.
    pub asked: usize,
    /// The answers that were not the expected ones, in the order of the file.
    pub wrong: Vec<WrongAnswer>,
}

/// A question that was not answered as expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrongAnswer {
    /// The rows of A, B, C and of the expected D.
    pub question: [u32; 4],
    /// The row that was found instead; none where the table has no other words.
    pub found: Option<u32>,
}

/// So many answers are looked at: those that are a word of the question in another case are passed over.
const ANSWERS: usize = 5;

/// The most questions, and the most numbers of them, that are answered together.
const QUESTIONS_AT_ONCE: usize = 4_096;
const NUMBERS_AT_ONCE: usize = 4 << 20;

impl AnalogySet {
    /// Answers all questions of which the table has the four words, section by section.
    ///
    /// # Errors
    /// [`Cancelled`] once `progress` says so.
    pub fn score(
        &self,
        table: &Table,
        settings: Settings,
        progress: &dyn Progress,
    ) -> Result<Vec<SectionScore>, Cancelled> {
        table.norms_with(progress)?;
        let rows = settings.find(table, &self.words);
        let known = |words: &[u32; 4]| {
            let [a, b, c, d] = words.map(|word| rows[word as usize]);
            Some([a?, b?, c?, d?])
        };
        let questions: Vec<Option<[u32; 4]>> = self.questions.iter().map(known).collect();
        let covered: Vec<[u32; 4]> = questions.iter().flatten().copied().collect();
        let mut found = answers(table, settings, &covered, progress)?.into_iter();
        let score = |section: &super::question_file::Section| {
            let mut score = SectionScore {
                section: section.name.clone(),
                total: 0,
                correct: 0,
                asked: section.questions.len(),
                wrong: Vec::new(),
            };
            for question in questions[section.questions.clone()].iter().flatten() {
                let found = found.next().flatten();
                let equal = |row: u32, other: u32| {
                    settings.folded(table.word(row as usize)) == settings.folded(table.word(other as usize))
                };
                score.total += 1;
                if found.is_some_and(|found| equal(found, question[3])) {
                    score.correct += 1;
                } else {
                    score.wrong.push(WrongAnswer { question: *question, found });
                }
            }
            score
        };
        Ok(self.sections.iter().map(score).collect())
    }
}

/// The best answer to each question, where there is one.
fn answers(
    table: &Table,
    settings: Settings,
    questions: &[[u32; 4]],
    progress: &dyn Progress,
) -> Result<Vec<Option<u32>>, Cancelled> {
    let at_once = (NUMBERS_AT_ONCE / table.dims().max(1)).clamp(1, QUESTIONS_AT_ONCE);
    let share = |done: usize| done as f32 / questions.len() as f32;
    let mut found = Vec::with_capacity(questions.len());
    for questions in questions.chunks(at_once) {
        let mut targets = Vec::with_capacity(questions.len() * table.dims());
        for &[a, b, c, _] in questions {
            let [a, b, c] = [a, b, c].map(|row| unit(&table.row(row as usize)));
            targets.extend(a.iter().zip(&b).zip(&c).map(|((a, b), c)| b - a + c));
        }
        let inputs: Vec<Vec<u32>> = questions.iter().map(|[a, b, c, _]| vec![*a, *b, *c]).collect();
        let part = Part::new(progress, share(found.len()), share(found.len() + questions.len()));
        let rows = settings.rows(table);
        let best = nearest_batch_among(table, rows, &targets, ANSWERS, Metric::Cosine, &inputs, &part)?;
        found.extend(
            best.iter().zip(questions).map(|(best, question)| answer(table, settings, best, question)),
        );
    }
    Ok(found)
}

/// The first answer that is none of the question's words in another case, or else the last that was looked at.
fn answer(table: &Table, settings: Settings, best: &[Neighbor], question: &[u32; 4]) -> Option<u32> {
    let word = |row: u32| settings.folded(table.word(row as usize));
    let is_input = |row: u32| question[..3].iter().any(|&input| word(input) == word(row));
    let first = best.iter().find(|answer| !is_input(answer.row)).or(best.last());
    first.map(|answer| answer.row)
}

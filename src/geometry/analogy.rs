//! A is to B as C is to …: arithmetic with rows, and how well the picture of it tells the truth.
//!
//! The answer is sought near b − a + c of the unit rows and ranked by cosine: 3CosAdd (Mikolov, Yih and Zweig,
//! *Linguistic Regularities in Continuous Space Word Representations*, 2013). The usual ranking leaves A, B and C out;
//! with them, the top answer is often one of the three, which is why both rankings are given.

use super::arithmetic::{norm, unit};
use super::metric::Metric;
use super::neighbors::{Neighbor, nearest};
use crate::progress::{Cancelled, Progress};
use crate::vectors::Table;

/// The rows of a question: A is to B as C is to …
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Question {
    pub a: u32,
    pub b: u32,
    pub c: u32,
}

/// What a table answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Answers {
    /// b − a + c of the unit rows: the point at which the answer is sought.
    pub target: Vec<f32>,
    /// The nearest rows by cosine, whatever they are.
    pub with_inputs: Vec<Neighbor>,
    /// The nearest rows by cosine other than A, B and C.
    pub without_inputs: Vec<Neighbor>,
}

impl Question {
    /// The `k` best answers, both with and without the rows that were asked about, in one scan.
    ///
    /// # Errors
    /// [`Cancelled`] once `progress` says so.
    ///
    /// # Panics
    /// If the table has no such rows.
    pub fn answer(&self, table: &Table, k: usize, progress: &dyn Progress) -> Result<Answers, Cancelled> {
        let inputs = [self.a, self.b, self.c];
        let rows = inputs.map(|row| table.row(row as usize));
        answer(table, rows.each_ref().map(|row| &**row), &inputs, k, progress)
    }

    /// The angle in degrees between the arrows A→B and C→`d` in the full space, of rows as they are or made unit
    /// length; none where an arrow has no length. A perfect analogy has 0.
    ///
    /// # Panics
    /// If the table has no such rows.
    #[must_use]
    pub fn angle(&self, table: &Table, d: u32, unit_rows: bool) -> Option<f64> {
        let row = |row: u32| {
            let row = table.row(row as usize);
            if unit_rows { unit(&row) } else { row.into_owned() }
        };
        arrows_angle(&row(self.a), &row(self.b), &row(self.c), &row(d))
    }
}

/// The `k` best answers to a question about any three vectors a, b, c of d numbers, such as those that are made of the
/// parts of words; `inputs` are the rows that are left out of one of the rankings.
///
/// # Errors
/// [`Cancelled`] once `progress` says so.
///
/// # Panics
/// If a vector has not as many numbers as a row.
pub fn answer(
    table: &Table,
    vectors: [&[f32]; 3],
    inputs: &[u32],
    k: usize,
    progress: &dyn Progress,
) -> Result<Answers, Cancelled> {
    let [a, b, c] = vectors.map(unit);
    let target: Vec<f32> = a.iter().zip(&b).zip(&c).map(|((a, b), c)| b - a + c).collect();
    let ranking = nearest(table, &target, k.saturating_add(inputs.len()), Metric::Cosine, &[], progress)?;
    let without_inputs =
        ranking.iter().filter(|neighbor| !inputs.contains(&neighbor.row)).take(k).copied().collect();
    let with_inputs = ranking.into_iter().take(k).collect();
    Ok(Answers { target, with_inputs, without_inputs })
}

/// The angle in degrees, 0 to 180, between two vectors of equal length; none if either is zero.
#[must_use]
pub fn angle(u: &[f32], v: &[f32]) -> Option<f64> {
    let (u_norm, v_norm) = (norm(u), norm(v));
    if u_norm == 0.0 || v_norm == 0.0 {
        return None;
    }
    // Kahan's way: exact near 0° and 180° too, where the arc cosine of a rounded cosine loses half of its digits.
    let (mut difference, mut sum) = (0.0, 0.0);
    for (&x, &y) in u.iter().zip(v) {
        let (x, y) = (f64::from(x) / u_norm, f64::from(y) / v_norm);
        difference += (x - y) * (x - y);
        sum += (x + y) * (x + y);
    }
    Some(2.0 * f64::atan2(difference.sqrt(), sum.sqrt()).to_degrees()).filter(|angle| angle.is_finite())
}

/// The angle in degrees between the arrows `a`→`b` and `c`→`d`, in any number of dimensions: for points on screen as
/// for rows. None where an arrow has no length.
#[must_use]
pub fn arrows_angle(a: &[f32], b: &[f32], c: &[f32], d: &[f32]) -> Option<f64> {
    let arrow =
        |from: &[f32], to: &[f32]| -> Vec<f32> { from.iter().zip(to).map(|(from, to)| to - from).collect() };
    angle(&arrow(a, b), &arrow(c, d))
}

/// The fourth corner b − a + c of a parallelogram on screen: where D would lie if the picture told the whole truth.
#[must_use]
pub fn fourth_corner(a: [f32; 2], b: [f32; 2], c: [f32; 2]) -> [f32; 2] {
    [b[0] - a[0] + c[0], b[1] - a[1] + c[1]]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Unwatched;

    /// Sex along x, rank along y, and some words that are neither.
    fn court() -> Table {
        let rows: [(&str, [f32; 3]); 6] = [
            ("man", [1.0, 0.0, 0.3]),
            ("woman", [-1.0, 0.0, 0.3]),
            ("king", [1.0, 1.0, 0.3]),
            ("queen", [-1.0, 1.0, 0.3]),
            ("apple", [0.1, 0.0, 2.0]),
            ("nothing", [0.0, 0.0, 0.0]),
        ];
        let words = rows.iter().map(|(word, _)| (*word).to_owned()).collect();
        Table::from_f32(words, rows.iter().flat_map(|(_, row)| *row).collect(), 3)
    }

    #[test]
    fn man_is_to_king_as_woman_is_to_queen() {
        let table = court();
        let question = Question { a: 0, b: 2, c: 1 };
        let answers = question.answer(&table, 2, &Unwatched).unwrap();
        assert_eq!(table.word(answers.without_inputs[0].row as usize), "queen");
        assert_eq!(answers.without_inputs.len(), 2);
        assert!(answers.without_inputs.iter().all(|answer| ![0, 1, 2].contains(&answer.row)));
        assert_eq!(question.angle(&table, 3, false), Some(0.0), "raw rows are a perfect parallelogram");
        assert!(question.angle(&table, 3, true).unwrap() > 1.0, "unit rows are not");
    }

    #[test]
    fn inputs_are_ranked_where_they_stay_in() {
        let answers = Question { a: 0, b: 0, c: 1 }.answer(&court(), 1, &Unwatched).unwrap();
        assert_eq!(answers.with_inputs[0].row, 1, "b − a is nothing, so that c itself is nearest");
        assert_ne!(answers.without_inputs[0].row, 1);
    }

    /// gensim 4.4.0: `KeyedVectors` with the six rows above (the zero row left out) and
    /// `most_similar(positive=["king", "woman"], negative=["man"])`.
    #[test]
    fn scores_agree_with_gensim() {
        let answers = Question { a: 0, b: 2, c: 1 }.answer(&court(), 2, &Unwatched).unwrap();
        let expected = [("queen", GENSIM_QUEEN), ("apple", GENSIM_APPLE)];
        for (answer, (word, score)) in answers.without_inputs.iter().zip(expected) {
            assert_eq!(court().word(answer.row as usize), word);
            assert!((answer.score - score).abs() < 1e-5, "{word}: {}", answer.score);
        }
    }

    const GENSIM_QUEEN: f32 = 0.962_730_6;
    const GENSIM_APPLE: f32 = 0.102_831_475;

    #[test]
    fn angles_are_exact_at_both_ends_and_missing_without_direction() {
        assert_eq!(angle(&[2.0, 0.0], &[5.0, 0.0]), Some(0.0));
        assert_eq!(angle(&[2.0, 0.0], &[-5.0, 0.0]), Some(180.0));
        assert!((angle(&[2.0, 0.0], &[0.0, 3.0]).unwrap() - 90.0).abs() < 1e-12);
        assert!((angle(&[1.0, 1e-6], &[1.0, 0.0]).unwrap() - 1e-6_f64.to_degrees()).abs() < 1e-11);
        assert_eq!(angle(&[0.0, 0.0], &[1.0, 0.0]), None);
    }

    #[test]
    fn the_fourth_corner_closes_a_parallelogram() {
        let (a, b, c) = ([0.0, 0.0], [1.0, 2.0], [5.0, 1.0]);
        let d = fourth_corner(a, b, c);
        assert_eq!(d, [6.0, 3.0]);
        assert_eq!(arrows_angle(&a, &b, &c, &d), Some(0.0));
    }
}

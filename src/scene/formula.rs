//! What a formula of words comes to on a table: a vector, its nearest words, and its place on the map.

use std::borrow::Cow;

use super::cloud::Cloud;
use super::names::RowNames;
use super::words::UnknownWord;
use crate::geometry::formula::Formula;
use crate::geometry::neighbors::{Neighbor, nearest};
use crate::geometry::{Metric, arithmetic};
use crate::progress::{Cancelled, Progress};

/// A formula and what it comes to, or what stands in its way, a sentence each.
#[derive(Debug, Clone, PartialEq)]
pub struct FormulaReport {
    pub text: String,
    pub outcome: Result<FormulaAnswer, Vec<String>>,
}

/// What a formula comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct FormulaAnswer {
    /// d numbers.
    pub vector: Vec<f32>,
    /// The rows of the words in the formula.
    pub inputs: Vec<u32>,
    /// Words of the formula without a row, whose vectors were made of their parts.
    pub from_parts: Vec<String>,
    /// How nearness is measured.
    pub metric: Metric,
    /// The nearest rows, whatever they are.
    pub with_inputs: Vec<Neighbor>,
    /// The nearest rows that are no words of the formula.
    pub without_inputs: Vec<Neighbor>,
}

/// A word of a formula: its row, where it has one, and its numbers.
type Found<'a> = (Option<u32>, Cow<'a, [f32]>);

/// The words of a formula.
type Words<'a> = Vec<(String, Found<'a>)>;

impl FormulaReport {
    /// Reads a formula and works it out on the rows that go by `names`, with the `k` nearest words of both rankings.
    ///
    /// # Errors
    /// [`Cancelled`] once `progress` says so.
    pub fn of(
        names: &RowNames,
        text: String,
        k: usize,
        metric: Metric,
        progress: &dyn Progress,
    ) -> Result<Self, Cancelled> {
        names.table().norms_with(progress)?;
        let outcome = match vector(names, &text) {
            Ok((vector, found)) => Ok(FormulaAnswer::of(names, vector, &found, k, metric, progress)?),
            Err(wrong) => Err(wrong),
        };
        Ok(Self { text, outcome })
    }

    /// What it comes to, where it is right.
    #[must_use]
    pub fn answer(&self) -> Option<&FormulaAnswer> {
        self.outcome.as_ref().ok()
    }
}

impl FormulaAnswer {
    fn of(
        names: &RowNames,
        vector: Vec<f32>,
        found: &[(String, Found<'_>)],
        k: usize,
        metric: Metric,
        progress: &dyn Progress,
    ) -> Result<Self, Cancelled> {
        let inputs: Vec<u32> = found.iter().filter_map(|(_, (row, _))| *row).collect();
        let without_row = found.iter().filter(|(_, (row, _))| row.is_none());
        let from_parts = without_row.map(|(word, _)| word.clone()).collect();
        let table = names.table();
        let ranking = nearest(table, &vector, k.saturating_add(inputs.len()), metric, &[], progress)?;
        let others = ranking.iter().filter(|neighbor| !inputs.contains(&neighbor.row));
        let without_inputs = others.take(k).copied().collect();
        let with_inputs = ranking.into_iter().take(k).collect();
        Ok(Self { vector, inputs, from_parts, metric, with_inputs, without_inputs })
    }

    /// Where it lies on the map, if the map's projection can place a point that is no row.
    #[must_use]
    pub fn position(&self, cloud: &Cloud) -> Option<[f32; 2]> {
        cloud.place(&self.vector)
    }

    /// The rows that the map shows with it: the nearest ones, and the words of the formula.
    #[must_use]
    pub fn points(&self) -> Vec<u32> {
        let nearest = self.without_inputs.iter().map(|neighbor| neighbor.row);
        self.inputs.iter().copied().chain(nearest).collect()
    }
}

/// The vector of a formula and its words.
fn vector<'a>(names: &'a RowNames, text: &str) -> Result<(Vec<f32>, Words<'a>), Vec<String>> {
    let formula = Formula::parse(text).map_err(|error| vec![error.to_string()])?;
    let (mut found, mut wrong) = (Vec::new(), Vec::new());
    for word in formula.words() {
        match find(names, word) {
            Ok(vector) => found.push((word.to_owned(), vector)),
            Err(said) => wrong.push(said),
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let vector_of = |word: &str| {
        found.iter().find(|(known, _)| known == word).map_or(&[][..], |(_, (_, vector))| &**vector)
    };
    let vector = formula.evaluate(&vector_of).map_err(|error| vec![error.to_string()])?;
    if arithmetic::norm(&vector) == 0.0 {
        return Err(vec![
            "The formula comes to nothing: all its numbers are 0, and no word is near to that.".to_owned(),
        ]);
    }
    Ok((vector, found))
}

/// The row and the numbers of a word, or what is said of a word that has none.
fn find<'a>(names: &'a RowNames, word: &str) -> Result<Found<'a>, String> {
    let table = names.table();
    // Files of phrases write them with underscores.
    let row = names.find(word).or_else(|| names.find(&word.replace(' ', "_")).filter(|_| word.contains(' ')));
    if let Some(row) = row {
        if !table.norm(row as usize).is_finite() {
            return Err(format!(
                "The row of “{word}” holds NaN or infinity and is no vector: leave the word out."
            ));
        }
        return Ok((Some(row), table.row(row as usize)));
    }
    if let Some(vector) = table.subwords().and_then(|parts| parts.vector_of(word)) {
        return Ok((None, Cow::Owned(vector)));
    }
    let unknown = UnknownWord { word: word.to_owned(), near: names.near(word, 3) };
    let hint = if word.contains('-') { " If - means minus, write a space before and after it." } else { "" };
    Err(format!("{unknown}{hint}"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::progress::Unwatched;
    use crate::vectors::Table;

    fn names() -> RowNames {
        let rows: [(&str, [f32; 2]); 5] = [
            ("man", [1.0, 0.0]),
            ("woman", [-1.0, 0.0]),
            ("king", [1.0, 1.0]),
            ("queen", [-1.0, 1.0]),
            ("new_york", [0.0, -3.0]),
        ];
        let words = rows.iter().map(|(word, _)| (*word).to_owned()).collect();
        let table = Table::from_f32(words, rows.iter().flat_map(|(_, row)| *row).collect(), 2);
        RowNames::new(Arc::new(table), None)
    }

    fn report(text: &str) -> FormulaReport {
        FormulaReport::of(&names(), text.to_owned(), 2, Metric::Euclidean, &Unwatched).unwrap()
    }

    #[test]
    fn the_nearest_words_are_ranked_with_and_without_those_of_the_formula() {
        let report = report("king - man + woman + 0 * king");
        let answer = report.answer().unwrap();
        assert_eq!((answer.vector.as_slice(), answer.inputs.as_slice()), (&[-1.0, 1.0][..], &[2, 0, 1][..]));
        let rows = |list: &[Neighbor]| list.iter().map(|neighbor| neighbor.row).collect::<Vec<_>>();
        assert_eq!(rows(&answer.with_inputs), [3, 1]);
        assert_eq!(rows(&answer.without_inputs), [3, 4]);
        assert_eq!(answer.points(), [2, 0, 1, 3, 4]);
    }

    #[test]
    fn a_phrase_is_found_as_files_write_phrases() {
        assert_eq!(report("\"new york\"").answer().unwrap().inputs, [4]);
        assert_eq!(report("KING").answer().unwrap().inputs, [2]);
    }

    #[test]
    fn every_unknown_word_is_said_and_none_is_replaced() {
        let said = report("kingg - mann + woman").outcome.unwrap_err();
        assert_eq!(said.len(), 2);
        assert!(said[0].contains("“kingg” is not in this file") && said[0].contains("king"), "{said:?}");
        let said = report("king -").outcome.unwrap_err();
        assert!(said[0].starts_with("At character 7"), "{said:?}");
        assert!(report("king - king").outcome.unwrap_err()[0].contains("comes to nothing"));
        let hyphen = report("king-man").outcome.unwrap_err();
        assert!(hyphen.iter().any(|line| line.contains("space")), "{hyphen:?}");
    }
}

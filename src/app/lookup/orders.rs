//! A sentence in two orders of its words, with positions added to its rows.

use std::sync::Arc;

use super::Matrix;
use super::sentence::{Entry, entries};
use crate::geometry::Metric;
use crate::jobs::Same;
use crate::lookup::bag::{mean, sum};
use crate::progress::Progress;
use crate::scene::view::PositionView;
use crate::tokens::EncodeError;
use crate::vectors::Table;

/// So many tokens of a sentence are set beside those of another order.
const MOST: usize = 64;

/// So many of a hundred numbers are below the one that gets the full color.
const BRIGHT: usize = 99;

/// A sentence and the other order of its words, the positions that are added if any are, and by what rows are multiplied first.
#[derive(Clone, PartialEq)]
pub(super) struct OrdersQuestion {
    pub text: Arc<str>,
    pub order: Vec<u8>,
    /// Whether what is typed as a special token is one.
    pub typed_special: bool,
    pub positions: Option<Same<Table>>,
    pub factor: f32,
}

/// A token at its place in a sentence.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    /// As it is read.
    pub text: String,
    /// Its row's number.
    pub id: u32,
    /// Its place among all tokens of the text, those without a row included: which position is added to it.
    pub place: usize,
    /// The row, times √d where that is wanted, and the same with the position's vector added: d numbers each.
    pub row: Vec<f32>,
    pub sum: Vec<f32>,
}

/// A sentence in two orders of its words.
#[derive(Debug, Default)]
pub struct Orders {
    /// The words, as they stand in the first order and in the other.
    pub words: [Vec<String>; 2],
    /// The tokens of both that have a row, with numbers that are finite.
    pub tokens: [Vec<Placed>; 2],
    /// The vectors of positions that were added, a row each.
    pub positions: Option<Arc<Table>>,
    /// How many tokens of the first order have no such row.
    pub missing: usize,
    /// Whether the text goes on after these words.
    pub goes_on: bool,
    /// Whether there are more tokens than are shown: then the two are not compared.
    pub is_cut: bool,
    /// The absolute value that gets the full color.
    pub full: f32,
    /// Whether both orders have the same rows, each as often.
    pub is_same_bag: bool,
    /// How far the means of both orders are apart: of rows, and of sums.
    pub means: [f64; 2],
    /// Where each token of the first order stands in the other.
    pub moved: Vec<Moved>,
    /// Why the sentence could not be taken apart.
    pub problem: Option<String>,
}

/// A token that both orders have.
#[derive(Debug, Clone, PartialEq)]
pub struct Moved {
    pub text: String,
    /// Its places among all tokens, counted from 0.
    pub from: usize,
    pub to: usize,
    /// How far its row is from itself, and the sum here from the sum there.
    pub rows: f64,
    pub sums: f64,
}

impl Orders {
    /// Whether there is nothing to compare.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tokens.iter().any(Vec::is_empty)
    }

    /// Whether nothing stands elsewhere than before.
    #[must_use]
    pub fn is_same_order(&self) -> bool {
        self.words[0] == self.words[1]
    }

    /// Looks a sentence's words up in their order and in another, and adds positions.
    pub(super) fn of(
        matrix: &Matrix,
        asked: &OrdersQuestion,
        progress: &dyn Progress,
    ) -> Result<Self, EncodeError> {
        let first = PositionView::words(&asked.text);
        let goes_on = first.last().is_some_and(|last| {
            let end = last.as_ptr() as usize + last.len() - asked.text.as_ptr() as usize;
            !asked.text[end..].trim_start().is_empty()
        });
        let words: Vec<String> = first.into_iter().map(str::to_owned).collect();
        let other = asked.order.iter().filter_map(|&at| words.get(at as usize).cloned()).collect();
        let words = [words, other];
        let found = [
            entries(matrix, &words[0].join(" "), asked.typed_special, progress)?,
            entries(matrix, &words[1].join(" "), asked.typed_special, progress)?,
        ];
        let positions = asked.positions.as_ref().map(|Same(positions)| Arc::clone(positions));
        let most = positions.as_ref().map_or(MOST, |positions| positions.rows().min(MOST));
        let is_cut = found.iter().any(|entries| entries.len() > most);
        let row = |entry: &Entry| entry.row.filter(|row| matrix.table().is_finite(*row as usize));
        let shown = found[0].len().min(most);
        let tokens = found.map(|entries| {
            let placed = entries.into_iter().enumerate().take(most).filter_map(|(place, entry)| {
                let row = row(&entry)?;
                if positions.as_ref().is_some_and(|positions| !positions.is_finite(place)) {
                    return None;
                }
                let vector = positions.as_ref().map(|positions| positions.row(place));
                Some(Placed::of((entry.text, place), (row, matrix.table()), asked.factor, vector.as_deref()))
            });
            placed.collect::<Vec<_>>()
        });
        let missing = shown - tokens[0].len();
        let orders = Self { words, tokens, positions, missing, goes_on, is_cut, ..Self::default() };
        Ok(if orders.is_empty() { orders } else { orders.compared() })
    }

    /// The same with what tells the orders apart.
    fn compared(mut self) -> Self {
        let numbers = self.tokens.iter().flatten().flat_map(|token| token.row.iter().chain(&token.sum));
        let mut sizes: Vec<f32> = numbers.map(|x| x.abs()).collect();
        let place = (sizes.len() - 1) * BRIGHT / 100;
        self.full = sizes.select_nth_unstable_by(place, f32::total_cmp).1.max(f32::MIN_POSITIVE);
        let [here, there] = &self.tokens;
        let rows = |tokens: &[Placed]| tokens.iter().map(|token| token.row.clone()).collect::<Vec<_>>();
        // The mean of all rows and all positions is half of the mean of their sums, and has no order either.
        let both = |tokens: &[Placed]| {
            let row = |positions: &Arc<Table>, token: &Placed| positions.row(token.place).into_owned();
            let vectors =
                self.positions.iter().flat_map(|positions| tokens.iter().map(|token| row(positions, token)));
            mean(&rows(tokens).into_iter().chain(vectors).collect::<Vec<_>>())
        };
        let twice = if self.positions.is_some() { 2.0 } else { 1.0 };
        self.means =
            [apart(&mean(&rows(here)), &mean(&rows(there))), twice * apart(&both(here), &both(there))];
        let mut free = vec![true; there.len()];
        self.moved = here
            .iter()
            .filter_map(|token| {
                let other = (0..there.len()).find(|&other| free[other] && there[other].id == token.id)?;
                free[other] = false;
                let other = &there[other];
                Some(Moved {
                    text: token.text.clone(),
                    from: token.place,
                    to: other.place,
                    rows: apart(&token.row, &other.row),
                    sums: apart(&token.sum, &other.sum),
                })
            })
            .collect();
        let bag = |tokens: &[Placed]| {
            let mut rows: Vec<u32> = tokens.iter().map(|token| token.id).collect();
            rows.sort_unstable();
            rows
        };
        self.is_same_bag = bag(here) == bag(there);
        self
    }
}

impl Placed {
    fn of(
        (text, place): (String, usize),
        (id, table): (u32, &Table),
        factor: f32,
        position: Option<&[f32]>,
    ) -> Self {
        let row: Vec<f32> = table.row(id as usize).iter().map(|x| x * factor).collect();
        let sum = position.map_or_else(|| row.clone(), |position| sum(&row, position));
        Self { text, id, place, row, sum }
    }
}

fn apart(a: &[f32], b: &[f32]) -> f64 {
    f64::from(Metric::Euclidean.score(a, b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::lookup::positions::waves;

    fn matrix(words: &[&str], values: Vec<f32>) -> Matrix {
        let words = words.iter().map(ToString::to_string).collect();
        Matrix::untold(Table::from_f32(words, values, 2))
    }

    fn orders(text: &str, order: &[u8], positions: Option<Table>, factor: f32) -> Orders {
        let matrix = matrix(&["dog", "bites", "man"], vec![1.0, 2.0, -3.0, 4.0, 0.5, 0.25]);
        let positions = positions.map(|positions| Same(Arc::new(positions)));
        let asked = OrdersQuestion {
            text: text.into(),
            order: order.to_vec(),
            typed_special: false,
            positions,
            factor,
        };
        Orders::of(&matrix, &asked, &crate::progress::Unwatched).unwrap()
    }

    #[test]
    fn orders_are_the_same_bag_and_differ_once_positions_are_added() {
        let found = orders("dog bites man", &[2, 1, 0], Some(waves(2)), 2.0);
        assert!(found.is_same_bag && !found.is_same_order() && found.missing == 0 && !found.is_cut);
        assert_eq!(found.tokens[1][0].row, [1.0, 0.5], "rows are multiplied");
        assert_eq!(found.tokens[0][0].sum, [2.0, 5.0], "the first position is 0 and 1");
        assert!(found.means.iter().all(|apart| *apart < 1e-6), "{:?}", found.means);
        let moved: Vec<_> = found.moved.iter().map(|moved| (&*moved.text, moved.from, moved.to)).collect();
        assert_eq!(moved, [("dog", 0, 2), ("bites", 1, 1), ("man", 2, 0)]);
        assert!(
            found
                .moved
                .iter()
                .all(|moved| moved.rows == 0.0 && (moved.sums > 0.1) == (moved.from != moved.to))
        );
        assert!((found.full - 8.0).abs() < 1.1);
    }

    #[test]
    fn a_word_that_stands_twice_is_told_apart_by_place_and_what_has_no_row_is_counted() {
        let found = orders("dog dog cat", &[2, 1, 0], None, 1.0);
        assert_eq!((found.missing, found.moved.len(), found.is_same_bag), (1, 2, true));
        assert_eq!(found.moved.iter().map(|moved| moved.to).collect::<Vec<_>>(), [1, 2]);
        assert!(orders("cat", &[0], None, 1.0).is_empty());
        let one = Table::from_f32(vec!["0".to_owned()], vec![0.0, 1.0], 2);
        assert!(orders("dog man", &[1, 0], Some(one), 1.0).is_cut, "there is one position alone");
        assert!(orders("dog man", &[0, 1], None, 1.0).is_same_order());
        assert!(!orders("dog man ", &[1, 0], None, 1.0).goes_on);
        let long = "dog ".repeat(13);
        let found = orders(&long, &(0..12).rev().collect::<Vec<u8>>(), None, 1.0);
        assert!(found.goes_on && !found.is_cut && found.tokens[0].len() == 12);
        // A word without a row takes up its position all the same.
        let found = orders("dog cat man", &[0, 2, 1], Some(waves(2)), 1.0);
        let moved: Vec<_> = found.moved.iter().map(|moved| (moved.from, moved.to)).collect();
        assert_eq!((moved, found.missing), (vec![(0, 0), (2, 1)], 1));
        assert!(found.moved[0].sums == 0.0 && found.moved[1].sums > 0.1);
        assert!((found.tokens[0][1].sum[0] - (0.5 + 2_f32.sin())).abs() < 1e-6);
    }
}

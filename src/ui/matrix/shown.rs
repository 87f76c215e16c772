//! What is drawn of the matrix: its rows as they stand, and those that are marked.

use crate::app::State;
use crate::app::lookup::Matrix;
use crate::lookup::order::Standing;
use crate::scene::view::RowOrder;
use crate::ui::widgets;

/// The matrix in its order, and the rows that are marked.
pub struct Shown<'a> {
    pub state: &'a State,
    pub matrix: &'a Matrix,
    /// Rows of the sentence.
    pub marked: Vec<u32>,
    /// The row that was copied out last, while there are more to come.
    pub newest: Option<u32>,
    /// The row that stands for what is chosen anywhere.
    pub chosen: Option<u32>,
    standing: Standing<'a>,
    /// What the rows are sorted by, where that stands beside their names instead of their numbers.
    key: Option<&'static str>,
}

impl<'a> Shown<'a> {
    /// The matrix as the view wants it, or as it was sorted before while that is worked out.
    pub fn new(state: &'a State, matrix: &'a Matrix, marked: Vec<u32>, newest: Option<u32>) -> Self {
        let (lookup, view) = (state.derived().lookup(), &state.view().matrix);
        let standing = lookup.standing(view);
        // Until the rows are sorted anew their keys are those of the order before.
        let key = match view.order {
            RowOrder::Id => None,
            RowOrder::Norm => Some("norm"),
            RowOrder::Column => Some("value"),
            RowOrder::Direction | RowOrder::Likeness(_) => Some("cosine"),
        };
        let key = key.filter(|_| standing.0.is_some() && lookup.is_sorted(view));
        Self { state, matrix, marked, newest, chosen: lookup.chosen(), standing, key }
    }

    /// The row that stands at a place.
    pub fn row_at(&self, place: usize) -> u32 {
        self.standing.row_at(place)
    }

    /// The place at which a row stands.
    pub fn place_of(&self, row: u32) -> usize {
        self.standing.place_of(row)
    }

    /// What the numbers beside the names of rows are.
    pub fn heading(&self) -> &'static str {
        self.key.unwrap_or(if self.matrix.tokenizer.is_some() { "ID" } else { "row" })
    }

    /// What is written beside the name of a row: its number, or that by which it is sorted.
    pub fn beside(&self, row: u32) -> String {
        match self.standing.0.filter(|_| self.key.is_some()) {
            Some(order) => widgets::significant(f64::from(order.keys[row as usize])),
            None => row.to_string(),
        }
    }

    /// A number of a row as the file has it.
    pub fn value(&self, row: u32, column: usize) -> String {
        widgets::exact(self.matrix.table().row_as_stored(row as usize)[column])
    }

    /// The rows of the sentence, and the chosen one.
    pub fn strong(&self) -> impl Iterator<Item = u32> {
        self.marked.iter().copied().chain(self.chosen)
    }

    pub fn rows(&self) -> usize {
        self.matrix.table().rows()
    }

    pub fn dims(&self) -> usize {
        self.matrix.table().dims()
    }
}

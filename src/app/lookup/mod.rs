//! The lookup matrix and what is asked of it, worked out in the background as everything in [`super::derived`].

mod answers;
mod chosen;
mod matrix;
mod ordering;
mod orders;
mod picture;
mod positions;
mod sentence;

use std::sync::Arc;

use super::reading::Reading;
use crate::jobs::{Latest, Same, Slot, Wake};
use crate::lookup::order::Order;
use crate::scene::View;
use crate::scene::axes::{AxisReport, NamedAxis};
use crate::scene::document::{self, Document, DocumentSource};
use crate::scene::view::{MatrixRoom, MatrixSource, MatrixView, Page};
use crate::vectors::Table;

pub use answers::{ColumnEnds, Kin, SmallVocabulary};
use chosen::Chosen;
pub use matrix::Matrix;
use ordering::OrderQuestion;
use orders::OrdersQuestion;
pub use orders::{Moved, Orders, Placed};
pub use picture::Picture;
pub use positions::Learned;
pub use sentence::{Entry, Stack};

/// The sample that holds the matrix which comes with the program, and the tokenizer whose tokens its rows are.
pub const SHIPPED: &str = "minilm-input";

/// Rows in another order, or why they cannot be sorted so.
pub type Sorted = Result<Order, String>;

fn shipped() -> DocumentSource {
    DocumentSource::Sample(SHIPPED.to_owned())
}

/// The document on the map where its rows are those that the page is about, and not those that come with the program.
pub(super) fn other_than_shipped(
    source: MatrixSource,
    on_map: Option<&Arc<Document>>,
) -> Option<&Arc<Document>> {
    let is_model = |document: &&Arc<Document>| document.rows_are_tokens && document.tokenizer.is_some();
    let wanted = on_map.filter(|document| document.table.is_some() && document.source != shipped());
    match source {
        MatrixSource::Automatic => wanted.filter(is_model),
        MatrixSource::Map => wanted,
        MatrixSource::Shipped => None,
    }
}

/// The matrix and the newest answers about it.
pub struct Lookup {
    shipped: Latest<(), Result<Arc<Document>, String>>,
    matrix: Option<Matrix>,
    order: Latest<OrderQuestion, Sorted>,
    picture: Picture,
    stack: Latest<(Arc<str>, bool), Stack>,
    kin: Latest<u32, Kin>,
    column: Latest<u32, ColumnEnds>,
    direction: Latest<NamedAxis, AxisReport>,
    words: Latest<Arc<str>, SmallVocabulary>,
    positions: Latest<(), Result<Option<Learned>, String>>,
    orders: Latest<OrdersQuestion, Orders>,
    waves: Latest<usize, Table>,
    found: Latest<Arc<str>, Result<Vec<u32>, String>>,
    /// The row that stands for what is chosen, or for what was chosen before while that is looked for.
    chosen: Option<u32>,
    knows_chosen: bool,
    /// That row where it has to be found by a name.
    by_name: Latest<Chosen, Option<u32>>,
    tries: Latest<(), Vec<(&'static str, u32)>>,
}

impl Lookup {
    pub(super) fn new() -> Self {
        Self {
            shipped: Latest::new("Opening the matrix"),
            matrix: None,
            order: Latest::new("Sorting the rows"),
            picture: Picture::after(0),
            stack: Latest::new("Looking rows up"),
            kin: Latest::new("Neighbors by ID and by meaning"),
            column: Latest::new("Looking along a column"),
            direction: Latest::new("Looking along a direction"),
            words: Latest::new("A small vocabulary"),
            positions: Latest::new("Learned positions"),
            orders: Latest::new("Adding positions"),
            waves: Latest::new("Sinusoidal positions"),
            found: Latest::new("Finding a row"),
            chosen: None,
            knows_chosen: false,
            by_name: Latest::new("Finding what is chosen"),
            tries: Latest::new("Some words to try"),
        }
    }

    /// Asks for what the view needs and is not there yet. `document` is the one on the map.
    pub(super) fn ask(
        &mut self,
        view: &View,
        document: Option<&Arc<Document>>,
        reading: &Reading,
        wake: &Wake,
    ) {
        if view.page != Page::Matrix {
            return;
        }
        self.follow(view, document, reading, wake);
        let Some(matrix) = self.matrix.clone() else { return };
        self.choose(view, &matrix, document, reading, wake);
        self.ask_order(&view.matrix, &matrix, wake);
        self.ask_found(&view.matrix, &matrix, wake);
        match view.matrix.room {
            MatrixRoom::Rows => {
                let order = self.order_shown(&view.matrix).cloned();
                self.picture.ask(matrix.table(), order, wake);
                self.ask_stack(view, &matrix, wake);
            }
            MatrixRoom::OneHot => self.ask_words(&view.matrix, &matrix, wake),
            MatrixRoom::Weight => {}
            MatrixRoom::Ids => {
                self.ask_stack(view, &matrix, wake);
                self.ask_tries(&matrix, wake);
                self.ask_kin(&matrix, wake);
            }
            MatrixRoom::Position => self.ask_positions(view, &matrix, wake),
            MatrixRoom::Columns => self.ask_columns(&view.matrix, &matrix, wake),
        }
    }

    /// Turns to the matrix that the view wants; what was asked of another one is let go.
    fn follow(&mut self, view: &View, document: Option<&Arc<Document>>, reading: &Reading, wake: &Wake) {
        let shipped = shipped();
        let same = || document.filter(|document| document.table.is_some() && document.source == shipped);
        let found = match other_than_shipped(view.matrix.source, document).or_else(same) {
            Some(document) => Some(Arc::clone(document)),
            None => {
                self.shipped.ask((), wake, move |progress| {
                    Ok(document::open(&shipped, progress).map(Arc::new).map_err(|error| error.to_string()))
                });
                self.shipped.newest().and_then(|opened| opened.as_ref().as_ref().ok()).map(Arc::clone)
            }
        };
        let known = self.matrix.as_ref().map(|matrix| Same(Arc::clone(&matrix.document)));
        if known == found.clone().map(Same) {
            return;
        }
        self.let_go();
        self.matrix = found.and_then(|document| Matrix::of(document, reading));
    }

    /// Lets go of the matrix and of all that was asked of it.
    pub(super) fn let_go(&mut self) {
        let former = std::mem::replace(self, Self::new());
        (self.shipped, self.picture) = (former.shipped, Picture::after(former.picture.generation()));
    }

    fn ask_found(&mut self, view: &MatrixView, matrix: &Matrix, wake: &Wake) {
        let wanted = view.find.trim();
        if wanted.is_empty() {
            self.found.clear();
            return;
        }
        let (names, wanted): (_, Arc<str>) = (matrix.names.clone(), wanted.into());
        let numbers = if matrix.tokenizer.is_some() { "IDs" } else { "Rows" };
        self.found.ask(Arc::clone(&wanted), wake, move |_| {
            // A number may be a token too: then both rows are meant.
            let rows = names.table().rows();
            let typed = wanted.parse::<u64>().ok();
            let number = typed.filter(|row| *row < rows as u64).map(|row| row as u32);
            let found = names.find_or_near(&wanted).map_err(|unknown| unknown.to_string());
            Ok(match (found, number) {
                (Ok(row), Some(number)) if row != number => Ok(vec![row, number]),
                (Ok(row), _) | (Err(_), Some(row)) => Ok(vec![row]),
                (Err(_), None) if typed.is_some() => Err(format!("{numbers} go from 0 to {}.", rows - 1)),
                (Err(said), None) => Err(said),
            })
        });
    }

    /// The matrix that the page is about, once it is open.
    pub fn matrix(&self) -> Option<&Matrix> {
        self.matrix.as_ref()
    }

    /// Lets work be asked for again that was given up.
    pub(super) fn try_again(&mut self) {
        self.slots_mut().for_each(Slot::try_again);
    }

    /// Whether something that was asked for last was given up.
    pub fn gave_up(&self) -> bool {
        self.slots().any(Slot::gave_up)
    }

    /// Why the matrix that comes with the program could not be opened.
    pub fn problem(&self) -> Option<&str> {
        self.shipped.newest()?.as_ref().as_ref().err().map(String::as_str)
    }

    /// The row of the matrix that stands for what is chosen: a token, or a word of the map. That of what was chosen before while
    /// it is looked for.
    pub fn chosen(&self) -> Option<u32> {
        self.chosen
    }

    /// Whether [`Lookup::chosen`] is the row of what is chosen now.
    pub fn knows_chosen(&self) -> bool {
        self.knows_chosen
    }

    /// Words that most vocabularies have, and their rows.
    pub fn tries(&self) -> &[(&'static str, u32)] {
        self.tries.newest().map_or(&[], |tries| tries)
    }

    /// The matrix as a picture.
    pub fn picture(&self) -> &Picture {
        &self.picture
    }

    pub(super) fn picture_mut(&mut self) -> &mut Picture {
        &mut self.picture
    }

    /// The row that is looked for by its name, then that of this number, or what is said of a name that no row has.
    pub fn found(&self, view: &MatrixView) -> Option<&Result<Vec<u32>, String>> {
        self.found.answer_to(&view.find.trim().into()).map(AsRef::as_ref)
    }

    /// The rows of the very text of a view, once they were looked up.
    pub fn stack_of(&self, view: &View) -> Option<&Arc<Stack>> {
        self.stack.answer_to(&(Arc::clone(&view.tokens.text), view.tokens.typed_special))
    }

    /// The sentence's rows; those of the sentence before while they are looked up.
    pub fn stack(&self) -> Option<&Arc<Stack>> {
        self.stack.newest()
    }

    /// The neighbors of the chosen row by ID and by meaning.
    pub fn kin(&self) -> Option<&Arc<Kin>> {
        self.chosen().and_then(|row| self.kin.answer_to(&row))
    }

    /// The ends of a column; those of the one before while they are looked for.
    pub fn column(&self) -> Option<&Arc<ColumnEnds>> {
        self.column.newest()
    }

    /// What the direction comes to; the one before while it is worked out.
    pub fn direction(&self) -> Option<&Arc<AxisReport>> {
        self.direction.newest()
    }

    /// The small vocabulary of one-hot vectors.
    pub fn words(&self) -> Option<&Arc<SmallVocabulary>> {
        self.words.newest()
    }

    /// The learned positions of the model, nothing where it has none, or what is wrong with them; nothing at all while they
    /// are looked for.
    pub fn positions(&self) -> Option<&Result<Option<Learned>, String>> {
        self.positions.newest().map(AsRef::as_ref)
    }

    /// The sentence in two orders.
    pub fn orders(&self) -> Option<&Arc<Orders>> {
        self.orders.newest()
    }

    /// The sinusoidal vectors of the first positions, as wide as the rows.
    pub fn waves(&self) -> Option<&Arc<Table>> {
        self.waves.newest()
    }

    pub(super) fn slots(&self) -> impl Iterator<Item = &dyn Slot> {
        let Self {
            shipped,
            order,
            picture,
            stack,
            kin,
            column,
            direction,
            words,
            positions,
            orders,
            waves,
            found,
            by_name,
            tries,
            matrix: _,
            chosen: _,
            knows_chosen: _,
        } = self;
        let own: [&dyn Slot; 13] = [
            shipped, order, stack, kin, column, direction, words, positions, orders, waves, found, by_name,
            tries,
        ];
        own.into_iter().chain(picture.slots())
    }

    pub(super) fn slots_mut(&mut self) -> impl Iterator<Item = &mut dyn Slot> {
        let Self {
            shipped,
            order,
            picture,
            stack,
            kin,
            column,
            direction,
            words,
            positions,
            orders,
            waves,
            found,
            by_name,
            tries,
            matrix: _,
            chosen: _,
            knows_chosen: _,
        } = self;
        let own: [&mut dyn Slot; 13] = [
            shipped, order, stack, kin, column, direction, words, positions, orders, waves, found, by_name,
            tries,
        ];
        own.into_iter().chain(picture.slots_mut())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::no_wake;
    use crate::progress::Cancelled;

    #[test]
    fn work_that_was_given_up_is_known_until_it_is_tried_again() {
        let mut lookup = Lookup::new();
        assert!(!lookup.gave_up());
        lookup.words.ask("cat".into(), &no_wake(), |progress| {
            while !progress.is_cancelled() {
                std::thread::yield_now();
            }
            Err(Cancelled)
        });
        lookup.slots_mut().for_each(Slot::cancel);
        assert!(lookup.gave_up());
        lookup.try_again();
        assert!(!lookup.gave_up());
    }

    #[test]
    fn another_matrix_has_none_of_the_answers_about_the_one_before() {
        let mut lookup = Lookup::new();
        lookup.kin.ask(3, &no_wake(), |_| Ok(Kin { row: 3, ..Kin::default() }));
        lookup.slots_mut().for_each(Slot::settle);
        for slot in lookup.slots_mut() {
            slot.tick().unwrap();
        }
        lookup.chosen = Some(3);
        assert!(lookup.kin().is_some());
        let before = lookup.picture().generation();
        lookup.let_go();
        assert!(lookup.kin.newest().is_none() && lookup.chosen().is_none());
        assert_ne!(lookup.picture().generation(), before, "tiles from before are of another picture");
    }
}

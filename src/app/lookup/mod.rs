//! The lookup matrix and what is asked of it, worked out in the background as everything in [`super::derived`].

mod answers;
mod matrix;
mod picture;
mod sentence;

use std::sync::Arc;

use super::chain;
use super::reading::Reading;
use crate::jobs::{Latest, Same, Slot, Wake};
use crate::lookup::order::{Key, Order, order};
use crate::scene::View;
use crate::scene::axes::{AxisReport, NamedAxis};
use crate::scene::document::{self, Document, DocumentSource};
use crate::scene::names::RowNames;
use crate::scene::view::{ChosenToken, DocumentId, MatrixRoom, MatrixSource, MatrixView, Page, RowOrder};
use crate::tokens::Tokenizer;
use crate::vectors::Table;

pub use answers::{ColumnEnds, Kin, SmallVocabulary};
pub use matrix::Matrix;
pub use picture::Picture;
pub use sentence::{Entry, Learned, Placed, Stack};

/// The sample that holds the matrix which comes with the program, and the tokenizer whose tokens its rows are.
pub const SHIPPED: &str = "minilm-input";

/// Rows in another order, or why they cannot be sorted so.
pub type Sorted = Result<Order, String>;

/// What an order is asked by: the words of a direction count where it goes along one, the column where it is one.
#[derive(Clone, PartialEq)]
struct OrderQuestion {
    by: RowOrder,
    column: u32,
    axis: Option<NamedAxis>,
    ascending: bool,
}

impl OrderQuestion {
    fn of(view: &MatrixView) -> Option<Self> {
        let by = view.order;
        let column = if by == RowOrder::Column { view.column } else { 0 };
        let axis = (by == RowOrder::Direction).then(|| view.direction.axis());
        (by != RowOrder::Id || view.ascending).then_some(Self { by, column, axis, ascending: view.ascending })
    }
}

/// What is chosen anywhere: a token, and whether its tokenizer is loaded, or a row of the document on the map.
type Chosen = (Option<ChosenToken>, bool, DocumentId, Option<u32>);

/// The matrix and the newest answers about it.
pub struct Lookup {
    shipped: Latest<(), Result<Arc<Document>, String>>,
    matrix: Option<Matrix>,
    order: Latest<OrderQuestion, Sorted>,
    picture: Picture,
    stack: Latest<Arc<str>, Stack>,
    kin: Latest<u32, Kin>,
    column: Latest<u32, ColumnEnds>,
    direction: Latest<NamedAxis, AxisReport>,
    words: Latest<Arc<str>, SmallVocabulary>,
    positions: Latest<(), Result<Option<Learned>, String>>,
    placed: Latest<(Arc<str>, Vec<u8>), Placed>,
    waves: Latest<usize, Table>,
    found: Latest<Arc<str>, Result<u32, String>>,
    /// What is chosen, whether its tokenizer was there, and the row that stands for it.
    chosen: Option<(Chosen, Option<u32>)>,
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
            placed: Latest::new("Adding positions"),
            waves: Latest::new("Sinusoidal positions"),
            found: Latest::new("Finding a row"),
            chosen: None,
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
        self.choose(view, &matrix, document, reading);
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
                self.ask_kin(&matrix, wake);
            }
            MatrixRoom::Position => self.ask_positions(&view.matrix, &matrix, wake),
            MatrixRoom::Columns => self.ask_columns(&view.matrix, &matrix, wake),
        }
    }

    /// Turns to the matrix that the view wants; what was asked of another one is let go.
    fn follow(&mut self, view: &View, document: Option<&Arc<Document>>, reading: &Reading, wake: &Wake) {
        let on_map = document.filter(|document| document.table.is_some());
        let is_model = |document: &&Arc<Document>| document.rows_are_tokens && document.tokenizer.is_some();
        let wanted = match view.matrix.source {
            MatrixSource::Automatic => on_map.filter(is_model),
            MatrixSource::Map => on_map,
            MatrixSource::Shipped => None,
        };
        let shipped = DocumentSource::Sample(SHIPPED.to_owned());
        let found = match wanted.or(on_map.filter(|document| document.source == shipped)) {
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

    /// Finds the row that stands for what is chosen, where that changed: names may have to be looked through.
    fn choose(&mut self, view: &View, matrix: &Matrix, document: Option<&Arc<Document>>, reading: &Reading) {
        let token = view.tokens.chosen.clone();
        let is_loaded = token.as_ref().is_some_and(|token| reading.tokenizer(&token.tokenizer).is_some());
        let chosen = (token, is_loaded, view.document, view.map.selection.focus());
        if self.chosen.as_ref().is_none_or(|(known, _)| *known != chosen) {
            let row = self.chosen_of(view, matrix, document, reading);
            self.chosen = Some((chosen, row));
        }
    }

    /// The row of the matrix that stands for what is chosen anywhere.
    fn chosen_of(
        &self,
        view: &View,
        matrix: &Matrix,
        document: Option<&Arc<Document>>,
        reading: &Reading,
    ) -> Option<u32> {
        if let Some(token) = &view.tokens.chosen {
            return self.row_of(matrix, token, reading.tokenizer(&token.tokenizer));
        }
        let row = view.map.selection.focus()?;
        let document = document?;
        if Arc::ptr_eq(document, &matrix.document) {
            return Some(row);
        }
        let word = document.names()?.shown(row);
        matrix.names.find(word.trim_matches('·'))
    }

    /// Lets go of the matrix and of all that was asked of it.
    pub(super) fn let_go(&mut self) {
        (self.matrix, self.chosen) = (None, None);
        self.order.clear();
        self.picture = Picture::after(self.picture.generation());
        self.stack.clear();
        self.kin.clear();
        self.column.clear();
        self.direction.clear();
        self.words.clear();
        self.positions.clear();
        self.placed.clear();
        self.waves.clear();
        self.found.clear();
    }

    fn ask_order(&mut self, view: &MatrixView, matrix: &Matrix, wake: &Wake) {
        let Some(question) = OrderQuestion::of(view) else {
            self.order.clear();
            return;
        };
        let (names, asked) = (matrix.names.clone(), question.clone());
        self.order.ask(question, wake, move |progress| {
            let table = names.table();
            let key = match key(&names, &asked) {
                Ok(key) => key,
                Err(said) => return Ok(Err(said)),
            };
            match key {
                Some(key) => order(table, &key, asked.ascending, progress).map(Ok),
                // From the last ID to the first.
                None => Ok(Ok(Order::backward(table.rows()))),
            }
        });
    }

    fn ask_found(&mut self, view: &MatrixView, matrix: &Matrix, wake: &Wake) {
        let wanted = view.find.trim();
        if wanted.is_empty() {
            self.found.clear();
            return;
        }
        let (names, wanted): (_, Arc<str>) = (matrix.names.clone(), wanted.into());
        self.found.ask(Arc::clone(&wanted), wake, move |_| {
            // A number is a row's own number, unless some row is called so.
            let number = wanted.parse().ok().filter(|row: &u32| (*row as usize) < names.table().rows());
            let found = names.find_or_near(&wanted).map_err(|unknown| unknown.to_string());
            Ok(found.or_else(|said| number.ok_or(said)))
        });
    }

    /// The matrix that the page is about, once it is open.
    pub fn matrix(&self) -> Option<&Matrix> {
        self.matrix.as_ref()
    }

    /// Lets work be asked for again that was given up.
    pub(super) fn try_again(&mut self) {
        let Self {
            shipped,
            order,
            stack,
            kin,
            column,
            direction,
            words,
            positions,
            placed,
            waves,
            found,
            picture,
            ..
        } = self;
        shipped.try_again();
        order.try_again();
        stack.try_again();
        kin.try_again();
        column.try_again();
        direction.try_again();
        words.try_again();
        positions.try_again();
        placed.try_again();
        waves.try_again();
        found.try_again();
        picture.try_again();
    }

    /// Why the matrix that comes with the program is not there, and does not come.
    pub fn problem(&self) -> Option<&str> {
        if self.shipped.gave_up() {
            return Some("Opening the matrix was given up. Choose a room above to open it after all.");
        }
        self.shipped.newest()?.as_ref().as_ref().err().map(String::as_str)
    }

    /// The row of the matrix that stands for what is chosen: a token, or a word of the map.
    pub fn chosen(&self) -> Option<u32> {
        self.chosen.as_ref().and_then(|(_, row)| *row)
    }

    /// The row of a token of any tokenizer in a matrix: that of its ID where rows are this tokenizer's, or that of its name.
    pub fn row_of(
        &self,
        matrix: &Matrix,
        token: &ChosenToken,
        tokenizer: Option<&Arc<Tokenizer>>,
    ) -> Option<u32> {
        match &matrix.tokenizer {
            Some((_, name)) if *name == token.tokenizer => {
                Some(token.id).filter(|id| (*id as usize) < matrix.table().rows())
            }
            _ => chain::row_of(matrix.table(), tokenizer?, token),
        }
    }

    /// The order that the view wants, or the one before while it is worked out; nothing where rows stand by their IDs.
    pub fn order_shown(&self, view: &MatrixView) -> Option<&Arc<Sorted>> {
        OrderQuestion::of(view)?;
        self.order.newest()
    }

    /// Whether the rows stand as the view wants them.
    pub fn is_sorted(&self, view: &MatrixView) -> bool {
        OrderQuestion::of(view).is_none_or(|question| self.order.answer_to(&question).is_some())
    }

    /// Whether sorting was given up.
    pub fn gave_up_sorting(&self) -> bool {
        self.order.gave_up()
    }

    /// Whether the rows are being sorted.
    pub fn is_sorting(&self) -> bool {
        self.order.progress().is_some()
    }

    /// The matrix as a picture.
    pub fn picture(&self) -> &Picture {
        &self.picture
    }

    pub(super) fn picture_mut(&mut self) -> &mut Picture {
        &mut self.picture
    }

    /// The row that is looked for by its name, or what is said of a name that no row has.
    pub fn found(&self, view: &MatrixView) -> Option<&Result<u32, String>> {
        self.found.answer_to(&view.find.trim().into()).map(AsRef::as_ref)
    }

    /// The rows of this very text, once they were looked up.
    pub fn stack_of(&self, text: &Arc<str>) -> Option<&Arc<Stack>> {
        self.stack.answer_to(text)
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
    pub fn placed(&self) -> Option<&Arc<Placed>> {
        self.placed.newest()
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
            placed,
            waves,
            found,
            ..
        } = self;
        let own: [&dyn Slot; 11] =
            [shipped, order, stack, kin, column, direction, words, positions, placed, waves, found];
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
            placed,
            waves,
            found,
            ..
        } = self;
        let own: [&mut dyn Slot; 11] =
            [shipped, order, stack, kin, column, direction, words, positions, placed, waves, found];
        own.into_iter().chain(picture.slots_mut())
    }
}

/// The key that rows are sorted by, nothing for their IDs; or why there is none.
fn key(names: &RowNames, asked: &OrderQuestion) -> Result<Option<Key>, String> {
    let table = names.table();
    Ok(Some(match asked.by {
        RowOrder::Id => return Ok(None),
        RowOrder::Norm => Key::Norm,
        RowOrder::Column => Key::Column((asked.column as usize).min(table.dims() - 1)),
        RowOrder::Likeness(row) if (row as usize) < table.rows() => Key::Likeness(row),
        RowOrder::Likeness(row) => return Err(format!("There is no row {row} in this matrix.")),
        RowOrder::Direction => {
            let axis = asked.axis.clone().unwrap_or_default();
            let direction = AxisReport::direction(names, &axis);
            Key::Direction(direction.ok_or(
                "These words make no direction: both ends need one that the matrix has, and they must differ.",
            )?)
        }
    }))
}

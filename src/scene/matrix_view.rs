//! What a person chose to see of a lookup matrix, and of what becomes of its rows.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::axes::NamedAxis;

/// The lookup matrix and what is asked of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MatrixView {
    /// What the page shows.
    pub room: MatrixRoom,
    pub source: MatrixSource,
    pub order: RowOrder,
    /// Whether the least comes first.
    pub ascending: bool,
    pub frame: MatrixFrame,
    /// The name of the row that is looked for, as it is typed.
    pub find: Arc<str>,
    /// How many of the sentence's rows are copied out; all of them where nothing is said.
    pub copied: Option<u32>,
    /// The column that is looked into, counted from 0.
    pub column: u32,
    /// The words at the ends of the direction that is looked along.
    pub direction: Ends,
    pub one_hot: OneHotView,
    pub weight: WeightView,
    pub position: PositionView,
}

/// What the page for the matrix shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MatrixRoom {
    /// The matrix as a picture, and the sentence's rows copied out of it.
    #[default]
    Rows,
    /// The same lookup as a product with one-hot vectors.
    OneHot,
    /// How many numbers and bytes it is.
    Weight,
    /// Neighbors by ID against neighbors by meaning.
    Ids,
    /// What positions add to rows.
    Position,
    /// What a single column means, against a direction.
    Columns,
}

/// Which matrix the page is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MatrixSource {
    /// That of the open model where there is one on the map, and otherwise the one that comes with the program.
    #[default]
    Automatic,
    /// The one that comes with the program.
    Shipped,
    /// The table on the map, whatever its rows are.
    Map,
}

/// By what the rows are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RowOrder {
    #[default]
    Id,
    Norm,
    /// By one column: [`MatrixView::column`].
    Column,
    /// By the cosine with a direction: [`MatrixView::direction`].
    Direction,
    /// By the cosine with a row.
    Likeness(u32),
}

/// What of the picture is seen.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MatrixFrame {
    /// The place of the row and of the column in the middle of what is seen.
    pub row: f64,
    pub column: f64,
    /// How high and how wide a number is drawn, in points of the screen; below 1, several share a point.
    pub height: f32,
    pub width: f32,
}

impl MatrixFrame {
    /// The least and the greatest size of a number, in points of the screen.
    pub const SIZES: [f32; 2] = [1.0 / 8192.0, 64.0];

    /// The size of a number that is written in its cell, in points of the screen.
    pub const LEGIBLE: [f32; 2] = [52.0, 20.0];

    /// This frame within its bounds.
    #[must_use]
    pub fn sound(self) -> Self {
        let usual = Self::default();
        let size = |size: f32, usual: f32| {
            if size.is_finite() { size.clamp(Self::SIZES[0], Self::SIZES[1]) } else { usual }
        };
        let place = |place: f64| if place.is_finite() { place.clamp(0.0, 1e10) } else { 0.0 };
        Self {
            row: place(self.row),
            column: place(self.column),
            height: size(self.height, usual.height),
            width: size(self.width, usual.width),
        }
    }
}

impl Default for MatrixFrame {
    fn default() -> Self {
        // The first rows of most vocabularies are control, bytes and letters: words begin about here.
        Self { row: 2_000.0, column: 0.0, height: 20.0, width: 4.0 }
    }
}

/// The words at both ends of a direction, as they are typed: separated by commas.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ends {
    pub from: Arc<str>,
    pub to: Arc<str>,
}

impl Ends {
    /// The direction as an axis.
    #[must_use]
    pub fn axis(&self) -> NamedAxis {
        NamedAxis::typed(&self.from, &self.to)
    }
}

impl Default for Ends {
    fn default() -> Self {
        Self { from: "he, man, boy".into(), to: "she, woman, girl".into() }
    }
}

/// A small vocabulary, and the step of the product that is seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OneHotView {
    /// The words, as they are typed.
    pub words: Arc<str>,
    /// Which of them is looked up.
    pub word: u32,
    /// How many rows of the matrix were multiplied and added; all of them where nothing is said.
    pub step: Option<u32>,
}

impl OneHotView {
    /// The most words that are taken.
    pub const MOST: usize = 12;
}

impl Default for OneHotView {
    fn default() -> Self {
        Self { words: "cat dog kitten car truck king queen".into(), word: 0, step: None }
    }
}

/// A matrix of any size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WeightView {
    pub rows: u32,
    pub dims: u32,
    /// In how many bits each number is stored.
    pub bits: u8,
}

impl WeightView {
    /// The greatest vocabulary and the greatest width of a row.
    pub const MOST: [u32; 2] = [1_000_000, 32_768];
    /// In how many bits numbers are stored.
    pub const BITS: [u8; 4] = [32, 16, 8, 4];
}

impl Default for WeightView {
    fn default() -> Self {
        Self { rows: 50_257, dims: 512, bits: 32 }
    }
}

/// The text's first words in another order, and positions that are added to their rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PositionView {
    /// The other order: which of the words stands at each place. From the last to the first where this is no order
    /// of all of them.
    pub order: Vec<u8>,
    pub kind: PositionKind,
    /// Whether rows are multiplied by √d before sinusoidal positions are added, as in the paper.
    pub scaled: bool,
    /// The position to which a row is turned.
    pub at: u32,
    /// Whether columns i and i + d/2 are turned together, and not neighbors.
    pub halves: bool,
}

impl PositionView {
    /// The most words that are put in another order.
    pub const MOST: usize = 12;

    /// The words of a text that are put in another order: the first ones.
    pub fn words(text: &str) -> Vec<&str> {
        let start = crate::tokens::beginning(text, MatrixView::LONGEST);
        let mut words: Vec<&str> = start.split_whitespace().collect();
        if words.len() > 1 && text[start.len()..].starts_with(|next: char| !next.is_whitespace()) {
            // The last one goes on behind what is looked at.
            words.pop();
        }
        words.truncate(Self::MOST);
        words
    }

    /// The other order of so many words.
    #[must_use]
    pub fn other(&self, count: usize) -> Vec<u8> {
        let mut sorted = self.order.clone();
        sorted.sort_unstable();
        if sorted.iter().copied().eq(0..count as u8) {
            return self.order.clone();
        }
        (0..count as u8).rev().collect()
    }
}

impl Default for PositionView {
    fn default() -> Self {
        Self { order: Vec::new(), kind: PositionKind::default(), scaled: true, at: 4, halves: false }
    }
}

/// How a model is told positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PositionKind {
    /// Sines and cosines, added.
    #[default]
    Sinusoidal,
    /// Rows of a second matrix that was learned, added.
    Learned,
    /// Pairs of numbers, turned.
    Rotary,
}

impl MatrixView {
    /// The longest text in one of its fields, in characters; and as many bytes of the text are looked at for words.
    pub const LONGEST: usize = 400;

    /// The same within the bounds that the program keeps.
    #[must_use]
    pub fn sound(mut self) -> Self {
        let beginning = |text: &Arc<str>| text.chars().take(Self::LONGEST).collect::<String>().into();
        self.frame = self.frame.sound();
        self.find = beginning(&self.find);
        self.direction = Ends { from: beginning(&self.direction.from), to: beginning(&self.direction.to) };
        self.one_hot.words = beginning(&self.one_hot.words);
        self.position.order.truncate(PositionView::MOST);
        self.position.at = self.position.at.min(100_000);
        self.weight.rows = self.weight.rows.clamp(1, WeightView::MOST[0]);
        self.weight.dims = self.weight.dims.clamp(1, WeightView::MOST[1]);
        if !WeightView::BITS.contains(&self.weight.bits) {
            self.weight.bits = WeightView::default().bits;
        }
        self
    }

    /// Lets go of what is said by the number of a row: in another matrix that is another word.
    pub fn forget_rows(&mut self) {
        if matches!(self.order, RowOrder::Likeness(_)) {
            self.order = RowOrder::Id;
        }
    }

    /// Whether nothing but where one looks differs.
    #[must_use]
    pub fn has_moved(&self, before: &Self) -> bool {
        self.frame != before.frame && *before == Self { frame: before.frame, ..self.clone() }
    }

    /// Whether nothing differs but what one gesture changes: where one looks, a number on a rail, or what stands in one field.
    #[must_use]
    pub fn is_moved_on(&self, before: &Self) -> bool {
        let moves: [fn(&mut Self, &Self); 11] = [
            |now, before| now.position.order.clone_from(&before.position.order),
            |now, before| now.find = Arc::clone(&before.find),
            |now, before| now.frame = before.frame,
            |now, before| now.copied = before.copied,
            |now, before| now.column = before.column,
            |now, before| now.weight.rows = before.weight.rows,
            |now, before| now.weight.dims = before.weight.dims,
            |now, before| now.one_hot.step = before.one_hot.step,
            |now, before| now.one_hot.words = Arc::clone(&before.one_hot.words),
            |now, before| now.position.at = before.position.at,
            |now, before| {
                let (from, to) = (&now.direction.from, &now.direction.to);
                if *from == before.direction.from || *to == before.direction.to {
                    now.direction = before.direction.clone();
                }
            },
        ];
        moves.iter().any(|put_back| {
            let mut now = self.clone();
            put_back(&mut now, before);
            // Whatever is done may bring something into view.
            now.frame = before.frame;
            now == *before
        })
    }
}

impl Default for MatrixView {
    fn default() -> Self {
        Self {
            room: MatrixRoom::default(),
            source: MatrixSource::default(),
            order: RowOrder::default(),
            ascending: false,
            frame: MatrixFrame::default(),
            find: "".into(),
            copied: None,
            column: 0,
            direction: Ends::default(),
            one_hot: OneHotView::default(),
            weight: WeightView::default(),
            position: PositionView::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_from_a_damaged_file_is_brought_within_bounds() {
        let text = r#"{"frame": {"row": -3.0, "height": 1e9, "width": 0.0}, "weight": {"rows": 0, "dims": 4000000},
            "position": {"order": [9, 9, 9, 9], "at": 4000000000}, "order": {"likeness": 4000000000}}"#;
        let view = serde_json::from_str::<MatrixView>(text).unwrap().sound();
        let [least, most] = MatrixFrame::SIZES;
        assert_eq!(view.frame, MatrixFrame { row: 0.0, column: 0.0, height: most, width: least });
        assert_eq!(view.weight, WeightView { rows: 1, dims: WeightView::MOST[1], bits: 32 });
        assert_eq!(view.position.other(3), [2, 1, 0], "what is no order of the words is not used");
        let written = serde_json::to_string(&view).unwrap();
        assert_eq!(serde_json::from_str::<MatrixView>(&written).unwrap(), view);
    }

    #[test]
    fn the_first_words_of_a_text_are_whole_ones() {
        assert_eq!(PositionView::words("dog bites  man"), ["dog", "bites", "man"]);
        assert_eq!(PositionView::words(&"word ".repeat(100)).len(), PositionView::MOST);
        // What is looked at ends within the second word, or behind it.
        let word = "a".repeat(MatrixView::LONGEST - 10);
        let within = format!("{word} {}", "b".repeat(MatrixView::LONGEST * 3));
        assert_eq!(PositionView::words(&within), [&*word]);
        let behind = format!("{word} bbbbbbbbb cccc");
        assert_eq!(PositionView::words(&behind)[1], "bbbbbbbbb");
        assert_eq!(
            PositionView::words(&"a".repeat(4_000)).len(),
            1,
            "a single one is shown as far as it is read"
        );
    }

    #[test]
    fn one_gesture_changes_one_thing() {
        let before = MatrixView::default();
        let frame = MatrixFrame { row: 7.0, ..before.frame };
        let moved = MatrixView { frame, ..before.clone() };
        assert!(moved.is_moved_on(&before));
        assert!(!MatrixView { room: MatrixRoom::Ids, ..moved.clone() }.is_moved_on(&before));
        // Whatever is done may bring something into view; two things are two gestures.
        let both = MatrixView { column: 3, ..moved };
        assert!(both.is_moved_on(&before));
        assert!(!MatrixView { copied: Some(1), ..both }.is_moved_on(&before));
        let typed = Ends { to: "she".into(), ..Ends::default() };
        assert!(MatrixView { direction: typed, ..before.clone() }.is_moved_on(&before));
        let swapped = Ends { from: before.direction.to.clone(), to: before.direction.from.clone() };
        assert!(!MatrixView { direction: swapped, ..before.clone() }.is_moved_on(&before));
    }
}

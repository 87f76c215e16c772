//! What a person chose to see, as small plain data.
//!
//! A [`View`] is all that undo, sessions and lessons need to store. It holds choices only: what follows from a choice
//! and a file (coordinates, neighbors, clusters) is derived elsewhere and never kept here.

use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};

use super::axes::NamedAxes;
use super::choice::within;
use super::density::DensityChoice;
use super::evaluation::EvaluationChoice;
use super::relation::RelationChoice;
use super::row_set::RowSet;
use super::subset::Subset;

pub use super::choice::{ClusterChoice, MOST_CLUSTERS, PERPLEXITIES, ProjectionChoice, UMAP_NEIGHBORS};
pub use super::matrix_view::{
    Ends, MatrixFrame, MatrixRoom, MatrixSource, MatrixView, OneHotView, PositionKind, PositionView,
    RowOrder, WeightView,
};
pub use super::token_view::{
    ChatView, ChosenToken, LanguageChoice, LetterChoice, Measure, Room, TokenMarks, TokenView,
};
pub use super::training_view::{Asked, Recipe, TrainingText, TrainingView, VocabularySize};

use crate::geometry::Metric;
use crate::geometry::projection::Layout;

/// Names an open document for as long as the program runs; never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct DocumentId(pub u32);

/// Everything that a person chose to see.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct View {
    /// The document on the map.
    pub document: DocumentId,
    /// The document that it is compared with. A session names it by its source.
    #[serde(skip)]
    pub compared: Option<DocumentId>,
    /// Whether that one's map is shown beside this one's.
    #[serde(skip)]
    pub beside: bool,
    pub map: MapView,
    pub tokens: TokenView,
    pub matrix: MatrixView,
    pub panels: Panels,
    pub page: Page,
}

/// What fills the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Page {
    #[default]
    Map,
    /// One text under many tokenizers, with all that is known of how it is cut.
    Tokens,
    /// The lookup matrix: IDs become rows, and positions are added.
    Matrix,
}

/// The choices that belong to the document on the map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MapView {
    pub projection: ProjectionChoice,
    /// The two components on the axes, counted from 0.
    pub axes: [usize; 2],
    /// How components become places, where there are more than two to choose from; see [`MapView::shown_layout`].
    pub layout: Layout,
    /// Where the camera looks; `None` shows everything.
    pub framing: Option<Framing>,
    pub metric: Metric,
    /// How many nearest words are listed and joined by lines.
    pub neighbors: usize,
    pub neighbor_lines: bool,
    pub color: ColorBy,
    pub clustering: ClusterChoice,
    pub labels: LabelChoice,
    pub density: DensityChoice,
    /// Diameter of a point, in points of the screen.
    pub point_size: f32,
    pub selection: Selection,
    /// Which rows have a point.
    pub subset: Subset,
    pub analogy: Option<AnalogyQuestion>,
    /// Pairs that are all shown at once as arrows.
    pub relation: Option<RelationChoice>,
    /// Axes that are named by words, and whether the map is laid out along them instead of by the projection.
    pub named: NamedAxes,
    /// A formula of words, such as `king - man + woman`.
    pub formula: Option<String>,
    pub evaluation: EvaluationChoice,
}

impl Default for MapView {
    fn default() -> Self {
        Self {
            projection: ProjectionChoice::default(),
            axes: [0, 1],
            layout: Layout::Flat,
            framing: None,
            metric: Metric::Cosine,
            neighbors: 10,
            neighbor_lines: true,
            color: ColorBy::default(),
            clustering: ClusterChoice::default(),
            labels: LabelChoice::default(),
            density: DensityChoice::default(),
            point_size: 7.0,
            selection: Selection::default(),
            subset: Subset::default(),
            analogy: None,
            relation: None,
            named: NamedAxes::default(),
            formula: None,
            evaluation: EvaluationChoice::default(),
        }
    }
}

/// The most nearest words that are listed for one word.
pub const MOST_NEIGHBORS: usize = 100;
/// The least and the greatest diameter of a point, in points of the screen.
pub const POINT_SIZES: [f32; 2] = [1.0, 30.0];
/// The least and the greatest height of the letters of a label, in points of the screen.
pub const LETTER_SIZES: [f32; 2] = [8.0, 40.0];
/// How much closer than the whole map the camera goes.
pub const MOST_ZOOM: f64 = 10_000.0;
/// How far the camera steps back from the whole map.
const LEAST_ZOOM: f64 = 0.2;

impl MapView {
    /// How the components of the map become places: flat where points are moved to two coordinates, or axes have names.
    #[must_use]
    pub fn shown_layout(&self) -> Layout {
        let flat = self.named.on_map || self.projection.method.is_iterative();
        if flat { Layout::Flat } else { self.layout }
    }

    /// The same choices brought within their bounds, for a table of `rows` × `dims`: a view may come from a file that was
    /// written by hand, or for another table.
    #[must_use]
    pub fn sound(mut self, rows: usize, dims: usize) -> Self {
        self.projection = self.projection.sound();
        let components = self.projection.components(dims);
        if self.axes[0] == self.axes[1] || self.axes.iter().any(|&axis| axis >= components) {
            self.axes = [0, 1];
        }
        self.layout = self.layout.sound();
        if self.selection.rows.max().is_some_and(|row| row as usize >= rows) {
            self.selection = Selection::default();
        }
        self.selection = Selection::new(self.selection.rows().clone(), self.selection.focus);
        self.subset = self.subset.sound(rows);
        self.framing = self.framing.and_then(Framing::sound);
        self.neighbors = self.neighbors.clamp(1, MOST_NEIGHBORS);
        self.clustering = self.clustering.sound();
        self.named = self.named.sound();
        self.relation = self.relation.map(RelationChoice::sound);
        self.density = self.density.sound();
        self.labels.size = within(self.labels.size, LETTER_SIZES, LabelChoice::default().size);
        self.point_size = within(self.point_size, POINT_SIZES, Self::default().point_size);
        self
    }
}

impl Framing {
    /// This framing if it can be drawn, within the bounds of zoom.
    #[must_use]
    pub fn sound(self) -> Option<Self> {
        let finite = self.zoom.is_finite() && self.center.iter().all(|x| x.is_finite());
        finite.then(|| Self { zoom: self.zoom.clamp(LEAST_ZOOM, MOST_ZOOM), ..self })
    }
}

/// Where the camera looks, without regard to the size of the window.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Framing {
    /// The point of the map in the middle of the picture, in the projection's units.
    pub center: [f64; 2],
    /// Magnification; 1 shows the whole map.
    pub zoom: f64,
}

/// What the colors of the points stand for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColorBy {
    /// The file's own groups where it has any, and one color otherwise.
    #[default]
    Automatic,
    Plain,
    Clusters,
    /// How many of a word's nearest words are near it on the map.
    Honesty,
    /// How near a word is to the selected ones, in all dimensions.
    Nearness,
    /// The length of a word's row.
    Norm,
    /// A word's place in the file: its rank by frequency, in most files.
    Rank,
    /// A metadata column, by its name.
    Column(String),
}

/// Which words are written on the map.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LabelChoice {
    pub show: bool,
    /// Height of the letters, in points of the screen.
    pub size: f32,
    /// Whether regions are named after their groups while the map is seen from afar.
    pub groups: bool,
}

impl Default for LabelChoice {
    fn default() -> Self {
        Self { show: true, size: 14.0, groups: true }
    }
}

/// A is to B as C is to …
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AnalogyQuestion {
    pub a: String,
    pub b: String,
    pub c: String,
}

/// The chosen rows, shared so that a view is cheap to copy, and the one that the panels explain.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Selection {
    rows: RowSet,
    focus: Option<u32>,
}

impl Selection {
    /// These rows; the panels explain `focus`, or the first row where that is not among them.
    #[must_use]
    pub fn new(rows: RoaringBitmap, focus: Option<u32>) -> Self {
        let focus = focus.filter(|&row| rows.contains(row)).or_else(|| rows.min());
        Self { rows: rows.into(), focus }
    }

    /// One row alone.
    #[must_use]
    pub fn one(row: u32) -> Self {
        Self::new(RoaringBitmap::from_iter([row]), Some(row))
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    #[must_use]
    pub fn len(&self) -> u64 {
        self.rows.len()
    }

    #[must_use]
    pub fn contains(&self, row: u32) -> bool {
        self.rows.contains(row)
    }

    /// The rows in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.rows.iter()
    }

    /// The row that the panels explain; there is one whenever the selection is not empty.
    #[must_use]
    pub fn focus(&self) -> Option<u32> {
        self.focus
    }

    /// The rows as a set.
    #[must_use]
    pub fn rows(&self) -> &RoaringBitmap {
        &self.rows
    }

    /// This selection after `rows` came in the way that `how` says.
    #[must_use]
    pub fn combined(&self, rows: RoaringBitmap, how: SelectHow) -> Self {
        let newest = rows.min();
        match how {
            SelectHow::Replace => Self::new(rows, newest),
            SelectHow::Add => Self::new(&*self.rows | &rows, newest),
            SelectHow::Toggle => Self::new(&*self.rows ^ &rows, newest),
        }
    }
}

/// What becomes of the rows that were selected before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SelectHow {
    #[default]
    Replace,
    Add,
    Toggle,
}

/// Pages of the panel on the right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tab {
    #[default]
    Word,
    Analogy,
    Clusters,
    Tokens,
    Row,
    Formula,
    Axes,
    Evaluate,
    Compare,
}

/// Which panels are open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Panels {
    pub left: bool,
    pub right: bool,
    pub tab: Tab,
    /// Large type, and only the map and the panel on the right.
    pub presentation: bool,
}

impl Default for Panels {
    fn default() -> Self {
        Self { left: true, right: true, tab: Tab::Word, presentation: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_survives_being_written_and_read() {
        let mut view = View::default();
        view.map.selection = Selection::new(RoaringBitmap::from_iter([3, 70_000]), Some(70_000));
        view.map.color = ColorBy::Column("group".into());
        view.map.analogy = Some(AnalogyQuestion { a: "man".into(), b: "king".into(), c: "woman".into() });
        view.map.relation = Some(RelationChoice::Gallery("Man and woman".into()));
        view.map.formula = Some("king - man".into());
        view.map.subset = Subset { isolated: (2..9).collect(), hidden: [4].into_iter().collect() };
        view.map.named.axes = vec![crate::scene::axes::NamedAxis::typed("small", "large, big")];
        view.map.evaluation.pairs = Some("pairs.tsv".into());
        view.map.framing = Some(Framing { center: [0.5, -2.0], zoom: 3.0 });
        let text = serde_json::to_string(&view).unwrap();
        assert_eq!(serde_json::from_str::<View>(&text).unwrap(), view);
    }

    #[test]
    fn a_view_from_a_damaged_file_is_brought_within_bounds() {
        let text = r#"{"axes": [99, 99], "neighbors": 1000000000000, "point_size": -3.0,
            "framing": {"center": [0.0, 0.0], "zoom": 0.0}, "clustering": {"k": 0},
            "selection": {"rows": [], "focus": 999999}}"#;
        let map = serde_json::from_str::<MapView>(text).unwrap().sound(10, 5);
        assert_eq!((map.axes, map.neighbors, map.clustering.k), ([0, 1], MOST_NEIGHBORS, 2));
        assert_eq!(map.selection.focus(), None);
        assert!(map.framing.unwrap().zoom > 0.0 && map.point_size > 0.0);
        let beyond = Selection::one(10);
        assert!(MapView { selection: beyond, ..MapView::default() }.sound(10, 5).selection.is_empty());
    }

    #[test]
    fn toggling_twice_changes_nothing_but_the_focus() {
        let start = Selection::new(RoaringBitmap::from_iter([1, 2, 3]), Some(2));
        let rows = || RoaringBitmap::from_iter([2, 9]);
        let twice = start.combined(rows(), SelectHow::Toggle).combined(rows(), SelectHow::Toggle);
        assert_eq!(twice.rows(), start.rows());
        assert!(twice.focus().is_some_and(|row| twice.contains(row)));
    }

    #[test]
    fn the_focus_is_always_selected() {
        assert_eq!(Selection::new(RoaringBitmap::from_iter([4, 5]), Some(9)).focus(), Some(4));
        assert_eq!(Selection::new(RoaringBitmap::new(), Some(9)).focus(), None);
    }
}

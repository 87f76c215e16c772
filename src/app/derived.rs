//! What follows from the view and the open documents, worked out in the background and never stored twice.
//!
//! Each answer is kept with the question that it answers: a document and the parameters that matter to it. As long as a
//! question stays the same nothing is done again; when it changes, the newest request wins and the older job is cancelled.

use std::sync::Arc;

use super::groups::Groups;
use super::lookup::Lookup;
use super::mapping::{MapStage, Mapping};
use super::questions::{Beside, Questions};
use super::reading::Reading;
use super::state::SearchText;
use super::tokens::TokenRow;
use crate::geometry::clusters::Clustering;
use crate::geometry::neighbors::{Compact, nearest};
use crate::geometry::projection::Projection;
use crate::geometry::{Faithfulness, Metric, Shepard};
use crate::jobs::{JobError, Latest, Slot, Wake};
use crate::picture::Density;
use crate::progress::Progress;
use crate::scene::cloud::Cloud;
use crate::scene::coloring::Coloring;
use crate::scene::document::Document;
use crate::scene::group_names::GroupNames;
use crate::scene::names::RowNames;
use crate::scene::rendering;
use crate::scene::view::{AnalogyQuestion, DocumentId};
use crate::scene::words::{AnalogyReport, NearestWords};
use crate::scene::{RowSet, View};
use crate::tokens::Tokenizer;
use crate::vectors::{DType, PatternError, SearchMode, Table};

/// How many hits a search lists.
pub const MOST_HITS: usize = 200;

/// How many words are listed that are nearest to a word without a row.
const NEAREST_BY_PARTS: usize = 10;

/// Tables of more numbers than this get a compact copy of their rows, which answers in a part of the time. A smaller one
/// is looked through within a few frames.
const LARGE: usize = 1 << 25;

/// Whether so many numbers are looked through in a part of the time once they are copied in 8 bits: what takes hardly
/// more already would only be in memory twice.
fn gains_by_a_copy(numbers: usize, dtype: DType) -> bool {
    numbers > LARGE && dtype.size() >= 2 * dtype.block()
}

type NeighborQuestion = (DocumentId, Metric, usize, Vec<u32>);
type AnalogyKey = (DocumentId, AnalogyQuestion, usize, bool);
type SearchQuestion = (DocumentId, SearchText);

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The first hits, in the order of the file; of a model's tokens, the one that is spelled out comes before them.
    pub rows: Vec<u32>,
    /// How many words match in all.
    pub total: usize,
    /// Near spellings, where nothing matches.
    pub near: Vec<String>,
    /// Where nothing matches and the file makes vectors of the parts of words: the rows nearest to that of the query.
    pub by_parts: Vec<u32>,
}

impl Found {
    fn of(names: &RowNames, query: &SearchText, progress: &dyn Progress) -> Result<Self, PatternError> {
        let table = names.table();
        let hits = names.search(&query.text, query.mode, MOST_HITS)?;
        let parts = table.subwords().filter(|_| hits.total == 0 && query.mode != SearchMode::Regex);
        let by_parts = parts.and_then(|parts| parts.vector_of(&query.text)).map_or(Vec::new(), |vector| {
            nearest(table, &vector, NEAREST_BY_PARTS, Metric::Cosine, &[], progress).unwrap_or_default()
        });
        let near = if hits.total == 0 { names.near(&query.text, 3) } else { Vec::new() };
        Ok(Self {
            rows: hits.rows.iter().map(|&row| row as u32).collect(),
            total: hits.total,
            near,
            by_parts: by_parts.iter().map(|neighbor| neighbor.row).collect(),
        })
    }
}

/// All that is derived. Each answer may belong to the question before, while the new one is worked on.
pub struct Derived {
    /// Where the points lie.
    mapping: Mapping,
    /// What the colors stand for.
    groups: Groups,
    compact: Latest<DocumentId, Compact>,
    neighbors: Latest<NeighborQuestion, Vec<NearestWords>>,
    analogy: Latest<AnalogyKey, AnalogyReport>,
    search: Latest<SearchQuestion, Result<Found, String>>,
    /// What is asked of the table on pages of their own.
    pub(super) questions: Questions,
    reading: Reading,
    lookup: Lookup,
}

impl Derived {
    pub(super) fn new() -> Self {
        Self {
            mapping: Mapping::new(),
            groups: Groups::new(),
            compact: Latest::new("Preparing quick answers"),
            neighbors: Latest::new("Nearest words"),
            analogy: Latest::new("Analogy"),
            search: Latest::new("Search"),
            questions: Questions::new(),
            reading: Reading::new(),
            lookup: Lookup::new(),
        }
    }

    /// Says that a hand turns the map, and which points are to stay whatever there are; or that none does.
    pub(super) fn turn(&mut self, turning: Option<RowSet>) {
        self.mapping.turn(turning);
    }

    /// Asks for whatever the view needs and is not there yet.
    pub(super) fn ask(
        &mut self,
        view: &View,
        document: Option<&Arc<Document>>,
        other: Option<&Arc<Table>>,
        tokenizers: &[(DocumentId, Arc<Tokenizer>)],
        search: &SearchText,
        wake: &Wake,
    ) {
        self.reading.ask(view, tokenizers, wake);
        self.lookup.ask(view, document, &self.reading, wake);
        if let Some(names) = &document.and_then(|document| document.names()) {
            let table = names.table();
            self.mapping.ask(view, table, &self.questions, wake);
            self.groups.ask(view, names, &self.mapping, wake);
            self.ask_compact(view.document, table, wake);
            self.ask_neighbors(view, names, wake);
            self.ask_search(view.document, names, search, wake);
            let cloud = self.mapping.cloud().filter(|_| self.mapping.is_of(view.document));
            self.questions.ask(view, names, other, cloud, wake);
        }
    }

    /// Once the map of a large table is there, its rows are copied in 8 bits, so that neighbors are found sooner.
    fn ask_compact(&mut self, document: DocumentId, table: &Arc<Table>, wake: &Wake) {
        self.compact.forget(|known| *known != document);
        let mapped = self.cloud_of(document).is_some();
        if mapped && gains_by_a_copy(table.rows() * table.dims(), table.dtype()) {
            let rows = Arc::clone(table);
            self.compact.ask(document, wake, move |progress| Compact::build(&rows, progress));
        }
    }

    fn ask_neighbors(&mut self, view: &View, names: &RowNames, wake: &Wake) {
        let (map, document) = (&view.map, view.document);
        if map.selection.is_empty() {
            self.neighbors.clear();
        } else {
            let (metric, k) = (map.metric, map.neighbors);
            let centers = rendering::centers(&map.selection);
            let (table, compact) = (Arc::clone(names.table()), self.compact.answer_to(&document).cloned());
            let question = (document, metric, k, centers.clone());
            self.neighbors.ask(question, wake, move |progress| {
                let nearest =
                    |&row: &u32| NearestWords::of(&table, compact.as_deref(), row, k, metric, progress);
                centers.iter().map(nearest).collect()
            });
        }
        match &map.analogy {
            None => self.analogy.clear(),
            Some(analogy) => {
                let (k, unit_rows) = (map.neighbors, map.projection.normalize);
                let (names, question) = (names.clone(), analogy.clone());
                self.analogy.ask((document, analogy.clone(), k, unit_rows), wake, move |progress| {
                    AnalogyReport::of(&names, question, k, unit_rows, progress)
                });
            }
        }
    }

    fn ask_search(&mut self, document: DocumentId, names: &RowNames, search: &SearchText, wake: &Wake) {
        if search.text.is_empty() {
            self.search.clear();
            return;
        }
        let (names, query) = (names.clone(), search.clone());
        self.search.ask((document, search.clone()), wake, move |progress| {
            Ok(Found::of(&names, &query, progress).map_err(|error| error.to_string()))
        });
    }

    /// All that is looked after alike.
    fn slots(&self) -> impl Iterator<Item = &dyn Slot> {
        let Self { mapping, groups, compact, neighbors, analogy, search, questions, reading, lookup } = self;
        let own: [&dyn Slot; 4] = [compact, neighbors, analogy, search];
        let first = mapping.slots().chain(groups.slots()).chain(own);
        first.chain(questions.slots()).chain(reading.slots()).chain(lookup.slots())
    }

    fn slots_mut(&mut self) -> impl Iterator<Item = &mut dyn Slot> {
        let Self { mapping, groups, compact, neighbors, analogy, search, questions, reading, lookup } = self;
        let own: [&mut dyn Slot; 4] = [compact, neighbors, analogy, search];
        mapping
            .slots_mut()
            .chain(groups.slots_mut())
            .chain(own)
            .chain(questions.slots_mut())
            .chain(reading.slots_mut())
            .chain(lookup.slots_mut())
    }

    /// Takes up finished answers; gives the errors of jobs that failed.
    pub(super) fn tick(&mut self) -> Vec<JobError> {
        self.slots_mut().filter_map(|slot| slot.tick().err()).collect()
    }

    /// Forgets everything about a document that was closed or read anew, what still runs for it included.
    pub(super) fn forget(&mut self, id: DocumentId) {
        self.mapping.forget(id);
        self.groups.forget(id);
        self.compact.forget(|known| *known == id);
        self.neighbors.forget(|(known, ..)| *known == id);
        self.analogy.forget(|(known, ..)| *known == id);
        self.search.forget(|(known, _)| *known == id);
        self.questions.forget(id);
        self.lookup.let_go();
        self.reading.forget(id);
    }

    /// Gives up all work that runs.
    pub(super) fn cancel(&mut self) {
        self.slots_mut().for_each(Slot::cancel);
        self.mapping.arrange();
        self.questions.arrange();
    }

    /// The work that runs and how far it is.
    pub fn running(&self) -> impl Iterator<Item = (&str, f32)> {
        self.slots().filter_map(Slot::progress)
    }

    pub(super) fn settle(&mut self) {
        self.slots_mut().for_each(Slot::settle);
    }

    /// The newest arranged points.
    pub fn cloud(&self) -> Option<&Arc<Cloud>> {
        self.mapping.cloud()
    }

    /// The newest arranged points of a document.
    pub fn cloud_of(&self, document: DocumentId) -> Option<&Arc<Cloud>> {
        self.mapping.cloud().filter(|_| self.mapping.is_of(document))
    }

    /// How far the map is that the view wants.
    pub fn map_stage(&self, view: &View) -> MapStage {
        self.mapping.stage(view)
    }

    /// The map that the view wants as it stands by now, where it is not laid out along named axes.
    pub(super) fn placed(&self, view: &View) -> Option<&Arc<Projection>> {
        self.mapping.placed(view)
    }

    /// Ends the work on the map where it stands, and gives after how many rounds that is, if it was not whole.
    pub(super) fn stop_map(&mut self, view: &View) -> Option<usize> {
        self.mapping.stop(view)
    }

    /// What the map that is shown keeps of the neighbors that are listed; nothing until that is measured.
    pub fn honesty(&self, view: &View) -> Option<&Arc<Faithfulness>> {
        self.mapping.honesty(view)
    }

    /// The density of the map that is shown, once it is wanted and known.
    pub fn density(&self, view: &View) -> Option<&Arc<Density>> {
        self.mapping.density(view)
    }

    /// Distances on the map that is shown against those in all dimensions.
    pub fn distances(&self, view: &View) -> Option<&Arc<Shepard>> {
        self.mapping.distances(view)
    }

    /// The clusters of the newest choice that was worked out for `document`.
    pub fn clustering(&self, document: DocumentId) -> Option<&Arc<Clustering>> {
        self.groups.clustering(document)
    }

    /// Whether [`Derived::clustering`] answers what the view asks for now, and not what it asked before.
    pub fn clustering_is_current(&self, view: &View) -> bool {
        self.groups.clustering_is_current(view)
    }

    /// The newest coloring of `document`.
    pub fn coloring(&self, document: DocumentId) -> Option<&Arc<Coloring>> {
        self.groups.coloring(document)
    }

    /// The names of the regions of the map that is shown, once they are found.
    pub fn group_names(&self, view: &View) -> Option<&Arc<GroupNames>> {
        self.groups.names(view, &self.mapping)
    }

    /// The compact copy of a document's rows, where there is one.
    pub(super) fn compact(&self, document: DocumentId) -> Option<&Arc<Compact>> {
        self.compact.answer_to(&document)
    }

    /// The nearest words of the selected ones, the focus first; of the last selection while a new one is worked on.
    pub fn neighbors(&self, document: DocumentId) -> Option<&Arc<Vec<NearestWords>>> {
        self.neighbors.answered().filter(|(known, ..)| *known == document)?;
        self.neighbors.newest()
    }

    /// The answers to the analogy that is asked.
    pub fn analogy(&self, document: DocumentId) -> Option<&Arc<AnalogyReport>> {
        self.analogy.answered().filter(|(known, ..)| *known == document)?;
        self.analogy.newest()
    }

    /// What the search found, or what is wrong with it.
    pub fn search(&self, document: DocumentId) -> Option<&Result<Found, String>> {
        self.search.answered().filter(|(known, _)| *known == document)?;
        self.search.newest().map(Arc::as_ref)
    }

    /// What is asked of the table on pages of their own, and the answers.
    pub fn questions(&self) -> &Questions {
        &self.questions
    }

    /// Where the words of the other table lie on the map, where that is shown beside it.
    pub fn beside(&self, view: &View) -> Beside<'_> {
        self.cloud_of(view.document).map_or(Beside::Absent, |map| self.questions.beside(view, map))
    }

    /// Whether the comparison of the two tables was given up.
    pub fn comparison_given_up(&self, view: &View) -> bool {
        self.cloud_of(view.document).is_some_and(|map| self.questions.comparison_given_up(view, map))
    }

    /// A text under tokenizers, and what is asked of these.
    pub fn reading(&self) -> &Reading {
        &self.reading
    }

    /// The lookup matrix, and what is asked of it.
    pub fn lookup(&self) -> &Lookup {
        &self.lookup
    }

    pub(super) fn lookup_mut(&mut self) -> &mut Lookup {
        &mut self.lookup
    }

    pub(super) fn reading_mut(&mut self) -> &mut Reading {
        &mut self.reading
    }

    /// The text under each tokenizer: the built-in ones, then the opened ones.
    pub fn tokens(&self) -> &[TokenRow] {
        self.reading.rows()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_large_tables_of_wide_numbers_are_copied() {
        for wide in [DType::F16, DType::Bf16, DType::F32, DType::F64] {
            assert!(gains_by_a_copy(LARGE + 1, wide) && !gains_by_a_copy(LARGE, wide), "{wide:?}");
        }
        for narrow in [DType::I8, DType::Q8_0, DType::Q4K, DType::Q8K, DType::Iq3S] {
            assert!(!gains_by_a_copy(LARGE + 1, narrow), "{narrow:?}");
        }
    }
}

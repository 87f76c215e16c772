//! What the colors of the map stand for, and the names of its regions: worked out in the background as everything in
//! [`super::derived`].

use std::sync::Arc;

use super::mapping::{HonestyQuestion, Mapping};
use crate::geometry::Metric;
use crate::geometry::clusters::Clustering;
use crate::jobs::{Latest, Same, Slot, Wake};
use crate::scene::cloud::Cloud;
use crate::scene::coloring::{self, Coloring, Resolved};
use crate::scene::group_names::{FEW, GroupNames};
use crate::scene::view::{ClusterChoice, DocumentId, Tab};
use crate::scene::{RowNames, RowSet, View, rendering};
use crate::vectors::Table;

type ClusterQuestion = (DocumentId, ClusterChoice);
/// The metric by which rows are near to these ones.
type NearnessQuestion = (Metric, RowSet);
type ColoringQuestion =
    (DocumentId, Resolved, Option<ClusterQuestion>, Option<HonestyQuestion>, Option<NearnessQuestion>);
/// What a map's regions are named after.
#[derive(Clone, PartialEq)]
enum Source {
    Coloring(Same<Coloring>),
    Clusters(Same<Clustering>),
}

type NamesQuestion = (DocumentId, Same<Cloud>, Source);

/// Questions about groups, and their newest answers.
pub(super) struct Groups {
    clustering: Latest<ClusterQuestion, Clustering>,
    coloring: Latest<ColoringQuestion, Coloring>,
    names: Latest<NamesQuestion, GroupNames>,
}

impl Groups {
    pub fn new() -> Self {
        Self {
            clustering: Latest::new("Clusters"),
            coloring: Latest::new("Coloring"),
            names: Latest::new("Naming the regions"),
        }
    }

    /// Asks for what the view needs and is not there yet.
    pub fn ask(&mut self, view: &View, names: &RowNames, mapping: &Mapping, wake: &Wake) {
        self.ask_coloring(view, names, mapping, wake);
        match self.names_question(view, mapping) {
            None => self.names.clear(),
            Some(question) => {
                let ((_, cloud, source), names) = (question.clone(), names.clone());
                self.names.ask(question, wake, move |_| {
                    Ok(match source {
                        Source::Coloring(coloring) => GroupNames::of_coloring(&cloud.0, &coloring.0),
                        Source::Clusters(clustering) => {
                            GroupNames::of_clusters(&cloud.0, &clustering.0, &names)
                        }
                    })
                });
            }
        }
    }

    fn ask_coloring(&mut self, view: &View, names: &RowNames, mapping: &Mapping, wake: &Wake) {
        let table = names.table();
        let resolved = coloring::resolve(&view.map.color, table);
        let clusters = (view.document, view.map.clustering);
        let by_cluster = resolved == Resolved::Clusters;
        if by_cluster || view.panels.tab == Tab::Clusters || self.clusters_are_named(view, table, mapping) {
            let (rows, choice) = (Arc::clone(table), view.map.clustering);
            self.clustering.ask(clusters, wake, move |progress| choice.find(&rows, progress));
        }
        let clustering = match self.clustering.answer_to(&clusters) {
            Some(clustering) if by_cluster => Some(Arc::clone(clustering)),
            // The colors stay as they are until the clusters are found.
            None if by_cluster => return,
            _ => None,
        };
        let by_honesty = resolved == Resolved::Honesty;
        let honesty = mapping.honesty_question(view).filter(|_| by_honesty);
        let measured = mapping.honesty(view).filter(|_| by_honesty).cloned();
        if by_honesty && measured.is_none() {
            return;
        }
        let selection = &view.map.selection;
        let near = (resolved == Resolved::Nearness && !selection.is_empty())
            .then(|| (view.map.metric, RowSet::from(selection.rows().clone())));
        let by_cluster = by_cluster.then_some(clusters);
        let question = (view.document, resolved.clone(), by_cluster, honesty, near.clone());
        let (table, names) = (Arc::clone(table), names.clone());
        self.coloring.ask(question, wake, move |progress| {
            if let Some((metric, rows)) = near {
                return rendering::color_by_nearness(&names, &rows, metric, progress);
            }
            Ok(match (resolved, clustering, measured) {
                (Resolved::Column(column), ..) => Coloring::by_column(&table.columns()[column]),
                (Resolved::Norm, ..) => Coloring::by_norm(&table),
                (Resolved::Rank, ..) => Coloring::by_rank(table.rows()),
                (Resolved::Clusters, Some(clustering), _) => Coloring::by_cluster(&clustering, &names),
                (Resolved::Honesty, _, Some(measured)) => Coloring::by_honesty(&measured, table.rows()),
                _ => Coloring::plain(table.rows()),
            })
        });
    }

    /// Whether regions are wanted by name at all: not where there are so few words that all can be written.
    fn regions_are_named(view: &View, mapping: &Mapping) -> bool {
        let labels = view.map.labels;
        let many = mapping.cloud().is_some_and(|cloud| cloud.points.len() > FEW);
        labels.show && labels.groups && many && mapping.is_of(view.document)
    }

    /// Whether the regions are to be named after clusters, for the colors have no names of their own.
    fn clusters_are_named(&self, view: &View, table: &Table, mapping: &Mapping) -> bool {
        let (Some(cloud), Some(coloring)) = (mapping.cloud(), self.coloring(view.document)) else {
            return false;
        };
        mapping.is_of(view.document) && rendering::wants_clusters(&view.map, table, cloud, coloring)
    }

    fn names_question(&self, view: &View, mapping: &Mapping) -> Option<NamesQuestion> {
        if !mapping.is_at_rest(view) || !Self::regions_are_named(view, mapping) {
            return None;
        }
        let (cloud, coloring) = (mapping.cloud()?, self.coloring(view.document)?);
        let source = if coloring.has_categories() {
            Source::Coloring(Same(Arc::clone(coloring)))
        } else {
            let clusters = self.clustering.answer_to(&(view.document, view.map.clustering))?;
            Source::Clusters(Same(Arc::clone(clusters)))
        };
        Some((view.document, Same(Arc::clone(cloud)), source))
    }

    /// The names of the regions of the map that is shown.
    pub fn names(&self, view: &View, mapping: &Mapping) -> Option<&Arc<GroupNames>> {
        self.names.answer_to(&self.names_question(view, mapping)?)
    }

    pub fn slots(&self) -> impl Iterator<Item = &dyn Slot> {
        let Self { clustering, coloring, names } = self;
        let all: [&dyn Slot; 3] = [clustering, coloring, names];
        all.into_iter()
    }

    pub fn slots_mut(&mut self) -> impl Iterator<Item = &mut dyn Slot> {
        let Self { clustering, coloring, names } = self;
        let all: [&mut dyn Slot; 3] = [clustering, coloring, names];
        all.into_iter()
    }

    pub fn forget(&mut self, id: DocumentId) {
        self.clustering.forget(|(known, _)| *known == id);
        self.coloring.forget(|(known, ..)| *known == id);
        self.names.forget(|(known, ..)| *known == id);
    }

    /// The clusters of the newest choice that was worked out for `document`.
    pub fn clustering(&self, document: DocumentId) -> Option<&Arc<Clustering>> {
        self.clustering.answered().filter(|(known, _)| *known == document)?;
        self.clustering.newest()
    }

    /// Whether [`Derived::clustering`] answers what the view asks for now, and not what it asked before.
    pub fn clustering_is_current(&self, view: &View) -> bool {
        self.clustering.answer_to(&(view.document, view.map.clustering)).is_some()
    }

    /// The newest coloring of `document`.
    pub fn coloring(&self, document: DocumentId) -> Option<&Arc<Coloring>> {
        self.coloring.answered().filter(|(known, ..)| *known == document)?;
        self.coloring.newest()
    }
}

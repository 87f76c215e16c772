//! What is asked of the table on pages of their own, worked out in the background as everything in [`super::derived`].

use std::mem;
use std::path::PathBuf;
use std::sync::Arc;

use super::State;
use crate::geometry::Metric;
use crate::geometry::comparison::ComparedNeighbors;
use crate::geometry::evaluation::{SectionScore, Settings};
use crate::geometry::projection::Projection;
use crate::geometry::relations;
use crate::jobs::{Latest, Same, Slot, Wake};
use crate::scene::axes::{AxesReport, NamedAxis};
use crate::scene::cloud::Cloud;
use crate::scene::comparison::{self, ComparisonReport};
use crate::scene::evaluation::EvaluationReport;
use crate::scene::formula::FormulaReport;
use crate::scene::relation::{RelationChoice, RelationReport};
use crate::scene::view::{DocumentId, Selection, Tab};
use crate::scene::{Command, RowNames, View};
use crate::vectors::Table;

/// What the work of scoring is called.
pub const EVALUATION: &str = "Scoring";

type AxesQuestion = (DocumentId, Vec<NamedAxis>);
type FormulaQuestion = (DocumentId, String, usize, Metric);
/// Two documents, and how many neighbors by which metric.
type ComparisonQuestion = (DocumentId, DocumentId, usize, Metric);
/// Two documents, and the map of the first.
type PlacedQuestion = ([DocumentId; 2], Same<Projection>);
/// Two documents, where the words of the second are placed, and the first as it is seen.
type BesideQuestion = ([DocumentId; 2], Same<Projection>, Same<Cloud>);
/// A document, the pairs, and whether rows are scaled to length 1.
type RelationQuestion = (DocumentId, RelationChoice, bool);
type EvaluationQuestion = (DocumentId, [Option<PathBuf>; 2]);

/// The map of the other table beside the one that is shown.
#[derive(Clone, Copy)]
pub enum Beside<'a> {
    /// It is not wanted, not known yet, or was given up.
    Absent,
    /// The map that is shown cannot tell where words of another table would lie.
    Nowhere,
    On(&'a Arc<Cloud>),
}

impl<'a> Beside<'a> {
    /// The map, if there is one.
    #[must_use]
    pub fn map(self) -> Option<&'a Arc<Cloud>> {
        if let Self::On(map) = self { Some(map) } else { None }
    }
}

/// The questions and their newest answers.
pub struct Questions {
    gallery: Latest<DocumentId, Vec<SectionScore>>,
    axes: Latest<AxesQuestion, AxesReport>,
    formula: Latest<FormulaQuestion, FormulaReport>,
    evaluation: Latest<EvaluationQuestion, EvaluationReport>,
    comparison: Latest<ComparisonQuestion, ComparisonReport>,
    relation: Latest<RelationQuestion, RelationReport>,
    /// The neighbors of one row in both tables; nothing where the other one lacks its word.
    compared: Latest<(ComparisonQuestion, u32), Option<ComparedNeighbors>>,
    /// Where this one's map places the words of the other table; nowhere where that cannot tell.
    placed: Latest<PlacedQuestion, Option<Arc<Projection>>>,
    /// Those words as they are seen beside the map.
    beside: Latest<BesideQuestion, Cloud>,
}

impl Questions {
    pub(super) fn new() -> Self {
        Self {
            gallery: Latest::new("Scoring the relations"),
            axes: Latest::new("Named axes"),
            formula: Latest::new("Formula"),
            evaluation: Latest::new(EVALUATION),
            relation: Latest::new("Relation"),
            comparison: Latest::new("Comparing the tables"),
            compared: Latest::new("Comparing neighbors"),
            placed: Latest::new("The map of the other table"),
            beside: Latest::new("Arranging the other table"),
        }
    }

    /// Asks for what the view needs and is not there yet.
    pub(super) fn ask(
        &mut self,
        view: &View,
        names: &RowNames,
        other: Option<&Arc<Table>>,
        cloud: Option<&Arc<Cloud>>,
        wake: &Wake,
    ) {
        self.ask_gallery(view, names, wake);
        self.ask_axes(view, names, wake);
        self.ask_formula(view, names, wake);
        self.ask_evaluation(view, names, wake);
        self.ask_comparison(view, names, other, wake);
        self.ask_beside(view, other, cloud, wake);
        self.ask_relation(view, names, wake);
    }

    fn ask_gallery(&mut self, view: &View, names: &RowNames, wake: &Wake) {
        if view.panels.tab == Tab::Analogy {
            let table = Arc::clone(names.table());
            self.gallery.ask(view.document, wake, move |progress| {
                relations::questions().score(&table, Settings::default(), progress)
            });
        }
    }

    fn ask_axes(&mut self, view: &View, names: &RowNames, wake: &Wake) {
        let named = &view.map.named;
        if named.axes.is_empty() {
            self.axes.clear();
        } else if named.on_map || view.panels.tab == Tab::Axes {
            let (names, axes) = (names.clone(), named.axes.clone());
            self.axes.ask((view.document, named.axes.clone()), wake, move |progress| {
                AxesReport::of(&names, &axes, progress)
            });
        }
    }

    fn ask_formula(&mut self, view: &View, names: &RowNames, wake: &Wake) {
        let Some(text) = view.map.formula.clone() else {
            self.formula.clear();
            return;
        };
        let (k, metric, names) = (view.map.neighbors, view.map.metric, names.clone());
        self.formula.ask((view.document, text.clone(), k, metric), wake, move |progress| {
            FormulaReport::of(&names, text, k, metric, progress)
        });
    }

    fn ask_relation(&mut self, view: &View, names: &RowNames, wake: &Wake) {
        let Some(question) = relation_question(view) else {
            self.relation.clear();
            return;
        };
        let (names, (_, pairs, unit_rows)) = (names.clone(), question.clone());
        self.relation
            .ask(question, wake, move |progress| RelationReport::of(&names, &pairs, unit_rows, progress));
    }

    fn ask_comparison(&mut self, view: &View, names: &RowNames, other: Option<&Arc<Table>>, wake: &Wake) {
        let (Some(question), Some(other)) = (comparison_question(view), other) else { return };
        if view.panels.tab != Tab::Compare && !view.beside {
            return;
        }
        let (_, _, k, metric) = question;
        let (first, second) = (Arc::clone(names.table()), Arc::clone(other));
        self.comparison
            .ask(question, wake, move |progress| ComparisonReport::of(&first, &second, k, metric, progress));
        let (Some(report), Some(row)) =
            (self.comparison.answer_to(&question).cloned(), view.map.selection.focus())
        else {
            return;
        };
        let (first, second) = (Arc::clone(names.table()), Arc::clone(other));
        self.compared.ask((question, row), wake, move |progress| {
            comparison::neighbors_of(&first, &second, &report.shared, row, (k, metric), progress)
        });
    }

    fn ask_beside(
        &mut self,
        view: &View,
        other: Option<&Arc<Table>>,
        cloud: Option<&Arc<Cloud>>,
        wake: &Wake,
    ) {
        let wanted = comparison_question(view).filter(|_| view.beside);
        let (Some((here, there, ..)), Some(other), Some(cloud)) = (wanted, other, cloud) else {
            self.placed.clear();
            self.beside.clear();
            return;
        };
        let tables = [here, there];
        // How the one is turned onto the other does not depend on how neighbors are counted.
        let report = self.comparison.answered().filter(|(first, second, ..)| [*first, *second] == tables);
        let Some(report) = report.and(self.comparison.newest()).cloned() else { return };
        let question = (tables, Same(Arc::clone(&cloud.projection)));
        let (map, second) = (Arc::clone(&cloud.projection), Arc::clone(other));
        self.placed.ask(question.clone(), wake, move |progress| {
            let turned = (&report.shared, &report.alignment);
            Ok(comparison::placed(&map, &second, turned, progress)?.map(Arc::new))
        });
        let placed = self.placed.answer_to(&question).and_then(|placed| (**placed).clone());
        // A map that is turned is followed step by step.
        if let Some(placed) = placed.filter(|_| self.beside.progress().is_none()) {
            let question = (tables, Same(Arc::clone(&placed)), Same(Arc::clone(cloud)));
            let (here, subset) = (Arc::clone(cloud), view.map.subset.clone());
            self.beside.ask(question, wake, move |_| Ok(comparison::beside(&here, placed, &subset)));
        }
    }

    fn ask_evaluation(&mut self, view: &View, names: &RowNames, wake: &Wake) {
        let choice = &view.map.evaluation;
        if choice.wanted && view.panels.tab == Tab::Evaluate {
            let (table, choice) = (Arc::clone(names.table()), choice.clone());
            self.evaluation.ask(evaluation_question(view), wake, move |progress| {
                choice.report(&table, Settings::default(), progress)
            });
        } else if !choice.wanted {
            self.evaluation.clear();
        }
    }

    pub(super) fn slots(&self) -> impl Iterator<Item = &dyn Slot> {
        let Self { gallery, axes, formula, evaluation, comparison, relation, compared, placed, beside } =
            self;
        let all: [&dyn Slot; 9] =
            [gallery, axes, formula, evaluation, comparison, relation, compared, placed, beside];
        all.into_iter()
    }

    pub(super) fn slots_mut(&mut self) -> impl Iterator<Item = &mut dyn Slot> {
        let Self { gallery, axes, formula, evaluation, comparison, relation, compared, placed, beside } =
            self;
        let all: [&mut dyn Slot; 9] =
            [gallery, axes, formula, evaluation, comparison, relation, compared, placed, beside];
        all.into_iter()
    }

    pub(super) fn forget(&mut self, id: DocumentId) {
        self.gallery.forget(|known| *known == id);
        self.axes.forget(|(known, _)| *known == id);
        self.formula.forget(|(known, ..)| *known == id);
        self.evaluation.forget(|(known, _)| *known == id);
        self.relation.forget(|(known, ..)| *known == id);
        self.comparison.forget(|(first, second, ..)| *first == id || *second == id);
        self.compared.forget(|((first, second, ..), _)| *first == id || *second == id);
        self.placed.forget(|(tables, _)| tables.contains(&id));
        self.beside.forget(|(tables, ..)| tables.contains(&id));
    }

    /// How many questions of each relation of the gallery are answered as expected.
    pub fn gallery(&self, document: DocumentId) -> Option<&Arc<Vec<SectionScore>>> {
        self.gallery.answer_to(&document)
    }

    /// What the named axes of the view come to, once that is known.
    pub fn axes(&self, view: &View) -> Option<&Arc<AxesReport>> {
        self.axes.answer_to(&(view.document, view.map.named.axes.clone()))
    }

    /// Whether the named axes of the view were given up before they were worked out.
    pub(super) fn axes_given_up(&self, view: &View) -> bool {
        self.axes.is_given_up(&(view.document, view.map.named.axes.clone()))
    }

    /// What the formula comes to; the former one while a new one is worked on.
    pub fn formula(&self, document: DocumentId) -> Option<&Arc<FormulaReport>> {
        self.formula.answered().filter(|(known, ..)| *known == document)?;
        self.formula.newest()
    }

    /// The pairs of the relation that is shown, once they are found.
    pub fn relation(&self, view: &View) -> Option<&Arc<RelationReport>> {
        self.relation.answer_to(&relation_question(view)?)
    }

    /// How the table of the view compares with the one that it is compared with, once that is known.
    pub fn comparison(&self, view: &View) -> Option<&Arc<ComparisonReport>> {
        self.comparison.answer_to(&comparison_question(view)?)
    }

    /// The neighbors of the explained word in both tables, once they are known: nothing where the other lacks the word.
    pub fn compared(&self, view: &View) -> Option<Option<&ComparedNeighbors>> {
        let question = (comparison_question(view)?, view.map.selection.focus()?);
        self.compared.answer_to(&question).map(|found| found.as_ref().as_ref())
    }

    /// Whether the comparison of the two tables was given up, or the placing of the other one's words on `map`.
    pub(super) fn comparison_given_up(&self, view: &View, map: &Arc<Cloud>) -> bool {
        let Some(question) = comparison_question(view) else { return false };
        let (here, there, ..) = question;
        let placed = ([here, there], Same(Arc::clone(&map.projection)));
        self.comparison.is_given_up(&question) || view.beside && self.placed.is_given_up(&placed)
    }

    /// Where the words of the other table lie on `map`, the one that is shown, or on the one before while that is worked out.
    pub(super) fn beside(&self, view: &View, map: &Arc<Cloud>) -> Beside<'_> {
        self.beside_of(view, map).unwrap_or(Beside::Absent)
    }

    fn beside_of(&self, view: &View, map: &Arc<Cloud>) -> Option<Beside<'_>> {
        let (here, there, ..) = comparison_question(view).filter(|_| view.beside)?;
        let under_way = self.placed.progress().is_some() || self.beside.progress().is_some();
        let (known, placed_on) = self.placed.answered()?;
        if *known != [here, there] || !(under_way || *placed_on == Same(Arc::clone(&map.projection))) {
            return None;
        }
        if self.placed.newest()?.is_none() {
            return Some(Beside::Nowhere);
        }
        self.beside.answered().filter(|(known, ..)| *known == [here, there])?;
        self.beside.newest().map(Beside::On)
    }

    /// Has the other table's words arranged after all, once other work was given up: it takes no time.
    pub(super) fn arrange(&mut self) {
        self.beside.try_again();
    }

    fn compare_anew(&mut self) {
        self.comparison.try_again();
        self.compared.try_again();
        self.placed.try_again();
    }

    /// Lets go of the figures and of what is worked on for them.
    pub(super) fn evaluate_anew(&mut self) {
        self.evaluation.clear();
    }

    /// How the table of the view does on the sets that it names, once that is known.
    pub fn evaluation(&self, view: &View) -> Option<&Arc<EvaluationReport>> {
        self.evaluation.answer_to(&evaluation_question(view)).filter(|_| view.map.evaluation.wanted)
    }
}

impl State {
    /// The effect on the view of a command that asks the table something.
    pub(super) fn ask(&mut self, command: &Command) {
        let map = &mut self.view.map;
        match command {
            Command::AskAnalogy(question) => {
                map.analogy.clone_from(question);
                // The arrows stand alone, not among the lines of what was chosen before.
                (map.selection, map.formula, map.relation) = (Selection::default(), None, None);
            }
            Command::ShowRelation(relation) => {
                map.relation.clone_from(relation);
                (map.selection, map.analogy, map.formula) = (Selection::default(), None, None);
                self.frame_relation();
            }
            Command::AskFormula(formula) => {
                map.formula.clone_from(formula);
                (map.selection, map.analogy, map.relation) = (Selection::default(), None, None);
            }
            Command::NameAxes(named) => {
                let before = mem::replace(&mut map.named, named.clone().sound());
                if before.on_map || map.named.on_map {
                    map.framing = None;
                }
            }
            Command::CompareWith(other) => {
                // Whoever asks anew wants to know after all what was given up.
                self.derived.questions.compare_anew();
                self.view.compared = *other;
                self.show_tab(Tab::Compare);
            }
            Command::ShowBeside(show) => self.view.beside = *show,
            Command::Evaluate(wanted) => {
                // Asked anew, it is worked out anew: it may have been given up, or a file may have changed.
                self.derived.questions.evaluate_anew();
                map.evaluation.wanted = *wanted;
                if *wanted {
                    self.show_tab(Tab::Evaluate);
                }
            }
            Command::UseAnalogies(path) => {
                map.evaluation.analogies.clone_from(path);
                self.show_tab(Tab::Evaluate);
            }
            Command::UsePairs(path) => {
                map.evaluation.pairs.clone_from(path);
                self.show_tab(Tab::Evaluate);
            }
            _ => {}
        }
    }
}

impl State {
    /// Moves the camera to the pairs of the relation that is shown.
    fn frame_relation(&mut self) {
        let (Some(relation), Some(names)) = (&self.view.map.relation, self.names()) else { return };
        let rows = relation.pairs(&names).into_iter().flatten().collect();
        self.fly_to(&rows);
    }
}

fn relation_question(view: &View) -> Option<RelationQuestion> {
    Some((view.document, view.map.relation.clone()?, view.map.projection.normalize))
}

fn comparison_question(view: &View) -> Option<ComparisonQuestion> {
    let other = view.compared.filter(|other| *other != view.document)?;
    Some((view.document, other, view.map.neighbors, view.map.metric))
}

fn evaluation_question(view: &View) -> EvaluationQuestion {
    let choice = &view.map.evaluation;
    (view.document, [choice.analogies.clone(), choice.pairs.clone()])
}

//! Where the points of the map lie, and what that keeps of the neighbors: worked out in the background as everything in
//! [`super::derived`].

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::questions::Questions;
use crate::geometry::projection::{Draft, Layout, Projection};
use crate::geometry::{Faithfulness, Metric, Shepard, faithfulness, shepard};
use crate::jobs::{Latest, Same, Slot, Wake};
use crate::picture::Density;
use crate::progress::Progress;
use crate::scene::axes::NamedAxis;
use crate::scene::cloud::{COMPONENTS, Cloud, Thinned};
use crate::scene::density::DensityChoice;
use crate::scene::view::{ColorBy, DocumentId, ProjectionChoice};
use crate::scene::{RowSet, View};
use crate::vectors::Table;

/// A map that is still worked on is shown as it stands so often.
const BETWEEN_DRAFTS: Duration = Duration::from_millis(120);

/// A document, how its rows are placed, and which of them: all where none are named.
type ProjectionQuestion = (DocumentId, ProjectionChoice, RowSet);

/// A projection and two of its components, or axes with names instead.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CloudQuestion {
    projection: ProjectionQuestion,
    axes: [usize; 2],
    layout: Layout,
    named: Vec<NamedAxis>,
    hidden: RowSet,
    thinned: Thinned,
    version: Version,
}

/// Which of all that a projection was and became.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    /// A draft, counted from 1.
    Draft(u32),
    /// The last draft of a map that was ended before it was whole.
    Stopped,
    Whole,
}

/// So many points are arranged anew in a part of a frame.
const MOST_TURNED: usize = 60_000;

/// How far the map is that the view wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MapStage {
    /// Nothing of it can be shown yet.
    Preparing,
    /// Drafts of it are shown.
    Moving,
    /// It was ended before it was whole, and is shown so.
    Stopped,
    Whole,
    /// It was given up before there was anything to show.
    GivenUp,
}

pub(super) type HonestyQuestion = (CloudQuestion, Metric, usize);
type DistanceQuestion = (CloudQuestion, Metric);
type DensityQuestion = (Same<Cloud>, DensityChoice);

/// As many pairs as a small diagram can show.
const PAIRS: usize = 2_000;

/// The projection that a view wants.
fn wanted(view: &View) -> ProjectionQuestion {
    (view.document, view.map.projection.relevant(), view.map.subset.isolated.clone())
}

/// The map's questions and their newest answers.
pub struct Mapping {
    projection: Latest<ProjectionQuestion, Projection>,
    cloud: Latest<CloudQuestion, Cloud>,
    honesty: Latest<HonestyQuestion, Faithfulness>,
    distances: Latest<DistanceQuestion, Shepard>,
    density: Latest<DensityQuestion, Density>,
    /// While a hand turns the map: the rows whose points are there in any case.
    turning: Option<RowSet>,
}

impl Mapping {
    pub(super) fn new() -> Self {
        Self {
            projection: Latest::new("Projection"),
            cloud: Latest::new("Arranging points"),
            honesty: Latest::new("Comparing the map with all dimensions"),
            distances: Latest::new("Comparing distances"),
            density: Latest::new("Density"),
            turning: None,
        }
    }

    /// Says that a hand turns the map, and which points are to stay whatever there are; or that none does.
    pub(super) fn turn(&mut self, turning: Option<RowSet>) {
        self.turning = turning;
    }

    /// Whether the points lie still, so that it is worth working out what follows from their places.
    pub(super) fn is_at_rest(&self, view: &View) -> bool {
        self.turning.is_none() && (view.map.named.on_map || self.stage(view) != MapStage::Moving)
    }

    /// Asks for what the view needs and is not there yet.
    pub(super) fn ask(&mut self, view: &View, table: &Arc<Table>, questions: &Questions, wake: &Wake) {
        if !self.is_of(view.document) {
            // Another document's points are never shown for this one's rows, not even while these are arranged.
            self.projection.clear();
            self.cloud.clear();
            self.density.clear();
        }
        if !self.ask_named_map(view, table.rows(), questions, wake) {
            self.ask_projection(view, table, wake);
        }
        // What is under way is not compared with anything: the next moment it lies elsewhere.
        if self.turning.is_none() {
            self.ask_honesty(view, table, wake);
            self.ask_density(view, wake);
        }
    }

    fn ask_density(&mut self, view: &View, wake: &Wake) {
        if !view.map.density.show {
            // It holds on to the map that it is of.
            self.density.clear();
        }
        // While somebody looks for the right smoothing, the one that is worked out is shown before the next.
        let idle = self.is_at_rest(view) && self.density.progress().is_none();
        let Some(question) = self.density_question(view).filter(|_| idle) else { return };
        let (cloud, choice) = question.clone();
        self.density.ask(question, wake, move |_| Ok(choice.of(&cloud.0)));
    }

    fn density_question(&self, view: &View) -> Option<DensityQuestion> {
        // Whether points lie over it is nothing to the density.
        let choice = DensityChoice { points: true, ..view.map.density };
        choice.show.then_some((Same(Arc::clone(self.cloud.newest()?)), choice))
    }

    /// The density of the map that is shown, once it is known; with the smoothing before while another is worked out.
    pub fn density(&self, view: &View) -> Option<&Arc<Density>> {
        let (wanted, _) = self.density_question(view)?;
        self.density.answered().filter(|(cloud, _)| *cloud == wanted)?;
        self.density.newest()
    }

    fn ask_projection(&mut self, view: &View, table: &Arc<Table>, wake: &Wake) {
        let projection = wanted(view);
        let (_, choice, isolated) = projection.clone();
        let rows = Arc::clone(table);
        self.projection.ask_with_drafts(projection.clone(), wake, move |progress, drafts| {
            let mut shown = Instant::now();
            let mut show = |draft: Draft<'_>| {
                if shown.elapsed() >= BETWEEN_DRAFTS {
                    drafts.show(draft.projection());
                    shown = Instant::now();
                }
                ControlFlow::Continue(())
            };
            choice.project_among(&rows, &isolated, COMPONENTS, &mut show, progress)
        });
        let (version, whole) = match self.projection.answer_to(&projection) {
            Some(whole) if whole.unfinished.is_some() => (Version::Stopped, whole),
            Some(whole) => (Version::Whole, whole),
            // The next draft is arranged once the last one is.
            None if self.cloud.progress().is_some() => return,
            None => match self.projection.draft_of(&projection) {
                Some((count, draft)) => (Version::Draft(count), draft),
                None => return,
            },
        };
        let (found, rows, subset) = (Arc::clone(whole), table.rows(), view.map.subset.clone());
        let (axes, layout, hidden) = (view.map.axes, view.map.shown_layout(), subset.hidden.clone());
        let thinned = match &self.turning {
            Some(always) if layout.turn().is_some() => {
                Thinned { every: whole.points().div_ceil(MOST_TURNED).max(1), always: always.clone() }
            }
            _ => Thinned::default(),
        };
        let part = thinned.clone();
        let question =
            CloudQuestion { projection, axes, layout, named: Vec::new(), hidden, thinned, version };
        // While a hand turns the map, the way that it is turned by now is arranged once the last one is.
        if self.turning.is_none() || self.cloud.progress().is_none() {
            let before = self.before_turn(&question);
            let arrange = move |_: &dyn Progress| {
                Ok(match (before, layout.turn()) {
                    (Some(before), Some(turn)) => before.turned(turn, &subset),
                    _ => Cloud::thinned(found, rows, axes, layout, &subset, &part),
                })
            };
            self.cloud.ask(question, wake, arrange);
        }
    }

    /// The map as it was before it was turned a step further, if nothing but the turn is new.
    fn before_turn(&self, question: &CloudQuestion) -> Option<Arc<Cloud>> {
        let shown = self.cloud.answered()?;
        let same = CloudQuestion { layout: shown.layout, ..question.clone() };
        let turned = question.thinned.every > 1 && shown.layout.turn().is_some() && same == *shown;
        self.cloud.newest().filter(|_| turned).cloned()
    }

    /// Lays the map out along named axes. Says whether the map is theirs: not where words of an axis are missing.
    fn ask_named_map(&mut self, view: &View, rows: usize, questions: &Questions, wake: &Wake) -> bool {
        if !view.map.named.on_map {
            return false;
        }
        // The points stay where they are until the axes are worked out.
        let Some(report) = questions.axes(view) else { return !questions.axes_given_up(view) };
        let Some(projection) = report.projection.clone() else { return false };
        let titles = report.titles();
        let question = CloudQuestion {
            projection: wanted(view),
            axes: [0, 1],
            layout: Layout::Flat,
            thinned: Thinned::default(),
            named: view.map.named.axes.clone(),
            hidden: view.map.subset.hidden.clone(),
            version: Version::Whole,
        };
        // Nobody sees what else was worked on.
        self.projection.drop_work();
        let subset = view.map.subset.clone();
        let arrange = move |_: &dyn Progress| {
            Ok(Cloud::new(projection, rows, [0, 1], Layout::Flat, &subset).named(titles))
        };
        self.cloud.ask(question, wake, arrange);
        true
    }

    /// What the map keeps is measured once it is there, by the metric and the number of neighbors that are listed.
    fn ask_honesty(&mut self, view: &View, table: &Arc<Table>, wake: &Wake) {
        let Some(question) = self.honesty_question(view) else { return };
        if let Some(arranged) = self.cloud.newest() {
            let (cloud, metric, _) = question.clone();
            let (seen, axes) = arranged.seen();
            let (projection, rows) = (Arc::clone(seen), Arc::clone(table));
            self.distances.ask((cloud, metric), wake, move |progress| {
                shepard::shepard(&rows, &projection, axes, PAIRS, metric, progress)
            });
        }
        let worth = view.map.color == ColorBy::Honesty || faithfulness::is_quick(table);
        let (_, metric, k) = question.clone();
        // The question is about the map that is there.
        let Some(arranged) = self.cloud.newest().filter(|_| worth) else { return };
        let (seen, axes) = arranged.seen();
        let (projection, table) = (Arc::clone(seen), Arc::clone(table));
        self.honesty.ask(question, wake, move |progress| {
            faithfulness::measure(&table, &projection, axes, k, metric, progress)
        });
    }

    /// What can be asked of the map that is there, if it is the one that the view wants: by components, or along named axes.
    pub(super) fn honesty_question(&self, view: &View) -> Option<HonestyQuestion> {
        let (map, shown) = (&view.map, self.cloud.answered()?);
        let asked = if shown.named.is_empty() {
            shown.axes == map.axes
                && shown.layout == map.shown_layout()
                && shown.thinned.every == 1
                && !matches!(shown.version, Version::Draft(_))
        } else {
            map.named.on_map && shown.named == map.named.axes
        };
        let current = asked && shown.projection == wanted(view);
        // What is hidden has its place all the same.
        let whole = || CloudQuestion { hidden: RowSet::default(), ..shown.clone() };
        current.then(|| (whole(), map.metric, map.neighbors))
    }

    /// What the map that is shown keeps of the neighbors that are listed; nothing until that is measured.
    pub fn honesty(&self, view: &View) -> Option<&Arc<Faithfulness>> {
        self.honesty.answer_to(&self.honesty_question(view)?)
    }

    /// Distances on the map that is shown against those in all dimensions; nothing until they are measured.
    pub fn distances(&self, view: &View) -> Option<&Arc<Shepard>> {
        let (cloud, metric, _) = self.honesty_question(view)?;
        self.distances.answer_to(&(cloud, metric))
    }

    /// Whether the points are those of a document, or there are none.
    pub(super) fn is_of(&self, document: DocumentId) -> bool {
        self.cloud.answered().is_none_or(|shown| shown.projection.0 == document)
    }

    pub(super) fn slots(&self) -> impl Iterator<Item = &dyn Slot> {
        let Self { projection, cloud, honesty, distances, density, .. } = self;
        let all: [&dyn Slot; 5] = [projection, cloud, honesty, distances, density];
        all.into_iter()
    }

    pub(super) fn slots_mut(&mut self) -> impl Iterator<Item = &mut dyn Slot> {
        let Self { projection, cloud, honesty, distances, density, .. } = self;
        let all: [&mut dyn Slot; 5] = [projection, cloud, honesty, distances, density];
        all.into_iter()
    }

    pub(super) fn forget(&mut self, id: DocumentId) {
        self.projection.forget(|(known, ..)| *known == id);
        self.cloud.forget(|known| known.projection.0 == id);
        self.honesty.forget(|(known, ..)| known.projection.0 == id);
        self.distances.forget(|(known, _)| known.projection.0 == id);
        // The map that it belongs to is named by no document.
        self.density.clear();
    }

    /// The newest arranged points.
    pub fn cloud(&self) -> Option<&Arc<Cloud>> {
        self.cloud.newest()
    }

    /// The map that the view wants as it stands by now, where it is not laid out along named axes; nothing before it is begun.
    pub(super) fn placed(&self, view: &View) -> Option<&Arc<Projection>> {
        let question = wanted(view);
        let draft = || self.projection.draft_of(&question).map(|(_, draft)| draft);
        self.projection.answer_to(&question).or_else(draft)
    }

    /// How far the map is that the view wants, where it is not laid out along named axes.
    pub fn stage(&self, view: &View) -> MapStage {
        let question = wanted(view);
        let drafted = |shown: &CloudQuestion| shown.projection == question && shown.named.is_empty();
        match self.projection.answer_to(&question) {
            Some(found) if found.unfinished.is_some() => MapStage::Stopped,
            Some(_) => MapStage::Whole,
            None if self.projection.is_given_up(&question) => MapStage::GivenUp,
            None if self.cloud.answered().is_some_and(drafted) => MapStage::Moving,
            None => MapStage::Preparing,
        }
    }

    /// Ends the work on the map where it stands. Gives after how many rounds that is, if the map was not whole: from then on
    /// it is the map that is stopped there.
    pub(super) fn stop(&mut self, view: &View) -> Option<usize> {
        self.projection.cancel();
        let question = wanted(view);
        let [done, _] = self.projection.answer_to(&question)?.unfinished?;
        let mut stopped = question.clone();
        stopped.1.rounds = Some(done);
        self.projection.rename(&question, stopped);
        Some(done)
    }

    /// Has the points arranged after all, once other work was given up: it takes no time.
    pub(super) fn arrange(&mut self) {
        self.cloud.try_again();
    }
}

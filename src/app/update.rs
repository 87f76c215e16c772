//! The one place that carries out commands.

use std::mem;
use std::path::PathBuf;
use std::sync::Arc;

use super::State;
use super::lookup;
use super::notices::Severity;
use super::settings::{MAX_SCALE, MIN_SCALE};
use crate::geometry::projection::Layout;
use crate::jobs::Same;
use crate::scene::cloud::COMPONENTS;
use crate::scene::document::{Document, DocumentSource};
use crate::scene::view::{
    ChosenToken, DocumentId, Framing, LETTER_SIZES, MOST_NEIGHBORS, MatrixSource, POINT_SIZES, Page,
    ProjectionChoice, Selection, Tab,
};
use crate::scene::{Command, View};

/// The longest text that is compared; more is cut, and said.
pub const LONGEST_TEXT: usize = 1 << 20;

impl State {
    /// Carries out one command. Every change of the view becomes a step that undo takes back.
    pub fn update(&mut self, command: Command) {
        match command {
            Command::Undo => self.step(true),
            Command::Redo => self.step(false),
            Command::Open(paths) => self.open_files(paths),
            Command::OpenPart(path, parts) => self.open(DocumentSource::file(path, parts), None),
            Command::OpenSample(id) => self.open(DocumentSource::Sample(id), None),
            Command::CloseDocument(id) => self.close(id),
            Command::SaveVectors(path) => self.save_vectors(path),
            Command::SavePicture(path) => self.save_picture(path),
            Command::SavePoints(path) => self.save_points(path),
            Command::SaveWords(path) => self.save_words(path),
            Command::OpenLanguages(path) => self.open_languages(path),
            Command::SaveRows(path) => self.save_stack(path),
            Command::SaveTokenizer(path) => self.save_tokenizer(path),
            Command::KeepTrained(keep) => self.keep_trained(keep),
            Command::GrowSelection => self.grow_selection(),
            Command::SelectMatches(text, mode) => self.select_matches(text, mode),
            Command::SaveSession(path) => self.save_session(path),
            Command::Restore(session) => self.restore(*session),
            Command::CancelJobs => self.cancel_jobs(),
            Command::StopMap => self.stop_map(),
            Command::DismissNotices => self.notices.dismiss(),
            Command::Report { text, failed } => {
                self.notices.say(if failed { Severity::Error } else { Severity::Info }, text);
            }
            Command::SetTheme(theme) => {
                self.settings.theme = theme;
                self.keep_soon();
            }
            Command::SetScale(scale) if scale.is_finite() => {
                self.settings.scale = ((scale * 20.0).round() / 20.0).clamp(MIN_SCALE, MAX_SCALE);
            }
            Command::SetScale(_) => {}
            Command::ReduceMotion(reduce) => self.settings.reduce_motion = reduce,
            Command::SetPicture(choice) => self.settings.picture = choice,
            Command::Window(request) => self.requests.push(request),
            command => self.change_view(&command),
        }
    }

    /// Whether a hand turns the map just now.
    #[must_use]
    pub fn is_turning(&self) -> bool {
        matches!(self.history.gesture(), Some(Command::SetLayout(Layout::Space(_))))
    }

    /// Ends a gesture: what follows is a step of its own for undo.
    pub fn end_gesture(&mut self) {
        self.history.end_gesture();
    }

    /// Changes what is searched for. Searching is not a change of the view and is not undone.
    pub fn set_search(&mut self, search: super::SearchText) {
        self.search = search;
    }

    fn change_view(&mut self, command: &Command) {
        let before = self.view.clone();
        self.apply(command);
        // Where one looks in the matrix is no step of its own: one would have to undo each turn of the wheel.
        let looks = self.view.matrix.has_moved(&before.matrix)
            && before == View { matrix: before.matrix.clone(), ..self.view.clone() };
        if self.view != before && !looks {
            self.notices.dismiss_info();
            self.history.record(before, command);
            self.say_found(command);
            self.say_unseen(command);
            if *command == Command::Present(true) {
                self.notices
                    .say(Severity::Info, "Presentation: F5 leaves it, F3 hides the panel, / finds a word.");
            }
        }
    }

    /// The effect of a command on the view alone.
    fn apply(&mut self, command: &Command) {
        match command {
            Command::ShowDocument(id) => self.show_document(*id),
            Command::SetProjection(choice) => self.set_projection(choice.sound()),
            Command::SetAxes(axes) => self.set_axes(*axes),
            Command::SetLayout(layout) => self.set_layout(*layout),
            Command::SetFraming(framing) => self.view.map.framing = framing.and_then(Framing::sound),
            Command::FlyTo(rows) => self.show_on_map(rows),
            Command::ShowNeighbors => self.show_neighbors(),
            Command::SetMetric(_)
            | Command::SetNeighbors(_)
            | Command::ShowNeighborLines(_)
            | Command::SetColor(_)
            | Command::SetClustering(_)
            | Command::SetDensity(_)
            | Command::ShowLabels(_)
            | Command::NameGroups(_)
            | Command::SetLabelSize(_)
            | Command::SetPointSize(_) => self.look(command),
            Command::Select(..)
            | Command::GoTo(_)
            | Command::Explain(_)
            | Command::SelectWords(_)
            | Command::SelectAll
            | Command::InvertSelection
            | Command::SelectFound { .. } => self.choose(command),
            Command::Isolate(rows) => self.isolate(rows),
            Command::SetHidden(rows) => self.set_hidden(rows),
            Command::ClearSelection => self.choose_nothing(),
            Command::AskAnalogy(_)
            | Command::ShowRelation(_)
            | Command::NameAxes(_)
            | Command::AskFormula(_)
            | Command::Evaluate(_)
            | Command::UseAnalogies(_)
            | Command::UsePairs(_)
            | Command::CompareWith(_)
            | Command::ShowBeside(_) => self.ask(command),
            Command::ShowPage(page) => self.show_page(*page),
            Command::LookUp(matrix) => {
                let now = (**matrix).clone().sound();
                let looks = now.has_moved(&self.view.matrix) && self.view.page == Page::Matrix;
                self.view.matrix = now;
                self.show_page(Page::Matrix);
                if !looks {
                    // Whoever asks for something else wants work again that was given up.
                    self.derived.lookup_mut().try_again();
                }
            }
            Command::LookInto(room) => {
                self.view.matrix.room = *room;
                self.show_page(Page::Matrix);
                self.derived.lookup_mut().try_again();
            }
            Command::ShowTab(tab) => self.show_tab(*tab),
            Command::ShowLeftPanel(show) => self.view.panels.left = *show,
            Command::ShowRightPanel(show) => self.view.panels.right = *show,
            Command::Present(present) => self.view.panels.presentation = *present,
            // Texts and vocabularies; what `update` carries out itself does not change the view.
            _ => self.read_text(command),
        }
    }

    /// The effect of a command that says how the map looks.
    fn look(&mut self, command: &Command) {
        let map = &mut self.view.map;
        match command {
            Command::SetMetric(metric) => map.metric = *metric,
            Command::SetNeighbors(k) => map.neighbors = (*k).clamp(1, MOST_NEIGHBORS),
            Command::ShowNeighborLines(show) => map.neighbor_lines = *show,
            Command::SetColor(color) => map.color = color.clone(),
            Command::SetClustering(choice) => {
                map.clustering = choice.sound();
            }
            Command::SetDensity(choice) => map.density = choice.sound(),
            Command::ShowLabels(show) => map.labels.show = *show,
            Command::NameGroups(name) => map.labels.groups = *name,
            Command::SetLabelSize(size) => map.labels.size = size.clamp(LETTER_SIZES[0], LETTER_SIZES[1]),
            Command::SetPointSize(size) => map.point_size = size.clamp(POINT_SIZES[0], POINT_SIZES[1]),
            _ => {}
        }
    }

    pub(super) fn show_page(&mut self, page: Page) {
        let comes = self.view.page != page;
        self.view.page = page;
        if !comes || !self.view.map.selection.is_empty() {
            return;
        }
        // Before anything is chosen, what is explained on the right is what can be chosen here: points, or tokens and rows.
        let tab = &mut self.view.panels.tab;
        match page {
            Page::Tokens | Page::Matrix if *tab == Tab::Word => *tab = Tab::Row,
            Page::Map if *tab == Tab::Row && self.view.tokens.chosen.is_none() => *tab = Tab::Word,
            _ => {}
        }
    }

    pub(super) fn show_tab(&mut self, tab: Tab) {
        (self.view.panels.tab, self.view.panels.right) = (tab, true);
        if tab == Tab::Compare && self.view.compared.is_none() {
            let document = self.view.document;
            let others: Vec<_> = self.tables().map(|(id, _)| *id).filter(|id| *id != document).collect();
            // There is nothing to choose from.
            if let [only] = others[..] {
                self.view.compared = Some(only);
            }
        }
    }

    fn choose_nothing(&mut self) {
        let map = &mut self.view.map;
        (map.selection, map.analogy) = (Selection::default(), None);
        (map.formula, map.relation) = (None, None);
        self.view.tokens.chosen = None;
    }

    fn step(&mut self, back: bool) {
        let moved = if back { self.history.undo(&mut self.view) } else { self.history.redo(&mut self.view) };
        self.notices.dismiss_info();
        if !moved {
            let what = if back { "There is nothing to undo." } else { "There is nothing to redo." };
            self.notices.say(Severity::Info, what);
        }
    }

    fn open_files(&mut self, paths: Vec<PathBuf>) {
        // What was wrong with other files is no longer of interest.
        self.notices.dismiss();
        for path in paths {
            let is_session = path.extension().is_some_and(|extension| extension == "lexiscope");
            if is_session {
                self.open_session(path);
            } else {
                self.open(DocumentSource::File(path), None);
            }
        }
    }

    /// The document whose rows the page for the matrix shows, but for those that come with the program.
    pub(super) fn shown_as_matrix(&self) -> Option<Arc<Document>> {
        lookup::other_than_shipped(self.view.matrix.source, self.document()).cloned()
    }

    /// Lets go of what is said by numbers of rows, unless the matrix is still what it was.
    pub(super) fn forget_rows_unless(&mut self, was: Option<Arc<Document>>) {
        if self.shown_as_matrix().map(Same) != was.map(Same) {
            self.view.matrix.forget_rows();
        }
    }

    /// The same for a file that was read anew: neither this view nor one that is come back to speaks of its former rows.
    pub(super) fn forget_replaced_rows(&mut self, id: DocumentId, was: Option<Arc<Document>>) {
        self.forget_rows_unless(was);
        self.history.change(|view| {
            if view.document == id && view.matrix.source != MatrixSource::Shipped {
                view.matrix.forget_rows();
            }
        });
    }

    fn close(&mut self, id: DocumentId) {
        let Some(index) = self.documents.iter().position(|(known, _)| *known == id) else { return };
        let was = self.shown_as_matrix();
        self.documents.remove(index);
        self.derived.forget(id);
        self.history.retain(|view| view.document != id && view.compared != Some(id));
        self.view.compared = self.view.compared.filter(|other| *other != id);
        if self.view.document == id {
            let next = self.tables().next_back().map(|(id, _)| *id);
            match next {
                Some(next) => self.show_document(next),
                None => self.open(DocumentSource::Sample(super::state::FIRST_SAMPLE.into()), None),
            }
        }
        self.forget_rows_unless(was);
    }

    fn cancel_jobs(&mut self) {
        if self.running().is_empty() {
            return;
        }
        self.opening.clear();
        self.jobs.clear();
        self.derived.cancel();
        self.stop_map();
        self.notices.say(Severity::Info, "The running work was given up.");
    }

    /// Ends the work on the map where it stands, and remembers where that is, so that a session reopens the same map.
    fn stop_map(&mut self) {
        let Some(rounds) = self.derived.stop_map(&self.view) else { return };
        let now = self.view.clone();
        let stop = |view: &mut View| {
            let same = view.document == now.document
                && view.map.projection.relevant() == now.map.projection.relevant()
                && view.map.subset.isolated == now.map.subset.isolated;
            if same {
                view.map.projection.rounds = Some(rounds);
            }
        };
        self.history.change(stop);
        stop(&mut self.view);
    }

    fn set_projection(&mut self, choice: ProjectionChoice) {
        let map = &mut self.view.map;
        let same = choice.to_the_end().relevant() == map.projection.to_the_end().relevant();
        let choice = if same { choice } else { choice.to_the_end() };
        let changed = mem::replace(&mut map.projection, choice) != choice;
        if mem::take(&mut map.named.on_map) || changed {
            (map.framing, map.axes) = (None, [0, 1]);
        }
    }

    fn set_layout(&mut self, layout: Layout) {
        let map = &mut self.view.map;
        // Turning keeps the camera where it is; another kind of map is shown whole.
        if mem::discriminant(&map.layout) != mem::discriminant(&layout) {
            map.framing = None;
        }
        map.layout = layout.sound();
    }

    /// Says that a layout was chosen that the map cannot have now.
    fn say_unseen(&mut self, command: &Command) {
        if let Command::SetLayout(layout) = command
            && self.view.map.shown_layout() != *layout
        {
            let text =
                "This map has two coordinates alone. Choose PCA, Random or Diffusion to see more of them.";
            self.notices.say(Severity::Info, text);
        }
    }

    fn set_axes(&mut self, [x, y]: [usize; 2]) {
        let components = self.table().map_or(COMPONENTS, |table| table.dims().min(COMPONENTS));
        let [old_x, old_y] = self.view.map.axes;
        // Choosing the other axis's component swaps the two: they never show the same one.
        let axes = if x == y { [old_y, old_x] } else { [x, y] };
        if axes.iter().all(|&axis| axis < components.max(2)) && axes[0] != axes[1] {
            (self.view.map.axes, self.view.map.framing) = (axes, None);
        }
    }

    pub(super) fn set_text(&mut self, text: &str) {
        let mut end = text.len().min(LONGEST_TEXT);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        if end < text.len() {
            let message = format!(
                "The text was cut after {} MB: that is the most that is compared at once.",
                LONGEST_TEXT >> 20
            );
            self.notices.say(Severity::Warning, message);
        }
        self.view.tokens.text = text[..end].into();
        self.view.tokens.chosen = None;
        // Of another text all rows are seen first.
        self.view.matrix.copied = None;
    }

    /// A tokenizer by the name that it has in the comparison, if it has been loaded.
    fn tokenizer(&self, name: &str) -> Option<&std::sync::Arc<crate::tokens::Tokenizer>> {
        let matrix = self.derived.lookup().matrix().and_then(|matrix| matrix.tokenizer.as_ref());
        let of_matrix = matrix.filter(|(_, known)| known == name).map(|(tokenizer, _)| tokenizer);
        self.derived.reading().tokenizer(name).or(of_matrix)
    }

    /// Says which parts of the picture of the matrix are seen. Not a command: looking changes nothing that is chosen.
    pub fn want_tiles(&mut self, parts: Vec<crate::lookup::tiles::Part>) {
        self.derived.lookup_mut().picture_mut().want(parts);
    }

    /// Follows a token along the chain: its ID, then its row and its point where the table has them.
    pub(super) fn choose_token(&mut self, chosen: Option<ChosenToken>) {
        let row = chosen.as_ref().and_then(|chosen| {
            super::chain::row_of(self.table()?, self.tokenizer(&chosen.tokenizer)?, chosen)
        });
        if let Some(row) = row {
            self.view.map.selection = Selection::one(row);
        } else if chosen.is_some() {
            self.view.map.selection = Selection::default();
        }
        if chosen.is_some() && self.view.panels.tab != Tab::Row {
            // The page for tokens has all that the panel's own page has: there, the way to the row is what is new.
            self.view.panels.tab = if self.view.page == Page::Map { Tab::Tokens } else { Tab::Row };
        }
        self.view.tokens.chosen = chosen;
    }
}

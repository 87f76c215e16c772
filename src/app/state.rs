//! The running program without its looks.

use std::mem;
use std::sync::Arc;

use super::derived::Derived;
use super::history::History;
use super::notices::{Notices, Severity};
use super::sessions::Awaited;
use super::settings::{Settings, Storage};
use crate::jobs::{Job, Wake};
use crate::progress::Progress;
use crate::scene::document::{self, Document, DocumentError, DocumentSource};
use crate::scene::evaluation::EvaluationChoice;
use crate::scene::view::{DocumentId, MapView, Page, Tab};
use crate::scene::{Command, RowNames, View, WindowRequest};
use crate::vectors::Table;

/// The sample that a first start shows.
pub const FIRST_SAMPLE: &str = "starter";

/// Everything that the program knows while it runs. Read through the methods here; changed by commands alone
/// (see [`State::update`]) and by finished jobs (see [`State::tick`]).
pub struct State {
    pub(super) view: View,
    pub(super) documents: Vec<(DocumentId, Arc<Document>)>,
    pub(super) next_id: u32,
    pub(super) history: History,
    pub(super) derived: Derived,
    pub(super) opening: Vec<Opening>,
    pub(super) notices: Notices,
    pub(super) settings: Settings,
    pub(super) storage: Option<Storage>,
    pub(super) requests: Vec<WindowRequest>,
    pub(super) search: SearchText,
    pub(super) wake: Wake,
    /// Dialogs that a person has not answered yet, and files being written.
    errands: Vec<Job<Option<Command>>>,
    /// Work that ends in a command, and that a person may see and give up.
    pub(super) jobs: Vec<Job<Option<Command>>>,
    /// What a session compares, until both documents are open.
    pub(super) awaited: Option<Awaited>,
    /// How many openings there have been, and the newest of them that is shown.
    openings: u32,
    newest_shown: u32,
}

/// A document on its way, and the view to show it in where it comes from a session.
pub(super) struct Opening {
    source: DocumentSource,
    job: Job<Result<Document, DocumentError>>,
    view: Option<Box<View>>,
    /// Later openings have larger numbers: what was asked for last stays on the map, however long each takes. 0 for what only
    /// joins the list of documents.
    number: u32,
}

/// What stands in the search box.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SearchText {
    pub text: String,
    pub mode: crate::vectors::SearchMode,
}

impl State {
    /// A program with no document yet. Settings come from `storage`, where there is one.
    #[must_use]
    pub fn new(storage: Option<Storage>, wake: Wake) -> Self {
        let settings = storage.as_ref().map(Storage::settings).unwrap_or_default();
        Self {
            view: View::default(),
            documents: Vec::new(),
            next_id: 1,
            history: History::default(),
            derived: Derived::new(),
            opening: Vec::new(),
            notices: Notices::default(),
            settings,
            storage,
            requests: Vec::new(),
            search: SearchText::default(),
            wake,
            errands: Vec::new(),
            jobs: Vec::new(),
            awaited: None,
            openings: 0,
            newest_shown: 0,
        }
    }

    /// Begins to open a document in the background.
    pub(super) fn open(&mut self, source: DocumentSource, view: Option<Box<View>>) {
        // Whoever opens something else no longer waits for what a session was to be compared with.
        self.awaited = None;
        self.openings += 1;
        self.begin_to_open(source, view, self.openings);
    }

    /// The same for a document that joins the list, and is not put on the map.
    pub(super) fn open_beside(&mut self, source: DocumentSource) {
        self.begin_to_open(source, None, 0);
    }

    fn begin_to_open(&mut self, source: DocumentSource, view: Option<Box<View>>, number: u32) {
        let wanted = source.clone();
        let job =
            Job::spawn("Opening", Arc::clone(&self.wake), move |progress| document::open(&wanted, progress));
        self.opening.push(Opening { source, job, view, number });
    }

    /// Keeps the settings and the session in the background, so that little is lost if the program ends badly.
    pub(super) fn keep_soon(&mut self) {
        let Some(storage) = self.storage.clone() else { return };
        let (settings, session) = (self.settings.clone(), self.session());
        self.run_errand("Keeping settings", move |_| {
            let error = storage.keep(&settings, session.as_ref()).err()?;
            Some(Command::Report { text: could_not_keep(&error), failed: true })
        });
    }

    /// The open documents that can be put on the map, in the order in which they were opened.
    pub fn tables(&self) -> impl DoubleEndedIterator<Item = &(DocumentId, Arc<Document>)> {
        self.documents.iter().filter(|(_, open)| open.table.is_some())
    }

    /// The document that the one on the map is compared with.
    pub fn compared(&self) -> Option<&Arc<Document>> {
        let wanted = self.view.compared?;
        self.documents.iter().find(|(id, _)| *id == wanted).map(|(_, document)| document)
    }

    /// Takes up what finished jobs brought, and asks for what the view needs next. Called once a frame; never waits.
    pub fn tick(&mut self) {
        self.take_opened();
        self.take_errands();
        for error in self.derived.tick() {
            self.notices.say(Severity::Error, error.to_string());
        }
        self.derived.turn(self.is_turning().then(|| self.chosen().rows()));
        let tokenizers = self.tokenizer_documents();
        let other = self.compared().and_then(|document| document.table.clone());
        let document = self.document().cloned();
        let document = document.as_ref();
        self.derived.ask(&self.view, document, other.as_ref(), &tokenizers, &self.search, &self.wake);
    }

    fn take_opened(&mut self) {
        let mut index = 0;
        while index < self.opening.len() {
            let Some(result) = self.opening[index].job.poll() else {
                index += 1;
                continue;
            };
            let Opening { source, view, number, .. } = self.opening.remove(index);
            match result {
                Ok(Ok(document)) => self.show_opened(document, view, number),
                Ok(Err(DocumentError::Vectors(error))) if error.is_cancelled() => {}
                Ok(Err(error)) => self.could_not_open(&source, &error.to_string()),
                Err(error) => self.could_not_open(&source, &error.to_string()),
            }
        }
    }

    /// Waits in the background for a person to choose a file; the command that the choice comes to is then carried out.
    pub fn await_choice(&mut self, choice: impl Future<Output = Option<Command>> + Send + 'static) {
        self.run_errand("Choosing a file", move |_| pollster::block_on(choice));
    }

    /// Does something in the background that ends in a command, or in nothing.
    pub(super) fn run_errand(
        &mut self,
        what: &str,
        work: impl FnOnce(&dyn Progress) -> Option<Command> + Send + 'static,
    ) {
        self.errands.push(Job::spawn(what, Arc::clone(&self.wake), work));
    }

    /// The same for work that may take long: a person sees it, and may give it up.
    pub(super) fn run_job(
        &mut self,
        what: &str,
        work: impl FnOnce(&dyn Progress) -> Option<Command> + Send + 'static,
    ) {
        self.jobs.push(Job::spawn(what, Arc::clone(&self.wake), work));
    }

    fn take_errands(&mut self) {
        let mut done = Vec::new();
        let mut under_way = |errand: &mut Job<Option<Command>>| match errand.poll() {
            Some(result) => {
                done.push(result);
                false
            }
            None => true,
        };
        self.errands.retain_mut(&mut under_way);
        self.jobs.retain_mut(&mut under_way);
        for result in done {
            match result {
                Ok(Some(command)) => self.update(command),
                Ok(None) => {}
                Err(error) => self.notices.say(Severity::Error, error.to_string()),
            }
        }
    }

    /// Tells the person something.
    pub fn say(&mut self, severity: Severity, text: impl Into<String>) {
        self.notices.say(severity, text);
    }

    fn could_not_open(&mut self, source: &DocumentSource, message: &str) {
        self.notices.say(Severity::Error, message);
        if let Some(path) = source.path() {
            self.settings.recent.retain(|recent| recent != path);
        }
        let nothing_comes = self.documents.is_empty() && self.opening.is_empty();
        if nothing_comes && *source != DocumentSource::Sample(FIRST_SAMPLE.into()) {
            self.open(DocumentSource::Sample(FIRST_SAMPLE.into()), None);
        }
    }

    /// Puts a document that has just been opened where it belongs: vectors on the map, a tokenizer into the comparison.
    fn show_opened(&mut self, document: Document, restored: Option<Box<View>>, number: u32) {
        if let Some(path) = document.source.path() {
            self.settings.remember(path);
        }
        // The same file opened anew takes the place of what was read before.
        let was = self.shown_as_matrix();
        let id = match self.documents.iter_mut().find(|(_, open)| open.source == document.source) {
            Some((id, open)) => {
                let id = *id;
                *open = Arc::new(document);
                self.derived.forget(id);
                self.drop_rows_that_are_gone(id);
                self.forget_replaced_rows(id, was);
                id
            }
            None => {
                let id = DocumentId(self.next_id);
                self.next_id += 1;
                self.documents.push((id, Arc::new(document)));
                id
            }
        };
        let first = self.table().is_none();
        let before = self.view.clone();
        if number < self.newest_shown || number == 0 {
            // Something that was asked for later is on the map already: this one waits in the list of documents.
            self.compare_awaited();
            self.keep_soon();
            return;
        }
        self.newest_shown = number;
        if let Some(view) = restored {
            self.view = *view;
            self.view.document = id;
            self.drop_stale_choices();
        } else {
            self.show_document(id);
        }
        self.compare_awaited();
        if first {
            self.history = History::default();
        } else if self.view != before {
            self.history.record(before, &Command::ShowDocument(id));
            self.history.end_gesture();
        }
        self.keep_soon();
    }

    /// Shows a document that is open; what was chosen in another document's rows is let go.
    pub(super) fn show_document(&mut self, id: DocumentId) {
        let Some((_, document)) = self.documents.iter().find(|(known, _)| *known == id) else { return };
        match &document.table {
            Some(table) if self.view.document != id => {
                let was = self.shown_as_matrix();
                let (kept, former) = (self.view.map.clone(), mem::replace(&mut self.view.document, id));
                // What the other one was compared with is compared with it the other way round.
                if self.view.compared == Some(id) {
                    let is_open = self.tables().any(|(open, _)| *open == former);
                    self.view.compared = is_open.then_some(former);
                }
                self.view.page = Page::Map;
                self.view.map = MapView {
                    metric: kept.metric,
                    neighbors: kept.neighbors,
                    neighbor_lines: kept.neighbor_lines,
                    labels: kept.labels,
                    point_size: usual_point_size(table.rows()),
                    evaluation: EvaluationChoice { wanted: false, ..kept.evaluation },
                    ..MapView::default()
                };
                self.forget_rows_unless(was);
            }
            Some(_) => {}
            None => {
                self.view.panels.right = true;
                self.view.panels.tab = Tab::Tokens;
            }
        }
    }

    /// After a file was read anew: no view, be it the present one or an earlier one, shows rows that it no longer has.
    fn drop_rows_that_are_gone(&mut self, id: DocumentId) {
        if self.view.document == id {
            self.drop_stale_choices();
        }
        let table =
            self.documents.iter().find(|(known, _)| *known == id).and_then(|(_, open)| open.table.as_ref());
        let (rows, dims) = table.map_or((0, 0), |table| (table.rows(), table.dims()));
        self.history.retain(|view| view.document != id || view.map.clone().sound(rows, dims) == view.map);
    }

    /// Brings the view within the bounds of the document on the map: a session may be older than its file.
    fn drop_stale_choices(&mut self) {
        if let Some(table) = self.table().cloned() {
            self.view.map = std::mem::take(&mut self.view.map).sound(table.rows(), table.dims());
        }
    }

    /// The choices that make up what is seen.
    #[must_use]
    pub fn view(&self) -> &View {
        &self.view
    }

    /// Everything that follows from the view and the open documents.
    #[must_use]
    pub fn derived(&self) -> &Derived {
        &self.derived
    }

    /// All open documents, in the order in which they were opened.
    #[must_use]
    pub fn documents(&self) -> &[(DocumentId, Arc<Document>)] {
        &self.documents
    }

    /// The document on the map.
    #[must_use]
    pub fn document(&self) -> Option<&Arc<Document>> {
        self.documents.iter().find(|(id, _)| *id == self.view.document).map(|(_, document)| document)
    }

    /// The table on the map.
    #[must_use]
    pub fn table(&self) -> Option<&Arc<Table>> {
        self.document()?.table.as_ref()
    }

    /// What the rows of the table on the map are called.
    #[must_use]
    pub fn names(&self) -> Option<RowNames> {
        self.document()?.names()
    }

    /// The tokenizers of all documents; of a model of which several matrices are open, one.
    fn tokenizer_documents(&self) -> Vec<(DocumentId, Arc<crate::tokens::Tokenizer>)> {
        let mut found: Vec<(DocumentId, Arc<crate::tokens::Tokenizer>)> = Vec::new();
        let mut known: Vec<(&std::path::Path, &str, usize)> = Vec::new();
        for (id, document) in &self.documents {
            // Those of samples are built in, and compared as such.
            let Some(tokenizer) = document.tokenizer.as_ref().filter(|_| document.source.path().is_some())
            else {
                continue;
            };
            let of_file =
                document.source.path().map(|path| (path, tokenizer.title(), tokenizer.vocabulary_size()));
            if of_file.is_none_or(|it| !known.contains(&it)) {
                found.push((*id, Arc::clone(tokenizer)));
                known.extend(of_file);
            }
        }
        found
    }

    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    #[must_use]
    pub fn notices(&self) -> &Notices {
        &self.notices
    }

    #[must_use]
    pub fn history(&self) -> &History {
        &self.history
    }

    #[must_use]
    pub fn search(&self) -> &SearchText {
        &self.search
    }

    /// What is being worked on, and how far it is.
    #[must_use]
    pub fn running(&self) -> Vec<(&str, f32)> {
        let opening = self.opening.iter().map(|opening| (opening.job.what(), opening.job.fraction()));
        let jobs = self.jobs.iter().map(|job| (job.what(), job.fraction()));
        opening.chain(jobs).chain(self.derived.running()).collect()
    }

    /// Takes the requests that only the window can fulfil.
    pub fn take_requests(&mut self) -> Vec<WindowRequest> {
        std::mem::take(&mut self.requests)
    }

    /// Keeps the settings and the session for the next run.
    pub fn keep(&mut self) {
        let Some(storage) = &self.storage else { return };
        if let Err(error) = storage.keep(&self.settings, self.session().as_ref()) {
            self.notices.say(Severity::Warning, could_not_keep(&error));
        }
    }

    /// Waits until no work is left, as if many frames had passed. For tests and pictures, never for the window.
    pub fn settle(&mut self) {
        loop {
            self.tick();
            if self.running().is_empty() && self.errands.is_empty() {
                return;
            }
            for opening in &mut self.opening {
                opening.job.wait();
            }
            for errand in self.errands.iter_mut().chain(&mut self.jobs) {
                errand.wait();
            }
            self.derived.settle();
        }
    }
}

fn could_not_keep(error: &std::io::Error) -> String {
    format!("Your settings could not be kept: {error}. What you see is not remembered for the next start.")
}

/// Smaller points for more of them, so that they do not hide one another.
fn usual_point_size(rows: usize) -> f32 {
    match rows {
        0..=1_000 => 9.0,
        1_001..=20_000 => 5.0,
        20_001..=200_000 => 3.0,
        _ => 2.0,
    }
}

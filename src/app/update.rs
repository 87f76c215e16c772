//! The one place that carries out commands.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{io, mem};

use roaring::RoaringBitmap;

use super::State;
use super::notices::Severity;
use super::settings::{MAX_SCALE, MIN_SCALE};
use crate::files::write_whole;
use crate::scene::Command;
use crate::scene::cloud::COMPONENTS;
use crate::scene::document::DocumentSource;
use crate::scene::points::MapPoints;
use crate::scene::rendering::{self, PictureKind, PictureOptions};
use crate::scene::view::{ChosenToken, DocumentId, Framing, MOST_NEIGHBORS, SelectHow, Selection, Tab};
use crate::vectors::write::{self, Companions, WriteError};

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
            Command::SaveSession(path) => self.save_session(path),
            Command::Restore(session) => self.open(session.document, Some(Box::new(session.view))),
            Command::CancelJobs => self.cancel_jobs(),
            Command::StopMap => self.derived.stop_map(),
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
            Command::Window(request) => self.requests.push(request),
            command => self.change_view(&command),
        }
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
        if self.view != before {
            self.notices.dismiss_info();
            self.history.record(before, command);
            if *command == Command::Present(true) {
                self.notices.say(
                    Severity::Info,
                    "Presentation: F5 or Esc leaves it, F3 hides the panel, / finds a word.",
                );
            }
        }
    }

    /// The effect of a command on the view alone.
    fn apply(&mut self, command: &Command) {
        let map = &mut self.view.map;
        match command {
            Command::ShowDocument(id) => self.show_document(*id),
            Command::SetProjection(choice) => {
                let changed = mem::replace(&mut map.projection, choice.sound()) != choice.sound();
                if mem::take(&mut map.named.on_map) || changed {
                    (map.framing, map.axes) = (None, [0, 1]);
                }
            }
            Command::SetAxes(axes) => self.set_axes(*axes),
            Command::SetFraming(framing) => map.framing = framing.and_then(Framing::sound),
            Command::FlyTo(rows) => self.fly_to(rows),
            Command::ShowNeighbors => self.show_neighbors(),
            Command::SetMetric(metric) => map.metric = *metric,
            Command::SetNeighbors(k) => map.neighbors = (*k).clamp(1, MOST_NEIGHBORS),
            Command::ShowNeighborLines(show) => map.neighbor_lines = *show,
            Command::SetColor(color) => map.color = color.clone(),
            Command::SetClustering(choice) => {
                map.clustering = choice.sound();
            }
            Command::ShowLabels(show) => map.labels.show = *show,
            Command::SetLabelSize(size) => map.labels.size = size.clamp(8.0, 40.0),
            Command::SetPointSize(size) => map.point_size = size.clamp(1.0, 30.0),
            Command::Select(..) | Command::GoTo(_) | Command::Explain(_) | Command::SelectWords(_) => {
                self.choose(command);
            }
            Command::ClearSelection => {
                (map.selection, map.analogy, map.formula) = (Selection::default(), None, None);
                self.view.tokens.chosen = None;
            }
            Command::AskAnalogy(_)
            | Command::NameAxes(_)
            | Command::AskFormula(_)
            | Command::Evaluate(_)
            | Command::UseAnalogies(_)
            | Command::UsePairs(_) => self.ask(command),
            Command::SetText(text) => self.set_text(text),
            Command::AddSpecial(add) => self.view.tokens.add_special = *add,
            Command::TypedSpecial(typed) => self.view.tokens.typed_special = *typed,
            Command::ChooseToken(chosen) => self.choose_token(chosen.clone()),
            Command::ShowTab(tab) => self.show_tab(*tab),
            Command::ShowLeftPanel(show) => self.view.panels.left = *show,
            Command::ShowRightPanel(show) => self.view.panels.right = *show,
            Command::Present(present) => self.view.panels.presentation = *present,
            // Carried out by `update`: they do not change the view.
            Command::Undo
            | Command::Redo
            | Command::Open(_)
            | Command::OpenPart(..)
            | Command::OpenSample(_)
            | Command::CloseDocument(_)
            | Command::SaveVectors(_)
            | Command::SavePicture(_)
            | Command::SavePoints(_)
            | Command::SaveSession(_)
            | Command::Restore(_)
            | Command::CancelJobs
            | Command::StopMap
            | Command::DismissNotices
            | Command::Report { .. }
            | Command::SetTheme(_)
            | Command::SetScale(_)
            | Command::ReduceMotion(_)
            | Command::Window(_) => {}
        }
    }

    /// The effect of a command that chooses words.
    fn choose(&mut self, command: &Command) {
        // Whoever chooses a word no longer follows a token, whose row another one may be.
        self.view.tokens.chosen = None;
        let map = &mut self.view.map;
        match command {
            Command::Select(rows, how) => map.selection = map.selection.combined(rows.clone(), *how),
            Command::GoTo(rows) => {
                map.selection = map.selection.combined(rows.clone(), SelectHow::Replace);
                self.fly_to(rows);
            }
            Command::Explain(row) => map.selection = Selection::new(map.selection.rows().clone(), Some(*row)),
            Command::SelectWords(words) => self.select_words(words),
            _ => {}
        }
    }

    pub(super) fn show_tab(&mut self, tab: Tab) {
        (self.view.panels.tab, self.view.panels.right) = (tab, true);
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

    fn close(&mut self, id: DocumentId) {
        let Some(index) = self.documents.iter().position(|(known, _)| *known == id) else { return };
        self.documents.remove(index);
        self.derived.forget(id);
        self.history.retain(|view| view.document != id);
        if self.view.document == id {
            let next = self.documents.iter().rev().find(|(_, document)| document.table.is_some());
            match next.map(|(id, _)| *id) {
                Some(next) => self.show_document(next),
                None => self.open(DocumentSource::Sample(super::state::FIRST_SAMPLE.into()), None),
            }
        }
    }

    fn cancel_jobs(&mut self) {
        if self.running().is_empty() {
            return;
        }
        self.opening.clear();
        self.derived.cancel();
        self.notices.say(Severity::Info, "The running work was given up.");
    }

    /// Writes the table in another format, in the background.
    fn save_vectors(&mut self, path: PathBuf) {
        let (Some(document), Some(table)) = (self.document().cloned(), self.table().cloned()) else { return };
        self.run_errand("Saving the vectors", move |progress| {
            // Who lets a matrix be replaced means its words too: the pair is one thing to them.
            let companions = if path.exists() {
                Companions::Replaced { source: document.source.path().unwrap_or(&path) }
            } else {
                Companions::Kept
            };
            Some(match write::write(&table, &path, companions, progress) {
                Ok(written) => {
                    let names: Vec<String> =
                        written.files.iter().map(|file| file.display().to_string()).collect();
                    let notes = written.notes.iter().map(|note| format!(" {note}."));
                    let text = format!("Saved {}.{}", names.join(" and "), notes.collect::<String>());
                    Command::Report { text, failed: false }
                }
                Err(WriteError::Cancelled(_)) => return None,
                Err(error) => Command::Report { text: error.to_string(), failed: true },
            })
        });
    }

    /// Draws the map as it is seen and writes it to a file, in the background.
    fn save_picture(&mut self, path: PathBuf) {
        let (Some(document), Some(names)) = (self.document().cloned(), self.names()) else { return };
        let (view, theme) = (self.view.clone(), self.settings.theme);
        // As it is seen: a map that was stopped would otherwise be worked out to its end.
        let placed = self.derived.cloud_of(view.document).filter(|cloud| cloud.names.is_none());
        let placed = placed.map(|cloud| Arc::clone(&cloud.projection));
        self.run_errand("Saving the picture", move |progress| {
            let picture = PictureKind::of(&path).and_then(|kind| {
                let options =
                    PictureOptions { kind, theme, size: rendering::USUAL_SIZE, title: &document.title };
                rendering::render(&names, &view, placed.as_ref(), options, progress)
            });
            let outcome = picture
                .map_err(|error| error.to_string())
                .and_then(|bytes| write_whole(&path, &bytes).map_err(|error| could_not_write(&path, &error)));
            Some(report(outcome, &path))
        });
    }

    /// Writes where the words lie, in the background.
    fn save_points(&mut self, path: PathBuf) {
        let cloud = self.derived.cloud_of(self.view.document).cloned();
        let (Some(names), Some(cloud)) = (self.names(), cloud) else { return };
        let clustering = self.derived.clustering(self.view.document).cloned();
        let clustering = clustering.filter(|_| self.derived.clustering_is_current(&self.view));
        let honesty = self.derived.honesty(&self.view).cloned();
        self.run_errand("Saving the points", move |_| {
            let (clustering, honesty) = (clustering.as_deref(), honesty.as_deref());
            let points = MapPoints { names: &names, cloud: &cloud, clustering, honesty };
            let (words, columns) = points.columns();
            let outcome =
                write::columns::write(&path, &words, &columns).map_err(|error| match error.kind() {
                    io::ErrorKind::InvalidInput => format!("The points could not be saved: {error}"),
                    _ => could_not_write(&path, &error),
                });
            Some(report(outcome, &path))
        });
    }

    fn save_session(&mut self, path: PathBuf) {
        let Some(session) = self.session() else { return };
        self.run_errand("Saving the session", move |_| {
            let outcome = write_whole(&path, session.to_text(&path).as_bytes());
            Some(report(outcome.map_err(|error| could_not_write(&path, &error)), &path))
        });
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

    /// Frames rows so that they fill the middle of the map.
    fn fly_to(&mut self, rows: &RoaringBitmap) {
        let Some(cloud) = self.derived.cloud() else { return };
        if let Some(framing) = cloud.framing_of(rows) {
            self.view.map.framing = framing.sound();
        }
    }

    /// Frames the selected rows, and their nearest ones as soon as they are known.
    fn show_neighbors(&mut self) {
        let mut rows = self.view.map.selection.rows().clone();
        let lists = self.derived.neighbors(self.view.document).into_iter().flat_map(|lists| lists.iter());
        let lists = lists.filter(|list| self.view.map.selection.contains(list.row));
        rows.extend(lists.flat_map(|list| list.neighbors.iter().map(|neighbor| neighbor.row)));
        self.fly_to(&rows);
    }

    fn select_words(&mut self, words: &[String]) {
        let Some(names) = self.names() else { return };
        let mut rows = RoaringBitmap::new();
        let mut focus = None;
        for word in words {
            match names.find_or_near(word) {
                Ok(row) => {
                    focus = focus.or(Some(row));
                    rows.insert(row);
                }
                Err(unknown) => self.notices.say(Severity::Warning, unknown.to_string()),
            }
        }
        if !rows.is_empty() {
            self.view.map.selection = Selection::new(rows, focus);
        }
    }

    fn set_text(&mut self, text: &str) {
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
    }

    /// Follows a token along the chain: its ID, then its row and its point where the table has them.
    fn choose_token(&mut self, chosen: Option<ChosenToken>) {
        let row = chosen.as_ref().and_then(|chosen| {
            let tokenizer = self.derived.tokenizer(&chosen.tokenizer)?;
            super::chain::row_of(self.table()?, tokenizer, chosen)
        });
        if let Some(row) = row {
            self.view.map.selection = Selection::one(row);
        } else if chosen.is_some() {
            self.view.map.selection = Selection::default();
        }
        if chosen.is_some() && self.view.panels.tab != Tab::Row {
            self.view.panels.tab = Tab::Tokens;
        }
        self.view.tokens.chosen = chosen;
    }
}

fn could_not_write(path: &Path, error: &std::io::Error) -> String {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        return format!("The file could not be saved: there is no folder {}.", folder.display());
    }
    // The kind alone: the error itself names the temporary file that was to take the place.
    let reason = error.kind();
    format!("The file could not be saved: {reason}. Choose another folder than that of {}", path.display())
}

fn report(outcome: Result<(), String>, path: &Path) -> Command {
    match outcome {
        Ok(()) => Command::Report { text: format!("Saved {}.", path.display()), failed: false },
        Err(text) => Command::Report { text, failed: true },
    }
}

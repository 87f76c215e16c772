//! What is written to files: in the background, and each file replaced whole.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::State;
use super::mapping::MapStage;
use super::notices::Severity;
use crate::files::write_whole;
use crate::scene::palette;
use crate::scene::points::MapPoints;
use crate::scene::rendering::{self, Look, PictureKind, PictureOptions};
use crate::scene::{Command, RowSet};
use crate::vectors::Table;
use crate::vectors::write::{self, Companions, WriteError};

impl State {
    /// Writes the table in another format, in the background.
    pub(super) fn save_vectors(&mut self, path: PathBuf) {
        let (Some(document), Some(table)) = (self.document().cloned(), self.table().cloned()) else { return };
        let source = document.source.path().map(Path::to_path_buf);
        self.save_table("Saving the vectors", path, source, table);
    }

    /// Writes the rows that the sentence picks out of the matrix, in the background.
    pub(super) fn save_stack(&mut self, path: PathBuf) {
        let stack = self.derived.lookup().stack_of(&self.view);
        let Some(table) = stack.and_then(|stack| stack.table.clone()) else {
            let said = "There are no rows to save: look the text up on the page for the matrix (F6) first.";
            self.notices.say(Severity::Warning, said);
            return;
        };
        self.save_table("Saving the rows", path, None, table);
    }

    /// Writes a table that came from `source`, in the background.
    fn save_table(&mut self, what: &str, path: PathBuf, source: Option<PathBuf>, table: Arc<Table>) {
        self.run_errand(what, move |progress| {
            // Who lets a matrix be replaced means its words too: the pair is one thing to them.
            let companions = if path.exists() {
                Companions::Replaced { source: source.as_deref().unwrap_or(&path) }
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

    /// Draws the map as it is seen and writes it to a file, in the background: that may be given up, for a map that is not there
    /// yet is worked out first.
    pub(super) fn save_picture(&mut self, path: PathBuf) {
        let (Some(document), Some(names)) = (self.document().cloned(), self.names()) else { return };
        if !self.view.map.named.on_map && self.derived.map_stage(&self.view) == MapStage::GivenUp {
            let text = "There is no map to save: it was given up. Choose a projection, or change one of its settings, first.";
            self.notices.say(Severity::Error, text);
            return;
        }
        let (view, choice) = (self.view.clone(), self.settings.picture);
        let palette = choice.look.map_or(palette::of(self.settings.theme), Look::palette);
        // As it is by now: a map that was stopped would otherwise be worked out to its end.
        let placed = self.derived.placed(&view).cloned();
        self.run_job("Saving the picture", move |progress| {
            let picture = PictureKind::of(&path).and_then(|kind| {
                let (size, scale) = choice.size.pixels();
                let options = PictureOptions { kind, palette, size, scale, title: &document.title };
                rendering::render(&names, &view, placed.as_ref(), options, progress)
            });
            let outcome = picture
                .map_err(|error| error.to_string())
                .and_then(|bytes| write_whole(&path, &bytes).map_err(|error| could_not_write(&path, &error)));
            Some(report(outcome, &path))
        });
    }

    /// Writes where the words lie, in the background.
    pub(super) fn save_points(&mut self, path: PathBuf) {
        self.save_rows(path, None);
    }

    /// Writes the selected words, in the background.
    pub(super) fn save_words(&mut self, path: PathBuf) {
        let chosen = RowSet::from(self.view.map.selection.rows().clone());
        let plain = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("txt"));
        let Some(table) = self.table().cloned().filter(|_| plain) else {
            return self.save_rows(path, Some(chosen));
        };
        self.run_errand("Saving the words", move |_| {
            let text: String = chosen.iter().flat_map(|row| [table.word(row as usize), "\n"]).collect();
            let outcome = write_whole(&path, text.as_bytes());
            Some(report(outcome.map_err(|error| could_not_write(&path, &error)), &path))
        });
    }

    /// Writes what is known of the words on the map, or of `chosen` ones, as a table.
    fn save_rows(&mut self, path: PathBuf, chosen: Option<RowSet>) {
        let cloud = self.derived.cloud_of(self.view.document).cloned();
        let (Some(names), Some(cloud)) = (self.names(), cloud) else { return };
        let clustering = self.derived.clustering(self.view.document).cloned();
        let clustering = clustering.filter(|_| self.derived.clustering_is_current(&self.view));
        let honesty = self.derived.honesty(&self.view).cloned();
        let subset = self.view.map.subset.clone();
        self.run_errand("Saving the points", move |_| {
            // Of a map that is turned a part is there.
            let cloud = if cloud.every > 1 { Arc::new(cloud.whole(&subset)) } else { cloud };
            let (clustering, honesty) = (clustering.as_deref(), honesty.as_deref());
            let chosen = chosen.as_deref();
            let points = MapPoints { names: &names, cloud: &cloud, chosen, clustering, honesty };
            let (words, columns) = points.columns();
            let outcome =
                write::columns::write(&path, &words, &columns).map_err(|error| match error.kind() {
                    io::ErrorKind::InvalidInput => format!("The words could not be saved: {error}"),
                    _ => could_not_write(&path, &error),
                });
            Some(report(outcome, &path))
        });
    }

    /// Writes the tokenizer that was trained, in the background.
    pub(super) fn save_tokenizer(&mut self, path: PathBuf) {
        let Some(trained) = self.derived.reading().training().trained(&self.view.tokens.training) else {
            self.notices.say(Severity::Warning, "No tokenizer has been trained yet.");
            return;
        };
        let file = Arc::clone(&trained.file);
        let path = if path.extension().is_some() { path } else { path.with_extension("json") };
        self.run_errand("Saving the tokenizer", move |_| {
            let outcome = write_whole(&path, &file);
            Some(report(outcome.map_err(|error| could_not_write(&path, &error)), &path))
        });
    }

    pub(super) fn save_session(&mut self, path: PathBuf) {
        let Some(session) = self.session() else { return };
        self.run_errand("Saving the session", move |_| {
            let outcome = write_whole(&path, session.to_text(&path).as_bytes());
            Some(report(outcome.map_err(|error| could_not_write(&path, &error)), &path))
        });
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

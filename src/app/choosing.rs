//! The commands that choose words and say which of them the map shows.

use roaring::RoaringBitmap;

use super::State;
use super::notices::Severity;
use crate::geometry::neighbors;
use crate::scene::drawing::{self, Chosen};
use crate::scene::numbers::thousands;
use crate::scene::view::{Page, SelectHow, Selection};
use crate::scene::{Command, RowSet};
use crate::vectors::SearchMode;

impl State {
    /// What is chosen on the map, and what follows from it.
    #[must_use]
    pub fn chosen(&self) -> Chosen<'_> {
        let (view, derived) = (&self.view, &self.derived);
        Chosen {
            selection: &view.map.selection,
            neighbors: derived.neighbors(view.document).map_or(&[], |lists| lists.as_slice()),
            analogy: derived.analogy(view.document).map(AsRef::as_ref),
            formula: derived.questions().formula(view.document).map(AsRef::as_ref),
            relation: derived.questions().relation(view).map(AsRef::as_ref),
            colors_tell: drawing::colors_tell(&view.map),
        }
    }

    /// The effect of a command that chooses words.
    pub(super) fn choose(&mut self, command: &Command) {
        // Whoever chooses a word no longer follows a token, whose row another one may be.
        self.view.tokens.chosen = None;
        let map = &mut self.view.map;
        match command {
            Command::Select(rows, how) => map.selection = map.selection.combined(rows.clone(), *how),
            Command::GoTo(rows) => {
                map.selection = map.selection.combined(rows.clone(), SelectHow::Replace);
                self.view.page = Page::Map;
                self.fly_to(rows);
            }
            Command::Explain(row) => map.selection = Selection::new(map.selection.rows().clone(), Some(*row)),
            Command::SelectWords(words) => self.select_words(words),
            Command::SelectAll => {
                let (all, focus) = (self.rows_on_map(), self.view.map.selection.focus());
                self.view.map.selection = Selection::new(all, focus);
            }
            Command::InvertSelection => {
                let rest = self.rows_on_map() - self.view.map.selection.rows();
                self.view.map.selection = Selection::new(rest, None);
            }
            Command::SelectFound { document, before, rows }
                if *document == self.view.document && **before == *self.view.map.selection.rows() =>
            {
                let focus = self.view.map.selection.focus();
                self.view.map.selection = Selection::new(rows.clone(), focus);
            }
            _ => {}
        }
    }

    /// Frames rows so that they fill the middle of the map.
    pub(super) fn fly_to(&mut self, rows: &RoaringBitmap) {
        let Some(cloud) = self.derived.cloud() else { return };
        if let Some(framing) = cloud.framing_of(rows) {
            self.view.map.framing = framing.sound();
        }
    }

    /// Frames rows, on the map wherever one was.
    pub(super) fn show_on_map(&mut self, rows: &RoaringBitmap) {
        self.fly_to(rows);
        self.view.page = Page::Map;
    }

    /// Frames the selected rows, and their nearest ones as soon as they are known.
    pub(super) fn show_neighbors(&mut self) {
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

    /// Says what a selection that was looked for came to.
    pub(super) fn say_found(&mut self, command: &Command) {
        /// So many words are named.
        const NAMED: usize = 5;
        let (Command::SelectFound { before, rows, .. }, Some(names)) = (command, self.names()) else {
            return;
        };
        let new = rows - &**before;
        let noun = names.table().noun();
        let text = if before.is_empty() || !rows.is_superset(before) {
            format!("{} {noun}s are selected.", thousands(rows.len()))
        } else {
            let words: Vec<String> = new.iter().take(NAMED).map(|row| names.shown(row)).collect();
            let more = if new.len() > NAMED as u64 { " …" } else { "" };
            format!("{} added: {}{more}", thousands(new.len()), words.join(", "))
        };
        self.notices.say(Severity::Info, text);
    }

    /// The rows that have a point on the map; of one that is turned, in which a part of them is there, all of them.
    fn rows_on_map(&self) -> RoaringBitmap {
        let rows = self.table().map_or(0, |table| table.rows()) as u32;
        match self.derived.cloud_of(self.view.document) {
            Some(cloud) => cloud.rows(&self.view.map.subset),
            None => self.view.map.subset.shown_of(&(0..rows).collect()),
        }
    }

    /// Has these rows alone on the map, or all again.
    pub(super) fn isolate(&mut self, rows: &RoaringBitmap) {
        let map = &mut self.view.map;
        if *map.subset.isolated != *rows {
            let before = std::mem::replace(&mut map.subset.isolated, rows.clone().into());
            map.framing = None;
            // Where the other map was stopped says nothing of this one.
            map.projection = map.projection.to_the_end();
            if !rows.is_empty() {
                // Isolated words would all be chosen, and nothing would stand out.
                map.selection = Selection::default();
            } else if map.selection.is_empty() {
                map.selection = Selection::new((*before).clone(), None);
            }
        }
    }

    /// Hides these rows and no others. What is hidden is no longer chosen.
    pub(super) fn set_hidden(&mut self, rows: &RoaringBitmap) {
        let map = &mut self.view.map;
        map.subset.hidden = rows.clone().into();
        let chosen = map.selection.rows() - rows;
        if chosen.len() < map.selection.len() {
            map.selection = Selection::new(chosen, map.selection.focus());
        }
    }

    /// Looks for the nearest words of all selected ones, in the background, and then selects them too.
    pub(super) fn grow_selection(&mut self) {
        let Some(table) = self.table().cloned() else { return };
        let (document, map) = (self.view.document, self.view.map.clone());
        if map.selection.is_empty() {
            return;
        }
        let compact = self.derived.compact(document).cloned();
        self.run_job("Growing the selection", move |progress| {
            let chosen: Vec<u32> = map.selection.iter().collect();
            let compact = compact.as_deref();
            let found = neighbors::of_rows(&table, compact, &chosen, map.neighbors, map.metric, progress);
            let around = map.subset.shown_of(&found.ok()?.into_iter().collect());
            let before = RowSet::from(map.selection.rows().clone());
            Some(Command::SelectFound { document, rows: &*before | &around, before })
        });
    }

    /// Looks for all words that match, in the background, and then selects them.
    pub(super) fn select_matches(&mut self, text: String, mode: SearchMode) {
        let Some(names) = self.names() else { return };
        let document = self.view.document;
        let before = RowSet::from(self.view.map.selection.rows().clone());
        self.run_job("Selecting what was found", move |_| {
            Some(match names.search(&text, mode, names.table().rows()) {
                Ok(hits) => {
                    let rows = hits.rows.iter().map(|&row| row as u32).collect();
                    Command::SelectFound { document, before, rows }
                }
                Err(error) => Command::Report { text: error.to_string(), failed: true },
            })
        });
    }
}

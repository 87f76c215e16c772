//! A text under tokenizers, and what is asked of one of them: worked out in the background as everything in
//! [`super::derived`].

use std::sync::Arc;

use super::browsing::{Apart, Browsing};
use super::ids::Ids;
use super::languages::Languages;
use super::showdown::{Showdown, Showdowns};
use super::tokens::TokenRow;
use crate::jobs::{Latest, Slot, Wake};
use crate::scene::View;
use crate::scene::view::{DocumentId, Page, Room, Tab};
use crate::tokens::{TextCounts, Tokenizer, catalog};

/// The tokenizers and their newest answers.
pub struct Reading {
    rows: Vec<TokenRow>,
    showdown: Showdowns,
    browsing: Browsing,
    apart: Apart,
    languages: Languages,
    ids: Ids,
    counts: Latest<Arc<str>, TextCounts>,
}

impl Reading {
    pub(super) fn new() -> Self {
        Self {
            rows: catalog::entries().iter().map(TokenRow::built_in).collect(),
            showdown: Showdowns::new(),
            browsing: Browsing::new(),
            apart: Apart::new(),
            languages: Languages::new(),
            ids: Ids::new(),
            counts: Latest::new("Counting"),
        }
    }

    /// Asks for what the view needs and is not there yet.
    pub(super) fn ask(&mut self, view: &View, tokenizers: &[(DocumentId, Arc<Tokenizer>)], wake: &Wake) {
        self.rows
            .retain(|row| row.document().is_none_or(|id| tokenizers.iter().any(|(known, _)| *known == id)));
        for (id, tokenizer) in tokenizers {
            if !self.rows.iter().any(|row| row.document() == Some(*id)) {
                let row = TokenRow::opened(*id, Arc::clone(tokenizer), &self.rows);
                self.rows.push(row);
            }
        }
        if view.page == Page::Tokens || view.panels.tab == Tab::Tokens || view.tokens.chosen.is_some() {
            for row in self.rows.iter_mut().filter(|row| !view.tokens.hidden.contains(row.name())) {
                row.ask(&view.tokens, wake);
            }
            match (view.page, view.tokens.room) {
                (Page::Tokens, Room::Showdown) => self.showdown.ask(&view.tokens, &self.rows, wake),
                (Page::Tokens, Room::Apart) => self.apart.ask(&view.tokens, &self.rows, wake),
                (Page::Tokens, Room::Vocabulary) => self.browsing.ask(&view.tokens, &self.rows, wake),
                (Page::Tokens, Room::Languages) => self.languages.ask(&view.tokens, &self.rows, wake),
                (Page::Tokens, Room::Ids) => self.ids.ask(&view.tokens, &self.rows, wake),
                (Page::Map, _) => {}
            }
            let text = Arc::clone(&view.tokens.text);
            self.counts.ask(Arc::clone(&text), wake, move |_| Ok(TextCounts::of(&text)));
        }
    }

    pub(super) fn slots(&self) -> impl Iterator<Item = &dyn Slot> {
        let Self { rows, showdown, browsing, apart, languages, ids, counts } = self;
        let own: [&dyn Slot; 5] = [counts, showdown.slot(), apart.slot(), languages.slot(), ids.slot()];
        own.into_iter().chain(browsing.slots()).chain(rows.iter().map(TokenRow::slot))
    }

    pub(super) fn slots_mut(&mut self) -> impl Iterator<Item = &mut dyn Slot> {
        let Self { rows, showdown, browsing, apart, languages, ids, counts } = self;
        let own: [&mut dyn Slot; 5] =
            [counts, showdown.slot_mut(), apart.slot_mut(), languages.slot_mut(), ids.slot_mut()];
        own.into_iter().chain(browsing.slots_mut()).chain(rows.iter_mut().map(TokenRow::slot_mut))
    }

    /// Forgets the tokenizer of a document that was closed or read anew.
    pub(super) fn forget(&mut self, id: DocumentId) {
        self.rows.retain(|row| row.document() != Some(id));
        self.browsing.forget_closed(&self.rows);
        self.apart.forget_closed(&self.rows);
    }

    /// The text under each tokenizer: the built-in ones, then the opened ones.
    pub fn rows(&self) -> &[TokenRow] {
        &self.rows
    }

    /// The newest text of which all tokens are there, side by side.
    pub fn showdown(&self) -> Option<&Arc<Showdown>> {
        self.showdown.newest()
    }

    /// The vocabulary that is looked through.
    pub fn browsing(&self) -> &Browsing {
        &self.browsing
    }

    /// The text that is taken apart.
    pub fn apart(&self) -> &Apart {
        &self.apart
    }

    /// What languages cost.
    pub fn languages(&self) -> &Languages {
        &self.languages
    }

    /// What tokenizers read in IDs.
    pub fn ids(&self) -> &Ids {
        &self.ids
    }

    /// How long the newest text that was counted is.
    pub fn counts(&self) -> Option<&TextCounts> {
        self.counts.newest().map(Arc::as_ref)
    }

    /// A tokenizer by its name, if it has been loaded.
    pub fn tokenizer(&self, name: &str) -> Option<&Arc<Tokenizer>> {
        let row = self.rows.iter().find(|row| row.name() == name)?;
        row.tokenizer().or_else(|| self.browsing.tokenizer(&row.source()))
    }
}

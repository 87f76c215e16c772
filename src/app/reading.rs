//! A text under tokenizers, and what is asked of one of them: worked out in the background as everything in
//! [`super::derived`].

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use super::browsing::{Apart, Browsing, examined};
use super::chat::Chat;
use super::ids::Ids;
use super::languages::Languages;
use super::letters::Counting;
use super::showdown::{Showdown, Showdowns};
use super::tokens::{TokenRow, compared};
use super::training::Training;
use crate::jobs::{Latest, Slot, Wake};
use crate::scene::View;
use crate::scene::view::{DocumentId, Page, Room, Tab, TokenView};
use crate::tokens::{TextCounts, Tokenizer, catalog};

/// The tokenizers and their newest answers.
pub struct Reading {
    rows: Vec<TokenRow>,
    showdown: Showdowns,
    browsing: Browsing,
    apart: Apart,
    letters: Counting,
    chat: Chat,
    languages: Languages,
    ids: Ids,
    training: Training,
    counts: Latest<Arc<str>, TextCounts>,
}

impl Reading {
    pub(super) fn new() -> Self {
        Self {
            rows: catalog::entries().iter().map(TokenRow::built_in).collect(),
            showdown: Showdowns::new(),
            browsing: Browsing::new(),
            apart: Apart::new(),
            letters: Counting::new(),
            chat: Chat::new(),
            languages: Languages::new(),
            ids: Ids::new(),
            training: Training::new(),
            counts: Latest::new("Counting"),
        }
    }

    /// Asks for what the view needs and is not there yet.
    pub(super) fn ask(&mut self, view: &View, tokenizers: &[(DocumentId, Arc<Tokenizer>)], wake: &Wake) {
        self.rows
            .retain(|row| row.document().is_none_or(|id| tokenizers.iter().any(|(known, _)| *known == id)));
        for (id, tokenizer) in tokenizers {
            if !self.rows.iter().any(|row| row.document() == Some(*id)) {
                let row = TokenRow::opened(Some(*id), Arc::clone(tokenizer), &self.rows);
                self.rows.push(row);
            }
        }
        if view.page == Page::Tokens || view.panels.tab == Tab::Tokens || view.tokens.chosen.is_some() {
            // Whose tokens are looked into is asked as well: they lead to rows.
            let examined = examined(&view.tokens, &self.rows).map(|row| row.name().to_owned());
            // Of a long text the beginning is seen first: until it is there, nothing else takes the processor.
            let on_board = view.page == Page::Tokens && view.tokens.room == Room::Showdown;
            let begins = on_board && self.showdown.begins(&view.tokens, &self.rows, wake);
            for row in self.rows.iter_mut().filter(|_| !begins) {
                if !view.tokens.hidden.contains(row.name()) || examined.as_deref() == Some(row.name()) {
                    row.ask(&view.tokens, wake);
                }
            }
            match (view.page, view.tokens.room) {
                (Page::Tokens, Room::Showdown) => self.showdown.ask(&view.tokens, &self.rows, wake),
                (Page::Tokens, Room::Apart) => self.apart.ask(&view.tokens, &self.rows, wake),
                (Page::Tokens, Room::Letters) => self.letters.ask(&view.tokens, &self.rows, wake),
                (Page::Tokens, Room::Chat) => self.chat.ask(&view.tokens, &self.rows, wake),
                (Page::Tokens, Room::Vocabulary) => self.browsing.ask(&view.tokens, &self.rows, wake),
                (Page::Tokens, Room::Languages) => self.languages.ask(&view.tokens, &self.rows, wake),
                (Page::Tokens, Room::Training) => self.training.ask(&view.tokens.training, wake),
                (Page::Tokens, Room::Ids) => self.ids.ask(&view.tokens, &self.rows, wake),
                (Page::Map | Page::Matrix, _) => {}
            }
            let text = Arc::clone(&view.tokens.text);
            self.counts.ask(Arc::clone(&text), wake, move |_| Ok(TextCounts::of(&text)));
        }
    }

    pub(super) fn slots(&self) -> impl Iterator<Item = &dyn Slot> {
        let Self { rows, showdown, browsing, apart, letters, chat, languages, ids, training, counts } = self;
        let own: [&dyn Slot; 6] =
            [counts, apart.slot(), letters.slot(), chat.slot(), languages.slot(), ids.slot()];
        own.into_iter()
            .chain(showdown.slots())
            .chain(browsing.slots())
            .chain(training.slots())
            .chain(rows.iter().map(TokenRow::slot))
    }

    pub(super) fn slots_mut(&mut self) -> impl Iterator<Item = &mut dyn Slot> {
        let Self { rows, showdown, browsing, apart, letters, chat, languages, ids, training, counts } = self;
        let own: [&mut dyn Slot; 6] = [
            counts,
            apart.slot_mut(),
            letters.slot_mut(),
            chat.slot_mut(),
            languages.slot_mut(),
            ids.slot_mut(),
        ];
        own.into_iter()
            .chain(showdown.slots_mut())
            .chain(browsing.slots_mut())
            .chain(training.slots_mut())
            .chain(rows.iter_mut().map(TokenRow::slot_mut))
    }

    /// Forgets the tokenizer of a document that was closed or read anew.
    pub(super) fn forget(&mut self, id: DocumentId) {
        self.rows.retain(|row| row.document() != Some(id));
        self.forget_closed();
    }

    /// Lets go of what was worked out for tokenizers that are gone.
    fn forget_closed(&mut self) {
        self.browsing.forget_closed(&self.rows);
        self.apart.forget_closed(&self.rows);
        self.letters.forget_closed(&self.rows);
        self.chat.forget_closed(&self.rows);
        self.languages.forget_closed(&self.rows);
        self.ids.forget_closed(&self.rows);
    }

    /// The text under each tokenizer: the built-in ones, then the opened ones.
    pub fn rows(&self) -> &[TokenRow] {
        &self.rows
    }

    /// The text side by side under all tokenizers; its beginning, or the text before, while that is worked on.
    pub fn showdown(&self, view: &TokenView) -> Option<&Arc<Showdown>> {
        self.showdown.shown(view, &self.rows)
    }

    /// [`Reading::showdown`], unless it is that of an older text, or of other tokenizers than the view wants.
    pub fn current_showdown(&self, view: &TokenView) -> Option<&Arc<Showdown>> {
        self.showdown.current(view, &self.rows)
    }

    /// Whether comparing the text was given up.
    pub fn gave_up(&self, view: &TokenView) -> bool {
        compared(view, &self.rows).all(TokenRow::gave_up) || self.showdown.gave_up()
    }

    /// The vocabulary that is looked through.
    pub fn browsing(&self) -> &Browsing {
        &self.browsing
    }

    /// The text that is taken apart.
    pub fn apart(&self) -> &Apart {
        &self.apart
    }

    /// A letter in a text and in its tokens.
    pub fn letters(&self) -> &Counting {
        &self.letters
    }

    /// A conversation as tokens.
    pub fn chat(&self) -> &Chat {
        &self.chat
    }

    /// The tokenizer that is trained.
    pub fn training(&self) -> &Training {
        &self.training
    }

    pub(super) fn training_mut(&mut self) -> &mut Training {
        &mut self.training
    }

    /// Compares a tokenizer that was trained here with the others. Gives the name that it has there.
    pub(super) fn keep(&mut self, tokenizer: Arc<Tokenizer>) -> String {
        let row = TokenRow::opened(None, tokenizer, &self.rows);
        let name = row.title().to_owned();
        self.rows.push(row);
        name
    }

    /// No longer compares a tokenizer that was trained here.
    pub(super) fn let_go(&mut self, tokenizer: &Arc<Tokenizer>) {
        self.rows.retain(|row| row.document().is_some() || !row.is_of(tokenizer));
        self.forget_closed();
    }

    /// The name that a tokenizer has in the comparison, if it is there.
    pub fn name_of(&self, tokenizer: &Arc<Tokenizer>) -> Option<&str> {
        self.rows.iter().find(|row| row.is_of(tokenizer)).map(TokenRow::name)
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

/// The text of a file of at most so many bytes, a whole number of MiB, or what is wrong with it, as a sentence.
pub(super) fn read_text(path: &Path, most: usize) -> Result<String, String> {
    let shown = path.display();
    let mut bytes = Vec::new();
    // What has no end, such as a device, is read no further.
    let read = std::fs::File::open(path).and_then(|file| file.take(most as u64 + 1).read_to_end(&mut bytes));
    match read {
        Err(error) => Err(format!("{shown} cannot be read: {error}.")),
        Ok(length) if length > most => {
            Err(format!("{shown} has more than {} MB: take a part of it.", most >> 20))
        }
        Ok(_) => {
            String::from_utf8(bytes).map_err(|_| format!("{shown} cannot be read: it is no text in UTF-8."))
        }
    }
}

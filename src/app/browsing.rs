//! The tokenizer that is looked into, its vocabulary, and how it takes a text apart: worked out in the background as everything
//! in [`super::derived`].

use std::sync::Arc;

use super::tokens::{TokenRow, TokenizerSource, compared};
use crate::jobs::{Latest, Same, Slot, Wake};
use crate::scene::view::TokenView;
use crate::tokens::Tokenizer;
use crate::tokens::trace::Trace;
use crate::tokens::vocabulary::{Filter, Listing, Oddity, Unmade, Vocabulary};

/// All entries of a tokenizer, or why there are none.
pub type Opened = Result<Arc<Vocabulary>, String>;

/// The tokenizer that is looked into: the one that is chosen, or that of the token that is followed, or the first that is compared.
#[must_use]
pub fn examined<'a>(view: &TokenView, rows: &'a [TokenRow]) -> Option<&'a TokenRow> {
    let named = |name: &String| rows.iter().find(|row| row.name() == name);
    let followed = || view.chosen.as_ref().and_then(|chosen| named(&chosen.tokenizer));
    let first = || compared(view, rows).next();
    view.examined.as_ref().and_then(named).or_else(followed).or_else(first).or(rows.first())
}

/// The way of a text to tokens, or why there is none.
pub type Traced = Result<Trace, String>;

/// A short text on its way to the tokens of one tokenizer.
pub struct Apart(Latest<(TokenizerSource, Arc<str>), Traced>);

impl Apart {
    pub(super) fn new() -> Self {
        Self(Latest::new("Taking the text apart"))
    }

    /// Asks for the way of the text that the view wants to see taken apart.
    pub(super) fn ask(&mut self, view: &TokenView, rows: &[TokenRow], wake: &Wake) {
        let Some(row) = examined(view, rows) else { return };
        let (source, text) = (row.source(), Arc::clone(&view.apart));
        self.0.ask((source.clone(), Arc::clone(&text)), wake, move |progress| {
            source.put_to(|tokenizer| tokenizer.trace(&text, progress))
        });
    }

    /// The newest way under the tokenizer that is looked into; that of the text before while another is looked for.
    pub fn newest(&self, view: &TokenView, rows: &[TokenRow]) -> Option<&Arc<Traced>> {
        let source = examined(view, rows)?.source();
        self.0.answered().filter(|(known, _)| *known == source)?;
        self.0.newest()
    }

    /// Whether that was given up.
    pub fn gave_up(&self) -> bool {
        self.0.gave_up()
    }

    pub(super) fn slot(&self) -> &dyn Slot {
        &self.0
    }

    pub(super) fn slot_mut(&mut self) -> &mut dyn Slot {
        &mut self.0
    }

    pub(super) fn forget_closed(&mut self, rows: &[TokenRow]) {
        self.0.forget(|(source, _)| !source.is_among(rows));
    }
}

/// A vocabulary, what of it is listed, and what its tokenizer never makes.
pub struct Browsing {
    vocabulary: Latest<TokenizerSource, Opened>,
    listing: Latest<(Same<Vocabulary>, Filter), Listing>,
    unmade: Latest<Same<Vocabulary>, Unmade>,
}

impl Browsing {
    pub(super) fn new() -> Self {
        Self {
            vocabulary: Latest::new("Reading the vocabulary"),
            listing: Latest::new("Listing the vocabulary"),
            unmade: Latest::new("Trying every entry"),
        }
    }

    /// Asks for what the view wants to see.
    pub(super) fn ask(&mut self, view: &TokenView, rows: &[TokenRow], wake: &Wake) {
        let Some(row) = examined(view, rows) else { return };
        let source = row.source();
        self.vocabulary.ask(source.clone(), wake, move |progress| {
            source.put_to(|tokenizer| Ok(Arc::new(Vocabulary::of(Arc::clone(tokenizer), progress)?)))
        });
        let Some(vocabulary) = self.current(view, rows).cloned() else { return };
        let filter = view.vocabulary.clone();
        let key = Same(Arc::clone(&vocabulary));
        let mut unmade = None;
        if filter.oddity == Some(Oddity::Unmade) {
            let tried = Arc::clone(&vocabulary);
            self.unmade.ask(key.clone(), wake, move |progress| tried.unmade(progress));
            unmade = self.unmade.answer_to(&key).cloned();
            if unmade.is_none() {
                return;
            }
        } else {
            self.unmade.drop_work();
        }
        self.listing.ask((key, filter.clone()), wake, move |progress| {
            vocabulary.list(&filter, unmade.as_deref(), progress)
        });
    }

    /// The vocabulary that the view asks for, or what is wrong with it; nothing before it is there.
    pub fn opened(&self, view: &TokenView, rows: &[TokenRow]) -> Option<&Opened> {
        self.vocabulary.answer_to(&examined(view, rows)?.source()).map(AsRef::as_ref)
    }

    /// The tokenizer from this source, if its vocabulary is shown.
    pub(super) fn tokenizer(&self, source: &TokenizerSource) -> Option<&Arc<Tokenizer>> {
        Some(self.vocabulary.answer_to(source)?.as_ref().as_ref().ok()?.tokenizer())
    }

    fn current(&self, view: &TokenView, rows: &[TokenRow]) -> Option<&Arc<Vocabulary>> {
        self.opened(view, rows)?.as_ref().ok()
    }

    /// The newest list of a vocabulary's entries: the one before while another is worked on.
    pub fn listing(&self, vocabulary: &Arc<Vocabulary>) -> Option<&Arc<Listing>> {
        self.listing.answered().filter(|(known, _)| *known == Same(Arc::clone(vocabulary)))?;
        self.listing.newest()
    }

    /// Whether the list is the one that the view asks for.
    pub fn is_listed(&self, view: &TokenView) -> bool {
        self.listing.answered().is_some_and(|(_, filter)| *filter == view.vocabulary)
    }

    /// What a vocabulary's tokenizer never makes, once that was looked for.
    pub fn unmade(&self, vocabulary: &Arc<Vocabulary>) -> Option<&Arc<Unmade>> {
        self.unmade.answer_to(&Same(Arc::clone(vocabulary)))
    }

    /// Whether the work for it was given up.
    pub fn gave_up(&self) -> bool {
        self.vocabulary.gave_up() || self.listing.gave_up() || self.unmade.gave_up()
    }

    pub(super) fn slots(&self) -> impl Iterator<Item = &dyn Slot> {
        let all: [&dyn Slot; 3] = [&self.vocabulary, &self.listing, &self.unmade];
        all.into_iter()
    }

    pub(super) fn slots_mut(&mut self) -> impl Iterator<Item = &mut dyn Slot> {
        let all: [&mut dyn Slot; 3] = [&mut self.vocabulary, &mut self.listing, &mut self.unmade];
        all.into_iter()
    }

    /// Lets go of a vocabulary whose tokenizer was closed.
    pub(super) fn forget_closed(&mut self, rows: &[TokenRow]) {
        self.vocabulary.forget(|source| !source.is_among(rows));
        let shown = self.vocabulary.newest().and_then(|opened| opened.as_ref().as_ref().ok()).cloned();
        let is_gone =
            |known: &Same<Vocabulary>| shown.as_ref().is_none_or(|shown| !Arc::ptr_eq(shown, &known.0));
        self.listing.forget(|(known, _)| is_gone(known));
        self.unmade.forget(is_gone);
    }
}

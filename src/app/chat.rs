//! A conversation as tokens: worked out in the background as everything in [`super::derived`].

use std::sync::Arc;

use super::State;
use super::browsing::examined;
use super::tokens::{TokenRow, TokenizerSource};
use crate::jobs::{Latest, Slot, Wake};
use crate::scene::view::{ChatView, TokenView};
use crate::tokens::chat::{Conversation, Options, Template, fitting, known, own};

/// A conversation under a template, or why there is none.
pub struct Talk {
    /// The template that was used.
    pub template: Template,
    /// All that there are for this tokenizer: its name and the one that people know.
    pub templates: Vec<(String, String)>,
    pub conversation: Result<Conversation, String>,
}

/// The tokenizer, or what is wrong with it.
pub type Talked = Result<Talk, String>;

/// The tokenizer that a conversation is read by: the one that is looked into or followed, or else one of a model that talks.
#[must_use]
pub fn talking<'a>(view: &TokenView, rows: &'a [TokenRow]) -> Option<&'a TokenRow> {
    let talks = || rows.iter().find(|row| row.name() == "llama3");
    let is_chosen = view.examined.is_some() || view.chosen.is_some();
    if is_chosen { examined(view, rows) } else { talks().or(rows.first()) }
}

/// The newest conversation.
pub struct Chat(Latest<(TokenizerSource, ChatView), Talked>);

impl Chat {
    pub(super) fn new() -> Self {
        Self(Latest::new("Rendering the conversation"))
    }

    /// Asks for the conversation that the view has.
    pub(super) fn ask(&mut self, view: &TokenView, rows: &[TokenRow], wake: &Wake) {
        let Some(row) = talking(view, rows) else { return };
        let (source, chat) = (row.source(), view.chat.clone());
        self.0.ask((source.clone(), chat.clone()), wake, move |progress| {
            source.put_to(|tokenizer| {
                let template = fitting(tokenizer, chat.template.as_deref());
                let options = Options {
                    answer: chat.answer,
                    add_special: chat.add_special,
                    typed_special: chat.typed_special,
                };
                let conversation =
                    Conversation::new(&template, &chat.messages, tokenizer, options, progress)?;
                let all = own(tokenizer).into_iter().chain(known());
                let templates = all.map(|template| (template.name, template.title)).collect();
                Ok(Talk { template, templates, conversation })
            })
        });
    }

    /// The newest conversation under the tokenizer that is looked into; that of other messages while those are worked on.
    pub fn newest(&self, view: &TokenView, rows: &[TokenRow]) -> Option<&Arc<Talked>> {
        let source = talking(view, rows)?.source();
        self.0.answered().filter(|(known, _)| *known == source)?;
        self.0.newest()
    }

    /// Whether that was given up.
    pub fn gave_up(&self) -> bool {
        self.0.gave_up()
    }

    pub(super) fn forget_closed(&mut self, rows: &[TokenRow]) {
        self.0.forget(|(source, _)| !source.is_among(rows));
    }

    pub(super) fn slot(&self) -> &dyn Slot {
        &self.0
    }

    pub(super) fn slot_mut(&mut self) -> &mut dyn Slot {
        &mut self.0
    }
}

impl State {
    /// Holds this conversation, as far as it is not too long.
    pub(super) fn talk(&mut self, chat: &ChatView) {
        let mut chat = chat.clone();
        chat.messages.truncate(ChatView::MOST_MESSAGES);
        self.view.tokens.chat = chat;
    }
}

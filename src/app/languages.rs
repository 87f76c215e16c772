//! What languages cost each tokenizer: worked out in the background as everything in [`super::derived`].

use std::path::PathBuf;
use std::sync::Arc;

use super::State;
use super::notices::Severity;
use super::reading::read_text;
use super::tokens::{TokenRow, TokenizerSource, compared};
use crate::jobs::{Latest, Same, Slot, Wake};
use crate::progress::{Cancelled, Part};
use crate::scene::Command;
use crate::scene::view::{LanguageChoice, Measure, Page, Room, TokenView};
use crate::tokens::languages::{Cost, Language, ParallelText};

/// The longest parallel text, in bytes: it stands in a field.
const LONGEST: usize = 1 << 20;

impl State {
    /// Compares languages on a text, or on the one that comes with the program.
    pub(super) fn use_languages(&mut self, own: Option<&str>) {
        let own = own.filter(|own| !own.trim().is_empty());
        if own.is_some_and(|own| own.len() > LONGEST) {
            self.notices.say(Severity::Warning, "The text has more than 1 MB: take a part of it.");
            return;
        }
        (self.view.tokens.room, self.view.page) = (Room::Languages, Page::Tokens);
        // A base that the text does not have stands back for the first language until there is one of its name.
        self.view.tokens.languages.own = own.map(Arc::from);
    }

    /// Reads a parallel text in the background.
    pub(super) fn open_languages(&mut self, path: PathBuf) {
        self.run_errand("Opening a parallel text", move |_| {
            let failed = |text: String| Some(Command::Report { text, failed: true });
            match read_text(&path, LONGEST) {
                Ok(text) => match ParallelText::typed(&text) {
                    Ok(read) if read.languages.is_empty() => failed(format!("{} is empty.", path.display())),
                    Ok(_) => Some(Command::UseLanguages(Some(text))),
                    Err(problem) => failed(format!("{} cannot be read. {problem}", path.display())),
                },
                Err(problem) => failed(problem),
            }
        });
    }
}

impl LanguageCosts {
    /// What `measure` says of a language under one of the tokenizers; nothing where that is not known.
    #[must_use]
    pub fn value(&self, choice: &LanguageChoice, tokenizer: usize, language: usize) -> Option<f64> {
        let costs = self.tokenizers.get(tokenizer)?.costs.as_ref().ok()?;
        let tokens = costs.get(language)?.tokens as f64;
        let by = |count: usize| (count > 0).then(|| tokens / count as f64);
        let size = self.sizes.get(language)?;
        match choice.measure {
            Measure::Relative => by(costs.get(self.base(choice))?.tokens),
            Measure::Tokens => Some(tokens),
            Measure::BytesPerToken => (tokens > 0.0).then(|| size.bytes as f64 / tokens),
            Measure::TokensPerWord => by(size.words),
            Measure::Window => by(choice.window as usize),
            Measure::Price => Some(tokens * f64::from(choice.rate) / 100.0 / 1e6),
        }
    }

    /// The language that the others are compared with.
    #[must_use]
    pub fn base(&self, choice: &LanguageChoice) -> usize {
        let is_base = |language: &Language| Some(&language.name) == choice.base.as_ref();
        self.text.languages.iter().position(is_base).unwrap_or(0)
    }

    /// The share of a text's bytes that one of the tokenizers does not know.
    #[must_use]
    pub fn lost_share(&self, tokenizer: usize, language: usize) -> f64 {
        let cost = self.tokenizers.get(tokenizer).and_then(|it| it.costs.as_ref().ok()?.get(language));
        let bytes = self.sizes.get(language).map_or(1, |size| size.bytes.max(1));
        cost.map_or(0.0, |cost| cost.lost as f64 / bytes as f64)
    }

    /// The languages, those first that cost the least under one of the tokenizers; last those of which it loses so much that
    /// they only seem cheap.
    #[must_use]
    pub fn order(&self, choice: &LanguageChoice, tokenizer: usize) -> Vec<usize> {
        /// What may be lost of a text that is still compared.
        const MOST_LOST: f64 = 0.02;
        let mut order: Vec<usize> = (0..self.text.languages.len()).collect();
        // Many bytes to a token are cheap.
        let sign = if choice.measure == Measure::BytesPerToken { -1.0 } else { 1.0 };
        let value = |language: usize| {
            self.value(choice, tokenizer, language).map_or(f64::INFINITY, |value| sign * value)
        };
        let is_lost = |language: usize| self.lost_share(tokenizer, language) > MOST_LOST;
        order.sort_by(|&a, &b| is_lost(a).cmp(&is_lost(b)).then(value(a).total_cmp(&value(b))));
        order
    }
}

/// How long a text is.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub bytes: usize,
    pub words: usize,
}

/// What a text costs one tokenizer in each language, or why that is not known.
pub struct TokenizerCosts {
    /// The tokenizer's name in the comparison, and the one that people know.
    pub name: String,
    pub title: String,
    pub costs: Result<Vec<Cost>, String>,
}

/// A parallel text and its costs.
pub struct LanguageCosts {
    pub text: Arc<ParallelText>,
    /// How long it is in each language.
    pub sizes: Vec<Size>,
    pub tokenizers: Vec<TokenizerCosts>,
}

/// The text, and the tokenizers that are compared: where each comes from and what it is called.
type Question = (Same<ParallelText>, Vec<(TokenizerSource, String, String)>);

/// What somebody wrote, as it was read, or what is wrong with it.
type Typed = Result<Arc<ParallelText>, String>;

/// The newest costs, and the text that they are of.
pub struct Languages {
    costs: Latest<Question, LanguageCosts>,
    /// What somebody wrote, as it was read.
    own: Option<(Arc<str>, Typed)>,
}

impl Languages {
    pub(super) fn new() -> Self {
        Self { costs: Latest::new("Counting the languages' tokens"), own: None }
    }

    /// Asks for the costs of the text that the view wants.
    pub(super) fn ask(&mut self, view: &TokenView, rows: &[TokenRow], wake: &Wake) {
        let text = match &view.languages.own {
            None => Arc::clone(ParallelText::shipped()),
            Some(own) => {
                if self.own.as_ref().is_none_or(|(known, _)| known != own) {
                    self.own = Some((Arc::clone(own), ParallelText::typed(own).map(Arc::new)));
                }
                let Some((_, Ok(text))) = &self.own else { return };
                Arc::clone(text)
            }
        };
        let asked: Vec<_> = compared(view, rows)
            .map(|row| (row.source(), row.name().to_owned(), row.title().to_owned()))
            .collect();
        let question = (Same(Arc::clone(&text)), asked.clone());
        self.costs.ask(question, wake, move |progress| {
            let count = asked.len().max(1) as f32;
            let one = |(place, (source, name, title)): (usize, (TokenizerSource, String, String))| {
                let part = Part::new(progress, place as f32 / count, (place + 1) as f32 / count);
                let costs = source.put_to(|tokenizer| text.costs(tokenizer, &part))?;
                Ok(TokenizerCosts { name, title, costs })
            };
            let tokenizers = asked.into_iter().enumerate().map(one).collect::<Result<_, Cancelled>>()?;
            let size = |language: &Language| Size { bytes: language.counts().bytes, words: language.words() };
            let sizes = text.languages.iter().map(size).collect();
            Ok(LanguageCosts { text, sizes, tokenizers })
        });
    }

    /// The newest costs.
    pub fn newest(&self) -> Option<&Arc<LanguageCosts>> {
        self.costs.newest()
    }

    /// What is wrong with the text that somebody wrote.
    pub fn problem(&self, view: &TokenView) -> Option<&str> {
        let own = view.languages.own.as_ref()?;
        let (known, read) = self.own.as_ref()?;
        (known == own).then(|| read.as_ref().err().map(String::as_str)).flatten()
    }

    /// Whether that was given up.
    pub fn gave_up(&self) -> bool {
        self.costs.gave_up()
    }

    pub(super) fn forget_closed(&mut self, rows: &[TokenRow]) {
        self.costs.forget(|(_, asked)| asked.iter().any(|(source, ..)| !source.is_among(rows)));
    }

    pub(super) fn slot(&self) -> &dyn Slot {
        &self.costs
    }

    pub(super) fn slot_mut(&mut self) -> &mut dyn Slot {
        &mut self.costs
    }
}

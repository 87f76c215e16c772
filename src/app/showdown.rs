//! A text under all chosen tokenizers, side by side: worked out in the background as everything in [`super::derived`].

use std::sync::Arc;

use unicode_segmentation::UnicodeSegmentation;

use super::State;
use super::tokens::{Answer, TokenRow, TokenizerSource, compared};
use crate::jobs::{Latest, Same, Slot, Wake};
use crate::progress::{Cancelled, Progress};
use crate::scene::Command;
use crate::scene::view::{LetterChoice, Page, TokenView, TrainingText};
use crate::tokens::trace::LONGEST;
use crate::tokens::{
    Algorithm, Aligned, EncodeOptions, Row, TokenizeDocument, Tokenizer, alike_at_ends, beginning, stretches,
};

/// Of a longer text, in bytes, the beginning is shown before the whole is there.
const LONG: usize = 1 << 17;

/// So much of it: more than is ever in sight.
const GLANCE: usize = 1 << 14;

/// One tokenizer's answer.
#[derive(Clone)]
pub struct Lane {
    pub name: String,
    pub title: String,
    pub answer: Arc<Answer>,
}

impl Lane {
    /// The tokens, unless the text could not be encoded.
    #[must_use]
    pub fn row(&self) -> Option<&Row> {
        self.answer.as_ref().as_ref().ok()
    }

    /// Whether the tokenizer chooses where it cuts: not where every byte or code point is a token.
    fn chooses(&self) -> bool {
        let algorithm = self.row().map(|row| row.tokenizer.algorithm());
        algorithm.is_some_and(|kind| !matches!(kind, Algorithm::Bytes | Algorithm::CodePoints))
    }
}

/// A text and the tokens of all chosen tokenizers, which all belong to this very text.
pub struct Showdown {
    pub aligned: Aligned,
    /// Those with the fewest tokens first.
    pub lanes: Vec<Lane>,
    /// How many of them were asked where they agree: those that choose where they cut, or all where none does.
    pub asked: usize,
}

impl Showdown {
    fn of(text: Arc<str>, mut lanes: Vec<Lane>) -> Self {
        lanes.sort_by_key(|lane| lane.row().map_or(usize::MAX, Row::len));
        let choosing: Vec<&Row> =
            lanes.iter().filter(|lane| lane.chooses()).filter_map(|lane| lane.row()).collect();
        let asked = if choosing.is_empty() { lanes.iter().filter_map(Lane::row).collect() } else { choosing };
        let alike = stretches(&text, &asked);
        let asked = asked.len();
        Self { aligned: Aligned::new(text, alike), lanes, asked }
    }

    /// The tokens of each tokenizer: its name, how many, and the pieces with bars between them, a tokenizer a line. What would
    /// end the line or look like a tab is written with a backslash.
    #[must_use]
    pub fn as_text(&self) -> String {
        let piece = |row: &Row, index: usize| {
            row.piece(index).replace('\n', "\\n").replace('\r', "\\r").replace('\t', "\\t")
        };
        self.lines(|row| (0..row.len()).map(|index| piece(row, index)).collect::<Vec<_>>().join("|"))
    }

    /// The IDs of each tokenizer, a tokenizer a line.
    #[must_use]
    pub fn as_ids(&self) -> String {
        self.lines(|row| row.tokens().iter().map(|token| token.id.to_string()).collect::<Vec<_>>().join(" "))
    }

    /// What the command `tokenize --json` prints.
    #[must_use]
    pub fn as_json(&self) -> String {
        let rows = self.lanes.iter().filter_map(Lane::row);
        let documents: Vec<TokenizeDocument> = rows.map(|row| row.document(self.aligned.counts)).collect();
        serde_json::to_string_pretty(&documents).unwrap_or_default()
    }

    fn lines(&self, write: impl Fn(&Row) -> String) -> String {
        let line =
            |lane: &Lane| Some(format!("{}\t{}\t{}\n", lane.name, lane.row()?.len(), write(lane.row()?)));
        self.lanes.iter().filter_map(line).collect()
    }
}

/// A text, and the answers to it.
type Question = (Same<str>, Vec<Same<Answer>>);

fn question(view: &TokenView, rows: &[TokenRow]) -> Question {
    let answers = compared(view, rows).filter_map(|row| Some(Same(Arc::clone(row.current(view)?))));
    (Same(Arc::clone(&view.text)), answers.collect())
}

/// What the beginning of a long text is asked of: the text, how it is read, and by whom.
type Glance = (Same<str>, EncodeOptions, Vec<TokenizerSource>);

/// The newest comparison, and the one that is worked on.
pub(super) struct Showdowns {
    whole: Latest<Question, Showdown>,
    /// The beginning of a long text, while the whole is worked on.
    beginning: Latest<Glance, Showdown>,
}

impl Showdowns {
    pub fn new() -> Self {
        Self { whole: Latest::new("Comparing tokens"), beginning: Latest::new("Comparing the beginning") }
    }

    /// Puts the answers side by side once all are there that are worked on. A tokenizer that is still being loaded is not waited
    /// for.
    pub fn ask(&mut self, view: &TokenView, rows: &[TokenRow], wake: &Wake) {
        let shown = || compared(view, rows);
        let is_awaited = |row: &TokenRow| {
            row.current(view).is_none() && row.progress().is_some() && row.tokenizer().is_some()
        };
        let waits = shown().any(is_awaited);
        if waits {
            self.glance(view, rows, wake);
            return;
        }
        let lane = |row: &TokenRow| {
            let answer = Arc::clone(row.current(view)?);
            Some(Lane { name: row.name().to_owned(), title: row.title().to_owned(), answer })
        };
        let lanes: Vec<Lane> = shown().filter_map(lane).collect();
        if lanes.is_empty() {
            return;
        }
        let text = Arc::clone(&view.text);
        let work = move |_: &dyn Progress| Ok(Showdown::of(text, lanes));
        self.whole.ask(question(view, rows), wake, work);
    }

    /// Asks for the beginning of a long text that is new. Says whether that is worked on, or was given up: then nobody wants the
    /// whole either.
    pub fn begins(&mut self, view: &TokenView, rows: &[TokenRow], wake: &Wake) -> bool {
        let is_known = compared(view, rows).any(|row| row.current(view).is_some() || row.is_asked(view));
        if view.text.len() < LONG || is_known || compared(view, rows).all(|row| row.tokenizer().is_none()) {
            return false;
        }
        let asked = self.glance(view, rows, wake);
        asked.is_some_and(|asked| self.beginning.is_running(&asked) || self.beginning.is_given_up(&asked))
    }

    /// Asks for the beginning of a long text that is none of the one before with an edit in it. Gives what was asked.
    fn glance(&mut self, view: &TokenView, rows: &[TokenRow], wake: &Wake) -> Option<Glance> {
        let is_edit = || self.whole.newest().is_some_and(|known| is_edited(&known.aligned.text, &view.text));
        if view.text.len() < LONG || is_edit() {
            self.beginning.clear();
            return None;
        }
        let loaded = compared(view, rows).filter(|row| row.tokenizer().is_some());
        let asked: Vec<_> =
            loaded.map(|row| (row.source(), row.name().to_owned(), row.title().to_owned())).collect();
        let options = EncodeOptions { add_special: false, typed_special: view.typed_special };
        let sources = asked.iter().map(|(source, ..)| source.clone()).collect();
        let text = Arc::clone(&view.text);
        let question: Glance = (Same(Arc::clone(&text)), options, sources);
        self.beginning.ask(question.clone(), wake, move |progress| {
            let text: Arc<str> = beginning(&text, GLANCE).into();
            let lane = |(source, name, title): (TokenizerSource, String, String)| {
                let row =
                    |tokenizer: &Arc<Tokenizer>| Row::new(Arc::clone(&text), tokenizer, options, progress);
                Ok(Lane { name, title, answer: Arc::new(source.put_to(row)?) })
            };
            let lanes = asked.into_iter().map(lane).collect::<Result<_, Cancelled>>()?;
            Ok(Showdown::of(Arc::clone(&text), lanes))
        });
        Some(question)
    }

    /// The comparison to show: that of the view's text, or of its beginning, or else of the text before.
    pub fn shown(&self, view: &TokenView, rows: &[TokenRow]) -> Option<&Arc<Showdown>> {
        let beginning = || {
            let (text, ..) = self.beginning.answered()?;
            (*text == Same(Arc::clone(&view.text))).then(|| self.beginning.newest()).flatten()
        };
        let known = self.whole.newest();
        // With other tokenizers it is the same text all the same.
        let same = || known.filter(|known| Arc::ptr_eq(&known.aligned.text, &view.text));
        self.current(view, rows).or_else(same).or_else(beginning).or(known)
    }

    /// The comparison of the very text that the view has, as it wants it read, of all tokenizers that have answered.
    pub fn current(&self, view: &TokenView, rows: &[TokenRow]) -> Option<&Arc<Showdown>> {
        self.whole.answer_to(&question(view, rows))
    }

    pub fn gave_up(&self) -> bool {
        self.whole.gave_up() || self.beginning.gave_up()
    }

    pub fn slots(&self) -> impl Iterator<Item = &dyn Slot> {
        let all: [&dyn Slot; 2] = [&self.whole, &self.beginning];
        all.into_iter()
    }

    pub fn slots_mut(&mut self) -> impl Iterator<Item = &mut dyn Slot> {
        let all: [&mut dyn Slot; 2] = [&mut self.whole, &mut self.beginning];
        all.into_iter()
    }
}

/// Whether most of a text is in another one, before and behind what an edit changed.
fn is_edited(before: &str, after: &str) -> bool {
    let (start, end) = alike_at_ends(before, after);
    start + end > after.len() / 2
}

impl State {
    /// The effect of a command that says how the text is read and shown.
    pub(super) fn read_text(&mut self, command: &Command) {
        let tokens = &mut self.view.tokens;
        match command {
            Command::SetText(text) => self.set_text(text),
            Command::ChooseToken(chosen) => self.choose_token(chosen.clone()),
            Command::AddSpecial(add) => tokens.add_special = *add,
            Command::TypedSpecial(typed) => tokens.typed_special = *typed,
            Command::ShowMarks(marks) => tokens.marks = *marks,
            Command::ShowRoom(room) => {
                tokens.room = *room;
                self.show_page(Page::Tokens);
            }
            Command::Browse(filter) => tokens.vocabulary = filter.clone(),
            Command::Examine(name) if tokens.examined.as_ref() == Some(name) => {}
            Command::Examine(name) => {
                tokens.examined = Some(name.clone());
                // Another vocabulary may have no such entries at all.
                (tokens.vocabulary.kind, tokens.vocabulary.writing) = (None, None);
            }
            Command::Talk(chat) => self.talk(chat),
            Command::PrepareTraining(training) => tokens.training = training.clone(),
            Command::Train => {
                (tokens.training.asked, tokens.training.merges) = (Some(tokens.training.to_ask()), None);
                self.derived.reading_mut().training_mut().begin_anew(&self.view.tokens.training);
            }
            Command::TrainOn(path) => tokens.training.recipe.text = TrainingText::File(path.clone()),
            Command::CountLetters(choice) => {
                let text = choice.text.chars().take(LetterChoice::LONGEST).collect::<String>();
                let letter = choice.letter.graphemes(true).next_back().unwrap_or_default();
                tokens.letters =
                    LetterChoice { text: text.into(), letter: letter.into(), reveal: choice.reveal };
            }
            Command::ReadIds(ids) => tokens.ids = ids.as_str().into(),
            Command::CompareLanguages(choice) => tokens.languages = choice.clone(),
            Command::UseLanguages(own) => self.use_languages(own.as_deref()),
            Command::TakeApart(text) => {
                tokens.apart = text.chars().take(LONGEST).collect::<String>().into();
            }
            Command::ShowTokenizer(name, true) => {
                tokens.hidden.remove(name);
            }
            Command::ShowTokenizer(name, false) => {
                tokens.hidden.insert(name.clone());
            }
            _ => {}
        }
    }
}

//! The tokens of a conversation, and who each of them comes from.

use std::ops::Range;
use std::sync::Arc;

use super::rendering::{Message, Rendered, Role, render};
use super::templates::Template;
use crate::progress::Progress;
use crate::tokens::{EncodeError, EncodeOptions, Encoding, Row, Token, Tokenizer};

/// How a conversation is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Whether the template begins the model's answer.
    pub answer: bool,
    /// Whether the tokenizer puts its own special tokens around the text, which has the template's already.
    pub add_special: bool,
    /// Whether names of special tokens within messages are control rather than text.
    pub typed_special: bool,
}

/// Who a token comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The tokenizer put it around the text.
    Tokenizer,
    /// The template.
    Template,
    /// A message of this role.
    Message(Role),
    /// Both: the token reaches from the template into a message, or is made of both.
    Both,
}

impl Origin {
    /// All origins, in the order in which they are told.
    pub const ALL: [Self; 6] = [
        Self::Tokenizer,
        Self::Template,
        Self::Message(Role::System),
        Self::Message(Role::User),
        Self::Message(Role::Assistant),
        Self::Both,
    ];

    /// The name, in a word or two.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Tokenizer => "tokenizer",
            Self::Template => "template",
            Self::Message(role) => role.name(),
            Self::Both => "template and message",
        }
    }
}

/// How many tokens come from where.
pub type Share = (Origin, usize);

/// A conversation as tokens.
#[derive(Debug, Clone)]
pub struct Conversation {
    /// How it was read.
    pub options: Options,
    pub rendered: Rendered,
    pub row: Row,
    /// Who each token comes from. All of the text is the template's where its messages were not found.
    pub origins: Vec<Origin>,
    /// Names of special tokens that somebody typed into a message: which message, and where in the text.
    pub typed: Vec<(usize, Range<usize>)>,
    /// The token that opens the text twice: once put there by the template, once by the tokenizer.
    pub doubled: Option<u32>,
    /// What the template means to be one token, and the tokenizer cuts: its text, and into how many.
    pub cut: Vec<(String, usize)>,
}

impl Conversation {
    /// Renders a conversation and encodes it. A template that refuses it gives a sentence.
    ///
    /// # Errors
    /// As [`Tokenizer::encode`].
    pub fn new(
        template: &Template,
        messages: &[Message],
        tokenizer: &Arc<Tokenizer>,
        options: Options,
        progress: &dyn Progress,
    ) -> Result<Result<Self, String>, EncodeError> {
        let rendered = match render(template, messages, options.answer) {
            Ok(rendered) => rendered,
            Err(problem) => return Ok(Err(problem)),
        };
        let inside = |(index, place): &(usize, Range<usize>)| {
            let found = tokenizer.special_names_in(&rendered.text[place.clone()]);
            found.into_iter().map(|name| (*index, place.start + name.start..place.start + name.end)).collect()
        };
        let typed: Vec<(usize, Range<usize>)> =
            rendered.messages.iter().flat_map::<Vec<_>, _>(inside).collect();
        let as_text = typed.iter().filter(|_| !options.typed_special);
        let guarded: Vec<Range<usize>> = as_text.map(|(_, place)| place.clone()).collect();
        let encoding = encode(tokenizer, &rendered.text, options.add_special, &guarded, progress)?;
        let row = Row::of(Arc::from(&*rendered.text), tokenizer, encoding);
        let origins = row.tokens().iter().map(|token| origin(token, &rendered, messages)).collect();
        let doubled = doubled(row.tokens());
        let cut = cut(&row, &rendered);
        Ok(Ok(Self { options, rendered, row, origins, typed, doubled, cut }))
    }

    /// How many tokens come from where; only where any do.
    #[must_use]
    pub fn shares(&self) -> Vec<Share> {
        let count = |origin: &Origin| self.origins.iter().filter(|other| *other == origin).count();
        Origin::ALL
            .into_iter()
            .map(|origin| (origin, count(&origin)))
            .filter(|(_, count)| *count > 0)
            .collect()
    }
}

/// Encodes a text whose special tokens are control, but for those at `guarded` places, which are text like any other: what stands
/// between two tokens of control and has any of them in it is encoded once more, as text.
fn encode(
    tokenizer: &Tokenizer,
    text: &str,
    add_special: bool,
    guarded: &[Range<usize>],
    progress: &dyn Progress,
) -> Result<Encoding, EncodeError> {
    let whole = tokenizer.encode(text, EncodeOptions { add_special, typed_special: true }, progress)?;
    if guarded.is_empty() {
        return Ok(whole);
    }
    let is_guarded =
        |token: &Token| guarded.iter().any(|place| token.start < place.end && place.start < token.end);
    let is_control = |token: &Token| {
        let is_special = tokenizer.is_special(token.id) && Some(token.id) != tokenizer.unknown_id();
        token.added || (is_special && !is_guarded(token))
    };
    let mut tokens = Vec::with_capacity(whole.tokens.len());
    let mut from = 0;
    for part in whole.tokens.chunk_by(|a, b| !is_control(a) && !is_control(b)) {
        match part {
            [control] if is_control(control) => tokens.push(*control),
            part if part.iter().any(is_guarded) => {
                let to = next_control(&whole.tokens, part, text.len());
                tokens.extend(as_text(tokenizer, text, from..to, progress)?);
            }
            part => tokens.extend_from_slice(part),
        }
        from = part.last().map_or(from, |last| last.end);
    }
    Ok(Encoding { tokens })
}

/// Where the token behind a part of all tokens begins.
fn next_control(all: &[Token], part: &[Token], end: usize) -> usize {
    let last = part.last().map_or(0, |last| last.end);
    all.iter().find(|token| token.start >= last && !part.contains(token)).map_or(end, |next| next.start)
}

fn as_text(
    tokenizer: &Tokenizer,
    text: &str,
    part: Range<usize>,
    progress: &dyn Progress,
) -> Result<impl Iterator<Item = Token>, EncodeError> {
    let options = EncodeOptions { add_special: false, typed_special: false };
    let tokens = tokenizer.encode(&text[part.clone()], options, progress)?.tokens;
    let moved =
        move |token: Token| Token { start: token.start + part.start, end: token.end + part.start, ..token };
    Ok(tokens.into_iter().map(moved))
}

fn origin(token: &Token, rendered: &Rendered, messages: &[Message]) -> Origin {
    if token.added {
        return Origin::Tokenizer;
    }
    let after = rendered.messages.partition_point(|(_, place)| place.end <= token.start);
    match rendered.messages.get(after) {
        Some((index, place)) if place.start <= token.start && token.end <= place.end => {
            Origin::Message(messages[*index].role)
        }
        Some((_, place)) if token.end > place.start && token.start < place.end => Origin::Both,
        _ => Origin::Template,
    }
}

/// Whether the text begins with one and the same token twice, of which the first was added.
fn doubled(tokens: &[Token]) -> Option<u32> {
    let [first, second, ..] = tokens else { return None };
    (first.added && !second.added && first.id == second.id).then_some(first.id)
}

/// Signs of the template that look like one token, and are none to this tokenizer: each once.
fn cut(row: &Row, rendered: &Rendered) -> Vec<(String, usize)> {
    let mut found: Vec<(String, usize)> = Vec::new();
    // Whose signs they are cannot be told then.
    if !rendered.is_followed {
        return found;
    }
    for place in signs(&rendered.text) {
        let is_typed = rendered
            .messages
            .iter()
            .any(|(_, message)| message.start < place.end && place.start < message.end);
        let (name, count) = (&rendered.text[place.clone()], row.overlapping(place).len());
        if !is_typed && count > 1 && !found.iter().any(|(known, _)| known == name) {
            found.push((name.to_owned(), count));
        }
    }
    found
}

/// What looks like the name of a special token: `<|…|>`, `<…>`, `[…]`, `<<…>>`, without white space inside.
fn signs(text: &str) -> Vec<Range<usize>> {
    const LONGEST_NAME: usize = 40;
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find(['<', '[']).map(|start| at + start) {
        let close = if text[start..].starts_with('<') { '>' } else { ']' };
        let near = text[start..].char_indices().take(LONGEST_NAME);
        let end = near.clone().find(|(_, c)| *c == close || c.is_whitespace()).filter(|(_, c)| *c == close);
        let end = end.map(|(length, _)| start + length);
        at = match end {
            Some(end) if end - start > 1 => {
                found.push(start..end + 1);
                end + 1
            }
            _ => start + 1,
        };
    }
    found
}

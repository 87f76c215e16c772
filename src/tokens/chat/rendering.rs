//! A conversation as the text that a template makes of it, and which stretch of that comes from whom.

use std::ops::Range;

use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, Error, ErrorKind, context};
use serde::{Deserialize, Serialize};

use super::templates::Template;

/// The longest conversation, in bytes of all its messages.
pub const LONGEST: usize = 1 << 16;

/// What a template may do before it is given up, in steps of the template engine, which counts 64 bytes as one.
const FUEL: u64 = 300_000;

/// The longest text that a template may make of a conversation, in bytes.
const LONGEST_RENDERED: usize = 8 * LONGEST;

/// What comes before the words of a template that refuses a conversation: nobody types it.
const REFUSAL: &str = "\u{10FFFC}";

/// Who says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Whoever sets the rules.
    System,
    /// Who asks.
    #[default]
    User,
    /// The model.
    Assistant,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 3] = [Self::System, Self::User, Self::Assistant];

    /// The name by which templates know it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

/// One message of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Message {
    pub role: Role,
    pub content: String,
}

/// A conversation as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    pub text: String,
    /// Where each message stands in it, in bytes, ascending: what a template leaves out, and what it changes within, stands
    /// nowhere. None of them if the template writes messages in a way that cannot be followed.
    pub messages: Vec<(usize, Range<usize>)>,
    /// Whether every message was found.
    pub is_followed: bool,
}

/// What a template makes of a conversation. `answer` asks it to end with the beginning of the model's answer.
///
/// Where messages stand is found by a second rendering, in which each message is replaced by a mark: what stands between the
/// marks is the template's own.
///
/// # Errors
/// A sentence that says what is wrong with the template, or why it refuses the conversation.
pub fn render(template: &Template, messages: &[Message], answer: bool) -> Result<Rendered, String> {
    if messages.iter().map(|message| message.content.len()).sum::<usize>() > LONGEST {
        return Err(format!("The messages are longer than {} kB: take a part of them.", LONGEST / 1024));
    }
    let text = run(template, messages, answer)?;
    if text.len() > LONGEST_RENDERED {
        return Err(format!("The template writes more than {} kB.", LONGEST_RENDERED / 1024));
    }
    let marked: Vec<Message> = (0..).zip(messages).map(|(index, message)| mark(index, message)).collect();
    let found = run(template, &marked, answer).ok().and_then(|skeleton| places(&text, &skeleton, messages));
    let is_followed = found.is_some();
    Ok(Rendered { text, messages: found.unwrap_or_default(), is_followed })
}

/// No text has such a letter, which belongs to nobody by the Unicode standard.
const MARK: char = '\u{10FFFD}';

/// A message with a mark in place of what it says. What says nothing stays as it is.
fn mark(index: usize, message: &Message) -> Message {
    let says_nothing = message.content.trim().is_empty();
    let content = if says_nothing { message.content.clone() } else { format!("{MARK}{index}{MARK}") };
    Message { content, ..*message }
}

fn run(template: &Template, messages: &[Message], answer: bool) -> Result<String, String> {
    let mut environment = Environment::new();
    // As `transformers` sets it up.
    if let Ok(syntax) = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build() {
        environment.set_syntax(syntax);
    }
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    environment.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
    environment.add_filter("tojson", super::json::tojson);
    environment.set_fuel(Some(FUEL));
    environment.add_function("raise_exception", |said: String| -> Result<String, Error> {
        Err(Error::new(ErrorKind::InvalidOperation, format!("{REFUSAL}{said}")))
    });
    let messages: Vec<_> = messages
        .iter()
        .map(|message| context! { role => message.role.name(), content => &*message.content })
        .collect();
    let names = context! {
        messages,
        add_generation_prompt => answer,
        tools => (),
        documents => (),
        bos_token => &*template.bos,
        eos_token => &*template.eos,
    };
    let compiled = environment.template_from_str(&template.source).map_err(|error| said(&error))?;
    compiled.render(names).map_err(|error| said(&error))
}

/// What went wrong, and where, in a line.
fn said(error: &Error) -> String {
    let detail = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    if let Some(refusal) = detail.strip_prefix(REFUSAL) {
        return format!("The template refuses this conversation. {refusal}");
    }
    error.line().map_or_else(
        || format!("The template fails: {detail}"),
        |line| format!("The template fails in line {line}: {detail}"),
    )
}

/// Where messages stand in a text whose template writes `skeleton` with marks in their place.
fn places(text: &str, skeleton: &str, messages: &[Message]) -> Option<Vec<(usize, Range<usize>)>> {
    let mut parts = skeleton.split(MARK);
    let mut at = parts.next()?.len();
    if !text.starts_with(skeleton.split(MARK).next()?) {
        return None;
    }
    let mut found = Vec::new();
    while let Some(number) = parts.next() {
        let index: usize = number.parse().ok()?;
        let between = parts.next()?;
        let content = &messages.get(index)?.content;
        // Templates take away white space at the ends of messages, or leave it.
        let forms = [content.as_str(), content.trim(), content.trim_end(), content.trim_start()];
        let is_last = parts.clone().next().is_none();
        let fits = |form: &&str| {
            let rest = text[at..].strip_prefix(*form);
            rest.is_some_and(|rest| if is_last { rest == between } else { rest.starts_with(between) })
        };
        let form = forms.into_iter().find(fits)?;
        found.push((index, at..at + form.len()));
        at += form.len() + between.len();
    }
    (at == text.len()).then_some(found)
}

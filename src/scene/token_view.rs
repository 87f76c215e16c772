//! What a person chose to see of a text under tokenizers, and of their vocabularies.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::training_view::TrainingView;
use crate::tokens::chat::{Message, Role};
use crate::tokens::trace;
use crate::tokens::vocabulary::Filter;

/// The text under the tokenizers and how it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TokenView {
    pub text: Arc<str>,
    /// Whether the tokenizers add their own special tokens.
    pub add_special: bool,
    /// Whether a typed special token such as `<|endoftext|>` is control rather than text.
    pub typed_special: bool,
    /// The token that was clicked last.
    pub chosen: Option<ChosenToken>,
    /// The tokenizers that are left out of the comparison, by their names.
    pub hidden: BTreeSet<String>,
    pub marks: TokenMarks,
    /// What the page for tokens shows.
    pub room: Room,
    /// The tokenizer that is looked into, by its name in the comparison; where nothing is said, that of the token that is
    /// followed, or the first.
    pub examined: Option<String>,
    /// What of its vocabulary is listed.
    pub vocabulary: Filter,
    /// The text that is taken apart.
    pub apart: Arc<str>,
    pub letters: LetterChoice,
    pub chat: ChatView,
    pub training: TrainingView,
    pub languages: LanguageChoice,
    /// The IDs that are read, as they are typed.
    pub ids: Arc<str>,
}

/// What the page for tokens shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Room {
    /// The text under all chosen tokenizers.
    #[default]
    Showdown,
    /// A short text on its way to the tokens of one tokenizer.
    Apart,
    /// A letter in a text, and in its tokens.
    Letters,
    /// A conversation as one tokenizer's tokens.
    Chat,
    /// All entries of one tokenizer.
    Vocabulary,
    /// The same text in many languages, and what it costs.
    Languages,
    /// IDs, and what each tokenizer reads in them.
    Ids,
    /// A tokenizer of one's own.
    Training,
}

/// A conversation, and how it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChatView {
    pub messages: Vec<Message>,
    /// The template, by its name; where nothing is said, the one that fits the tokenizer.
    pub template: Option<String>,
    /// Whether the template begins the model's answer.
    pub answer: bool,
    /// Whether the tokenizer puts its own special tokens around what the template wrote.
    pub add_special: bool,
    /// Whether names of special tokens within messages are control.
    pub typed_special: bool,
}

impl ChatView {
    /// The most messages of a conversation.
    pub const MOST_MESSAGES: usize = 50;

    /// Whether nothing but what one of the messages says differs.
    #[must_use]
    pub fn is_typed_on(&self, before: &Self) -> bool {
        let roles = |chat: &Self| chat.messages.iter().map(|message| message.role).collect::<Vec<_>>();
        let said = self.messages.iter().zip(&before.messages);
        if said.filter(|(now, before)| now.content != before.content).count() > 1 {
            return false;
        }
        roles(self) == roles(before)
            && Self { messages: Vec::new(), ..self.clone() }
                == Self { messages: Vec::new(), ..before.clone() }
    }
}

impl Default for ChatView {
    fn default() -> Self {
        let message = |role, content: &str| Message { role, content: content.to_owned() };
        Self {
            messages: vec![
                message(Role::User, "How many r are in strawberry?"),
                message(Role::Assistant, "Three."),
                message(Role::User, "And in raspberry?"),
            ],
            template: None,
            answer: true,
            add_special: false,
            typed_special: false,
        }
    }
}

/// Which letter is counted, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LetterChoice {
    pub text: Arc<str>,
    /// The letter: the first grapheme of this.
    pub letter: Arc<str>,
    /// Whether one sees the letters that the tokens stand for.
    pub reveal: bool,
}

impl LetterChoice {
    /// The longest text in which letters are counted, in characters: one counts them by eye.
    pub const LONGEST: usize = 200;
    /// The most characters that make one letter.
    pub const LONGEST_LETTER: usize = 32;

    /// Whether one of the two fields alone differs.
    #[must_use]
    pub fn is_typed_on(&self, before: &Self) -> bool {
        self.reveal == before.reveal && (self.letter == before.letter || self.text == before.text)
    }
}

impl Default for LetterChoice {
    fn default() -> Self {
        Self { text: "strawberry".into(), letter: "r".into(), reveal: false }
    }
}

impl TokenView {
    /// The same within the bounds that the program keeps: what a file says may lie beyond them.
    #[must_use]
    pub fn sound(mut self) -> Self {
        let beginning = |text: &str, most: usize| text.chars().take(most).collect::<String>().into();
        self.apart = beginning(&self.apart, trace::LONGEST);
        self.letters.text = beginning(&self.letters.text, LetterChoice::LONGEST);
        self.letters.letter = beginning(&self.letters.letter, LetterChoice::LONGEST_LETTER);
        self.chat.messages.truncate(ChatView::MOST_MESSAGES);
        self.training = self.training.sound();
        self
    }
}

/// Which languages are compared, and by what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LanguageChoice {
    /// The language that the others are compared with, by its name; the first where nothing is said.
    pub base: Option<String>,
    pub measure: Measure,
    /// A parallel text of one's own, instead of the one that comes with the program.
    pub own: Option<Arc<str>>,
    /// How many tokens a model takes in at once.
    pub window: u32,
    /// What a million tokens cost, in hundredths of whatever is paid with.
    pub rate: u32,
}

impl Default for LanguageChoice {
    fn default() -> Self {
        Self { base: None, measure: Measure::default(), own: None, window: 8_192, rate: 250 }
    }
}

/// What is told of a text in a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// Tokens by those of the base language.
    #[default]
    Relative,
    Tokens,
    /// Bytes of the text for each token.
    BytesPerToken,
    /// Tokens for each unit that looks like a word.
    TokensPerWord,
    /// The share of a model's window that the text takes.
    Window,
    /// What the text costs at the rate that was typed.
    Price,
}

/// What is written beside the text of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TokenMarks {
    /// Each token's ID.
    pub ids: bool,
    /// The bytes of the text.
    pub bytes: bool,
    /// White space, with signs.
    pub white_space: bool,
}

impl Default for TokenView {
    fn default() -> Self {
        Self {
            text: "Tokenization splits strawberries 🍓 into pieces, and 12345 too.".into(),
            add_special: false,
            typed_special: false,
            chosen: None,
            hidden: BTreeSet::new(),
            marks: TokenMarks::default(),
            room: Room::default(),
            examined: None,
            vocabulary: Filter::default(),
            apart: "Unbelievable strawberries".into(),
            letters: LetterChoice::default(),
            chat: ChatView::default(),
            training: TrainingView::default(),
            languages: LanguageChoice::default(),
            ids: "976 9059 382".into(),
        }
    }
}

/// One entry of one tokenizer's vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChosenToken {
    /// The tokenizer's name in the catalog.
    pub tokenizer: String,
    pub id: u32,
}

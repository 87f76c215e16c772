//! One tokenizer, whatever its algorithm: text to IDs with exact spans, and IDs back to bytes.

use super::byte_alphabet;
use super::encoding::{EncodeError, EncodeOptions, Encoding, Token};
use super::library::Library;
use super::ranks::Ranks;
use super::sentencepiece::SentencePiece;
use super::spelling::Spelling;
use super::unlearned::{Bytes, CodePoints};
use crate::progress::Progress;
use regex::Regex;
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

/// The longest text that is encoded at once: 256 MiB.
pub const LONGEST_TEXT: usize = 256 << 20;

/// How a tokenizer finds its tokens, in the field's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// Byte-pair encoding over bytes.
    ByteLevelBpe,
    /// Byte-pair encoding over characters.
    Bpe,
    /// Longest match first within each word, as in BERT.
    WordPiece,
    /// The most probable split under a unigram language model.
    Unigram,
    /// Whole words.
    WordLevel,
    /// Single characters.
    Characters,
    /// No vocabulary: one token a byte.
    Bytes,
    /// No vocabulary: one token a code point.
    CodePoints,
}

impl Algorithm {
    /// The usual name.
    pub fn name(self) -> &'static str {
        match self {
            Self::ByteLevelBpe => "byte-level BPE",
            Self::Bpe => "BPE",
            Self::WordPiece => "WordPiece",
            Self::Unigram => "Unigram",
            Self::WordLevel => "whole words",
            Self::Characters => "characters",
            Self::Bytes => "bytes",
            Self::CodePoints => "code points",
        }
    }
}

/// What turns text into IDs.
#[derive(Debug)]
pub(super) enum Engine {
    Ranks(Box<Ranks>),
    Library(Box<Library>),
    SentencePiece(Box<SentencePiece>),
    Bytes,
    CodePoints,
}

/// A chat template as a tokenizer's files have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatTemplate {
    /// The template, in Jinja.
    pub source: String,
    /// What it means by `bos_token` and `eos_token`; empty where the files name none.
    pub bos: String,
    pub eos: String,
}

/// A tokenizer: text to IDs and back. Immutable, and shared in an `Arc`.
#[derive(Debug)]
pub struct Tokenizer {
    name: String,
    title: String,
    algorithm: Algorithm,
    engine: Engine,
    specials: Specials,
    before: Vec<u32>,
    after: Vec<u32>,
    chat_template: Option<ChatTemplate>,
}

/// The tokens that stand for no text but for control.
#[derive(Debug, Default)]
struct Specials {
    ids: HashMap<String, u32>,
    names: HashMap<u32, String>,
    /// Finds any of the names in a text; made when first asked for.
    finder: OnceLock<Option<Regex>>,
}

impl Specials {
    fn new(specials: Vec<(String, u32)>) -> Self {
        let names = specials.iter().map(|(name, id)| (*id, name.clone())).collect();
        Self { ids: specials.into_iter().collect(), names, finder: OnceLock::new() }
    }

    fn finder(&self) -> Option<&Regex> {
        let make = || {
            let mut names: Vec<&String> = self.ids.keys().filter(|name| !name.is_empty()).collect();
            // Of two names that begin alike, the longer is meant.
            names.sort_by_key(|name| std::cmp::Reverse(name.len()));
            let escaped: Vec<String> = names.iter().map(|name| regex::escape(name)).collect();
            if escaped.is_empty() { None } else { Regex::new(&escaped.join("|")).ok() }
        };
        self.finder.get_or_init(make).as_ref()
    }
}

impl Tokenizer {
    /// Puts a tokenizer together. `before` and `after` are what it adds around a text.
    pub(super) fn new(
        (name, title): (&str, &str),
        algorithm: Algorithm,
        engine: Engine,
        specials: Vec<(String, u32)>,
        (before, after): (Vec<u32>, Vec<u32>),
    ) -> Self {
        let (name, title) = (name.to_owned(), title.to_owned());
        let specials = Specials::new(specials);
        Self { name, title, algorithm, engine, specials, before, after, chat_template: None }
    }

    /// The same with a chat template.
    pub(super) fn with_chat_template(self, chat_template: Option<ChatTemplate>) -> Self {
        Self { chat_template, ..self }
    }

    /// The same under another name, by which commands and people know it.
    #[must_use]
    pub fn named(self, name: String) -> Self {
        Self { title: name.clone(), name, ..self }
    }

    /// The template by which the model's conversations become text, if its files bring one.
    pub fn chat_template(&self) -> Option<&ChatTemplate> {
        self.chat_template.as_ref()
    }

    /// The short name by which commands know it: `gpt4o`, or a file's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name that people know it by: "GPT-4o".
    pub fn title(&self) -> &str {
        &self.title
    }

    /// How it finds its tokens.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// One more than the greatest ID: how many rows the model's matrix needs. There may be unused IDs below it.
    pub fn vocabulary_size(&self) -> usize {
        let specials = self.specials.names.keys().max().map_or(0, |&id| id as usize + 1);
        specials.max(match &self.engine {
            Engine::Ranks(ranks) => ranks.pieces.end(),
            Engine::Library(library) => library.end(),
            Engine::SentencePiece(model) => model.end(),
            Engine::Bytes => Bytes::END as usize,
            Engine::CodePoints => CodePoints::END as usize,
        })
    }

    /// The IDs that are added before and after a text when special tokens are asked for.
    pub fn added_around(&self) -> (&[u32], &[u32]) {
        (&self.before, &self.after)
    }

    /// Whether the tokens' bytes, put together, are always the text: nothing is lower-cased, stripped or unknown.
    pub fn is_lossless(&self) -> bool {
        match &self.engine {
            Engine::Library(library) => library.is_lossless(),
            Engine::SentencePiece(model) => model.is_lossless(),
            Engine::Ranks(_) | Engine::Bytes | Engine::CodePoints => true,
        }
    }

    /// The ID that stands for what the vocabulary cannot spell, if the tokenizer has one.
    pub fn unknown_id(&self) -> Option<u32> {
        match &self.engine {
            Engine::Library(library) => library.unknown,
            Engine::SentencePiece(model) => model.unknown,
            Engine::Ranks(_) | Engine::Bytes | Engine::CodePoints => None,
        }
    }

    /// Turns text into tokens. Spans are byte offsets into `text`; time grows about linearly with its length.
    ///
    /// # Errors
    /// [`EncodeError::TooLong`] beyond [`LONGEST_TEXT`], [`EncodeError::Rules`] if a tokenizer file's own rules fail, and
    /// [`EncodeError::Cancelled`].
    pub fn encode(
        &self,
        text: &str,
        options: EncodeOptions,
        progress: &dyn Progress,
    ) -> Result<Encoding, EncodeError> {
        if text.len() > LONGEST_TEXT {
            return Err(EncodeError::TooLong { bytes: text.len(), limit: LONGEST_TEXT });
        }
        let mut tokens = Vec::with_capacity(text.len() / 4 + 4);
        let added = |id: &u32, at: usize| Token { id: *id, start: at, end: at, added: true };
        if options.add_special {
            tokens.extend(self.before.iter().map(|id| added(id, 0)));
        }
        match &self.engine {
            Engine::Library(library) => library.encode(text, options.typed_special, &mut tokens, progress)?,
            _ if options.typed_special => self.encode_with_typed(text, &mut tokens, progress)?,
            _ => self.encode_plain(text, 0, &mut tokens, progress)?,
        }
        if options.add_special {
            tokens.extend(self.after.iter().map(|id| added(id, text.len())));
        }
        progress.report(1.0);
        Ok(Encoding { tokens })
    }

    /// Cuts the text at special tokens that were typed.
    fn encode_with_typed(
        &self,
        text: &str,
        tokens: &mut Vec<Token>,
        progress: &dyn Progress,
    ) -> Result<(), EncodeError> {
        let mut at = 0;
        // CANINE's control tokens are code points, which need no finding.
        let finder = self.specials.finder().filter(|_| !matches!(self.engine, Engine::CodePoints));
        for found in finder.into_iter().flat_map(|finder| finder.find_iter(text)) {
            self.encode_plain(&text[at..found.start()], at, tokens, progress)?;
            if let Some(&id) = self.specials.ids.get(found.as_str()) {
                tokens.push(Token { id, start: found.start(), end: found.end(), added: false });
            }
            at = found.end();
        }
        self.encode_plain(&text[at..], at, tokens, progress)
    }

    /// Where names of special tokens stand in a text, in bytes, ascending.
    #[must_use]
    pub fn special_names_in(&self, text: &str) -> Vec<Range<usize>> {
        // CANINE's control tokens are code points, which nobody spells.
        self.specials
            .finder()
            .filter(|_| !matches!(self.engine, Engine::CodePoints))
            .map_or_else(Vec::new, |finder| finder.find_iter(text).map(|found| found.range()).collect())
    }

    /// Encodes a part of the text that begins at `base` and in which nothing is special.
    pub(super) fn encode_plain(
        &self,
        text: &str,
        base: usize,
        tokens: &mut Vec<Token>,
        progress: &dyn Progress,
    ) -> Result<(), EncodeError> {
        match &self.engine {
            Engine::Library(library) => library.encode(text, false, tokens, progress),
            Engine::SentencePiece(model) => model.encode(text, base, tokens, progress),
            Engine::Bytes => Bytes::encode(text, base, tokens, progress),
            Engine::CodePoints => CodePoints::encode(text, base, tokens, progress),
            Engine::Ranks(ranks) => {
                let mut ids = Vec::with_capacity(text.len() / 4);
                ranks.encode(text, &mut ids, progress)?;
                let mut start = base;
                tokens.extend(ids.into_iter().map(|id| {
                    let end = start + ranks.pieces.get(id).map_or(0, <[u8]>::len);
                    let token = Token { id, start, end, added: false };
                    start = end;
                    token
                }));
                Ok(())
            }
        }
    }

    /// The vocabulary's own spelling of a token: `##izing`, `Ġthe`, `▁the`, `<0x0A>`, `<|endoftext|>`.
    pub fn piece(&self, id: u32) -> Option<Cow<'_, str>> {
        if let Some(name) = self.specials.names.get(&id) {
            return Some(Cow::Borrowed(name));
        }
        match &self.engine {
            Engine::Ranks(ranks) => ranks.pieces.get(id).map(|bytes| byte_alphabet::write(bytes).into()),
            Engine::Library(library) => library.piece(id).map(Cow::Borrowed),
            Engine::SentencePiece(model) => model.piece(id).map(Cow::Borrowed),
            Engine::Bytes => Bytes::piece(id),
            Engine::CodePoints => CodePoints::piece(id),
        }
    }

    /// The bytes that a token stands for: `Ġ` and `▁` are spaces, `<0x0A>` is one byte, `##` is left out. They need not be
    /// whole characters. For a special token, the bytes of its name.
    pub fn bytes(&self, id: u32) -> Option<Cow<'_, [u8]>> {
        // CANINE's control tokens are characters of the text, if only private ones.
        let name = self.specials.names.get(&id).map(|name| Cow::Borrowed(name.as_bytes()));
        match &self.engine {
            Engine::CodePoints => char::from_u32(id).map(|point| point.to_string().into_bytes().into()),
            _ if name.is_some() => name,
            Engine::Ranks(ranks) => ranks.pieces.get(id).map(Cow::Borrowed),
            Engine::Library(library) => library.piece(id).map(|piece| library.bytes_of(piece)),
            Engine::SentencePiece(model) => model.bytes_of(id),
            Engine::Bytes => Bytes::byte(id).map(|byte| vec![byte].into()),
        }
    }

    /// What turns text into IDs.
    pub(super) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// How the vocabulary writes its pieces.
    pub(super) fn spelling(&self) -> Spelling {
        match &self.engine {
            Engine::Library(library) => library.spelling,
            Engine::SentencePiece(model) if model.marks_spaces() => Spelling::Metaspace,
            Engine::Ranks(_) => Spelling::ByteLevel,
            Engine::SentencePiece(_) | Engine::Bytes | Engine::CodePoints => Spelling::Plain,
        }
    }

    /// The bytes by which people read a piece, spelled as in this vocabulary, which need not have it: `Ġthe` and `▁the` are
    /// ` the`; `##izing` stays, for without its mark the end of a word would look like a word, and so do special tokens. They
    /// need not be whole characters.
    pub fn read<'a>(&self, piece: &'a str) -> Cow<'a, [u8]> {
        if self.specials.ids.contains_key(piece) {
            return Cow::Borrowed(piece.as_bytes());
        }
        self.spelling().read(piece)
    }

    /// [`Tokenizer::read`] of the entry with this ID.
    pub fn read_id(&self, id: u32) -> Option<Cow<'_, [u8]>> {
        match &self.engine {
            Engine::Library(_) | Engine::SentencePiece(_) if !self.is_special(id) => match self.piece(id)? {
                Cow::Borrowed(piece) => Some(self.read(piece)),
                Cow::Owned(piece) => Some(self.read(&piece).into_owned().into()),
            },
            _ => self.bytes(id),
        }
    }

    /// How the vocabulary would spell a piece that reads so: ` the` is `Ġthe`, `▁the` or `the`.
    pub fn spell(&self, text: &str) -> String {
        self.spelling().write(text)
    }

    /// How the vocabulary would spell a whole word: `the` is `Ġthe`, `▁the`, `the</w>` or `the`.
    pub fn spell_word(&self, word: &str) -> String {
        let spelling = self.spelling();
        spelling.write(&if spelling.marks_ends() { format!("{word} ") } else { format!(" {word}") })
    }

    /// The ID of a piece that is spelled exactly so.
    pub fn id(&self, piece: &str) -> Option<u32> {
        if let Some(&id) = self.specials.ids.get(piece) {
            return Some(id);
        }
        match &self.engine {
            Engine::Ranks(ranks) => byte_alphabet::read(piece).and_then(|bytes| ranks.pieces.id(&bytes)),
            Engine::Library(library) => library.id(piece),
            Engine::SentencePiece(model) => model.id(piece),
            Engine::Bytes => Bytes::id(piece),
            Engine::CodePoints => CodePoints::id(piece),
        }
    }

    /// Whether a token is for control and stands for no text.
    pub fn is_special(&self, id: u32) -> bool {
        self.specials.names.contains_key(&id)
    }

    /// The special tokens and their IDs, by ID.
    pub fn specials(&self) -> Vec<(&str, u32)> {
        let mut specials: Vec<_> =
            self.specials.names.iter().map(|(&id, name)| (name.as_str(), id)).collect();
        specials.sort_by_key(|&(_, id)| id);
        specials
    }

    /// Puts the bytes of tokens together again, special tokens as their names, as the model's own decoder would: words of
    /// `WordPiece` and those whose ends are marked are joined by spaces, a space that encoding put in front is taken away. An ID that is not in the
    /// vocabulary becomes U+FFFD.
    pub fn decode_bytes(&self, ids: &[u32]) -> Vec<u8> {
        self.spelled(ids, false)
    }

    /// The bytes that IDs spell. A space that was put before the text is none of it; with `reopens`, nor is one that was put after
    /// a special token.
    pub(super) fn spelled(&self, ids: &[u32], reopens: bool) -> Vec<u8> {
        let spelling = match &self.engine {
            Engine::Library(library) => library.spelling,
            Engine::SentencePiece(model) if model.puts_space() => Spelling::Metaspace,
            _ => Spelling::ByteLevel,
        };
        let mut bytes = Vec::with_capacity(ids.len() * 4);
        let (mut text_begins, mut ends_word) = (true, false);
        for &id in ids {
            let Some(piece) = self.bytes(id) else {
                bytes.extend_from_slice("\u{fffd}".as_bytes());
                ends_word = false;
                continue;
            };
            let special = self.is_special(id);
            let continues =
                spelling == Spelling::WordPiece && self.piece(id).is_some_and(|p| p.starts_with("##"));
            if spelling == Spelling::WordPiece && !continues && !bytes.is_empty() {
                bytes.push(b' ');
            }
            let drop = usize::from(
                spelling == Spelling::Metaspace && text_begins && !special && piece.starts_with(b" "),
            );
            bytes.extend_from_slice(&piece[drop..]);
            ends_word = self.piece(id).is_some_and(|piece| spelling.ends_word(&piece));
            if ends_word {
                bytes.push(b' ');
            }
            text_begins = special && (text_begins || reopens);
        }
        if ends_word {
            bytes.pop();
        }
        bytes
    }

    /// [`Tokenizer::decode_bytes`] as text: what is not UTF-8 becomes U+FFFD.
    pub fn decode(&self, ids: &[u32]) -> String {
        String::from_utf8_lossy(&self.decode_bytes(ids)).into_owned()
    }
}

//! The way through a tokenizer that the `tokenizers` crate runs: its own normalizer and its own cuts, and its models' steps done
//! again.

use std::collections::HashMap;

use serde::Deserialize;
use tokenizers::models::bpe::BPE;
use tokenizers::models::unigram::Unigram;
use tokenizers::{
    ModelWrapper, NormalizedString, Normalizer, NormalizerWrapper, OffsetReferential, OffsetType,
    PreTokenizedString, PreTokenizer,
};

use super::matching::matches;
use super::{Offer, Order, Part, TracedWord, Way, best_paths, states};
use crate::progress::Progress;
use crate::tokens::EncodeError;
use crate::tokens::library::Library;
use crate::tokens::pair_merging::{Joined, Symbol};

/// What an unknown character costs, below the least probable piece: the crate's own number.
const UNKNOWN_PENALTY: f64 = 10.0;

/// What the crate keeps to itself of a model; it writes it all the same.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Hidden {
    merges: Vec<(String, String)>,
    max_input_chars_per_word: Option<usize>,
    continuing_subword_prefix: Option<String>,
}

impl Hidden {
    fn of(model: &ModelWrapper) -> Self {
        serde_json::to_vec(model).and_then(|json| serde_json::from_slice(&json)).unwrap_or_default()
    }
}

impl Library {
    /// What the normalizer makes of a text, and the way of each word of it.
    pub(super) fn trace(
        &self,
        text: &str,
        progress: &dyn Progress,
    ) -> Result<(String, Vec<TracedWord>), EncodeError> {
        let failed = |error: tokenizers::Error| EncodeError::Rules(error.to_string());
        let mut normalized = NormalizedString::from(text);
        if let Some(normalizer) = self.plain.get_normalizer() {
            normalizer.normalize(&mut normalized).map_err(failed)?;
        }
        // Entries that were added are found before anything else, some of them in the text as it was.
        let mut cut: PreTokenizedString =
            self.plain.get_added_vocabulary().extract_and_normalize(self.plain.get_normalizer(), text);
        if let Some(pre_tokenizer) = self.plain.get_pre_tokenizer() {
            pre_tokenizer.pre_tokenize(&mut cut).map_err(failed)?;
        }
        let model = Model { library: self, steps: self.steps.get_or_init(|| Box::new(Steps::of(self))) };
        let mut words = Vec::new();
        for (word, _, tokens) in cut.get_splits(OffsetReferential::Normalized, OffsetType::Byte) {
            if word.is_empty() {
                continue;
            }
            words.push(match tokens {
                Some(found) => {
                    let whole = |token: &tokenizers::Token| Part {
                        bytes: token.value.clone().into_bytes(),
                        id: Some(token.id),
                    };
                    TracedWord {
                        bytes: word.as_bytes().to_vec(),
                        way: Way::Whole,
                        tokens: found.iter().map(whole).collect(),
                    }
                }
                None => model.trace(word, progress)?,
            });
        }
        Ok((self.shown(normalized.get()), words))
    }

    /// Whether texts are cut into words before tokens are looked for.
    pub(super) fn cuts_words(&self) -> bool {
        self.steps.get_or_init(|| Box::new(Steps::of(self))).cuts_words
    }

    /// A normalized text as people read it. It is in letters for bytes only if the normalizer writes those itself, and not, as
    /// usual, what comes after it.
    fn shown(&self, text: &str) -> String {
        let writes_bytes = matches!(self.plain.get_normalizer(), Some(NormalizerWrapper::ByteLevel(_)));
        if self.spelling.is_of_bytes() && !writes_bytes {
            return text.to_owned();
        }
        String::from_utf8_lossy(&self.read_part(text)).into_owned()
    }

    fn read_part(&self, piece: &str) -> Vec<u8> {
        self.spelling.read(piece).into_owned()
    }

    fn part(&self, piece: &str, id: Option<u32>) -> Part {
        Part { bytes: self.read_part(piece), id }
    }
}

/// What the steps of a model ask for, and encoding does not: made when a text is first followed.
pub(in crate::tokens) struct Steps {
    hidden: Hidden,
    merges: HashMap<(u32, u32), Joined>,
    /// The score of each piece, and the least of them, of a Unigram model.
    scores: Vec<f64>,
    least: f64,
    cuts_words: bool,
}

impl Steps {
    fn of(library: &Library) -> Self {
        let model = library.plain.get_model();
        let hidden = match model {
            ModelWrapper::BPE(_) | ModelWrapper::WordPiece(_) => Hidden::of(model),
            ModelWrapper::Unigram(_) | ModelWrapper::WordLevel(_) => Hidden::default(),
        };
        let prefix = hidden.continuing_subword_prefix.as_deref().unwrap_or_default();
        let merge = |(rank, (left, right)): (u32, &(String, String))| {
            let made = format!("{left}{}", right.strip_prefix(prefix).unwrap_or(right));
            let id = |piece: &str| library.ids.get(piece).copied();
            Some(((id(left)?, id(right)?), Joined { rank, id: id(&made)? }))
        };
        let merges = (0..).zip(&hidden.merges).filter_map(merge).collect();
        let scores: Vec<f64> = match model {
            ModelWrapper::Unigram(model) => model.iter().map(|(_, score)| *score).collect(),
            _ => Vec::new(),
        };
        let least = scores.iter().copied().fold(f64::INFINITY, f64::min);
        Self { hidden, merges, scores, least, cuts_words: Self::cut_words(library) }
    }

    /// Whether the rules cut two words apart.
    fn cut_words(library: &Library) -> bool {
        let mut two = PreTokenizedString::from("a a");
        let cut = library.plain.get_pre_tokenizer().map(|rules| rules.pre_tokenize(&mut two));
        matches!(cut, Some(Ok(())))
            && two.get_splits(OffsetReferential::Normalized, OffsetType::Byte).len() > 1
    }
}

/// A model with all that its steps ask for.
struct Model<'a> {
    library: &'a Library,
    steps: &'a Steps,
}

impl Model<'_> {
    fn trace(&self, word: &str, progress: &dyn Progress) -> Result<TracedWord, EncodeError> {
        let library = self.library;
        let bytes = library.read_part(word);
        let id = |piece: &str| library.ids.get(piece).copied();
        Ok(match library.plain.get_model() {
            ModelWrapper::BPE(model) => self.merged(model, word, progress)?,
            ModelWrapper::WordPiece(_) => self.matched(word, bytes),
            ModelWrapper::Unigram(model) => self.most_probable(model, word, bytes),
            ModelWrapper::WordLevel(_) => match id(word) {
                Some(id) => {
                    let tokens = vec![library.part(word, Some(id))];
                    TracedWord { bytes, way: Way::Whole, tokens }
                }
                None => self.unknown(bytes, Way::Unknown),
            },
        })
    }

    /// A word that is unknown as a whole.
    fn unknown(&self, bytes: Vec<u8>, way: Way) -> TracedWord {
        let tokens = vec![Part { bytes: bytes.clone(), id: self.library.unknown }];
        TracedWord { bytes, way, tokens }
    }

    fn matched(&self, word: &str, bytes: Vec<u8>) -> TracedWord {
        /// The crate's own limit where the file names none.
        const LONGEST_WORD: usize = 100;
        let library = self.library;
        let most = self.steps.hidden.max_input_chars_per_word.unwrap_or(LONGEST_WORD);
        if word.chars().count() > most {
            return self.unknown(bytes, Way::Unknown);
        }
        let mark = self.steps.hidden.continuing_subword_prefix.as_deref().unwrap_or("##");
        let matches = matches(word, mark, |piece| library.ids.get(piece).copied());
        if matches.iter().any(|found| found.found.is_none()) {
            return self.unknown(bytes, Way::Matches(matches));
        }
        let token =
            |found: &super::Match| library.part(found.tried.last().map_or("", String::as_str), found.found);
        let tokens = matches.iter().map(token).collect();
        TracedWord { bytes, way: Way::Matches(matches), tokens }
    }

    fn merged(&self, model: &BPE, word: &str, progress: &dyn Progress) -> Result<TracedWord, EncodeError> {
        let library = self.library;
        let symbols = self.symbols(model, word);
        let join = |left: &Symbol, right: &Symbol| self.steps.merges.get(&(left.id, right.id)).copied();
        let part = |symbol: &Symbol| {
            let is_unknown = Some(symbol.id) == library.unknown;
            let piece = library.piece(symbol.id).filter(|_| !is_unknown);
            let own = word.get(symbol.start as usize..symbol.end as usize).unwrap_or_default();
            library.part(piece.unwrap_or(own), Some(symbol.id))
        };
        let states = states(&symbols, join, part, |joined| f64::from(joined.rank), progress)?;
        let whole = library.ids.get(word).filter(|_| model.ignore_merges);
        let whole = whole.map(|&id| vec![library.part(word, Some(id))]);
        Ok(TracedWord::merged(library.read_part(word), Order::Rank, states, whole))
    }

    /// The symbols that merging begins with: characters, their bytes where the vocabulary lacks them, or what is unknown.
    fn symbols(&self, model: &BPE, word: &str) -> Vec<Symbol> {
        let ids = &self.library.ids;
        let prefix = model.continuing_subword_prefix.as_deref().unwrap_or_default();
        let suffix = model.end_of_word_suffix.as_deref().unwrap_or_default();
        let mut symbols: Vec<Symbol> = Vec::new();
        let mut fuses = false;
        for (at, letter) in word.char_indices() {
            let end = at + letter.len_utf8();
            let before = if at > 0 { prefix } else { "" };
            let after = if end == word.len() { suffix } else { "" };
            let piece = format!("{before}{letter}{after}");
            let symbol =
                |id: u32, start: usize, end: usize| Symbol { id, start: start as u32, end: end as u32 };
            if let Some(&id) = ids.get(piece.as_str()) {
                symbols.push(symbol(id, at, end));
                fuses = false;
                continue;
            }
            let byte = |byte: u8| ids.get(format!("<0x{byte:02X}>").as_str()).copied();
            let bytes: Option<Vec<u32>> = piece.bytes().map(byte).collect();
            match (bytes.filter(|_| model.byte_fallback), self.library.unknown) {
                (Some(bytes), _) => {
                    let each = bytes.iter().zip(at..);
                    symbols.extend(each.map(|(&id, at)| symbol(id, at, at + 1)));
                    fuses = false;
                }
                (None, Some(_)) if fuses && model.fuse_unk => {
                    if let Some(last) = symbols.last_mut() {
                        last.end = end as u32;
                    }
                }
                (None, Some(unknown)) => {
                    symbols.push(symbol(unknown, at, end));
                    fuses = true;
                }
                (None, None) => {}
            }
        }
        symbols
    }

    fn most_probable(&self, model: &Unigram, word: &str, bytes: Vec<u8>) -> TracedWord {
        let library = self.library;
        let unknown = library.unknown;
        let offers = |start: usize| self.offers(word, start);
        let part = |bytes: &[u8], id: u32| {
            let piece = std::str::from_utf8(bytes).unwrap_or_default();
            library.part(piece, Some(id))
        };
        let paths = best_paths(word, offers, part);
        let mut tokens: Vec<Part> = Vec::new();
        let mut after_unknown = false;
        for (part, _) in paths.paths.first().into_iter().flat_map(|path| &path.parts) {
            let is_unknown = part.id == unknown;
            let byte = |byte: u8| library.ids.get(format!("<0x{byte:02X}>").as_str()).copied();
            let fallback: Option<Vec<u32>> = part.bytes.iter().map(|&it| byte(it)).collect();
            match (fallback.filter(|_| is_unknown && model.byte_fallback()), tokens.last_mut()) {
                (Some(ids), _) => tokens.extend(
                    ids.iter().zip(&part.bytes).map(|(&id, &byte)| Part { bytes: vec![byte], id: Some(id) }),
                ),
                // A run of what is unknown is one token.
                (None, Some(last)) if is_unknown && after_unknown => last.bytes.extend(&part.bytes),
                (None, _) => tokens.push(part.clone()),
            }
            after_unknown = is_unknown;
        }
        TracedWord { bytes, way: Way::Paths(paths), tokens }
    }

    /// The pieces that may come at a place, shorter ones first, as the crate finds them.
    fn offers(&self, word: &str, start: usize) -> Vec<Offer<f64>> {
        let library = self.library;
        let rest = &word[start..];
        let mut offers = Vec::new();
        let mut stands_alone = false;
        for (at, letter) in rest.char_indices() {
            let length = at + letter.len_utf8();
            let Some(&id) = library.ids.get(&rest[..length]) else { continue };
            let Some(&score) = self.steps.scores.get(id as usize) else { continue };
            // The names of control pieces are out of the model's reach.
            if !library.special_ids.contains(&id) {
                offers.push(Offer { length, id, score });
                stands_alone |= at == 0;
            }
        }
        let first = rest.chars().next().map_or(0, char::len_utf8);
        if let Some(id) = library.unknown.filter(|_| !stands_alone && first > 0) {
            offers.push(Offer { length: first, id, score: self.steps.least - UNKNOWN_PENALTY });
        }
        offers
    }
}

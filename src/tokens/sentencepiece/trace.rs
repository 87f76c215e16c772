//! The way of a text through a `SentencePiece` model, step by step.

use super::merging::first_word;
use super::normalizer::Ends;
use super::viterbi::UNKNOWN_PENALTY;
use super::{Found, Kind, Model, SentencePiece, UNKNOWN};
use crate::progress::{Cancelled, Progress};
use crate::tokens::pair_merging::Symbol;
use crate::tokens::spelling::SPACE_MARK;
use crate::tokens::trace::{Offer, Order, Part, TracedWord, Way, best_paths, states};

impl SentencePiece {
    /// What the normalizer makes of a text, and the way of each stretch that is encoded by itself.
    pub(in crate::tokens) fn trace(
        &self,
        text: &str,
        progress: &dyn Progress,
    ) -> Result<(String, Vec<TracedWord>), Cancelled> {
        let normalized = self.normalizer.normalize(text, Ends { first: true, last: true }).text;
        let mut words = Vec::new();
        let mut after_unknown = false;
        match self.model {
            Model::Bpe => {
                for word in self.stretches(&normalized) {
                    words.push(self.trace_merges(word, &mut after_unknown, progress)?);
                }
            }
            Model::Unigram | Model::Character if normalized.is_empty() => {}
            Model::Unigram => {
                let found = self.most_probable(&normalized, progress)?;
                let way = Way::Paths(best_paths(
                    &normalized,
                    |start| self.offers(&normalized, start),
                    |bytes, id| self.part(bytes, id),
                ));
                words.push(self.traced(&normalized, way, &found, &mut after_unknown));
            }
            Model::Character => {
                let found = self.characters(&normalized);
                words.push(self.traced(&normalized, Way::Each, &found, &mut after_unknown));
            }
            Model::Word => {
                let mut at = 0;
                for found in self.words(&normalized) {
                    let word = &normalized[at..at + found.length as usize];
                    at += word.len();
                    let way = if found.piece == UNKNOWN { Way::Unknown } else { Way::Whole };
                    words.push(self.traced(word, way, &[found], &mut after_unknown));
                }
            }
        }
        Ok((self.shown(&normalized), words))
    }

    /// Whether texts are cut into words before tokens are looked for.
    pub(in crate::tokens) fn cuts_words(&self) -> bool {
        match self.model {
            Model::Bpe => self.words_apart,
            Model::Unigram | Model::Character => false,
            Model::Word => true,
        }
    }

    /// The stretches that are merged each by itself.
    fn stretches<'t>(&self, text: &'t str) -> Vec<&'t str> {
        let mut stretches = Vec::new();
        let mut rest = text;
        while let Some(length) = first_word(rest) {
            let length = if self.words_apart { length } else { rest.len() };
            stretches.push(&rest[..length]);
            rest = &rest[length..];
        }
        stretches
    }

    fn trace_merges(
        &self,
        word: &str,
        after_unknown: &mut bool,
        progress: &dyn Progress,
    ) -> Result<TracedWord, Cancelled> {
        let part = |symbol: &Symbol| {
            let bytes = &word.as_bytes()[symbol.start as usize..symbol.end as usize];
            Part { id: self.pieces.id(bytes), ..self.part(bytes, UNKNOWN) }
        };
        let value = |id: u32| f64::from(self.scores[id as usize]);
        let join = |left: &Symbol, right: &Symbol| self.joined(word, left, right);
        let states = states(&self.symbols(word), join, part, |joined| value(joined.id), progress)?;
        let mut found = Vec::new();
        self.merge_word(word, &mut found, progress)?;
        Ok(self.traced(word, Way::Merges(Order::Score, states), &found, after_unknown))
    }

    /// The pieces that may come at a place, shorter ones first.
    fn offers(&self, text: &str, start: usize) -> Vec<Offer<f32>> {
        let mut offers = Vec::new();
        let first = text[start..].chars().next().map_or(0, char::len_utf8);
        let mut stands_alone = false;
        for (length, id) in self.trie.prefixes(&text.as_bytes()[start..]) {
            if let Some(score) = self.score_in_text(id, length) {
                offers.push(Offer { length, id, score });
                stands_alone |= length == first;
            }
        }
        if !stands_alone && first > 0 {
            offers.push(Offer { length: first, id: UNKNOWN, score: self.range.least - UNKNOWN_PENALTY });
        }
        offers
    }

    /// A word with what it comes to: unknown characters become bytes, or one token a run, also over the end of a word.
    fn traced(&self, word: &str, way: Way, found: &[Found], after_unknown: &mut bool) -> TracedWord {
        let mut tokens: Vec<Part> = Vec::new();
        let mut at = 0;
        for &Found { piece, length } in found {
            let own = &word.as_bytes()[at..at + length as usize];
            at += own.len();
            let is_unknown = piece == UNKNOWN || Some(piece) == self.unknown;
            match (&self.bytes, tokens.last_mut()) {
                _ if !is_unknown => tokens.push(self.part(own, piece)),
                (Some(ids), _) => tokens.extend(
                    own.iter().map(|&byte| Part { bytes: vec![byte], id: Some(ids[usize::from(byte)]) }),
                ),
                (None, Some(last)) if *after_unknown => last.bytes.extend(own),
                (None, _) => {
                    let id = self.unknown.filter(|_| !*after_unknown);
                    tokens.push(Part { id, ..self.part(own, UNKNOWN) });
                }
            }
            *after_unknown = is_unknown;
        }
        TracedWord { bytes: self.shown(word).into_bytes(), way, tokens }
    }

    fn part(&self, bytes: &[u8], id: u32) -> Part {
        let bytes = match std::str::from_utf8(bytes) {
            Ok(text) => self.shown(text).into_bytes(),
            Err(_) => bytes.to_vec(),
        };
        Part { bytes, id: Some(id).filter(|&id| id != UNKNOWN).or(self.unknown) }
    }

    fn shown(&self, text: &str) -> String {
        if self.marks_spaces() { text.replace(SPACE_MARK, " ") } else { text.to_owned() }
    }

    /// What a piece that is `length` bytes long adds to the score of a text; nothing where it is not to be used.
    pub(super) fn score_in_text(&self, piece: u32, length: usize) -> Option<f32> {
        match self.kinds[piece as usize] {
            Kind::Unused => None,
            Kind::UserDefined => Some(length as f32 * self.range.greatest - 0.1),
            _ => Some(self.scores[piece as usize]),
        }
    }
}

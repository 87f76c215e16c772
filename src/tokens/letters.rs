//! Where a letter stands in the tokens of a text: what a reader counts at a glance, and a model cannot see.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::Row;

/// Where a letter stands in a text, in bytes, ascending. A letter is a grapheme, in the case in which it is written; a small
/// letter stands for its capital as well. None where `letter` is empty.
#[must_use]
pub fn places(text: &str, letter: &str) -> Vec<Range<usize>> {
    let Some(letter) = letter.graphemes(true).next() else { return Vec::new() };
    let is_meant = |grapheme: &str| grapheme == letter || folds(grapheme, letter);
    let found = text.grapheme_indices(true).filter(|(_, grapheme)| is_meant(grapheme));
    found.map(|(start, grapheme)| start..start + grapheme.len()).collect()
}

/// Whether a grapheme is the capital of a small letter.
fn folds(grapheme: &str, letter: &str) -> bool {
    grapheme.len() <= 16 && grapheme.to_lowercase() == letter
}

/// How the places of a letter fall to the tokens of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spread {
    /// How many of them lie within each token.
    pub in_tokens: Vec<usize>,
    /// Those of which no token holds the whole: they are changed, cut into bytes, unknown, or dropped.
    pub in_none: Vec<Range<usize>>,
}

/// Counts how many of the places of a letter, ascending, lie within each token of a row, as the token has them. Takes a few steps
/// for each.
#[must_use]
pub fn spread(row: &Row, at: &[Range<usize>], letter: &str) -> Spread {
    let mut spread = Spread { in_tokens: vec![0; row.len()], in_none: Vec::new() };
    for place in at {
        let mut tokens = row.overlapping(place.clone());
        let holds = |index: &usize| {
            let token = &row.tokens()[*index];
            token.start <= place.start && token.end >= place.end
        };
        match tokens.find(holds) {
            // Of several tokens that stand for the same stretch, none holds the letter whole.
            Some(index)
                if tokens.next().is_none()
                    && !row.is_unknown(index)
                    && spread.in_tokens[index] < read_in(row, index, letter) =>
            {
                spread.in_tokens[index] += 1;
            }
            _ => spread.in_none.push(place.clone()),
        }
    }
    spread
}

/// How often a letter is in what a token says, which need not be what was written: accents and capitals may be gone.
fn read_in(row: &Row, index: usize, letter: &str) -> usize {
    places(&String::from_utf8_lossy(&row.bytes(index)), letter).len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Unwatched;
    use crate::tokens::{EncodeOptions, catalog};

    fn row(name: &str, text: &str) -> Row {
        Row::new(text, &catalog::load(name).unwrap(), EncodeOptions::default(), &Unwatched).unwrap()
    }

    fn counted(name: &str, text: &str, letter: &str) -> (Vec<(String, usize)>, usize) {
        let row = row(name, text);
        let spread = spread(&row, &places(text, letter), letter);
        let each = spread.in_tokens.iter().enumerate();
        let each = each.filter(|(_, count)| **count > 0);
        (each.map(|(index, count)| (row.piece(index).into_owned(), *count)).collect(), spread.in_none.len())
    }

    #[test]
    fn letters_are_graphemes_and_small_ones_stand_for_capitals() {
        let at = |text: &str, letter: &str| -> Vec<(usize, usize)> {
            places(text, letter).into_iter().map(|place| (place.start, place.end)).collect()
        };
        assert_eq!(at("strawberry", "r"), [(2, 3), (7, 8), (8, 9)]);
        assert_eq!(at("Rarer", "r"), [(0, 1), (2, 3), (4, 5)]);
        assert_eq!(at("Rarer", "R"), [(0, 1)]);
        assert!(places("été e\u{301}", "e").is_empty(), "an accent makes another letter");
        assert_eq!(at("Été", "é"), [(0, 2), (3, 5)]);
        assert_eq!(at("a🍓b", "🍓"), [(1, 5)]);
        assert!(places("abc", "").is_empty());
        assert_eq!(at("abc", "bc"), [(1, 2)], "the first letter is meant");
    }

    #[test]
    fn each_letter_is_in_one_token_or_in_none() {
        let piece = |text: &str, count: usize| (text.to_owned(), count);
        assert_eq!(counted("gpt4", "strawberry", "r"), (vec![piece("str", 1), piece("berry", 2)], 0));
        assert_eq!(counted("byt5", "strawberry", "r").0.len(), 3);
        assert_eq!(counted("gpt2", "a🦀b", "🦀"), (vec![], 1), "cut into bytes");
        assert_eq!(counted("bert", "a 𒀀", "𒀀"), (vec![], 1), "unknown");
        assert_eq!(counted("bert", "résumé", "é"), (vec![], 2), "read without accents");
        assert_eq!(counted("bert", "Rarer", "R"), (vec![], 1), "read in small letters");
        for entry in catalog::entries() {
            let text = "Raspberries are rarer, résumé 🍓r";
            let row = row(entry.name, text);
            let places = places(text, "r");
            let spread = spread(&row, &places, "r");
            let inside: usize = spread.in_tokens.iter().sum();
            assert_eq!(inside + spread.in_none.len(), places.len(), "{}", entry.name);
            // A small letter is in no token of which it is no letter.
            for (index, count) in spread.in_tokens.iter().enumerate() {
                let read = String::from_utf8_lossy(&row.bytes(index)).to_lowercase();
                assert!(*count <= read.matches('r').count(), "{} {read}", entry.name);
            }
            assert!(entry.name == "byt5" || entry.name == "canine" || inside >= 5, "{} {inside}", entry.name);
        }
    }
}

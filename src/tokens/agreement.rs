//! Where tokenizers agree on a text: the stretches between the places at which all of them cut it.

use std::ops::Range;
use std::sync::Arc;

use unicode_segmentation::UnicodeSegmentation;

use super::comparison::{Row, TextCounts};

/// A stretch of a text between two places at which every tokenizer cuts, and none of them cuts everywhere inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// Where it lies, in bytes of the text.
    pub range: Range<usize>,
    /// Whether all cut it alike: no tokenizer cuts inside.
    pub alike: bool,
}

/// A text with its graphemes and with the stretches that tokenizers cut alike: what their tokens are drawn along.
#[derive(Debug, Clone)]
pub struct Aligned {
    /// The text, which all places point into.
    pub text: Arc<str>,
    /// How long it is.
    pub counts: TextCounts,
    /// Where the tokenizers agree.
    pub stretches: Vec<Stretch>,
    /// Where each grapheme begins, and where the last one ends: below 2³² by [`super::LONGEST_TEXT`].
    starts: Vec<u32>,
}

impl Aligned {
    /// Finds the graphemes of a text whose stretches are known.
    #[must_use]
    pub fn new(text: Arc<str>, stretches: Vec<Stretch>) -> Self {
        let starts = text.grapheme_indices(true).map(|(start, _)| start as u32);
        let starts: Vec<u32> = starts.chain([text.len() as u32]).collect();
        let counts =
            TextCounts { bytes: text.len(), code_points: text.chars().count(), graphemes: starts.len() - 1 };
        Self { text, counts, stretches, starts }
    }

    /// How many graphemes there are.
    #[must_use]
    pub fn graphemes(&self) -> usize {
        self.starts.len() - 1
    }

    /// Where the grapheme at `index` lies, in bytes of the text.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn span(&self, index: usize) -> Range<usize> {
        self.starts[index] as usize..self.starts[index + 1] as usize
    }

    /// The grapheme at `index`.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn grapheme(&self, index: usize) -> &str {
        &self.text[self.span(index)]
    }

    /// The grapheme that the byte at a place belongs to; of a place behind the text, one more than the last.
    #[must_use]
    pub fn grapheme_at(&self, byte: usize) -> usize {
        self.starts.partition_point(|&start| start as usize <= byte).saturating_sub(1)
    }

    /// The share of the text, in bytes, that is cut alike, 0 to 1; 1 for an empty text.
    #[must_use]
    pub fn alike(&self) -> f64 {
        let alike = self.stretches.iter().filter(|stretch| stretch.alike);
        let bytes: usize = alike.map(|stretch| stretch.range.len()).sum();
        if self.text.is_empty() { 1.0 } else { bytes as f64 / self.text.len() as f64 }
    }
}

/// The stretches of the text that all of `rows` stand for; they tile it. White space that a tokenizer drops counts as part of
/// the token after it, so that dropping it is no difference. Takes time and memory in proportion to text and tokens. Without rows
/// the whole text is one stretch.
#[must_use]
pub fn stretches(text: &str, rows: &[&Row]) -> Vec<Stretch> {
    let mut cuts = vec![0_u16; text.len() + 1];
    for row in rows {
        let mut last = None;
        for place in places(text, row) {
            // Several tokens may stand for one and the same character.
            if last.replace(place) != Some(place) {
                cuts[place] += 1;
            }
        }
    }
    let all = rows.len() as u16;
    let (mut found, mut start, mut alike) = (Vec::new(), 0, true);
    for (place, &cutting) in cuts.iter().enumerate().skip(1) {
        if place == text.len() || (all > 0 && cutting == all) {
            found.push(Stretch { range: start..place, alike });
            (start, alike) = (place, true);
        } else if cutting > 0 {
            alike = false;
        }
    }
    found
}

/// Where a tokenizer cuts, ascending: at the ends of its tokens, and where one begins that does not follow on another.
fn places<'a>(text: &'a str, row: &'a Row) -> impl Iterator<Item = usize> + 'a {
    let mut before = 0;
    let tokens = row.tokens().iter().filter(|token| token.end > token.start);
    tokens.flat_map(move |token| {
        let gap = text.get(before..token.start);
        let follows = token.start <= before || gap.is_some_and(|gap| gap.chars().all(char::is_whitespace));
        let start = (!follows).then_some(token.start);
        let end = token.end.max(before);
        before = end;
        start.into_iter().chain([end])
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::progress::Unwatched;
    use crate::tokens::{EncodeOptions, catalog};

    fn rows(text: &str, names: &[&str]) -> Vec<Row> {
        let options = EncodeOptions { add_special: true, typed_special: false };
        let row = |name: &&str| {
            Row::new(Arc::<str>::from(text), &catalog::load(name).unwrap(), options, &Unwatched).unwrap()
        };
        names.iter().map(row).collect()
    }

    fn marked(text: &str, names: &[&str]) -> String {
        let rows = rows(text, names);
        let found = stretches(text, &rows.iter().collect::<Vec<_>>());
        let write = |stretch: &Stretch| {
            let text = &text[stretch.range.clone()];
            if stretch.alike { format!("({text})") } else { format!("[{text}]") }
        };
        found.iter().map(write).collect()
    }

    #[test]
    fn what_is_cut_alike_stands_between_what_is_not() {
        assert_eq!(marked("The cat", &["gpt2", "gpt4"]), "(The)( cat)");
        assert_eq!(marked("the cat", &["gpt2", "bert"]), "(the)( cat)", "a dropped space is no difference");
        // Digits one by one, or in threes from the left: the last one stands alone for both.
        let mixed = marked("the cat 1234567 sat", &["gpt4", "llama2"]);
        assert_eq!(mixed, "(the)( cat)( )[123][456](7)( sat)");
        assert_eq!(marked("abc", &[]), "(abc)");
        assert_eq!(marked("", &["gpt2"]), "");
    }

    #[test]
    fn stretches_tile_the_text_and_no_row_cuts_inside_of_one_that_is_alike() {
        let text = "cat Ünïcödé 🍓👩‍🔬 12345\tдоброе  утро\r\nxyz\u{0} ﷺ";
        let names = ["bert", "gpt2", "gpt4o", "llama2", "t5", "mistral"];
        let rows = rows(text, &names);
        let found = stretches(text, &rows.iter().collect::<Vec<_>>());
        assert_eq!(found.first().map(|first| first.range.start), Some(0));
        assert_eq!(found.last().map(|last| last.range.end), Some(text.len()));
        assert!(found.windows(2).all(|pair| pair[0].range.end == pair[1].range.start));
        for row in &rows {
            let cuts: Vec<usize> = places(text, row).collect();
            assert!(cuts.is_sorted());
            for stretch in found.iter().filter(|stretch| stretch.alike) {
                assert!(!cuts.iter().any(|cut| *cut > stretch.range.start && *cut < stretch.range.end));
            }
        }
        assert!(found.iter().any(|stretch| stretch.alike) && found.iter().any(|stretch| !stretch.alike));
    }
}

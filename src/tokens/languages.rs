//! The same text in many languages, and what it costs each tokenizer.

use std::collections::HashMap;
use std::io::Read;
use std::sync::{Arc, OnceLock};

use ruzstd::decoding::StreamingDecoder;
use unicode_segmentation::UnicodeSegmentation;

use super::{EncodeError, EncodeOptions, Row, TextCounts, Tokenizer};
use crate::progress::{Part, Progress};

/// Where it comes from is written in `assets/MANIFEST.json`.
static SHIPPED: &[u8] = include_bytes!("../../assets/languages/udhr-parallel.tsv.zst");

/// The most languages of one text.
pub const MOST_LANGUAGES: usize = 200;

/// A text in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Language {
    pub name: String,
    /// Its parts, which say the same in all languages.
    pub parts: Vec<String>,
}

impl Language {
    /// How long the text is, all parts together.
    #[must_use]
    pub fn counts(&self) -> TextCounts {
        let each = self.parts.iter().map(|part| TextCounts::of(part));
        each.fold(TextCounts { bytes: 0, code_points: 0, graphemes: 0 }, |sum, part| TextCounts {
            bytes: sum.bytes + part.bytes,
            code_points: sum.code_points + part.code_points,
            graphemes: sum.graphemes + part.graphemes,
        })
    }

    /// How many units there are that look like words: stretches with letters or digits between the word boundaries of
    /// UAX #29. Scripts that write no spaces are cut there character by character, or not at all.
    #[must_use]
    pub fn words(&self) -> usize {
        self.parts.iter().map(|part| part.unicode_words().count()).sum()
    }
}

/// A text in several languages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ParallelText {
    pub languages: Vec<Language>,
}

impl ParallelText {
    /// Seven articles of the Universal Declaration of Human Rights in 22 languages.
    #[must_use]
    pub fn shipped() -> &'static Arc<Self> {
        static TEXT: OnceLock<Arc<ParallelText>> = OnceLock::new();
        TEXT.get_or_init(|| {
            let mut table = String::new();
            let unpacked = StreamingDecoder::new(SHIPPED).map(|mut packed| packed.read_to_string(&mut table));
            debug_assert!(matches!(unpacked, Ok(Ok(_))), "the embedded file is whole");
            let row = |line: &str| {
                let [_, language, _, text] = line.split('\t').collect::<Vec<_>>()[..] else { return None };
                Some((language.to_owned(), text.to_owned()))
            };
            Arc::new(Self::of(table.lines().skip(1).filter_map(row)))
        })
    }

    /// The text that somebody wrote: a line for each language and part, the language's name, then a tab or a colon, then what
    /// it says. Lines of one name belong together.
    ///
    /// # Errors
    /// A sentence that says which line cannot be read.
    pub fn typed(text: &str) -> Result<Self, String> {
        // Spreadsheets put a mark before the first line.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let row = |(number, line): (usize, &str)| {
            let parts = line.split_once('\t').or_else(|| line.split_once(':'));
            let parts = parts.map(|(name, said)| (name.trim().to_owned(), said.trim().to_owned()));
            parts.filter(|(name, said)| !name.is_empty() && !said.is_empty()).ok_or_else(|| {
                format!("Line {} is no language, a colon and a text: write “Welsh: Bore da”.", number + 1)
            })
        };
        let text = Self::of(lines.map(row).collect::<Result<Vec<_>, String>>()?.into_iter());
        if text.languages.len() > MOST_LANGUAGES {
            return Err(format!("More than {MOST_LANGUAGES} languages are not compared."));
        }
        Ok(text)
    }

    fn of(rows: impl Iterator<Item = (String, String)>) -> Self {
        let mut languages: Vec<Language> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for (name, part) in rows {
            let place = *places.entry(name.clone()).or_insert_with(|| {
                languages.push(Language { name, parts: Vec::new() });
                languages.len() - 1
            });
            languages[place].parts.push(part);
        }
        Self { languages }
    }

    /// What the text costs a tokenizer in each language. Every part is encoded by itself, with nothing added.
    ///
    /// # Errors
    /// As [`Tokenizer::encode`].
    pub fn costs(
        &self,
        tokenizer: &Arc<Tokenizer>,
        progress: &dyn Progress,
    ) -> Result<Vec<Cost>, EncodeError> {
        let options = EncodeOptions { add_special: false, typed_special: false };
        let count = self.languages.len().max(1) as f32;
        let cost = |(place, language): (usize, &Language)| {
            let part = Part::new(progress, place as f32 / count, (place + 1) as f32 / count);
            let mut cost = Cost::default();
            for text in &language.parts {
                let row = Row::new(text.as_str(), tokenizer, options, &part)?;
                let unknown = (0..row.len()).filter(|&index| row.is_unknown(index));
                let bytes = |index: usize| row.tokens()[index].end - row.tokens()[index].start;
                cost.tokens += row.len();
                cost.lost += unknown.map(bytes).sum::<usize>();
            }
            Ok(cost)
        };
        self.languages.iter().enumerate().map(cost).collect()
    }
}

/// What a text costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cost {
    pub tokens: usize,
    /// How many of its bytes became an unknown token: what they said is lost, and the count is too low for it.
    pub lost: usize,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::{Unwanted, Unwatched};
    use crate::tokens::catalog;

    /// Tokens in each language, in the order of the file.
    const TIKTOKEN: [(&str, [usize; 22]); 3] = [
        (
            "gpt2",
            [
                353, 752, 823, 740, 758, 916, 924, 2414, 2673, 1524, 1567, 3061, 6466, 3329, 8442, 5572,
                3804, 1047, 1321, 1913, 2025, 769,
            ],
        ),
        (
            "gpt4",
            [
                356, 577, 586, 547, 567, 780, 756, 960, 2066, 1060, 1293, 1905, 3231, 1664, 5934, 3972, 3766,
                616, 990, 927, 1536, 725,
            ],
        ),
        (
            "gpt4o",
            [
                355, 472, 466, 450, 421, 595, 543, 498, 803, 472, 506, 572, 790, 698, 1573, 603, 2539, 422,
                723, 521, 1239, 544,
            ],
        ),
    ];

    #[test]
    fn the_shipped_text_says_the_same_in_22_languages() {
        let text = ParallelText::shipped();
        assert_eq!(text.languages.len(), 22);
        assert!(text.languages.iter().all(|language| language.parts.len() == 7));
        assert_eq!(text.languages[0].name, "English");
        let english = text.languages[0].counts();
        assert_eq!((english.bytes, english.code_points), (1_950, 1_946), "as Python counts them");
        assert!((300..340).contains(&text.languages[0].words()));
    }

    /// The counts are those of Python's `tiktoken` 0.14.0 with the same rank files, `sum(len(e.encode_ordinary(t)) for t in texts)`.
    #[test]
    fn costs_are_those_of_the_reference() {
        let text = ParallelText::shipped();
        for (name, expected) in TIKTOKEN {
            let costs = text.costs(&catalog::load(name).unwrap(), &Unwatched).unwrap();
            let counts: Vec<usize> = costs.iter().map(|cost| cost.tokens).collect();
            assert_eq!(counts, expected, "{name}");
            assert!(costs.iter().all(|cost| cost.lost == 0), "{name} loses nothing");
        }
        let bytes = text.costs(&catalog::load("byt5").unwrap(), &Unwatched).unwrap();
        let lengths = text.languages.iter().map(|language| language.counts().bytes);
        assert!(bytes.iter().map(|cost| cost.tokens).eq(lengths));
        let t5 = text.costs(&catalog::load("t5").unwrap(), &Unwatched).unwrap();
        let lost =
            |name: &str| t5[text.languages.iter().position(|language| language.name == name).unwrap()].lost;
        // Even the English text has two signs that T5 lacks: hyphens of their own.
        assert!(lost("Chinese") > 500 && lost("English") == 6, "{t5:?}");
        assert!(matches!(
            text.costs(&catalog::load("t5").unwrap(), &Unwanted),
            Err(EncodeError::Cancelled(_))
        ));
    }

    #[test]
    fn texts_are_typed_a_line_each() {
        let text = ParallelText::typed("English: Good morning: all\nWelsh\tBore da\n\nEnglish: Thank you\n")
            .unwrap();
        let names: Vec<&str> = text.languages.iter().map(|language| language.name.as_str()).collect();
        assert_eq!(names, ["English", "Welsh"]);
        assert_eq!(text.languages[0].parts, ["Good morning: all", "Thank you"]);
        assert!(ParallelText::typed("English: a\nnonsense").unwrap_err().starts_with("Line 2 "));
        assert!(ParallelText::typed("English:").is_err());
        let many: String = (0..=MOST_LANGUAGES).map(|i| format!("l{i}: a\n")).collect();
        assert!(ParallelText::typed(&many).is_err());
        assert!(ParallelText::typed("").unwrap().languages.is_empty());
    }
}

//! Cutting text into words before byte-pair merging, as each byte-level tokenizer was trained to.
//!
//! Each published pattern has one look-ahead, `\s+(?!\S)`: of a run of white space before a word, the last character
//! belongs to the word. Here the look-ahead is done by hand after a plain match, so that the linear-time `regex` engine
//! can be used, which neither backtracks nor gives up on long runs.

use regex::Regex;
use std::sync::OnceLock;

/// The rule by which a tokenizer cuts text into words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WordPattern {
    /// GPT-2 (`r50k_base`, `p50k_base`) and most byte-level BPE after it.
    Gpt2,
    /// GPT-4 (`cl100k_base`).
    Cl100k,
    /// GPT-4o (`o200k_base`).
    O200k,
    /// Llama 3: GPT-4's, but white space at the end of a text is cut like any other.
    Llama3,
    /// `StarCoder2`: every digit alone, then GPT-2's.
    SingleDigits,
    /// Mistral's Tekken: GPT-4o's without contractions, and every digit alone.
    Tekken,
}

const GPT2: &str = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+";
const CL100K: &str = r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s+$|\s*[\r\n]+|\s+";
const O200K: &str = concat!(
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|",
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|",
    r"\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+",
);
const TEKKEN: &str = concat!(
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|",
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|",
    r"\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+",
);
const SINGLE_DIGITS: &str = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+|\s+";
const LLAMA3: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+";

impl WordPattern {
    /// Every pattern.
    #[cfg(test)]
    pub(super) const ALL: [Self; 6] =
        [Self::Gpt2, Self::Cl100k, Self::O200k, Self::Llama3, Self::SingleDigits, Self::Tekken];

    fn regex(self) -> &'static Regex {
        static COMPILED: [OnceLock<Regex>; 6] = [const { OnceLock::new() }; 6];
        let (slot, pattern) = match self {
            Self::Gpt2 => (0, GPT2),
            Self::Cl100k => (1, CL100K),
            Self::O200k => (2, O200K),
            Self::Llama3 => (3, LLAMA3),
            Self::SingleDigits => (4, SINGLE_DIGITS),
            Self::Tekken => (5, TEKKEN),
        };
        COMPILED[slot]
            .get_or_init(|| Regex::new(pattern).expect("the pattern is a constant that the tests compile"))
    }

    /// The rule that a file writes down as a regular expression, if it is one of those known.
    pub(super) fn of_expression(expression: &str) -> Option<Self> {
        const LOOK_AHEAD: &str = r"\s+(?!\S)|";
        let without = expression.replacen(LOOK_AHEAD, "", 1);
        let known = [(Self::Tekken, TEKKEN), (Self::O200k, O200K), (Self::Llama3, LLAMA3)];
        let found = known.into_iter().find(|(_, plain)| without == *plain && without != expression);
        found.map(|(pattern, _)| pattern)
    }

    /// Compiles the pattern if it has not been: some milliseconds that the first text should not wait for.
    pub(super) fn prepare(self) {
        self.regex();
    }

    /// Whether a run of white space that ends in `last` gives that character to the word which begins with `next`.
    fn gives_up(self, last: char, next: char) -> bool {
        match self {
            Self::Gpt2 => last.is_whitespace(),
            // Digits are cut out first, and before them white space ends as at the end of a text.
            Self::SingleDigits => last.is_whitespace() && !next.is_numeric(),
            // In these patterns a line break at the end of a match was matched as a line break, not as white space.
            Self::Cl100k | Self::O200k | Self::Llama3 | Self::Tekken => {
                last.is_whitespace() && last != '\r' && last != '\n'
            }
        }
    }

    /// The words of `text`, in order. Together they are the whole text.
    pub(super) fn words(self, text: &str) -> impl Iterator<Item = &str> {
        let mut at = 0;
        std::iter::from_fn(move || {
            let rest = &text[at..];
            if rest.is_empty() {
                return None;
            }
            let length = self.first_word(rest);
            at += length;
            Some(&rest[..length])
        })
    }

    /// How long the first word of `text` (not empty) is, in bytes.
    fn first_word(self, text: &str) -> usize {
        let end = self.regex().find(text).map_or(text.len(), |found| found.end());
        let (matched, rest) = text.split_at(end);
        match (matched.chars().next_back(), rest.chars().next()) {
            (Some(last), Some(next)) if end > last.len_utf8() && self.gives_up(last, next) => {
                end - last.len_utf8()
            }
            _ => end,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::WordPattern;

    fn words(pattern: WordPattern, text: &str) -> Vec<&str> {
        pattern.words(text).collect()
    }

    // The expected cuts are those of the published patterns under Python's `regex` 2026: `regex.findall(pattern, text)`.
    #[test]
    fn white_space_before_a_word_gives_up_its_last_character() {
        assert_eq!(words(WordPattern::Gpt2, "a  b\n\nc   "), ["a", " ", " b", "\n", "\n", "c", "   "]);
        assert_eq!(words(WordPattern::O200k, "a  b\n\nc \n  "), ["a", " ", " b", "\n\n", "c", " \n", "  "]);
        assert_eq!(words(WordPattern::Cl100k, "a \n  "), ["a", " \n  "]);
        assert_eq!(words(WordPattern::Llama3, "a \n  "), ["a", " \n", "  "]);
    }

    #[test]
    fn numbers_and_contractions_are_cut_as_each_model_does() {
        assert_eq!(words(WordPattern::Gpt2, "it's 12345"), ["it", "'s", " 12345"]);
        assert_eq!(words(WordPattern::Cl100k, "IT'S 12345"), ["IT", "'S", " ", "123", "45"]);
        assert_eq!(words(WordPattern::O200k, "it's aB"), ["it's", " a", "B"]);
        assert_eq!(words(WordPattern::SingleDigits, "x 12  3"), ["x", " ", "1", "2", "  ", "3"]);
    }

    #[test]
    fn words_make_up_the_text() {
        let text = "Ça va?\u{a0}\u{2003}\u{85}\r\n\tनमस्ते ١٢٣ \u{200d}👩‍👩‍👧\0end  ";
        for pattern in WordPattern::ALL {
            assert_eq!(words(pattern, text).concat(), text);
        }
    }
}

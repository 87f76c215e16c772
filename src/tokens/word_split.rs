//! Cutting text into words before byte-pair merging, as each byte-level tokenizer was trained to.
//!
//! The published rules are regular expressions with large classes of characters. Engines for them determine, character
//! by character, what each state leads to, which took longer than the encoding of all but the longest texts: the rules are
//! written out here instead, over a table of what each character is. The tests hold them to the expressions.
//!
//! Each expression has one look-ahead, `\s+(?!\S)`: of a run of white space before a word, the last character belongs to
//! the word.

mod classes;
mod rules;

use classes::Class;
use rules::{Contractions, Digits, Letters, Rules};

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
const LLAMA3: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+";

impl WordPattern {
    /// Every pattern.
    #[cfg(test)]
    pub(super) const ALL: [Self; 6] =
        [Self::Gpt2, Self::Cl100k, Self::O200k, Self::Llama3, Self::SingleDigits, Self::Tekken];

    fn rules(self) -> Rules {
        const BREAKS: &[char] = &['\r', '\n'];
        const BREAKS_AND_SLASH: &[char] = &['\r', '\n', '/'];
        let gpt2 = Rules {
            contractions: Contractions::Apart { any_case: false },
            letters: Letters::AfterSpace,
            digits: Digits::AfterSpace,
            after_signs: &[],
            cut_at_breaks: false,
            whole_at_end: false,
        };
        let llama3 = Rules {
            contractions: Contractions::Apart { any_case: true },
            letters: Letters::AfterAny,
            digits: Digits::AtMost(3),
            after_signs: BREAKS,
            cut_at_breaks: true,
            whole_at_end: false,
        };
        let o200k = Rules {
            contractions: Contractions::AtEnd,
            letters: Letters::Cased,
            after_signs: BREAKS_AND_SLASH,
            ..llama3
        };
        match self {
            Self::Gpt2 => gpt2,
            Self::SingleDigits => Rules { digits: Digits::AtMost(1), ..gpt2 },
            Self::Llama3 => llama3,
            Self::Cl100k => Rules { whole_at_end: true, ..llama3 },
            Self::O200k => o200k,
            Self::Tekken => Rules { contractions: Contractions::Unknown, digits: Digits::AtMost(1), ..o200k },
        }
    }

    /// The rule that a file writes down as a regular expression, if it is one of those known.
    pub(super) fn of_expression(expression: &str) -> Option<Self> {
        const LOOK_AHEAD: &str = r"\s+(?!\S)|";
        let without = expression.replacen(LOOK_AHEAD, "", 1);
        let known = [(Self::Tekken, TEKKEN), (Self::O200k, O200K), (Self::Llama3, LLAMA3)];
        let found = known.into_iter().find(|(_, plain)| without == *plain && without != expression);
        found.map(|(pattern, _)| pattern)
    }

    /// Makes the table that cutting needs, so that the first text does not wait for it.
    pub(super) fn prepare() {
        classes::table();
    }

    /// Whether a run of white space that ends in `last` gives that character to the word which begins with `next`.
    fn gives_up(self, last: char, next: char) -> bool {
        match self {
            Self::Gpt2 => last.is_whitespace(),
            // Digits are cut out first, and before them white space ends as at the end of a text.
            Self::SingleDigits => last.is_whitespace() && Class::of(next) != Class::Number,
            // In these patterns a line break at the end of a match was matched as a line break, not as white space.
            Self::Cl100k | Self::O200k | Self::Llama3 | Self::Tekken => {
                last.is_whitespace() && last != '\r' && last != '\n'
            }
        }
    }

    /// The words of `text`, in order. Together they are the whole text.
    pub(super) fn words(self, text: &str) -> impl Iterator<Item = &str> {
        let mut at = 0;
        let rules = self.rules();
        std::iter::from_fn(move || {
            let rest = &text[at..];
            if rest.is_empty() {
                return None;
            }
            let length = self.first_word(&rules, rest);
            at += length;
            Some(&rest[..length])
        })
    }

    /// How long the first word of `text` (not empty) is, in bytes.
    fn first_word(self, rules: &Rules, text: &str) -> usize {
        let end = rules.first(text);
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
    use super::{LLAMA3, O200K, TEKKEN, WordPattern};
    use proptest::prelude::*;
    use regex::Regex;

    const GPT2: &str = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+";
    const CL100K: &str = r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s+$|\s*[\r\n]+|\s+";
    const SINGLE_DIGITS: &str = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+|\s+";

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

    /// Texts of what the rules tell apart, in all orders.
    fn texts() -> impl Strategy<Value = String> {
        let pieces = concat!(
            "aAsStTdDlLrRvVeEmMzZ  ''\"-/.\n\r\t\u{a0}\u{85}\u{2028}\u{3000}\u{200d}\0",
            "éÉßǅſK١9Ⅷ½ʰªあ中नमस्ते\u{301}\u{20dd}👩🏽ا\u{64b}\u{fffd}\u{10ffff}",
        );
        let known = prop::sample::select(pieces.chars().collect::<Vec<_>>());
        let word =
            prop::sample::select(vec!["'s", "'LL", "'ve", "'ſ", "'r", "iPhone", "HTTPServer", " \n", "//\n"]);
        let piece = prop_oneof![20 => known.prop_map(String::from), 3 => word.prop_map(String::from), 2 => any::<char>().prop_map(String::from)];
        prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// The expressions, but for their look-ahead, by the `regex` crate.
        #[test]
        fn the_rules_cut_as_the_published_expressions_do(text in texts()) {
            static COMPILED: std::sync::OnceLock<Vec<Regex>> = std::sync::OnceLock::new();
            let expressions = [GPT2, CL100K, O200K, LLAMA3, SINGLE_DIGITS, TEKKEN];
            let compiled = COMPILED.get_or_init(|| expressions.iter().map(|e| Regex::new(e).unwrap()).collect());
            for (pattern, regex) in WordPattern::ALL.into_iter().zip(compiled) {
                let rules = pattern.rules();
                for (at, _) in text.char_indices() {
                    let rest = &text[at..];
                    let expected = regex.find(rest).map_or(rest.len(), |found| found.end());
                    prop_assert_eq!(rules.first(rest), expected, "{:?} on {:?}", pattern, rest);
                }
            }
        }
    }

    #[test]
    fn every_character_is_of_the_kind_that_the_expressions_take_it_for() {
        use super::classes::Class;
        type Kind = fn(Class) -> bool;
        let kinds: [(&str, Kind); 6] = [
            (r"\p{L}", Class::is_letter),
            (r"\p{N}", |class| class == Class::Number),
            (r"\s", Class::is_space),
            (r"[^\s\p{L}\p{N}]", Class::is_sign),
            (r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", Class::may_begin),
            (r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]", Class::may_go_on),
        ];
        let all: String = ('\0'..=char::MAX).collect();
        for (expression, kind) in kinds {
            let found: Vec<char> =
                Regex::new(expression).unwrap().find_iter(&all).flat_map(|m| m.as_str().chars()).collect();
            let ours: Vec<char> = all.chars().filter(|c| kind(Class::of(*c))).collect();
            assert!(found == ours, "{expression}");
        }
    }
}

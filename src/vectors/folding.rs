//! Comparing words in any case, fast enough to look at millions of them while somebody types.
//!
//! Two notions of case are in use, as in most programs: searches fold by Unicode's *simple* case folding (`CaseFolding.txt`,
//! statuses C and S), one character for one, as regular expressions do; finding a word that was typed out compares in
//! full lower case, in which `İ` is two characters.

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

/// The beginning of a word in every case that it can have.
#[derive(Clone)]
pub(super) struct FoldedPrefix {
    /// For each character all that fold to the same, as UTF-8.
    characters: Vec<Vec<String>>,
    /// Whether a word that begins with this byte can match: most words are put aside by it.
    first: [bool; 256],
}

impl FoldedPrefix {
    /// Looks up the characters that `query` stands for.
    pub fn new(query: &str) -> Self {
        let characters: Vec<Vec<String>> = query.chars().map(equal_in_case).collect();
        let mut first = [characters.is_empty(); 256];
        for text in characters.first().into_iter().flatten() {
            first[usize::from(text.as_bytes()[0])] = true;
        }
        Self { characters, first }
    }

    /// Whether `word`, which is UTF-8, begins so.
    pub fn begins(&self, word: &[u8]) -> bool {
        let Some(&first) = word.first() else { return self.characters.is_empty() };
        self.first[usize::from(first)] && self.begins_whole(word)
    }

    fn begins_whole(&self, word: &[u8]) -> bool {
        let mut rest = word;
        for character in &self.characters {
            let found = character.iter().find_map(|text| rest.strip_prefix(text.as_bytes()));
            let Some(after) = found else { return false };
            rest = after;
        }
        true
    }
}

/// The characters that are equal to one but for case, itself among them.
fn equal_in_case(character: char) -> Vec<String> {
    let mut class = ClassUnicode::new([ClassUnicodeRange::new(character, character)]);
    class.case_fold_simple();
    class.iter().flat_map(|range| range.start()..=range.end()).map(String::from).collect()
}

/// The characters beyond ASCII whose lower case begins with a letter of ASCII: `İ` and the sign of the kelvin.
const ASCII_IN_LOWER_CASE: [char; 2] = ['\u{130}', '\u{212A}'];

/// Whether two words are equal in full lower case.
pub(super) fn equal_in_lower_case(a: &str, b: &str) -> bool {
    for (at, (&x, &y)) in a.as_bytes().iter().zip(b.as_bytes()).enumerate() {
        if !x.is_ascii() || !y.is_ascii() {
            // Most words end here: only two characters beyond ASCII begin with one of ASCII in lower case.
            let other = if x.is_ascii() { &b[at..] } else { &a[at..] };
            if (x.is_ascii() || y.is_ascii()) && !other.starts_with(ASCII_IN_LOWER_CASE) {
                return false;
            }
            let lower = |text| str::chars(text).flat_map(char::to_lowercase);
            return lower(a).eq(lower(b));
        }
        if !x.eq_ignore_ascii_case(&y) {
            return false;
        }
    }
    // Where one goes on after the other's end, it does so in lower case too.
    a.len() == b.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex::RegexBuilder;

    use super::*;

    /// Characters with more than two cases, with cases of other lengths, and with none.
    const ODD: &str = "(\\PC|[kKKsSſßẞσςΣéÉİıiIåÅÅǆǅǄﬅﬆᾳᾼ中'.*]){0,4}";

    fn slowly(query: &str, word: &str) -> bool {
        let pattern = format!("^{}", regex::escape(query));
        RegexBuilder::new(&pattern).case_insensitive(true).build().unwrap().is_match(word)
    }

    #[test]
    fn few_characters_become_ascii() {
        let becomes = |c: &char| c.to_lowercase().next().is_some_and(|c| c.is_ascii());
        assert!(('\u{80}'..=char::MAX).filter(becomes).eq(ASCII_IN_LOWER_CASE));
    }

    proptest! {
        #[test]
        fn beginnings_match_as_regular_expressions_do(query in ODD, word in ODD) {
            let longer = format!("{}{word}", query.to_uppercase());
            let lower = format!("{}{word}", query.to_lowercase());
            let folded = FoldedPrefix::new(&query);
            for word in [word, longer, lower] {
                prop_assert_eq!(folded.begins(word.as_bytes()), slowly(&query, &word), "{}, {}", query, word);
            }
        }

        #[test]
        fn lower_case_is_that_of_the_whole_word(a in ODD, b in ODD) {
            let lower = |text: &str| text.chars().flat_map(char::to_lowercase).collect::<String>();
            for b in [b, a.to_uppercase(), a.to_lowercase()] {
                prop_assert_eq!(equal_in_lower_case(&a, &b), lower(&a) == lower(&b), "{} {}", a, b);
            }
        }
    }
}

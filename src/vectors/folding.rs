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

    /// Lets words begin with `character` too.
    fn add_to_first(&mut self, character: char) {
        let text = String::from(character);
        self.first[usize::from(text.as_bytes()[0])] = true;
        if let Some(characters) = self.characters.first_mut() {
            characters.push(text);
        }
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

/// The one character whose lower case, `i` and a dot, begins with no case of itself.
const DOTTED_I: char = '\u{130}';

/// A word that others are compared with in full lower case.
pub(super) struct FoldedWord {
    lower: Vec<char>,
    /// What a word begins with that can be equal: most words are put aside by it.
    beginning: FoldedPrefix,
}

impl FoldedWord {
    pub fn new(word: &str) -> Self {
        let lower: Vec<char> = word.chars().flat_map(char::to_lowercase).collect();
        let first = lower.first().copied();
        let mut beginning = FoldedPrefix::new(&first.map(String::from).unwrap_or_default());
        // The standard library may know letters that the tables of foldings do not know yet.
        first.into_iter().flat_map(char::to_uppercase).for_each(|upper| beginning.add_to_first(upper));
        if first == Some('i') {
            beginning.add_to_first(DOTTED_I);
        }
        Self { lower, beginning }
    }

    /// Whether `other` is the same word in lower case.
    pub fn equals(&self, other: &str) -> bool {
        self.beginning.begins(other.as_bytes()) && self.equals_whole(other)
    }

    fn equals_whole(&self, other: &str) -> bool {
        let mut expected = self.lower.iter().copied();
        for character in other.chars() {
            let wanted = expected.next();
            // What is in lower case already, as most is, need not be looked up.
            if wanted == Some(character) {
                continue;
            }
            let mut lower = character.to_lowercase();
            if lower.next() != wanted || lower.any(|more| expected.next() != Some(more)) {
                return false;
            }
        }
        expected.next().is_none()
    }
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
    fn lower_case_stays_as_it_is() {
        let lower = |text: &str| text.chars().flat_map(char::to_lowercase).collect::<String>();
        for letter in '\0'..=char::MAX {
            let once = lower(&String::from(letter));
            assert_eq!(lower(&once), once);
        }
    }

    #[test]
    fn lower_case_begins_with_the_same_letter_in_another_case() {
        for letter in ('\0'..=char::MAX).filter(|letter| !letter.to_lowercase().eq([*letter])) {
            let lower: String = letter.to_lowercase().collect();
            assert!(FoldedWord::new(&lower).equals(&String::from(letter)), "{letter}");
        }
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
                prop_assert_eq!(FoldedWord::new(&a).equals(&b), lower(&a) == lower(&b), "{} {}", a, b);
            }
        }
    }
}

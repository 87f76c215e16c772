//! Files of analogy questions as word2vec's `questions-words.txt`: sections that begin with `: name`, four words a line.

use std::ops::Range;

use super::{Interned, SetError};

/// Analogy questions in sections: A is to B as C is to D.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnalogySet {
    /// The words of all questions, each once, as the file writes them.
    pub(super) words: Vec<String>,
    /// A, B, C and D of each question, as places in `words`.
    pub(super) questions: Vec<[u32; 4]>,
    pub(super) sections: Vec<Section>,
}

/// Questions that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Section {
    pub name: String,
    pub questions: Range<usize>,
}

impl AnalogySet {
    /// Reads a file of questions. Empty lines are passed over.
    ///
    /// # Errors
    /// [`SetError`] with its line for anything that is neither a section's name nor four words.
    pub fn read(text: &str) -> Result<Self, SetError> {
        let (mut words, mut questions) = (Interned::default(), Vec::new());
        let mut sections: Vec<Section> = Vec::new();
        for (line, content) in (1..).zip(super::lines(text)) {
            if let Some(name) = content.strip_prefix(':') {
                let here = questions.len()..questions.len();
                sections.push(Section {
                    name: name.trim_start_matches([':', ' ']).trim_end().to_owned(),
                    questions: here,
                });
                continue;
            }
            let found = content.split_whitespace().count();
            if found == 0 {
                continue;
            }
            let mut parts = content.split_whitespace();
            let (Some(a), Some(b), Some(c), Some(d), None) =
                (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
            else {
                return Err(SetError::Question { line, found });
            };
            let section = sections.last_mut().ok_or(SetError::NoSection { line })?;
            questions.push([a, b, c, d].map(|word| words.place(word)));
            section.questions.end = questions.len();
        }
        if questions.is_empty() {
            return Err(SetError::Empty(
                "write a section's name, such as “: family”, and below it four words a line",
            ));
        }
        Ok(Self { words: words.words, questions, sections })
    }

    /// The questions that relations ask, a section each: every pair of words that stand in one against every other.
    pub fn of_relations<'a>(
        relations: impl IntoIterator<Item = (&'a str, &'a [(&'a str, &'a str)])>,
    ) -> Self {
        let (mut words, mut questions, mut sections) = (Interned::default(), Vec::new(), Vec::new());
        for (name, pairs) in relations {
            let first = questions.len();
            for (one, (a, b)) in pairs.iter().enumerate() {
                let others = pairs.iter().enumerate().filter(|(other, _)| *other != one);
                questions.extend(others.map(|(_, (c, d))| [a, b, c, d].map(|word| words.place(word))));
            }
            sections.push(Section { name: name.to_owned(), questions: first..questions.len() });
        }
        Self { words: words.words, questions, sections }
    }

    /// How many questions there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.questions.len()
    }

    /// Whether there are none; a file that was read has some.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.questions.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_and_questions_are_read_whatever_ends_their_lines() {
        for end in ["\n", "\r\n"] {
            let lines = [
                "\u{feff}: family",
                "boy girl king  queen",
                "",
                ": empty",
                ": plural nouns ",
                "cat cats dog dogs",
            ];
            let set = AnalogySet::read(&lines.join(end)).unwrap();
            assert_eq!(set.len(), 2);
            let sections: Vec<_> = set
                .sections
                .iter()
                .map(|section| (section.name.as_str(), section.questions.clone()))
                .collect();
            assert_eq!(sections, [("family", 0..1), ("empty", 1..1), ("plural nouns", 1..2)]);
            let words =
                |question: usize| set.questions[question].map(|place| set.words[place as usize].clone());
            assert_eq!(words(0), ["boy", "girl", "king", "queen"]);
            assert_eq!(words(1), ["cat", "cats", "dog", "dogs"]);
        }
    }

    #[test]
    fn relations_ask_with_every_pair_about_every_other() {
        let pairs = [("a", "A"), ("b", "B"), ("c", "C")];
        let set = AnalogySet::of_relations([("case", &pairs[..]), ("none", &[])]);
        assert_eq!(
            (set.len(), set.sections[0].questions.clone(), set.sections[1].questions.len()),
            (6, 0..6, 0)
        );
        let words = set.questions[2].map(|place| set.words[place as usize].as_str());
        assert_eq!(words, ["b", "B", "a", "A"]);
    }

    #[test]
    fn what_is_no_question_is_refused_with_its_line() {
        let read = |text: &str| AnalogySet::read(text).unwrap_err();
        assert_eq!(read(": a\nb c d\n"), SetError::Question { line: 2, found: 3 });
        assert_eq!(read(": a\n\nb c d e f\n"), SetError::Question { line: 3, found: 5 });
        assert_eq!(read("b c d e\n"), SetError::NoSection { line: 1 });
        assert!(matches!(read(": a\n"), SetError::Empty(_)));
        assert!(read(": a\nb c d\n").to_string().contains("Line 2 has 3 words"));
    }
}

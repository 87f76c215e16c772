//! What an entry is written in.

use serde::{Deserialize, Serialize};
use unicode_script::{Script, UnicodeScript};

use super::Entry;

/// The writing of an entry's letters, or what it has instead of letters.
///
/// Scripts are those of the Unicode Character Database (UAX #24).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Writing {
    /// Letters of one script.
    Script(Script),
    /// Letters of several scripts.
    Mixed,
    /// Digits, with signs or without, and no letters.
    Digits,
    /// Punctuation, symbols, emoji.
    Signs,
    /// White space alone.
    Space,
    /// Special entries, and bytes that are no whole characters.
    Nothing,
}

/// The writings that are no scripts.
const OTHERS: [Writing; 5] =
    [Writing::Mixed, Writing::Digits, Writing::Signs, Writing::Space, Writing::Nothing];

impl Writing {
    /// The writing of a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let letters = text.chars().filter(|c| c.is_alphabetic()).map(|c| c.script());
        let mut scripts =
            letters.filter(|script| !matches!(script, Script::Common | Script::Inherited | Script::Unknown));
        match scripts.next() {
            Some(first) if scripts.all(|script| script == first) => Self::Script(first),
            Some(_) => Self::Mixed,
            None if text.trim().is_empty() => Self::Space,
            None if text.chars().any(char::is_numeric) => Self::Digits,
            None => Self::Signs,
        }
    }

    /// What people call it: `Latin`, `digits`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Script(script) => script.full_name(),
            Self::Mixed => "several scripts",
            Self::Digits => "digits",
            Self::Signs => "signs",
            Self::Space => "white space",
            Self::Nothing => "no text",
        }
    }
}

/// The writing of that name; of a name that no writing has, [`Writing::Nothing`].
impl From<String> for Writing {
    fn from(name: String) -> Self {
        let script = || {
            Script::from_full_name(&name.replace(' ', "_"))
                .or_else(|| Script::from_full_name(&name))
                .map(Self::Script)
        };
        OTHERS.into_iter().find(|other| other.name() == name).or_else(script).unwrap_or(Self::Nothing)
    }
}

impl From<Writing> for String {
    fn from(writing: Writing) -> Self {
        writing.name().to_owned()
    }
}

/// The writings of entries, with how many have each, the most frequent first.
pub(super) fn counted(entries: &[Entry]) -> Vec<(Writing, usize)> {
    let mut counts = std::collections::HashMap::new();
    for entry in entries {
        *counts.entry(entry.writing).or_insert(0) += 1;
    }
    let mut counts: Vec<(Writing, usize)> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.name().cmp(b.0.name())));
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_decide_and_signs_do_not() {
        for (text, name) in [
            (" the", "Latin"),
            ("'s", "Latin"),
            ("Привет!", "Cyrillic"),
            ("東京", "Han"),
            ("東京タワー", "several scripts"),
            ("١٢", "digits"),
            ("3.14", "digits"),
            ("->", "signs"),
            ("🍓", "signs"),
            ("\n ", "white space"),
        ] {
            assert_eq!(Writing::of(text).name(), name, "{text}");
            assert_eq!(Writing::from(name.to_owned()), Writing::of(text), "{name}");
        }
        assert_eq!(Writing::from("Klingon".to_owned()), Writing::Nothing);
    }
}

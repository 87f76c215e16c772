//! What kind of character each character is, as the published patterns tell them apart.

use regex_syntax::hir::{Class as Set, HirKind};
use std::sync::OnceLock;

/// A kind of character. Every character is of one kind alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Class {
    /// None of the others: punctuation, symbols, controls, what is not assigned.
    Other,
    /// `Ll`.
    Lower,
    /// `Lu` and `Lt`.
    Upper,
    /// Letters without case: `Lm` and `Lo`.
    Letter,
    /// `M`: accents and vowel signs that belong to the character before them.
    Mark,
    /// `N`.
    Number,
    /// `\s`, but for the two line breaks.
    Space,
    /// A line feed or a carriage return.
    Break,
}

/// Each kind but `Other` with the set of its characters.
const SETS: [(Class, &str); 7] = [
    (Class::Lower, r"\p{Ll}"),
    (Class::Upper, r"[\p{Lu}\p{Lt}]"),
    (Class::Letter, r"[\p{Lm}\p{Lo}]"),
    (Class::Mark, r"\p{M}"),
    (Class::Number, r"\p{N}"),
    (Class::Space, r"[\s&&[^\r\n]]"),
    (Class::Break, r"[\r\n]"),
];

impl Class {
    pub(super) fn of(c: char) -> Self {
        table()[c as usize]
    }

    pub(super) fn is_letter(self) -> bool {
        matches!(self, Self::Lower | Self::Upper | Self::Letter)
    }

    pub(super) fn is_space(self) -> bool {
        matches!(self, Self::Space | Self::Break)
    }

    /// `[^\s\p{L}\p{N}]`.
    pub(super) fn is_sign(self) -> bool {
        matches!(self, Self::Other | Self::Mark)
    }

    /// What a word may begin with: `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`.
    pub(super) fn may_begin(self) -> bool {
        matches!(self, Self::Upper | Self::Letter | Self::Mark)
    }

    /// What a word may go on with: `[\p{Ll}\p{Lm}\p{Lo}\p{M}]`.
    pub(super) fn may_go_on(self) -> bool {
        matches!(self, Self::Lower | Self::Letter | Self::Mark)
    }
}

/// The kind of every code point, by the tables of the `regex` crate: 1 MB, made in about a millisecond when first asked for.
pub(super) fn table() -> &'static [Class] {
    static TABLE: OnceLock<Vec<Class>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = vec![Class::Other; char::MAX as usize + 1];
        for (class, set) in SETS {
            let parsed = regex_syntax::parse(set).expect("the sets are constants that the tests parse");
            if let HirKind::Class(Set::Unicode(set)) = parsed.kind() {
                set.ranges().iter().for_each(|range| {
                    table[range.start() as usize..=range.end() as usize].fill(class);
                });
            }
        }
        table
    })
}

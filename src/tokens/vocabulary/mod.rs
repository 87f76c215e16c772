//! A vocabulary as a list: what each entry stands for, how entries are found among hundreds of thousands, and which of them
//! are odd.

mod listing;
mod unmade;
mod writing;

use std::borrow::Cow;
use std::str;
use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::spelling::{Spelling, byte_piece};
use super::{Algorithm, Tokenizer};
use crate::progress::{Cancelled, Progress};

pub use listing::{Filter, Listing, Oddity, SearchBy, SortBy};
pub use unmade::Unmade;
pub use writing::Writing;

/// How often cancelled work is noticed, in entries.
const CHECK_EVERY: u32 = 1 << 12;

/// What an entry is to the words of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntryKind {
    /// For control; it stands for no text.
    Special,
    /// One byte: what no other entry can spell is spelled by these.
    Byte,
    /// Several bytes that are no whole characters.
    Part,
    /// White space alone.
    Space,
    /// With the space before a word in it, or at the beginning of a word.
    WordStart,
    /// Within a word, or at the beginning of a text.
    Continuation,
    /// With the end of a word in it: vocabularies that mark ends do not mark beginnings.
    WordEnd,
    /// A piece of a vocabulary that says nothing of words.
    Plain,
}

impl EntryKind {
    /// All kinds, in the order in which they are listed.
    pub const ALL: [Self; 8] = [
        Self::WordStart,
        Self::Continuation,
        Self::WordEnd,
        Self::Plain,
        Self::Space,
        Self::Byte,
        Self::Part,
        Self::Special,
    ];

    /// What people call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Special => "special",
            Self::Byte => "byte",
            Self::Part => "part of characters",
            Self::Space => "white space",
            Self::WordStart => "word start",
            Self::Continuation => "continuation",
            Self::WordEnd => "word end",
            Self::Plain => "plain",
        }
    }

    /// What that means, in a sentence.
    #[must_use]
    pub fn about(self) -> &'static str {
        match self {
            Self::Special => "For control: it stands for no text.",
            Self::Byte => "One byte. What no other entry can spell is spelled byte by byte.",
            Self::Part => "Several bytes that are no whole characters.",
            Self::Space => "White space alone: runs of spaces, tabs, line ends.",
            Self::WordStart => "It begins a word; most have the space before it in them.",
            Self::Continuation => {
                "Without a space before it: within a word, after another one, or at the beginning."
            }
            Self::WordEnd => "It ends a word: this vocabulary marks ends, and not beginnings.",
            Self::Plain => "It says nothing of where words begin or end.",
        }
    }
}

/// What is known of an entry before anybody looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    pub id: u32,
    pub kind: EntryKind,
    pub writing: Writing,
    /// Its length in code points, the space before a word included; 0 where its bytes are no text.
    pub characters: u32,
    /// Its length in bytes.
    pub bytes: u32,
    /// The entry that differs from it by the space before it alone (or by the mark of a continuation, or of a word's end).
    pub twin: Option<u32>,
}

/// All entries of a tokenizer, by ID. Takes 24 bytes an entry.
#[derive(Debug)]
pub struct Vocabulary {
    tokenizer: Arc<Tokenizer>,
    entries: Vec<Entry>,
    /// How many entries there are of each kind, and in each writing: the most frequent first.
    kinds: Vec<(EntryKind, usize)>,
    writings: Vec<(Writing, usize)>,
    undecodable: usize,
    twins: usize,
}

impl Vocabulary {
    /// Looks at every entry of a tokenizer.
    ///
    /// # Errors
    /// [`Cancelled`] once `progress` says so.
    pub fn of(tokenizer: Arc<Tokenizer>, progress: &dyn Progress) -> Result<Self, Cancelled> {
        let end = u32::try_from(tokenizer.vocabulary_size()).unwrap_or(u32::MAX);
        let entry = |id: u32| {
            if id.is_multiple_of(CHECK_EVERY) {
                progress.check()?;
            }
            Ok(Entry::of(&tokenizer, id))
        };
        let entries = (0..end).into_par_iter().map(entry).collect::<Result<Vec<_>, Cancelled>>()?;
        let entries: Vec<Entry> = entries.into_iter().flatten().collect();
        let kinds = EntryKind::ALL.map(|kind| (kind, entries.iter().filter(|it| it.kind == kind).count()));
        let kinds = kinds.into_iter().filter(|(_, count)| *count > 0).collect();
        let writings = writing::counted(&entries);
        let undecodable = entries.iter().filter(|entry| entry.is_undecodable()).count();
        let twins = entries.iter().filter(|entry| entry.twin.is_some()).count();
        Ok(Self { tokenizer, entries, kinds, writings, undecodable, twins })
    }

    /// Whose entries these are.
    #[must_use]
    pub fn tokenizer(&self) -> &Arc<Tokenizer> {
        &self.tokenizer
    }

    /// The entries by ID. IDs that are not in use have none.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The kinds that there are, with how many entries each has.
    #[must_use]
    pub fn kinds(&self) -> &[(EntryKind, usize)] {
        &self.kinds
    }

    /// The writings that there are, with how many entries each has, the most frequent first.
    #[must_use]
    pub fn writings(&self) -> &[(Writing, usize)] {
        &self.writings
    }

    /// How many entries are odd in this way, if that is known without [`Vocabulary::unmade`].
    #[must_use]
    pub fn count_of(&self, oddity: Oddity) -> Option<usize> {
        match oddity {
            Oddity::Undecodable => Some(self.undecodable),
            Oddity::Twins => Some(self.twins),
            Oddity::Unmade => None,
        }
    }

    /// Where the entry of an ID stands in [`Vocabulary::entries`].
    #[must_use]
    pub fn place_of(&self, id: u32) -> Option<usize> {
        self.entries.binary_search_by_key(&id, |entry| entry.id).ok()
    }

    /// The bytes by which people read an entry; none where there is no such ID. See [`Tokenizer::read`].
    #[must_use]
    pub fn read(&self, id: u32) -> Option<Cow<'_, [u8]>> {
        self.tokenizer.read_id(id)
    }
}

impl Entry {
    /// Whether its bytes, if any, are no whole characters.
    pub(super) fn is_undecodable(&self) -> bool {
        self.characters == 0 && self.bytes > 0
    }

    fn of(tokenizer: &Tokenizer, id: u32) -> Option<Self> {
        let read = tokenizer.read_id(id)?;
        let text = str::from_utf8(&read).ok();
        let kind = kind_of(tokenizer, id, &read);
        // `<0x41>` is a byte and no letter; the letter A of a vocabulary of bytes is both.
        let is_text = match kind {
            EntryKind::Special => false,
            EntryKind::Byte => tokenizer.spelling().is_of_bytes(),
            _ => true,
        };
        Some(Self {
            id,
            kind,
            writing: text.filter(|_| is_text).map_or(Writing::Nothing, Writing::of),
            characters: text.map_or(0, |text| text.chars().count() as u32),
            bytes: tokenizer.bytes(id).map_or(0, |bytes| bytes.len() as u32),
            twin: text.filter(|_| is_text).and_then(|text| twin_of(tokenizer, text)),
        })
    }
}

fn kind_of(tokenizer: &Tokenizer, id: u32, read: &[u8]) -> EntryKind {
    if tokenizer.is_special(id) {
        return EntryKind::Special;
    }
    let is_byte = || {
        tokenizer.spelling().is_of_bytes()
            || tokenizer.piece(id).is_some_and(|piece| byte_piece(&piece).is_some())
    };
    let text = match str::from_utf8(read) {
        _ if tokenizer.algorithm() == Algorithm::Bytes => return EntryKind::Byte,
        Err(_) if read.len() == 1 => return EntryKind::Byte,
        Err(_) => return EntryKind::Part,
        // `<0x41>` is read as the letter that it stands for.
        Ok(text) if text.len() == 1 && is_byte() => return EntryKind::Byte,
        Ok(text) if text.trim().is_empty() => return EntryKind::Space,
        Ok(text) => text,
    };
    match tokenizer.spelling() {
        Spelling::WordPiece if text.starts_with("##") => EntryKind::Continuation,
        Spelling::WordPiece => EntryKind::WordStart,
        Spelling::ByteLevel | Spelling::Metaspace if text.starts_with(' ') => EntryKind::WordStart,
        Spelling::WordEnd | Spelling::ByteLevelWordEnd if text.ends_with(' ') => EntryKind::WordEnd,
        Spelling::Plain => EntryKind::Plain,
        _ => EntryKind::Continuation,
    }
}

/// The entry that is read as `text` but for the space before it; but for `##`, or the end of a word, where those are marked.
fn twin_of(tokenizer: &Tokenizer, text: &str) -> Option<u32> {
    let spelling = tokenizer.spelling();
    let other = match spelling {
        Spelling::WordPiece => text.strip_prefix("##").map_or_else(|| format!("##{text}"), str::to_owned),
        Spelling::WordEnd | Spelling::ByteLevelWordEnd => {
            text.strip_suffix(' ').map_or_else(|| format!("{text} "), str::to_owned)
        }
        Spelling::ByteLevel | Spelling::Metaspace => {
            text.strip_prefix(' ').map_or_else(|| format!(" {text}"), str::to_owned)
        }
        Spelling::Plain => return None,
    };
    tokenizer.id(&tokenizer.spell(&other)).filter(|_| !other.is_empty())
}

#[cfg(test)]
mod tests;

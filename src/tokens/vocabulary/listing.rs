//! Which entries are listed, and in which order.

use std::cmp::Reverse;

use regex::bytes::{Regex, RegexBuilder};
use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};

use super::{CHECK_EVERY, Entry, EntryKind, Unmade, Vocabulary, Writing};
use crate::progress::{Cancelled, Progress};
use crate::tokens::decoding::{is_between_ids, shortened};
use crate::tokens::spelling::Spelling;

/// What is searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SearchBy {
    /// Entries that have the text in them; capitals count where the query has any.
    #[default]
    Text,
    /// Entries in which a regular expression matches.
    Regex,
    /// Entries of these IDs: numbers and ranges.
    Id,
    /// Entries that have these bytes in them, in hexadecimal.
    Bytes,
}

/// In which order entries are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SortBy {
    #[default]
    Id,
    /// By the text without the space before it.
    Text,
    /// By the length in code points.
    Characters,
    /// By the length in bytes.
    Bytes,
}

/// What may be odd about an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Oddity {
    /// Its bytes are no whole characters: alone they cannot be read.
    Undecodable,
    /// Another entry differs from it by a space alone.
    Twins,
    /// Its own tokenizer never makes it of its own text; see [`Unmade`].
    Unmade,
}

/// Which entries are listed, and in which order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    pub query: String,
    pub by: SearchBy,
    pub kind: Option<EntryKind>,
    pub writing: Option<Writing>,
    pub oddity: Option<Oddity>,
    pub sort: SortBy,
    pub descending: bool,
}

/// The entries that a filter lets through.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listing {
    /// Their places in [`Vocabulary::entries`], in the order that is asked for.
    pub places: Vec<u32>,
    /// What is wrong with the query, if anything is: then nothing is listed.
    pub problem: Option<String>,
}

/// A query that was understood.
enum Query {
    Everything,
    Pattern(Regex),
    Ids(RoaringBitmap),
    Bytes(Vec<u8>),
}

impl Query {
    fn of(text: &str, by: SearchBy) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(Self::Everything);
        }
        match by {
            SearchBy::Text => {
                let capitals = text.chars().any(char::is_uppercase);
                pattern(&regex::escape(text), !capitals)
            }
            SearchBy::Regex => pattern(text, false),
            SearchBy::Id => ids(text).map(Self::Ids),
            // Who types “0x” goes on to the digits.
            SearchBy::Bytes => bytes(text).map(|bytes| match &bytes[..] {
                [] => Self::Everything,
                _ => Self::Bytes(bytes),
            }),
        }
    }

    fn matches(&self, vocabulary: &Vocabulary, entry: &Entry) -> bool {
        match self {
            Self::Everything => true,
            Self::Ids(ids) => ids.contains(entry.id),
            Self::Pattern(pattern) => vocabulary.read(entry.id).is_some_and(|read| pattern.is_match(&read)),
            Self::Bytes(wanted) => {
                let bytes = vocabulary.tokenizer().bytes(entry.id);
                bytes.is_some_and(|bytes| bytes.windows(wanted.len()).any(|window| window == wanted))
            }
        }
    }
}

fn pattern(text: &str, any_case: bool) -> Result<Query, String> {
    let built = RegexBuilder::new(text).case_insensitive(any_case).build();
    built.map(Query::Pattern).map_err(|error| error.to_string())
}

/// No vocabulary goes so far: a range without end would fill the memory.
const GREATEST: u32 = 1 << 24;

/// Numbers and ranges of them, with spaces or commas between: `976 9059, 100-200`, in brackets or not.
fn ids(text: &str) -> Result<RoaringBitmap, String> {
    let mut ids = RoaringBitmap::new();
    let parts = text.split(is_between_ids);
    for part in parts.filter(|part| !part.is_empty()) {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        match (from.parse::<u32>(), to.parse::<u32>()) {
            (Ok(from), Ok(to)) => {
                ids.insert_range(from..=to.min(GREATEST));
            }
            _ => {
                return Err(format!(
                    "“{}” is no ID: write numbers such as 976, or ranges such as 100-200.",
                    shortened(part)
                ));
            }
        }
    }
    Ok(ids)
}

/// Two hexadecimal digits a byte, with spaces between or not.
fn bytes(text: &str) -> Result<Vec<u8>, String> {
    let digits: String = text.replace("0x", " ").split_whitespace().collect();
    let value = |digit: u8| char::from(digit).to_digit(16);
    let pair = |pair: &[u8]| match *pair {
        [high, low] => Some((value(high)? * 16 + value(low)?) as u8),
        _ => None,
    };
    let all: Option<Vec<u8>> = digits.as_bytes().chunks(2).map(pair).collect();
    all.ok_or_else(|| "Write bytes as two hexadecimal digits each, such as E2 96 81.".to_owned())
}

impl Vocabulary {
    /// The entries that `filter` lets through. Where it asks for those that are never made, `unmade` says which those are.
    ///
    /// # Errors
    /// [`Cancelled`] once `progress` says so.
    pub fn list(
        &self,
        filter: &Filter,
        unmade: Option<&Unmade>,
        progress: &dyn Progress,
    ) -> Result<Listing, Cancelled> {
        let query = match Query::of(&filter.query, filter.by) {
            Ok(query) => query,
            Err(problem) => return Ok(Listing { places: Vec::new(), problem: Some(problem) }),
        };
        let is_odd = |entry: &Entry| match filter.oddity {
            None => true,
            Some(Oddity::Twins) => entry.twin.is_some(),
            Some(Oddity::Undecodable) => entry.is_undecodable(),
            Some(Oddity::Unmade) => unmade.is_some_and(|unmade| unmade.ids.contains(entry.id)),
        };
        let is_wanted = |entry: &Entry| {
            filter.kind.is_none_or(|kind| entry.kind == kind)
                && filter.writing.is_none_or(|writing| entry.writing == writing)
                && is_odd(entry)
                && query.matches(self, entry)
        };
        let mut places = Vec::new();
        for (place, entry) in (0..).zip(&self.entries) {
            if u32::is_multiple_of(place, CHECK_EVERY) {
                progress.check()?;
            }
            if is_wanted(entry) {
                places.push(place);
            }
        }
        self.sort(&mut places, filter);
        Ok(Listing { places, problem: None })
    }

    /// Equals come by ID, whichever way the list runs.
    fn sort(&self, places: &mut [u32], filter: &Filter) {
        let entry = |place: u32| &self.entries[place as usize];
        match (filter.sort, filter.descending) {
            (SortBy::Id, false) => {}
            (SortBy::Id, true) => places.reverse(),
            (SortBy::Characters, false) => places.sort_by_key(|&place| entry(place).characters),
            (SortBy::Characters, true) => places.sort_by_key(|&place| Reverse(entry(place).characters)),
            (SortBy::Bytes, false) => places.sort_by_key(|&place| entry(place).bytes),
            (SortBy::Bytes, true) => places.sort_by_key(|&place| Reverse(entry(place).bytes)),
            (SortBy::Text, false) => places.sort_by_cached_key(|&place| self.sort_text(entry(place).id)),
            (SortBy::Text, true) => {
                places.sort_by_cached_key(|&place| Reverse(self.sort_text(entry(place).id)));
            }
        }
    }

    /// What an entry is sorted by: its text without the space before it, or the mark of a continuation.
    fn sort_text(&self, id: u32) -> Vec<u8> {
        let read = self.read(id).unwrap_or_default();
        let mark: &[u8] = if self.tokenizer().spelling() == Spelling::WordPiece { b"##" } else { b" " };
        read.strip_prefix(mark).unwrap_or(&read).to_vec()
    }
}

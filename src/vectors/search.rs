//! Finding words: by their beginning, by a part, by a pattern, in any case, and by nearly right spelling.

use rayon::prelude::*;
use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};

use super::folding::{FoldedPrefix, FoldedWord};
use super::table::Table;

/// The memory that one search pattern may take once it is compiled.
const LARGEST_PATTERN: usize = 4 << 20;

/// No word begins with more than this many bytes.
const LONGEST_PREFIX: usize = 64 << 10;

const TOO_LARGE: &str = "the pattern is too large";

/// How many words a thread looks at between two deals of work.
const WORDS_AT_ONCE: usize = 8192;

/// A word longer than this is not compared by spelling: comparing takes time in proportion to the square.
const LONGEST_SPELLING: usize = 64;

/// How a search reads its query. Upper and lower case count as equal in every mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SearchMode {
    /// Words that begin with the query.
    #[default]
    Prefix,
    /// Words that hold the query anywhere.
    Substring,
    /// Words that a regular expression matches anywhere; `^` and `$` tie it to their ends, `(?-i)` minds case.
    Regex,
}

/// The words that a search found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SearchHits {
    /// Their rows in the order of the table, which in most files is that of frequency; no more than asked for.
    pub rows: Vec<usize>,
    /// How many words match in all.
    pub total: usize,
}

/// A pattern that is no regular expression, or one that is too large.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}; put a backslash before a character to find it as it is")]
pub struct PatternError {
    /// What is wrong, in one line.
    pub reason: String,
}

impl Table {
    /// Words that match `query`, the first `limit` of them. An empty query finds nothing. Looks at every word, in
    /// parallel: time grows with the number of words, and patterns cannot make it grow faster.
    ///
    /// # Errors
    /// [`PatternError`] in [`SearchMode::Regex`], and for queries of megabytes.
    pub fn search(&self, query: &str, mode: SearchMode, limit: usize) -> Result<SearchHits, PatternError> {
        let words = self.words();
        Ok(match Matcher::new(query, mode)? {
            None => SearchHits::default(),
            Some(Matcher::Prefix(prefix)) => {
                self.scan(limit, || (), |(), row| prefix.begins(words.bytes(row)))
            }
            // A pattern shares its working memory between threads; copies do not have to wait for each other.
            Some(Matcher::Pattern(pattern)) => {
                self.scan(limit, || pattern.clone(), |pattern, row| pattern.is_match(words.get(row)))
            }
        })
    }

    /// The same among names as they are read and not as the table has them: `read` gives the text of a name, in which a space
    /// in front says that a word begins there, and may be left out of the query.
    ///
    /// # Errors
    /// As [`Table::search`].
    pub fn search_read(
        &self,
        query: &str,
        mode: SearchMode,
        limit: usize,
        read: &(impl Fn(&str) -> String + Sync),
    ) -> Result<SearchHits, PatternError> {
        let Some(matcher) = Matcher::new(query, mode)? else { return Ok(SearchHits::default()) };
        let matches = |matcher: &mut Matcher, row: usize| {
            let text = read(self.word(row));
            let bare = text.strip_prefix(' ').or_else(|| text.strip_suffix(' '));
            matcher.matches(&text) || bare.is_some_and(|bare| matcher.matches(bare))
        };
        Ok(self.scan(limit, || matcher.clone(), matches))
    }

    /// The rows that match, in parallel.
    fn scan<W>(
        &self,
        limit: usize,
        workspace: impl Fn() -> W + Sync + Send,
        matches: impl Fn(&mut W, usize) -> bool + Sync + Send,
    ) -> SearchHits {
        let stretch = |workspace: &mut W, stretch: usize| {
            let first = stretch * WORDS_AT_ONCE;
            let mut hits = SearchHits::default();
            for row in first..self.rows().min(first + WORDS_AT_ONCE) {
                if matches(workspace, row) {
                    hits.total += 1;
                    if hits.rows.len() < limit {
                        hits.rows.push(row);
                    }
                }
            }
            hits
        };
        let stretches = self.rows().div_ceil(WORDS_AT_ONCE);
        let found: Vec<SearchHits> = (0..stretches).into_par_iter().map_init(workspace, stretch).collect();
        let total = found.iter().map(|hits| hits.total).sum();
        SearchHits { rows: found.into_iter().flat_map(|hits| hits.rows).take(limit).collect(), total }
    }

    /// The row of a word: spelled exactly so if there is one, and otherwise the first that differs only in case.
    #[must_use]
    pub fn find_folded(&self, word: &str) -> Option<usize> {
        let wanted = FoldedWord::new(word);
        let equal = |row: &usize| wanted.equals(self.word(*row));
        let stretch = |first: usize| {
            let first = first * WORDS_AT_ONCE;
            (first..self.rows().min(first + WORDS_AT_ONCE)).find(equal)
        };
        let stretches = self.rows().div_ceil(WORDS_AT_ONCE);
        self.find(word).or_else(|| (0..stretches).into_par_iter().find_map_first(stretch))
    }

    /// At most `n` words that are spelled nearly like `word`, the nearest first: case and common accents count
    /// nothing; a letter changed, added, dropped, or swapped with its neighbor counts one (the optimal string
    /// alignment distance), and at most a third of the letters may differ. Of equally near words, earlier rows come
    /// first.
    #[must_use]
    pub fn near_spellings(&self, word: &str, n: usize) -> Vec<&str> {
        let wanted = Spelling::new(word);
        let letters = wanted.text.chars().count();
        if letters == 0 || letters > LONGEST_SPELLING {
            return Vec::new();
        }
        let most = (letters / 3).max(1);
        let mut near: Vec<(usize, usize)> = (0..self.rows())
            .into_par_iter()
            .with_min_len(WORDS_AT_ONCE)
            .filter_map(|row| Some((wanted.distance(self.word(row), letters, most)?, row)))
            .collect();
        near.sort_unstable();
        let mut found: Vec<&str> = Vec::new();
        for (_, row) in near {
            if found.len() == n {
                break;
            }
            if !found.contains(&self.word(row)) {
                found.push(self.word(row));
            }
        }
        found
    }
}

/// A query made ready to be compared with many words.
#[derive(Clone)]
enum Matcher {
    Prefix(Box<FoldedPrefix>),
    Pattern(Regex),
}

impl Matcher {
    /// None for an empty query, which finds nothing.
    fn new(query: &str, mode: SearchMode) -> Result<Option<Self>, PatternError> {
        if query.is_empty() {
            return Ok(None);
        }
        if mode == SearchMode::Prefix {
            if query.len() > LONGEST_PREFIX {
                return Err(PatternError { reason: TOO_LARGE.to_owned() });
            }
            return Ok(Some(Self::Prefix(Box::new(FoldedPrefix::new(query)))));
        }
        pattern(query, mode).map(Self::Pattern).map(Some)
    }

    fn matches(&self, text: &str) -> bool {
        match self {
            Self::Prefix(prefix) => prefix.begins(text.as_bytes()),
            Self::Pattern(pattern) => pattern.is_match(text),
        }
    }
}

fn pattern(query: &str, mode: SearchMode) -> Result<Regex, PatternError> {
    let pattern = match mode {
        SearchMode::Regex => query.to_owned(),
        SearchMode::Prefix | SearchMode::Substring => regex::escape(query),
    };
    let built = RegexBuilder::new(&pattern).case_insensitive(true).size_limit(LARGEST_PATTERN).build();
    built.map_err(|error| PatternError { reason: reason(&error) })
}

/// The last line of the crate's explanation, which says what is wrong; the others draw an arrow under the pattern.
fn reason(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(_) => TOO_LARGE.to_owned(),
        error => {
            let text = error.to_string();
            let last = text.lines().last().unwrap_or_default();
            format!("the pattern is not a regular expression: {}", last.trim_start_matches("error: "))
        }
    }
}

/// A word made ready for comparing.
struct Spelling {
    text: String,
    letters: u64,
}

impl Spelling {
    fn new(word: &str) -> Self {
        let text: String = word.chars().flat_map(char::to_lowercase).map(without_accent).collect();
        let letters = text.chars().map(bit).fold(0, |all, bit| all | bit);
        Self { text, letters }
    }

    /// The distance to another word, unless it is more than `most`. Most words are put aside by their length and by
    /// the set of their letters: one change alters that set by two letters at most.
    fn distance(&self, other: &str, letters: usize, most: usize) -> Option<usize> {
        if other.len() > 4 * (letters + most) || other.len() + most < letters {
            return None;
        }
        let set = other
            .chars()
            .flat_map(char::to_lowercase)
            .map(|c| bit(without_accent(c)))
            .fold(0, |all, bit| all | bit);
        if (set ^ self.letters).count_ones() as usize > 2 * most {
            return None;
        }
        let other = Self::new(other);
        Some(strsim::osa_distance(&self.text, &other.text)).filter(|&distance| distance <= most)
    }
}

/// A letter's place in a set of 64.
fn bit(letter: char) -> u64 {
    1 << (letter as u32 % 64)
}

/// The plain letter under the accents of Western European alphabets, in lower case.
fn without_accent(letter: char) -> char {
    match letter {
        'à'..='å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'è'..='ë' | 'ē' | 'ė' | 'ę' | 'ě' => 'e',
        'ì'..='ï' | 'ī' | 'ı' => 'i',
        'ł' => 'l',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò'..='ö' | 'ø' | 'ō' | 'ő' => 'o',
        'ř' => 'r',
        'ś' | 'š' | 'ş' => 's',
        'ù'..='ü' | 'ū' | 'ů' | 'ű' => 'u',
        'ý' | 'ÿ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: [&str; 9] = ["the", "King", "king", "kingdom", "Viking", "café", "queen", "Café", "a.b"];

    fn table() -> Table {
        Table::from_f32(WORDS.map(String::from).to_vec(), vec![0.5; WORDS.len()], 1)
    }

    fn found(query: &str, mode: SearchMode) -> Vec<&'static str> {
        let hits = table().search(query, mode, 100).unwrap();
        assert_eq!(hits.total, hits.rows.len());
        hits.rows.into_iter().map(|row| WORDS[row]).collect()
    }

    #[test]
    fn searches_mind_no_case_and_keep_the_order_of_the_table() {
        assert_eq!(found("KING", SearchMode::Prefix), ["King", "king", "kingdom"]);
        assert_eq!(found("king", SearchMode::Substring), ["King", "king", "kingdom", "Viking"]);
        assert_eq!(found("^.ing$", SearchMode::Regex), ["King", "king"]);
        assert_eq!(found("(?-i)^k", SearchMode::Regex), ["king", "kingdom"]);
        assert_eq!(found(".", SearchMode::Substring), ["a.b"]);
        assert_eq!(found("CAFÉ", SearchMode::Prefix), ["café", "Café"]);
        assert!(found("", SearchMode::Regex).is_empty());
    }

    #[test]
    fn names_are_searched_as_they_are_read() {
        let words = ["Ġthe", "the", "Ġthen", "lathe"].map(String::from).to_vec();
        let table = Table::from_f32(words, vec![0.5; 4], 1);
        let found = |query: &str, mode| {
            table.search_read(query, mode, 9, &|word: &str| word.replace('Ġ', " ")).unwrap().rows
        };
        assert_eq!(found("The", SearchMode::Prefix), [0, 1, 2]);
        assert_eq!(found(" the", SearchMode::Prefix), [0, 2]);
        assert_eq!(found("the", SearchMode::Substring), [0, 1, 2, 3]);
        assert_eq!(found("^the$", SearchMode::Regex), [0, 1]);
        assert!(found("Ġ", SearchMode::Substring).is_empty() && found("", SearchMode::Prefix).is_empty());
    }

    #[test]
    fn a_limit_cuts_the_rows_and_not_the_count() {
        let hits = table().search("king", SearchMode::Substring, 2).unwrap();
        assert_eq!((hits.rows, hits.total), (vec![1, 2], 4));
    }

    #[test]
    fn a_bad_pattern_is_said_in_one_line() {
        let said = table().search("(", SearchMode::Regex, 1).unwrap_err().to_string();
        assert!(said.contains("unclosed group") && !said.contains('\n'), "{said}");
        let said = table().search(r"\w{9999}{99}", SearchMode::Regex, 1).unwrap_err().to_string();
        assert!(said.contains("too large"), "{said}");
    }

    #[test]
    fn words_are_found_in_any_case_but_exactly_first() {
        assert_eq!(table().find_folded("king"), Some(2));
        assert_eq!(table().find_folded("KING"), Some(1));
        assert_eq!(table().find_folded("CAFÉ"), Some(5));
        assert_eq!(table().find_folded("cafe"), None);
    }

    #[test]
    fn near_spellings_come_nearest_first() {
        assert_eq!(table().near_spellings("Qeuen", 3), ["queen"]);
        assert_eq!(table().near_spellings("cafe", 9), ["café", "Café"]);
        assert_eq!(table().near_spellings("knig", 1), ["King"]);
        assert_eq!(table().near_spellings("kingdm", 9), ["kingdom", "King", "king"]);
        assert!(table().near_spellings("xylophone", 9).is_empty());
        assert!(table().near_spellings("", 9).is_empty() && table().near_spellings("the", 0).is_empty());
    }
}

//! The longest match first, as `WordPiece` looks for it.

/// One entry found, or looked for in vain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// What was looked up, the longest first; the last is an entry, if any was found.
    pub tried: Vec<String>,
    /// The entry's ID; where there is none, the whole word is unknown.
    pub found: Option<u32>,
}

/// Looks for the longest entry that the rest of `word` begins with, until nothing is left or none is found. What goes on with
/// a word is looked up with `mark` before it.
pub(super) fn matches(word: &str, mark: &str, id: impl Fn(&str) -> Option<u32>) -> Vec<Match> {
    let mut matches = Vec::new();
    let mut start = 0;
    while start < word.len() {
        let rest = &word[start..];
        let ends = rest.char_indices().map(|(at, letter)| at + letter.len_utf8());
        let mut tried = Vec::new();
        let mut found = None;
        for end in ends.collect::<Vec<_>>().into_iter().rev() {
            let candidate = format!("{}{}", if start > 0 { mark } else { "" }, &rest[..end]);
            found = id(&candidate);
            tried.push(candidate);
            if found.is_some() {
                start += end;
                break;
            }
        }
        matches.push(Match { tried, found });
        if found.is_none() {
            break;
        }
    }
    matches
}

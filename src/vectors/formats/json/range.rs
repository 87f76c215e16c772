//! Numbers such as 1e400, which are JSON and fit into no number of a machine.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::bytes::Regex;

/// Text with its numbers of a hundred digits and more made small: which fields there are can be learned from records with
/// such numbers as well. Reading says then where they stand.
pub fn within_range(text: &[u8]) -> Cow<'_, [u8]> {
    static LARGE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"([0-9][eE]\+?)[0-9]{3,}").expect("a valid pattern"));
    LARGE.replace_all(text, &b"${1}0"[..])
}

/// Whether such a number is what was wrong.
pub fn is_out_of_range(error: &serde_json::Error) -> bool {
    error.to_string().starts_with("number out of range")
}

//! Cutting long texts where no tokenizer that works word by word can tell.

use std::ops::Range;

/// The least that is encoded at once where a text may be cut.
pub(super) const CHUNK: usize = 16 * 1024;

/// Cuts a text into chunks, before a single space between two ASCII letters or digits.
pub(super) fn chunks(text: &str) -> Vec<Range<usize>> {
    chunks_of(text, CHUNK)
}

/// The same with chunks of at least `least` bytes.
pub(super) fn chunks_of(text: &str, least: usize) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut chunks = Vec::new();
    let mut start = 0;
    while start < bytes.len() {
        let end = next_cut_from(bytes, start + least).unwrap_or(bytes.len());
        chunks.push(start..end);
        start = end;
    }
    chunks
}

/// Whether a text may be cut at a place.
pub(super) fn is_cut(bytes: &[u8], at: usize) -> bool {
    at > 0
        && at + 1 < bytes.len()
        && bytes[at] == b' '
        && bytes[at - 1].is_ascii_alphanumeric()
        && bytes[at + 1].is_ascii_alphanumeric()
}

/// The first place from `at` on where a text may be cut.
pub(super) fn next_cut_from(bytes: &[u8], at: usize) -> Option<usize> {
    (at..bytes.len().saturating_sub(1)).find(|&at| is_cut(bytes, at))
}

/// The last place before `at` where a text may be cut.
pub(super) fn last_cut_before(bytes: &[u8], at: usize) -> Option<usize> {
    (1..at.min(bytes.len())).rev().find(|&at| is_cut(bytes, at))
}

/// The beginning of a text, of at least so many bytes if there are, up to a place where it may be cut.
#[must_use]
pub fn beginning(text: &str, least: usize) -> &str {
    // No farther than twice as many bytes, and whether one may cut there is seen from the byte behind.
    let within = text.len().min(least.saturating_mul(2).saturating_add(2));
    let end = next_cut_from(&text.as_bytes()[..within], least);
    &text[..end.unwrap_or_else(|| text.floor_char_boundary(least))]
}

#[cfg(test)]
mod tests {
    use super::{CHUNK, chunks};

    #[test]
    fn chunks_make_up_the_text_and_begin_with_a_space() {
        let text = format!("{} {}", "a".repeat(3 * CHUNK), "word ".repeat(CHUNK));
        let chunks = chunks(&text);
        assert_eq!(chunks.iter().map(|chunk| &text[chunk.clone()]).collect::<String>(), text);
        assert!(chunks.len() > 3 && chunks[1..].iter().all(|chunk| text[chunk.clone()].starts_with(' ')));
    }
}

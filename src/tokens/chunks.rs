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
    let is_cut = |&at: &usize| {
        bytes[at] == b' ' && bytes[at - 1].is_ascii_alphanumeric() && bytes[at + 1].is_ascii_alphanumeric()
    };
    let mut chunks = Vec::new();
    let mut start = 0;
    while start < bytes.len() {
        let mut candidates = start + least..bytes.len().saturating_sub(1);
        let end = candidates.find(is_cut).unwrap_or(bytes.len());
        chunks.push(start..end);
        start = end;
    }
    chunks
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

//! From a token to the row that stands for it in an open table.

use crate::scene::view::ChosenToken;
use crate::tokens::Tokenizer;
use crate::vectors::Table;

/// The row of a token: the row of the same name, as the vocabulary spells it or as a person reads it.
///
/// A table of the tokenizer's own model names its rows by pieces; tables of words name theirs by words, often in lower case.
#[must_use]
pub fn row_of(table: &Table, tokenizer: &Tokenizer, chosen: &ChosenToken) -> Option<u32> {
    let piece = tokenizer.piece(chosen.id)?;
    let bytes = tokenizer.bytes(chosen.id)?;
    let text = std::str::from_utf8(&bytes).unwrap_or_default();
    // A piece inside a word is only a part of one: it has a row only where it has one of its own name.
    let inside = piece.starts_with("##");
    let read =
        Some(text.trim()).filter(|word| !word.is_empty() && !inside && !tokenizer.is_special(chosen.id));
    let row = table.find(&piece).or_else(|| {
        let read = read?;
        table.find(read).or_else(|| table.find_folded(read))
    });
    row.map(|row| row as u32)
}

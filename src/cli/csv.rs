//! Comma-separated values (RFC 4180), but with the line ends of the rest of the house.

use std::borrow::Cow;

/// A cell, quoted where it holds a comma, a quote or a line end, or begins or ends with a space.
pub fn cell(text: &str) -> Cow<'_, str> {
    let plain = !text.contains([',', '"', '\n', '\r']) && text.trim() == text;
    if plain { Cow::Borrowed(text) } else { Cow::Owned(format!("\"{}\"", text.replace('"', "\"\""))) }
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn only_what_needs_quotes_gets_them() {
        let cells = ["cat", "", "a,b", "say \"hi\"", "two\nlines", " the", "new york"].map(cell);
        assert_eq!(
            cells,
            ["cat", "", "\"a,b\"", "\"say \"\"hi\"\"\"", "\"two\nlines\"", "\" the\"", "new york"]
        );
    }
}

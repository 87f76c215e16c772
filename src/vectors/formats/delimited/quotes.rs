//! Quotes that hold a field together, told from those that are letters: words such as `"` or `5"` stand in tables too.

use memchr::{memchr2, memchr3, memrchr};

use super::first_line;

/// Whether the quotes of the record that `text` begins with are meant as such. They are not where a field stays open to
/// the end of the text, or reaches over several lines and then has letters after its closing quote, or holds together
/// what `is_row` takes for rows: whole lines within it, or both the lines where it begins and where it ends.
pub fn are_meant(text: &[u8], delimiter: u8, mut is_row: impl FnMut(&[u8]) -> bool) -> bool {
    let mut at = 0;
    loop {
        if text.get(at) == Some(&b'"') {
            let Some(after) = after_field(text, at, delimiter, &mut is_row) else { return false };
            at = after;
        }
        let Some(end) = memchr3(delimiter, b'\n', b'\r', &text[at..]) else { return true };
        at += end + 1;
        if text[at - 1] != delimiter {
            return true;
        }
    }
}

/// Where the field ends whose quote is at `open`; `None` if that quote is a letter.
fn after_field(
    text: &[u8],
    open: usize,
    delimiter: u8,
    is_row: &mut impl FnMut(&[u8]) -> bool,
) -> Option<usize> {
    let mut at = open + 1;
    let mut line = None;
    loop {
        at += memchr2(b'"', b'\n', text.get(at..)?)?;
        if text[at] == b'\n' {
            if line.is_some_and(|start| is_row(first_line(&text[start..]))) {
                return None;
            }
            line = Some(at + 1);
            at += 1;
        } else if text.get(at + 1) == Some(&b'"') {
            at += 2;
        } else {
            break;
        }
    }
    let after = at + 1;
    let Some(last) = line else { return Some(after) };
    let first = memrchr(b'\n', &text[..open]).map_or(0, |end| end + 1);
    let ended = text.get(after).is_none_or(|&next| next == delimiter || matches!(next, b'\n' | b'\r'));
    let two_rows = ended && is_row(first_line(&text[first..])) && is_row(first_line(&text[last..]));
    (ended && !two_rows).then_some(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_letters_where_they_would_hold_rows_together() {
        let is_row = |line: &[u8]| line.split(|&byte| byte == b',').count() == 3;
        let meant = |text: &str| are_meant(text.as_bytes(), b',', is_row);
        for text in [
            "\"a\",1,2\nb,3,4",
            "\"a\nb\",1,2\nc,3,4",
            "1,2,\"a\nb\"\n3,4,c",
            "1,2,\"a\nb\"",
            "\"a\nb\",1,\"c\r\nd\"\r\n",
            "\"say \"\"a\"\"\nb\",1,2",
            "\"5\" disk,1,2\nb,3,4",
            "a,1,2\n\"b,1,2",
        ] {
            assert!(meant(text), "{text}");
        }
        for text in [
            "\",1,2\nb,3,4\n\",5,6",
            "\",1,2\n\",3,4",
            "\"a,1,2\n5\",3,4",
            "\"a,1,2\n\"b,3,4",
            "1,2,\"a\n3,4,b\n5,6,\"c\"",
            "\"a,1,2\nb,3,4",
            "\"a",
            "\"a\"\"",
        ] {
            assert!(!meant(text), "{text}");
        }
    }
}

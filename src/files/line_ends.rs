//! Text whose lines end in carriage returns alone, as the old Macintosh and some spreadsheets write it.

use memchr::memchr;

use super::map::Bytes;

/// How much of a file must look like such text.
const LOOKED_AT: usize = 64 << 10;

/// Text beyond this size is left as it is, since it has to be copied: 1 GiB.
const LARGEST: usize = 1 << 30;

/// The same bytes, or, if they are text whose lines end in carriage returns alone, a copy in which they end in line feeds.
pub(super) fn with_line_feeds(bytes: Bytes) -> Bytes {
    let head = &bytes[..bytes.len().min(LOOKED_AT)];
    let is_such = memchr(b'\r', head).is_some() && memchr(b'\n', head).is_none() && is_text(head);
    if !is_such || bytes.len() > LARGEST || memchr(b'\n', &bytes).is_some() {
        return bytes;
    }
    bytes.iter().map(|&byte| if byte == b'\r' { b'\n' } else { byte }).collect::<Vec<u8>>().into()
}

/// Whether bytes are UTF-8, but for a character that is cut off at their end, without any control characters but tabs and
/// the ends of lines and pages.
fn is_text(bytes: &[u8]) -> bool {
    let is_control = |byte: &u8| *byte < b' ' && !matches!(byte, b'\t' | b'\r' | b'\x0C');
    let is_utf8 = std::str::from_utf8(bytes).err().is_none_or(|error| error.error_len().is_none());
    is_utf8 && !bytes.iter().any(is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_text_without_line_feeds_is_changed() {
        let changed = |bytes: &[u8]| with_line_feeds(bytes.to_vec().into()).to_vec();
        assert_eq!(changed("é 1\r\rb 2\t\r".as_bytes()), "é 1\n\nb 2\t\n".as_bytes());
        let late = [vec![b'a'; LOOKED_AT], b"\rb\n".to_vec()].concat();
        let cut = ["a\r".as_bytes(), "é".repeat(LOOKED_AT).as_bytes()].concat();
        for same in
            [&b"a\r\nb\r"[..], b"a\nb\r", b"ab", b"", b"a\r\x01", b"a\r\0", b"\x1f\x8b\r", b"\r\xff", &late]
        {
            assert_eq!(changed(same), same, "{:?}", String::from_utf8_lossy(&same[..same.len().min(20)]));
        }
        assert!(changed(&cut).starts_with(b"a\n"), "a character is cut off where looking ends");
    }
}

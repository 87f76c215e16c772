//! The printable stand-ins that byte-level vocabularies write for bytes: `Ġ` for a space, `Ċ` for a line feed.
//!
//! Source: the GPT-2 encoder (Radford et al. 2019). The 188 bytes that are printable in Latin-1 stand for themselves; the
//! other 68 are written, in order, as the characters from U+0100 on.

use std::sync::OnceLock;

/// Whether the byte stands for itself.
fn is_printable(byte: u8) -> bool {
    matches!(byte, b'!'..=b'~' | 0xa1..=0xac | 0xae..=0xff)
}

fn letters() -> &'static [char; 256] {
    static LETTERS: OnceLock<[char; 256]> = OnceLock::new();
    LETTERS.get_or_init(|| {
        let mut spare = '\u{100}'..;
        std::array::from_fn(|byte| {
            let byte = byte as u8;
            if is_printable(byte) { char::from(byte) } else { spare.next().unwrap_or_default() }
        })
    })
}

/// Writes bytes in the byte alphabet: one character a byte.
pub(super) fn write(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| letters()[byte as usize]).collect()
}

/// Reads the bytes back; `None` if a character is not of the byte alphabet.
pub(super) fn read(piece: &str) -> Option<Vec<u8>> {
    piece.chars().map(byte_of).collect()
}

fn byte_of(letter: char) -> Option<u8> {
    let code = letter as u32;
    if code < 0x100 {
        let byte = code as u8;
        return is_printable(byte).then_some(byte);
    }
    (0..=255u8).filter(|&byte| !is_printable(byte)).nth(code as usize - 0x100)
}

#[cfg(test)]
mod tests {
    use super::{read, write};

    #[test]
    fn every_byte_has_its_own_letter() {
        let all: Vec<u8> = (0..=255).collect();
        let written = write(&all);
        assert_eq!(read(&written).as_deref(), Some(&all[..]));
        assert_eq!(written.chars().count(), 256);
    }

    #[test]
    fn the_famous_letters_are_right() {
        assert_eq!(write(b" the\n\t"), "ĠtheĊĉ");
        assert_eq!(write("é".as_bytes()), "Ã©");
        assert_eq!(write(&[0x7f, 0xa0, 0xad]), "ġłŃ");
        assert_eq!(read("a b"), None);
        assert_eq!(read("\u{144}"), None);
    }
}

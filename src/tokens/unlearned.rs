//! The two tokenizers that need no vocabulary: `ByT5` reads bytes and CANINE reads code points.

use super::encoding::{EncodeError, Token};
use crate::progress::Progress;
use std::borrow::Cow;

/// How often a cancelled request is noticed, in tokens.
const CHECK_EVERY: usize = 1 << 16;

/// `ByT5` (Xue et al. 2022): each byte is a token, its ID the byte + 3; below that `<pad>`, `</s>` and `<unk>`, above it 125
/// sentinels `<extra_id_0>` …
#[derive(Debug)]
pub(super) struct Bytes;

impl Bytes {
    const SPECIAL: [&str; 3] = ["<pad>", "</s>", "<unk>"];
    const FIRST_SENTINEL: u32 = 259;
    /// One more than the greatest ID.
    pub(super) const END: u32 = 384;

    pub(super) fn specials() -> Vec<(String, u32)> {
        let named = (0..).zip(Self::SPECIAL).map(|(id, name)| (name.to_owned(), id));
        let sentinels =
            (0..).zip(Self::FIRST_SENTINEL..Self::END).map(|(n, id)| (format!("<extra_id_{n}>"), id));
        named.chain(sentinels).collect()
    }

    pub(super) fn encode(
        text: &str,
        base: usize,
        tokens: &mut Vec<Token>,
        progress: &dyn Progress,
    ) -> Result<(), EncodeError> {
        for (at, byte) in text.bytes().enumerate() {
            if at % CHECK_EVERY == 0 {
                progress.check()?;
            }
            let start = base + at;
            tokens.push(Token { id: byte as u32 + 3, start, end: start + 1, added: false });
        }
        Ok(())
    }

    /// The byte, for the 256 IDs that are bytes.
    pub(super) fn byte(id: u32) -> Option<u8> {
        u8::try_from(id.checked_sub(3)?).ok()
    }

    /// A printable ASCII character stands for itself; another byte is written `<0x0A>`.
    pub(super) fn piece(id: u32) -> Option<Cow<'static, str>> {
        let byte = Self::byte(id)?;
        Some(if byte.is_ascii_graphic() || byte == b' ' {
            char::from(byte).to_string().into()
        } else {
            format!("<0x{byte:02X}>").into()
        })
    }

    pub(super) fn id(piece: &str) -> Option<u32> {
        let byte = match piece.as_bytes() {
            &[byte] => Some(byte),
            _ => super::spelling::byte_piece(piece),
        };
        byte.map(|byte| byte as u32 + 3)
    }
}

/// CANINE (Clark et al. 2022): each code point is a token and its own ID; control tokens are private-use code points.
#[derive(Debug)]
pub(super) struct CodePoints;

impl CodePoints {
    /// One more than the greatest ID: all of Unicode.
    pub(super) const END: u32 = 0x11_0000;

    /// The names by which the control tokens are shown. In a text they are typed as the code point itself, never by name.
    pub(super) fn specials() -> Vec<(String, u32)> {
        let names =
            [("[PAD]", 0), ("[CLS]", 0xe000), ("[SEP]", 0xe001), ("[BOS]", 0xe002), ("[MASK]", 0xe003)];
        names.map(|(name, id)| (name.to_owned(), id)).to_vec()
    }

    pub(super) fn encode(
        text: &str,
        base: usize,
        tokens: &mut Vec<Token>,
        progress: &dyn Progress,
    ) -> Result<(), EncodeError> {
        for (count, (at, character)) in text.char_indices().enumerate() {
            if count % CHECK_EVERY == 0 {
                progress.check()?;
            }
            let start = base + at;
            tokens.push(Token {
                id: character as u32,
                start,
                end: start + character.len_utf8(),
                added: false,
            });
        }
        Ok(())
    }

    pub(super) fn piece(id: u32) -> Option<Cow<'static, str>> {
        char::from_u32(id).map(|character| character.to_string().into())
    }

    pub(super) fn id(piece: &str) -> Option<u32> {
        let mut characters = piece.chars();
        let first = characters.next()?;
        characters.next().is_none().then_some(first as u32)
    }
}

//! What must hold of any text, tried on texts that nobody would write.

use super::{EncodeOptions, catalog};
use crate::progress::Unwatched;
use proptest::prelude::*;

/// Characters that tokenizers stumble over: marks, joiners, odd white space, controls, wide and rare letters, digits.
fn text() -> impl Strategy<Value = String> {
    let awkward = prop::sample::select(vec![
        "a",
        "B",
        "é",
        "e\u{301}",
        " ",
        "  ",
        "\n",
        "\r\n",
        "\t",
        "\u{a0}",
        "\u{3000}",
        "\u{200d}",
        "👩‍👩‍👧",
        "🇫🇷",
        "中",
        "ß",
        "İ",
        "ﬁ",
        "½",
        "12",
        "'s",
        "'S",
        "<s>",
        "</s>",
        "<|endoftext|>",
        "[CLS]",
        "▁",
        "Ġ",
        "\0",
        "\u{7f}",
        "\u{feff}",
        "न",
        "्",
        "ا",
        "ไ",
        "\u{10ffff}",
        "##",
        "-",
        "_",
    ]);
    prop_oneof![prop::collection::vec(awkward, 0..24).prop_map(|parts| parts.concat()), any::<String>()]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn spans_tile_and_bytes_return(text in text(), typed_special in any::<bool>(), add_special in any::<bool>()) {
        for entry in catalog::entries() {
            let tokenizer = catalog::load(entry.name).unwrap();
            let encoding = tokenizer.encode(&text, EncodeOptions { add_special, typed_special }, &Unwatched).unwrap();
            let (mut start, mut end) = (0, 0);
            for token in &encoding.tokens {
                prop_assert!(token.start >= start && token.end >= end && token.end >= token.start, "{}", entry.name);
                prop_assert!(token.end <= text.len(), "{}", entry.name);
                prop_assert!(!token.added || token.start == token.end, "{}", entry.name);
                prop_assert!(tokenizer.piece(token.id).is_some(), "{} {}", entry.name, token.id);
                (start, end) = (token.start, token.end);
            }
            if tokenizer.is_lossless() {
                let mut at = 0;
                for token in &encoding.tokens {
                    prop_assert_eq!(token.start, at, "{}", entry.name);
                    at = token.end;
                }
                prop_assert_eq!(at, text.len(), "{}", entry.name);
            }
            // SentencePiece reads `▁` as a space and puts one in front; the others give every byte back.
            if tokenizer.is_lossless() && !matches!(entry.name, "llama2" | "mistral") {
                let ids: Vec<u32> = encoding.tokens.iter().filter(|t| !t.added).map(|t| t.id).collect();
                prop_assert_eq!(tokenizer.decode_bytes(&ids), text.as_bytes(), "{}", entry.name);
                for token in encoding.tokens.iter().filter(|t| !t.added) {
                    let bytes = tokenizer.bytes(token.id).unwrap();
                    prop_assert_eq!(&*bytes, &text.as_bytes()[token.start..token.end], "{}", entry.name);
                }
            }
        }
    }

    #[test]
    fn any_bytes_open_or_say_why_not(bytes in prop::collection::vec(any::<u8>(), 0..200), json in any::<bool>()) {
        let start: &[u8] = if json { br#"{"model": {"type": "BPE", "vocab": {"a": "# } else { b"IQ== 0\n" };
        let file = [start, &bytes].concat();
        let source = crate::files::Source::from_memory("any", file, Vec::new()).unwrap();
        prop_assert!(super::files::open(&source).is_err());
    }
}

//! Damaged tokenizer files of every kind: they open, or say why not, and those that open work.

use super::file_reference_tests::{halves, source, stored};
use super::{EncodeOptions, files};
use crate::files::{Bytes, Source};
use crate::progress::Unwatched;
use proptest::prelude::*;

/// One kind of damage.
#[derive(Debug, Clone)]
enum Damage {
    Cut(usize),
    Flip(usize, u8),
    Insert(usize, Vec<u8>),
    Remove(usize, usize),
    Swap(usize, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    let new = prop::collection::vec(any::<u8>(), 1..12);
    prop_oneof![
        any::<usize>().prop_map(Damage::Cut),
        (any::<usize>(), 1..=u8::MAX).prop_map(|(at, mask)| Damage::Flip(at, mask)),
        // What says how the rest is to be read stands at the beginning.
        (0..512_usize, 1..=u8::MAX).prop_map(|(at, mask)| Damage::Flip(at, mask)),
        (any::<usize>(), new).prop_map(|(at, new)| Damage::Insert(at, new)),
        (any::<usize>(), 1..40_usize).prop_map(|(at, count)| Damage::Remove(at, count)),
        (any::<usize>(), any::<usize>()).prop_map(|(a, b)| Damage::Swap(a, b)),
    ]
}

fn damaged(file: &[u8], damages: &[Damage]) -> Vec<u8> {
    let mut bytes = file.to_vec();
    for damage in damages {
        let length = bytes.len();
        match damage {
            Damage::Cut(at) => bytes.truncate(at % length + 1),
            Damage::Flip(at, mask) => bytes[at % length] ^= mask,
            Damage::Insert(at, new) => drop(bytes.splice(at % length..at % length, new.iter().copied())),
            Damage::Remove(at, count) => drop(bytes.drain(at % length..(at % length + count).min(length))),
            Damage::Swap(a, b) => bytes.swap(a % length, b % length),
        }
        if bytes.is_empty() {
            bytes.push(b'\n');
        }
    }
    bytes
}

const TEXT: &str = "The  café ½ 漢字 👩‍👩‍👧 <s> [CLS] <ctl> don't\t12\u{1}▁ ﬁ end ";

/// Opens a file and, if that works, encodes with it.
fn try_out(source: &Source) -> Result<(), TestCaseError> {
    let Ok(opened) = files::open(source) else { return Ok(()) };
    for typed_special in [false, true] {
        let options = EncodeOptions { add_special: true, typed_special };
        // Rules that do not work on a text say so.
        let Ok(encoding) = opened.tokenizer.encode(TEXT, options, &Unwatched) else { continue };
        let mut at = (0, 0);
        for token in &encoding.tokens {
            prop_assert!(token.start >= at.0 && token.end >= at.1, "{token:?} after {at:?}");
            prop_assert!(token.start <= token.end && token.end <= TEXT.len(), "{token:?}");
            at = (token.start, token.end);
        }
        opened.tokenizer.decode(&encoding.ids());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_files_open_or_say_why_not(
        which in 0..stored().len(),
        damages in prop::collection::vec(damage(), 1..4),
    ) {
        let whole = source(stored()[which].0);
        let file = damaged(whole.bytes(), &damages);
        try_out(&Source::from_memory(whole.name(), file, halves()).unwrap())?;
    }

    #[test]
    fn damaged_settings_do_no_harm(
        which in 0..stored().len(),
        damages in prop::collection::vec(damage(), 0..4),
    ) {
        let config = br#"{"add_bos_token": true, "bos_token": {"content": "<s>"}, "eos_token": "</s>",
            "tokenizer_class": "LlamaTokenizer", "added_tokens_decoder": {"0": {"content": "<unk>", "special": true},
            "99": {"content": "<x>", "special": true}, "1200": {"content": "<y>", "special": true}}}"#;
        let whole = source(stored()[which].0);
        let settings = ("tokenizer_config.json".to_owned(), Bytes::from(damaged(config, &damages)));
        let beside = [halves(), vec![settings]].concat();
        let source = Source::from_memory(whole.name(), whole.bytes().to_vec(), beside).unwrap();
        prop_assert!(files::open(&source).is_ok());
        try_out(&source)?;
    }
}

#[test]
fn every_beginning_of_a_file_opens_or_says_why_not() {
    for (name, _) in stored() {
        let whole = source(name);
        for end in (1..whole.bytes().len()).step_by((whole.bytes().len() / 60).max(1)) {
            let cut = Source::from_memory(name, whole.bytes()[..end].to_vec(), halves()).unwrap();
            try_out(&cut).unwrap();
        }
    }
}

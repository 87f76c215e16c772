//! Small tokenizer files.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Sample;
use super::build::Build;

pub fn samples() -> Vec<Sample> {
    let json = |text: &str| Sample {
        format: "Hugging Face tokenizer.json",
        target: "tokenizer_json",
        files: vec![("tokenizer.json", Build::of_text(text))],
    };
    vec![
        json(BPE),
        json(WORD_PIECE),
        json(UNIGRAM),
        Sample { format: "tiktoken ranks", target: "tiktoken", files: vec![("a.tiktoken", known_ranks())] },
    ]
}

const BPE: &str = r#"{"version": "1.0", "truncation": null, "padding": null,
"added_tokens": [{"id": 5, "content": "<s>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true}],
"normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Replace", "pattern": {"String": " "}, "content": "_"}]},
"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
"post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
"pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
"special_tokens": {"<s>": {"id": "<s>", "ids": [5], "tokens": ["<s>"]}}},
"decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
"model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null, "end_of_word_suffix": null, "fuse_unk": false,
"byte_fallback": false, "vocab": {"a": 0, "b": 1, "ab": 2, "l": 3, "ll": 4}, "merges": ["a b", "l l"]}}
"#;

const WORD_PIECE: &str = r###"{"version": "1.0", "added_tokens": [{"id": 0, "content": "[UNK]", "single_word": false, "lstrip": false, "rstrip": false,
"normalized": false, "special": true}], "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
"strip_accents": null, "lowercase": true}, "pre_tokenizer": {"type": "BertPreTokenizer"}, "post_processor": null,
"decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
"model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
"vocab": {"[UNK]": 0, "hello": 1, "na": 2, "##ive": 3, ",": 4}}}
"###;

const UNIGRAM: &str = r#"{"version": "1.0", "added_tokens": [], "normalizer": null,
"pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true},
"post_processor": null, "decoder": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true},
"model": {"type": "Unigram", "unk_id": 0, "byte_fallback": false,
"vocab": [["<unk>", 0.0], ["▁", -2.5], ["a", -3.0], ["▁a", -3.5], ["e", -4.25], ["l", -5.0], ["o", -6.0]]}}
"#;

/// All bytes, in an order of their own: a vocabulary without merges.
fn known_ranks() -> Build {
    (0..=255_u8).fold(Build::default(), |build, byte| {
        build.text(&STANDARD.encode([byte])).raw(" ").decimal(u64::from(byte)).raw("\n").end()
    })
}

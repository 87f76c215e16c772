//! Small tokenizer files.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Sample;
use super::build::Build;

pub fn samples() -> Vec<Sample> {
    let one = |format, target, name, build| Sample { format, target, files: vec![(name, build)] };
    let json = |text: &str| Sample {
        format: "Hugging Face tokenizer.json",
        target: "tokenizer_json",
        files: vec![("tokenizer.json", Build::of_text(text))],
    };
    vec![
        json(BPE),
        json(WORD_PIECE),
        json(UNIGRAM),
        Sample {
            format: "tiktoken ranks",
            target: "vocabularies",
            files: vec![("a.tiktoken", known_ranks())],
        },
        one("Tekken JSON", "vocabularies", "tekken.json", tekken()),
        one("SentencePiece model", "sentencepiece", "unigram.model", sentencepiece(1)),
        one("SentencePiece model", "sentencepiece", "bpe.model", sentencepiece(2)),
        Sample {
            format: "vocab.json and merges.txt",
            target: "vocabularies",
            files: vec![
                ("vocab.json", gpt2_vocabulary()),
                ("tokenizer_config.json", Build::of_text("{}\n")),
                ("merges.txt", gpt2_merges()),
            ],
        },
        Sample {
            format: "vocab.json and merges.txt",
            target: "vocabularies",
            files: vec![
                ("vocab.json", clip_vocabulary()),
                (
                    "tokenizer_config.json",
                    Build::of_text("{\"tokenizer_class\": \"CLIPTokenizer\", \"pad_token\": \"!\"}\n"),
                ),
                ("merges.txt", clip_merges()),
            ],
        },
        Sample {
            format: "WordPiece vocab.txt",
            target: "vocabularies",
            files: vec![("vocab.txt", word_pieces()), ("tokenizer_config.json", Build::of_text(CONFIG))],
        },
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

/// Every byte and one pair, as Mistral's files are written.
fn tekken() -> Build {
    let head = concat!(
        r#"{"config": {"pattern": "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+|"#,
        r#"[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*|\\p{N}|"#,
        r#" ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+", "#
    );
    let mut build = Build::default().raw(head).end().raw(r#""num_vocab_tokens": "#).decimal(257);
    build = build.raw(r#", "default_vocab_size": "#).decimal(260).raw(r#", "default_num_special_tokens": "#);
    build = build.decimal(3).raw(r#", "version": "v11"}, "vocab": ["#).end();
    let tokens = (0..=255_u8).map(|byte| vec![byte]).chain([b"ab".to_vec()]);
    for (rank, token) in tokens.enumerate() {
        let comma = if rank == 0 { "" } else { ", " };
        build = build.raw(comma).raw(r#"{"rank": "#).decimal(rank as u64).raw(r#", "token_bytes": ""#);
        build = build.text(&STANDARD.encode(token)).raw(r#"", "token_str": null}"#).end();
    }
    build = build.raw(r#"], "special_tokens": ["#);
    for (rank, name) in ["<unk>", "<s>", "</s>"].into_iter().enumerate() {
        let comma = if rank == 0 { "" } else { ", " };
        build =
            build.raw(comma).raw(r#"{"rank": "#).decimal(rank as u64).raw(r#", "token_str": ""#).text(name);
        build = build.raw(r#"", "is_control": true}"#).end();
    }
    build.raw("]}").end()
}

/// GPT-2's letter for a byte.
fn letter(byte: u8) -> char {
    let is_itself = |byte: &u8| matches!(byte, b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF);
    if is_itself(&byte) {
        return char::from(byte);
    }
    let before = (0..byte).filter(|byte| !is_itself(byte)).count() as u32;
    char::from_u32(256 + before).unwrap()
}

fn gpt2_vocabulary() -> Build {
    let letters = (0..=255_u8).map(|byte| letter(byte).to_string());
    vocabulary(letters.chain(["ab", "Ġa", "<|endoftext|>"].map(str::to_owned)))
}

fn vocabulary(tokens: impl Iterator<Item = String>) -> Build {
    let entry = |build: Build, (id, token): (usize, String)| {
        let comma = if id == 0 { "" } else { ", " };
        let token = serde_json::to_string(&token).unwrap();
        build.raw(comma).text(&token).raw(": ").decimal(id as u64).end()
    };
    tokens.enumerate().fold(Build::default().raw("{"), entry).raw("}\n").end()
}

fn gpt2_merges() -> Build {
    Build::default().raw("#version: 0.2\n").end().text("Ġ a").raw("\n").end().text("a b").raw("\n").end()
}

/// Every byte within words and at their ends, two pairs, and the tokens around a text.
fn clip_vocabulary() -> Build {
    let letters = (0..=255_u8).map(|byte| letter(byte).to_string());
    let ends = (0..=255_u8).map(|byte| format!("{}</w>", letter(byte)));
    let more = ["ab", "ab</w>", "<|startoftext|>", "<|endoftext|>"].map(str::to_owned);
    vocabulary(letters.chain(ends).chain(more))
}

fn clip_merges() -> Build {
    Build::default().raw("#version: 0.2\n").end().text("a b</w>").raw("\n").end().text("a b").raw("\n").end()
}

fn word_pieces() -> Build {
    ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "hello", "##s", "na", "##ive", "a", "##a"]
        .into_iter()
        .fold(Build::default(), |build, piece| build.text(piece).raw("\n").end())
}

const CONFIG: &str = r#"{"tokenizer_class": "BertTokenizer", "do_lower_case": true, "strip_accents": null,
"cls_token": "[CLS]", "sep_token": {"content": "[SEP]", "lstrip": false}, "unk_token": "[UNK]",
"added_tokens_decoder": {"11": {"content": "<new>", "special": true}, "1": {"content": "[UNK]", "special": true}},
"chat_template": "{% for m in messages %}{{ m }}{% endfor %}", "model_max_length": 512}
"#;

/// A field of a message in protocol buffers: its number and kind, its length, its content.
fn field(build: Build, number: u8, content: &Build) -> Build {
    assert!(content.bytes.len() < 128 && number < 16, "one byte is enough");
    build.raw([number << 3 | 2]).little(content.bytes.len() as u64, 1).then(content).end()
}

/// A `SentencePiece` model of a kind: 1 is Unigram, 2 is BPE.
fn sentencepiece(kind: u8) -> Build {
    let pieces = [("<unk>", 0.0, 2), ("<s>", 0.0, 3), ("</s>", 0.0, 3), ("<0x0A>", 0.0, 6), ("▁", -2.0, 1)];
    let more =
        [("a", -3.0, 1), ("b", -3.5, 1), ("ab", -2.5, 1), ("▁ab", -4.0, 1), ("ö", -5.0, 1), ("xyz", 0.0, 4)];
    let mut build = Build::default();
    for (text, score, kind) in pieces.into_iter().chain(more) {
        let piece = field(Build::default(), 1, &Build::default().text(text));
        let piece = piece.raw([2 << 3 | 5]).raw(f32::to_le_bytes(score)).raw([3 << 3]).little(kind, 1);
        build = field(build, 1, &piece);
    }
    let trainer = Build::default().raw([3 << 3]).little(u64::from(kind), 1).raw([4 << 3]).little(11, 1).end();
    let normalizer = field(Build::default(), 1, &Build::default().text("identity"));
    let normalizer = field(normalizer, 2, &character_map()).raw([3 << 3, 1]);
    field(field(build, 2, &trainer), 3, &normalizer)
}

/// A table of characters that become others: the size of a trie, the trie, and the texts. This one replaces nothing.
fn character_map() -> Build {
    Build::default().little(16, 4).end().raw([0; 16]).end().text("x").raw([0]).end()
}

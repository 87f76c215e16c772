//! From the keys of a GGUF file to [`GgufVocabulary`]. What they mean stands there.

use super::gguf::{GgufVocabulary, MOST_TOKENS};
use crate::files::{Bytes, Gguf, Problem, is_gguf};

/// The key of the tokens: without it there is no tokenizer.
const TOKENS: &str = "tokenizer.ggml.tokens";

/// Whether this is a GGUF file that lists tokens.
pub(in crate::tokens) fn has_tokens(bytes: &Bytes) -> bool {
    is_gguf(bytes) && Gguf::read(bytes).is_ok_and(|gguf| gguf.strings(TOKENS).is_some())
}

/// What the file says of its tokenizer.
///
/// # Errors
/// As [`Gguf::read`].
pub(in crate::tokens) fn read(bytes: &Bytes) -> Result<GgufVocabulary, Problem> {
    let gguf = Gguf::read(bytes)?;
    let key = |name: &str| format!("tokenizer.ggml.{name}");
    let text = |name: &str| gguf.string(&key(name)).map(String::from);
    let flag = |name: &str| gguf.flag(&key(name));
    let id = |name: &str| gguf.number(&key(name)).and_then(|id| u32::try_from(id).ok());
    let texts = |name: &str| -> Vec<String> {
        let texts = gguf.strings(&key(name)).into_iter().flatten();
        texts.take(MOST_TOKENS + 1).map(|text| String::from_utf8_lossy(text).into_owned()).collect()
    };
    let ints = |name: &str| gguf.ints(&key(name)).into_iter().flatten();
    Ok(GgufVocabulary {
        model: text("model").unwrap_or_default(),
        pre: text("pre"),
        tokens: texts("tokens"),
        scores: gguf.floats(&key("scores")).into_iter().flatten().map(|score| score as f32).collect(),
        types: ints("token_type").map(|kind| kind as i32).collect(),
        merges: texts("merges"),
        bos: id("bos_token_id"),
        eos: id("eos_token_id"),
        unk: id("unknown_token_id"),
        // The first converters of BERT models misspelled it.
        sep: id("seperator_token_id").or_else(|| id("separator_token_id")),
        pad: id("padding_token_id"),
        add_bos: flag("add_bos_token"),
        add_eos: flag("add_eos_token"),
        add_sep: flag("add_sep_token"),
        add_space_prefix: flag("add_space_prefix"),
        remove_extra_whitespaces: flag("remove_extra_whitespaces"),
        precompiled_charsmap: ints("precompiled_charsmap").map(|byte| byte as u8).collect(),
        chat_template: gguf.string("tokenizer.chat_template").map(String::from),
    })
}

#[cfg(test)]
mod tests {
    use crate::files::Source;
    use crate::files::gguf::tests::Builder;
    use crate::progress::Unwatched;
    use crate::tokens::files::{TokenizerFormat, open, sniff};
    use crate::tokens::{Algorithm, EncodeOptions};

    fn source(builder: &Builder) -> Source {
        Source::from_memory("small.gguf", builder.build(), Vec::new()).unwrap()
    }

    /// A vocabulary of the kind `llama`: the bytes, two letters and a word of them.
    fn vocabulary() -> Builder {
        let bytes: Vec<String> = (0..256).map(|byte| format!("<0x{byte:02X}>")).collect();
        let mut tokens = vec!["<unk>", "<s>", "</s>"];
        tokens.extend(bytes.iter().map(String::as_str));
        tokens.extend(["a", "b", "ab"]);
        let kind = |id: usize| match id {
            0 => 2_i32,
            1 | 2 => 3,
            3..259 => 6,
            _ => 1,
        };
        let kinds: Vec<Vec<u8>> = (0..tokens.len()).map(|id| kind(id).to_le_bytes().to_vec()).collect();
        let scores: Vec<Vec<u8>> =
            (0..tokens.len()).map(|id| (-(id as f32)).to_le_bytes().to_vec()).collect();
        Builder::default()
            .string("tokenizer.ggml.model", "llama")
            .strings("tokenizer.ggml.tokens", &tokens)
            .list("tokenizer.ggml.token_type", 5, &kinds)
            .list("tokenizer.ggml.scores", 6, &scores)
            .number("tokenizer.ggml.bos_token_id", 1)
            .number("tokenizer.ggml.eos_token_id", 2)
            .number("tokenizer.ggml.unknown_token_id", 0)
            .value("tokenizer.ggml.add_bos_token", 7, &[1])
            .value("tokenizer.ggml.add_space_prefix", 7, &[0])
            .string("tokenizer.chat_template", "{{ messages }}")
    }

    #[test]
    fn a_vocabulary_in_a_gguf_file_becomes_a_tokenizer() {
        for builder in [vocabulary(), vocabulary().tensor("token_embd.weight", &[2, 1], 0, &[0; 8])] {
            let source = source(&builder);
            assert_eq!(sniff(&source), Some(TokenizerFormat::Gguf));
            let opened = open(&source).unwrap();
            let tokenizer = opened.tokenizer;
            assert_eq!((tokenizer.name(), tokenizer.algorithm()), ("small", Algorithm::Bpe));
            let encoding = tokenizer.encode("abaé", EncodeOptions::default(), &Unwatched).unwrap();
            assert_eq!(encoding.ids(), [1, 261, 259, 3 + 0xC3, 3 + 0xA9]);
            assert!(opened.facts.contains(&("Chat template", "yes".to_owned())));
        }
    }

    #[test]
    fn models_without_tokens_are_no_tokenizers_and_unknown_kinds_are_said() {
        let bare = Builder::default().string("general.name", "x").tensor("a", &[2, 1], 0, &[0; 8]);
        assert_eq!(sniff(&source(&bare)), None);
        let odd = Builder::default().string("tokenizer.ggml.model", "rwkv");
        let odd = source(&odd.strings("tokenizer.ggml.tokens", &["a"]));
        assert!(open(&odd).unwrap_err().to_string().contains("“rwkv”"));
        let whole = vocabulary().build();
        let cut = Source::from_memory("cut.gguf", whole[..whole.len() / 2].to_vec(), Vec::new()).unwrap();
        assert_eq!(sniff(&cut), None);
    }
}

//! One reader for each kind of tokenizer file, and what they make before it becomes a tokenizer.

pub(super) mod config;
pub mod gguf;
pub(super) mod gguf_file;
mod gguf_merges;
pub(super) mod gpt2_pair;
pub(super) mod json;
pub(super) mod sentencepiece;
pub(super) mod tekken;
pub(super) mod tiktoken;
mod word_end_pair;
mod word_patterns;
pub(super) mod wordpiece_list;

use super::files::{OpenedTokenizer, TokenizerFormat};
use super::library::Library;
use super::tokenizer::{Algorithm, ChatTemplate, Engine, Tokenizer};

/// What a reader makes of a file: a tokenizer that lacks its name, and what there is to say about it.
pub(super) struct Draft {
    pub(super) algorithm: Algorithm,
    pub(super) engine: Engine,
    /// Names and IDs.
    pub(super) specials: Vec<(String, u32)>,
    /// What comes before and after a text.
    pub(super) added: (Vec<u32>, Vec<u32>),
    pub(super) chat_template: Option<String>,
    /// What a chat template means by `bos_token` and `eos_token`.
    pub(super) chat_names: [Option<String>; 2],
    /// How texts are changed before they are cut, in words.
    pub(super) normalization: String,
    pub(super) warnings: Vec<String>,
}

impl Draft {
    /// A tokenizer that adds nothing and changes no text.
    pub(super) fn new(algorithm: Algorithm, engine: Engine, specials: Vec<(String, u32)>) -> Self {
        let normalization = "none".to_owned();
        Self {
            algorithm,
            engine,
            specials,
            added: Default::default(),
            chat_template: None,
            chat_names: [None, None],
            normalization,
            warnings: Vec::new(),
        }
    }

    /// One that the `tokenizers` crate runs.
    pub(super) fn of_library(library: Library) -> Self {
        let (algorithm, specials) = (library.algorithm(), library.specials());
        Self::new(algorithm, Engine::Library(Box::new(library)), specials)
    }

    /// The ID of a token, special or not.
    pub(super) fn id(&self, name: &str) -> Option<u32> {
        let special = self.specials.iter().find(|(special, _)| special == name).map(|&(_, id)| id);
        special.or_else(|| match &self.engine {
            Engine::Library(library) => library.id(name),
            Engine::SentencePiece(model) => model.id(name),
            Engine::Ranks(_) | Engine::Bytes | Engine::CodePoints => None,
        })
    }

    /// The tokenizer, with what there is to show of it.
    pub(super) fn finish(self, name: &str, format: TokenizerFormat) -> OpenedTokenizer {
        let Self { algorithm, engine, specials, added, chat_template, chat_names, normalization, warnings } =
            self;
        let [bos, eos] = chat_names.map(Option::unwrap_or_default);
        let chat_template = chat_template.map(|source| ChatTemplate { source, bos, eos });
        let chat = chat_template.is_some();
        let special_count = specials.len();
        let tokenizer = Tokenizer::new((name, name), algorithm, engine, specials, added);
        let tokenizer = tokenizer.with_chat_template(chat_template);
        let count = |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
        let mut facts = vec![
            ("Special tokens", count(special_count, "name")),
            ("Added around a text", said_around(&tokenizer)),
            ("Normalization", normalization),
            ("Chat template", if chat { "yes" } else { "none" }.to_owned()),
        ];
        if let Some(unknown) = tokenizer.unknown_id().and_then(|id| tokenizer.piece(id)) {
            let spelled = tokenizer.is_lossless();
            facts.push((
                "Unknown characters",
                if spelled { "spelled in bytes".to_owned() } else { format!("become {unknown}") },
            ));
        }
        OpenedTokenizer { tokenizer, format, facts, warnings }
    }
}

/// "<s> before, </s> after", "nothing".
fn said_around(tokenizer: &Tokenizer) -> String {
    let names = |ids: &[u32]| {
        let names: Vec<_> = ids.iter().filter_map(|&id| tokenizer.piece(id)).collect();
        names.join(" ")
    };
    match tokenizer.added_around() {
        ([], []) => "nothing".to_owned(),
        (before, []) => format!("{} before", names(before)),
        ([], after) => format!("{} after", names(after)),
        (before, after) => format!("{} before, {} after", names(before), names(after)),
    }
}

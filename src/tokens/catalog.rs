//! The eleven tokenizers that come with the program, each loaded when it is first asked for.

use super::library::Library;
use super::ranks::Ranks;
use super::tokenizer::{Algorithm, Engine, Tokenizer};
use super::unlearned::{Bytes, CodePoints};
use super::word_split::WordPattern;
use std::io::Read;
use std::sync::{Arc, OnceLock};

/// What the program knows of a built-in tokenizer before loading it.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The name for commands and sessions: `gpt4o`.
    pub name: &'static str,
    /// The name that people know: "GPT-4o".
    pub title: &'static str,
    /// How it finds tokens.
    pub algorithm: Algorithm,
    /// The licence of its data, in one line.
    pub license: &'static str,
    /// What it adds around a text unless told not to, in words.
    pub adds: &'static str,
    data: Data,
}

#[derive(Debug, Clone, Copy)]
enum Data {
    /// A rank file, how text is cut, the special tokens, and what comes before a text.
    Ranks(&'static [u8], WordPattern, fn() -> Vec<(String, u32)>, &'static [u32]),
    /// A `tokenizer.json`, and what comes before and after a text.
    Json(&'static [u8], &'static [u32], &'static [u32]),
    Bytes,
    CodePoints,
}

macro_rules! asset {
    ($name:literal) => {
        include_bytes!(concat!("../../assets/tokenizers/", $name, ".zst"))
    };
}

static ENTRIES: [Entry; 11] = [
    Entry {
        name: "bert",
        title: "BERT (uncased)",
        algorithm: Algorithm::WordPiece,
        license: "Apache-2.0 (Google)",
        adds: "[CLS] before, [SEP] after",
        data: Data::Json(asset!("bert-base-uncased.tokenizer.json"), &[101], &[102]),
    },
    Entry {
        name: "gpt2",
        title: "GPT-2",
        algorithm: Algorithm::ByteLevelBpe,
        license: "MIT (OpenAI)",
        adds: "nothing",
        data: Data::Ranks(asset!("r50k_base.tiktoken"), WordPattern::Gpt2, || named(&GPT2_SPECIALS), &[]),
    },
    Entry {
        name: "gpt4",
        title: "GPT-4",
        algorithm: Algorithm::ByteLevelBpe,
        license: "MIT (OpenAI)",
        adds: "nothing",
        data: Data::Ranks(
            asset!("cl100k_base.tiktoken"),
            WordPattern::Cl100k,
            || named(&CL100K_SPECIALS),
            &[],
        ),
    },
    Entry {
        name: "gpt4o",
        title: "GPT-4o",
        algorithm: Algorithm::ByteLevelBpe,
        license: "MIT (OpenAI)",
        adds: "nothing",
        data: Data::Ranks(asset!("o200k_base.tiktoken"), WordPattern::O200k, || named(&O200K_SPECIALS), &[]),
    },
    Entry {
        name: "llama2",
        title: "Llama 2",
        algorithm: Algorithm::Bpe,
        license: "Llama 2 Community License (Meta)",
        adds: "<s> before",
        data: Data::Json(asset!("llama2.tokenizer.json"), &[1], &[]),
    },
    Entry {
        name: "llama3",
        title: "Llama 3",
        algorithm: Algorithm::ByteLevelBpe,
        license: "Llama 3.1 Community License (Meta)",
        adds: "<|begin_of_text|> before",
        data: Data::Ranks(asset!("llama3.tiktoken"), WordPattern::Llama3, llama3_specials, &[128_000]),
    },
    Entry {
        name: "starcoder2",
        title: "StarCoder2",
        algorithm: Algorithm::ByteLevelBpe,
        license: "BigCode OpenRAIL-M v1",
        adds: "nothing",
        data: Data::Json(asset!("starcoder2.tokenizer.json"), &[], &[]),
    },
    Entry {
        name: "t5",
        title: "T5",
        algorithm: Algorithm::Unigram,
        license: "Apache-2.0 (Google)",
        adds: "</s> after",
        data: Data::Json(asset!("t5.tokenizer.json"), &[], &[1]),
    },
    Entry {
        name: "mistral",
        title: "Mistral",
        algorithm: Algorithm::Bpe,
        license: "Apache-2.0 (Mistral AI)",
        adds: "<s> before",
        data: Data::Json(asset!("mistral-v1.tokenizer.json"), &[1], &[]),
    },
    Entry {
        name: "byt5",
        title: "ByT5",
        algorithm: Algorithm::Bytes,
        license: "no data: each byte is a token",
        adds: "</s> after",
        data: Data::Bytes,
    },
    Entry {
        name: "canine",
        title: "CANINE",
        algorithm: Algorithm::CodePoints,
        license: "no data: each code point is a token",
        adds: "[CLS] before, [SEP] after",
        data: Data::CodePoints,
    },
];

const GPT2_SPECIALS: [(&str, u32); 1] = [("<|endoftext|>", 50256)];
const CL100K_SPECIALS: [(&str, u32); 5] = [
    ("<|endoftext|>", 100_257),
    ("<|fim_prefix|>", 100_258),
    ("<|fim_middle|>", 100_259),
    ("<|fim_suffix|>", 100_260),
    ("<|endofprompt|>", 100_276),
];
const O200K_SPECIALS: [(&str, u32); 2] = [("<|endoftext|>", 199_999), ("<|endofprompt|>", 200_018)];

fn named(specials: &[(&str, u32)]) -> Vec<(String, u32)> {
    specials.iter().map(|&(name, id)| (name.to_owned(), id)).collect()
}

/// Llama 3.1 has 256 special tokens, most of them reserved; the reserved ones are numbered through those that have a name.
fn llama3_specials() -> Vec<(String, u32)> {
    let known = [
        ("<|begin_of_text|>", 128_000),
        ("<|end_of_text|>", 128_001),
        ("<|finetune_right_pad_id|>", 128_004),
        ("<|start_header_id|>", 128_006),
        ("<|end_header_id|>", 128_007),
        ("<|eom_id|>", 128_008),
        ("<|eot_id|>", 128_009),
        ("<|python_tag|>", 128_010),
    ];
    let mut reserved = 0..;
    let name = |id: u32| match known.iter().find(|(_, known)| *known == id) {
        Some((name, _)) => ((*name).to_owned(), id),
        None => (format!("<|reserved_special_token_{}|>", reserved.next().unwrap_or(0)), id),
    };
    (128_000..128_256).map(name).collect()
}

/// Why a built-in tokenizer cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogError {
    /// There is none of this name.
    #[error("there is no built-in tokenizer \"{name}\"; {}", hint(.near))]
    Unknown {
        /// The name asked for.
        name: String,
        /// The built-in names most like it, nearest first.
        near: Vec<&'static str>,
    },
    /// The data inside the program could not be read: the program itself is damaged.
    #[error(
        "the data of the built-in tokenizer \"{name}\" cannot be read ({reason}); the program is damaged, install it again"
    )]
    Damaged {
        /// The tokenizer.
        name: &'static str,
        /// What reading it said.
        reason: String,
    },
}

fn hint(near: &[&str]) -> String {
    if near.is_empty() {
        let all: Vec<&str> = ENTRIES.iter().map(|entry| entry.name).collect();
        format!("there are {}", all.join(", "))
    } else {
        format!("did you mean {}?", near.join(" or "))
    }
}

/// All built-in tokenizers, in the order in which they are shown.
pub fn entries() -> &'static [Entry] {
    &ENTRIES
}

/// The entry of this name; letter case does not matter.
///
/// # Errors
/// [`CatalogError::Unknown`], with the names most like it.
pub fn entry(name: &str) -> Result<&'static Entry, CatalogError> {
    place(name).map(|at| &ENTRIES[at])
}

fn place(name: &str) -> Result<usize, CatalogError> {
    let wanted = name.trim().to_lowercase();
    ENTRIES.iter().position(|entry| entry.name == wanted).ok_or_else(|| {
        let likeness = |known: &str| strsim::jaro_winkler(&wanted, known);
        let mut near: Vec<&'static str> =
            ENTRIES.iter().map(|entry| entry.name).filter(|known| likeness(known) > 0.75).collect();
        near.sort_by(|a, b| likeness(b).total_cmp(&likeness(a)));
        near.truncate(3);
        CatalogError::Unknown { name: name.to_owned(), near }
    })
}

/// A built-in tokenizer. The first call for each loads it (some tens of milliseconds: not on the thread that draws); later
/// ones share it. Different ones may be loaded at the same time.
///
/// # Errors
/// [`CatalogError::Unknown`] if there is none of this name.
pub fn load(name: &str) -> Result<Arc<Tokenizer>, CatalogError> {
    static LOADED: [OnceLock<Result<Arc<Tokenizer>, CatalogError>>; ENTRIES.len()] =
        [const { OnceLock::new() }; ENTRIES.len()];
    let at = place(name)?;
    let build = || ENTRIES[at].build().map(Arc::new);
    LOADED[at].get_or_init(build).clone()
}

/// How a rank file's vocabulary cuts text, and its special tokens, if it is one of the published ones.
pub(super) fn recognize(ranks: &Ranks) -> Option<(WordPattern, Vec<(String, u32)>)> {
    // The count tells them apart; the token with rank 300 guards against a chance likeness.
    match (ranks.pieces.len(), ranks.pieces.get(300)?) {
        (50_256 | 50_280, b" l") => Some((WordPattern::Gpt2, named(&GPT2_SPECIALS))),
        (100_256, b"as") => Some((WordPattern::Cl100k, named(&CL100K_SPECIALS))),
        (199_998, b" p") => Some((WordPattern::O200k, named(&O200K_SPECIALS))),
        (128_000, b"as") => Some((WordPattern::Llama3, llama3_specials())),
        _ => None,
    }
}

impl Entry {
    fn build(&self) -> Result<Tokenizer, CatalogError> {
        let names = (self.name, self.title);
        let damaged = |reason: String| CatalogError::Damaged { name: self.name, reason };
        let (engine, specials, added) = match self.data {
            Data::Bytes => (Engine::Bytes, Bytes::specials(), (vec![], vec![1])),
            Data::CodePoints => (Engine::CodePoints, CodePoints::specials(), (vec![0xe000], vec![0xe001])),
            Data::Ranks(packed, pattern, specials, before) => {
                let file = unpack(packed).map_err(|error| damaged(error.to_string()))?;
                let ranks = Ranks::parse(&file, pattern).map_err(|error| damaged(error.to_string()))?;
                (Engine::Ranks(Box::new(ranks)), specials(), (before.to_vec(), vec![]))
            }
            Data::Json(packed, before, after) => {
                let file = unpack(packed).map_err(|error| damaged(error.to_string()))?;
                let library = Library::built_in(&file).map_err(|error| damaged(error.to_string()))?;
                let specials = library.specials();
                (Engine::Library(Box::new(library)), specials, (before.to_vec(), after.to_vec()))
            }
        };
        Ok(Tokenizer::new(names, self.algorithm, engine, specials, added))
    }
}

fn unpack(packed: &[u8]) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let mut file = Vec::with_capacity(packed.len() * 6);
    ruzstd::decoding::StreamingDecoder::new(packed)?.read_to_end(&mut file)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::{CatalogError, entries, entry, load};
    use std::sync::Arc;

    #[test]
    fn every_tokenizer_loads_once_and_has_its_published_size() {
        let sizes = entries().iter().map(|entry| (entry.name, load(entry.name).unwrap().vocabulary_size()));
        let expected = [
            ("bert", 30_522),
            ("gpt2", 50_257),
            ("gpt4", 100_277),
            ("gpt4o", 200_019),
            ("llama2", 32_000),
            ("llama3", 128_256),
            ("starcoder2", 49_152),
            ("t5", 32_100),
            ("mistral", 32_000),
            ("byt5", 384),
            ("canine", 0x11_0000),
        ];
        assert!(sizes.eq(expected));
        assert!(Arc::ptr_eq(&load("GPT2").unwrap(), &load("gpt2").unwrap()));
    }

    #[test]
    fn a_misspelled_name_gets_near_ones_and_a_wild_one_all() {
        let near = |name: &str| match entry(name).unwrap_err() {
            CatalogError::Unknown { near, .. } => near,
            CatalogError::Damaged { .. } => unreachable!("looking up a name reads no data"),
        };
        assert_eq!(near("lama3").first(), Some(&"llama3"));
        assert!(near("gpt-4").contains(&"gpt4"));
        assert!(near("zzz").is_empty());
        assert!(entry("zzz").unwrap_err().to_string().contains("canine"));
    }

    #[test]
    fn pieces_and_ids_agree_in_both_directions() {
        for entry in entries() {
            let tokenizer = load(entry.name).unwrap();
            let step = tokenizer.vocabulary_size() / 500 + 1;
            for id in (0..tokenizer.vocabulary_size() as u32).step_by(step) {
                let Some(piece) = tokenizer.piece(id) else { continue };
                assert_eq!(tokenizer.id(&piece), Some(id), "{} {piece:?}", entry.name);
                assert!(tokenizer.bytes(id).is_some(), "{} {piece:?}", entry.name);
            }
        }
    }

    #[test]
    fn the_vocabularies_own_spelling_is_kept() {
        let spelled = [
            ("gpt2", "Ġthe", " the", 262),
            ("bert", "##izing", "izing", 6026),
            ("llama2", "▁the", " the", 278),
            ("llama2", "<0x0A>", "\n", 13),
            ("t5", "▁the", " the", 8),
            ("byt5", "a", "a", 100),
            ("gpt4o", "<|endoftext|>", "<|endoftext|>", 199_999),
        ];
        for (name, piece, bytes, id) in spelled {
            let tokenizer = load(name).unwrap();
            assert_eq!(tokenizer.piece(id).as_deref(), Some(piece), "{name}");
            assert_eq!(tokenizer.bytes(id).as_deref(), Some(bytes.as_bytes()), "{name}");
            assert_eq!(tokenizer.id(piece), Some(id), "{name}");
        }
        let llama3 = load("llama3").unwrap();
        assert_eq!(llama3.id("<|eot_id|>"), Some(128_009));
        assert_eq!(llama3.id("<|reserved_special_token_247|>"), Some(128_255));
        assert!(llama3.is_special(128_009) && !llama3.is_special(9));
    }

    #[test]
    fn the_wrong_tokenizer_decodes_to_something_else() {
        let ids = [976, 9059, 382];
        assert_eq!(load("gpt4o").unwrap().decode(&ids), "The cat is");
        assert_ne!(load("gpt2").unwrap().decode(&ids), "The cat is");
        assert_eq!(load("bert").unwrap().decode(&[19204, 3989, 2003, 99_999_999]), "tokenization is\u{fffd}");
    }
}

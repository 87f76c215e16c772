//! Chat templates that come with the program, written afresh to the formats that the models' makers publish.

use crate::tokens::{ChatTemplate, Tokenizer};

/// How a model's conversations become text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// The name for sessions: `llama3`; that of a tokenizer for what its own files bring.
    pub name: String,
    /// The name that people know.
    pub title: String,
    /// The template in Jinja.
    pub source: String,
    /// What the template writes for `bos_token` and `eos_token`.
    pub bos: String,
    pub eos: String,
}

/// A template that comes with the program: its name, what people call it, its source, and its special tokens' names.
struct Known {
    name: &'static str,
    title: &'static str,
    source: &'static str,
    bos: &'static str,
    eos: &'static str,
}

macro_rules! known {
    ($name:literal, $title:literal, $bos:literal, $eos:literal) => {
        Known {
            name: $name,
            title: $title,
            source: include_str!(concat!("templates/", $name, ".jinja")),
            bos: $bos,
            eos: $eos,
        }
    };
}

/// The formats are those of the model cards: Meta's "Llama 3 prompt format" and "Llama 2 prompt format", `OpenAI`'s `ChatML` as
/// Qwen writes it, Mistral AI's "Mistral 7B Instruct v0.1", Google's "Gemma formatting", Microsoft's "Phi-3 chat format".
static KNOWN: [Known; 6] = [
    known!("llama3", "Llama 3", "<|begin_of_text|>", "<|eot_id|>"),
    known!("llama2", "Llama 2", "<s>", "</s>"),
    known!("chatml", "ChatML (Qwen)", "", "<|im_end|>"),
    known!("mistral", "Mistral", "<s>", "</s>"),
    known!("gemma", "Gemma", "<bos>", "<eos>"),
    known!("phi3", "Phi-3", "", "<|endoftext|>"),
];

/// The name of a template that a tokenizer's own files bring.
pub const OWN: &str = "own";

/// The template that a tokenizer's own files bring.
#[must_use]
pub fn own(tokenizer: &Tokenizer) -> Option<Template> {
    let ChatTemplate { source, bos, eos } = tokenizer.chat_template()?.clone();
    Some(Template { name: OWN.to_owned(), title: format!("{}’s own", tokenizer.title()), source, bos, eos })
}

/// The template of this name, or else the one that a tokenizer is most likely meant for: its own, that of its name, or `ChatML`.
#[must_use]
pub fn fitting(tokenizer: &Tokenizer, name: Option<&str>) -> Template {
    let all: Vec<Template> = own(tokenizer).into_iter().chain(known()).collect();
    let of = |name: &str| all.iter().find(|template| template.name == name).cloned();
    let wanted =
        name.and_then(of).or_else(|| of(OWN)).or_else(|| of(tokenizer.name())).or_else(|| of("chatml"));
    wanted.unwrap_or_else(|| all[0].clone())
}

/// The templates that come with the program.
#[must_use]
pub fn known() -> Vec<Template> {
    let template = |known: &Known| Template {
        name: known.name.to_owned(),
        title: known.title.to_owned(),
        source: known.source.to_owned(),
        bos: known.bos.to_owned(),
        eos: known.eos.to_owned(),
    };
    KNOWN.iter().map(template).collect()
}

//! What lies beside a tokenizer: `tokenizer_config.json`, `special_tokens_map.json`, `chat_template.jinja`.
//!
//! Specification: `PreTrainedTokenizerBase` of <https://github.com/huggingface/transformers> and its classes. Read are the
//! names of special tokens, `added_tokens_decoder`, `add_bos_token` and `add_eos_token`, `add_prefix_space`,
//! `do_lower_case`, `strip_accents`, `tokenize_chinese_chars`, the tokenizer's class, and the chat template, which is kept as text here. What the tokenizer's own file says is never contradicted. Other settings are not used.

use super::Draft;
use crate::files::Source;
use crate::files::problem::count;
use crate::tokens::tokenizer::Engine;
use serde_json::{Map, Value};
use tokenizers::AddedToken;

/// The largest file of this kind that is read: 16 MiB. Thousands of added tokens make one of 200 kB.
const LARGEST: usize = 16 << 20;
/// The most special tokens that are taken from it.
const MOST_ADDED: usize = 1 << 16;

/// What the files beside a tokenizer say.
#[derive(Debug, Default)]
pub(in crate::tokens) struct Config {
    /// Names of special tokens by role: `bos_token`, `eos_token`, …
    roles: Vec<(&'static str, String)>,
    /// Tokens with their IDs, and whether they are special.
    pub(super) added: Vec<(u32, String, bool)>,
    /// The class in the `transformers` library.
    pub(super) class: Option<String>,
    add_bos: Option<bool>,
    add_eos: Option<bool>,
    pub(super) add_prefix_space: Option<bool>,
    pub(super) lower_case: Option<bool>,
    pub(super) strip_accents: Option<bool>,
    pub(super) chinese: Option<bool>,
    chat_template: Option<String>,
    warnings: Vec<String>,
}

const ROLES: [&str; 7] =
    ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];

impl Config {
    /// What lies beside a file.
    pub(in crate::tokens) fn beside(source: &Source) -> Self {
        let mut warnings = Vec::new();
        let mut text = |name: &str| {
            let warn =
                |reason: String| format!("{name} lies beside the tokenizer but was not used: {reason}.");
            match source.companion(name) {
                Ok(Some(bytes)) if bytes.len() > LARGEST => {
                    warnings
                        .push(warn(format!("it has {} bytes, and at most {LARGEST} are read", bytes.len())));
                    None
                }
                Ok(found) => found.and_then(|bytes| {
                    let text = std::str::from_utf8(&bytes).map(str::to_owned);
                    text.map_err(|_| warnings.push(warn("it is not UTF-8".to_owned()))).ok()
                }),
                Err(problem) => {
                    warnings.push(warn(problem.to_string()));
                    None
                }
            }
        };
        let files = ["tokenizer_config.json", "special_tokens_map.json"].map(|name| (name, text(name)));
        let template = text("chat_template.jinja");
        let mut config = Self::default();
        for (name, file) in files {
            let Some(file) = file else { continue };
            match serde_json::from_str::<Value>(&file) {
                Ok(Value::Object(fields)) => config.read(&fields),
                Ok(_) => warnings.push(format!(
                    "{name} lies beside the tokenizer but was not used: it holds no settings."
                )),
                Err(error) => {
                    warnings.push(format!("{name} lies beside the tokenizer but was not used: {error}."));
                }
            }
        }
        config.chat_template = template.or(config.chat_template);
        config.warnings = warnings;
        config
    }

    /// Takes what is not known yet.
    fn read(&mut self, fields: &Map<String, Value>) {
        let flag = |name: &str| fields.get(name).and_then(Value::as_bool);
        for role in ROLES {
            let name = fields.get(role).and_then(text_of);
            if let Some(name) = name.filter(|_| self.role(role).is_none()) {
                self.roles.push((role, name.to_owned()));
            }
        }
        let added = fields.get("added_tokens_decoder").and_then(Value::as_object).into_iter().flatten();
        self.added.extend(added.take(MOST_ADDED).filter_map(|(id, token)| {
            let special = token.get("special").and_then(Value::as_bool).unwrap_or(false);
            Some((id.parse().ok()?, text_of(token)?.to_owned(), special))
        }));
        let class = fields.get("tokenizer_class").and_then(Value::as_str);
        self.class =
            self.class.take().or_else(|| class.map(|class| class.trim_end_matches("Fast").to_owned()));
        self.add_bos = self.add_bos.or(flag("add_bos_token"));
        self.add_eos = self.add_eos.or(flag("add_eos_token"));
        self.add_prefix_space = self.add_prefix_space.or(flag("add_prefix_space"));
        self.lower_case = self.lower_case.or(flag("do_lower_case"));
        self.strip_accents = self.strip_accents.or(flag("strip_accents"));
        self.chinese = self.chinese.or(flag("tokenize_chinese_chars"));
        self.chat_template = self.chat_template.take().or_else(|| template_of(fields.get("chat_template")?));
    }

    fn role(&self, role: &str) -> Option<&str> {
        self.roles.iter().find(|(known, _)| *known == role).map(|(_, name)| name.as_str())
    }

    /// The names of special tokens.
    pub(super) fn special_names(&self) -> Vec<String> {
        let roles = self.roles.iter().map(|(_, name)| name);
        let added = self.added.iter().filter(|(_, _, special)| *special).map(|(_, name, _)| name);
        let mut names: Vec<String> = roles.chain(added).filter(|name| !name.is_empty()).cloned().collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The tokens that a vocabulary of `end` tokens goes on with: those with the numbers from `end` on, without a gap.
    pub(super) fn beyond(&self, end: usize) -> Vec<AddedToken> {
        let mut added: Vec<_> = self.added.iter().filter(|(id, ..)| *id as usize >= end).collect();
        added.sort_unstable_by_key(|(id, ..)| *id);
        let next = added
            .into_iter()
            .zip(end..)
            .take_while(|((id, name, _), next)| *id as usize == *next && !name.is_empty());
        next.map(|((_, name, special), _)| AddedToken::from(name.as_str(), *special)).collect()
    }

    /// What comes before and after a text: what the settings say, or else what is usual for the class.
    pub(super) fn around(&self, id_of: impl Fn(&str) -> Option<u32>) -> (Vec<u32>, Vec<u32>) {
        let token = |roles: [&str; 2]| roles.into_iter().find_map(|role| self.role(role)).and_then(&id_of);
        let wanted = |wanted: bool, id: Option<u32>| id.filter(|_| wanted).into_iter().collect();
        let (bos, eos) = (["bos_token", "cls_token"], ["eos_token", "sep_token"]);
        let (cls, sep) = (["cls_token", "bos_token"], ["sep_token", "eos_token"]);
        match self.class.as_deref().map(|class| class.trim_end_matches("Tokenizer")) {
            Some("Llama" | "CodeLlama" | "Gemma") => {
                let (before, after) = (self.add_bos.unwrap_or(true), self.add_eos.unwrap_or(false));
                (wanted(before, token(bos)), wanted(after, token(eos)))
            }
            Some("T5" | "MT5" | "Pegasus" | "BigBirdPegasus") => (Vec::new(), wanted(true, token(eos))),
            Some(
                "Bert" | "DistilBert" | "Electra" | "MobileBert" | "MPNet" | "Roberta" | "Bart"
                | "Longformer" | "Albert" | "Deberta" | "DebertaV2" | "XLMRoberta" | "Camembert" | "BigBird",
            ) => (wanted(true, token(cls)), wanted(true, token(sep))),
            _ => (
                wanted(self.add_bos == Some(true), token(bos)),
                wanted(self.add_eos == Some(true), token(eos)),
            ),
        }
    }

    /// Gives a tokenizer what its own file lacks: the chat template, tokens with IDs of their own, warnings.
    pub(super) fn complete(&self, draft: &mut Draft) {
        draft.chat_template = draft.chat_template.take().or_else(|| self.chat_template.clone());
        for (name, role) in draft.chat_names.iter_mut().zip(["bos_token", "eos_token"]) {
            *name = name.take().or_else(|| self.role(role).map(str::to_owned));
        }
        draft.warnings.extend(self.warnings.iter().cloned());
        let end = match &draft.engine {
            Engine::SentencePiece(model) => model.end(),
            Engine::Library(library) => library.end(),
            Engine::Ranks(_) | Engine::Bytes | Engine::CodePoints => return,
        };
        let (mut elsewhere, mut unused) = (Vec::new(), Vec::new());
        for (id, name, special) in self.added.iter().filter(|(_, name, _)| !name.is_empty()) {
            match draft.id(name) {
                Some(known) if known == *id => {
                    if *special && !draft.specials.iter().any(|(special, _)| special == name) {
                        draft.specials.push((name.clone(), *id));
                    }
                }
                // IDs number rows of a matrix: one far beyond the others is a mistake.
                None if *id as usize >= end && (*id as usize) < end + MOST_ADDED => {
                    let free = matches!(draft.engine, Engine::SentencePiece(_));
                    if free && *special && !draft.specials.iter().any(|(_, taken)| taken == id) {
                        draft.specials.push((name.clone(), *id));
                    } else {
                        unused.push(format!("{name} ({id})"));
                    }
                }
                _ => elsewhere.push(format!("{name} ({id})")),
            }
        }
        if let Some(first) = elsewhere.first() {
            draft.warnings.push(format!(
                "tokenizer_config.json numbers {} tokens differently from the tokenizer, beginning with {first}: the \
                 tokenizer's own numbers are used.",
                elsewhere.len()
            ));
        }
        if let Some(first) = unused.first() {
            draft.warnings.push(format!(
                "tokenizer_config.json adds {} that the tokenizer's own file does not know, beginning with {first}: they are \
                 cut like any other text.",
                count(unused.len() as u64, "token")
            ));
        }
    }
}

/// A token's name, written alone or with its settings.
fn text_of(token: &Value) -> Option<&str> {
    token.as_str().or_else(|| token.get("content").and_then(Value::as_str))
}

/// A chat template, or of several the one called "default".
fn template_of(value: &Value) -> Option<String> {
    let named = |value: &Value| value.get("name").and_then(Value::as_str) == Some("default");
    let all = value.as_array();
    let chosen = all.and_then(|all| all.iter().find(|one| named(one)).or(all.first()));
    value.as_str().or_else(|| chosen?.get("template")?.as_str()).map(str::to_owned)
}

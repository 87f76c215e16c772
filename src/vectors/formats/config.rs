//! `config.json`: what Hugging Face's libraries write beside a model about its build.

use serde_json::Value;

use crate::files::Source;
use crate::files::problem::{Problem, grouped};

/// No configuration is larger; what is, is something else.
const LARGEST: usize = 16 << 20;

/// A model's configuration.
pub struct Config(Value);

/// The configuration that lies beside a model, if there is one that can be read.
///
/// # Errors
/// If the system does not give the file.
pub fn read(source: &Source) -> Result<Option<Config>, Problem> {
    let Some(bytes) = source.companion("config.json")? else { return Ok(None) };
    let json = (bytes.len() <= LARGEST).then(|| serde_json::from_slice(&bytes).ok()).flatten();
    Ok(json.filter(Value::is_object).map(Config))
}

impl Config {
    /// The first of these fields that there is; models that also see or hear keep what is about text in a part of its own.
    fn field(&self, names: &[&str]) -> Option<&Value> {
        let parts = [Some(&self.0), self.0.get("text_config"), self.0.get("llm_config")];
        parts.into_iter().flatten().find_map(|part| names.iter().find_map(|name| part.get(*name)))
    }

    fn number(&self, names: &[&str]) -> Option<String> {
        self.field(names)?.as_u64().map(grouped)
    }

    /// What people want to know: a name and a value each.
    pub fn facts(&self) -> Vec<(String, String)> {
        let text = |names: &[&str]| self.field(names)?.as_str().map(str::to_owned);
        let architecture =
            self.field(&["architectures"]).and_then(|all| all.get(0)?.as_str().map(str::to_owned));
        let context = &[
            "max_position_embeddings",
            "n_positions",
            "n_ctx",
            "max_seq_len",
            "seq_length",
            "max_sequence_length",
        ];
        let facts = [
            ("Model type", text(&["model_type"])),
            ("Architecture", architecture),
            ("Context length", self.number(context).map(|tokens| format!("{tokens} tokens"))),
            ("Layers", self.number(&["num_hidden_layers", "n_layer", "num_layers", "n_layers"])),
        ];
        facts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }

    /// Whether the matrix of tokens serves as the output matrix, too, if that is said.
    pub fn ties_output(&self) -> Option<bool> {
        self.field(&["tie_word_embeddings"])?.as_bool()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(json: &'static str) -> Option<Config> {
        let beside = vec![("config.json".to_owned(), json.as_bytes().to_vec().into())];
        read(&Source::from_memory("model.safetensors", vec![1], beside).unwrap()).unwrap()
    }

    #[test]
    fn facts_are_found_under_the_names_of_several_libraries() {
        let gpt = config(
            r#"{"model_type": "gpt2", "n_ctx": 1024, "n_layer": 12, "architectures": ["GPT2LMHeadModel"]}"#,
        );
        let facts = gpt.unwrap().facts();
        let said: Vec<&str> = facts.iter().map(|(_, value)| value.as_str()).collect();
        assert_eq!(said, ["gpt2", "GPT2LMHeadModel", "1,024 tokens", "12"]);
        let seeing =
            config(r#"{"text_config": {"max_position_embeddings": 8192, "tie_word_embeddings": true}}"#)
                .unwrap();
        assert_eq!(seeing.facts(), [("Context length".to_owned(), "8,192 tokens".to_owned())]);
        assert_eq!(seeing.ties_output(), Some(true));
    }

    #[test]
    fn nonsense_says_nothing() {
        let odd =
            config(r#"{"model_type": 3, "n_ctx": -5, "architectures": "x", "text_config": [1]}"#).unwrap();
        assert!(odd.facts().is_empty() && odd.ties_output().is_none());
        assert!(config("[1]").is_none() && config("{").is_none());
        let deep: &'static str = "[".repeat(100_000).leak();
        assert!(config(deep).is_none());
    }
}

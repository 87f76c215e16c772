//! What a model is called: the files of its tokenizer have the same names in every model.

use std::path::Path;

use serde_json::Value;

use crate::files::Source;

/// What tokenizer files are called, without their endings, whatever the model.
const SHARED: [&str; 11] = [
    "tokenizer",
    "tokenizer.model",
    "vocab",
    "vocabulary",
    "merges",
    "spiece",
    "sentencepiece",
    "sentencepiece.bpe",
    "tekken",
    "model",
    "ggml-model",
];

/// No configuration is larger; what is, is something else.
const LARGEST: usize = 16 << 20;

/// The name of the model that a tokenizer's file belongs to, where the file itself is called like those of all models: the one
/// that the model's configuration gives, and else its folder's. `path` is what was opened, a folder or an archive perhaps.
#[must_use]
pub fn of_tokenizer(source: &Source, path: &Path) -> Option<String> {
    let stem = source.stem().to_lowercase();
    if !SHARED.contains(&stem.as_str()) {
        return None;
    }
    let configured = [("config.json", "_name_or_path"), ("tokenizer_config.json", "name_or_path")];
    let by_config = configured.into_iter().find_map(|(file, field)| configured_name(source, file, field));
    by_config.or_else(|| of_folder(&source.folder())).or_else(|| of_archive(path))
}

/// The last part of a name such as `HuggingFaceTB/SmolLM2-135M`, from a file of settings.
fn configured_name(source: &Source, file: &str, field: &str) -> Option<String> {
    let bytes = source.companion(file).ok()?.filter(|bytes| bytes.len() <= LARGEST)?;
    let settings: Value = serde_json::from_slice(&bytes).ok()?;
    let name = settings.get(field)?.as_str()?.trim_end_matches(['/', '\\']);
    told(name.rsplit(['/', '\\']).next()?)
}

/// The name of a folder; in the cache of the Hugging Face hub, where folders have the names of revisions, that of the model.
fn of_folder(folder: &Path) -> Option<String> {
    let name_of = |path: &Path| Some(path.file_name()?.to_string_lossy().into_owned());
    let parent = folder.parent()?;
    if name_of(parent).as_deref() == Some("snapshots") {
        let repository = name_of(parent.parent()?)?;
        return told(repository.rsplit("--").next()?);
    }
    told(&name_of(folder)?)
}

/// The name of an archive, without its endings.
fn of_archive(path: &Path) -> Option<String> {
    const ENDINGS: [&str; 6] = [".zip", ".tar", ".tgz", ".gz", ".zst", ".bz2"];
    let mut name = path.file_name()?.to_str()?;
    while let Some(shorter) = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)) {
        name = shorter;
    }
    told(name).filter(|name| !SHARED.contains(&name.as_str()))
}

/// A name that says something, at a length that can be shown.
fn told(name: &str) -> Option<String> {
    const LONGEST: usize = 80;
    let name: String = name.trim().chars().take(LONGEST).collect();
    (!name.is_empty() && !name.chars().all(|c| c == '.')).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(file: &str, beside: &[(&str, &str)], path: &str) -> Option<String> {
        let beside = beside.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec().into()));
        let source = Source::from_memory(file, vec![1], beside.collect()).unwrap();
        of_tokenizer(&source, Path::new(path))
    }

    #[test]
    fn a_model_is_called_as_its_configuration_says_or_as_what_it_lies_in() {
        let config = [("config.json", r#"{"_name_or_path": "HuggingFaceTB/SmolLM2-135M/"}"#)];
        assert_eq!(named("tokenizer.json", &config, "x").as_deref(), Some("SmolLM2-135M"));
        let older = [("config.json", "{"), ("tokenizer_config.json", r#"{"name_or_path": "gpt2"}"#)];
        assert_eq!(named("vocab.json", &older, "x").as_deref(), Some("gpt2"));
        for nothing in
            [r#"{"_name_or_path": ""}"#, r#"{"_name_or_path": "./"}"#, r#"{"_name_or_path": 3}"#, "[]"]
        {
            let named = named("spiece.model", &[("config.json", nothing)], "models/t5-small.tar.gz");
            assert_eq!(named.as_deref(), Some("t5-small"), "{nothing}");
        }
        assert_eq!(named("mine.json", &config, "x"), None, "a file with a name of its own keeps it");
        assert_eq!(named("tokenizer.json", &[], "tokenizer.zip"), None);
    }

    #[test]
    fn a_folder_gives_its_name_and_a_revision_that_of_its_model() {
        let name = |folder: &str| of_folder(Path::new(folder));
        assert_eq!(name("/models/smollm").as_deref(), Some("smollm"));
        assert_eq!(name("/hub/models--openai-community--gpt2/snapshots/607a30d7").as_deref(), Some("gpt2"));
        assert_eq!(name("/"), None);
        assert_eq!(name(""), None);
    }
}
